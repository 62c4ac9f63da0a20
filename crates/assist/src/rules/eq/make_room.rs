//! Makes room for what the song is about, where others cover it, and only while it sounds.
//!
//! **What it does.** Tells at the levels of the mix how much of the focus is lost to whom and in which part of the spectrum
//! (partial loudness), and lets those who take most step back there: bells, dynamic and keyed by the focus, so that they are there
//! only while both sound. All go deeper together, [`LIMITS`] says by how much a round and how far, until the focus loses half of
//! what it lost; kept is what brought the focus most for what all others lose together, which counts half. Nobody loses more
//! than a third more than before. Where a bell is as deep as it may be and the masker still covers elsewhere, another goes there,
//! three on one track at most. The focus itself is never cut, but may be raised broadly by [`LIFT_DB`] where it still loses most.
//! Microphones of one kit and unknown tracks are left alone.
//!
//! **Why.** A voice that is covered can be turned up until everything else is too soft, or be given the octave that it needs.
//!
//! **Evidence.** Loudness of the focus alone and within the rest, by band, before and as expected after.
//!
//! **Example.** Guitars take a fifth of the voice's loudness around 2.6 kHz: −3.5 dB there while it sings.
//!
//! **Known problems.** The model knows steady sounds and no binaural release: what stands at the other side is taken to cover
//! a little more than it does. Cuts are told as if they were fully open whenever the focus sounds. Of several
//! voices in focus the one that sounds most is the key.
//!
//! **Options.** `focus` in the session; `lock`, or `bypass` on the insert.
//!
//! **Sureness.** Likely.
//!
//! **References.** Hafezi and Reiss 2015 with what a replication found missing: at fader level, only where the masker is the
//! louder one, and dropped where it does not help; Aichinger et al. 2011 (masked to unmasked); ANSI S3.4-2007; Pestana and
//! Reiss 2014 (narrow cuts, broad boosts). Weights and caps are ours.

use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;

use super::listening::{Bell, Limits, Listening};
use crate::forecast::Forecast;
use crate::rule::{Proposal, Rule};
use crate::rules::dynamics::by_crest_and_role::between_onsets_s;
use crate::song::{Known, Song};
use crate::start::Start;
use crate::things::{NewInsert, before};

/// How far it goes. The deepest cut is what Hafezi and Reiss cap theirs at and half as much again, because these are there only
/// while the focus sounds; three bells, because a pad or a wall of guitars covers three octaves and more. Half of what is lost,
/// and a third more for others, is what is asked of this. The rest is ours: who takes less than a fiftieth is not in the way, all
/// of it is to bring a third of what is just heard, and what others lose counts half, because the focus carries the song.
pub const LIMITS: Limits = Limits {
    step_db: 1.5,
    most_db: 6.0,
    bells: 3,
    content: 0.5,
    rise: 4.0 / 3.0,
    least_part: 0.02,
    least_gain: 0.006,
    weight: 0.5,
};

/// How far the focus may be raised where it still loses most, in dB, and how broadly.
pub const LIFT_DB: f64 = 2.0;
/// See [`LIFT_DB`].
pub const LIFT_Q: f64 = 0.7;

/// The key opens the cut this far under the usual level of the focus, in dB.
const UNDER_USUAL_DB: f64 = 18.0;

/// Who is never cut: kits are one sound in many microphones, lows are no business of a voice, and what nobody knows is
/// left alone.
fn is_left_alone(role: Role) -> bool {
    matches!(
        role,
        Role::Unknown
            | Role::Kick
            | Role::Snare
            | Role::Toms
            | Role::Hihat
            | Role::Overheads
            | Role::Room
            | Role::Cymbals
            | Role::Percussion
            | Role::LeadVocal
            | Role::Mix
    )
}

/// See the head of this file.
#[derive(Debug)]
pub struct MakeRoom;

impl Rule for MakeRoom {
    fn id(&self) -> &'static str {
        "eq/make-room"
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
        let earlier = before(self.id(), session);
        let Ok(forecast) = Forecast::of(song, &earlier) else { return Vec::new() };
        let tracks = song.sounding(session);
        let is_focus = |known: &&Known| session.focus.contains(&known.track.id);
        let mut focus: Vec<&Known> = tracks.iter().filter(is_focus).collect();
        // The key: the one that sounds most.
        focus.sort_by(|a, b| b.activity().total_cmp(&a.activity()).then(a.track.id.cmp(&b.track.id)));
        let numbers: Vec<usize> = focus.iter().filter_map(|known| forecast.number(&known.track.id)).collect();
        let Some(mut listening) = Listening::of(&forecast, &numbers) else { return Vec::new() };
        let start = listening.audible();
        let of_sound = |sound: usize| tracks.iter().find(|known| number_of(&forecast, known) == Some(sound));
        let cuts: Vec<(&Known, Vec<Bell>)> = listening
            .make_room(&LIMITS, |sound| {
                of_sound(sound).is_some_and(|known| !is_focus(&known) && !is_left_alone(known.role))
            })
            .into_iter()
            .filter_map(|(sound, bells)| Some((of_sound(sound)?, bells)))
            .collect();
        if cuts.is_empty() {
            return Vec::new();
        }
        let lift = listening.lift(LIFT_DB, LIFT_Q, &LIMITS);
        let end = listening.audible();
        let mut edits = Vec::new();
        for (known, bells) in &cuts {
            edits.extend(self.on_masker(known, bells, &focus, [start, end], session));
        }
        if let Some(bell) = lift {
            edits.extend(focus.iter().flat_map(|known| self.on_focus(known, &bell, [start, end], session)));
        }
        edits
    }
}

impl MakeRoom {
    fn on_masker(
        &self,
        known: &Known,
        bells: &[Bell],
        focus: &[&Known],
        audible: [f64; 2],
        session: &Session,
    ) -> Vec<Edit> {
        let Some(key) = focus.first() else { return Vec::new() };
        let Some(usual_db) = usual_peak_dbfs(key) else { return Vec::new() };
        let third_ms = between_onsets_s(key).map_or(200.0, |between_s| 1_000.0 * between_s / 3.0);
        let mut wanted = NewInsert::of("dynamic-eq").keyed_by(&key.track.id);
        for (bell, n) in bells.iter().zip(1..) {
            let at = |leaf: &str| format!("band.{n}/{leaf}");
            let threshold_db = libm::round(usual_db + bell.share_db - UNDER_USUAL_DB).clamp(-80.0, 0.0);
            wanted = wanted
                .about(&at("freq_hz"), bell.freq_hz)
                .number(&at("q"), libm::round(10.0 * bell.q) / 10.0)
                .word(&at("ear"), "key")
                .word(&at("direction"), "cut-above")
                .number(&at("threshold_db"), threshold_db)
                .number(&at("ratio"), 3.0)
                .number(&at("range_db"), -bell.gain_db)
                .number(&at("attack_ms"), 15.0)
                .about(&at("release_ms"), third_ms.clamp(120.0, 250.0));
        }
        let because = format!(
            "it covers {} around {}; {:.0} dB less there while both sound",
            key.track.name,
            bells.iter().map(|bell| hertz(bell.freq_hz)).collect::<Vec<_>>().join(" and "),
            bells.iter().map(|bell| -bell.gain_db).fold(0.0, f64::max),
        );
        self.told(because, audible).insert(session, &known.track.id, &wanted)
    }

    fn on_focus(&self, known: &Known, bell: &Bell, audible: [f64; 2], session: &Session) -> Vec<Edit> {
        let wanted = NewInsert::of("eq")
            .about("band.1/freq_hz", bell.freq_hz)
            .number("band.1/gain_db", bell.gain_db)
            .number("band.1/q", bell.q);
        let because =
            format!("it is covered most around {}, also after others made room", hertz(bell.freq_hz));
        self.told(because, audible).insert(session, &known.track.id, &wanted)
    }

    fn told(&self, because: String, [start, end]: [f64; 2]) -> Proposal {
        Proposal::new(self.id(), Sureness::Likely, because)
            .measured("loudness that the focus keeps within the mix, before", 100.0 * start, "%")
            .measured("and after all of these moves", 100.0 * end, "%")
    }
}

fn number_of(forecast: &Forecast, known: &Known) -> Option<usize> {
    forecast.number(&known.track.id)
}

/// The level that a key usually has while it sounds, as the peak of a sine would read.
fn usual_peak_dbfs(known: &Known) -> Option<f64> {
    let level = known.facts.profile.character.dynamics.levels.level_at_db(0.5)?;
    Some(level + 3.0 + known.track.trim_db)
}

fn hertz(hz: f64) -> String {
    if hz < 1_000.0 { format!("{hz:.0} Hz") } else { format!("{:.1} kHz", hz / 1_000.0) }
}
