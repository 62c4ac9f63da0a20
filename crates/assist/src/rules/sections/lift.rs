//! Lets choruses lift where the arrangement alone does not.
//!
//! **What it does.** Where the song's sections are known and its choruses are told to be less than [`WANTED_LU`] louder than its
//! verses, raises everything in the choruses together by what is missing, [`LEAST_DB`] to [`MOST_DB`]: a lane `lift` on every
//! direct input of the master, up within the beat before a chorus and down within the beat after it. Nothing where the
//! contour is there already.
//!
//! **Why.** A chorus that is no louder than the verse feels smaller, because there is more in it. All together, so that nothing
//! between the tracks changes.
//!
//! **Evidence.** The loudness of every section, told from the profiles.
//!
//! **Example.** Choruses 0.6 LU over the verses: +1.4 dB in each of them.
//!
//! **Known problems.** A song whose chorus is meant to drop is lifted against its will.
//!
//! **Options.** `lock = ["lift"]` on a bus; the sections in the session.
//!
//! **Sureness.** Likely.
//!
//! **References.** Usual rides between sections: choruses +0.5 to +2 dB.

use mixkeel_analysis::energy::cell_from_seconds;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::fields;
use mixkeel_session::session::{Section, Session};

use crate::forecast::Forecast;
use crate::levels::median;
use crate::rule::{Proposal, Rule};
use crate::rules::space::depth::beat_s;
use crate::song::Song;
use crate::start::Start;
use crate::things::before;

/// How much louder than the verses the choruses are to be, in LU. Ours: the upper end of what is ridden.
pub const WANTED_LU: f64 = 2.0;

/// Less is not heard, in dB.
pub const LEAST_DB: f64 = 0.5;

/// More is heard as a move, in dB.
pub const MOST_DB: f64 = 1.5;

/// See the head of this file.
#[derive(Debug)]
pub struct Lift;

impl Rule for Lift {
    fn id(&self) -> &'static str {
        "sections/lift"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        let of =
            |kind: &str| session.sections.iter().filter(|section| section.kind == kind).collect::<Vec<_>>();
        let (verses, choruses) = (of("verse"), of("chorus"));
        if song.start == Start::Tracks || verses.is_empty() || choruses.is_empty() {
            return Vec::new();
        }
        let earlier = before(self.id(), session);
        let Ok(forecast) = Forecast::of(song, &earlier) else { return Vec::new() };
        let sum = forecast.sum();
        let loudness = |sections: &[&Section]| {
            let of = |section: &&Section| {
                sum.lufs(cell_from_seconds(section.from_s)..cell_from_seconds(section.to_s))
            };
            median(sections.iter().filter_map(of))
        };
        let (Some(verse), Some(chorus)) = (loudness(&verses), loudness(&choruses)) else { return Vec::new() };
        let missing_db = WANTED_LU - (chorus - verse);
        let lift_db = libm::round(10.0 * missing_db.min(MOST_DB)) / 10.0;
        if lift_db < LEAST_DB {
            return Vec::new();
        }
        let points = points(&choruses, lift_db, beat_s(session).unwrap_or(0.5).min(1.0));
        let because = format!(
            "the choruses are {:.1} LU {} than the verses; they lift by {lift_db:.1} dB, all together",
            (chorus - verse).abs(),
            if chorus >= verse { "louder" } else { "softer" }
        );
        let mut inputs: Vec<&str> =
            session.strips().filter(|strip| strip.to == "master").map(|strip| strip.id).collect();
        inputs.sort_unstable();
        inputs
            .into_iter()
            .filter_map(|strip| {
                Proposal::new(self.id(), Sureness::Likely, because.clone())
                    .measured("choruses beside verses", chorus - verse, "LU")
                    .lane(session, strip, "lift", fields::FADER_DB.id, &points)
            })
            .collect()
    }
}

/// Up within a beat before each section and down within a beat after it; sections that touch stay up between them.
fn points(sections: &[&Section], lift_db: f64, beat_s: f64) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for section in sections {
        let from_s = (section.from_s - beat_s).max(0.0);
        match points.last() {
            Some((last_s, _)) if *last_s >= from_s => {
                points.pop();
                points.pop();
            }
            _ => points.extend([(from_s, 0.0), (section.from_s.max(from_s), lift_db)]),
        }
        points.extend([(section.to_s, lift_db), (section.to_s + beat_s, 0.0)]);
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lift_is_up_with_the_chorus_and_stays_up_between_two_that_touch() {
        let section = |from_s: f64, to_s: f64| Section {
            id: "chorus".to_owned(),
            kind: "chorus".to_owned(),
            from_s,
            to_s,
        };
        let (one, two, three) = (section(10.0, 20.0), section(20.0, 30.0), section(50.0, 60.0));
        assert_eq!(
            points(&[&one, &two, &three], 1.0, 0.5),
            [
                (9.5, 0.0),
                (10.0, 1.0),
                (30.0, 1.0),
                (30.5, 0.0),
                (49.5, 0.0),
                (50.0, 1.0),
                (60.0, 1.0),
                (60.5, 0.0)
            ]
        );
    }
}
