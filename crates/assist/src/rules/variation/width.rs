//! The same mix wider or narrower.
//!
//! **What it does.** Moves everything that stands beside the middle outwards or inwards by a factor, as far as the sides go; the focus stays.
//!
//! **Why.** Width is one of the few axes along which mixes of one song differ.
//!
//! **Evidence.** None: it differs on purpose.
//!
//! **Example.** Wider: a guitar at 0.6 goes to 0.78.
//!
//! **Known problems.** The mix that it goes out from was held against measures; this one is not.
//!
//! **Options.** `--variations N`; what it has set is locked in its own session and can be unlocked there.
//!
//! **Sureness.** Certain: it was asked for.
//!
//! **References.** Wilson and Fazenda (1501 mixes): mixes differ in amplitude, brightness, bass and width.

use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::fields;
use mixkeel_session::session::Session;

use crate::rule::{Proposal, Rule};
use crate::song::Song;

/// See the head of this file.
#[derive(Debug)]
pub struct Width {
    /// How far from the middle everything stands, as a factor.
    pub factor: f64,
}

impl Rule for Width {
    fn id(&self) -> &'static str {
        "variation/width"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, _song: &Song, session: &Session) -> Vec<Edit> {
        let beside = session.tracks.iter().filter(|track| !session.focus.contains(&track.id) && !track.mute);
        let moved = beside.filter_map(|track| {
            let because = format!("a variation: all places {:.1} times as far from the middle", self.factor);
            Proposal::new(self.id(), Sureness::Certain, because).set_number(
                session,
                &track.id,
                fields::PAN.id,
                (track.pan * self.factor).clamp(-1.0, 1.0),
            )
        });
        moved.collect()
    }
}
