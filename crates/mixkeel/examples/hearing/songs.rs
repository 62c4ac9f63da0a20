//! Generated songs of which everything is known: tempo, beats, key, chords and sections, from a seed.
//!
//! There are two sets of progressions: what was tuned was tuned on the first, what is reported is heard of the second.

use std::f64::consts::TAU;

use mixkeel_analysis::music::harmony::Mode;

/// The rate of generated sound.
pub const RATE_HZ: u32 = 22_050;

/// Steps above the tonic with what stands on them, a bar each.
type Progression = &'static [(u8, &'static str)];

/// A mode, what its verses stand on, and what its choruses stand on.
type Harmonies = (Mode, Progression, Progression);

/// What was tuned on.
const TUNED: [Harmonies; 8] = [
    (
        Mode::Major,
        &[(0, "maj"), (7, "maj"), (9, "min"), (5, "maj")],
        &[(5, "maj"), (7, "maj"), (0, "maj"), (9, "min")],
    ),
    (
        Mode::Major,
        &[(0, "maj"), (9, "min"), (5, "maj"), (7, "maj")],
        &[(0, "maj"), (5, "maj"), (7, "maj"), (0, "maj")],
    ),
    (
        Mode::Major,
        &[(2, "min7"), (7, "7"), (0, "maj7"), (0, "maj7")],
        &[(5, "maj7"), (2, "min7"), (7, "7"), (0, "maj7")],
    ),
    (Mode::Major, &[(0, "7"), (5, "7"), (0, "7"), (7, "7")], &[(5, "7"), (5, "7"), (0, "7"), (0, "7")]),
    (
        Mode::Minor,
        &[(0, "min"), (8, "maj"), (3, "maj"), (10, "maj")],
        &[(8, "maj"), (10, "maj"), (0, "min"), (0, "min")],
    ),
    (
        Mode::Minor,
        &[(0, "min"), (10, "maj"), (8, "maj"), (10, "maj")],
        &[(0, "min"), (3, "maj"), (10, "maj"), (8, "maj")],
    ),
    (
        Mode::Minor,
        &[(0, "min"), (5, "min"), (7, "maj"), (0, "min")],
        &[(8, "maj"), (5, "min"), (7, "maj"), (0, "min")],
    ),
    (
        Mode::Minor,
        &[(0, "min7"), (5, "min7"), (8, "maj7"), (7, "7")],
        &[(0, "min7"), (5, "min7"), (0, "min7"), (7, "7")],
    ),
];

/// What is reported.
const HELD: [Harmonies; 8] = [
    (
        Mode::Major,
        &[(0, "maj"), (5, "maj"), (9, "min"), (7, "maj")],
        &[(0, "maj"), (4, "min"), (5, "maj"), (7, "maj")],
    ),
    (
        Mode::Major,
        &[(0, "maj"), (10, "maj"), (5, "maj"), (0, "maj")],
        &[(5, "maj"), (0, "maj"), (7, "maj"), (0, "maj")],
    ),
    (
        Mode::Major,
        &[(0, "maj"), (9, "min"), (2, "min"), (7, "7")],
        &[(5, "maj"), (5, "min"), (0, "maj"), (7, "maj")],
    ),
    (
        Mode::Major,
        &[(0, "maj7"), (4, "min7"), (5, "maj7"), (7, "7")],
        &[(0, "maj"), (2, "min"), (5, "maj"), (0, "maj")],
    ),
    (
        Mode::Minor,
        &[(0, "min"), (10, "maj"), (8, "maj"), (7, "maj")],
        &[(0, "min"), (8, "maj"), (10, "maj"), (0, "min")],
    ),
    (
        Mode::Minor,
        &[(0, "min"), (3, "maj"), (8, "maj"), (10, "maj")],
        &[(0, "min"), (5, "min"), (10, "maj"), (3, "maj")],
    ),
    (
        Mode::Minor,
        &[(0, "min"), (7, "min"), (8, "maj"), (10, "maj")],
        &[(0, "min"), (10, "maj"), (5, "min"), (0, "min")],
    ),
    (
        Mode::Minor,
        &[(0, "min7"), (8, "maj7"), (5, "min7"), (7, "7")],
        &[(0, "min"), (8, "maj"), (5, "min"), (7, "maj")],
    ),
];

/// The parts of a song and how many bars they last.
const FORMS: [&[(&str, usize)]; 3] = [
    &[("intro", 4), ("verse", 8), ("chorus", 8), ("verse", 8), ("chorus", 8)],
    &[("verse", 8), ("chorus", 8), ("verse", 8), ("chorus", 8), ("outro", 4)],
    &[("intro", 4), ("verse", 16), ("chorus", 8), ("verse", 8), ("chorus", 8), ("outro", 4)],
];

/// A song and what is true of it.
pub struct Song {
    pub name: String,
    pub bpm: f64,
    pub beats_s: Vec<f64>,
    pub key: (u8, Mode),
    /// From, to, label.
    pub chords: Vec<(f64, f64, String)>,
    /// From, to, kind.
    pub sections: Vec<(f64, f64, String)>,
    pub tracks: Vec<(&'static str, Vec<f32>)>,
}

/// A generator of numbers (Numerical Recipes' linear congruence).
struct Dice(u32);

impl Dice {
    /// From 0 to 1.
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(self.0 >> 8) / f64::from(1_u32 << 24)
    }

    fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * self.roll()
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[((self.roll() * of.len() as f64) as usize).min(of.len() - 1)]
    }
}

/// Pitch classes from C upwards.
pub const NAMES: [&str; 12] = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];

/// Three songs for each pair of progressions of a set.
pub fn songs(held: bool, seed: u32) -> Vec<Song> {
    let set = if held { HELD } else { TUNED };
    let mut dice = Dice(seed.wrapping_mul(2_654_435_761).wrapping_add(99));
    let song = |n: usize| song(&set[n / 3], n, &mut dice);
    (0..3 * set.len()).map(song).collect()
}

fn intervals(kind: &str) -> &'static [u8] {
    match kind {
        "min" => &[0, 3, 7],
        "7" => &[0, 4, 7, 10],
        "min7" => &[0, 3, 7, 10],
        "maj7" => &[0, 4, 7, 11],
        _ => &[0, 4, 7],
    }
}

fn song(harmonies: &Harmonies, n: usize, dice: &mut Dice) -> Song {
    let (mode, verse, chorus) = *harmonies;
    let tonic = (dice.roll() * 12.0) as u8 % 12;
    let bpm = dice.between(72.0, 168.0).round();
    let (beat_s, from_s) = (60.0 / bpm, dice.between(0.1, 0.9));
    let form = FORMS[n % FORMS.len()];
    let bars: usize = form.iter().map(|(_, bars)| bars).sum();
    let bar_s = 4.0 * beat_s;
    let at = |bar: f64| from_s + bar * bar_s;
    let length_s = at(bars as f64) + 1.0;
    let cents = *dice.pick(&[0.0, 0.0, 25.0, -25.0, 12.0]);
    let struck = dice.roll() < 0.5;
    let silence = vec![0.0_f32; (length_s * f64::from(RATE_HZ)) as usize];
    let [mut kick, mut snare, mut hat, mut bass, mut keys, mut pad, mut lead] =
        [(); 7].map(|()| silence.clone());
    let (mut chords, mut sections) = (Vec::new(), Vec::new());
    let mut bar = 0;
    for (kind, length) in form {
        sections.push((at(bar as f64), at((bar + length) as f64), (*kind).to_owned()));
        let (is_chorus, quiet) = (*kind == "chorus", matches!(*kind, "intro" | "outro"));
        for within in 0..*length {
            let progression = if is_chorus { chorus } else { verse };
            // The last bar of an outro comes home.
            let (step, quality) = match *kind {
                "outro" if within + 1 == *length => (0, if mode == Mode::Major { "maj" } else { "min" }),
                _ => progression[within % progression.len()],
            };
            let root = (tonic + step) % 12;
            let begins = at((bar + within) as f64);
            chords.push((begins, begins + bar_s, format!("{}:{quality}", NAMES[usize::from(root)])));
            let notes: Vec<f64> = intervals(quality)
                .iter()
                .map(|above| 55.0 + f64::from((root + above + 5) % 12) + cents / 100.0)
                .collect();
            for beat in 0..4 {
                let t = begins + f64::from(beat) * beat_s;
                for note in notes.iter().filter(|_| struck || beat == 0) {
                    let long = if struck { 0.9 * beat_s } else { 3.9 * beat_s };
                    tone(&mut keys, *note, t, long, 0.06, if struck { 3.0 } else { 0.8 });
                }
                // A bass plays roots, and a fifth or a step towards the next now and then.
                let walk = if beat == 3 && dice.roll() < 0.4 { *dice.pick(&[7.0, -2.0, 5.0]) } else { 0.0 };
                let low = 28.0 + f64::from((root + 8) % 12) + walk + cents / 100.0;
                if !quiet && (beat % 2 == 0 || is_chorus || dice.roll() < 0.5) {
                    tone(&mut bass, low, t, 0.9 * beat_s, 0.16, 1.5);
                }
                if quiet && within + 1 < *length {
                    continue;
                }
                if beat % 2 == 0 {
                    drum(&mut kick, t, dice, Drum::Kick);
                } else {
                    drum(&mut snare, t, dice, Drum::Snare);
                }
                for half in [0.0, 0.5] {
                    drum(&mut hat, t + half * beat_s, dice, Drum::Hat);
                }
            }
            if is_chorus {
                for note in &notes {
                    tone(&mut pad, note + 12.0, begins, 0.98 * bar_s, 0.04, 0.2);
                }
            }
            if !quiet {
                // Notes of the chord, with the steps of the scale between them.
                let mut t = begins;
                while t < begins + 3.5 * beat_s {
                    let long = *dice.pick(&[0.5, 1.0, 1.0, 2.0]) * beat_s;
                    let note = if dice.roll() < 0.7 {
                        *dice.pick(&notes)
                    } else {
                        scale(tonic, mode, dice) + cents / 100.0
                    };
                    tone(&mut lead, note + if is_chorus { 12.0 } else { 0.0 }, t, 0.9 * long, 0.09, 0.3);
                    t += long;
                }
            }
        }
        bar += length;
    }
    let drums = dice.between(0.3, 1.2) as f32;
    [&mut kick, &mut snare, &mut hat].into_iter().flatten().for_each(|x| *x *= drums);
    Song {
        name: format!("{} {mode} {bpm} {n}", NAMES[usize::from(tonic)]),
        bpm,
        beats_s: (0..4 * bars).map(|n| at(n as f64 / 4.0)).collect(),
        key: (tonic, mode),
        chords,
        sections,
        tracks: vec![
            ("kick", kick),
            ("snare", snare),
            ("hihat", hat),
            ("bass", bass),
            ("keys", keys),
            ("pad", pad),
            ("lead vox", lead),
        ],
    }
}

/// A note of the scale above the middle C.
fn scale(tonic: u8, mode: Mode, dice: &mut Dice) -> f64 {
    let steps: [u8; 7] = if mode == Mode::Major { [0, 2, 4, 5, 7, 9, 11] } else { [0, 2, 3, 5, 7, 8, 10] };
    55.0 + f64::from((tonic + dice.pick(&steps) + 5) % 12)
}

/// Adds a tone whose overtones fall with their number and with time.
fn tone(wave: &mut [f32], midi: f64, from_s: f64, length_s: f64, gain: f64, decay: f64) {
    let rate = f64::from(RATE_HZ);
    let hz = 440.0 * ((midi - 69.0) / 12.0).exp2();
    let (from, frames) = ((from_s.max(0.0) * rate) as usize, (length_s * rate) as usize);
    for h in (1..=8).map(f64::from).filter(|h| h * hz < 9_000.0) {
        let (turn, fall) = (TAU * h * hz / rate, (-(decay + 0.3 * h) / rate).exp());
        let (mut x, mut y) = (gain / h * h.cos(), gain / h * h.sin());
        let (along, across) = (fall * turn.cos(), fall * turn.sin());
        for (n, sample) in wave.iter_mut().skip(from).take(frames).enumerate() {
            let ends = (n as f64 / rate / 0.005).min((frames - n) as f64 / rate / 0.03).min(1.0);
            *sample += (ends * y) as f32;
            (x, y) = (x * along - y * across, x * across + y * along);
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Drum {
    Kick,
    Snare,
    Hat,
}

fn drum(wave: &mut [f32], at_s: f64, dice: &mut Dice, drum: Drum) {
    let rate = f64::from(RATE_HZ);
    let at_s = at_s + 0.006 * (dice.roll() - 0.5);
    let gain = 0.25 * dice.between(0.8, 1.1);
    let mut before = 0.0;
    for (n, sample) in wave.iter_mut().skip((at_s * rate) as usize).take((0.25 * rate) as usize).enumerate() {
        let t = n as f64 / rate;
        let white = 2.0 * dice.roll() - 1.0;
        let x = match drum {
            Drum::Kick => (-20.0 * t).exp() * (TAU * (52.0 * t + 2.0 * (1.0 - (-40.0 * t).exp()))).sin(),
            Drum::Snare => (-25.0 * t).exp() * (0.5 * white + 0.4 * (TAU * 190.0 * t).sin()),
            Drum::Hat => (-70.0 * t).exp() * 0.3 * (white - before),
        };
        before = white;
        *sample += (gain * x) as f32;
    }
}
