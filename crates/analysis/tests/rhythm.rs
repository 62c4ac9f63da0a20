//! Rhythm is heard from generated drums as it was written, and where nothing is steady it says so.

mod drums;

use drums::{Drum, RATE, Seeded, Written, accuracy, curves, f_measure, struck};
use mixkeel_analysis::music::rhythm::{LevelReason, Metre, Rhythm, TrackCurves, onsets, rhythm};

const TEMPOS: [f64; 18] = [
    50.0, 60.0, 66.0, 72.0, 77.7, 84.0, 93.0, 100.0, 108.0, 117.3, 128.0, 140.0, 150.0, 163.0, 175.0, 190.0,
    205.0, 220.0,
];

#[test]
fn clicks_are_counted_at_their_tempo() {
    for bpm in TEMPOS {
        let gap = 60.0 / bpm;
        let clicks: Vec<(f64, f64)> =
            (0..).map(|n| (0.3 + f64::from(n) * gap, 1.0)).take_while(|click| click.0 < 20.0).collect();
        let heard = rhythm(&[curves(&struck(Drum::Click, &clicks, 20.0))]);
        let (one, two) = accuracy(heard.tempo_bpm, bpm);
        println!("{bpm}: {:?} {:.2} {:?}", heard.tempo_bpm, heard.tempo_confidence, heard.level_reason);
        assert!(two, "{bpm}: {:?}", heard.tempo_bpm);
        if (70.0..=180.0).contains(&bpm) {
            assert!(one, "{bpm}: {:?} of {:?}", heard.tempo_bpm, heard.levels);
            let truth: Vec<f64> = clicks.iter().map(|click| click.0).collect();
            let f = f_measure(&heard.beats_s, &truth, 0.07);
            assert!(f >= 0.98, "{bpm}: beats {f}");
        }
    }
}

#[test]
fn a_drum_kit_is_counted_where_kick_and_snare_alternate_from_tracks_and_from_their_sum() {
    for (n, bpm) in TEMPOS.into_iter().enumerate() {
        let written = Written::bars((bpm / 12.0) as usize, "K.S.k.Ss", 30.0 / bpm, 2);
        let heard = if n % 2 == 0 { written.heard() } else { written.heard_from_the_sum() };
        let f = f_measure(&heard.beats_s, &written.beats_s, 0.07);
        let bars = f_measure(&heard.downbeats_s, &written.downbeats_s, 0.07);
        println!(
            "{bpm}: {:?} {:.2} {:?} beats {f:.3} bars {bars:.3} {:?} {:.2}",
            heard.tempo_bpm, heard.tempo_confidence, heard.level_reason, heard.metre, heard.metre_confidence
        );
        let (one, two) = accuracy(heard.tempo_bpm, bpm);
        assert!(two, "{bpm}: {:?} of {:?}", heard.tempo_bpm, heard.levels);
        if (70.0..=180.0).contains(&bpm) {
            assert!(one, "{bpm}: {:?} of {:?}", heard.tempo_bpm, heard.levels);
            assert!(f >= 0.98, "{bpm}: beats {f}");
            assert!(bars >= 0.9, "{bpm}: bars {bars}");
            assert!(heard.downbeat_confidence > 0.2, "{bpm}: {}", heard.downbeat_confidence);
        }
    }
}

#[test]
fn bars_are_heard_in_three_four_six_and_seven() {
    let metres = [
        ("K.S.S.", 2, Metre { count: 3, unit: 4 }),
        ("K.S.k.Ss", 2, Metre { count: 4, unit: 4 }),
        ("K..S..", 3, Metre { count: 6, unit: 8 }),
        ("K.S.K.s", 1, Metre { count: 7, unit: 8 }),
        ("K..S.S.", 1, Metre { count: 7, unit: 8 }),
    ];
    for (pattern, beat, metre) in metres {
        for quarter_bpm in [90.0, 120.0, 150.0, 170.0] {
            let eighth_s = 30.0 / quarter_bpm;
            let count = (24.0 / (eighth_s * pattern.len() as f64)) as usize;
            let written = Written::bars(count, pattern, eighth_s, beat);
            let heard = written.heard();
            let bars = f_measure(&heard.downbeats_s, &written.downbeats_s, 0.07);
            let f = f_measure(&heard.beats_s, &written.beats_s, 0.07);
            println!(
                "{pattern} at {quarter_bpm}: {:?} of {:?}, {:?} {:.2}, bars {bars:.3} beats {f:.3}",
                heard.tempo_bpm, heard.levels, heard.metre, heard.metre_confidence
            );
            assert_eq!(heard.metre.len(), 1, "{pattern} at {quarter_bpm}");
            assert_eq!(heard.metre[0].1, metre, "{pattern} at {quarter_bpm}");
            // Where two kicks of a seven are alike, it may begin with either, and says so.
            let unsure = metre.count == 7 && heard.downbeat_confidence < 0.5;
            assert!(bars >= 0.9 || unsure, "{pattern} at {quarter_bpm}: {bars}");
            assert!(f >= 0.98, "{pattern} at {quarter_bpm}: {f}");
        }
    }
}

#[test]
fn a_change_of_metre_is_heard_where_it_is() {
    let changes = [
        (("K.S.k.Ss", 2), ("K.S.S.", 2)),
        (("K.S.K.Ss", 2), ("K..KS.s", 1)),
        (("K.S.S.", 2), ("K.S.k.S.", 2)),
        (("KkS.S.s", 1), ("K.S.kkS.", 2)),
    ];
    for ((first, first_beat), (second, second_beat)) in changes {
        for eighth_s in [0.21, 0.25, 0.29] {
            let mut written = Written { at_s: 0.1, ..Written::default() };
            while written.at_s < 16.0 {
                written.bar(first, eighth_s, first_beat, 0.5);
            }
            let change_s = written.at_s;
            while written.at_s < 32.0 {
                written.bar(second, eighth_s, second_beat, 0.5);
            }
            let heard = written.heard();
            let what = format!("{first} {second} at {eighth_s}");
            println!("{what}: {:?} {:?} of {:?}", heard.tempo_bpm, heard.metre, heard.downbeats_s);
            let counts: Vec<usize> = heard.metre.iter().map(|(_, metre)| usize::from(metre.count)).collect();
            let count = |pattern: &str| if pattern.len() == 7 { 7 } else { pattern.len() / 2 };
            assert_eq!(counts, [count(first), count(second)], "{what}");
            assert!((heard.metre[1].0 - change_s).abs() < 0.07, "{what}");
            assert!(f_measure(&heard.downbeats_s, &written.downbeats_s, 0.07) >= 0.9, "{what}");
        }
    }
}

#[test]
fn a_tempo_that_drifts_is_followed() {
    for (bpm, seed) in [(80.0, 1.0), (120.0, 2.0), (160.0, 3.0)] {
        let mut written = Written { at_s: 0.1, ..Written::default() };
        while written.at_s < 40.0 {
            // Five percent up and down within 40 s.
            let now = bpm * (1.0 + 0.05 * libm::sin(std::f64::consts::PI * written.at_s / 20.0 + seed));
            written.bar("K.S.k.Ss", 30.0 / now, 2, 0.5);
        }
        let heard = written.heard();
        let f = f_measure(&heard.beats_s, &written.beats_s, 0.07);
        println!("{bpm}: {:?} beats {f:.3} {:?}", heard.tempo_bpm, heard.tempo);
        assert!(
            accuracy(heard.tempo_bpm, bpm).0 || heard.tempo_bpm.is_some_and(|x| (x / bpm - 1.0).abs() < 0.06)
        );
        assert!(f >= 0.98, "{bpm}: {f}");
        let (low, high) =
            heard.tempo.iter().fold((f64::MAX, 0.0_f64), |(l, h), (_, x)| (l.min(*x), h.max(*x)));
        assert!(low < bpm * 0.97 && high > bpm * 1.03, "{bpm}: {low} to {high}");
    }
}

#[test]
fn an_accent_on_every_third_or_fourth_click_begins_the_bars() {
    for (count, bpm) in [
        (4, 52.0),
        (3, 66.0),
        (3, 90.0),
        (4, 100.0),
        (3, 120.0),
        (4, 126.0),
        (3, 175.0),
        (4, 181.0),
        (3, 206.0),
        (4, 214.0),
    ] {
        let gap = 60.0 / bpm;
        let strength = |n: i32| if n % count == 0 { 1.0 } else { 0.3 };
        let clicks: Vec<(f64, f64)> = (0..)
            .map(|n| (0.3 + f64::from(n) * gap, strength(n)))
            .take_while(|click| click.0 < 25.0)
            .collect();
        let heard = rhythm(&[curves(&struck(Drum::Click, &clicks, 25.0))]);
        let bars: Vec<f64> = clicks.iter().step_by(count as usize).map(|click| click.0).collect();
        let f = f_measure(&heard.downbeats_s, &bars, 0.07);
        println!("{count} at {bpm}: {:?} {:?} bars {f:.3}", heard.tempo_bpm, heard.metre);
        assert!(accuracy(heard.tempo_bpm, bpm).0, "{count} at {bpm}: {:?}", heard.tempo_bpm);
        assert!(f >= 0.9, "{count} at {bpm}: bars {f}");
    }
}

#[test]
fn a_song_that_slows_down_at_its_end_is_followed_and_one_that_only_thins_out_keeps_its_tempo() {
    for bpm in [120.0, 140.0] {
        let mut written = Written { at_s: 0.1, ..Written::default() };
        while written.at_s < 32.0 {
            // A quarter slower within the last eight seconds.
            let now = bpm * (1.0 - 0.25 * ((written.at_s - 24.0) / 8.0).clamp(0.0, 1.0));
            written.bar("K.S.k.Ss", 30.0 / now, 2, 0.5);
        }
        let heard = written.heard();
        let f = f_measure(&heard.beats_s, &written.beats_s, 0.07);
        println!("{bpm}: {:?} beats {f:.3}", heard.tempo_bpm);
        assert!(accuracy(heard.tempo_bpm, bpm).0, "{bpm}: {:?}", heard.tempo_bpm);
        assert!(f >= 0.95, "{bpm}: {f}");

        let mut steady = Written { at_s: 0.1, ..Written::default() };
        while steady.at_s < 24.0 {
            steady.bar("K.S.k.Ss", 30.0 / bpm, 2, 0.5);
        }
        // What is played freely afterwards, as a pad might, meets no beat.
        let loose = [0.31, 0.97, 1.36, 2.2, 2.71, 3.63, 4.05];
        steady.snare.extend(loose.map(|at| (steady.at_s + at, 0.5)));
        steady.at_s += 4.5;
        let heard = steady.heard();
        assert_eq!(heard.tempo.len(), 1, "{bpm}: {:?}", heard.tempo);
        assert!(f_measure(&heard.beats_s[..steady.beats_s.len()], &steady.beats_s, 0.07) >= 0.98, "{bpm}");
    }
}

#[test]
fn beats_are_told_from_the_first_stroke_on_until_the_music_has_stopped() {
    let clicks: Vec<(f64, f64)> = (0..24).map(|n| (2.3 + f64::from(n) * 0.5, 1.0)).collect();
    let drum = curves(&struck(Drum::Click, &clicks, 20.0));
    let beats_s = rhythm(std::slice::from_ref(&drum)).beats_s;
    assert_eq!(beats_s.len(), clicks.len(), "{beats_s:?}");
    assert!((beats_s[0] - 2.3).abs() < 0.07, "{beats_s:?}");
    // A chord that is held on under the last strokes is music still.
    let tone = |n: usize| if n < 16 * RATE as usize { 0.2 * libm::sin(0.06 * n as f64) as f32 } else { 0.0 };
    let chord = curves(&(0..20 * RATE as usize).map(tone).collect::<Vec<f32>>());
    let beats_s = rhythm(&[drum, chord]).beats_s;
    assert!(beats_s.last().is_some_and(|last| (15.3..16.1).contains(last)), "{beats_s:?}");
}

#[test]
fn swing_is_heard_as_it_was_played() {
    for (bpm, ratio) in [(90.0, 1.0), (120.0, 1.5), (100.0, 2.0), (140.0, 2.0), (160.0, 1.0), (110.0, 3.0)] {
        let mut written = Written { at_s: 0.1, ..Written::default() };
        let part = ratio / (1.0 + ratio);
        (0..12).for_each(|_| written.bar("K.S.k.Ss", 30.0 / bpm, 2, part));
        let heard = written.heard();
        let swing = heard.swing.map_or(0.0, |swing| swing.ratio);
        println!("{bpm}: {:?} {swing:.2} of {ratio}", heard.tempo_bpm);
        // Steps are 10 ms: half a step of the beat, through the ratio.
        let off = 0.005 * bpm / 60.0 * (1.0 + ratio) * (1.0 + ratio) * 2.0;
        assert!((swing - ratio).abs() <= off, "{bpm}: {swing} for {ratio}, allowed {off}");
    }
}

#[test]
fn noise_strokes_at_random_and_slow_pads_have_no_tempo() {
    let seconds = 30.0;
    let mut seeded = Seeded(3);
    let noise: Vec<f32> =
        (0..(seconds * f64::from(RATE)) as usize).map(|_| (0.2 * seeded.next()) as f32).collect();
    let random = |seed: u32, count: usize| {
        let mut seeded = Seeded(seed);
        let strokes: Vec<(f64, f64)> = (0..count)
            .map(|_| ((seeded.next() * 0.5 + 0.5) * (seconds - 0.3), 0.6 + 0.4 * seeded.next()))
            .collect();
        struck(Drum::Snare, &strokes, seconds)
    };
    let pad: Vec<f32> = (0..(seconds * f64::from(RATE)) as usize)
        .map(|n| {
            let t = n as f64 / f64::from(RATE);
            let voice = |hz: f64, slow: f64| {
                libm::sin(2.0 * std::f64::consts::PI * hz * t) * (1.0 + libm::sin(slow * t + hz))
            };
            (0.05 * (voice(110.0, 0.41) + voice(164.8, 0.67) + voice(261.6, 0.53) + voice(392.1, 0.29)))
                as f32
        })
        .collect();
    let cases = [
        ("noise", noise),
        ("random 1", random(11, 60)),
        ("random 2", random(12, 90)),
        ("random 3", random(13, 30)),
        ("random 4", random(14, 200)),
        ("pad", pad),
    ];
    for (name, wave) in cases {
        let heard = rhythm(&[curves(&wave)]);
        println!(
            "{name}: {:?} {:.2} clarity {:.3}",
            heard.tempo_bpm, heard.tempo_confidence, heard.pulse_clarity
        );
        assert_eq!(heard.tempo_bpm, None, "{name}");
        assert!(heard.beats_s.is_empty(), "{name}");
    }
}

#[test]
fn onsets_are_found_at_their_times_and_silence_has_none() {
    let mut seeded = Seeded(5);
    let mut at = 0.1;
    let mut strokes = Vec::new();
    while at < 19.5 {
        strokes.push((at, 0.3 + 0.7 * (seeded.next() * 0.5 + 0.5)));
        at += 0.11 + 0.4 * (seeded.next() * 0.5 + 0.5);
    }
    let truth: Vec<f64> = strokes.iter().map(|stroke| stroke.0).collect();
    for drum in [Drum::Click, Drum::Kick, Drum::Snare, Drum::Hat] {
        let found: Vec<f64> =
            onsets(&curves(&struck(drum, &strokes, 20.0)).sums()).iter().map(|onset| onset.at_s).collect();
        let f = f_measure(&found, &truth, 0.05);
        println!("onsets {f:.3}, {} of {}", found.len(), truth.len());
        assert!(f >= 0.95, "{f}");
    }
    assert!(onsets(&[0.0; 500]).is_empty());
    assert!(onsets(&[]).is_empty());
}

#[test]
fn nothing_at_all_is_no_rhythm_and_the_scale_of_a_track_changes_nothing() {
    assert_eq!(rhythm(&[]), Rhythm::default());
    assert_eq!(rhythm(&[TrackCurves::default()]), Rhythm::default());
    let broken =
        TrackCurves { onsets: vec![[f32::NAN, f32::INFINITY, -1.0, 0.0, 0.0]; 900], chroma: Vec::new() };
    assert_eq!(rhythm(&[broken]).tempo_bpm, None);
    let written = Written::bars(8, "K.S.k.Ss", 0.25, 2);
    let tracks = written.tracks();
    let heard = rhythm(&tracks);
    assert!(heard.level_reason.is_some_and(|reason| reason != LevelReason::Preference));
    let louder: Vec<TrackCurves> = tracks
        .iter()
        .map(|track| TrackCurves {
            onsets: track.onsets.iter().map(|row| row.map(|x| 4.0 * x)).collect(),
            ..track.clone()
        })
        .collect();
    // A power of two scales every sum exactly.
    assert_eq!(rhythm(&louder), heard);
}
