//! Finds narrow peaks that stand out from the sound around them, wherever they move, and takes them down.

use rustfft::num_complex::Complex;

use crate::block::{Block, Signal};
use crate::curve::Curve;
use crate::kernels::fastmath;
use crate::kernels::spectral::{Spectral, apply, mean_power};
use crate::param::{Preset, PresetValue};
use crate::processor::{Context, Processor, Report, Setup, State, Tail};

crate::params! {
    /// What a resonance tamer can be set to.
    pub struct ResonanceSettings {
        /// The most that a peak is taken down.
        depth_db: f64 = 6.0 [0.0..=24.0, "dB"] automatable;
        /// How far a peak has to stand above the peaks around it: less finds more.
        selectivity_db: f64 = 8.0 [3.0..=24.0, "dB"] automatable;
        /// Nothing below this frequency is touched.
        from_hz: f64 = 150.0 [60.0..=4000.0, "Hz"] automatable;
        /// Nothing above this frequency is touched.
        to_hz: f64 = 12000.0 [500.0..=20000.0, "Hz"] automatable;
        /// How fast a peak is taken hold of.
        attack_ms: f64 = 20.0 [5.0..=500.0, "ms"] automatable;
        /// How fast it is let go.
        release_ms: f64 = 100.0 [20.0..=2000.0, "ms"] automatable;
        /// How much of the tamed sound is heard; the rest is the sound as it came.
        mix_percent: f64 = 100.0 [0.0..=100.0, "%"] automatable;
    }
}

/// Resolves partials of a bass an octave above its lowest note. Ours, chosen because bins of 12 Hz tell a ring at 150 Hz from
/// the notes a third beside it.
const WINDOW_MS: f64 = 85.0;

/// Over how long the power of a bin is smoothed: noise has no lasting peaks after that. Ours, about two windows' advance.
const SMOOTHING_MS: f64 = 50.0;

/// How far around a peak its neighbours are looked for, in octaves. Ours, chosen because the second harmonic of a note then
/// vouches for the first, and the first for the second.
const AROUND_OCTAVES: f32 = 1.25;

/// Music falls by about so much an octave (Pestana et al. 2013 have 5 dB over 100 Hz to 4 kHz): peaks below are taken down by
/// this before they vouch for one above.
const FALL_DB_PER_OCTAVE: f32 = 5.0;

/// Bands an octave in which the strongest bin is looked for. Ours: a semitone each.
const BANDS_PER_OCTAVE: f64 = 12.0;

/// Bins beside a peak that belong to it, through the window's main lobe (three bins wide for a half-sine) and its skirts.
const LOBE_BINS: usize = 4;

/// No peak is wider than this share of its frequency to either side: a sixth of an octave. Ours: what is wider is a matter for
/// an equaliser.
const WIDEST: f64 = 0.122;

/// Levels under this count as silence, in dB of a bin's power.
const SILENCE_DB: f32 = -140.0;

/// Takes down peaks of the short-time spectrum that stand farther above all peaks within a bit more than an octave, on either
/// side, than it is told. The partials of a note vouch for one another, noise and drum hits have no peaks that last, so what
/// is left is what rings. A single pure tone rings, as far as anyone can tell.
///
/// ```
/// use mixkeel_dsp::block::{Buffer, Channels};
/// use mixkeel_dsp::processor::{Context, Processor, Setup};
/// use mixkeel_dsp::processors::resonance::{Resonance, ResonanceSettings};
///
/// let mut tamer = Resonance::default();
/// tamer.prepare(&Setup { rate_hz: 44_100, channels: Channels::Stereo, max_block_frames: 512 });
/// tamer.set(&ResonanceSettings { depth_db: 9.0, ..ResonanceSettings::default() });
/// let mut sound = Buffer::new(Channels::Stereo, 512);
/// tamer.process(&mut sound.block(), &[], &Context { frame: 0, tempo_bpm: 120.0 });
/// ```
#[derive(Debug, Default)]
pub struct Resonance {
    settings: ResonanceSettings,
    work: Option<(Spectral, Peaks)>,
    rate_hz: u32,
}

#[derive(Debug)]
struct Peaks {
    bin_hz: f64,
    hop_ms: f64,
    /// The octave in which a bin lies, counted from bin 1.
    octave: Vec<f32>,
    /// First bin of every band, and the one after the last.
    bands: Vec<usize>,
    /// The strongest bin of every band in this window, and its level.
    strongest: Vec<(usize, f32)>,
    power: Vec<f32>,
    level_db: Vec<f32>,
    /// What a bin should go down by.
    wanted_db: Vec<f32>,
    /// What it goes down by, on its way there.
    down_db: Vec<f32>,
    gains: Vec<f32>,
    most_db: f32,
}

impl Peaks {
    fn new(bins: usize, bin_hz: f64, hop_ms: f64) -> Self {
        // Bands begin where the lowest frequency that can be asked for lies an octave higher, so that it has neighbours.
        let mut bands = vec![libm::ceil(30.0 / bin_hz) as usize];
        let step = libm::exp2(1.0 / BANDS_PER_OCTAVE);
        while let Some(&last) = bands.last() {
            let next = ((last as f64 * step) as usize).max(last + 2);
            if next >= bins {
                break;
            }
            bands.push(next);
        }
        Self {
            bin_hz,
            hop_ms,
            octave: (0..bins).map(|bin| libm::log2(bin.max(1) as f64) as f32).collect(),
            strongest: vec![(0, SILENCE_DB); bands.len().saturating_sub(1)],
            bands,
            power: vec![0.0; bins],
            level_db: vec![SILENCE_DB; bins],
            wanted_db: vec![0.0; bins],
            down_db: vec![0.0; bins],
            gains: vec![1.0; bins],
            most_db: 0.0,
        }
    }

    fn reset(&mut self) {
        self.power.fill(0.0);
        self.down_db.fill(0.0);
        self.most_db = 0.0;
    }

    fn share(&self, time_ms: f64) -> f32 {
        1.0 - libm::exp(-self.hop_ms / time_ms) as f32
    }

    /// Works out the gains of one window.
    fn take(&mut self, settings: &ResonanceSettings, channels: &[Vec<Complex<f32>>]) {
        let share = self.share(SMOOTHING_MS);
        for (bin, (power, level)) in self.power.iter_mut().zip(&mut self.level_db).enumerate() {
            *power += share * (mean_power(channels, bin) - *power);
            *level = fastmath::larger(fastmath::db_from_power(*power), SILENCE_DB);
        }
        for (edges, strongest) in self.bands.windows(2).zip(&mut self.strongest) {
            let bins = (edges[0]..edges[1]).map(|bin| (bin, self.level_db[bin]));
            *strongest =
                bins.fold((edges[0], SILENCE_DB), |best, bin| if bin.1 > best.1 { bin } else { best });
        }
        self.wanted_db.fill(0.0);
        for band in 0..self.strongest.len() {
            let hz = self.strongest[band].0 as f64 * self.bin_hz;
            if (settings.from_hz..=settings.to_hz).contains(&hz) {
                self.mark(band, settings);
            }
        }
        let (attack, release) = (self.share(settings.attack_ms), self.share(settings.release_ms));
        self.most_db = 0.0;
        for ((wanted, down), gain) in self.wanted_db.iter().zip(&mut self.down_db).zip(&mut self.gains) {
            *down += if wanted > down { attack } else { release } * (wanted - *down);
            *gain = fastmath::gain_from_db(-*down);
            self.most_db = fastmath::larger(self.most_db, *down);
        }
    }

    /// Marks what stands out around the strongest bin of a band.
    fn mark(&mut self, band: usize, settings: &ResonanceSettings) {
        let (peak, peak_db) = self.strongest[band];
        let allowed_db = self.vouched_db(peak) + settings.selectivity_db as f32;
        if peak_db <= allowed_db {
            return;
        }
        let reach = ((peak as f64 * WIDEST) as usize).max(LOBE_BINS);
        let depth_db = settings.depth_db as f32;
        let last = self.level_db.len() - 1;
        let mut mark = |bin: usize| {
            let over = self.level_db[bin] - allowed_db;
            let wanted = &mut self.wanted_db[bin];
            *wanted = fastmath::larger(*wanted, fastmath::smaller(over, depth_db));
            over > 0.0
        };
        // Outwards on both sides, as far as it stands out without a gap.
        let _above = (peak..=(peak + reach).min(last)).all(&mut mark);
        let _below = (peak.saturating_sub(reach)..peak).rev().all(&mut mark);
    }

    /// The level that the other peaks around a bin give it the right to.
    fn vouched_db(&self, peak: usize) -> f32 {
        let mut vouched = SILENCE_DB;
        for &(other, level_db) in &self.strongest {
            if other.abs_diff(peak) <= LOBE_BINS || level_db <= vouched {
                continue;
            }
            let octaves = self.octave[other] - self.octave[peak];
            if octaves.abs() <= AROUND_OCTAVES {
                let falls_db = fastmath::smaller(octaves, 0.0) * FALL_DB_PER_OCTAVE;
                vouched = fastmath::larger(vouched, level_db + falls_db);
            }
        }
        vouched
    }
}

impl Processor for Resonance {
    type Settings = ResonanceSettings;

    const PRESETS: &'static [Preset] = &[
        Preset {
            id: "harsh-vocal",
            about: "Whistling partials of a loud voice, from 1.5 kHz up.",
            values: &[
                ("from_hz", PresetValue::Number(1500.0)),
                ("to_hz", PresetValue::Number(10000.0)),
                ("attack_ms", PresetValue::Number(10.0)),
            ],
        },
        Preset {
            id: "drum-ring",
            about: "The ring of a drum's head after the hit.",
            values: &[
                ("depth_db", PresetValue::Number(12.0)),
                ("to_hz", PresetValue::Number(2000.0)),
                ("attack_ms", PresetValue::Number(60.0)),
                ("release_ms", PresetValue::Number(60.0)),
            ],
        },
        Preset {
            id: "room-modes",
            about: "Low notes that the room makes louder than their neighbours.",
            values: &[
                ("from_hz", PresetValue::Number(60.0)),
                ("to_hz", PresetValue::Number(500.0)),
                ("attack_ms", PresetValue::Number(80.0)),
                ("release_ms", PresetValue::Number(300.0)),
            ],
        },
    ];

    fn curves(settings: &ResonanceSettings, _rate_hz: u32) -> Vec<Curve> {
        // A peak among others at −40 dBFS: what is over is cut, up to the depth.
        let out = |dbfs: f64| dbfs - (dbfs + 40.0 - settings.selectivity_db).clamp(0.0, settings.depth_db);
        vec![Curve::levels("a peak among others at −40 dBFS", out)]
    }

    fn prepare(&mut self, setup: &Setup) {
        let spectral = Spectral::new(WINDOW_MS, setup, 0);
        let rate_hz = f64::from(setup.rate_hz);
        let bin_hz = rate_hz / spectral.stft.latency_frames() as f64;
        let hop_ms = 1000.0 * spectral.stft.hop_frames() as f64 / rate_hz;
        self.rate_hz = setup.rate_hz;
        let peaks = Peaks::new(spectral.stft.bins(), bin_hz, hop_ms);
        self.work = Some((spectral, peaks));
        let settings = self.settings;
        self.set(&settings);
    }

    fn set(&mut self, settings: &ResonanceSettings) {
        self.settings = *settings;
        if let Some((spectral, _)) = &mut self.work {
            spectral.aim(settings.mix_percent);
        }
    }

    fn process(&mut self, io: &mut Block<'_>, keys: &[Signal<'_>], at: &Context) {
        let Some((spectral, peaks)) = &mut self.work else { return };
        let settings = &self.settings;
        spectral.run(io, keys, at, |spectra| {
            peaks.take(settings, spectra.channels);
            apply(&peaks.gains, spectra.channels);
        });
    }

    fn reset(&mut self) {
        if let Some((spectral, peaks)) = &mut self.work {
            spectral.reset();
            peaks.reset();
        }
    }

    fn latency_frames(&self) -> usize {
        self.work.as_ref().map_or(0, |(spectral, _)| spectral.stft.latency_frames())
    }

    fn tail(&self) -> Tail {
        Tail::Fading(2 * self.latency_frames())
    }

    fn memory_frames(&self) -> usize {
        // Let go to a thousandth of a dB of the greatest depth: ln(24,000) is 10.
        let memory_ms = 10.0 * (self.settings.release_ms + SMOOTHING_MS);
        let memory = libm::ceil(memory_ms * f64::from(self.rate_hz) / 1000.0);
        2 * self.latency_frames() + memory as usize
    }

    fn report(&self, out: &mut Report) {
        if let Some((spectral, peaks)) = &self.work {
            spectral.report(out);
            out.gain_reduction_db = f64::from(peaks.most_db);
        }
    }

    fn snapshot(&self, to: &mut State) {
        if let Some((spectral, peaks)) = &self.work {
            spectral.snapshot(to);
            to.put_all(&peaks.power);
            to.put_all(&peaks.down_db);
            to.put(f64::from(peaks.most_db));
        }
    }

    fn restore(&mut self, from: &mut State) {
        if let Some((spectral, peaks)) = &mut self.work {
            spectral.restore(from);
            from.take_all(&mut peaks.power);
            from.take_all(&mut peaks.down_db);
            peaks.most_db = from.take() as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::Channels;
    use crate::units::{db_from_power, gain_from_db};
    use std::f64::consts::TAU;

    const RATE_HZ: f64 = 48_000.0;
    const FRAMES: usize = 3 * 48_000;

    fn noise(seed: u64, rms: f64) -> Vec<f64> {
        let mut state = seed;
        let mut uniform = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
        };
        (0..FRAMES).map(|_| uniform() * rms * 12.0_f64.sqrt()).collect()
    }

    /// All partials of a note up to 12 kHz, each so far below the one before as in a sawtooth.
    fn note(hz: f64) -> Vec<f64> {
        let partials = 1..=(12_000.0 / hz) as usize;
        let partial = |n: usize, frame: usize| libm::sin(TAU * hz * (n * frame) as f64 / RATE_HZ) / n as f64;
        (0..FRAMES).map(|frame| 0.1 * partials.clone().map(|n| partial(n, frame)).sum::<f64>()).collect()
    }

    /// What comes out, brought forward by the latency.
    fn heard(settings: &ResonanceSettings, sound: &[f64]) -> Vec<f64> {
        let mut processor = Resonance::default();
        processor.prepare(&Setup { rate_hz: 48_000, channels: Channels::Mono, max_block_frames: 4_096 });
        processor.set(settings);
        let late = processor.latency_frames();
        let mut out: Vec<f32> =
            sound.iter().map(|x| *x as f32).chain(std::iter::repeat_n(0.0, late)).collect();
        for (n, block) in out.chunks_mut(4_096).enumerate() {
            let at = Context { frame: 4_096 * n as i64, tempo_bpm: 120.0 };
            processor.process(&mut Block::mono(block), &[], &at);
        }
        out[late..].iter().map(|x| f64::from(*x)).collect()
    }

    /// How far the difference of two sounds lies under the first, over the last two seconds.
    fn change_db(sound: &[f64], out: &[f64]) -> f64 {
        let power = |samples: &mut dyn Iterator<Item = f64>| samples.map(|x| x * x).sum::<f64>();
        let changed = power(&mut sound[48_000..].iter().zip(&out[48_000..]).map(|(a, b)| a - b));
        db_from_power(changed / power(&mut sound[48_000..].iter().copied()))
    }

    #[test]
    fn what_does_not_ring_is_not_touched() {
        let hits: Vec<f64> = noise(3, 0.3)
            .iter()
            .enumerate()
            .map(|(frame, x)| x * libm::exp(-((frame % 24_000) as f64) / 2_400.0))
            .collect();
        let chord: Vec<f64> =
            note(220.0).iter().zip(note(277.2)).zip(note(329.6)).map(|((a, b), c)| a + b + c).collect();
        for (what, sound) in
            [("noise", noise(1, 0.1)), ("hits", hits), ("note", note(147.0)), ("chord", chord)]
        {
            let change = change_db(&sound, &heard(&ResonanceSettings::default(), &sound));
            assert!(change < -40.0, "{what}: {change} dB");
        }
    }

    #[test]
    fn a_ring_goes_down_by_the_depth_and_leaves_the_rest() {
        // A ring of 1.2 kHz, farther over the peaks of the noise than selectivity and depth together.
        let bed = noise(7, 0.05);
        let ring = |frame: usize| 0.05 * libm::sin(TAU * 1_200.0 * frame as f64 / RATE_HZ);
        let sound: Vec<f64> = bed.iter().enumerate().map(|(frame, x)| x + ring(frame)).collect();
        for depth_db in [3.0, 6.0, 9.0] {
            let out = heard(&ResonanceSettings { depth_db, ..ResonanceSettings::default() }, &sound);
            let of_ring: f64 = (48_000..FRAMES).map(|frame| out[frame] * ring(frame)).sum();
            let was: f64 = (48_000..FRAMES).map(|frame| sound[frame] * ring(frame)).sum();
            let down_db = -db_from_power((of_ring / was) * (of_ring / was));
            assert!((down_db - depth_db).abs() < 0.75, "{depth_db}: {down_db} dB");
            // All that changed is the ring, and a narrow strip of noise around it.
            let gone = 0.05 / 2.0_f64.sqrt() * (1.0 - gain_from_db(-depth_db)) / 0.05;
            let change = change_db(&sound, &out);
            assert!(change < 20.0 * libm::log10(gone) + 1.5, "{depth_db}: {change} dB");
        }
    }

    #[test]
    fn a_ring_that_moves_is_followed() {
        let bed = noise(8, 0.03);
        // From 600 Hz to 1.5 kHz in three seconds.
        let mut phase = 0.0;
        let ring: Vec<f64> = (0..FRAMES)
            .map(|frame| {
                phase += TAU * (600.0 + 900.0 * frame as f64 / FRAMES as f64) / RATE_HZ;
                0.05 * libm::sin(phase)
            })
            .collect();
        let sound: Vec<f64> = bed.iter().zip(&ring).map(|(a, b)| a + b).collect();
        let out = heard(&ResonanceSettings { depth_db: 8.0, ..ResonanceSettings::default() }, &sound);
        for half_second in 2..6 {
            let span = half_second * 24_000..(half_second + 1) * 24_000;
            let of_ring: f64 = span.clone().map(|frame| out[frame] * ring[frame]).sum();
            let was: f64 = span.map(|frame| sound[frame] * ring[frame]).sum();
            let down_db = -db_from_power((of_ring / was) * (of_ring / was));
            assert!(down_db > 5.0, "{half_second}: {down_db} dB");
        }
    }
}
