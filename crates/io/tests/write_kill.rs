//! A writer that is killed in the middle leaves the old file whole, and beside it something that can be played.
#![allow(clippy::unwrap_used, clippy::panic)] // Helpers of tests are tests.

mod write_support;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_io::write::{Bits, Format, create};
use write_support::{Noise, chunk, chunks, spec, write};

/// Tells the test binary that it is the one to be killed, and where to write.
const VICTIM: &str = "MIXKEEL_TEST_KILLED_WRITER";

/// Kills per format. 25 is what a naive writer was measured with elsewhere: it lost the file 20 times.
const KILLS: u32 = 25;

fn sound(seed: u64) -> Vec<f32> {
    let mut noise = Noise(seed);
    (0..100_000).map(|_| noise.sample()).collect()
}

fn write_one(path: &Path, sound: &[f32]) {
    let format = Format::from_extension(path.extension().unwrap().to_str().unwrap()).unwrap();
    write(path, &spec(format, Bits::I24, Channels::Stereo), sound, sound, 4096);
}

fn hidden(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.to_string_lossy().contains(".partial-")).collect()
}

#[test]
fn a_killed_writer_never_tears_the_old_file() {
    let sounds = [sound(1), sound(2)];
    if let Some(path) = std::env::var_os(VICTIM) {
        for round in 0.. {
            write_one(Path::new(&path), &sounds[round % 2]);
        }
    }
    let mut killed_while_writing = 0;
    for extension in ["wav", "flac"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("mix.{extension}"));
        let whole = [&sounds[1], &sounds[0]].map(|sound| {
            write_one(&path, sound);
            std::fs::read(&path).unwrap()
        });
        for kill in 0..KILLS {
            let mut victim = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "a_killed_writer_never_tears_the_old_file"])
                .env(VICTIM, &path)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            // It has begun; let it come a different way each time.
            while hidden(folder.path()).is_empty() && victim.try_wait().unwrap().is_none() {
                std::thread::sleep(Duration::from_micros(200));
            }
            std::thread::sleep(Duration::from_micros(u64::from(kill * 7919 % 20_000)));
            victim.kill().unwrap();
            victim.wait().unwrap();
            let found = std::fs::read(&path).unwrap();
            assert!(whole.contains(&found), "kill {kill} tore {extension}");
            for left in hidden(folder.path()) {
                killed_while_writing += 1;
                std::fs::remove_file(left).unwrap();
            }
        }
    }
    assert!(killed_while_writing > 0, "no kill came while a file was being written: nothing was tested");
}

#[test]
fn what_a_killed_writer_leaves_can_be_played() {
    let folder = tempfile::tempdir().unwrap();
    let sound = sound(3);
    for (length_frames, promised) in [(None, false), (Some(100_000), true)] {
        let path = folder.path().join(format!("mix-{promised}.wav"));
        let mut spec = spec(Format::Wav, Bits::F32, Channels::Mono);
        spec.length_frames = length_frames;
        let mut writer = create(&path, &spec).unwrap();
        writer.write(Signal::mono(&sound)).unwrap();
        // As a kill does: nothing more is written, nothing is cleared away.
        std::mem::forget(writer);
        let left = hidden(folder.path());
        let mut bytes = std::fs::read(&left[0]).unwrap();
        if promised {
            // A promised length makes a file that says how much is missing; readers take what is there.
            assert!(u64::from(u32::from_le_bytes(bytes[4..8].try_into().unwrap())) > bytes.len() as u64);
            bytes[4..8].copy_from_slice(&[255; 4]);
        }
        let (form, chunks) = chunks(&bytes);
        assert_eq!(&form, b"RIFF");
        let data = chunk(&chunks, b"data");
        let meant: Vec<u8> = sound.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        assert!(data.len() >= 256 * 1024 && meant.starts_with(data), "{} bytes", data.len());
        left.iter().for_each(|path| std::fs::remove_file(path).unwrap());
    }
}
