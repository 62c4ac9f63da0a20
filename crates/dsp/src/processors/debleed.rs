//! Takes out of a close microphone what leaks into it from instruments that have microphones of their own.

use rustfft::num_complex::Complex;

use crate::block::{Block, Signal};
use crate::curve::Curve;
use crate::guard::FEW_KEYS;
use crate::kernels::spectral::{Minima, Spectral, apply, mean_power};
use crate::param::{Preset, PresetValue};
use crate::processor::{Context, Processor, Report, Setup, State, Tail};
use crate::units::{gain_from_db, power_from_db};

crate::params! {
    /// What a bleed remover can be set to.
    pub struct DebleedSettings {
        /// The most that is taken out of any part of the spectrum.
        range_db: f64 = 18.0 [0.0..=40.0, "dB"] automatable;
        /// How much louder than found the bleed is taken to be: more takes out more, and bites into the instrument.
        sensitivity_db: f64 = 0.0 [-12.0..=12.0, "dB"] automatable;
        /// How carefully the instrument is guarded against twittering and dullness, at the price of bleed that stays.
        guard_percent: f64 = 50.0 [0.0..=100.0, "%"] automatable;
        /// How long the way from the other instruments into this microphone is listened for.
        memory_s: f64 = 8.0 [2.0..=30.0, "s"];
        /// How much of the cleaned sound is heard; the rest is the sound as it came.
        mix_percent: f64 = 100.0 [0.0..=100.0, "%"] automatable;
    }
}

/// Holds the few milliseconds by which sound arrives later at the far microphone well inside one window, and still follows
/// drums. Ours, the window of Kokkinis, Reiss and Mourjopoulos (2012) rounded to a power of two.
const WINDOW_MS: f64 = 43.0;

/// Over how long powers are averaged before they are compared, in ms: a hit and its way across the room.
const AVERAGE_MS: f64 = 60.0;

/// Over how long the usual level of a key is worked out, in seconds; only when it is louder than that does it tell anything.
const USUAL_S: f64 = 2.0;

/// The least ratio seen lies below the mean one, by so much as a power. Ours: measured on noise that leaks through a filter,
/// where the instrument is silent half of the time.
const MINIMUM_BIAS: f32 = 1.6;

/// Windows after a start that hold less than a window of sound.
const WARM_UP: u64 = 4;

/// Takes out bleed by a Wiener gain in every bin, after Kokkinis, Reiss and Mourjopoulos, "A Wiener filter approach to microphone
/// leakage reduction in close-microphone applications" (IEEE Trans. ASLP 20(3), 2012). How strongly each key leaks in is found by
/// the least ratio of this microphone to that one over the memory, taken while the key is loud: whenever the instrument
/// itself plays the ratio is higher, so it is not mistaken for bleed. Until half the memory has been heard nothing is taken out.
///
/// ```
/// use mixkeel_dsp::block::{Buffer, Channels};
/// use mixkeel_dsp::processor::{Context, Processor, Setup};
/// use mixkeel_dsp::processors::debleed::{Debleed, DebleedSettings};
///
/// let mut debleed = Debleed::default();
/// debleed.prepare(&Setup { rate_hz: 48_000, channels: Channels::Mono, max_block_frames: 512 });
/// debleed.set(&DebleedSettings::default());
/// let (mut snare, hihat) = (Buffer::new(Channels::Mono, 512), Buffer::new(Channels::Mono, 512));
/// debleed.process(&mut snare.block(), &[hihat.signal()], &Context { frame: 0, tempo_bpm: 120.0 });
/// ```
#[derive(Debug, Default)]
pub struct Debleed {
    settings: DebleedSettings,
    work: Option<(Spectral, Leaks)>,
    rate_hz: u32,
}

/// What is known of the ways into this microphone, and what is done about them.
#[derive(Debug)]
struct Leaks {
    hop_s: f64,
    windows: u64,
    /// The power of this microphone, averaged.
    own: Vec<f32>,
    keys: Vec<Leak>,
    bleed: Vec<f32>,
    /// The gain on its way, before its neighbours smooth it.
    gains: Vec<f32>,
    smooth: Vec<f32>,
}

/// One key's way in.
#[derive(Debug)]
struct Leak {
    /// Its power, averaged, and over a longer time.
    power: Vec<f32>,
    usual: Vec<f32>,
    /// The least ratio of this microphone to it.
    least: Minima,
}

impl Leak {
    fn new(bins: usize) -> Self {
        Self { power: vec![0.0; bins], usual: vec![0.0; bins], least: Minima::new(bins) }
    }

    fn reset(&mut self) {
        self.power.fill(0.0);
        self.usual.fill(0.0);
        self.least.reset();
    }

    /// How much of the key's power arrives, in a bin.
    fn ratio(&self, bin: usize) -> f32 {
        self.least.least(bin).map_or(0.0, |least| least * MINIMUM_BIAS)
    }

    fn rows(&self) -> impl Iterator<Item = &Vec<f32>> {
        [&self.power, &self.usual].into_iter().chain(self.least.rows())
    }

    fn rows_mut(&mut self) -> impl Iterator<Item = &mut Vec<f32>> {
        [&mut self.power, &mut self.usual].into_iter().chain(self.least.rows_mut())
    }
}

impl Leaks {
    fn new(bins: usize, hop_s: f64) -> Self {
        Self {
            hop_s,
            windows: 0,
            own: vec![0.0; bins],
            keys: (0..FEW_KEYS).map(|_| Leak::new(bins)).collect(),
            bleed: vec![0.0; bins],
            gains: vec![1.0; bins],
            smooth: vec![1.0; bins],
        }
    }

    fn reset(&mut self) {
        self.windows = 0;
        self.own.fill(0.0);
        self.keys.iter_mut().for_each(Leak::reset);
        self.gains.fill(1.0);
    }

    fn share(&self, time_s: f64) -> f32 {
        1.0 - libm::exp(-self.hop_s / time_s) as f32
    }

    /// Works out the gains of one window.
    fn take(
        &mut self,
        settings: &DebleedSettings,
        channels: &[Vec<Complex<f32>>],
        keys: &[Vec<Complex<f32>>],
    ) {
        self.windows += 1;
        let (short, long) = (self.share(AVERAGE_MS / 1000.0), self.share(USUAL_S));
        let part_windows = Minima::part_windows(settings.memory_s, self.hop_s);
        let next_part = self.windows.is_multiple_of(part_windows);
        for (bin, own) in self.own.iter_mut().enumerate() {
            *own += short * (mean_power(channels, bin) - *own);
        }
        let louder = power_from_db(settings.sensitivity_db) as f32;
        self.bleed.fill(0.0);
        for (leak, key) in self.keys.iter_mut().zip(keys) {
            if next_part {
                leak.least.next_part();
            }
            for (bin, (value, bleed)) in key.iter().zip(&mut self.bleed).enumerate() {
                let now = value.norm_sqr();
                leak.power[bin] += short * (now - leak.power[bin]);
                leak.usual[bin] += long * (now - leak.usual[bin]);
                let tells = self.windows > WARM_UP && leak.power[bin] > leak.usual[bin];
                if tells && leak.power[bin] > 0.0 {
                    leak.least.take(bin, self.own[bin] / leak.power[bin]);
                }
                *bleed += louder * leak.ratio(bin) * now;
            }
        }
        self.decide(settings, channels);
    }

    fn decide(&mut self, settings: &DebleedSettings, channels: &[Vec<Complex<f32>>]) {
        let least_gain = gain_from_db(-settings.range_db) as f32;
        let guard = (settings.guard_percent / 100.0) as f32;
        let last = self.gains.len() - 1;
        // A single bin's power scatters; its neighbours, mixed in by the guard, steady it.
        let steadied = |row: &dyn Fn(usize) -> f32, bin: usize| {
            let around = 0.5 * (row(bin.saturating_sub(1)) + row((bin + 1).min(last)));
            row(bin) + guard * 0.5 * (around - row(bin))
        };
        for (bin, gain) in self.gains.iter_mut().enumerate() {
            let power = steadied(&|bin| mean_power(channels, bin), bin);
            let bleed = steadied(&|bin| self.bleed[bin], bin);
            let wanted = if bleed > 0.0 { (1.0 - bleed / power.max(bleed)).max(least_gain) } else { 1.0 };
            // Opens at once, so that a hit keeps its edge; closes as slowly as the guard asks.
            *gain = if wanted > *gain { wanted } else { *gain + (1.0 - 0.8 * guard) * (wanted - *gain) };
        }
        for (bin, smooth) in self.smooth.iter_mut().enumerate() {
            *smooth = steadied(&|bin| self.gains[bin], bin);
        }
    }
}

impl Processor for Debleed {
    type Settings = DebleedSettings;

    const PRESETS: &'static [Preset] = &[
        Preset {
            id: "drums",
            about: "A close drum microphone, with the rest of the kit as keys.",
            values: &[("range_db", PresetValue::Number(15.0)), ("guard_percent", PresetValue::Number(40.0))],
        },
        Preset {
            id: "singer-in-the-room",
            about: "A voice recorded in the room with the band: careful with the voice.",
            values: &[("range_db", PresetValue::Number(10.0)), ("guard_percent", PresetValue::Number(80.0))],
        },
    ];

    const KEYS: Option<&'static str> =
        Some("the microphones whose instruments leak into this one; without them it changes nothing.");

    fn curves(settings: &DebleedSettings, _rate_hz: u32) -> Vec<Curve> {
        // Of a bin into which −40 dBFS leaks.
        let bleed = power_from_db(-40.0 + settings.sensitivity_db);
        let least = gain_from_db(-settings.range_db);
        let out =
            |dbfs: f64| dbfs + 20.0 * libm::log10((1.0 - bleed / power_from_db(dbfs).max(bleed)).max(least));
        vec![Curve::levels("a bin with bleed at −40 dBFS", out)]
    }

    fn prepare(&mut self, setup: &Setup) {
        let spectral = Spectral::new(WINDOW_MS, setup, FEW_KEYS);
        let hop_s = spectral.stft.hop_frames() as f64 / f64::from(setup.rate_hz);
        self.rate_hz = setup.rate_hz;
        let leaks = Leaks::new(spectral.stft.bins(), hop_s);
        self.work = Some((spectral, leaks));
        let settings = self.settings;
        self.set(&settings);
    }

    fn set(&mut self, settings: &DebleedSettings) {
        self.settings = *settings;
        if let Some((spectral, _)) = &mut self.work {
            spectral.aim(settings.mix_percent);
        }
    }

    fn process(&mut self, io: &mut Block<'_>, keys: &[Signal<'_>], at: &Context) {
        let Some((spectral, leaks)) = &mut self.work else { return };
        let settings = &self.settings;
        spectral.run(io, keys, at, |spectra| {
            leaks.take(settings, spectra.channels, spectra.keys);
            apply(&leaks.smooth, spectra.channels);
        });
    }

    fn reset(&mut self) {
        if let Some((spectral, leaks)) = &mut self.work {
            spectral.reset();
            leaks.reset();
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
        if let Some((spectral, leaks)) = &self.work {
            spectral.snapshot(to);
            to.put(leaks.windows as f64);
            to.put_all(&leaks.own);
            to.put_all(&leaks.gains);
            leaks.keys.iter().flat_map(Leak::rows).for_each(|row| to.put_all(row));
        }
    }

    fn restore(&mut self, from: &mut State) {
        if let Some((spectral, leaks)) = &mut self.work {
            spectral.restore(from);
            leaks.windows = from.take() as u64;
            from.take_all(&mut leaks.own);
            from.take_all(&mut leaks.gains);
            leaks.keys.iter_mut().flat_map(Leak::rows_mut).for_each(|row| from.take_all(row));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::Channels;
    use crate::units::db_from_power;

    const FRAMES: usize = 24 * 48_000;

    /// Hits of noise that die away, at these frames of every second.
    fn hits(seed: u64, starts: &[usize], decay_frames: f64, brightness: f64) -> Vec<f64> {
        let mut state = seed;
        let (mut low, mut out) = (0.0, Vec::with_capacity(FRAMES));
        for frame in 0..FRAMES {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let noise = (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5;
            low += 0.2 * (noise - low);
            let within = frame % 48_000;
            let since = starts.iter().filter(|start| **start <= within).map(|start| within - start).min();
            let level = since.map_or(0.0, |since| libm::exp(-(since as f64) / decay_frames));
            out.push(level * (low + brightness * (noise - low)));
        }
        out
    }

    /// The way from one microphone to the other: later, duller, softer.
    fn across(sound: &[f64], gain: f64) -> Vec<f64> {
        let mut dull = 0.0;
        let late = std::iter::repeat_n(0.0, 150).chain(sound.iter().copied());
        late.take(FRAMES)
            .map(|x| {
                dull += 0.6 * (x - dull);
                dull * gain
            })
            .collect()
    }

    fn heard(settings: &DebleedSettings, sound: &[f64], key: &[f64]) -> Vec<f64> {
        let mut processor = Debleed::default();
        processor.prepare(&Setup { rate_hz: 48_000, channels: Channels::Mono, max_block_frames: 4_096 });
        processor.set(settings);
        let late = processor.latency_frames();
        let narrow = |samples: &[f64]| -> Vec<f32> {
            samples.iter().map(|x| *x as f32).chain(std::iter::repeat_n(0.0, late)).collect()
        };
        let (mut out, key) = (narrow(sound), narrow(key));
        for ((n, block), key) in out.chunks_mut(4_096).enumerate().zip(key.chunks(4_096)) {
            let at = Context { frame: 4_096 * n as i64, tempo_bpm: 120.0 };
            processor.process(&mut Block::mono(block), &[Signal::mono(key)], &at);
        }
        out[late..].iter().map(|x| f64::from(*x)).collect()
    }

    fn level_db(samples: impl Iterator<Item = f64>) -> f64 {
        db_from_power(samples.map(|x| x * x).sum())
    }

    #[test]
    fn the_hihat_leaves_the_snare_and_the_snare_stays() {
        let snare = hits(1, &[12_000, 36_000], 2_500.0, 0.5);
        let hihat = hits(2, &[0, 6_000, 18_000, 24_000, 30_000, 42_000], 1_200.0, 1.0);
        for leak_db in [-20.0, -12.0, -6.0] {
            let bleed = across(&hihat, gain_from_db(leak_db));
            let snare_mic: Vec<f64> = snare.iter().zip(&bleed).map(|(a, b)| a + b).collect();
            let hihat_mic: Vec<f64> =
                hihat.iter().zip(across(&snare, gain_from_db(-12.0))).map(|(a, b)| a + b).collect();
            let out = heard(&DebleedSettings::default(), &snare_mic, &hihat_mic);
            // From the twelfth second on; hits of the hihat alone, then of the snare.
            let second = 12 * 48_000..FRAMES;
            let hat = |frame: &usize| matches!(frame % 48_000, 300..4_000 | 24_300..28_000);
            let hit = |frame: &usize| matches!(frame % 48_000, 12_000..14_000 | 36_000..38_000);
            let down = level_db(second.clone().filter(hat).map(|frame| snare_mic[frame]))
                - level_db(second.clone().filter(hat).map(|frame| out[frame]));
            assert!(down > 10.0, "{leak_db}: bleed {down} dB down");
            let kept = level_db(second.clone().filter(hit).map(|frame| out[frame]))
                - level_db(second.clone().filter(hit).map(|frame| snare[frame]));
            assert!(kept.abs() < 0.5, "{leak_db}: snare {kept} dB");
            let error = level_db(second.clone().filter(hit).map(|frame| out[frame] - snare[frame]))
                - level_db(second.filter(hit).map(|frame| snare[frame]));
            assert!(error < -15.0, "{leak_db}: error {error} dB");
        }
    }

    #[test]
    fn a_microphone_into_which_nothing_leaks_is_left_alone() {
        let snare = hits(1, &[12_000, 36_000], 2_500.0, 0.5);
        let hihat = hits(2, &[0, 6_000, 18_000, 24_000, 30_000, 42_000], 1_200.0, 1.0);
        let out = heard(&DebleedSettings::default(), &snare, &hihat);
        let change = level_db(out.iter().zip(&snare).map(|(a, b)| a - b)) - level_db(snare.iter().copied());
        assert!(change < -40.0, "{change} dB");
    }

    #[test]
    fn without_keys_nothing_changes() {
        let snare = hits(1, &[12_000, 36_000], 2_500.0, 0.5);
        let mut processor = Debleed::default();
        processor.prepare(&Setup { rate_hz: 48_000, channels: Channels::Mono, max_block_frames: 48_000 });
        let late = processor.latency_frames();
        let mut out: Vec<f32> = snare[..48_000].iter().map(|x| *x as f32).collect();
        processor.process(&mut Block::mono(&mut out), &[], &Context { frame: 0, tempo_bpm: 120.0 });
        let pairs = out[late..].iter().zip(&snare);
        let worst = pairs.fold(0.0, |worst: f64, (out, x)| worst.max((f64::from(*out) - x).abs()));
        // The rounding of a transform there and back.
        assert!(worst < 1e-6, "{worst}");
    }
}
