//! What the tests hear with: tones, seeded noise, the level of a tone, and the strongest line in a spectrum.
#![allow(dead_code)] // Each test binary uses its own part.

use std::f64::consts::TAU;

use rustfft::FftPlannerScalar;
use rustfft::num_complex::Complex;

/// A sine of this amplitude, starting at zero.
pub fn tone(freq_hz: f64, amplitude: f64, rate_hz: u32, frames: usize) -> Vec<f32> {
    let step = TAU * freq_hz / f64::from(rate_hz);
    (0..frames).map(|frame| (amplitude * libm::sin(step * frame as f64)) as f32).collect()
}

/// The same with raised-cosine fades of 20 ms, for spectra.
pub fn faded_tone(freq_hz: f64, amplitude: f64, rate_hz: u32, frames: usize) -> Vec<f32> {
    let fade = rate_hz as usize / 50;
    let step = TAU * freq_hz / f64::from(rate_hz);
    (0..frames)
        .map(|frame| {
            let inside = frame.min(frames - 1 - frame).min(fade) as f64 / fade as f64;
            let gain = 0.5 - 0.5 * libm::cos(std::f64::consts::PI * inside);
            (gain * amplitude * libm::sin(step * frame as f64)) as f32
        })
        .collect()
}

/// Seeded random numbers (SplitMix64).
pub struct Noise(pub u64);

impl Noise {
    /// Uniform between −1 and 1.
    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^= bits >> 31;
        (bits >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    /// White noise.
    pub fn samples(&mut self, frames: usize) -> Vec<f32> {
        (0..frames).map(|_| self.next() as f32).collect()
    }

    /// A whole number under `end`.
    pub fn below(&mut self, end: usize) -> usize {
        ((self.next() + 1.0) / 2.0 * end as f64) as usize % end
    }
}

/// A tone found in a signal by least squares.
pub struct Found {
    pub amplitude: f64,
    /// Radians ahead of a sine that starts at frame 0.
    pub phase: f64,
    /// Root mean square of all that is not the tone.
    pub rest_rms: f64,
}

/// The sine of this frequency that leaves the least behind, and what it leaves.
pub fn find_tone(signal: &[f32], first_frame: usize, freq_hz: f64, rate_hz: u32) -> Found {
    let step = TAU * freq_hz / f64::from(rate_hz);
    let basis = |frame: usize| libm::sincos(step * (first_frame + frame) as f64);
    let (mut ss, mut sc, mut cc, mut xs, mut xc) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (frame, sample) in signal.iter().enumerate() {
        let ((s, c), x) = (basis(frame), f64::from(*sample));
        ss += s * s;
        sc += s * c;
        cc += c * c;
        xs += x * s;
        xc += x * c;
    }
    let determinant = ss * cc - sc * sc;
    let (a, b) = ((xs * cc - xc * sc) / determinant, (xc * ss - xs * sc) / determinant);
    let rest: f64 = signal
        .iter()
        .enumerate()
        .map(|(frame, sample)| {
            let (s, c) = basis(frame);
            let rest = f64::from(*sample) - a * s - b * c;
            rest * rest
        })
        .sum();
    Found {
        amplitude: libm::hypot(a, b),
        phase: libm::atan2(b, a),
        rest_rms: (rest / signal.len() as f64).sqrt(),
    }
}

/// Amplitude spectrum in dBFS through a Kaiser window of β = 38 (side lobes under −190 dB), one value a bin.
pub fn spectrum_db(signal: &[f32]) -> Vec<f64> {
    let frames = signal.len();
    let window: Vec<f64> = (0..frames)
        .map(|frame| {
            let across = 2.0 * (frame as f64 + 0.5) / frames as f64 - 1.0;
            bessel_i0(38.0 * (1.0 - across * across).sqrt())
        })
        .collect();
    let gain: f64 = window.iter().sum::<f64>() / 2.0;
    let mut bins: Vec<Complex<f64>> =
        signal.iter().zip(&window).map(|(x, w)| Complex::new(f64::from(*x) * w / gain, 0.0)).collect();
    FftPlannerScalar::new().plan_fft_forward(frames).process(&mut bins);
    bins[..frames / 2].iter().map(|bin| db(bin.norm().max(1e-20))).collect()
}

/// The strongest line, in dBFS, farther than 16 bins (the window's main lobe is 12 bins wide to each side) from a frequency.
pub fn strongest_line_db(signal: &[f32], except_hz: Option<f64>, rate_hz: u32) -> f64 {
    let bin_hz = f64::from(rate_hz) / signal.len() as f64;
    spectrum_db(signal)
        .iter()
        .enumerate()
        .filter(|(bin, _)| except_hz.is_none_or(|hz| (*bin as f64 - hz / bin_hz).abs() > 16.0))
        .fold(f64::NEG_INFINITY, |loudest, (_, level)| loudest.max(*level))
}

/// 20·log10.
pub fn db(amplitude: f64) -> f64 {
    20.0 * libm::log10(amplitude)
}

/// Root mean square.
pub fn rms(signal: &[f32]) -> f64 {
    let power: f64 = signal.iter().map(|sample| f64::from(*sample) * f64::from(*sample)).sum();
    (power / signal.len() as f64).sqrt()
}

/// Whether two signals are the same bit for bit.
pub fn same_bits(one: &[f32], other: &[f32]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.to_bits() == other.to_bits())
}

fn bessel_i0(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..200 {
        term *= x * x / 4.0 / f64::from(k * k);
        // From here on nothing is left that would change the sum.
        if term < 1e-18 * sum {
            break;
        }
        sum += term;
    }
    sum
}
