//! Makes a signal louder or softer.
//!
//! ```
//! use mixkeel_dsp::block::Block;
//! use mixkeel_dsp::processor::{Context, Processor};
//! use mixkeel_dsp::processors::gain::{Gain, GainSettings};
//!
//! let mut gain = Gain::default();
//! gain.set(&GainSettings { gain_db: -6.0206 });
//! let mut sound = [0.5, -1.0];
//! gain.process(&mut Block::mono(&mut sound), &[], &Context { frame: 0, tempo_bpm: 120.0 });
//! assert!((sound[0] - 0.25).abs() < 1e-6 && (sound[1] + 0.5).abs() < 1e-6);
//! ```

use crate::block::{Block, Signal};
use crate::curve::Curve;
use crate::glide::Glide;
use crate::processor::{Context, Processor, Setup, State};
use crate::units::gain_from_db;

crate::params! {
    /// What a gain can be set to.
    pub struct GainSettings {
        /// How much louder (or, when negative, softer).
        gain_db: f64 = 0.0 [-100.0..=24.0, "dB"] automatable;
    }
}

/// Multiplies every channel by the same factor. At 0 dB every bit stays as it was.
#[derive(Debug)]
pub struct Gain {
    factors: Glide<[f64; 2]>,
}

impl Default for Gain {
    fn default() -> Self {
        Self { factors: Glide::new([1.0; 2]) }
    }
}

impl Processor for Gain {
    type Settings = GainSettings;

    fn curves(settings: &GainSettings, rate_hz: u32) -> Vec<Curve> {
        vec![Curve::flat("both", rate_hz, gain_from_db(settings.gain_db))]
    }

    fn prepare(&mut self, _setup: &Setup) {
        self.factors.settle();
    }

    fn set(&mut self, settings: &GainSettings) {
        self.factors.aim([gain_from_db(settings.gain_db); 2]);
    }

    fn process(&mut self, io: &mut Block<'_>, _keys: &[Signal<'_>], at: &Context) {
        multiply(&mut self.factors, io, at);
    }

    fn reset(&mut self) {
        self.factors.settle();
    }

    fn snapshot(&self, to: &mut State) {
        self.factors.snapshot(to);
    }

    fn restore(&mut self, from: &mut State) {
        self.factors.restore(from);
    }
}

/// Multiplies left and right by a factor each. The product is made in `f64` and rounded once.
pub(super) fn multiply(factors: &mut Glide<[f64; 2]>, io: &mut Block<'_>, at: &Context) {
    factors.walk(at.frame, io.frames(), |stretch, motion| {
        for (index, channel) in io.part(stretch).each().enumerate() {
            match motion.still() {
                Some(factors) => scale(channel, factors[index]),
                None => {
                    for (frame, sample) in channel.iter_mut().enumerate() {
                        *sample = (f64::from(*sample) * motion.at(frame)[index]) as f32;
                    }
                }
            }
        }
    });
}

fn scale(channel: &mut [f32], factor: f64) {
    if factor != 1.0 {
        channel.iter_mut().for_each(|sample| *sample = (f64::from(*sample) * factor) as f32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_decibels_up_is_nearly_twice_the_amplitude() {
        let mut gain = Gain::default();
        gain.set(&GainSettings { gain_db: 6.0 });
        let mut sound = [0.5_f32, -0.25];
        gain.process(&mut Block::mono(&mut sound), &[], &Context { frame: 0, tempo_bpm: 120.0 });
        assert_eq!(sound, [0.997_631_13, -0.498_815_57]);
    }
}
