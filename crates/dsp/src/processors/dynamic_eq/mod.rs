//! An equaliser whose bands move with the level in their own regions, of the sound itself or of another.

mod band;
mod moving;

pub use band::{Direction, DynamicBand, DynamicShape, Ear};

use crate::GRID_FRAMES;
use crate::block::{Block, Channels, Signal};
use crate::curve::Curve;
use crate::glide::Glide;
use crate::param::{Bands, Preset, PresetValue};
use crate::processor::{Context, Processor, Report, Setup, State, Tail};
use crate::processors::eq::part::make_louder;
use crate::processors::eq::{EqBand, EqResponse, EqSettings};
use crate::simd::runs::{from_frames, to_frames};
use crate::units::gain_from_db;
use moving::MovingBand;

/// The most bands there may be.
pub const MOST_BANDS: usize = 8;

crate::params! {
    /// What a dynamic equaliser can be set to.
    pub struct DynamicEqSettings {
        /// How much louder all of it is in the end.
        output_db: f64 = 0.0 [-24.0..=24.0, "dB"] automatable;
    }
    band: DynamicBand, up to 8;
}

impl DynamicEqSettings {
    /// The fixed equaliser that this is when every band is at rest (0), moved as far as it goes (1) or between.
    pub fn fixed(&self, moved: f64) -> EqSettings {
        let mut fixed: [EqBand; MOST_BANDS] = [EqBand { on: false, ..EqBand::default() }; MOST_BANDS];
        for (number, band) in self.band.each() {
            if let Some(place) = fixed.get_mut(number - 1) {
                *place = band.fixed(moved);
            }
        }
        EqSettings { output_db: self.output_db, band: Bands::of(&fixed) }
    }
}

/// Bells and shelves whose gain moves with the level heard in their own region: a bell listens through a band pass, a
/// shelf through a pass of its own side. Levels are means of powers (see [`detector`](crate::kernels::detector)), decisions
/// fall at every point of the control grid, and the circuit moves in a straight line from one to the next.
///
/// ```
/// use mixkeel_dsp::block::{Block, Channels, Signal};
/// use mixkeel_dsp::param::Bands;
/// use mixkeel_dsp::processor::{Context, Processor, Setup};
/// use mixkeel_dsp::processors::dynamic_eq::{DynamicBand, DynamicEq, DynamicEqSettings, Ear};
///
/// // Guitars make room at 2.5 kHz, but only while the voice sounds there.
/// let room = DynamicBand { freq_hz: 2_500.0, q: 0.7, range_db: 4.0, ear: Ear::Key, ..DynamicBand::default() };
/// let mut eq = DynamicEq::default();
/// eq.prepare(&Setup { rate_hz: 48_000, channels: Channels::Mono, max_block_frames: 512 });
/// eq.set(&DynamicEqSettings { band: Bands::of(&[room]), ..DynamicEqSettings::default() });
/// let (mut guitar, voice) = ([0.1_f32; 512], [0.2_f32; 512]);
/// let at = Context { frame: 0, tempo_bpm: 120.0 };
/// eq.process(&mut Block::mono(&mut guitar), &[Signal::mono(&voice)], &at);
/// ```
#[derive(Debug)]
pub struct DynamicEq {
    rate_hz: u32,
    mono: bool,
    settings: DynamicEqSettings,
    bands: [MovingBand; MOST_BANDS],
    gain: Glide<[f64; 1]>,
    reduction_db: f64,
}

impl Default for DynamicEq {
    fn default() -> Self {
        Self {
            rate_hz: 48_000,
            mono: false,
            settings: DynamicEqSettings::default(),
            bands: Default::default(),
            gain: Glide::new([1.0]),
            reduction_db: 0.0,
        }
    }
}

impl Processor for DynamicEq {
    type Settings = DynamicEqSettings;

    const PRESETS: &'static [Preset] = PRESETS;
    const KEYS: Option<&'static str> =
        Some("Bands whose ear is `key` listen to the first key, each in its own region of the spectrum.");

    fn curves(settings: &DynamicEqSettings, rate_hz: u32) -> Vec<Curve> {
        let states = [("rest", settings.fixed(0.0)), ("full-range", settings.fixed(1.0))];
        let curves = states.iter().flat_map(|(state, fixed)| {
            let name =
                |part: Option<&str>| part.map_or((*state).to_owned(), |part| format!("{state}-{part}"));
            EqResponse::new(fixed, rate_hz).curves(name)
        });
        curves.collect()
    }

    fn prepare(&mut self, setup: &Setup) {
        let settings = self.settings;
        *self = Self::default();
        self.rate_hz = setup.rate_hz;
        self.mono = setup.channels == Channels::Mono;
        self.settings = settings;
        for (moving, band) in self.bands.iter_mut().zip(settings.band.places()) {
            moving.aim(band.as_ref(), self.rate_hz, self.mono);
        }
        self.gain.aim([gain_from_db(settings.output_db)]);
    }

    fn set(&mut self, settings: &DynamicEqSettings) {
        let old = std::mem::replace(&mut self.settings, *settings);
        let places = settings.band.places().iter().zip(old.band.places());
        for (moving, (band, old)) in self.bands.iter_mut().zip(places) {
            if band != old {
                moving.aim(band.as_ref(), self.rate_hz, self.mono);
            }
        }
        self.gain.aim([gain_from_db(settings.output_db)]);
    }

    fn process(&mut self, io: &mut Block<'_>, keys: &[Signal<'_>], at: &Context) {
        self.reduction_db = 0.0;
        let frames = io.frames();
        let mut done = 0;
        while done < frames {
            let first = at.frame.wrapping_add(done as i64);
            let offset = first.rem_euclid(GRID_FRAMES as i64) as usize;
            let end = frames.min(done + GRID_FRAMES - offset);
            let key = keys.first().map(|key| key.part(done..end));
            self.cell(&mut io.part(done..end), key.as_ref(), first, offset);
            done = end;
        }
    }

    fn reset(&mut self) {
        self.bands.iter_mut().for_each(MovingBand::reset);
        self.gain.settle();
        self.reduction_db = 0.0;
    }

    fn tail(&self) -> Tail {
        // One band rings into the next: their rests add up, and so do their gains, each neper of which takes one time
        // constant more of the slowest, which is less than its rest.
        let rests = self.bands.iter().map(MovingBand::ringing);
        let (frames, most) =
            rests.fold((0.0, 1.0), |(sum, most), (frames, gain)| (sum + frames, most * gain));
        if frames == 0.0 {
            return Tail::Exact(0);
        }
        let output = gain_from_db(self.settings.output_db).max(1.0);
        let raised = 1.0 + libm::log(f64::max(most * output, 1.0)) / 18.0;
        Tail::Fading(libm::ceil(frames * raised) as usize)
    }

    fn memory_frames(&self) -> usize {
        let longest = self.bands.iter().map(MovingBand::memory_frames).fold(0.0, f64::max);
        self.tail().frames() + libm::ceil(longest) as usize
    }

    fn report(&self, out: &mut Report) {
        out.gain_reduction_db = self.reduction_db;
    }

    fn snapshot(&self, to: &mut State) {
        self.gain.snapshot(to);
        self.bands.iter().for_each(|band| band.snapshot(to));
    }

    fn restore(&mut self, from: &mut State) {
        self.gain.restore(from);
        self.bands.iter_mut().for_each(|band| band.restore(from));
    }
}

impl DynamicEq {
    /// Plays frames within one cell of the grid.
    fn cell(&mut self, io: &mut Block<'_>, key: Option<&Signal<'_>>, first: i64, offset: usize) {
        let count = io.frames();
        let (mut own, mut heard) = ([[0.0; 2]; GRID_FRAMES], [[0.0; 2]; GRID_FRAMES]);
        to_frames(&io.signal(), &mut own[..count]);
        let mut frames = own;
        let key = key.map(|key| {
            to_frames(key, &mut heard[..count]);
            if !self.mono && key.channels() == Channels::Mono {
                heard.iter_mut().for_each(|frame| frame[1] = frame[0]);
            }
            if self.mono && key.channels() == Channels::Stereo {
                heard.iter_mut().for_each(|frame| *frame = [(frame[0] + frame[1]) / 2.0, 0.0]);
            }
            &heard[..count]
        });
        let frames = &mut frames[..count];
        let mut touched = false;
        for band in &mut self.bands {
            touched |= band.run(offset, frames, &own[..count], key);
            self.reduction_db = self.reduction_db.max(band.reduction_db());
        }
        touched |= make_louder(&mut self.gain, first, frames);
        if touched {
            from_frames(frames, io);
        }
    }
}

const PRESETS: &[Preset] = &[
    Preset {
        id: "make-room",
        about: "Steps back by up to 4 dB around 2.5 kHz while the key sounds there: room for a voice, and only while it sings.",
        values: &[
            ("band.1/freq_hz", PresetValue::Number(2500.0)),
            ("band.1/q", PresetValue::Number(0.7)),
            ("band.1/ear", PresetValue::Word("key")),
            ("band.1/threshold_db", PresetValue::Number(-40.0)),
            ("band.1/range_db", PresetValue::Number(4.0)),
            ("band.1/attack_ms", PresetValue::Number(15.0)),
            ("band.1/release_ms", PresetValue::Number(200.0)),
        ],
    },
    Preset {
        id: "tame-harshness",
        about: "Takes up to 5 dB around 3.2 kHz away where a voice or guitar turns harsh.",
        values: &[
            ("band.1/freq_hz", PresetValue::Number(3200.0)),
            ("band.1/q", PresetValue::Number(1.4)),
            ("band.1/threshold_db", PresetValue::Number(-28.0)),
            ("band.1/ratio", PresetValue::Number(3.0)),
            ("band.1/range_db", PresetValue::Number(5.0)),
            ("band.1/attack_ms", PresetValue::Number(4.0)),
            ("band.1/release_ms", PresetValue::Number(80.0)),
        ],
    },
    Preset {
        id: "tame-boom",
        about: "Takes up to 6 dB below 140 Hz away where single notes boom.",
        values: &[
            ("band.1/shape", PresetValue::Word("low-shelf")),
            ("band.1/freq_hz", PresetValue::Number(140.0)),
            ("band.1/q", PresetValue::Number(0.71)),
            ("band.1/threshold_db", PresetValue::Number(-22.0)),
            ("band.1/ratio", PresetValue::Number(3.0)),
            ("band.1/attack_ms", PresetValue::Number(30.0)),
            ("band.1/release_ms", PresetValue::Number(180.0)),
        ],
    },
];
