//! Turns the waveform upside down, on one channel or both.

use crate::block::{Block, Signal};
use crate::processor::{Context, Processor, Setup};

crate::params! {
    /// What a polarity switch can be set to.
    pub struct PolaritySettings {
        /// Invert the left, or only, channel.
        left: bool = true;
        /// Invert the right channel of a stereo signal.
        right: bool = true;
    }
}

/// Multiplies by −1. Exact: a signal and its inverse cancel to zero.
#[derive(Debug, Default)]
pub struct Polarity {
    settings: PolaritySettings,
}

impl Processor for Polarity {
    type Settings = PolaritySettings;

    fn prepare(&mut self, _setup: &Setup) {}

    fn set(&mut self, settings: &PolaritySettings) {
        self.settings = *settings;
    }

    fn process(&mut self, io: &mut Block<'_>, _keys: &[Signal<'_>], _at: &Context) {
        let turned = [self.settings.left, self.settings.right];
        for (channel, _) in io.each().zip(turned).filter(|(_, turn)| *turn) {
            channel.iter_mut().for_each(|sample| *sample = -*sample);
        }
    }

    fn reset(&mut self) {}
}
