//! `mixkeel plan`: what a mix would change and why, without writing anything.

use std::path::PathBuf;

use clap::Args;
use mixkeel::Error;
use mixkeel::mix::{MixOptions, Start};
use mixkeel::song::cache::Cache;

use crate::answer::Answer;
use crate::face::Face;
use crate::{cli, interrupt, values};

/// What can be typed after `plan`.
#[derive(Args, Debug)]
#[command(
    help_template = cli::TEMPLATE,
    before_help = "\
Examples:
  mixkeel plan \"My Song\"                  # what mix would do, and why
  mixkeel plan \"My Song-mix\"              # what the next version would change
  mixkeel plan \"My Song\" --start fresh --json"
)]
pub struct Plan {
    /// A folder that holds one file a track, or a session
    #[arg(value_name = "SONG")]
    song: PathBuf,
    /// Where the balance starts: auto, fresh, tracks, rough (a rough mix among the files) or rough=FILE
    #[arg(long, value_name = "FROM", default_value = "auto", value_parser = values::start)]
    start: (Start, Option<PathBuf>),
    /// Decide everything again, also what was changed by hand
    #[arg(long)]
    redo: bool,
    /// Say what a file is; may be given several times
    #[arg(long = "role", value_name = "FILE=ROLE", value_parser = values::role)]
    roles: Vec<(String, String)>,
    /// What the song is about: a track or a role, such as lead-vocal
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    focus: Vec<String>,
    /// The tempo in beats a minute, instead of what is heard
    #[arg(long, value_name = "BPM", value_parser = values::tempo_bpm)]
    tempo: Option<f64>,
    /// The key: C, "F# minor", Bbm
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// A file that names the sections: a table (0:00,Intro), a MIDI file or a WAV with markers
    #[arg(long, value_name = "FILE")]
    sections: Option<PathBuf>,
    /// Fold files with more than two channels down to stereo
    #[arg(long)]
    downmix: bool,
}

impl Plan {
    /// Plans.
    ///
    /// # Errors
    /// What the library says.
    pub fn run(&self, face: &Face) -> Result<Answer, Error> {
        interrupt::listen();
        let options = MixOptions {
            start: self.start.0,
            rough: self.start.1.clone(),
            redo: self.redo,
            roles: self.roles.clone(),
            focus: self.focus.clone(),
            tempo_bpm: self.tempo,
            key: self.key.clone(),
            sections: self.sections.clone(),
            downmix: self.downmix,
            cache: Cache::of_user(),
            ..MixOptions::default()
        };
        let plan = mixkeel::plan::plan(&self.song, &options, face)?;
        Ok(Answer::new(&plan, &plan.lines())?.data())
    }
}
