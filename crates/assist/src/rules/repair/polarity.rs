//! Turns a microphone the right way round when it cancels another on the same source.
//!
//! **What it does.** Sets `polarity` to `inverted` on a microphone that carries the body of its source upside down against the
//! first microphone on it (the one inside, on top, or direct; else the first by id), and on overheads that do so against the
//! snare or kick.
//!
//! **Why.** Two microphones of opposite polarity take the body out of the drum that both should give it; no equaliser brings
//! it back.
//!
//! **Evidence.** The delay and sign at which the phases of both agree (GCC-PHAT), in how many blocks they do, and how the
//! bodies (55 to 520 Hz) add up as they are: −1 is silence, 1 the same sound.
//!
//! **Example.** A microphone under the snare at −0.7 is turned: at equal levels 7.5 dB of body come back.
//!
//! **Known problems.** A microphone a quarter of a wavelength away is neither right nor wrong; it is left alone.
//!
//! **Options.** `lock = ["polarity"]`.
//!
//! **Sureness.** Certain where most blocks agree, likely where a third does. Below that, or where less than
//! [`CANCELS`] is lost, nothing is proposed.
//!
//! **References.** Knapp and Carter 1976 (GCC); Clifford and Reiss 2010 (delay of several microphones); thresholds ours.

use mixkeel_dsp::param::Value;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::fields::POLARITY;
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;

use crate::groups::GroupKind;
use crate::related::Body;
use crate::rule::{Proposal, Rule};
use crate::song::{Known, Song};

/// Bodies cancel from here on. Ours: at equal levels 1.5 dB are lost, and 1.1 dB won by turning one, which is heard.
pub const CANCELS: f64 = -0.3;

/// The share of blocks that makes it certain. Ours: most.
const MOST: f64 = 0.6;

/// See the head of this file.
#[derive(Debug)]
pub struct Polarity;

impl Rule for Polarity {
    fn id(&self) -> &'static str {
        "repair/polarity"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        let tracks = song.sounding(session);
        tracks.iter().filter_map(|known| self.turn(known, &tracks, song, session)).collect()
    }
}

impl Polarity {
    fn turn(&self, known: &Known, tracks: &[Known], song: &Song, session: &Session) -> Option<Edit> {
        let reference = reference(known, tracks, song)?;
        let related = song.related.iter().find(|pair| pair.is(&known.track.id, &reference.track.id))?;
        let (later_ms, inverted) = related.later_ms(&known.track.id)?;
        let body = related.body.filter(|body| inverted && body.as_is <= CANCELS)?;
        // What was turned by hand already is right.
        if known.track.inverted != reference.track.inverted {
            return None;
        }
        let confidence = related.pair.delay.map_or(0.0, |delay| delay.confidence);
        let sureness = if confidence >= MOST { Sureness::Certain } else { Sureness::Likely };
        let back_db = Body::sum_db(-body.as_is, 0.0) - Body::sum_db(body.as_is, 0.0);
        let because = format!(
            "it hears the same as {} upside down; turned, {back_db:.1} dB of body come back where both are equally loud",
            reference.track.name
        );
        Proposal::new(self.id(), sureness, because)
            .measured("blocks that agree", confidence, "")
            .measured("delay", later_ms, "ms")
            .measured("likeness of the bodies", body.as_is, "")
            .set(session, &known.track.id, "polarity", Value::Word(POLARITY[1].to_owned()))
    }
}

/// The microphone that the others on its source are compared with; nothing for itself.
pub(super) fn reference<'a>(known: &Known, tracks: &'a [Known<'a>], song: &Song) -> Option<&'a Known<'a>> {
    let find = |id: &str| tracks.iter().find(|other| other.track.id == id);
    let one_source = [GroupKind::Microphones, GroupKind::DirectAndAmplifier];
    let group = song.groups_of(&known.track.id).find(|group| one_source.contains(&group.kind));
    let first = |ids: &[String]| -> Option<&'a Known<'a>> {
        let members = ids.iter().filter_map(|id| find(id)).filter(|member| member.role != Role::Overheads);
        members.min_by_key(|member| (rank(&member.track.name), member.track.id.clone()))
    };
    if let Some(group) = group {
        return first(&group.tracks).filter(|first| first.track.id != known.track.id);
    }
    if known.role != Role::Overheads {
        return None;
    }
    // Overheads hear the snare best; its first microphone is theirs too.
    [Role::Snare, Role::Kick].iter().find_map(|role| {
        let close: Vec<String> =
            tracks.iter().filter(|other| other.role == *role).map(|other| other.track.id.clone()).collect();
        first(&close)
    })
}

/// The nearer to the source, the lower.
fn rank(name: &str) -> usize {
    let words = crate::roles::split::words(name);
    let says = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    match () {
        () if says(&["in", "inside", "top", "di", "direct", "line"]) => 0,
        () if says(&[
            "out", "outside", "sub", "btm", "bot", "bottom", "under", "amp", "cab", "room", "far",
        ]) =>
        {
            2
        }
        () => 1,
    }
}
