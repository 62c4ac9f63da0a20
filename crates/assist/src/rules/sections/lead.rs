//! Brings forward the line that leads where the voice rests.
//!
//! **What it does.** In sections in which none of what the song is about sounds and another voice or line leads (a solo, a theme, one
//! wind instrument), that line comes up where it loses more than [`MOST_LOST_PHON`] to the rest: a lane `lead` on its fader, up
//! within the beat before the section and down within the beat after it, by the least that brings it back under that, [`LEAST_DB`]
//! to [`MOST_DB`], the same in all of its sections. Nothing where the tracks' own balance or that of a rough mix is kept: whoever
//! made it has ridden the solo or has not.
//!
//! **Why.** Balance places a guitar beside a voice. Where it plays alone in front, it is what the song is about, and it still stands
//! where it made room.
//!
//! **Evidence.** Partial loudness of the line within everything else in those sections, told from the profiles.
//!
//! **Example.** A guitar solo between two choruses loses 14 phon to the band: +2.6 dB while it plays.
//!
//! **Known problems.** A riff that goes on under a rest of the voice is taken for a line when its name says "lead". What leads without
//! a name that says so is told only of synthesisers and of a single wind instrument.
//!
//! **Options.** `lock = ["lead"]` on the track; `focus` in the session; the sections in the session; `--keep sections`.
//!
//! **Sureness.** Likely.
//!
//! **References.** Partial loudness after Moore, Glasberg and Baer 1997; 10 phon are half as loud. Usual rides of a lead: up to 3 dB.

use mixkeel_analysis::energy::cell_from_seconds;
use mixkeel_analysis::masking::Console;
use mixkeel_analysis::playback::REFERENCE;
use mixkeel_dsp::units::power_from_db;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::fields;
use mixkeel_session::role::Role;
use mixkeel_session::session::{Id, Section, Session};

use super::spans::{held, move_s};
use crate::focus::by_section;
use crate::forecast::Forecast;
use crate::rule::{Proposal, Rule};
use crate::rules::r#loop::focus::MOST_LOST_PHON;
use crate::song::Song;
use crate::start::Start;
use crate::things::before;

/// Less is not heard, in dB.
pub const LEAST_DB: f64 = 1.0;

/// More is heard as a move, in dB.
pub const MOST_DB: f64 = 3.0;

/// How finely it is looked for, in dB.
const STEP_DB: f64 = 0.1;

/// So many moments of a section are listened to at most. Ours: as [`Forecast::frames`] has it.
const MOMENTS: usize = 32;

/// See the head of this file.
#[derive(Debug)]
pub struct Lead;

/// A line, and the sections that it leads in.
struct Line<'s> {
    tracks: Vec<Id>,
    sections: Vec<&'s Section>,
}

impl Rule for Lead {
    fn id(&self) -> &'static str {
        "sections/lead"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        let lines = if song.start == Start::Fresh { lines(song, session) } else { Vec::new() };
        if lines.is_empty() {
            return Vec::new();
        }
        let earlier = before(self.id(), session);
        let Ok(forecast) = Forecast::of(song, &earlier) else { return Vec::new() };
        lines.iter().flat_map(|line| self.bring_forward(line, &forecast, session)).collect()
    }
}

impl Lead {
    fn bring_forward(&self, line: &Line<'_>, forecast: &Forecast<'_>, session: &Session) -> Vec<Edit> {
        let sounds: Vec<usize> = line.tracks.iter().filter_map(|id| forecast.number(id)).collect();
        let mut console = forecast.console(&[sounds], &moments(line, forecast.cells()), &REFERENCE);
        let Some(lost) = console.within(0).lost_phon() else { return Vec::new() };
        let Some(by_db) = least_db(&mut console) else { return Vec::new() };
        let left = console.within(0).lost_phon().unwrap_or(lost);
        let names: Vec<&str> = line.sections.iter().map(|section| section.id.as_str()).collect();
        let because = format!(
            "it leads in {}, where nothing sounds that the song is about, and loses {lost:.0} phon to the rest: {by_db:.1} dB up \
             there leave {left:.0}",
            names.join(", ")
        );
        let points = held(&line.sections, by_db, move_s(session));
        let lane = |id: &Id| {
            Proposal::new(self.id(), Sureness::Likely, because.clone())
                .measured("lost to the rest where it leads", lost, "phon")
                .measured("and after this", left, "phon")
                .lane(session, id, "lead", fields::FADER_DB.id, &points)
        };
        line.tracks.iter().filter_map(lane).collect()
    }
}

/// Who leads while the song is about nobody who sounds, each with all its sections, in order of time.
fn lines<'s>(song: &Song, session: &'s Session) -> Vec<Line<'s>> {
    let known = song.sounding(session);
    // A lead vocal that its owner has not named is not what the song is about.
    let is_lead_vocal =
        |id: &Id| known.iter().any(|known| known.track.id == *id && known.role == Role::LeadVocal);
    let mut lines: Vec<Line<'s>> = Vec::new();
    for (section, focus) in session.sections.iter().zip(by_section(song, session)) {
        let is_known = focus.tracks.iter().any(|id| session.focus.contains(id) || is_lead_vocal(id));
        if !focus.leads || is_known {
            continue;
        }
        match lines.iter_mut().find(|line| line.tracks == focus.tracks) {
            Some(line) => line.sections.push(section),
            None => lines.push(Line { tracks: focus.tracks, sections: vec![section] }),
        }
    }
    lines
}

/// Cells that stand for the sections of a line, evenly spread.
fn moments(line: &Line<'_>, cells: usize) -> Vec<usize> {
    let of = |section: &&Section| {
        let (from, to) = (cell_from_seconds(section.from_s), cell_from_seconds(section.to_s).min(cells));
        let count = MOMENTS.min(to.saturating_sub(from));
        (0..count).map(move |n| from + (2 * n + 1) * (to - from) / (2 * count))
    };
    line.sections.iter().flat_map(of).collect()
}

/// The least by which it has to come up, and with which the console is left. `None` where it loses no more than it may, or
/// where nothing that may be done is heard.
fn least_db(console: &mut Console) -> Option<f64> {
    let mut lost_at = |db: f64| {
        console.set_power(0, power_from_db(db));
        console.within(0).lost_phon()
    };
    if lost_at(0.0)? <= MOST_LOST_PHON {
        return None;
    }
    // It loses less the louder it is.
    let steps = libm::round(MOST_DB / STEP_DB) as usize;
    let (mut low, mut high) = (0, steps);
    while high - low > 1 {
        let middle = (low + high) / 2;
        if lost_at(middle as f64 * STEP_DB)? > MOST_LOST_PHON {
            low = middle;
        } else {
            high = middle;
        }
    }
    let by_db = libm::round(10.0 * high as f64 * STEP_DB) / 10.0;
    lost_at(by_db)?;
    (by_db >= LEAST_DB).then_some(by_db)
}
