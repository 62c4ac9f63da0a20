//! The song on paper: sections, chords, words.

use super::super::score::groove::PART;
use super::super::score::lines;
use super::super::score::tempo::{BAR_S, BARS, SONG_S, STEPS_PER_BAR};
use super::super::truth;

#[test]
fn sections_and_chords_tile_the_song() {
    let truth = truth();
    assert_eq!(truth.sections.first().map(|section| section.from_s), Some(0.0));
    assert_eq!(truth.sections.last().map(|section| section.to_s), Some(truth.length_s));
    assert!(truth.sections.windows(2).all(|pair| pair[0].to_s == pair[1].from_s));
    for section in &truth.sections {
        assert!(truth.downbeats_s.contains(&section.from_s), "{} starts off a bar line", section.label);
    }
    assert_eq!(truth.chords.first().map(|chord| chord.from_s), Some(0.0));
    assert_eq!(truth.chords.last().map(|chord| chord.to_s), Some(truth.length_s));
    assert!(truth.chords.windows(2).all(|pair| pair[0].to_s == pair[1].from_s));
    assert!((SONG_S - 75.0).abs() < 3.0);
    assert_eq!(truth.beats_s.len(), 4 * truth.downbeats_s.len());
}

#[test]
fn the_harmony_develops() {
    let truth = truth();
    let chords = |label: &str| -> Vec<&str> {
        let section = truth.sections.iter().find(|section| section.label == label).expect("a section");
        let inside =
            |chord: &&crate::demo::TruthChord| chord.from_s >= section.from_s && chord.to_s <= section.to_s;
        truth.chords.iter().filter(inside).map(|chord| chord.label.as_str()).collect()
    };
    assert_eq!(chords("verse 1"), ["D:maj", "A:maj/3", "B:min7", "G:maj", "E:min7", "A:sus4"]);
    assert_eq!(chords("chorus 1"), ["G:maj", "A:maj", "F#:min7", "B:min", "E:min7", "A:maj"]);
    assert_ne!(chords("verse 1"), chords("verse 2"));
    assert!(chords("bridge").contains(&"G:min/b3"), "the borrowed chord");
    assert_eq!(chords("chorus 3").len(), 12);
}

#[test]
fn the_tune_has_an_arc() {
    let truth = truth();
    let top = |kind: &str| {
        let spans: Vec<_> = truth.sections.iter().filter(|section| section.kind == kind).collect();
        let inside = |from_s: f64| spans.iter().any(|span| from_s >= span.from_s && from_s < span.to_s);
        truth.melody.iter().filter(|note| inside(note.from_s)).map(|note| note.midi).max()
    };
    assert!(top("verse") < top("bridge") && top("bridge") < top("chorus"));
    let highest = truth.melody.iter().max_by_key(|note| note.midi).expect("a tune");
    assert!(highest.from_s > 0.75 * truth.length_s, "the highest note comes near the end");
    assert!(truth.melody.windows(2).all(|pair| pair[0].to_s <= pair[1].from_s + 1e-6), "one voice, one note");
}

#[test]
fn every_pattern_fills_its_bar() {
    for (bar, pattern) in PART.iter().enumerate() {
        let rows = [
            pattern.kick,
            pattern.snare,
            pattern.hat,
            pattern.ride,
            pattern.crash,
            pattern.toms,
            pattern.tambourine,
        ];
        assert!(rows.iter().all(|row| row.is_empty() || row.len() == STEPS_PER_BAR), "bar {bar}");
    }
    for bar in 0..BARS {
        assert_eq!(lines::bass(bar).len(), 8, "bar {bar}");
        assert_eq!(lines::piano(bar).len(), 8, "bar {bar}");
        assert_eq!(lines::first_guitar(bar).len(), STEPS_PER_BAR, "bar {bar}");
        assert_eq!(lines::second_guitar(bar).len(), STEPS_PER_BAR, "bar {bar}");
    }
}

#[test]
fn the_truth_is_written_as_its_schema_says() {
    let truth = truth();
    let json = serde_json::to_value(&truth).expect("plain data");
    assert_eq!(json["schema"], "mixkeel/demo-truth/1");
    assert_eq!(json["tempo_bpm"], 100.0);
    assert_eq!(json["metre"], "4/4");
    assert_eq!(json["key"]["tonic"], "D");
    assert_eq!(json["sections"].as_array().map(Vec::len), Some(8));
    assert_eq!(json["tracks"].as_array().map(Vec::len), Some(22));
    assert_eq!(json["downbeats_s"][1], BAR_S);
    let late: Vec<_> =
        truth.tracks.iter().filter(|track| track.late_ms == 25.0).map(|track| track.file).collect();
    assert_eq!(late, ["Room mono late.wav"]);
}
