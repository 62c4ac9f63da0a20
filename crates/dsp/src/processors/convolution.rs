//! A recorded space, loudspeaker or device: convolution with an impulse response.

use std::sync::Arc;

use crate::GRID_FRAMES;
use crate::block::{Block, Buffer, Channels, Signal};
use crate::curve::Curve;
use crate::glide::Glide;
use crate::kernels::convolver::{Convolver, Way};
use crate::kernels::ring::Rings;
use crate::kernels::svf::{Section, Svf, tan_half};
use crate::processor::{AssetSpec, Context, Processor, Setup, State, Tail};
use crate::units::{frames_from_ms, gain_from_db};

crate::params! {
    /// What a convolution can be set to.
    pub struct ConvolutionSettings {
        /// How much later than the sound the response begins.
        pre_delay_ms: f64 = 0.0 [0.0..=250.0, "ms"] automatable;
        /// How much of the response is kept, from its beginning; the last tenth of that fades out.
        length_percent: f64 = 100.0 [1.0..=100.0, "%"];
        /// How fast the response decays over its length: 100 is as recorded, 50 falls by 60 dB more.
        decay_percent: f64 = 100.0 [10.0..=100.0, "%"];
        /// Under this frequency the response hears less, 12 dB an octave.
        low_cut_hz: f64 = 10.0 [10.0..=1000.0, "Hz"] automatable;
        /// Over this frequency the response hears less, 12 dB an octave.
        high_cut_hz: f64 = 20000.0 [1000.0..=20000.0, "Hz"] automatable;
        /// How much of the result is the response: 100 on a return, less where it stands as an insert.
        mix_percent: f64 = 100.0 [0.0..=100.0, "%"] automatable;
    }
}

/// The longest pre-delay, as the parameter's range has it.
const MAX_PRE_DELAY_MS: f64 = 250.0;

/// The quality of both cuts: Butterworth.
const CUT_Q: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// Time constants until a filter has fallen by 120 dB: ln(10⁶).
const NEPERS_TO_SILENCE: f64 = 13.82;

/// The octaves over which a response is levelled, around 31.5 Hz to 16 kHz (IEC 61260-1).
const OCTAVES_HZ: [f64; 10] = [31.5, 63.0, 125.0, 250.0, 500.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0, 16_000.0];

/// Convolves with a response in mono (the same for both sides), in stereo (left with left, right with right), or with two
/// stereo responses (true stereo: the first is what comes from the left input, the second what comes from the right).
///
/// The response is levelled so that pink noise comes out as loud as it goes in: the mean over octaves of what it does to
/// their power is 1. Length and decay then take away. Without a response, or with a silent one, sound passes as it is. On one
/// channel, all that would reach both sides is heard in equal parts. It adds no latency. Length and decay work the whole
/// response out anew at the next point of the control grid, and are not meant to move while sound plays.
///
/// ```
/// use std::sync::Arc;
/// use mixkeel_dsp::block::{Block, Buffer, Channels};
/// use mixkeel_dsp::processor::{Context, Processor, Setup};
/// use mixkeel_dsp::processors::convolution::Convolution;
///
/// let mut response = Buffer::new(Channels::Mono, 480);
/// response.block().left()[100] = 0.3;
/// let mut space = Convolution::default();
/// space.load(&[Arc::new(response)]);
/// space.prepare(&Setup { rate_hz: 48_000, channels: Channels::Mono, max_block_frames: 512 });
/// let mut sound = [0.0; 512];
/// sound[0] = 1.0;
/// space.process(&mut Block::mono(&mut sound), &[], &Context { frame: 0, tempo_bpm: 120.0 });
/// // One echo, after 100 frames, brought to full level.
/// let power = |frames: &[f32]| frames.iter().map(|x| x * x).sum::<f32>();
/// assert!(power(&sound[..100]) < 1e-6 && (power(&sound[100..]) - 1.0).abs() < 0.3);
/// ```
#[derive(Debug)]
pub struct Convolution {
    setup: Setup,
    settings: ConvolutionSettings,
    assets: Vec<Arc<Buffer>>,
    /// For each way, the channels of the assets that are summed for it, and their gain.
    ways: Vec<Vec<(usize, usize)>>,
    level: f32,
    /// Frames of the longest response.
    frames: usize,
    /// Length and decay of the response that is heard.
    shape: [f64; 2],
    sounding: bool,
    convolver: Convolver,
    at: usize,
    input: Rings,
    /// Pre-delay in whole frames, and mix.
    place: Glide<[f64; 2]>,
    cuts: [Glide<Section>; 2],
    filters: [Svf<2>; 2],
}

impl Convolution {
    fn at_setup(setup: Setup, settings: ConvolutionSettings, assets: Vec<Arc<Buffer>>) -> Self {
        let (ways, sources) = ways(&assets, setup.channels);
        let frames = assets.iter().map(|asset| asset.frames()).max().unwrap_or(0);
        let level = level(&assets, &sources, setup.rate_hz, setup.channels);
        let longest = libm::ceil(frames_from_ms(MAX_PRE_DELAY_MS, setup.rate_hz)) as usize + GRID_FRAMES;
        // A silent response is none.
        let frames = if level > 0.0 { frames } else { 0 };
        let mut convolution = Self {
            setup,
            settings,
            assets,
            ways: sources,
            level,
            frames,
            shape: [0.0; 2],
            sounding: false,
            convolver: Convolver::new(&ways, frames),
            at: 0,
            input: Rings::new(2, longest),
            place: Glide::new([0.0; 2]),
            cuts: [Glide::new(Section::IDENTITY); 2],
            filters: Default::default(),
        };
        convolution.aim();
        convolution.shape(convolution.wanted_shape());
        convolution
    }

    fn wanted_shape(&self) -> [f64; 2] {
        [self.settings.length_percent / 100.0, self.settings.decay_percent / 100.0]
    }

    /// Works the responses out anew where length or decay differ.
    fn shape(&mut self, shape: [f64; 2]) {
        if self.shape == shape || self.frames == 0 {
            self.shape = shape;
            return;
        }
        self.shape = shape;
        let [length, decay] = shape;
        let kept = (length * self.frames as f64).max(1.0);
        // A tenth of what is kept, where anything is cut off at all.
        let fade = if length < 1.0 { 0.1 * kept } else { 0.0 };
        let nepers = std::f64::consts::LN_10 * 3.0 * (1.0 / decay.max(0.01) - 1.0) / self.frames as f64;
        let gain = |frame: usize| {
            let (frame, level) = (frame as f64, f64::from(self.level));
            let left = kept - frame;
            if left <= 0.0 {
                return 0.0;
            }
            let decayed = if nepers > 0.0 { level * libm::exp(-nepers * frame) } else { level };
            if left < fade {
                decayed * (0.5 - 0.5 * libm::cos(std::f64::consts::PI * left / fade))
            } else {
                decayed
            }
        };
        for (way, sources) in self.ways.iter().enumerate() {
            let share = if self.setup.channels == Channels::Mono { 0.5 } else { 1.0 };
            let assets = &self.assets;
            self.convolver.respond(way, |frame| {
                let sum: f32 = sources.iter().map(|source| sample(assets, *source, frame)).sum();
                // Most frames past the end of a partition's response need no gain.
                if sum == 0.0 { 0.0 } else { (f64::from(sum) * share * gain(frame)) as f32 }
            });
        }
    }

    fn aim(&mut self) {
        let rate_hz = self.setup.rate_hz;
        let pre_delay = libm::round(frames_from_ms(self.settings.pre_delay_ms, rate_hz));
        self.place.aim([pre_delay, self.settings.mix_percent / 100.0]);
        let [low, high] = cuts(&self.settings, rate_hz);
        self.cuts[0].aim(low);
        self.cuts[1].aim(high);
    }

    /// Plays a stretch within one cell of the grid.
    fn play(&mut self, io: &mut Block<'_>, frame: i64) {
        let frames = io.frames();
        if frame.rem_euclid(GRID_FRAMES as i64) == 0 || !self.sounding {
            self.shape(self.wanted_shape());
        }
        self.sounding = true;
        let mut cut = [[0.0_f64; 2]; GRID_FRAMES];
        let cut = &mut cut[..frames];
        let signal = io.signal();
        for ((pair, left), right) in cut.iter_mut().zip(signal.left()).zip(signal.right_or_only()) {
            *pair = [f64::from(*left), f64::from(*right)];
        }
        for (section, filter) in self.cuts.iter_mut().zip(&mut self.filters) {
            section.walk(frame, frames, |part, motion| filter.run_motion(motion, &mut cut[part]));
        }
        let mut rows = [[0.0_f32; GRID_FRAMES]; 2];
        for (side, row) in rows.iter_mut().enumerate() {
            row.iter_mut().zip(cut.iter()).for_each(|(to, pair)| *to = pair[side] as f32);
            self.input.write(side, self.at, &row[..frames]);
        }
        let (input, at) = (&self.input, self.at);
        let mut mix = [0.0; GRID_FRAMES];
        self.place.walk(frame, frames, |_, motion| {
            let (from, to) = motion.ends();
            for (side, row) in rows.iter_mut().enumerate() {
                input.read(side, at, to[0] as usize, &mut row[..frames]);
                if from[0] != to[0] {
                    let mut old = [0.0_f32; GRID_FRAMES];
                    input.read(side, at, from[0] as usize, &mut old[..frames]);
                    for (index, (row, old)) in row.iter_mut().zip(&old[..frames]).enumerate() {
                        *row = *old + (*row - *old) * motion.share(index) as f32;
                    }
                }
            }
            mix[..frames].iter_mut().enumerate().for_each(|(index, mix)| *mix = motion.at(index)[1] as f32);
        });
        self.at = self.at.wrapping_add(frames);
        let mut wet = [[0.0_f32; GRID_FRAMES]; 2];
        let [left, right] = &mut wet;
        let inputs = [&rows[0][..frames], &rows[1][..frames]];
        self.convolver.run(frame, inputs, [&mut left[..frames], &mut right[..frames]]);
        for (channel, wet) in io.each().zip(&wet) {
            for ((sample, wet), mix) in channel.iter_mut().zip(wet).zip(&mix) {
                *sample = *sample * (1.0 - mix) + wet * mix;
            }
        }
    }
}

/// Which channel of which recording each way is made of.
type Sources = Vec<Vec<(usize, usize)>>;

fn ways(assets: &[Arc<Buffer>], channels: Channels) -> (Vec<Way>, Sources) {
    // A mono recording's right channel is its only one.
    let true_stereo = assets.len() > 1;
    let all: &[(usize, usize, (usize, usize))] = if true_stereo {
        &[(0, 0, (0, 0)), (0, 1, (0, 1)), (1, 0, (1, 0)), (1, 1, (1, 1))]
    } else {
        &[(0, 0, (0, 0)), (1, 1, (0, 1))]
    };
    match channels {
        Channels::Mono => (vec![Way { from: 0, to: 0 }], vec![all.iter().map(|way| way.2).collect()]),
        Channels::Stereo => (
            all.iter().map(|(from, to, _)| Way { from: *from, to: *to }).collect(),
            all.iter().map(|way| vec![way.2]).collect(),
        ),
    }
}

fn sample(assets: &[Arc<Buffer>], (asset, channel): (usize, usize), frame: usize) -> f32 {
    let Some(signal) = assets.get(asset).map(|asset| asset.signal()) else { return 0.0 };
    let channel = if channel == 0 { signal.left() } else { signal.right_or_only() };
    channel.get(frame).copied().filter(|sample| sample.is_finite()).unwrap_or(0.0)
}

/// The gain that brings pink noise back to its level: one over the root of the mean, over octaves and outputs, of what a
/// response does to power. 0 for silence.
fn level(assets: &[Arc<Buffer>], ways: &Sources, rate_hz: u32, channels: Channels) -> f32 {
    let mut sources: Vec<(usize, usize)> = ways.iter().flatten().copied().collect();
    sources.sort_unstable();
    sources.dedup();
    let octaves = OCTAVES_HZ.iter().filter(|hz| **hz * std::f64::consts::SQRT_2 < 0.5 * f64::from(rate_hz));
    let (mut power, mut count) = (0.0, 0.0);
    for hz in octaves {
        // Ten periods: what a filter still rings after the end belongs to the octave.
        let rings = libm::ceil(10.0 * f64::from(rate_hz) / hz) as usize;
        let click = octave_power(std::iter::once(1.0).chain(std::iter::repeat_n(0.0, rings)), *hz, rate_hz);
        for source in &sources {
            let frames = assets.get(source.0).map_or(0, |asset| asset.frames());
            let response = (0..frames + rings).map(|frame| f64::from(sample(assets, *source, frame)));
            power += octave_power(response, *hz, rate_hz) / click;
        }
        count += 1.0;
    }
    // True stereo sends two inputs to every output, and one channel is the half of both.
    let outputs = if channels == Channels::Mono && sources.len() == 1 { 1.0 } else { 2.0 };
    let mean = power / count / outputs;
    if mean > gain_from_db(-200.0) { (1.0 / mean.sqrt()) as f32 } else { 0.0 }
}

/// The power in one octave, by Butterworth filters of 12 dB an octave to either side.
fn octave_power(sound: impl Iterator<Item = f64>, hz: f64, rate_hz: u32) -> f64 {
    let low = Section::high_pass(tan_half(hz * std::f64::consts::FRAC_1_SQRT_2, rate_hz), CUT_Q).step();
    let high = Section::low_pass(tan_half(hz * std::f64::consts::SQRT_2, rate_hz), CUT_Q).step();
    let (mut first, mut second) = (Svf::<1>::default(), Svf::<1>::default());
    sound
        .map(|sample| {
            let [sample] = second.next(&high, first.next(&low, [sample]));
            sample * sample
        })
        .sum()
}

impl Default for Convolution {
    fn default() -> Self {
        let setup =
            Setup { rate_hz: 48_000, channels: Channels::Stereo, max_block_frames: crate::MAX_BLOCK_FRAMES };
        Self::at_setup(setup, ConvolutionSettings::default(), Vec::new())
    }
}

/// The filters on what comes back.
fn cuts(settings: &ConvolutionSettings, rate_hz: u32) -> [Section; 2] {
    [
        Section::high_pass(tan_half(settings.low_cut_hz, rate_hz), CUT_Q),
        Section::low_pass(tan_half(settings.high_cut_hz, rate_hz), CUT_Q),
    ]
}

impl Processor for Convolution {
    type Settings = ConvolutionSettings;

    const ASSETS: &'static [AssetSpec] = &[
        AssetSpec {
            id: "impulse",
            help: "The impulse response, mono or stereo. With a second one: what comes back, left and right, for the left input.",
        },
        AssetSpec {
            id: "impulse_right",
            help: "True stereo: what comes back, left and right, for the right input.",
        },
    ];

    fn curves(settings: &ConvolutionSettings, rate_hz: u32) -> Vec<Curve> {
        let [low, high] = cuts(settings, rate_hz);
        vec![Curve::response("cuts", rate_hz, |hz| low.gain_db(hz, rate_hz) + high.gain_db(hz, rate_hz))]
    }

    fn load(&mut self, assets: &[Arc<Buffer>]) {
        self.assets = assets.iter().take(Self::ASSETS.len()).cloned().collect();
    }

    fn prepare(&mut self, setup: &Setup) {
        *self = Self::at_setup(*setup, self.settings, std::mem::take(&mut self.assets));
    }

    fn set(&mut self, settings: &ConvolutionSettings) {
        if self.settings != *settings {
            self.settings = *settings;
            self.aim();
        }
    }

    fn process(&mut self, io: &mut Block<'_>, _keys: &[Signal<'_>], at: &Context) {
        if self.frames == 0 {
            return;
        }
        let frames = io.frames();
        let mut done = 0;
        while done < frames {
            let frame = at.frame.wrapping_add(done as i64);
            let left = GRID_FRAMES - frame.rem_euclid(GRID_FRAMES as i64) as usize;
            let end = frames.min(done + left);
            self.play(&mut io.part(done..end), frame);
            done = end;
        }
    }

    fn reset(&mut self) {
        (self.sounding, self.at) = (false, 0);
        self.convolver.clear();
        self.input.clear();
        self.place.settle();
        self.cuts.iter_mut().for_each(Glide::settle);
        self.filters.iter_mut().for_each(Svf::reset);
    }

    fn tail(&self) -> Tail {
        if self.frames == 0 {
            return Tail::Exact(0);
        }
        let (places, _) = self.place.parts();
        let pre_delay = places.iter().fold(0.0, |most: f64, place| most.max(place[0])) as usize;
        let cuts = self.cuts.iter().flat_map(|cut| cut.parts().0);
        let ringing = cuts.map(|cut| cut.time_constant_frames()).fold(0.0, f64::max) * NEPERS_TO_SILENCE;
        Tail::Fading(
            pre_delay + self.frames + self.convolver.rounding_frames() + libm::ceil(ringing) as usize,
        )
    }

    fn snapshot(&self, to: &mut State) {
        to.put(f64::from(u8::from(self.sounding)));
        to.put(self.at as f64);
        self.shape.iter().for_each(|value| to.put(*value));
        self.place.snapshot(to);
        for cut in &self.cuts {
            let (sections, sounding) = cut.parts();
            to.put(f64::from(u8::from(sounding)));
            sections.iter().flat_map(Section::parts).for_each(|value| to.put(value));
        }
        self.filters.iter().for_each(|filter| filter.snapshot(to));
        self.input.snapshot(self.at, to);
        self.convolver.snapshot(to);
    }

    fn restore(&mut self, from: &mut State) {
        self.sounding = from.take() != 0.0;
        self.at = from.take() as usize;
        let shape = std::array::from_fn(|_| from.take());
        self.shape(shape);
        self.place.restore(from);
        for cut in &mut self.cuts {
            let sounding = from.take() != 0.0;
            let sections = std::array::from_fn(|_| Section::from_parts(std::array::from_fn(|_| from.take())));
            *cut = Glide::from_parts(sections, sounding);
        }
        self.filters.iter_mut().for_each(|filter| filter.restore(from));
        self.input.restore(self.at, from);
        self.convolver.restore(from);
    }
}
