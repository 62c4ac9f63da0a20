//! Makes an energy map from a stream.

use mixkeel_dsp::block::{Channels, Signal};

use super::bands::{BANDS, Part, Shares};
use super::code::{code_from_correlation, code_from_power};
use super::map::{CELLS_PER_S, EnergyMap, nominal_k_gain};
use crate::frames::{Frames, Spectrum, Together, Window};
use crate::meter::Meter;

/// The length of a window at a rate: two cells, 200 ms. Long enough that the narrowest band (25 Hz) is five bins wide, short
/// enough that a beat has cells of its own.
pub(crate) fn window_frames(rate_hz: u32) -> usize {
    2 * rate_hz.div_ceil(CELLS_PER_S) as usize
}

/// The frames from which energy maps and chroma are made.
pub(crate) fn cell_frames(rate_hz: u32, channels: Channels) -> Frames {
    Frames::new(rate_hz, channels, CELLS_PER_S, window_frames(rate_hz), Window::Sine)
}

/// The cells of a signal: every tenth of a second that has begun.
pub(crate) fn cells_of(frames: u64, rate_hz: u32) -> usize {
    (frames * u64::from(CELLS_PER_S)).div_ceil(u64::from(rate_hz.max(1))) as usize
}

/// Measures an [`EnergyMap`].
pub struct EnergyMeter {
    rate_hz: u32,
    heard_frames: u64,
    frames: Frames,
    builder: EnergyBuilder,
}

impl EnergyMeter {
    /// Ready for a stereo signal at 48 kHz; [`prepare`](Meter::prepare) says otherwise.
    pub fn new() -> Self {
        let rate_hz = 48_000;
        Self {
            rate_hz,
            heard_frames: 0,
            frames: cell_frames(rate_hz, Channels::Stereo),
            builder: EnergyBuilder::new(rate_hz, Channels::Stereo),
        }
    }
}

impl Default for EnergyMeter {
    fn default() -> Self {
        Self::new()
    }
}

impl Meter for EnergyMeter {
    type Reading = EnergyMap;

    fn prepare(&mut self, rate_hz: u32, channels: Channels) {
        self.rate_hz = rate_hz.max(1);
        self.heard_frames = 0;
        self.frames = cell_frames(rate_hz, channels);
        self.builder = EnergyBuilder::new(rate_hz, channels);
    }

    fn push(&mut self, signal: &Signal) {
        self.heard_frames += signal.frames() as u64;
        let Self { frames, builder, .. } = self;
        if builder.cells.stereo {
            frames.push_together(signal, |heard| builder.add_together(heard));
        } else {
            frames.push(signal, |index, spectrum| builder.add(index, spectrum));
        }
    }

    fn finish(&mut self) -> EnergyMap {
        let Self { frames, builder, .. } = self;
        if builder.cells.stereo {
            frames.finish_together(|heard| builder.add_together(heard));
        } else {
            frames.finish(|index, spectrum| builder.add(index, spectrum));
        }
        self.builder.finish(cells_of(self.heard_frames, self.rate_hz))
    }
}

/// Gathers cells from spectra. The windows that reach beyond either end of the signal belong to its first and last cells.
pub(crate) struct EnergyBuilder {
    shares: Shares,
    cells: Cells,
    nominal: [f32; BANDS],
}

/// Cells as they fill.
struct Cells {
    stereo: bool,
    /// Cells to which more may be added: the first of them is cell `settled`.
    open: Vec<[Part; BANDS]>,
    settled: usize,
    map: EnergyMap,
    weighted: [f64; BANDS],
    total: [f64; BANDS],
}

impl EnergyBuilder {
    pub fn new(rate_hz: u32, channels: Channels) -> Self {
        let rate_hz = rate_hz.max(1);
        let length = window_frames(rate_hz);
        Self {
            shares: Shares::new(rate_hz, f64::from(rate_hz) / length as f64, length / 2 + 1),
            cells: Cells {
                stereo: channels == Channels::Stereo,
                open: Vec::new(),
                settled: 0,
                map: EnergyMap::default(),
                weighted: [0.0; BANDS],
                total: [0.0; BANDS],
            },
            nominal: std::array::from_fn(|band| nominal_k_gain(rate_hz, band)),
        }
    }

    /// The next window.
    pub fn add(&mut self, index: i64, spectrum: &Spectrum) {
        let parts = if spectrum.silent { [Part::default(); BANDS] } else { self.shares.parts(spectrum) };
        self.cells.add(index, &parts);
    }

    /// The next windows, transformed together.
    fn add_together(&mut self, heard: &Together) {
        let mut index = heard.first;
        self.shares.parts_together(heard, |parts| {
            self.cells.add(index, &parts);
            index += 1;
        });
    }

    pub fn finish(&mut self, cells: usize) -> EnergyMap {
        self.cells.finish(cells, &self.nominal)
    }
}

impl Cells {
    fn add(&mut self, index: i64, parts: &[Part; BANDS]) {
        let cell = index.max(0) as usize;
        while self.settled + self.open.len() <= cell {
            self.open.push([Part::default(); BANDS]);
        }
        if let Some(open) = self.open.get_mut(cell - self.settled) {
            merge(open, parts);
        }
        // One window reaches beyond the end, so the last two cells may still be one.
        while self.open.len() > 2 {
            self.settle();
        }
    }

    fn settle(&mut self) {
        let parts = self.open.remove(0);
        self.settled += 1;
        for (band, part) in parts.iter().enumerate() {
            let (left, right) = (f64::from(part.left), f64::from(part.right));
            self.map.left.push(code_from_power(left));
            if self.stereo {
                self.map.right.push(code_from_power(right));
                self.map.correlation.push(code_from_correlation(f64::from(part.cross), left, right));
            }
            self.total[band] += left + right;
            self.weighted[band] += f64::from(part.weighted);
        }
    }

    /// The map, with the gains of K-weighting that `nominal` has for bands without sound.
    fn finish(&mut self, cells: usize, nominal: &[f32; BANDS]) -> EnergyMap {
        while self.settled + self.open.len() > cells.max(1) {
            let Some(beyond) = self.open.pop() else { break };
            let Some(last) = self.open.last_mut() else { break };
            merge(last, &beyond);
        }
        while !self.open.is_empty() {
            self.settle();
        }
        self.map.k_gain = (0..BANDS)
            .map(|band| {
                let (weighted, total) = (self.weighted[band], self.total[band]);
                if total > 0.0 { (weighted / total) as f32 } else { nominal[band] }
            })
            .collect();
        std::mem::take(&mut self.map)
    }
}

fn merge(sums: &mut [Part; BANDS], parts: &[Part; BANDS]) {
    for (sum, part) in sums.iter_mut().zip(parts) {
        sum.left += part.left;
        sum.right += part.right;
        sum.cross += part.cross;
        sum.weighted += part.weighted;
    }
}
