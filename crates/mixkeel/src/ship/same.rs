//! Whether two files hold the same sound, sample for sample.

use std::path::Path;

use mixkeel_dsp::MAX_BLOCK_FRAMES;
use mixkeel_dsp::block::Buffer;
use mixkeel_io::read::{Downmix, open};
use mixkeel_io::write::Bits;

use super::bits_of;
use crate::error::Error;
use crate::watch::Watch;

/// The word length of a mix.
pub fn bits(mix: &Path) -> Result<Bits, Error> {
    let reader = open(mix, Downmix::Refuse)?;
    Ok(bits_of(reader.info().bits, reader.info().float))
}

/// Whether two files have the same rate, length and samples.
pub fn sound(one: &Path, other: &Path, watch: &dyn Watch) -> Result<bool, Error> {
    let (mut one, mut other) = (open(one, Downmix::Refuse)?, open(other, Downmix::Refuse)?);
    let shape = |info: &mixkeel_io::read::Info| (info.rate_hz, info.channels, info.length_frames);
    if shape(one.info()) != shape(other.info()) {
        return Ok(false);
    }
    let mut buffers = [
        Buffer::new(one.info().channels, MAX_BLOCK_FRAMES),
        Buffer::new(other.info().channels, MAX_BLOCK_FRAMES),
    ];
    loop {
        if watch.stop() {
            return Err(Error::interrupted());
        }
        let [a, b] = &mut buffers;
        // Both are files of ours in one format: their blocks come in the same lengths.
        let (got, others) = (one.read(&mut a.block())?, other.read(&mut b.block())?);
        if got != others {
            return Ok(false);
        }
        if got == 0 {
            return Ok(true);
        }
        let (a, b) = (a.signal(), b.signal());
        let (a, b) = (a.part(0..got), b.part(0..got));
        if a.left() != b.left() || a.right_or_only() != b.right_or_only() {
            return Ok(false);
        }
    }
}
