//! Takes a constant offset out.
//!
//! **What it does.** Puts a low cut of 12 dB an octave at [`CORNER_HZ`] on a track that does not swing around zero.
//!
//! **Why.** An offset is not heard, but it clicks at every edit and mute, works compressors on one side of the wave only, and
//! takes headroom from the sum.
//!
//! **Evidence.** The mean of the samples, by channel, which is there in the quiet parts as in the loud: the mean of a lopsided
//! wave goes with its level.
//!
//! **Example.** A voice through an old interface, 1.2 % of full scale off: cut at 10 Hz.
//!
//! **Known problems.** It turns the phase of the lowest octave by a few degrees: 18° at 31 Hz for 10 Hz.
//!
//! **Options.** `lock`, or `bypass` on the insert.
//!
//! **Sureness.** Certain: it follows from the samples.
//!
//! **References.** Thresholds ours.

use mixkeel_dsp::units::db_from_gain;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::session::Session;

use crate::rule::{Proposal, Rule};
use crate::song::{Known, Song};
use crate::things::NewInsert;

/// The corner of the cut: under everything that is heard, and the lowest that the equaliser has.
pub const CORNER_HZ: f64 = 10.0;

/// See the head of this file.
#[derive(Debug)]
pub struct Offset;

impl Rule for Offset {
    fn id(&self) -> &'static str {
        "repair/offset"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        song.sounding(session).iter().flat_map(|known| self.take_out(known, session)).collect()
    }
}

impl Offset {
    fn take_out(&self, known: &Known, session: &Session) -> Vec<Edit> {
        let offset = known.facts.profile.flaws.as_ref().map_or(0.0, |flaws| flaws.offset);
        if offset == 0.0 {
            return Vec::new();
        }
        let because = format!("it swings around {:.1} % of full scale, not around zero", 100.0 * offset);
        let wanted = NewInsert::of("eq").word("band.1/shape", "low-cut").about("band.1/freq_hz", CORNER_HZ);
        Proposal::new(self.id(), Sureness::Certain, because)
            .measured("offset", db_from_gain(offset.abs()), "dBFS")
            .insert(session, &known.track.id, &wanted)
    }
}
