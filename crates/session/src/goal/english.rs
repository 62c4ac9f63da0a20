//! Goals in plain English: a small grammar, documented by [`FORMS`], that says what it did not understand.
//!
//! A sentence is a subject, something wanted of it, and perhaps: an amount, somebody it is compared with, a section, a
//! playback system. Words that say nothing are passed over.

use super::meaning::Misunderstood;
use super::notes::SIZES;
use super::{Goal, That, nouns};
use crate::session::Session;

/// The forms that are understood, each an example.
pub const FORMS: &[&str] = &[
    "the vocal is clearly audible on laptop speakers",
    "the keys are audible in mono",
    "the vocal is at least 2 LU above the rest",
    "the vocal is 3 dB louder than the guitars in the chorus",
    "the bass is no louder than the kick",
    "the chorus is twice as wide as the verse",
    "the last chorus is the biggest",
    "the vocal is steady",
    "the vocal is not covered by the guitars",
    "the guitars are darker than the piano",
    "the mix is warmer in the chorus than in the verse",
    "the drums are punchier than the loop",
    "the vocal is drier than the snare",
    "the vocal is closer than the keys",
    "the mix is mono-safe",
    "the bass loses at most 6 on a phone",
    "the mix has 6 dB of headroom",
    "the mix is balanced",
    "the chorus is balanced like the reference, within 2 dB",
];

/// Which way a word points.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// More of it.
    Up,
    /// Less of it.
    Down,
}

/// Words for what is wanted, longer phrases first where one holds the other.
const PHRASES: &[(&str, That, Way)] = &[
    ("not covered by", That::Uncovered, Way::Up),
    ("not masked by", That::Uncovered, Way::Up),
    ("not buried by", That::Uncovered, Way::Up),
    ("not drowned by", That::Uncovered, Way::Up),
    ("uncovered by", That::Uncovered, Way::Up),
    ("not buried", That::Audible, Way::Up),
    ("can be heard", That::Audible, Way::Up),
    ("audible", That::Audible, Way::Up),
    ("heard", That::Audible, Way::Up),
    ("intelligible", That::Audible, Way::Up),
    ("translates", That::Translates, Way::Up),
    ("survives", That::Translates, Way::Up),
    ("loses", That::Translates, Way::Up),
    ("lose", That::Translates, Way::Up),
    ("mono-safe", That::MonoSafe, Way::Up),
    ("mono safe", That::MonoSafe, Way::Up),
    ("mono compatible", That::MonoSafe, Way::Up),
    ("works in mono", That::MonoSafe, Way::Up),
    ("holds in mono", That::MonoSafe, Way::Up),
    ("lost in mono", That::MonoSafe, Way::Up),
    ("in mono", That::MonoSafe, Way::Up),
    ("of headroom", That::Headroom, Way::Up),
    ("headroom", That::Headroom, Way::Up),
    ("biggest", That::Biggest, Way::Up),
    ("loudest", That::Biggest, Way::Up),
    ("as balanced", That::Balanced, Way::Up),
    ("balanced", That::Balanced, Way::Up),
    ("like a record", That::Balanced, Way::Up),
    ("tonal balance", That::Balanced, Way::Up),
    ("steadier", That::Steady, Way::Up),
    ("steady", That::Steady, Way::Up),
    ("consistent", That::Steady, Way::Up),
    ("in front of", That::Closer, Way::Up),
    ("closer", That::Closer, Way::Up),
    ("nearer", That::Closer, Way::Up),
    ("more upfront", That::Closer, Way::Up),
    ("further back", That::Closer, Way::Down),
    ("farther back", That::Closer, Way::Down),
    ("further away", That::Closer, Way::Down),
    ("more distant", That::Closer, Way::Down),
    ("further", That::Closer, Way::Down),
    ("behind", That::Closer, Way::Down),
    ("less reverb", That::Drier, Way::Up),
    ("more reverb", That::Drier, Way::Down),
    ("drier", That::Drier, Way::Up),
    ("dryer", That::Drier, Way::Up),
    ("wetter", That::Drier, Way::Down),
    ("louder", That::Louder, Way::Up),
    ("above", That::Louder, Way::Up),
    ("quieter", That::Louder, Way::Down),
    ("softer", That::Louder, Way::Down),
    ("below", That::Louder, Way::Down),
    ("wider", That::Wider, Way::Up),
    ("bigger", That::Louder, Way::Up),
    ("narrower", That::Wider, Way::Down),
    ("brighter", That::Brighter, Way::Up),
    ("darker", That::Brighter, Way::Down),
    ("duller", That::Brighter, Way::Down),
    ("warmer", That::Warmer, Way::Up),
    ("colder", That::Warmer, Way::Down),
    ("thinner", That::Warmer, Way::Down),
    ("more punch", That::Punchier, Way::Up),
    ("punchier", That::Punchier, Way::Up),
    ("tighter", That::Punchier, Way::Up),
    ("snappier", That::Punchier, Way::Up),
];

/// What stands between "twice as" and "as".
const MEASURES: &[(&str, That)] = &[
    ("wide", That::Wider),
    ("loud", That::Louder),
    ("bright", That::Brighter),
    ("warm", That::Warmer),
    ("punchy", That::Punchier),
    ("dry", That::Drier),
    ("close", That::Closer),
];

/// Words that say nothing here.
const EMPTY: &[&str] = &[
    "is",
    "are",
    "be",
    "being",
    "should",
    "must",
    "shall",
    "will",
    "feel",
    "feels",
    "sound",
    "sounds",
    "sit",
    "sits",
    "stay",
    "stays",
    "to",
    "has",
    "have",
    "with",
    "can",
    "clearly",
    "always",
    "please",
    "want",
    "i",
    "we",
    "make",
    "nothing",
    "well",
    "quite",
    "still",
    "more",
    "keep",
    "keeps",
    "that",
    "there",
    "at",
    "by",
    "within",
    "it's",
    "and",
    "enough",
    "all",
    "through",
    "throughout",
    "song",
    "time",
    "everywhere",
    "just",
    "really",
    "very",
    "much",
];

/// Ten phon are twice as loud (S. S. Stevens, JASA 1955).
const TWICE_AS_LOUD_LU: f64 = 10.0;

/// Twice the energy density of treble, low middle or attacks, as amplitude: 20·log10(2).
const TWICE_DB: f64 = 6.0;

/// Reads a sentence.
///
/// # Errors
/// What was not understood, with the nearest forms that are.
pub fn read(say: &str, session: &Session) -> Result<Goal, Misunderstood> {
    let mut words = Words::of(say);
    let mut goal = Goal { say: Some(say.to_owned()), ..Goal::default() };
    words.0.retain(|word| word != "be");
    let by_ear = PHRASES.iter().any(|(phrase, that, _)| *that == That::Audible && words.has(phrase));
    goal.on = words.system(by_ear);
    let like_references = words.references();
    let bound = words.bound();
    let times = words.times();
    let unit = words.unit();
    let amount = words.amount();
    let (at, that, way) = match times {
        Some((at, that, _)) => (at, that, Way::Up),
        None => match words.phrase() {
            Some(found) => found,
            None if like_references => (words.0.len(), That::Balanced, Way::Up),
            None => return Err(unknown(say)),
        },
    };
    // What is lost in mono is no matter of ears.
    let lost = that == That::Translates && goal.on.is_none();
    let (at, that) = match lost.then(|| words.take("in mono")).flatten() {
        Some(taken) => (if taken < at { at.saturating_sub(2) } else { at }, That::MonoSafe),
        None => (at, that),
    };
    goal.that = Some(that);
    let (left, mut right) = words.split(at);
    let mut left = left;
    // `in the chorus` may stand on either side; the side of `than` means what it is compared with.
    goal.within = left.take_after("in", |said| nouns::section(said, session));
    let than_at = right.position("than").or_else(|| right.position("as"));
    let mut than = match than_at {
        Some(at) => right.split_off(at),
        None if that == That::Louder || that == That::Uncovered || that == That::Closer => {
            std::mem::replace(&mut right, Words(Vec::new()))
        }
        None => Words(Vec::new()),
    };
    let place = right.take_after("in", |said| nouns::section(said, session));
    let than_place = than.take_after("in", |said| nouns::section(said, session));
    goal.within = goal.within.or(place);
    // "The tonal balance of the chorus": whom it is about comes after it.
    let mut about = left.said();
    if about.is_empty() {
        about = std::mem::replace(&mut right, Words(Vec::new())).said();
    }
    subject(&mut goal, &about, session)?;
    let than_said = than.said();
    match (than_said.is_empty(), than_place) {
        (true, Some(section)) if than_at.is_some() => goal.than = Some(section),
        (true, section) => goal.within = goal.within.take().or(section),
        (false, section) => {
            goal.within = goal.within.take().or(section);
            goal.than = Some(compared(&than_said, session)?);
        }
    }
    if like_references {
        if that != That::Balanced {
            return Err(Misunderstood::new("a reference is something to be balanced like, and nothing else")
                .forms(
                    FORMS.iter().filter(|form| form.contains("reference")).map(|form| (*form).to_owned()),
                ));
        }
        goal.than = Some("reference".to_owned());
    }
    // What is left and means nothing here may have been what mattered.
    let left = right.said();
    if !left.is_empty() {
        return Err(Misunderstood::new(format!("what \"{left}\" means there is not clear"))
            .forms(FORMS.iter().filter(|form| form.contains(that.word())).map(|form| (*form).to_owned())));
    }
    let amount = amount.map(|amount| if that == That::Wider { as_factor(amount, unit) } else { amount });
    how_much(&mut goal, that, way, bound, amount, times.map(|(_, _, factor)| factor));
    Ok(goal)
}

/// How many times as wide: said in times, in decibels or in percent.
fn as_factor(amount: f64, unit: Unit) -> f64 {
    match unit {
        Unit::Percent => 1.0 + amount / 100.0,
        Unit::Decibels => libm::pow(10.0, amount / 20.0),
        Unit::Other => amount,
    }
}

/// Whom a sentence is about; a section is the whole mix there.
fn subject(goal: &mut Goal, said: &str, session: &Session) -> Result<(), Misunderstood> {
    if said.is_empty() {
        goal.of = Some("mix".to_owned());
    } else if let Some(who) = nouns::who(said, session) {
        goal.of = Some(who);
    } else if let Some(section) = nouns::section(said, session) {
        goal.of = Some("mix".to_owned());
        goal.within = Some(section);
    } else {
        return Err(nobody(said, session));
    }
    Ok(())
}

fn compared(said: &str, session: &Session) -> Result<String, Misunderstood> {
    if said == "before" || said == "now" || said == "it was" {
        return Ok("before".to_owned());
    }
    nouns::who(said, session).or_else(|| nouns::section(said, session)).ok_or_else(|| nobody(said, session))
}

fn how_much(goal: &mut Goal, that: That, way: Way, bound: Bound, amount: Option<f64>, factor: Option<f64>) {
    let row = that.row();
    if let Some(factor) = factor {
        let wanted = match that {
            That::Wider => factor,
            That::Louder => TWICE_AS_LOUD_LU * libm::log2(factor),
            _ => TWICE_DB * libm::log2(factor),
        };
        if factor > 1.0 || (factor == 1.0 && bound != Bound::Most) {
            goal.at_least = Some(wanted)
        } else {
            goal.at_most = Some(wanted)
        }
        return;
    }
    if !row.rising {
        goal.at_most = amount;
        return;
    }
    match (way, bound) {
        // "No louder than", "at most 2 dB louder than".
        (Way::Up, Bound::Most) => {
            goal.at_most = Some(amount.unwrap_or(if that == That::Wider { 1.0 } else { 0.0 }))
        }
        (Way::Up, _) => goal.at_least = amount,
        (Way::Down, Bound::Most) => goal.at_least = Some(opposite(that, amount.unwrap_or(0.0))),
        (Way::Down, _) => goal.at_most = Some(opposite(that, amount.unwrap_or(row.usual))),
    }
}

/// The same amount the other way.
fn opposite(that: That, amount: f64) -> f64 {
    if that == That::Wider { 1.0 / amount.max(1.0) } else { -amount }
}

fn unknown(say: &str) -> Misunderstood {
    Misunderstood::new(format!("nothing in \"{say}\" says what is wanted"))
        .forms(FORMS.iter().map(|form| (*form).to_owned()))
}

fn nobody(said: &str, session: &Session) -> Misunderstood {
    let names = session.tracks.iter().map(|track| track.id.clone()).take(12);
    Misunderstood::new(format!("\"{said}\" is no track, bus, role or section of this session")).forms(names)
}

/// In what an amount was said.
#[derive(Clone, Copy, PartialEq)]
enum Unit {
    Percent,
    Decibels,
    Other,
}

/// Whether a sentence bounds from below or from above.
#[derive(Clone, Copy, PartialEq)]
enum Bound {
    Least,
    Most,
    Open,
}

/// The words of a sentence, in small letters and without the marks between them.
pub(super) struct Words(Vec<String>);

impl Words {
    pub(super) fn of(say: &str) -> Self {
        let kept = |c: char| c.is_alphanumeric() || matches!(c, '-' | '\'' | '%' | '.' | '+' | '_');
        let clean: String = say.to_lowercase().chars().map(|c| if kept(c) { c } else { ' ' }).collect();
        let word = |word: &str| {
            let word = word.trim_end_matches('.');
            (!word.is_empty()).then(|| word.to_owned())
        };
        // A number and its unit may stand together: `3dB`.
        let apart = |word: String| -> Vec<String> {
            let digits = word.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '+' | '-')));
            match digits {
                Some(at) if at > 0 && word.get(..at).is_some_and(|number| number.parse::<f64>().is_ok()) => {
                    let (number, unit) = word.split_at(at);
                    vec![number.to_owned(), unit.to_owned()]
                }
                _ => vec![word],
            }
        };
        Self(clean.split_whitespace().filter_map(word).flat_map(apart).take(200).collect())
    }

    fn position(&self, word: &str) -> Option<usize> {
        self.0.iter().position(|one| one == word)
    }

    /// The words after a place, taken out together with the word at it.
    fn split_off(&mut self, at: usize) -> Self {
        let mut rest = self.0.split_off(at);
        rest.remove(0);
        Self(rest)
    }

    /// What stands before and after a phrase that [`phrase`](Self::phrase) has taken out.
    fn split(mut self, at: usize) -> (Self, Self) {
        let right = self.0.split_off(at.min(self.0.len()));
        (self, Self(right))
    }

    /// Finds a phrase and takes it out.
    pub(super) fn take(&mut self, phrase: &str) -> Option<usize> {
        let wanted: Vec<&str> = phrase.split(' ').collect();
        let at = self.0.windows(wanted.len()).position(|some| some.iter().eq(wanted.iter()))?;
        self.0.drain(at..at + wanted.len());
        Some(at)
    }

    /// What follows a word, if it is something that `known` knows; both are taken out. The longest is tried first.
    pub(super) fn take_after(
        &mut self,
        word: &str,
        known: impl Fn(&str) -> Option<String>,
    ) -> Option<String> {
        for at in
            (0..self.0.len()).filter(|at| self.0.get(*at).is_some_and(|one| one == word)).collect::<Vec<_>>()
        {
            for length in (1..=4).rev() {
                let Some(said) = self.0.get(at + 1..at + 1 + length) else { continue };
                if let Some(found) = known(&said.join(" ")) {
                    self.0.drain(at..at + 1 + length);
                    return Some(found);
                }
            }
        }
        None
    }

    fn bound(&mut self) -> Bound {
        for most in ["at most", "no more than", "not more than", "less than", "up to"] {
            if self.take(most).is_some() {
                return Bound::Most;
            }
        }
        for least in ["at least", "no less than", "not less than", "more than"] {
            if self.take(least).is_some() {
                return Bound::Least;
            }
        }
        // "Not louder than", but "not covered by" is what is wanted itself.
        let is_wanted = PHRASES.iter().any(|(phrase, _, _)| {
            phrase.starts_with("not ") && self.0.windows(2).any(|two| phrase.starts_with(&two.join(" ")))
        });
        let no = self.take("no").is_some() || (!is_wanted && self.take("not").is_some());
        if no { Bound::Most } else { Bound::Open }
    }

    /// Whether a phrase is said.
    pub(super) fn has(&self, phrase: &str) -> bool {
        let wanted: Vec<&str> = phrase.split(' ').collect();
        self.0.windows(wanted.len()).any(|some| some.iter().eq(wanted.iter()))
    }

    /// Whether it is compared with references, which is taken out: "like the reference", "within 2 dB of my references".
    fn references(&mut self) -> bool {
        let known = |said: &str| nouns::is_reference(said).then(String::new);
        ["like", "as", "of"].iter().any(|word| self.take_after(word, known).is_some())
    }

    /// On what it plays: "on my phone", "in the car". Only by ear is `in mono` a place to listen; else it is what may be lost.
    pub(super) fn system(&mut self, by_ear: bool) -> Option<String> {
        let known =
            |said: &str| nouns::system(said).filter(|id| by_ear || *id != nouns::MONO).map(str::to_owned);
        ["on", "in", "over", "through", "to"].iter().find_map(|word| self.take_after(word, known))
    }

    /// The unit of the amount that is said.
    fn unit(&self) -> Unit {
        let said = |units: &[&str]| self.0.iter().any(|word| units.contains(&word.as_str()));
        if said(&["%", "percent"]) {
            Unit::Percent
        } else if said(&["db", "dbs", "decibels"]) {
            Unit::Decibels
        } else {
            Unit::Other
        }
    }

    /// `twice as wide as`: where it stood, what is measured, and how many times.
    fn times(&mut self) -> Option<(usize, That, f64)> {
        for (measure, that) in MEASURES {
            for (word, factor) in [("twice as", 2.0), ("half as", 0.5), ("three times as", 3.0), ("as", 1.0)]
            {
                if let Some(at) = self.take(&format!("{word} {measure}")) {
                    return Some((at, *that, factor));
                }
            }
        }
        None
    }

    /// A number with or without its unit, or a size in words; taken out.
    pub(super) fn amount(&mut self) -> Option<f64> {
        // A number behind a noun is its name: `guitar 2`, `chorus 1`. An amount has a unit, or a bound before it.
        const UNITS: [&str; 9] = ["db", "lu", "phon", "times", "x", "%", "percent", "decibels", "dbs"];
        for at in 0..self.0.len() {
            let number = self.0.get(at).and_then(|word| word.trim_start_matches('+').parse::<f64>().ok());
            let Some(number) = number.filter(|number| number.is_finite()) else { continue };
            let has_unit = self.0.get(at + 1).is_some_and(|unit| UNITS.contains(&unit.as_str()));
            let after_loss =
                at > 0 && self.0.get(at - 1).is_some_and(|word| word == "loses" || word == "lose");
            if has_unit || after_loss {
                self.0.drain(at..at + 1 + usize::from(has_unit));
                return Some(number.abs());
            }
        }
        SIZES.iter().find_map(|(words, size)| self.take(words).map(|_| *size))
    }

    /// What is wanted: where it stood and which way it points; taken out.
    fn phrase(&mut self) -> Option<(usize, That, Way)> {
        PHRASES.iter().find_map(|(phrase, that, way)| self.take(phrase).map(|at| (at, *that, *way)))
    }

    /// What is left, without the words that say nothing.
    fn said(&self) -> String {
        let says = |word: &&String| !EMPTY.contains(&word.as_str());
        let mut words: Vec<&str> = self.0.iter().filter(says).map(String::as_str).collect();
        while let Some("the" | "a" | "an" | "in" | "of") = words.first().copied() {
            words.remove(0);
        }
        while let Some("the" | "a" | "in" | "of") = words.last().copied() {
            words.pop();
        }
        words.join(" ")
    }
}

/// What is left of some words without those that say nothing, here or in a goal.
pub(super) fn without_empty(words: &Words, also: &[&str]) -> String {
    let says = |word: &&String| !also.contains(&word.as_str());
    let kept = |word: &&String| says(word) && (word.as_str() == "and" || !EMPTY.contains(&word.as_str()));
    let left: Vec<&str> = words.0.iter().filter(kept).map(String::as_str).collect();
    left.join(" ").trim_start_matches("the ").trim().to_owned()
}
