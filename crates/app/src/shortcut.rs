//! A folder in place of a command: `mixkeel "My Song"`, or a folder dropped on the program, is mixed.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::error::ErrorKind as ClapErrorKind;
use mixkeel::{Error, ErrorKind};

use crate::cli;

/// As many slips of the finger turn a command into another word that is still taken for it. Ours, chosen because two
/// reach every usual slip in words of this length, and three would take `tracks` for `schema`.
const MOST_SLIPS: usize = 2;

/// The arguments with `mix` put before the first word, where that word is a folder and not a command. A word with a
/// space or a separator in it cannot be a command; where there is no such folder, `mix` says so best.
pub fn expand(arguments: &[OsString]) -> Vec<OsString> {
    let mut expanded = arguments.to_vec();
    if let Some((place, word)) = first_word(arguments)
        && !is_command(word)
        && (Path::new(word).is_dir() || (looks_like_a_path(word) && !Path::new(word).exists()))
    {
        expanded.insert(place, "mix".into());
    }
    expanded
}

/// What to say about a first word that is neither a command nor a folder; nothing when something else is wrong.
pub fn explain(error: &clap::Error, arguments: &[OsString]) -> Option<Error> {
    if error.kind() != ClapErrorKind::InvalidSubcommand {
        return None;
    }
    let (_, word) = first_word(arguments)?;
    let shown = word.to_string_lossy();
    let path = Path::new(word);
    if path.is_file() {
        let is_session = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
        let base =
            Error::new(ErrorKind::Usage, format!("\"{shown}\" is a file, and no command was given for it"));
        return Some(if is_session {
            base.hint(format!("play it:  mixkeel render \"{shown}\""))
        } else {
            base.hint("a song is a folder with one file a track:  mixkeel mix FOLDER")
                .hint(format!("measure it:  mixkeel measure \"{shown}\""))
                .hint(format!("change its format:  mixkeel convert \"{shown}\" OUT"))
        });
    }
    let base =
        Error::new(ErrorKind::Usage, format!("\"{shown}\" is neither a command nor a folder that exists"));
    let near = near_commands(&shown).into_iter().map(|name| format!("did you mean:  mixkeel {name}"));
    let with_near = near.fold(base, Error::hint);
    Some(with_near.hint("all commands:  mixkeel --help"))
}

/// Commands that are a slip or two away from `word`, the nearest.
fn near_commands(word: &str) -> Vec<String> {
    let word = word.to_lowercase();
    let near: BTreeSet<(usize, String)> = cli::words()
        .into_iter()
        .map(|name| (slips(&word, &name), name))
        .filter(|(slips, name)| *slips <= MOST_SLIPS && *slips < name.chars().count())
        .collect();
    let least = near.first().map_or(0, |(slips, _)| *slips);
    near.into_iter().filter(|(slips, _)| *slips == least).map(|(_, name)| name).collect()
}

/// How many letters have to be put in, left out, exchanged or swapped with their neighbour to get from one word to the
/// other (optimal string alignment).
fn slips(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=to.len()).collect()];
    for (i, a) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let exchanged = rows[i][j] + usize::from(a != b);
            let mut least = exchanged.min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == to[j - 1] && from[i - 1] == *b {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[from.len()][to.len()]
}

fn looks_like_a_path(word: &OsStr) -> bool {
    word.to_string_lossy().contains(['/', std::path::MAIN_SEPARATOR, ' '])
}

/// The first argument that is neither the program, an option, nor the value of an option that every command has.
fn first_word(arguments: &[OsString]) -> Option<(usize, &OsStr)> {
    let mut is_value = false;
    for (place, argument) in arguments.iter().enumerate().skip(1) {
        if std::mem::take(&mut is_value) {
            continue;
        }
        if argument == "--jobs" || argument == "-j" {
            is_value = true;
        } else if !argument.as_encoded_bytes().starts_with(b"-") {
            return Some((place, argument));
        }
    }
    None
}

fn is_command(word: &OsStr) -> bool {
    cli::words().iter().any(|name| word == name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &[&str]) -> Vec<OsString> {
        line.iter().map(OsString::from).collect()
    }

    #[test]
    fn a_folder_is_mixed_and_everything_else_is_left_as_it_is() {
        let folder = env!("CARGO_MANIFEST_DIR");
        assert_eq!(expand(&words(&["mixkeel", folder])), words(&["mixkeel", "mix", folder]));
        assert_eq!(
            expand(&words(&["mixkeel", "--json", "-j", "2", folder, "--redo"])),
            words(&["mixkeel", "--json", "-j", "2", "mix", folder, "--redo"])
        );
        let missing = words(&["mixkeel", "My Song, which is not here"]);
        assert_eq!(
            expand(&missing).get(1),
            Some(&OsString::from("mix")),
            "mix says best that a folder is missing"
        );
        for same in [&["mixkeel", "mix", folder][..], &["mixkeel", "nofolder"], &["mixkeel", "--help"]] {
            assert_eq!(expand(&words(same)), words(same));
        }
    }

    #[test]
    fn a_slip_of_the_finger_finds_the_command() {
        assert_eq!(near_commands("mxi"), ["mix"]);
        assert_eq!(near_commands("Rendr"), ["render"]);
        assert_eq!(near_commands("convrt"), ["convert"]);
        assert_eq!(near_commands("dome"), ["demo"]);
        assert!(near_commands("tracks").is_empty() && near_commands("").is_empty());
        assert_eq!((slips("", "mix"), slips("mix", "mix"), slips("ab", "ba")), (3, 0, 1));
    }
}
