//! Puts what stands in front on a plate.
//!
//! **What it does.** Adds the return `plate`, three beats long and 30 to 56 ms behind the sound, and sends to it what
//! [`depth`](super::depth) says: lead vocal, its doubles, a lead synth. Nothing where nobody goes there.
//!
//! **Why.** A plate gives length without distance, and a gap before it keeps the voice in front of it.
//!
//! **Evidence.** The role; the direct-to-reverberant ratio of the recording; the song's tempo.
//!
//! **Example.** At 92 beats a minute: 1.96 s, 41 ms behind; the lead vocal at −13 dB.
//!
//! **Known problems.** Guides disagree on which way pre-delay moves a sound; that it separates from 30 ms up is agreed.
//!
//! **Options.** `lock` on the send or the return; a `send-plate` at `-inf`.
//!
//! **Sureness.** Likely.
//!
//! **References.** Pestana and Reiss 2014 (pre-delay over 30 to 40 ms, returns some 9 LU under the direct sound at most, tempo);
//! De Man, McNally and Reiss 2017; the levels' table is in [`depth`](super::depth).

use mixkeel_session::edit::Edit;
use mixkeel_session::session::Session;

use super::depth::{Space, beat_s, edits, in_step_s};
use crate::rule::Rule;
use crate::song::Song;
use crate::things::NewInsert;

/// The shortest and the longest decay in seconds, and that where no tempo is known. Ours: what plates are set to for voices.
pub const DECAY_S: (f64, f64, f64) = (1.1, 2.0, 1.6);

/// The longest pre-delay in ms, and that where no tempo is known; the shortest is half the longest, because it is a beat
/// halved.
pub const PRE_DELAY_MS: (f64, f64) = (60.0, 40.0);

/// Under and over these the plate hears nothing, in Hz. Usual corners of returns.
pub const HEARS_HZ: (f64, f64) = (220.0, 10_000.0);

/// See the head of this file.
#[derive(Debug)]
pub struct Plate;

impl Rule for Plate {
    fn id(&self) -> &'static str {
        "space/plate"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        let decay_s = beat_s(session).map_or(DECAY_S.2, |beat_s| (3.0 * beat_s).clamp(DECAY_S.0, DECAY_S.1));
        let pre_delay_ms =
            in_step_s(session, PRE_DELAY_MS.0 / 1_000.0).map_or(PRE_DELAY_MS.1, |time_s| 1_000.0 * time_s);
        let plate = NewInsert::preset("reverb", "plate")
            .number("decay_s", decay_s)
            .about("pre_delay_ms", pre_delay_ms)
            .about("low_cut_hz", HEARS_HZ.0)
            .about("high_cut_hz", HEARS_HZ.1);
        let about =
            "a plate for what stands in front: length without distance, after a gap that keeps it there";
        edits(self.id(), Space::Plate, "plate", &plate, about, song, session)
    }
}
