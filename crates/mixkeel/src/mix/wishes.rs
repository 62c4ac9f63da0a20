//! What is asked for beside the recordings: how much, in which style, and what is left as it is.

use mixkeel_assist::all_rules;
use mixkeel_assist::song::Song;
use mixkeel_assist::style::{self, PLAIN, Style};
use mixkeel_session::address::Address;
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;

use super::MixOptions;
use super::prepared::Prepared;
use crate::error::{Error, ErrorKind};
use crate::watch::{Event, Watch};

/// How much of what is decided is applied: what is said now, or what the session says.
pub fn strength(options: &MixOptions, prepared: &mut Prepared) -> f64 {
    if let Some(strength) = options.strength {
        prepared.session.song.strength = (strength != 1.0).then_some(strength);
    }
    prepared.session.song.strength.unwrap_or(1.0)
}

/// The kind of music: what is said now, what the session says, or what the recordings speak for, which is written down.
pub fn style(
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
pub fn keep(options: &MixOptions, session: &Session) -> Result<Vec<String>, Error> {
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
