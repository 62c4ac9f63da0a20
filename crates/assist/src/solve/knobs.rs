//! What the solver may turn: on which strip, how far, at what price.

use std::collections::BTreeMap;
use std::sync::Arc;

use mixkeel_analysis::energy::{BANDS, centre_hz};
use mixkeel_dsp::units::gain_from_db;
use mixkeel_session::address::Address;
use mixkeel_session::goal::That;
use mixkeel_session::session::{Id, Session};
use mixkeel_session::strip::Strip;

use super::means::{Means, hands};
use super::{Wanted, cost, curves};
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
    /// The level in some sections, by number, together.
    Section(Vec<usize>),
    /// A band of the equaliser, by its place in [`TONES`].
    Tone(usize),
    /// The sides, always.
    Width,
    /// The sides in some sections, together.
    WidthIn(Vec<usize>),
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
    /// The strips on which it is: one hand moves all of them by the same amount.
    pub strips: Vec<Id>,
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

/// Everything that may be turned for these goals.
pub(super) fn knobs(session: &Session, desk: &Desk, goals: &[&Wanted]) -> Vec<Knob> {
    let mut turned: BTreeMap<Vec<Id>, Means> = BTreeMap::new();
    for goal in goals {
        let means = Means::of(&goal.meaning, goal.is_note, desk);
        for hand in hands(session, desk, &goal.meaning) {
            let known = turned.remove(&hand).unwrap_or_default();
            turned.insert(hand, known.and(means.clone()));
        }
    }
    let mut knobs = Vec::new();
    for (hand, means) in &turned {
        let own = OfHand { session, desk, hand };
        own.levels(means, &mut knobs);
        own.sides(means, &mut knobs);
        own.tones(means, &mut knobs);
        own.sends(means, &mut knobs);
        if means.ride || means.attack {
            own.curves(means, &mut knobs);
        }
    }
    let headroom = goals.iter().any(|goal| goal.meaning.that == That::Headroom);
    if headroom && !session.is_locked(&Address::of("master", "headroom_db")) {
        knobs.push(Knob {
            strips: vec!["master".to_owned()],
            what: What::Headroom,
            tracks: Vec::new(),
            cost: cost::HEADROOM_A_DB,
            range: (-HEADROOM_DB, -session.master.headroom_db),
            curve: None,
        });
    }
    knobs
}

/// The strips of one hand.
struct OfHand<'a> {
    session: &'a Session,
    desk: &'a Desk,
    hand: &'a [Id],
}

impl OfHand<'_> {
    /// Those of its strips on which something is, and is not locked, and that are heard.
    fn free(&self, parameter: &str, has: impl Fn(&Strip<'_>) -> bool) -> Vec<Id> {
        let is_free = |id: &&Id| {
            !self.session.is_locked(&Address::of(id, parameter))
                && self.session.strip(id).is_some_and(|view| has(&view))
                && !reached(self.session, self.desk, id).is_empty()
        };
        self.hand.iter().filter(is_free).cloned().collect()
    }

    /// One knob on some strips; none where there are none.
    fn knob(&self, strips: &[Id], what: What, cost: f64, range: (f64, f64)) -> Option<Knob> {
        let mut tracks: Vec<usize> =
            strips.iter().flat_map(|id| reached(self.session, self.desk, id)).collect();
        tracks.sort_unstable();
        tracks.dedup();
        (!tracks.is_empty()).then(|| Knob { strips: strips.to_vec(), what, tracks, cost, range, curve: None })
    }

    fn share(&self, places: &[usize]) -> f64 {
        places.iter().filter_map(|n| self.desk.sections().get(*n)).map(|place| place.share).sum()
    }

    fn levels(&self, means: &Means, to: &mut Vec<Knob>) {
        let strips = self.behind_buses(self.free("fader_db", |view| view.fader_db.is_finite()));
        if means.level {
            to.extend(self.knob(&strips, What::Fader, cost::LEVEL_A_DB, (-FADER_DB, FADER_DB)));
        }
        for places in means.places.iter().filter(|_| means.level_in) {
            let cost = cost::LEVEL_A_DB * in_part(self.share(places));
            let range = (-SECTION_DB, SECTION_DB);
            to.extend(self.knob(&strips, What::Section(places.clone()), cost, range));
        }
    }

    /// Where all that a bus is given moves together, the bus is turned, behind what it does: ahead of a compressor a level is
    /// turned half in vain, and its sound changes.
    fn behind_buses(&self, mut strips: Vec<Id>) -> Vec<Id> {
        let tracks = |id: &Id| reached(self.session, self.desk, id);
        let works = self.session.buses.iter().filter(|bus| {
            bus.strip.inserts.iter().any(|insert| !insert.bypass)
                && bus.strip.fader_db.is_finite()
                && !self.session.is_locked(&Address::of(&bus.id, "fader_db"))
        });
        for bus in works {
            let given = tracks(&bus.id);
            let moved: Vec<usize> = strips.iter().flat_map(tracks).collect();
            if !given.is_empty() && given.iter().all(|track| moved.contains(track)) {
                strips.retain(|id| !tracks(id).iter().all(|track| given.contains(track)));
                strips.push(bus.id.clone());
            }
        }
        strips.sort_unstable();
        strips
    }

    fn sides(&self, means: &Means, to: &mut Vec<Knob>) {
        if !means.width {
            return;
        }
        let mut strips = self.free("width", |view| view.width > 0.0);
        strips.retain(|id| {
            reached(self.session, self.desk, id).iter().any(|track| self.desk.is_stereo(*track))
        });
        let widths = strips.iter().filter_map(|id| self.session.strip(id)).map(|view| view.width);
        let most = (20.0 * libm::log10(WIDEST / widths.fold(0.0, f64::max).max(1e-3))).clamp(0.0, SIDES_DB.1);
        to.extend(self.knob(&strips, What::Width, cost::WIDTH_A_DB, (SIDES_DB.0, most)));
        for places in &means.places {
            let cost = cost::WIDTH_A_DB * in_part(self.share(places));
            to.extend(self.knob(&strips, What::WidthIn(places.clone()), cost, (SIDES_DB.0, most)));
        }
    }

    /// Bands of which it has next to nothing are left alone.
    fn tones(&self, means: &Means, to: &mut Vec<Knob>) {
        let strips: Vec<Id> = self.hand.to_vec();
        let Some(one) = self.knob(&strips, What::Fader, 0.0, BAND_DB).filter(|_| means.tone) else { return };
        let shape = one.tracks.iter().fold([0.0; BANDS], |sum: [f64; BANDS], track| {
            let own = self.desk.shape(*track);
            std::array::from_fn(|band| sum[band] + own[band])
        });
        for (number, (_, _, hz)) in TONES.iter().enumerate() {
            let near = |band: &usize| (libm::log2(centre_hz(*band) / hz)).abs() < 1.0;
            let has: f64 = (0..BANDS).filter(near).filter_map(|band| shape.get(band)).sum();
            if has > 1e-4 * one.tracks.len() as f64 {
                to.extend(self.knob(&strips, What::Tone(number), cost::BAND_A_DB, BAND_DB));
            }
        }
    }

    fn sends(&self, means: &Means, to: &mut Vec<Knob>) {
        for effect in self.session.returns.iter().filter(|_| means.send) {
            let sent = |id: &&Id| {
                self.session.strip(id).is_some_and(|view| {
                    view.sends.iter().any(|send| {
                        send.to == effect.id
                            && send.level_db.is_finite()
                            && !self.session.is_locked(&Address::of_part(id, &send.id, "level_db"))
                    })
                })
            };
            let strips: Vec<Id> = self.hand.iter().filter(sent).cloned().collect();
            let what = What::Send(effect.id.clone());
            to.extend(self.knob(&strips, what, cost::SEND_A_DB, (-SEND_DB, SEND_DB)));
        }
    }

    /// What follows a track's own level is turned track by track.
    fn curves(&self, means: &Means, to: &mut Vec<Knob>) {
        let rideable = self.free("fader_db", |view| view.fader_db.is_finite());
        for id in self.hand.iter().filter(|id| self.desk.number(id).is_some()) {
            let strip = std::slice::from_ref(id);
            if means.ride && rideable.contains(id) {
                let curve = curves::ride(self.desk, id);
                let moved = curve.iter().map(|db| db.abs()).sum::<f64>() / curve.len().max(1) as f64;
                let cost = cost::RIDE_A_DB * moved.max(0.1);
                let knob = self.knob(strip, What::Ride, cost, (0.0, 1.0));
                to.extend(knob.map(|knob| Knob { curve: Some(curve), ..knob }));
            }
            if means.attack {
                let knob = self.knob(strip, What::Attack, cost::ATTACK_A_DB, (0.0, ATTACK_DB));
                to.extend(knob.map(|knob| Knob { curve: Some(curves::attacks(self.desk, id)), ..knob }));
            }
        }
    }
}

/// The tracks, by number, that come out of a strip.
fn reached(session: &Session, desk: &Desk, strip: &str) -> Vec<usize> {
    if let Some(number) = desk.number(strip) {
        return vec![number];
    }
    let tracks = session.tracks.iter().filter(|track| session.goes_through(&track.id, strip));
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
        What::Section(places) => treatment.sections.extend(places.iter().map(|number| (*number, gain))),
        What::Tone(number) => {
            let Some((_, shape, hz)) = TONES.get(*number) else { return };
            for (band, factor) in treatment.bands.iter_mut().enumerate() {
                *factor *= gain_from_db(amount * tone_part(shape, *hz, centre_hz(band)));
            }
        }
        What::Width => treatment.side *= gain,
        What::WidthIn(places) => {
            treatment.side_sections.extend(places.iter().map(|number| (*number, gain)));
        }
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
