//! Moves the balance of a stereo signal to one side.
//!
//! ```
//! use mixkeel_dsp::block::Block;
//! use mixkeel_dsp::processor::{Context, Processor};
//! use mixkeel_dsp::processors::pan::{Pan, PanSettings};
//!
//! let mut pan = Pan::default();
//! pan.set(&PanSettings { pan: -1.0 });
//! let (mut left, mut right) = ([0.25; 4], [0.5; 4]);
//! pan.process(&mut Block::stereo(&mut left, &mut right), &[], &Context { frame: 0, tempo_bpm: 120.0 });
//! assert_eq!(right, [0.0; 4]); // All the way to the left, nothing is on the right.
//! ```

use crate::block::{Block, Channels, Signal};
use crate::curve::Curve;
use crate::glide::Glide;
use crate::kernels::placing;
use crate::processor::{Context, Processor, Setup, State};
use crate::processors::gain::multiply;

crate::params! {
    /// What a balance can be set to.
    pub struct PanSettings {
        /// From −1 (left only) over 0 (as it is) to +1 (right only).
        pan: f64 = 0.0 [-1.0..=1.0, ""] automatable;
    }
}

impl PanSettings {
    fn factors(&self) -> [f64; 2] {
        placing::balance(self.pan).into()
    }
}

/// Balance for stereo signals. One channel alone passes as it is: placing it between two is the strip's work.
#[derive(Debug)]
pub struct Pan {
    factors: Glide<[f64; 2]>,
}

impl Default for Pan {
    fn default() -> Self {
        Self { factors: Glide::new(PanSettings::default().factors()) }
    }
}

impl Processor for Pan {
    type Settings = PanSettings;

    fn curves(settings: &PanSettings, rate_hz: u32) -> Vec<Curve> {
        let [left, right] = settings.factors();
        vec![Curve::flat("left", rate_hz, left), Curve::flat("right", rate_hz, right)]
    }

    fn prepare(&mut self, _setup: &Setup) {
        self.factors.settle();
    }

    fn set(&mut self, settings: &PanSettings) {
        self.factors.aim(settings.factors());
    }

    fn process(&mut self, io: &mut Block<'_>, _keys: &[Signal<'_>], at: &Context) {
        if io.channels() == Channels::Stereo {
            multiply(&mut self.factors, io, at);
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_right_leaves_exactly_nothing_on_the_left() {
        assert_eq!(PanSettings { pan: 1.0 }.factors(), [0.0, 1.0]);
        assert_eq!(PanSettings { pan: -1.0 }.factors(), [1.0, 0.0]);
        assert_eq!(PanSettings { pan: 0.0 }.factors(), [1.0, 1.0]);
        let [left, right] = PanSettings { pan: 0.5 }.factors();
        assert!((crate::units::db_from_gain(left) + 3.0103).abs() < 1e-4 && right == 1.0);
    }
}
