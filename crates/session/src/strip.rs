//! What tracks, buses and returns have in common, as one view of each.

use crate::session::{Bus, Insert, Lane, Send, Session};

/// Which of the three a strip is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StripKind {
    /// A recorded source.
    Track,
    /// A sum.
    Bus,
    /// An effect fed by sends.
    Return,
}

impl StripKind {
    /// The word in a session file: `track`.
    pub fn word(self) -> &'static str {
        match self {
            StripKind::Track => "track",
            StripKind::Bus => "bus",
            StripKind::Return => "return",
        }
    }
}

/// A strip to be read.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)] // the fields are those of the structs it is a view of
pub struct Strip<'a> {
    pub kind: StripKind,
    pub id: &'a str,
    /// The bus that it feeds, or `master`.
    pub to: &'a str,
    pub inserts: &'a [Insert],
    pub fader_db: f64,
    pub pan: f64,
    pub width: f64,
    pub mute: bool,
    pub solo: bool,
    pub sends: &'a [Send],
    pub lanes: &'a [Lane],
    pub lock: &'a [String],
}

/// A strip to be changed.
#[derive(Debug)]
#[allow(missing_docs)] // the fields are those of the structs it is a view of
pub(crate) struct StripMut<'a> {
    /// The bus that it feeds, or `master`.
    pub to: &'a mut String,
    pub inserts: &'a mut Vec<Insert>,
    pub fader_db: &'a mut f64,
    pub pan: &'a mut f64,
    pub width: &'a mut f64,
    pub mute: &'a mut bool,
    pub solo: &'a mut bool,
    pub sends: &'a mut Vec<Send>,
    pub lanes: &'a mut Vec<Lane>,
}

/// One view from a struct that holds the routing and one (perhaps the same) that holds the rest.
macro_rules! view {
    ($kind:ident, $id:expr, $to:expr, $rest:expr) => {
        Strip {
            kind: StripKind::$kind,
            id: &$id,
            to: &$to,
            inserts: &$rest.inserts,
            fader_db: $rest.fader_db,
            pan: $rest.pan,
            width: $rest.width,
            mute: $rest.mute,
            solo: $rest.solo,
            sends: &$rest.sends,
            lanes: &$rest.lanes,
            lock: &$rest.lock,
        }
    };
    (mut $to:expr, $rest:expr) => {
        StripMut {
            to: &mut $to,
            inserts: &mut $rest.inserts,
            fader_db: &mut $rest.fader_db,
            pan: &mut $rest.pan,
            width: &mut $rest.width,
            mute: &mut $rest.mute,
            solo: &mut $rest.solo,
            sends: &mut $rest.sends,
            lanes: &mut $rest.lanes,
        }
    };
}

impl Session {
    /// Every strip but the master: buses, returns, tracks, each in console order.
    pub fn strips(&self) -> impl Iterator<Item = Strip<'_>> {
        let buses = self.buses.iter().map(|bus| view!(Bus, bus.id, bus.to, bus.strip));
        let returns = self.returns.iter().map(|ret| view!(Return, ret.id, ret.to, ret.strip));
        let tracks = self.tracks.iter().map(|track| view!(Track, track.id, track.bus, track));
        buses.chain(returns).chain(tracks)
    }

    /// The strip of this id.
    pub fn strip(&self, id: &str) -> Option<Strip<'_>> {
        self.strips().find(|strip| strip.id == id)
    }

    /// The buses that a strip goes through on its way to the master, in order; itself is not among them.
    pub fn buses_after(&self, id: &str) -> impl Iterator<Item = &Bus> {
        let bus = |id: &str| self.buses.iter().find(|bus| bus.id == id);
        let first = self.strip(id).and_then(|strip| bus(strip.to));
        // No chain of buses is longer than there are buses; a circle is refused elsewhere.
        std::iter::successors(first, move |one| bus(&one.to)).take(self.buses.len())
    }

    /// Whether a strip sounds through another: itself, a bus on its way, or the master, through which all do.
    pub fn goes_through(&self, id: &str, strip: &str) -> bool {
        id == strip || strip == "master" || self.buses_after(id).any(|bus| bus.id == strip)
    }

    /// The strip of this id, to be changed.
    pub(crate) fn strip_mut(&mut self, id: &str) -> Option<StripMut<'_>> {
        if let Some(bus) = self.buses.iter_mut().find(|bus| bus.id == id) {
            return Some(view!(mut bus.to, bus.strip));
        }
        if let Some(ret) = self.returns.iter_mut().find(|ret| ret.id == id) {
            return Some(view!(mut ret.to, ret.strip));
        }
        let track = self.tracks.iter_mut().find(|track| track.id == id)?;
        Some(view!(mut track.bus, track))
    }
}
