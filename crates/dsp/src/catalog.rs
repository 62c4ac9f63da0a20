//! Every processor there is, one line each. Sessions, reference pages, schema and the laws test walk this table.

use crate::param::ParamSpec;
use crate::param::Settings;
use crate::processor::{AnyProcessor, BoxedSettings, Processor};
use crate::processors::{delay_line::DelayLine, gain::Gain, pan::Pan, polarity::Polarity, width::Width};

/// One kind of processor: what a session file calls `kind = "…"`.
#[derive(Clone, Copy)]
pub struct Kind {
    /// The word in a session file; also the name of the file under `processors/`.
    pub id: &'static str,
    /// What it does, in one sentence.
    pub about: &'static str,
    /// Its parameters.
    pub specs: &'static [ParamSpec],
    /// Its settings as they are when nothing is said.
    pub settings: fn() -> BoxedSettings,
    /// A new one, not yet prepared.
    pub build: fn() -> Box<dyn AnyProcessor>,
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
    kind::<Polarity>("polarity", "Turns the waveform upside down."),
    kind::<Gain>("gain", "Makes a signal louder or softer."),
    kind::<Pan>("pan", "Moves the balance of a stereo signal to one side."),
    kind::<Width>("width", "Makes a stereo signal narrower or wider."),
    kind::<DelayLine>("delay-line", "Makes a signal later, by any time and not only whole frames."),
];

/// The kind of this name.
pub fn find(id: &str) -> Option<&'static Kind> {
    CATALOG.iter().find(|kind| kind.id == id)
}

const fn kind<P: Processor>(id: &'static str, about: &'static str) -> Kind {
    Kind {
        id,
        about,
        specs: <P::Settings as Settings>::SPECS,
        settings: || BoxedSettings::new(P::Settings::default()),
        build: || Box::new(P::default()),
    }
}
