//! Every processor there is, one line each. Sessions, reference pages, schema and the laws test walk this table.

use crate::curve::Curve;
use crate::guard::Guard;
use crate::param::{BandSpec, ParamError, ParamSpec, Preset, Settings};
use crate::processor::{AnyProcessor, AnySettings, AssetSpec, BoxedSettings, Processor};
use crate::processors;

/// One kind of processor: what a session file calls `kind = "…"`.
#[derive(Clone, Copy)]
pub struct Kind {
    /// The word in a session file; also the name of the file under `processors/`.
    pub id: &'static str,
    /// What it does, in one sentence.
    pub about: &'static str,
    /// Its parameters that are there once.
    pub specs: &'static [ParamSpec],
    /// Its parameters that are there once a band, if it has bands.
    pub bands: Option<BandSpec>,
    /// Settings by name.
    pub presets: &'static [Preset],
    /// The recordings that it works from.
    pub assets: &'static [AssetSpec],
    /// What its keys do; `None` where it listens to none.
    pub keys: Option<&'static str>,
    /// Its settings as they are when nothing is said.
    pub settings: fn() -> BoxedSettings,
    /// The settings of a preset.
    pub preset: fn(&Preset) -> Result<BoxedSettings, ParamError>,
    /// What settings do at a rate, as curves to draw; none for settings of another kind.
    pub curves: fn(&dyn AnySettings, u32) -> Vec<Curve>,
    /// A new one inside a [`Guard`], not yet prepared.
    pub build: fn() -> Box<dyn AnyProcessor>,
}

impl Kind {
    /// The kind of a processor, as it stands in a table of kinds.
    pub const fn of<P: Processor>(id: &'static str, about: &'static str) -> Self {
        Self {
            id,
            about,
            specs: <P::Settings as Settings>::SPECS,
            bands: <P::Settings as Settings>::BANDS,
            presets: P::PRESETS,
            assets: P::ASSETS,
            keys: P::KEYS,
            settings: || BoxedSettings::new(P::Settings::default()),
            preset: |preset| preset.settings::<P::Settings>().map(BoxedSettings::new),
            curves: |settings, rate_hz| {
                let settings = settings.as_any().downcast_ref::<P::Settings>();
                settings.map(|settings| P::curves(settings, rate_hz)).unwrap_or_default()
            },
            build: || Box::new(Guard::<P>::default()),
        }
    }

    /// The preset of this name.
    pub fn find_preset(&self, id: &str) -> Option<&'static Preset> {
        self.presets.iter().find(|preset| preset.id == id)
    }
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Kind").field(&self.id).finish()
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// All kinds, in the order in which people read them.
pub static CATALOG: &[Kind] = &[
    Kind::of::<processors::polarity::Polarity>("polarity", "Turns the waveform upside down."),
    Kind::of::<processors::gain::Gain>("gain", "Makes a signal louder or softer."),
    Kind::of::<processors::pan::Pan>("pan", "Moves the balance of a stereo signal to one side."),
    Kind::of::<processors::width::Width>("width", "Makes a stereo signal narrower or wider."),
    Kind::of::<processors::stereo::Stereo>(
        "stereo",
        "Shapes a stereo image: width by band, bass in the middle, balance, rotation.",
    ),
    Kind::of::<processors::eq::Eq>(
        "eq",
        "Raises and lowers parts of the spectrum, with any number of bands of any shape.",
    ),
    Kind::of::<processors::dynamic_eq::DynamicEq>(
        "dynamic-eq",
        "Raises and lowers parts of the spectrum with the level there, its own or a key's.",
    ),
    Kind::of::<processors::limiter::Limiter>(
        "limiter",
        "Holds the true peak under a ceiling, by gain alone.",
    ),
    Kind::of::<processors::saturation::Saturation>(
        "saturation",
        "Bends sound into new overtones: tape, tube, soft and hard.",
    ),
    Kind::of::<processors::reverb::Reverb>(
        "reverb",
        "Puts a sound into a room, a chamber, a plate or a hall.",
    ),
    Kind::of::<processors::compressor::Compressor>(
        "compressor",
        "Makes loud passages softer, so that level is more even.",
    ),
    Kind::of::<processors::resonance::Resonance>(
        "resonance",
        "Finds narrow, ringing peaks, wherever they move, and takes them down.",
    ),
    Kind::of::<processors::debleed::Debleed>(
        "debleed",
        "Takes out what leaks into a close microphone from instruments that have their own.",
    ),
    Kind::of::<processors::dehum::Dehum>("dehum", "Takes mains hum and its harmonics out."),
    Kind::of::<processors::denoise::Denoise>("denoise", "Takes a steady noise floor out."),
    Kind::of::<processors::declick::Declick>(
        "declick",
        "Finds clicks and crackle, and puts back what the sound most likely was.",
    ),
    Kind::of::<processors::gate::Gate>(
        "gate",
        "Turns down what is soft: the pauses between notes, and the bleed in them.",
    ),
    Kind::of::<processors::transient::Transient>(
        "transient",
        "Makes attacks stronger or softer, and what follows them, at any level.",
    ),
    Kind::of::<processors::align::Align>(
        "align",
        "Brings microphones on one source together in time, polarity and phase.",
    ),
    Kind::of::<processors::multiband::Multiband>(
        "multiband",
        "Compresses or expands two to five parts of the spectrum, each by itself.",
    ),
    Kind::of::<processors::convolution::Convolution>(
        "convolution",
        "Puts a sound into a recorded space, by its impulse response.",
    ),
    Kind::of::<processors::de_esser::DeEsser>(
        "de-esser",
        "Softens the sharp consonants of a voice at any level.",
    ),
    Kind::of::<processors::delay::Delay>(
        "delay",
        "Repeats a sound as echoes, in time with the song or at any time.",
    ),
    Kind::of::<processors::delay_line::DelayLine>(
        "delay-line",
        "Makes a signal later, by any time and not only whole frames.",
    ),
];

/// The kind of this name.
pub fn find(id: &str) -> Option<&'static Kind> {
    CATALOG.iter().find(|kind| kind.id == id)
}
