//! Which notes sound: the summits of a spectrum, folded into one octave.

use rustfft::num_complex::Complex;

use crate::energy::code_from_power;
use crate::frames::Spectrum;

/// Thirds of a semitone in an octave.
pub const CLASSES: usize = 36;

/// The C below hearing from which classes are counted: A = 440 Hz in equal temperament, 4 octaves and 9 semitones down.
const C_HZ: f64 = 16.351_597_831_287_414;

/// The lowest summit that counts. Ours: below, neighbouring semitones are closer than the bins of a 200 ms window.
const LOWEST_HZ: f64 = 80.0;

/// The highest summit that counts. Ours: above lie overtones rather than notes.
const HIGHEST_HZ: f64 = 5_000.0;

/// Gathers chroma from the spectra of cells.
#[derive(Default)]
pub(crate) struct ChromaBuilder {
    tops: Vec<u16>,
    chroma: Vec<u8>,
    power: Vec<f32>,
}

impl ChromaBuilder {
    pub fn add(&mut self, index: i64, spectrum: &Spectrum) {
        if index < 0 {
            return;
        }
        let mut classes = [0.0_f64; CLASSES];
        if !spectrum.silent {
            self.summits(spectrum, &mut classes);
        }
        let top = classes.iter().copied().fold(0.0, f64::max);
        self.tops.push(code_from_power(top));
        let part = |class: f64| if top > 0.0 { libm::round(class / top * 255.0) as u8 } else { 0 };
        self.chroma.extend(classes.map(part));
    }

    /// Adds the height of every summit to its class: the root of its power, so that one loud note does not hide a chord.
    fn summits(&mut self, spectrum: &Spectrum, classes: &mut [f64; CLASSES]) {
        let square = |z: &Complex<f32>| z.re * z.re + z.im * z.im;
        let first = ((LOWEST_HZ / spectrum.bin_hz) as usize).max(1);
        let last = ((HIGHEST_HZ / spectrum.bin_hz) as usize).min(spectrum.left.len().saturating_sub(2));
        self.power.clear();
        self.power.extend(spectrum.left.iter().take(last + 2).map(square));
        for (power, right) in self.power.iter_mut().zip(spectrum.right.unwrap_or_default()) {
            *power += square(right);
        }
        for (at, three) in self.power.windows(3).enumerate().skip(first - 1) {
            let [low, here, high] = [three[0], three[1], three[2]];
            if here <= low || here < high || low <= 0.0 {
                continue;
            }
            // The top of the parabola through the logarithms of three bins.
            let [low, middle, high] = [low, here, high].map(|power| libm::log2(f64::from(power.max(1e-30))));
            let bend = low - 2.0 * middle + high;
            let beside = if bend < 0.0 { (0.5 * (low - high) / bend).clamp(-0.5, 0.5) } else { 0.0 };
            let freq_hz = (at as f64 + 1.0 + beside) * spectrum.bin_hz;
            let third = libm::round(CLASSES as f64 * libm::log2(freq_hz / C_HZ));
            if let Some(class) = classes.get_mut((third.max(0.0) as usize) % CLASSES) {
                *class += f64::from(here).sqrt();
            }
        }
    }

    /// The highest class of each of so many cells, and all classes beside it.
    pub fn finish(mut self, cells: usize) -> (Vec<u16>, Vec<u8>) {
        self.tops.resize(cells, 0);
        self.chroma.resize(cells * CLASSES, 0);
        (self.tops, self.chroma)
    }
}
