//! Where an author's own faders are known: the songs' `song.json` and `truth.json` hold them for tracks that meet in one channel of
//! the author's mixer. What is read back from a mix is an estimate; these are facts.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

/// Tracks that share a channel of the author's mixer, by what their files are called, with the gain of each beside its file in dB.
pub type Channel = Vec<(String, f64)>;

/// The channels of a song in which at least two tracks meet. None where nothing is known.
pub fn channels(folder: &Path) -> Vec<Channel> {
    let read = |name: &str| -> Option<Value> {
        serde_json::from_str(&std::fs::read_to_string(folder.join(name)).ok()?).ok()
    };
    let Some(song) = read("song.json") else { return Vec::new() };
    let controllers = read("truth.json").map(|truth| truth["author_cc"].clone()).unwrap_or_default();
    let mut channels: BTreeMap<String, Channel> = BTreeMap::new();
    for track in song["tracks"].as_array().into_iter().flatten() {
        let Some(file) = track["file"].as_str() else { continue };
        let stem = Path::new(file).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let author = &track["author"];
        let volume = number(&author["volume"]);
        let found = match (volume, &author["mixer_channel"], track["midi_channel"].as_i64()) {
            // LMMS: percent of amplitude, one mixer channel for several tracks.
            (Some(percent), Value::String(channel), _) => {
                Some((channel.clone(), 20.0 * (percent / 100.0).log10()))
            }
            // Hydrogen: amplitude, one mixer for the kit.
            (Some(amplitude), _, _) => Some((String::new(), 20.0 * amplitude.log10())),
            // General MIDI: controller 7 of each channel, 40 dB a decade.
            (None, _, Some(channel)) => number(&controllers[channel.to_string()]["7"])
                .map(|value| (String::new(), 40.0 * (value / 127.0).log10())),
            _ => None,
        };
        // Files were turned down where they would have clipped.
        let turned_db = number(&track["gain_db"]).unwrap_or(0.0);
        if let Some((channel, gain_db)) = found.filter(|(_, gain_db)| gain_db.is_finite()) {
            channels.entry(channel).or_default().push((stem, gain_db - turned_db));
        }
    }
    channels.into_values().filter(|tracks| tracks.len() > 1).collect()
}

/// A number, or one that is written as text.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}
