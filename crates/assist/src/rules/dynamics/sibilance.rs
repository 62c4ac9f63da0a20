//! Softens sharp consonants where they are measured to be sharp.
//!
//! **What it does.** Puts a de-esser on a voice whose sibilants stand over [`SHARP_DB`] beside the voice and come often enough
//! to be a habit, set to take as much as they stand over it, at most [`MOST_DB`].
//!
//! **Why.** Consonants that are louder than vowels hurt, and every treble lift and every compressor after them makes it worse.
//!
//! **Evidence.** Bursts between 4 and 10 kHz: their level beside the mean of the voice, and how many there are.
//!
//! **Example.** Forty bursts at +1 dB: 5 dB less at the sharpest.
//!
//! **Known problems.** Breath noise of a whispered song reads as sibilance.
//!
//! **Options.** `lock`, or `bypass` on the insert.
//!
//! **Sureness.** Likely.
//!
//! **References.** The band is the one that engineers name (4 to 10 kHz); the thresholds are ours.

use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;

use crate::rule::{Proposal, Rule};
use crate::song::{Known, Song};
use crate::start::Start;
use crate::things::NewInsert;

/// Sibilants are sharp from this level on, beside the mean of everything above 562 Hz in the voice, in dB. Ours: of an even
/// voice they lie 6 to 10 dB under it.
pub const SHARP_DB: f64 = -3.0;

/// The most that is taken, in dB.
pub const MOST_DB: f64 = 6.0;

/// Bursts in a minute of the voice that make a habit. Ours.
const LEAST_BURSTS_A_MINUTE: f64 = 4.0;

/// See the head of this file.
#[derive(Debug)]
pub struct Sibilance;

impl Rule for Sibilance {
    fn id(&self) -> &'static str {
        "dynamics/sibilance"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        if song.start == Start::Tracks {
            return Vec::new();
        }
        let tracks = song.sounding(session);
        let voices = tracks.iter().filter(|known| {
            matches!(known.role, Role::LeadVocal | Role::VocalDouble | Role::BackingVocal | Role::AdLib)
        });
        voices.flat_map(|known| self.soften(known, session)).collect()
    }
}

impl Sibilance {
    fn soften(&self, known: &Known, session: &Session) -> Vec<Edit> {
        let sibilance = &known.facts.profile.character.sibilance;
        let sung_minutes = known.activity() * known.facts.profile.length_s() / 60.0;
        let often = sibilance.bursts.len() as f64 >= (LEAST_BURSTS_A_MINUTE * sung_minutes).max(3.0);
        let Some(level_db) = sibilance.level_db.filter(|level| often && *level > SHARP_DB) else {
            return Vec::new();
        };
        let range_db = (level_db - SHARP_DB + 2.0).clamp(2.0, MOST_DB);
        let because = format!(
            "{} consonants stand {:.0} dB {} the voice on average",
            sibilance.bursts.len(),
            level_db.abs(),
            if level_db >= 0.0 { "over" } else { "under" }
        );
        let wanted = NewInsert::preset("de-esser", "gentle").number("range_db", libm::round(range_db));
        Proposal::new(self.id(), Sureness::Likely, because)
            .measured("sibilants beside the voice", level_db, "dB")
            .measured("sibilants", sibilance.bursts.len() as f64, "")
            .insert(session, &known.track.id, &wanted)
    }
}
