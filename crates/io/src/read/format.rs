//! What a container's header says about the numbers, checked before anything is believed.

use super::error::{Fault, ReadErrorKind};
use super::info::Log;
use super::pcm::{Layout, Number};

/// Sample rates that can be real, in Hz. Ours: telephone recordings of 8 kHz and DSD-derived 705.6/768 kHz lie inside, every
/// broken header seen (0, 1, 4·10⁹, not a number) outside.
pub(crate) const RATES_HZ: std::ops::RangeInclusive<f64> = 1_000.0..=768_000.0;

/// A rate in whole hertz, or why not.
pub(crate) fn rate(hz: f64) -> Result<u32, Fault> {
    if RATES_HZ.contains(&hz) {
        Ok(libm::round(hz) as u32)
    } else {
        let why = format!("its header gives a sample rate of {hz} Hz; between 1,000 and 768,000 is possible");
        Err(Fault::new(ReadErrorKind::Rate, why, "Export it again, or correct the rate in its header"))
    }
}

/// The `fmt ` chunk of WAV (Microsoft, "Multimedia Programming Interface and Data Specifications 1.0" and
/// "Multiple channel audio data and WAVE files"), of either byte order.
#[derive(Debug)]
pub(crate) struct WaveFormat {
    pub layout: Layout,
    pub rate_hz: u32,
    pub valid_bits: u16,
}

/// The tail of the `KSDATAFORMAT_SUBTYPE` identifiers, whose first two bytes are the plain format tag.
const SUBTYPE_TAIL: [u8; 12] = [0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71];

const PCM: u16 = 1;
const FLOAT: u16 = 3;
const EXTENSIBLE: u16 = 0xFFFE;

/// Reads a `fmt ` chunk; `body` may be longer than what is known.
pub(crate) fn wave_format(body: &[u8], big_endian: bool, log: &mut Log) -> Result<WaveFormat, Fault> {
    let short = |at: usize| -> Option<u16> {
        let bytes: [u8; 2] = body.get(at..at + 2)?.try_into().ok()?;
        Some(if big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    };
    let long = |at: usize| -> Option<u32> {
        let bytes: [u8; 4] = body.get(at..at + 4)?.try_into().ok()?;
        Some(if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    };
    let (Some(mut tag), Some(channels), Some(hz), Some(align), Some(bits)) =
        (short(0), short(2), long(4), short(12), short(14))
    else {
        return Err(Fault::corrupt(format!("its format chunk has {} bytes; 16 are needed", body.len())));
    };
    let mut valid_bits = bits;
    if tag == EXTENSIBLE {
        if let Some(valid) = short(18).filter(|valid| (1..=bits).contains(valid)) {
            valid_bits = valid;
        }
        let Some(plain) = short(24).filter(|_| body.get(28..40) == Some(&SUBTYPE_TAIL)) else {
            return Err(Fault::unsupported("its extensible format names a coding that is not known here"));
        };
        tag = plain;
    }
    if channels == 0 {
        return Err(Fault::corrupt("its header gives no channels"));
    }
    let needed = bits.div_ceil(8);
    let mut container = align / channels;
    if container < needed || u32::from(container) * u32::from(channels) != u32::from(align) {
        log.note(
            "block-align",
            format!(
                "the header gives {align} bytes a frame; {channels} channels of {bits} bits were read instead"
            ),
            None,
        );
        container = needed;
    }
    let number = match (tag, container, bits) {
        (PCM, 1, 1..=8) => Number::U8,
        (PCM, 2, 1..=16) => Number::I16,
        (PCM, 3, 1..=24) => Number::I24,
        (PCM, 4, 1..=32) => Number::I32,
        (FLOAT, 4, 32) => Number::F32,
        (FLOAT, 8, 64) => Number::F64,
        (PCM | FLOAT, ..) => {
            let kind = if tag == PCM { "integer" } else { "float" };
            return Err(Fault::unsupported(format!(
                "its header gives {bits}-bit {kind} samples in {container} bytes"
            )));
        }
        _ => return Err(Fault::unsupported(format!("it holds {}, not plain samples", coding_name(tag)))),
    };
    let rate_hz = rate(f64::from(hz))?;
    Ok(WaveFormat { layout: Layout { number, big_endian, channels }, rate_hz, valid_bits })
}

/// Names of codings people have in WAV files (RFC 2361, appendix A).
fn coding_name(tag: u16) -> String {
    match tag {
        2 => "Microsoft ADPCM".into(),
        6 => "A-law".into(),
        7 => "µ-law".into(),
        17 => "IMA ADPCM".into(),
        0x31 => "GSM 6.10".into(),
        0x50 | 0x55 => "MPEG audio".into(),
        0x92 => "AC-3".into(),
        0xFF | 0x1600..=0x1610 => "AAC".into(),
        tag => format!("coding 0x{tag:04X}"),
    }
}
