//! `mixkeel song`: what is heard in a song.

use std::path::PathBuf;

use clap::Args;
use mixkeel::Error;
use mixkeel::hear::HearOptions;
use mixkeel::song::cache::Cache;

use crate::answer::Answer;
use crate::face::Face;
use crate::{cli, interrupt, values};

/// What can be typed after `song`.
#[derive(Args, Debug)]
#[command(
    help_template = cli::TEMPLATE,
    before_help = "\
Examples:
  mixkeel song \"My Song\"              # a folder of tracks tells most
  mixkeel song mix.wav                # one file tells less
  mixkeel song \"My Song-mix\"          # a session, as it places its tracks
  mixkeel song \"My Song\" --json
  mixkeel song \"My Song\" --tempo 92 --sections sections.csv
  mixkeel song \"My Song\" --midi song.mid --cue click.wav"
)]
pub struct Song {
    /// A folder of tracks, a session or its folder, or one file
    #[arg(value_name = "SONG")]
    song: PathBuf,
    /// The tempo in beats a minute, instead of what is heard
    #[arg(long, value_name = "BPM", value_parser = values::tempo_bpm)]
    tempo: Option<f64>,
    /// The key, instead of what is heard: C, "F# minor", Bbm
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// A file that names the sections: a table (0:00,Intro), a MIDI file with markers, a WAV with cue points
    #[arg(long, value_name = "FILE")]
    sections: Option<PathBuf>,
    /// Write tempo map, metre and sections as a standard MIDI file
    #[arg(long, value_name = "FILE")]
    midi: Option<PathBuf>,
    /// Write everything that was heard as a table
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write a click track with a cue point for every section, as WAV
    #[arg(long, value_name = "FILE")]
    cue: Option<PathBuf>,
    /// Write over files that are there
    #[arg(long)]
    force: bool,
    /// Fold files with more than two channels down to stereo
    #[arg(long)]
    downmix: bool,
}

impl Song {
    /// Hears.
    ///
    /// # Errors
    /// What the library says.
    pub fn run(&self, face: &Face) -> Result<Answer, Error> {
        interrupt::listen();
        let options = HearOptions {
            tempo_bpm: self.tempo,
            key: self.key.clone(),
            sections: self.sections.clone(),
            midi: self.midi.clone(),
            csv: self.csv.clone(),
            cue: self.cue.clone(),
            force: self.force,
            downmix: self.downmix,
            cache: Cache::of_user(),
        };
        let outcome = mixkeel::hear::song(&self.song, &options, face)?;
        Ok(Answer::new(&outcome.report, &outcome.summary())?.data())
    }
}
