//! Compresses or expands two to five parts of the spectrum, each by itself.
//!
//! Bands are split by Linkwitz-Riley crossovers of 24 dB an octave ([`crossover`](crate::kernels::crossover)); all of them meet
//! in phase, so the sum is flat while nothing is turned down, and stays smooth when something is. A band reaches from where
//! the one before ends up to its `up_to_hz`; the last reaches to the top. Thresholds, ratios, attack and release mean what they
//! mean in the [`compressor`](crate::processors::compressor) with its peak detector. Without bands every bit passes.
//!
//! ```
//! use mixkeel_dsp::block::{Block, Channels};
//! use mixkeel_dsp::param::Bands;
//! use mixkeel_dsp::processor::{Context, Processor, Setup};
//! use mixkeel_dsp::processors::multiband::{Multiband, MultibandBand, MultibandSettings};
//!
//! let low = MultibandBand { up_to_hz: 150.0, threshold_db: -30.0, ..Default::default() };
//! let rest = MultibandBand { bypass: true, ..Default::default() };
//! let mut multiband = Multiband::default();
//! multiband.prepare(&Setup { rate_hz: 48_000, channels: Channels::Mono, max_block_frames: 4_096 });
//! multiband.set(&MultibandSettings { band: Bands::of(&[low, rest]), ..Default::default() });
//! let mut sound = vec![0.5; 4_096];
//! multiband.process(&mut Block::mono(&mut sound), &[], &Context { frame: 0, tempo_bpm: 120.0 });
//! assert!(sound[4_095] < 0.2); // What does not move at all belongs to the lowest band.
//! ```

use crate::GRID_FRAMES;
use crate::block::{Block, Channels, Signal};
use crate::curve::Curve;
use crate::glide::{Glide, Motion};
use crate::kernels::crossover::{Corners, Crossover, MOST_PARTS};
use crate::kernels::detector::{Cell, GainComputer, REMEMBERED, Reducer, Reducing, Timing, peaks_db};
use crate::kernels::fastmath::{gain_from_db, larger};
use crate::param::{Preset, PresetValue::Number};
use crate::processor::{Context, Processor, Report, Setup, State, Tail};
use crate::units;

crate::choices! {
    /// What a band does.
    pub enum BandMode {
        /// Turns down what is loud.
        Compress = "compress",
        /// Turns down what is soft.
        Expand = "expand",
    }
}

crate::params! {
    /// What a band can be set to.
    pub struct MultibandBand {
        /// Where the band ends and the next begins; the last band reaches to the top.
        up_to_hz: f64 = 1000.0 [20.0..=20000.0, "Hz"];
        /// What is turned down.
        mode: BandMode;
        /// The level over which a compressor, or under which an expander, turns down.
        threshold_db: f64 = -24.0 [-80.0..=0.0, "dB"] automatable;
        /// How many dB over the threshold become one, or what one dB under it becomes; 1 does nothing.
        ratio: f64 = 2.0 [1.0..=100.0, ""] automatable;
        /// The width of the bend around the threshold.
        knee_db: f64 = 6.0 [0.0..=40.0, "dB"] automatable;
        /// The time in which 63 % of a reduction is reached, or of an expander's is given back.
        attack_ms: f64 = 10.0 [0.0..=500.0, "ms"] automatable;
        /// The time in which 63 % of a reduction is given back, or of an expander's is reached.
        release_ms: f64 = 120.0 [1.0..=2500.0, "ms"] automatable;
        /// The most it ever turns down.
        range_db: f64 = 24.0 [0.0..=60.0, "dB"] automatable;
        /// How much louder the band becomes.
        gain_db: f64 = 0.0 [-24.0..=24.0, "dB"] automatable;
        /// How much of the band is treated; the rest of it is as it came.
        mix_percent: f64 = 100.0 [0.0..=100.0, "%"] automatable;
        /// Lets the band pass as it is.
        bypass: bool = false;
        /// Lets only this band be heard, and others with a solo.
        solo: bool = false;
    }
}

crate::params! {
    /// What a multiband processor can be set to.
    pub struct MultibandSettings {
        /// How much of each channel's reduction is that of the louder channel; at 100 the stereo image stands still.
        link_percent: f64 = 100.0 [0.0..=100.0, "%"] automatable;
        /// How much louder everything becomes.
        output_db: f64 = 0.0 [-24.0..=24.0, "dB"] automatable;
    }
    band: MultibandBand, up to 5;
}

/// How long a peak always stays, as in the compressor.
const RIPPLE_MS: f64 = 0.5;

/// Nepers by which a crossover falls silent: 20 are −174 dB, the rest is for corners that coincide.
const NEPERS: f64 = 20.0;

impl MultibandBand {
    fn computer(&self) -> GainComputer {
        let ratio = if self.bypass { 1.0 } else { self.ratio };
        match self.mode {
            BandMode::Compress => {
                GainComputer::compressor(self.threshold_db, ratio, self.knee_db, self.range_db)
            }
            BandMode::Expand => GainComputer::expander(self.threshold_db, ratio, self.knee_db, self.range_db),
        }
    }
}

impl MultibandSettings {
    fn corners(&self, rate_hz: u32) -> Corners {
        let bands = self.band.each().count();
        Corners::new(self.band.each().take(bands.max(1) - 1).map(|(_, band)| band.up_to_hz), rate_hz)
    }

    /// How much of a band passes treated and as it is, as factors.
    fn wet_dry(&self, band: &MultibandBand) -> [f64; 2] {
        let output = units::gain_from_db(self.output_db);
        let soloed = self.band.each().any(|(_, band)| band.solo);
        match band {
            band if soloed && !band.solo => [0.0, 0.0],
            band if band.bypass => [0.0, output],
            band => {
                let mix = band.mix_percent / 100.0;
                [output * mix * units::gain_from_db(band.gain_db), output * (1.0 - mix)]
            }
        }
    }
}

/// A compressor or expander for each of up to five bands; see the [module](self).
#[derive(Debug)]
pub struct Multiband {
    rate_hz: u32,
    settings: MultibandSettings,
    glide: Glide<MultibandSettings>,
    corners: Corners,
    crossover: Crossover<2>,
    reducers: [Reducer; MOST_PARTS],
    reduced_db: f32,
}

/// One stretch of one band, both channels.
type Part = [[f64; 2]; GRID_FRAMES];

impl Multiband {
    fn ready(rate_hz: u32, settings: MultibandSettings) -> Self {
        let window = libm::round(units::frames_from_ms(RIPPLE_MS, rate_hz)) as usize + 1;
        Self {
            rate_hz,
            settings,
            glide: Glide::new(settings),
            corners: settings.corners(rate_hz),
            crossover: Crossover::default(),
            reducers: std::array::from_fn(|_| Reducer::new(window)),
            reduced_db: 0.0,
        }
    }

    /// One stretch of the control grid.
    fn stretch(&mut self, io: &mut Block<'_>, motion: &Motion<MultibandSettings>) {
        let frames = io.frames();
        let (from, to) = motion.ends();
        if to.band.each().next().is_none() {
            return self.pass(io, &from, &to, motion.share(0));
        }
        let mut parts: [Part; MOST_PARTS] = [[[0.0; 2]; GRID_FRAMES]; MOST_PARTS];
        for (index, channel) in io.each().enumerate() {
            parts[0].iter_mut().zip(channel).for_each(|(frame, sample)| frame[index] = f64::from(*sample));
        }
        self.crossover.run(&self.corners, &mut parts.each_mut().map(|part| &mut part[..frames]));
        let mut sum: Part = [[0.0; 2]; GRID_FRAMES];
        for (index, (part, (number, band))) in parts.iter().zip(to.band.each()).enumerate() {
            let was = *from.band.get(number).unwrap_or(band);
            let reductions = self.reduce(index, part, frames, io.channels(), [&was, band], motion);
            let ends = [from.wet_dry(&was), to.wet_dry(band)];
            for (frame, (sum, part)) in sum[..frames].iter_mut().zip(part).enumerate() {
                let share = motion.share(frame);
                let [wet, dry] = [0, 1].map(|at| ends[0][at] + (ends[1][at] - ends[0][at]) * share);
                for (channel, sum) in sum.iter_mut().enumerate() {
                    let gain = f64::from(gain_from_db(-reductions[channel][frame]));
                    *sum += part[channel] * (dry + wet * gain);
                }
            }
        }
        for (index, channel) in io.each().enumerate() {
            // What rounds to nothing is nothing, not less than it.
            channel.iter_mut().zip(&sum).for_each(|(sample, frame)| *sample = frame[index] as f32 + 0.0);
        }
    }

    /// Without bands there is only the output.
    fn pass(&self, io: &mut Block<'_>, from: &MultibandSettings, to: &MultibandSettings, share: f64) {
        let [from, to] = [from, to].map(|settings| units::gain_from_db(settings.output_db));
        for channel in io.each() {
            for (frame, sample) in channel.iter_mut().enumerate() {
                let share = share + frame as f64 / GRID_FRAMES as f64;
                *sample = (f64::from(*sample) * (from + (to - from) * share)) as f32;
            }
        }
    }

    /// By how many dB a band is turned down.
    fn reduce(
        &mut self,
        index: usize,
        part: &Part,
        frames: usize,
        channels: Channels,
        [from, to]: [&MultibandBand; 2],
        motion: &Motion<MultibandSettings>,
    ) -> Cell {
        let mut levels: Cell = [[0.0; GRID_FRAMES]; 2];
        for (channel, levels) in levels.iter_mut().enumerate() {
            let samples = levels[..frames].iter_mut().zip(part);
            samples.for_each(|(level, frame)| *level = frame[channel] as f32);
            peaks_db(&mut levels[..frames]);
        }
        let how = Reducing {
            // While the kind of a band changes, the new one counts at once.
            computers: [MultibandBand { mode: to.mode, ..*from }.computer(), to.computer()],
            share: motion.share(0),
            link: motion.ends().1.link_percent / 100.0,
            timing: Timing::new(to.attack_ms, to.release_ms - RIPPLE_MS, self.rate_hz),
            adaptive: 0.0,
        };
        self.reducers[index].run(&mut levels, channels.count(), frames, &how);
        for channel in levels.iter().take(channels.count()) {
            let most = |most: f32, db: &f32| larger(most, *db);
            self.reduced_db = channel[..frames].iter().fold(self.reduced_db, most);
        }
        levels
    }
}

impl Default for Multiband {
    fn default() -> Self {
        Self::ready(48_000, MultibandSettings::default())
    }
}

impl Processor for Multiband {
    type Settings = MultibandSettings;

    const PRESETS: &'static [Preset] = &[
        Preset {
            id: "even",
            about: "Holds lows, middle and highs in an even balance, gently.",
            values: &[
                ("band.1/up_to_hz", Number(140.0)),
                ("band.1/attack_ms", Number(25.0)),
                ("band.1/release_ms", Number(200.0)),
                ("band.2/up_to_hz", Number(3_000.0)),
                ("band.3/threshold_db", Number(-30.0)),
                ("band.3/attack_ms", Number(5.0)),
                ("band.3/release_ms", Number(80.0)),
            ],
        },
        Preset {
            id: "firm-low-end",
            about: "Makes the lowest notes equally loud and leaves the rest.",
            values: &[
                ("band.1/up_to_hz", Number(120.0)),
                ("band.1/threshold_db", Number(-26.0)),
                ("band.1/ratio", Number(4.0)),
                ("band.1/attack_ms", Number(20.0)),
                ("band.1/release_ms", Number(180.0)),
                ("band.2/ratio", Number(1.0)),
            ],
        },
        Preset {
            id: "proximity",
            about: "Holds back the boom of a voice that comes too near.",
            values: &[
                ("band.1/up_to_hz", Number(250.0)),
                ("band.1/threshold_db", Number(-30.0)),
                ("band.1/ratio", Number(3.0)),
                ("band.1/range_db", Number(8.0)),
                ("band.2/ratio", Number(1.0)),
            ],
        },
    ];

    fn curves(settings: &MultibandSettings, rate_hz: u32) -> Vec<Curve> {
        let corners = settings.corners(rate_hz);
        let mut curves = Vec::new();
        for (index, (number, band)) in settings.band.each().enumerate() {
            let of = format!("band.{number}");
            let (computer, [wet, dry]) = (band.computer(), settings.wet_dry(band));
            curves.push(Curve::response(&of, rate_hz, |hz| corners.gain_db(index, hz, rate_hz)));
            curves.push(Curve::levels(&of, |dbfs| {
                let gain = units::gain_from_db(-f64::from(computer.reduction_db(dbfs as f32)));
                dbfs + units::db_from_gain(f64::max(dry + wet * gain, 1e-20))
            }));
        }
        curves
    }

    fn prepare(&mut self, setup: &Setup) {
        *self = Self::ready(setup.rate_hz, self.settings);
    }

    fn set(&mut self, settings: &MultibandSettings) {
        if settings.band != self.settings.band {
            self.corners = settings.corners(self.rate_hz);
        }
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
        self.crossover.reset();
        self.reducers.iter_mut().for_each(Reducer::reset);
        self.reduced_db = 0.0;
    }

    fn tail(&self) -> Tail {
        let rings = NEPERS * self.corners.time_constant_frames();
        match self.settings.band.each().count() {
            0 => Tail::Exact(0),
            _ => Tail::Fading(libm::ceil(rings) as usize),
        }
    }

    fn memory_frames(&self) -> usize {
        let follows = |band: &MultibandBand| REMEMBERED * (band.attack_ms + band.release_ms) + RIPPLE_MS;
        let slowest_ms = self.settings.band.each().map(|(_, band)| follows(band)).fold(0.0, f64::max);
        self.tail().frames() + libm::ceil(units::frames_from_ms(slowest_ms, self.rate_hz)) as usize
    }

    fn report(&self, out: &mut Report) {
        out.gain_reduction_db = f64::from(self.reduced_db);
    }

    fn snapshot(&self, to: &mut State) {
        self.glide.snapshot_settings(to);
        self.crossover.snapshot(to);
        self.reducers.iter().for_each(|reducer| reducer.snapshot(to));
    }

    fn restore(&mut self, from: &mut State) {
        self.glide.restore_settings(from);
        self.crossover.restore(from);
        self.reducers.iter_mut().for_each(|reducer| reducer.restore(from));
    }
}
