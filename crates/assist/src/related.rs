//! Which tracks may belong together, and what two that were read side by side are to each other.

use mixkeel_analysis::energy::BANDS;
use mixkeel_analysis::profile::Profile;
pub use mixkeel_analysis::relations::Relation;
use mixkeel_analysis::relations::{Candidate, Contour, PairReading, screen};
use mixkeel_session::role::Role;
use mixkeel_session::session::Id;

use crate::groups::named_together;

/// Two tracks that were read side by side because names or energy say that they may belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Related {
    /// The one, first in the order of ids.
    pub first: Id,
    /// The other.
    pub second: Id,
    /// The rate at which both were read: what frames of the reading are to be divided by.
    pub rate_hz: u32,
    /// Delay, polarity and likeness: of the second against the first.
    pub pair: PairReading,
    /// What that amounts to; nothing where only the beat joins them.
    pub relation: Option<Relation>,
    /// How the bodies of both add up; nothing where there is no delay to speak of.
    pub body: Option<Body>,
}

/// How two microphones add up between 60 and 500 Hz, where kicks, snares and basses have their body: 1 is the same
/// sound, −1 the same upside down, 0 nothing in common. At equal levels the sum is louder than the powers by
/// 10·log10(1 + r).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Body {
    /// As recorded.
    pub as_is: f64,
    /// With the delay taken out and the polarity put right.
    pub aligned: f64,
}

impl Body {
    /// By how many dB the sum of two that are this alike is louder than their powers, when the softer is this far below the
    /// louder.
    pub fn sum_db(alike: f64, softer_by_db: f64) -> f64 {
        let gain = libm::pow(10.0, -softer_by_db / 20.0);
        10.0 * libm::log10((1.0 + 2.0 * gain * alike / (1.0 + gain * gain)).max(0.01))
    }
}

impl Related {
    /// Whether these are the two, in either order.
    pub fn is(&self, one: &str, other: &str) -> bool {
        (self.first == one && self.second == other) || (self.first == other && self.second == one)
    }

    /// By how many milliseconds the one is later than the other of the pair, and whether upside down, where enough of the song
    /// says so.
    pub fn later_ms(&self, one: &str) -> Option<(f64, bool)> {
        let delay = self.pair.delay.filter(|delay| delay.confidence >= 0.3)?;
        let second_ms = 1_000.0 * delay.later_frames / f64::from(self.rate_hz.max(1));
        Some((if self.second == one { second_ms } else { -second_ms }, delay.inverted))
    }
}

/// What has to be known of a track to suspect it.
#[derive(Clone, Copy, Debug)]
pub struct Suspect<'a> {
    /// The name that people gave it.
    pub name: &'a str,
    /// What it is taken to be.
    pub role: Role,
    /// What was measured.
    pub profile: &'a Profile,
}

/// A pair worth reading, by their places in the input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Suspicion {
    /// The one.
    pub first: usize,
    /// The other.
    pub second: usize,
    /// How their energy moves together.
    pub candidate: Candidate,
    /// Whether all of both is to be read: they look like copies, which only the last sample proves.
    pub whole: bool,
}

/// No more pairs than this many a track are read. Ours: bounds the cost; real songs stay below one.
const MOST_PAIRS: usize = 2;

/// A copy moves with its original within this, in dB. Ours: the steps of the energy map, and a lossy codec.
const COPY_DB: f64 = 1.0;

/// The pairs worth reading: microphones on one drum, overheads and the drums under them, direct and amplifier, and whatever
/// moves together; in an order that depends on likeness alone. Rooms are far away on purpose and not looked at.
pub fn suspicions(tracks: &[Suspect]) -> Vec<Suspicion> {
    let powers: Vec<Vec<f32>> =
        tracks.iter().map(|track| Contour::powers_of(&track.profile.energy)).collect();
    let contours: Vec<Contour> = powers.iter().map(|powers| Contour { powers, bands: BANDS }).collect();
    let screened = screen(&contours);
    let mut found: Vec<Suspicion> = Vec::new();
    for (first, one) in tracks.iter().enumerate() {
        for (second, other) in tracks.iter().enumerate().skip(first + 1) {
            let candidate = screened.iter().find(|pair| pair.first == first && pair.second == second);
            let named = on_one_source(one.role, other.role) || named_together(one.name, other.name);
            let rooms = one.role == Role::Room || other.role == Role::Room;
            let unlike = Candidate {
                first,
                second,
                onsets_alike: 0.0,
                unsteady_db: None,
                coloured_db: None,
                dynamics: None,
            };
            let near = |db: Option<f64>| db.is_some_and(|db| db < COPY_DB);
            let copy = candidate.is_some_and(|pair| near(pair.unsteady_db) && near(pair.coloured_db));
            if copy || named || (candidate.is_some() && !rooms) {
                let candidate = candidate.copied().unwrap_or(unlike);
                found.push(Suspicion { first, second, candidate, whole: copy });
            }
        }
    }
    // Those that names join come first, then the most alike.
    let named = |pair: &Suspicion| {
        let (one, other) = (tracks[pair.first], tracks[pair.second]);
        on_one_source(one.role, other.role) || named_together(one.name, other.name)
    };
    found.sort_by(|a, b| {
        let by_copy = b.whole.cmp(&a.whole);
        by_copy
            .then(named(b).cmp(&named(a)))
            .then(b.candidate.onsets_alike.total_cmp(&a.candidate.onsets_alike))
    });
    found.truncate(MOST_PAIRS * tracks.len());
    found
}

/// Whether microphones of these roles hear the same source.
fn on_one_source(one: Role, other: Role) -> bool {
    let close = |role: Role| matches!(role, Role::Kick | Role::Snare);
    match (one, other) {
        (a, b) if a == b => close(a),
        (Role::Overheads, b) | (b, Role::Overheads) => close(b),
        _ => false,
    }
}
