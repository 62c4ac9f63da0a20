//! The sound that waits while its reductions are found: look-ahead and hold, for processors that are keyed.

use super::Reducer;
use crate::block::{Block, Channels};
use crate::kernels::whole_delay::WholeDelay;
use crate::processor::State;
use crate::units::frames_from_ms;

/// A [`Reducer`], and delays as long as it looks ahead.
#[derive(Clone, Debug)]
pub struct Ahead {
    /// From levels to reductions.
    pub reducer: Reducer,
    delays: [WholeDelay; 2],
    channels: Channels,
}

impl Ahead {
    /// Look-ahead, hold and whatever else levels count for take at most this long together.
    pub fn new(longest_ms: f64, rate_hz: u32, channels: Channels) -> Self {
        let longest = libm::ceil(frames_from_ms(longest_ms, rate_hz)) as usize + 2;
        let delay = WholeDelay::new(longest);
        Self { reducer: Reducer::new(longest), delays: [delay.clone(), delay], channels }
    }

    /// Looks so far ahead from now on, with a window of levels (see [`Reducer::set_window`]) that reaches at least as far.
    pub fn set(&mut self, ahead_frames: usize, window_frames: usize) {
        self.reducer.set_window(window_frames);
        self.delays.iter_mut().for_each(|delay| delay.set_frames(ahead_frames));
    }

    /// Lets the sound wait.
    pub fn delay(&mut self, io: &mut Block<'_>) {
        io.each().zip(&mut self.delays).for_each(|(channel, delay)| delay.run(channel));
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.reducer.reset();
        self.delays.iter_mut().for_each(WholeDelay::reset);
    }

    /// Notes what it remembers.
    pub fn snapshot(&self, to: &mut State) {
        self.reducer.snapshot(to);
        self.delays.iter().take(self.channels.count()).for_each(|delay| delay.snapshot(to));
    }

    /// Goes on from what was noted.
    pub fn restore(&mut self, from: &mut State) {
        self.reducer.restore(from);
        self.delays.iter_mut().take(self.channels.count()).for_each(|delay| delay.restore(from));
    }
}
