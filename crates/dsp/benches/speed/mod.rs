//! Speed as a multiple of real time, in processor time: what other programs on the machine do does not count.

use std::time::Instant;

/// A measurement takes at least this long by the clock, dozens of times what Linux counts processor time in.
const LEAST_S: f64 = 0.2;

/// Of so many measurements the best counts: what is slower was disturbed.
const MEASUREMENTS: usize = 3;

/// Seconds that this thread has been computing, where Linux tells; `None` elsewhere.
fn computed_s() -> Option<f64> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(told.split(' ').next()?.parse::<f64>().ok()? * 1e-9)
}

/// Seconds of computing that the work takes; of waiting too where they cannot be told apart.
fn taken_s(work: impl FnOnce()) -> f64 {
    let (start, start_s) = (Instant::now(), computed_s());
    work();
    match (start_s, computed_s()) {
        (Some(start_s), Some(end_s)) => end_s - start_s,
        _ => start.elapsed().as_secs_f64(),
    }
}

/// How many seconds of sound are worked through in one second of one core. `second` works through one.
pub fn multiple(mut second: impl FnMut()) -> f64 {
    let mut best = 0.0;
    for _ in 0..MEASUREMENTS {
        let mut seconds = 0.0;
        let taken_s = taken_s(|| {
            let start = Instant::now();
            while start.elapsed().as_secs_f64() < LEAST_S {
                second();
                seconds += 1.0;
            }
        });
        best = f64::max(best, seconds / taken_s);
    }
    best
}

/// Whether a benchmark was asked for: all are where no word is given on the command line, or those whose names have it.
pub fn wanted(name: &str) -> bool {
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with('-')).peekable();
    words.peek().is_none() || words.any(|word| name.contains(&word))
}
