//! How loud sounds are within each other in a few chosen frames, told again and again as they are turned up and down.

use super::pattern::{Cochlea, Pattern};
use super::phon::SOUNDING_SONE;
use crate::energy::Power;
use crate::playback::System;

/// How loud a sound is, in sone, both ears together: means over the frames in which it sounds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WithinMix {
    /// Alone in silence.
    pub unmasked_sone: f64,
    /// Within the rest.
    pub partial_sone: f64,
    /// In how many frames it sounds (20 phon or more, alone).
    pub frames: usize,
}

impl WithinMix {
    /// The loudness lost to the others, as a difference of loudness levels in phon. `None` where it never sounds.
    pub fn lost_phon(&self) -> Option<f64> {
        let phon = super::phon_from_sone;
        (self.frames > 0).then(|| phon(self.unmasked_sone) - phon(self.partial_sone))
    }
}

/// Sounds in frames, on one playback system. Turning one costs next to nothing: what it excites is scaled, and filters
/// keep the shapes that they had, which is right within a few dB of where it was.
#[derive(Clone, Debug)]
pub struct Console {
    cochlea: Cochlea,
    sounds: usize,
    frames: Vec<Frame>,
    turned: Vec<f64>,
}

#[derive(Clone, Debug)]
struct Frame {
    /// What every sound excites.
    sounds: Vec<Pattern>,
    /// All of them, and the noise.
    total: Pattern,
    sounding: Vec<bool>,
}

impl Console {
    /// For so many sounds, whose powers come in bands between these frequencies in Hz.
    pub fn new(sounds: usize, edges_hz: &[f64], system: &System) -> Self {
        let cochlea = Cochlea::new(edges_hz, system);
        Self { cochlea, sounds, frames: Vec::new(), turned: vec![1.0; sounds] }
    }

    /// One more frame: for each sound the power in each band.
    pub fn push(&mut self, sounds: &[&[Power]]) {
        let powers = (0..self.sounds).map(|sound| sounds.get(sound).copied().unwrap_or_default());
        let sounds: Vec<Pattern> = powers.map(|powers| self.cochlea.pattern(powers)).collect();
        let mut total = self.cochlea.noise().clone();
        sounds.iter().for_each(|sound| total.add(sound));
        let is_sounding =
            |sound: &Pattern| self.cochlea.loudness(sound, &total).unmasked_sone >= SOUNDING_SONE;
        let sounding = sounds.iter().map(is_sounding).collect();
        self.frames.push(Frame { sounds, total, sounding });
    }

    /// How many frames there are.
    pub fn frames(&self) -> usize {
        self.frames.len()
    }

    /// Turns one sound so that its power is this many times what it was when it was pushed.
    pub fn set_power(&mut self, sound: usize, factor: f64) {
        let Some(turned) = self.turned.get_mut(sound) else { return };
        let by = factor / *turned;
        *turned = factor;
        for frame in &mut self.frames {
            let Some(own) = frame.sounds.get_mut(sound) else { continue };
            let now = own.scaled(by);
            frame.total.take(own);
            frame.total.add(&now);
            *own = now;
        }
    }

    /// How loud one sound is now.
    pub fn within(&self, sound: usize) -> WithinMix {
        let mut sum = WithinMix::default();
        for frame in self.frames.iter().filter(|frame| frame.sounding.get(sound).copied().unwrap_or(false)) {
            let Some(own) = frame.sounds.get(sound) else { continue };
            let told = self.cochlea.loudness(own, &frame.total);
            sum.unmasked_sone += told.unmasked_sone;
            sum.partial_sone += told.within_sone;
            sum.frames += 1;
        }
        let mean = 1.0 / sum.frames.max(1) as f64;
        sum.unmasked_sone *= mean;
        sum.partial_sone *= mean;
        sum
    }
}
