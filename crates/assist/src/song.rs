//! What is known about the recordings before anything is decided.

use mixkeel_analysis::profile::Profile;
use mixkeel_dsp::units::power_from_db;
use mixkeel_session::edit::Sureness;
use mixkeel_session::role::Role;
use mixkeel_session::session::{Session, Track};

use crate::ear::Heard;
use crate::groups::{Group, groups};
use crate::related::Related;
use crate::roles::{NameGuess, Side};
use crate::rough::Rough;
use crate::rounds::intended::Intended;
use crate::start::Start;
use crate::style::{PLAIN, Style};

/// The recordings of a song, and what was heard of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Song {
    /// One for every track of the session, in any order.
    pub tracks: Vec<TrackFacts>,
    /// Which of them were read side by side, and what that showed.
    pub related: Vec<Related>,
    /// Which of them are one instrument or part.
    pub groups: Vec<Group>,
    /// Where the balance starts. [`Start::Auto`] is settled by [`start::choose`](crate::start::choose) before rules run;
    /// left standing it counts as fresh.
    pub start: Start,
    /// How far the levels at which tracks arrive count beside what roles say where the balance starts fresh by itself, 0 to 1.
    /// [`decide`](crate::decide::decide) fills it in.
    pub levels_count: f64,
    /// The owner's rough mix, where there is one.
    pub rough: Option<Rough>,
    /// The session as last rendered. [`decide`](crate::decide::decide) fills it in for rules that listen.
    pub heard: Option<Heard>,
    /// What kind of music it is.
    pub style: Style,
    /// What is not decided again: stages, such as `balance`, and strips by id.
    pub keep: Vec<String>,
    /// What was intended by the decisions, where the loop holds a render against it. [`Rounds`](crate::rounds::Rounds) fills
    /// it in.
    pub intended: Option<Intended>,
}

/// What is known about one track.
#[derive(Clone, Debug, PartialEq)]
pub struct TrackFacts {
    /// The id in the session.
    pub id: String,
    /// The name that people gave it.
    pub name: String,
    /// What it is, by its name or by its owner's word.
    pub role: Role,
    /// How sure that is. What the owner said is certain.
    pub sureness: Sureness,
    /// Left or right, where the name says so.
    pub side: Option<Side>,
    /// The number in the name that tells it from its siblings: 2 of `Tom 2`.
    pub number: Option<u32>,
    /// Where its first frame lies, in seconds from session zero.
    pub at_s: f64,
    /// What was measured.
    pub profile: Profile,
}

impl TrackFacts {
    /// Facts from a name and a measurement.
    pub fn new(id: &str, name: &str, guess: &NameGuess, at_s: f64, profile: Profile) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            role: guess.role,
            sureness: guess.sureness,
            side: guess.side,
            number: guess.number,
            at_s,
            profile,
        }
    }

    /// How loud it is where it plays, in LUFS: the gated loudness; for a recording shorter than one gating block (400
    /// ms) its RMS level, a few LU off at worst. `None` for silence.
    pub fn loudness_lufs(&self) -> Option<f64> {
        let short = || {
            let powers = self.profile.levels.channels.iter().filter_map(|c| c.rms_dbfs).map(power_from_db);
            let power: f64 = powers.sum();
            (self.profile.length_s() < 0.4 && power > 0.0).then(|| mixkeel_dsp::units::db_from_power(power))
        };
        self.profile.loudness.integrated_lufs.or_else(short)
    }
}

/// One track as rules see it: written and measured.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// As written.
    pub track: &'a Track,
    /// As measured.
    pub facts: &'a TrackFacts,
    /// What it is as far as anybody can rely on it: the session's word, or unknown where that rests on a guess.
    pub role: Role,
}

impl Known<'_> {
    /// How much of the song it plays. A recording too short for a reading counts as a hundredth of it (ours).
    pub fn activity(&self) -> f64 {
        self.facts.profile.loudness.active_fraction.max(0.01)
    }

    /// How loud it leaves its fader, in LUFS. `None` for silence.
    pub fn post_fader_lufs(&self) -> Option<f64> {
        let loudness = self.facts.loudness_lufs()? + self.track.trim_db + self.track.fader_db;
        loudness.is_finite().then_some(loudness)
    }
}

impl Song {
    /// A song of these tracks, with the groups that names and relations make of them; nothing is heard yet.
    pub fn new(tracks: Vec<TrackFacts>, related: Vec<Related>, start: Start) -> Self {
        let groups = groups(&tracks, &related);
        Self {
            tracks,
            related,
            groups,
            start,
            levels_count: 0.0,
            rough: None,
            heard: None,
            style: PLAIN,
            keep: Vec::new(),
            intended: None,
        }
    }

    /// The groups that a track is in.
    pub fn groups_of<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Group> {
        self.groups.iter().filter(move |group| group.tracks.iter().any(|member| member == id))
    }

    /// Every track of the session that was measured, in the order of ids, which is the one order that neither files nor
    /// people shuffle.
    pub fn known<'a>(&'a self, session: &'a Session) -> Vec<Known<'a>> {
        let mut known: Vec<Known<'a>> = session
            .tracks
            .iter()
            .filter_map(|track| {
                let facts = self.tracks.iter().find(|facts| facts.id == track.id)?;
                let relied_on = track.role != facts.role || facts.sureness > Sureness::Guess;
                Some(Known { track, facts, role: if relied_on { track.role } else { Role::Unknown } })
            })
            .collect();
        known.sort_by(|a, b| a.track.id.cmp(&b.track.id));
        known
    }

    /// The tracks that are to be heard: not muted, not silent, in the order of ids.
    pub fn sounding<'a>(&'a self, session: &'a Session) -> Vec<Known<'a>> {
        let mut known = self.known(session);
        known.retain(|known| !known.track.mute && known.facts.loudness_lufs().is_some());
        known
    }
}
