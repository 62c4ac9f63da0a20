//! `mixkeel mix`: a folder of tracks becomes a mix, the whole way.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use mixkeel::mix::{MixOptions, ROUNDS_BY_DEFAULT, Start};
use mixkeel::solve::SolveOptions;
use mixkeel::song::cache::Cache;
use mixkeel::{Bits, Error};

use crate::answer::Answer;
use crate::face::Face;
use crate::{cli, interrupt, values};

/// What can be typed after `mix`.
#[derive(Args, Debug)]
#[command(
    help_template = cli::TEMPLATE,
    before_help = "\
Examples:
  mixkeel mix \"My Song\"                    # writes to My Song-mix here
  mixkeel mix \"My Song\" -o out             # writes out/
  mixkeel mix \"My Song\" --start fresh      # ignores the levels of the files
  mixkeel mix \"My Song\" --focus lead-vocal
  mixkeel mix \"My Song\" --rounds 3         # hears the mix and corrects it
  mixkeel mix \"My Song\" --strength 60%      # less of everything
  mixkeel mix \"My Song-mix\" --keep balance,eq  # decides the rest again
  mixkeel mix \"My Song\" --variations 3     # also drier, voice up, wider
  mixkeel mix \"My Song\" --role \"Audio 07.wav=lead-vocal\"

Run it again after editing My Song-mix/session.toml: what you changed stays."
)]
pub struct Mix {
    /// A folder that holds one file a track; folders inside it are searched too
    #[arg(value_name = "SONG")]
    song: PathBuf,
    /// Where to write [default: SONG-mix in the current folder]
    #[arg(long, short, value_name = "OUT")]
    out: Option<PathBuf>,
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
    /// What kind of music it is: rock, metal, country, hip-hop, electronic, jazz, acoustic or plain [default: as heard]
    #[arg(long, value_name = "NAME")]
    style: Option<String>,
    /// How much of what is decided is applied, such as 0.6 or 60% [default: all, or as the session says]
    #[arg(long, value_name = "PART", value_parser = values::strength)]
    strength: Option<f64>,
    /// What of an earlier mix is not decided again: balance, pan, eq, dynamics, space, sections, loop, or a track
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    keep: Vec<String>,
    /// So many further mixes that differ on purpose (drier, voice up, wider ...), each in a folder beside
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = values::variations)]
    variations: usize,
    /// Rounds of listening to the mix and correcting it, at most; 3 are usually enough
    #[arg(long, value_name = "N", default_value_t = ROUNDS_BY_DEFAULT, value_parser = values::rounds)]
    rounds: usize,
    /// How long it may take, such as 90s or 15m; fewer rounds are made then, and a mix in any case
    #[arg(long, value_name = "TIME", value_parser = values::time_limit)]
    time_limit: Option<Duration>,
    /// Sample rate of the mix, such as 48000 or 44.1k [default: that of most files]
    #[arg(long, value_name = "HZ", value_parser = values::rate_hz)]
    rate: Option<u32>,
    /// Word length of mix and stems
    #[arg(long, default_value = "32f", value_parser = values::one_of::<Bits>(&["16", "24", "32f"]))]
    bits: Bits,
    /// Write no stems
    #[arg(long)]
    no_stems: bool,
    /// What the mix is to do, in plain words: written into the session and solved for as a second version
    #[arg(long = "goal", value_name = "WORDS")]
    goals: Vec<String>,
    /// With --goal: a record that goals compare with, as in "balanced like the reference"; may be given several times
    #[arg(long, value_name = "FILE", requires = "goals")]
    reference: Vec<PathBuf>,
    /// Fold files with more than two channels down to stereo
    #[arg(long)]
    downmix: bool,
}

impl Mix {
    /// Mixes.
    ///
    /// # Errors
    /// What the library says.
    pub fn run(&self, face: &Face) -> Result<Answer, Error> {
        interrupt::listen();
        let options = MixOptions {
            out: self.out.clone(),
            start: self.start.0,
            rough: self.start.1.clone(),
            redo: self.redo,
            roles: self.roles.clone(),
            focus: self.focus.clone(),
            tempo_bpm: self.tempo,
            key: self.key.clone(),
            sections: self.sections.clone(),
            rate_hz: self.rate,
            style: self.style.clone(),
            strength: self.strength,
            keep: self.keep.clone(),
            variations: self.variations,
            rounds: self.rounds,
            time_limit: self.time_limit,
            bits: self.bits,
            stems: !self.no_stems,
            downmix: self.downmix,
            cache: Cache::of_user(),
        };
        let outcome = mixkeel::mix::mix(&self.song, &options, face)?;
        if !self.goals.is_empty() {
            mixkeel::goals::add(&outcome.out, &self.goals, &self.reference)?;
            let options = SolveOptions { cache: Cache::of_user(), ..SolveOptions::default() };
            let report = mixkeel::solve::solve(&outcome.out, &options, face)?;
            return Answer::new(&report, &report.lines());
        }
        Answer::new(&outcome.report, &outcome.summary())
    }
}
