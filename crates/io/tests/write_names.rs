//! Any name that the disk takes is a name for a file, and nothing that is not a plain file is ever replaced.
#![allow(clippy::unwrap_used, clippy::panic)] // Helpers of tests are tests.

mod write_support;

use mixkeel_dsp::block::Channels;
use mixkeel_io::write::{Bits, Format, Kind, create, write_atomically};
use write_support::{codes, spec, write};

#[test]
fn names_of_all_kinds_work() {
    let folder = tempfile::tempdir().unwrap();
    let long = "n".repeat(246);
    let many_bytes = "🎚".repeat(61) + "ab";
    for name in
        ["two words", "it's", "-dash", "--", "🎚 mix", "תערובת", ".hidden", "dots.in.it", &long, &many_bytes]
    {
        for format in [Format::Wav, Format::Flac] {
            let path =
                folder.path().join(format!("{name}.{}", if format == Format::Wav { "wav" } else { "flac" }));
            assert!(path.file_name().unwrap().len() <= 255);
            let written = write(&path, &spec(format, Bits::I16, Channels::Mono), &[0.5; 10], &[0.5; 10], 10);
            assert_eq!((written.length_frames, &written.path), (10, &path));
            assert_eq!(codes(&path, format, Bits::I16), [16_384; 10]);
        }
    }
    let names = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names, 20, "nothing hidden is left");
}

#[test]
fn a_name_without_a_folder_is_in_the_current_one() {
    let name = format!("write-names-{}.txt", std::process::id());
    write_atomically(std::path::Path::new(&name), b"here").unwrap();
    let found = std::fs::read(&name).unwrap();
    std::fs::remove_file(&name).unwrap();
    assert_eq!(found, b"here");
}

#[test]
fn two_writers_of_one_name_do_not_meet() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mix.wav");
    let spec = spec(Format::Wav, Bits::I16, Channels::Mono);
    let (first, second) = (create(&path, &spec).unwrap(), create(&path, &spec).unwrap());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    first.finish().unwrap();
    second.finish().unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_missing_folder_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let told = write_atomically(&folder.path().join("nowhere/mix.toml"), b"").unwrap_err();
    assert_eq!(told.kind(), Kind::NoFolder);
    assert!(told.to_string().contains("Make the folder first"), "{told}");
    assert_eq!(write_atomically(std::path::Path::new(".."), b"").unwrap_err().kind(), Kind::NoFolder);
}

#[test]
fn a_folder_of_that_name_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mix.wav");
    std::fs::create_dir(&path).unwrap();
    let told = create(&path, &spec(Format::Wav, Bits::I16, Channels::Mono)).err().unwrap();
    assert_eq!(told.kind(), Kind::Exists, "{told}");
    assert!(path.is_dir());
}

#[test]
fn a_protected_file_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("final.wav");
    std::fs::write(&path, b"keep me").unwrap();
    let mut permissions = std::fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).unwrap();
    assert_eq!(write_atomically(&path, b"gone").unwrap_err().kind(), Kind::ReadOnly);
    assert_eq!(std::fs::read(&path).unwrap(), b"keep me");
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_what_it_points_at_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("real.toml"), folder.path().join("link.toml"));
    std::fs::write(&real, b"old").unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    write_atomically(&link, b"new").unwrap();
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(std::fs::read(&real).unwrap(), b"new");
    let device = folder.path().join("device.wav");
    std::os::unix::fs::symlink("/dev/null", &device).unwrap();
    assert_eq!(
        write_atomically(&device, b"new").unwrap_err().kind(),
        Kind::Exists,
        "no device is ever replaced"
    );
}
