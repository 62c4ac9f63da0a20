//! What is written is what comes back: every code, every format, however the sound was cut into blocks.
#![allow(clippy::unwrap_used, clippy::panic)] // Helpers of tests are tests.

mod write_support;

use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_io::write::{Bits, Format, Kind, create};
use write_support::{Noise, code, codes, spec, wav_codes, write};

const INTEGERS: [(Format, Bits); 4] = [
    (Format::Wav, Bits::I16),
    (Format::Wav, Bits::I24),
    (Format::Flac, Bits::I16),
    (Format::Flac, Bits::I24),
];

#[test]
fn every_16_bit_code_survives() {
    let folder = tempfile::tempdir().unwrap();
    let all: Vec<i32> = (-32_768..32_768).collect();
    let samples: Vec<f32> = all.iter().map(|&code| code as f32 / 32_768.0).collect();
    for format in [Format::Wav, Format::Flac] {
        let path = folder.path().join(format!("codes.{}", format.extension()));
        let written = write(&path, &spec(format, Bits::I16, Channels::Mono), &samples, &samples, 1000);
        assert_eq!(written.clipped_samples, 0);
        assert_eq!(codes(&path, format, Bits::I16), all, "{format:?}");
    }
}

#[test]
fn a_24_bit_ramp_survives() {
    let folder = tempfile::tempdir().unwrap();
    // Every 61st code (a prime, so all low bits occur), and both ends.
    let ramp: Vec<i32> = (-8_388_608..8_388_607).step_by(61).chain([8_388_607]).collect();
    let samples: Vec<f32> = ramp.iter().map(|&code| code as f32 / 8_388_608.0).collect();
    for format in [Format::Wav, Format::Flac] {
        let path = folder.path().join(format!("ramp.{}", format.extension()));
        write(&path, &spec(format, Bits::I24, Channels::Mono), &samples, &samples, 4096);
        assert_eq!(codes(&path, format, Bits::I24), ramp, "{format:?}");
    }
}

#[test]
fn floats_survive_bit_for_bit_beyond_full_scale_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("floats.wav");
    let mut noise = Noise(7);
    let mut any = || {
        let sample = f32::from_bits(noise.next());
        if sample.is_finite() { sample } else { -0.0 }
    };
    let (left, right): (Vec<f32>, Vec<f32>) = (0..100_003).map(|_| (any(), any())).unzip();
    let written = write(&path, &spec(Format::Wav, Bits::F32, Channels::Stereo), &left, &right, 7001);
    let back = wav_codes(&path, Bits::F32);
    let meant: Vec<i32> =
        left.iter().zip(&right).flat_map(|(l, r)| [l.to_bits() as i32, r.to_bits() as i32]).collect();
    assert!(back == meant);
    assert_eq!((written.clipped_samples, written.not_finite_samples), (0, 0));
    assert_eq!(written.bytes, std::fs::metadata(&path).unwrap().len());
}

#[test]
fn any_block_size_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let mut noise = Noise(11);
    let left: Vec<f32> = (0..20_011).map(|_| noise.sample() * 0.5).collect();
    let right: Vec<f32> = left.iter().map(|sample| sample * 0.7 + noise.sample() * 0.01).collect();
    for (format, bits) in INTEGERS.into_iter().chain([(Format::Wav, Bits::F32)]) {
        let mut spec = spec(format, bits, Channels::Stereo);
        spec.source_bits = None;
        let mut bytes = Vec::new();
        for block in [1, 97, 4096, 5000, 100_000] {
            let path = folder.path().join(format!("{block}-{bits}.{}", format.extension()));
            assert_eq!(write(&path, &spec, &left, &right, block).length_frames, 20_011);
            bytes.push(std::fs::read(&path).unwrap());
        }
        assert!(bytes.iter().all(|file| *file == bytes[0]), "{format:?} {bits}");
    }
}

#[test]
fn a_shorter_word_is_dithered_and_a_word_that_fits_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let silence = vec![0.0; 48_000];
    for (format, bits) in INTEGERS {
        let mut spec = spec(format, bits, Channels::Stereo);
        let path = folder.path().join(format!("quiet-{bits}.{}", format.extension()));
        for (source_bits, noisy) in
            [(Some(16), false), (None, true), (Some(24), bits == Bits::I16), (Some(32), true)]
        {
            spec.source_bits = source_bits;
            write(&path, &spec, &silence, &silence, 4096);
            let back = codes(&path, format, bits);
            let changed = back.iter().filter(|&&code| code != 0).count() as f64 / back.len() as f64;
            // Triangular dither leaves silence at 0 three times in four; ±0.01 is 14 standard deviations of 96,000 draws
            // with this chance (0.0014).
            let expected = if noisy { 0.25 } else { 0.0 };
            assert!((changed - expected).abs() < 0.01, "{format:?} {bits} from {source_bits:?}: {changed}");
        }
    }
}

#[test]
fn what_does_not_fit_is_clipped_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let samples = [1.0, -1.0, 1.5, -2.0, 0.5, f32::NAN, f32::INFINITY, f32::NEG_INFINITY];
    let path = folder.path().join("loud.wav");
    let written = write(&path, &spec(Format::Wav, Bits::I16, Channels::Mono), &samples, &samples, 3);
    assert_eq!(wav_codes(&path, Bits::I16), [32_767, -32_768, 32_767, -32_768, 16_384, 0, 0, 0]);
    assert_eq!((written.clipped_samples, written.not_finite_samples), (3, 3));
    let written = write(&path, &spec(Format::Wav, Bits::F32, Channels::Mono), &samples, &samples, 3);
    assert_eq!((written.clipped_samples, written.not_finite_samples), (0, 3));
}

#[test]
fn no_sound_at_all_is_a_file_too() {
    let folder = tempfile::tempdir().unwrap();
    for (format, bits) in INTEGERS.into_iter().chain([(Format::Wav, Bits::F32)]) {
        for length_frames in [None, Some(0), Some(48_000)] {
            let path = folder.path().join(format!("nothing.{}", format.extension()));
            let mut spec = spec(format, bits, Channels::Stereo);
            spec.length_frames = length_frames;
            let written = create(&path, &spec).unwrap().finish().unwrap();
            assert_eq!(written.length_frames, 0);
            if format == Format::Wav {
                assert_eq!(wav_codes(&path, bits), [0; 0]);
            } else {
                assert!(std::fs::read(&path).unwrap().starts_with(b"fLaC"));
            }
        }
    }
}

#[test]
fn a_promised_length_need_not_be_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut noise = Noise(5);
    let sound: Vec<f32> = (0..9_999).map(|_| noise.sample()).collect();
    for (format, bits) in INTEGERS {
        for promised in [1, 9_999, 5_000_000] {
            let path = folder.path().join(format!("promise.{}", format.extension()));
            let mut spec = spec(format, bits, Channels::Mono);
            spec.length_frames = Some(promised);
            spec.source_bits = Some(24.min(bits.count()));
            let sound: Vec<f32> =
                sound.iter().map(|&sample| (code(sample, bits) as f32) / code(1.0, bits) as f32).collect();
            write(&path, &spec, &sound, &sound, 512);
            let meant: Vec<i32> = sound.iter().map(|&sample| code(sample, bits)).collect();
            assert_eq!(codes(&path, format, bits), meant, "{format:?} {bits} {promised}");
        }
    }
}

#[test]
fn what_cannot_be_written_is_refused_in_plain_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.flac");
    let refused = create(&path, &spec(Format::Flac, Bits::F32, Channels::Mono)).err().unwrap();
    assert_eq!(refused.kind(), Kind::UnsupportedCombination);
    assert!(refused.to_string().contains("FLAC holds no floating point. Write 24 bits"), "{refused}");
    let mut rateless = spec(Format::Wav, Bits::I16, Channels::Mono);
    rateless.rate_hz = 0;
    assert_eq!(create(&path, &rateless).err().unwrap().kind(), Kind::UnsupportedCombination);
    let mut writer = create(&path, &spec(Format::Flac, Bits::I24, Channels::Stereo)).unwrap();
    assert_eq!(writer.write(Signal::mono(&[0.0])).unwrap_err().kind(), Kind::UnsupportedCombination);
    writer.write(Signal::stereo(&[0.0], &[0.0])).unwrap();
    assert_eq!(writer.finish().unwrap().length_frames, 1);
    assert!("32".parse::<Bits>().unwrap_err().to_string().contains("16, 24, 32f"));
    assert_eq!(Format::from_extension("WAV"), Some(Format::Wav));
}
