//! Whether bytes are MPEG layer III, looked at before any decoder searches a whole file for it (ISO/IEC 11172-3, 2.4.1.3).

use super::bytes::Bytes;
use super::error::Fault;

/// How far the first frame is looked for, in bytes. Ours: encoders write it at once or behind a tag.
const SEARCH_BYTES: usize = 64 * 1024;

/// The bytes of an ID3v2 tag in front of everything, 0 if there is none (ID3v2.4, 3.1).
pub(crate) fn id3_bytes(head: &[u8]) -> u64 {
    match head {
        [b'I', b'D', b'3', _, _, flags, a, b, c, d, ..] if [a, b, c, d].iter().all(|&&byte| byte < 0x80) => {
            let size = [a, b, c, d].iter().fold(0u64, |size, &&byte| size << 7 | u64::from(byte));
            let footer = if flags & 0x10 != 0 { 10 } else { 0 };
            10 + size + footer
        }
        _ => 0,
    }
}

/// Bytes of the frame that begins here, if one does.
fn frame_bytes(head: &[u8]) -> Option<usize> {
    const KBIT_1: [usize; 16] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0];
    const KBIT_2: [usize; 16] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];
    let [0xFF, second, third, ..] = *head else { return None };
    let version = second >> 3 & 3;
    if second & 0xE0 != 0xE0 || version == 1 || second >> 1 & 3 != 1 {
        return None;
    }
    let hz = *[44_100, 48_000, 32_000].get(usize::from(third >> 2 & 3))?;
    let (hz, table, factor) = match version {
        3 => (hz, KBIT_1, 144_000),
        2 => (hz / 2, KBIT_2, 72_000),
        _ => (hz / 4, KBIT_2, 72_000),
    };
    let kbit = table[usize::from(third >> 4)];
    (kbit > 0).then(|| factor * kbit / hz + usize::from(third >> 1 & 1))
}

/// True if two frames follow one another behind `start`, or one ends the file.
pub(crate) fn is_mp3(bytes: &mut Bytes, start: u64) -> Result<bool, Fault> {
    let piece = bytes.some(start, SEARCH_BYTES)?;
    let at_end = start + piece.len() as u64 == bytes.length();
    Ok((0..piece.len()).any(|at| {
        let Some(next) = piece.get(at..).and_then(frame_bytes).map(|length| at + length) else {
            return false;
        };
        piece.get(next..).and_then(frame_bytes).is_some() || at_end && next == piece.len()
    }))
}
