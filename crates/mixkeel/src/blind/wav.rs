//! A short sound as the bytes of a 24-bit WAV file, for a page.

/// Bytes of a sample.
const SAMPLE: u32 = 3;

/// The file. Samples beyond full scale were clamped before.
pub fn bytes(left: &[f32], right: &[f32], rate_hz: u32) -> Vec<u8> {
    let frames = left.len().min(right.len()) as u32;
    let data = frames * 2 * SAMPLE;
    let mut file = Vec::with_capacity(44 + data as usize);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + data).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes());
    file.extend_from_slice(&2_u16.to_le_bytes());
    file.extend_from_slice(&rate_hz.to_le_bytes());
    file.extend_from_slice(&(rate_hz * 2 * SAMPLE).to_le_bytes());
    file.extend_from_slice(&(2 * SAMPLE as u16).to_le_bytes());
    file.extend_from_slice(&(8 * SAMPLE as u16).to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&data.to_le_bytes());
    for (left, right) in left.iter().zip(right) {
        for sample in [left, right] {
            let word = (f64::from(*sample) * 8_388_607.0).round() as i32;
            file.extend_from_slice(&word.to_le_bytes()[..SAMPLE as usize]);
        }
    }
    file
}

#[cfg(test)]
mod tests {
    use mixkeel_dsp::block::Buffer;
    use mixkeel_io::read::{Downmix, open};

    #[test]
    fn what_is_in_the_page_is_what_was_put_in() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        let (left, right) = ([0.5_f32, -1.0, 0.0, 1.0], [0.25_f32, 0.125, -0.75, -0.001]);
        std::fs::write(&path, super::bytes(&left, &right, 48_000)).unwrap();
        let mut reader = open(&path, Downmix::Refuse).unwrap();
        assert_eq!(
            (reader.info().rate_hz, reader.info().bits, reader.info().length_frames),
            (48_000, Some(24), Some(4))
        );
        let mut buffer = Buffer::new(reader.info().channels, 16);
        assert_eq!(reader.read(&mut buffer.block()).unwrap(), 4);
        let heard = buffer.signal();
        for (side, wanted) in [(heard.left(), left), (heard.right_or_only(), right)] {
            assert!(side.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 2e-7), "{side:?} {wanted:?}");
        }
    }
}
