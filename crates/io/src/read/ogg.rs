//! Ogg: which codec the first page begins, and where the last page ends (RFC 3533).

use super::bytes::Bytes;
use super::error::Fault;

/// The container's name.
pub(crate) const NAME: &str = "ogg";

/// A page has at most 27 + 255 bytes of header and 255 · 255 of body, so the last one begins within this many of the end.
const PAGE_BYTES: u64 = 65_307;

/// What the first packet says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codec {
    Vorbis,
    Opus,
    Other,
}

/// Looks into the first page.
pub(crate) fn codec(head: &[u8]) -> Codec {
    let packet =
        head.get(26).and_then(|&segments| head.get(27 + usize::from(segments)..)).unwrap_or_default();
    if packet.starts_with(b"\x01vorbis") {
        Codec::Vorbis
    } else if packet.starts_with(b"OpusHead") {
        Codec::Opus
    } else {
        Codec::Other
    }
}

/// The granule position of the last page.
pub(crate) fn last_granule(bytes: &mut Bytes) -> Result<Option<u64>, Fault> {
    let from = bytes.length().saturating_sub(2 * PAGE_BYTES);
    let tail = bytes.some(from, 2 * PAGE_BYTES as usize)?;
    let pages = tail.windows(14).filter(|head| head.starts_with(b"OggS\0"));
    let granule = pages
        .filter_map(|head| head.last_chunk::<8>())
        .map(|raw| i64::from_le_bytes(*raw))
        .rfind(|&g| g >= 0);
    // More than a packet of the largest block for every two bytes is nonsense.
    let most = bytes.length().saturating_mul(8192);
    Ok(granule.and_then(|granule| u64::try_from(granule).ok()).filter(|&granule| granule <= most))
}
