//! What somebody has said about a song goes before what is heard: the owner's words, the session, and files that lie beside
//! the tracks (a MIDI file, a table, markers in a recording).

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use mixkeel_analysis::music::rhythm::Metre;
use mixkeel_session::session::Session;

use super::mark::{Mark, kind_of};
use super::{HearOptions, csv, midi};
use crate::error::{Error, ErrorKind};
use crate::song::scan::holds_session;

/// Folders deeper than this are not looked through. Ours: the place beside the tracks, and one for notes.
const DEEPEST: usize = 3;

/// A table or MIDI file larger than this is not read. Ours: a hundred times the largest that makes sense.
const LARGEST_BYTES: u64 = 8 << 20;

/// A statement and who made it, such as `--tempo` or `song.mid`.
#[derive(Clone, Debug, PartialEq)]
pub struct By<T> {
    /// What was said.
    pub what: T,
    /// Who said it.
    pub by: String,
}

/// A tempo as somebody said it.
#[derive(Clone, Debug, PartialEq)]
pub enum Tempo {
    /// One number; where the beats lie is heard.
    Bpm(f64),
    /// A map of tempo (quarters a minute) and metre, counted from session zero.
    Map {
        /// From second, quarters a minute.
        tempo: Vec<(f64, f64)>,
        /// From second, the metre.
        metre: Vec<(f64, Metre)>,
    },
}

/// A key as somebody said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaidKey {
    /// `F#`.
    pub tonic: String,
    /// `major` or `minor`.
    pub mode: String,
}

/// Everything that was said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Given {
    /// The tempo.
    pub tempo: Option<By<Tempo>>,
    /// The key.
    pub key: Option<By<SaidKey>>,
    /// The sections.
    pub marks: Option<By<Vec<Mark>>>,
    /// What the user should know.
    pub warnings: Vec<String>,
}

impl Given {
    /// From the owner's words, then the session, then what lies in the folder; `markers` are those of the recordings.
    pub fn of(
        path: &Path,
        options: &HearOptions,
        session: Option<&Session>,
        markers: &[(String, Vec<Mark>)],
    ) -> Result<Self, Error> {
        let mut given = Self {
            tempo: options.tempo_bpm.map(|bpm| By { what: Tempo::Bpm(bpm), by: "--tempo".to_owned() }),
            key: options.key.as_deref().map(said_key).transpose()?,
            marks: options.sections.as_deref().map(said_sections).transpose()?,
            warnings: Vec::new(),
        };
        match session {
            Some(session) => given.or_session(session),
            None if path.is_dir() => {
                for file in beside(path) {
                    given.or_file(path, &file);
                }
            }
            None => {}
        }
        for (name, marks) in markers.iter().filter(|(_, marks)| are_sections(marks)) {
            given.marks.get_or_insert_with(|| By { what: marks.clone(), by: format!("markers in {name}") });
        }
        Ok(given)
    }

    fn or_session(&mut self, session: &Session) {
        let by = || "the session".to_owned();
        if self.tempo.is_none() && !session.song.tempo.is_empty() {
            let metre = session
                .song
                .metre
                .iter()
                .map(|(from_s, metre)| (*from_s, Metre { count: metre.beats, unit: metre.unit }))
                .collect();
            let first_s = session.song.tempo.first().map_or(0.0, |(from_s, _)| *from_s);
            // A tempo from the very beginning says where the bars lie only if somebody also laid them there.
            let what = match session.song.tempo.as_slice() {
                [(_, bpm)] if first_s <= 0.0 => Tempo::Bpm(*bpm),
                tempo => Tempo::Map { tempo: tempo.to_vec(), metre },
            };
            self.tempo = Some(By { what, by: by() });
        }
        if let (None, Some(what)) = (&self.key, session.song.key.as_deref().and_then(parsed_key)) {
            self.key = Some(By { what, by: by() });
        }
        if self.marks.is_none() && !session.sections.is_empty() {
            let mark = |section: &mixkeel_session::session::Section| Mark {
                from_s: section.from_s,
                to_s: Some(section.to_s),
                label: section.id.replace('-', " "),
            };
            self.marks = Some(By { what: session.sections.iter().map(mark).collect(), by: by() });
        }
    }

    fn or_file(&mut self, folder: &Path, file: &Path) {
        let small = fs::metadata(file).is_ok_and(|facts| facts.len() <= LARGEST_BYTES);
        let Some(bytes) = small.then(|| fs::read(file).ok()).flatten() else { return };
        let by = file.strip_prefix(folder).unwrap_or(file).to_string_lossy().into_owned();
        let is_table = has_ending(file, &["csv", "tsv", "txt"]);
        let said = if is_table {
            let text = String::from_utf8_lossy(&bytes);
            // A table that is not about places of the song is none of our business, and a broken one cannot be told from it.
            let said = csv::read(&text).ok().flatten().unwrap_or_default();
            midi::Said { tempo: said.tempo, marks: said.marks, ..midi::Said::default() }
        } else {
            match midi::read(&bytes) {
                Some(said) => said,
                None => {
                    return self.warnings.push(format!("{by}: is no MIDI file of a song, and was not used"));
                }
            }
        };
        if self.tempo.is_none() && !said.tempo.is_empty() {
            let metre =
                said.metre.iter().map(|&(from_s, (count, unit))| (from_s, Metre { count, unit })).collect();
            let what = match said.tempo.as_slice() {
                [(_, bpm)] if is_table => Tempo::Bpm(*bpm),
                tempo => Tempo::Map { tempo: tempo.to_vec(), metre },
            };
            self.tempo = Some(By { what, by: by.clone() });
        }
        // C major is what programs write that know no key.
        if let (None, Some((sharps, minor))) = (&self.key, said.key.filter(|key| *key != (0, false))) {
            self.key = Some(By { what: key_of_sharps(sharps, minor), by: by.clone() });
        }
        if self.marks.is_none() && are_sections(&said.marks) {
            self.marks = Some(By { what: said.marks, by });
        }
    }
}

/// Whether names that were found, not given, are sections: markers also stand for takes, loops and mistakes.
fn are_sections(marks: &[Mark]) -> bool {
    const KNOWN: [&str; 6] = ["intro", "verse", "chorus", "bridge", "break", "outro"];
    let known = marks.iter().filter(|mark| KNOWN.contains(&kind_of(&mark.label).as_str())).count();
    known >= 2
}

/// Tables and MIDI files below a folder, MIDI first, in the order of names.
fn beside(folder: &Path) -> Vec<PathBuf> {
    let mut found: BTreeSet<(bool, PathBuf)> = BTreeSet::new();
    walk(folder, DEEPEST, &mut found);
    found.into_iter().map(|(_, path)| path).collect()
}

fn walk(folder: &Path, depth: usize, found: &mut BTreeSet<(bool, PathBuf)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        let Ok(kind) = entry.file_type() else { continue };
        if hidden {
            continue;
        }
        if kind.is_dir() {
            if depth > 0 && !holds_session(&path) {
                walk(&path, depth - 1, found);
            }
        } else if has_ending(&path, &["mid", "midi", "smf"]) {
            found.insert((false, path));
        } else if has_ending(&path, &["csv", "tsv"]) {
            found.insert((true, path));
        }
    }
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|own| endings.iter().any(|ending| own.eq_ignore_ascii_case(ending)))
}

/// The sections in the file of `--sections`: a table, a MIDI file with markers, or a recording with cue points.
fn said_sections(file: &Path) -> Result<By<Vec<Mark>>, Error> {
    let wrong = |why: String| {
        Error::new(ErrorKind::Unreadable, "can't read the sections")
            .at(file)
            .because(why)
            .hint("give a table with a line a section, such as `0:00,Intro`; a MIDI file with markers; or a WAV with cue points")
    };
    let facts = fs::metadata(file).map_err(|error| wrong(error.to_string()))?;
    if !facts.is_file() {
        return Err(wrong("it is no file".to_owned()));
    }
    let marks = if has_ending(file, &["mid", "midi", "smf"]) {
        let bytes = fs::read(file).map_err(|error| wrong(error.to_string()))?;
        midi::read(&bytes).ok_or_else(|| wrong("it is no MIDI file of a song".to_owned()))?.marks
    } else if has_ending(file, &["wav", "wave", "bwf", "aif", "aiff", "w64"]) {
        let reader = mixkeel_io::read::open(file, mixkeel_io::read::Downmix::Keep)?;
        reader
            .info()
            .markers
            .iter()
            .map(|marker| Mark { from_s: marker.at_s, to_s: None, label: marker.label.clone() })
            .collect()
    } else {
        if facts.len() > LARGEST_BYTES {
            return Err(wrong("it is too large for a table".to_owned()));
        }
        let bytes = fs::read(file).map_err(|error| wrong(error.to_string()))?;
        let text = String::from_utf8(bytes).map_err(|_| wrong("it is not text".to_owned()))?;
        let said = csv::read(&text).map_err(wrong)?;
        said.ok_or_else(|| wrong("no line of it names a place of the song".to_owned()))?.marks
    };
    if marks.is_empty() {
        return Err(wrong("it names no place of the song".to_owned()));
    }
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(By { what: marks, by: format!("--sections {name}") })
}

fn said_key(text: &str) -> Result<By<SaidKey>, Error> {
    let what = parsed_key(text).ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("\"{text}\" is no key"))
            .hint("write a note and major or minor: \"C\", \"F# minor\", \"Bbm\"")
    })?;
    Ok(By { what, by: "--key".to_owned() })
}

/// `C`, `F# minor`, `Bbm`, `C:min`.
fn parsed_key(text: &str) -> Option<SaidKey> {
    let mut letters = text.trim().chars();
    let note = letters.next()?.to_ascii_uppercase();
    if !('A'..='G').contains(&note) {
        return None;
    }
    let rest = letters.as_str().replace('♯', "#").replace('♭', "b");
    let (sign, rest) = match rest.chars().next() {
        Some('#') => ("#", rest.get(1..).unwrap_or_default()),
        Some('b') => ("b", rest.get(1..).unwrap_or_default()),
        _ => ("", rest.as_str()),
    };
    let mode = match rest.trim_matches([' ', ':', '-', '_']) {
        "" | "M" => "major",
        "m" => "minor",
        word => match word.to_lowercase().as_str() {
            "maj" | "major" | "dur" => "major",
            "min" | "minor" | "moll" => "minor",
            _ => return None,
        },
    };
    Some(SaidKey { tonic: format!("{note}{sign}"), mode: mode.to_owned() })
}

/// The key with so many sharps, or flats as minus.
fn key_of_sharps(sharps: i8, minor: bool) -> SaidKey {
    const FIFTHS: [&str; 19] = [
        "Fb", "Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#", "G#", "D#",
        "A#",
    ];
    let place = 8 + i32::from(sharps.clamp(-7, 7)) + if minor { 3 } else { 0 };
    let tonic = usize::try_from(place).ok().and_then(|place| FIFTHS.get(place)).copied().unwrap_or("C");
    SaidKey { tonic: tonic.to_owned(), mode: if minor { "minor" } else { "major" }.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_people_write_them() {
        for (text, tonic, mode) in [
            ("C", "C", "major"),
            ("am", "A", "minor"),
            ("F# minor", "F#", "minor"),
            ("Bbm", "Bb", "minor"),
            ("b", "B", "major"),
            ("Eb:maj", "Eb", "major"),
            ("d moll", "D", "minor"),
        ] {
            let key = parsed_key(text).unwrap();
            assert_eq!((key.tonic.as_str(), key.mode.as_str()), (tonic, mode), "{text}");
        }
        for wrong in ["", "H", "C dorian-ish", "7", "mm"] {
            assert_eq!(parsed_key(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_circle_of_fifths_closes() {
        let told = |sharps, minor| key_of_sharps(sharps, minor).tonic;
        assert_eq!([told(0, false), told(1, false), told(-3, false), told(7, false)], ["C", "G", "Eb", "C#"]);
        assert_eq!([told(0, true), told(1, true), told(-4, true), told(7, true)], ["A", "E", "F", "A#"]);
    }

    #[test]
    fn markers_of_takes_are_no_sections() {
        let mark = |label: &str| Mark { from_s: 0.0, to_s: None, label: label.to_owned() };
        assert!(!are_sections(&[mark("Marker 01"), mark("take 2"), mark("verse?")]));
        assert!(are_sections(&[mark("Intro"), mark("Verse 1"), mark("Gtr solo")]));
    }
}
