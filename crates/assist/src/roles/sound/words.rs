//! What a sound is like, in the words by which a person would recognise it.

use super::features::Features;

/// At most four words: where it lies, how long it lasts, how it moves, how wide it is.
pub fn description(features: &Features) -> String {
    let is = |name: &str| features.get(name);
    let mut words: Vec<&str> = Vec::new();
    words.push(match is("place") {
        ..5.0 => "low",
        ..10.0 => "low and middle",
        ..18.0 => "middle",
        ..27.0 => "high",
        _ => "very high",
    });
    let falls = is("after_200");
    if is("curve_peaks") > 0.75 && falls < -12.0 {
        words.push("short strokes");
    } else if is("curve_peaks") > 0.6 {
        words.push("plucked or struck");
    } else if is("onsets") < 1.0 {
        words.push("held");
    }
    if is("periodic") > 0.6 {
        words.push("periodic");
    }
    if is("tonal") > 0.2 {
        words.push(match (is("tones"), is("stays_in_tune")) {
            (2.5.., _) => "several notes at once",
            (_, ..0.25) => "one note at a time, gliding",
            _ => "one note at a time",
        });
    } else if is("tonal") < 0.08 {
        words.push("no pitch");
    }
    if is("sibilance") > 0.08 && is("colour_moves") > 6.0 {
        words.push("changing vowels and consonants");
    }
    if is("active") < 0.15 {
        words.push("seldom");
    }
    if is("side") > 0.4 {
        words.push("wide");
    }
    words.truncate(4);
    words.join(", ")
}
