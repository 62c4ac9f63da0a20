//! One of the two resolutions of the spectrum: transforms, their energies, and the bands they are gathered into.

use mixkeel_dsp::units::power_from_db;
use rustfft::num_complex::Complex;

use super::pair::Pair;
use super::windows::Windows;
use crate::loudness::kweight::response_db;

/// Energies of bin 1 onwards over the whole signal, and what the channels have in common in each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cross {
    /// Of the left channel.
    pub(crate) left: Vec<f64>,
    /// Of the right channel.
    pub(crate) right: Vec<f64>,
    /// Real part of L · R*.
    pub(crate) real: Vec<f64>,
    /// Imaginary part of L · R*.
    pub(crate) imaginary: Vec<f64>,
}

/// How transforms of one length become energies in bands.
pub(crate) struct Resolution {
    windows: Windows,
    bins: Bins,
    whole: Cross,
    /// Hertz from bin to bin.
    bin_hz: f64,
    /// The frequencies this resolution answers for.
    span_hz: (f64, f64),
    /// What each bin's energy is worth: the decimator's gain undone.
    worth: Vec<f32>,
    /// The worth of each bin in loudness.
    weighted: Vec<f32>,
}

/// Energies of bin 1 onwards, summed over windows.
#[derive(Clone, Default)]
struct Bins {
    left: Vec<f32>,
    right: Vec<f32>,
    mid: Vec<f32>,
    side: Vec<f32>,
    quadrature: Vec<f32>,
}

/// What one span of time holds, bin by bin, in energies that count.
pub(crate) struct Slice<'a> {
    bins: &'a Bins,
    worth: &'a [f32],
    weighted: &'a [f32],
    span_hz: (f64, f64),
    bin_hz: f64,
}

/// The span of frequencies a resolution answers for, and how it is fed.
pub(crate) struct Place {
    /// Frames a second of what is pushed.
    pub(crate) rate_hz: f64,
    /// Frames in a window.
    pub(crate) length: usize,
    /// Frames by which the first window begins before the signal.
    pub(crate) before: usize,
    /// Lowest frequency.
    pub(crate) from_hz: f64,
    /// Highest frequency.
    pub(crate) to_hz: f64,
}

impl Resolution {
    /// `gain` is what the power at a frequency has to be multiplied with; `meter_rate_hz` is the rate of the signal.
    pub(crate) fn new(place: &Place, meter_rate_hz: u32, gain: impl Fn(f64) -> f64) -> Self {
        let bin_hz = place.rate_hz / place.length as f64;
        let worth: Vec<f32> = (1..place.length / 2)
            .map(|bin| {
                let (low, high) = ((bin as f64 - 0.5) * bin_hz, (bin as f64 + 0.5) * bin_hz);
                let answers = high > place.from_hz && low < place.to_hz;
                if answers { gain(bin as f64 * bin_hz) as f32 } else { 0.0 }
            })
            .collect();
        let weighted = worth.iter().zip(1_u32..).map(|(&worth, bin)| {
            let weight = power_from_db(response_db(meter_rate_hz, f64::from(bin) * bin_hz));
            (f64::from(worth) * weight) as f32
        });
        Self {
            windows: Windows::new(place.length, place.before),
            bins: Bins::new(worth.len()),
            whole: Cross::new(worth.len()),
            bin_hz,
            span_hz: (place.from_hz, place.to_hz),
            weighted: weighted.collect(),
            worth,
        }
    }

    /// Frames in, or none at the end; `each` is called after every window with what was gathered since it last said `true` to
    /// start anew.
    pub(crate) fn push(&mut self, frames: Option<&[Complex<f32>]>, mut each: impl FnMut(&Slice<'_>) -> bool) {
        let (bins, worth, weighted) = (&mut self.bins, &self.worth, &self.weighted);
        let whole = &mut self.whole;
        let (span_hz, bin_hz) = (self.span_hz, self.bin_hz);
        let add = |spectrum: Option<&[Complex<f32>]>| {
            if let Some(spectrum) = spectrum {
                bins.add(spectrum);
            }
            if each(&Slice { bins, worth, weighted, span_hz, bin_hz }) {
                whole.add(bins);
                bins.clear();
            }
        };
        match frames {
            Some(frames) => self.windows.push(frames, add),
            None => self.windows.finish(add),
        }
    }

    /// What was gathered over the whole signal.
    pub(crate) fn whole(&self) -> &Cross {
        &self.whole
    }
}

impl Cross {
    fn new(count: usize) -> Self {
        let zeros = vec![0.0; count];
        Self { left: zeros.clone(), right: zeros.clone(), real: zeros.clone(), imaginary: zeros }
    }

    fn add(&mut self, bins: &Bins) {
        let add = |sums: &mut [f64], energies: &[f32]| {
            sums.iter_mut().zip(energies).for_each(|(sum, energy)| *sum += f64::from(*energy));
        };
        add(&mut self.left, &bins.left);
        add(&mut self.right, &bins.right);
        add(&mut self.imaginary, &bins.quadrature);
        for ((sum, mid), side) in self.real.iter_mut().zip(&bins.mid).zip(&bins.side) {
            *sum += (f64::from(*mid) - f64::from(*side)) / 4.0;
        }
    }
}

impl Bins {
    fn new(count: usize) -> Self {
        let zeros = vec![0.0; count];
        Self {
            left: zeros.clone(),
            right: zeros.clone(),
            mid: zeros.clone(),
            side: zeros.clone(),
            quadrature: zeros,
        }
    }

    fn clear(&mut self) {
        for bins in [&mut self.left, &mut self.right, &mut self.mid, &mut self.side, &mut self.quadrature] {
            bins.fill(0.0);
        }
    }

    /// The transform of L + iR holds those of both: 2L = Z(k) + Z*(−k), 2R = −i (Z(k) − Z*(−k)).
    fn add(&mut self, spectrum: &[Complex<f32>]) {
        let mirrored = spectrum.iter().rev();
        let bins = spectrum.iter().skip(1).zip(mirrored);
        let sums = self.left.iter_mut().zip(&mut self.right).zip(&mut self.mid).zip(&mut self.side);
        for ((sums, quadrature), (z, m)) in sums.zip(&mut self.quadrature).zip(bins) {
            let (((left, right), mid), side) = sums;
            let (lr, li) = (z.re + m.re, z.im - m.im);
            let (rr, ri) = (z.im + m.im, m.re - z.re);
            *left += lr * lr + li * li;
            *right += rr * rr + ri * ri;
            *mid += (lr + rr) * (lr + rr) + (li + ri) * (li + ri);
            *side += (lr - rr) * (lr - rr) + (li - ri) * (li - ri);
            *quadrature += li * rr - lr * ri;
        }
    }
}

impl Slice<'_> {
    /// What lies between two frequencies. A bin stands for the frequencies half a bin to either side.
    pub(crate) fn between(&self, from_hz: f64, to_hz: f64) -> Pair {
        self.summed(self.worth, from_hz, to_hz)
    }

    /// The energy of both channels between two frequencies.
    pub(crate) fn energy_between(&self, from_hz: f64, to_hz: f64) -> f64 {
        let shares = self.shares(from_hz, to_hz);
        let energy: f64 = shares
            .map(|(place, share)| {
                let at = |energies: &[f32]| f64::from(energies.get(place).copied().unwrap_or(0.0));
                share * at(self.worth) * (at(&self.bins.left) + at(&self.bins.right))
            })
            .sum();
        if energy.is_finite() { energy } else { 0.0 }
    }

    /// Everything, as loud as it is heard (K-weighted).
    pub(crate) fn weighted(&self) -> Pair {
        self.summed(self.weighted, 0.0, f64::INFINITY)
    }

    fn summed(&self, worth: &[f32], from_hz: f64, to_hz: f64) -> Pair {
        let mut sum = Pair::default();
        for (place, share) in self.shares(from_hz, to_hz) {
            let at = |energies: &[f32]| f64::from(energies.get(place).copied().unwrap_or(0.0));
            let share = share * at(worth);
            sum.left += share * at(&self.bins.left);
            sum.right += share * at(&self.bins.right);
            sum.mid += share * at(&self.bins.mid) / 4.0;
            sum.side += share * at(&self.bins.side) / 4.0;
        }
        // A sample of 1e20 is a number, its square in single precision is not.
        let all = sum.total() + sum.mid + sum.side;
        if all.is_finite() { sum } else { Pair::default() }
    }

    /// The bins that reach into a span of frequencies, with the share of each that lies in it.
    fn shares(&self, from_hz: f64, to_hz: f64) -> impl Iterator<Item = (usize, f64)> {
        let (from_hz, to_hz) = (from_hz.max(self.span_hz.0), to_hz.min(self.span_hz.1));
        let (bin_hz, bins) = (self.bin_hz, self.worth.len());
        let first = (libm::floor(from_hz / bin_hz - 0.5).max(0.0) as usize).min(bins);
        let last = (libm::ceil(to_hz / bin_hz - 0.5).max(0.0) as usize).clamp(first, bins);
        (first..last).map(move |place| {
            let middle = place as f64 + 1.0;
            let (low, high) = ((middle - 0.5) * bin_hz, (middle + 0.5) * bin_hz);
            // Most bins lie within, and need no division.
            let whole = from_hz <= low && high <= to_hz;
            let share = if whole { 1.0 } else { ((high.min(to_hz) - low.max(from_hz)) / bin_hz).max(0.0) };
            (place, share)
        })
    }
}
