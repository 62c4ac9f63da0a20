//! The control grid: the absolute session frames between which gains move on straight lines.

use mixkeel_dsp::GRID_FRAMES;
use mixkeel_session::graph::grid_before;

/// How far into a cell each of its frames lies, from 0 towards 1. Exact, because the grid is a power of two.
pub(crate) static PROGRESS: [f64; GRID_FRAMES] = {
    let mut progress = [0.0; GRID_FRAMES];
    let mut index = 0;
    while index < GRID_FRAMES {
        progress[index] = index as f64 / GRID_FRAMES as f64;
        index += 1;
    }
    progress
};

/// The part of a run of frames that lies in one cell of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Place of its first frame in the run.
    pub from: usize,
    /// Place after its last frame in the run.
    pub to: usize,
    /// The grid point at which the cell begins, a session frame.
    pub point: i64,
    /// How many frames of the cell lie ahead of the run.
    pub into: usize,
}

impl Cell {
    /// The grid point at which the next cell begins.
    pub fn next_point(&self) -> i64 {
        self.point + GRID_FRAMES as i64
    }

    /// [`PROGRESS`] of the frames of this part.
    pub fn progress(&self) -> &'static [f64] {
        &PROGRESS[self.into..self.into + (self.to - self.from)]
    }
}

/// Cuts a run of frames, the first of which is session frame `frame`, at the points of the grid.
pub(crate) fn cells(frame: i64, frames: usize) -> impl Iterator<Item = Cell> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let here = frame + from as i64;
        let point = grid_before(here);
        let into = (here - point) as usize;
        let cell = Cell { from, to: frames.min(from + GRID_FRAMES - into), point, into };
        from = cell.to;
        (cell.from < frames).then_some(cell)
    })
}

/// The grid points that a run of frames lies between, both included.
pub(crate) fn around(frame: i64, frames: usize) -> (i64, i64) {
    let last = frame + frames.saturating_sub(1) as i64;
    (grid_before(frame), grid_before(last) + GRID_FRAMES as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_cut_at_absolute_frames_wherever_it_starts() {
        let cut: Vec<_> = cells(-10, 100).map(|cell| (cell.from, cell.to, cell.point, cell.into)).collect();
        assert_eq!(cut, [(0, 10, -64, 54), (10, 74, 0, 0), (74, 100, 64, 0)]);
        assert_eq!(cells(5, 0).count(), 0);
        assert_eq!(around(-10, 100), (-64, 128));
        assert_eq!(around(64, 64), (64, 128));
    }
}
