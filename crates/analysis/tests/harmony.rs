//! Key, chords and tuning are heard from generated music as it was written, and where there is no harmony none is heard.

use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::music::Music;
use mixkeel_analysis::music::harmony::{Chord, Harmony, Mode, PitchedTrack, Quality, Sounds, harmony};
use mixkeel_analysis::music::rhythm::{Metre, Rhythm};
use mixkeel_analysis::profile::ProfileMeter;
use mixkeel_dsp::block::{Channels, Signal};

const RATE: u32 = 16_000;

/// Length of a bar in seconds, four beats at 120 a minute.
const BAR_S: f64 = 2.0;

fn music(wave: &[f32]) -> Music {
    let mut meter = ProfileMeter::new(RATE, Channels::Mono).with_music();
    meter.push(&Signal::mono(wave));
    meter.finish().music.unwrap_or_default()
}

/// A chord as it was written.
#[derive(Clone, Debug)]
struct Written {
    root: u8,
    quality: Quality,
    bass: u8,
    from_s: f64,
    to_s: f64,
}

/// Steps of the scale above the tonic, what stands on them, the bass above the root, and how many beats.
type Progression = &'static [(u8, Quality, u8, u8)];

fn written(tonic: u8, progression: Progression, times: usize) -> Vec<Written> {
    let mut at = 0.0;
    let mut all = Vec::new();
    for (step, quality, bass, beats) in (0..times).flat_map(|_| progression) {
        let to_s = at + f64::from(*beats) * BAR_S / 4.0;
        let root = (tonic + step) % 12;
        all.push(Written { root, quality: *quality, bass: (root + bass) % 12, from_s: at, to_s });
        at = to_s;
    }
    all
}

/// Adds a tone with overtones that fall with their number and with time, as of a plucked string.
fn tone(wave: &mut [f32], midi: f64, from_s: f64, to_s: f64, gain: f64) {
    let freq_hz = 440.0 * libm::exp2((midi - 69.0) / 12.0);
    let (from, to) = ((from_s * f64::from(RATE)) as usize, (to_s * f64::from(RATE)) as usize);
    let rate = f64::from(RATE);
    for h in (1..=8).map(f64::from).filter(|h| h * freq_hz < 0.45 * rate) {
        let turn = 2.0 * std::f64::consts::PI * h * freq_hz / rate;
        let falls = libm::exp(-(1.0 + 0.5 * h) / rate);
        let (along, across) = (falls * libm::cos(turn), falls * libm::sin(turn));
        let (mut x, mut y) = (gain / h * libm::cos(h), gain / h * libm::sin(h));
        for (n, sample) in wave.iter_mut().take(to).skip(from).enumerate() {
            let ends = ((to - from - n) as f64 / rate / 0.02).min(1.0) * (n as f64 / rate / 0.005).min(1.0);
            *sample += (ends * y) as f32;
            (x, y) = (x * along - y * across, x * across + y * along);
        }
    }
}

/// The tracks of a song: chords in close position above the middle C, a bass, and drums of noise.
struct Played {
    chords: Vec<f32>,
    bass: Vec<f32>,
    drums: Vec<f32>,
}

fn played(written: &[Written], cents: f64, drums: f64) -> Played {
    let length_s = written.last().map_or(0.0, |chord| chord.to_s);
    let silence = vec![0.0; (length_s * f64::from(RATE)) as usize];
    let mut played = Played { chords: silence.clone(), bass: silence.clone(), drums: silence };
    for chord in written {
        for interval in chord.quality.intervals() {
            let class = (chord.root + interval) % 12;
            let midi = 55.0 + f64::from((class + 12 - 7) % 12);
            // Struck on every half bar.
            let mut at = chord.from_s;
            while at < chord.to_s - 1e-6 {
                let to = (at + 0.5 * BAR_S).min(chord.to_s);
                tone(&mut played.chords, midi + cents / 100.0, at, to, 0.08);
                at = to;
            }
        }
        let mut at = chord.from_s;
        while at < chord.to_s - 1e-6 {
            // From the lowest string of a bass guitar upwards.
            let midi = 40.0 + f64::from((chord.bass + 12 - 4) % 12);
            tone(&mut played.bass, midi + cents / 100.0, at, at + 0.25 * BAR_S, 0.15);
            at += 0.25 * BAR_S;
        }
    }
    let mut seed = 5_u32;
    for (n, sample) in played.drums.iter_mut().enumerate() {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let white = f64::from(seed) / f64::from(u32::MAX) - 0.5;
        let since = (n as f64 / f64::from(RATE)) % 0.25;
        *sample = (drums * white * libm::exp(-25.0 * since)) as f32;
    }
    played
}

/// Beats and bars as they were written.
fn rhythm(length_s: f64) -> Rhythm {
    let every =
        |apart: f64| (0..).map(|n| f64::from(n) * apart).take_while(|at| *at < length_s - 1e-6).collect();
    Rhythm {
        beats_s: every(0.25 * BAR_S),
        downbeats_s: every(BAR_S),
        metre: vec![(0.0, Metre { count: 4, unit: 4 })],
        ..Rhythm::default()
    }
}

impl Played {
    fn heard(&self) -> Harmony {
        let tracks = [
            PitchedTrack::of(&music(&self.chords), Sounds::Other, 0.0),
            PitchedTrack::of(&music(&self.bass), Sounds::Bass, 0.0),
            PitchedTrack::of(&music(&self.drums), Sounds::Unpitched, 0.0),
        ];
        harmony(&tracks, &rhythm(self.chords.len() as f64 / f64::from(RATE)))
    }

    fn heard_from_the_sum(&self) -> Harmony {
        let sum: Vec<f32> =
            self.chords.iter().zip(&self.bass).zip(&self.drums).map(|((c, b), d)| c + b + d).collect();
        let length_s = sum.len() as f64 / f64::from(RATE);
        harmony(&[PitchedTrack::of(&music(&sum), Sounds::Other, 0.0)], &rhythm(length_s))
    }
}

/// The part of the time in which the same is said of a chord.
fn overlap(heard: &[Chord], written: &[Written], same: impl Fn(&Chord, &Written) -> bool) -> f64 {
    let (mut right, mut all) = (0.0, 0.0);
    for truth in written {
        all += truth.to_s - truth.from_s;
        for chord in heard.iter().filter(|chord| same(chord, truth)) {
            right += (chord.to_s.min(truth.to_s) - chord.from_s.max(truth.from_s)).max(0.0);
        }
    }
    right / all
}

fn maj_min(chord: &Chord, truth: &Written) -> bool {
    chord.root == Some(truth.root) && chord.quality.is_minor() == truth.quality.is_minor()
}

fn exactly(chord: &Chord, truth: &Written) -> bool {
    chord.root == Some(truth.root) && chord.quality == truth.quality
}

fn bass_too(chord: &Chord, truth: &Written) -> bool {
    maj_min(chord, truth) && chord.bass.or(chord.root) == Some(truth.bass)
}

use Quality::{Maj, Maj7, Min, Min7, Seven, Sus4};

const CADENCES: [(Mode, Progression); 5] = [
    (Mode::Major, &[(0, Maj, 0, 4), (5, Maj, 0, 4), (7, Maj, 0, 4), (0, Maj, 0, 4)]),
    (Mode::Major, &[(0, Maj, 0, 4), (2, Min, 0, 4), (7, Seven, 0, 4), (0, Maj, 0, 4)]),
    (Mode::Minor, &[(0, Min, 0, 4), (5, Min, 0, 4), (7, Maj, 0, 4), (0, Min, 0, 4)]),
    (Mode::Minor, &[(0, Min, 0, 4), (8, Maj, 0, 4), (7, Seven, 0, 4), (0, Min, 0, 4)]),
    // A loop that has no cadence: its notes are those of the relative major as well, only its beginning tells.
    (Mode::Minor, &[(0, Min, 0, 4), (8, Maj, 0, 4), (3, Maj, 0, 4), (10, Maj, 0, 4)]),
];

#[test]
fn cadences_have_their_key_in_all_24_keys_from_tracks_and_from_the_sum() {
    for (mode, cadence) in CADENCES {
        for tonic in 0..12 {
            let song = written(tonic, cadence, 1);
            let played = played(&song, 0.0, 0.0);
            for heard in [played.heard(), played.heard_from_the_sum()] {
                let key = heard.key.expect("a cadence has a key");
                let chords = overlap(&heard.chords, &song, maj_min);
                println!(
                    "{tonic} {mode}: {key} {:.2}, chords {chords:.2}, {:.1} cents",
                    key.confidence, heard.tuning_cents
                );
                assert_eq!((key.tonic, key.mode), (tonic, mode), "{key}");
                assert!(heard.tuning_cents.abs() < 3.0, "{}", heard.tuning_cents);
                assert!(chords > 0.95, "{chords}");
            }
        }
    }
}

const SONGS: [(&str, Mode, Progression); 8] = [
    ("ii-V-I", Mode::Major, &[(2, Min7, 0, 4), (7, Seven, 0, 4), (0, Maj7, 0, 8)]),
    ("I-vi-IV-V", Mode::Major, &[(0, Maj, 0, 4), (9, Min, 0, 4), (5, Maj, 0, 4), (7, Maj, 0, 4)]),
    ("I-V-vi-IV", Mode::Major, &[(0, Maj, 0, 4), (7, Maj, 0, 4), (9, Min, 0, 4), (5, Maj, 0, 4)]),
    ("i-VI-III-VII", Mode::Minor, &[(0, Min, 0, 4), (8, Maj, 0, 4), (3, Maj, 0, 4), (10, Maj, 0, 4)]),
    (
        "blues",
        Mode::Major,
        &[
            (0, Seven, 0, 8),
            (0, Seven, 0, 8),
            (5, Seven, 0, 8),
            (0, Seven, 0, 8),
            (7, Seven, 0, 4),
            (5, Seven, 0, 4),
            (0, Seven, 0, 8),
        ],
    ),
    (
        "half bars",
        Mode::Major,
        &[(0, Maj, 0, 2), (5, Maj, 0, 2), (7, Sus4, 0, 2), (7, Maj, 0, 2), (0, Maj, 0, 4)],
    ),
    ("slash", Mode::Major, &[(0, Maj, 0, 4), (7, Maj, 4, 4), (9, Min, 0, 4), (0, Maj, 7, 4)]),
    (
        "minor with sevenths",
        Mode::Minor,
        &[(0, Min7, 0, 4), (5, Min7, 0, 4), (8, Maj7, 0, 4), (7, Seven, 0, 4)],
    ),
];

#[test]
fn common_progressions_are_heard_as_written_detuned_and_under_drums_too() {
    let mut sums = [0.0; 3];
    let mut right = 0.0;
    for (n, (name, mode, progression)) in SONGS.into_iter().enumerate() {
        let tonic = (n * 5 % 12) as u8;
        for (cents, drums) in [(0.0, 0.0), (30.0, 0.4), (-30.0, 0.4), (0.0, 1.0)] {
            let song = written(tonic, progression, 2);
            let played = played(&song, cents, drums);
            for (from, heard) in [("tracks", played.heard()), ("sum", played.heard_from_the_sum())] {
                let key = heard.key.expect("a progression has a key");
                let scores = [
                    overlap(&heard.chords, &song, maj_min),
                    overlap(&heard.chords, &song, exactly),
                    overlap(&heard.chords, &song, bass_too),
                ];
                println!(
                    "{name} {cents} cents, drums {drums}, {from}: {key} {:.2}, maj/min {:.2} exactly {:.2} bass {:.2}, {:.1} cents, {:?} a bar",
                    key.confidence, scores[0], scores[1], scores[2], heard.tuning_cents, heard.chords_per_bar
                );
                sums.iter_mut().zip(scores).for_each(|(sum, score)| *sum += score / 64.0);
                right += f64::from(u8::from((key.tonic, key.mode) == (tonic, mode))) / 64.0;
            }
        }
    }
    println!("keys right {right:.3}");
    println!("maj/min {:.3}, exactly {:.3}, with bass {:.3}", sums[0], sums[1], sums[2]);
    assert!(right > 0.999, "{right}");
    assert!(sums[0] > 0.98 && sums[1] > 0.95 && sums[2] > 0.93, "{sums:?}");
}

/// Chords that nobody could be sure of: two notes, under noise as loud as they are.
fn hollow(song: &[Written]) -> Vec<f32> {
    let mut played = played(song, 0.0, 1.5);
    played.chords.fill(0.0);
    for chord in song {
        for interval in [0.0, 7.0] {
            tone(
                &mut played.chords,
                55.0 + f64::from((chord.root + 5) % 12) + interval,
                chord.from_s,
                chord.to_s,
                0.05,
            );
        }
    }
    played.chords.iter().zip(&played.drums).map(|(chord, drum)| chord + drum).collect()
}

#[test]
fn what_is_said_with_confidence_is_right_as_often() {
    // How long chords were given, how long they were right, and what was said of them, by tenths of confidence.
    let mut said = [(0.0, 0.0, 0.0); 10];
    for (n, (_, _, progression)) in SONGS.into_iter().enumerate() {
        let song = written((7 * n % 12) as u8, progression, 1);
        let length_s = song.last().map_or(0.0, |chord| chord.to_s);
        let track = PitchedTrack::of(&music(&hollow(&song)), Sounds::Other, 0.0);
        let clear = played(&song, 0.0, 0.4).heard_from_the_sum();
        for heard in [harmony(&[track], &rhythm(length_s)), clear] {
            for chord in &heard.chords {
                let row = &mut said[((10.0 * chord.confidence) as usize).min(9)];
                let length_s = chord.to_s - chord.from_s;
                row.0 += length_s;
                row.1 += overlap(std::slice::from_ref(chord), &song, maj_min)
                    * song.iter().map(|c| c.to_s - c.from_s).sum::<f64>();
                row.2 += length_s * chord.confidence;
            }
        }
    }
    println!("said    right    seconds");
    let mut off = 0.0;
    for (length_s, right_s, sum) in said.into_iter().filter(|row| row.0 > 0.0) {
        println!("{:.2}    {:.2}    {length_s:.0}", sum / length_s, right_s / length_s);
        off += (sum - right_s).max(0.0);
    }
    let all: f64 = said.iter().map(|row| row.0).sum();
    println!("too sure by {:.3} in the mean", off / all);
    assert!(off / all < 0.15, "{}", off / all);
}

#[test]
fn noise_has_no_chords_and_no_key_to_be_sure_of() {
    let played = played(&written(0, SONGS[1].2, 2), 0.0, 1.0);
    let track = PitchedTrack::of(&music(&played.drums), Sounds::Other, 0.0);
    let heard = harmony(&[track], &rhythm(16.0));
    let none: f64 = heard.chords.iter().filter(|chord| chord.label() == "N").map(|c| c.to_s - c.from_s).sum();
    println!("{:?}, no chord for {none} of 16 s", heard.key);
    assert!(heard.key.is_none_or(|key| key.confidence < 0.5), "{:?}", heard.key);
    assert!(none > 8.0 || heard.chords.iter().all(|chord| chord.root.is_none() || chord.confidence < 0.6));
}

#[test]
fn nothing_at_all_is_no_harmony_and_broken_beats_do_no_harm() {
    assert_eq!(harmony(&[], &Rhythm::default()), Harmony::default());
    let silence = PitchedTrack::of(&music(&vec![0.0; RATE as usize * 2]), Sounds::Other, 0.0);
    let heard = harmony(&[silence], &rhythm(2.0));
    assert_eq!((heard.key, heard.chords.len()), (None, 1));
    assert_eq!(heard.chords[0].label(), "N");
    let song = written(0, CADENCES[0].1, 1);
    let played = played(&song, 0.0, 0.0);
    let track = PitchedTrack::of(&music(&played.chords), Sounds::Other, f64::NAN);
    let broken = Rhythm { beats_s: vec![f64::NAN, 3.0, -1.0, f64::INFINITY, 2.0, 2.0], ..Rhythm::default() };
    for rhythm in [broken, Rhythm::default()] {
        let heard = harmony(std::slice::from_ref(&track), &rhythm);
        assert!(heard.chords.windows(2).all(|two| two[0].to_s == two[1].from_s));
        assert_eq!(heard.key.map(|key| key.to_string()), Some("C major".to_owned()));
    }
}

#[test]
fn a_change_of_key_is_heard_near_its_bar_and_a_late_track_is_laid_where_it_starts() {
    let mut song = written(0, SONGS[1].2, 3);
    let change_s = song.last().map_or(0.0, |chord| chord.to_s);
    song.extend(written(4, SONGS[1].2, 3).into_iter().map(|chord| Written {
        from_s: chord.from_s + change_s,
        to_s: chord.to_s + change_s,
        ..chord
    }));
    let played = played(&song, 0.0, 0.0);
    // The bass was recorded from the third bar on.
    let late = 2.0 * BAR_S;
    let bass = &played.bass[(late * f64::from(RATE)) as usize..];
    let tracks = [
        PitchedTrack::of(&music(&played.chords), Sounds::Other, 0.0),
        PitchedTrack::of(&music(bass), Sounds::Bass, late),
    ];
    let heard = harmony(&tracks, &rhythm(2.0 * change_s));
    let keys: Vec<String> = heard.keys.iter().map(|(at, key)| format!("{at:.1} {key}")).collect();
    println!("{keys:?}, change at {change_s}");
    assert_eq!(heard.keys.len(), 2, "{keys:?}");
    assert_eq!(
        (heard.keys[0].1.to_string(), heard.keys[1].1.to_string()),
        ("C major".into(), "E major".into())
    );
    assert!((heard.keys[1].0 - change_s).abs() <= 2.0 * BAR_S, "{keys:?}");
    assert!(overlap(&heard.chords, &song, bass_too) > 0.95);
}
