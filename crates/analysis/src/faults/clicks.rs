//! Clicks: a few samples that do not follow from their surroundings, and after which everything goes on as before.
//!
//! A cheap look at second differences finds samples worth a closer one. There the sound on both sides is modelled by linear
//! prediction, and the sample has to be many times further off than the prediction is elsewhere. A drum also breaks the
//! prediction, and goes on breaking it: it rings. A click leaves nothing behind.

use serde::{Deserialize, Serialize};

use super::problem::{Places, Problem, Sureness, counted, when};

/// Frames of a cheap look. Ours: 1.3 ms at 48 kHz.
const LOOK: usize = 64;

/// Looks on either side that a look is compared with.
const SIDES: usize = 4;

/// A look is followed up when its largest second difference is this many times the mean of its surroundings. The largest
/// of 64 normal samples is about three times their mean magnitude.
const SUSPECT: f32 = 8.0;

/// The prediction's order. Ours: enough for ten resonances.
const ORDER: usize = 20;

/// Frames on either side from which the prediction is learnt.
const LEARN: usize = 1_024;

/// Frames around the sample that are kept out of the learning: longer than a click, shorter than any sound.
const KEEP_OUT: usize = 48;

/// How many times the usual error of the prediction the sample is off.
const FAR_OFF: f32 = 20.0;

/// The error within 4 ms after must not exceed that before by more than this. Ours: 6 dB; a drum exceeds it by 20 and more.
const RINGS: f32 = 2.0;

/// A click stands out of the sound itself: its error is at least this part of the highest sample within the learnt stretch.
/// Ours: −30 dB; smaller ones are covered by the sound around them.
const AUDIBLE: f32 = 0.03;

/// The longest click in seconds. Ours: 0.17 ms; what is longer is a crackle of a medium, and most of it is drums.
const LONGEST_S: f64 = 8.0 / 48_000.0;

/// A click departs from the line between its neighbours by this many times what the sound itself moves there. Ours: a
/// step, as where a sampler cuts one note for the next, returns at the pace of the sound and so stays under one.
const DEPARTS: f32 = 2.0;

/// Frames on either side over which the pace of the sound is taken.
const PACE: usize = 16;

/// The lowest click looked for, as the error of its prediction: −60 dBFS.
const LEAST: f32 = 0.001;

/// More clicks a second than this are how the sound is made.
const MOST_PER_S: f64 = 20.0;

/// Frames kept: what is learnt from on both sides, twice, so that little is moved.
const KEPT: usize = 4 * (LEARN + LOOK * SIDES);

/// What clicks there are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClicksReading {
    /// How many, both sides of a stereo click counted as one.
    pub count: u64,
    /// Where, in seconds.
    pub spans_s: Vec<[f64; 2]>,
}

/// Finds clicks.
#[derive(Debug)]
pub(super) struct Clicks {
    rate_hz: u32,
    frames: u64,
    channels: Vec<Line>,
}

#[derive(Clone, Debug)]
struct Line {
    held: Vec<f32>,
    /// The frame of the first held sample.
    first: u64,
    looks: Vec<Look>,
    looked: usize,
    found: Vec<u64>,
    many: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Look {
    most: f32,
    mean: f32,
}

/// Clicks kept a channel.
const KEPT_CLICKS: usize = 65_536;

impl Clicks {
    pub fn new(rate_hz: u32, channels: usize) -> Self {
        let line = Line {
            held: vec![0.0; LEARN + LOOK * SIDES],
            first: 0,
            looks: Vec::new(),
            looked: LEARN + LOOK * SIDES,
            found: Vec::new(),
            many: false,
        };
        Self { rate_hz, frames: 0, channels: vec![line; channels] }
    }

    pub fn push(&mut self, at: u64, block: &[&[f32]]) {
        for (line, samples) in self.channels.iter_mut().zip(block) {
            line.push(samples, self.rate_hz);
        }
        self.frames = at + block.first().map_or(0, |samples| samples.len()) as u64;
    }

    pub fn finish(mut self, problems: &mut Vec<Problem>) -> ClicksReading {
        let silence = vec![0.0; LEARN + LOOK * (SIDES + 1)];
        let seconds = self.frames as f64 / f64::from(self.rate_hz.max(1));
        let mut places = Places::new(u64::from(self.rate_hz) / 200);
        let mut count = 0;
        let mut all: Vec<u64> = Vec::new();
        for line in &mut self.channels {
            line.push(&silence, self.rate_hz);
            if !line.many && line.found.len() as f64 <= (MOST_PER_S * seconds).max(4.0) {
                all.extend(line.found.iter().filter(|frame| **frame < self.frames));
            }
        }
        all.sort_unstable();
        let mut last = None;
        for frame in all {
            // Both sides of a stereo click are one, and so are its echoes within 5 ms.
            if last.is_none_or(|last: u64| frame > last + u64::from(self.rate_hz) / 200) {
                count += 1;
            }
            last = Some(frame);
            places.add(frame, frame + 1);
        }
        if count == 0 {
            return ClicksReading::default();
        }
        let spans_s = places.seconds(self.rate_hz);
        let message = format!("{}, {}", counted(count, "click", "clicks"), when(&spans_s));
        problems.push(Problem {
            id: "clicks",
            message,
            spans_s: spans_s.clone(),
            sureness: Sureness::Likely,
        });
        ClicksReading { count, spans_s }
    }
}

impl Line {
    fn push(&mut self, samples: &[f32], rate_hz: u32) {
        self.held.extend_from_slice(samples);
        while self.looked + LOOK + LEARN + LOOK * SIDES <= self.held.len() {
            self.look();
            self.looked += LOOK;
            // The look in the middle of those on both sides.
            if let Some(middle) = self.looks.len().checked_sub(SIDES + 1) {
                self.compare(middle, rate_hz);
            }
        }
        let spare = self.looked.saturating_sub(LEARN + LOOK * (2 * SIDES + 1));
        if self.held.len() > KEPT && spare > 0 {
            self.held.drain(..spare);
            self.first += spare as u64;
            self.looked -= spare;
        }
        let old = self.looks.len().saturating_sub(2 * SIDES + 1);
        self.looks.drain(..old);
    }

    fn look(&mut self) {
        let from = self.looked.saturating_sub(2);
        let Some(samples) = self.held.get(from..self.looked + LOOK) else { return };
        let mut most = [0.0_f32; 8];
        let mut sum = [0.0_f32; 8];
        let (a, b, c) = (samples, samples.get(1..).unwrap_or_default(), samples.get(2..).unwrap_or_default());
        let eights = |samples| <[f32]>::as_chunks::<8>(samples).0.iter();
        for ((a, b), c) in eights(a).zip(eights(b)).zip(eights(c)) {
            for lane in 0..8 {
                let bend = (a[lane] - 2.0 * b[lane] + c[lane]).abs();
                most[lane] = most[lane].max(bend);
                sum[lane] += bend;
            }
        }
        let look = Look {
            most: most.iter().copied().fold(0.0, f32::max),
            mean: sum.iter().sum::<f32>() / LOOK as f32,
        };
        self.looks.push(look);
    }

    fn compare(&mut self, middle: usize, rate_hz: u32) {
        let Some(look) = self.looks.get(middle).copied() else { return };
        if look.most < LEAST {
            return;
        }
        let mean =
            |looks: &[Look]| looks.iter().map(|look| look.mean).sum::<f32>() / looks.len().max(1) as f32;
        let before = mean(self.looks.get(middle.saturating_sub(SIDES)..middle).unwrap_or_default());
        let after = mean(self.looks.get(middle + 1..).unwrap_or_default());
        if look.most < SUSPECT * before.max(after) {
            return;
        }
        let start = self.looked - LOOK * (SIDES + 1);
        if let Some(index) = self.examine(start, rate_hz) {
            if self.found.len() >= KEPT_CLICKS {
                self.many = true;
                return;
            }
            let origin = (LEARN + LOOK * SIDES) as u64;
            self.found.push((self.first + index as u64).saturating_sub(origin));
        }
    }

    /// The held index of a click in the look that starts here, if there is one.
    fn examine(&self, start: usize, rate_hz: u32) -> Option<usize> {
        let middle = (start..start + LOOK).max_by(|a, b| self.bend(*a).total_cmp(&self.bend(*b)))?;
        let from = middle.checked_sub(LEARN)?;
        let around = self.held.get(from..middle + LEARN)?;
        let (before, after) = (around.get(..LEARN - KEEP_OUT)?, around.get(LEARN + KEEP_OUT..)?);
        let predictor = predictor(before, after)?;
        let error = |index: usize| -> f32 {
            let Some(past) = index.checked_sub(ORDER).and_then(|past| around.get(past..index)) else {
                return 0.0;
            };
            let Some(&sample) = around.get(index) else { return 0.0 };
            let wanted: f64 =
                past.iter().rev().zip(&predictor).map(|(sample, weight)| f64::from(*sample) * weight).sum();
            (f64::from(sample) - wanted) as f32
        };
        let mean_error = |range: std::ops::Range<usize>| {
            let count = range.len().max(1) as f32;
            (range.map(|index| error(index) * error(index)).sum::<f32>() / count).sqrt()
        };
        // 4 ms on both sides, next to what is kept out.
        let reach = ((f64::from(rate_hz) * 0.004) as usize).clamp(2 * KEEP_OUT, LEARN - KEEP_OUT - ORDER);
        let quiet = mean_error(LEARN - KEEP_OUT - reach..LEARN - KEEP_OUT);
        let later = mean_error(LEARN + KEEP_OUT..LEARN + KEEP_OUT + reach);
        let near: Vec<f32> = (LEARN - KEEP_OUT..LEARN + KEEP_OUT).map(|index| error(index).abs()).collect();
        let most = near.iter().copied().fold(0.0, f32::max);
        let loudest = around.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
        if most < LEAST
            || most < FAR_OFF * quiet.max(later)
            || later > RINGS * quiet.max(1e-6)
            || most < AUDIBLE * loudest
        {
            return None;
        }
        self.departs(middle, rate_hz).then_some(middle)
    }

    /// Whether the sound leaves its way at this sample and is back on it at once.
    fn departs(&self, middle: usize, rate_hz: u32) -> bool {
        let longest = ((f64::from(rate_hz) * LONGEST_S) as usize).clamp(1, 64);
        let at = |index: usize| self.held.get(index).copied().unwrap_or(0.0);
        let pace = |range: std::ops::Range<usize>| {
            range.map(|index| (at(index + 1) - at(index)).abs()).fold(0.0_f32, f32::max)
        };
        (1..=longest).any(|frames| {
            (middle + 1 - frames..=middle).any(|first| {
                let (before, after) = (at(first - 1), at(first + frames));
                let slope = (after - before) / (frames + 1) as f32;
                let way = |index: usize| before + slope * (index + 1 - first) as f32;
                let departure =
                    (first..first + frames).map(|n| (at(n) - way(n)).abs()).fold(0.0_f32, f32::max);
                let moves =
                    pace(first - 1 - PACE..first - 1).max(pace(first + frames..first + frames + PACE));
                departure > DEPARTS * ((after - before).abs() + frames as f32 * moves)
            })
        })
    }

    fn bend(&self, index: usize) -> f32 {
        match self.held.get(index.saturating_sub(1)..index + 2) {
            Some([a, b, c]) => (a - 2.0 * b + c).abs(),
            _ => 0.0,
        }
    }
}

/// The prediction learnt from two stretches together, by the autocorrelation method (Levinson and Durbin).
fn predictor(before: &[f32], after: &[f32]) -> Option<[f64; ORDER]> {
    let mut correlation = [0.0_f64; ORDER + 1];
    for part in [before, after] {
        let length = part.len() as f64;
        let windowed: Vec<f32> = part
            .iter()
            .enumerate()
            .map(|(n, sample)| {
                // A parabola (Welch's window): smooth enough at the ends, and cheap.
                let x = (n as f64 + 0.5) / length * 2.0 - 1.0;
                (f64::from(*sample) * (1.0 - x * x)) as f32
            })
            .collect();
        for (lag, sum) in correlation.iter_mut().enumerate() {
            let mut lanes = [0.0_f32; 8];
            let late = windowed.get(lag..).unwrap_or_default();
            let (early, _) = windowed.as_chunks::<8>();
            let (late, rest) = late.as_chunks::<8>();
            for (a, b) in early.iter().zip(late) {
                for lane in 0..8 {
                    lanes[lane] += a[lane] * b[lane];
                }
            }
            let early = windowed.iter().skip(8 * late.len());
            for ((lane, a), b) in lanes.iter_mut().zip(early).zip(rest) {
                *lane += a * b;
            }
            *sum += lanes.iter().map(|lane| f64::from(*lane)).sum::<f64>();
        }
    }
    // White noise 100 dB down keeps the recursion well posed.
    let [energy, ..] = correlation;
    let mut error = energy * (1.0 + 1e-10) + 1e-12;
    if energy <= 0.0 {
        return Some([0.0; ORDER]);
    }
    let mut weights = [0.0_f64; ORDER];
    for order in 0..ORDER {
        let mut rest = *correlation.get(order + 1)?;
        for (weight, lag) in weights.iter().take(order).zip((1..=order).rev()) {
            rest -= weight * correlation.get(lag)?;
        }
        let reflection = rest / error;
        let old = weights;
        for (index, weight) in weights.iter_mut().enumerate().take(order) {
            *weight -= reflection * old.get(order - 1 - index)?;
        }
        *weights.get_mut(order)? = reflection;
        error *= 1.0 - reflection * reflection;
        if error <= 0.0 {
            return Some(old);
        }
    }
    Some(weights)
}
