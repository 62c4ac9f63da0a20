//! Where in the past echoes stand, and how they come to stand elsewhere: a fade, so that nothing clicks and no pitch bends.

use crate::GRID_FRAMES;
use crate::processor::State;

/// How long a change of time takes to fade over. Ours: too long for a click, too short for two echoes.
const FADE_S: f64 = 0.03;

/// One place, or two while one fades into the other. Times are whole frames, so that what comes back is dulled by the
/// cuts alone.
#[derive(Debug)]
pub(super) struct Place {
    /// Frames back: where it fades from, and to.
    frames: [usize; 2],
    /// Cells of the control grid that the fade has taken, of so many.
    faded: usize,
    cells: usize,
}

impl Place {
    pub fn new(rate_hz: u32) -> Self {
        let cells = libm::ceil(FADE_S * f64::from(rate_hz) / GRID_FRAMES as f64) as usize;
        Self { frames: [0; 2], faded: cells, cells }
    }

    /// Goes there at once, where nothing has sounded yet.
    pub fn jump(&mut self, frames: usize) {
        (self.frames, self.faded) = ([frames; 2], self.cells);
    }

    /// A point of the grid: goes on with a fade, or begins one to here. A fade is never broken off.
    pub fn step(&mut self, frames: usize) {
        self.faded = self.cells.min(self.faded + 1);
        if self.faded == self.cells && self.frames[1] != frames {
            (self.frames, self.faded) = ([self.frames[1], frames], 0);
        }
    }

    /// Frames back to where echoes stand, or will.
    pub fn now(&self) -> usize {
        self.frames[1]
    }

    /// Frames back to where they fade from.
    pub fn before(&self) -> Option<usize> {
        (self.faded < self.cells).then_some(self.frames[0])
    }

    /// How much of the new place is heard so many frames into this cell.
    pub fn share(&self, frames_into_cell: usize) -> f64 {
        (self.faded as f64 + frames_into_cell as f64 / GRID_FRAMES as f64) / self.cells.max(1) as f64
    }

    pub fn snapshot(&self, to: &mut State) {
        [self.frames[0], self.frames[1], self.faded].iter().for_each(|value| to.put(*value as f64));
    }

    pub fn restore(&mut self, from: &mut State) {
        self.frames = [from.take() as usize, from.take() as usize];
        self.faded = from.take() as usize;
    }
}
