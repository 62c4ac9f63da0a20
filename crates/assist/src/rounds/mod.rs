//! The loop: a render is held against what was meant, what can be heard of the difference is corrected by ordinary edits, and
//! the result is heard again, until nothing audible is left to gain.
//!
//! Who renders, and for how long, is no business of this crate: [`Rounds`] is told what was heard of a session and gives the
//! next one to listen to. Every [`Correction`] of [`LOOP`] says what should be measured and how it puts that right;
//! of all sessions that were heard the one that is off least is kept, whatever came after it.

pub mod aim;
pub mod intended;
pub mod parts;

use mixkeel_judge::evidence::Evidence;
use mixkeel_session::apply::apply;
use mixkeel_session::edit::{Content, Edit, Sureness};
use mixkeel_session::session::Session;

use crate::LOOP;
use crate::ear::Heard;
use crate::rule::Rule;
use crate::song::Song;
use crate::things::settled;
use aim::{Aim, off};
use intended::Intended;
use parts::Part;

/// So many rounds of correction are made where a person asks for no other number. Ours: a correction, its correction, and one
/// to spare; the loop ends by itself where a round gains nothing.
pub const ROUNDS: usize = 3;

/// A round has to bring this much, in steps that are just heard, or it is the last: one step of one measure.
const LEAST_GAIN: f64 = 1.0;

/// A rule of the loop: it says what a render should measure, and corrects what does not.
pub trait Correction: Rule {
    /// What it holds a render against, and what was measured.
    fn aims(&self, hearing: &Hearing) -> Vec<Aim>;
}

/// A session that was heard, and what was meant by it.
#[derive(Debug)]
pub struct Hearing<'a> {
    /// The recordings.
    pub song: &'a Song,
    /// The session that was heard.
    pub session: &'a Session,
    /// What was measured of it.
    pub evidence: &'a Evidence,
    /// What was intended.
    pub intended: &'a Intended,
}

impl<'a> Hearing<'a> {
    /// What was heard last of a song. `None` where nothing was.
    pub fn of(song: &'a Song, session: &'a Session) -> Option<Self> {
        let evidence = song.heard.as_ref()?.evidence.as_deref()?;
        Some(Self { song, session, evidence, intended: song.intended.as_ref()? })
    }

    /// All that it is held against.
    pub fn aims(&self) -> Vec<Aim> {
        LOOP.iter().flat_map(|rule| rule.aims(self)).collect()
    }
}

/// One listening of the loop.
#[derive(Clone, Debug, PartialEq)]
pub struct Round {
    /// 0 for the mix as it was decided, then one after each correction.
    pub number: usize,
    /// What it measured.
    pub aims: Vec<Aim>,
    /// How far it is off in all, in steps that are just heard.
    pub off: f64,
    /// What was changed before it.
    pub edits: Vec<Edit>,
}

/// The loop, as far as it has come.
#[derive(Debug)]
pub struct Rounds {
    song: Song,
    session: Session,
    proposed: Vec<Edit>,
    made: Vec<Round>,
    /// The number of the best round so far, and its session.
    best: (usize, Session),
    strength: f64,
}

impl Rounds {
    /// About to listen to these parts of a session as it was decided. Corrections are made in part where the strength is less
    /// than 1.
    pub fn new(song: &Song, session: &Session, parts: &[Part], strength: f64) -> Self {
        let mut song = song.clone();
        song.intended = Some(Intended::of(&song, session, parts));
        Self {
            song,
            session: session.clone(),
            proposed: Vec::new(),
            made: Vec::new(),
            best: (0, session.clone()),
            strength,
        }
    }

    /// The session to listen to.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Every listening so far.
    pub fn made(&self) -> &[Round] {
        &self.made
    }

    /// Takes what was heard of the session, and says whether it is worth a further round.
    pub fn heard(&mut self, heard: Heard) -> bool {
        self.song.heard = Some(heard);
        let aims = Hearing::of(&self.song, &self.session).map(|hearing| hearing.aims()).unwrap_or_default();
        let now = off(&aims);
        let before = self.made.get(self.best.0).map(|round| round.off);
        let number = self.made.len();
        self.made.push(Round { number, aims, off: now, edits: std::mem::take(&mut self.proposed) });
        match before {
            Some(before) if now >= before => false,
            Some(before) => {
                self.best = (number, self.session.clone());
                now > 0.0 && before - now >= LEAST_GAIN
            }
            None => now > 0.0,
        }
    }

    /// Corrects what was heard to be off. False where no rule knows what to do.
    pub fn correct(&mut self) -> bool {
        let keep = self.song.keep.clone();
        for rule in LOOP.iter().filter(|rule| !keep.iter().any(|keep| touches(rule.id(), keep))) {
            for edit in settled_values(rule.id(), &self.session, rule.propose(&self.song, &self.session)) {
                let edit = if self.strength < 1.0 { edit.scaled(self.strength) } else { edit };
                let kept = keep.contains(&edit.address.strip);
                if !kept && edit.sureness > Sureness::Guess && apply(&mut self.session, &edit).is_ok() {
                    self.proposed.push(edit);
                }
            }
        }
        !self.proposed.is_empty()
    }

    /// The best session that was heard, with the edits that led to it, each address once.
    pub fn best(&self) -> (Session, Vec<Edit>) {
        let (number, session) = &self.best;
        let edits = self.made.iter().take(number + 1).flat_map(|round| &round.edits);
        (session.clone(), edits.fold(Vec::new(), merged))
    }

    /// Which round was the best.
    pub fn best_round(&self) -> usize {
        self.best.0
    }

    /// The recordings with what was intended, to hold the finished mix against.
    pub fn song(&self) -> &Song {
        &self.song
    }
}

/// Whether a rule of the loop works on what a stage decides.
pub fn touches(rule: &str, stage: &str) -> bool {
    let stages: &[&str] = match rule {
        "loop/levels" | "loop/focus" => &["balance"],
        "loop/reverb" => &["space"],
        "loop/sides" | "loop/mono" => &["pan"],
        "loop/tone" => &["eq"],
        _ => &[],
    };
    stage == "loop" || stages.contains(&stage)
}

/// What a rule proposes, less what stands already. Unlike rules that decide, one that corrects takes nothing away that it put
/// there in an earlier round.
fn settled_values(rule: &'static str, session: &Session, proposed: Vec<Edit>) -> Vec<Edit> {
    settled(rule, session, proposed).into_iter().filter(|edit| edit.to.is_some()).collect()
}

/// Edits with one more; one at the same address by the same rule goes on from where it was.
fn merged(mut edits: Vec<Edit>, next: &Edit) -> Vec<Edit> {
    match edits.iter_mut().find(|edit| edit.address == next.address && edit.by == next.by) {
        Some(edit) => {
            let from = edit.from.clone();
            *edit = Edit { from, ..next.clone() };
            edits.retain(|edit| edit.from != edit.to || matches!(edit.to, Some(Content::Thing(_))));
        }
        None => edits.push(next.clone()),
    }
    edits
}
