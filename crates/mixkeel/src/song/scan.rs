//! Looks through a song's folder for recordings, and says what it passed over and why.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};

/// What was found under a song's folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Files that hold or claim to hold sound, in an order that does not depend on the file system or on the case of
    /// names.
    pub files: Vec<FoundFile>,
    /// What was passed over although its name promises sound, and why.
    pub left_out: Vec<(PathBuf, &'static str)>,
}

/// One file that may be a track.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its path below the song's folder, with `/` between parts.
    pub relative: String,
}

/// Endings by which people and workstations name recordings.
const AUDIO_ENDINGS: [&str; 19] = [
    "wav", "wave", "bwf", "rf64", "w64", "aif", "aiff", "aifc", "flac", "mp3", "m4a", "mp4", "m4b", "aac",
    "ogg", "oga", "opus", "caf", "alac",
];

/// How a file that holds sound can begin; the content decides, whatever the ending says.
const AUDIO_BEGINNINGS: [&[u8]; 9] =
    [b"RIFF", b"RIFX", b"RF64", b"BW64", b"FORM", b"fLaC", b"OggS", b"caff", b"riff"];

/// Folders deeper than this are not entered. Ours: nobody keeps tracks there, and recursion must end.
const DEEPEST: usize = 32;

/// Finds every recording below a folder, or the one file given.
///
/// Hidden files, resource forks (`._name`), `__MACOSX` and folders that hold a session of ours are never taken for
/// sources. A file with an audio ending and no content is named in [`Found::left_out`].
pub fn scan(song: &Path) -> Result<Found, Error> {
    let mut found = Found::default();
    let facts = fs::metadata(song).map_err(|error| unreadable(song, &error))?;
    if facts.is_file() {
        let name = song.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        found.files.push(FoundFile { path: song.to_path_buf(), relative: name });
        return Ok(found);
    }
    if holds_session(song) {
        return Err(Error::new(ErrorKind::Usage, "this folder is a mix of ours, not a song")
            .at(song)
            .because("it holds a session.toml that Mixkeel wrote")
            .hint(
                "give the folder of recorded tracks, or play this session: mixkeel render <session.toml>",
            ));
    }
    walk(song, "", DEEPEST, &mut BTreeSet::new(), &mut found)?;
    found.files.sort_by(|a, b| {
        (a.relative.to_lowercase(), &a.relative).cmp(&(b.relative.to_lowercase(), &b.relative))
    });
    found.left_out.sort();
    if found.files.is_empty() {
        let mut error = Error::new(ErrorKind::Unreadable, "there is no audio in this folder").at(song);
        for (path, why) in &found.left_out {
            error = error.because(format!("{}: {why}", path.display()));
        }
        return Err(error
            .because("looked for WAV, AIFF, FLAC, MP3, AAC or ALAC in MP4, Ogg Vorbis, Opus and CAF, also in subfolders")
            .hint("give the folder that holds one file a track: mixkeel mix \"My Song\""));
    }
    Ok(found)
}

/// Whether a folder is an output of ours: it holds a session that begins with our version key.
pub fn holds_session(folder: &Path) -> bool {
    let Ok(file) = fs::File::open(folder.join("session.toml")) else { return false };
    let mut head = String::new();
    // A session of ours says so in its first lines; 4 KiB leave room for a person's comments above.
    if file.take(4096).read_to_string(&mut head).is_err() && head.is_empty() {
        return false;
    }
    head.lines().any(|line| {
        line.trim_start().strip_prefix("mixkeel").is_some_and(|rest| rest.trim_start().starts_with('='))
    })
}

fn walk(
    folder: &Path,
    prefix: &str,
    depth: usize,
    entered: &mut BTreeSet<PathBuf>,
    found: &mut Found,
) -> Result<(), Error> {
    // Links may lead back to where one has been.
    if !entered.insert(fs::canonicalize(folder).map_err(|error| unreadable(folder, &error))?) {
        return Ok(());
    }
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| unreadable(folder, &error))?;
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || name == "__MACOSX" {
            continue;
        }
        let relative = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        // Follows links: people keep samples elsewhere. A broken link is as good as no file.
        let Ok(facts) = fs::metadata(&path) else { continue };
        if facts.is_dir() {
            if depth > 0 && !holds_session(&path) && !name.ends_with(".partial") {
                walk(&path, &relative, depth - 1, entered, found)?;
            }
        } else if facts.is_file() {
            let named = has_audio_ending(&name);
            if facts.len() == 0 {
                if named {
                    found.left_out.push((path, "the file is empty (0 bytes)"));
                }
            } else if named || begins_like_audio(&path) {
                found.files.push(FoundFile { path, relative });
            }
        }
    }
    Ok(())
}

fn has_audio_ending(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| AUDIO_ENDINGS.contains(&ending.to_lowercase().as_str()))
}

fn begins_like_audio(path: &Path) -> bool {
    let mut head = [0_u8; 4];
    fs::File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok()
        && AUDIO_BEGINNINGS.iter().any(|beginning| head.starts_with(beginning))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    let (why, hint) = match error.kind() {
        std::io::ErrorKind::NotFound => {
            ("there is no such file or folder".to_owned(), "check the spelling; quote a path with spaces")
        }
        std::io::ErrorKind::PermissionDenied => {
            ("permission denied".to_owned(), "give yourself the right to read it, or copy it elsewhere")
        }
        _ => (error.to_string(), "check that the disk is connected and the path is right"),
    };
    Error::new(ErrorKind::Unreadable, "can't read the song").at(path).because(why).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touch(folder: &Path, name: &str, bytes: &[u8]) {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    #[test]
    fn takes_recordings_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for name in
            ["b.WAV", "A.wav", "deep/er/Snare 🥁.flac", "notes.txt", ".hidden.wav", "._A.wav", ".DS_Store"]
        {
            touch(folder.path(), name, b"x");
        }
        touch(folder.path(), "no ending", b"RIFF....WAVE");
        touch(folder.path(), "empty.wav", b"");
        touch(folder.path(), "Song-mix/session.toml", b"# mine\nmixkeel = 1\n");
        touch(folder.path(), "Song-mix/mix.wav", b"RIFF");
        touch(folder.path(), "__MACOSX/x.wav", b"RIFF");
        let found = scan(folder.path()).unwrap();
        let names: Vec<_> = found.files.iter().map(|file| file.relative.as_str()).collect();
        assert_eq!(names, ["A.wav", "b.WAV", "deep/er/Snare 🥁.flac", "no ending"]);
        assert_eq!(found.left_out.len(), 1);
    }

    #[test]
    fn says_what_is_wrong_with_a_folder_of_text_a_missing_one_and_one_of_ours() {
        let folder = tempfile::tempdir().unwrap();
        touch(folder.path(), "lyrics.txt", b"la la");
        assert_eq!(scan(folder.path()).unwrap_err().kind, ErrorKind::Unreadable);
        assert!(scan(&folder.path().join("nope")).unwrap_err().to_string().contains("no such file"));
        touch(folder.path(), "session.toml", b"mixkeel=1");
        assert_eq!(scan(folder.path()).unwrap_err().kind, ErrorKind::Usage);
    }
}
