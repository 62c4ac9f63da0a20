//! The same mix drier or wetter.
//!
//! **What it does.** Moves the faders of all returns together by so many decibels.
//!
//! **Why.** How much room a song wants is taste within wide limits.
//!
//! **Evidence.** None: it differs on purpose.
//!
//! **Example.** Drier: -4 dB.
//!
//! **Known problems.** The mix that it goes out from was held against measures; this one is not.
//!
//! **Options.** `--variations N`; what it has set is locked in its own session and can be unlocked there.
//!
//! **Sureness.** Certain: it was asked for.
//!
//! **References.** De Man, McNally and Reiss 2017: mixes that people like lie some 4 LU to either side of the middle.

use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::fields;
use mixkeel_session::session::Session;

use crate::rule::{Proposal, Rule};
use crate::rules::r#loop::levels::MOST_FADER_DB;
use crate::song::Song;

/// See the head of this file.
#[derive(Debug)]
pub struct Space {
    /// By how much all returns move, in dB.
    pub by_db: f64,
}

impl Rule for Space {
    fn id(&self) -> &'static str {
        "variation/space"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, _song: &Song, session: &Session) -> Vec<Edit> {
        let moved = session.returns.iter().filter_map(|one| {
            let because = format!("a variation: all reverberation {:+.1} dB", self.by_db);
            let to = (one.strip.fader_db + self.by_db).min(MOST_FADER_DB);
            Proposal::new(self.id(), Sureness::Certain, because).set_number(
                session,
                &one.id,
                fields::FADER_DB.id,
                to,
            )
        });
        moved.collect()
    }
}
