//! The shape of everything that is found: a [`Finding`].

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing; nothing has to be done.
    Note,
    /// Heard, or likely to be; worth doing in the mix, and the master can be made without.
    Warning,
    /// Certain, and nothing that comes later can undo it.
    Blocker,
}

impl Severity {
    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Blocker => "blocker",
        }
    }
}

/// A track that a finding comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cause {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its part of what was found, 0 to 1.
    pub share: f64,
}

/// One thing that was found: what, how much, where, by whom, why it matters and what to do in the mix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The check that found it: `muddy`.
    pub id: String,
    /// How grave it is.
    pub severity: Severity,
    /// What was measured, where one number says it.
    pub measured: Option<f64>,
    /// What would have passed.
    pub wanted: Option<f64>,
    /// The unit of both.
    pub unit: String,
    /// What was found and why it matters, in plain words.
    pub because: String,
    /// What to do about it, in the mix.
    #[serde(rename = "do")]
    pub todo: String,
    /// The tracks it comes from, most of it first. Empty for a file, of which no tracks are known.
    pub tracks: Vec<Cause>,
    /// The ids of the tracks that it happens to, where those are not the ones it comes from: what is covered.
    #[serde(default)]
    pub about: Vec<String>,
    /// Where, in seconds; empty where it is everywhere.
    pub spans: Vec<[f64; 2]>,
    /// In which parts of the spectrum, in hertz; empty where it is in all.
    pub bands: Vec<[f64; 2]>,
    /// How far over its threshold it is, in thresholds: what ranks findings of one severity.
    pub weight: f64,
}

impl Finding {
    /// A finding of this id and severity, for this reason, with this to do.
    pub fn new(id: &str, severity: Severity, because: impl Into<String>, todo: impl Into<String>) -> Self {
        Self {
            id: id.to_owned(),
            severity,
            measured: None,
            wanted: None,
            unit: String::new(),
            because: because.into(),
            todo: todo.into(),
            tracks: Vec::new(),
            about: Vec::new(),
            spans: Vec::new(),
            bands: Vec::new(),
            weight: 1.0,
        }
    }

    /// What was measured, what was wanted, in which unit.
    #[must_use]
    pub fn measured(mut self, measured: f64, wanted: f64, unit: &str) -> Self {
        let tidy = |number: f64| if number.is_finite() { libm::round(number * 100.0) / 100.0 } else { 0.0 };
        (self.measured, self.wanted) = (Some(tidy(measured)), Some(tidy(wanted)));
        unit.clone_into(&mut self.unit);
        self
    }

    /// How far over its threshold.
    #[must_use]
    pub fn weight(mut self, weight: f64) -> Self {
        self.weight = if weight.is_finite() { libm::round(weight * 100.0) / 100.0 } else { 1.0 };
        self
    }

    /// Where in time.
    #[must_use]
    pub fn spans(mut self, spans: Vec<[f64; 2]>) -> Self {
        self.spans = spans;
        self
    }

    /// Where in the spectrum.
    #[must_use]
    pub fn band(mut self, from_hz: f64, to_hz: f64) -> Self {
        self.bands.push([libm::round(from_hz), libm::round(to_hz)]);
        self
    }

    /// Whom it happens to.
    #[must_use]
    pub fn about(mut self, ids: Vec<String>) -> Self {
        self.about = ids;
        self
    }

    /// Who causes it.
    #[must_use]
    pub fn tracks(mut self, tracks: Vec<Cause>) -> Self {
        self.tracks = tracks;
        self
    }
}
