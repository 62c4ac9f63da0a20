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
    let mut decision = begun(&mut song, session);
    for rule in rules {
        song.heard = if rule.listens() { Some(ear.listen(&decision.session)?) } else { None };
        decision.take(*rule, &song);
    }
    Ok(decision)
}

/// What can be decided on paper: by all of these rules that do not listen. The song is settled: its start is chosen, and a rough
/// mix among the tracks is found.
pub fn decide_on_paper(rules: &[&dyn Rule], song: &mut Song, session: &Session) -> Decision {
    let mut decision = begun(song, session);
    song.heard = None;
    rules.iter().filter(|rule| !rule.listens()).for_each(|rule| decision.take(*rule, song));
    decision
}

/// What has to be heard before it can be decided: by all of these rules that listen.
///
/// # Errors
/// When the ear cannot listen.
pub fn decide_by_ear<E: Ear>(
    rules: &[&dyn Rule],
    song: &mut Song,
    decision: &mut Decision,
    ear: &mut E,
) -> Result<(), E::Error> {
    for rule in rules.iter().filter(|rule| rule.listens()) {
        song.heard = Some(ear.listen(&decision.session)?);
        decision.take(*rule, song);
    }
    song.heard = None;
    Ok(())
}

/// Nothing decided yet but where the balance starts.
fn begun(song: &mut Song, session: &Session) -> Decision {
    if song.rough.is_none() && matches!(song.start, Start::Auto | Start::Rough) {
        song.rough = Rough::among(song, session);
    }
    let choice = start::choose(song, session);
    // A song that is settled already keeps what was found when it was.
    if song.start == Start::Auto {
        song.levels_count = choice.levels_count;
    }
    song.start = choice.start;
    Decision {
        session: session.clone(),
        edits: Vec::new(),
        proposed: Vec::new(),
        start: choice.start,
        start_because: choice.because,
    }
}

impl Decision {
    /// Takes what a rule proposes.
    fn take(&mut self, rule: &dyn Rule, song: &Song) {
        let kept = |word: &str| song.keep.iter().any(|keep| keep == word);
        if kept(rule.id().split('/').next().unwrap_or_default()) {
            return;
        }
        for edit in settled(rule.id(), &self.session, rule.propose(song, &self.session)) {
            if kept(&edit.address.strip) || self.session.bars(&edit.address.strip, rule.id()) {
                continue;
            }
            let applies = edit.sureness > Sureness::Guess || rule.applies_guesses();
            // Rules do not write what is locked; what cannot be applied all the same is left for the owner to see.
            if applies && apply(&mut self.session, &edit).is_ok() {
                self.edits.push(edit);
            } else {
                self.proposed.push(edit);
            }
        }
    }
}
