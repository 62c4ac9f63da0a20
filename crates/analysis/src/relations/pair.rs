//! Delay, polarity and likeness of two signals, streamed side by side.

use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_dsp::units::db_from_power;
use serde::{Deserialize, Serialize};

use super::lag::Lag;
use crate::frames::{Frames, Window};
use crate::meter::finite;

/// Blocks a second. Ours: each stroke of a drum has one or two.
const PER_SECOND: u32 = 10;

/// The longest delay looked for: 40 ms, fourteen metres. Ours: rooms' far microphones; and a quarter of the window, so
/// that both signals' windows still show mostly the same.
const LONGEST_S: f64 = 0.040;

/// Blocks agree when they differ by less than this: a quarter of a period at 1 kHz. Ours: closer than that they call for
/// the same correction.
const AGREE_S: f64 = 0.000_25;

/// Blocks in which either signal is below −70 dBFS do not vote. Ours: there is noise, and what bleeds.
const QUIET: f64 = 1e-7;

/// How two signals lie against each other in time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delay {
    /// Frames by which the second is later than the first; below zero, the first is later. On broadband sound within a
    /// twentieth of a frame.
    pub later_frames: f64,
    /// Whether they match with one of them upside down.
    pub inverted: bool,
    /// The share of blocks that say so by themselves, within a quarter of a millisecond and with the same polarity: 1
    /// where every block does, 0.01 where the blocks say anything. Below 0.3 there is no delay to correct.
    pub confidence: f64,
    /// How much of all phases agrees on it: 1 for a pure delay, 0.2 to 0.6 for two microphones in a room.
    pub height: f64,
}

/// What [`PairMeter`] reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PairReading {
    /// The best match in time, `None` where they never sound together.
    pub delay: Option<Delay>,
    /// In how many tenths of a second both sounded.
    pub blocks: u32,
    /// Whether every sample is the same, and there is sound.
    pub identical: bool,
    /// The gain in dB that brings the first nearest to the second, sample against sample without delay, and whether it
    /// turns it upside down. `None` where either is silent.
    pub gain_db: Option<f64>,
    /// What then remains of the second, in dB re the second: −90 for a copy at 16 bits, −20 to −40 for one through a lossy
    /// codec, near 0 for anything else. `None` where either is silent or nothing remains.
    pub remainder_db: Option<f64>,
}

/// Measures a pair. Stereo signals count by the mean of their sides.
pub struct PairMeter {
    rate_hz: u32,
    frames: Frames,
    lag: Lag,
    sides: [Vec<f32>; 2],
    identical: bool,
    sums: Sums,
}

/// Sums of squares and products, without delay.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    first: f64,
    second: f64,
    both: f64,
}

impl PairMeter {
    /// Ready for two signals of this rate.
    pub fn new(rate_hz: u32) -> Self {
        let rate_hz = rate_hz.max(1);
        // The power of two nearest above 0.15 s: 8,192 frames at 44.1 and 48 kHz.
        let length = (libm::ceil(f64::from(rate_hz) * 0.15) as usize).max(64).next_power_of_two();
        let longest = (libm::ceil(f64::from(rate_hz) * LONGEST_S) as usize).min(length / 4);
        Self {
            rate_hz,
            frames: Frames::new(rate_hz, Channels::Stereo, PER_SECOND, length, Window::Hann),
            lag: Lag::new(rate_hz, length, longest),
            sides: [Vec::new(), Vec::new()],
            identical: true,
            sums: Sums::default(),
        }
    }

    /// The next frames of both. Where one is longer the other counts as silent.
    pub fn push(&mut self, first: &Signal, second: &Signal) {
        let frames = first.frames().max(second.frames());
        self.identical &= first.frames() == second.frames()
            && first.left() == second.left()
            && first.right_or_only() == second.right_or_only();
        let most = self.frames.length_frames();
        let mut done = 0;
        while done < frames {
            let until = (done + most).min(frames);
            for (side, signal) in self.sides.iter_mut().zip([first, second]) {
                let part = signal.part(done..until);
                side.clear();
                let both = part.left().iter().zip(part.right_or_only());
                side.extend(both.map(|(&left, &right)| 0.5 * (finite(left) + finite(right))));
                side.resize(until - done, 0.0);
            }
            let [first, second] = &self.sides;
            for (&a, &b) in first.iter().zip(second) {
                let (a, b) = (f64::from(a), f64::from(b));
                self.sums.first += a * a;
                self.sums.second += b * b;
                self.sums.both += a * b;
            }
            let lag = &mut self.lag;
            self.frames.push(&Signal::stereo(first, second), |_, spectrum| vote(lag, spectrum));
            done = until;
        }
    }

    /// What was measured. Ends the measurement.
    pub fn finish(mut self) -> PairReading {
        let lag = &mut self.lag;
        self.frames.finish(|_, spectrum| vote(lag, spectrum));
        let delay = self.lag.best().map(|best| Delay {
            later_frames: best.later_frames,
            inverted: best.inverted,
            confidence: self.lag.agreeing(&best, AGREE_S * f64::from(self.rate_hz)),
            height: best.height,
        });
        let Sums { first, second, both } = self.sums;
        let sounding = first > 0.0 && second > 0.0 && both != 0.0;
        let remainder = (second - both / first * both).max(0.0) / second;
        PairReading {
            delay,
            blocks: self.lag.blocks(),
            identical: self.identical && first > 0.0,
            gain_db: sounding.then(|| mixkeel_dsp::units::db_from_gain(both / first)),
            remainder_db: (sounding && remainder > 0.0).then(|| db_from_power(remainder)),
        }
    }
}

fn vote(lag: &mut Lag, spectrum: &crate::frames::Spectrum) {
    let Some(right) = spectrum.right else { return };
    let power = |bins: &[rustfft::num_complex::Complex<f32>]| -> f64 {
        2.0 * bins.iter().map(|z| f64::from(z.norm_sqr())).sum::<f64>()
    };
    if power(spectrum.left) > QUIET && power(right) > QUIET {
        lag.add(spectrum.left, right);
    }
}
