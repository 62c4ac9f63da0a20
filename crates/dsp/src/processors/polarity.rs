//! Turns the waveform upside down, on one channel or both.
//!
//! ```
//! use mixkeel_dsp::block::Block;
//! use mixkeel_dsp::processor::{Context, Processor};
//! use mixkeel_dsp::processors::polarity::{Polarity, PolaritySettings};
//!
//! let mut polarity = Polarity::default();
//! polarity.set(&PolaritySettings { left: true, right: false });
//! let (mut left, mut right) = ([0.25; 4], [0.5; 4]);
//! polarity.process(&mut Block::stereo(&mut left, &mut right), &[], &Context { frame: 0, tempo_bpm: 120.0 });
//! assert_eq!((left, right), ([-0.25; 4], [0.5; 4]));
//! ```

use crate::block::{Block, Signal};
use crate::curve::{Axis, Curve};
use crate::glide::Glide;
use crate::processor::{Context, Processor, Setup, State};
use crate::processors::gain::multiply;

crate::params! {
    /// What a polarity switch can be set to.
    pub struct PolaritySettings {
        /// Invert the left, or only, channel.
        left: bool = true;
        /// Invert the right channel of a stereo signal.
        right: bool = true;
    }
}

impl PolaritySettings {
    fn factors(&self) -> [f64; 2] {
        [self.left, self.right].map(|turned| if turned { -1.0 } else { 1.0 })
    }
}

/// Multiplies by −1. Exact: a signal and its inverse cancel to zero. Switched while sound plays, it turns over within
/// one grid interval, without a click.
#[derive(Debug)]
pub struct Polarity {
    factors: Glide<[f64; 2]>,
}

impl Default for Polarity {
    fn default() -> Self {
        Self { factors: Glide::new(PolaritySettings::default().factors()) }
    }
}

impl Processor for Polarity {
    type Settings = PolaritySettings;

    fn curves(settings: &PolaritySettings, _rate_hz: u32) -> Vec<Curve> {
        let [left, right] = settings.factors();
        let side = |of: &str, factor: f64| Curve {
            of: of.to_owned(),
            axis: Axis::SampleOut,
            points: [-1.0, 0.0, 1.0].map(|sample| (sample, factor * sample)).to_vec(),
        };
        vec![side("left", left), side("right", right)]
    }

    fn prepare(&mut self, _setup: &Setup) {
        self.factors.settle();
    }

    fn set(&mut self, settings: &PolaritySettings) {
        self.factors.aim(settings.factors());
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
