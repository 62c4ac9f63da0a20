//! Sets faders and places as they are in the owner's rough mix.
//!
//! **What it does.** Where the balance starts from a rough mix, sets `fader_db` of every track that is heard in it so that the
//! levels between tracks are those of the rough mix, and `pan` of mono tracks to where they stand in it. All of them are
//! moved together so that the mix is as loud as a fresh one. Where a track's level moves in it, by section and by eight seconds at
//! most, a lane `rough` on its fader moves with it. Tracks that are not in it stay where their role puts them, and are named: they
//! may have been recorded after it.
//!
//! **Why.** A rough mix is the one thing that says what its owner meant. It is kept, and later rules change only what
//! they can defend.
//!
//! **Evidence.** A non-negative fit of the tracks' powers, in every tenth of a second and every band, to those of the
//! rough mix ([`rough`](crate::rough)).
//!
//! **Example.** A piano that the rough mix has at −9.2 dB beside the recording comes out there, whatever its file peaks at.
//!
//! **Known problems.** Moves of less than 1.5 dB, and those within a few seconds, are kept as their mean. Tracks that always sound together (two
//! microphones on one drum) are told as one, at the level between them at which they arrive. An equaliser in the rough
//! mix counts as level where it covers most of a track.
//!
//! **Options.** `--start rough=FILE`, `--start fresh`; `lock = ["fader_db", "pan", "rough"]`.
//!
//! **Sureness.** Certain where the tracks explain nine tenths of the rough mix; else likely.
//!
//! **References.** Non-negative least squares as in D. Barchiesi and J. Reiss, "Reverse engineering of a mix", J. Audio Eng.
//! Soc. 58 (2010), here on powers, because phases do not survive effects.

use mixkeel_dsp::block::Channels;
use mixkeel_dsp::units::{db_from_power, power_from_db};
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::fields;
use mixkeel_session::session::Session;

use crate::rough::{Move, Rough};
use crate::rule::{Proposal, Rule};
use crate::rules::trim::stage::SUM_LUFS;
use crate::song::{Known, Song};
use crate::start::Start;

/// Places nearer to the middle than this are the middle. Ours: what nobody can point at.
const MIDDLE: f64 = 0.06;

/// The part of a rough mix that has to be explained for its levels to be certain. Ours.
const CERTAIN: f64 = 0.9;

/// See the head of this file.
#[derive(Debug)]
pub struct RoughMix;

impl Rule for RoughMix {
    fn id(&self) -> &'static str {
        "balance/rough-mix"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        let (Start::Rough, Some(rough)) = (song.start, &song.rough) else { return Vec::new() };
        let tracks = song.sounding(session);
        let together_db = together_db(rough, &tracks);
        let sureness = if rough.explained >= CERTAIN { Sureness::Certain } else { Sureness::Likely };
        let mut edits = Vec::new();
        for known in &tracks {
            let Some(found) = rough.found(&known.track.id) else { continue };
            let Some(gain_db) = found.gain_db else { continue };
            let mut because =
                format!("it stands at {gain_db:+.1} dB beside its recording in \"{}\"", rough.name);
            if !found.alike.is_empty() {
                because += &format!("; told as one with {}", found.alike.join(", "));
            }
            let proposal =
                Proposal::new(self.id(), sureness, because).measured("level in the rough mix", gain_db, "dB");
            let fader_db = (gain_db + together_db - known.track.trim_db).min(12.0);
            edits.extend(proposal.set_number(session, &known.track.id, fields::FADER_DB.id, fader_db));
            if !found.moves.is_empty() {
                let least = found.moves.iter().map(|one| one.by_db).fold(0.0, f64::min);
                let most = found.moves.iter().map(|one| one.by_db).fold(0.0, f64::max);
                let because = format!("its level moves so in \"{}\"", rough.name);
                let proposal = Proposal::new(self.id(), sureness, because)
                    .measured("furthest down", least, "dB")
                    .measured("furthest up", most, "dB");
                edits.extend(proposal.lane(
                    session,
                    &known.track.id,
                    "rough",
                    fields::FADER_DB.id,
                    &points(&found.moves),
                ));
            }
            if known.facts.profile.channels == Channels::Mono {
                let pan = if found.pan.abs() < MIDDLE { 0.0 } else { found.pan };
                let because = format!("it stands there in \"{}\"", rough.name);
                let proposal = Proposal::new(self.id(), sureness, because);
                edits.extend(proposal.set_number(session, &known.track.id, fields::PAN.id, pan));
            }
        }
        edits
    }
}

/// Half of the time that a fader takes from one level to the next, in seconds. Ours: half a beat.
const HALF_MOVE_S: f64 = 0.25;

/// The lane of these moves; between them it stands at nothing.
fn points(moves: &[Move]) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    let mut to = |at_s: f64, from_db: f64, to_db: f64| {
        points.extend([((at_s - HALF_MOVE_S).max(0.0), from_db), (at_s + HALF_MOVE_S, to_db)]);
    };
    let mut stands: Option<&Move> = None;
    for one in moves {
        match stands {
            Some(last) if last.to_s >= one.from_s => to(one.from_s, last.by_db, one.by_db),
            last => {
                last.into_iter().for_each(|last| to(last.to_s, last.by_db, 0.0));
                to(one.from_s, 0.0, one.by_db);
            }
        }
        stands = Some(one);
    }
    stands.into_iter().for_each(|last| to(last.to_s, last.by_db, 0.0));
    points
}

/// What brings the tracks of the rough mix to the loudness of a fresh one, about: powers add where tracks play.
fn together_db(rough: &Rough, tracks: &[Known]) -> f64 {
    let busiest = tracks.iter().map(Known::activity).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let power = |known: &Known| {
        let gain_db = rough.found(&known.track.id)?.gain_db?;
        Some(power_from_db(known.facts.loudness_lufs()? + gain_db) * known.activity() / busiest)
    };
    let sum: f64 = tracks.iter().filter_map(power).sum();
    if sum > 0.0 { SUM_LUFS - db_from_power(sum) } else { 0.0 }
}
