//! What is wrong with the song, and what is planted into it, is dealt with by the rule that is there for it; nothing else is
//! repaired.

use std::path::Path;

use mixkeel_dsp::block::{Block, Buffer, Channels};
use mixkeel_io::write::{Bits, Format, Spec, Tags, create};
use mixkeel_session::edit::Edit;

use super::folder;
use crate::Silent;
use crate::mix::MixOptions;
use crate::plan::plan;

/// From the second half of a verse over a chorus to the end of the next verse: everybody plays, in a third of the time.
const FROM_S: f64 = 9.6;
const TO_S: f64 = 33.6;

/// One file of the song, cut, as lines of samples.
fn cut(name: &str) -> (u32, Vec<Vec<f32>>) {
    let made = folder().iter().find(|made| made.file_name == name).expect("a file of the song");
    let frame = |s: f64| libm::round(s * f64::from(made.rate_hz)) as usize;
    let lines = made.samples.signal().each().map(|line| line[frame(FROM_S)..frame(TO_S)].to_vec()).collect();
    (made.rate_hz, lines)
}

fn write(folder: &Path, name: &str, rate_hz: u32, lines: &[Vec<f32>]) {
    let channels = if lines.len() == 2 { Channels::Stereo } else { Channels::Mono };
    let spec = Spec {
        format: Format::Wav,
        bits: Bits::I24,
        rate_hz,
        channels,
        tags: Tags::default(),
        dither_seed: 1,
        source_bits: None,
        length_frames: Some(lines[0].len() as u64),
    };
    let mut samples = Buffer::new(channels, lines[0].len());
    let mut block: Block = samples.block();
    block.each().zip(lines).for_each(|(to, from)| to.copy_from_slice(from));
    let mut writer = create(&folder.join(name), &spec).expect("the folder takes files");
    writer.write(samples.signal()).expect("the file takes samples");
    writer.finish().expect("the file can be finished");
}

/// Repairs by rule and strip, in the order decided.
fn repairs(edits: &[Edit]) -> Vec<(&str, String)> {
    let mut found: Vec<(&str, String)> = edits
        .iter()
        .filter(|edit| edit.by.starts_with("repair/"))
        .map(|edit| (edit.by.as_str(), edit.address.to_string()))
        .collect();
    found.sort();
    found
}

#[test]
fn every_fault_is_dealt_with_by_its_rule_and_nothing_else_is_repaired() {
    let song = tempfile::tempdir().expect("there is room for a song");
    for made in folder() {
        let (rate_hz, mut lines) = cut(made.file_name);
        let line = &mut lines[0];
        let second = rate_hz as usize;
        match made.file_name {
            "LdVox.wav" => (1..6).for_each(|at| line[at * 3 * second + 1_234] += 0.3),
            "Git 2 rhythm.wav" => {
                for (frame, sample) in line.iter_mut().enumerate() {
                    let turn = std::f64::consts::TAU * 60.0 * frame as f64 / second as f64;
                    let lines = libm::sin(2.0 * turn) + libm::sin(3.0 * turn) + libm::sin(5.0 * turn);
                    *sample += (0.012 * lines) as f32;
                }
            }
            "EGtr 1.wav" => line.iter_mut().for_each(|sample| *sample = (4.0 * *sample).clamp(-0.7, 0.7)),
            "Bass DI.wav" => line.iter_mut().for_each(|sample| *sample += 0.02),
            _ => {}
        }
        write(song.path(), made.file_name, rate_hz, &lines);
    }
    let (rate_hz, piano) = cut("Pno.wav");
    write(song.path(), "Audio 23.wav", rate_hz, &piano);
    write(song.path(), "Audio 24.wav", rate_hz, &[vec![0.0; piano[0].len()]]);
    let (rate_hz, voice) = cut("LdVox.wav");
    let phrase = voice[0].iter().position(|sample| sample.abs() > 0.05).expect("she sings");
    write(
        song.path(),
        "Shout ad lib.wav",
        rate_hz,
        &[voice[0][phrase..phrase + 3 * rate_hz as usize].to_vec()],
    );

    let plan = plan(song.path(), &MixOptions::default(), &Silent).expect("the song can be mixed");
    let wanted = [
        ("repair/align", "bass-amp/shift_ms"),
        ("repair/align", "oh/shift_ms"),
        ("repair/bleed", "toms/gate-1"),
        ("repair/clicks", "ldvox/declick-1"),
        ("repair/hum", "git-2-rhythm/dehum-1"),
        ("repair/keep-out", "audio-23/mute"),
        ("repair/keep-out", "audio-24/mute"),
        ("repair/keep-out", "click/mute"),
        ("repair/offset", "bass-di/eq-1"),
        ("repair/polarity", "kick-out-47/polarity"),
        ("repair/polarity", "sn-btm/polarity"),
    ];
    let wanted: Vec<(&str, String)> =
        wanted.iter().map(|(rule, address)| (*rule, (*address).to_owned())).collect();
    assert_eq!(repairs(&plan.edits), wanted);
    // A room microphone is far away on purpose, however late; and no fault is only half believed.
    assert_eq!(repairs(&plan.proposed), []);
    let told = |start: &str, says: &str| {
        plan.warnings.iter().filter(|told| told.starts_with(start) && told.contains(says)).count()
    };
    assert_eq!(told("EGtr 1", "cut off"), 1, "{:?}", plan.warnings);
    assert_eq!(told("Shout ad lib", "where does it begin"), 1, "{:?}", plan.warnings);
    assert_eq!(told("", "cut off") + told("", "where does it begin"), 2, "{:?}", plan.warnings);
}
