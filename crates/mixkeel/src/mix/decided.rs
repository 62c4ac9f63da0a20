//! From recordings to decisions: what `mix` does before it writes, and `plan` without writing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use mixkeel_assist::RULES;
use mixkeel_assist::decide::{Decision, decide_by_ear, decide_on_paper};
use mixkeel_assist::focus;
use mixkeel_assist::related::{Related, Suspect};
use mixkeel_assist::rough::Rough;
use mixkeel_assist::rules::repair::clipped::advice;
use mixkeel_assist::song::Song;
use mixkeel_assist::start::Start;
use mixkeel_assist::starts::questions;
use mixkeel_assist::strength::in_part;
use mixkeel_io::read::Downmix;
use mixkeel_session::address::Address;
use mixkeel_session::resolve::MediaFacts;
use mixkeel_session::session::Session;

use super::gather::{Gathered, take};
use super::prepared::{Prepared, keep_wishes, take_back};
use super::wishes::{keep, strength, style};
use super::{MixOptions, continued, fresh, hear, hold, respect};
use crate::ear::Ear;
use crate::error::{Error, ErrorKind};
use crate::printed::Printed;
use crate::project::folder::Folder;
use crate::rounds::{Corrected, correct};
use crate::song::arrive::{Arrival, Arrivals};
use crate::song::assets;
use crate::song::measure::Measured;
use crate::song::media::Shelf;
use crate::song::relate::{Beside, relate};
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
    /// Its stems, where they were to be printed and could be.
    pub printed: Option<Printed>,
    /// Where its recordings lie.
    pub shelf: Shelf,
    /// What they are.
    pub media: BTreeMap<String, MediaFacts>,
}

/// Decides on a song, going on from the newest version in `folder` where there is one. Paths in the session start from
/// `paths_from`, which exists. Where there is a folder for it, the stems are printed.
pub fn decided(
    gathered: Gathered,
    folder: &Folder,
    (paths_from, printing): (&Path, Option<PathBuf>),
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
    // Neither needs the other.
    let (heard, related) = rayon::join(
        || hear::hear(&song_folder, &known, options, &mut prepared, &mut warnings, watch),
        || related(&known, downmix),
    );
    heard?;
    let facts = fresh::track_facts(&known, &prepared.session);
    warnings.extend(questions(&facts));
    warnings.extend(advice(&facts));
    warnings.iter().for_each(|message| {
        watch.event(Event::Warning { about: None, message: message.clone() });
    });

    watch.event(Event::Progress { stage: Stage::Decide, fraction: 0.0 });
    let shelf = Shelf { folder: paths_from.to_path_buf(), rate_hz, downmix };
    assets::check(&prepared.session, &shelf)?;
    let mut song = Song::new(facts, related, options.start);
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
    if let Some(printing) = printing {
        ear = ear.printing(printing);
    }
    // What goals and notes have set stays, as what was set by hand does.
    let held = hold::hold(&mut prepared.session, &prepared.earlier_edits, prepared.before.as_ref());
    let whole = decide_on_paper(&RULES, &mut song, &prepared.session);
    // Only where it was asked for: nobody takes such a file for a mix of the others.
    let doubt = song.rough.as_ref().and_then(Rough::doubt);
    if let Some(message) = doubt.filter(|_| song.start == Start::Rough) {
        watch.event(Event::Warning { about: None, message: message.clone() });
        warnings.push(message);
    }
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
    let printed = ear.into_printed();
    hold::let_go(&mut decision.session, &held);
    prepared.session = decision.session.clone();
    refuse_silence(&known, &decision, &prepared)?;
    Ok(Decided { known, left_out, warnings, prepared, decision, song, rounds, printed, shelf, media })
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
