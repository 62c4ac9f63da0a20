//! Rides the voice phrase by phrase, so that it stands as far over the band as it does in the song as a whole.
//!
//! **What it does.** Cuts the focus into phrases at its pauses, tells how far each stands over everything else while it lasts, and
//! moves those that stray from the song's middle by more than [`STRAY_LU`] part of the way back: a lane `ride` of at most
//! [`MOST_DB`] on its fader, whose moves lie in the pauses. Nothing where no phrase strays.
//!
//! **Why.** A compressor evens out a voice against itself; only a hand on the fader holds it against the band, which is softer
//! in the verse and louder in the chorus.
//!
//! **Evidence.** Loudness of each phrase and of the rest during it, told from the profiles, compressors included.
//!
//! **Example.** The first line of the verse stands 4 LU lower than the others: +2.4 dB, from the breath before to the pause after.
//!
//! **Known problems.** A line that is meant to be whispered comes up a little.
//!
//! **Options.** `lock = ["ride"]` on the track; a lane of the owner's own beside it.
//!
//! **Sureness.** Likely.
//!
//! **References.** Usual rides of ±3 dB; engineers repeat their own vocal level within 1 to 2 dB (King et al. 2010), so less
//! than that is left alone.

use mixkeel_analysis::energy::CELLS_PER_S;
use mixkeel_analysis::loudness::LoudnessContour;
use mixkeel_dsp::units::power_from_db;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::fields;
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;

use crate::forecast::Forecast;
use crate::levels::median;
use crate::rule::{Proposal, Rule};
use crate::song::{Known, Song};
use crate::start::Start;
use crate::things::before;

/// A phrase may stray this far from the middle, in LU.
pub const STRAY_LU: f64 = 1.5;

/// The most that is ridden, in dB.
pub const MOST_DB: f64 = 3.0;

/// Of what a phrase strays, this part is taken back. Ours: all of it would make every line alike.
pub const PART: f64 = 0.6;

/// A pause that parts two phrases, and the shortest phrase that is ridden by itself, in seconds. Ours: a breath.
const PAUSE_S: f64 = 0.4;
/// See [`PAUSE_S`].
const PHRASE_S: f64 = 0.8;

/// The voice is silent this far under its own loudness, in LU. Ours: 15 under it is breath and bleed.
const SILENT_LU: f64 = 15.0;

/// A phrase this much under the voice's loudness is no part of the lead, in LU.
const ASIDE_LU: f64 = 10.0;

/// See the head of this file.
#[derive(Debug)]
pub struct Ride;

impl Rule for Ride {
    fn id(&self) -> &'static str {
        "sections/ride"
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
        let voices: Vec<&Known> = tracks
            .iter()
            .filter(|known| known.role == Role::LeadVocal && session.focus.contains(&known.track.id))
            .collect();
        if voices.is_empty() {
            return Vec::new();
        }
        let earlier = before(self.id(), session);
        let Ok(forecast) = Forecast::of(song, &earlier) else { return Vec::new() };
        let sum = forecast.sum();
        voices.iter().filter_map(|voice| self.ride(voice, &forecast, &sum, session)).collect()
    }
}

/// A phrase, and how far it stands over everything else.
#[derive(Clone, Copy, Debug)]
struct Phrase {
    from_s: f64,
    to_s: f64,
    over_lu: f64,
}

impl Ride {
    fn ride(
        &self,
        voice: &Known,
        forecast: &Forecast,
        sum: &mixkeel_analysis::energy::Sum,
        session: &Session,
    ) -> Option<Edit> {
        let sound = forecast.number(&voice.track.id)?;
        let alone = forecast.alone(sound);
        let loudness = alone.integrated_lufs()?;
        let phrases: Vec<Phrase> = phrases(voice)
            .into_iter()
            .filter_map(|(from_s, to_s)| {
                let per_s = f64::from(CELLS_PER_S);
                let cells = libm::round(from_s * per_s) as usize..libm::round(to_s * per_s) as usize;
                let (own, all) = (alone.lufs(cells.clone())?, sum.lufs(cells)?);
                let rest = power_from_db(all) - power_from_db(own);
                // Alone it stands over nothing, and there is nothing to hold it against.
                let over_lu = own - mixkeel_dsp::units::db_from_power(rest.max(power_from_db(own - 20.0)));
                (own > loudness - ASIDE_LU).then_some(Phrase { from_s, to_s, over_lu })
            })
            .collect();
        let middle_lu = median(phrases.iter().map(|phrase| phrase.over_lu))?;
        let moves: Vec<f64> = phrases.iter().map(|phrase| ride_db(middle_lu - phrase.over_lu)).collect();
        let ridden = moves.iter().filter(|db| **db != 0.0).count();
        let furthest = phrases.iter().map(|phrase| phrase.over_lu - middle_lu);
        let furthest = furthest.reduce(|far, other| if other.abs() > far.abs() { other } else { far })?;
        if ridden == 0 {
            return None;
        }
        let because = format!(
            "{ridden} of {} phrases stand more than {STRAY_LU} LU nearer or further from the band than the others",
            phrases.len()
        );
        Proposal::new(self.id(), Sureness::Likely, because)
            .measured("voice over the band, in the middle", middle_lu, "LU")
            .measured("the phrase that strays furthest", furthest, "LU")
            .lane(session, &voice.track.id, "ride", fields::FADER_DB.id, &points(&phrases, &moves))
    }
}

/// How far a phrase is ridden that stands this much too low, in dB.
fn ride_db(low_lu: f64) -> f64 {
    if low_lu.abs() <= STRAY_LU {
        return 0.0;
    }
    libm::round(10.0 * (PART * low_lu).clamp(-MOST_DB, MOST_DB)) / 10.0
}

/// Where the voice sings, in seconds of the session.
fn phrases(voice: &Known) -> Vec<(f64, f64)> {
    let contour = &voice.facts.profile.contour.powers;
    let Some(lufs) = voice.facts.loudness_lufs() else { return Vec::new() };
    // Power of loudness: −0.691 LUFS is a mean square of 1 (BS.1770).
    let least = power_from_db(lufs - SILENT_LU + 0.691);
    let mut found: Vec<(f64, f64)> = Vec::new();
    for (step, power) in contour.iter().enumerate() {
        if f64::from(*power) < least {
            continue;
        }
        let from_s = voice.facts.at_s + step as f64 * LoudnessContour::STEP_S;
        let to_s = from_s + LoudnessContour::STEP_S;
        match found.last_mut() {
            Some((_, end)) if from_s - *end < PAUSE_S => *end = to_s,
            _ => found.push((from_s, to_s)),
        }
    }
    found.retain(|(from_s, to_s)| to_s - from_s >= PHRASE_S && *from_s >= 0.0);
    found
}

/// Each phrase at its own offset; moves lie between phrases, the longest of them within half a second of the next one.
fn points(phrases: &[Phrase], moves: &[f64]) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for (phrase, db) in phrases.iter().zip(moves) {
        match points.last().copied() {
            Some((_, last)) if last == *db => {
                points.pop();
            }
            Some((last_s, last)) => {
                points.extend([((phrase.from_s - 0.5).max(last_s), last), (phrase.from_s - 0.05, *db)])
            }
            None if *db != 0.0 => {
                points.extend([((phrase.from_s - 0.5).max(0.0), 0.0), ((phrase.from_s - 0.05).max(0.0), *db)])
            }
            None => points.push((phrase.from_s, 0.0)),
        }
        points.push((phrase.to_s, *db));
    }
    if let Some((last_s, last)) = points.last().copied()
        && last != 0.0
    {
        points.push((last_s + 0.5, 0.0));
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_lie_in_the_pauses_and_end_where_they_began() {
        let phrase = |from_s, to_s| Phrase { from_s, to_s, over_lu: 0.0 };
        let phrases = [phrase(1.0, 3.0), phrase(4.0, 6.0), phrase(7.0, 9.0), phrase(9.4, 11.0)];
        let points = points(&phrases, &[0.0, 2.0, 2.0, -1.0]);
        assert_eq!(
            points,
            [
                (1.0, 0.0),
                (3.0, 0.0),
                (3.5, 0.0),
                (3.95, 2.0),
                (9.0, 2.0),
                (9.0, 2.0),
                (9.35, -1.0),
                (11.0, -1.0),
                (11.5, 0.0)
            ]
        );
        assert!(points.is_sorted_by(|a, b| a.0 <= b.0));
    }

    #[test]
    fn what_strays_a_little_is_left_and_what_strays_far_comes_back_in_part() {
        assert_eq!([1.4, -1.4, 2.0, -4.0, 9.0].map(ride_db), [0.0, 0.0, 1.2, -2.4, 3.0]);
    }
}
