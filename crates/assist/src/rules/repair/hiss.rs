//! Takes a little steady noise out where it is heard in the mix.
//!
//! **What it does.** Puts a gentle `denoise` on a track whose noise is heard in more than [`LEAST_SHARE`] of its length at the
//! levels of the mix: [`LEAST_DB`] to [`MOST_DB`] less, the more the louder it is heard.
//!
//! **Why.** Noise that the others cover is nobody's trouble, and taking it out takes air and ends of notes with it. Noise that
//! stands alone in the pauses tells the listener of the tape.
//!
//! **Evidence.** The level at which half a second stays within 3 dB, under the loud parts, and its slope; the share of the track
//! in which it is heard within the mix (Moore, Glasberg and Baer 1997).
//!
//! **Example.** A voice with hiss 38 dB under its loud parts, in a song with a piano alone: 8 dB less.
//!
//! **Known problems.** A shaker or rain that is meant to be there reads as hiss if it never changes; it is left alone where
//! its role is known.
//!
//! **Options.** `lock`, or `bypass` on the insert.
//!
//! **Sureness.** Likely; a guess on what stands still itself, on cymbals and effects, and on what nobody knows.
//!
//! **References.** Thresholds ours.

use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;

use super::exposed::{Levels, floor, taken_out};
use crate::rule::{Proposal, Rule};
use crate::song::{Known, Song};
use crate::things::NewInsert;

/// Noise that is heard in less of its track is left alone. Ours: a tenth is the gaps of a part that plays all the time.
pub const LEAST_SHARE: f64 = 0.1;

/// The least that is taken out, in dB. Ours: less is not heard.
pub const LEAST_DB: f64 = 3.0;

/// The most, in dB. Ours: beyond it what is left of the noise moves with the music.
pub const MOST_DB: f64 = 10.0;

/// Ten phon are half as loud, so a decibel a phon: as much is taken out as the noise is louder than what is just heard there.
const JUST_HEARD_PHON: f64 = 3.0;

/// See the head of this file.
#[derive(Debug)]
pub struct Hiss;

impl Rule for Hiss {
    fn id(&self) -> &'static str {
        "repair/hiss"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        taken_out(self.id(), song, session, floor_dbfs, |known, floor_dbfs, levels| {
            self.take_out(known, floor_dbfs, levels, session)
        })
    }
}

/// The level of the noise, where it is worth a look.
fn floor_dbfs(known: &Known) -> Option<f64> {
    let noise = known.facts.profile.flaws.as_ref()?.noise;
    noise.floor_dbfs.filter(|_| noise.hisses)
}

/// What stands still itself, so that steadiness is no sign of a fault; and what nobody knows.
pub(super) fn stands_still(role: Role) -> bool {
    matches!(
        role,
        Role::Pad
            | Role::Organ
            | Role::Strings
            | Role::LeadSynth
            | Role::Fx
            | Role::Loop
            | Role::BackingTrack
            | Role::Unknown
    )
}

impl Hiss {
    fn take_out(&self, known: &Known, floor_dbfs: f64, levels: &Levels, session: &Session) -> Vec<Edit> {
        let exposed = levels.exposed(known, &floor(known, floor_dbfs));
        let less_db = libm::round(exposed.phon - JUST_HEARD_PHON).min(MOST_DB);
        if exposed.share < LEAST_SHARE || less_db < LEAST_DB {
            return Vec::new();
        }
        let noise_like = matches!(known.role, Role::Percussion | Role::Cymbals | Role::Hihat);
        let unsure = stands_still(known.role) || noise_like;
        let because =
            format!("its noise, {floor_dbfs:.0} dBFS, is heard in {:.0} % of it", 100.0 * exposed.share);
        let wanted = NewInsert::preset("denoise", "gentle").number("reduction_db", less_db);
        Proposal::new(self.id(), if unsure { Sureness::Guess } else { Sureness::Likely }, because)
            .measured("level of the noise", floor_dbfs, "dBFS")
            .measured("share of its length in which it is heard", exposed.share, "")
            .measured("how loud it is there", exposed.phon, "phon")
            .insert(session, &known.track.id, &wanted)
    }
}
