//! Moves a late microphone to the first one on its source, where that brings body back.
//!
//! **What it does.** Sets `shift_ms` of a second microphone, an amplifier or overheads to minus their delay against the first
//! microphone on the source, when the sum then has at least [`WORTH_DB`] more body. Below that, from [`TOLD_DB`] on, it is only
//! proposed. Never moves a room microphone: its distance is what it is for.
//!
//! **Why.** A delay of a few milliseconds between two microphones on one source is a comb filter; in the body of a drum or bass
//! it can take away what the drum is there for.
//!
//! **Evidence.** The delay at which the phases of both agree (GCC-PHAT) and in how many blocks they do; the likeness of the
//! bodies (55 to 520 Hz) as they are, and with the delay taken out.
//!
//! **Example.** An amplifier 4.2 ms late, at 0.1 as it is and 0.9 in line: moved, 2.2 dB come back.
//!
//! **Known problems.** Overheads moved to the snare are no longer where they were for the toms. Levels are not known yet: the
//! overheads are taken to be [`OVER_BELOW_DB`] below the close microphone, others to be equally loud.
//!
//! **Options.** `lock = ["shift_ms"]`.
//!
//! **Sureness.** Likely from [`WORTH_DB`] on where [`BELIEVED`] of the blocks agree; else a guess.
//!
//! **References.** Clifford and Reiss 2010 and 2013; thresholds ours.

use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::fields;
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;

use super::polarity::reference;
use crate::related::Body;
use crate::rule::{Proposal, Rule};
use crate::song::{Known, Song};

/// What has to come back for a recording to be moved. The smallest change of level in one instrument that is plainly heard.
pub const WORTH_DB: f64 = 1.0;

/// What has to come back to be told. Ours: half of that.
pub const TOLD_DB: f64 = 0.5;

/// How far the snare in the overheads lies below its own microphone in a mix. Ours.
pub const OVER_BELOW_DB: f64 = 6.0;

/// The share of blocks that has to agree. Ours: half; two microphones in one room seldom reach more.
pub const BELIEVED: f64 = 0.5;

/// What is nearer than this is together. Ours: a tenth of a millisecond is 3 cm, and a tenth of a period at 1 kHz.
const TOGETHER_MS: f64 = 0.1;

/// See the head of this file.
#[derive(Debug)]
pub struct Align;

impl Rule for Align {
    fn id(&self) -> &'static str {
        "repair/align"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        let tracks = song.sounding(session);
        tracks.iter().filter_map(|known| self.shift(known, &tracks, song, session)).collect()
    }
}

impl Align {
    fn shift(&self, known: &Known, tracks: &[Known], song: &Song, session: &Session) -> Option<Edit> {
        if known.role == Role::Room {
            return None;
        }
        let reference = reference(known, tracks, song)?;
        let related = song.related.iter().find(|pair| pair.is(&known.track.id, &reference.track.id))?;
        let (later_ms, inverted) = related.later_ms(&known.track.id)?;
        let body = related.body?;
        let confidence = related.pair.delay.map_or(0.0, |delay| delay.confidence);
        // Polarity first: what stands here is what is left after it.
        let turned = known.track.inverted != reference.track.inverted;
        let alike = |alike: f64| if turned { -alike } else { alike };
        let in_line = if inverted == turned { body.aligned } else { -body.aligned };
        let below_db = if known.role == Role::Overheads { OVER_BELOW_DB } else { 0.0 };
        let back_db = Body::sum_db(in_line, below_db) - Body::sum_db(alike(body.as_is), below_db);
        let off_ms = later_ms + known.track.shift_ms - reference.track.shift_ms;
        if off_ms.abs() < TOGETHER_MS || back_db < TOLD_DB {
            return None;
        }
        let worth = back_db >= WORTH_DB && confidence >= BELIEVED;
        let sureness = if worth { Sureness::Likely } else { Sureness::Guess };
        let because = format!(
            "it hears the same as {} {:.2} ms {}; in line, {back_db:.1} dB of body come back",
            reference.track.name,
            off_ms.abs(),
            if off_ms > 0.0 { "later" } else { "earlier" },
        );
        Proposal::new(self.id(), sureness, because)
            .measured("delay", later_ms, "ms")
            .measured("blocks that agree", confidence, "")
            .measured("likeness of the bodies as they are", alike(body.as_is), "")
            .measured("likeness of the bodies in line", in_line, "")
            .set_number(session, &known.track.id, fields::SHIFT_MS.id, known.track.shift_ms - off_ms)
    }
}
