//! Which strips a goal may turn, in which hands, and what of them.

use std::collections::BTreeSet;

use mixkeel_judge::goals::Heard;
use mixkeel_session::goal::{Beside, Meaning, That, Who};
use mixkeel_session::session::{Id, Session};

use super::whom;
use crate::desk::Desk;

/// How many of many others a goal may turn: those that are loudest beside it.
const RIVALS: usize = 5;

/// What of some strips may be turned for some goals.
#[derive(Clone, Debug, Default)]
pub(super) struct Means {
    /// The level, always.
    pub level: bool,
    /// The level in `places`.
    pub level_in: bool,
    /// Sections in which something may be turned by itself; those of one set move together.
    pub places: BTreeSet<Vec<usize>>,
    pub tone: bool,
    pub width: bool,
    pub send: bool,
    pub ride: bool,
    pub attack: bool,
}

impl Means {
    /// What serves a predicate. What is louder is turned up, not made brighter; level comes before tone wherever both would
    /// do, because most of a mix is level.
    pub fn of(goal: &Meaning, is_note: bool, desk: &Desk) -> Self {
        let none = Self { places: places(goal, is_note, desk), ..Self::default() };
        let of_mix = goal.of == Who::Mix;
        match goal.that {
            // What is asked for in one section is done there and nowhere else.
            That::Louder if goal.than == Some(Beside::Before) => {
                Self { level: goal.within.is_none(), level_in: true, ..none }
            }
            That::Louder | That::Biggest => Self { level: true, level_in: true, ..none },
            That::Audible | That::Uncovered | That::Translates | That::Balanced => {
                Self { level: true, level_in: true, tone: true, ..none }
            }
            That::Steady => Self { level: true, level_in: true, ride: true, ..none },
            That::Wider | That::MonoSafe => Self { width: true, level: of_mix, level_in: of_mix, ..none },
            That::Brighter | That::Warmer => Self { tone: true, level: of_mix, level_in: of_mix, ..none },
            That::Punchier => Self { attack: true, level: of_mix, level_in: of_mix, ..none },
            That::Drier => Self { send: true, ..none },
            That::Closer => Self { level: true, level_in: true, tone: true, send: true, ..none },
            That::Headroom => Self::default(),
        }
    }

    pub fn and(self, other: Self) -> Self {
        Self {
            level: self.level || other.level,
            level_in: self.level_in || other.level_in,
            places: self.places.into_iter().chain(other.places).collect(),
            tone: self.tone || other.tone,
            width: self.width || other.width,
            send: self.send || other.send,
            ride: self.ride || other.ride,
            attack: self.attack || other.attack,
        }
    }
}

/// The sections that a goal may turn by themselves. Where it names a kind, all of that kind move together: nobody who says
/// "in the chorus" means the third one only. A note that names no section is about all of the song.
fn places(goal: &Meaning, is_note: bool, desk: &Desk) -> BTreeSet<Vec<usize>> {
    let all = 0..desk.sections().len();
    let named = |wanted: &str| -> Vec<usize> {
        let is =
            |n: &usize| desk.sections().get(*n).is_some_and(|one| one.id == wanted || one.kind == wanted);
        all.clone().filter(is).collect()
    };
    let mut sets: BTreeSet<Vec<usize>> = goal.within.iter().map(|within| named(within)).collect();
    if let Some(Beside::Section(other)) = &goal.than {
        sets.insert(named(other));
    }
    let anywhere = match goal.that {
        That::Biggest => true,
        That::Louder | That::Audible | That::Steady => !is_note && sets.is_empty(),
        _ => false,
    };
    if anywhere {
        let free = |n: &usize| !sets.iter().any(|set| set.contains(n));
        let singles: Vec<Vec<usize>> = all.filter(free).map(|n| vec![n]).collect();
        sets.extend(singles);
    }
    sets.retain(|set| !set.is_empty());
    sets
}

/// The strips that a goal may turn, in hands: the tracks that it names move together, because they are named together; of
/// many others the loudest, each by itself.
pub(super) fn hands(session: &Session, desk: &Desk, goal: &Meaning) -> Vec<Vec<Id>> {
    let mut hands: Vec<Vec<Id>> = Vec::new();
    for who in whom(goal) {
        match who {
            Who::Tracks(ids) => {
                hands.push(ids.iter().filter(|id| desk.number(id).is_some()).cloned().collect());
            }
            Who::Mix => hands.extend(direct_inputs(session).map(|id| vec![id])),
            Who::Rest(_) => hands.extend(rivals(desk, who, goal.within.as_deref())),
        }
    }
    if matches!(goal.that, That::Audible | That::Translates | That::Steady)
        && let Who::Tracks(own) = &goal.of
    {
        hands.extend(rivals(desk, &Who::Rest(own.clone()), goal.within.as_deref()));
    }
    hands.retain(|hand| !hand.is_empty());
    hands
}

/// The loudest of some tracks.
fn rivals(desk: &Desk, who: &Who, place: Option<&str>) -> Vec<Vec<Id>> {
    let Who::Rest(but) = who else { return Vec::new() };
    let mut others: Vec<(f64, Id)> = desk
        .tracks()
        .filter(|id| !but.iter().any(|one| one == id))
        .filter_map(|id| Some((desk.lufs(&Who::Tracks(vec![id.to_owned()]), place)?, id.to_owned())))
        .collect();
    others.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    others.into_iter().take(RIVALS).map(|(_, id)| vec![id]).collect()
}

/// Buses and tracks that feed the master.
fn direct_inputs(session: &Session) -> impl Iterator<Item = Id> + '_ {
    let buses = session.buses.iter().filter(|bus| bus.to == "master").map(|bus| bus.id.clone());
    let tracks = session.tracks.iter().filter(|track| track.bus == "master" && !track.mute);
    buses.chain(tracks.map(|track| track.id.clone()))
}
