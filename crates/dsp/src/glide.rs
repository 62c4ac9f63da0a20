//! Moves what a processor is set to along the control grid, so that neither clicks nor block borders are heard.
//!
//! A new value waits for the next point of the grid ([`GRID_FRAMES`]), then takes one grid interval to arrive,
//! in a straight line. Points are multiples of absolute session frames: the same sound comes out whatever the blocks.

use std::ops::Range;

use crate::GRID_FRAMES;
use crate::param::{Settings, checkpoint};
use crate::processor::State;

/// A value on its way along the grid. Before the first sound it moves at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glide<T> {
    from: T,
    to: T,
    next: T,
    sounding: bool,
}

impl<T: Copy + PartialEq> Glide<T> {
    /// At rest.
    pub fn new(value: T) -> Self {
        Self { from: value, to: value, next: value, sounding: false }
    }

    /// The value to go to from the next grid point on; at once if nothing has sounded yet.
    pub fn aim(&mut self, value: T) {
        self.next = value;
        if !self.sounding {
            self.settle();
        }
    }

    /// Arrives at once, as if nothing had sounded yet.
    pub fn settle(&mut self) {
        *self = Self::new(self.next);
    }

    /// Where it comes from, goes to and will go, and whether anything has sounded: all there is to know of it.
    pub fn parts(&self) -> ([T; 3], bool) {
        ([self.from, self.to, self.next], self.sounding)
    }

    /// The same, to look at without a copy.
    pub fn parts_ref(&self) -> ([&T; 3], bool) {
        ([&self.from, &self.to, &self.next], self.sounding)
    }

    /// One that goes on from [`parts`](Self::parts).
    pub fn from_parts([from, to, next]: [T; 3], sounding: bool) -> Self {
        Self { from, to, next, sounding }
    }

    /// Walks the frames of a block that begins at session frame `first`, in stretches within which the motion is one
    /// straight line. `stretch` is told the frames, counted from the block's start, and the motion over them.
    pub fn walk(&mut self, first: i64, frames: usize, mut stretch: impl FnMut(Range<usize>, &Motion<T>)) {
        self.sounding |= frames > 0;
        let mut done = 0;
        while done < frames {
            let offset = first.wrapping_add(done as i64).rem_euclid(GRID_FRAMES as i64) as usize;
            if offset == 0 {
                self.from = self.to;
                self.to = self.next;
            }
            let end = frames.min(done + GRID_FRAMES - offset);
            stretch(done..end, &Motion { from: self.from, to: self.to, offset });
            done = end;
        }
    }
}

impl<const N: usize> Glide<[f64; N]> {
    /// Notes where it is.
    pub fn snapshot(&self, to: &mut State) {
        let (values, sounding) = self.parts();
        to.put(f64::from(u8::from(sounding)));
        values.iter().flatten().for_each(|value| to.put(*value));
    }

    /// Goes on from where it was.
    pub fn restore(&mut self, from: &mut State) {
        let sounding = from.take() != 0.0;
        let mut values = [[0.0; N]; 3];
        values.iter_mut().flatten().for_each(|value| *value = from.take());
        *self = Self::from_parts(values, sounding);
    }
}

/// For processors that derive what they need from whole settings at every grid point. May allocate.
impl<S: Settings + Copy> Glide<S> {
    /// Notes where it is.
    pub fn snapshot_settings(&self, to: &mut State) {
        let (all, sounding) = self.parts();
        to.put(f64::from(u8::from(sounding)));
        all.iter().for_each(|settings| checkpoint::note(settings, to));
    }

    /// Goes on from where it was.
    pub fn restore_settings(&mut self, from: &mut State) {
        let sounding = from.take() != 0.0;
        *self = Self::from_parts(std::array::from_fn(|_| checkpoint::noted(from)), sounding);
    }
}

/// A straight line through part of one grid interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Motion<T> {
    from: T,
    to: T,
    offset: usize,
}

impl<T: Copy + PartialEq> Motion<T> {
    /// The value, if it stands still.
    pub fn still(&self) -> Option<T> {
        (self.from == self.to).then_some(self.to)
    }

    /// The values at the grid points before and after.
    pub fn ends(&self) -> (T, T) {
        (self.from, self.to)
    }

    /// How far between them, from 0 up to but not including 1, `frames` after the start of the stretch.
    pub fn share(&self, frames: usize) -> f64 {
        (self.offset + frames) as f64 / GRID_FRAMES as f64
    }
}

impl<const N: usize> Motion<[f64; N]> {
    /// The values `frames` after the start of the stretch.
    pub fn at(&self, frames: usize) -> [f64; N] {
        let share = self.share(frames);
        std::array::from_fn(|index| self.from[index] + (self.to[index] - self.from[index]) * share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(glide: &mut Glide<[f64; 1]>, first: i64, frames: usize) -> Vec<f64> {
        let mut values = Vec::new();
        glide.walk(first, frames, |stretch, motion| {
            values.extend((0..stretch.len()).map(|frame| motion.at(frame)[0]));
        });
        values
    }

    #[test]
    fn a_change_waits_for_the_grid_and_takes_one_interval() {
        let mut glide = Glide::new([0.0]);
        assert_eq!(values(&mut glide, -10, 5), [0.0; 5]);
        glide.aim([64.0]);
        let heard = values(&mut glide, -5, 80);
        assert_eq!(heard[..5], [0.0; 5]);
        assert_eq!(heard[5..69], std::array::from_fn::<f64, 64, _>(|frame| frame as f64));
        assert_eq!(heard[69..], [64.0; 11]);
    }

    #[test]
    fn before_the_first_sound_it_is_there_at_once() {
        let mut glide = Glide::new([0.0]);
        glide.aim([1.0]);
        assert_eq!(values(&mut glide, 0, 1), [1.0]);
        glide.aim([2.0]);
        glide.settle();
        assert_eq!(values(&mut glide, 1, 2), [2.0; 2]);
    }
}
