//! Puts what stands at the back into one hall.
//!
//! **What it does.** Adds the return `hall` with a reverb of about a bar, and sends to it what [`depth`](super::depth) says:
//! backing vocals, choir, strings, winds most; keys and pads least. Nothing where nobody goes there.
//!
//! **Why.** What is quieter, darker and wetter stands further away. One hall for all makes one stage.
//!
//! **Evidence.** The role; the direct-to-reverberant ratio of the recording; the song's tempo.
//!
//! **Example.** At 92 beats a minute: 2.6 s, 20 ms behind the sound; strings at −14 dB.
//!
//! **Known problems.** The decay knows nothing of how dense the song is.
//!
//! **Options.** `lock` on the send or the return; a `send-hall` at `-inf`.
//!
//! **Sureness.** Likely.
//!
//! **References.** De Man, McNally and Reiss 2017; Pestana and Reiss 2014 (tempo, filters); the levels' table is in
//! [`depth`](super::depth).

use mixkeel_session::edit::Edit;
use mixkeel_session::session::Session;

use super::depth::{Space, beat_s, edits, in_step_s};
use crate::rule::Rule;
use crate::song::Song;
use crate::things::NewInsert;

/// The shortest and the longest decay in seconds, and that where no tempo is known. Ours: a bar of four, within what halls
/// for music have (ISO 3382 rooms of 1.4 to 2.6 s).
pub const DECAY_S: (f64, f64, f64) = (1.4, 2.6, 1.9);

/// The longest pre-delay in ms, and that where no tempo is known. Ours: under the 30 ms from which it would bring a sound
/// forward.
pub const PRE_DELAY_MS: (f64, f64) = (28.0, 18.0);

/// Under and over these the hall hears nothing, in Hz. Darker than the room: what is further away has less treble.
pub const HEARS_HZ: (f64, f64) = (200.0, 7_500.0);

/// See the head of this file.
#[derive(Debug)]
pub struct Hall;

impl Rule for Hall {
    fn id(&self) -> &'static str {
        "space/hall"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        let decay_s = beat_s(session).map_or(DECAY_S.2, |beat_s| (4.0 * beat_s).clamp(DECAY_S.0, DECAY_S.1));
        let pre_delay_ms =
            in_step_s(session, PRE_DELAY_MS.0 / 1_000.0).map_or(PRE_DELAY_MS.1, |time_s| 1_000.0 * time_s);
        let hall = NewInsert::preset("reverb", "hall")
            .number("decay_s", decay_s)
            .about("pre_delay_ms", pre_delay_ms)
            .about("low_cut_hz", HEARS_HZ.0)
            .about("high_cut_hz", HEARS_HZ.1);
        let about = match beat_s(session) {
            Some(_) => "one hall for what stands at the back, as long as a bar",
            None => "one hall for what stands at the back",
        };
        edits(self.id(), Space::Hall, "hall", &hall, about, song, session)
    }
}
