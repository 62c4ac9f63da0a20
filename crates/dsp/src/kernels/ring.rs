//! Delay lines of equal length side by side, read and written a stretch at a time.

use crate::processor::State;
use crate::simd::wide;

/// The past of several channels. Frames are counted from the last [`clear`](Self::clear) by whoever owns it, so that
/// many of these can share one count.
///
/// ```
/// use mixkeel_dsp::kernels::ring::Rings;
/// let mut past = Rings::new(1, 10);
/// past.write(0, 0, &[1.0, 2.0, 3.0]);
/// let mut out = [0.0; 3];
/// past.read(0, 2, 1, &mut out[..1]); // What stood one frame before frame 2.
/// assert_eq!(out[0], 2.0);
/// ```
#[derive(Clone, Debug)]
pub struct Rings {
    samples: Vec<f32>,
    /// Frames of each ring, a power of two.
    frames: usize,
}

/// Frames between the end of one ring and the beginning of the next, never looked at. Rings whose lengths are powers of two would
/// otherwise all be written at addresses that fall into the same few lines of a cache, and throw each other out of it. Ours: a
/// stretch of the control grid and one line of 64 bytes, so that the stretches written at one time lie side by side.
const APART: usize = crate::GRID_FRAMES + 16;

impl Rings {
    /// As many silent rings, each of which remembers at least `longest` frames.
    pub fn new(rings: usize, longest: usize) -> Self {
        let frames = longest.max(1).next_power_of_two();
        Self { samples: vec![0.0; rings * (frames + APART)], frames }
    }

    /// The frames that each ring remembers: nothing older can be read, and no longer stretch written.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Puts a stretch whose first frame is `at` into a ring.
    pub fn write(&mut self, ring: usize, at: usize, stretch: &[f32]) {
        let start = at & (self.frames - 1);
        let Some(samples) = self.samples.chunks_exact_mut(self.frames + APART).nth(ring) else { return };
        let before = stretch.len().min(self.frames - start);
        let rest = (stretch.len() - before).min(self.frames);
        samples[start..start + before].copy_from_slice(&stretch[..before]);
        samples[..rest].copy_from_slice(&stretch[before..before + rest]);
    }

    /// Fetches as long a stretch as `out` from `back` frames before frame `at`. Frames never written are zeros. What lies
    /// further back than the ring remembers is something newer.
    pub fn read(&self, ring: usize, at: usize, back: usize, out: &mut [f32]) {
        let (head, tail) = self.look(ring, at, back, out.len());
        let (to_head, to_tail) = out.split_at_mut(head.len());
        to_head.copy_from_slice(head);
        to_tail[..tail.len()].copy_from_slice(tail);
    }

    /// Adds `gain` times a stretch from `back` frames before frame `at` to `out`.
    pub fn add(&self, ring: usize, at: usize, back: usize, gain: f32, out: &mut [f32]) {
        let (head, tail) = self.look(ring, at, back, out.len());
        let (to_head, to_tail) = out.split_at_mut(head.len());
        for (to, from) in [(to_head, head), (to_tail, tail)] {
            add_turned(to, from, gain);
        }
    }

    /// The stretch in place: two pieces where it runs over the end of the memory.
    fn look(&self, ring: usize, at: usize, back: usize, frames: usize) -> (&[f32], &[f32]) {
        let start = at.wrapping_sub(back) & (self.frames - 1);
        let Some(samples) = self.samples.chunks_exact(self.frames + APART).nth(ring) else {
            return (&[], &[]);
        };
        let before = frames.min(self.frames - start);
        let rest = (frames - before).min(self.frames);
        (&samples[start..start + before], &samples[..rest])
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.samples.fill(0.0);
    }

    /// Notes all that is remembered before frame `at`, the oldest first.
    pub fn snapshot(&self, at: usize, to: &mut State) {
        for ring in 0..self.samples.len() / (self.frames + APART) {
            let (head, tail) = self.look(ring, at, self.frames, self.frames);
            to.put_all(head);
            to.put_all(tail);
        }
    }

    /// Takes back what [`snapshot`](Self::snapshot) noted at the same frame.
    pub fn restore(&mut self, at: usize, from: &mut State) {
        let start = at & (self.frames - 1);
        for samples in self.samples.chunks_exact_mut(self.frames + APART) {
            let (tail, head) = samples[..self.frames].split_at_mut(start);
            from.take_all(head);
            from.take_all(tail);
        }
    }
}

wide! {
    fn add_turned(to: &mut [f32], from: &[f32], gain: f32) {
        to.iter_mut().zip(from).for_each(|(to, from)| *to += gain * from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_in_comes_out_later_wherever_the_memory_ends() {
        let sound: Vec<f32> = (1..=100).map(|frame| frame as f32).collect();
        let mut rings = Rings::new(2, 20);
        let mut heard = vec![0.0; 100];
        for (at, frames) in (0..100).step_by(7).map(|at| (at, 7.min(100 - at))) {
            rings.write(1, at, &sound[at..at + frames]);
            rings.read(1, at, 17, &mut heard[at..at + frames]);
        }
        assert_eq!(heard[..17], [0.0; 17]);
        assert_eq!(heard[17..], sound[..83]);
        let mut state = State::default();
        rings.snapshot(100, &mut state);
        let mut other = Rings::new(2, 20);
        other.restore(100, &mut state);
        let mut sum = [1.0; 5];
        other.add(1, 100, 25, 0.5, &mut sum);
        assert_eq!(sum, [39.0, 39.5, 40.0, 40.5, 41.0]);
        rings.read(0, 100, 25, &mut sum);
        assert_eq!(sum, [0.0; 5]);
    }
}
