//! Every sample of every file, on every machine: a changed bit is seen here first.

use super::super::{DemoTrack, synthesise};
use super::folder;

/// FNV-1a, 64 bits (G. Fowler, L. C. Noll, K.-P. Vo), over the bits of every sample, channel by channel.
fn print(made: &DemoTrack) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for channel in made.samples.signal().each() {
        for byte in channel.iter().flat_map(|sample| sample.to_bits().to_le_bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    hash
}

/// The files as they are. A change of the song changes these lines on purpose, in the same commit.
const PRINTS: [u64; 22] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

#[test]
fn every_file_has_its_print() {
    let prints: Vec<u64> = folder().iter().map(print).collect();
    let differ: Vec<&str> = folder()
        .iter()
        .zip(prints.iter().zip(PRINTS))
        .filter(|(_, (now, then))| **now != *then)
        .map(|(made, _)| made.file_name)
        .collect();
    assert!(differ.is_empty(), "changed: {differ:?}; now {prints:#018x?}");
}

#[test]
fn a_file_made_alone_and_again_is_the_same() {
    // The folder was made on all threads at once; these are made backwards, one by one.
    for index in [21, 19, 18, 11, 6, 2] {
        assert_eq!(print(&synthesise(index)), print(&folder()[index]), "{}", folder()[index].file_name);
    }
    assert_eq!(synthesise(usize::MAX).file_name, "CLICK.wav");
}
