//! Takes away what lies under the lowest note of a track, where it is residue and nothing else.
//!
//! **What it does.** Adds a low cut of 12 dB an octave at the corner of its role (or under its own lowest strong band, where that
//! is lower), if between [`LEAST_SHARE`] and [`MOST_SHARE`] of its energy lies under it. Less is not worth an insert, more
//! is no residue. Microphones on one source are cut alike or not at all.
//!
//! **Why.** Rumble, thumps and pops of fourteen tracks add up to a floor under the kick that nobody played.
//!
//! **Evidence.** Energy by third octave.
//!
//! **Example.** A voice with 2 % of its energy under 80 Hz: a low cut at 80 Hz.
//!
//! **Known problems.** A guitar tuned down two tones and played softly there reads as residue.
//!
//! **Options.** `lock`, or `bypass` on the insert.
//!
//! **Sureness.** Likely.
//!
//! **References.** Pestana and Reiss 2014: a high-pass on every track that is no bass is folklore, and only where what lies
//! under the lowest note is residue (0.5 to 10 % of the energy) is it used; corners as in libsonare's class table.

use mixkeel_analysis::spectrum::third_octave::{BANDS, edges_hz};
use mixkeel_dsp::units::power_from_db;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;

use super::alike::together;
use crate::rule::{Proposal, Rule};
use crate::song::{Known, Song};
use crate::start::Start;
use crate::things::NewInsert;

/// Under this share of the energy nothing is gained.
pub const LEAST_SHARE: f64 = 0.005;

/// Over this share it is no residue.
pub const MOST_SHARE: f64 = 0.10;

/// A third octave this far under the strongest may still be a note, in dB. Ours.
const NOTE_DB: f64 = 10.0;

/// The corner of a role in Hz; none where its lows are its own, or where nobody knows.
fn corner_hz(role: Role) -> Option<f64> {
    match role {
        Role::LeadVocal | Role::VocalDouble | Role::AdLib | Role::Snare | Role::LeadSynth | Role::Pluck => {
            Some(80.0)
        }
        Role::BackingVocal | Role::Choir | Role::Woodwind => Some(100.0),
        Role::AcousticGuitar | Role::ElectricGuitar | Role::Brass => Some(75.0),
        Role::Strings | Role::Toms => Some(60.0),
        Role::Piano | Role::Keys | Role::Organ => Some(50.0),
        Role::Percussion => Some(150.0),
        Role::Hihat => Some(300.0),
        _ => None,
    }
}

/// See the head of this file.
#[derive(Debug)]
pub struct Residue;

impl Rule for Residue {
    fn id(&self) -> &'static str {
        "eq/residue"
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
            let found: Vec<(f64, f64)> = group.iter().filter_map(|known| residue(known)).collect();
            // All alike, or none: one of two microphones alone would be turned in phase.
            if found.len() < group.len() {
                continue;
            }
            let corner = found.iter().map(|(corner, _)| *corner).fold(f64::INFINITY, f64::min);
            for (known, (_, share)) in group.iter().zip(&found) {
                let because = format!(
                    "{:.1} % of its energy lies under {corner:.0} Hz, where the {} has no note",
                    100.0 * share,
                    known.role
                );
                let cut = NewInsert::of("eq").word("band.1/shape", "low-cut").about("band.1/freq_hz", corner);
                let proposal = Proposal::new(self.id(), Sureness::Likely, because);
                let proposal = proposal.measured("energy under the corner", 100.0 * share, "%");
                edits.extend(proposal.insert(session, &known.track.id, &cut));
            }
        }
        edits
    }
}

/// The corner and the share of energy under it, where that is residue.
fn residue(known: &Known) -> Option<(f64, f64)> {
    let bands = &known.facts.profile.character.third_octave_db;
    let loudest = bands.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
    let is_note = |band: &usize| bands[*band].is_some_and(|db| db > loudest - NOTE_DB);
    let lowest = (0..BANDS).find(is_note)?;
    let corner = corner_hz(known.role)?.min(edges_hz(lowest).0);
    let power = |band: usize| bands[band].map_or(0.0, power_from_db);
    let under = |band: usize| {
        let (from, to) = edges_hz(band);
        ((corner - from) / (to - from)).clamp(0.0, 1.0)
    };
    let all: f64 = (0..BANDS).map(power).sum();
    let share = (0..BANDS).map(|band| power(band) * under(band)).sum::<f64>() / all.max(f64::MIN_POSITIVE);
    (corner >= 25.0 && (LEAST_SHARE..=MOST_SHARE).contains(&share)).then_some((corner, share))
}
