//! Free decays: where a sound stops and what is left falls by itself, along a straight line in decibels.

use mixkeel_dsp::units::{db_from_power, power_from_db};

use super::envelope::CELLS_PER_S;

/// Cells that are averaged before a fall is looked for: 20 ms, in which noise of this band moves by 0.8 dB.
const SMOOTH: usize = 4;

/// A fall ends where the level has come back by this much.
const BACK_DB: f64 = 3.0;

/// The straight part has to fall by this much. Ours: the 20 dB of T20 (ISO 3382-1) are rarely left between notes; 15 dB
/// give the slope of noise within 5 %.
const LEAST_FALL_DB: f64 = 15.0;

/// And to last this long: 80 ms, so that the end of a sound is not taken for a very small room.
const LEAST_CELLS: usize = 16;

/// The root mean square by which a decay may leave its line. Ours: half as much again as noise does by itself.
const STRAIGHT_DB: f64 = 1.2;

/// Nothing is looked for this far below the loudest moment, or this near above the quietest: noise.
const RANGE_DB: f64 = 60.0;
/// See [`RANGE_DB`].
const OVER_FLOOR_DB: f64 = 6.0;

/// A fall at once by this much when the sound stops is the direct sound going. Ours: less is lost in the noise.
const STEP_DB: f64 = 2.0;

/// A decay that was found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decay {
    /// Time for 60 dB.
    pub(crate) decay_s: f64,
    /// Direct over reverberant energy in dB, where the direct sound was seen to stop.
    pub(crate) direct_db: Option<f64>,
}

/// A straight line through levels: its height at the first and its slope a cell.
struct Line {
    first: usize,
    level_db: f64,
    slope_db: f64,
    off_db: f64,
}

impl Line {
    fn through(levels: &[f64], first: usize) -> Self {
        let count = levels.len() as f64;
        let (x_mean, y_mean) = ((count - 1.0) / 2.0, levels.iter().sum::<f64>() / count);
        let (mut across, mut along) = (0.0, 0.0);
        for (x, y) in levels.iter().enumerate() {
            across += (x as f64 - x_mean) * (y - y_mean);
            along += (x as f64 - x_mean) * (x as f64 - x_mean);
        }
        let slope_db = if along > 0.0 { across / along } else { 0.0 };
        let level_db = y_mean - slope_db * x_mean;
        let off = |(x, y): (usize, &f64)| {
            let off = y - level_db - slope_db * x as f64;
            off * off
        };
        let off_db = (levels.iter().enumerate().map(off).sum::<f64>() / count).sqrt();
        Self { first, level_db, slope_db, off_db }
    }

    fn at(&self, cell: usize) -> f64 {
        self.level_db + self.slope_db * (cell as f64 - self.first as f64)
    }
}

/// All free decays of a signal.
pub(crate) fn decays(cells: &[f32]) -> Vec<Decay> {
    let smooth: Vec<f64> = cells
        .windows(SMOOTH)
        .map(|part| {
            let mean = part.iter().map(|&power| f64::from(power)).sum::<f64>() / SMOOTH as f64;
            db_from_power(mean.max(1e-30))
        })
        .collect();
    let mut sorted = smooth.clone();
    sorted.sort_by(f64::total_cmp);
    let (Some(&loudest), Some(&quiet)) = (sorted.last(), sorted.get(sorted.len() / 50)) else {
        return Vec::new();
    };
    let floor_db = (loudest - RANGE_DB).max(quiet + OVER_FLOOR_DB);
    let mut found = Vec::new();
    let mut from = 0;
    while from + LEAST_CELLS < smooth.len() {
        let (top, end) = fall(&smooth, from, floor_db);
        if let Some(decay) = straight(&smooth, top, end).and_then(|line| measured(cells, &smooth, top, &line))
        {
            found.push(decay);
        }
        from = end.max(from + 1);
    }
    found
}

/// The next fall: from the last cell of its top to the cell after its lowest.
fn fall(levels: &[f64], from: usize, floor_db: f64) -> (usize, usize) {
    let (mut top, mut lowest) = (from, from);
    let level = |cell: usize| levels.get(cell).copied().unwrap_or(floor_db);
    for cell in from + 1..levels.len() {
        if level(cell) >= level(top) {
            (top, lowest) = (cell, cell);
        } else if level(cell) < floor_db || level(cell) > level(lowest) + BACK_DB {
            break;
        } else if level(cell) < level(lowest) {
            lowest = cell;
        }
    }
    (top, lowest + 1)
}

/// The longest straight end of a fall.
fn straight(levels: &[f64], top: usize, end: usize) -> Option<Line> {
    // The last smoothed cells may hold the beginning of what comes after.
    let end = end.saturating_sub(SMOOTH);
    let mut from = top;
    while from + LEAST_CELLS <= end {
        let part = levels.get(from..end)?;
        if part.first()? - part.last()? < LEAST_FALL_DB {
            return None;
        }
        let line = Line::through(part, from);
        if line.off_db <= STRAIGHT_DB && line.slope_db < 0.0 {
            return Some(line);
        }
        from += 2;
    }
    None
}

fn measured(cells: &[f32], levels: &[f64], top: usize, line: &Line) -> Option<Decay> {
    let decay_s = -60.0 / (line.slope_db * CELLS_PER_S as f64);
    // Ours: what decays slower is an organ that swells, what decays faster no room.
    if !(0.05..12.0).contains(&decay_s) {
        return None;
    }
    // The direct sound stopped after the last cell that stands above the line. A smoothed cell looks ahead by three.
    let raw =
        |cell: usize| cells.get(cell).map_or(f64::NEG_INFINITY, |&power| db_from_power(f64::from(power)));
    let steps = (top..line.first + SMOOTH).rev().find(|&cell| raw(cell) > line.at(cell) + 2.0 * STEP_DB);
    let before = levels.get(top).copied().unwrap_or(f64::NEG_INFINITY);
    let stop = steps.map_or(top, |cell| cell + 1);
    let direct_db =
        (before > line.at(stop) + STEP_DB).then(|| direct(cells, stop, line.at(stop), decay_s)).flatten();
    Some(Decay { decay_s, direct_db })
}

/// What direct sound, fed to a room of this decay, would have left this tail where it stopped.
///
/// The power in the band is y = s + A·r, with s the direct sound and r its past, forgotten with the room's time constant:
/// dr/dt = s − r/τ. For a given A, s and r follow from y step by step; A is found by halving so that A·r is the tail where
/// s stops. An impulse then leaves Aτ of its energy in the room.
fn direct(cells: &[f32], stop: usize, tail_db: f64, decay_s: f64) -> Option<f64> {
    let tau = decay_s * CELLS_PER_S as f64 / (6.0 * std::f64::consts::LN_10);
    let past = cells.get(stop.saturating_sub((8.0 * tau) as usize)..stop)?;
    let forget = libm::exp(-1.0 / tau);
    let tail = power_from_db(tail_db);
    let left_by = |gain: f64| {
        let mut room = 0.0_f64;
        for &power in past {
            let sound = (f64::from(power) - gain * room).max(0.0);
            room = (room + sound) * forget;
        }
        gain * room
    };
    let (mut low_db, mut high_db) = (-60.0, 20.0);
    if left_by(power_from_db(high_db) / tau) < tail {
        return None;
    }
    for _ in 0..40 {
        let middle_db = 0.5 * (low_db + high_db);
        if left_by(power_from_db(middle_db) / tau) < tail {
            low_db = middle_db;
        } else {
            high_db = middle_db;
        }
    }
    (low_db > -59.0).then_some(-0.5 * (low_db + high_db))
}
