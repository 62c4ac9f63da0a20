//! `song`: what is heard in a song, from its tracks, its session or one file: tempo, bars, key, chords and sections; and what
//! somebody has said about it, which goes first.

mod asks;
mod chart;
mod click;
mod csv;
mod gather;
mod given;
mod lines;
mod mark;
mod midi;
pub(crate) mod on_paper;
mod report;
mod sections;
mod table;

use std::path::{Path, PathBuf};

use mixkeel_analysis::music::form::{Form, form, with_bars_at_sections};
use mixkeel_analysis::music::harmony::{Harmony, harmony};
use mixkeel_analysis::music::rhythm::{Rhythm, rhythm, rhythm_at, written};
use mixkeel_io::read::Downmix;
use mixkeel_io::write::write_atomically;

pub(crate) use gather::without_sums;
pub use gather::{Heard, Voice};
pub use given::{By, Given, SaidKey, Tempo};
pub use lines::{LineReport, NoteReport, PitchReport, TimingReport, VibratoReport};
pub use mark::{Mark, NamedSection};
pub use on_paper::{write_sections, write_tempo};
pub use report::{
    AskReport, ChordReport, GivenReport, KeyReport, MeasuredReport, MetreReport, OtherTempoReport,
    SectionReport, SongReport, TempoReport,
};

use crate::error::{Error, ErrorKind};
use crate::song::cache::Cache;
use crate::watch::{Event, Stage, Watch};

/// How to hear a song.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HearOptions {
    /// The owner's word on the tempo, in beats a minute.
    pub tempo_bpm: Option<f64>,
    /// The owner's word on the key: `F# minor`.
    pub key: Option<String>,
    /// A file that names the sections.
    pub sections: Option<PathBuf>,
    /// Where tempo map, metre and sections are written as a standard MIDI file.
    pub midi: Option<PathBuf>,
    /// Where everything is written as a table.
    pub csv: Option<PathBuf>,
    /// Where a click track with a cue point for every section is written, as WAV.
    pub cue: Option<PathBuf>,
    /// Whether such files may be written over.
    pub force: bool,
    /// Whether recordings of more than two channels are folded to two.
    pub downmix: bool,
    /// Where profiles of recordings are kept for the next time; nowhere when not said.
    pub cache: Cache,
}

/// The music of a song, as it was heard and as it was said.
#[derive(Clone, Debug, PartialEq)]
pub struct Music {
    /// Tempo, beats and bars.
    pub rhythm: Rhythm,
    /// Tuning, key and chords.
    pub harmony: Harmony,
    /// Sections as they were heard.
    pub form: Form,
    /// Sections as somebody said them.
    pub named: Option<Vec<NamedSection>>,
    /// The tempo that was heard, where another was said.
    pub heard_bpm: Option<f64>,
    /// Who said what.
    pub given: Given,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct SongOutcome {
    /// The document.
    pub report: SongReport,
    /// Files that were written.
    pub written: Vec<PathBuf>,
}

impl SongOutcome {
    /// What to tell people, at most 80 columns wide.
    pub fn summary(&self) -> Vec<String> {
        let mut lines = table::lines(&self.report);
        if !self.written.is_empty() {
            lines.push(String::new());
        }
        lines.extend(self.written.iter().map(|path| format!("Wrote {}", path.display())));
        lines
    }
}

/// Hears a folder of tracks, a session, or a file.
///
/// # Errors
/// Nothing to hear, recordings that cannot be read, a session with mistakes, words that mean nothing, files that are in the way
/// or cannot be written, or a request to stop.
pub fn song(path: &Path, options: &HearOptions, watch: &dyn Watch) -> Result<SongOutcome, Error> {
    let outputs = [&options.midi, &options.csv, &options.cue];
    outputs.into_iter().flatten().try_for_each(|out| refuse_existing(out, options.force))?;
    let downmix = if options.downmix { Downmix::Fold } else { Downmix::Refuse };
    let heard = gather::gather(path, downmix, &options.cache, watch)?;
    let given = Given::of(path, options, heard.session.as_ref(), &heard.markers)?;
    heard.warnings.iter().chain(&given.warnings).for_each(|message| {
        watch.event(Event::Warning { about: None, message: message.clone() });
    });
    watch.event(Event::Progress { stage: Stage::Hear, fraction: 0.0 });
    let music = music(&heard.voices, given);
    watch.event(Event::Progress { stage: Stage::Hear, fraction: 1.0 });
    let report = SongReport::of(path, &heard, &music);
    let mut files = Vec::new();
    if let Some(out) = &options.midi {
        write_atomically(out, &midi::written(&report))?;
        files.push(out.clone());
    }
    if let Some(out) = &options.csv {
        write_atomically(out, csv::written(&report).as_bytes())?;
        files.push(out.clone());
    }
    if let Some(out) = &options.cue {
        click::write(out, &report, heard.rate_hz)?;
        files.push(out.clone());
    }
    Ok(SongOutcome { report, written: files })
}

/// Hears the music of tracks; what was said about it goes first.
pub fn music(voices: &[Voice], given: Given) -> Music {
    let curves = gather::rhythm_tracks(voices);
    let length_s = gather::length_s(voices);
    let (rhythm, heard_bpm) = match given.tempo.as_ref().map(|said| &said.what) {
        None => (rhythm(&curves), None),
        Some(Tempo::Bpm(bpm)) => (rhythm_at(&curves, *bpm), rhythm(&curves).tempo_bpm),
        Some(Tempo::Map { tempo, metre }) => (written(tempo, metre, length_s), rhythm(&curves).tempo_bpm),
    };
    let empty = mixkeel_analysis::music::Music::default();
    let tracks = gather::form_tracks(voices, &empty);
    let rhythm = with_bars_at_sections(&tracks, &rhythm);
    let harmony = harmony(&gather::pitched_tracks(voices), &rhythm);
    let form = form(&tracks, &rhythm, harmony.tuning_cents);
    let named = given.marks.as_ref().map(|said| mark::sections(&said.what, length_s));
    Music { rhythm, harmony, form, named, heard_bpm, given }
}

fn refuse_existing(out: &Path, force: bool) -> Result<(), Error> {
    if force || !out.exists() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::OutputExists, "there is a file of that name already")
        .at(out)
        .hint("give another name, or write over it: --force"))
}
