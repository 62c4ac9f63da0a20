//! Writing session files: what is written is read back, and looks as people would have written it.
#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking, its helpers too

use std::collections::BTreeMap;

use mixkeel_session::read::read;
use mixkeel_session::write::{write, write_with};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

mod dice;
#[path = "../fuzz/reads_back.rs"]
mod reads_back;

use reads_back::reads_back;

const HARBOUR: &str = include_str!("read/harbour.toml");
const MISTAKES: &str = include_str!("read/mistakes.toml");

fn seeded(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(2),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(seeded(600))]

    #[test]
    fn save_load_save_gives_the_same_bytes_and_the_same_session(seed: u64) {
        let session = dice::session(seed);
        let text = write(&session);
        let reading = read(&text);
        let errors: Vec<_> = reading.problems.iter().filter(|problem| problem.is_error()).collect();
        prop_assert!(errors.is_empty(), "{errors:#?}\n{text}");
        let read = reading.session.unwrap();
        prop_assert_eq!(write(&read), text);
        prop_assert_eq!(read, session);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>()) {
        reads_back(&text);
        reads_back(&format!("mixkeel = 1\nrate_hz = 48000\n{text}"));
    }

    #[test]
    fn no_slip_of_the_pen_makes_the_reader_panic(seed: u64, mistakes: bool, thrown: bool) {
        let mut dice = dice::Dice::new(seed);
        let source = match (mistakes, thrown) {
            (true, _) => MISTAKES.to_owned(),
            (false, true) => write(&dice::session(seed)),
            (false, false) => HARBOUR.to_owned(),
        };
        reads_back(&slipped(&source, &mut dice));
    }
}

/// The text with a few pieces cut, copied elsewhere or overwritten.
fn slipped(source: &str, dice: &mut dice::Dice) -> String {
    const PIECES: [&str; 16] = [
        "\"",
        "[",
        "]",
        "[[",
        "=",
        "\n",
        "{",
        "}",
        "inf",
        "nan",
        "-1e400",
        "'''",
        "é",
        "[[track]]\n",
        "true",
        "a.b",
    ];
    let mut letters: Vec<char> = source.chars().collect();
    for _ in 0..=dice.below(4) {
        let from = dice.below(letters.len());
        let to = (from + dice.below(30)).min(letters.len());
        let cut: Vec<char> = match dice.below(3) {
            0 => letters.splice(from..to, std::iter::empty()).collect(),
            1 => letters.splice(from..to, PIECES[dice.below(PIECES.len())].chars()).collect(),
            _ => letters[from..to].to_vec(),
        };
        if dice.coin() {
            let at = dice.below(letters.len());
            letters.splice(at..at, cut);
        }
    }
    letters.into_iter().collect()
}

#[test]
fn the_file_reads_like_a_console_from_top_to_bottom() {
    let session = read(HARBOUR).session.unwrap();
    let notes = BTreeMap::from([
        ("lead-vox/role".parse().unwrap(), "certain: name and\nsound agree".to_owned()),
        ("kick/fader_db".parse().unwrap(), "off".to_owned()),
    ]);
    let text = write_with(&session, &notes);
    assert_eq!(text, include_str!("read/harbour-written.toml"), "the file has changed:\n{text}");
    assert_eq!(read(&text).session, Some(session));
}
