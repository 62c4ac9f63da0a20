//! `mixkeel render`: a session is played as it stands.

use std::path::PathBuf;

use clap::Args;
use mixkeel::render::{RenderOptions, Stems};
use mixkeel::{Bits, Error, Format};

use crate::answer::Answer;
use crate::face::Face;
use crate::{cli, interrupt, values};

/// What can be typed after `render`.
#[derive(Args, Debug)]
#[command(
    help_template = cli::TEMPLATE,
    before_help = "\
Examples:
  mixkeel render \"My Song-mix\"                          # the mix, as edited
  mixkeel render \"My Song-mix\" -o part --from 0:01 --to 0:02
  mixkeel render \"My Song-mix\" -o instrumental --without lead-vocal
  mixkeel render \"My Song-mix\" -o bass --only bass --format flac --bits 24"
)]
pub struct Render {
    /// A session file, or the folder that holds it
    #[arg(value_name = "SESSION")]
    session: PathBuf,
    /// The folder to write to [default: render, beside the session]
    #[arg(long, short, value_name = "OUT")]
    out: Option<PathBuf>,
    /// Begin here: seconds or minutes:seconds
    #[arg(long, value_name = "TIME", value_parser = values::seconds)]
    from: Option<f64>,
    /// End here: seconds or minutes:seconds
    #[arg(long, value_name = "TIME", value_parser = values::seconds)]
    to: Option<f64>,
    /// Play only these buses, tracks or roles
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    only: Vec<String>,
    /// Play everything but these buses, tracks or roles
    #[arg(long, value_name = "WHAT", value_delimiter = ',', conflicts_with = "only")]
    without: Vec<String>,
    /// Stems to write beside the mix
    #[arg(long, default_value = "none", value_parser = values::one_of::<Stems>(&["none", "bus", "track"]))]
    stems: Stems,
    /// Format of the files
    #[arg(long, default_value = "wav", value_parser = values::one_of::<Format>(&["wav", "flac"]))]
    format: Format,
    /// Word length of the files
    #[arg(long, default_value = "32f", value_parser = values::one_of::<Bits>(&["16", "24", "32f"]))]
    bits: Bits,
    /// Sample rate of the files, such as 48000 or 44.1k [default: that of the session]
    #[arg(long, value_name = "HZ", value_parser = values::rate_hz)]
    rate: Option<u32>,
    /// Render although tracks are soloed
    #[arg(long)]
    allow_solo: bool,
    /// Write into a folder that holds other files, over files of the same name
    #[arg(long)]
    force: bool,
}

impl Render {
    /// Renders.
    ///
    /// # Errors
    /// What the library says.
    pub fn run(&self, face: &Face) -> Result<Answer, Error> {
        interrupt::listen();
        let options = RenderOptions {
            out: self.out.clone(),
            from_s: self.from,
            to_s: self.to,
            only: self.only.clone(),
            without: self.without.clone(),
            bits: self.bits,
            rate_hz: self.rate,
            stems: self.stems,
            format: self.format,
            allow_solo: self.allow_solo,
            force: self.force,
        };
        let outcome = mixkeel::render::render(&self.session, &options, face)?;
        Answer::new(&outcome, &outcome.summary())
    }
}
