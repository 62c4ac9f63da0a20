//! Softens the sharp consonants of a voice at any level.
//!
//! What counts is not how loud the sibilance is but how far it stands out: its power, above `freq_hz`, over the power of the
//! whole voice, both now and on average over the last moments, whichever is more. A voice recorded 20 dB lower is treated the
//! same.
//!
//! Split, only what is above the frequency is turned down, by a shelf of 12 dB an octave whose gain moves; wide, the whole voice
//! is. While nothing is turned down, every bit passes.
//!
//! ```
//! use mixkeel_dsp::block::{Block, Channels};
//! use mixkeel_dsp::processor::{Context, Processor, Report, Setup};
//! use mixkeel_dsp::processors::de_esser::{DeEsser, DeEsserSettings};
//!
//! let mut de_esser = DeEsser::default();
//! de_esser.prepare(&Setup { rate_hz: 48_000, channels: Channels::Mono, max_block_frames: 4_096 });
//! de_esser.set(&DeEsserSettings { range_db: 6.0, ..Default::default() });
//! // A hiss: every sample the opposite of the one before.
//! let mut hiss: Vec<f32> = (0..4_096).map(|frame| if frame % 4 < 2 { 0.01 } else { -0.01 }).collect();
//! de_esser.process(&mut Block::mono(&mut hiss), &[], &Context { frame: 0, tempo_bpm: 120.0 });
//! let mut report = Report::default();
//! de_esser.report(&mut report);
//! assert!((report.gain_reduction_db - 6.0).abs() < 0.1);
//! ```

use crate::GRID_FRAMES;
use crate::block::{Block, Signal};
use crate::curve::Curve;
use crate::glide::{Glide, Motion};
use crate::kernels::detector::{Cell, GainComputer, Mean, REMEMBERED, Reducer, Reducing, Timing, retained};
use crate::kernels::fastmath::{db_from_power, gain_from_db, larger};
use crate::kernels::svf::{Section, Svf, tan_half};
use crate::param::{Preset, PresetValue::Number, PresetValue::Word};
use crate::processor::{Context, Processor, Report, Setup, State, Tail};
use crate::units;

crate::choices! {
    /// What is turned down.
    pub enum DeEsserMode {
        /// Only what is above the frequency.
        Split = "split",
        /// The whole voice.
        Wide = "wide",
    }
}

crate::params! {
    /// What a de-esser can be set to.
    pub struct DeEsserSettings {
        /// Whether only the sibilance is turned down, or the whole voice.
        mode: DeEsserMode;
        /// Where sibilance begins.
        freq_hz: f64 = 5500.0 [2000.0..=12000.0, "Hz"] automatable;
        /// How far under the whole voice sibilance may stand, whatever the level; what stands higher is turned down.
        threshold_db: f64 = -12.0 [-40.0..=0.0, "dB"] automatable;
        /// How many dB over that become one.
        ratio: f64 = 4.0 [1.0..=100.0, ""] automatable;
        /// The most it ever turns down.
        range_db: f64 = 8.0 [0.0..=24.0, "dB"] automatable;
        /// The time in which 63 % of a reduction is reached.
        attack_ms: f64 = 1.0 [0.0..=50.0, "ms"] automatable;
        /// The time in which 63 % of a reduction is given back.
        release_ms: f64 = 50.0 [1.0..=500.0, "ms"] automatable;
        /// How much of each channel's reduction is that of the sharper channel; at 100 the stereo image stands still.
        link_percent: f64 = 100.0 [0.0..=100.0, "%"] automatable;
    }
}

/// The window over which powers are compared now. Ours: shorter than a consonant, longer than a period of a low voice.
const NOW_MS: f64 = 8.0;

/// The window over which the voice is averaged. Ours: about a syllable or two, so that a consonant is measured by its vowel.
const MOMENTS_MS: f64 = 300.0;

/// The width of the bend around the threshold. Ours, chosen so that nothing is heard setting in.
const KNEE_DB: f64 = 6.0;

/// Powers under this are a pause: −120 dB. What is under it is compared with it.
const PAUSE: f64 = 1e-12;

/// Nepers by which the filters fall silent: −174 dB.
const NEPERS: f64 = 20.0;

impl DeEsserSettings {
    fn computer(&self) -> GainComputer {
        GainComputer::compressor(self.threshold_db, self.ratio, KNEE_DB, self.range_db)
    }

    /// A Butterworth high pass, and the band pass beside it.
    fn sections(&self, rate_hz: u32) -> [Section; 2] {
        let high = Section::high_pass(tan_half(self.freq_hz, rate_hz), std::f64::consts::FRAC_1_SQRT_2);
        [high, Section { high: 0.0, band: high.k, ..high }]
    }
}

/// A de-esser; see the [module](self).
#[derive(Debug)]
pub struct DeEsser {
    rate_hz: u32,
    settings: DeEsserSettings,
    glide: Glide<DeEsserSettings>,
    high: Svf<2>,
    band: Svf<2>,
    steep: Svf<2>,
    sibilance: Mean<2>,
    voice: Mean<2>,
    moments: Mean<2>,
    reducer: Reducer,
    reduced_db: f32,
}

/// One stretch of one part of the spectrum, both channels.
type Part = [[f64; 2]; GRID_FRAMES];

impl DeEsser {
    fn ready(rate_hz: u32, settings: DeEsserSettings) -> Self {
        Self {
            rate_hz,
            settings,
            glide: Glide::new(settings),
            high: Svf::default(),
            band: Svf::default(),
            steep: Svf::default(),
            sibilance: Mean::default(),
            voice: Mean::default(),
            moments: Mean::default(),
            reducer: Reducer::new(1),
            reduced_db: 0.0,
        }
    }

    /// One stretch of the control grid.
    fn stretch(&mut self, io: &mut Block<'_>, motion: &Motion<DeEsserSettings>) {
        let frames = io.frames();
        let (from, to) = motion.ends();
        let mut whole: Part = [[0.0; 2]; GRID_FRAMES];
        for (index, channel) in io.each().enumerate() {
            whole.iter_mut().zip(channel).for_each(|(frame, sample)| frame[index] = f64::from(*sample));
        }
        let [of_high, of_band] = to.sections(self.rate_hz).map(|section| section.step());
        let (mut high, mut band) = (whole, whole);
        self.high.run(&of_high, &mut high[..frames]);
        self.band.run(&of_band, &mut band[..frames]);
        // Twice through the high pass: what is listened to is 24 dB an octave.
        let mut sibilance = high;
        self.steep.run(&of_high, &mut sibilance[..frames]);
        let mut levels = self.standing_out(&whole[..frames], &sibilance);
        let how = Reducing {
            computers: [from.computer(), to.computer()],
            share: motion.share(0),
            link: to.link_percent / 100.0,
            timing: Timing::new(to.attack_ms, to.release_ms, self.rate_hz),
            adaptive: 0.0,
        };
        self.reducer.run(&mut levels, io.channels().count(), frames, &how);
        let split = self.settings.mode == DeEsserMode::Split;
        for (index, (channel, reductions)) in io.each().zip(&levels).enumerate() {
            for (frame, (sample, reduction)) in channel.iter_mut().zip(reductions).enumerate() {
                self.reduced_db = larger(self.reduced_db, *reduction);
                let gain = gain_from_db(-*reduction);
                *sample = if split {
                    // The shelf (g·s² + √(2g)·s + 1)/(s² + √2·s + 1), as the sound and what is missing from it: its power
                    // falls evenly from 1 to g², 3 dB of a deep cut at the frequency, with no bump.
                    let gain = f64::from(gain);
                    let missing =
                        (gain - 1.0) * high[frame][index] + (gain.sqrt() - 1.0) * band[frame][index];
                    (whole[frame][index] + missing) as f32 + 0.0
                } else {
                    *sample * gain
                };
            }
        }
    }

    /// How far the sibilance stands out of the voice, in dB.
    fn standing_out(&mut self, whole: &[[f64; 2]], above: &Part) -> Cell {
        let [now, moments] = [NOW_MS, MOMENTS_MS].map(|ms| retained(units::frames_from_ms(ms, self.rate_hz)));
        let mut levels: Cell = [[0.0; GRID_FRAMES]; 2];
        let [left, right] = &mut levels;
        let powers = |frame: &[f64; 2]| frame.map(|sample| sample * sample);
        for ((whole, above), levels) in whole.iter().zip(above).zip(left.iter_mut().zip(right)) {
            let sibilance = self.sibilance.step(powers(above), now);
            let voice = self.voice.step(powers(whole), now);
            let average = self.moments.step(powers(whole), moments);
            let ratio = |channel: usize| {
                let voice = f64::max(f64::max(voice[channel], average[channel]), PAUSE);
                (sibilance[channel] / voice) as f32
            };
            (*levels.0, *levels.1) = (ratio(0), ratio(1));
        }
        levels.iter_mut().flatten().for_each(|level| *level = db_from_power(*level));
        levels
    }
}

impl Default for DeEsser {
    fn default() -> Self {
        Self::ready(48_000, DeEsserSettings::default())
    }
}

impl Processor for DeEsser {
    type Settings = DeEsserSettings;

    const PRESETS: &'static [Preset] = &[
        Preset {
            id: "gentle",
            about: "Takes the edge off, unheard.",
            values: &[("range_db", Number(4.0)), ("ratio", Number(2.5))],
        },
        Preset {
            id: "high-voice",
            about: "For voices whose sibilants lie high.",
            values: &[("freq_hz", Number(6_500.0))],
        },
        Preset {
            id: "low-voice",
            about: "For voices whose sibilants lie low.",
            values: &[("freq_hz", Number(4_500.0)), ("threshold_db", Number(-10.0))],
        },
        Preset {
            id: "firm",
            about: "For harsh recordings and much compression after it.",
            values: &[("threshold_db", Number(-16.0)), ("range_db", Number(12.0))],
        },
        Preset {
            id: "wide",
            about: "Turns the whole voice down, as a hand on the fader would.",
            values: &[("mode", Word("wide")), ("range_db", Number(5.0))],
        },
    ];

    fn curves(settings: &DeEsserSettings, rate_hz: u32) -> Vec<Curve> {
        let [high, _] = settings.sections(rate_hz);
        vec![Curve::response("sibilance", rate_hz, |hz| 2.0 * high.gain_db(hz, rate_hz))]
    }

    fn prepare(&mut self, setup: &Setup) {
        *self = Self::ready(setup.rate_hz, self.settings);
    }

    fn set(&mut self, settings: &DeEsserSettings) {
        self.settings = *settings;
        self.glide.aim(*settings);
    }

    fn process(&mut self, io: &mut Block<'_>, _keys: &[Signal<'_>], at: &Context) {
        self.reduced_db = 0.0;
        let mut glide = self.glide;
        glide.walk(at.frame, io.frames(), |stretch, motion| self.stretch(&mut io.part(stretch), motion));
        self.glide = glide;
    }

    fn reset(&mut self) {
        self.glide.settle();
        [&mut self.high, &mut self.band, &mut self.steep].into_iter().for_each(Svf::reset);
        [&mut self.sibilance, &mut self.voice, &mut self.moments]
            .into_iter()
            .for_each(|mean| *mean = Mean::default());
        self.reducer.reset();
        self.reduced_db = 0.0;
    }

    fn tail(&self) -> Tail {
        let [high, _] = self.settings.sections(self.rate_hz);
        Tail::Fading(libm::ceil(NEPERS * high.time_constant_frames()) as usize)
    }

    fn memory_frames(&self) -> usize {
        let slowest_ms = f64::max(MOMENTS_MS, self.settings.attack_ms + self.settings.release_ms);
        let frames = units::frames_from_ms(REMEMBERED * slowest_ms, self.rate_hz);
        self.tail().frames() + libm::ceil(frames) as usize
    }

    fn report(&self, out: &mut Report) {
        out.gain_reduction_db = f64::from(self.reduced_db);
    }

    fn snapshot(&self, to: &mut State) {
        self.glide.snapshot_settings(to);
        [&self.high, &self.band, &self.steep].into_iter().for_each(|filter| filter.snapshot(to));
        let means = [&self.sibilance, &self.voice, &self.moments];
        means.iter().flat_map(|mean| mean.power).for_each(|power| to.put(power));
        self.reducer.snapshot(to);
    }

    fn restore(&mut self, from: &mut State) {
        self.glide.restore_settings(from);
        let filters = [&mut self.high, &mut self.band, &mut self.steep];
        filters.into_iter().for_each(|filter| filter.restore(from));
        let means = [&mut self.sibilance, &mut self.voice, &mut self.moments];
        means.into_iter().flat_map(|mean| &mut mean.power).for_each(|power| *power = from.take());
        self.reducer.restore(from);
    }
}
