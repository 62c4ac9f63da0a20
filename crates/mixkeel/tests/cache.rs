//! What is kept between runs saves time and changes nothing else.
#![allow(clippy::unwrap_used)] // a test that cannot set up its song has failed

mod common;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use common::{tone, write_song, write_wav};
use mixkeel::Silent;
use mixkeel::mix::{MixOptions, Start, mix};
use mixkeel::song::cache::Cache;
use mixkeel::song::measure::{Measured, Take, measure};
use mixkeel_analysis::profile::Profile;
use mixkeel_dsp::block::Channels;
use mixkeel_io::read::Downmix;

const RATE_HZ: u32 = 48_000;

fn measured(paths: &[PathBuf], cache: &Cache) -> Vec<Measured> {
    let take = |path: &PathBuf| Take { left: path.clone(), right: None, claimed_frames: 0 };
    let takes: Vec<Take> = paths.iter().map(take).collect();
    measure(&takes, Downmix::Refuse, cache, &Silent).unwrap()
}

/// Recordings of so many seconds, and the folder they lie in with room for what is kept.
fn recordings(count: usize, seconds: usize) -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = (0..count).map(|n| folder.path().join(format!("{n}.wav"))).collect();
    for (n, path) in paths.iter().enumerate() {
        write_wav(path, &tone(200.0 + n as f64, 0.3, seconds * RATE_HZ as usize, Channels::Stereo), RATE_HZ);
    }
    (folder, paths)
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).map_or(Vec::new(), |entries| entries.map(|entry| entry.unwrap().path()).collect())
}

/// Changes what is kept for the only recording, so that it shows whether it was used.
fn doctor(folder: &Path) -> Profile {
    let [entry] = entries(folder).try_into().unwrap();
    let mut profile = Profile::from_bytes(&fs::read(&entry).unwrap()).unwrap();
    profile.loudness.integrated_lufs = Some(-12.345);
    fs::write(entry, profile.to_bytes()).unwrap();
    profile
}

#[test]
fn a_mix_is_the_same_to_the_byte_with_and_without_what_was_kept() {
    let folder = tempfile::tempdir().unwrap();
    let song = folder.path().join("Song");
    write_song(&song, [0.0, -6.0, 3.0, 1.0]);
    let run = |out: &str, cache: Cache| {
        // One name, because the folder's name stands in what is written.
        let out = folder.path().join(out).join("Mix");
        fs::create_dir_all(out.parent().unwrap()).unwrap();
        let options =
            MixOptions { out: Some(out.clone()), start: Start::Fresh, cache, ..MixOptions::default() };
        mix(&song, &options, &Silent).unwrap();
        ["mix.wav", "listen.flac", "session.toml", "edits.json", "console.md"]
            .map(|name| (name, fs::read(out.join(name)).unwrap()))
    };
    let kept = folder.path().join("kept");
    let without = run("a", Cache::off());
    assert!(!kept.exists(), "off means off");
    let cold = run("b", Cache::at(&kept));
    assert_eq!(entries(&kept).len(), 6, "kick, bass, guitar, voice and click, and what the mix measures");
    let warm = run("c", Cache::at(&kept));
    for ((without, cold), warm) in without.iter().zip(&cold).zip(&warm) {
        assert!(without == cold && cold == warm, "{} differs", without.0);
    }
}

#[test]
fn a_recording_that_has_not_changed_is_not_measured_again() {
    let (folder, paths) = recordings(1, 4);
    let kept = folder.path().join("kept");
    let fresh = measured(&paths, &Cache::at(&kept));
    let doctored = doctor(&kept);
    assert_ne!(fresh[0].profile, doctored);
    assert_eq!(measured(&paths, &Cache::at(&kept))[0].profile, doctored);
    // Under another name it is the same recording.
    let renamed = folder.path().join("renamed.wav");
    fs::rename(&paths[0], &renamed).unwrap();
    assert_eq!(measured(&[renamed], &Cache::at(&kept))[0].profile, doctored);
}

#[test]
fn a_recording_that_has_changed_is_measured_again() {
    let (folder, paths) = recordings(1, 4);
    let kept = folder.path().join("kept");
    let fresh = measured(&paths, &Cache::at(&kept));
    doctor(&kept);
    let written = fs::metadata(&paths[0]).unwrap().modified().unwrap();
    // Touched, with the same content.
    let touch =
        |time: SystemTime| File::options().append(true).open(&paths[0]).unwrap().set_modified(time).unwrap();
    touch(written + Duration::from_secs(5));
    assert_eq!(measured(&paths, &Cache::at(&kept))[0].profile, fresh[0].profile);
    // Of the same size and time with other content at its end.
    let mut bytes = fs::read(&paths[0]).unwrap();
    let end = bytes.len();
    bytes[end - 600..].fill(0x11);
    fs::write(&paths[0], bytes).unwrap();
    touch(written);
    let changed = measured(&paths, &Cache::at(&kept));
    assert_ne!(changed[0].profile, fresh[0].profile);
    assert_ne!(changed[0].profile.loudness.integrated_lufs, Some(-12.345));
}

#[test]
fn what_was_damaged_or_cannot_be_written_costs_a_measurement_and_nothing_else() {
    let (folder, paths) = recordings(1, 2);
    let kept = folder.path().join("kept");
    let fresh = measured(&paths, &Cache::at(&kept));
    let [entry] = entries(&kept).try_into().unwrap();
    let whole = fs::read(&entry).unwrap();
    fs::write(&entry, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(measured(&paths, &Cache::at(&kept)), fresh);
    assert_eq!(fs::read(&entry).unwrap(), whole, "and it is whole again");
    // A file stands where the folder should be.
    assert_eq!(measured(&paths, &Cache::at(paths[0].join("kept"))), fresh);
}

#[test]
fn what_has_gone_unused_longest_is_dropped() {
    let (folder, paths) = recordings(4, 2);
    let kept = folder.path().join("kept");
    measured(&paths[..3], &Cache::at(&kept));
    let size = fs::metadata(&entries(&kept)[0]).unwrap().len();
    for (age, entry) in entries(&kept).iter().enumerate() {
        let time = SystemTime::now() - Duration::from_secs(1_000 + age as u64);
        File::options().append(true).open(entry).unwrap().set_modified(time).unwrap();
    }
    // The first is used, the fourth is new: two of four have room.
    measured(&[paths[0].clone(), paths[3].clone()], &Cache::at(&kept).holding(2 * size + size / 2));
    assert_eq!(entries(&kept).len(), 2);
    let cold = entries(&kept);
    measured(&[paths[0].clone(), paths[3].clone()], &Cache::at(&kept));
    assert_eq!(entries(&kept).len(), cold.len(), "what was used last was kept");
}

#[test]
fn a_recording_in_which_something_was_put_right_says_so_every_time() {
    let (folder, paths) = recordings(1, 2);
    let bytes = fs::read(&paths[0]).unwrap();
    fs::write(&paths[0], &bytes[..bytes.len() - 10_000]).unwrap();
    let kept = folder.path().join("kept");
    let first = measured(&paths, &Cache::at(&kept));
    assert!(!first[0].problems.is_empty());
    assert_eq!(measured(&paths, &Cache::at(&kept)), first);
}
