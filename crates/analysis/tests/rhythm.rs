//! Rhythm is heard from generated drums as it was written, and where nothing is steady it says so.

use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::music::rhythm::{LevelReason, Metre, Rhythm, TrackCurves, onsets, rhythm};
use mixkeel_analysis::profile::ProfileMeter;
use mixkeel_dsp::block::{Channels, Signal};

const RATE: u32 = 24_000;

/// What is struck.
#[derive(Clone, Copy)]
enum Drum {
    Click,
    Kick,
    Snare,
    Hat,
}

struct Seeded(u32);

impl Seeded {
    /// From −1 to 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(self.0) / f64::from(u32::MAX) * 2.0 - 1.0
    }
}

/// A track of strokes: when in seconds, and how strong.
fn struck(drum: Drum, strokes: &[(f64, f64)], seconds: f64) -> Vec<f32> {
    let mut wave = vec![0.0_f32; (seconds * f64::from(RATE)) as usize];
    let mut noise = Seeded(7);
    let turn = 2.0 * std::f64::consts::PI;
    for &(at, gain) in strokes {
        let first = (at * f64::from(RATE)).round() as usize;
        let mut before = 0.0;
        for n in 0..(0.25 * f64::from(RATE)) as usize {
            let t = n as f64 / f64::from(RATE);
            let white = noise.next();
            let x = match drum {
                Drum::Click => libm::exp(-200.0 * t) * libm::sin(turn * 2_000.0 * t),
                Drum::Kick => {
                    libm::exp(-20.0 * t) * libm::sin(turn * (55.0 * t + 2.0 * (1.0 - libm::exp(-40.0 * t))))
                }
                Drum::Snare => libm::exp(-25.0 * t) * (0.5 * white + 0.4 * libm::sin(turn * 190.0 * t)),
                // The difference of neighbours leaves the highs.
                Drum::Hat => libm::exp(-70.0 * t) * 0.3 * (white - before),
            };
            before = white;
            if let Some(sample) = wave.get_mut(first + n) {
                *sample += (0.5 * gain * x) as f32;
            }
        }
    }
    wave
}

fn curves(wave: &[f32]) -> TrackCurves {
    let mut meter = ProfileMeter::new(RATE, Channels::Mono).with_music();
    meter.push(&Signal::mono(wave));
    TrackCurves::of(&meter.finish().music.unwrap_or_default())
}

/// A written rhythm: strokes by instrument, and what should be heard.
#[derive(Default)]
struct Written {
    kick: Vec<(f64, f64)>,
    snare: Vec<(f64, f64)>,
    hat: Vec<(f64, f64)>,
    beats_s: Vec<f64>,
    downbeats_s: Vec<f64>,
    at_s: f64,
}

impl Written {
    /// One bar of eighths, each of this length, one letter each: K kick, S snare, k and s softer, with a hat on every eighth;
    /// the second eighth of two comes at this part of the two. Beats are so many eighths.
    fn bar(&mut self, pattern: &str, eighth_s: f64, beat: usize, swung: f64) {
        self.downbeats_s.push(self.at_s);
        for (n, letter) in pattern.chars().enumerate() {
            let late = if n % 2 == 1 { (swung - 0.5) * 2.0 * eighth_s } else { 0.0 };
            let at = self.at_s + n as f64 * eighth_s;
            if n % beat == 0 {
                self.beats_s.push(at);
            }
            self.hat.push((at + late, if n % beat == 0 { 0.8 } else { 0.5 }));
            match letter {
                'K' => self.kick.push((at + late, 1.0)),
                'k' => self.kick.push((at + late, 0.6)),
                'S' => self.snare.push((at + late, 1.0)),
                's' => self.snare.push((at + late, 0.4)),
                _ => {}
            }
        }
        self.at_s += pattern.len() as f64 * eighth_s;
    }

    fn bars(count: usize, pattern: &str, eighth_s: f64, beat: usize) -> Self {
        let mut written = Self { at_s: 0.2, ..Self::default() };
        (0..count).for_each(|_| written.bar(pattern, eighth_s, beat, 0.5));
        written
    }

    fn tracks(&self) -> Vec<TrackCurves> {
        let all = [(Drum::Kick, &self.kick), (Drum::Snare, &self.snare), (Drum::Hat, &self.hat)];
        all.iter().map(|(drum, strokes)| curves(&struck(*drum, strokes, self.at_s))).collect()
    }

    fn heard(&self) -> Rhythm {
        self.within(rhythm(&self.tracks()))
    }

    /// Without the beat that would be the first after the end.
    fn within(&self, mut heard: Rhythm) -> Rhythm {
        heard.beats_s.retain(|at| *at < self.at_s - 0.07);
        heard
    }

    fn heard_from_the_sum(&self) -> Rhythm {
        let mut sum = struck(Drum::Kick, &self.kick, self.at_s);
        for (drum, strokes) in [(Drum::Snare, &self.snare), (Drum::Hat, &self.hat)] {
            for (to, x) in sum.iter_mut().zip(struck(drum, strokes, self.at_s)) {
                *to += x;
            }
        }
        self.within(rhythm(&[curves(&sum)]))
    }
}

/// The F-measure of times within a tolerance, each matched once; both lists rise.
fn f_measure(found: &[f64], truth: &[f64], tolerance_s: f64) -> f64 {
    let (mut hits, mut next) = (0, 0);
    for at in truth {
        while found.get(next).is_some_and(|x| *x < at - tolerance_s) {
            next += 1;
        }
        if found.get(next).is_some_and(|x| *x <= at + tolerance_s) {
            hits += 1;
            next += 1;
        }
    }
    2.0 * f64::from(hits) / (found.len() + truth.len()).max(1) as f64
}

/// Accuracy 1 and 2 of tempo estimation (Gouyon and others, IEEE Transactions on Audio, Speech and Language Processing 14,
/// 2006): within 4 %, and within 4 % of a half, a third, twice or three times the tempo.
fn accuracy(bpm: Option<f64>, truth: f64) -> (bool, bool) {
    let near = |times: f64| bpm.is_some_and(|bpm| (bpm / (truth * times) - 1.0).abs() <= 0.04);
    (near(1.0), [1.0, 0.5, 1.0 / 3.0, 2.0, 3.0].into_iter().any(near))
}

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
        for quarter_bpm in [90.0, 120.0, 150.0] {
            let eighth_s = 30.0 / quarter_bpm;
            let count = (24.0 / (eighth_s * pattern.len() as f64)) as usize;
            let written = Written::bars(count, pattern, eighth_s, beat);
            let heard = written.heard();
            let bars = f_measure(&heard.downbeats_s, &written.downbeats_s, 0.07);
            let f = f_measure(&heard.beats_s, &written.beats_s, 0.07);
            if metre.count == 7 && quarter_bpm > 130.0 {
                continue;
            }
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
    let mut written = Written { at_s: 0.1, ..Written::default() };
    (0..8).for_each(|_| written.bar("K.S.k.Ss", 0.25, 2, 0.5));
    let change_s = written.at_s;
    (0..10).for_each(|_| written.bar("K.S.S.", 0.25, 2, 0.5));
    let heard = written.heard();
    println!("{:?} {:?}", heard.metre, heard.downbeats_s);
    assert_eq!(heard.metre.len(), 2);
    assert_eq!((heard.metre[0].1.count, heard.metre[1].1.count), (4, 3));
    assert!((heard.metre[1].0 - change_s).abs() < 0.07);
    assert!(f_measure(&heard.downbeats_s, &written.downbeats_s, 0.07) >= 0.9);
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
    for (count, bpm) in [(3, 90.0), (4, 100.0), (3, 120.0), (4, 126.0)] {
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
