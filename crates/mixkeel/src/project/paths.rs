//! Names and paths: what an output folder is called, and how one folder points into another.

use std::path::{Component, Path, PathBuf};

/// Names that say nothing about the song: a folder called so takes its parent's name.
const NAMELESS: [&str; 3] = ["tracks", "stems", "audio"];

/// Where a mix goes when nobody says: `SONG-mix` in the current folder, named after the song's folder.
pub fn default_out(song: &Path) -> PathBuf {
    PathBuf::from(format!("{}-mix", song_name(song)))
}

/// What a song is called, from its folder (or, for a single file, from the file).
pub fn song_name(song: &Path) -> String {
    let full = std::fs::canonicalize(song).unwrap_or_else(|_| song.to_path_buf());
    let own = if full.is_file() { full.file_stem() } else { full.file_name() };
    let own = own.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let parent = full.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    match parent {
        Some(parent) if NAMELESS.contains(&own.to_lowercase().as_str()) => parent,
        _ if own.is_empty() => "song".to_owned(),
        _ => own,
    }
}

/// The way from one folder to a file, with `/` between parts, as it stands in a session. Absolute where there is none
/// (another drive).
pub fn relative(from_folder: &Path, to_file: &Path) -> String {
    let from = std::fs::canonicalize(from_folder).unwrap_or_else(|_| from_folder.to_path_buf());
    let to = std::fs::canonicalize(to_file).unwrap_or_else(|_| to_file.to_path_buf());
    let (from, to): (Vec<_>, Vec<_>) = (from.components().collect(), to.components().collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let other_drive = shared == 0 || matches!(to.first(), Some(Component::Prefix(_))) && shared < 2;
    if other_drive {
        return to.iter().collect::<PathBuf>().to_string_lossy().replace('\\', "/");
    }
    let up = from[shared..].iter().map(|_| "..".to_owned());
    let down = to[shared..].iter().map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_called_tracks_takes_its_parents_name() {
        let folder = tempfile::tempdir().unwrap();
        let tracks = folder.path().join("Harbour/Tracks");
        std::fs::create_dir_all(&tracks).unwrap();
        assert_eq!(default_out(&tracks), PathBuf::from("Harbour-mix"));
        assert_eq!(song_name(&folder.path().join("Harbour")), "Harbour");
        std::fs::write(tracks.join("My Beat.wav"), b"").unwrap();
        assert_eq!(song_name(&tracks.join("My Beat.wav")), "My Beat");
    }

    #[test]
    fn points_from_the_mix_to_the_recordings() {
        let folder = tempfile::tempdir().unwrap();
        let (song, out) = (folder.path().join("Harbour/a b"), folder.path().join("Harbour-mix"));
        std::fs::create_dir_all(&song).unwrap();
        std::fs::create_dir_all(&out).unwrap();
        std::fs::write(song.join("Lead Vox.wav"), b"").unwrap();
        assert_eq!(relative(&out, &song.join("Lead Vox.wav")), "../Harbour/a b/Lead Vox.wav");
        assert_eq!(relative(&song, &song.join("Lead Vox.wav")), "Lead Vox.wav");
    }
}
