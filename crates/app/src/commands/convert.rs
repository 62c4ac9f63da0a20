//! `mixkeel convert`: one file becomes another.

use std::path::PathBuf;

use clap::Args;
use mixkeel::convert::ConvertOptions;
use mixkeel::{Bits, Error};

use crate::answer::Answer;
use crate::face::Face;
use crate::{cli, interrupt, values};

/// What can be typed after `convert`.
#[derive(Args, Debug)]
#[command(
    help_template = cli::TEMPLATE,
    before_help = "\
Examples:
  mixkeel convert take.wav take.flac
  mixkeel convert take.wav cd.wav --rate 44.1k --bits 16"
)]
pub struct Convert {
    /// The file to read
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// The file to write; its ending (.wav, .flac) says the format
    #[arg(value_name = "OUT")]
    output: PathBuf,
    /// Sample rate, such as 48000 or 44.1k [default: that of the file]
    #[arg(long, value_name = "HZ", value_parser = values::rate_hz)]
    rate: Option<u32>,
    /// Word length [default: that of the file]
    #[arg(long, value_parser = values::one_of::<Bits>(&["16", "24", "32f"]))]
    bits: Option<Bits>,
    /// Shorten words without dither
    #[arg(long)]
    no_dither: bool,
    /// Fold more than two channels down to stereo
    #[arg(long)]
    downmix: bool,
    /// Write over a file that is there
    #[arg(long)]
    force: bool,
}

impl Convert {
    /// Converts.
    ///
    /// # Errors
    /// What the library says.
    pub fn run(&self, face: &Face) -> Result<Answer, Error> {
        interrupt::listen();
        let options = ConvertOptions {
            rate_hz: self.rate,
            bits: self.bits,
            dither: !self.no_dither,
            downmix: self.downmix,
            force: self.force,
        };
        let outcome = mixkeel::convert::convert(&self.input, &self.output, &options, face)?;
        Answer::new(&outcome, &outcome.summary())
    }
}
