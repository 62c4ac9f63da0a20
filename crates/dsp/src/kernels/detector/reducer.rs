//! From levels to smoothed reductions, one stretch of the control grid at a time.

use super::{Ballistics, GainComputer, SlidingMax, Timing};
use crate::GRID_FRAMES;
use crate::kernels::fastmath::{db_from_gain, larger, smaller};
use crate::processor::State;
use crate::simd::wide;

/// Room for one stretch of the control grid in two channels.
pub type Cell = [[f32; GRID_FRAMES]; 2];

/// How levels become reductions over one stretch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reducing {
    /// The static curves at the grid points before and after, both of one kind. Between them their reductions are mixed.
    pub computers: [GainComputer; 2],
    /// How far between them the stretch begins, from 0 to 1.
    pub share: f64,
    /// How much of each channel's reduction is that of the louder channel, from 0 to 1.
    pub link: f64,
    /// Attack and release. For an expander, attack is how fast it opens.
    pub timing: Timing,
    /// How much of the release is slow after long reductions, from 0 to 1.
    pub adaptive: f64,
}

/// Two channels of gain computer, link, look-ahead and hold, and ballistics.
///
/// A compressor's reduction is followed as it is. Of an expander it is what remains open that is followed, so that in both the
/// peaks of the sound count and the valleys of its ripple do not.
#[derive(Clone, Debug)]
pub struct Reducer {
    windows: [SlidingMax; 2],
    ballistics: Ballistics<2>,
    /// Where both channels have had the same ever since the start, only the first is worked out.
    twins: bool,
    /// How far an expander can close, in dB: what openness is counted from; `None` for a compressor, and outside before the
    /// first frame.
    open_db: Option<Option<f32>>,
}

impl Reducer {
    /// With a window of this many frames, at least 1, which is also the longest possible.
    pub fn new(longest_window_frames: usize) -> Self {
        let window = SlidingMax::new(longest_window_frames);
        let ballistics = Ballistics::default();
        Self { windows: [window.clone(), window], ballistics, twins: true, open_db: None }
    }

    /// How many frames the strongest reduction stays (for an expander, the weakest): look-ahead, hold, and the frame itself.
    pub fn set_window(&mut self, frames: usize) {
        self.windows.iter_mut().for_each(|window| window.set_window(frames));
    }

    /// Turns the levels of the first `frames` frames, in dB, into reductions in dB, in place. `channels` is 1 or 2; where it
    /// is 1, the second stays as it is. Whether both channels have got the same.
    pub fn run(&mut self, levels_db: &mut Cell, channels: usize, frames: usize, how: &Reducing) -> bool {
        let [left, right] = levels_db;
        let (left, right) = (&mut left[..frames], &mut right[..frames]);
        let as_one = self.is_one(channels, how.link);
        if as_one {
            louder(left, right);
            self.run_as_one(left, how);
            right.copy_from_slice(left);
        } else if channels < 2 {
            self.run_as_one(left, how);
        } else {
            self.count_from(&how.computers[1]);
            if self.twins {
                self.twins = false;
                self.ballistics.spread();
                let [first, second] = &mut self.windows;
                second.follow(first);
            }
            Self::link(left, right, how);
            self.windows[0].run(left);
            self.windows[1].run(right);
            self.smooth(left, right, how);
        }
        as_one
    }

    /// Whether both channels get what the louder asks for, and always have: then one is enough for [`run_as_one`](Self::run_as_one).
    pub fn is_one(&self, channels: usize, link: f64) -> bool {
        channels > 1 && link == 1.0 && self.twins
    }

    /// The same for one channel, or for the louder of two that [are one](Self::is_one).
    pub fn run_as_one(&mut self, levels_db: &mut [f32], how: &Reducing) {
        self.count_from(&how.computers[1]);
        compute(levels_db, how);
        self.windows[0].run(levels_db);
        self.smooth(levels_db, &mut [], how);
    }

    /// Sees to it that openness is counted from the range of this computer. At the start an expander is as far closed as silence
    /// closes it.
    fn count_from(&mut self, computer: &GainComputer) {
        let open_db = computer.is_expander().then_some(computer.range_db());
        if Some(open_db) != self.open_db {
            match (self.open_db, open_db.map(f64::from)) {
                (None, None) | (Some(None), None) => {}
                (None, Some(new_db)) => {
                    let closed_db = f64::from(computer.reduction_db(db_from_gain(0.0)));
                    self.ballistics.recount(|_| new_db - closed_db);
                }
                (Some(Some(old_db)), Some(new_db)) => {
                    self.ballistics.recount(|open| open + new_db - f64::from(old_db));
                }
                (Some(None), Some(new_db)) => self.ballistics.recount(|reduction| new_db - reduction),
                (Some(Some(old_db)), None) => self.ballistics.recount(|open| f64::from(old_db) - open),
            }
            self.open_db = Some(open_db);
        }
    }

    /// The same for two channels, each with its share of what the louder gets.
    fn link(left: &mut [f32], right: &mut [f32], how: &Reducing) {
        compute(left, how);
        compute(right, how);
        if how.link != 0.0 {
            meet(left, right, how.link as f32);
        }
    }

    /// Attack and release; `right` may be empty.
    fn smooth(&mut self, left: &mut [f32], right: &mut [f32], how: &Reducing) {
        if !right.is_empty() {
            follow([left, right], &mut self.ballistics, how);
        } else if self.twins {
            // Nobody asks the second lane before it is made to go on as the first.
            let mut alone = self.ballistics.first_lane();
            follow([left], &mut alone, how);
            self.ballistics.set_first_lane(alone);
        } else {
            let mut silent = [0.0; GRID_FRAMES];
            let frames = left.len();
            follow([left, &mut silent[..frames]], &mut self.ballistics, how);
        }
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.windows.iter_mut().for_each(SlidingMax::reset);
        self.ballistics.reset();
        (self.twins, self.open_db) = (true, None);
    }

    /// Notes what it remembers.
    pub fn snapshot(&self, to: &mut State) {
        to.put(f64::from(u8::from(self.twins)));
        to.put(f64::from(u8::from(self.open_db.is_some())));
        to.put(self.open_db.flatten().map_or(f64::INFINITY, f64::from));
        self.ballistics.snapshot(to);
        self.windows.iter().for_each(|window| window.snapshot(to));
    }

    /// Goes on from what was noted with the same window.
    pub fn restore(&mut self, from: &mut State) {
        self.twins = from.take() != 0.0;
        let started = from.take() != 0.0;
        let open_db = Some(from.take() as f32).filter(|open_db| open_db.is_finite());
        self.open_db = started.then_some(open_db);
        self.ballistics.restore(from);
        self.windows.iter_mut().for_each(|window| window.restore(from));
    }
}

/// Attack and release over channels of one length, in place.
fn follow<const C: usize>(mut channels: [&mut [f32]; C], ballistics: &mut Ballistics<C>, how: &Reducing) {
    let Reducing { computers: [_, computer], timing, adaptive, .. } = how;
    if *adaptive > 0.0 {
        follow_with(&mut channels, ballistics, |it, reductions| {
            it.step_adaptive(reductions, timing, *adaptive)
        });
    } else {
        follow_with(&mut channels, ballistics, |it, reductions| it.step(reductions, timing));
    }
    if computer.is_expander() {
        channels.into_iter().for_each(|channel| closed(channel, computer.range_db()));
    }
}

#[allow(clippy::needless_range_loop)] // one frame of every channel is not an iterator's next
#[inline(always)]
fn follow_with<const C: usize>(
    channels: &mut [&mut [f32]; C],
    ballistics: &mut Ballistics<C>,
    step: impl Fn(&mut Ballistics<C>, [f64; C]) -> [f64; C],
) {
    let frames = channels.iter().map(|channel| channel.len()).min().unwrap_or(0);
    // A copy stays in registers.
    let mut now = *ballistics;
    for frame in 0..frames {
        let smoothed = step(&mut now, std::array::from_fn(|lane| f64::from(channels[lane][frame])));
        for (channel, smoothed) in channels.iter_mut().zip(smoothed) {
            channel[frame] = smoothed as f32;
        }
    }
    *ballistics = now;
}

wide! {
    /// Levels to reductions (or to openness), in place.
    fn compute(levels_db: &mut [f32], how: &Reducing) {
        let [from, to] = how.computers;
        let (expands, open_db) = (to.is_expander(), to.range_db());
        let counted = |reduction: f32| if expands { larger(open_db - reduction, 0.0) } else { reduction };
        if from == to {
            levels_db.iter_mut().for_each(|level| *level = counted(to.reduction_db(*level)));
        } else {
            let share = how.share as f32;
            for (frame, level) in levels_db.iter_mut().enumerate() {
                let share = share + frame as f32 * (1.0 / GRID_FRAMES as f32);
                let (before, after) = (from.reduction_db(*level), to.reduction_db(*level));
                *level = counted(before + (after - before) * share);
            }
        }
    }

    /// Moves two channels towards the larger of both by a share. Levels, or reductions counted so that the louder has more.
    pub fn meet(left: &mut [f32], right: &mut [f32], share: f32) {
        for (left, right) in left.iter_mut().zip(right) {
            let most = share * larger(*left, *right);
            *left = (1.0 - share) * *left + most;
            *right = (1.0 - share) * *right + most;
        }
    }

    /// What remains open to what is closed.
    fn closed(open: &mut [f32], range_db: f32) {
        for value in open {
            *value = smaller(larger(range_db - *value, 0.0), range_db);
        }
    }

    /// The left becomes the larger of both.
    fn louder(left: &mut [f32], right: &[f32]) {
        left.iter_mut().zip(right).for_each(|(left, right)| *left = larger(*left, *right));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn four_to_one(link: f64) -> Reducing {
        let computer = GainComputer::compressor(-20.0, 4.0, 6.0, 100.0);
        let timing = Timing::new(1.0, 50.0, 48_000);
        Reducing { computers: [computer; 2], share: 0.0, link, timing, adaptive: 0.0 }
    }

    /// Rough levels, different in the two channels.
    fn levels(cell: usize, step: f32) -> Cell {
        let level = |frame: usize, channel: usize| {
            -60.0 + ((frame + 64 * cell) * (7 + channel * 4) % 61) as f32 * step
        };
        std::array::from_fn(|channel| std::array::from_fn(|frame| level(frame, channel)))
    }

    #[test]
    fn fully_linked_channels_get_what_the_louder_asks_for() {
        let (mut linked, mut louder) = (Reducer::new(5), Reducer::new(5));
        for cell in 0..20 {
            let mut both = levels(cell, 1.0);
            let mut one = both;
            let [left, right] = &mut one;
            left.iter_mut().zip(right).for_each(|(left, right)| *left = larger(*left, *right));
            linked.run(&mut both, 2, 64, &four_to_one(1.0));
            louder.run(&mut one, 1, 64, &four_to_one(1.0));
            assert_eq!(both, [one[0]; 2]);
        }
    }

    #[test]
    fn one_channel_gets_the_arithmetic_of_two() {
        let (mut two, mut alone) = (Reducer::new(9), Reducer::new(9));
        for cell in 0..20 {
            let mut same = levels(cell, 0.9);
            same[1] = same[0];
            let mut one = same;
            two.run(&mut same, 2, 64, &four_to_one(0.0));
            alone.run(&mut one, 1, 64, &four_to_one(0.0));
            assert_eq!(same, [one[0]; 2]);
        }
    }

    #[test]
    fn half_linked_channels_meet_half_way() {
        let mut reducer = Reducer::new(1);
        let mut cell = [[-8.0; 64], [-60.0; 64]];
        for _ in 0..100 {
            cell = [[-8.0; 64], [-60.0; 64]];
            reducer.run(&mut cell, 2, 64, &four_to_one(0.5));
        }
        // 12 dB over at 4:1 are 9 dB.
        assert!((cell[0][63] - 9.0).abs() < 1e-4 && (cell[1][63] - 4.5).abs() < 1e-4);
    }

    #[test]
    fn an_expander_opens_in_its_attack_time_and_entirely() {
        let computer = GainComputer::expander(-40.0, 4.0, 0.0, 30.0);
        let timing = Timing::new(2.0, 50.0, 48_000);
        let how = Reducing { computers: [computer; 2], share: 0.0, link: 1.0, timing, adaptive: 0.0 };
        let mut reducer = Reducer::new(1);
        let mut cell = [[-90.0; 64]; 2];
        reducer.run(&mut cell, 2, 64, &how);
        assert_eq!(cell, [[30.0; 64]; 2]);
        let mut open = Vec::new();
        for _ in 0..100 {
            cell = [[-90.0; 64], [-10.0; 64]];
            reducer.run(&mut cell, 2, 64, &how);
            open.extend_from_slice(&cell[0]);
        }
        // After 2 ms 63.2 % of 30 dB are done.
        assert!((open[95] - 30.0 * 0.368).abs() < 0.2, "{}", open[95]);
        assert!(open[6_000] < 2e-7, "{}", open[6_000]);
    }
}
