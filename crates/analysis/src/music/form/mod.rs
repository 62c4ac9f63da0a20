//! Form: where the sections of a song begin, which of them are the same music again, and what people would call them; heard
//! from its tracks together (who plays when) or from its sum, and how sure all that is.
//!
//! 1. Every bar is described by who plays, which notes sound, how it sounds and how its rhythm goes (`bars`, `features`).
//! 2. Bars are compared with each other (`likeness`); where what was like ends and something else begins, or where a
//!    repetition begins or ends, a section may begin (`novelty`).
//! 3. The best chain of sections is found, among which lengths of four and eight bars are usual (`cuts`).
//! 4. Sections that are alike bar by bar are the same music again (`groups`), and how often, how loud, how wide and how full
//!    they are tells what they are called (`names`). What cannot be told is called a part.

mod bars;
mod contour;
mod cuts;
mod features;
mod groups;
mod likeness;
mod names;
mod novelty;
mod phase;

use serde::Serialize;

use super::Music;
use super::rhythm::Rhythm;
use crate::energy::EnergyMap;

pub use contour::{BarContour, Contour};
pub use likeness::Likeness;
pub use names::Kind;
pub use phase::with_bars_at_sections;

/// One track as the form is heard from it, or the sum of all.
#[derive(Clone, Debug)]
pub struct FormTrack<'a> {
    /// Its recordings.
    pub clips: Vec<FormClip<'a>>,
    /// How loud it stands in the song on the left and on the right, as factors of amplitude.
    pub gains: [f64; 2],
    /// Whether the song is about it, as it is about its voice.
    pub lead: bool,
}

/// One recording of a track.
#[derive(Clone, Copy, Debug)]
pub struct FormClip<'a> {
    /// Where its energy lies.
    pub energy: &'a EnergyMap,
    /// Its onsets and chroma.
    pub music: &'a Music,
    /// Where it begins in the song, in seconds; what lies before 0 is not heard.
    pub at_s: f64,
}

/// A span of the song on bar lines.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FormSection {
    /// Its first bar.
    pub from_bar: usize,
    /// The bar after its last.
    pub to_bar: usize,
    /// Its beginning in seconds.
    pub from_s: f64,
    /// Its end in seconds.
    pub to_s: f64,
    /// Sections of one group are the same music again.
    pub group: usize,
    /// What it is.
    pub kind: Kind,
    /// Which of its kind, from 1; 0 where there is only one.
    pub number: usize,
    /// How sure its name is, from 0 to 1.
    pub confidence: f64,
    /// How sure it is that something begins here, from 0 to 1.
    pub border_confidence: f64,
    /// How it sounds against the others.
    pub contour: Contour,
}

impl FormSection {
    /// `chorus 2`, or `bridge` where there is only one.
    pub fn label(&self) -> String {
        if self.number == 0 { self.kind.name() } else { format!("{} {}", self.kind.name(), self.number) }
    }
}

/// The form of a song.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Form {
    /// The borders of bars in seconds: one more than there are bars.
    pub bars_s: Vec<f64>,
    /// Whether those are bars that were heard. Where no pulse was, they are slices of two seconds.
    pub on_bars: bool,
    /// The sections, without gaps.
    pub sections: Vec<FormSection>,
    /// How every bar sounds.
    pub bars: Vec<BarContour>,
    /// How alike bars are.
    #[serde(skip)]
    pub likeness: Likeness,
}

impl Form {
    /// How the bars from one to before another sound.
    pub fn contour(&self, from_bar: usize, to_bar: usize) -> Contour {
        Contour::of(&self.bars, &self.bars_s, from_bar, to_bar)
    }
}

/// Hears the form of a song. `tuning_cents` is how far its notes lie above those of A = 440 Hz.
pub fn form(tracks: &[FormTrack], rhythm: &Rhythm, tuning_cents: f64) -> Form {
    let length_s = length_s(tracks);
    let (bars_s, on_bars) = bars::borders(rhythm, length_s);
    let features = features::Features::of(tracks, &bars_s, tuning_cents);
    let likeness = likeness::Likeness::of(&features);
    let novelty = novelty::Novelty::of(&likeness);
    let mut borders = cuts::borders(&novelty, features.bars.len());
    let mut groups = groups::groups(&likeness, &borders);
    groups::joined(&mut borders, &mut groups, &novelty);
    let spans: Vec<(usize, usize)> = borders.windows(2).map(|two| (two[0], two[1])).collect();
    let contours: Vec<Contour> =
        spans.iter().map(|&(from, to)| Contour::of(&features.bars, &bars_s, from, to)).collect();
    let named = names::names(&spans, &groups, &contours, &likeness, on_bars, tracks.len() > 1);
    let sections = spans
        .iter()
        .zip(named)
        .zip(contours)
        .enumerate()
        .map(|(index, ((&(from_bar, to_bar), name), contour))| FormSection {
            from_bar,
            to_bar,
            from_s: bars_s.get(from_bar).copied().unwrap_or(0.0),
            to_s: bars_s.get(to_bar).copied().unwrap_or(length_s),
            group: groups.get(index).copied().unwrap_or(0),
            kind: name.kind,
            number: name.number,
            confidence: name.confidence,
            border_confidence: novelty.confidence(from_bar),
            contour,
        })
        .collect();
    Form { bars_s, on_bars, sections, bars: features.bars, likeness }
}

/// How long the song is, in seconds.
fn length_s(tracks: &[FormTrack]) -> f64 {
    let clips = tracks.iter().flat_map(|track| &track.clips);
    let cells = f64::from(crate::energy::CELLS_PER_S);
    clips.map(|clip| clip.at_s + clip.energy.cells() as f64 / cells).fold(0.0, f64::max)
}
