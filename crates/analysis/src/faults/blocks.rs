//! Cuts a signal into blocks at fixed frames, so that what looks at them sees the same however the signal arrived.

use mixkeel_dsp::block::Signal;

use crate::meter::finite;

/// Frames shown at once: small enough to stay in the first-level cache while every meter looks at them, and shorter than
/// a second at any rate.
const BLOCK: usize = 512;

/// Holds what does not fill a block yet.
#[derive(Debug)]
pub(super) struct Blocks {
    left: Vec<f32>,
    right: Vec<f32>,
    channels: usize,
    frames: u64,
}

impl Blocks {
    pub fn new(channels: usize) -> Self {
        Self { left: Vec::with_capacity(BLOCK), right: Vec::with_capacity(BLOCK), channels, frames: 0 }
    }

    /// Shows every block that is full, with the frame of its first sample. What is no number counts as zero.
    pub fn push(&mut self, signal: &Signal, mut show: impl FnMut(u64, &[&[f32]])) {
        let mut done = 0;
        while done < signal.frames() {
            let part = signal.part(done..done + (BLOCK - self.left.len()));
            self.left.extend(part.left().iter().copied().map(finite));
            if self.channels == 2 {
                self.right.extend(part.right_or_only().iter().copied().map(finite));
            }
            done += part.frames();
            if self.left.len() == BLOCK {
                self.finish(&mut show);
            }
        }
    }

    /// Shows what is left.
    pub fn finish(&mut self, mut show: impl FnMut(u64, &[&[f32]])) {
        let both = [self.left.as_slice(), self.right.as_slice()];
        if let Some(block) = both.get(..self.channels) {
            show(self.frames, block);
        }
        self.frames += self.left.len() as u64;
        self.left.clear();
        self.right.clear();
    }
}
