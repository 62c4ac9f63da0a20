//! A short stretch of sound as Ogg Opus in memory, for pages that carry sound with them.

use opus_pure::{Application, MAX_PACKET_BYTES, OggOpusWriter, OpusEncoder, OpusHead};

/// The one rate that is taken: Opus works at 48 kHz whatever it is given.
pub const OPUS_RATE_HZ: u32 = 48_000;

/// Frames of a packet: 20 ms, what Opus is tuned for.
const PACKET_FRAMES: usize = 960;

/// Encodes left and right (of one length, 48 kHz, within −1 and 1) at so many bits a second. What comes out decodes to
/// exactly as many frames as went in, so that it loops without a gap (RFC 7845 §4.4, end trimming).
///
/// # Errors
/// What the encoder says, in words.
pub fn opus_bytes(left: &[f32], right: &[f32], bits_per_s: u32) -> Result<Vec<u8>, String> {
    let frames = left.len().min(right.len());
    let in_words = |error: opus_pure::Error| error.to_string();
    let mut encoder = OpusEncoder::new(OPUS_RATE_HZ as i32, 2, Application::Audio).map_err(in_words)?;
    encoder.bitrate_bps = i32::try_from(bits_per_s).unwrap_or(i32::MAX);
    let head = OpusHead::for_encoder(&encoder, OPUS_RATE_HZ);
    // The encoder runs late by its look-ahead: so much silence pushes the last frames out of it.
    let late_frames = usize::from(head.pre_skip);
    let packets = (frames + late_frames).div_ceil(PACKET_FRAMES).max(1);
    let last_granule = (frames + late_frames) as u64;
    let mut writer = OggOpusWriter::new(Vec::new(), head).map_err(in_words)?;
    let mut packet = vec![0_u8; MAX_PACKET_BYTES];
    let mut block = vec![0.0_f32; 2 * PACKET_FRAMES];
    for index in 0..packets {
        for (frame, pair) in block.chunks_exact_mut(2).enumerate() {
            let at = index * PACKET_FRAMES + frame;
            pair[0] = left.get(at).copied().filter(|_| at < frames).unwrap_or(0.0);
            pair[1] = right.get(at).copied().filter(|_| at < frames).unwrap_or(0.0);
        }
        let bytes = encoder.encode(&block, PACKET_FRAMES, &mut packet).map_err(in_words)?;
        let coded = packet.get(..bytes).unwrap_or_default();
        if index + 1 == packets {
            let before = (index * PACKET_FRAMES) as u64;
            let rest = u32::try_from(last_granule.saturating_sub(before)).unwrap_or(PACKET_FRAMES as u32);
            writer.write_packet_with_duration(coded, rest).map_err(in_words)?;
        } else {
            writer.write_packet(coded).map_err(in_words)?;
        }
    }
    writer.finish().map_err(in_words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{Downmix, open};
    use mixkeel_dsp::block::{Buffer, Channels};

    #[test]
    fn what_comes_back_is_as_long_and_as_loud_as_what_went_in() {
        let frames = 30_001;
        let tone = |hz: f64| -> Vec<f32> {
            (0..frames)
                .map(|n| (0.5 * libm::sin(std::f64::consts::TAU * hz * n as f64 / 48_000.0)) as f32)
                .collect()
        };
        let bytes = opus_bytes(&tone(440.0), &tone(660.0), 96_000).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("loop.opus");
        std::fs::write(&path, &bytes).unwrap();
        let mut reader = open(&path, Downmix::Refuse).unwrap();
        let mut buffer = Buffer::new(Channels::Stereo, 4096);
        let (mut heard, mut power) = (0, 0.0);
        loop {
            let got = reader.read(&mut buffer.block()).unwrap();
            if got == 0 {
                break;
            }
            heard += got;
            power += buffer.signal().left()[..got].iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>();
        }
        assert_eq!(heard, frames);
        let rms_db = 10.0 * libm::log10(power / frames as f64);
        // A sine of 0.5 is −9.03 dB RMS; half a decibel is more than a codec at this rate changes it by.
        assert!((rms_db + 9.03).abs() < 0.5, "{rms_db}");
        assert_eq!(
            bytes,
            opus_bytes(&tone(440.0), &tone(660.0), 96_000).unwrap(),
            "the same sound, the same bytes"
        );
    }

    #[test]
    fn nothing_is_a_file_too() {
        assert!(opus_bytes(&[], &[], 64_000).is_ok_and(|bytes| bytes.starts_with(b"OggS")));
    }
}
