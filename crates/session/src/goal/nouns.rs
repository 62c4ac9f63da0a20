//! What people call the things in a session: tracks, groups of them, sections, playback systems.

use crate::role::Role;
use crate::session::Session;

/// One flat loudspeaker. Only what is measured by ear is heard there: `in mono` otherwise asks what is lost on the way.
pub(super) const MONO: &str = "mono";

/// Playback systems by the words that people have for them, the id first. A test of the judge holds that each id is a
/// system that can be heard on.
pub const SYSTEMS: &[(&str, &[&str])] = &[
    ("reference", &["studio", "monitors"]),
    (MONO, &["one loudspeaker", "one speaker", "a single speaker"]),
    ("phone", &["phones", "smartphone", "mobile", "phone speaker", "my phone", "iphone"]),
    ("laptop", &["laptops", "laptop speakers", "laptop speaker", "notebook", "my laptop"]),
    ("earbuds", &["earphones", "headphones", "in-ears", "airpods"]),
    ("kitchen", &["kitchen radio", "radio", "bluetooth speaker", "small speaker"]),
    ("tv", &["television", "telly"]),
    ("car", &["cars", "my car", "car stereo"]),
    ("small-monitors", &["small monitors", "nearfields", "bookshelf speakers"]),
    ("large-monitors", &["large monitors", "big speakers", "hi-fi", "hifi"]),
    ("club-mono", &["club", "a club", "pa", "club system"]),
];

/// The roles of one drum kit.
const KIT: &[Role] = &[
    Role::Kick,
    Role::Snare,
    Role::Toms,
    Role::Hihat,
    Role::Overheads,
    Role::Room,
    Role::Cymbals,
    Role::Drums,
];

/// What people call roles, or several together.
const INSTRUMENTS: &[(&str, &[Role])] = &[
    ("vocal", &[Role::LeadVocal]),
    ("vocals", &[Role::LeadVocal]),
    ("voice", &[Role::LeadVocal]),
    ("vox", &[Role::LeadVocal]),
    ("lead vox", &[Role::LeadVocal]),
    ("lead", &[Role::LeadVocal]),
    ("lead vocals", &[Role::LeadVocal]),
    ("singer", &[Role::LeadVocal]),
    ("singing", &[Role::LeadVocal]),
    ("rap", &[Role::LeadVocal]),
    ("bvs", &[Role::BackingVocal]),
    ("backing vocals", &[Role::BackingVocal]),
    ("backing vox", &[Role::BackingVocal]),
    ("backings", &[Role::BackingVocal]),
    ("harmonies", &[Role::BackingVocal]),
    ("kick drum", &[Role::Kick]),
    ("bass drum", &[Role::Kick]),
    ("snares", &[Role::Snare]),
    ("snare drum", &[Role::Snare]),
    ("hats", &[Role::Hihat]),
    ("hihats", &[Role::Hihat]),
    ("hi-hat", &[Role::Hihat]),
    ("hi hat", &[Role::Hihat]),
    ("cymbal", &[Role::Cymbals]),
    ("drums", KIT),
    ("drum kit", KIT),
    ("perc", &[Role::Percussion]),
    ("bass guitar", &[Role::Bass]),
    ("guitars", &[Role::ElectricGuitar, Role::AcousticGuitar]),
    ("guitar", &[Role::ElectricGuitar, Role::AcousticGuitar]),
    ("gtrs", &[Role::ElectricGuitar, Role::AcousticGuitar]),
    ("acoustic", &[Role::AcousticGuitar]),
    ("acoustics", &[Role::AcousticGuitar]),
    ("electrics", &[Role::ElectricGuitar]),
    ("keyboards", &[Role::Keys, Role::Piano, Role::Organ]),
    ("pads", &[Role::Pad]),
    ("synth", &[Role::LeadSynth, Role::Pad, Role::Pluck]),
    ("synths", &[Role::LeadSynth, Role::Pad, Role::Pluck]),
    ("horns", &[Role::Brass]),
    ("effects", &[Role::Fx]),
    ("beat", &[Role::BackingTrack, Role::Loop, Role::Drums]),
];

/// What people call all of it.
const WHOLE: [&str; 7] = ["mix", "song", "everything", "whole mix", "whole thing", "it", "track"];

/// What people call all but the one they speak of.
const REST: [&str; 9] = [
    "rest",
    "others",
    "band",
    "backing",
    "everything else",
    "all else",
    "other tracks",
    "music",
    "accompaniment",
];

/// Kinds of sections, and what else people call them.
const SECTIONS: &[(&str, &[&str])] = &[
    ("intro", &["introduction", "opening"]),
    ("verse", &["verses"]),
    ("pre-chorus", &["prechorus", "pre chorus", "build"]),
    ("chorus", &["choruses", "hook", "refrain", "drop"]),
    ("bridge", &["middle eight", "middle 8"]),
    ("break", &["breakdown"]),
    ("solo", &[]),
    ("outro", &["ending", "coda"]),
];

/// The `of` of a session for what somebody calls a thing; nothing when nothing is called so.
pub fn who(said: &str, session: &Session) -> Option<String> {
    let said = bare(said);
    if said.is_empty() {
        return None;
    }
    if said == "focus" {
        return Some(said);
    }
    // What the session calls by that name goes before what people usually mean by it.
    let spelt = |name: &str| name.to_lowercase().replace(['-', '_'], " ");
    if let Some(track) = session
        .tracks
        .iter()
        .find(|track| spelt(&track.id) == spelt(&said) || spelt(&track.name) == spelt(&said))
    {
        return Some(track.id.clone());
    }
    if let Some(bus) = session.buses.iter().find(|bus| spelt(&bus.id) == spelt(&said)) {
        return Some(bus.id.clone());
    }
    if WHOLE.contains(&said.as_str()) {
        return Some("mix".to_owned());
    }
    if REST.contains(&said.as_str()) {
        return Some("rest".to_owned());
    }
    let has = |role: &Role| session.tracks.iter().any(|track| track.role == *role);
    let roles = |roles: &[Role]| -> Option<String> {
        let there: Vec<String> =
            roles.iter().filter(|role| has(role)).map(|role| format!("role:{role}")).collect();
        (!there.is_empty()).then(|| there.join(", "))
    };
    if let Some((_, meant)) = INSTRUMENTS.iter().find(|(name, _)| *name == said)
        && let Some(found) = roles(meant)
    {
        return Some(found);
    }
    let as_role = said.replace(' ', "-");
    Role::from_word(&as_role).filter(has).map(|role| format!("role:{role}"))
}

/// The `in` of a session for what somebody calls a section: a kind (all of that kind), or one by number or place.
pub fn section(said: &str, session: &Session) -> Option<String> {
    let said = bare(said);
    let (place, name) = match said.split_once(' ') {
        Some(("first", rest)) => (Some(Place::Nth(1)), rest.to_owned()),
        Some(("second", rest)) => (Some(Place::Nth(2)), rest.to_owned()),
        Some(("third", rest)) => (Some(Place::Nth(3)), rest.to_owned()),
        Some(("last" | "final", rest)) => (Some(Place::Last), rest.to_owned()),
        _ => (None, said.clone()),
    };
    let (name, number) = match name.rsplit_once(' ') {
        Some((name, number)) if number.parse::<usize>().is_ok() => (name.to_owned(), number.parse().ok()),
        _ => (name, None),
    };
    let place = place.or(number.map(Place::Nth));
    let kind = kind(&name, session)?;
    let of_kind: Vec<_> = session.sections.iter().filter(|section| section.kind == kind).collect();
    match place {
        None => Some(kind),
        Some(Place::Last) => of_kind.last().map(|section| section.id.clone()),
        Some(Place::Nth(n)) => of_kind.get(n.checked_sub(1)?).map(|section| section.id.clone()),
    }
}

enum Place {
    Nth(usize),
    Last,
}

/// The kind of section that a word means; the session's own words count first.
fn kind(name: &str, session: &Session) -> Option<String> {
    let own = session.sections.iter().map(|section| section.kind.as_str());
    let slug = name.replace(' ', "-");
    if let Some(kind) = own.into_iter().find(|kind| *kind == slug || format!("{kind}s") == slug) {
        return Some(kind.to_owned());
    }
    let named = |(kind, others): &&(&str, &[&str])| *kind == slug || others.contains(&name);
    SECTIONS.iter().find(named).map(|(kind, _)| (*kind).to_owned())
}

/// Whether somebody speaks of the records that a session names.
pub fn is_reference(said: &str) -> bool {
    const WORDS: [&str; 5] =
        ["reference", "references", "reference track", "reference tracks", "reference mix"];
    WORDS.contains(&bare(said).as_str())
}

/// The id of the playback system that a word means.
pub fn system(said: &str) -> Option<&'static str> {
    let said = bare(said);
    let trimmed = said.strip_suffix(" speakers").unwrap_or(&said);
    let is = |(id, others): &&(&'static str, &[&str])| {
        [said.as_str(), trimmed].iter().any(|word| *id == *word || others.contains(word))
    };
    SYSTEMS.iter().find(is).map(|(id, _)| *id)
}

/// A name without the words around it that name nothing.
fn bare(said: &str) -> String {
    let mut words: Vec<&str> = said.split_whitespace().collect();
    while let Some("the" | "a" | "an" | "my" | "our" | "all" | "of" | "whole" | "every") =
        words.first().copied()
    {
        if words.len() == 1 {
            break;
        }
        words.remove(0);
    }
    words.join(" ").to_lowercase()
}
