//! What two tracks have in common, cell by cell and band by band: two microphones on one drum do not add up as strangers do.

use mixkeel_dsp::block::{Channels, Signal};
use rustfft::num_complex::Complex;

use super::bands::{BANDS, Shares, cross_parts};
use super::code::{code_from_correlation, cross_from_code};
use super::meter::{cell_frames, cells_of, window_frames};
use crate::frames::{Frames, Spectrum};

/// The real part of the cross spectrum of two tracks for every pair of their channels, as correlations in 16 bits: they
/// become powers again beside the energy maps of both.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CrossMap {
    /// Channels of the one and of the other.
    channels: [usize; 2],
    /// Cell by cell, band by band, for each channel of the one each of the other.
    codes: Vec<i16>,
}

impl CrossMap {
    /// Cells of 100 ms.
    pub fn cells(&self) -> usize {
        self.codes.len() / (BANDS * self.pairs()).max(1)
    }

    fn pairs(&self) -> usize {
        self.channels[0] * self.channels[1]
    }

    /// The mean of the product of a channel of the one and a channel of the other (0 is left; a mono track has its one
    /// channel on both sides), whose mean squares in this cell and band are given.
    pub fn cross(&self, cell: usize, band: usize, sides: [usize; 2], powers: [f64; 2]) -> f64 {
        let [one, other] = [0, 1].map(|track| sides[track].min(self.channels[track].saturating_sub(1)));
        let at = (cell * BANDS + band) * self.pairs() + one * self.channels[1] + other;
        self.codes.get(at).map_or(0.0, |&code| cross_from_code(code, powers[0], powers[1]))
    }
}

/// Measures a [`CrossMap`], fed both tracks side by side.
pub struct CrossMeter {
    rate_hz: u32,
    heard_frames: u64,
    frames: [Frames; 2],
    channels: [usize; 2],
    shares: Shares,
    /// Spectra of the one that wait for those of the other.
    waiting: Vec<(i64, [Vec<Complex<f32>>; 2])>,
    sums: Sums,
}

/// Products and powers by cell, for cells to which more may be added.
struct Sums {
    open: Vec<Cell>,
    settled: usize,
    codes: Vec<i16>,
}

/// Four products, two powers of the one and two of the other, by band.
type Cell = [[f32; 8]; BANDS];

impl CrossMeter {
    /// Ready for two tracks of one rate.
    pub fn new(rate_hz: u32, channels: [Channels; 2]) -> Self {
        let rate_hz = rate_hz.max(1);
        let length = window_frames(rate_hz);
        Self {
            rate_hz,
            heard_frames: 0,
            frames: channels.map(|channels| cell_frames(rate_hz, channels)),
            channels: channels.map(Channels::count),
            shares: Shares::new(rate_hz, f64::from(rate_hz) / length as f64, length / 2 + 1),
            waiting: Vec::new(),
            sums: Sums { open: Vec::new(), settled: 0, codes: Vec::new() },
        }
    }

    /// The next frames of both; the longer is cut to the shorter.
    pub fn push(&mut self, one: &Signal, other: &Signal) {
        let frames = one.frames().min(other.frames());
        self.heard_frames += frames as u64;
        let Self { frames: [first, second], waiting, shares, sums, channels, .. } = self;
        first.push(&one.part(0..frames), |index, spectrum| waiting.push(kept(index, spectrum)));
        second.push(&other.part(0..frames), |index, spectrum| {
            sums.add(index, waiting, spectrum, shares, *channels);
        });
    }

    /// The map of what was heard.
    pub fn finish(&mut self) -> CrossMap {
        let Self { frames: [first, second], waiting, shares, sums, channels, .. } = self;
        first.finish(|index, spectrum| waiting.push(kept(index, spectrum)));
        second.finish(|index, spectrum| sums.add(index, waiting, spectrum, shares, *channels));
        sums.finish(cells_of(self.heard_frames, self.rate_hz), *channels);
        CrossMap { channels: *channels, codes: std::mem::take(&mut sums.codes) }
    }
}

fn kept(index: i64, spectrum: &Spectrum) -> (i64, [Vec<Complex<f32>>; 2]) {
    (index, [spectrum.left.to_vec(), spectrum.right.map(<[_]>::to_vec).unwrap_or_default()])
}

impl Sums {
    fn add(
        &mut self,
        index: i64,
        waiting: &mut Vec<(i64, [Vec<Complex<f32>>; 2])>,
        spectrum: &Spectrum,
        shares: &Shares,
        channels: [usize; 2],
    ) {
        // Both streams have the same frames, so that the first that waits is the one that belongs to this.
        if waiting.is_empty() {
            return;
        }
        let (_, one) = waiting.remove(0);
        let other = [spectrum.left, spectrum.right.unwrap_or_default()];
        let cell = index.max(0) as usize;
        while self.settled + self.open.len() <= cell {
            self.open.push([[0.0; 8]; BANDS]);
        }
        let Some(open) = self.open.get_mut(cell - self.settled) else { return };
        let mut add = |place: usize, a: &[Complex<f32>], b: &[Complex<f32>]| {
            for (sums, part) in open.iter_mut().zip(cross_parts(shares, a, b)) {
                sums[place] += part;
            }
        };
        for (side, one) in one.iter().enumerate().take(channels[0]) {
            add(4 + side, one, one);
            for (away, other) in other.iter().enumerate().take(channels[1]) {
                add(2 * side + away, one, other);
            }
        }
        for (away, other) in other.iter().enumerate().take(channels[1]) {
            add(6 + away, other, other);
        }
        while self.open.len() > 2 {
            self.settle(channels);
        }
    }

    fn settle(&mut self, channels: [usize; 2]) {
        for sums in self.open.remove(0) {
            for side in 0..channels[0] {
                for away in 0..channels[1] {
                    let [cross, one, other] =
                        [2 * side + away, 4 + side, 6 + away].map(|place| f64::from(sums[place]));
                    self.codes.push(code_from_correlation(cross, one.max(0.0), other.max(0.0)));
                }
            }
        }
        self.settled += 1;
    }

    fn finish(&mut self, cells: usize, channels: [usize; 2]) {
        while self.settled + self.open.len() > cells.max(1) {
            let Some(beyond) = self.open.pop() else { break };
            let Some(last) = self.open.last_mut() else { break };
            for (sums, parts) in last.iter_mut().zip(&beyond) {
                sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
            }
        }
        while !self.open.is_empty() {
            self.settle(channels);
        }
    }
}
