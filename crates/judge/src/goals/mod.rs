//! Goals: what a mix should do, measured. One predicate a file; what they are measured on is a [`Heard`], a render or a
//! forecast of one, so that what is solved for and what is checked is the same.

mod audible;
mod balanced;
mod biggest;
mod brighter;
mod closer;
mod drier;
mod headroom;
mod heard;
mod louder;
mod mono_safe;
mod punchier;
mod rendered;
mod steady;
mod translates;
mod uncovered;
mod warmer;
mod wider;

use mixkeel_analysis::energy::lower_hz;
use mixkeel_analysis::spectrum::Span;
use mixkeel_session::goal::{Beside, Meaning, That, Who};
use mixkeel_session::session::Id;

pub use heard::{Audibility, Heard};
pub use rendered::Rendered;

/// Something that sounds, somewhere: one side of a comparison.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// The render.
    pub heard: &'a dyn Heard,
    /// Whose sound.
    pub who: &'a Who,
    /// In which section, by id or kind; everywhere where nothing is said.
    pub place: Option<&'a str>,
}

/// A finished record that a goal compares with.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// What the session calls it.
    pub id: Id,
    /// What it is made of, from beginning to end.
    pub spectrum: Span,
}

/// What a render is measured beside, where goals ask for it.
#[derive(Clone, Copy, Default)]
pub struct Others<'a> {
    /// The version that `than = "before"` means.
    pub before: Option<&'a dyn Heard>,
    /// The records that the session names.
    pub references: &'a [Reference],
}

/// What a predicate is asked.
#[derive(Clone)]
pub struct Case<'a> {
    /// What it is about.
    pub of: Side<'a>,
    /// What it is compared with.
    pub than: Option<Side<'a>>,
    /// The playback system.
    pub on: Option<&'a str>,
    /// The records that it is to be like; nothing where none are named.
    pub like: Option<Vec<&'a Reference>>,
}

/// How much of a predicate a forecast can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreseen {
    /// All of it, within the error bars of the forecast.
    Forecast,
    /// Most of it; the render has the last word more often.
    Roughly,
    /// Only what moves it as a whole; a render measures it.
    Rendered,
}

/// How much of a predicate a forecast can tell.
pub fn foreseen(that: That) -> Foreseen {
    match that {
        That::Audible => audible::FORESEEN,
        That::Louder => louder::FORESEEN,
        That::Steady => steady::FORESEEN,
        That::Wider => wider::FORESEEN,
        That::Brighter => brighter::FORESEEN,
        That::Warmer => warmer::FORESEEN,
        That::Punchier => punchier::FORESEEN,
        That::Drier => drier::FORESEEN,
        That::Closer => closer::FORESEEN,
        That::Uncovered => uncovered::FORESEEN,
        That::MonoSafe => mono_safe::FORESEEN,
        That::Translates => translates::FORESEEN,
        That::Headroom => headroom::FORESEEN,
        That::Balanced => balanced::FORESEEN,
        That::Biggest => biggest::FORESEEN,
    }
}

/// What a goal measures.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The measure, in the unit of the predicate.
    pub value: f64,
    /// How far it passes, in the same unit; below zero it fails by so much.
    pub margin: f64,
    /// The section in which it passes least or fails most, and the margin there; nothing where sections are not told apart.
    pub worst: Option<(String, f64)>,
}

impl Reading {
    /// Whether it passes. A hundredth of the unit is no failure: levels are set in such steps.
    pub fn passes(&self) -> bool {
        self.margin >= -0.01
    }
}

/// Measures a goal on a render.
///
/// # Errors
/// In words, why it cannot be measured there.
pub fn measure(meaning: &Meaning, heard: &dyn Heard, others: Others<'_>) -> Result<Reading, String> {
    let at = |place: Option<&str>| value_of(meaning, heard, others, place);
    let value = at(meaning.within.as_deref())?;
    let margin = margin(meaning, value);
    Ok(Reading { value, margin, worst: worst(meaning, heard, &at) })
}

/// Why nothing is compared with what was before the first mix, and what to do.
const NO_EARLIER: &str =
    "there is no earlier version to compare with; what should change from now on is a note: mixkeel revise";

/// What a goal measures in one place, whatever is wanted of it.
///
/// # Errors
/// In words, why it cannot be measured there.
pub fn value_of(
    meaning: &Meaning,
    heard: &dyn Heard,
    others: Others<'_>,
    place: Option<&str>,
) -> Result<f64, String> {
    let of = Side { heard, who: &meaning.of, place };
    let mut like = None;
    let than = match &meaning.than {
        None => None,
        Some(Beside::Who(who)) => Some(Side { heard, who, place }),
        Some(Beside::Section(section)) => Some(Side { heard, who: &meaning.of, place: Some(section) }),
        Some(Beside::Before) => {
            let heard = others.before.ok_or(NO_EARLIER)?;
            Some(Side { heard, who: &meaning.of, place })
        }
        Some(Beside::References(ids)) => {
            like = Some(others.references.iter().filter(|one| ids.contains(&one.id)).collect());
            None
        }
    };
    let case = Case { of, than, on: meaning.on.as_deref(), like };
    let value = value(meaning.that, &case)?;
    if value.is_finite() { Ok(value) } else { Err(format!("{} does not sound there", meaning.of)) }
}

/// The section in which the margin is least. A goal about one section, or between two, has no other.
fn worst(
    meaning: &Meaning,
    heard: &dyn Heard,
    at: &dyn Fn(Option<&str>) -> Result<f64, String>,
) -> Option<(String, f64)> {
    let by_place = !matches!(meaning.than, Some(Beside::Section(_)))
        && !matches!(meaning.that, That::Headroom | That::Biggest);
    if !by_place {
        return None;
    }
    let wanted = meaning.within.as_deref();
    let places = heard.places();
    let inside =
        |place: &&(String, String)| wanted.is_none_or(|wanted| place.0 == wanted || place.1 == wanted);
    places
        .iter()
        .filter(inside)
        .filter_map(|(id, _)| Some((id.clone(), margin(meaning, at(Some(id)).ok()?))))
        .min_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.0.cmp(&b.0)))
}

/// How far a measure lies inside what is wanted.
pub fn margin(meaning: &Meaning, value: f64) -> f64 {
    let over = meaning.at_least.map_or(f64::INFINITY, |least| value - least);
    let under = meaning.at_most.map_or(f64::INFINITY, |most| most - value);
    over.min(under)
}

fn value(that: That, case: &Case<'_>) -> Result<f64, String> {
    match that {
        That::Audible => audible::measure(case),
        That::Louder => louder::measure(case),
        That::Steady => steady::measure(case),
        That::Wider => wider::measure(case),
        That::Brighter => brighter::measure(case),
        That::Warmer => warmer::measure(case),
        That::Punchier => punchier::measure(case),
        That::Drier => drier::measure(case),
        That::Closer => closer::measure(case),
        That::Uncovered => uncovered::measure(case),
        That::MonoSafe => mono_safe::measure(case),
        That::Translates => translates::measure(case),
        That::Headroom => headroom::measure(case),
        That::Balanced => balanced::measure(case),
        That::Biggest => biggest::measure(case),
    }
}

impl Case<'_> {
    /// A measure of one side less that of the other.
    fn difference(&self, of: impl Fn(&Side<'_>) -> Result<f64, String>) -> Result<f64, String> {
        let than = self.than.as_ref().ok_or("it is compared with nothing")?;
        Ok(of(&self.of)? - of(than)?)
    }
}

impl Side<'_> {
    /// In words, when it is silent.
    fn silent(&self) -> String {
        match self.place {
            Some(place) => format!("{} does not sound in {place}", self.who),
            None => format!("{} does not sound", self.who),
        }
    }

    fn lufs(&self) -> Result<f64, String> {
        self.heard.lufs(self.who, self.place).ok_or_else(|| self.silent())
    }

    /// Energy between two frequencies.
    fn energy(&self, hz: (f64, f64)) -> Result<f64, String> {
        let bands = self.heard.bands(self.who, self.place).ok_or_else(|| self.silent())?;
        let energy = bands
            .iter()
            .enumerate()
            .map(|(band, power)| (power.left + power.right) * crate::evidence::share_of_band(band, hz))
            .sum::<f64>();
        Ok(energy)
    }

    /// The frequency under which such a part of its energy lies.
    fn register_hz(&self, part: f64) -> Result<f64, String> {
        let bands = self.heard.bands(self.who, self.place).ok_or_else(|| self.silent())?;
        let all: f64 = bands.iter().map(|power| power.left + power.right).sum();
        let mut below = 0.0;
        for (band, power) in bands.iter().enumerate() {
            let own = power.left + power.right;
            if own > 0.0 && below + own >= part * all {
                let (from_hz, to_hz) = (lower_hz(band), lower_hz(band + 1));
                return Ok(from_hz + (part * all - below) / own * (to_hz - from_hz));
            }
            below += own;
        }
        Err(self.silent())
    }

    /// Energy in one part of the spectrum over that in another, in dB. An empty part counts as 60 dB below the other, where
    /// nobody hears it.
    fn tilt_db(&self, over: (f64, f64), under: (f64, f64)) -> Result<f64, String> {
        let (over, under) = (self.energy(over)?, self.energy(under)?);
        if over <= 0.0 && under <= 0.0 {
            return Err(self.silent());
        }
        Ok(mixkeel_dsp::units::db_from_power(over.max(1e-6 * under) / under.max(1e-6 * over)))
    }
}
