//! Sound that stops dead and goes on: runs of digital silence, and blocks that were played twice.

use super::noise::NoiseReading;
use super::problem::{Places, Problem, Sureness, counted, when};
use mixkeel_dsp::units::power_from_db;

/// The shortest gap in seconds. Ours: 32 frames of 44.1 kHz, the smallest buffer that is used; shorter ones are clicks.
const LEAST_GAP_S: f64 = 32.0 / 44_100.0;

/// The longest gap in seconds. Ours: twice the largest buffer in use (2,048 frames); a longer one is an edit or a rest.
const MOST_GAP_S: f64 = 0.1;

/// How much of the sound on both sides is looked at, in seconds.
const SIDE_S: f64 = 0.005;

/// The part of it next to the gap, in seconds.
const EDGE_S: f64 = 0.001;

/// The frames that touch the gap, in seconds: a new hit starts from rest, sound that is interrupted does not.
const TOUCHING_S: f64 = 0.000_3;

/// They are at most this far below their side. Ours: a bass is this near its zero crossing a tenth of the time, a drum
/// that rises in a millisecond is 20 dB and more below itself.
const TOUCHING_DB: f64 = 14.0;

/// The edge is at most this far below its side: sound that fades out has left before the gap.
const EDGE_DB: f64 = 10.0;

/// Both sides differ by at most this: a rest before a new hit does not.
const SIDES_DB: f64 = 12.0;

/// Both sides are at most this far below the loud parts.
const BELOW_LOUD_DB: f64 = 30.0;

/// More gaps a second than this are how the sound is made (a train of pulses), not a fault.
const MOST_PER_S: f64 = 5.0;

/// Lengths of the buffers that sound cards, drivers and codecs use, in frames: a late one is played again.
const BUFFERS: [usize; 12] = [64, 128, 192, 256, 441, 480, 512, 576, 960, 1_024, 1_152, 2_048];

/// Different values that a repeated block has at least, so that silence and square waves do not count.
const LEAST_VALUES: usize = 24;

/// Frames kept for looking back.
const KEPT: usize = 8_192;

#[derive(Clone, Copy, Debug)]
struct Gap {
    from: u64,
    to: u64,
    /// The quieter side, as a power.
    side: f64,
}

/// A gap whose far side has not been heard yet.
#[derive(Clone, Copy, Debug)]
struct Open {
    from: u64,
    to: u64,
    before: f64,
}

#[derive(Clone, Debug)]
struct Line {
    ring: Vec<f32>,
    zero_from: Option<u64>,
    open: Option<Open>,
    gaps: Vec<Gap>,
    lost: bool,
    repeats: Vec<[u64; 2]>,
    /// For each buffer length: up to where it has been looked at.
    looked: [u64; BUFFERS.len()],
}

/// Gaps and repeats kept a channel; more are a way of making sound.
const KEPT_GAPS: usize = 4_096;

/// Finds drop-outs.
#[derive(Debug)]
pub(super) struct Dropouts {
    rate_hz: u32,
    least: u64,
    most: u64,
    side: usize,
    edge: usize,
    frames: u64,
    channels: Vec<Line>,
}

impl Dropouts {
    pub fn new(rate_hz: u32, channels: usize) -> Self {
        let frames = |seconds: f64| (seconds * f64::from(rate_hz)).max(4.0);
        let line = Line {
            ring: vec![0.0; KEPT],
            zero_from: Some(0),
            open: None,
            gaps: Vec::new(),
            lost: false,
            repeats: Vec::new(),
            looked: [0; BUFFERS.len()],
        };
        Self {
            rate_hz,
            least: frames(LEAST_GAP_S) as u64,
            most: frames(MOST_GAP_S) as u64,
            side: (frames(SIDE_S) as usize).min(KEPT / 2),
            edge: (frames(EDGE_S) as usize).min(KEPT / 4),
            frames: 0,
            channels: vec![line; channels],
        }
    }

    pub fn push(&mut self, at: u64, block: &[&[f32]]) {
        let (least, most, side, edge) = (self.least, self.most, self.side, self.edge);
        let touching = ((TOUCHING_S * f64::from(self.rate_hz)) as usize).max(2);
        for (line, samples) in self.channels.iter_mut().zip(block) {
            let begin = at as usize % KEPT;
            let (to_end, over) = samples.split_at(samples.len().min(KEPT - begin));
            line.ring.iter_mut().skip(begin).zip(to_end).for_each(|(place, sample)| *place = *sample);
            line.ring.iter_mut().zip(over).for_each(|(place, sample)| *place = *sample);
            line.gaps_in(at, samples, (least, most), [side, edge, touching]);
            line.repeats_in(at, samples.len());
        }
        self.frames = at + block.first().map_or(0, |samples| samples.len()) as u64;
    }

    pub fn finish(self, floor: &NoiseReading, problems: &mut Vec<Problem>) {
        let Some(loud_dbfs) = floor.loud_dbfs else { return };
        let least = power_from_db(loud_dbfs - BELOW_LOUD_DB);
        let most = (MOST_PER_S * self.frames as f64 / f64::from(self.rate_hz.max(1))).max(3.0);
        let mut places = Places::new(u64::from(self.rate_hz) / 100);
        let (mut gaps, mut repeats, mut longest) = (0_u64, 0_u64, 0_u64);
        for line in &self.channels {
            let real = line.gaps.iter().filter(|gap| gap.side >= least);
            if !line.lost && real.clone().count() as f64 <= most {
                for gap in real {
                    gaps += 1;
                    longest = longest.max(gap.to - gap.from);
                    places.add(gap.from, gap.to);
                }
            }
            if line.repeats.len() as f64 <= most && line.repeats.len() < KEPT_GAPS {
                for [from, to] in &line.repeats {
                    repeats += 1;
                    places.add(*from, *to);
                }
            }
        }
        if gaps + repeats == 0 {
            return;
        }
        let spans_s = places.seconds(self.rate_hz);
        let gap_ms = longest as f64 / f64::from(self.rate_hz.max(1)) * 1000.0;
        let what = match (gaps, repeats) {
            (_, 0) => format!("the sound stops dead {} (up to {gap_ms:.1} ms)", times(spans_s.len() as u64)),
            (0, _) => format!("{} played twice", counted(spans_s.len() as u64, "block was", "blocks were")),
            _ => format!("the sound stops dead or is played twice {}", times(spans_s.len() as u64)),
        };
        let message = format!("drop-out: {what}, {}", when(&spans_s));
        problems.push(Problem { id: "dropout", message, spans_s, sureness: Sureness::Likely });
    }
}

fn times(count: u64) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

impl Line {
    fn gaps_in(
        &mut self,
        at: u64,
        samples: &[f32],
        (least, most): (u64, u64),
        [side, edge, touching]: [usize; 3],
    ) {
        // Nearly every block is all sound and has nothing open: one look settles it.
        if self.zero_from.is_none() && self.open.is_none() && samples.iter().all(|&x| x != 0.0) {
            return;
        }
        for (&sample, frame) in samples.iter().zip(at..) {
            if let Some(open) = self.open
                && frame == open.to + side as u64
            {
                self.close(open, [side, edge, touching]);
            }
            match (sample == 0.0, self.zero_from) {
                (true, None) => self.zero_from = Some(frame),
                (false, Some(from)) => {
                    self.zero_from = None;
                    let length = frame - from;
                    if from > side as u64 && length >= least && length <= most {
                        let before = self.power(from - side as u64, side);
                        let near = self.power(from - edge as u64, edge);
                        let last = self.power(from - touching as u64, touching);
                        if near >= before * power_from_db(-EDGE_DB)
                            && last >= before * power_from_db(-TOUCHING_DB)
                        {
                            self.open = Some(Open { from, to: frame, before });
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn close(&mut self, open: Open, [side, edge, touching]: [usize; 3]) {
        self.open = None;
        let after = self.power(open.to, side);
        let near = self.power(open.to, edge);
        let (low, high) = (after.min(open.before), after.max(open.before));
        let first = self.power(open.to, touching);
        let soft = near < after * power_from_db(-EDGE_DB) || first < after * power_from_db(-TOUCHING_DB);
        if low <= 0.0 || soft || high > low * power_from_db(SIDES_DB) {
            return;
        }
        if self.gaps.len() >= KEPT_GAPS {
            self.lost = true;
            return;
        }
        self.gaps.push(Gap { from: open.from, to: open.to, side: low });
    }

    /// The mean power of frames that are still kept.
    fn power(&self, from: u64, frames: usize) -> f64 {
        let sum: f64 =
            (from..from + frames as u64).map(|frame| f64::from(self.at(frame))).map(|x| x * x).sum();
        sum / frames.max(1) as f64
    }

    fn at(&self, frame: u64) -> f32 {
        self.ring.get(frame as usize % KEPT).copied().unwrap_or(0.0)
    }

    /// Looks for blocks that follow themselves once. Two samples a buffer length apart are compared at a few places only;
    /// where all agree, every frame is.
    fn repeats_in(&mut self, at: u64, frames: usize) {
        let end = at + frames as u64;
        for (index, &length) in BUFFERS.iter().enumerate() {
            let step = (length / 4) as u64;
            let looked = self.looked.get(index).copied().unwrap_or(0).max(4 * length as u64);
            // Needs a little after the block to see that it does not go on.
            let mut frame = looked;
            while frame + length as u64 <= end {
                let same = |n: u64| {
                    let now = self.at(n);
                    now != 0.0 && now == self.at(n - length as u64)
                };
                if same(frame) && same(frame + step) && same(frame + 2 * step) && same(frame + step / 2) {
                    frame = self.repeat_around(frame, length, end).max(frame + step);
                } else {
                    frame += step;
                }
            }
            if let Some(looked) = self.looked.get_mut(index) {
                *looked = frame;
            }
        }
    }

    /// The run of frames that equal those one length before, around a frame; noted where it is one block, or a few.
    fn repeat_around(&mut self, frame: u64, length: usize, end: u64) -> u64 {
        let lag = length as u64;
        let same = |n: u64| self.at(n) == self.at(n - lag);
        let oldest = end.saturating_sub(KEPT as u64) + lag;
        let mut from = frame;
        while from > oldest && same(from - 1) {
            from -= 1;
        }
        let mut to = frame;
        while to < end && same(to) {
            to += 1;
        }
        let run = to - from;
        // A buffer that is played again equals itself for its own length, or twice if it hangs; a tone goes on.
        let blocks = (run + 1) / lag;
        let whole = run >= lag && run <= blocks * lag + 2 && blocks <= 2;
        if !whole || to >= end || from <= oldest {
            return to;
        }
        let mut values: Vec<u32> = (from..to).map(|n| self.at(n).to_bits()).collect();
        values.sort_unstable();
        values.dedup();
        if values.len() >= LEAST_VALUES.min(length / 2) && self.repeats.len() < KEPT_GAPS {
            self.repeats.push([from, to]);
        }
        to
    }
}
