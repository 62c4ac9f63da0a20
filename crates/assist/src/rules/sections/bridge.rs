//! Gives a bridge a place of its own where the arrangement gives it none.
//!
//! **What it does.** Where a bridge is as loud as the section before it, within [`ALIKE_LU`], and the same tracks play, the voice
//! stands further back in the hall or on the plate it is sent to already: a lane `bridge` of [`DEEPER_DB`] on that send, there
//! within the beat before and gone within the beat after. Nothing where the bridge differs by itself, or where the voice is sent
//! nowhere.
//!
//! **Why.** A bridge is where the song goes somewhere else. Where neither the players nor the level say so, space can, without
//! taking anything from anybody.
//!
//! **Evidence.** The loudness of both sections; who plays in each.
//!
//! **Example.** A bridge 0.3 LU under the chorus before it, with the same eleven tracks: the voice's hall 3 dB up in it.
//!
//! **Known problems.** Words that matter most in a bridge stand further back in it.
//!
//! **Options.** `lock = ["bridge"]` on the track; the sections in the session.
//!
//! **Sureness.** Likely.
//!
//! **References.** Ours: 3 dB of reverberation are noticed at once (listeners' steps lie between 1.5 and 3 dB) and take nothing from
//! the voice itself.

use mixkeel_analysis::energy::cell_from_seconds;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::role::Role;
use mixkeel_session::session::{Section, Session};

use super::spans::{held, move_s};
use crate::forecast::Forecast;
use crate::rule::{Proposal, Rule};
use crate::song::Song;
use crate::start::Start;
use crate::things::before;

/// Sections whose loudness differs by less than this are as loud as each other, in LU: what listeners tell apart.
pub const ALIKE_LU: f64 = 1.0;

/// How much more of the space there is, in dB.
pub const DEEPER_DB: f64 = 3.0;

/// A track plays in a section where it is no further than this under its own loudness, in LU. Ours: less is bleed and tails.
const PLAYS_LU: f64 = 20.0;

/// See the head of this file.
#[derive(Debug)]
pub struct Bridge;

impl Rule for Bridge {
    fn id(&self) -> &'static str {
        "sections/bridge"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        let pairs: Vec<(&Section, &Section)> = session
            .sections
            .windows(2)
            .filter_map(|two| match two {
                [one, other] if other.kind == "bridge" && one.kind != "bridge" => Some((one, other)),
                _ => None,
            })
            .collect();
        if song.start == Start::Tracks || pairs.is_empty() {
            return Vec::new();
        }
        let earlier = before(self.id(), session);
        let Ok(forecast) = Forecast::of(song, &earlier) else { return Vec::new() };
        let all = forecast.sum();
        let lufs = |section: &Section| all.lufs(cells(section));
        let alike = |(one, other): &&(&Section, &Section)| {
            let near = lufs(one).zip(lufs(other)).is_some_and(|(a, b)| (a - b).abs() < ALIKE_LU);
            near && players(&forecast, one) == players(&forecast, other)
        };
        let flat: Vec<&Section> = pairs.iter().filter(alike).map(|(_, bridge)| *bridge).collect();
        if flat.is_empty() {
            return Vec::new();
        }
        let points = held(&flat, DEEPER_DB, move_s(session));
        let tracks = song.sounding(session);
        let voices = tracks
            .iter()
            .filter(|known| known.role == Role::LeadVocal && session.focus.contains(&known.track.id));
        voices
            .filter_map(|voice| {
                let sends = voice.track.sends.iter().filter(|send| send.level_db.is_finite());
                let most = sends.max_by(|a, b| a.level_db.total_cmp(&b.level_db).then(b.id.cmp(&a.id)))?;
                let because = format!(
                    "{} is as loud as what goes before it and has the same players: the voice goes {DEEPER_DB:.0} dB deeper \
                     into the {} there",
                    flat.iter().map(|bridge| bridge.id.as_str()).collect::<Vec<_>>().join(", "),
                    most.to
                );
                Proposal::new(self.id(), Sureness::Likely, because)
                    .measured("tracks that play in both", players(&forecast, flat.first()?).len() as f64, "")
                    .lane(session, &voice.track.id, "bridge", &format!("{}/level_db", most.id), &points)
            })
            .collect()
    }
}

fn cells(section: &Section) -> std::ops::Range<usize> {
    cell_from_seconds(section.from_s)..cell_from_seconds(section.to_s)
}

/// The tracks that play in a section, by their numbers.
fn players(forecast: &Forecast, section: &Section) -> Vec<usize> {
    let plays = |track: &usize| {
        let own = forecast.integrated_lufs(*track);
        let here = forecast.lufs(*track, cells(section));
        own.zip(here).is_some_and(|(own, here)| here > own - PLAYS_LU)
    };
    (0..forecast.tracks().len()).filter(plays).collect()
}
