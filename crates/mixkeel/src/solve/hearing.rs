//! Where goals are heard: the sections that they are about while the search goes on, all of the song at the end.

use mixkeel_assist::rounds::parts::{Part, parts};
use mixkeel_judge::evidence::{Evidence, Gathered};
use mixkeel_judge::goals::{Others, Rendered};
use mixkeel_session::edit::Edit;
use mixkeel_session::goal::{Beside, Meaning, That};
use mixkeel_session::session::{Bus, Session};

use super::{Ground, values};
use crate::error::Error;
use crate::evidence::{Wanted, passes_as_it_is, read_with_the_rest, with_the_rest};
use crate::watch::Watch;

/// Parts that are more of a song than this save nothing worth having. Ours.
const MOST: f64 = 0.6;

/// What goals measure, each or why not.
pub(super) type Values = Vec<Result<f64, String>>;

/// Hears sessions for some goals.
pub(super) struct Hearing<'a> {
    pub ground: &'a Ground,
    pub meanings: &'a [&'a Meaning],
    /// What goals compare with.
    pub others: Others<'a>,
    /// The playback systems that goals are about.
    pub systems: &'a [&'a str],
    parts: Vec<Part>,
    /// Whether these are excerpts of sections, not all of them.
    excerpts: bool,
    /// What the session as it stands measures, whole and in parts, and what was heard for that.
    were: &'a Values,
    were_in_parts: Values,
    base: &'a Evidence,
    base_in_parts: Option<Gathered>,
}

impl<'a> Hearing<'a> {
    /// Hears the session as it stands in the parts that matter to goals; whole, it was heard already. Goals that only have to
    /// go on passing wait for the whole.
    pub fn new(
        ground: &'a Ground,
        (meanings, asked_for): (&'a [&'a Meaning], &[bool]),
        others: Others<'a>,
        systems: &'a [&'a str],
        (base, were): (&'a Evidence, &'a Values),
        watch: &dyn Watch,
    ) -> Result<Self, Error> {
        let asked: Vec<&Meaning> =
            meanings.iter().zip(asked_for).filter(|(_, asked)| **asked).map(|(one, _)| *one).collect();
        let (parts, excerpts) = concerned(ground, &asked);
        let mut hearing = Self {
            ground,
            meanings,
            others,
            systems,
            parts,
            excerpts,
            were,
            were_in_parts: Vec::new(),
            base,
            base_in_parts: None,
        };
        if hearing.has_parts() {
            let wanted = Wanted::on(systems);
            let read = ground.listen_in_parts(&ground.session, &hearing.parts, wanted, watch)?;
            hearing.were_in_parts = hearing.values(&wanted.evidence(read.clone()));
            hearing.base_in_parts = Some(read);
        }
        Ok(hearing)
    }

    /// Whether there are parts that are worth hearing by themselves.
    pub fn has_parts(&self) -> bool {
        !self.parts.is_empty()
    }

    /// Whether there is a goal that the parts do not tell.
    pub fn hides_some(&self) -> bool {
        self.excerpts && self.meanings.iter().any(|meaning| !told_by_excerpts(meaning))
    }

    /// What goals would measure in all of a session that some edits made, from what is heard of the parts: what the session as
    /// it stands measures, moved by as much as the parts have moved. Where excerpts do not tell what a goal measures, it is what
    /// was foretold.
    pub fn in_parts(
        &self,
        session: &Session,
        edits: &[Edit],
        foretold: &[Option<f64>],
        watch: &dyn Watch,
    ) -> Result<Values, Error> {
        let changed = sounding_otherwise(session, edits);
        let strips = self.base_in_parts.as_ref().map(|_| changed.as_slice());
        let wanted = Wanted { strips, ..Wanted::on(self.systems) };
        let read = self.ground.listen_in_parts(session, &self.parts, wanted, watch)?;
        let read = match &self.base_in_parts {
            Some(base) => read_with_the_rest(read, base, &changed),
            None => read,
        };
        let now = self.values(&wanted.evidence(read));
        let goals = self.meanings.iter().zip(self.were).zip(self.were_in_parts.iter().zip(now)).zip(foretold);
        Ok(goals
            .map(|(((meaning, was), (was_here, now)), foretold)| match (was, was_here, now) {
                (Ok(was), ..) if self.excerpts && !told_by_excerpts(meaning) => Ok(foretold.unwrap_or(*was)),
                (Ok(was), Ok(was_here), Ok(now)) if meaning.that == That::Wider => Ok(was * now / was_here),
                (Ok(was), Ok(was_here), Ok(now)) => Ok(was + now - was_here),
                (_, _, now) => now,
            })
            .collect())
    }

    /// What goals measure in all of a session that some edits made.
    pub fn whole(
        &self,
        session: &Session,
        edits: &[Edit],
        watch: &dyn Watch,
    ) -> Result<(Evidence, Values), Error> {
        let changed = self.changed(session, edits);
        let wanted = Wanted { strips: changed.as_deref(), ..Wanted::on(self.systems) };
        let heard = self.ground.listen(session, wanted, watch)?;
        let heard = match &changed {
            Some(changed) => with_the_rest(heard, self.base, changed),
            None => heard,
        };
        let values = self.values(&heard);
        Ok((heard, values))
    }

    fn values(&self, evidence: &Evidence) -> Values {
        values(self.meanings, &Rendered { evidence }, self.others)
    }

    /// The strips that stand otherwise in the mix after some edits: those that they are about, those that are keyed by one of
    /// them, those whose bus is turned or works by level, and all buses and returns. `None` where a goal asks who covers whom,
    /// which takes all of them, or everything has moved.
    fn changed(&self, session: &Session, edits: &[Edit]) -> Option<Vec<String>> {
        let by_ear = |that: That| matches!(that, That::Audible | That::Translates | That::Uncovered);
        let all = edits.iter().any(|edit| edit.address.strip == "master");
        if all || self.meanings.iter().any(|meaning| by_ear(meaning.that)) {
            return None;
        }
        let sums = session.buses.iter().map(|bus| &bus.id).chain(session.returns.iter().map(|one| &one.id));
        let mut changed: Vec<String> = edits.iter().map(|edit| edit.address.strip.clone()).collect();
        // Where a bus is turned, or does not pass everything as it is, what feeds it moves with it, and with each other.
        let edited = changed.clone();
        let moves = |bus: &Bus, changed: &[String]| {
            let touched = || changed.iter().any(|id| session.buses_after(id).any(|one| one.id == bus.id));
            edited.contains(&bus.id) || (!passes_as_it_is(&bus.strip) && touched())
        };
        loop {
            let next = session.tracks.iter().find(|track| {
                let mut keys = track.inserts.iter().flat_map(|insert| &insert.keys);
                let mut buses = session.buses_after(&track.id);
                !changed.contains(&track.id)
                    && (keys.any(|key| changed.contains(key)) || buses.any(|bus| moves(bus, &changed)))
            });
            let Some(next) = next else { break };
            changed.push(next.id.clone());
        }
        changed.extend(sums.cloned());
        changed.sort_unstable();
        changed.dedup();
        Some(changed)
    }
}

/// The strips that leave their own fader otherwise after some edits: those that they are about, those that are keyed by one of
/// them, and whatever one of these feeds.
fn sounding_otherwise(session: &Session, edits: &[Edit]) -> Vec<String> {
    let mut changed: Vec<String> = edits.iter().map(|edit| edit.address.strip.clone()).collect();
    loop {
        let before = changed.len();
        for strip in session.strips() {
            let is_changed = changed.iter().any(|id| id == strip.id);
            let mut keys = strip.inserts.iter().flat_map(|insert| &insert.keys);
            if is_changed {
                let fed = strip.sends.iter().map(|send| send.to.as_str()).chain([strip.to]);
                let new: Vec<String> =
                    fed.filter(|id| changed.iter().all(|one| one != id)).map(str::to_owned).collect();
                changed.extend(new);
            } else if keys.any(|key| changed.contains(key)) {
                changed.push(strip.id.to_owned());
            }
        }
        if changed.len() == before {
            break;
        }
    }
    changed.sort_unstable();
    changed.dedup();
    changed
}

/// Whether some of every section tells what a goal measures. How far a level spreads it does not: one soft line that is left out
/// changes it by more than what was turned.
fn told_by_excerpts(meaning: &Meaning) -> bool {
    meaning.that != That::Steady
}

/// The sections that goals are about; where one is about all of the song, some of every section, as the loop hears it, and
/// whether it is this. Nothing where that is most of the song, or tells no goal.
fn concerned(ground: &Ground, meanings: &[&Meaning]) -> (Vec<Part>, bool) {
    let session = &ground.session;
    let in_sections = |meaning: &&Meaning| meaning.within.is_some() && meaning.that != That::Biggest;
    let whole_sections = meanings.iter().all(in_sections);
    let chosen = if whole_sections {
        let named = |id: &str, kind: &str| {
            meanings.iter().any(|meaning| {
                let other = match &meaning.than {
                    Some(Beside::Section(other)) => Some(other.as_str()),
                    _ => None,
                };
                meaning.within.as_deref().into_iter().chain(other).any(|place| place == id || place == kind)
            })
        };
        let mut sections: Vec<Part> = session
            .sections
            .iter()
            .filter(|section| named(&section.id, &section.kind))
            .map(|section| Part { from_s: section.from_s, to_s: section.to_s })
            .collect();
        sections.sort_by(|a, b| a.from_s.total_cmp(&b.from_s));
        // Sections may overlap in a session of a person's; nothing is heard twice.
        for at in 1..sections.len() {
            let end_s = sections.get(at - 1).map_or(0.0, |part| part.to_s);
            if let Some(part) = sections.get_mut(at) {
                part.from_s = part.from_s.max(end_s);
                part.to_s = part.to_s.max(part.from_s);
            }
        }
        sections.retain(|part| part.length_s() > 0.0);
        sections
    } else if meanings.iter().any(|meaning| told_by_excerpts(meaning)) {
        parts(&ground.song, session)
    } else {
        Vec::new()
    };
    let tracks = ground.song.tracks.iter();
    let length_s = tracks.map(|facts| facts.at_s + facts.profile.length_s()).fold(0.0, f64::max);
    let heard_s: f64 = chosen.iter().map(Part::length_s).sum();
    (if heard_s > MOST * length_s { Vec::new() } else { chosen }, !whole_sections)
}

/// The playback systems that have to be heard for goals.
pub(super) fn systems<'m>(meanings: &[&'m Meaning]) -> Vec<&'m str> {
    let by_ear = |meaning: &&&Meaning| matches!(meaning.that, That::Audible | That::Translates);
    let mut systems: Vec<&str> = meanings
        .iter()
        .filter(by_ear)
        .flat_map(|meaning| std::iter::once("reference").chain(meaning.on.as_deref()))
        .collect();
    systems.sort_unstable();
    systems.dedup();
    systems
}

#[cfg(test)]
mod tests {
    use mixkeel_dsp::param::Value;
    use mixkeel_session::address::Address;
    use mixkeel_session::edit::{Content, Sureness};
    use mixkeel_session::read::read;

    use super::*;

    const SESSION: &str = r#"mixkeel = 1
rate_hz = 48000

[[bus]]
id = "drums"

[[bus]]
id = "keys"

[[return]]
id = "room"
to = "drums"

[[track]]
id = "bass"
clip = [{ file = "bass.wav" }]

[[track.insert]]
id = "duck"
kind = "compressor"
keys = ["kick"]

[[track]]
id = "kick"
clip = [{ file = "kick.wav" }]
bus = "drums"

[[track]]
id = "organ"
clip = [{ file = "organ.wav" }]
bus = "keys"

[[track]]
id = "snare"
clip = [{ file = "snare.wav" }]
bus = "drums"

[[track.send]]
id = "room"
to = "room"
level_db = -12.0
"#;

    fn turned(strip: &str) -> Vec<String> {
        let reading = read(SESSION);
        let session = reading.session.unwrap_or_else(|| panic!("{:?}", reading.problems));
        let edit = Edit {
            id: "test".to_owned(),
            address: Address::of(strip, "fader_db"),
            from: None,
            to: Some(Content::Value(Value::Number(1.0))),
            by: "test".to_owned(),
            because: String::new(),
            evidence: Vec::new(),
            sureness: Sureness::Certain,
            strength: 1.0,
        };
        sounding_otherwise(&session, &[edit])
    }

    #[test]
    fn what_is_fed_or_keyed_by_something_that_moves_is_heard_again_and_nothing_else() {
        assert_eq!(turned("organ"), ["keys", "master", "organ"]);
        assert_eq!(turned("kick"), ["bass", "drums", "kick", "master"]);
        assert_eq!(turned("snare"), ["drums", "master", "room", "snare"]);
        assert_eq!(turned("room"), ["drums", "master", "room"]);
        assert_eq!(turned("master"), ["master"]);
    }
}
