//! What people would call the sections.

use serde::{Serialize, Serializer};

use super::contour::Contour;
use super::groups::alike;
use super::likeness::Likeness;

/// What a section is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// What comes before the song proper.
    Intro,
    /// What comes again and carries the story.
    Verse,
    /// What comes again and is the summit.
    Chorus,
    /// What comes once, late, and leads back.
    Bridge,
    /// What comes once and is empty.
    Break,
    /// What comes after the song proper.
    Outro,
    /// What cannot be told: sections with one letter, counted from 0, are the same music again.
    Part(usize),
}

impl Kind {
    /// The word: `chorus`, `part-a`.
    pub fn word(self) -> String {
        self.name().to_lowercase().replace(' ', "-")
    }

    /// As it is read: `chorus`, `part A`.
    pub fn name(self) -> String {
        match self {
            Kind::Intro => "intro".to_owned(),
            Kind::Verse => "verse".to_owned(),
            Kind::Chorus => "chorus".to_owned(),
            Kind::Bridge => "bridge".to_owned(),
            Kind::Break => "break".to_owned(),
            Kind::Outro => "outro".to_owned(),
            Kind::Part(letter) => format!("part {}", letters(letter)),
        }
    }
}

/// A, B … Z, AA, AB …
fn letters(mut number: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + (number % 26) as u8));
        if number < 26 {
            break;
        }
        number = number / 26 - 1;
    }
    letters.iter().rev().collect()
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.word())
    }
}

/// A name and how sure it is.
pub(super) struct Name {
    pub kind: Kind,
    pub number: usize,
    pub confidence: f64,
}

/// Names under this are not given: then it is a part. Ours: better unsure than wrong.
const SURE_ENOUGH: f64 = 0.5;

/// The longest end of a song that is no more than one, in bars. Ours.
const SHORT_END: usize = 8;

/// Without tracks, nobody tells a voice from a guitar: names are so much less sure. Ours.
const FROM_A_SUM: f64 = 0.85;

/// One group as names are found for it.
struct Group {
    sections: Vec<usize>,
    /// How full it is against the others: louder, with more voices, wider; in their standard deviations.
    full: f64,
    bars: usize,
}

pub(super) fn names(
    spans: &[(usize, usize)],
    groups: &[usize],
    contours: &[Contour],
    likeness: &Likeness,
    on_bars: bool,
    from_tracks: bool,
) -> Vec<Name> {
    let full = fullness(contours);
    let count = spans.len();
    let mut kinds: Vec<Option<(Kind, f64)>> = vec![None; count];
    let of_group = |group: usize| -> Vec<usize> { (0..count).filter(|s| groups[*s] == group).collect() };
    let bars_of = |section: usize| spans[section].1 - spans[section].0;
    let whole: usize = spans.last().map_or(0, |span| span.1);
    let lead = |section: usize| contours[section].lead;

    // Ends first: what comes before and after the song proper is emptier than its neighbour, and short.
    if count >= 3 {
        for (section, next, kind) in [(0, 1, Kind::Intro), (count - 1, count - 2, Kind::Outro)] {
            let emptier = full[next] - full[section];
            let unsung = lead(section).zip(lead(next)).map_or(0.0, |(here, there)| there - here);
            let alone = of_group(groups[section]).len() == 1;
            let short = bars_of(section) <= SHORT_END && bars_of(section) * 5 <= whole;
            let says = emptier * 0.8
                + unsung * 1.5
                + if alone { 0.4 } else { -0.4 }
                + if short { 0.2 } else { -0.4 };
            kinds[section] = Some((kind, logistic(says - 0.5))).filter(|(_, sure)| *sure >= SURE_ENOUGH);
        }
    }
    let mut again: Vec<Group> = Vec::new();
    for group in 0..=groups.iter().copied().max().unwrap_or(0) {
        let sections: Vec<usize> = of_group(group).into_iter().filter(|s| kinds[*s].is_none()).collect();
        let bars: usize = sections.iter().map(|s| bars_of(*s)).sum();
        if sections.is_empty() || bars == 0 {
            continue;
        }
        let full = sections.iter().map(|s| full[*s] * bars_of(*s) as f64).sum::<f64>() / bars as f64;
        again.push(Group { sections, full, bars });
    }
    repeated(&mut kinds, &again, count);
    once(&mut kinds, &again, &full, spans, whole);
    let unsure = if on_bars { 1.0 } else { 0.8 } * if from_tracks { 1.0 } else { FROM_A_SUM };
    let mut letter_of: Vec<usize> = Vec::new();
    let mut out: Vec<Name> = Vec::with_capacity(count);
    for section in 0..count {
        let named = kinds[section].filter(|(_, sure)| sure * unsure >= SURE_ENOUGH);
        let (kind, confidence) = match named {
            Some((kind, sure)) => (kind, sure * unsure),
            None => {
                let group = groups[section];
                let letter = letter_of.iter().position(|one| *one == group).unwrap_or_else(|| {
                    letter_of.push(group);
                    letter_of.len() - 1
                });
                // That it is a part is sure; which, as sure as it is like the others of its letter.
                let others = of_group(group);
                let like = others.iter().filter(|other| **other != section);
                let like =
                    like.map(|other| alike(likeness, spans[section], spans[*other])).fold(0.5, f64::max);
                (Kind::Part(letter), like)
            }
        };
        out.push(Name { kind, number: 0, confidence });
    }
    let kinds: Vec<Kind> = out.iter().map(|name| name.kind).collect();
    for (section, name) in out.iter_mut().enumerate() {
        let all = kinds.iter().filter(|kind| **kind == name.kind).count();
        let before = kinds[..section].iter().filter(|kind| **kind == name.kind).count();
        name.number = if all > 1 || matches!(name.kind, Kind::Verse | Kind::Chorus) { before + 1 } else { 0 };
    }
    out
}

/// Verse and chorus among what comes again.
fn repeated(kinds: &mut [Option<(Kind, f64)>], groups: &[Group], count: usize) {
    let mut again: Vec<&Group> = groups.iter().filter(|group| group.sections.len() > 1).collect();
    // Fullest first.
    again.sort_by(|a, b| b.full.total_cmp(&a.full));
    match again.as_slice() {
        [] => {}
        [only] => {
            // One thing that comes again: what lies between tells whether it is the summit.
            let between: Vec<&Group> = groups.iter().filter(|group| group.sections.len() == 1).collect();
            let rest = between.iter().map(|group| group.full * group.bars as f64).sum::<f64>()
                / between.iter().map(|group| group.bars).sum::<usize>().max(1) as f64;
            let more = only.full - rest;
            let begins = only.sections.first().is_some_and(|first| {
                kinds[..*first].iter().all(|kind| matches!(kind, Some((Kind::Intro, _))))
            });
            let enough = between.iter().any(|group| !group.sections.is_empty()) && count > 2;
            // A song seldom begins with its summit.
            let chorus = more - if begins { 0.9 } else { 0.3 };
            let verse = if begins { 0.4 - 0.5 * more } else { -0.5 - more };
            let (kind, sure) = if chorus > verse {
                (Kind::Chorus, logistic(chorus))
            } else {
                (Kind::Verse, logistic(verse))
            };
            if enough {
                only.sections.iter().for_each(|section| kinds[*section] = Some((kind, sure)));
            }
        }
        [chorus, rest @ ..] => {
            let next = rest.first().map_or(0.0, |group| group.full);
            let often =
                chorus.sections.len() as f64 - rest.first().map_or(0, |group| group.sections.len()) as f64;
            // A song does not begin with its summit, as a rule.
            let first_of = |group: &Group| group.sections.first().copied().unwrap_or(0);
            let verse = rest.iter().min_by_key(|group| first_of(group));
            let late = verse.is_some_and(|verse| first_of(verse) < first_of(chorus));
            let sure = logistic(1.5 * (chorus.full - next) + 0.3 * often + if late { 0.3 } else { -0.7 });
            chorus.sections.iter().for_each(|section| kinds[*section] = Some((Kind::Chorus, sure)));
            if let Some(verse) = verse {
                verse.sections.iter().for_each(|section| kinds[*section] = Some((Kind::Verse, sure)));
            }
        }
    }
}

/// Bridge and break among what comes once, between the first and the last that come again.
fn once(
    kinds: &mut [Option<(Kind, f64)>],
    groups: &[Group],
    full: &[f64],
    spans: &[(usize, usize)],
    whole: usize,
) {
    let main: Vec<usize> = (0..kinds.len())
        .filter(|s| matches!(kinds[*s], Some((Kind::Verse | Kind::Chorus, sure)) if sure >= SURE_ENOUGH))
        .collect();
    let (Some(first), Some(last)) = (main.first().copied(), main.last().copied()) else { return };
    let between = |section: &usize| *section > first && *section < last;
    let alone: Vec<usize> = groups
        .iter()
        .filter(|group| group.sections.len() == 1)
        .flat_map(|group| group.sections.iter().copied().filter(between))
        .collect();
    // A song has one bridge; of several things that come once, none is it for sure.
    let only = 1.0 / alone.len().max(1) as f64;
    for &section in &alone {
        let late = (spans[section].0 + spans[section].1) as f64 / (2 * whole.max(1)) as f64;
        let around = f64::midpoint(
            full[section.saturating_sub(1)],
            full.get(section + 1).copied().unwrap_or(full[section]),
        );
        let empty = around - full[section];
        kinds[section] = Some(if empty > 1.5 {
            (Kind::Break, logistic(empty - 1.0))
        } else {
            (Kind::Bridge, only * logistic((late - 0.45) * 6.0))
        });
    }
}

/// How full every section is: louder, with more voices, wider, denser than the mean, in standard deviations of each.
fn fullness(contours: &[Contour]) -> Vec<f64> {
    let of = |value: &dyn Fn(&Contour) -> Option<f64>, least: f64| -> Vec<f64> {
        let known: Vec<f64> = contours.iter().filter_map(value).collect();
        let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
        let spread = (known.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / known.len().max(1) as f64)
            .sqrt()
            .max(least);
        contours.iter().map(|one| value(one).map_or(-2.0, |x| (x - mean) / spread)).collect()
    };
    // Spreads smaller than these are no contour. Ours: one decibel, half a voice, a decibel of width, half an onset.
    let loud = of(&|one| one.loudness_lufs.map(|lufs| lufs.max(-70.0)), 1.0);
    let voices = of(&|one| Some(one.voices), 0.5);
    let wide = of(&|one| Some(one.width_db.unwrap_or(-40.0).max(-40.0)), 1.0);
    let dense = of(&|one| Some(one.onsets_per_s), 0.5);
    (0..contours.len()).map(|n| 0.4 * loud[n] + 0.3 * voices[n] + 0.2 * wide[n] + 0.1 * dense[n]).collect()
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-2.0 * x))
}
