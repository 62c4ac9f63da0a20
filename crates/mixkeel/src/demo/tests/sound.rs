//! What is declared can be heard: levels, lengths, delays, polarities, and the faults of each track.

use super::super::kit::Source;
use super::super::score::tempo::frame;
use super::super::{TruthTrack, truth};
use super::measure::{lag, level_db, periodicity, share};
use super::{file, folder, line};

fn declared(name: &str) -> TruthTrack {
    truth().tracks.into_iter().find(|track| track.file == name).expect("a file of the song")
}

#[test]
fn every_file_is_sound_and_nothing_else() {
    for (made, declared) in folder().iter().zip(truth().tracks) {
        let name = made.file_name;
        let steps = if made.bits == 16 { 32_768.0 } else { 8_388_608.0 };
        let mut highest = 0.0f32;
        for channel in made.samples.signal().each() {
            assert!(channel.iter().all(|sample| sample.is_finite()), "{name}");
            assert!(
                channel.iter().all(|sample| (sample * steps).fract() == 0.0),
                "{name}: off the grid of its bits"
            );
            let mean = channel.iter().map(|&sample| f64::from(sample)).sum::<f64>() / channel.len() as f64;
            assert!(mean.abs() < 0.001, "{name} has an offset of {mean}, over -60 dBFS");
            highest = channel.iter().fold(highest, |highest, sample| highest.max(sample.abs()));
        }
        let peak_db = 20.0 * libm::log10(f64::from(highest));
        assert!(peak_db <= -0.1, "{name} peaks at {peak_db}");
        // Hiss adds at most a few tenths of a decibel to the declared peak.
        assert!((peak_db - declared.peak_dbfs).abs() < 0.5, "{name} peaks at {peak_db}");
        assert_eq!((made.rate_hz, made.bits), (declared.rate_hz, declared.bits), "{name}");
    }
}

#[test]
fn files_are_as_long_as_the_song_but_one() {
    for (made, declared) in folder().iter().zip(truth().tracks) {
        let seconds = made.samples.frames() as f64 / f64::from(made.rate_hz);
        // A frame is 0.02 ms.
        assert!((seconds - declared.length_s).abs() < 0.000_03, "{}", made.file_name);
    }
    let short: Vec<_> =
        truth().tracks.iter().filter(|track| track.length_s < 76.0).map(|track| track.file).collect();
    assert_eq!(short, ["LdVox_dbl.wav"]);
    let other: Vec<_> =
        folder().iter().filter(|made| made.rate_hz != 48_000).map(|made| made.file_name).collect();
    assert_eq!(other, ["BGV 2 hi.wav"]);
    assert_eq!(folder().iter().filter(|made| made.bits == 16).count(), 1);
}

/// The lag in milliseconds between two microphones on the hard strokes of a drum, and how alike they are there.
fn between(early: &str, late: &str, source: Source, most_ms: usize) -> (f64, f64) {
    let starts: Vec<usize> = source
        .part()
        .iter()
        .filter(|stroke| stroke.force > 0.8 && stroke.at_s < 50.0)
        .take(24)
        .map(|stroke| frame(stroke.at_s, 48_000))
        .collect();
    let (frames, alike) = lag(line(early), line(late), &starts, 1440, 48 * most_ms);
    (frames as f64 / 48.0, alike)
}

#[test]
fn microphones_are_as_late_as_declared() {
    for name in ["OH L.wav", "OH R.wav", "Room mono late.wav"] {
        let (lag_ms, alike) = between("SN top.wav", name, Source::SnareHead, 40);
        let declared_ms = declared(name).delay_ms;
        // Filters of the microphones move the peak of the correlation by up to a third of a millisecond.
        assert!((lag_ms - declared_ms).abs() < 0.35, "{name}: {lag_ms} against {declared_ms}");
        assert!(alike > 0.3, "{name}: {alike}");
    }
    assert!((declared("OH L.wav").delay_ms - 3.0).abs() < 0.2);
    assert!((declared("OH R.wav").delay_ms - declared("OH L.wav").delay_ms).abs() < 0.05);
    assert_eq!(declared("Room mono late.wav").late_ms, 25.0);
}

#[test]
fn polarities_are_as_declared() {
    for (early, late, source) in [
        ("Kick In 57.wav", "kick OUT_47.wav", Source::KickHead),
        ("SN top.wav", "SN_btm.wav", Source::SnareHead),
    ] {
        let (lag_ms, alike) = between(early, late, source, 2);
        assert!(alike < -0.3, "{late} against {early}: {alike} at {lag_ms} ms");
        assert_eq!(declared(late).polarity, -1);
    }
    let (_, alike) = between("SN top.wav", "OH L.wav", Source::SnareHead, 40);
    assert!(alike > 0.0);
}

#[test]
fn the_bass_amplifier_is_late_and_dull() {
    let starts: Vec<usize> = (4..20).map(|bar| bar * 115_200).collect();
    let (frames, alike) = lag(line("Bass DI.wav"), line("bass_amp.wav"), &starts, 12_000, 600);
    let lag_ms = frames as f64 / 48.0;
    // The loudspeaker turns the phase as well: a third of a millisecond at the frequencies that carry a bass.
    assert!((lag_ms - declared("bass_amp.wav").delay_ms).abs() < 0.4, "{lag_ms} ms, {alike}");
    assert!(share(line("bass_amp.wav"), 6000.0, 20_000.0, 48_000) < 0.001);
}

#[test]
fn faults_of_tone_are_there() {
    let low_mid = share(line("Pno.wav"), 250.0, 400.0, 48_000);
    assert!(low_mid > 0.4, "piano: {low_mid} of its energy lies between 250 and 400 Hz");
    for name in ["EGtr 1.wav", "Git 2 rhythm.wav", "PAD warm.wav"] {
        let voice_band = share(line(name), 1000.0, 4000.0, 48_000);
        assert!(voice_band > 0.2, "{name}: {voice_band} of its energy covers the voice");
    }
}

#[test]
fn the_lead_is_uneven_and_in_tune() {
    let lead = line("LdVox.wav");
    let truth = truth();
    let span = |from_s: f64, to_s: f64| &lead[frame(from_s, 48_000)..frame(to_s, 48_000)];
    let phrases = truth.melody.last().map_or(0, |note| note.phrase + 1);
    let levels: Vec<f64> = (0..phrases)
        .map(|phrase| {
            let notes: Vec<_> = truth.melody.iter().filter(|note| note.phrase == phrase).collect();
            level_db(span(notes[0].from_s, notes[notes.len() - 1].to_s))
        })
        .collect();
    let swing_db = levels.iter().fold(f64::MIN, |most, level| most.max(*level))
        - levels.iter().fold(f64::MAX, |least, level| least.min(*level));
    assert!((7.0..14.0).contains(&swing_db), "{swing_db} dB: {levels:?}");

    for note in truth.melody.iter().filter(|note| note.to_s - note.from_s >= 0.6) {
        let sung = span(note.from_s + 0.12, note.from_s + 0.32);
        let period = 48_000.0 / (440.0 * libm::exp2((f64::from(note.midi) - 69.0) / 12.0));
        let semitone = libm::exp2(1.0 / 12.0);
        let right = periodicity(sung, 2.0 * period);
        assert!(right > periodicity(sung, 2.0 * period * semitone), "{} at {}", note.word, note.from_s);
        assert!(right > periodicity(sung, 2.0 * period / semitone), "{} at {}", note.word, note.from_s);
    }
}

#[test]
fn the_song_grows() {
    let truth = truth();
    let section = |label: &str| {
        let span = truth.sections.iter().find(|section| section.label == label).expect("a section");
        let levels = ["Kick In 57.wav", "Bass DI.wav", "Pno.wav", "EGtr 1.wav"].map(|name| {
            let energy = level_db(&line(name)[frame(span.from_s, 48_000)..frame(span.to_s, 48_000)]);
            libm::exp10(energy / 10.0)
        });
        10.0 * libm::log10(levels.iter().sum())
    };
    assert!(section("intro") < section("verse 1") && section("verse 1") < section("chorus 1"));
    assert!(section("bridge") < section("chorus 3"));
    assert_eq!(file("CLICK.wav").samples.frames(), file("Pno.wav").samples.frames());
}
