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

use Quality::{Maj, Min, Seven};

const CADENCES: [(Mode, Progression); 4] = [
    (Mode::Major, &[(0, Maj, 0, 4), (5, Maj, 0, 4), (7, Maj, 0, 4), (0, Maj, 0, 4)]),
    (Mode::Major, &[(0, Maj, 0, 4), (2, Min, 0, 4), (7, Seven, 0, 4), (0, Maj, 0, 4)]),
    (Mode::Minor, &[(0, Min, 0, 4), (5, Min, 0, 4), (7, Maj, 0, 4), (0, Min, 0, 4)]),
    (Mode::Minor, &[(0, Min, 0, 4), (8, Maj, 0, 4), (7, Seven, 0, 4), (0, Min, 0, 4)]),
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
