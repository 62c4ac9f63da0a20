//! Keeps the mix whole on one loudspeaker: narrows what goes in mono.
//!
//! **What it does.** Where the render loses more than [`MOST_LOST_LU`] and a step that is just heard in mono, the tracks that hold
//! most of what the sides have and the middle has not are narrowed by [`NARROWER`]: stereo tracks by their width, those at the
//! sides by their place. The focus stays. Only where the balance is ours.
//!
//! **Why.** Phones, shops and clubs have one channel, and what is opposite on both sides is not there.
//!
//! **Evidence.** Loudness of the mono sum beside that of both channels.
//!
//! **Example.** A widened pad loses half of itself: width 1 to 0.8.
//!
//! **Known problems.** A polarity fault within one file is narrowed, not turned; `repair/polarity` knows several files.
//!
//! **Options.** `lock = ["width"]`, `lock = ["pan"]`; `--rounds 0`; `--keep pan`.
//!
//! **Sureness.** Likely.
//!
//! **References.** Unrelated channels lose 3 LU; mixes with a middle 0.5 to 2.

use mixkeel_judge::sides::by_side;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::fields;
use mixkeel_session::session::Session;

use crate::rounds::aim::Aim;
use crate::rounds::{Correction, Hearing};
use crate::rule::{Proposal, Rule};
use crate::song::Song;
use crate::start::Start;

/// What may be gone in mono, in LU: `mono-loss` calls half a LU more a fault.
pub const MOST_LOST_LU: f64 = 2.0;

/// By how much a track is narrowed in a round.
pub const NARROWER: f64 = 0.2;

/// What is just heard beyond that, in LU.
const JUST_HEARD_LU: f64 = 0.5;

/// So many tracks are narrowed in a round.
const TRACKS: usize = 2;

/// See the head of this file.
#[derive(Debug)]
pub struct Mono;

impl Rule for Mono {
    fn id(&self) -> &'static str {
        "loop/mono"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn listens(&self) -> bool {
        true
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        let Some(hearing) = Hearing::of(song, session) else { return Vec::new() };
        let Some(aim) = aim(&hearing).filter(Aim::is_heard) else { return Vec::new() };
        let because =
            format!("in mono the render loses {:.1} LU, and this track holds much of that", aim.measured);
        let causes = by_side(hearing.evidence, (20.0, 20_000.0));
        let tracks = causes.iter().filter_map(|cause| {
            let track = session.tracks.iter().find(|track| track.id == cause.id)?;
            (!session.focus.contains(&track.id)).then_some(track)
        });
        let narrowed = tracks.take(TRACKS).filter_map(|track| {
            let known = song.tracks.iter().find(|facts| facts.id == track.id)?;
            let mono = known.profile.channels == mixkeel_dsp::block::Channels::Mono;
            let (field, now) =
                if mono { (fields::PAN.id, track.pan) } else { (fields::WIDTH.id, track.width) };
            Proposal::new(self.id(), Sureness::Likely, because.clone())
                .measured(&aim.what, aim.measured, aim.unit)
                .set_number(session, &track.id, field, now * (1.0 - NARROWER))
        });
        narrowed.collect()
    }
}

impl Correction for Mono {
    fn aims(&self, hearing: &Hearing) -> Vec<Aim> {
        aim(hearing).into_iter().collect()
    }
}

fn aim(hearing: &Hearing) -> Option<Aim> {
    if hearing.song.start != Start::Fresh {
        return None;
    }
    Some(Aim {
        what: "lost in mono".to_owned(),
        measured: hearing.evidence.sound.stereo.mono_loss_lu?,
        at_least: f64::NEG_INFINITY,
        at_most: MOST_LOST_LU,
        unit: "LU",
        just_heard: JUST_HEARD_LU,
    })
}
