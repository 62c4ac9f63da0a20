//! From a folder to decisions: what `mix` does before it writes, and `plan` without writing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use mixkeel_assist::decide::{Decision, decide_by_ear, decide_on_paper};
use mixkeel_assist::ear::Heard;
use mixkeel_assist::focus;
use mixkeel_assist::related::{Related, Suspect};
use mixkeel_assist::rough::Rough;
use mixkeel_assist::rounds::touches;
use mixkeel_assist::rules::repair::clipped::advice;
use mixkeel_assist::song::Song;
use mixkeel_assist::starts::questions;
use mixkeel_assist::strength::in_part;
use mixkeel_assist::style::{self, PLAIN, Style};
use mixkeel_assist::{RULES, all_rules, rule};
use mixkeel_io::read::Downmix;
use mixkeel_session::address::Address;
use mixkeel_session::apply::apply;
use mixkeel_session::edit::Edit;
use mixkeel_session::resolve::MediaFacts;
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;

use super::{MixOptions, continued, fresh, hear, hold, respect};
use crate::ear::Ear;
use crate::error::{Error, ErrorKind};
use crate::project::folder::{self, Folder};
use crate::project::paths::{default_out, song_name};
use crate::project::session_file;
use crate::rounds::{Corrected, correct};
use crate::song::arrive::{Arrival, Arrivals, arrive};
use crate::song::assets;
use crate::song::measure::{Measured, Take, measure};
use crate::song::media::Shelf;
use crate::song::relate::{Beside, relate};
use crate::song::scan::scan;
use crate::song::settle::settle_roles;
use crate::watch::{Event, Stage, Watch};

/// A track that arrived, with what was measured and where it stands in the session.
pub struct Known {
    pub id: String,
    /// Paths from the output folder, as they stand in the session.
    pub files: Vec<String>,
    pub arrival: Arrival,
    pub measured: Measured,
}

/// A folder of recordings as it was found and measured.
pub struct Gathered {
    name: String,
    folder: PathBuf,
    pub(super) left_out: Vec<(PathBuf, &'static str)>,
    pub(super) arrivals: Arrivals,
    pub(super) measured: Vec<Measured>,
    /// A rough mix, and what it measures.
    rough: Option<(PathBuf, Measured)>,
    pub(super) downmix: Downmix,
}

/// A song as it was decided.
pub struct Decided {
    /// Every track, with what was measured.
    pub known: Vec<Known>,
    /// Files that are no tracks, and why.
    pub left_out: Vec<(PathBuf, &'static str)>,
    /// What the user should know.
    pub warnings: Vec<String>,
    /// The session, with all applied edits in it, and how its text comes to be.
    pub prepared: Prepared,
    /// What was applied and what was only proposed.
    pub decision: Decision,
    /// The recordings, with what was settled about them.
    pub song: Song,
    /// What the loop made of that.
    pub rounds: Corrected,
    /// What the session as decided measures.
    pub heard: Heard,
    /// Where its recordings lie.
    pub shelf: Shelf,
    /// What they are.
    pub media: BTreeMap<String, MediaFacts>,
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

/// Decides on a song, going on from the newest version in `folder` where there is one. Paths in the session start from
/// `paths_from`, which exists.
pub fn decided(
    gathered: Gathered,
    folder: &Folder,
    paths_from: &Path,
    options: &MixOptions,
    started: Instant,
    watch: &dyn Watch,
) -> Result<Decided, Error> {
    let Gathered { name, folder: song_folder, left_out, arrivals, measured, rough, downmix } = gathered;
    let Arrivals { mut tracks, rate_hz, mut warnings } = arrivals;
    warnings.extend(settle_roles(&mut tracks, &measured));
    let rate_hz = options.rate_hz.unwrap_or(rate_hz);
    let earlier = if options.redo || folder.newest() == 0 { None } else { Some(continued::open(folder)?) };
    let known = fresh::known(paths_from, tracks, measured, earlier.as_ref().map(|earlier| &earlier.session));
    warnings.extend(known.iter().flat_map(reading_warnings));
    let media = facts(&known, rate_hz);

    let mut prepared = match earlier {
        Some(earlier) => continued::prepare(earlier, &known, options, rate_hz, &mut warnings)?,
        None => fresh::prepare(&name, &known, options, rate_hz)?,
    };
    if options.redo {
        keep_wishes(folder, &mut prepared.session);
    }
    hear::hear(&song_folder, &known, options, &mut prepared, &mut warnings, watch)?;
    let facts = fresh::track_facts(&known, &prepared.session);
    warnings.extend(questions(&facts));
    warnings.extend(advice(&facts));
    warnings.iter().for_each(|message| {
        watch.event(Event::Warning { about: None, message: message.clone() });
    });

    watch.event(Event::Progress { stage: Stage::Decide, fraction: 0.0 });
    let shelf = Shelf { folder: paths_from.to_path_buf(), rate_hz, downmix };
    assets::check(&prepared.session, &shelf)?;
    let mut song = Song::new(facts, related(&known, downmix), options.start);
    if prepared.session.focus.is_empty() {
        let focus = focus::of_song(&song, &prepared.session);
        prepared.session.focus = focus.tracks;
        prepared.notes.insert(Address::of("song", "focus"), focus.because);
    }
    song.rough =
        rough.map(|(file, measured)| heard_in(&file, &measured, &song, &prepared.session)).transpose()?;
    let strength = strength(options, &mut prepared);
    song.keep = keep(options, &prepared.session)?;
    song.style = style(options, &song, &mut prepared, watch)?;
    take_back(&mut prepared, &song.keep, strength);
    let mut ear = Ear::new(&shelf, &media, watch);
    // What goals and notes have set stays, as what was set by hand does.
    let held = hold::hold(&mut prepared.session, &prepared.earlier_edits, prepared.before.as_ref());
    let whole = decide_on_paper(&RULES, &mut song, &prepared.session);
    let mut decision = in_part(&song, &prepared.session, whole, strength);
    watch.event(Event::Progress { stage: Stage::Decide, fraction: 1.0 });
    prepared.on_paper = decision.session.clone();
    let rounds = correct(&song, &decision.session, &ear, &options.rounds(started, strength), watch)?;
    decision.session = rounds.session.clone();
    decision.edits.extend(rounds.edits.iter().cloned());
    if prepared.before.is_some() {
        respect::respect(&song, &prepared.session, &mut decision);
    }
    decide_by_ear(&RULES, &mut song, &mut decision, &mut ear)?;
    let heard = ear.heard_of(&decision.session)?;
    hold::let_go(&mut decision.session, &held);
    prepared.session = decision.session.clone();
    refuse_silence(&known, &decision, &prepared)?;
    Ok(Decided { known, left_out, warnings, prepared, decision, song, rounds, heard, shelf, media })
}

/// What the loop of the last version corrected is taken back first, because it is measured anew; and where everything is decided
/// in part, or was, what rules have decided as well, so that the way begins where it began.
fn take_back(prepared: &mut Prepared, keep: &[String], strength: f64) {
    let before = prepared.before.as_ref().and_then(|before| before.song.strength).unwrap_or(1.0);
    let all = strength < 1.0 || before < 1.0;
    let kept = |edit: &Edit| {
        let stage = edit.by.split('/').next().unwrap_or_default();
        keep.iter().any(|keep| keep == stage || *keep == edit.address.strip || touches(&edit.by, keep))
    };
    let is_taken = |edit: &&Edit| {
        let stage = edit.by.split('/').next().unwrap_or_default();
        let is_taste = all && !matches!(stage, "repair" | "trim" | "bus" | "headroom");
        rule(&edit.by).is_some() && (stage == "loop" || is_taste) && !kept(edit)
    };
    for edit in prepared.earlier_edits.iter().rev().filter(is_taken) {
        if let Some(back) = edit.inverse().filter(|_| edit.stands_in(&prepared.session)) {
            // What its owner has locked since stays.
            let _ = apply(&mut prepared.session, &back);
        }
    }
}

/// How much of what is decided is applied: what is said now, or what the session says.
fn strength(options: &MixOptions, prepared: &mut Prepared) -> f64 {
    if let Some(strength) = options.strength {
        prepared.session.song.strength = (strength != 1.0).then_some(strength);
    }
    prepared.session.song.strength.unwrap_or(1.0)
}

/// The kind of music: what is said now, what the session says, or what the recordings speak for, which is written down.
fn style(
    options: &MixOptions,
    song: &Song,
    prepared: &mut Prepared,
    watch: &dyn Watch,
) -> Result<Style, Error> {
    if let Some(name) = &options.style {
        let style = style::find(name).ok_or_else(|| {
            let words: Vec<&str> = style::STYLES.iter().map(|style| style.name).collect();
            Error::new(ErrorKind::Usage, format!("there is no style \"{name}\""))
                .because(format!("styles are: {}", words.join(", ")))
        })?;
        prepared.session.song.style = Some(name.clone());
        return Ok(style);
    }
    if let Some(name) = prepared.session.song.style.clone() {
        return Ok(style::find(&name).unwrap_or_else(|| {
            let message = format!("the session's style \"{name}\" is none that is known; it counts as plain");
            watch.event(Event::Warning { about: None, message });
            PLAIN
        }));
    }
    let inferred = style::infer(song, &prepared.session);
    // Where nothing is known nothing is written.
    if inferred.style != PLAIN {
        prepared.session.song.style = Some(inferred.style.name.to_owned());
        prepared.notes.insert(Address::of("song", "style"), inferred.because);
    }
    Ok(inferred.style)
}

/// What is not decided again, as stages and ids of strips.
fn keep(options: &MixOptions, session: &Session) -> Result<Vec<String>, Error> {
    let mut kept: Vec<String> = Vec::new();
    for word in &options.keep {
        let wanted = word.to_lowercase();
        let role = Role::from_word(&wanted);
        let is_stage = all_rules().any(|rule| rule.id().split('/').next() == Some(&wanted));
        let tracks = session.tracks.iter().filter(|track| {
            track.id == wanted || track.name.to_lowercase() == wanted || Some(track.role) == role
        });
        let sums = session.strips().filter(|strip| strip.id == wanted).map(|strip| strip.id.to_owned());
        let strips: Vec<String> = tracks.map(|track| track.id.clone()).chain(sums).collect();
        if !is_stage && strips.is_empty() {
            let mut stages: Vec<&str> = all_rules()
                .filter_map(|rule| rule.id().split('/').next())
                .filter(|one| *one != "variation")
                .collect();
            stages.dedup();
            let ids: Vec<&str> = session.tracks.iter().map(|track| track.id.as_str()).collect();
            return Err(Error::new(
                ErrorKind::Usage,
                format!("--keep names \"{word}\", and there is no such thing"),
            )
            .because(format!("stages are: {}", stages.join(", ")))
            .because(format!("tracks are: {}", ids.join(", "))));
        }
        if is_stage {
            kept.push(wanted.clone());
        }
        // A level is trim and fader together.
        if wanted == "balance" {
            kept.push("trim".to_owned());
        }
        kept.extend(strips);
    }
    Ok(kept)
}

/// What a person wants of the mix and when the work on it ends are no decisions: `--redo` leaves them. A session that
/// cannot be read has nothing to keep, since `--redo` is the way out of one.
fn keep_wishes(folder: &Folder, session: &mut Session) {
    if let Ok(stands) = session_file::open(&folder.session()) {
        session.goals = stands.session.goals;
        session.finish = stands.session.finish;
    }
}

/// A session that is ready to be decided on, and how its text comes to be.
pub struct Prepared {
    pub session: Session,
    /// The text that a person may have written in; kept as it is but for what edits change.
    pub document: Option<mixkeel_session::document::Document>,
    /// Words beside values, for the person who reads the file.
    pub notes: BTreeMap<mixkeel_session::address::Address, String>,
    /// The session as it was decided, before it was heard.
    pub on_paper: Session,
    /// What a person changed since the last version: locked.
    pub by_hand: Vec<mixkeel_session::difference::Difference>,
    /// The session of the last version as it was written.
    pub before: Option<Session>,
    /// The edits of the last version.
    pub earlier_edits: Vec<Edit>,
}

impl Prepared {
    /// The session of a mix that differs on purpose: written anew, and the first of its folder.
    pub fn vary(&mut self, session: &Session) {
        self.session = session.clone();
        self.document = None;
        self.before = None;
        self.by_hand.clear();
        self.earlier_edits.clear();
    }

    /// Every edit that made the session: of those of earlier versions what still stands, then what was decided now.
    pub fn edits(&self, decided: &[Edit]) -> Vec<Edit> {
        // What the loop has moved further stands all the same, as the reason for where it was before.
        let again = |now: &Edit, edit: &Edit| {
            now.address == edit.address && (now.by == edit.by || !is_correction(now))
        };
        let stands = |edit: &&Edit| {
            let stands =
                edit.stands_in(&self.session) || (!is_correction(edit) && edit.stands_in(&self.on_paper));
            stands && !decided.iter().any(|now| again(now, edit))
        };
        self.earlier_edits.iter().filter(stands).chain(decided).cloned().collect()
    }
}

fn is_correction(edit: &Edit) -> bool {
    edit.by.starts_with("loop/")
}

/// What a rough mix says of a song's tracks.
fn heard_in(file: &Path, mix: &Measured, song: &Song, session: &Session) -> Result<Rough, Error> {
    let name = file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy();
    let rough = Rough::read(&name, &mix.profile, song, session);
    if rough.is_made_of_them() {
        return Ok(rough);
    }
    Err(Error::new(ErrorKind::Usage, "the rough mix is no mix of these tracks")
        .at(file)
        .because(format!(
            "the tracks explain {:.0} % of what is in it, and {:.0} % by chance",
            100.0 * rough.explained,
            100.0 * rough.by_chance
        ))
        .hint("give a mix that begins where the tracks begin")
        .hint("or leave out --start"))
}

fn takes(arrivals: &Arrivals) -> Vec<Take> {
    arrivals.tracks.iter().map(take).collect()
}

fn take(track: &Arrival) -> Take {
    Take { left: track.left.clone(), right: track.right.clone(), claimed_frames: track.claimed_frames() }
}

/// Tracks that may belong together, read side by side.
fn related(known: &[Known], downmix: Downmix) -> Vec<Related> {
    let tracks: Vec<Beside> = known
        .iter()
        .map(|track| Beside {
            id: &track.id,
            take: take(&track.arrival),
            at_s: track.arrival.at_s,
            suspect: Suspect {
                name: &track.arrival.name,
                role: track.arrival.guess.role,
                profile: &track.measured.profile,
            },
        })
        .collect();
    relate(&tracks, downmix)
}

/// Where rules have kept out everything there is, there is no mix to be made. What a person has muted is their affair.
fn refuse_silence(known: &[Known], decision: &Decision, prepared: &Prepared) -> Result<(), Error> {
    let kept_out = |track: &Known| {
        decision
            .edits
            .iter()
            .find(|edit| edit.address.strip == track.id && edit.address.parameter.as_deref() == Some("mute"))
    };
    let sounds = prepared.session.tracks.iter().any(|track| !track.mute);
    if sounds || known.iter().all(|track| kept_out(track).is_none()) {
        return Ok(());
    }
    let error = Error::new(crate::ErrorKind::Unreadable, "there is nothing to mix in this song");
    Err(known
        .iter()
        .filter_map(|track| Some((&track.arrival.label, kept_out(track)?)))
        .fold(error, |error, (label, edit)| error.because(format!("{label}: {}", edit.because)))
        .hint("give the folder of recorded tracks")
        .hint("or say what a file is: --role \"FILE=lead-vocal\""))
}

pub(super) fn facts(known: &[Known], rate_hz: u32) -> BTreeMap<String, MediaFacts> {
    let mut media = BTreeMap::new();
    for track in known {
        let length_frames = track.arrival.length_at(track.measured.profile.length_frames, rate_hz);
        let channels = track.arrival.info.channels;
        for file in &track.files {
            media.insert(file.clone(), MediaFacts { channels, length_frames });
        }
    }
    media
}

pub(super) fn reading_warnings(track: &Known) -> Vec<String> {
    let label = &track.arrival.label;
    let mut warnings: Vec<String> =
        track.measured.problems.iter().map(|problem| format!("{label}: {}", problem.message)).collect();
    if track.measured.nan_samples > 0 {
        warnings.push(format!(
            "{label}: {} samples are not numbers and count as silence",
            track.measured.nan_samples
        ));
    }
    warnings
}
