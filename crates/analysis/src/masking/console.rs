//! How loud sounds are within each other in a few chosen frames, told again and again as they are turned up and down.

use std::sync::Arc;

use super::spread::Spread;
use crate::energy::Power;
use crate::playback::{Ears, System};

/// The spacing of the filters in Cams. Ours: half as many as the meter's, for answers that steer and are measured again.
const STEP_CAM: f64 = 1.0;

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
    ears: Ears,
    spread: Arc<Spread>,
    sounds: usize,
    noise: Vec<f64>,
    frames: Vec<Frame>,
    turned: Vec<f64>,
}

#[derive(Clone, Debug)]
struct Frame {
    /// For each ear, one where both hear the same: what every sound excites in every filter, and all of them.
    ears: Vec<(Vec<f64>, Vec<f64>)>,
    sounding: Vec<bool>,
}

/// A sound counts as sounding from here on: 20 phon, as in the meter.
const SOUNDING_SONE: f64 = 0.142;

impl Console {
    /// For so many sounds, whose powers come in bands between these frequencies in Hz.
    pub fn new(sounds: usize, edges_hz: &[f64], system: &System) -> Self {
        let ears = Ears::new(system, edges_hz);
        let spread = Spread::shared(edges_hz, system.field, STEP_CAM);
        let mut noise = vec![0.0; spread.centres_hz.len()];
        spread.excite(ears.noise(), &mut noise);
        Self { ears, spread, sounds, noise, frames: Vec::new(), turned: vec![1.0; sounds] }
    }

    /// One more frame: for each sound the power in each band.
    pub fn push(&mut self, sounds: &[&[Power]]) {
        let filters = self.noise.len();
        let mut at = [vec![0.0; self.ears.bands()], vec![0.0; self.ears.bands()]];
        let mut excited = [vec![0.0; self.sounds * filters], vec![0.0; self.sounds * filters]];
        let mut same = true;
        for sound in 0..self.sounds {
            let [left, right] = &mut at;
            self.ears.hear(sounds.get(sound).copied().unwrap_or_default(), left, right);
            same &= left == right;
            for (at, excited) in at.iter().zip(&mut excited) {
                if let Some(place) = excited.get_mut(sound * filters..(sound + 1) * filters) {
                    self.spread.excite(at, place);
                }
            }
        }
        let mut ears: Vec<(Vec<f64>, Vec<f64>)> = excited
            .into_iter()
            .map(|excited| {
                let mut total = self.noise.clone();
                for own in excited.chunks_exact(filters.max(1)) {
                    total.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
                }
                (excited, total)
            })
            .collect();
        if same {
            ears.truncate(1);
        }
        let mut frame = Frame { ears, sounding: vec![false; self.sounds] };
        for sound in 0..self.sounds {
            let (unmasked_sone, _) = self.of_frame(&frame, sound);
            if let Some(place) = frame.sounding.get_mut(sound) {
                *place = unmasked_sone >= SOUNDING_SONE;
            }
        }
        self.frames.push(frame);
    }

    /// How many frames there are.
    pub fn frames(&self) -> usize {
        self.frames.len()
    }

    /// Turns one sound so that its power is this many times what it was when it was pushed.
    pub fn set_power(&mut self, sound: usize, factor: f64) {
        let filters = self.noise.len();
        let Some(turned) = self.turned.get_mut(sound) else { return };
        let by = factor / *turned;
        *turned = factor;
        for (excited, total) in self.frames.iter_mut().flat_map(|frame| &mut frame.ears) {
            let own = excited.iter_mut().skip(sound * filters).take(filters);
            for (own, total) in own.zip(total) {
                let now = *own * by;
                *total += now - *own;
                *own = now;
            }
        }
    }

    /// How loud one sound is now.
    pub fn within(&self, sound: usize) -> WithinMix {
        let mut sum = WithinMix::default();
        for frame in self.frames.iter().filter(|frame| frame.sounding.get(sound).copied().unwrap_or(false)) {
            let (unmasked, partial) = self.of_frame(frame, sound);
            sum.unmasked_sone += unmasked;
            sum.partial_sone += partial;
            sum.frames += 1;
        }
        let mean = 1.0 / sum.frames.max(1) as f64;
        sum.unmasked_sone *= mean;
        sum.partial_sone *= mean;
        sum
    }

    fn of_frame(&self, frame: &Frame, sound: usize) -> (f64, f64) {
        let filters = self.noise.len();
        let (mut unmasked, mut partial) = (0.0, 0.0);
        for (excited, total) in &frame.ears {
            let own = excited.get(sound * filters..(sound + 1) * filters).unwrap_or_default();
            let rest: Vec<f64> = total.iter().zip(own).map(|(total, own)| (total - own).max(1.0)).collect();
            self.spread.loudness(own, &rest, |_, alone, within| {
                unmasked += alone;
                partial += within;
            });
        }
        let both = if frame.ears.len() == 1 { 2.0 } else { 1.0 };
        (unmasked * both, partial * both)
    }
}
