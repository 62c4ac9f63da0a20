//! Brings all reverberation together to where listeners want it beside the mix.
//!
//! **What it does.** Where the returns of our own spaces together stand more than [`OVER_LU`] over or [`UNDER_LU`] under
//! [`WET_RE_MIX_LU`] beside the mix, moves the faders of all of them alike to the
//! edge of that, by at most [`MOST_DB`] a round.
//!
//! **Why.** How much a room gives back of what is sent to it depends on the sounds and on each other; only the render tells.
//!
//! **Evidence.** Gated loudness of the returns together beside that of the mix.
//!
//! **Example.** The returns stand 10 LU under the mix: all of them go down by 3 dB.
//!
//! **Known problems.** Rooms in the recordings are not counted.
//!
//! **Options.** `lock = ["fader_db"]` on a return; `--rounds 0`; `--keep space`.
//!
//! **Sureness.** Certain: measured.
//!
//! **References.** De Man, McNally and Reiss 2017 (80 mixes): 14 LU under the mix is the middle ground, too much is punished and
//! too little hardly; so the room to the dry side is the wider one.

use mixkeel_judge::space::returns_lufs;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::fields;
use mixkeel_session::session::{Return, Session};

use crate::rounds::aim::Aim;
use crate::rounds::{Correction, Hearing};
use crate::rule::{Proposal, Rule};
use crate::rules::r#loop::levels::MOST_FADER_DB;
use crate::rules::space::depth::WET_RE_MIX_LU;
use crate::song::Song;

/// So far over what is wanted the reverberation may stand, in LU.
pub const OVER_LU: f64 = 1.5;

/// And so far under it.
pub const UNDER_LU: f64 = 4.0;

/// The furthest that a round moves it, in dB.
pub const MOST_DB: f64 = 4.0;

/// What is just heard of the level of reverberation, in LU. Ours.
const JUST_HEARD_LU: f64 = 1.0;

/// See the head of this file.
#[derive(Debug)]
pub struct Reverb;

impl Rule for Reverb {
    fn id(&self) -> &'static str {
        "loop/reverb"
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
        let Some(aim) = aim(&hearing).filter(Aim::is_heard) else { return Vec::new() };
        let by_db = -aim.off().clamp(-MOST_DB, MOST_DB);
        let because = format!(
            "all reverberation together stands {:.1} LU under the mix, where {} is wanted",
            -aim.measured,
            if by_db < 0.0 {
                format!("{:.1} or more", -aim.at_most)
            } else {
                format!("{:.1} or less", -aim.at_least)
            }
        );
        let turn = |one: &Return| {
            Proposal::new(self.id(), Sureness::Certain, because.clone())
                .measured(&aim.what, aim.measured, aim.unit)
                .set_number(
                    session,
                    &one.id,
                    fields::FADER_DB.id,
                    (one.strip.fader_db + by_db).min(MOST_FADER_DB),
                )
        };
        session.returns.iter().filter(is_ours).filter_map(turn).collect()
    }
}

impl Correction for Reverb {
    fn aims(&self, hearing: &Hearing) -> Vec<Aim> {
        aim(hearing).into_iter().collect()
    }
}

/// A space of ours: it has nothing on it that its owner put there.
fn is_ours(one: &&Return) -> bool {
    let inserts = &one.strip.inserts;
    let by_space = |by: &Option<String>| by.as_deref().is_some_and(|by| by.starts_with("space/"));
    !inserts.is_empty() && inserts.iter().all(|insert| by_space(&insert.by))
}

fn aim(hearing: &Hearing) -> Option<Aim> {
    hearing.session.returns.iter().any(|one| is_ours(&one)).then_some(())?;
    let measured = returns_lufs(hearing.evidence)? - hearing.evidence.sound.loudness.integrated_lufs?;
    Some(Aim {
        what: "all reverberation beside the mix".to_owned(),
        measured,
        at_least: WET_RE_MIX_LU + hearing.song.style.reverb_lu - UNDER_LU,
        at_most: WET_RE_MIX_LU + hearing.song.style.reverb_lu + OVER_LU,
        unit: "LU",
        just_heard: JUST_HEARD_LU,
    })
}
