//! Revision notes as singers and clients give them: "vocal up a touch in verse 2, less reverb on the snare, can't hear the bass
//! on my phone". A note is a goal beside the version that stands. The grammar is small and documented by [`NOTES`],
//! [`SIZES`] and [`INTENTS`]; what it does not understand it says.

use super::meaning::Misunderstood;
use super::words::{Words, without_empty};
use super::{Goal, That, nouns};
use crate::session::Session;

/// The forms that are understood, each an example.
pub const NOTES: &[&str] = &[
    "vocal up a touch in verse 2",
    "turn the guitars down 2 dB",
    "more vocal",
    "the drums are too loud",
    "can't hear the bass on my phone",
    "the vocal is buried in the chorus",
    "less reverb on the snare",
    "the guitars are too harsh",
    "more top end on the acoustic",
    "the piano is boomy",
    "vocal a bit brighter",
    "bass warmer",
    "the chorus much wider",
    "the snare punchier",
    "the vocal jumps around",
    "backing vocals further back",
    "make it more intimate",
];

/// How much words mean, in the unit of what is noted (dB, LU, phon). Ours: the least that is noticed, what is noticed at once,
/// and what nobody misses.
pub const SIZES: &[(&str, f64)] = &[
    ("a touch", 1.0),
    ("a hair", 1.0),
    ("a tad", 1.0),
    ("slightly", 1.0),
    ("a bit", 2.0),
    ("a little", 2.0),
    ("somewhat", 2.0),
    ("a lot", 4.0),
    ("much", 4.0),
    ("way", 4.0),
    ("far", 4.0),
];

/// What a note means that does not say how much: a bit.
pub const UNSAID: f64 = 2.0;

/// Intent words as bundles of notes, in which `{who}` is whoever is spoken of, or the focus of the song. Ours.
pub const INTENTS: &[(&str, &[&str])] = &[
    ("intimate", &["{who} a bit closer", "less reverb on {who}", "the mix a touch narrower"]),
    ("epic", &["the mix a bit wider", "more reverb on {who} a touch", "the mix a touch warmer"]),
    (
        "in your face",
        &["{who} a bit closer", "{who} a touch brighter", "less reverb on {who}", "{who} steadier a touch"],
    ),
    ("distant", &["{who} a bit further back", "more reverb on {who}", "{who} a touch darker"]),
];

/// Which way a note points.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    More,
    Less,
}

use That::{Audible, Brighter, Closer, Drier, Louder, MonoSafe, Punchier, Steady, Warmer, Wider};
use Way::{Less, More};

/// Words for what is wanted, longer ones first where one holds the other.
const PHRASES: &[(&str, That, Way)] = &[
    ("can't hear", Audible, More),
    ("can not hear", Audible, More),
    ("cannot hear", Audible, More),
    ("cant hear", Audible, More),
    ("can barely hear", Audible, More),
    ("hard to hear", Audible, More),
    ("gets lost", Audible, More),
    ("is lost", Audible, More),
    ("disappears", Audible, More),
    ("vanishes", Audible, More),
    ("buried", Audible, More),
    ("drowned", Audible, More),
    ("too much reverb", Drier, More),
    ("too much echo", Drier, More),
    ("not enough reverb", Drier, Less),
    ("less reverb", Drier, More),
    ("less echo", Drier, More),
    ("less room", Drier, More),
    ("more reverb", Drier, Less),
    ("more echo", Drier, Less),
    ("more room", Drier, Less),
    ("too wet", Drier, More),
    ("too washy", Drier, More),
    ("washy", Drier, More),
    ("too dry", Drier, Less),
    ("drier", Drier, More),
    ("dryer", Drier, More),
    ("wetter", Drier, Less),
    ("too loud", Louder, Less),
    ("too hot", Louder, Less),
    ("too quiet", Louder, More),
    ("too soft", Louder, More),
    ("too low", Louder, More),
    ("not loud enough", Louder, More),
    ("too harsh", Brighter, Less),
    ("too bright", Brighter, Less),
    ("too shrill", Brighter, Less),
    ("too sharp", Brighter, Less),
    ("less harsh", Brighter, Less),
    ("less bright", Brighter, Less),
    ("harsh", Brighter, Less),
    ("shrill", Brighter, Less),
    ("piercing", Brighter, Less),
    ("less treble", Brighter, Less),
    ("less top end", Brighter, Less),
    ("less top", Brighter, Less),
    ("less highs", Brighter, Less),
    ("too dull", Brighter, More),
    ("too dark", Brighter, More),
    ("muffled", Brighter, More),
    ("dull", Brighter, More),
    ("more treble", Brighter, More),
    ("more top end", Brighter, More),
    ("more top", Brighter, More),
    ("more highs", Brighter, More),
    ("more air", Brighter, More),
    ("more presence", Brighter, More),
    ("brighter", Brighter, More),
    ("darker", Brighter, Less),
    ("duller", Brighter, Less),
    ("too boomy", Warmer, Less),
    ("too muddy", Warmer, Less),
    ("too boxy", Warmer, Less),
    ("too warm", Warmer, Less),
    ("boomy", Warmer, Less),
    ("muddy", Warmer, Less),
    ("boxy", Warmer, Less),
    ("less mud", Warmer, Less),
    ("less low end", Warmer, Less),
    ("too thin", Warmer, More),
    ("too cold", Warmer, More),
    ("thin", Warmer, More),
    ("more low end", Warmer, More),
    ("more body", Warmer, More),
    ("more warmth", Warmer, More),
    ("warmer", Warmer, More),
    ("fuller", Warmer, More),
    ("fatter", Warmer, More),
    ("colder", Warmer, Less),
    ("thinner", Warmer, Less),
    ("too wide", Wider, Less),
    ("too narrow", Wider, More),
    ("wider", Wider, More),
    ("narrower", Wider, Less),
    ("no punch", Punchier, More),
    ("more punch", Punchier, More),
    ("less punch", Punchier, Less),
    ("too weak", Punchier, More),
    ("punchier", Punchier, More),
    ("snappier", Punchier, More),
    ("tighter", Punchier, More),
    ("jumps around", Steady, More),
    ("jump around", Steady, More),
    ("all over the place", Steady, More),
    ("uneven", Steady, More),
    ("steadier", Steady, More),
    ("too far away", Closer, More),
    ("too far back", Closer, More),
    ("too distant", Closer, More),
    ("too close", Closer, Less),
    ("too upfront", Closer, Less),
    ("too up front", Closer, Less),
    ("further back", Closer, Less),
    ("farther back", Closer, Less),
    ("more distant", Closer, Less),
    ("push back", Closer, Less),
    ("closer", Closer, More),
    ("more upfront", Closer, More),
    ("more up front", Closer, More),
    ("more forward", Closer, More),
    ("lost in mono", MonoSafe, More),
    ("turn up", Louder, More),
    ("bring up", Louder, More),
    ("turn down", Louder, Less),
    ("bring down", Louder, Less),
    ("louder", Louder, More),
    ("quieter", Louder, Less),
    ("softer", Louder, Less),
    ("raise", Louder, More),
    ("lower", Louder, Less),
    ("boost", Louder, More),
    ("up", Louder, More),
    ("down", Louder, Less),
    ("more", Louder, More),
    ("less", Louder, Less),
];

/// Words that say nothing in a note.
const EMPTY: &[&str] = &[
    "on", "for", "from", "of", "sound", "sounding", "turn", "bring", "push", "need", "needs", "could",
    "would", "like", "bit", "make", "some", "too", "just", "really", "so", "very", "gets", "get", "it's",
    "is", "are", "pls", "me", "maybe", "think", "lost", "us",
];

/// One note as it was understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// The words it was read from.
    pub said: String,
    /// The goal: beside the version that stands where its predicate compares.
    pub goal: Goal,
    /// Of what is not compared: how much better it has to measure than in the version that stands.
    pub better_by: Option<f64>,
}

/// One part of what somebody said.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// A note.
    Note(Note),
    /// A bundle: the word, whom it was said of, and the notes that it stands for.
    Intent(String, Vec<Note>),
    /// Nobody knows.
    Unknown(String, Misunderstood),
}

/// Reads what somebody said, note by note.
pub fn read(said: &str, session: &Session) -> Vec<Heard> {
    let mut heard = Vec::new();
    let mut waiting = String::new();
    for piece in pieces(said) {
        let whole = if waiting.is_empty() { piece.clone() } else { format!("{waiting} and {piece}") };
        let lower = piece.to_lowercase();
        if wants(&lower) {
            waiting.clear();
            heard.push(one(&whole, session));
            continue;
        }
        // "…, in verse 2" belongs to what went before.
        let trails = ["in ", "on ", "by ", "during "].iter().any(|word| lower.trim_start().starts_with(word));
        if let (true, Some(last)) = (trails && waiting.is_empty(), heard.last_mut()) {
            let before = match last {
                Heard::Note(note) => note.said.clone(),
                Heard::Intent(word, _) => word.clone(),
                Heard::Unknown(word, _) => word.clone(),
            };
            *last = one(&format!("{before} {piece}"), session);
        } else {
            // "guitars, keys and strings down": whom comes first.
            waiting = whole;
        }
    }
    if !waiting.is_empty() {
        heard.push(one(&waiting, session));
    }
    heard
}

/// The parts between commas, full stops and `and`.
fn pieces(said: &str) -> Vec<String> {
    let marked: String = said
        .replace(['\u{2019}', '\u{2018}'], "'")
        .replace(". ", ", ")
        .replace(" and ", ", ")
        .replace(" but ", ", ")
        .replace([';', '\n', '!', '?'], ",");
    let clean = |piece: &str| piece.trim().trim_end_matches('.').trim().to_owned();
    marked.split(',').map(clean).filter(|piece| !piece.is_empty()).take(50).collect()
}

/// Whether a part says what is wanted.
fn wants(lower: &str) -> bool {
    let mut words = Words::of(lower);
    let intent = INTENTS.iter().any(|(word, _)| words.take(word).is_some());
    intent || PHRASES.iter().any(|(phrase, _, _)| words.take(phrase).is_some())
}

fn one(said: &str, session: &Session) -> Heard {
    let mut words = Words::of(said);
    if let Some((word, bundle)) = INTENTS.iter().find(|(word, _)| words.take(word).is_some()) {
        return intent(said, word, bundle, words, session);
    }
    match note(said, session) {
        Ok(note) => Heard::Note(note),
        Err(error) => Heard::Unknown(said.to_owned(), error),
    }
}

fn intent(said: &str, word: &str, bundle: &[&str], mut words: Words, session: &Session) -> Heard {
    let within = words.take_after("in", |said| nouns::section(said, session));
    let left = without_empty(&words, EMPTY);
    let who = match left.as_str() {
        "" | "it" | "more" | "feel" | "less" | "everything" => None,
        other => Some(other.to_owned()),
    };
    let place = who.as_ref().and_then(|who| nouns::section(who, session));
    let who = match who {
        Some(_) if place.is_some() => None,
        Some(who) if nouns::who(&who.replace("more ", ""), session).is_none() => {
            return Heard::Unknown(said.to_owned(), nobody(&who, session));
        }
        other => other.map(|who| who.replace("more ", "")),
    };
    let who =
        who.unwrap_or_else(|| if session.focus.is_empty() { "mix".to_owned() } else { "focus".to_owned() });
    let notes = bundle
        .iter()
        .filter_map(|form| note(&form.replace("{who}", &who), session).ok())
        .map(|mut note| {
            note.goal.within = note.goal.within.take().or(within.clone()).or(place.clone());
            note
        })
        .collect();
    Heard::Intent(word.to_owned(), notes)
}

/// Reads one note.
fn note(said: &str, session: &Session) -> Result<Note, Misunderstood> {
    let mut words = Words::of(said);
    let by_ear = PHRASES.iter().any(|(phrase, that, _)| *that == Audible && words.has(phrase));
    let on = words.system(by_ear);
    let mut within = words.take_after("in", |said| nouns::section(said, session));
    let amount = words.amount();
    let found = PHRASES.iter().find_map(|(phrase, that, way)| words.take(phrase).map(|_| (*that, *way)));
    let Some((that, way)) = found else {
        return Err(Misunderstood::new(format!("nothing in \"{said}\" says what is wanted"))
            .forms(nearest(said).into_iter().map(str::to_owned)));
    };
    let subject = without_empty(&words, EMPTY);
    let mut of = None;
    let mut strangers = Vec::new();
    for part in subject.split(" and ").map(str::trim).filter(|part| !part.is_empty()) {
        match (nouns::who(part, session), nouns::section(part, session)) {
            (Some(who), _) => of = Some(of.map_or(who.clone(), |of: String| format!("{of}, {who}"))),
            (None, Some(section)) if within.is_none() => within = Some(section),
            _ => strangers.push(part),
        }
    }
    if let Some(stranger) = strangers.first() {
        return Err(nobody(stranger, session));
    }
    let of = of.unwrap_or_else(|| "mix".to_owned());
    if of == "mix" && within.is_none() && matches!(that, Louder | Audible) {
        return Err(Misunderstood::new(format!(
            "\"{said}\" names nobody, and how loud all of it plays is the listener's volume"
        ))
        .forms(["vocal up a touch".to_owned(), "the chorus up a touch".to_owned()]));
    }
    if of == "mix" && matches!(that, Drier | Closer) && !session.focus.is_empty() && within.is_none() {
        return Ok(typed(said, that, way, amount, Some("focus".to_owned()), on, within));
    }
    Ok(typed(said, that, way, amount, Some(of), on, within))
}

fn typed(
    said: &str,
    that: That,
    way: Way,
    amount: Option<f64>,
    of: Option<String>,
    on: Option<String>,
    within: Option<String>,
) -> Note {
    let amount = amount.unwrap_or(UNSAID);
    let mut goal = Goal { that: Some(that), of, on, within, ..Goal::default() };
    let mut better_by = None;
    if !that.row().compared {
        better_by = Some(amount);
        return Note { said: said.to_owned(), goal, better_by };
    }
    goal.than = Some("before".to_owned());
    // Width is told in times; the words for it are in dB all the same.
    let measure = |db: f64| if that == Wider { libm::pow(10.0, db / 20.0) } else { db };
    match way {
        More => goal.at_least = Some(measure(amount)),
        Less => goal.at_most = Some(measure(-amount)),
    }
    Note { said: said.to_owned(), goal, better_by }
}

/// Forms that share a word with what was said; the first few where none does.
fn nearest(said: &str) -> Vec<&'static str> {
    let lower = said.to_lowercase();
    let shares =
        |form: &&&str| form.split(' ').filter(|word| word.len() > 3).any(|word| lower.contains(word));
    let near: Vec<&str> = NOTES.iter().filter(shares).copied().take(4).collect();
    if near.is_empty() { NOTES.iter().copied().take(4).collect() } else { near }
}

fn nobody(said: &str, session: &Session) -> Misunderstood {
    let names = session.tracks.iter().map(|track| track.id.clone()).take(12);
    Misunderstood::new(format!("\"{said}\" is no track, bus, role or section of this session")).forms(names)
}
