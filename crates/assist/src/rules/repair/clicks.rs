//! Mends clicks.
//!
//! **What it does.** Puts a `declick` on a track in which clicks were found, set to mend nothing longer than the clicks that are
//! looked for ([`LONGEST_MS`]), so that what is played stays.
//!
//! **Why.** A click is a fault that everybody hears, at any level, and compressors and limiters make it louder.
//!
//! **Evidence.** Samples that are many times further from what their surroundings predict than is usual there, and after which
//! everything goes on as before: how many, and where.
//!
//! **Example.** Seven clicks in a voice, from a bad word clock: mended.
//!
//! **Known problems.** A single sample at the start of a synthetic sound can be the sound; hence the guess on drums.
//!
//! **Options.** `lock`, or `bypass` on the insert.
//!
//! **Sureness.** Likely; a guess on drums, percussion, effects and loops, and on what nobody knows.
//!
//! **References.** Godsill and Rayner 1998, ch. 5 (detection by prediction); thresholds ours.

use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;

use crate::rule::{Proposal, Rule};
use crate::song::{Known, Song};
use crate::things::NewInsert;

/// Twice the longest click that is looked for. Ours: the rest is ringing of the converter that made it.
pub const LONGEST_MS: f64 = 0.35;

/// See the head of this file.
#[derive(Debug)]
pub struct Clicks;

impl Rule for Clicks {
    fn id(&self) -> &'static str {
        "repair/clicks"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        song.sounding(session).iter().flat_map(|known| self.mend(known, session)).collect()
    }
}

impl Clicks {
    fn mend(&self, known: &Known, session: &Session) -> Vec<Edit> {
        let Some(flaws) = known.facts.profile.flaws.as_ref() else { return Vec::new() };
        let (count, spans_s) = (flaws.clicks.count, &flaws.clicks.spans_s);
        let Some(first) = spans_s.first().filter(|_| count > 0) else { return Vec::new() };
        let sureness = if may_click(known.role) { Sureness::Guess } else { Sureness::Likely };
        let because = match count {
            1 => format!("a click at {:.1} s", first[0]),
            _ => format!("{count} clicks, the first at {:.1} s", first[0]),
        };
        let wanted = NewInsert::of("declick").number("longest_ms", LONGEST_MS);
        Proposal::new(self.id(), sureness, because).measured("clicks", count as f64, "").insert(
            session,
            &known.track.id,
            &wanted,
        )
    }
}

/// Sounds that click by nature, or may.
fn may_click(role: Role) -> bool {
    role.is_drum() || matches!(role, Role::Fx | Role::Loop | Role::BackingTrack | Role::Unknown)
}
