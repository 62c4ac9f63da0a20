//! How the library tells what it is doing, and how it is asked to stop.

use serde::Serialize;

/// A part of the work, in the order in which `mix` goes through them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Writing the demo song.
    Synthesise,
    /// Looking through the folder.
    Scan,
    /// Reading and measuring every track.
    Measure,
    /// Hearing tempo, bars, harmony and sections.
    Hear,
    /// Working out the edits.
    Decide,
    /// Playing the session to hear what it measures.
    Listen,
    /// Playing the session into files.
    Render,
    /// Reading one file and writing another.
    Convert,
}

impl Stage {
    /// What is being done, for people.
    pub fn doing(self) -> &'static str {
        match self {
            Stage::Synthesise => "writing the demo song",
            Stage::Scan => "looking through the folder",
            Stage::Measure => "measuring the tracks",
            Stage::Hear => "hearing the song",
            Stage::Decide => "deciding",
            Stage::Listen => "listening to the mix",
            Stage::Render => "rendering",
            Stage::Convert => "converting",
        }
    }
}

/// Something worth telling while work goes on. One line of `--events` each.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(tag = "ev", rename_all = "kebab-case")]
pub enum Event {
    /// How far a stage has come, between 0 and 1.
    Progress {
        /// Which stage.
        stage: Stage,
        /// Done so far, 0 to 1.
        fraction: f64,
    },
    /// The loop has listened to a round.
    Round {
        /// 0 for the mix as it was decided, then one after each round of corrections.
        number: usize,
        /// How far it is off in all, in steps that are just heard.
        off: f64,
        /// How many things were corrected before it.
        corrected: usize,
    },
    /// Something that the user should know and that stops nothing.
    Warning {
        /// The file or track concerned, where there is one.
        about: Option<String>,
        /// In plain words.
        message: String,
    },
}

/// Whoever wants to be told, and may ask to stop.
pub trait Watch: Sync {
    /// Called from any thread, often; must be quick.
    fn event(&self, event: Event);

    /// Asked between blocks; once true, the work ends with [`Error::interrupted`](crate::Error::interrupted).
    fn stop(&self) -> bool {
        false
    }
}

/// Nobody is watching.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Watch for Silent {
    fn event(&self, _event: Event) {}
}
