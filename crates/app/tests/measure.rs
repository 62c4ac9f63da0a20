//! `measure`: figures for people and for programs, and one bad file that stops nothing.

mod desk;

use desk::{Desk, wav};
use serde_json::Value;

#[test]
fn a_bad_file_is_named_and_the_others_are_measured_in_order() {
    let desk = Desk::with_song();
    desk.write("words.wav", b"this is text and nothing else, whatever its ending says");
    desk.write("empty.wav", b"");
    let said = desk.run(&["measure", "take.wav", "words.wav", "no.wav", "My Song", "empty.wav", "--json"]);
    assert_eq!(said.code, Some(3), "{said:?}");
    let document: Value = serde_json::from_str(&said.data).unwrap();
    assert_eq!(document["schema"], "mixkeel/measure/1");
    let files = document["files"].as_array().unwrap();
    let names: Vec<&str> =
        files.iter().filter_map(|file| file["path"].as_str()?.rsplit(['/', '\\']).next()).collect();
    let song = ["Audio 07.wav", "Bass.wav", "Kick.wav", "Lead Vox.wav"];
    let wanted = [&["take.wav", "words.wav", "no.wav"][..], &song, &["empty.wav"]].concat();
    assert_eq!(names, wanted);
    for (file, name) in files.iter().zip(wanted) {
        if ["words.wav", "no.wav", "empty.wav"].contains(&name) {
            assert_eq!(file["error"]["id"], "unreadable");
            assert!(file["error"]["do"].as_str().is_some_and(|way| way.len() > 5), "{file}");
            assert!(file.get("rate_hz").is_none(), "no figures: {file}");
            assert!(said.talk.contains(name), "{name} is named on stderr:\n{}", said.talk);
        } else {
            assert!(file.get("error").is_none() && file["integrated_lufs"].is_number(), "{file}");
        }
    }
}

#[test]
fn every_field_that_was_promised_is_there_and_right_about_a_known_wave() {
    let desk = Desk::new();
    desk.write("take.wav", &wav(997.0, 480_000));
    let said = desk.run(&["measure", "take.wav", "--json"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let document: Value = serde_json::from_str(&said.data).unwrap();
    let file = &document["files"][0];
    for field in [
        "path",
        "container",
        "codec",
        "rate_hz",
        "bits",
        "float",
        "channels",
        "length_frames",
        "length_s",
        "integrated_lufs",
        "max_momentary_lufs",
        "max_short_term_lufs",
        "loudness_range_lu",
        "true_peak_dbtp",
        "sample_peak_dbfs",
        "plr_db",
        "psr_min_db",
        "crest_db",
        "dc",
        "correlation",
        "side_to_mid_db",
        "mono_loss_lu",
        "left_minus_right_lu",
        "clipped_runs",
        "nan_samples",
        "noise_floor_dbfs",
        "effective_bits",
        "bandwidth_hz",
        "spectrum",
        "problems",
    ] {
        assert!(file.get(field).is_some(), "{field} is missing: {file}");
    }
    let near = |field: &str, wanted: f64, within: f64| {
        let value = file[field].as_f64().unwrap();
        assert!((value - wanted).abs() < within, "{field} is {value}, not {wanted}");
    };
    // A triangle of a quarter of full scale: its RMS is its peak over √3, 4.77 dB.
    near("sample_peak_dbfs", -12.04, 0.02);
    near("crest_db", 4.77, 0.02);
    near("length_s", 10.0, 1e-9);
    // Its fundamental, 8/π² of the peak, reads −0.01 less 3.01 plus −13.87; its harmonics add what K-weighting makes of them.
    near("integrated_lufs", -16.8, 0.2);
    assert_eq!(file["channels"], 1);
    assert_eq!(file["correlation"], Value::Null, "one channel has no sides");
    assert_eq!(file["spectrum"]["freq_hz"].as_array().unwrap().len(), 31);
    assert!(file["problems"].as_array().unwrap().iter().all(|problem| problem.get("at_s").is_some()));
}

#[test]
fn people_get_tables_of_eighty_columns_and_quiet_is_quiet() {
    let desk = Desk::with_song();
    let said = desk.run(&["measure", "My Song", "take.wav"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.data.lines().all(|line| line.chars().count() <= 80), "{}", said.data);
    assert_eq!(
        said.data.matches("LUFS").count(),
        5 * 3 - 1,
        "a take of 1 s has no loudest 3 s:\n{}",
        said.data
    );
    assert!(said.data.contains("cut off"), "a wave that begins and ends at full level:\n{}", said.data);
    let said = desk.run(&["measure", "take.wav", "-q"]);
    assert_eq!((said.code, said.data.as_str(), said.talk.as_str()), (Some(0), "", ""));
    let said = desk.run(&["measure", "no.wav", "-q"]);
    assert!(said.code == Some(3) && said.talk.contains("no.wav"), "{said:?}");
}

#[test]
fn silence_has_no_figures_rather_than_infinite_ones() {
    let desk = Desk::new();
    let mut silence = wav(440.0, 48_000);
    silence[44..].fill(0);
    desk.write("silence.wav", &silence);
    let said = desk.run(&["measure", "silence.wav", "--json"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let document: Value = serde_json::from_str(&said.data).unwrap();
    for field in
        ["integrated_lufs", "true_peak_dbtp", "sample_peak_dbfs", "plr_db", "crest_db", "noise_floor_dbfs"]
    {
        assert_eq!(document["files"][0][field], Value::Null, "{field}");
    }
    assert_eq!(document["files"][0]["problems"], Value::Array(vec![]));
}

/// A 16-bit WAV of six channels in the order of the format (left, right, centre, effects, left and right surround), with the
/// same sine of a tenth of full scale in the channels that are named.
fn surround_wav(sounding: &[usize]) -> Vec<u8> {
    const CHANNELS: u16 = 6;
    const LENGTH_FRAMES: u32 = 3 * desk::RATE_HZ;
    let data_bytes = LENGTH_FRAMES * u32::from(CHANNELS) * 2;
    let mut bytes = Vec::new();
    bytes.extend_from_slice(b"RIFF");
    bytes.extend_from_slice(&(60 + data_bytes).to_le_bytes());
    bytes.extend_from_slice(b"WAVEfmt ");
    bytes.extend_from_slice(&40_u32.to_le_bytes());
    bytes.extend_from_slice(&0xFFFE_u16.to_le_bytes());
    bytes.extend_from_slice(&CHANNELS.to_le_bytes());
    bytes.extend_from_slice(&desk::RATE_HZ.to_le_bytes());
    bytes.extend_from_slice(&(desk::RATE_HZ * u32::from(CHANNELS) * 2).to_le_bytes());
    bytes.extend_from_slice(&(CHANNELS * 2).to_le_bytes());
    bytes.extend_from_slice(&16_u16.to_le_bytes());
    bytes.extend_from_slice(&22_u16.to_le_bytes());
    bytes.extend_from_slice(&16_u16.to_le_bytes());
    // Front left and right, centre, low frequency effects, side left and right.
    bytes.extend_from_slice(&0x60F_u32.to_le_bytes());
    // The GUID of integer PCM.
    bytes.extend_from_slice(&[1, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);
    bytes.extend_from_slice(b"data");
    bytes.extend_from_slice(&data_bytes.to_le_bytes());
    for frame in 0..LENGTH_FRAMES {
        let turn = std::f64::consts::TAU * 997.0 * f64::from(frame) / f64::from(desk::RATE_HZ);
        let sample = (turn.sin() * 3276.7) as i16;
        for channel in 0..usize::from(CHANNELS) {
            let value = if sounding.contains(&channel) { sample } else { 0 };
            bytes.extend_from_slice(&value.to_le_bytes());
        }
    }
    bytes
}

#[test]
fn surround_is_as_loud_as_its_channels_weigh_and_the_effects_channel_is_not_heard() {
    let desk = Desk::new();
    desk.write("a-left.wav", &surround_wav(&[0]));
    desk.write("b-centre.wav", &surround_wav(&[2]));
    desk.write("c-effects.wav", &surround_wav(&[3]));
    desk.write("d-surround.wav", &surround_wav(&[4]));
    desk.write("e-all.wav", &surround_wav(&[0, 1, 2, 3, 4, 5]));
    let files = ["a-left.wav", "b-centre.wav", "c-effects.wav", "d-surround.wav", "e-all.wav"];
    let said = desk.run(&[&["measure"][..], &files, &["--json"]].concat());
    assert_eq!(said.code, Some(0), "{said:?}");
    let document: Value = serde_json::from_str(&said.data).unwrap();
    let loudness = |index: usize| &document["files"][index]["integrated_lufs"];
    let near = |index: usize, wanted: f64| {
        let value = loudness(index).as_f64().unwrap();
        assert!((value - wanted).abs() < 0.05, "{} reads {value}, not {wanted}", files[index]);
        assert_eq!(document["files"][index]["channels"], 6);
    };
    // ITU-R BS.1770-5: a sine of 997 Hz at full scale in one front channel reads -3.01 LKFS; a surround channel weighs
    // 1.41, 1.49 dB more; together 3 + 2 * 1.41 channels, 7.65 dB.
    near(0, -23.01);
    near(1, -23.01);
    near(3, -21.52);
    near(4, -23.01 + 7.65);
    assert_eq!(loudness(2), &Value::Null, "the effects channel alone is silence to loudness");
    // It is in the file all the same, and has a peak.
    let peak = document["files"][2]["sample_peak_dbfs"].as_f64().unwrap();
    assert!((peak + 20.0).abs() < 0.02, "{peak}");
}

#[test]
fn one_bad_file_in_a_folder_leaves_the_others_their_figures() {
    let desk = Desk::new();
    desk.write("takes/1 good.wav", &wav(220.0, 48_000));
    desk.write("takes/2 bad.wav", b"not a wave at all");
    desk.write("takes/3 good.wav", &wav(330.0, 48_000));
    let said = desk.run(&["measure", "takes", "--json"]);
    assert_eq!(said.code, Some(3), "{said:?}");
    let document: Value = serde_json::from_str(&said.data).unwrap();
    let files = document["files"].as_array().unwrap();
    let measured: Vec<bool> = files.iter().map(|file| file["integrated_lufs"].is_number()).collect();
    assert_eq!(measured, [true, false, true], "{document}");
    assert_eq!(files[1]["error"]["id"], "unreadable");
    assert!(said.talk.contains("2 bad.wav"), "named on stderr:\n{}", said.talk);
}
