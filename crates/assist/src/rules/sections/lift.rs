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

use super::spans::{held, move_s, of_kind};
use crate::forecast::Forecast;
use crate::levels::median;
use crate::rule::{Proposal, Rule};
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
        let (verses, choruses) = (of_kind(session, "verse"), of_kind(session, "chorus"));
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
        let points = held(&choruses, lift_db, move_s(session));
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
