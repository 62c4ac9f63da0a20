//! Work on every cell of a song, shared among threads. What a cell gets does not depend on who works it out, nor when.

use std::ops::Range;

use rayon::prelude::*;

/// Cells that one thread takes at once. Ours: 6 s of a song, a tenth of a millisecond or more for each sound.
const RUN_CELLS: usize = 64;

/// The answer of every cell, in order.
pub(super) fn each_cell<T: Send>(cells: usize, answer: impl Fn(usize) -> T + Sync) -> Vec<T> {
    (0..cells).into_par_iter().with_min_len(RUN_CELLS).map(&answer).collect()
}

/// The answers of runs of cells, in order.
pub(super) fn each_run<T: Send>(cells: usize, answer: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
    (0..cells.div_ceil(RUN_CELLS))
        .into_par_iter()
        .map(|run| answer(run * RUN_CELLS..((run + 1) * RUN_CELLS).min(cells)))
        .collect()
}
