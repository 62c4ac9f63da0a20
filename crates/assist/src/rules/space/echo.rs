//! Gives what stands in front echoes in time with the song, too quiet to be heard as such.
//!
//! **What it does.** Adds the return `echo`: a delay of the note of the song that lies nearest under [`LONGEST_S`], which steps
//! back while the sound itself plays; without a known tempo one short slap. Sends to it what [`depth`](super::depth) says: lead
//! vocal, lead synth. Nothing where nobody goes there.
//!
//! **Why.** Echoes fill the gaps between phrases and leave the words alone, where more reverb would cover them.
//!
//! **Evidence.** The role; the direct-to-reverberant ratio of the recording; the song's tempo.
//!
//! **Example.** At 92 beats a minute: dotted eighths, 489 ms; the lead vocal at −20 dB.
//!
//! **Known problems.** A song that changes its tempo has the note chosen from its first.
//!
//! **Options.** `lock` on the send or the return; a `send-echo` at `-inf`.
//!
//! **Sureness.** Likely.
//!
//! **References.** Pestana and Reiss 2014 (delays follow the tempo).

use mixkeel_session::edit::Edit;
use mixkeel_session::session::Session;

use super::depth::{Space, beat_s, edits};
use crate::rule::Rule;
use crate::song::Song;
use crate::things::NewInsert;

/// An echo comes no later than this, in seconds. Ours: later, and it is heard as a second singer.
pub const LONGEST_S: f64 = 0.5;

/// Where no tempo is known, in ms: a slap, which is in time with everything.
pub const SLAP_MS: f64 = 110.0;

/// Under and over these the echo hears nothing, in Hz. Darker with every repeat.
pub const HEARS_HZ: (f64, f64) = (250.0, 5_000.0);

/// Notes and how many beats they last, from long to short.
const NOTES: [(&str, f64); 4] = [("1/4", 1.0), ("1/8 dotted", 0.75), ("1/8", 0.5), ("1/16", 0.25)];

/// See the head of this file.
#[derive(Debug)]
pub struct Echo;

impl Rule for Echo {
    fn id(&self) -> &'static str {
        "space/echo"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        let note =
            beat_s(session).and_then(|beat_s| NOTES.iter().find(|(_, beats)| beats * beat_s <= LONGEST_S));
        let echo = NewInsert::of("delay").about("low_cut_hz", HEARS_HZ.0).about("high_cut_hz", HEARS_HZ.1);
        let (echo, about) = match note {
            Some((note, _)) => (
                echo.word("note", note).number("feedback_percent", 25.0).number("duck_db", 9.0),
                format!("echoes of {note} in time with the song, which step back while it sounds"),
            ),
            None => (
                echo.number("time_ms", SLAP_MS).number("feedback_percent", 0.0),
                "one short echo, because nobody knows the song's tempo".to_owned(),
            ),
        };
        edits(self.id(), Space::Echo, "echo", &echo, &about, song, session)
    }
}
