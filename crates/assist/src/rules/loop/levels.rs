//! Puts a track back to the level that was meant, where its processors made it louder or softer.
//!
//! **What it does.** Holds how loud each track leaves its fader in the render against what its recording, trim, fader and
//! lanes mean. Where one is off by [`JUST_HEARD_DB`] or more past [`WITHIN_DB`], faders move by what they are off: all that are
//! past [`WITHIN_DB`], since a band of which only the furthest is put right does not stand as it was meant; each by at most
//! [`MOST_DB`]. What the song is about is left to `loop/focus`, where the balance is ours.
//!
//! **Why.** Levels are most of a mix, and equalisers, compressors and gates change them by more than was told beforehand.
//!
//! **Evidence.** K-weighted power of the strip in the parts that were rendered, beside the same of what was decided.
//!
//! **Example.** A bass through a compressor and two cuts is 1.8 dB softer than it was placed: +1.8 dB.
//!
//! **Known problems.** A gate that opens seldom makes a track softer on purpose; what repair takes away is no deviation, what
//! other gates take away is.
//!
//! **Options.** `lock = ["fader_db"]`; `--rounds 0`; `--keep balance`.
//!
//! **Sureness.** Certain: measured.
//!
//! **References.** 1 dB is about what is just heard of one part's level in a mix; engineers repeat their own vocal level within
//! 1 to 2 dB (King et al. 2010).

use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::fields;
use mixkeel_session::session::Session;

use crate::rounds::aim::Aim;
use crate::rounds::intended::heard_lufs;
use crate::rounds::{Correction, Hearing};
use crate::rule::{Proposal, Rule};
use crate::song::Song;
use crate::start::Start;

/// A level this near to what was meant is that, in dB. Ours: half of what is just heard.
pub const WITHIN_DB: f64 = 0.5;

/// What is just heard of a level beyond that, in dB.
pub const JUST_HEARD_DB: f64 = 0.5;

/// The furthest that a round moves a fader, in dB. Ours: what is further off is no matter of level.
pub const MOST_DB: f64 = 3.0;

/// As far as a fader goes up, in dB.
pub const MOST_FADER_DB: f64 = 12.0;

/// See the head of this file.
#[derive(Debug)]
pub struct Levels;

impl Rule for Levels {
    fn id(&self) -> &'static str {
        "loop/levels"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn listens(&self) -> bool {
        true
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        let Some(hearing) = Hearing::of(song, session) else { return Vec::new() };
        if !self.aims(&hearing).iter().any(Aim::is_heard) {
            return Vec::new();
        }
        let found = hearing.evidence.tracks.iter().filter_map(|strip| {
            let aim = aim(&hearing, &strip.id).filter(|aim| aim.off() != 0.0)?;
            let off_db = aim.measured - (aim.at_least + aim.at_most) / 2.0;
            let track = session.tracks.iter().find(|track| track.id == strip.id)?;
            let because = format!(
                "in the render it is {:.1} dB {} than its fader means: what its processors do to its level is taken back",
                off_db.abs(),
                if off_db > 0.0 { "louder" } else { "softer" }
            );
            Proposal::new(self.id(), Sureness::Certain, because)
                .measured("loudness in the render", aim.measured, "LUFS")
                .measured("loudness that was meant", aim.measured - off_db, "LUFS")
                .set_number(
                    session,
                    &strip.id,
                    fields::FADER_DB.id,
                    (track.fader_db - off_db.clamp(-MOST_DB, MOST_DB)).min(MOST_FADER_DB),
                )
        });
        found.collect()
    }
}

impl Correction for Levels {
    fn aims(&self, hearing: &Hearing) -> Vec<Aim> {
        hearing.evidence.tracks.iter().filter_map(|strip| aim(hearing, &strip.id)).collect()
    }
}

fn aim(hearing: &Hearing, track: &str) -> Option<Aim> {
    if hearing.song.start == Start::Fresh && hearing.session.focus.iter().any(|id| id == track) {
        return None;
    }
    let strip = hearing.evidence.track(track)?;
    // Headroom may have been found since; it moves all alike.
    let lowered_db = hearing.session.master.headroom_db - hearing.intended.session.master.headroom_db;
    let meant = hearing.intended.lufs(track)? + lowered_db;
    Some(Aim {
        what: format!("level of {}", strip.name),
        measured: heard_lufs(strip)?,
        at_least: meant - WITHIN_DB,
        at_most: meant + WITHIN_DB,
        unit: "LUFS",
        just_heard: JUST_HEARD_DB,
    })
}
