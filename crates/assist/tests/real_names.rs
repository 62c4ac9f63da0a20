//! The names of real multitracks beside the repository, where they are there, against what their makers say they are.

use std::fs;
use std::path::Path;

use mixkeel_assist::roles::roles_from_names;
use mixkeel_session::role::Role;

/// Names that do not say what the track is: an echo of backing vocals that its maker counts as a double.
const UNSAID: [&str; 1] = ["BGVOX_ECHO"];

fn in_our_words(role: &str) -> String {
    match role {
        "ride" => "cymbals".to_owned(),
        "clap" => "percussion".to_owned(),
        other => other.replace('_', "-"),
    }
}

#[test]
fn names_of_real_multitracks_say_what_their_makers_say() {
    let music = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/music");
    let Ok(songs) = fs::read_dir(music) else { return };
    let mut wrong = Vec::new();
    for song in songs.flatten() {
        let Ok(text) = fs::read_to_string(song.path().join("song.json")) else { continue };
        let song: serde_json::Value = serde_json::from_str(&text).expect("song.json is JSON");
        let tracks = song["tracks"].as_array().cloned().unwrap_or_default();
        let stems: Vec<String> = tracks
            .iter()
            .filter_map(|track| Path::new(track["file"].as_str()?).file_stem()?.to_str().map(str::to_owned))
            .collect();
        let names: Vec<&str> = stems.iter().map(String::as_str).collect();
        for ((track, name), guess) in tracks.iter().zip(&names).zip(roles_from_names(&names)) {
            let wanted = in_our_words(track["role"].as_str().unwrap_or_default());
            assert!(Role::from_word(&wanted).is_some(), "{wanted} is one of our words");
            if guess.role.word() != wanted && !UNSAID.contains(name) {
                wrong.push(format!("{name} is {wanted}, read as {}", guess.role));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
