//! A tap that writes what it hears to a file.

use std::path::Path;

use mixkeel_dsp::block::Signal;
use mixkeel_io::write::{Loudness, Spec, Writer, Written, create};
use rayon::prelude::*;

use super::{Pick, Tap};
use crate::error::Error;

impl Pick {
    /// Every file of a render has dither of its own: the same noise on all stems would add up in their sum.
    fn dither_seed(self) -> u64 {
        match self {
            Pick::Mix => 0,
            Pick::Dry => 1,
            Pick::Stem(index) => 2 + 2 * index as u64,
            // A strip and what it is given are never files of one render.
            Pick::Strip(node) | Pick::Sum(node) => 3 + 2 * node as u64,
        }
    }
}

/// Writes one sound of a render to a file.
pub struct FileTap {
    pick: Pick,
    writer: Option<Writer>,
}

impl FileTap {
    /// Begins a file as `spec` says, with dither of its own. Nothing is there under its name until [`finish`](Self::finish).
    pub fn create(path: &Path, spec: &Spec, pick: Pick) -> Result<Self, Error> {
        let writer = create(path, &Spec { dither_seed: pick.dither_seed(), ..spec.clone() })?;
        Ok(Self { pick, writer: Some(writer) })
    }

    /// What the file says of its loudness, where it has any.
    pub fn tell_loudness(&mut self, loudness: Option<Loudness>) {
        if let (Some(writer), Some(loudness)) = (&mut self.writer, loudness) {
            writer.tell_loudness(loudness);
        }
    }

    /// Closes the file and gives it its name.
    pub fn finish(&mut self) -> Result<Option<Written>, Error> {
        Ok(self.writer.take().map(Writer::finish).transpose()?)
    }
}

/// Closes files side by side, because a medium takes several sooner than one after the other, and says how many samples had to
/// be cut.
pub fn finish(files: &mut [FileTap]) -> Result<u64, Error> {
    let written =
        files.par_iter_mut().map(|file| Ok(file.finish()?.map_or(0, |written| written.clipped_samples)));
    written.sum()
}

impl Tap for FileTap {
    fn pick(&self) -> Pick {
        self.pick
    }

    fn take(&mut self, heard: Signal<'_>) -> Result<(), Error> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        Ok(writer.write(heard)?)
    }
}
