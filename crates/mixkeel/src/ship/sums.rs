//! Checksums of what is delivered and of what it was made from, in the form that `sha256sum --check` reads.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use mixkeel_session::session::Session;
use sha2::{Digest, Sha256};

use super::Sum;
use crate::error::{Error, ErrorKind};

/// The list in the delivered folder.
pub const NAME: &str = "SHA256SUMS";

/// The sum of each file of a folder.
pub fn of(folder: &Path, files: &[String]) -> Result<Vec<Sum>, Error> {
    files.iter().map(|file| Ok(Sum { file: file.clone(), sha256: sha256(&folder.join(file))? })).collect()
}

/// Every recording of a session once, in the order of their names.
pub fn recordings(session: &Session) -> Vec<String> {
    let clips = session.tracks.iter().flat_map(|track| &track.clips);
    let mut files: Vec<String> =
        clips.flat_map(|clip| std::iter::once(clip.file.clone()).chain(clip.right.clone())).collect();
    files.sort();
    files.dedup();
    files
}

/// The list as text.
pub fn text(sums: &[Sum]) -> String {
    sums.iter().map(|sum| format!("{}  {}\n", sum.sha256, sum.file)).collect()
}

fn sha256(path: &Path) -> Result<String, Error> {
    let unreadable = |error: std::io::Error| {
        Error::new(ErrorKind::Unreadable, "can't read a file to make its checksum")
            .at(path)
            .because(error.to_string())
            .hint("check that it is there and that you may read it")
    };
    let mut file = File::open(path).map_err(unreadable)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0_u8; 1 << 16];
    loop {
        let got = file.read(&mut buffer).map_err(unreadable)?;
        if got == 0 {
            return Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect());
        }
        hash.update(&buffer[..got]);
    }
}
