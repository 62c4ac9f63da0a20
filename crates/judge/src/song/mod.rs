//! What the music asks: at most three questions about the song itself, never grades. Each names bars and shows what it rests
//! on; a song in which nothing is wrong is asked nothing.

mod covered_track;
mod even_accents;
mod flat_contour;
mod one_density;
mod unchanged_loop;
mod unmarked_transition;

use mixkeel_analysis::masking::MaskingReport;
use mixkeel_analysis::music::form::Form;
use mixkeel_analysis::music::rhythm::{Onset, Rhythm};
use serde::{Deserialize, Serialize};

/// The most questions that are asked: more are a list, and lists are not read (DESIGN §6 has the same for a mix).
const MOST: usize = 3;

/// A song as far as questions are asked about it.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'a> {
    /// Its tempo, beats and bars.
    pub rhythm: &'a Rhythm,
    /// Its bars, how they sound and how alike they are.
    pub form: &'a Form,
    /// Its sections, as somebody said them or as they were heard.
    pub sections: &'a [Span],
    /// Its tracks, in the order in which its form was heard from them; one for a single file.
    pub tracks: &'a [Part],
    /// Who covers whom, where the levels of the tracks are those of a mix; its tracks in the same order.
    pub masking: Option<&'a MaskingReport>,
}

/// A section.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// What it is called.
    pub label: String,
    /// What it is.
    pub kind: String,
    /// Its first bar.
    pub from_bar: usize,
    /// The bar after its last.
    pub to_bar: usize,
}

/// A track.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What people call it.
    pub name: String,
    /// What begins in it, in order of time.
    pub onsets: Vec<Onset>,
}

/// Something measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// What.
    pub what: String,
    /// How much.
    pub value: f64,
    /// Of what unit.
    pub unit: String,
}

/// A question about the song.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Which: `song/flat-contour`; the path of its file.
    pub id: String,
    /// The question.
    pub ask: String,
    /// What it rests on, in words.
    pub because: String,
    /// The same in numbers.
    pub evidence: Vec<Measured>,
    /// From which bar to which, counted from 1, both included.
    pub bars: Vec<[usize; 2]>,
    /// The tracks concerned; none where it is all of them.
    pub tracks: Vec<String>,
    /// How much of the song it concerns, from 0 to 1: the order of questions.
    pub weight: f64,
}

impl Question {
    fn new(id: &str, ask: String, because: String, weight: f64) -> Self {
        let (evidence, bars, tracks) = (Vec::new(), Vec::new(), Vec::new());
        Self { id: id.to_owned(), ask, because, evidence, bars, tracks, weight: weight.clamp(0.0, 1.0) }
    }

    fn measured(mut self, what: &str, value: f64, unit: &str) -> Self {
        let value = libm::round(value * 100.0) / 100.0;
        self.evidence.push(Measured { what: what.to_owned(), value, unit: unit.to_owned() });
        self
    }

    /// Bars from one to before another, counted from 0.
    fn bars(mut self, from: usize, to: usize) -> Self {
        self.bars.push([from + 1, to.max(from + 1)]);
        self
    }

    fn track(mut self, name: &str) -> Self {
        self.tracks.push(name.to_owned());
        self
    }
}

/// Everything that asks, in the order of the issue they come from; one file each.
const ALL: [fn(&Heard) -> Option<Question>; 6] = [
    unchanged_loop::asks,
    flat_contour::asks,
    unmarked_transition::asks,
    one_density::asks,
    even_accents::asks,
    covered_track::asks,
];

/// What the song asks, what concerns most of it first; three things at most.
pub fn questions(song: &Heard) -> Vec<Question> {
    let mut asked: Vec<Question> = ALL.iter().filter_map(|asks| asks(song)).collect();
    asked.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    asked.truncate(MOST);
    asked
}

/// Seconds of the bars from one to before another.
fn seconds(form: &Form, from: usize, to: usize) -> f64 {
    let at = |bar: usize| form.bars_s.get(bar).or(form.bars_s.last()).copied().unwrap_or(0.0);
    at(to) - at(from)
}

/// The least and the most of some values; `None` of nothing.
fn range(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |range, x| {
        let (low, high) = range.unwrap_or((x, x));
        Some((x.min(low), x.max(high)))
    })
}
