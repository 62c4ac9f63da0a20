//! Brings microphones on one source together: a delay finer than frames, polarity, and a turn of phase.

use crate::GRID_FRAMES;
use crate::block::{Block, Signal};
use crate::curve::Curve;
use crate::glide::Glide;
use crate::kernels::svf::{Section, Svf, tan_half};
use crate::processor::{Context, Processor, Setup, State, Tail};
use crate::processors::delay_line::{DelayLine, DelayLineSettings};

crate::params! {
    /// What an alignment can be set to.
    pub struct AlignSettings {
        /// How much later the sound becomes: 1 ms is 34 cm of air. The nearer microphone is delayed to meet the farther.
        delay_ms: f64 = 0.0 [0.0..=100.0, "ms"] automatable;
        /// Whether the waveform is turned upside down.
        invert: bool = false;
        /// By how much the phase is turned back at `turn_hz`, as an all-pass of first order does: by less below, by up to
        /// 180 above. It brings together what no delay does, such as a microphone and a pick-up.
        turn_degrees: f64 = 0.0 [0.0..=175.0, ""] automatable;
        /// Where the phase is turned by just that much.
        turn_hz: f64 = 150.0 [20.0..=10_000.0, "Hz"] automatable;
    }
}

/// Delays as [`DelayLine`] does, with its latency of 40 frames; turns the phase with the all-pass
/// (1 − s/a)/(1 + s/a), whose phase is −2·atan(ω/a), with a chosen so that this is exact at `turn_hz` at every rate.
///
/// ```
/// use mixkeel_dsp::block::{Block, Channels};
/// use mixkeel_dsp::processor::{Context, Processor, Setup};
/// use mixkeel_dsp::processors::align::{Align, AlignSettings};
/// let mut align = Align::default();
/// align.prepare(&Setup { rate_hz: 48_000, channels: Channels::Mono, max_block_frames: 256 });
/// align.set(&AlignSettings { delay_ms: 2.0, invert: true, ..AlignSettings::default() });
/// let mut sound = [0.0_f32; 256];
/// sound[0] = 0.5;
/// align.process(&mut Block::mono(&mut sound), &[], &Context { frame: 0, tempo_bpm: 120.0 });
/// assert_eq!(sound[96 + align.latency_frames()], -0.5);
/// ```
#[derive(Debug)]
pub struct Align {
    rate_hz: u32,
    settings: AlignSettings,
    line: DelayLine,
    turn: Glide<Section>,
    sign: Glide<[f64; 1]>,
    memory: [Svf<1>; 2],
}

impl Default for Align {
    fn default() -> Self {
        Self {
            rate_hz: 48_000,
            settings: AlignSettings::default(),
            line: DelayLine::default(),
            turn: Glide::new(Section::IDENTITY),
            sign: Glide::new([1.0]),
            memory: Default::default(),
        }
    }
}

/// The all-pass that turns the phase back by so many degrees at a frequency.
fn turn_back(degrees: f64, freq_hz: f64, rate_hz: u32) -> Section {
    if degrees <= 0.0 {
        return Section::IDENTITY;
    }
    let corner = tan_half(freq_hz, rate_hz) / libm::tan(degrees.to_radians() / 2.0);
    // (1 − s)(1 + s)/(1 + s)², a first-order filter with a pole and a zero that cancel.
    Section { g: corner, k: 2.0, high: -1.0, band: 0.0, low: 1.0 }
}

impl Processor for Align {
    type Settings = AlignSettings;

    fn curves(settings: &AlignSettings, rate_hz: u32) -> Vec<Curve> {
        // An all-pass and a change of sign leave what the delay line makes of the level.
        DelayLine::curves(&DelayLineSettings { delay_ms: settings.delay_ms }, rate_hz)
    }

    fn prepare(&mut self, setup: &Setup) {
        let settings = self.settings;
        *self = Self::default();
        self.rate_hz = setup.rate_hz;
        self.set(&settings);
        self.line.prepare(setup);
    }

    fn set(&mut self, settings: &AlignSettings) {
        self.settings = *settings;
        self.line.set(&DelayLineSettings { delay_ms: settings.delay_ms });
        self.turn.aim(turn_back(settings.turn_degrees, settings.turn_hz, self.rate_hz));
        self.sign.aim([if settings.invert { -1.0 } else { 1.0 }]);
    }

    fn process(&mut self, io: &mut Block<'_>, keys: &[Signal<'_>], at: &Context) {
        self.line.process(io, keys, at);
        let memory = &mut self.memory;
        self.turn.walk(at.frame, io.frames(), |stretch, motion| {
            if motion.still().is_some_and(|section| section.is_identity()) {
                *memory = Default::default();
                return;
            }
            for (channel, memory) in io.part(stretch).each().zip(&mut *memory) {
                let mut frames = [[0.0; 1]; GRID_FRAMES];
                let frames = &mut frames[..channel.len()];
                frames.iter_mut().zip(&*channel).for_each(|(frame, sample)| *frame = [f64::from(*sample)]);
                memory.run_motion(motion, frames);
                channel.iter_mut().zip(frames).for_each(|(sample, [frame])| *sample = *frame as f32 + 0.0);
            }
        });
        self.sign.walk(at.frame, io.frames(), |stretch, motion| {
            if motion.still() != Some([1.0]) {
                for channel in io.part(stretch).each() {
                    for (frame, sample) in channel.iter_mut().enumerate() {
                        *sample = (f64::from(*sample) * motion.at(frame)[0]) as f32;
                    }
                }
            }
        });
    }

    fn reset(&mut self) {
        self.line.reset();
        self.turn.settle();
        self.sign.settle();
        self.memory = Default::default();
    }

    fn latency_frames(&self) -> usize {
        self.line.latency_frames()
    }

    fn tail(&self) -> Tail {
        let (sections, _) = self.turn.parts();
        let ringing = sections.iter().filter(|section| !section.is_identity());
        let frames = ringing.map(Section::time_constant_frames).fold(0.0, f64::max);
        // 120 dB are 14 time constants; a double pole takes four more.
        let turn =
            if frames == 0.0 { Tail::Exact(0) } else { Tail::Fading(libm::ceil(18.0 * frames) as usize) };
        self.line.tail().then(turn)
    }

    fn snapshot(&self, to: &mut State) {
        self.line.snapshot(to);
        let (sections, sounding) = self.turn.parts();
        to.put(f64::from(u8::from(sounding)));
        sections.iter().flat_map(Section::parts).for_each(|part| to.put(part));
        self.sign.snapshot(to);
        self.memory.iter().for_each(|memory| memory.snapshot(to));
    }

    fn restore(&mut self, from: &mut State) {
        self.line.restore(from);
        let sounding = from.take() != 0.0;
        let sections = std::array::from_fn(|_| Section::from_parts(std::array::from_fn(|_| from.take())));
        self.turn = Glide::from_parts(sections, sounding);
        self.sign.restore(from);
        self.memory.iter_mut().for_each(|memory| memory.restore(from));
    }
}
