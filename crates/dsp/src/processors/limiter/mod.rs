//! Holds the true peak under a ceiling, by gain alone.

mod edge;
mod smooth;

use edge::Edge;
use smooth::{MOST_DB, Smooth};

use crate::GRID_FRAMES;
use crate::block::{Block, Channels, Signal};
use crate::curve::Curve;
use crate::glide::{Glide, Motion};
use crate::kernels::detector::{Ballistics, SlidingMax, Timing};
use crate::kernels::fastmath::{db_from_gain, gain_from_db, larger};
use crate::kernels::oversample::{Factor, Upsampler};
use crate::kernels::whole_delay::WholeDelay;
use crate::param::{Preset, PresetValue};
use crate::processor::{Context, Processor, Report, Setup, State, Tail};
use crate::units::{self, frames_from_ms};

crate::params! {
    /// What a limiter can be set to.
    pub struct LimiterSettings {
        /// How much louder sound meets the ceiling.
        gain_db: f64 = 0.0 [-24.0..=36.0, "dB"] automatable;
        /// The true peak that is not exceeded, in dBTP.
        ceiling_db: f64 = -1.0 [-30.0..=0.0, "dB"] automatable;
        /// The time in which 63 % of a reduction is undone after a short peak.
        release_ms: f64 = 80.0 [5.0..=2000.0, "ms"] automatable;
        /// How much of a reduction that lasts is undone eight times more slowly, so that dense music does not pump.
        adaptive_percent: f64 = 70.0 [0.0..=100.0, "%"] automatable;
        /// How much each channel is turned down when only the other needs it. At 100 % the image stays where it is.
        link_percent: f64 = 100.0 [0.0..=100.0, "%"] automatable;
    }
}

/// Each of the two means that make the gain move, in ms; the look-ahead is twice that. Ours: in 3 ms the gain of a
/// limited peak moves by less than a full cycle of the lowest octave of a voice, and 1.5 ms longer would begin to be heard as
/// a breath ahead of a hit.
const MEAN_MS: f64 = 1.5;

/// Frames around a peak, to each side, over which the gain is already where it must be, because the waveform between two
/// samples is made of many. Ours: tried with the six programmes of the tests.
const AROUND: usize = 4;

/// How far under the ceiling it aims. Eight points a frame see a wave at half the rate up to 0.17 dB too low, and the
/// interpolator printed in BS.1770-5, Annex 2 reads up to 0.08 dB too high within its pass band.
const MARGIN_DB: f64 = 0.1;

/// The waveform is drawn eight times as fine as its samples.
const FACTOR: Factor = Factor::Eight;

/// What lies within the last hundredth below half the rate cannot be drawn in a few milliseconds: how strong it is, as the
/// mean of samples with every second turned over, is measured over this many frames, ahead and behind …
const EDGE: usize = 64;

/// … and this much of it added to every peak. Ours, the least that holds noise clipped at full scale and a tone
/// at half the rate that flips its phase. In music there is nothing there to add.
const EDGE_SHARE: f32 = 0.6;

/// Turns down what would go over the ceiling, so smoothly that nothing else is heard, and nothing anywhere else: where no
/// reduction is at work (and `gain_db` is 0) every bit is as it was.
///
/// It draws the waveform between the samples, takes the largest of what it needs over the look-ahead, releases it, and
/// smooths it by a triangle that arrives in time. The order, without the drawing, is that of most look-ahead limiters since
/// P. Hämäläinen, "Smoothing of the control signal without clipped output in digital peak limiters", DAFx-02.
///
/// ```
/// use mixkeel_dsp::block::{Block, Channels};
/// use mixkeel_dsp::processor::{Context, Processor, Setup};
/// use mixkeel_dsp::processors::limiter::{Limiter, LimiterSettings};
/// let mut limiter = Limiter::default();
/// limiter.prepare(&Setup { rate_hz: 48_000, channels: Channels::Mono, max_block_frames: 4_096 });
/// limiter.set(&LimiterSettings { ceiling_db: -6.0, ..Default::default() });
/// let mut sound: Vec<f32> = (0..4_000).map(|frame| (frame as f32 * 0.1).sin()).collect();
/// limiter.process(&mut Block::mono(&mut sound), &[], &Context { frame: 0, tempo_bpm: 120.0 });
/// assert!(sound.iter().all(|sample| sample.abs() <= 0.501));
/// ```
#[derive(Debug)]
pub struct Limiter {
    rate_hz: u32,
    settings: LimiterSettings,
    glide: Glide<[f64; 5]>,
    timing: (f64, Timing),
    lanes: Vec<Lane>,
    ballistics: Ballistics<2>,
    reduced_db: f64,
}

/// One channel.
#[derive(Debug)]
struct Lane {
    up: Upsampler,
    high: Vec<f32>,
    /// The last samples, for as long as it takes to know their gain.
    waiting: WholeDelay,
    edge: Edge,
    largest: SlidingMax,
    smooth: Smooth,
    /// What each frame of a stretch needs, then what it gets, in dB.
    reduction_db: [f32; GRID_FRAMES],
}

impl Lane {
    fn new(rate_hz: u32) -> Self {
        let smooth = Smooth::new(libm::round(frames_from_ms(MEAN_MS, rate_hz)) as usize);
        let times = FACTOR.times();
        let up = Upsampler::to_see(FACTOR);
        Self {
            edge: Edge::new(up.latency_frames()),
            waiting: WholeDelay::new(up.latency_frames() + smooth.settles_in() + AROUND),
            up,
            high: vec![0.0; GRID_FRAMES * times],
            // The first frame of the triangle, all it takes to arrive, and the frames around.
            largest: SlidingMax::new(smooth.settles_in() + 1 + 2 * AROUND),
            smooth,
            reduction_db: [0.0; GRID_FRAMES],
        }
    }

    /// Takes the samples of a stretch and finds what they need.
    fn look(&mut self, samples: &[f32], motion: &Motion<[f64; 5]>) {
        let times = FACTOR.times();
        let high = &mut self.high[..samples.len() * times];
        self.up.run(samples, high);
        for (frame, (points, reduction_db)) in
            high.chunks_exact(times).zip(&mut self.reduction_db).enumerate()
        {
            let peak = points.iter().fold(0.0, |peak, point| larger(point.abs(), peak));
            let [_, aim_db, ..] = motion.at(frame);
            let peak = peak + EDGE_SHARE * self.edge.push(samples[frame]);
            *reduction_db = larger(db_from_gain(peak) - aim_db as f32, 0.0);
        }
    }

    /// Turns the samples of a stretch, which have waited, down.
    fn turn_down(&mut self, samples: &mut [f32]) {
        self.waiting.run(samples);
        for (sample, reduction_db) in samples.iter_mut().zip(self.reduction_db) {
            *sample *= gain_from_db(-reduction_db);
        }
    }

    fn reset(&mut self) {
        self.up.reset();
        self.waiting.reset();
        self.edge.reset();
        self.largest.reset();
        self.smooth.reset();
    }
}

/// What moves with the settings: the gain, the level aimed at, what is linked, how adaptive the release is, the release.
fn values(settings: &LimiterSettings) -> [f64; 5] {
    [
        units::gain_from_db(settings.gain_db),
        settings.ceiling_db - MARGIN_DB,
        settings.link_percent / 100.0,
        settings.adaptive_percent / 100.0,
        settings.release_ms,
    ]
}

impl Limiter {
    fn at_rate(rate_hz: u32, channels: Channels, settings: LimiterSettings) -> Self {
        Self {
            rate_hz,
            settings,
            glide: Glide::new(values(&settings)),
            timing: (settings.release_ms, Timing::new(0.0, settings.release_ms, rate_hz)),
            lanes: (0..channels.count()).map(|_| Lane::new(rate_hz)).collect(),
            ballistics: Ballistics::default(),
            reduced_db: 0.0,
        }
    }
}

impl Default for Limiter {
    fn default() -> Self {
        Self::at_rate(48_000, Channels::Stereo, LimiterSettings::default())
    }
}

impl Processor for Limiter {
    type Settings = LimiterSettings;

    const PRESETS: &'static [Preset] = &[
        Preset {
            id: "streaming",
            about: "Leaves the room that lossy players need.",
            values: &[("ceiling_db", PresetValue::Number(-1.0))],
        },
        Preset {
            id: "drum-bus",
            about: "Takes the tips off hits and is back before the next.",
            values: &[
                ("ceiling_db", PresetValue::Number(-3.0)),
                ("release_ms", PresetValue::Number(30.0)),
                ("adaptive_percent", PresetValue::Number(30.0)),
            ],
        },
    ];

    fn curves(settings: &LimiterSettings, _rate_hz: u32) -> Vec<Curve> {
        vec![Curve::levels("both", |dbfs| (dbfs + settings.gain_db).min(settings.ceiling_db - MARGIN_DB))]
    }

    fn prepare(&mut self, setup: &Setup) {
        *self = Self::at_rate(setup.rate_hz, setup.channels, self.settings);
    }

    fn set(&mut self, settings: &LimiterSettings) {
        if *settings == self.settings {
            return;
        }
        self.settings = *settings;
        self.glide.aim(values(settings));
    }

    fn process(&mut self, io: &mut Block<'_>, _keys: &[Signal<'_>], at: &Context) {
        let Self { rate_hz, glide, timing, lanes, ballistics, reduced_db, .. } = self;
        *reduced_db = 0.0;
        glide.walk(at.frame, io.frames(), |stretch, motion| {
            let (_, [.., release_ms]) = motion.ends();
            if release_ms != timing.0 {
                *timing = (release_ms, Timing::new(0.0, release_ms, *rate_hz));
            }
            let frames = stretch.len();
            let mut part = io.part(stretch);
            for (lane, samples) in lanes.iter_mut().zip(part.each()) {
                if motion.still().is_none_or(|[gain, ..]| gain != 1.0) {
                    for (frame, sample) in samples.iter_mut().enumerate() {
                        *sample = (f64::from(*sample) * motion.at(frame)[0]) as f32;
                    }
                }
                lane.look(samples, motion);
            }
            for frame in 0..frames {
                let [.., link, adaptive, _] = motion.at(frame);
                let needs =
                    |lane: Option<&Lane>| lane.map_or(0.0, |lane| f64::from(lane.reduction_db[frame]));
                let (left, right) = (needs(lanes.first()), needs(lanes.last()));
                let most = left.max(right).min(MOST_DB);
                let linked = [left, right].map(|own| own.min(MOST_DB) + (most - own.min(MOST_DB)) * link);
                let held = match lanes.as_mut_slice() {
                    [only] => [f64::from(only.largest.push(linked[0] as f32)); 2],
                    [one, other] => [
                        f64::from(one.largest.push(linked[0] as f32)),
                        f64::from(other.largest.push(linked[1] as f32)),
                    ],
                    _ => [0.0; 2],
                };
                let released = ballistics.step_adaptive(held, &timing.1, adaptive);
                for (lane, released) in lanes.iter_mut().zip(released) {
                    let smooth_db = lane.smooth.push(released);
                    *reduced_db = reduced_db.max(smooth_db);
                    lane.reduction_db[frame] = smooth_db as f32;
                }
            }
            for (lane, samples) in lanes.iter_mut().zip(part.each()) {
                lane.turn_down(samples);
            }
        });
    }

    fn reset(&mut self) {
        self.glide.settle();
        self.lanes.iter_mut().for_each(Lane::reset);
        self.ballistics.reset();
        self.reduced_db = 0.0;
    }

    fn latency_frames(&self) -> usize {
        self.lanes.first().map_or(0, |lane| lane.waiting.frames())
    }

    /// A reduction of any depth is no more than a third of itself by then.
    fn tail(&self) -> Tail {
        Tail::Fading(self.latency_frames())
    }

    fn memory_frames(&self) -> usize {
        let release = 8.0 * frames_from_ms(self.settings.release_ms, self.rate_hz);
        self.latency_frames() + libm::ceil(release) as usize
    }

    fn report(&self, out: &mut Report) {
        out.gain_reduction_db = self.reduced_db;
    }

    fn snapshot(&self, to: &mut State) {
        for lane in &self.lanes {
            lane.up.snapshot(to);
            lane.waiting.snapshot(to);
            lane.edge.snapshot(to);
            lane.largest.snapshot(to);
            lane.smooth.snapshot(to);
        }
        self.glide.snapshot(to);
        self.ballistics.snapshot(to);
    }

    fn restore(&mut self, from: &mut State) {
        for lane in &mut self.lanes {
            lane.up.restore(from);
            lane.waiting.restore(from);
            lane.edge.restore(from);
            lane.largest.restore(from);
            lane.smooth.restore(from);
        }
        self.glide.restore(from);
        self.ballistics.restore(from);
    }
}
