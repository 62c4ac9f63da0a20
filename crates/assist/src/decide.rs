//! From what is known to a mix: every rule in order, each seeing what those before it did.

use mixkeel_session::apply::apply;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::session::Session;

use crate::RULES;
use crate::ear::Ear;
use crate::rough::Rough;
use crate::rule::Rule;
use crate::song::Song;
use crate::start::{self, Start};
use crate::things::settled;

/// A session decided, and why it is as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// With all applied edits in it.
    pub session: Session,
    /// What was applied, in order.
    pub edits: Vec<Edit>,
    /// Guesses that were not applied, for the owner to take or leave.
    pub proposed: Vec<Edit>,
    /// Which start the balance took.
    pub start: Start,
    /// Why that start, in a sentence.
    pub start_because: String,
}

/// Runs all rules on a session and applies what they propose.
///
/// Listening costs a render, so it happens once for each rule that asks, after everything before it is in place.
/// `headroom/sum` is the only one now, and it is exact after one listening, because the sum is linear in headroom.
///
/// # Errors
/// When the ear cannot listen.
pub fn decide<E: Ear>(song: &Song, session: &Session, ear: &mut E) -> Result<Decision, E::Error> {
    decide_by(&RULES, song, session, ear)
}

/// The same by some of the rules only, to see what the others are worth.
///
/// # Errors
/// When the ear cannot listen.
pub fn decide_by<E: Ear>(
    rules: &[&dyn Rule],
    song: &Song,
    session: &Session,
    ear: &mut E,
) -> Result<Decision, E::Error> {
    let mut song = song.clone();
    let mut session = session.clone();
    if song.rough.is_none() && matches!(song.start, Start::Auto | Start::Rough) {
        song.rough = Rough::among(&song, &session);
    }
    let choice = start::choose(&song, &session);
    song.start = choice.start;
    let (mut edits, mut proposed) = (Vec::new(), Vec::new());
    for rule in rules {
        song.heard = if rule.listens() { Some(ear.listen(&session)?) } else { None };
        for edit in settled(rule.id(), &session, rule.propose(&song, &session)) {
            let applies = edit.sureness > Sureness::Guess || rule.applies_guesses();
            // Rules do not write what is locked; what cannot be applied all the same is left for the owner to see.
            if applies && apply(&mut session, &edit).is_ok() {
                edits.push(edit);
            } else {
                proposed.push(edit);
            }
        }
    }
    Ok(Decision { session, edits, proposed, start: choice.start, start_because: choice.because })
}
