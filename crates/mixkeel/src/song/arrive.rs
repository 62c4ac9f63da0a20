//! From files to tracks: every file opened, left and right joined, names read, a rate chosen, clips laid on the timeline.

use std::path::PathBuf;

use mixkeel_assist::pairs::stereo_pairs;
use mixkeel_assist::roles::identify::by_name;
use mixkeel_assist::roles::{NameGuess, roles_from_names};
use mixkeel_dsp::block::Channels;
use mixkeel_io::read::{Downmix, Info, ReadError};
use mixkeel_session::edit::Sureness;
use mixkeel_session::role::Role;
use rayon::prelude::*;

use super::facts::length_at;
use super::scan::{Found, FoundFile};
use crate::error::{Error, ErrorKind};

/// A track as it arrives: one file, or a left and a right one.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival {
    /// What people call it: the file's name without its ending.
    pub name: String,
    /// The path below the song's folder, for messages and for `--role`.
    pub label: String,
    /// The file, or the left one of two.
    pub left: PathBuf,
    /// The right one of two.
    pub right: Option<PathBuf>,
    /// What the (left) file says about itself.
    pub info: Info,
    /// What it is, as far as the name tells or the owner says.
    pub guess: NameGuess,
    /// Whether the owner said what it is.
    pub by_owner: bool,
    /// What the role rests on, once name, sound and neighbours were looked at together.
    pub reason: Option<String>,
    /// Where its first frame lies, in seconds from session zero.
    pub at_s: f64,
}

/// Everything that arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrivals {
    /// The tracks, in an order that depends on names alone.
    pub tracks: Vec<Arrival>,
    /// The rate at which most of them were recorded.
    pub rate_hz: u32,
    /// What the user should know.
    pub warnings: Vec<String>,
}

/// Opens every file and makes tracks of them. All files that cannot be read are named in the one error.
///
/// `roles` are the owner's words: a file (its name, with or without ending or folder) and a role.
pub fn arrive(found: &Found, downmix: Downmix, roles: &[(String, String)]) -> Result<Arrivals, Error> {
    let opened: Vec<Result<Info, ReadError>> = found
        .files
        .par_iter()
        .map(|file| mixkeel_io::read::open(&file.path, downmix).map(|reader| reader.info().clone()))
        .collect();
    let mut files = Vec::new();
    let mut unreadable = Vec::new();
    for (file, opened) in found.files.iter().zip(opened) {
        match opened {
            Ok(info) => files.push((file, info)),
            Err(error) => unreadable.push((file, error)),
        }
    }
    if !unreadable.is_empty() {
        return Err(unreadable_error(&unreadable));
    }
    let names: Vec<String> = files.iter().map(|(file, _)| stem(&file.relative)).collect();
    let guesses = roles_from_names(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut warnings = Vec::new();
    let places = places(&files, &mut warnings);

    let joined = joined(&files, &names);
    let mut tracks = Vec::new();
    for (index, ((file, info), guess)) in files.iter().zip(guesses).enumerate() {
        if joined.iter().any(|pair| pair.right == index) {
            continue;
        }
        let pair = joined.iter().find(|pair| pair.left == index);
        tracks.push(Arrival {
            name: pair.map_or_else(|| names[index].clone(), |pair| pair.name.clone()),
            label: file.relative.clone(),
            left: file.path.clone(),
            right: pair.map(|pair| files[pair.right].0.path.clone()),
            info: info.clone(),
            guess,
            by_owner: false,
            reason: None,
            at_s: places[index],
        });
    }
    take_roles(&mut tracks, roles)?;
    Ok(Arrivals { rate_hz: common_rate(&tracks), tracks, warnings })
}

/// A file's name without folder and ending, which is what people call the track.
fn stem(relative: &str) -> String {
    let name = relative.rsplit('/').next().unwrap_or(relative);
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.len() <= 5 => stem.to_owned(),
        _ => name.to_owned(),
    }
}

struct Joined {
    left: usize,
    right: usize,
    name: String,
}

/// Mono files that are the two sides of one track: named so, in the same folder, and alike in rate and length.
fn joined(files: &[(&FoundFile, Info)], names: &[String]) -> Vec<Joined> {
    let folder = |index: usize| files[index].0.relative.rsplit_once('/').map_or("", |(folder, _)| folder);
    let alike = |left: usize, right: usize| {
        let (a, b) = (&files[left].1, &files[right].1);
        folder(left) == folder(right)
            && a.channels == Channels::Mono
            && b.channels == Channels::Mono
            && a.rate_hz == b.rate_hz
            && a.length_frames == b.length_frames
    };
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    stereo_pairs(&names)
        .into_iter()
        .filter(|&(left, right)| alike(left, right))
        .map(|(left, right)| Joined { left, right, name: common_name(names[left], names[right]) })
        .collect()
}

/// What two sides of one track are called together: what their names share, `OH` of `OH L` and `OH R`.
fn common_name(left: &str, right: &str) -> String {
    let shared: String =
        left.chars().zip(right.chars()).take_while(|(a, b)| a == b).map(|(letter, _)| letter).collect();
    let shared = shared.trim_end_matches([' ', '-', '_', '.', '(', '[']);
    if shared.chars().any(char::is_alphabetic) { shared.to_owned() } else { left.to_owned() }
}

/// The rate that most tracks have; the higher of two that are equally common.
fn common_rate(tracks: &[Arrival]) -> u32 {
    let count = |rate_hz: u32| tracks.iter().filter(|track| track.info.rate_hz == rate_hz).count();
    tracks
        .iter()
        .map(|track| track.info.rate_hz)
        .max_by_key(|&rate_hz| (count(rate_hz), rate_hz))
        .unwrap_or(48_000)
}

/// Where each file lies. Files that all carry a recorder's time stamp (BWF) lie where it says; others start together.
fn places(files: &[(&FoundFile, Info)], warnings: &mut Vec<String>) -> Vec<f64> {
    let stamp =
        |info: &Info| info.time_reference_frames.map(|frames| frames as f64 / f64::from(info.rate_hz));
    let stamps: Vec<Option<f64>> = files.iter().map(|(_, info)| stamp(info)).collect();
    let together = vec![0.0; files.len()];
    let known: Vec<f64> = stamps.iter().copied().flatten().collect();
    let first = known.iter().copied().fold(f64::INFINITY, f64::min);
    let last = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if known.is_empty() || last - first <= 0.0 {
        return together;
    }
    if known.len() < files.len() {
        warnings.push(format!(
            "{} of {} files carry a recorder's time stamp; since not all do, none was used and all start together",
            known.len(),
            files.len()
        ));
        return together;
    }
    let longest = files
        .iter()
        .filter_map(|(_, info)| Some(info.length_frames? as f64 / f64::from(info.rate_hz)))
        .fold(0.0, f64::max);
    if last - first > longest {
        // Takes from another hour of the day do not lie on one timeline.
        warnings.push(
            "the recorder's time stamps lie further apart than the song is long; all files start together instead"
                .to_owned(),
        );
        return together;
    }
    stamps.iter().map(|stamp| stamp.map_or(0.0, |stamp| stamp - first)).collect()
}

/// Puts the owner's words in. A file or role that does not exist is an error.
fn take_roles(tracks: &mut [Arrival], roles: &[(String, String)]) -> Result<(), Error> {
    for (file, word) in roles {
        let role = Role::from_word(word).ok_or_else(|| {
            let words: Vec<&str> = Role::ALL.iter().map(|role| role.word()).collect();
            let error = Error::new(ErrorKind::Usage, format!("\"{word}\" is no role"));
            match mixkeel_session::suggest::nearest(word, words.iter().copied()) {
                Some(nearest) => error.hint(format!("did you mean --role \"{file}={nearest}\"?")),
                None => error,
            }
            .hint(format!("roles are: {}", words.join(", ")))
        })?;
        let wanted = file.to_lowercase();
        let meant = |track: &&mut Arrival| {
            let label = track.label.to_lowercase();
            let name = label.rsplit('/').next().unwrap_or(&label);
            [label.as_str(), name, &stem(&label), &track.name.to_lowercase()].contains(&wanted.as_str())
        };
        let known: Vec<String> = tracks.iter().map(|track| track.label.clone()).collect();
        let mut any = false;
        for track in tracks.iter_mut().filter(meant) {
            track.guess.role = role;
            track.guess.sureness = Sureness::Certain;
            track.by_owner = true;
            any = true;
        }
        if !any {
            let error =
                Error::new(ErrorKind::Usage, format!("--role names \"{file}\", and there is no such track"));
            let lower: Vec<String> = known.iter().map(|label| label.to_lowercase()).collect();
            let nearest = mixkeel_session::suggest::nearest(&wanted, lower.iter().map(String::as_str))
                .and_then(|nearest| known.iter().find(|label| label.to_lowercase() == nearest));
            return Err(match nearest {
                Some(nearest) => error.hint(format!("did you mean --role \"{nearest}={word}\"?")),
                None => error.hint("give the file's name as it stands in the folder"),
            });
        }
    }
    Ok(())
}

fn unreadable_error(unreadable: &[(&FoundFile, ReadError)]) -> Error {
    if let [(_, error)] = unreadable {
        return Error::from(error.clone()).hint("or move it out of the song's folder to mix without it");
    }
    unreadable.iter().fold(
        Error::new(ErrorKind::Unreadable, format!("can't read {} files of the song", unreadable.len()))
            .hint("put them right, or move them out of the song's folder to mix without them"),
        |error, (file, why)| error.because(format!("{}: {}", file.relative, why.why)),
    )
}

impl Arrival {
    /// What the role rests on, in words.
    pub fn because(&self) -> String {
        match &self.reason {
            _ if self.by_owner => "you said so".to_owned(),
            Some(reason) => reason.clone(),
            None => by_name(&self.guess).because,
        }
    }

    /// Its length at a rate, as far as the file says.
    pub fn claimed_frames(&self) -> u64 {
        self.info.length_frames.unwrap_or(0)
    }

    /// Frames of a recording of `frames` frames at the session's rate.
    pub fn length_at(&self, frames: u64, rate_hz: u32) -> u64 {
        length_at(frames, self.info.rate_hz, rate_hz)
    }
}
