//! Long-term energy in octave bands, and where its centre lies.

use std::sync::Arc;

use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_dsp::units::db_from_power;
use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlannerScalar};
use serde::{Deserialize, Serialize};

use crate::levels::sample_peak;
use crate::meter::{Meter, finite};

/// Octave bands from 31.5 Hz to 16 kHz (nominal centres of IEC 61260-1).
pub const BANDS: usize = 10;

/// The exact centres: 1 kHz times powers of two (IEC 61260-1, base two).
pub const CENTRES_HZ: [f64; BANDS] =
    [31.25, 62.5, 125.0, 250.0, 500.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0, 16_000.0];

/// The length of a window in frames at 48 kHz. Ours: 85 ms, so that the lowest octave (22 to 44 Hz) is two bins wide,
/// and short enough that a single hit fills its window.
const WINDOW_48K: usize = 4_096;

/// How many sounding windows are all looked at; after them every [`STRIDE`]th is. Ours: the first 5 s of sound at 48 kHz,
/// so that a track that plays little is measured whole, and a long one still from hundreds of windows: an average over
/// octaves moves by hundredths of a dB, at a quarter of the cost.
const WHOLE_WINDOWS: u64 = 64;

/// See [`WHOLE_WINDOWS`].
const STRIDE: u64 = 4;

/// What [`BandsMeter`] reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BandsReading {
    /// Energy of each octave of [`CENTRES_HZ`] in dB re full scale (a full-scale sine is −3), summed over channels and
    /// averaged over the windows in which there is sound. `None` where there is none.
    pub octave_db: [Option<f64>; BANDS],
    /// The power-weighted mean frequency between 20 Hz and 20 kHz, on a logarithmic scale. `None` for silence.
    pub centroid_hz: Option<f64>,
}

impl BandsReading {
    /// The centre of the strongest octave; of equals the lowest. `None` for silence.
    pub fn dominant_hz(&self) -> Option<f64> {
        let mut best: Option<(f64, f64)> = None;
        for (centre, level) in CENTRES_HZ.iter().zip(self.octave_db) {
            if let Some(level) = level
                && best.is_none_or(|(_, highest)| level > highest)
            {
                best = Some((*centre, level));
            }
        }
        best.map(|(centre, _)| centre)
    }
}

/// Measures octave energies by Fourier transforms of windows laid end to end. Both channels go through one complex
/// transform: the sum of their powers needs no separation.
pub struct BandsMeter {
    rate_hz: u32,
    fft: Arc<dyn Fft<f32>>,
    window: Vec<f32>,
    held: Vec<Complex<f32>>,
    filled: usize,
    loud: f32,
    scratch: Vec<Complex<f32>>,
    power: Vec<f64>,
    sounding: u64,
    windows: u64,
}

impl BandsMeter {
    /// Ready for a stereo signal at 48 kHz; [`prepare`](Meter::prepare) says otherwise.
    pub fn new() -> Self {
        Self::at(48_000)
    }

    fn at(rate_hz: u32) -> Self {
        let length = match rate_hz {
            0..12_000 => WINDOW_48K / 4,
            12_000..24_000 => WINDOW_48K / 2,
            24_000..64_000 => WINDOW_48K,
            64_000..128_000 => WINDOW_48K * 2,
            128_000..256_000 => WINDOW_48K * 4,
            _ => WINDOW_48K * 8,
        };
        let fft = FftPlannerScalar::new().plan_fft_forward(length);
        // A Hann window scaled so that power adds up to mean square.
        let window = (0..length)
            .map(|n| {
                let turn = 2.0 * std::f64::consts::PI * (n as f64 + 0.5) / length as f64;
                ((0.5 - 0.5 * libm::cos(turn)) * (8.0_f64 / 3.0).sqrt() / length as f64) as f32
            })
            .collect();
        Self {
            rate_hz: rate_hz.max(1),
            scratch: vec![Complex::default(); fft.get_inplace_scratch_len()],
            fft,
            window,
            held: vec![Complex::default(); length],
            filled: 0,
            loud: 0.0,
            power: vec![0.0; length / 2 + 1],
            sounding: 0,
            windows: 0,
        }
    }

    /// Whether the window in hand is looked at if it sounds.
    fn looks(&self) -> bool {
        let number = self.sounding + 1;
        number <= WHOLE_WINDOWS || number.is_multiple_of(STRIDE)
    }

    fn end_window(&mut self) {
        self.filled = 0;
        let (loud, looks) = (std::mem::take(&mut self.loud), self.looks());
        // −100 dBFS: below the noise of any 16-bit recording there is no sound to place.
        if loud < 1e-5 {
            return;
        }
        self.sounding += 1;
        if !looks {
            return;
        }
        for (sample, weight) in self.held.iter_mut().zip(&self.window) {
            *sample *= *weight;
        }
        self.fft.process_with_scratch(&mut self.held, &mut self.scratch);
        let length = self.held.len();
        let height = |bin: usize| {
            self.held.get(bin % length).map_or(0.0, |z| f64::from(z.re).powi(2) + f64::from(z.im).powi(2))
        };
        for (bin, power) in self.power.iter_mut().enumerate() {
            let mirrored = height(length - bin);
            let sum = if bin == 0 || 2 * bin == length { height(bin) } else { height(bin) + mirrored };
            if sum.is_finite() {
                *power += sum;
            }
        }
        self.windows += 1;
    }

    fn energy(&self, from_hz: f64, to_hz: f64) -> f64 {
        // Each bin stands for the frequencies half a bin to either side, so narrow bands get their share of a bin.
        let bin_hz = f64::from(self.rate_hz) / self.window.len() as f64;
        let first = (from_hz / bin_hz - 0.5).max(0.0) as usize;
        let last = (to_hz / bin_hz + 1.5) as usize;
        let powers = self.power.iter().enumerate().take(last + 1).skip(first);
        powers
            .map(|(bin, power)| {
                let (low, high) = ((bin as f64 - 0.5) * bin_hz, (bin as f64 + 0.5) * bin_hz);
                power * ((high.min(to_hz) - low.max(from_hz)) / bin_hz).max(0.0)
            })
            .sum()
    }
}

impl Default for BandsMeter {
    fn default() -> Self {
        Self::new()
    }
}

impl Meter for BandsMeter {
    type Reading = BandsReading;

    fn prepare(&mut self, rate_hz: u32, _channels: Channels) {
        *self = Self::at(rate_hz);
    }

    fn push(&mut self, signal: &Signal) {
        let mut done = 0;
        while done < signal.frames() {
            let part = signal.part(done..done + (self.held.len() - self.filled));
            if self.looks() {
                let places = self.held.iter_mut().skip(self.filled);
                match part.right() {
                    Some(right) => {
                        for ((place, &l), &r) in places.zip(part.left()).zip(right) {
                            *place = Complex::new(finite(l), finite(r));
                        }
                    }
                    None => {
                        for (place, &only) in places.zip(part.left()) {
                            *place = Complex::new(finite(only), 0.0);
                        }
                    }
                }
            }
            self.loud = part.each().fold(self.loud, |most, channel| sample_peak(channel, most));
            self.filled += part.frames();
            done += part.frames();
            if self.filled == self.held.len() {
                self.end_window();
            }
        }
    }

    fn finish(&mut self) -> BandsReading {
        if self.filled > 0 {
            // A last window that is not full is mostly silence; the sound in it counts as far as the window shows it.
            let filled = self.filled;
            self.held.iter_mut().skip(filled).for_each(|place| *place = Complex::default());
            self.end_window();
        }
        if self.windows == 0 {
            return BandsReading::default();
        }
        let windows = self.windows as f64;
        let half_octave = std::f64::consts::SQRT_2;
        let octave_db = CENTRES_HZ.map(|centre| {
            let energy = self.energy(centre / half_octave, centre * half_octave) / windows;
            (energy > 0.0).then(|| db_from_power(energy))
        });
        let bin_hz = f64::from(self.rate_hz) / self.window.len() as f64;
        let (mut moment, mut total) = (0.0, 0.0);
        for (bin, power) in self.power.iter().enumerate() {
            let freq_hz = bin as f64 * bin_hz;
            if (20.0..=20_000.0).contains(&freq_hz) {
                moment += power * libm::log2(freq_hz);
                total += power;
            }
        }
        BandsReading { octave_db, centroid_hz: (total > 0.0).then(|| libm::exp2(moment / total)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(freq_hz: f64, rate_hz: u32, frames: usize) -> Vec<f32> {
        (0..frames)
            .map(|n| libm::sin(2.0 * std::f64::consts::PI * freq_hz * n as f64 / f64::from(rate_hz)) as f32)
            .collect()
    }

    #[test]
    fn a_tone_lies_in_its_octave_at_every_rate_and_keeps_its_power() {
        for rate in [22_050, 44_100, 48_000, 96_000, 192_000] {
            for (freq, band) in [(60.0, 1), (250.0, 3), (1_000.0, 5), (3_900.0, 7)] {
                let wave = tone(freq, rate, rate as usize * 2);
                let mut meter = BandsMeter::new();
                meter.prepare(rate, Channels::Mono);
                meter.push(&Signal::mono(&wave));
                let reading = meter.finish();
                assert_eq!(reading.dominant_hz(), Some(CENTRES_HZ[band]), "{rate} {freq}");
                // A full-scale sine has a mean square of −3.01 dB; the last window is partly empty.
                assert!((reading.octave_db[band].unwrap() + 3.01).abs() < 0.5, "{rate} {freq} {reading:?}");
                assert!(
                    (reading.centroid_hz.unwrap() / freq - 1.0).abs() < 0.05,
                    "{rate} {freq} {reading:?}"
                );
            }
        }
    }

    #[test]
    fn both_sides_count_alike() {
        let (low, high) = (tone(125.0, 48_000, 96_000), tone(8_000.0, 48_000, 96_000));
        let read = |signal: Signal| {
            let mut meter = BandsMeter::new();
            meter.prepare(48_000, Channels::Stereo);
            meter.push(&signal);
            meter.finish()
        };
        let one = read(Signal::stereo(&low, &high));
        let other = read(Signal::stereo(&high, &low));
        for band in [2, 8] {
            assert!((one.octave_db[band].unwrap() + 3.01).abs() < 0.5);
            assert!((one.octave_db[band].unwrap() - other.octave_db[band].unwrap()).abs() < 1e-3);
        }
        assert_eq!(read(Signal::mono(&[0.0; 50_000])), BandsReading::default());
    }
}
