//! How high the sound reaches, and edges in its spectrum that no microphone makes: traces of lossy coding, and of a sample
//! rate that was raised afterwards.
//!
//! Nature rolls off; codecs and converters cut. The figure is the largest fall of the long-term spectrum across 500 Hz:
//! dark masters and gentle roll-offs stay under 17 dB, codecs and converters reach 40 to 70 (measured on labelled files).
//! A codec at a high rate that leaves the top alone cannot be told this way, so no finding is no proof.

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlannerScalar};

use super::Stored;
use super::problem::{Problem, Sureness};
use crate::true_peak::highest;
use mixkeel_dsp::units::db_from_power;

/// The length of a window in frames at 48 kHz: bins of 11.7 Hz, forty to the 500 Hz that matter.
const WINDOW_48K: usize = 4_096;

/// After so many sounding windows only every [`STRIDE`]th is looked at. Ours: a long-term spectrum from hundreds of
/// windows moves by hundredths of a dB.
const WHOLE_WINDOWS: u64 = 64;

/// See [`WHOLE_WINDOWS`].
const STRIDE: u64 = 8;

/// Windows in which no sample exceeds −80 dBFS hold nothing but noise.
const LEAST_PEAK: f32 = 1e-4;

/// The width of the bands in which the spectrum is compared, in hertz.
const BAND_HZ: f64 = 100.0;

/// Two levels this far apart are compared (`EDGE_HZ` above): the width of the steepest roll-offs of codecs and converters.
const EDGE_HZ: f64 = 500.0;

/// The fall that is an edge: far above the 17 dB of any genuine recording measured, under the 40 dB of the gentlest codec.
const EDGE_DB: f64 = 30.0;

/// Lossy edges are looked for above this frequency.
const LOWEST_EDGE_HZ: f64 = 10_000.0;

/// In a single window a fall this large is an edge. Ours: a genuine slope of 15 dB and the scatter of two bands stay under it.
const WINDOW_EDGE_DB: f64 = 24.0;

/// A coder that moves its edge with the sound shows it in at least this share of the windows, however smooth their mean is.
/// Ours: Vorbis records measured show it in 24 to 52 %, lossless mixes of samples in at most 15 %.
const EDGE_SHARE: f64 = 0.2;

/// And in at least this many different bands. Ours: a drum sample with an edge of its own is played often, and always has
/// it at the same place; Vorbis records measured have ten and more.
const EDGE_BANDS: usize = 8;

/// Sound just under the edge is at least this far above the lowest level of the spectrum over it, and this many dB re full
/// scale: what falls from noise into nothing is a noise shaper, not a codec.
const LEAST_BAND_DBFS: f64 = -135.0;

/// How far above the edge's foot the spectrum may rise again.
const STAYS_DB: f64 = 12.0;

/// Bandwidth ends where the spectrum is this far below its strongest band, if no edge ends it before. Ours: the range of a
/// good recording in one band.
const RANGE_DB: f64 = 90.0;

/// Rates from which sound is raised, in hertz; those that files and networks use.
const LOWER_RATES_HZ: [u32; 9] = [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];

/// Converters cut between this and the whole of half the lower rate. Ours: from the slowest roll-off in use.
const CONVERTER_FROM: f64 = 0.90;

/// Edges nearer than this to half the rate are those of converters, at 44.1 and 48 kHz.
const CONVERTER_EDGE: f64 = 0.962;

/// Lossy coders that cut here and lower leave no doubt worth naming: no converter of music cuts there.
const LIKELY_BELOW_HZ: f64 = 20_500.0;

/// What [`Bandwidth`] reads.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Reach {
    /// How high the sound reaches in hertz. `None` for silence.
    pub bandwidth_hz: Option<f64>,
}

/// Measures the long-term spectrum.
pub(super) struct Bandwidth {
    rate_hz: u32,
    stored: Stored,
    fft: Arc<dyn Fft<f32>>,
    window: Vec<f32>,
    held: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    filled: usize,
    loud: f32,
    power: Vec<f64>,
    sounding: u64,
    windows: u64,
    /// How many windows had an edge in which band.
    edges: Vec<u32>,
    /// What all edges fell by, in dB.
    falls_db: f64,
}

impl std::fmt::Debug for Bandwidth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bandwidth").field("windows", &self.windows).finish_non_exhaustive()
    }
}

impl Bandwidth {
    pub fn new(stored: Stored, rate_hz: u32) -> Self {
        let times = (rate_hz / 48_000).max(1).next_power_of_two() as usize;
        let length = if rate_hz < 24_000 { WINDOW_48K / 4 } else { WINDOW_48K * times.min(16) };
        let fft = FftPlannerScalar::new().plan_fft_forward(length);
        // Blackman and Harris's four terms: side lobes under −92 dB, so that loud bass does not fill the top.
        let window = (0..length)
            .map(|n| {
                let turn = 2.0 * std::f64::consts::PI * (n as f64 + 0.5) / length as f64;
                let weight = 0.35875 - 0.48829 * libm::cos(turn) + 0.14128 * libm::cos(2.0 * turn)
                    - 0.01168 * libm::cos(3.0 * turn);
                (weight / length as f64) as f32
            })
            .collect();
        Self {
            rate_hz,
            stored,
            scratch: vec![Complex::default(); fft.get_inplace_scratch_len()],
            fft,
            window,
            held: vec![Complex::default(); length],
            filled: 0,
            loud: 0.0,
            power: vec![0.0; length / 2 + 1],
            sounding: 0,
            windows: 0,
            edges: vec![0; (rate_hz / 2 / BAND_HZ as u32) as usize + 1],
            falls_db: 0.0,
        }
    }

    pub fn push(&mut self, block: &[&[f32]]) {
        let (Some(left), right) = (block.first(), block.get(1)) else { return };
        let right = right.unwrap_or(left);
        let mut done = 0;
        while done < left.len() {
            let part = (self.held.len() - self.filled).min(left.len() - done);
            let sides = left.iter().zip(right.iter()).skip(done).take(part);
            for (place, (l, r)) in self.held.iter_mut().skip(self.filled).zip(sides) {
                *place = Complex::new(*l, *r);
            }
            for samples in [left, right] {
                self.loud = self.loud.max(samples.get(done..done + part).map_or(0.0, highest));
            }
            self.filled += part;
            done += part;
            if self.filled == self.held.len() {
                self.end_window();
            }
        }
    }

    fn end_window(&mut self) {
        self.filled = 0;
        if std::mem::take(&mut self.loud) < LEAST_PEAK {
            return;
        }
        self.sounding += 1;
        if self.sounding > WHOLE_WINDOWS && !self.sounding.is_multiple_of(STRIDE) {
            return;
        }
        for (sample, weight) in self.held.iter_mut().zip(&self.window) {
            *sample *= *weight;
        }
        self.fft.process_with_scratch(&mut self.held, &mut self.scratch);
        let length = self.held.len();
        let square = |bin: usize| {
            self.held.get(bin % length).map_or(0.0, |z| f64::from(z.re).powi(2) + f64::from(z.im).powi(2))
        };
        let now: Vec<f64> = (0..self.power.len()).map(|bin| square(bin) + square(length - bin)).collect();
        for (power, now) in self.power.iter_mut().zip(&now) {
            *power += now;
        }
        self.windows += 1;
        let nyquist = f64::from(self.rate_hz) / 2.0;
        if let Some(edge) = edge(&bands(&now, 1, self.rate_hz), nyquist, WINDOW_EDGE_DB)
            && let Some(count) = self.edges.get_mut((edge.hz / BAND_HZ) as usize)
        {
            *count += 1;
            self.falls_db += edge.fall_db;
        }
    }

    pub fn finish(self, problems: &mut Vec<Problem>) -> Reach {
        if self.windows == 0 {
            return Reach::default();
        }
        let bands = bands(&self.power, self.windows, self.rate_hz);
        let nyquist = f64::from(self.rate_hz) / 2.0;
        let Some(most) = bands.iter().copied().reduce(f64::max) else { return Reach::default() };
        let edge = edge(&bands, nyquist, EDGE_DB).or_else(|| self.moving_edge());
        if let Some(edge) = edge {
            self.tell(edge, problems);
        }
        let reaches = bands.iter().rposition(|level| *level >= most - RANGE_DB).unwrap_or(0);
        let reach = ((reaches + 1) as f64 * BAND_HZ).min(nyquist);
        Reach { bandwidth_hz: Some(edge.map_or(reach, |edge| edge.hz.min(reach))) }
    }

    /// The highest place that most of the windows with an edge do not pass, where enough of them have one.
    fn moving_edge(&self) -> Option<Edge> {
        let from = (LOWEST_EDGE_HZ / BAND_HZ) as usize;
        let high = || self.edges.iter().enumerate().skip(from);
        let all: u32 = high().map(|(_, count)| count).sum();
        let bands = high().filter(|(_, count)| **count > 0).count();
        if f64::from(all) < EDGE_SHARE * self.windows as f64 || bands < EDGE_BANDS {
            return None;
        }
        let mut passed = 0;
        let (band, _) = high().find(|(_, count)| {
            passed += *count;
            passed * 10 >= all * 9
        })?;
        Some(Edge {
            hz: band as f64 * BAND_HZ,
            fall_db: self.falls_db / f64::from(self.edges.iter().sum::<u32>().max(1)),
        })
    }

    fn tell(&self, edge: Edge, problems: &mut Vec<Problem>) {
        let nyquist = f64::from(self.rate_hz) / 2.0;
        let Edge { hz, fall_db } = edge;
        let khz = hz / 1_000.0;
        let lower = LOWER_RATES_HZ.iter().copied().find(|rate| {
            let half = f64::from(*rate) / 2.0;
            f64::from(*rate) < 0.95 * f64::from(self.rate_hz) && hz <= half && hz > CONVERTER_FROM * half
        });
        let fits = LOWER_RATES_HZ.iter().copied().find(|rate| {
            *rate >= 44_100
                && f64::from(*rate) < 0.75 * f64::from(self.rate_hz)
                && hz < f64::from(*rate) / 2.0
        });
        if let Some(rate) = fits.or(lower.filter(|rate| *rate < 32_000)) {
            let message = format!(
                "the sound ends at {khz:.1} kHz with a fall of {fall_db:.0} dB: its rate was likely raised from {} kHz to {} kHz",
                f64::from(rate) / 1_000.0,
                f64::from(self.rate_hz) / 1_000.0
            );
            problems.push(Problem {
                id: "upsampled",
                message,
                spans_s: Vec::new(),
                sureness: Sureness::Likely,
            });
        }
        let by_converter = hz > CONVERTER_EDGE * nyquist
            || fits.is_some()
                && lower.is_some_and(|rate| rate >= 44_100 && hz > CONVERTER_EDGE * f64::from(rate) / 2.0);
        if self.stored.lossy || by_converter || hz < LOWEST_EDGE_HZ || lower.is_some_and(|rate| rate < 32_000)
        {
            return;
        }
        let (word, sureness) =
            if hz < LIKELY_BELOW_HZ { ("likely", Sureness::Likely) } else { ("possibly", Sureness::Guess) };
        let message = format!(
            "the spectrum falls by {fall_db:.0} dB at {khz:.1} kHz: {word} decoded from a lossy file (MP3, AAC, Vorbis)"
        );
        problems.push(Problem { id: "lossy-source", message, spans_s: Vec::new(), sureness });
    }
}

/// Where a spectrum is cut.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Edge {
    hz: f64,
    fall_db: f64,
}

/// The level of each band in dB: the median of its bins, which a single whistle does not move.
fn bands(powers: &[f64], windows: u64, rate_hz: u32) -> Vec<f64> {
    let bin_hz = f64::from(rate_hz) / 2.0 / powers.len().saturating_sub(1).max(1) as f64;
    let count = (f64::from(rate_hz) / 2.0 / BAND_HZ) as usize;
    let median = |band: usize| {
        let from = libm::ceil(band as f64 * BAND_HZ / bin_hz) as usize;
        let to = (libm::ceil((band + 1) as f64 * BAND_HZ / bin_hz) as usize).max(from + 1);
        let mut part: Vec<f64> = powers.get(from..to.min(powers.len())).unwrap_or_default().to_vec();
        part.sort_unstable_by(f64::total_cmp);
        part.get(part.len() / 2)
            .map_or(-200.0, |power| db_from_power((power / windows.max(1) as f64).max(1e-20)))
    };
    (0..count).map(median).collect()
}

fn edge(bands: &[f64], nyquist: f64, least_db: f64) -> Option<Edge> {
    let wide = (EDGE_HZ / BAND_HZ) as usize;
    // Three bands together, so that a dip is no edge.
    let level = |band: usize| -> Option<f64> {
        let mut three: Vec<f64> = bands.get(band.checked_sub(1)?..band + 2)?.to_vec();
        three.sort_unstable_by(f64::total_cmp);
        three.get(1).copied()
    };
    let mut best: Option<(usize, f64)> = None;
    for band in 20..bands.len() {
        let (Some(above), Some(below)) = (level(band + wide), level(band)) else { continue };
        let fall = below - above;
        if below > LEAST_BAND_DBFS && fall >= least_db && best.is_none_or(|(_, most)| fall > most) {
            best = Some((band, fall));
        }
    }
    let (band, fall_db) = best?;
    let foot = level(band + wide)?;
    let rises = bands.get(band + wide..)?.iter().any(|level| *level > foot + STAYS_DB);
    // A fall of half of it lies half way.
    let half = level(band)? - fall_db / 2.0;
    let at = (band..=band + wide).find(|band| level(*band).is_some_and(|level| level < half)).unwrap_or(band);
    let hz = at as f64 * BAND_HZ;
    (!rises && hz < nyquist).then_some(Edge { hz, fall_db })
}
