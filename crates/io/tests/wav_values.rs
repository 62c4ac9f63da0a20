//! Every stored number of a WAV comes out as the number it stands for.

use mixkeel_dsp::block::{Buffer, Channels};
use mixkeel_io::read::{Downmix, open};

#[test]
fn a_16_bit_ramp_survives() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ramp.wav");
    let codes: Vec<i16> = (i16::MIN..=i16::MAX).collect();
    let data: Vec<u8> = codes.iter().flat_map(|c| c.to_le_bytes()).collect();
    let mut file = b"RIFF".to_vec();
    file.extend((36 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(48_000u32.to_le_bytes());
    file.extend(96_000u32.to_le_bytes());
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(&data);
    std::fs::write(&path, file).unwrap();
    let mut reader = open(&path, Downmix::Refuse).unwrap();
    assert_eq!(reader.info().length_frames, Some(65_536));
    assert_eq!(reader.info().channels, Channels::Mono);
    let mut buffer = Buffer::new(Channels::Mono, 70_000);
    assert_eq!(reader.read(&mut buffer.block()).unwrap(), 65_536);
    for (code, sample) in codes.iter().zip(buffer.signal().left()) {
        assert_eq!(f64::from(*sample), f64::from(*code) / 32_768.0);
    }
    assert_eq!(reader.problems(), []);
}
