//! Makes loud passages softer, so that level and density are more even.
//!
//! # What the words mean
//!
//! *Level* is in dBFS. The peak detector reads the magnitude of each sample; the RMS detector reads the mean power over a
//! one-pole window of `average_ms`, shown so that a steady sine reads its peak (AES17: 3.01 dB over its root mean square).
//! So a threshold means the same for a steady tone with both.
//!
//! *Attack* and *release* are the times until 63.2 % (1 − 1/e) of the change of gain in dB is done after a step of the level,
//! measured from the step, without look-ahead and hold. An RMS window comes before them and adds its own time. Compressors
//! differ in this: a time here is not the time of another's scale.
//!
//! *The order*: key filter, level, static curve with its knee and range, link, look-ahead and hold (the strongest reduction of
//! that stretch counts), attack and release in dB, make-up, mix. The method is that of Giannoulis, Massberg and Reiss 2012;
//! see [`detector`](crate::kernels::detector). The mix needs no second path: dry and wet are the same sound, so it is one gain.
//!
//! ```
//! use mixkeel_dsp::block::{Block, Channels};
//! use mixkeel_dsp::processor::{Context, Processor, Report, Setup};
//! use mixkeel_dsp::processors::compressor::{Compressor, CompressorSettings};
//!
//! let mut compressor = Compressor::default();
//! compressor.prepare(&Setup { rate_hz: 48_000, channels: Channels::Mono, max_block_frames: 4_096 });
//! compressor.set(&CompressorSettings { threshold_db: -20.0, ratio: 4.0, ..Default::default() });
//! let mut sound = vec![0.5; 4_096]; // −6.02 dBFS, 13.98 dB over
//! compressor.process(&mut Block::mono(&mut sound), &[], &Context { frame: 0, tempo_bpm: 120.0 });
//! let mut report = Report::default();
//! compressor.report(&mut report);
//! assert!((report.gain_reduction_db - 0.75 * 13.98).abs() < 0.02);
//! ```

mod crest;
mod presets;

use crate::GRID_FRAMES;
use crate::block::{Block, Channels, Signal};
use crate::curve::Curve;
use crate::glide::{Glide, Motion};
use crate::kernels::detector::{
    Ahead, Cell, GainComputer, Key, KeyFilter, Mean, REMEMBERED, Reducing, SLOW_RELEASES, Timing, filtered,
    listen_along, louder_peaks_db, means_db, peaks_db, retained,
};
use crate::kernels::fastmath::{gain_from_db, largest, turn_both_down_beside, turn_down_beside};
use crate::kernels::svf::{Step, Svf};
use crate::param::Preset;
use crate::processor::{Context, Processor, Report, Setup, State, Tail};
use crate::simd::wide;
use crate::units;
use crest::Crest;

crate::choices! {
    /// What a compressor takes for the level.
    pub enum Detector {
        /// The magnitude of every sample: nothing gets past.
        Peak = "peak",
        /// The mean power, closer to loudness: steadier, and slower.
        Rms = "rms",
    }
}

crate::choices! {
    /// Where attack and release come from.
    pub enum Ballistics {
        /// As they are set.
        Fixed = "fixed",
        /// Shorter the more the sound peaks: as set for a sine, a quarter of that for drums.
        Programme = "programme",
    }
}

crate::params! {
    /// What a compressor can be set to.
    pub struct CompressorSettings {
        /// The level over which it turns down.
        threshold_db: f64 = -20.0 [-80.0..=0.0, "dB"] automatable;
        /// How many dB over the threshold become one; 1 does nothing, 100 holds the level at the threshold.
        ratio: f64 = 3.0 [1.0..=100.0, ""] automatable;
        /// The width of the bend around the threshold; 0 is a corner.
        knee_db: f64 = 6.0 [0.0..=40.0, "dB"] automatable;
        /// The time in which 63 % of a reduction is reached.
        attack_ms: f64 = 10.0 [0.0..=500.0, "ms"] automatable;
        /// The time in which 63 % of a reduction is given back.
        release_ms: f64 = 120.0 [1.0..=2500.0, "ms"] automatable;
        /// How much of the release becomes eight times slower after long reductions; after short peaks it stays as set.
        adaptive_percent: f64 = 0.0 [0.0..=100.0, "%"] automatable;
        /// Whether attack and release follow how much the sound peaks.
        ballistics: Ballistics;
        /// How long the strongest reduction stays before the release begins.
        hold_ms: f64 = 0.0 [0.0..=500.0, "ms"];
        /// How far ahead it hears; the sound becomes later by this.
        look_ahead_ms: f64 = 0.0 [0.0..=20.0, "ms"];
        /// The most it ever turns down; 100 sets no limit.
        range_db: f64 = 100.0 [0.0..=100.0, "dB"] automatable;
        /// What counts as the level.
        detector: Detector;
        /// The window of the RMS detector.
        average_ms: f64 = 10.0 [1.0..=300.0, "ms"] automatable;
        /// How much of each channel's reduction is that of the louder channel; at 100 the stereo image stands still.
        link_percent: f64 = 100.0 [0.0..=100.0, "%"] automatable;
        /// What the detector listens for.
        key_filter: KeyFilter;
        /// Where the detector's filter lies.
        key_freq_hz: f64 = 100.0 [20.0..=20000.0, "Hz"] automatable;
        /// How narrow the detector's filter is; 0.71 has no resonance.
        key_q: f64 = 0.71 [0.1..=10.0, ""] automatable;
        /// How much more, or less, the detector's bell hears.
        key_gain_db: f64 = 6.0 [-24.0..=24.0, "dB"] automatable;
        /// How much louder the compressed sound is made.
        makeup_db: f64 = 0.0 [-24.0..=36.0, "dB"] automatable;
        /// How much of what is heard is compressed; the rest is the sound as it came.
        mix_percent: f64 = 100.0 [0.0..=100.0, "%"] automatable;
    }
}

/// The longest look-ahead and hold, as the parameters' ranges have them.
const LONGEST_WINDOW_MS: f64 = 520.0 + RIPPLE_MS;

/// How long a peak always stays: half a period of 1 kHz, so that the valleys between the peaks of what is higher do not shift
/// the reading however short the release is, which is shortened by as much. Ours: half the shortest release.
const RIPPLE_MS: f64 = 0.5;

impl CompressorSettings {
    fn computer(&self) -> GainComputer {
        GainComputer::compressor(self.threshold_db, self.ratio, self.knee_db, self.range_db)
    }

    fn key(&self) -> Key {
        Key { filter: self.key_filter, freq_hz: self.key_freq_hz, q: self.key_q, gain_db: self.key_gain_db }
    }

    fn look_ahead_frames(&self, rate_hz: u32) -> usize {
        libm::round(units::frames_from_ms(self.look_ahead_ms, rate_hz)) as usize
    }

    fn window_frames(&self, rate_hz: u32) -> usize {
        let hold = libm::round(units::frames_from_ms(self.hold_ms, rate_hz)) as usize;
        let ripple = libm::round(units::frames_from_ms(RIPPLE_MS, rate_hz)) as usize;
        self.look_ahead_frames(rate_hz) + hold + ripple + 1
    }

    fn timing(&self, rate_hz: u32) -> Timing {
        Timing::new(self.attack_ms, self.release_ms - RIPPLE_MS, rate_hz)
    }

    /// What an RMS window keeps at every frame.
    fn kept(&self, rate_hz: u32) -> f64 {
        retained(units::frames_from_ms(self.average_ms, rate_hz))
    }

    fn key_step(&self, rate_hz: u32) -> Option<Step> {
        self.key().section(rate_hz).map(|section| section.step())
    }

    /// How much of the sound passes compressed and how much as it is, as factors.
    fn wet_dry(&self) -> [f64; 2] {
        let mix = self.mix_percent / 100.0;
        [mix * units::gain_from_db(self.makeup_db), 1.0 - mix]
    }
}

/// A feed-forward compressor; see the [module](self) for what its settings mean.
#[derive(Debug)]
pub struct Compressor {
    rate_hz: u32,
    settings: CompressorSettings,
    glide: Glide<CompressorSettings>,
    tuned: Tuned,
    filter: Svf<2>,
    mean: Mean<2>,
    crest: Crest,
    ahead: Ahead,
    reduced_db: f32,
}

/// What settings come to over one stretch of the grid, kept while they stand still.
#[derive(Debug)]
struct Tuned {
    of: [CompressorSettings; 2],
    computers: [GainComputer; 2],
    timing: Timing,
    wet_dry: [[f64; 2]; 2],
    kept: f64,
    key: Option<Step>,
}

impl Tuned {
    fn new(settings: &CompressorSettings, rate_hz: u32) -> Self {
        Self {
            of: [*settings; 2],
            computers: [settings.computer(); 2],
            timing: settings.timing(rate_hz),
            wet_dry: [settings.wet_dry(); 2],
            kept: settings.kept(rate_hz),
            key: settings.key_step(rate_hz),
        }
    }

    /// Works out anew what other settings change. On the way from one to the next everything else stands as it is, and what
    /// was the end is the beginning.
    fn follow(&mut self, from: &CompressorSettings, to: &CompressorSettings, rate_hz: u32) {
        if self.of == [*from, *to] {
            return;
        }
        let arrived = self.of[1];
        if arrived == *from {
            self.computers[0] = self.computers[1];
            self.wet_dry[0] = self.wet_dry[1];
        } else {
            self.computers[0] = from.computer();
            self.wet_dry[0] = from.wet_dry();
        }
        let same = |of: &[fn(&CompressorSettings) -> f64]| of.iter().all(|of| of(&arrived) == of(to));
        if !same(&[|it| it.threshold_db, |it| it.ratio, |it| it.knee_db, |it| it.range_db]) {
            self.computers[1] = to.computer();
        }
        if !same(&[|it| it.makeup_db, |it| it.mix_percent]) {
            self.wet_dry[1] = to.wet_dry();
        }
        if !same(&[|it| it.attack_ms, |it| it.release_ms]) {
            self.timing = to.timing(rate_hz);
        }
        if !same(&[|it| it.average_ms]) {
            self.kept = to.kept(rate_hz);
        }
        let heard_alike = same(&[|it| it.key_freq_hz, |it| it.key_q, |it| it.key_gain_db]);
        if !heard_alike || arrived.key_filter != to.key_filter {
            self.key = to.key_step(rate_hz);
        }
        self.of = [*from, *to];
    }
}

impl Compressor {
    fn ready(rate_hz: u32, channels: Channels, settings: CompressorSettings) -> Self {
        let mut compressor = Self {
            rate_hz,
            settings,
            glide: Glide::new(settings),
            tuned: Tuned::new(&settings, rate_hz),
            filter: Svf::default(),
            mean: Mean::default(),
            crest: Crest::new(rate_hz),
            ahead: Ahead::new(LONGEST_WINDOW_MS, rate_hz, channels),
            reduced_db: 0.0,
        };
        compressor.fit_window();
        compressor
    }

    fn fit_window(&mut self) {
        let (settings, rate_hz) = (&self.settings, self.rate_hz);
        self.ahead.set(settings.look_ahead_frames(rate_hz), settings.window_frames(rate_hz));
    }

    /// One stretch of the control grid.
    fn stretch(
        &mut self,
        io: &mut Block<'_>,
        levels: &mut Cell,
        heard: usize,
        motion: &Motion<CompressorSettings>,
    ) {
        let frames = io.frames();
        let (from, to) = motion.ends();
        self.tuned.follow(&from, &to, self.rate_hz);
        if let Some(key) = &self.tuned.key {
            filtered(levels, frames, &mut self.filter, key);
        }
        let timing = self.timing(levels, frames, motion);
        let how = Reducing {
            computers: self.tuned.computers,
            share: motion.share(0),
            // One channel that listens to two follows the louder.
            link: if heard > io.signal().each().count() { 1.0 } else { to.link_percent / 100.0 },
            timing,
            adaptive: to.adaptive_percent / 100.0,
        };
        let alike = self.reduce(levels, heard, frames, &how);
        self.ahead.delay(io);
        let [left, right] = &*levels;
        let reductions = [left, if alike { left } else { right }].map(|channel| &channel[..frames]);
        let different = if alike { 1 } else { io.channels().count() };
        self.reduced_db =
            reductions.iter().take(different).fold(self.reduced_db, |most, of| largest(of, most));
        let still = self.tuned.wet_dry[0] == self.tuned.wet_dry[1];
        let wet_dry = self.tuned.wet_dry[1].map(|factor| factor as f32);
        match io.pair() {
            Some((left, right)) if still && alike => {
                turn_both_down_beside(left, right, reductions[0], wet_dry);
            }
            _ => {
                for (channel, reductions) in io.each().zip(reductions) {
                    if still {
                        turn_down_beside(channel, reductions, wet_dry);
                    } else {
                        turn_down_moving(channel, reductions, self.tuned.wet_dry, motion.share(0));
                    }
                }
            }
        }
    }

    /// What is heard to reductions in dB, in place. Whether those of the first channel are those of both, whatever stands in the
    /// second.
    fn reduce(&mut self, heard: &mut Cell, channels: usize, frames: usize, how: &Reducing) -> bool {
        let reducer = &mut self.ahead.reducer;
        match self.settings.detector {
            Detector::Peak if reducer.is_one(channels, how.link) => {
                let [left, right] = heard;
                louder_peaks_db(&mut left[..frames], &right[..frames]);
                reducer.run_as_one(&mut left[..frames], how);
                return true;
            }
            Detector::Peak => {
                heard.iter_mut().take(channels).for_each(|channel| peaks_db(&mut channel[..frames]));
            }
            Detector::Rms => means_db(heard, channels, frames, &mut self.mean, self.tuned.kept),
        }
        reducer.run(heard, channels, frames, how)
    }

    /// Attack and release over a stretch: as set, or after the crest of what has been heard up to its grid point.
    fn timing(&mut self, heard: &Cell, frames: usize, motion: &Motion<CompressorSettings>) -> Timing {
        if self.settings.ballistics == Ballistics::Fixed {
            return self.tuned.timing;
        }
        if motion.share(0) == 0.0 {
            self.crest.look();
        }
        self.crest.hear(heard, frames);
        let [attack, release] = self.crest.times([self.tuned.of[1].attack_ms, self.tuned.of[1].release_ms]);
        Timing::new(attack, release - RIPPLE_MS, self.rate_hz)
    }
}

wide! {
    /// Turns samples down while the mix moves; `share` is how far between the two the first frame lies.
    fn turn_down_moving(samples: &mut [f32], reductions: &[f32], wet_dry: [[f64; 2]; 2], share: f64) {
        let [before, after] = wet_dry;
        for (frame, (sample, reduction)) in samples.iter_mut().zip(reductions).enumerate() {
            let share = share + frame as f64 / GRID_FRAMES as f64;
            let at = |index: usize| before[index] + (after[index] - before[index]) * share;
            *sample *= at(1) as f32 + at(0) as f32 * gain_from_db(-*reduction);
        }
    }
}

impl Default for Compressor {
    fn default() -> Self {
        Self::ready(48_000, Channels::Stereo, CompressorSettings::default())
    }
}

impl Processor for Compressor {
    type Settings = CompressorSettings;

    const PRESETS: &'static [Preset] = presets::PRESETS;
    const KEYS: Option<&'static str> =
        Some("The level of the keys, added up, decides instead of its own: a kick makes room in a bass.");

    fn curves(settings: &CompressorSettings, rate_hz: u32) -> Vec<Curve> {
        let (computer, [wet, dry]) = (settings.computer(), settings.wet_dry());
        let mut curves = vec![Curve::levels("level", |dbfs| {
            let gain = units::gain_from_db(-f64::from(computer.reduction_db(dbfs as f32)));
            dbfs + units::db_from_gain(dry + wet * gain)
        })];
        curves.extend(settings.key().curve(rate_hz));
        curves
    }

    fn prepare(&mut self, setup: &Setup) {
        *self = Self::ready(setup.rate_hz, setup.channels, self.settings);
    }

    fn set(&mut self, settings: &CompressorSettings) {
        self.settings = *settings;
        self.fit_window();
        self.glide.aim(*settings);
    }

    fn process(&mut self, io: &mut Block<'_>, keys: &[Signal<'_>], at: &Context) {
        self.reduced_db = 0.0;
        let mut glide = self.glide;
        listen_along(&mut glide, io, keys, at.frame, |io, levels, heard, motion| {
            self.stretch(io, levels, heard, motion);
        });
        self.glide = glide;
    }

    fn reset(&mut self) {
        self.glide.settle();
        self.filter.reset();
        self.mean = Mean::default();
        self.crest.reset();
        self.ahead.reset();
        self.reduced_db = 0.0;
    }

    fn latency_frames(&self) -> usize {
        self.settings.look_ahead_frames(self.rate_hz)
    }

    fn tail(&self) -> Tail {
        Tail::Fading(self.settings.window_frames(self.rate_hz))
    }

    fn memory_frames(&self) -> usize {
        let settings = &self.settings;
        let slow = if settings.adaptive_percent > 0.0 { SLOW_RELEASES } else { 1.0 };
        let programme = if settings.ballistics == Ballistics::Programme { crest::LONGEST } else { 1.0 };
        let follows_ms = programme * (settings.attack_ms + slow * settings.release_ms);
        let hears_ms = if settings.detector == Detector::Rms { settings.average_ms } else { 0.0 };
        let frames = units::frames_from_ms(REMEMBERED * (follows_ms + hears_ms), self.rate_hz);
        settings.window_frames(self.rate_hz) + libm::ceil(frames) as usize
    }

    fn report(&self, out: &mut Report) {
        out.gain_reduction_db = f64::from(self.reduced_db);
    }

    fn snapshot(&self, to: &mut State) {
        self.glide.snapshot_settings(to);
        self.filter.snapshot(to);
        self.mean.power.iter().for_each(|power| to.put(*power));
        self.crest.snapshot(to);
        self.ahead.snapshot(to);
    }

    fn restore(&mut self, from: &mut State) {
        self.glide.restore_settings(from);
        self.filter.restore(from);
        self.mean.power.iter_mut().for_each(|power| *power = from.take());
        self.crest.restore(from);
        self.ahead.restore(from);
    }
}
