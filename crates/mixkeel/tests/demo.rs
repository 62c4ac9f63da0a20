//! The demo song against what is true about it.

use mixkeel::demo::{track_names, truth};
use mixkeel_assist::pairs::stereo_pairs;
use mixkeel_assist::roles::roles_from_names;

#[test]
fn the_names_of_the_demo_tell_the_roles_that_are_true() {
    let names: Vec<&str> = track_names().map(|name| name.trim_end_matches(".wav")).collect();
    let truth = truth();
    let mut compared = 0;
    for (name, guess) in names.iter().zip(roles_from_names(&names)) {
        let track = truth.tracks.iter().find(|track| track.file == format!("{name}.wav"));
        assert_eq!(track.map(|track| track.role.to_string()), Some(guess.role.word().to_owned()), "{name}");
        compared += 1;
    }
    assert!((18..=22).contains(&compared), "{compared} tracks");
    let pairs: Vec<_> = stereo_pairs(&names).into_iter().map(|(l, r)| (names[l], names[r])).collect();
    assert_eq!(pairs, [("OH L", "OH R")]);
}
