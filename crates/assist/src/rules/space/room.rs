//! Puts drums and plucked strings into one small room.
//!
//! **What it does.** Adds the return `room` with a short reverb, and sends to it what [`depth`](super::depth) says: snare, toms,
//! percussion, guitars, a little of the hi-hat. Kick and bass stay dry. Nothing where nobody goes there.
//!
//! **Why.** What was recorded apart sounds as if it were played together once it shares a room that is too short to be heard
//! as one.
//!
//! **Evidence.** The role; the direct-to-reverberant ratio of the recording, where sounds end freely.
//!
//! **Example.** A snare: `send-room` at −13.1 dB.
//!
//! **Known problems.** A drum that rings by itself can read as wet and get nothing.
//!
//! **Options.** `lock` on the send or the return; a `send-room` at `-inf`.
//!
//! **Sureness.** Likely.
//!
//! **References.** De Man, McNally and Reiss 2017 (how much); Pestana and Reiss 2014 (filtered returns, little bass in
//! ambience); the levels' table is in [`depth`](super::depth).

use mixkeel_session::edit::Edit;
use mixkeel_session::session::Session;

use super::depth::{Space, edits};
use crate::rule::Rule;
use crate::song::Song;
use crate::things::NewInsert;

/// How long the room lasts, in seconds. Ours: shorter than the time between two strokes of most songs.
pub const DECAY_S: f64 = 0.55;

/// Under and over these the room hears nothing, in Hz. Usual corners of returns (150 to 300 and 6 to 10 k).
pub const HEARS_HZ: (f64, f64) = (180.0, 9_000.0);

/// See the head of this file.
#[derive(Debug)]
pub struct Room;

impl Rule for Room {
    fn id(&self) -> &'static str {
        "space/room"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        let room = NewInsert::preset("reverb", "room")
            .number("decay_s", DECAY_S)
            .number("pre_delay_ms", 6.0)
            .about("low_cut_hz", HEARS_HZ.0)
            .about("high_cut_hz", HEARS_HZ.1);
        let about = "one small room, too short to be heard as one, ties together what was recorded apart";
        edits(self.id(), Space::Room, "room", &room, about, song, session)
    }
}
