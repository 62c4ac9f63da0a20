//! Mains hum: lines at 50 or 60 Hz and their multiples that never move and never stop.
//!
//! Bass notes come and go; hum stays. So each line is looked at in many two-second windows: it must stand out of its
//! surroundings in enough of them, and be as loud in one as in the other. No note of a scale tuned to 440 Hz lies on 50, 60, 100, 120 or 150 Hz.

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlannerScalar};
use serde::{Deserialize, Serialize};

use super::noise::NoiseReading;
use super::problem::{Problem, Sureness};
use mixkeel_dsp::units::{db_from_power, power_from_db};

/// The rate at which lines are looked for: four times the highest of them. Ours.
const LOW_RATE_HZ: f64 = 2_000.0;

/// Frames of a window: 2.05 s, so that 50 Hz and the G below it (49.0 Hz) are two bins apart.
const WINDOW: usize = 4_096;

/// A new window every half window.
const HOP: usize = WINDOW / 2;

/// Windows needed before anything is said: five seconds.
const LEAST_WINDOWS: u32 = 4;

/// Multiples of the mains frequency that are looked at.
const MULTIPLES: usize = 8;

/// The two frequencies of the world's mains (IEC 60038).
const MAINS_HZ: [f64; 2] = [50.0, 60.0];

/// How far mains strays in hertz, at the fundamental: ±0.2 Hz is what large grids allow in normal operation, and half a
/// bin of ours is added.
const STRAY_HZ: f64 = 0.3;

/// Bins to either side of a line that are its surroundings: from 1.2 to 5 Hz away, outside the main lobe of the window.
const NEAR_HZ: (f64, f64) = (1.2, 5.0);

/// A line stands this far above the highest of its surroundings. Ours: the side bands of a bass line in rhythm are within
/// 10 dB of it.
const STANDS_OUT_DB: f64 = 12.0;

/// It does so in at least this share of the windows. Ours: the gaps of a part that plays most of the time.
const SHARE: f64 = 0.3;

/// Where it stands out it is steady within this, from the tenth to the ninetieth of a hundred windows. Ours: a note that
/// is struck and decays moves by 10 dB and more.
const STEADY_DB: f64 = 5.0;

/// Hum this far under the loud parts is not told. Ours: 65 dB, the best a valve amplifier does.
const BELOW_LOUD_DB: f64 = 65.0;

/// Histogram bins: 1 dB from −150 dBFS.
const LEVELS: usize = 160;

/// The lowest level of the histogram in dBFS.
const LOWEST_DBFS: f64 = -150.0;

/// Hum that was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HumReading {
    /// The frequency of the mains in Hz: 50 or 60.
    pub mains_hz: f64,
    /// The level of all its lines together, in dBFS.
    pub level_dbfs: f64,
    /// Its lines in Hz, lowest first.
    pub lines_hz: Vec<f64>,
}

/// A line, with the level it has in most windows.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Found {
    hz: f64,
    power: f64,
}

#[derive(Clone, Debug)]
struct Line {
    mains: usize,
    hz: f64,
    /// How often the line had which level in dB, where it stood out.
    levels: Vec<u32>,
}

/// Finds hum.
pub(super) struct Hum {
    step: usize,
    taps: Vec<f32>,
    /// By channel: what the low-pass still needs.
    held: Vec<Vec<f32>>,
    skip: usize,
    low: Vec<Complex<f32>>,
    fft: Arc<dyn Fft<f32>>,
    window: Vec<f32>,
    work: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    bin_hz: f64,
    lines: Vec<Line>,
    windows: u32,
}

impl std::fmt::Debug for Hum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hum").field("windows", &self.windows).finish_non_exhaustive()
    }
}

/// Samples multiplied side by side.
const LANES: usize = 8;

impl Hum {
    pub fn new(rate_hz: u32, channels: usize) -> Self {
        let rate = f64::from(rate_hz.max(1));
        let step = (libm::round(rate / LOW_RATE_HZ) as usize).max(1);
        let fft = FftPlannerScalar::new().plan_fft_forward(WINDOW);
        let window = (0..WINDOW)
            .map(|n| {
                let turn = 2.0 * std::f64::consts::PI * (n as f64 + 0.5) / WINDOW as f64;
                // Scaled so that a line reads its amplitude, whatever its phase: the mean of a Hann window is a half.
                ((0.5 - 0.5 * libm::cos(turn)) * 2.0 / WINDOW as f64) as f32
            })
            .collect();
        let low_rate = rate / step as f64;
        let mut lines = Vec::new();
        for (mains, base) in MAINS_HZ.iter().enumerate() {
            for multiple in 1..=MULTIPLES {
                let hz = base * multiple as f64;
                if hz + NEAR_HZ.1 + STRAY_HZ * (multiple as f64) < 0.45 * low_rate {
                    lines.push(Line { mains, hz, levels: vec![0; LEVELS] });
                }
            }
        }
        Self {
            step,
            taps: low_pass(step),
            held: vec![Vec::new(); channels],
            skip: 0,
            low: Vec::with_capacity(WINDOW),
            scratch: vec![Complex::default(); fft.get_inplace_scratch_len()],
            fft,
            window,
            work: vec![Complex::default(); WINDOW],
            bin_hz: low_rate / WINDOW as f64,
            lines,
            windows: 0,
        }
    }

    pub fn push(&mut self, block: &[&[f32]]) {
        for (held, samples) in self.held.iter_mut().zip(block) {
            held.extend_from_slice(samples);
        }
        let length = self.taps.len();
        let mut at = self.skip;
        let available = self.held.first().map_or(0, Vec::len);
        while at + length <= available {
            let mut both = [0.0_f32; 2];
            for (held, value) in self.held.iter().zip(&mut both) {
                if let Some(samples) = held.get(at..at + length) {
                    *value = dot(samples, &self.taps);
                }
            }
            let [left, right] = both;
            self.low.push(Complex::new(left, right));
            at += self.step;
            if self.low.len() == WINDOW {
                self.end_window();
                self.low.drain(..HOP);
            }
        }
        let used = at.min(available);
        self.held.iter_mut().for_each(|held| {
            held.drain(..used.min(held.len()));
        });
        self.skip = at - used;
    }

    fn end_window(&mut self) {
        for ((place, sample), weight) in self.work.iter_mut().zip(&self.low).zip(&self.window) {
            *place = *sample * *weight;
        }
        self.fft.process_with_scratch(&mut self.work, &mut self.scratch);
        // Both channels went through one transform: the powers at a frequency and its mirror add up to both.
        let power = |bin: usize| {
            let square =
                |z: Complex<f32>| f64::from(z.re) * f64::from(z.re) + f64::from(z.im) * f64::from(z.im);
            let here = self.work.get(bin).copied().map_or(0.0, square);
            let mirror = self.work.get(WINDOW - bin).copied().map_or(0.0, square);
            here + mirror
        };
        self.windows += 1;
        let channels = self.held.len().max(1) as f64;
        for line in &mut self.lines {
            let multiple = line.hz / MAINS_HZ.get(line.mains).copied().unwrap_or(line.hz);
            let bins = |from_hz: f64, to_hz: f64| {
                libm::ceil(from_hz / self.bin_hz) as usize..=libm::floor(to_hz / self.bin_hz) as usize
            };
            let stray = STRAY_HZ * multiple;
            let most = |bins: std::ops::RangeInclusive<usize>| bins.map(power).fold(0.0, f64::max);
            let peak = most(bins(line.hz - stray, line.hz + stray));
            let below = most(bins(line.hz - stray - NEAR_HZ.1, line.hz - stray - NEAR_HZ.0));
            let above = most(bins(line.hz + stray + NEAR_HZ.0, line.hz + stray + NEAR_HZ.1));
            if peak > below.max(above) * power_from_db(STANDS_OUT_DB) {
                // A real sine shows half its amplitude at its frequency and half at the mirror: half its square together,
                // which is its mean square, summed over channels.
                count(&mut line.levels, db_from_power(peak / channels) - LOWEST_DBFS);
            }
        }
    }

    pub fn finish(self, floor: &NoiseReading, problems: &mut Vec<Problem>) -> Option<HumReading> {
        let loud_dbfs = floor.loud_dbfs?;
        if self.windows < LEAST_WINDOWS {
            return None;
        }
        let mut best: Option<(usize, Vec<Found>)> = None;
        for mains in 0..MAINS_HZ.len() {
            let found: Vec<Found> = self
                .lines
                .iter()
                .filter(|line| line.mains == mains)
                .filter_map(|line| line.found(self.windows))
                .collect();
            let sum = |found: &[Found]| found.iter().map(|line| line.power).sum::<f64>();
            let low = found.iter().filter(|line| line.hz < 200.0).count();
            if found.len() >= 2 && low >= 1 && best.as_ref().is_none_or(|(_, known)| sum(&found) > sum(known))
            {
                best = Some((mains, found));
            }
        }
        let (mains, found) = best?;
        let base = MAINS_HZ.get(mains).copied().unwrap_or(50.0);
        let level = db_from_power(found.iter().map(|line| line.power).sum());
        if level < loud_dbfs - BELOW_LOUD_DB {
            return None;
        }
        let lines: Vec<String> = found.iter().map(|line| format!("{:.0}", line.hz)).collect();
        let message = format!(
            "hum of {base:.0} Hz mains at {level:.0} dBFS, {:.0} dB under the loud parts, with lines at {} Hz",
            (loud_dbfs - level).max(0.0),
            lines.join(", ")
        );
        problems.push(Problem { id: "hum", message, spans_s: Vec::new(), sureness: Sureness::Likely });
        let lines_hz = found.iter().map(|line| line.hz).collect();
        Some(HumReading { mains_hz: base, level_dbfs: level, lines_hz })
    }
}

impl Line {
    /// The line, if it stands out often enough and always at the same level.
    fn found(&self, windows: u32) -> Option<Found> {
        let there: u32 = self.levels.iter().sum();
        if there < LEAST_WINDOWS || f64::from(there) < SHARE * f64::from(windows) {
            return None;
        }
        let (low, high) = (nth(&self.levels, there, 0.1)?, nth(&self.levels, there, 0.9)?);
        let middle = nth(&self.levels, there, 0.5)?;
        (high - low <= STEADY_DB).then(|| Found { hz: self.hz, power: power_from_db(middle + LOWEST_DBFS) })
    }
}

fn count(histogram: &mut [u32], level_db: f64) {
    let last = histogram.len().saturating_sub(1);
    if let Some(place) = histogram.get_mut((level_db.max(0.0) as usize).min(last)) {
        *place += 1;
    }
}

/// The level that a share of the windows does not pass.
fn nth(histogram: &[u32], windows: u32, share: f64) -> Option<f64> {
    let wanted = (f64::from(windows) * share).max(1.0);
    let mut passed = 0.0;
    for (index, count) in histogram.iter().enumerate() {
        passed += f64::from(*count);
        if passed >= wanted {
            return Some(index as f64 + 0.5);
        }
    }
    None
}

/// A Hann-windowed sinc that passes what lies below a quarter of the low rate and stops what would fold onto it: eight
/// steps long, which puts the first 480 Hz out of reach of everything above 1.5 kHz.
fn low_pass(step: usize) -> Vec<f32> {
    let length = 8 * step.max(1);
    let middle = (length as f64 - 1.0) / 2.0;
    let cutoff = 0.5 / step as f64;
    let taps: Vec<f64> = (0..length)
        .map(|n| {
            let x = (n as f64 - middle) * 2.0 * cutoff;
            let sinc =
                if x == 0.0 { 1.0 } else { libm::sin(std::f64::consts::PI * x) / (std::f64::consts::PI * x) };
            let turn = 2.0 * std::f64::consts::PI * (n as f64 + 0.5) / length as f64;
            sinc * (0.5 - 0.5 * libm::cos(turn))
        })
        .collect();
    let sum: f64 = taps.iter().sum();
    taps.iter().map(|tap| (tap / sum) as f32).collect()
}

fn dot(samples: &[f32], taps: &[f32]) -> f32 {
    let mut sums = [0.0_f32; LANES];
    let ((samples, last_samples), (taps, last_taps)) =
        (samples.as_chunks::<LANES>(), taps.as_chunks::<LANES>());
    for (samples, taps) in samples.iter().zip(taps) {
        for lane in 0..LANES {
            sums[lane] += samples[lane] * taps[lane];
        }
    }
    for ((sum, sample), tap) in sums.iter_mut().zip(last_samples).zip(last_taps) {
        *sum += sample * tap;
    }
    sums.iter().sum()
}
