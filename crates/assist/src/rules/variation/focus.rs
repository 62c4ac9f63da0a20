//! The same mix with what it is about nearer or further away.
//!
//! **What it does.** Moves the faders of the focus together by so many decibels.
//!
//! **Why.** Whether a voice lies in the band or stands before it is the first thing on which two people who mix one song differ.
//!
//! **Evidence.** None: it differs on purpose.
//!
//! **Example.** Voice up: +1.5 dB.
//!
//! **Known problems.** The mix that it goes out from was held against measures; this one is not.
//!
//! **Options.** `--variations N`; what it has set is locked in its own session and can be unlocked there.
//!
//! **Sureness.** Certain: it was asked for.
//!
//! **References.** De Man et al. 2014: standard deviation of the lead vocal among engineers 1.6 LU.

use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::fields;
use mixkeel_session::session::Session;

use crate::rule::{Proposal, Rule};
use crate::rules::r#loop::levels::MOST_FADER_DB;
use crate::song::Song;

/// See the head of this file.
#[derive(Debug)]
pub struct Focus {
    /// By how much the focus moves, in dB.
    pub by_db: f64,
}

impl Rule for Focus {
    fn id(&self) -> &'static str {
        "variation/focus"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, _song: &Song, session: &Session) -> Vec<Edit> {
        let focus = session.tracks.iter().filter(|track| session.focus.contains(&track.id) && !track.mute);
        let moved = focus.filter_map(|track| {
            let because = format!("a variation: what the song is about {:+.1} dB", self.by_db);
            let to = (track.fader_db + self.by_db).min(MOST_FADER_DB);
            Proposal::new(self.id(), Sureness::Certain, because).set_number(
                session,
                &track.id,
                fields::FADER_DB.id,
                to,
            )
        });
        moved.collect()
    }
}
