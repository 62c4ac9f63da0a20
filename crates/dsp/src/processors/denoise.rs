//! Takes a steady noise floor out: hiss, rumble of a preamplifier, air of a room.

use std::sync::Arc;

use rustfft::num_complex::Complex;

use crate::block::{Block, Buffer, Signal};
use crate::curve::Curve;
use crate::kernels::spectral::{Minima, Spectral, apply, mean_power};
use crate::kernels::stft::Stft;
use crate::param::{Preset, PresetValue};
use crate::processor::{AssetSpec, Context, Processor, Report, Setup, State, Tail};
use crate::units::{gain_from_db, power_from_db};

crate::params! {
    /// What a denoiser can be set to.
    pub struct DenoiseSettings {
        /// The most that is taken out of any part of the spectrum.
        reduction_db: f64 = 12.0 [0.0..=40.0, "dB"] automatable;
        /// How much louder than found the noise is taken to be: more takes out more, and bites into what is soft.
        sensitivity_db: f64 = 0.0 [-12.0..=12.0, "dB"] automatable;
        /// How long a sound has to stay the same to count as noise. Not needed where a recording of the noise is given.
        memory_s: f64 = 3.0 [1.0..=10.0, "s"];
        /// How much of the cleaned sound is heard; the rest is the sound as it came.
        mix_percent: f64 = 100.0 [0.0..=100.0, "%"] automatable;
    }
}

/// Long enough to tell a low note from the noise beside it, short enough not to smear the start of a word: the usual
/// compromise for wide-band noise (Ephraim and Malah 1984 use 32 ms for speech; ours is longer because music is lower).
const WINDOW_MS: f64 = 43.0;

/// Over how long the power of a bin is averaged before its minimum is looked for. Martin (2001) smooths by a one-pole of about
/// 0.1 s; ours is a plain mean of twice that, of the same scatter, because it forgets a note that has ended altogether.
const AVERAGE_S: f64 = 0.2;

/// The minimum of a smoothed periodogram lies below its mean; by so much, as a factor, for Gaussian noise at the window,
/// smoothing and default memory above. Ours, measured; the test `the_floor_is_found` holds it to 1 dB.
const MINIMUM_BIAS: f32 = 2.0;

/// How much of the last window's outcome goes into the estimate of how far the sound stands above the noise: the
/// decision-directed estimate of Ephraim and Malah (1984), eq. 51, with their 0.98. It is what keeps single bins from
/// twittering.
const DECIDED: f32 = 0.98;

/// Windows after a start that hold less than a window of sound, and say nothing about the noise.
const WARM_UP: u64 = 4;

/// Takes out a steady noise floor by a Wiener gain in every bin, from noise it is given or finds by the minima of the
/// spectrum over time (Martin 2001, "Noise power spectral density estimation based on optimal smoothing and minimum
/// statistics"). Both channels get the same gain. Where the noise has to be found, nothing is taken out before half the memory
/// has been heard.
///
/// ```
/// use mixkeel_dsp::block::{Buffer, Channels};
/// use mixkeel_dsp::processor::{Context, Processor, Setup};
/// use mixkeel_dsp::processors::denoise::{Denoise, DenoiseSettings};
///
/// let mut denoise = Denoise::default();
/// denoise.prepare(&Setup { rate_hz: 48_000, channels: Channels::Mono, max_block_frames: 512 });
/// denoise.set(&DenoiseSettings { reduction_db: 9.0, ..DenoiseSettings::default() });
/// let mut sound = Buffer::new(Channels::Mono, 512);
/// denoise.process(&mut sound.block(), &[], &Context { frame: 0, tempo_bpm: 120.0 });
/// assert_eq!(denoise.latency_frames(), 2_048);
/// ```
#[derive(Debug, Default)]
pub struct Denoise {
    settings: DenoiseSettings,
    print: Option<Arc<Buffer>>,
    work: Option<(Spectral, Decision)>,
    rate_hz: u32,
}

/// What is known of the noise, and what is done about it.
#[derive(Debug)]
struct Decision {
    floor: Floor,
    /// The noise of the recording that was given, a bin.
    given: Vec<f32>,
    /// What the last window gave out, a bin, as power.
    decided: Vec<f32>,
    gains: Vec<f32>,
    smooth: Vec<f32>,
}

/// The minima of every bin over the memory.
#[derive(Debug)]
struct Floor {
    /// The powers of the last windows, the newest first.
    recent: Vec<Vec<f32>>,
    least: Minima,
    windows: u64,
}

impl Floor {
    fn new(bins: usize, hop_s: f64) -> Self {
        let averaged = libm::round(AVERAGE_S / hop_s).max(1.0) as usize;
        let mut floor =
            Self { recent: vec![vec![0.0; bins]; averaged], least: Minima::new(bins), windows: 0 };
        floor.reset();
        floor
    }

    fn reset(&mut self) {
        self.recent.iter_mut().for_each(|window| window.fill(0.0));
        self.least.reset();
        self.windows = 0;
    }

    /// One more window; a part of the memory is so many windows long.
    fn take(&mut self, channels: &[Vec<Complex<f32>>], part_windows: u64) {
        self.windows += 1;
        self.recent.rotate_right(1);
        self.recent[0].iter_mut().enumerate().for_each(|(bin, power)| *power = mean_power(channels, bin));
        let full = WARM_UP + self.recent.len() as u64;
        if self.windows < full {
            return;
        }
        if self.windows > full && (self.windows - full).is_multiple_of(part_windows) {
            self.least.next_part();
        }
        let share = 1.0 / self.recent.len() as f32;
        for bin in 0..self.recent[0].len() {
            self.least.take(bin, share * self.recent.iter().map(|window| window[bin]).sum::<f32>());
        }
    }

    /// The power of the noise in a bin. Nothing is said before half the memory is full: a first long note is not noise.
    fn noise(&self, bin: usize) -> f32 {
        self.least.least(bin).map_or(0.0, |least| least * MINIMUM_BIAS)
    }

    fn snapshot(&self, to: &mut State) {
        to.put(self.windows as f64);
        self.recent.iter().chain(self.least.rows()).for_each(|part| to.put_all(part));
    }

    fn restore(&mut self, from: &mut State) {
        self.windows = from.take() as u64;
        self.recent.iter_mut().chain(self.least.rows_mut()).for_each(|part| from.take_all(part));
    }
}

impl Decision {
    /// The gains of one window.
    fn decide(&mut self, settings: &DenoiseSettings, channels: &[Vec<Complex<f32>>]) {
        let louder = power_from_db(settings.sensitivity_db) as f32;
        let least_gain = gain_from_db(-settings.reduction_db) as f32;
        for (bin, gain) in self.gains.iter_mut().enumerate() {
            let noise = louder * self.given.get(bin).copied().unwrap_or_else(|| self.floor.noise(bin));
            let power = mean_power(channels, bin);
            *gain = 1.0;
            if noise > 0.0 {
                let above = (power / noise - 1.0).max(0.0);
                let ratio = DECIDED * self.decided[bin] / noise + (1.0 - DECIDED) * above;
                *gain = (ratio / (1.0 + ratio)).max(least_gain);
            }
            self.decided[bin] = *gain * *gain * power;
        }
        // A bin that stands out alone from its neighbours is heard as a chirp.
        let last = self.gains.len() - 1;
        for (bin, smooth) in self.smooth.iter_mut().enumerate() {
            let (below, above) = (self.gains[bin.saturating_sub(1)], self.gains[(bin + 1).min(last)]);
            *smooth = 0.25 * below + 0.5 * self.gains[bin] + 0.25 * above;
        }
    }
}

/// The mean power of every bin over a recording of nothing but noise; nothing when it is shorter than a window.
fn print_of(recording: &Buffer, window_frames: usize) -> Vec<f32> {
    let mut stft = Stft::new(window_frames, recording.channels().count(), 0);
    let mut sound = recording.clone();
    let mut sums = vec![0.0_f64; stft.bins()];
    let mut windows = 0_u64;
    stft.run(&mut sound.block(), &[], 0, |spectra| {
        windows += 1;
        if windows >= WARM_UP {
            sums.iter_mut()
                .enumerate()
                .for_each(|(bin, sum)| *sum += f64::from(mean_power(spectra.channels, bin)));
        }
    });
    let counted = windows.saturating_sub(WARM_UP - 1);
    if counted == 0 { Vec::new() } else { sums.iter().map(|sum| (sum / counted as f64) as f32).collect() }
}

impl Processor for Denoise {
    type Settings = DenoiseSettings;

    const PRESETS: &'static [Preset] = &[
        Preset {
            id: "gentle",
            about: "A few dB less hiss, nothing else to be heard.",
            values: &[("reduction_db", PresetValue::Number(6.0)), ("memory_s", PresetValue::Number(4.0))],
        },
        Preset {
            id: "noisy-amplifier",
            about: "The hum and hiss of a guitar amplifier between the notes.",
            values: &[
                ("reduction_db", PresetValue::Number(15.0)),
                ("sensitivity_db", PresetValue::Number(2.0)),
            ],
        },
    ];

    const ASSETS: &'static [AssetSpec] = &[AssetSpec {
        id: "noise",
        help: "A recording of the noise alone, a second or more: it is then not looked for.",
    }];

    fn curves(settings: &DenoiseSettings, _rate_hz: u32) -> Vec<Curve> {
        // Where sound stands steadily above a noise of −60 dBFS in its bin, the Wiener gain is what is left.
        let noise = power_from_db(-60.0 + settings.sensitivity_db);
        let least = gain_from_db(-settings.reduction_db);
        let out = |dbfs: f64| {
            let above = (power_from_db(dbfs) / noise - 1.0).max(0.0);
            dbfs + 20.0 * libm::log10((above / (1.0 + above)).max(least))
        };
        vec![Curve::levels("a bin over noise at −60 dBFS", out)]
    }

    fn load(&mut self, assets: &[Arc<Buffer>]) {
        self.print = assets.first().cloned();
    }

    fn prepare(&mut self, setup: &Setup) {
        let spectral = Spectral::new(WINDOW_MS, setup, 0);
        let bins = spectral.stft.bins();
        let print = self.print.as_ref();
        self.rate_hz = setup.rate_hz;
        let decision = Decision {
            given: print.map(|print| print_of(print, spectral.stft.latency_frames())).unwrap_or_default(),
            floor: Floor::new(bins, spectral.stft.hop_frames() as f64 / f64::from(setup.rate_hz)),
            decided: vec![0.0; bins],
            gains: vec![1.0; bins],
            smooth: vec![1.0; bins],
        };
        self.work = Some((spectral, decision));
        let settings = self.settings;
        self.set(&settings);
    }

    fn set(&mut self, settings: &DenoiseSettings) {
        self.settings = *settings;
        if let Some((spectral, _)) = &mut self.work {
            spectral.aim(settings.mix_percent);
        }
    }

    fn process(&mut self, io: &mut Block<'_>, keys: &[Signal<'_>], at: &Context) {
        let Some((spectral, decision)) = &mut self.work else { return };
        let (settings, hop_s) = (&self.settings, spectral.stft.hop_frames() as f64 / f64::from(self.rate_hz));
        let part_windows = Minima::part_windows(settings.memory_s, hop_s);
        spectral.run(io, keys, at, |spectra| {
            if decision.given.is_empty() {
                decision.floor.take(spectra.channels, part_windows);
            }
            decision.decide(settings, spectra.channels);
            apply(&decision.smooth, spectra.channels);
        });
    }

    fn reset(&mut self) {
        if let Some((spectral, decision)) = &mut self.work {
            spectral.reset();
            decision.floor.reset();
            decision.decided.fill(0.0);
        }
    }

    fn latency_frames(&self) -> usize {
        self.work.as_ref().map_or(0, |(spectral, _)| spectral.stft.latency_frames())
    }

    fn tail(&self) -> Tail {
        Tail::Fading(2 * self.latency_frames())
    }

    fn memory_frames(&self) -> usize {
        let memory = self.settings.memory_s * f64::from(self.rate_hz);
        2 * self.latency_frames() + memory as usize
    }

    fn report(&self, out: &mut Report) {
        if let Some((spectral, _)) = &self.work {
            spectral.report(out);
        }
    }

    fn snapshot(&self, to: &mut State) {
        if let Some((spectral, decision)) = &self.work {
            spectral.snapshot(to);
            decision.floor.snapshot(to);
            to.put_all(&decision.decided);
        }
    }

    fn restore(&mut self, from: &mut State) {
        if let Some((spectral, decision)) = &mut self.work {
            spectral.restore(from);
            decision.floor.restore(from);
            from.take_all(&mut decision.decided);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::Channels;
    use crate::units::db_from_power;

    const RATE_HZ: u32 = 48_000;

    /// Noise that is nearly Gaussian: twelve uniform numbers a sample, of this root mean square.
    fn hiss(seed: u64, frames: usize, rms: f64) -> Vec<f32> {
        let mut state = seed;
        let mut uniform = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
        };
        (0..frames).map(|_| ((0..12).map(|_| uniform()).sum::<f64>() * rms) as f32).collect()
    }

    fn denoise(settings: &DenoiseSettings, print: Option<&[f32]>) -> Denoise {
        let mut processor = Denoise::default();
        if let Some(print) = print {
            let mut buffer = Buffer::new(Channels::Mono, print.len());
            buffer.block().left().copy_from_slice(print);
            processor.load(&[Arc::new(buffer)]);
        }
        processor.prepare(&Setup { rate_hz: RATE_HZ, channels: Channels::Mono, max_block_frames: 4_096 });
        processor.set(settings);
        processor
    }

    /// What comes out, brought forward by the latency, and how much was said to be taken out.
    fn heard(processor: &mut Denoise, sound: &[f32]) -> (Vec<f32>, f64) {
        let late = processor.latency_frames();
        let mut out: Vec<f32> = sound.iter().copied().chain(std::iter::repeat_n(0.0, late)).collect();
        let (mut removed, mut frame) = (0.0, 0);
        for block in out.chunks_mut(4_096) {
            let frames = block.len();
            processor.process(&mut Block::mono(block), &[], &Context { frame, tempo_bpm: 120.0 });
            let mut report = Report::default();
            processor.report(&mut report);
            removed += report.removed_power * frames as f64;
            frame += frames as i64;
        }
        (out.split_off(late), removed / sound.len() as f64)
    }

    fn level_db(samples: &[f32]) -> f64 {
        let power: f64 = samples.iter().map(|sample| f64::from(*sample) * f64::from(*sample)).sum();
        db_from_power(power / samples.len() as f64)
    }

    /// Half a second of tone, half a second of nothing, over and over.
    fn notes(frames: usize) -> Vec<f32> {
        let step = 2.0 * std::f64::consts::PI * 440.0 / f64::from(RATE_HZ);
        let on = |frame: usize| (frame / 24_000).is_multiple_of(2);
        (0..frames)
            .map(|frame| if on(frame) { (0.25 * libm::sin(step * frame as f64)) as f32 } else { 0.0 })
            .collect()
    }

    #[test]
    fn the_floor_is_found() {
        let noise = hiss(1, 12 * 48_000, 0.001);
        let mut processor = denoise(&DenoiseSettings::default(), None);
        heard(&mut processor, &noise);
        let (spectral, decision) = processor.work.as_ref().unwrap();
        let bins = 10..decision.gains.len() - 10;
        let found: f64 =
            bins.clone().map(|bin| f64::from(decision.floor.noise(bin))).sum::<f64>() / bins.len() as f64;
        let true_power = spectral.stft.white_bin_power(1e-6);
        let off_db = db_from_power(found / true_power);
        assert!(off_db.abs() < 1.0, "{off_db} dB");
    }

    #[test]
    fn noise_goes_down_by_what_was_asked_and_notes_stay() {
        let frames = 16 * 48_000;
        let (notes, noise) = (notes(frames), hiss(5, frames, 0.001));
        let mixed: Vec<f32> = notes.iter().zip(&noise).map(|(a, b)| a + b).collect();
        for reduction_db in [6.0, 12.0, 20.0] {
            let settings = DenoiseSettings { reduction_db, ..DenoiseSettings::default() };
            let (out, removed) = heard(&mut denoise(&settings, None), &mixed);
            // From the eighth second on; the middle of notes and of pauses.
            let middle =
                |second: usize, offset: usize| second * 48_000 + offset..second * 48_000 + offset + 12_000;
            let pause = level_db(&out[middle(9, 30_000)]) - level_db(&mixed[middle(9, 30_000)]);
            assert!((pause + reduction_db).abs() < 1.5, "{reduction_db}: {pause} dB");
            let note = level_db(&out[middle(9, 6_000)]) - level_db(&mixed[middle(9, 6_000)]);
            assert!(note.abs() < 0.05, "{reduction_db}: {note} dB");
            assert!(removed > 0.0 && db_from_power(removed) < -58.0);
        }
    }

    #[test]
    fn a_recording_of_the_noise_works_from_the_first_moment() {
        let noise = hiss(9, 48_000, 0.01);
        let settings = DenoiseSettings { sensitivity_db: 3.0, ..DenoiseSettings::default() };
        let (out, _) = heard(&mut denoise(&settings, Some(&hiss(8, 96_000, 0.01))), &noise);
        let down = level_db(&out[4_800..24_000]) - level_db(&noise[4_800..24_000]);
        assert!((down + 12.0).abs() < 1.5, "{down} dB");
    }

    #[test]
    fn clean_sound_is_left_alone() {
        let notes = notes(10 * 48_000);
        let (out, _) = heard(&mut denoise(&DenoiseSettings::default(), None), &notes);
        let changed: Vec<f32> = out.iter().zip(&notes).map(|(a, b)| a - b).collect();
        // A pause of digital silence has no floor: what little is done is the smearing of onsets within a window.
        assert!(level_db(&changed) < level_db(&notes) - 60.0, "{}", level_db(&changed));
    }
}
