//! How a recording begins and ends: silence before and after, or sound that is cut.

use super::noise::NoiseReading;
use super::problem::{Problem, Sureness, clock};
use crate::true_peak::highest;
use mixkeel_dsp::units::{db_from_power, gain_from_db, power_from_db};

/// Silence is told from this length on, in seconds. Ours: a bar of count-in space is usual at the front of a delivered
/// mix, and a few seconds of decay and air at its end.
const LEADING_S: f64 = 2.0;

/// See [`LEADING_S`].
const TRAILING_S: f64 = 5.0;

/// Silence is what stays this far under the highest sample. Ours: 60 dB, the range that is called silence in a room.
const SILENCE_DB: f64 = 60.0;

/// Levels at which the first and the last crossing are noted, from −126 dBFS up in steps of 6 dB.
const STEPS: usize = 24;

/// The level of the lowest step in dBFS.
const LOWEST_DBFS: f64 = -126.0;

/// How much of either end is kept, in seconds.
const KEPT_S: f64 = 0.1;

/// The very edge, in seconds: shorter than any fade that hides a cut.
const EDGE_S: f64 = 0.001;

/// Sound at the edge counts as cut when it is less than this far below the loud parts. Ours: a step 30 dB down is still a
/// click that everybody hears; a hall that rings longer than the file is usually below.
const CUT_BELOW_LOUD_DB: f64 = 30.0;

/// And at least this far above the noise floor, where that is known: noise and hum that run through are not cut.
const ABOVE_FLOOR_DB: f64 = 10.0;

/// And when the edge is less than this far below the 100 ms beside it. Ours: a fade of 10 ms brings the last millisecond
/// down by 20 dB and more, a drum that starts from rest rises from nothing.
const CUT_BELOW_BODY_DB: f64 = 10.0;

/// The first frames, in seconds: sound that is struck rises from rest in them, however steep it is.
const FIRST_S: f64 = 0.000_2;

/// The first frames of a cut are at most this far below the edge.
const FIRST_DB: f64 = 12.0;

/// A start is only cut when the sound does not fall from there: a hit that is trimmed close begins with its loudest part.
const HIT_DB: f64 = 9.0;

/// And when the first frame is not at rest: of a wave that goes on, either where it is or how fast it moves is far from nothing,
/// because each is largest where the other is least. What both are in power, each as a part of its mean over the edge, is 2 in
/// the mean; ours: a hundredth of that, which one cut in a hundred comes under by chance.
const AT_REST: f64 = 0.02;

/// Measures ends.
#[derive(Debug)]
pub(super) struct Ends {
    rate_hz: u32,
    kept_frames: usize,
    head: Vec<[f32; 2]>,
    tail: Vec<[f32; 2]>,
    first: [Option<u64>; STEPS],
    last: [u64; STEPS],
    peak: f32,
    frames: u64,
}

impl Ends {
    pub fn new(rate_hz: u32) -> Self {
        Self {
            rate_hz,
            kept_frames: ((KEPT_S * f64::from(rate_hz)) as usize).max(16),
            head: Vec::new(),
            tail: Vec::new(),
            first: [None; STEPS],
            last: [0; STEPS],
            peak: 0.0,
            frames: 0,
        }
    }

    pub fn push(&mut self, at: u64, block: &[&[f32]]) {
        let frames = block.first().map_or(0, |samples| samples.len());
        let right = block.get(1).or(block.first()).copied().unwrap_or_default();
        let both = || {
            let left = block.first().copied().unwrap_or_default();
            left.iter().zip(right).map(|(left, right)| [*left, *right])
        };
        if self.head.len() < self.kept_frames {
            self.head.extend(both().take(self.kept_frames - self.head.len()));
        }
        self.tail.extend(both());
        if self.tail.len() > 4 * self.kept_frames + frames {
            self.tail.drain(..self.tail.len() - self.kept_frames);
        }
        let peak = block.iter().map(|samples| highest(samples)).fold(0.0, f32::max);
        self.peak = self.peak.max(peak);
        let reached = step(peak);
        for (first, last) in self.first.iter_mut().zip(&mut self.last).take(reached) {
            first.get_or_insert(at);
            *last = at + frames as u64;
        }
        self.frames = at + frames as u64;
    }

    pub fn finish(self, floor: &NoiseReading, problems: &mut Vec<Problem>) {
        let Some(loud_dbfs) = floor.loud_dbfs else { return };
        let seconds = |frames: u64| frames as f64 / f64::from(self.rate_hz.max(1));
        let silent = step(self.peak * gain_from_db(-SILENCE_DB) as f32);
        let index = silent.min(STEPS - 1);
        let length_s = seconds(self.frames);
        let begins_s = self.first.get(index).copied().flatten().map_or(0.0, seconds);
        let ends_s = self.last.get(index).map_or(length_s, |last| seconds((*last).min(self.frames)));
        if begins_s >= LEADING_S {
            let message = format!("nothing is heard before {}", clock(begins_s));
            let spans_s = vec![[0.0, begins_s]];
            problems.push(Problem { id: "leading-silence", message, spans_s, sureness: Sureness::Certain });
        }
        if length_s - ends_s >= TRAILING_S {
            let message = format!(
                "nothing is heard after {}: {:.1} s of silence to the end",
                clock(ends_s),
                length_s - ends_s
            );
            let spans_s = vec![[ends_s, length_s]];
            problems.push(Problem { id: "trailing-silence", message, spans_s, sureness: Sureness::Certain });
        }
        if self.frames < 2 * self.kept_frames as u64 {
            return;
        }
        let head = powers(self.head.iter());
        let tail = powers(self.tail.iter().rev().take(self.kept_frames));
        let edge_s = EDGE_S.max(8.0 / f64::from(self.rate_hz.max(1)));
        if let Some(level) = self.cut(&head, floor)
            && self.begins_inside(&head)
        {
            let message = format!(
                "the start is cut off: the first millisecond is at {level:.0} dBFS, {:.0} dB under the loud parts, with no fade",
                (loud_dbfs - level).max(0.0)
            );
            let spans_s = vec![[0.0, edge_s]];
            problems.push(Problem { id: "truncated-start", message, spans_s, sureness: Sureness::Likely });
        }
        if let Some(level) = self.cut(&tail, floor) {
            let message = format!(
                "the end is cut off: the last millisecond is at {level:.0} dBFS, {:.0} dB under the loud parts, with no fade",
                (loud_dbfs - level).max(0.0)
            );
            let spans_s = vec![[length_s - edge_s, length_s]];
            problems.push(Problem { id: "truncated-end", message, spans_s, sureness: Sureness::Likely });
        }
    }

    fn edge_frames(&self) -> usize {
        ((EDGE_S * f64::from(self.rate_hz)) as usize).max(8)
    }

    /// The level of the edge in dBFS, where sound at full level touches it; powers run inwards from the edge.
    fn cut(&self, inwards: &[f64], floor: &NoiseReading) -> Option<f64> {
        let above_floor = floor.floor_dbfs.map_or(f64::NEG_INFINITY, |floor| floor + ABOVE_FLOOR_DB);
        let least = above_floor.max(floor.loud_dbfs? - CUT_BELOW_LOUD_DB);
        let edge = mean(inwards.iter().take(self.edge_frames()))?;
        let body = mean(inwards.iter())?;
        let first_frames = ((FIRST_S * f64::from(self.rate_hz)) as usize).max(3);
        let first = mean(inwards.iter().take(first_frames))?;
        let near = edge > 0.0
            && first >= edge * power_from_db(-FIRST_DB)
            && edge >= body * power_from_db(-CUT_BELOW_BODY_DB)
            && edge >= power_from_db(least);
        near.then(|| db_from_power(edge))
    }

    /// Whether neither the first frame nor the step from it to the next is more than a trace of what follows.
    fn begins_at_rest(&self) -> bool {
        let edge = self.head.get(..=self.edge_frames()).unwrap_or(&self.head);
        let side_at_rest = |side: usize| {
            let wave: Vec<f64> = edge.iter().map(|frame| f64::from(frame[side]).powi(2)).collect();
            let moves: Vec<f64> = edge
                .windows(2)
                .map(|two| (f64::from(two[1][side]) - f64::from(two[0][side])).powi(2))
                .collect();
            let part = |powers: &[f64]| match (powers.first(), mean(powers.iter())) {
                (Some(first), Some(mean)) if mean > 0.0 => first / mean,
                _ => 0.0,
            };
            part(&wave) + part(&moves) < AT_REST
        };
        side_at_rest(0) && side_at_rest(1)
    }

    /// Whether the sound at the start is already going on, rather than struck there.
    fn begins_inside(&self, head: &[f64]) -> bool {
        if self.begins_at_rest() {
            return false;
        }
        let struck = mean(head.iter().take(self.kept_frames / 4)).unwrap_or(0.0);
        let later = mean(head.iter().skip(self.kept_frames / 2)).unwrap_or(0.0);
        later >= struck * power_from_db(-HIT_DB)
    }
}

/// The power of each frame around the mean of the stretch: an offset is no sound.
fn powers<'a>(frames: impl Iterator<Item = &'a [f32; 2]> + Clone) -> Vec<f64> {
    let count = frames.clone().count().max(1) as f64;
    let (left, right) = frames
        .clone()
        .fold((0.0, 0.0), |(left, right), [l, r]| (left + f64::from(*l), right + f64::from(*r)));
    let square = |x: f32, sum: f64| {
        let x = f64::from(x) - sum / count;
        x * x
    };
    frames.map(|[l, r]| 0.5 * (square(*l, left) + square(*r, right))).collect()
}

fn mean<'a>(powers: impl Iterator<Item = &'a f64>) -> Option<f64> {
    let (sum, count) = powers.fold((0.0, 0_u32), |(sum, count), power| (sum + power, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

/// How many of the levels a peak reaches.
fn step(peak: f32) -> usize {
    let mut level = gain_from_db(LOWEST_DBFS) as f32;
    let mut reached = 0;
    while reached < STEPS && peak > level {
        reached += 1;
        // 6.02 dB; close enough to 6 for a ladder of silence.
        level *= 2.0;
    }
    reached
}
