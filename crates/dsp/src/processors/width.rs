//! Makes a stereo signal narrower or wider.
//!
//! ```
//! use mixkeel_dsp::block::Block;
//! use mixkeel_dsp::processor::{Context, Processor};
//! use mixkeel_dsp::processors::width::{Width, WidthSettings};
//!
//! let mut width = Width::default();
//! width.set(&WidthSettings { width: 0.0 });
//! let (mut left, mut right) = ([1.0; 4], [0.5; 4]);
//! width.process(&mut Block::stereo(&mut left, &mut right), &[], &Context { frame: 0, tempo_bpm: 120.0 });
//! assert_eq!((left, right), ([0.75; 4], [0.75; 4])); // Mono: what both have in common.
//! ```

use crate::block::{Block, Signal};
use crate::curve::Curve;
use crate::glide::Glide;
use crate::kernels::placing;
use crate::processor::{Context, Processor, Setup, State};

crate::params! {
    /// What a width can be set to.
    pub struct WidthSettings {
        /// What the difference of the channels is multiplied by: 0 is mono, 1 as it is, 2 twice as wide.
        width: f64 = 1.0 [0.0..=2.0, ""] automatable;
    }
}

impl WidthSettings {
    fn factors(&self) -> [f64; 2] {
        placing::width(self.width).into()
    }
}

/// Multiplies the side of a stereo signal and leaves its middle. One channel alone passes as it is.
#[derive(Debug)]
pub struct Width {
    factors: Glide<[f64; 2]>,
}

impl Default for Width {
    fn default() -> Self {
        Self { factors: Glide::new(WidthSettings::default().factors()) }
    }
}

impl Processor for Width {
    type Settings = WidthSettings;

    fn curves(settings: &WidthSettings, rate_hz: u32) -> Vec<Curve> {
        let [own, other] = settings.factors();
        vec![Curve::flat("mid", rate_hz, own + other), Curve::flat("side", rate_hz, own - other)]
    }

    fn prepare(&mut self, _setup: &Setup) {
        self.factors.settle();
    }

    fn set(&mut self, settings: &WidthSettings) {
        self.factors.aim(settings.factors());
    }

    fn process(&mut self, io: &mut Block<'_>, _keys: &[Signal<'_>], at: &Context) {
        let frames = io.frames();
        let Some((left, right)) = io.pair() else { return };
        self.factors.walk(at.frame, frames, |stretch, motion| {
            if motion.still() == Some([1.0, 0.0]) {
                return;
            }
            let sides = left[stretch.clone()].iter_mut().zip(&mut right[stretch]);
            for (frame, (left, right)) in sides.enumerate() {
                let [own, other] = motion.at(frame);
                let (l, r) = (f64::from(*left), f64::from(*right));
                *left = (l * own + r * other) as f32;
                *right = (r * own + l * other) as f32;
            }
        });
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

    fn heard(width: f64, mut left: [f32; 1], mut right: [f32; 1]) -> (f32, f32) {
        let mut processor = Width::default();
        processor.set(&WidthSettings { width });
        let at = Context { frame: 0, tempo_bpm: 120.0 };
        processor.process(&mut Block::stereo(&mut left, &mut right), &[], &at);
        (left[0], right[0])
    }

    #[test]
    fn the_middle_stays_and_the_side_follows() {
        assert_eq!(heard(0.0, [0.75], [0.25]), (0.5, 0.5));
        assert_eq!(heard(1.0, [0.1], [0.3]), (0.1, 0.3));
        assert_eq!(heard(2.0, [0.75], [0.25]), (1.0, 0.0));
        assert_eq!(heard(1.7, [0.4], [0.4]), (0.4, 0.4));
    }
}
