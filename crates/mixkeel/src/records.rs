//! The finished records that a session names: written into it, and read for the goals that compare with them.

use std::path::{Path, PathBuf};

use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::spectrum::SpectrumMeter;
use mixkeel_dsp::MAX_BLOCK_FRAMES;
use mixkeel_dsp::block::Buffer;
use mixkeel_io::read::Downmix;
use mixkeel_judge::goals::Reference;
use mixkeel_session::goal::{Beside, Meaning};
use mixkeel_session::id::unique;
use mixkeel_session::session::{Reference as Named, Session};

use crate::error::Error;
use crate::project::paths::relative;
use crate::watch::Watch;

/// Reads the records that some goals compare with, of those that a session names; its paths start from a folder.
///
/// # Errors
/// A record that cannot be read, or a request to stop.
pub(crate) fn records<'m>(
    session: &Session,
    folder: &Path,
    meanings: impl IntoIterator<Item = &'m Meaning>,
    watch: &dyn Watch,
) -> Result<Vec<Reference>, Error> {
    let mut wanted: Vec<&String> = Vec::new();
    for meaning in meanings {
        if let Some(Beside::References(ids)) = &meaning.than {
            wanted.extend(ids);
        }
    }
    let named = session.references.iter().filter(|one| wanted.contains(&&one.id));
    named.map(|one| read(one, folder, watch)).collect()
}

fn read(named: &Named, folder: &Path, watch: &dyn Watch) -> Result<Reference, Error> {
    let in_session = |error: Error| {
        error.hint(format!(
            "the session names it: [[reference]] id = \"{}\"; put its path right there",
            named.id
        ))
    };
    let opened = mixkeel_io::read::open(&folder.join(&named.file), Downmix::Fold);
    let mut reader = opened.map_err(|error| in_session(Error::from(error)))?;
    let (rate_hz, channels) = (reader.info().rate_hz, reader.info().channels);
    let mut meter = SpectrumMeter::new();
    meter.prepare(rate_hz, channels);
    let mut buffer = Buffer::new(channels, MAX_BLOCK_FRAMES);
    loop {
        if watch.stop() {
            return Err(Error::interrupted());
        }
        let frames = reader.read(&mut buffer.block()).map_err(|error| in_session(Error::from(error)))?;
        if frames == 0 {
            break;
        }
        meter.push(&buffer.signal().part(0..frames));
    }
    Ok(Reference { id: named.id.clone(), spectrum: meter.finish().whole() })
}

/// Names records in a session whose paths start from a folder. One that it names already is not named twice.
///
/// # Errors
/// A file that is no sound.
pub(crate) fn name(session: &mut Session, folder: &Path, files: &[PathBuf]) -> Result<(), Error> {
    for file in files {
        mixkeel_io::read::open(file, Downmix::Fold)?;
        let path = relative(folder, file);
        if session.references.iter().any(|one| one.file == path) {
            continue;
        }
        let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let taken = |id: &str| {
            session.references.iter().any(|one| one.id == id)
                || session.goals.iter().any(|one| one.id == id)
                || session.sections.iter().any(|one| one.id == id)
        };
        let id = unique(&stem, taken);
        session.references.push(Named { id, file: path });
    }
    Ok(())
}
