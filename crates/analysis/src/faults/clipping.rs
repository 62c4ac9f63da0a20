//! Flat tops: samples that a converter or a program could not raise any further, also after the level was lowered.
//!
//! A wave that is cut off stands still at its extreme and has steep edges on both sides; a wave that turns round by
//! itself is a parabola there. So a flat top is a run of samples that are equal within a tolerance, higher than both
//! sides, whose edges fall faster than any parabola that is flat for as long. Cut waves also come back to one level, and
//! that level is what is looked for: one that most flat tops of a side share.

use std::collections::BTreeMap;

use mixkeel_dsp::kernels::fastmath::{larger, smaller};
use serde::{Deserialize, Serialize};

use super::problem::{Places, Problem, Sureness, counted, when};

/// The tolerance of "equal" as a part of the level. Ours: 16-bit dither after a gain moves a sample by two steps of 2⁻¹⁵,
/// which is this much at −16 dBFS.
const RELATIVE_TOLERANCE: f32 = 2e-4;

/// The least tolerance: one and a half steps of 16 bits, so that two dithered neighbours are equal.
const LEAST_TOLERANCE: f32 = 1.5 / 32_768.0;

/// Runs are looked for above this level: −50 dBFS. Ours: below it the steps of 16 bits look like flat tops.
const LEAST_LEVEL: f32 = 0.003_16;

/// A run is at least this long at rates up to [`GRAIN_RATE_HZ`]: what mastering houses call an over (three samples).
const LEAST_RUN: u64 = 3;

/// Above this rate runs and the distance at which edges are looked at grow in proportion.
const GRAIN_RATE_HZ: u32 = 50_000;

/// Both edges together fall at least this many tolerances within one grain. A parabola that stays within one tolerance
/// for three samples (1.5 to either side) falls (2.5/1.5)² = 2.8 tolerances at the next sample, 5.6 on both sides; half as
/// much again is asked.
const EDGE_TOLERANCES: f32 = 8.0;

/// The width of a level bin in dB. Ours: thirty times the tolerance of a level, and a tenth of what can be heard.
const BIN_DB: f64 = 0.05;

/// From here on a level counts as full scale: half a step of 16 bits below its highest code.
const FULL_SCALE: f32 = 1.0 - 1.5 / 32_768.0;

/// So many flat tops at one level below full scale are needed. Ours: waves of percussion turn flat once in a while, never
/// this often at the same height.
const LEAST_RUNS: u64 = 8;

/// A level this far under the highest sample of its side needs many more flat tops: a one-shot sample that has one is played
/// often.
const NEAR_PEAK_DB: f64 = 1.0;

/// So many.
const LEAST_RUNS_BELOW: u64 = 256;

/// That level holds at least this share of all flat tops of its side of the wave.
const LEAST_SHARE: f64 = 0.5;

/// A signal that is flat for more than this share of its sounding time is a square wave, not a cut one.
const SQUARE_SHARE: f64 = 0.4;

/// Places nearer than this are one, in seconds.
const JOIN_S: f64 = 0.5;

/// What was cut off.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClippingReading {
    /// Flat tops at a level that the signal cannot pass.
    pub runs: u64,
    /// The frames of all of them together.
    pub frames: u64,
    /// That level in dBFS, the highest of any channel and side. `None` where nothing is cut.
    pub level_dbfs: Option<f64>,
    /// Whether that is full scale; else the level was lowered after the cut.
    pub at_full_scale: bool,
    /// Where, in seconds.
    pub spans_s: Vec<[f64; 2]>,
}

#[derive(Clone, Debug)]
struct Bin {
    runs: u64,
    frames: u64,
    places: Places,
}

/// Finds flat tops.
#[derive(Debug)]
pub(super) struct Clipping {
    rate_hz: u32,
    grain: usize,
    channels: Vec<Wave>,
    /// By channel and sign and level.
    bins: BTreeMap<(usize, i32), Bin>,
}

/// Samples kept of what went before: two grains at 768 kHz.
const KEPT: usize = 32;

#[derive(Clone, Debug)]
struct Wave {
    /// The last samples of the block before, then this block.
    held: Vec<f32>,
    first: u64,
    start: u64,
    /// The sample one grain before the run.
    before: f32,
    low: f32,
    high: f32,
    sounding: u64,
    /// The highest sample of either side, upper first.
    peaks: [f32; 2],
}

impl Clipping {
    pub fn new(rate_hz: u32, channels: usize) -> Self {
        let grain = rate_hz.div_ceil(GRAIN_RATE_HZ).clamp(1, 16) as usize;
        let wave = Wave {
            held: vec![0.0; KEPT],
            first: 0,
            start: 0,
            before: 0.0,
            low: 0.0,
            high: 0.0,
            sounding: 0,
            peaks: [0.0; 2],
        };
        Self { rate_hz, grain, channels: vec![wave; channels], bins: BTreeMap::new() }
    }

    pub fn push(&mut self, at: u64, block: &[&[f32]]) {
        for (channel, samples) in block.iter().enumerate() {
            let Some(wave) = self.channels.get_mut(channel) else { break };
            let keep = wave.held.len().saturating_sub(KEPT);
            wave.held.drain(..keep);
            wave.held.extend_from_slice(samples);
            wave.first = at;
            // The edge after a run is looked at one grain later, so the scan stays that far behind the newest sample.
            let (from, to) = (KEPT - self.grain, wave.held.len() - self.grain);
            wave.scan(from, to, self.grain, |run| note(&mut self.bins, channel, run, self.rate_hz));
        }
    }

    pub fn finish(mut self, problems: &mut Vec<Problem>) -> ClippingReading {
        let end = [[0.0_f32; KEPT].as_slice(), [0.0; KEPT].as_slice()];
        let at = self.channels.first().map_or(0, |wave| wave.first + (wave.held.len() - KEPT) as u64);
        let silence: Vec<&[f32]> = end.into_iter().take(self.channels.len()).collect();
        self.push(at, &silence);
        let mut reading = ClippingReading::default();
        let mut places = Places::new((JOIN_S * f64::from(self.rate_hz)) as u64);
        for side in 0..2 * self.channels.len() {
            let Some(wave) = self.channels.get(side / 2) else { break };
            let peak = wave.peaks.get(side % 2).copied().unwrap_or(0.0);
            let Some(wall) = wall(&self.bins, side, wave.sounding, level_bin(peak)) else { continue };
            for level in wall.levels {
                let Some(bin) = self.bins.get(&(side, level)) else { continue };
                reading.runs += bin.runs;
                reading.frames += bin.frames;
                places.merge(&bin.places);
                let level_dbfs = f64::from(level) * BIN_DB;
                reading.level_dbfs = Some(reading.level_dbfs.map_or(level_dbfs, |most| most.max(level_dbfs)));
            }
            reading.at_full_scale |= wall.full_scale;
        }
        if let Some(level_dbfs) = reading.level_dbfs {
            reading.spans_s = places.seconds(self.rate_hz);
            let tops = counted(reading.runs, "flat top", "flat tops");
            let (how, sureness) = if reading.at_full_scale {
                ("the highest value there is".to_owned(), Sureness::Certain)
            } else {
                (
                    format!("{level_dbfs:.1} dBFS, so it was cut off before its level was changed"),
                    Sureness::Likely,
                )
            };
            let message = format!(
                "clipped: {tops} ({}) at {how}, {}",
                counted(reading.frames, "frame", "frames"),
                when(&reading.spans_s)
            );
            problems.push(Problem { id: "clipping", message, spans_s: reading.spans_s.clone(), sureness });
        }
        reading
    }
}

/// A flat top.
struct Run {
    from: u64,
    frames: u64,
    level: f32,
}

/// Frames that are looked at together where nothing can happen in them. Ours: a power of two, two registers' worth; twice as many
/// lie within one flat place, or clear of all of them, less often.
const STRETCH: usize = 8;

/// The lowest and the highest of a stretch.
#[inline(always)]
fn ends(stretch: &[f32; STRETCH]) -> (f32, f32) {
    let (mut low, mut high) = (*stretch, *stretch);
    let mut half = STRETCH / 2;
    while half > 0 {
        for n in 0..half {
            low[n] = smaller(low[n], low[n + half]);
            high[n] = larger(high[n], high[n + half]);
        }
        half /= 2;
    }
    (low[0], high[0])
}

/// The most by which samples as large as this may differ and be equal.
#[inline(always)]
fn tolerance(size: f32) -> f32 {
    larger(size * RELATIVE_TOLERANCE, LEAST_TOLERANCE)
}

impl Wave {
    fn scan(&mut self, from: usize, to: usize, grain: usize, mut found: impl FnMut(Run)) {
        let mut index = from;
        while index < to {
            let end = to.min(index + STRETCH);
            if end - index < STRETCH || !(self.stands_still(index) || self.runs_on(index, grain)) {
                (index..end).for_each(|index| self.step(index, grain, &mut found));
            }
            index = end;
        }
    }

    /// The frame number of a sample that is held; negative only for the silence kept before the first block.
    fn frame(&self, index: usize) -> i64 {
        self.first as i64 - KEPT as i64 + index as i64
    }

    /// Adds a stretch to the run in hand, if all of it surely belongs there.
    fn stands_still(&mut self, from: usize) -> bool {
        let Some(stretch) = self.held.get(from..).and_then(|held| held.first_chunk::<STRETCH>()) else {
            return false;
        };
        let (low, high) = ends(stretch);
        let (low, high) = (smaller(self.low, low), larger(self.high, high));
        // The tolerance only grows as a run takes in more.
        let belongs = high - low <= tolerance(larger(self.high, -self.low));
        if belongs {
            (self.low, self.high) = (low, high);
        }
        belongs
    }

    /// Goes through a stretch each sample of which begins a run of its own; just what [`step`](Self::step) does with them one
    /// by one. Not where one of them may belong to a longer run.
    fn runs_on(&mut self, from: usize, grain: usize) -> bool {
        let Some((before, stretch)) = from
            .checked_sub(1)
            .and_then(|before| self.held.get(before..from + STRETCH))
            .and_then(|held| Some((held.first_chunk::<STRETCH>()?, held.last_chunk::<STRETCH>()?)))
        else {
            return false;
        };
        if self.start as i64 != self.frame(from) - 1 || self.low != before[0] || self.high != before[0] {
            return false;
        }
        let (mut longer, mut sounding) = (0_u32, 0_u32);
        for (sample, before) in stretch.iter().zip(before) {
            let (low, high) = (smaller(*before, *sample), larger(*before, *sample));
            longer += u32::from(high - low <= tolerance(larger(high, -low)));
            sounding += u32::from(sample.abs() > LEAST_LEVEL);
        }
        if longer > 0 {
            return false;
        }
        let (lowest, highest) = ends(before);
        let [upper, under] = self.peaks;
        let last = from + STRETCH - 1;
        self.sounding += u64::from(sounding);
        self.peaks = [larger(upper, highest), larger(under, -lowest)];
        self.before = self.held.get(last - grain).copied().unwrap_or(0.0);
        (self.start, self.low, self.high) =
            (self.frame(last).max(0) as u64, stretch[STRETCH - 1], stretch[STRETCH - 1]);
        true
    }

    /// Goes on by one sample.
    fn step(&mut self, index: usize, grain: usize, found: &mut impl FnMut(Run)) {
        let (Some(&sample), Some(&earlier)) = (self.held.get(index), self.held.get(index - grain)) else {
            return;
        };
        let (low, high) = (smaller(self.low, sample), larger(self.high, sample));
        if high - low <= tolerance(larger(high, -low)) {
            (self.low, self.high) = (low, high);
            return;
        }
        let [upper, under] = self.peaks;
        self.peaks = [larger(upper, self.high), larger(under, -self.low)];
        let now = self.frame(index);
        let length = now - self.start as i64;
        if length >= (LEAST_RUN as usize * grain) as i64 {
            let level = 0.5 * (self.low + self.high);
            self.sounding += length as u64;
            let after = self.held.get(index + grain - 1).copied().unwrap_or(0.0);
            if is_flat_top(level, self.before, after) {
                found(Run { from: self.start, frames: length as u64, level });
            }
        } else if sample.abs() > LEAST_LEVEL {
            self.sounding += length.max(0) as u64;
        }
        self.before = earlier;
        (self.start, self.low, self.high) = (now.max(0) as u64, sample, sample);
    }
}

fn is_flat_top(level: f32, before: f32, after: f32) -> bool {
    let size = level.abs();
    let tolerance = tolerance(size);
    let fall = |edge: f32| size - edge * level.signum();
    let (one, other) = (fall(before), fall(after));
    size >= LEAST_LEVEL && one > tolerance && other > tolerance && one + other >= EDGE_TOLERANCES * tolerance
}

fn note(bins: &mut BTreeMap<(usize, i32), Bin>, channel: usize, run: Run, rate_hz: u32) {
    let side = 2 * channel + usize::from(run.level < 0.0);
    let join = (JOIN_S * f64::from(rate_hz)) as u64;
    let bin = bins.entry((side, level_bin(run.level))).or_insert_with(|| Bin {
        runs: 0,
        frames: 0,
        places: Places::new(join),
    });
    bin.runs += 1;
    bin.frames += run.frames;
    bin.places.add(run.from, run.from + run.frames);
}

fn level_bin(level: f32) -> i32 {
    libm::round(mixkeel_dsp::units::db_from_gain(f64::from(level)) / BIN_DB) as i32
}

struct Wall {
    levels: std::ops::RangeInclusive<i32>,
    full_scale: bool,
}

/// The level that one side of a wave cannot pass, if there is one.
fn wall(bins: &BTreeMap<(usize, i32), Bin>, side: usize, sounding: u64, peak: i32) -> Option<Wall> {
    let mine = || bins.range((side, i32::MIN)..=(side, i32::MAX)).map(|((_, level), bin)| (*level, bin));
    let (all, flat) = mine().fold((0, 0), |(runs, frames), (_, bin)| (runs + bin.runs, frames + bin.frames));
    if all == 0 || flat as f64 > SQUARE_SHARE * sounding as f64 {
        return None;
    }
    let at = |level: i32| bins.get(&(side, level)).map_or(0, |bin| bin.runs);
    let full = level_bin(FULL_SCALE);
    let full_runs: u64 = mine().filter(|(level, _)| *level >= full).map(|(_, bin)| bin.runs).sum();
    // A level lies on the border of two bins as easily as inside one.
    let around = |level: i32| at(level - 1) + at(level) + at(level + 1);
    let best = mine().map(|(level, _)| level).reduce(|a, b| if around(b) > around(a) { b } else { a })?;
    let near_peak = f64::from(peak - best) * BIN_DB <= NEAR_PEAK_DB;
    let least = if near_peak { LEAST_RUNS } else { LEAST_RUNS_BELOW };
    if around(best) >= least && around(best) as f64 >= LEAST_SHARE * all as f64 {
        return Some(Wall { levels: best - 1..=best + 1, full_scale: full_runs > 0 && best + 1 >= full });
    }
    let top = mine().map(|(level, _)| level).next_back()?;
    (full_runs > 0).then_some(Wall { levels: full..=top, full_scale: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(wave: &Wave) -> (u64, u64, [f32; 5]) {
        let numbers = [wave.before, wave.low, wave.high, wave.peaks[0], wave.peaks[1]];
        (wave.start, wave.sounding, numbers)
    }

    #[test]
    fn stretches_are_gone_through_as_sample_by_sample() {
        let mut seed = 5_u32;
        let mut noise = move || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / 8_388_608.0 - 1.0
        };
        // Noise, clipped noise, a slow wave that is flat on top, steps of 16 bits, silence, a soft wave, and all of them again.
        let sound: Vec<f32> = (0..40_000)
            .map(|n| match (n / 3_000) % 6 {
                0 => noise(),
                1 => (1.5 * noise()).clamp(-0.9, 0.9),
                2 => (1.3 * libm::sinf(n as f32 * 0.01)).clamp(-1.0, 1.0),
                3 => (noise() * 20.0).round() / 32_768.0,
                4 => 0.0,
                _ => 0.01 * libm::sinf(n as f32 * 0.2),
            })
            .collect();
        for (grain, rate_hz) in [(1, 48_000), (4, 192_000)] {
            let (mut quick, mut slow) = (Clipping::new(rate_hz, 1), Clipping::new(rate_hz, 1));
            assert_eq!(quick.grain, grain);
            let (mut done, mut together) = (0, 0);
            for length in [1, 5, 700, 64, 4_096].into_iter().cycle() {
                let block = sound.get(done..sound.len().min(done + length)).unwrap_or_default();
                if block.is_empty() {
                    break;
                }
                quick.push(done as u64, &[block]);
                let wave = &mut slow.channels[0];
                let keep = wave.held.len() - KEPT;
                wave.held.drain(..keep);
                wave.held.extend_from_slice(block);
                wave.first = done as u64;
                for index in KEPT - grain..wave.held.len() - grain {
                    let mut ahead = wave.clone();
                    together += usize::from(ahead.stands_still(index) || ahead.runs_on(index, grain));
                    wave.step(index, grain, &mut |run| note(&mut slow.bins, 0, run, rate_hz));
                }
                assert_eq!(state(&quick.channels[0]), state(&slow.channels[0]), "{rate_hz} {done}");
                done += block.len();
            }
            assert!(together > 5_000, "{together}");
            let found = |clipping: Clipping| clipping.finish(&mut Vec::new());
            let (quick, slow) = (found(quick), found(slow));
            assert!(quick.runs > 0 && quick == slow, "{quick:?} {slow:?}");
        }
    }
}
