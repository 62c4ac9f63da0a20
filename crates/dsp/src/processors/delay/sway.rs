//! The slow to and fro of a worn tape.

use crate::GRID_FRAMES;
use crate::processor::State;

/// How many frames a frame the depth itself may move. Ours: a change of depth then bends the pitch by at most a twentieth,
/// under a semitone.
const DEPTH_SPEED: f64 = 1.0 / 40.0;

/// Moves to and fro between nothing and twice a depth: never nearer than the time that is set.
#[derive(Debug, Default)]
pub(super) struct Sway {
    /// Where in its turn it was at the last point of the control grid, from 0 to 1, and how much a frame adds.
    turns: f64,
    turns_a_frame: f64,
    /// In frames, at the points of the grid before and after.
    depth: [f64; 2],
}

impl Sway {
    /// Begins, at a point of the grid: a function of the session's frame.
    pub fn start(&mut self, frame: i64, turns_a_frame: f64, depth: f64) {
        let turns = (frame as f64 * turns_a_frame).rem_euclid(1.0);
        *self = Self { turns, turns_a_frame, depth: [depth; 2] };
    }

    /// Goes on from the next point of the grid.
    pub fn step(&mut self, turns_a_frame: f64, depth: f64) {
        self.turns = (self.turns + GRID_FRAMES as f64 * self.turns_a_frame).rem_euclid(1.0);
        self.turns_a_frame = turns_a_frame;
        let reach = DEPTH_SPEED * GRID_FRAMES as f64;
        let from = self.depth[1];
        self.depth = [from, from + (depth - from).clamp(-reach, reach)];
    }

    /// Whether it stands still.
    pub fn rests(&self) -> bool {
        self.depth == [0.0; 2]
    }

    /// The most that it adds in this cell, in frames.
    pub fn most(&self) -> f64 {
        2.0 * self.depth[0].max(self.depth[1])
    }

    /// What it adds so many frames into the cell, in frames.
    pub fn back(&self, frames_into_cell: usize) -> f64 {
        let along = frames_into_cell as f64;
        let depth = self.depth[0] + (self.depth[1] - self.depth[0]) * along / GRID_FRAMES as f64;
        depth * (1.0 - wave((self.turns + along * self.turns_a_frame).rem_euclid(1.0)))
    }

    pub fn snapshot(&self, to: &mut State) {
        [self.turns, self.turns_a_frame, self.depth[0], self.depth[1]]
            .iter()
            .for_each(|value| to.put(*value));
    }

    pub fn restore(&mut self, from: &mut State) {
        (self.turns, self.turns_a_frame) = (from.take(), from.take());
        self.depth = [from.take(), from.take()];
    }
}

/// From −1 to 1 and back in a turn, rounded at both ends: a sine to a fiftieth, without its cost.
fn wave(turns: f64) -> f64 {
    let line = if turns < 0.5 { 4.0 * turns - 1.0 } else { 3.0 - 4.0 * turns };
    line * (1.5 - 0.5 * line * line)
}
