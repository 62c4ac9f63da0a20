//! The words of a sentence that says a goal: what they mean by themselves, and taking them out one after another.

use super::notes::SIZES;
use super::{That, nouns};

/// Which way a word points.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Way {
    /// More of it.
    Up,
    /// Less of it.
    Down,
}

/// Words for what is wanted, longer phrases first where one holds the other.
pub(super) const PHRASES: &[(&str, That, Way)] = &[
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

/// In what an amount was said.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Unit {
    Percent,
    Decibels,
    Other,
}

/// Whether a sentence bounds from below or from above.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Bound {
    Least,
    Most,
    Open,
}

/// The words of a sentence, in small letters and without the marks between them.
#[derive(Default)]
pub(super) struct Words(Vec<String>);

impl Words {
    pub(super) fn of(say: &str) -> Self {
        let kept = |c: char| c.is_alphanumeric() || matches!(c, '-' | '\'' | '%' | '.' | '+' | '_');
        let clean: String = say.to_lowercase().chars().map(|c| if kept(c) { c } else { ' ' }).collect();
        let word = |word: &str| {
            let word = word.trim_end_matches('.');
            // "Should be heard" says no more than "is heard", and stands between what belongs together.
            (!word.is_empty() && word != "be").then(|| word.to_owned())
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

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn position(&self, word: &str) -> Option<usize> {
        self.0.iter().position(|one| one == word)
    }

    /// The words after a place, taken out together with the word at it.
    pub(super) fn split_off(&mut self, at: usize) -> Self {
        let mut rest = self.0.split_off(at);
        rest.remove(0);
        Self(rest)
    }

    /// What stands before and after a phrase that [`phrase`](Self::phrase) has taken out.
    pub(super) fn split(mut self, at: usize) -> (Self, Self) {
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

    pub(super) fn bound(&mut self) -> Bound {
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
    pub(super) fn references(&mut self) -> bool {
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
    pub(super) fn unit(&self) -> Unit {
        let said = |units: &[&str]| self.0.iter().any(|word| units.contains(&word.as_str()));
        if said(&["%", "percent"]) {
            Unit::Percent
        } else if said(&["db", "dbs", "decibels"]) {
            Unit::Decibels
        } else {
            Unit::Other
        }
    }

    /// `twice as wide as`, `1.5 times as wide as`: where it stood, what is measured, and how many times.
    pub(super) fn times(&mut self) -> Option<(usize, That, f64)> {
        for (measure, that) in MEASURES {
            let said = format!("times as {measure}");
            if let Some((at, factor)) = self.take_with_number(&said) {
                return Some((at, *that, factor));
            }
            for (word, factor) in [("twice as", 2.0), ("half as", 0.5), ("three times as", 3.0), ("as", 1.0)]
            {
                if let Some(at) = self.take(&format!("{word} {measure}")) {
                    return Some((at, *that, factor));
                }
            }
        }
        None
    }

    /// Takes out a phrase with the number before it: where it stood, and the number.
    fn take_with_number(&mut self, phrase: &str) -> Option<(usize, f64)> {
        let length = phrase.split(' ').count() + 1;
        let found = self.0.windows(length).enumerate().find_map(|(at, some)| {
            let (number, rest) = some.split_first()?;
            let number = number.parse::<f64>().ok().filter(|number| number.is_finite() && *number > 0.0)?;
            rest.iter().eq(phrase.split(' ')).then_some((at, number))
        })?;
        self.0.drain(found.0..found.0 + length);
        Some(found)
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
    pub(super) fn phrase(&mut self) -> Option<(usize, That, Way)> {
        PHRASES.iter().find_map(|(phrase, that, way)| self.take(phrase).map(|at| (at, *that, *way)))
    }

    /// What is left, without the words that say nothing.
    pub(super) fn said(&self) -> String {
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
