//! `compare --blind`: a page on which two sounds are heard under hidden names, picked between, and counted. It says whether the
//! picks beat chance.

mod page;
mod wav;

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mixkeel_dsp::units::{db_from_gain, gain_from_db};
use mixkeel_io::write::{OPUS_RATE_HZ as PAGE_RATE_HZ, write_atomically};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::alike::residual_contour;
use crate::error::{Error, ErrorKind};
use crate::lines::{fit, wrapped};
use crate::page::{Source, lufs};
use crate::watch::Watch;

/// The page when nobody names another.
pub const NAME: &str = "blind.html";

/// How long a passage is. Ours: long enough for a phrase, short enough to remember how the other sounded.
const PASSAGE_S: f64 = 6.0;

/// How many passages: those in which the sounds differ most.
const PASSAGES: usize = 3;

/// What was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BlindOutcome {
    /// `mixkeel/blind/1`.
    pub schema: String,
    /// The page to open in a browser.
    pub page: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// The two sounds.
    pub sounds: [String; 2],
    /// The passages that are heard, in the order of the song.
    pub passages: Vec<Passage>,
}

/// A passage that is heard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Passage {
    /// Its start.
    pub from_s: f64,
    /// Its end.
    pub to_s: f64,
    /// What each sound is turned by there, so that both are as loud as the softer one.
    pub turned_db: [f64; 2],
}

impl BlindOutcome {
    /// The name of this JSON.
    pub const SCHEMA: &'static str = "mixkeel/blind/1";

    /// What to tell the user.
    pub fn summary(&self) -> Vec<String> {
        let mut lines = vec![self.page.clone()];
        lines.extend(wrapped(
            "Open it in a browser: two sounds, X and Y, which is which is drawn anew each time. Pick the one you prefer; after \
             five picks or more it says whether they beat chance.",
            "",
            "",
        ));
        for passage in &self.passages {
            lines.push(fit(&format!(
                "  {:.1} to {:.1} s, turned by {:+.1} and {:+.1} dB",
                passage.from_s, passage.to_s, passage.turned_db[0], passage.turned_db[1]
            )));
        }
        lines
    }
}

/// One passage as the page has it.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Heard {
    from_s: f64,
    to_s: f64,
    sounds: Vec<Sound>,
}

/// A sound in it: 24-bit WAV in base 64, without loss, because small differences are what it is about.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Sound {
    gain: f64,
    wav: String,
}

/// Makes the page for two files of sound, or two folders with a mix in them.
///
/// # Errors
/// What cannot be read or written, silence, or a request to stop. Nothing half-written stays.
pub fn blind(first: &Path, second: &Path, out: &Path, watch: &dyn Watch) -> Result<BlindOutcome, Error> {
    let files = [mix_in(first)?, mix_in(second)?];
    let starts = starts(&residual_contour(&files[0], &files[1], watch)?);
    if starts.is_empty() {
        return Err(Error::new(ErrorKind::Unreadable, "there is nothing to hear")
            .at(&files[1])
            .because("one of them is silent or ends before a passage is over")
            .hint("give two sounds of a second or more"));
    }
    let mut heard = Vec::new();
    let mut passages = Vec::new();
    for from_s in starts {
        if watch.stop() {
            return Err(Error::interrupted());
        }
        let to_s = from_s + PASSAGE_S;
        let sides = [0, 1].map(|n: usize| Source::File(files[n].clone()).between(from_s, to_s));
        let [a, b] = sides;
        let sides = [a?, b?];
        let loudness = [0, 1].map(|n: usize| lufs(&sides[n][0], &sides[n][1]));
        let quietest = loudness.iter().flatten().copied().fold(f64::INFINITY, f64::min);
        let gains = loudness.map(|lufs| lufs.map_or(1.0, |lufs| gain_from_db(quietest - lufs)));
        let sounds = sides.iter().zip(gains);
        heard.push(Heard {
            from_s,
            to_s,
            sounds: sounds
                .map(|([left, right], gain)| Sound {
                    gain,
                    wav: STANDARD.encode(wav::bytes(left, right, PAGE_RATE_HZ)),
                })
                .collect(),
        });
        passages.push(Passage {
            from_s,
            to_s,
            turned_db: gains.map(|gain| (db_from_gain(gain) * 10.0).round() / 10.0),
        });
    }
    let names = [first, second].map(|path| path.display().to_string());
    let html = page::html(&names, &heard);
    write_atomically(out, html.as_bytes())?;
    Ok(BlindOutcome {
        schema: BlindOutcome::SCHEMA.to_owned(),
        page: out.display().to_string(),
        bytes: html.len() as u64,
        sounds: names,
        passages,
    })
}

/// The file itself, or the mix in a folder of a version.
fn mix_in(path: &Path) -> Result<PathBuf, Error> {
    if path.is_file() && path.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("toml")) {
        return Ok(path.to_path_buf());
    }
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    let mix = folder.join("mix.wav");
    if mix.is_file() {
        return Ok(mix);
    }
    Err(Error::new(ErrorKind::Unreadable, "there is no mix to hear")
        .at(path)
        .because("a blind test plays files that are there")
        .hint("give two files of sound, or folders with a mix.wav: \"My Song-mix/v1\" \"My Song-mix\""))
}

/// Where the passages begin: where what is left between the two is loudest beside the sound itself, in the order of the song.
/// One value stands for every tenth of a second: the short-term loudness of the rest less that of the sound, until then.
fn starts(contour: &[Option<f64>]) -> Vec<f64> {
    let mut places: Vec<(usize, f64)> =
        contour.iter().enumerate().filter_map(|(n, lu)| Some((n, (*lu)?))).collect();
    places.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut starts: Vec<f64> = Vec::new();
    for (n, _) in places {
        // A value is of the three seconds until its time; the passage has them in its middle.
        let middle_s = n as f64 * 0.1 + 1.5;
        let from_s = (middle_s - PASSAGE_S / 2.0).max(0.0);
        if starts.iter().all(|start: &f64| (start - from_s).abs() >= PASSAGE_S) {
            starts.push(from_s);
        }
        if starts.len() == PASSAGES {
            break;
        }
    }
    starts.sort_by(f64::total_cmp);
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passages_lie_where_the_difference_is_and_do_not_overlap() {
        let mut contour = vec![Some(-60.0); 600];
        contour[300] = Some(-10.0);
        contour[310] = Some(-11.0);
        contour[500] = Some(-20.0);
        let starts = starts(&contour);
        assert_eq!(starts.len(), 3);
        assert!(starts.iter().any(|start| (start - 28.5).abs() < 1e-9), "{starts:?}");
        assert!(starts.iter().any(|start| (start - 48.5).abs() < 1e-9), "{starts:?}");
        assert!(starts.windows(2).all(|pair| pair[1] - pair[0] >= PASSAGE_S - 1e-9));
        assert_eq!(super::starts(&[None, None]), Vec::<f64>::new());
    }
}
