//! Which partials sound, low ones too: the summits of a spectrum that is finer than that of a cell.
//!
//! Semitones of the low strings of a bass are 2.5 Hz apart, the bins of a cell 5 Hz. So the low end of the signal is put together
//! again from the spectra of the cells (the squares of their windows sum to one) and cut into windows of twice the length.

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlannerScalar};
use serde::{Deserialize, Serialize};

use crate::energy::{code_from_power, power_from_code};
use crate::frames::Spectrum;

/// Bins of a cell that are kept, to 2.4 kHz. Ours: the fundamentals of nearly all notes of songs, and the overtones that tell a
/// low note from its octave.
const KEPT: usize = 480;

/// Frames between cells in the signal that is put together again, at 4.8 kHz.
const HOP: usize = KEPT;

/// The length of the fine windows: four cells, 400 ms. Mauch and Dixon, "Approximate note transcription for the improved
/// identification of difficult chords" (ISMIR 2010), take 370 ms.
const LENGTH: usize = 4 * HOP;

/// The cells that a fine window waits for beyond its own.
const AHEAD: i64 = 2;

/// The lowest and the highest partial, in Hz: the lowest A of a piano, and where the band ends.
const LOWEST_HZ: f64 = 27.5;
const HIGHEST_HZ: f64 = 2_300.0;

/// The reach to either side over which the mean is taken that a partial must rise above, as a ratio of frequencies, and in bins
/// at least. Ours: a quarter of an octave.
const REACH: f64 = 1.189;
const REACH_BINS: usize = 6;

/// How far above that mean, in amplitude. Ours: of the summits of noise, nine in ten do not.
const ABOVE: f64 = 2.0;

/// How far below the highest of its cell a partial may lie, in power. Ours: −48 dB.
const BELOW: f64 = 1.6e-5;

/// The partials of a cell that are kept, the highest. Ours: three chords of six notes fit into so many, and noise does not.
const MOST: usize = 24;

/// Heights are kept in quarters of a decibel below the highest of the cell.
const STEPS_PER_DB: f64 = 4.0;

/// MIDI number 0 in Hz, from which pitches are counted.
const MIDI_0_HZ: f64 = 8.175_798_915_643_707;

/// A partial that sounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Partial {
    /// Its pitch in semitones: 69 is A at 440 Hz. Known to a cent.
    pub midi: f64,
    /// Its mean power in the window.
    pub power: f64,
}

/// Partials as they are kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// The highest of each cell, in the code of powers.
    #[serde(with = "crate::packed")]
    tops: Vec<u16>,
    /// How many each cell has.
    counts: Vec<u8>,
    /// Pitches in cents above MIDI number 0.
    #[serde(with = "crate::packed")]
    cents: Vec<u16>,
    /// How far each lies below the highest of its cell.
    below: Vec<u8>,
}

impl Kept {
    /// The partials of every cell, from the lowest to the highest.
    pub fn partials(&self) -> Vec<Vec<Partial>> {
        let mut all = self.cents.iter().zip(&self.below);
        let cell = |(top, count): (&u16, &u8)| {
            let top = power_from_code(*top);
            let partial = |(cents, below): (&u16, &u8)| Partial {
                midi: f64::from(*cents) / 100.0,
                power: top * libm::exp10(-f64::from(*below) / (10.0 * STEPS_PER_DB)),
            };
            all.by_ref().take(usize::from(*count)).map(partial).collect()
        };
        self.tops.iter().zip(&self.counts).map(cell).collect()
    }

    /// Whether the numbers fit each other and so many cells.
    pub fn is_whole(&self, cells: usize) -> bool {
        let count = self.counts.iter().map(|count| usize::from(*count)).sum::<usize>();
        self.tops.len() == cells
            && self.counts.len() == cells
            && self.cents.len() == count
            && self.below.len() == count
    }
}

/// Gathers partials from the spectra of cells.
pub(crate) struct PartialsBuilder {
    back: Arc<dyn Fft<f32>>,
    fine: Arc<dyn Fft<f32>>,
    /// The window of a cell, and the fine one.
    sine: Vec<f32>,
    hann: Vec<f32>,
    /// Left as the real, right as the imaginary part; what comes next is added to its end.
    held: Vec<Complex<f32>>,
    work: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    amplitudes: Vec<f32>,
    sums: Vec<f64>,
    found: Vec<Partial>,
    /// The cell that is added next, and how many silent ones came before it in a row.
    next: Option<i64>,
    silent: usize,
    bin_hz: f64,
    kept: Kept,
}

impl Default for PartialsBuilder {
    fn default() -> Self {
        let mut planner = FftPlannerScalar::new();
        let (back, fine) = (planner.plan_fft_inverse(2 * KEPT), planner.plan_fft_forward(LENGTH));
        let sine = |place: f64| libm::sin(std::f64::consts::PI * place);
        // The spectra of cells are scaled by the root of 2 over their length (see [`Spectrum`]), and that of a fine window so
        // that a steady tone has its mean square.
        let cell =
            (0..2 * KEPT).map(|n| sine(n as f64 / (2 * KEPT) as f64) * std::f64::consts::FRAC_1_SQRT_2);
        let fine_window: Vec<f64> = (0..LENGTH).map(|n| sine((n as f64 + 0.5) / LENGTH as f64)).collect();
        let sum: f64 = fine_window.iter().map(|x| x * x).sum();
        Self {
            sine: cell.map(|x| x as f32).collect(),
            hann: fine_window.iter().map(|x| (x * x / sum) as f32).collect(),
            held: vec![Complex::default(); LENGTH + HOP],
            work: vec![Complex::default(); LENGTH],
            scratch: vec![
                Complex::default();
                back.get_inplace_scratch_len().max(fine.get_inplace_scratch_len())
            ],
            back,
            fine,
            amplitudes: Vec::new(),
            sums: Vec::new(),
            found: Vec::new(),
            next: None,
            silent: usize::MAX,
            bin_hz: 0.0,
            kept: Kept::default(),
        }
    }
}

impl PartialsBuilder {
    pub fn add(&mut self, index: i64, spectrum: &Spectrum) {
        self.bin_hz = spectrum.bin_hz;
        if spectrum.silent {
            self.silent = self.silent.saturating_add(1);
        } else {
            self.silent = 0;
            self.put_back(spectrum);
        }
        self.step(index);
    }

    /// Adds the low end of a cell to the end of what is held.
    fn put_back(&mut self, spectrum: &Spectrum) {
        let empty = Complex::default();
        let bin = |bins: &[Complex<f32>], n: usize| bins.get(n).copied().unwrap_or(empty);
        let right = spectrum.right.unwrap_or_default();
        self.work.resize(2 * KEPT, empty);
        self.work.fill(empty);
        for n in 0..KEPT {
            let (l, r) = (bin(spectrum.left, n), bin(right, n));
            if let Some(z) = self.work.get_mut(n) {
                *z = Complex::new(l.re - r.im, l.im + r.re);
            }
            if let Some(z) = self.work.get_mut(2 * KEPT - n).filter(|_| n > 0) {
                *z = Complex::new(l.re + r.im, r.re - l.im);
            }
        }
        self.back.process_with_scratch(&mut self.work, &mut self.scratch);
        let end = self.held.iter_mut().skip(LENGTH + HOP - 2 * KEPT);
        for ((held, z), w) in end.zip(&self.work).zip(&self.sine) {
            *held += *z * *w;
        }
    }

    /// Reads the window that is complete, and moves on by a cell.
    fn step(&mut self, index: i64) {
        // What is held ends half a cell after the end of the cell just added, and is complete to half a cell before it: the fine
        // window that ends there is that of two cells before.
        let at = index - AHEAD;
        if at >= 0 {
            self.read();
        }
        self.held.copy_within(HOP.., 0);
        self.held.iter_mut().skip(LENGTH).for_each(|z| *z = Complex::default());
        self.next = Some(index + 1);
    }

    fn read(&mut self) {
        self.found.clear();
        // Four cells and the one before them reach into the window.
        if self.silent < 5 {
            self.work.clear();
            self.work.extend(self.held.iter().zip(&self.hann).map(|(z, w)| *z * *w));
            self.fine.process_with_scratch(&mut self.work, &mut self.scratch);
            self.summits();
        }
        let power = |partial: &Partial| partial.power;
        let top = self.found.iter().map(power).fold(0.0, f64::max);
        self.found.retain(|partial| partial.power > top * BELOW);
        self.found.sort_by(|one, other| other.power.total_cmp(&one.power));
        self.found.truncate(MOST);
        self.found.sort_by(|one, other| one.midi.total_cmp(&other.midi));
        self.kept.tops.push(code_from_power(top));
        self.kept.counts.push(self.found.len() as u8);
        for partial in &self.found {
            let below = libm::round(-10.0 * STEPS_PER_DB * libm::log10(partial.power / top));
            self.kept.cents.push(libm::round(100.0 * partial.midi).clamp(0.0, 65_535.0) as u16);
            self.kept.below.push(below.clamp(0.0, 255.0) as u8);
        }
    }

    /// Finds what rises above its surroundings.
    fn summits(&mut self) {
        let bin_hz = self.bin_hz * (2 * KEPT) as f64 / LENGTH as f64;
        let last = (HIGHEST_HZ / bin_hz) as usize;
        let first = ((LOWEST_HZ / bin_hz) as usize).max(1);
        self.amplitudes.clear();
        self.sums.clear();
        self.sums.push(0.0);
        let mut sum = 0.0;
        // Left and right together: both halves of the spectrum of a complex signal.
        let square = |z: Option<&Complex<f32>>| z.map_or(0.0, |z| z.re * z.re + z.im * z.im);
        for bin in 0..=((last as f64 * REACH) as usize + REACH_BINS).min(LENGTH / 2) {
            let mirrored = (LENGTH - bin) % LENGTH;
            let power = square(self.work.get(bin)) + square(self.work.get(mirrored));
            self.amplitudes.push(power.sqrt());
            sum += f64::from(power).sqrt();
            self.sums.push(sum);
        }
        for (n, three) in self.amplitudes.windows(3).enumerate().take(last).skip(first - 1) {
            let [low, here, high] = [three[0], three[1], three[2]];
            if here <= low || here < high || low <= 0.0 {
                continue;
            }
            let bin = n + 1;
            let reach = |ratio: f64| ((bin as f64 * (ratio - 1.0).abs()) as usize).max(REACH_BINS);
            let from = bin.saturating_sub(reach(1.0 / REACH));
            let to = (bin + reach(REACH) + 1).min(self.amplitudes.len());
            let sums = |n: usize| self.sums.get(n).copied().unwrap_or(0.0);
            if f64::from(here) * ((to - from) as f64) < ABOVE * (sums(to) - sums(from)) {
                continue;
            }
            // The top of the parabola through the logarithms of three bins.
            let [low, here, high] = [low, here, high].map(|x| libm::log(f64::from(x.max(1e-30))));
            let bend = low - 2.0 * here + high;
            let beside = if bend < 0.0 { (0.5 * (low - high) / bend).clamp(-0.5, 0.5) } else { 0.0 };
            let freq_hz = (bin as f64 + beside) * bin_hz;
            let height = here - 0.25 * (low - high) * beside;
            let midi = 12.0 * libm::log2(freq_hz / MIDI_0_HZ);
            self.found.push(Partial { midi, power: libm::exp(2.0 * height) });
        }
    }

    /// The partials of so many cells.
    pub fn finish(mut self, cells: usize) -> Kept {
        while self.kept.tops.len() < cells {
            let Some(next) = self.next else { break };
            self.silent = self.silent.saturating_add(1);
            self.step(next);
        }
        self.kept.tops.resize(cells, 0);
        let spare = self.kept.counts.iter().skip(cells).map(|count| usize::from(*count)).sum::<usize>();
        self.kept.counts.resize(cells, 0);
        let partials = self.kept.cents.len() - spare;
        self.kept.cents.truncate(partials);
        self.kept.below.truncate(partials);
        self.kept
    }
}
