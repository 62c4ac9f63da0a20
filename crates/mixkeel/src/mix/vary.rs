//! Further mixes of a song that differ on purpose: each a folder of its own beside the mix, which can be gone on from.

use std::path::{Path, PathBuf};
use std::time::Instant;

use mixkeel_assist::RULES;
use mixkeel_assist::decide::decide_by_ear;
use mixkeel_assist::variations::VARIATIONS;

use super::decided::Decided;
use super::write::Version;
use super::{MixOptions, PRINTED};
use crate::ear::Ear;
use crate::error::Error;
use crate::project::folder::Folder;
use crate::watch::Watch;

/// Where a variation is, and how it differs.
pub(super) type Varied = (PathBuf, &'static str);

/// Writes as many as are wanted of those that differ at all.
pub(super) fn vary(
    decided: &mut Decided,
    mix: &Folder,
    started: Instant,
    options: &MixOptions,
    watch: &dyn Watch,
) -> Result<Vec<Varied>, Error> {
    let mut written = Vec::new();
    let (plain, warnings) = (decided.decision.clone(), decided.warnings.clone());
    let made = decided.prepared.edits(&plain.edits);
    for variation in &VARIATIONS {
        if written.len() == options.variations {
            break;
        }
        let mut song = decided.song.clone();
        let Some((session, edits)) = variation.of(&song, &plain.session) else { continue };
        decided.decision.session = session;
        decided.decision.edits = made.iter().cloned().chain(edits).collect();
        let folder = Folder::open(&beside(mix.path(), variation.name))?;
        let draft = folder.begin()?;
        let mut ear = Ear::new(&decided.shelf, &decided.media, watch).printing(draft.file(PRINTED));
        decide_by_ear(&RULES, &mut song, &mut decided.decision, &mut ear)?;
        let printed = ear.into_printed();
        decided.prepared.vary(&decided.decision.session);
        decided.rounds.forget();
        let version = Version {
            started,
            options,
            decided,
            printed,
            warnings: warnings.clone(),
            edits: decided.decision.edits.clone(),
            folder: &folder,
            differs: Some(variation.says),
        };
        let (_, folder) = version.write(draft, watch)?;
        written.push((folder.path().to_path_buf(), variation.says));
    }
    Ok(written)
}

/// `Song-mix-drier` beside `Song-mix`, so that paths to recordings are the same from both.
fn beside(mix: &Path, name: &str) -> PathBuf {
    let mut file = mix.file_name().unwrap_or_default().to_os_string();
    file.push("-");
    file.push(name);
    mix.with_file_name(file)
}
