//! The recordings that processors work from, looked at before anything is played: there, sound, and the ones that were meant.

use std::io::Read as _;
use std::path::Path;

use mixkeel_session::session::{Asset, Session};
use sha2::Digest as _;

use super::media::Shelf;
use crate::error::{Error, ErrorKind};

/// Looks at every impulse response and noise print that a session names. All that are missing, unreadable or others than
/// those meant are named in the one error.
pub fn check(session: &Session, shelf: &Shelf) -> Result<(), Error> {
    let of_strips = session.strips().flat_map(|strip| strip.inserts);
    let wrong: Vec<String> = of_strips
        .chain(&session.master.inserts)
        .flat_map(|insert| insert.assets.iter().map(move |asset| (insert, asset)))
        .filter_map(|(insert, asset)| {
            let why = fault(asset, shelf)?;
            Some(format!("{} ({} of {}): {why}", asset.file, asset.spec.id, insert.id))
        })
        .collect();
    if wrong.is_empty() {
        return Ok(());
    }
    let what = match wrong.len() {
        1 => "can't use a recording that an effect works from".to_owned(),
        several => format!("can't use {several} recordings that effects work from"),
    };
    let error = wrong.into_iter().fold(Error::new(ErrorKind::Unreadable, what), Error::because);
    Err(error.hint("put the recording back, or correct its path (it starts from the folder of the session) or its SHA-256"))
}

fn fault(asset: &Asset, shelf: &Shelf) -> Option<String> {
    let path = shelf.path(&asset.file);
    let reader = match mixkeel_io::read::open(&path, shelf.downmix) {
        Ok(reader) => reader,
        Err(error) => return Some(format!("{}: {}", error.what, error.why)),
    };
    if reader.info().file_channels > 2 {
        return Some(format!(
            "it has {} channels; split it into stereo files, one for each input",
            reader.info().file_channels
        ));
    }
    let wanted = asset.sha256.as_ref()?;
    match sha256_of(&path) {
        Ok(found) if found == *wanted => None,
        Ok(found) => Some(format!("another recording than the one meant: its SHA-256 is {found}")),
        Err(error) => Some(error.to_string()),
    }
}

fn sha256_of(path: &Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let mut hash = sha2::Sha256::new();
    let mut bytes = vec![0; 1 << 16];
    loop {
        match file.read(&mut bytes)? {
            0 => break,
            read => hash.update(&bytes[..read]),
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
