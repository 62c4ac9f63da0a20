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
const PRINTS: [u64; 22] = [
    0xf29b_0031_604a_0d50,
    0x8e41_c007_76d3_0093,
    0x94fd_bd05_89db_3af9,
    0xb877_2423_9134_df1c,
    0xdcbf_21eb_5c81_ea45,
    0x2cb5_9f22_121c_3ebd,
    0xfe9c_12af_ea7a_9630,
    0x7b69_7b71_4fbb_d5b0,
    0x791d_9f97_75c1_ded7,
    0x28ad_ae2f_823f_75d7,
    0x9f93_bef0_7d94_2bf9,
    0xc339_58eb_ec8a_13a8,
    0x8230_0cdc_ade0_d461,
    0xc78f_b96f_0649_8dd8,
    0x64a9_6ca3_1965_88d4,
    0x68a6_58a2_1bed_d8a4,
    0xa38d_d95a_2753_de8f,
    0x52ec_58d7_c2ee_fa3c,
    0xd522_3493_ddfb_c72c,
    0x0e11_457a_40f7_b58d,
    0xea85_40a7_9ed9_a4e2,
    0x4f2a_b6dc_77b4_6565,
];

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
