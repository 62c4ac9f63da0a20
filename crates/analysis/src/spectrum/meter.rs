//! Third-octave energies of both channels over time, in one pass and at two resolutions.

use std::collections::VecDeque;
use std::ops::Range;

use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_dsp::units::db_from_power;
use rustfft::num_complex::Complex;
use serde::{Deserialize, Serialize};

use super::bursts::Bursts;
use super::contour::{Contour, Span};
use super::decimate::Decimator;
use super::erb_bands::{self, ERB_BANDS};
use super::fine::{CELLS, Fine, cell_edges_hz};
use super::pair::Pair;
use super::resolution::{Place, Resolution, Slice};
use super::sums::{Growing, Sums};
use super::third_octave::{BANDS, edges_hz};
use crate::meter::{Meter, finite};
use crate::stereo::ChannelDelay;

/// Frames that are worked on at once. Blocks are cut here and nowhere else, so that no reading depends on the caller's.
const BLOCK: usize = 2_048;

/// The slow resolution: windows of this many decimated frames, 0.5 to 1.0 s, 1.0 to 2.0 Hz from bin to bin. Ours: the
/// band of 20 Hz, 4.6 Hz wide, then holds two bins or more, and the bands from 25 to 500 Hz keep within the limits of
/// class 1 (IEC 61260-1:2014, table 1) on steady tones; at 20 Hz the corner is 0.2 dB too round.
const SLOW_LENGTH: usize = 2_048;

/// The slow frames are as few as they can be without falling under this rate. Ours: 1 kHz and more lies between the
/// last band they carry and its first alias.
const SLOW_LEAST_HZ: u32 = 2_000;

/// A fast window holds as many frames as this many slow ones: 64 to 128 ms, 8 to 16 Hz from bin to bin.
const FAST_PER_FACTOR: usize = 256;

/// The lowest band that is read from the fast windows, 630 Hz: ten bins wide.
const FIRST_FAST_BAND: usize = 15;

/// Fast windows from row to row; one row is half a slow window.
const FAST_PER_ROW: usize = SLOW_LENGTH / FAST_PER_FACTOR;

/// What [`SpectrumMeter`] reads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpectrumReading {
    /// Mono or stereo.
    pub channels: Channels,
    /// Length in frames.
    pub length_frames: u64,
    /// Sums over all frames.
    pub sums: Sums,
    /// Energies by band over time.
    pub contour: Contour,
    /// Energies in twenty-fourths of an octave, and how long each stood out.
    pub fine: Fine,
    /// How much lies where sibilants lie, window by window.
    pub bursts: Bursts,
    /// How much later one channel is than the other. `None` for a mono signal and where a channel is silent.
    pub delay: Option<ChannelDelay>,
}

impl SpectrumReading {
    /// The whole length.
    pub fn whole(&self) -> Span {
        let mut span = self.contour.between(0.0..f64::INFINITY);
        // The last row is rarely full.
        span.frames = self.length_frames as f64;
        span
    }
}

impl Span {
    /// All bands together: what lies between 18 Hz and 22.4 kHz.
    pub fn all_bands(&self) -> Pair {
        let mut sum = Pair::default();
        self.bands.iter().for_each(|band| sum.add(band, 1.0));
        sum
    }

    /// The mean square of each third octave in dB re full scale, both channels together (a full-scale sine on one is
    /// −3.01). `None` for silence, and above half the sampling rate.
    pub fn third_octave_db(&self) -> [Option<f64>; BANDS] {
        let frames = self.frames.max(1.0);
        self.bands.map(|band| (band.total() > 0.0).then(|| db_from_power(band.total() / frames)))
    }

    /// The mean square of each ERB band in dB re full scale, both channels together. `None` for silence.
    pub fn erb_db(&self) -> [Option<f64>; ERB_BANDS] {
        let frames = self.frames.max(1.0);
        self.erb.map(|energy| (energy > 0.0).then(|| db_from_power(energy / frames)))
    }

    /// The energy of each third octave in dB re that of all of them. `None` for silence.
    pub fn third_octave_db_re_total(&self) -> [Option<f64>; BANDS] {
        let total = self.all_bands().total();
        self.bands.map(|band| (band.total() > 0.0).then(|| db_from_power(band.total() / total)))
    }
}

/// Measures energies by third octave. Selectivity is that of class 1 (IEC 61260-1:2014, table 1) for steady tones from
/// the band of 25 Hz up; the
/// energies of all bands add up to that of the signal between 18 Hz and 22.4 kHz, wherever in a window it falls.
///
/// Below 562 Hz the signal is decimated to 2 to 4 kHz and looked at in windows of half a second and more; above, in
/// windows of a tenth of a second.
pub struct SpectrumMeter {
    channels: Channels,
    frames: u64,
    left: Vec<f32>,
    right: Vec<f32>,
    together: Vec<Complex<f32>>,
    decimated: Vec<Complex<f32>>,
    sums: Growing,
    decimator: Decimator,
    slow: Resolution,
    fast: Resolution,
    slow_windows: usize,
    fast_windows: usize,
    contour: Contour,
    fine: Fine,
    bursts: Bursts,
    /// What the bursts' two bands hold since the row began.
    gathered: [f64; 2],
    /// The upper part of rows whose lower part is still to come.
    upper_parts: VecDeque<[f64; CELLS]>,
    rate_hz: u32,
}

impl SpectrumMeter {
    /// Ready for a stereo signal at 48 kHz; [`prepare`](Meter::prepare) says otherwise.
    pub fn new() -> Self {
        Self::at(48_000, Channels::Stereo)
    }

    fn at(rate_hz: u32, channels: Channels) -> Self {
        let rate_hz = rate_hz.max(1);
        let mut factor = 1;
        while rate_hz / (2 * factor) >= SLOW_LEAST_HZ && factor < 1_024 {
            factor *= 2;
        }
        let split_hz = edges_hz(FIRST_FAST_BAND).0;
        // Two bins more than the last band needs, for what its edge is made of.
        let decimator = Decimator::new(rate_hz, factor as usize, split_hz + 4.0);
        let slow_rate_hz = f64::from(rate_hz) / f64::from(factor);
        let slow = Place {
            rate_hz: slow_rate_hz,
            length: SLOW_LENGTH,
            // The middle of the second window is that of the first row; the first has only what lies before.
            before: SLOW_LENGTH * 3 / 4,
            from_hz: 0.0,
            to_hz: split_hz.min(slow_rate_hz / 2.0),
        };
        let length = FAST_PER_FACTOR * factor as usize;
        let fast = Place {
            rate_hz: f64::from(rate_hz),
            length,
            before: length / 2,
            from_hz: split_hz,
            to_hz: f64::from(rate_hz) / 2.0,
        };
        let undone = |freq_hz: f64| f64::from(factor) / decimator.power_gain(freq_hz, rate_hz).max(0.1);
        Self {
            channels,
            frames: 0,
            left: Vec::with_capacity(BLOCK),
            right: Vec::with_capacity(BLOCK),
            together: Vec::with_capacity(BLOCK),
            decimated: Vec::new(),
            sums: Growing::default(),
            slow: Resolution::new(&slow, rate_hz, undone),
            fast: Resolution::new(&fast, rate_hz, |_| 1.0),
            decimator,
            slow_windows: 0,
            fast_windows: 0,
            fine: Fine::new(factor as usize * SLOW_LENGTH / 2),
            bursts: Bursts::new(f64::from(rate_hz) / (length / 2) as f64),
            gathered: [0.0; 2],
            upper_parts: VecDeque::new(),
            rate_hz,
            contour: Contour::new(u64::from(factor) * SLOW_LENGTH as u64 / 2, rate_hz),
        }
    }

    /// Works on what is held, sound or the silence after it.
    fn block(&mut self) {
        self.together.clear();
        self.together.extend(self.left.iter().zip(&self.right).map(|(&l, &r)| Complex::new(l, r)));
        self.decimated.clear();
        self.decimator.push(&self.left, &self.right, &mut self.decimated);
        self.left.clear();
        self.right.clear();
        self.take_in(false);
    }

    /// Takes in what the two resolutions find in the block, or, at the end, in what still waits.
    fn take_in(&mut self, is_end: bool) {
        let (contour, fast_windows) = (&mut self.contour, &mut self.fast_windows);
        let (bursts, gathered, upper_parts) = (&mut self.bursts, &mut self.gathered, &mut self.upper_parts);
        self.fast.push((!is_end).then_some(self.together.as_slice()), |slice| {
            *gathered = bursts.add(slice, *gathered);
            *fast_windows += 1;
            let full = fast_windows.is_multiple_of(FAST_PER_ROW);
            if full {
                gather(contour, *fast_windows / FAST_PER_ROW - 1, FIRST_FAST_BAND..BANDS, slice);
                upper_parts.push_back(cells(slice));
                *gathered = [0.0; 2];
            }
            full
        });
        let (slow_windows, fine) = (&mut self.slow_windows, &mut self.fine);
        self.slow.push((!is_end).then_some(self.decimated.as_slice()), |slice| {
            gather(contour, slow_windows.saturating_sub(1), 0..FIRST_FAST_BAND, slice);
            // The first window holds half a row from before the beginning.
            if *slow_windows > 0
                && let Some(upper) = upper_parts.pop_front()
            {
                let mut row = cells(slice);
                row.iter_mut().zip(upper).for_each(|(cell, upper)| *cell += upper);
                fine.add(&row);
            }
            *slow_windows += 1;
            true
        });
    }
}

fn cells(slice: &Slice<'_>) -> [f64; CELLS] {
    std::array::from_fn(|cell| {
        let (from_hz, to_hz) = cell_edges_hz(cell);
        slice.energy_between(from_hz, to_hz)
    })
}

/// Adds what a slice of time holds to a row.
fn gather(contour: &mut Contour, row: usize, bands: Range<usize>, slice: &Slice<'_>) {
    for band in bands {
        let (from_hz, to_hz) = edges_hz(band);
        contour.add_band(row, band, &slice.between(from_hz, to_hz));
    }
    for band in 0..ERB_BANDS {
        let (from_hz, to_hz) = erb_bands::edges_hz(band);
        contour.add_erb(row, band, slice.energy_between(from_hz, to_hz));
    }
    contour.add_weighted(row, &slice.weighted());
}

impl Default for SpectrumMeter {
    fn default() -> Self {
        Self::new()
    }
}

impl Meter for SpectrumMeter {
    type Reading = SpectrumReading;

    fn prepare(&mut self, rate_hz: u32, channels: Channels) {
        *self = Self::at(rate_hz, channels);
    }

    fn push(&mut self, signal: &Signal) {
        let mut done = 0;
        while done < signal.frames() {
            let part = signal.part(done..done + (BLOCK - self.left.len()));
            self.left.extend(part.left().iter().map(|&x| finite(x)));
            match self.channels {
                Channels::Stereo => self.right.extend(part.right_or_only().iter().map(|&x| finite(x))),
                Channels::Mono => self.right.resize(self.left.len(), 0.0),
            }
            done += part.frames();
            self.frames += part.frames() as u64;
            if self.left.len() == BLOCK {
                self.sums.add(&self.left, &self.right);
                self.block();
            }
        }
    }

    fn finish(&mut self) -> SpectrumReading {
        self.sums.add(&self.left, &self.right);
        let row_frames = self.contour.row_frames;
        let rows = self.frames.div_ceil(row_frames);
        // Silence until every window that holds sound is full: a slow one reaches one and a half rows past its row.
        let mut left = if self.frames == 0 {
            0
        } else {
            (rows + 2) * row_frames + self.decimator.delay_frames() as u64 * 2 - self.frames
        };
        while left > 0 {
            let now = ((BLOCK - self.left.len()) as u64).min(left);
            self.left.resize(self.left.len() + now as usize, 0.0);
            self.right.resize(self.left.len(), 0.0);
            left -= now;
            self.block();
        }
        self.take_in(true);
        self.contour.end(rows as usize);
        SpectrumReading {
            channels: self.channels,
            length_frames: self.frames,
            sums: self.sums.sums(),
            delay: (self.channels == Channels::Stereo)
                .then(|| ChannelDelay::of(self.fast.whole(), self.rate_hz))
                .flatten(),
            contour: std::mem::take(&mut self.contour),
            fine: std::mem::take(&mut self.fine),
            bursts: std::mem::take(&mut self.bursts),
        }
    }
}
