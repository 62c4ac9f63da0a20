//! The bands of the energy map, one ERB wide, and how bins of a spectrum are shared out among them.

use rustfft::num_complex::Complex;

use crate::erb::hz_from_rate;
use crate::frames::Spectrum;
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
            for bin in first..last {
                self.add(spectrum, bin, 1.0, part);
            }
            // What lies below the lower edge belongs to the band before; of the bin at the upper edge a part belongs here.
            self.add(spectrum, first, -below, part);
            self.add(spectrum, last, above, part);
            // Rounding can leave less than nothing of a bin that was taken back.
            part.left = part.left.max(0.0);
            part.right = part.right.max(0.0);
            part.weighted = part.weighted.max(0.0);
        }
        parts
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
