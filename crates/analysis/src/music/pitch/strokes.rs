//! How loud a line is from moment to moment, and where it is struck anew.

use mixkeel_dsp::units::db_from_power;

use super::PITCHES_PER_S;
use super::path::Heard;

/// Cells of the level a second: 5 ms.
pub(super) const CELLS_PER_S: u32 = 200;

/// How far under its loud moments a line is silent, in dB. Ours: what bleeds into a voice's microphone while it rests lies 30 to
/// 50 dB under it, and the end of a note that dies away is no longer a note.
const REST_DB: f64 = 40.0;

/// The part of its sounding cells that are louder than what counts as loud. Ours.
const LOUD_PART: f64 = 0.1;

/// No sound: a mean square of less is −100 dBFS.
const SILENT: f64 = 1e-10;

/// Over how many cells before and after a place levels are compared, at least: 20 ms.
const REACH_CELLS: usize = 4;

/// Gathers levels from a stream.
pub(super) struct LevelsBuilder {
    rate_hz: u32,
    /// Frames taken, and how many there are at the end of this cell.
    frames: u64,
    end: u64,
    sum: f64,
    count: u32,
    powers: Vec<f32>,
}

impl LevelsBuilder {
    pub fn new(rate_hz: u32) -> Self {
        let mut builder = Self { rate_hz, frames: 0, end: 0, sum: 0.0, count: 0, powers: Vec::new() };
        builder.end = builder.end_of(0);
        builder
    }

    /// The first frame after a cell.
    fn end_of(&self, cell: usize) -> u64 {
        ((cell as u64 + 1) * u64::from(self.rate_hz)).div_ceil(u64::from(CELLS_PER_S))
    }

    pub fn push(&mut self, left: &[f32], right: &[f32]) {
        for (l, r) in left.iter().zip(right) {
            self.sum += 0.5 * (f64::from(*l) * f64::from(*l) + f64::from(*r) * f64::from(*r));
            self.count += 1;
            self.frames += 1;
            if self.frames >= self.end {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        self.powers.push((self.sum / f64::from(self.count.max(1))) as f32);
        (self.sum, self.count) = (0.0, 0);
        self.end = self.end_of(self.powers.len());
    }

    pub fn finish(mut self) -> Levels {
        if self.count > 0 {
            self.close();
        }
        Levels { powers: self.powers }
    }
}

/// Mean squares of cells of 5 ms.
pub(super) struct Levels {
    powers: Vec<f32>,
}

impl Levels {
    /// The mean square between two cells.
    fn mean(&self, from: i64, to: i64) -> f64 {
        let length = self.powers.len() as i64;
        let (first, last) = (from.clamp(0, length) as usize, to.clamp(0, length) as usize);
        // What lies outside is silent.
        self.powers[first..last].iter().map(|x| f64::from(*x)).sum::<f64>() / (to - from).max(1) as f64
    }

    /// The mean level between two times in dBFS.
    pub fn mean_dbfs(&self, from_s: f64, to_s: f64) -> f64 {
        let cell = |s: f64| libm::round(s * f64::from(CELLS_PER_S)) as i64;
        db_from_power(self.mean(cell(from_s), cell(to_s).max(cell(from_s) + 1)).max(SILENT))
    }

    /// How much louder it is after the beginning of a cell than before it, in dB. Both sides hold at least a period of the
    /// pitch, within which a low tone swells and falls.
    fn rise_db(&self, cell: i64, period_s: f64) -> f64 {
        let reach = REACH_CELLS.max(libm::ceil(period_s * f64::from(CELLS_PER_S)) as usize) as i64;
        let (before, after) = (self.mean(cell - reach, cell), self.mean(cell, cell + reach));
        db_from_power(after.max(SILENT)) - db_from_power(before.max(SILENT))
    }

    /// The place between two times at which the level rises most within 20 ms, and by how many dB.
    pub fn steepest_rise(&self, from_s: f64, to_s: f64, period_s: f64) -> (f64, f64) {
        let cell = |s: f64| libm::round(s * f64::from(CELLS_PER_S)) as i64;
        let (at, rise) = (cell(from_s)..=cell(to_s))
            .map(|cell| (cell, self.rise_db(cell, period_s)))
            .fold((cell(from_s), f64::NEG_INFINITY), |a, b| if b.1 > a.1 { b } else { a });
        (at as f64 / f64::from(CELLS_PER_S), rise)
    }

    /// The same of the fall.
    pub fn steepest_fall(&self, from_s: f64, to_s: f64, period_s: f64) -> (f64, f64) {
        let cell = |s: f64| libm::round(s * f64::from(CELLS_PER_S)) as i64;
        let (at, fall) = (cell(from_s)..=cell(to_s))
            .map(|cell| (cell, -self.rise_db(cell, period_s)))
            .fold((cell(from_s), f64::NEG_INFINITY), |a, b| if b.1 > a.1 { b } else { a });
        (at as f64 / f64::from(CELLS_PER_S), fall)
    }

    /// What was heard, without what is far softer than the line's loud moments.
    pub fn without_silence(&self, mut heard: Vec<Heard>) -> Vec<Heard> {
        let mut sounding: Vec<f32> = self.powers.iter().copied().filter(|x| f64::from(*x) > SILENT).collect();
        sounding.sort_by(f32::total_cmp);
        let loud = sounding.get((sounding.len() as f64 * (1.0 - LOUD_PART)) as usize);
        let least = db_from_power(f64::from(loud.copied().unwrap_or(0.0)).max(SILENT)) - REST_DB;
        for (step, heard) in heard.iter_mut().enumerate() {
            let at = step as f64 / f64::from(PITCHES_PER_S);
            if heard.midi.is_some() && self.mean_dbfs(at - 0.02, at + 0.03) < least {
                *heard = Heard::default();
            }
        }
        heard
    }
}
