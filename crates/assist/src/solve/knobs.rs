//! What the solver may turn: on which strip, how far, at what price.

use std::collections::BTreeMap;
use std::sync::Arc;

use mixkeel_analysis::energy::{BANDS, centre_hz};
use mixkeel_dsp::units::gain_from_db;
use mixkeel_judge::goals::Heard;
use mixkeel_session::address::Address;
use mixkeel_session::goal::{Beside, Meaning, That, Who};
use mixkeel_session::session::{Id, Session};

use super::{cost, curves, whom};
use crate::desk::{Desk, Treatment};

/// The most that one answer turns a fader. Ours: what asks for more asks for another mix.
const FADER_DB: f64 = 10.0;
/// The same in one section.
const SECTION_DB: f64 = 5.0;
/// The most that a band is raised and lowered. Ours: cuts are heard less than boosts, and more than this is another sound.
const BAND_DB: (f64, f64) = (-6.0, 4.0);
/// The most that sides are turned.
const SIDES_DB: (f64, f64) = (-12.0, 6.0);
/// Width in a session ends here.
const WIDEST: f64 = 2.0;
/// The most that a send is turned.
const SEND_DB: f64 = 15.0;
/// The most attack.
const ATTACK_DB: f64 = 9.0;
/// The least headroom.
const HEADROOM_DB: f64 = 24.0;
/// How many of many others a goal may turn: those that are loudest beside it.
const RIVALS: usize = 5;

/// The bands that the solver's equaliser has: what each is called, shape, frequency in Hz. Two octaves apart, so that each is
/// a tone that people have a word for.
pub const TONES: [(&str, &str, f64); 6] = [
    ("bass", "low-shelf", 100.0),
    ("low middle", "bell", 270.0),
    ("middle", "bell", 800.0),
    ("presence", "bell", 2_500.0),
    ("brilliance", "bell", 6_000.0),
    ("air", "high-shelf", 10_000.0),
];

/// What is turned.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The level, always.
    Fader,
    /// The level in a section, by number.
    Section(usize),
    /// A band of the equaliser, by its place in [`TONES`].
    Tone(usize),
    /// The sides, always.
    Width,
    /// The sides in a section.
    WidthIn(usize),
    /// A send, by the id of the return.
    Send(Id),
    /// How much of a ride to a steady level, 0 to 1.
    Ride,
    /// Attack of a transient processor.
    Attack,
    /// The gain of everything.
    Headroom,
}

/// One thing that may be turned.
#[derive(Clone, Debug, PartialEq)]
pub struct Knob {
    /// The strip on which it is.
    pub strip: Id,
    /// What it turns.
    pub what: What,
    /// The tracks that it changes, by their numbers on the desk.
    pub tracks: Vec<usize>,
    /// Steps that one unit (dB; all of a ride) costs.
    pub cost: f64,
    /// How far it may be turned either way.
    pub range: (f64, f64),
    /// Gain in dB of every cell for one unit, of what moves over time.
    pub curve: Option<Arc<[f64]>>,
}

impl Knob {
    /// What turning it so far costs.
    pub fn price(&self, amount: f64) -> f64 {
        if amount == 0.0 { 0.0 } else { amount.abs() * self.cost + cost::ONE_MORE }
    }
}

/// What of a strip may be turned for some goals.
#[derive(Clone, Copy, Debug, Default)]
struct Means {
    level: bool,
    /// Levels and sides section by section.
    timed: bool,
    tone: bool,
    width: bool,
    send: bool,
    ride: bool,
    attack: bool,
}

impl Means {
    /// What serves a predicate. What is louder is turned up, not made brighter; level comes before tone wherever both would
    /// do, because most of a mix is level.
    fn of(goal: &Meaning) -> Self {
        let none = Self {
            timed: goal.within.is_some()
                || matches!(goal.than, Some(Beside::Section(_)))
                || goal.that == That::Audible,
            ..Self::default()
        };
        match goal.that {
            That::Louder | That::Biggest => Self { level: true, timed: true, ..none },
            That::Audible | That::Uncovered | That::Translates | That::Balanced => {
                Self { level: true, tone: true, ..none }
            }
            That::Steady => Self { level: true, ride: true, timed: true, ..none },
            That::Wider | That::MonoSafe => Self { width: true, level: goal.of == Who::Mix, ..none },
            That::Brighter | That::Warmer => Self { tone: true, level: goal.of == Who::Mix, ..none },
            That::Punchier => Self { attack: true, level: goal.of == Who::Mix, ..none },
            That::Drier => Self { send: true, ..none },
            That::Closer => Self { level: true, tone: true, send: true, ..none },
            That::Headroom => Self::default(),
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            level: self.level || other.level,
            timed: self.timed || other.timed,
            tone: self.tone || other.tone,
            width: self.width || other.width,
            send: self.send || other.send,
            ride: self.ride || other.ride,
            attack: self.attack || other.attack,
        }
    }
}

/// Everything that may be turned for these goals.
pub fn knobs(session: &Session, desk: &Desk, goals: &[&Meaning]) -> Vec<Knob> {
    let mut strips: BTreeMap<Id, Means> = BTreeMap::new();
    for goal in goals {
        let means = Means::of(goal);
        for strip in concerned(session, desk, goal) {
            let known = strips.entry(strip).or_default();
            *known = known.and(means);
        }
    }
    let headroom = goals.iter().any(|goal| goal.that == That::Headroom);
    let mut knobs = Vec::new();
    for (strip, means) in strips {
        let tracks = reached(session, desk, &strip);
        if tracks.is_empty() {
            continue;
        }
        let mut add = |what: What, cost: f64, range: (f64, f64), curve: Option<Arc<[f64]>>| {
            knobs.push(Knob { strip: strip.clone(), what, tracks: tracks.clone(), cost, range, curve });
        };
        let free = |parameter: &str| !session.is_locked(&Address::of(&strip, parameter));
        let Some(view) = session.strip(&strip) else { continue };
        if free("fader_db") && view.fader_db.is_finite() && (means.level || means.ride) {
            add(What::Fader, cost::LEVEL_A_DB, (-FADER_DB, FADER_DB), None);
            for (number, place) in desk.sections().iter().enumerate().filter(|_| means.timed) {
                let cost = cost::LEVEL_A_DB * in_part(place.share);
                add(What::Section(number), cost, (-SECTION_DB, SECTION_DB), None);
            }
            if means.ride && tracks.len() == 1 {
                let curve = curves::ride(desk, &strip);
                let moved = curve.iter().map(|db| db.abs()).sum::<f64>() / curve.len().max(1) as f64;
                add(What::Ride, cost::RIDE_A_DB * moved.max(0.1), (0.0, 1.0), Some(curve));
            }
        }
        let stereo = tracks.iter().any(|track| desk.is_stereo(*track));
        if means.width && free("width") && stereo && view.width > 0.0 {
            let most = (20.0 * libm::log10(WIDEST / view.width)).clamp(0.0, SIDES_DB.1);
            add(What::Width, cost::WIDTH_A_DB, (SIDES_DB.0, most), None);
            for (number, place) in desk.sections().iter().enumerate().filter(|_| means.timed) {
                let cost = cost::WIDTH_A_DB * in_part(place.share);
                add(What::WidthIn(number), cost, (SIDES_DB.0, most), None);
            }
        }
        // Bands of which it has next to nothing are left alone.
        let shape = tracks.iter().fold([0.0; BANDS], |sum: [f64; BANDS], track| {
            let own = desk.shape(*track);
            std::array::from_fn(|band| sum[band] + own[band])
        });
        for (number, (_, _, hz)) in TONES.iter().enumerate().filter(|_| means.tone) {
            let near = |band: &usize| (libm::log2(centre_hz(*band) / hz)).abs() < 1.0;
            let has: f64 = (0..BANDS).filter(near).filter_map(|band| shape.get(band)).sum();
            if has > 1e-4 * tracks.len() as f64 {
                add(What::Tone(number), cost::BAND_A_DB, BAND_DB, None);
            }
        }
        for send in view.sends.iter().filter(|send| means.send && send.level_db.is_finite()) {
            let locked = session.is_locked(&Address::of_part(&strip, &send.id, "level_db"));
            if !locked && session.returns.iter().any(|effect| effect.id == send.to) {
                add(What::Send(send.to.clone()), cost::SEND_A_DB, (-SEND_DB, SEND_DB), None);
            }
        }
        if means.attack && tracks.len() == 1 {
            add(What::Attack, cost::ATTACK_A_DB, (0.0, ATTACK_DB), Some(curves::attacks(desk, &strip)));
        }
    }
    if headroom && !session.is_locked(&Address::of("master", "headroom_db")) {
        let least = -HEADROOM_DB;
        knobs.push(Knob {
            strip: "master".to_owned(),
            what: What::Headroom,
            tracks: Vec::new(),
            cost: cost::HEADROOM_A_DB,
            range: (least, -session.master.headroom_db),
            curve: None,
        });
    }
    knobs
}

/// The strips that a goal may turn: those that it names, and of many others the loudest.
fn concerned(session: &Session, desk: &Desk, goal: &Meaning) -> Vec<Id> {
    let mut strips: Vec<Id> = Vec::new();
    for who in whom(goal) {
        match who {
            Who::Tracks(_) => strips.extend(of_tracks(who, desk)),
            Who::Mix => strips.extend(direct_inputs(session)),
            Who::Rest(_) => strips.extend(rivals(desk, who, goal.within.as_deref())),
        }
    }
    if matches!(goal.that, That::Audible | That::Translates | That::Steady)
        && let Who::Tracks(own) = &goal.of
    {
        strips.extend(rivals(desk, &Who::Rest(own.clone()), goal.within.as_deref()));
    }
    strips
}

fn of_tracks(who: &Who, desk: &Desk) -> Vec<Id> {
    match who {
        Who::Tracks(ids) => ids.iter().filter(|id| desk.number(id).is_some()).cloned().collect(),
        _ => Vec::new(),
    }
}

/// The loudest of some tracks.
fn rivals(desk: &Desk, who: &Who, place: Option<&str>) -> Vec<Id> {
    let Who::Rest(but) = who else { return Vec::new() };
    let mut others: Vec<(f64, Id)> = desk
        .tracks()
        .filter(|id| !but.iter().any(|one| one == id))
        .filter_map(|id| Some((desk.lufs(&Who::Tracks(vec![id.to_owned()]), place)?, id.to_owned())))
        .collect();
    others.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    others.into_iter().take(RIVALS).map(|(_, id)| id).collect()
}

/// Buses and tracks that feed the master.
fn direct_inputs(session: &Session) -> Vec<Id> {
    let buses = session.buses.iter().filter(|bus| bus.to == "master").map(|bus| bus.id.clone());
    let tracks = session.tracks.iter().filter(|track| track.bus == "master" && !track.mute);
    buses.chain(tracks.map(|track| track.id.clone())).collect()
}

/// The tracks, by number, that come out of a strip.
fn reached(session: &Session, desk: &Desk, strip: &str) -> Vec<usize> {
    if let Some(number) = desk.number(strip) {
        return vec![number];
    }
    let feeds = |from: &str| {
        let mut at = from;
        // No chain of buses is longer than there are buses.
        for _ in 0..=session.buses.len() {
            if at == strip {
                return true;
            }
            match session.buses.iter().find(|bus| bus.id == at) {
                Some(bus) => at = &bus.to,
                None => return false,
            }
        }
        false
    };
    let tracks = session.tracks.iter().filter(|track| feeds(&track.bus));
    tracks.filter_map(|track| desk.number(&track.id)).collect()
}

fn in_part(share: f64) -> f64 {
    cost::SECTION_LEAST + (1.0 - cost::SECTION_LEAST) * share.clamp(0.0, 1.0)
}

/// A send that is turned: of which track, to which return, by how many dB.
pub(super) type Sent = (usize, Id, f64);

/// What turned knobs do: to tracks by number, and to sends (track, return, dB).
pub(super) fn treatments(
    knobs: &[Knob],
    amounts: &[f64],
    desk: &Desk,
) -> (Vec<(usize, Treatment)>, Vec<Sent>) {
    let mut treated: Vec<(usize, Treatment)> = Vec::new();
    let mut sends = Vec::new();
    for (knob, &amount) in knobs.iter().zip(amounts).filter(|(_, amount)| **amount != 0.0) {
        for &track in &knob.tracks {
            if let What::Send(to) = &knob.what {
                sends.push((track, to.clone(), amount));
                continue;
            }
            let place = treated.iter().position(|(one, _)| *one == track).unwrap_or_else(|| {
                treated.push((track, Treatment::default()));
                treated.len() - 1
            });
            if let Some((_, treatment)) = treated.get_mut(place) {
                turn(treatment, knob, amount, desk);
            }
        }
    }
    (treated, sends)
}

fn turn(treatment: &mut Treatment, knob: &Knob, amount: f64, desk: &Desk) {
    let gain = gain_from_db(amount);
    match &knob.what {
        What::Fader => treatment.gain *= gain,
        What::Section(number) => treatment.sections.push((*number, gain)),
        What::Tone(number) => {
            let Some((_, shape, hz)) = TONES.get(*number) else { return };
            for (band, factor) in treatment.bands.iter_mut().enumerate() {
                *factor *= gain_from_db(amount * tone_part(shape, *hz, centre_hz(band)));
            }
        }
        What::Width => treatment.side *= gain,
        What::WidthIn(number) => treatment.side_sections.push((*number, gain)),
        What::Ride | What::Attack => {
            let Some(curve) = &knob.curve else { return };
            let own: Vec<f64> = (0..desk.cells())
                .map(|cell| gain_from_db(amount * curve.get(cell).copied().unwrap_or(0.0)))
                .collect();
            treatment.ride = Some(match &treatment.ride {
                Some(ride) => ride.iter().zip(&own).map(|(ride, own)| ride * own).collect(),
                None => own.into(),
            });
        }
        What::Send(_) | What::Headroom => {}
    }
}

/// The part of a band's gain that arrives at a frequency: analogue bells of Q 0.7 and shelves of the second order, in the small
/// (their dB scale with the gain within a tenth).
fn tone_part(shape: &str, at_hz: f64, hz: f64) -> f64 {
    let ratio = hz / at_hz;
    match shape {
        "low-shelf" => 1.0 / (1.0 + libm::pow(ratio, 4.0)),
        "high-shelf" => 1.0 - 1.0 / (1.0 + libm::pow(ratio, 4.0)),
        _ => {
            let off = (ratio - 1.0 / ratio) * super::edits::BELL_Q;
            1.0 / (1.0 + off * off)
        }
    }
}
