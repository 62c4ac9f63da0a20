//! Sounds of a generated band: drums, a bass, strings and keys.

use std::f64::consts::TAU;

/// The rate of generated sound.
pub const RATE_HZ: u32 = 22_050;

/// A generator of numbers (Vigna, "An experimental exploration of Marsaglia's xorshift generators", 2016).
#[derive(Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        for _ in 0..8 {
            dice.roll();
        }
        dice
    }

    /// From 0 to 1.
    pub fn roll(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * self.roll()
    }

    /// About normal, of unit deviation: the sum of twelve, less six.
    pub fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.roll()).sum::<f64>() - 6.0
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[((self.roll() * of.len() as f64) as usize).min(of.len() - 1)]
    }
}

/// What is struck.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Drum {
    Click,
    Kick,
    Snare,
    Hat,
}

/// A stroke: when in seconds, and how strong.
pub type Stroke = (f64, f64);

/// A note.
#[derive(Clone, Copy)]
pub struct Note {
    pub at_s: f64,
    pub long_s: f64,
    pub midi: f64,
    pub gain: f64,
}

/// How one drum of one song sounds.
#[derive(Clone, Copy)]
pub struct Timbre {
    /// How fast it dies away, in parts of what is usual.
    pub decay: f64,
    /// How high it is, in parts of what is usual.
    pub pitch: f64,
}

impl Timbre {
    pub fn any(dice: &mut Dice) -> Self {
        Self { decay: dice.between(0.5, 1.6), pitch: dice.between(0.8, 1.3) }
    }
}

pub fn struck(drum: Drum, timbre: Timbre, strokes: &[Stroke], seconds: f64, dice: &mut Dice) -> Vec<f32> {
    let rate = f64::from(RATE_HZ);
    let mut wave = vec![0.0_f32; (seconds * rate) as usize];
    for &(at, gain) in strokes {
        let first = (at.max(0.0) * rate).round() as usize;
        let mut before = 0.0;
        for n in 0..(0.35 * rate) as usize {
            let t = n as f64 / rate;
            let dying = |per_s: f64| (-per_s * timbre.decay * t).exp();
            let turn = TAU * timbre.pitch;
            let white = 2.0 * dice.roll() - 1.0;
            let x = match drum {
                Drum::Click => dying(200.0) * (turn * 1_500.0 * (1.0 + gain) * t).sin(),
                Drum::Kick => dying(18.0) * (turn * (52.0 * t + 2.0 * (1.0 - (-40.0 * t).exp()))).sin(),
                Drum::Snare => dying(25.0) * (0.5 * white + 0.4 * (turn * 190.0 * t).sin()),
                // The difference of neighbours leaves the highs.
                Drum::Hat => dying(60.0) * 0.3 * (white - before),
            };
            before = white;
            if let Some(sample) = wave.get_mut(first + n) {
                *sample += (0.4 * gain * x) as f32;
            }
        }
    }
    wave
}

/// How a note begins and ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Touch {
    Bass,
    /// Keys and strings that are struck.
    Struck,
    /// Pads and organs.
    Held,
}

pub fn played(touch: Touch, notes: &[Note], seconds: f64) -> Vec<f32> {
    let rate = f64::from(RATE_HZ);
    let mut wave = vec![0.0_f32; (seconds * rate) as usize];
    let (rise_s, decay, overtones) = match touch {
        Touch::Bass => (0.006, 3.0, 6),
        Touch::Struck => (0.004, 4.0, 8),
        Touch::Held => (0.06, 0.3, 6),
    };
    for note in notes {
        let hz = 440.0 * ((note.midi - 69.0) / 12.0).exp2();
        let first = (note.at_s.max(0.0) * rate).round() as usize;
        // Tones of a sum of harmonics by the recurrence of the sine, which is as good here as the sine itself.
        let count = (note.long_s * rate) as usize;
        for k in 1..=overtones {
            let step = TAU * hz * f64::from(k) / rate;
            if step > 3.0 {
                break;
            }
            let double = 2.0 * step.cos();
            let (mut last, mut here) = (-step.sin(), 0.0);
            let mut fade = 1.0;
            let by = (-decay * (0.7 + 0.3 * f64::from(k)) / rate).exp();
            for n in 0..count {
                let t = n as f64 / rate;
                let edge = (t / rise_s).min((note.long_s - t) / 0.02).clamp(0.0, 1.0);
                if let Some(sample) = wave.get_mut(first + n) {
                    *sample += (0.15 * note.gain * edge * fade * here / f64::from(k)) as f32;
                }
                (last, here) = (here, double * here - last);
                fade *= by;
            }
        }
    }
    wave
}
