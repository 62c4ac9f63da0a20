//! Goals in plain English: a small grammar, documented by [`FORMS`], that says what it did not understand.
//!
//! A sentence is a subject, something wanted of it, and perhaps: an amount, somebody it is compared with, a section, a
//! playback system. Words that say nothing are passed over.

use super::meaning::Misunderstood;
use super::words::{Bound, PHRASES, Unit, Way, Words};
use super::{Goal, That, nouns};
use crate::session::Session;

/// The forms that are understood, each an example.
pub const FORMS: &[&str] = &[
    "the vocal is clearly audible on laptop speakers",
    "the keys are audible in mono",
    "the vocal is at least 2 LU above the rest",
    "the vocal is 3 dB louder than the guitars in the chorus",
    "the bass is no louder than the kick",
    "the chorus is twice as wide as the verse",
    "the last chorus is the biggest",
    "the vocal is steady",
    "the vocal is not covered by the guitars",
    "the guitars are darker than the piano",
    "the mix is warmer in the chorus than in the verse",
    "the drums are punchier than the loop",
    "the vocal is drier than the snare",
    "the vocal is closer than the keys",
    "the mix is mono-safe",
    "the bass loses at most 6 on a phone",
    "the mix has 6 dB of headroom",
    "the mix is balanced",
    "the chorus is balanced like the reference, within 2 dB",
];

/// Ten phon are twice as loud (S. S. Stevens, JASA 1955).
const TWICE_AS_LOUD_LU: f64 = 10.0;

/// Twice the energy density of treble, low middle or attacks, as amplitude: 20·log10(2).
const TWICE_DB: f64 = 6.0;

/// Reads a sentence.
///
/// # Errors
/// What was not understood, with the nearest forms that are.
pub fn read(say: &str, session: &Session) -> Result<Goal, Misunderstood> {
    let mut words = Words::of(say);
    let mut goal = Goal { say: Some(say.to_owned()), ..Goal::default() };
    let by_ear = PHRASES.iter().any(|(phrase, that, _)| *that == That::Audible && words.has(phrase));
    goal.on = words.system(by_ear);
    let like_references = words.references();
    let bound = words.bound();
    let times = words.times();
    let unit = words.unit();
    let amount = words.amount();
    let (at, that, way) = match times {
        Some((at, that, _)) => (at, that, Way::Up),
        None => match words.phrase() {
            Some(found) => found,
            None if like_references => (words.len(), That::Balanced, Way::Up),
            None => return Err(unknown(say)),
        },
    };
    // What is lost in mono is no matter of ears.
    let lost = that == That::Translates && goal.on.is_none();
    let (at, that) = match lost.then(|| words.take("in mono")).flatten() {
        Some(taken) => (if taken < at { at.saturating_sub(2) } else { at }, That::MonoSafe),
        None => (at, that),
    };
    goal.that = Some(that);
    let (left, mut right) = words.split(at);
    let mut left = left;
    // `in the chorus` may stand on either side; the side of `than` means what it is compared with.
    goal.within = left.take_after("in", |said| nouns::section(said, session));
    let than_at = right.position("than").or_else(|| right.position("as"));
    let mut than = match than_at {
        Some(at) => right.split_off(at),
        None if that == That::Louder || that == That::Uncovered || that == That::Closer => {
            std::mem::take(&mut right)
        }
        None => Words::default(),
    };
    let place = right.take_after("in", |said| nouns::section(said, session));
    let than_place = than.take_after("in", |said| nouns::section(said, session));
    goal.within = goal.within.or(place);
    // "The tonal balance of the chorus": whom it is about comes after it.
    let mut about = left.said();
    if about.is_empty() {
        about = std::mem::take(&mut right).said();
    }
    subject(&mut goal, &about, session)?;
    let than_said = than.said();
    match (than_said.is_empty(), than_place) {
        (true, Some(section)) if than_at.is_some() => goal.than = Some(section),
        (true, section) => goal.within = goal.within.take().or(section),
        (false, section) => {
            goal.within = goal.within.take().or(section);
            goal.than = Some(compared(&than_said, session)?);
        }
    }
    if like_references {
        if that != That::Balanced {
            return Err(Misunderstood::new("a reference is something to be balanced like, and nothing else")
                .forms(
                    FORMS.iter().filter(|form| form.contains("reference")).map(|form| (*form).to_owned()),
                ));
        }
        goal.than = Some("reference".to_owned());
    }
    // What is left and means nothing here may have been what mattered.
    let left = right.said();
    if !left.is_empty() {
        return Err(Misunderstood::new(format!("what \"{left}\" means there is not clear"))
            .forms(FORMS.iter().filter(|form| form.contains(that.word())).map(|form| (*form).to_owned())));
    }
    let amount = amount.map(|amount| if that == That::Wider { as_factor(amount, unit) } else { amount });
    how_much(&mut goal, that, way, bound, amount, times.map(|(_, _, factor)| factor));
    Ok(goal)
}

/// How many times as wide: said in times, in decibels or in percent.
fn as_factor(amount: f64, unit: Unit) -> f64 {
    match unit {
        Unit::Percent => 1.0 + amount / 100.0,
        Unit::Decibels => libm::pow(10.0, amount / 20.0),
        Unit::Other => amount,
    }
}

/// Whom a sentence is about; a section is the whole mix there.
fn subject(goal: &mut Goal, said: &str, session: &Session) -> Result<(), Misunderstood> {
    if said.is_empty() {
        goal.of = Some("mix".to_owned());
    } else if let Some(who) = nouns::who(said, session) {
        goal.of = Some(who);
    } else if let Some(section) = nouns::section(said, session) {
        goal.of = Some("mix".to_owned());
        goal.within = Some(section);
    } else {
        return Err(nobody(said, session));
    }
    Ok(())
}

fn compared(said: &str, session: &Session) -> Result<String, Misunderstood> {
    if said == "before" || said == "now" || said == "it was" {
        return Ok("before".to_owned());
    }
    nouns::who(said, session).or_else(|| nouns::section(said, session)).ok_or_else(|| nobody(said, session))
}

fn how_much(goal: &mut Goal, that: That, way: Way, bound: Bound, amount: Option<f64>, factor: Option<f64>) {
    let row = that.row();
    if let Some(factor) = factor {
        let wanted = match that {
            That::Wider => factor,
            That::Louder => TWICE_AS_LOUD_LU * libm::log2(factor),
            _ => TWICE_DB * libm::log2(factor),
        };
        if factor > 1.0 || (factor == 1.0 && bound != Bound::Most) {
            goal.at_least = Some(wanted)
        } else {
            goal.at_most = Some(wanted)
        }
        return;
    }
    if !row.rising {
        goal.at_most = amount;
        return;
    }
    match (way, bound) {
        // "No louder than", "at most 2 dB louder than".
        (Way::Up, Bound::Most) => {
            goal.at_most = Some(amount.unwrap_or(if that == That::Wider { 1.0 } else { 0.0 }))
        }
        (Way::Up, _) => goal.at_least = amount,
        (Way::Down, Bound::Most) => goal.at_least = Some(opposite(that, amount.unwrap_or(0.0))),
        (Way::Down, _) => goal.at_most = Some(opposite(that, amount.unwrap_or(row.usual))),
    }
}

/// The same amount the other way.
fn opposite(that: That, amount: f64) -> f64 {
    if that == That::Wider { 1.0 / amount.max(1.0) } else { -amount }
}

fn unknown(say: &str) -> Misunderstood {
    Misunderstood::new(format!("nothing in \"{say}\" says what is wanted"))
        .forms(FORMS.iter().map(|form| (*form).to_owned()))
}

fn nobody(said: &str, session: &Session) -> Misunderstood {
    let names = session.tracks.iter().map(|track| track.id.clone()).take(12);
    Misunderstood::new(format!("\"{said}\" is no track, bus, role or section of this session")).forms(names)
}
