//! Lets verses leave room for the voice.
//!
//! **What it does.** Where the voice stands less over everything else in the verses than in the choruses, what does not carry it
//! steps back in the verses by what is missing, [`LEAST_DB`] to [`MOST_DB`]: a lane `room` on every direct input of the master
//! but the voice's, down within the beat before a verse and up within the beat after it. Nothing where there is room already.
//!
//! **Why.** The verse tells the story, and there is less in it to be big. Whoever sings softer there is otherwise behind a band that
//! plays on as it does; and a verse that holds back makes the chorus after it larger for nothing.
//!
//! **Evidence.** The loudness of the voice and of all else in every verse and chorus, told from the profiles.
//!
//! **Example.** The voice 1.2 LU under the rest in the choruses and 2.4 in the verses: the band 1.2 dB down in each verse.
//!
//! **Known problems.** A verse that is meant to drown the voice leaves it room against its will.
//!
//! **Options.** `lock = ["room"]` on a bus; the sections in the session.
//!
//! **Sureness.** Likely.
//!
//! **References.** Usual rides between sections: 0.5 to 2 dB.

use mixkeel_analysis::energy::{Sum, cell_from_seconds};
use mixkeel_dsp::units::{db_from_power, power_from_db};
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::fields;
use mixkeel_session::role::Role;
use mixkeel_session::session::{Section, Session};

use super::spans::{held, move_s, of_kind};
use crate::forecast::Forecast;
use crate::levels::median;
use crate::rule::{Proposal, Rule};
use crate::song::Song;
use crate::start::Start;
use crate::things::before;

/// Less is not heard, in dB.
pub const LEAST_DB: f64 = 0.5;

/// More is heard as a move, in dB.
pub const MOST_DB: f64 = 1.5;

/// See the head of this file.
#[derive(Debug)]
pub struct Verses;

impl Rule for Verses {
    fn id(&self) -> &'static str {
        "sections/verses"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        let (verses, choruses) = (of_kind(session, "verse"), of_kind(session, "chorus"));
        let tracks = song.sounding(session);
        let voices: Vec<&str> = tracks
            .iter()
            .filter(|known| known.role == Role::LeadVocal && session.focus.contains(&known.track.id))
            .map(|known| known.track.id.as_str())
            .collect();
        if song.start == Start::Tracks || voices.is_empty() || verses.is_empty() || choruses.is_empty() {
            return Vec::new();
        }
        let earlier = before(self.id(), session);
        let Ok(forecast) = Forecast::of(song, &earlier) else { return Vec::new() };
        let (voice, all) =
            (forecast.of_some(voices.iter().filter_map(|id| forecast.number(id))), forecast.sum());
        let over =
            |sections: &[&Section]| median(sections.iter().filter_map(|one| over_lu(&voice, &all, one)));
        let (Some(verse), Some(chorus)) = (over(&verses), over(&choruses)) else { return Vec::new() };
        let back_db = libm::round(10.0 * (chorus - verse).min(MOST_DB)) / 10.0;
        if back_db < LEAST_DB {
            return Vec::new();
        }
        let points = held(&verses, -back_db, move_s(session));
        let because = format!(
            "the voice stands {:.1} LU nearer to the rest in the verses than in the choruses: there the rest steps back \
             by {back_db:.1} dB",
            chorus - verse
        );
        let carries = |strip: &str| voices.iter().any(|voice| session.goes_through(voice, strip));
        let mut inputs: Vec<&str> = session
            .strips()
            .filter(|strip| strip.to == "master" && !carries(strip.id))
            .map(|strip| strip.id)
            .collect();
        inputs.sort_unstable();
        inputs
            .into_iter()
            .filter_map(|strip| {
                Proposal::new(self.id(), Sureness::Likely, because.clone())
                    .measured("voice over the rest in verses", verse, "LU")
                    .measured("voice over the rest in choruses", chorus, "LU")
                    .lane(session, strip, "room", fields::FADER_DB.id, &points)
            })
            .collect()
    }
}

/// How far a voice stands over everything else in a section, in LU. `None` where it does not sing, or sings alone.
fn over_lu(voice: &Sum, all: &Sum, section: &Section) -> Option<f64> {
    let cells = || cell_from_seconds(section.from_s)..cell_from_seconds(section.to_s);
    let (own, all) = (voice.lufs(cells())?, all.lufs(cells())?);
    let rest = power_from_db(all) - power_from_db(own);
    let over = own - db_from_power(rest);
    // So far over the rest there is nothing that could step back, and so far under it is no voice that leads.
    (rest > 0.0 && over.abs() < 15.0).then_some(over)
}
