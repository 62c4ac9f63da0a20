//! Brings the mix back to the middle where one side is louder.
//!
//! **What it does.** Where one side of the render is more than [`WITHIN_LU`] and a step that is just heard louder, moves tracks of
//! that side inwards, those that lean on it most first and each by at most [`MOST_INWARDS`] of its way, until the sides would be
//! alike. What stands in the middle, what belongs to a pair, and the focus stay. Only where the balance is ours.
//!
//! **Why.** Places are dealt out before anybody knows how loud each part is in the end.
//!
//! **Evidence.** Loudness of left and right; what each track adds to either.
//!
//! **Example.** The left is 1.9 LU louder, most of it a piano at −0.6: it goes to −0.42.
//!
//! **Known problems.** What is heard as a lean in a short passage is not looked at.
//!
//! **Options.** `lock = ["pan"]`; `--rounds 0`; `--keep pan`.
//!
//! **Sureness.** Likely.
//!
//! **References.** Measured mixes are within 1 LU of even; a shift of the whole image is heard from about 1 dB on.

use mixkeel_judge::sides::by_balance;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::fields;
use mixkeel_session::session::Session;

use crate::groups::GroupKind;
use crate::rounds::aim::Aim;
use crate::rounds::{Correction, Hearing};
use crate::rule::{Proposal, Rule};
use crate::song::Song;
use crate::start::Start;

/// As even as this is even, in LU.
pub const WITHIN_LU: f64 = 0.5;

/// The part of its way from the middle that a track gives up in one round. Ours: a place stays that place.
pub const MOST_INWARDS: f64 = 0.3;

/// So many tracks move in a round.
const TRACKS: usize = 2;

/// What is just heard beyond that, in LU.
const JUST_HEARD_LU: f64 = 0.75;

/// Nearer to the middle than this a track leans on no side.
const LEANS: f64 = 0.1;

/// See the head of this file.
#[derive(Debug)]
pub struct Sides;

impl Rule for Sides {
    fn id(&self) -> &'static str {
        "loop/sides"
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
        let left = aim.measured > 0.0;
        let is_paired = |id: &str| {
            song.groups_of(id).any(|group| matches!(group.kind, GroupKind::Sides | GroupKind::Doubles))
        };
        let leaning = by_balance(hearing.evidence, left).into_iter().filter_map(|cause| {
            let track = session.tracks.iter().find(|track| track.id == cause.id)?;
            let leans = if left { track.pan < -LEANS } else { track.pan > LEANS };
            let free = !session.focus.contains(&track.id) && !is_paired(&track.id);
            (leans && free).then_some((track, cause.share))
        });
        let side = if left { "left" } else { "right" };
        let moved = leaning.take(TRACKS).filter_map(|(track, share)| {
            let because = format!(
                "the {side} of the render is {:.1} LU louder, {:.0} % of it by this track: it goes inwards",
                aim.measured.abs(),
                100.0 * share
            );
            Proposal::new(self.id(), Sureness::Likely, because)
                .measured(&aim.what, aim.measured, aim.unit)
                .set_number(session, &track.id, fields::PAN.id, track.pan * (1.0 - MOST_INWARDS))
        });
        moved.collect()
    }
}

impl Correction for Sides {
    fn aims(&self, hearing: &Hearing) -> Vec<Aim> {
        aim(hearing).into_iter().collect()
    }
}

fn aim(hearing: &Hearing) -> Option<Aim> {
    if hearing.song.start != Start::Fresh {
        return None;
    }
    Some(Aim {
        what: "left over right".to_owned(),
        measured: hearing.evidence.sound.stereo.left_minus_right_lu?,
        at_least: -WITHIN_LU,
        at_most: WITHIN_LU,
        unit: "LU",
        just_heard: JUST_HEARD_LU,
    })
}
