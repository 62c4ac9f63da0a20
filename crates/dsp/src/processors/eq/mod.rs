//! An equaliser: any bands of any shape, on both channels, the middle, the sides, the left or the right.

mod band;
mod moving;
pub(super) mod part;
mod response;

pub use band::{Channel, EqBand, MOST_SECTIONS, Sections, Shape, Slope};
pub use response::EqResponse;

use crate::GRID_FRAMES;
use crate::block::{Block, Channels, Signal};
use crate::curve::Curve;
use crate::glide::Glide;
use crate::param::{Preset, PresetValue};
use crate::processor::{Context, Processor, Setup, State, Tail};
use crate::simd::runs::{from_frames, to_frames};
use crate::units::gain_from_db;
use moving::{Line, MovingBand};
use part::make_louder;

/// The most bands there may be.
pub const MOST_BANDS: usize = 24;

crate::params! {
    /// What an equaliser can be set to.
    pub struct EqSettings {
        /// How much louder all of it is in the end.
        output_db: f64 = 0.0 [-24.0..=24.0, "dB"] automatable;
    }
    band: EqBand, up to 24;
}

impl EqSettings {
    /// The gain in dB at a frequency from one part of a stereo signal to the same part of the output. For many
    /// frequencies make one [`EqResponse`] and ask that.
    pub fn response_db(&self, rate_hz: u32, freq_hz: f64, channel: Channel) -> f64 {
        EqResponse::new(self, rate_hz).gain_db(freq_hz, channel)
    }
}

/// Filters bands one after the other, each with sections that come as close to the analogue circuit as
/// [`matched`](crate::kernels::matched) promises, in the structure of [`svf`](crate::kernels::svf), whose settings may move
/// from point to point of the grid without a click. A band at 0 dB or off costs nothing and keeps every bit.
///
/// ```
/// use mixkeel_dsp::block::{Block, Channels};
/// use mixkeel_dsp::param::Bands;
/// use mixkeel_dsp::processor::{Context, Processor, Setup};
/// use mixkeel_dsp::processors::eq::{Channel, Eq, EqBand, EqSettings, Shape};
///
/// let presence = EqBand { shape: Shape::Bell, freq_hz: 3_000.0, gain_db: 4.0, q: 1.0, ..EqBand::default() };
/// let settings = EqSettings { band: Bands::of(&[presence]), ..EqSettings::default() };
/// assert!((settings.response_db(48_000, 3_000.0, Channel::Both) - 4.0).abs() < 0.01);
///
/// let mut eq = Eq::default();
/// eq.prepare(&Setup { rate_hz: 48_000, channels: Channels::Mono, max_block_frames: 512 });
/// eq.set(&settings);
/// let mut sound = [0.25_f32; 512];
/// eq.process(&mut Block::mono(&mut sound), &[], &Context { frame: 0, tempo_bpm: 120.0 });
/// ```
#[derive(Debug)]
pub struct Eq {
    rate_hz: u32,
    mono: bool,
    settings: EqSettings,
    bands: [MovingBand; MOST_BANDS],
    gain: Glide<[f64; 1]>,
    sounding: bool,
    line: Line,
    /// Nothing moves until something is set: all sections are held in `line`, and cells of the grid need no look.
    still: bool,
}

impl Default for Eq {
    fn default() -> Self {
        Self {
            rate_hz: 48_000,
            mono: false,
            settings: EqSettings::default(),
            bands: Default::default(),
            gain: Glide::new([1.0]),
            sounding: false,
            line: Line::default(),
            still: false,
        }
    }
}

impl Processor for Eq {
    type Settings = EqSettings;

    const PRESETS: &'static [Preset] = PRESETS;

    fn curves(settings: &EqSettings, rate_hz: u32) -> Vec<Curve> {
        EqResponse::new(settings, rate_hz).curves(|part| part.unwrap_or("both").to_owned())
    }

    fn prepare(&mut self, setup: &Setup) {
        let settings = self.settings;
        *self = Self::default();
        self.rate_hz = setup.rate_hz;
        self.mono = setup.channels == Channels::Mono;
        self.set(&settings);
    }

    fn set(&mut self, settings: &EqSettings) {
        if *settings != self.settings {
            self.moves();
        }
        let old = std::mem::replace(&mut self.settings, *settings);
        let places = settings.band.places().iter().zip(old.band.places());
        for (moving, (band, old)) in self.bands.iter_mut().zip(places) {
            if band != old {
                moving.aim(band.as_ref(), self.rate_hz, self.mono, self.sounding);
            }
        }
        self.gain.aim([gain_from_db(settings.output_db)]);
    }

    fn process(&mut self, io: &mut Block<'_>, _keys: &[Signal<'_>], at: &Context) {
        let frames = io.frames();
        self.sounding |= frames > 0;
        let mut done = 0;
        while done < frames {
            if self.still {
                let end = frames.min(done + STILL_FRAMES);
                self.stretch(&mut io.part(done..end));
                done = end;
                continue;
            }
            let first = at.frame.wrapping_add(done as i64);
            let into_cell = first.rem_euclid(GRID_FRAMES as i64) as usize;
            let end = frames.min(done + GRID_FRAMES - into_cell);
            self.cell(&mut io.part(done..end), first);
            done = end;
            let ([from, to, next], _) = self.gain.parts();
            self.still = from == to && to == next && self.line.hold(&self.bands);
        }
    }

    fn reset(&mut self) {
        self.moves();
        self.sounding = false;
        self.bands.iter_mut().for_each(MovingBand::reset);
        self.gain.settle();
    }

    fn tail(&self) -> Tail {
        let all = self.bands.iter().map(MovingBand::ringing);
        let [slowest, sum, raised] = all.fold([0.0_f64; 3], |[slowest, sum, raised], one| {
            [slowest.max(one[0]), sum + one[1], raised + one[2]]
        });
        if slowest == 0.0 {
            return Tail::Exact(0);
        }
        // 120 dB are 13.8 time constants of the slowest section; what rings into it from the others comes later, by
        // about four time constants of each (the 10⁻⁶ quantile of a sum of exponential delays).
        let output = libm::log(gain_from_db(self.settings.output_db).max(1.0));
        Tail::Fading(libm::ceil((14.0 + raised + output) * slowest + 4.0 * sum) as usize)
    }

    fn snapshot(&self, to: &mut State) {
        to.put(f64::from(u8::from(self.sounding)));
        self.gain.snapshot(to);
        self.bands.iter().for_each(|band| band.snapshot(to));
    }

    fn restore(&mut self, from: &mut State) {
        self.moves();
        self.sounding = from.take() != 0.0;
        self.gain.restore(from);
        self.bands.iter_mut().for_each(|band| band.restore(from));
    }
}

/// Frames worked on at once while nothing moves. Ours: a few kilobytes, in the first-level cache with all else.
const STILL_FRAMES: usize = 256;

impl Eq {
    /// From here on every cell of the grid is looked at again.
    fn moves(&mut self) {
        self.still = self.line.drop_held();
    }

    /// Plays frames while nothing moves.
    fn stretch(&mut self, io: &mut Block<'_>) {
        let mut frames = [[0.0; 2]; STILL_FRAMES];
        let frames = &mut frames[..io.frames()];
        to_frames(&io.signal(), frames);
        let ([_, _, [gain]], _) = self.gain.parts();
        let touched = self.line.run_held(&mut self.bands, frames);
        if gain != 1.0 {
            frames.iter_mut().for_each(|frame| *frame = frame.map(|x| x * gain));
        }
        if touched || gain != 1.0 {
            from_frames(frames, io);
        }
    }

    /// Plays frames within one cell of the grid.
    fn cell(&mut self, io: &mut Block<'_>, first: i64) {
        let count = io.frames();
        let mut frames = [[0.0; 2]; GRID_FRAMES];
        let frames = &mut frames[..count];
        to_frames(&io.signal(), frames);
        let mut touched = false;
        for number in 0..MOST_BANDS {
            let Some(motion) = self.bands[number].advance(first, count) else { continue };
            touched = true;
            if Line::takes(&motion) {
                self.line.push(number, &motion, &mut self.bands, frames);
            } else {
                self.line.run(&mut self.bands, frames);
                self.bands[number].run(&motion, frames);
            }
        }
        self.line.run(&mut self.bands, frames);
        touched |= make_louder(&mut self.gain, first, frames);
        if touched {
            from_frames(frames, io);
        }
    }
}

const PRESETS: &[Preset] = &[
    Preset {
        id: "clean-up",
        about: "A gentle low cut at 30 Hz for whatever needs no rumble.",
        values: &[
            ("band.1/shape", PresetValue::Word("low-cut")),
            ("band.1/freq_hz", PresetValue::Number(30.0)),
            ("band.1/slope", PresetValue::Word("12-db")),
        ],
    },
    Preset {
        id: "voice",
        about: "A low cut at 80 Hz, less mud at 250 Hz, more presence at 4 kHz and more air: a place to start with a voice.",
        values: &[
            ("band.1/shape", PresetValue::Word("low-cut")),
            ("band.1/freq_hz", PresetValue::Number(80.0)),
            ("band.1/slope", PresetValue::Word("18-db")),
            ("band.2/freq_hz", PresetValue::Number(250.0)),
            ("band.2/gain_db", PresetValue::Number(-2.0)),
            ("band.3/freq_hz", PresetValue::Number(4000.0)),
            ("band.3/gain_db", PresetValue::Number(2.0)),
            ("band.4/shape", PresetValue::Word("high-shelf")),
            ("band.4/freq_hz", PresetValue::Number(11_000.0)),
            ("band.4/gain_db", PresetValue::Number(2.0)),
        ],
    },
    Preset {
        id: "telephone",
        about: "Only 300 Hz to 3.4 kHz, the band of a telephone line (ITU-T G.712).",
        values: &[
            ("band.1/shape", PresetValue::Word("low-cut")),
            ("band.1/freq_hz", PresetValue::Number(300.0)),
            ("band.1/slope", PresetValue::Word("24-db")),
            ("band.2/shape", PresetValue::Word("high-cut")),
            ("band.2/freq_hz", PresetValue::Number(3400.0)),
            ("band.2/slope", PresetValue::Word("24-db")),
        ],
    },
    Preset {
        id: "mono-bass",
        about: "Takes the sides away below 120 Hz, so that the bass stands in the middle.",
        values: &[
            ("band.1/shape", PresetValue::Word("low-cut")),
            ("band.1/channel", PresetValue::Word("side")),
            ("band.1/freq_hz", PresetValue::Number(120.0)),
            ("band.1/slope", PresetValue::Word("24-db")),
        ],
    },
];
