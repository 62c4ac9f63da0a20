//! Bends sound into new overtones: tape, tube, soft and hard.

mod level;
mod shape;

pub use shape::Shape;

use level::Level;
use shape::Bend;

use crate::GRID_FRAMES;
use crate::block::{Block, Channels, Signal};
use crate::curve::{Axis, Curve};
use crate::glide::{Glide, Motion};
use crate::kernels::oversample::{Downsampler, Factor, Upsampler};
use crate::kernels::svf::{Section, Svf, tan_half};
use crate::kernels::whole_delay::WholeDelay;
use crate::param::{Preset, PresetValue};
use crate::processor::{Context, Processor, Setup, State, Tail};
use crate::units::gain_from_db;

crate::params! {
    /// What a saturation can be set to.
    pub struct SaturationSettings {
        /// What bends the sound.
        shape: Shape;
        /// How much louder sound meets the curve; full scale is where the curve has bent it by several dB.
        drive_db: f64 = 6.0 [0.0..=36.0, "dB"] automatable;
        /// How far the curve leans to one half wave or the other, beyond what its shape does by itself: even harmonics.
        even_percent: f64 = 0.0 [-100.0..=100.0, "%"] automatable;
        /// Tilts what was bent around 700 Hz: brighter or, when negative, darker, by this much at each end.
        tone_db: f64 = 0.0 [-12.0..=12.0, "dB"] automatable;
        /// How much more or less low middle (around 280 Hz) what was bent has.
        body_db: f64 = 0.0 [-12.0..=12.0, "dB"] automatable;
        /// Keeps what was bent as loud as what went in, so that only the sound is judged. It listens over three seconds.
        match_level: bool = true;
        /// How much louder what was bent comes out.
        output_db: f64 = 0.0 [-24.0..=24.0, "dB"] automatable;
        /// How much of what comes out was bent. At 0 % the sound is itself, bit for bit.
        mix_percent: f64 = 100.0 [0.0..=100.0, "%"] automatable;
    }
}

/// Below this the constant part that even harmonics bring is kept back. Ours: at 20 Hz it turns the phase by 6° and takes
/// 0.04 dB; what is kept back is gone after half a second.
const BLOCK_HZ: f64 = 2.0;

/// The longest silence through which the level that was matched is remembered. Ours: longer than any part rests in a song.
const PAUSE_S: f64 = 120.0;

/// The middle of the tilt. Ours: as many octaves of music above as below.
const TONE_HZ: f64 = 700.0;

/// The middle of the low middle, and how wide: two octaves, 140 to 560 Hz. Ours, where "warm" is heard.
const BODY_HZ: f64 = 280.0;
const BODY_Q: f64 = 0.667;

/// The level for which the first guess of the matched loudness is made, as a sine's peak: −18 dBFS, the usual level of a
/// track (EBU R 68's alignment).
const USUAL_AMPLITUDE: f64 = 0.125_892_541_179_416_7;

/// Bends samples by a curve at eight times the rate (at 44.1 and 48 kHz; always 352.8 kHz or more), so that overtones that
/// do not fit under half the rate do not fold back. A 5 kHz sine at −6 dBFS driven by 12 dB leaves no alias above
/// −130 dBFS on tape, tube and soft, and none above −94 on the hard clip at 48 kHz, which is smoothed by its antiderivative
/// besides (all measured by the tests).
///
/// Curves have no memory: no hysteresis, no bias, no transformer.
///
/// ```
/// use mixkeel_dsp::block::{Block, Channels};
/// use mixkeel_dsp::processor::{Context, Processor, Setup};
/// use mixkeel_dsp::processors::saturation::{Saturation, SaturationSettings, Shape};
/// let mut saturation = Saturation::default();
/// saturation.prepare(&Setup { rate_hz: 48_000, channels: Channels::Mono, max_block_frames: 4_096 });
/// saturation.set(&SaturationSettings { shape: Shape::Soft, drive_db: 24.0, match_level: false, ..Default::default() });
/// let mut sound: Vec<f32> = (0..2_000).map(|frame| (frame as f32 * 0.05).sin()).collect();
/// saturation.process(&mut Block::mono(&mut sound), &[], &Context { frame: 0, tempo_bpm: 120.0 });
/// let late = saturation.latency_frames();
/// // Nearly square: 16 times full scale on a curve that ends at full scale.
/// assert!(sound[late + 1_000..].iter().filter(|sample| sample.abs() > 0.9).count() > 650);
/// ```
#[derive(Debug)]
pub struct Saturation {
    rate_hz: u32,
    settings: SaturationSettings,
    lanes: Vec<Lane>,
    glide: Glide<[f64; 8]>,
    tone: Filter,
    body: Filter,
    block: Filter,
    level: Level,
}

/// One channel on its way through the curve.
#[derive(Debug)]
struct Lane {
    up: Upsampler,
    down: Downsampler,
    /// The last samples, for as long as the way through the curve takes.
    dry: WholeDelay,
    high: Vec<f32>,
    /// The last sample ahead of the curve, at the higher rate.
    last: f32,
    before: [f32; GRID_FRAMES],
    after: [f32; GRID_FRAMES],
}

impl Lane {
    fn new(factor: Factor) -> Self {
        Self {
            up: Upsampler::new(factor),
            down: Downsampler::new(factor),
            dry: WholeDelay::new(2 * factor.latency_frames()),
            high: vec![0.0; GRID_FRAMES * factor.times()],
            last: 0.0,
            before: [0.0; GRID_FRAMES],
            after: [0.0; GRID_FRAMES],
        }
    }

    /// Fills `before` and `after` for the frames of a stretch.
    fn bend(&mut self, samples: &[f32], motion: &Motion<[f64; 8]>) {
        let frames = samples.len();
        self.before[..frames].copy_from_slice(samples);
        self.dry.run(&mut self.before[..frames]);
        let times = self.high.len() / GRID_FRAMES;
        let high = &mut self.high[..frames * times];
        self.up.run(samples, high);
        match motion.still() {
            Some(values) => bend(&values).run(&mut self.last, high),
            None => {
                let (from, to) = motion.ends();
                let step = 1.0 / (GRID_FRAMES * times) as f64;
                bend(&from).run_toward(&bend(&to), motion.share(0), step, &mut self.last, high);
            }
        }
        self.down.run(high, &mut self.after[..frames]);
    }

    fn reset(&mut self) {
        self.up.reset();
        self.down.reset();
        self.dry.reset();
        self.last = 0.0;
    }
}

/// A filter for what was bent, both channels at once.
#[derive(Debug)]
struct Filter {
    section: Glide<Section>,
    memory: Svf<2>,
}

impl Filter {
    fn new(section: Section) -> Self {
        Self { section: Glide::new(section), memory: Svf::default() }
    }

    fn run(&mut self, first: i64, frames: &mut [[f64; 2]]) {
        let memory = &mut self.memory;
        self.section.walk(first, frames.len(), |stretch, motion| {
            memory.run_motion(motion, &mut frames[stretch]);
        });
    }

    fn reset(&mut self) {
        self.section.settle();
        self.memory.reset();
    }

    fn snapshot(&self, to: &mut State) {
        let (sections, sounding) = self.section.parts();
        to.put(f64::from(u8::from(sounding)));
        sections.iter().flat_map(Section::parts).for_each(|value| to.put(value));
        self.memory.snapshot(to);
    }

    fn restore(&mut self, from: &mut State) {
        let sounding = from.take() != 0.0;
        let sections = std::array::from_fn(|_| Section::from_parts(std::array::from_fn(|_| from.take())));
        self.section = Glide::from_parts(sections, sounding);
        self.memory.restore(from);
    }
}

/// The numbers that move with the settings: the curve, the first guess of the matched level, whether the running match
/// counts, the output gain, the share of what was bent.
fn values(settings: &SaturationSettings) -> [f64; 8] {
    let curve = Bend::new(settings.shape, gain_from_db(settings.drive_db), settings.even_percent / 100.0);
    let (guess, matched) = if settings.match_level { (curve.undo(USUAL_AMPLITUDE), 1.0) } else { (1.0, 0.0) };
    let mix = settings.mix_percent / 100.0;
    [curve.drive, curve.knee, curve.lean, curve.hard, guess, matched, gain_from_db(settings.output_db), mix]
}

fn bend(&[drive, knee, lean, hard, ..]: &[f64; 8]) -> Bend {
    Bend { drive, knee, lean, hard }
}

/// A first-order tilt: `tone_db` up at the top, as much down at the bottom, nothing at [`TONE_HZ`].
fn tone(tone_db: f64, rate_hz: u32) -> Section {
    let gain = gain_from_db(tone_db);
    // The corners lie symmetrically around the middle: (1/G + s) / (1 + s/G), scaled along s so that |H(j)| = 1.
    Section::from_analogue(tan_half(TONE_HZ, rate_hz), [1.0 / gain, 1.0, 0.0], [1.0, 1.0 / gain, 0.0])
}

fn body(body_db: f64, rate_hz: u32) -> Section {
    let root = gain_from_db(body_db / 2.0);
    Section::from_analogue(
        tan_half(BODY_HZ, rate_hz),
        [1.0, root / BODY_Q, 1.0],
        [1.0, 1.0 / (root * BODY_Q), 1.0],
    )
}

fn block(rate_hz: u32) -> Section {
    Section::from_analogue(tan_half(BLOCK_HZ, rate_hz), [0.0, 1.0, 0.0], [1.0, 1.0, 0.0])
}

/// The curves end at 8.4 at most: what is farther away comes from samples that overflowed ahead of them.
fn bounded(sample: f32) -> f64 {
    if sample.abs() <= 100.0 { f64::from(sample) } else { 0.0 }
}

impl Saturation {
    fn at_rate(rate_hz: u32, channels: Channels, settings: SaturationSettings) -> Self {
        let factor = Factor::for_rate(rate_hz);
        Self {
            rate_hz,
            settings,
            lanes: (0..channels.count()).map(|_| Lane::new(factor)).collect(),
            glide: Glide::new(values(&settings)),
            tone: Filter::new(tone(settings.tone_db, rate_hz)),
            body: Filter::new(body(settings.body_db, rate_hz)),
            block: Filter::new(block(rate_hz)),
            level: Level::new(rate_hz),
        }
    }
}

impl Default for Saturation {
    fn default() -> Self {
        Self::at_rate(48_000, Channels::Stereo, SaturationSettings::default())
    }
}

impl Processor for Saturation {
    type Settings = SaturationSettings;

    const PRESETS: &'static [Preset] = &[
        Preset {
            id: "warm",
            about: "A little tape: low harmonics, slightly more low middle, slightly less top.",
            values: &[
                ("shape", PresetValue::Word("tape")),
                ("drive_db", PresetValue::Number(8.0)),
                ("even_percent", PresetValue::Number(20.0)),
                ("tone_db", PresetValue::Number(-0.5)),
                ("body_db", PresetValue::Number(1.0)),
            ],
        },
        Preset {
            id: "tube-vocal",
            about: "Makes a voice closer and denser without sounding bent.",
            values: &[("shape", PresetValue::Word("tube")), ("drive_db", PresetValue::Number(10.0))],
        },
        Preset {
            id: "bass-on-phones",
            about: "Gives a bass overtones that small speakers can play, beside the bass itself.",
            values: &[
                ("shape", PresetValue::Word("tube")),
                ("drive_db", PresetValue::Number(18.0)),
                ("even_percent", PresetValue::Number(40.0)),
                ("mix_percent", PresetValue::Number(50.0)),
            ],
        },
        Preset {
            id: "drum-clip",
            about: "Cuts the tips off drum hits.",
            values: &[("shape", PresetValue::Word("hard")), ("drive_db", PresetValue::Number(6.0))],
        },
    ];

    /// The curve with its drive and mix; matched level is drawn as for a sine at −18 dBFS.
    fn curves(settings: &SaturationSettings, _rate_hz: u32) -> Vec<Curve> {
        let moved = values(settings);
        let [.., guess, _, output, mix] = moved;
        let curve = bend(&moved);
        let out = |sample: f64| sample + (curve.of(sample) * guess * output - sample) * mix;
        let points = (-100..=100).map(|step| f64::from(step) / 100.0).map(|x| (x, out(x))).collect();
        vec![Curve { of: "both".to_owned(), axis: Axis::SampleOut, points }]
    }

    fn prepare(&mut self, setup: &Setup) {
        *self = Self::at_rate(setup.rate_hz, setup.channels, self.settings);
    }

    fn set(&mut self, settings: &SaturationSettings) {
        if *settings == self.settings {
            return;
        }
        self.settings = *settings;
        self.glide.aim(values(settings));
        self.tone.section.aim(tone(settings.tone_db, self.rate_hz));
        self.body.section.aim(body(settings.body_db, self.rate_hz));
    }

    fn process(&mut self, io: &mut Block<'_>, _keys: &[Signal<'_>], at: &Context) {
        let Self { lanes, glide, tone, body, block, level, .. } = self;
        glide.walk(at.frame, io.frames(), |stretch, motion| {
            let first = at.frame.wrapping_add(stretch.start as i64);
            if motion.share(0) == 0.0 {
                level.turn();
            }
            let frames = stretch.len();
            let mut part = io.part(stretch);
            for (lane, samples) in lanes.iter_mut().zip(part.each()) {
                lane.bend(samples, motion);
            }
            // A mono signal goes through both lanes of the filters, so that it gets the bits of a stereo one.
            let (Some(left), Some(right)) = (lanes.first(), lanes.last()) else { return };
            let mut bent = [[0.0; 2]; GRID_FRAMES];
            let bent = &mut bent[..frames];
            for (frame, bent) in bent.iter_mut().enumerate() {
                let guess = motion.at(frame)[4];
                *bent = [&left.after, &right.after].map(|after| guess * bounded(after[frame]));
            }
            block.run(first, bent);
            tone.run(first, bent);
            body.run(first, bent);
            for (frame, after) in bent.iter().enumerate() {
                level.hear([&left.before, &right.before].map(|before| f64::from(before[frame])), *after);
            }
            level.settle();
            let [from, to] = level.factors();
            for (channel, (lane, samples)) in lanes.iter().zip(part.each()).enumerate() {
                if motion.still().is_some_and(|[.., mix]| mix == 0.0) {
                    samples.copy_from_slice(&lane.before[..frames]);
                    continue;
                }
                for (frame, sample) in samples.iter_mut().enumerate() {
                    let [.., matched, output, mix] = motion.at(frame);
                    let factor = from + (to - from) * motion.share(frame);
                    let wet = bent[frame][channel] * output * (1.0 + (factor - 1.0) * matched);
                    let dry = f64::from(lane.before[frame]);
                    *sample = (dry + (wet - dry) * mix) as f32;
                }
            }
        });
    }

    fn reset(&mut self) {
        self.lanes.iter_mut().for_each(Lane::reset);
        self.glide.settle();
        [&mut self.tone, &mut self.body, &mut self.block].into_iter().for_each(Filter::reset);
        self.level.reset();
    }

    fn latency_frames(&self) -> usize {
        2 * Factor::for_rate(self.rate_hz).latency_frames()
    }

    /// What the block against constants lets through of a step falls by 8.7 dB every 80 ms: 150 dB, with gain to spare, in 1.4 s.
    fn tail(&self) -> Tail {
        Tail::Fading(self.latency_frames() + (1.4 * f64::from(self.rate_hz)) as usize)
    }

    fn memory_frames(&self) -> usize {
        // Silence tells nothing of loudness: what was found is kept through a pause within a song, and begun anew after.
        let found = if self.settings.match_level { PAUSE_S * f64::from(self.rate_hz) } else { 0.0 };
        self.tail().frames().max(found as usize)
    }

    fn snapshot(&self, to: &mut State) {
        for lane in &self.lanes {
            lane.up.snapshot(to);
            lane.down.snapshot(to);
            lane.dry.snapshot(to);
            to.put(f64::from(lane.last));
        }
        self.glide.snapshot(to);
        [&self.tone, &self.body, &self.block].into_iter().for_each(|filter| filter.snapshot(to));
        self.level.snapshot(to);
    }

    fn restore(&mut self, from: &mut State) {
        for lane in &mut self.lanes {
            lane.up.restore(from);
            lane.down.restore(from);
            lane.dry.restore(from);
            lane.last = from.take() as f32;
        }
        self.glide.restore(from);
        [&mut self.tone, &mut self.body, &mut self.block].into_iter().for_each(|filter| filter.restore(from));
        self.level.restore(from);
    }
}
