//! The shape of everything that proposes: a [`Rule`]; and [`Proposal`], by which every rule writes its edits alike. Whole
//! inserts, sends, returns and lanes are written in [`things`](crate::things).

use mixkeel_dsp::param::Value;
use mixkeel_session::address::Address;
use mixkeel_session::edit::{Content, Edit, Evidence, Sureness, Thing};
use mixkeel_session::session::Session;

use crate::song::Song;

/// One decision. Its id is the path of its file below `rules`.
///
/// Laws, kept by the tests of this crate: the same song and session give the same edits; the order of tracks and the
/// case of names change nothing; what is locked is not written; the master is not written, but for its headroom by
/// `headroom/sum`.
pub trait Rule: Sync {
    /// `balance/by-role`: the path of its file.
    fn id(&self) -> &'static str;

    /// Its source file, as the compiler names it.
    fn file(&self) -> &'static str;

    /// The line in that file where it begins.
    fn line(&self) -> u32;

    /// Whether it has to hear the session as it stands ([`Song::heard`]) before it can propose.
    fn listens(&self) -> bool {
        false
    }

    /// Whether its guesses are applied as well. Only where leaving alone is no answer: a fader stands somewhere, and
    /// where it happens to stand is a worse guess than a bad table's.
    fn applies_guesses(&self) -> bool {
        false
    }

    /// What it would change.
    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit>;
}

impl std::fmt::Debug for dyn Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id())
    }
}

/// An edit in the making.
#[derive(Clone, Debug)]
pub struct Proposal {
    rule: &'static str,
    because: String,
    evidence: Vec<Evidence>,
    sureness: Sureness,
}

impl Proposal {
    /// By a rule, for a reason, as surely as this.
    pub fn new(rule: &'static str, sureness: Sureness, because: impl Into<String>) -> Self {
        Self { rule, because: because.into(), evidence: Vec::new(), sureness }
    }

    /// With a measurement that speaks for it.
    pub fn measured(mut self, what: &str, value: f64, unit: &str) -> Self {
        self.evidence.push(Evidence { what: what.to_owned(), value, unit: unit.to_owned() });
        self
    }

    /// Sets a number, to a hundredth of its unit, which is finer than any ear and as long as people like to read.
    /// Nothing where it is locked, where there is nothing to set, or where it stands already.
    pub fn set_number(self, session: &Session, strip: &str, parameter: &str, to: f64) -> Option<Edit> {
        let rounded = libm::round(to * 100.0) / 100.0;
        // Never minus zero, which people would read as a direction.
        self.set(session, strip, parameter, Value::Number(if rounded == 0.0 { 0.0 } else { rounded }))
    }

    /// Sets any value. Nothing where it is locked, where there is nothing to set, or where it stands already.
    pub fn set(self, session: &Session, strip: &str, parameter: &str, to: Value) -> Option<Edit> {
        let address = Address::of(strip, parameter);
        let from = session.get(&address)?;
        if from == to || session.is_locked(&address) {
            return None;
        }
        Some(self.finish(address, Some(Content::Value(from)), Content::Value(to)))
    }

    /// Adds a bus that feeds the master.
    pub fn add_bus(self, id: &str) -> Edit {
        let bus = Thing::Bus { to: "master".to_owned() };
        self.finish(Address::strip(id), None, Content::Thing(bus))
    }

    /// The rule that proposes it.
    pub(crate) fn rule(&self) -> &'static str {
        self.rule
    }

    pub(crate) fn finish(self, address: Address, from: Option<Content>, to: Content) -> Edit {
        Edit {
            id: format!("{}:{address}", self.rule),
            address,
            from,
            to: Some(to),
            by: self.rule.to_owned(),
            because: self.because,
            evidence: self.evidence,
            sureness: self.sureness,
            strength: 1.0,
        }
    }
}
