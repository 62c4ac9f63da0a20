//! Takes down what rings, whatever is played.
//!
//! **What it does.** Cuts at most [`MOST_CUTS`] narrow peaks of a track by half their height, at most [`MOST_DB`]: peaks that
//! stand out for most of the time, on tracks whose notes move. Microphones on one source are cut alike.
//!
//! **Why.** A peak that stays while the notes change is the room, the microphone or the drum's shell, and every note that
//! comes near it sticks out.
//!
//! **Evidence.** Height, width and persistence of peaks in twenty-fourths of an octave.
//!
//! **Example.** A snare that rings at 412 Hz, 9 dB high for 80 % of the time: −4 dB there, Q 6.
//!
//! **Known problems.** A meter cannot tell a drone that is meant from one that rings. Basses, keys, pads and synths dwell on notes
//! and are left alone.
//!
//! **Options.** `lock`, or `bypass` on the insert.
//!
//! **Sureness.** Likely for high peaks that stand for most of the time; a guess, proposed and not applied, for the rest.
//!
//! **References.** Pestana and Reiss 2014: cuts are narrow, boosts broad. Half the height and the cap are ours.

use mixkeel_analysis::spectrum::Resonance;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;

use super::alike::together;
use crate::rule::{Proposal, Rule};
use crate::song::{Known, Song};
use crate::start::Start;
use crate::things::NewInsert;

/// Cuts on one track.
pub const MOST_CUTS: usize = 2;

/// The deepest cut, in dB.
pub const MOST_DB: f64 = 4.0;

/// How high a peak has to be in dB, and for how much of the time it has to stand out. Ours: well over the 4 dB and the half of
/// the time at which `analysis::spectrum` begins to call it one, because a cut that is not needed thins the sound.
pub const LEAST: (f64, f64) = (7.0, 0.65);

/// From here on it is likely and not a guess.
pub const SURE: (f64, f64) = (9.0, 0.75);

/// Under this a peak of a drum is the drum's own note, in Hz. Ours: snares are tuned to 150 to 250, their first overtone
/// lies under 350.
const DRUM_NOTE_HZ: f64 = 350.0;

/// Cuts are at least and at most this narrow.
const QS: (f64, f64) = (3.0, 10.0);

/// Roles whose notes move, or that have none.
fn may_ring(role: Role) -> bool {
    matches!(
        role,
        Role::Snare
            | Role::Toms
            | Role::Overheads
            | Role::Room
            | Role::Percussion
            | Role::LeadVocal
            | Role::VocalDouble
            | Role::BackingVocal
            | Role::AdLib
            | Role::AcousticGuitar
            | Role::Brass
            | Role::Woodwind
    )
}

/// See the head of this file.
#[derive(Debug)]
pub struct Resonances;

impl Rule for Resonances {
    fn id(&self) -> &'static str {
        "eq/resonances"
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
        let mut edits = Vec::new();
        for group in together(song, &tracks) {
            // The one that rings most speaks for all that hear the same sound.
            let peaks = group.iter().filter(|known| may_ring(known.role)).map(|known| peaks(known));
            let Some(peaks) =
                peaks.reduce(|best, other| if height(&other) > height(&best) { other } else { best })
            else {
                continue;
            };
            edits.extend(group.iter().flat_map(|known| self.cut(known, &peaks, session)));
        }
        edits
    }
}

impl Resonances {
    fn cut(&self, known: &Known, peaks: &[Resonance], session: &Session) -> Vec<Edit> {
        let Some(highest) = peaks.first() else { return Vec::new() };
        let sure = peaks.iter().all(|peak| peak.height_db >= SURE.0 && peak.share_of_time >= SURE.1);
        let mut cuts = NewInsert::of("eq");
        for (peak, n) in peaks.iter().zip(1..) {
            let gain_db = -(0.5 * peak.height_db).min(MOST_DB);
            cuts = cuts
                .about(&format!("band.{n}/freq_hz"), peak.freq_hz)
                .number(&format!("band.{n}/gain_db"), libm::round(10.0 * gain_db) / 10.0)
                .number(&format!("band.{n}/q"), libm::round(10.0 * peak.q.clamp(QS.0, QS.1)) / 10.0);
        }
        let because = format!(
            "it rings at {:.0} Hz, {:.0} dB over what lies beside it, for {:.0} % of the time it plays",
            highest.freq_hz,
            highest.height_db,
            100.0 * highest.share_of_time
        );
        let sureness = if sure { Sureness::Likely } else { Sureness::Guess };
        Proposal::new(self.id(), sureness, because)
            .measured("height of the peak", highest.height_db, "dB")
            .measured("stands out for", 100.0 * highest.share_of_time, "%")
            .insert(session, &known.track.id, &cuts)
    }
}

/// What rings in a track, highest first.
fn peaks(known: &Known) -> Vec<Resonance> {
    let drum = matches!(known.role, Role::Snare | Role::Toms);
    let rings = |peak: &&Resonance| {
        let its_note = drum && peak.freq_hz < DRUM_NOTE_HZ;
        !its_note && peak.height_db >= LEAST.0 && peak.share_of_time >= LEAST.1
    };
    known.facts.profile.character.resonances.iter().filter(rings).take(MOST_CUTS).copied().collect()
}

fn height(peaks: &[Resonance]) -> f64 {
    peaks.first().map_or(0.0, |peak| peak.height_db)
}
