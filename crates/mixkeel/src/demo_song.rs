//! `demo`: writes the demo song to disk and mixes it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use mixkeel_io::write::{Bits, Format, Spec, Tags, create, write_atomically};
use rayon::prelude::*;
use serde::Serialize;

use crate::demo::{synthesise, track_count, truth};
use crate::error::{Error, ErrorKind};
use crate::mix::{MixOptions, MixOutcome, mix};
use crate::report::Report;
use crate::watch::{Event, Stage, Watch};

/// The folder when nobody names one.
const DEFAULT_FOLDER: &str = "mixkeel-demo";
/// What is true about the song, beside its tracks; also the sign by which the folder is known as ours.
const TRUTH: &str = "truth.json";

/// What the demo made.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct DemoOutcome {
    /// `mixkeel/demo/1`.
    pub schema: String,
    /// The folder with the tracks and what is true about them.
    pub song: String,
    /// The folder with the mix.
    pub out: String,
    /// Files written into the song's folder.
    pub files: Vec<String>,
    /// The mix.
    pub report: Report,
    #[serde(skip)]
    #[schemars(skip)]
    told: Vec<String>,
}

impl DemoOutcome {
    /// The name of this JSON.
    pub const SCHEMA: &'static str = "mixkeel/demo/1";

    /// What to tell the user.
    pub fn summary(&self) -> Vec<String> {
        let mut lines = vec![
            format!(
                "Wrote a song of {} tracks to {} (what is true about it: {TRUTH}).",
                self.files.len() - 1,
                self.song
            ),
            String::new(),
        ];
        lines.extend(self.told.iter().cloned());
        lines
    }
}

/// Writes the demo song and mixes it.
///
/// # Errors
/// A folder that holds something else, no room, or whatever keeps a mix from being made.
pub fn demo(folder: Option<&Path>, watch: &dyn Watch) -> Result<DemoOutcome, Error> {
    let folder = folder.map_or_else(|| PathBuf::from(DEFAULT_FOLDER), Path::to_path_buf);
    let is_new = !folder.exists();
    claim(&folder)?;
    let outcome = write_and_mix(&folder, watch);
    if outcome.is_err() && is_new {
        // Half a song is of no use. What cannot be removed is recognised as ours the next time.
        let _ = fs::remove_dir_all(&folder);
    }
    outcome
}

fn write_and_mix(folder: &Path, watch: &dyn Watch) -> Result<DemoOutcome, Error> {
    let tracks = folder.join("tracks");
    fs::create_dir_all(&tracks).map_err(|error| {
        Error::new(ErrorKind::Unwritable, "can't write the demo song")
            .at(folder)
            .because(error.to_string())
            .hint("name a folder that can be written to: mixkeel demo \"Some Folder\"")
    })?;
    // The sign that the folder is ours comes first, so that an interrupted demo can be repeated.
    write_atomically(&folder.join(TRUTH), &crate::json::to_bytes(&truth())?)?;
    let done = AtomicUsize::new(0);
    watch.event(Event::Progress { stage: Stage::Synthesise, fraction: 0.0 });
    let written: Vec<Result<String, Error>> = (0..track_count())
        .into_par_iter()
        .map(|index| {
            if watch.stop() {
                return Err(Error::interrupted());
            }
            let track = synthesise(index);
            let spec = Spec {
                format: Format::Wav,
                bits: if track.bits == 16 { Bits::I16 } else { Bits::I24 },
                rate_hz: track.rate_hz,
                channels: track.channels,
                tags: Tags {
                    engine_version: format!("Mixkeel {}", crate::ENGINE_VERSION),
                    ..Tags::default()
                },
                dither_seed: index as u64,
                source_bits: None,
                length_frames: Some(track.samples.frames() as u64),
            };
            let mut writer = create(&tracks.join(track.file_name), &spec)?;
            writer.write(track.samples.signal())?;
            writer.finish()?;
            let so_far = done.fetch_add(1, Ordering::Relaxed) + 1;
            let fraction = so_far as f64 / track_count() as f64;
            watch.event(Event::Progress { stage: Stage::Synthesise, fraction });
            Ok(format!("tracks/{}", track.file_name))
        })
        .collect();
    let mut files = vec![TRUTH.to_owned()];
    for file in written {
        files.push(file?);
    }
    let name = folder.file_name().map_or_else(|| DEFAULT_FOLDER.into(), |name| name.to_string_lossy());
    let out = folder.with_file_name(format!("{name}-mix"));
    let MixOutcome { report, out, told } =
        mix(&tracks, &MixOptions { out: Some(out), ..MixOptions::default() }, watch)?;
    Ok(DemoOutcome {
        schema: DemoOutcome::SCHEMA.to_owned(),
        song: folder.to_string_lossy().into_owned(),
        out: out.to_string_lossy().into_owned(),
        files,
        report,
        told,
    })
}

/// Makes sure that the folder is new, empty, or an earlier demo.
fn claim(folder: &Path) -> Result<(), Error> {
    let ours = folder.join(TRUTH).is_file();
    let taken = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(_) => true,
    };
    if taken && !ours {
        return Err(Error::new(ErrorKind::OutputExists, "the folder for the demo holds other files")
            .at(folder)
            .hint("name a new folder: mixkeel demo \"Some Folder\""));
    }
    Ok(())
}
