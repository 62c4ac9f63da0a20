//! From a folder to what is in it: which folder is meant, the recordings in it, and what each measures.

use std::path::{Path, PathBuf};

use mixkeel_io::read::Downmix;

use super::MixOptions;
use crate::error::{Error, ErrorKind};
use crate::project::folder;
use crate::project::paths::{default_out, song_name};
use crate::project::session_file;
use crate::song::arrive::{Arrival, Arrivals, arrive};
use crate::song::measure::{Measured, Take, measure};
use crate::song::scan::scan;
use crate::watch::{Event, Stage, Watch};

/// A folder of recordings as it was found and measured.
pub struct Gathered {
    pub(super) name: String,
    pub(super) folder: PathBuf,
    pub(super) left_out: Vec<(PathBuf, &'static str)>,
    pub(super) arrivals: Arrivals,
    pub(super) measured: Vec<Measured>,
    /// A rough mix, and what it measures.
    pub(super) rough: Option<(PathBuf, Measured)>,
    pub(super) downmix: Downmix,
}

/// The folder of recordings and the output folder that are meant. A session or an output folder of ours stands for the
/// folder that its recordings lie in, and is mixed on from where it is.
pub fn song_and_out(song: &Path, out: Option<&Path>) -> Result<(PathBuf, PathBuf), Error> {
    let is_session =
        song.is_file() && song.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    if !is_session && !folder::holds_versions(song) {
        return Ok((song.to_path_buf(), out.map_or_else(|| default_out(song), Path::to_path_buf)));
    }
    let opened = session_file::open(song)?;
    let files = opened
        .session
        .tracks
        .iter()
        .flat_map(|track| &track.clips)
        .map(|clip| opened.folder.join(&clip.file));
    let folders: Vec<PathBuf> =
        files.filter_map(|file| std::fs::canonicalize(file).ok()?.parent().map(Path::to_path_buf)).collect();
    let shared = folders.iter().skip(1).fold(folders.first().cloned(), |shared, folder| {
        let shared = shared?;
        shared.ancestors().find(|above| folder.starts_with(above)).map(Path::to_path_buf)
    });
    let Some(shared) = shared else {
        return Err(Error::new(ErrorKind::Unreadable, "none of the session's recordings can be found")
            .at(&opened.path)
            .because("paths in a session start from its own folder")
            .hint("put the recordings back, or correct the paths"));
    };
    Ok((shared, out.map_or(opened.folder, Path::to_path_buf)))
}

/// Finds the recordings of a song and measures them.
pub fn gather(song: &Path, options: &MixOptions, watch: &dyn Watch) -> Result<Gathered, Error> {
    watch.event(Event::Progress { stage: Stage::Scan, fraction: 0.0 });
    let found = scan(song)?;
    let downmix = if options.downmix { Downmix::Fold } else { Downmix::Refuse };
    let arrivals = arrive(&found, downmix, &options.roles)?;
    watch.event(Event::Progress { stage: Stage::Scan, fraction: 1.0 });
    let measured = measure(&takes(&arrivals), downmix, &options.cache, watch).map_err(Error::together)?;
    let rough = match &options.rough {
        Some(file) => {
            let take = Take { left: file.clone(), right: None, claimed_frames: 0 };
            let measured = measure(&[take], Downmix::Fold, &options.cache, watch).map_err(Error::together)?;
            measured.into_iter().next().map(|measured| (file.clone(), measured))
        }
        None => None,
    };
    let folder = song.to_path_buf();
    Ok(Gathered {
        name: song_name(song),
        folder,
        left_out: found.left_out,
        arrivals,
        measured,
        rough,
        downmix,
    })
}

fn takes(arrivals: &Arrivals) -> Vec<Take> {
    arrivals.tracks.iter().map(take).collect()
}

/// What is read of a track.
pub fn take(track: &Arrival) -> Take {
    Take { left: track.left.clone(), right: track.right.clone(), claimed_frames: track.claimed_frames() }
}
