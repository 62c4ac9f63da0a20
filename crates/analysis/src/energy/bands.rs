//! The bands of the energy map, one ERB wide, and how bins of a spectrum are shared out among them.

use std::ops::Range;

use rustfft::num_complex::Complex;

use crate::erb::hz_from_rate;
use crate::four::{FOUR, Four};
use crate::frames::{AsOne, Spectrum, Together, unfolded};
use crate::loudness::kweight::power_gain;

/// Bands of one ERB: band b reaches from ERB-rate b to b + 1. The first holds what lies below 26 Hz, the last all above
/// 18.6 kHz; together they hold everything.
pub const BANDS: usize = 42;

/// The lower edge of a band in Hz.
pub fn lower_hz(band: usize) -> f64 {
    hz_from_rate(band as f64)
}

/// The middle of a band on the ERB scale, in Hz.
pub fn centre_hz(band: usize) -> f64 {
    hz_from_rate(band as f64 + 0.5)
}

/// Which part of a spectrum belongs to each band. A bin stands for the frequencies half a bin to either side of it, and an
/// edge within them divides it, so that the bands together hold all power once.
pub(crate) struct Shares {
    /// For each band the edge it begins with: the bin that is divided, and which part of it lies below the edge.
    edges: Vec<(usize, f32)>,
    /// The power gain of K-weighting at each bin.
    k_gain: Vec<f32>,
}

/// Power in one band: of both sides, across them, and of both as loudness weighs them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Part {
    pub left: f32,
    pub right: f32,
    pub cross: f32,
    pub weighted: f32,
}

impl Part {
    /// Rounding can leave less than nothing of a bin that was taken back.
    fn no_less_than_nothing(self) -> Self {
        let [left, right, weighted] = [self.left, self.right, self.weighted].map(|power| power.max(0.0));
        Self { left, right, weighted, ..self }
    }
}

impl Shares {
    pub fn new(rate_hz: u32, bin_hz: f64, bins: usize) -> Self {
        let edge = |band: usize| {
            let place = (lower_hz(band) / bin_hz + 0.5).clamp(0.0, bins as f64);
            let bin = libm::floor(place);
            (bin as usize, (place - bin) as f32)
        };
        let mut edges: Vec<(usize, f32)> = (0..BANDS).map(edge).collect();
        // The first band begins with the first bin, the last ends with the last.
        edges[0] = (0, 0.0);
        edges.push((bins, 0.0));
        let k_gain = (0..bins).map(|bin| power_gain(rate_hz, bin as f64 * bin_hz) as f32).collect();
        Self { edges, k_gain }
    }

    /// The power in each band of a spectrum.
    pub fn parts(&self, spectrum: &Spectrum) -> [Part; BANDS] {
        let mut parts = [Part::default(); BANDS];
        for (band, part) in parts.iter_mut().enumerate() {
            let ((first, below), (last, above)) = (self.edges[band], self.edges[band + 1]);
            self.add_whole(spectrum, first..last, part);
            // What lies below the lower edge belongs to the band before; of the bin at the upper edge a part belongs here.
            self.add(spectrum, first, -below, part);
            self.add(spectrum, last, above, part);
            *part = part.no_less_than_nothing();
        }
        parts
    }

    /// The power in each band of windows that were transformed together, window by window: the same numbers as those of
    /// [`parts`](Self::parts), four at once.
    pub fn parts_together(&self, heard: &Together, mut each: impl FnMut([Part; BANDS])) {
        match heard.as_one {
            AsOne::LeftAndRight => {
                let bands = self.sums(heard.bins, |sums: &mut [Four; 4], left, right, share, k| {
                    let (of_left, of_right) = (power(left) * share, power(right) * share);
                    sums[0] = sums[0] + of_left;
                    sums[1] = sums[1] + of_right;
                    sums[2] = sums[2] + (left.re * right.re + left.im * right.im) * share;
                    sums[3] = sums[3] + (of_left + of_right) * k;
                });
                for lane in 0..heard.windows {
                    each(bands.map(|sums| {
                        let [left, right, cross, weighted] = sums.map(|four| four.0[lane]);
                        Part { left, right, cross, weighted }.no_less_than_nothing()
                    }));
                }
            }
            AsOne::TwoWindows(ratio) => {
                let bands = self.sums(heard.bins, |sums: &mut [Four; 4], one, other, share, k| {
                    for (two, window) in sums.chunks_exact_mut(2).zip([one, other]) {
                        let power = power(window) * share;
                        two[0] = two[0] + power;
                        two[1] = two[1] + power * k;
                    }
                });
                let both = 1.0 + ratio * ratio;
                for window in 0..heard.windows {
                    each(bands.map(|sums| {
                        let at = 2 * (window / FOUR);
                        let (left, weighted) = (sums[at].0[window % FOUR], sums[at + 1].0[window % FOUR]);
                        let (right, cross) = (left * ratio * ratio, left * ratio);
                        Part { left, right, cross, weighted: weighted * both }.no_less_than_nothing()
                    }));
                }
            }
        }
    }

    /// Sums over the bins of each band. `add` is given the sums, both signals of a bin, the share of it that counts, and what
    /// loudness makes of it.
    #[inline(always)]
    fn sums<const N: usize>(
        &self,
        bins: &[Complex<Four>],
        add: impl Fn(&mut [Four; N], Complex<Four>, Complex<Four>, f32, f32),
    ) -> [[Four; N]; BANDS] {
        let last_bin = self.k_gain.len().saturating_sub(1);
        let mut bands = [[Four::default(); N]; BANDS];
        if bins.is_empty() {
            return bands;
        }
        for (sums, edges) in bands.iter_mut().zip(self.edges.windows(2)) {
            let [(first, below), (last, above)] = [edges[0], edges[1]];
            let mut add = |bin: usize, share: f32| {
                let twice = if bin == 0 || bin == last_bin { share } else { 2.0 * share };
                let [one, other] = unfolded(bins, bin);
                add(sums, one, other, twice, self.k_gain[bin]);
            };
            (first..last).for_each(|bin| add(bin, 1.0));
            for (bin, share) in [(first, -below), (last, above)] {
                if share != 0.0 {
                    add(bin, share);
                }
            }
        }
        bands
    }

    /// Adds bins of which all belongs to a band.
    fn add_whole(&self, spectrum: &Spectrum, bins: Range<usize>, part: &mut Part) {
        // The first and the last bin have no mirror image; those between them are gone through without asking.
        let end = bins.end.min(self.k_gain.len().saturating_sub(1));
        let within = bins.start.max(1).min(end)..end;
        (bins.start..within.start).for_each(|bin| self.add(spectrum, bin, 1.0, part));
        let (Some(left), Some(k_gain)) = (spectrum.left.get(within.clone()), self.k_gain.get(within.clone()))
        else {
            return;
        };
        match spectrum.right.and_then(|right| right.get(within.clone())) {
            None => {
                for (l, k) in left.iter().zip(k_gain) {
                    let power = 2.0 * l.norm_sqr();
                    part.left += power;
                    part.weighted += power * k;
                }
            }
            Some(right) => {
                for ((l, r), k) in left.iter().zip(right).zip(k_gain) {
                    let (of_left, of_right) = (2.0 * l.norm_sqr(), 2.0 * r.norm_sqr());
                    part.left += of_left;
                    part.right += of_right;
                    part.cross += 2.0 * real_cross(l, r);
                    part.weighted += (of_left + of_right) * k;
                }
            }
        }
        (within.end.max(bins.start)..bins.end).for_each(|bin| self.add(spectrum, bin, 1.0, part));
    }

    #[inline(always)]
    fn add(&self, spectrum: &Spectrum, bin: usize, share: f32, part: &mut Part) {
        let (Some(l), Some(k)) = (spectrum.left.get(bin), self.k_gain.get(bin)) else { return };
        if share == 0.0 {
            return;
        }
        let share = if bin == 0 || bin + 1 == self.k_gain.len() { share } else { 2.0 * share };
        let left = share * (l.re * l.re + l.im * l.im);
        part.left += left;
        let mut both = left;
        if let Some(r) = spectrum.right.and_then(|right| right.get(bin)) {
            let right = share * (r.re * r.re + r.im * r.im);
            part.right += right;
            part.cross += share * real_cross(l, r);
            both += right;
        }
        part.weighted += both * k;
    }
}

/// The power of four signals at one bin.
#[inline(always)]
fn power(bin: Complex<Four>) -> Four {
    bin.re * bin.re + bin.im * bin.im
}

/// The real part of a cross spectrum at one bin.
#[inline(always)]
fn real_cross(one: &Complex<f32>, other: &Complex<f32>) -> f32 {
    one.re * other.re + one.im * other.im
}

/// The real part of the cross spectrum of two spectra in each band.
pub(crate) fn cross_parts(shares: &Shares, one: &[Complex<f32>], other: &[Complex<f32>]) -> [f32; BANDS] {
    let mut parts = [0.0; BANDS];
    let at = |bin: usize, share: f32| match (one.get(bin), other.get(bin)) {
        (Some(a), Some(b)) => {
            let twice = if bin == 0 || bin + 1 == one.len() { share } else { 2.0 * share };
            twice * real_cross(a, b)
        }
        _ => 0.0,
    };
    for (band, part) in parts.iter_mut().enumerate() {
        let ((first, below), (last, above)) = (shares.edges[band], shares.edges[band + 1]);
        let whole: f32 = (first..last).map(|bin| at(bin, 1.0)).sum();
        *part = whole - at(first, below) + at(last, above);
    }
    parts
}

#[cfg(test)]
mod tests {
    use mixkeel_dsp::block::{Channels, Signal};

    use super::*;
    use crate::energy::cell_frames;

    #[test]
    fn four_windows_at_once_have_in_each_band_what_each_has_alone_to_the_last_bit() {
        let mut seed = 9_u32;
        let mut noise = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / 8_388_608.0 - 1.0
        };
        let left: Vec<f32> = (0..40_000).map(|_| noise()).collect();
        let right: Vec<f32> = left.iter().map(|x| 0.3 * x + 0.2 * noise()).collect();
        // Bands at the edges of which bins are divided otherwise.
        for rate_hz in [44_100, 11_025] {
            let shares = Shares::new(rate_hz, 5.0, rate_hz as usize / 10 + 1);
            let signal = Signal::stereo(&left, &right);
            let bits = |part: Part| [part.left, part.right, part.cross, part.weighted].map(f32::to_bits);
            let (mut alone, mut together) = (Vec::new(), Vec::new());
            let mut frames = cell_frames(rate_hz, Channels::Stereo);
            frames.push(&signal, |_, spectrum| alone.push(shares.parts(spectrum).map(bits)));
            frames.finish(|_, spectrum| alone.push(shares.parts(spectrum).map(bits)));
            frames.restart();
            let mut add = |heard: &Together| {
                assert_eq!(heard.as_one, AsOne::LeftAndRight);
                shares.parts_together(heard, |parts| together.push(parts.map(bits)));
            };
            frames.push_together(&signal, &mut add);
            frames.finish_together(&mut add);
            assert!(alone.len() > 9 && alone == together, "{rate_hz}");
        }
    }
}
