//! Goals as people say them, and what is understood.
#![allow(clippy::panic)] // a test that cannot read its song has failed

use mixkeel_session::goal::notes::{self, Heard, Note};
use mixkeel_session::goal::{FORMS, Goal, That};
use mixkeel_session::read::read;
use mixkeel_session::session::Session;
use proptest::prelude::*;

const SONG: &str = r#"
mixkeel = 1
rate_hz = 48000
focus = ["lead-vox"]
[[section]]
id = "verse-1"
kind = "verse"
from_s = 0.0
to_s = 10.0
[[section]]
id = "chorus-1"
kind = "chorus"
from_s = 10.0
to_s = 20.0
[[section]]
id = "chorus-2"
kind = "chorus"
from_s = 20.0
to_s = 30.0
[[reference]]
id = "harbour"
file = "records/Harbour.flac"
[[reference]]
id = "quay"
file = "records/Quay.flac"
[[bus]]
id = "band"
[[track]]
id = "lead-vox"
name = "Lead Vox"
role = "lead-vocal"
clip = [{ file = "v.wav" }]
[[track]]
id = "kick"
role = "kick"
bus = "band"
clip = [{ file = "k.wav" }]
[[track]]
id = "snare"
role = "snare"
bus = "band"
clip = [{ file = "s.wav" }]
[[track]]
id = "bass"
role = "bass"
bus = "band"
clip = [{ file = "b.wav" }]
[[track]]
id = "gtr-1"
name = "Guitar 1"
role = "electric-guitar"
clip = [{ file = "g1.wav" }]
[[track]]
id = "gtr-2"
name = "Guitar 2"
role = "electric-guitar"
clip = [{ file = "g2.wav" }]
[[track]]
id = "piano"
role = "piano"
clip = [{ file = "p.wav" }]
[[track]]
id = "loop"
role = "loop"
clip = [{ file = "l.wav" }]
"#;

fn song() -> Session {
    let reading = read(SONG);
    reading.session.unwrap_or_else(|| panic!("{:?}", reading.problems))
}

fn understood(say: &str) -> String {
    let goal = Goal { say: Some(say.to_owned()), ..Goal::default() };
    match goal.meaning(&song()) {
        Ok(meaning) => meaning.to_string(),
        Err(error) => format!("? {}", error.why),
    }
}

#[test]
fn sentences_are_understood_as_they_were_meant() {
    for (say, meant) in [
        (
            "The vocal should be clearly audible on laptop speakers.",
            "lead-vox on laptop: audible, at most 10 phon",
        ),
        (
            "The chorus should feel twice as wide as the verse",
            "the mix in chorus: wider than in verse, at least 2 times",
        ),
        (
            "the chorus is 1.5 times as wide as the verse",
            "the mix in chorus: wider than in verse, at least 1.5 times",
        ),
        ("guitar 2 is 2 times as loud as guitar 1", "gtr-2: louder than gtr-1, at least 10 LU"),
        (
            "vocal 3 dB louder than the guitars in the chorus",
            "lead-vox in chorus: louder than gtr-1, gtr-2, at least 3 LU",
        ),
        ("the vocal is at least 2 LU above the rest", "lead-vox: louder than everything else, at least 2 LU"),
        ("the bass is no louder than the kick", "bass: louder than kick, at most 0 LU"),
        ("Guitar 2 is quieter than guitar 1", "gtr-2: louder than gtr-1, at most -1 LU"),
        ("guitar 2 at most 2dB louder than the piano", "gtr-2: louder than piano, at most 2 LU"),
        ("the last chorus is the biggest", "the mix in chorus-2: biggest, at least 0.5 LU"),
        ("lead vox steady", "lead-vox: steady, at most 6 LU"),
        ("the vocal is not covered by the guitars", "lead-vox: uncovered by gtr-1, gtr-2, at most 20 %"),
        ("the guitars are darker than the piano", "gtr-1, gtr-2: brighter than piano, at most -1 dB"),
        (
            "the mix is warmer in the chorus than in the verse",
            "the mix in chorus: warmer than in verse, at least 1 dB",
        ),
        ("the snare is drier than before", "snare: drier than before, at least 1 LU"),
        ("the piano is further back than the vocal", "piano: closer than lead-vox, at most -1 dB"),
        ("vocal in front of the piano", "lead-vox: closer than piano, at least 1 dB"),
        ("the mix is mono-safe", "the mix: mono-safe, at most 1.5 LU"),
        ("nothing is lost in mono", "the mix: mono-safe, at most 1.5 LU"),
        ("the bass loses at most 4 on my phone", "bass on phone: translates, at most 4 phon"),
        ("the bass can be heard on a phone", "bass on phone: audible, at most 10 phon"),
        ("the bass loses at most 2 in mono", "bass: mono-safe, at most 2 LU"),
        ("in mono the bass loses at most 2", "bass: mono-safe, at most 2 LU"),
        ("the piano is audible in mono", "piano on mono: audible, at most 10 phon"),
        ("the chorus holds in mono", "the mix in chorus: mono-safe, at most 1.5 LU"),
        ("the mix is balanced", "the mix: balanced, at most 3 dB"),
        ("it sounds like a record", "the mix: balanced, at most 3 dB"),
        ("the mix is as balanced as the reference", "the mix: balanced like harbour, quay, at most 3 dB"),
        (
            "the tonal balance of the chorus is within 2 dB of my references",
            "the mix in chorus: balanced like harbour, quay, at most 2 dB",
        ),
        (
            "the chorus is within 2dB of the reference",
            "the mix in chorus: balanced like harbour, quay, at most 2 dB",
        ),
        ("6 dB of headroom", "the mix: headroom, at least 6 dB"),
        (
            "the chorus is a bit louder than the verse",
            "the mix in chorus: louder than in verse, at least 2 LU",
        ),
        ("kick punchier than the loop", "kick: punchier than loop, at least 1 dB"),
        ("the band is quieter than the vocal", "bass, kick, snare: louder than lead-vox, at most -1 LU"),
        ("the vocal is heard in the car", "lead-vox on car: audible, at most 10 phon"),
        ("the guitars are not louder than the vocal", "gtr-1, gtr-2: louder than lead-vox, at most 0 LU"),
        ("the vocal must not be buried", "lead-vox: audible, at most 10 phon"),
        ("the vocal is at least as loud as the piano", "lead-vox: louder than piano, at least 0 LU"),
        (
            "the chorus is 20% wider than the verse",
            "the mix in chorus: wider than in verse, at least 1.2 times",
        ),
    ] {
        assert_eq!(understood(say), meant, "{say}");
    }
}

#[test]
fn every_documented_form_is_understood() {
    // "keys" has no track here and is said so.
    for form in FORMS.iter().filter(|form| !form.contains("keys")) {
        assert!(!understood(form).starts_with('?'), "{form}: {}", understood(form));
    }
    assert!(understood("the vocal is closer than the keys").contains("\"keys\" is no track"));
}

#[test]
fn what_is_not_understood_says_what_would_be() {
    let goal = |say: &str| Goal { say: Some(say.to_owned()), ..Goal::default() };
    let nothing = goal("make it slap").meaning(&song()).unwrap_err();
    assert!(nothing.why.contains("make it slap") && nothing.forms.len() == FORMS.len());
    let who = goal("the banjo is louder than the rest").meaning(&song()).unwrap_err();
    assert!(who.why.contains("banjo") && who.forms.contains(&"lead-vox".to_owned()), "{who:?}");
    let than = goal("the drums are punchier").meaning(&song()).unwrap_err();
    assert!(than.why.contains("than what") && !than.forms.is_empty());
    let ears = goal("the vocal is 3 dB louder than the bass on a phone").meaning(&song()).unwrap_err();
    assert!(ears.why.contains("playback system") && ears.forms.len() == 2, "{ears:?}");
    let beside = goal("the vocal is steadier than the bass").meaning(&song()).unwrap_err();
    assert!(beside.why.contains("beside nothing"), "{beside:?}");
    let like = goal("the vocal is warmer like the reference").meaning(&song()).unwrap_err();
    assert!(like.why.contains("balanced like"), "{like:?}");
    let mut alone = song();
    alone.references.clear();
    let nothing = goal("the mix is balanced like the reference").meaning(&alone).unwrap_err();
    assert!(nothing.why.contains("no reference") && nothing.why.contains("--reference FILE"), "{nothing:?}");
    let other = Goal { that: Some(That::Balanced), than: Some("kick".to_owned()), ..Goal::default() };
    assert!(other.meaning(&song()).unwrap_err().why.contains("\"kick\" is no reference"));
    let section = goal("the vocal is audible in the bridge").meaning(&song()).unwrap_err();
    assert!(section.why.contains("bridge"), "{section:?}");
    let mut bare = song();
    bare.sections.clear();
    let nowhere = goal("the vocal is audible in the chorus").meaning(&bare).unwrap_err();
    assert!(nowhere.why.contains("no sections"), "{nowhere:?}");
}

#[test]
fn typed_fields_go_before_words() {
    let goal = Goal {
        at_most: Some(3.0),
        on: Some("car".to_owned()),
        ..Goal { say: Some("the vocal is audible".to_owned()), ..Goal::default() }
    };
    assert_eq!(goal.meaning(&song()).unwrap().to_string(), "lead-vox on car: audible, at most 3 phon");
}

proptest! {
    #[test]
    fn no_sentence_breaks_the_reader(say in "\\PC{0,80}") {
        let goal = Goal { say: Some(say), ..Goal::default() };
        let _ = goal.meaning(&song());
    }

    #[test]
    fn words_of_the_trade_in_any_order_are_read_or_refused(words in proptest::collection::vec(
        prop::sample::select(vec!["the", "vocal", "chorus", "louder", "than", "in", "on", "phone", "3", "dB", "twice", "as", "wide", "at", "least", "no", "rest", "verse", "guitar", "2", "loses", "mono"]), 0..12)) {
        let goal = Goal { say: Some(words.join(" ")), ..Goal::default() };
        if let Err(error) = goal.meaning(&song()) {
            prop_assert!(!error.why.is_empty());
        }
    }
}

/// What notes mean, as goals in words; a bundle in brackets; what is not understood as a question mark.
fn noted(said: &str) -> Vec<String> {
    let session = song();
    let told = |note: &Note| match note.goal.meaning(&session) {
        Ok(meaning) => match note.better_by {
            Some(by) => {
                format!("{} better by {by}", meaning.to_string().split(", at").next().unwrap_or_default())
            }
            None => meaning.to_string(),
        },
        Err(error) => panic!("{said}: {error:?}"),
    };
    notes::read(said, &session)
        .iter()
        .map(|heard| match heard {
            Heard::Note(note) => told(note),
            Heard::Intent(word, bundle) => {
                format!("{word} [{}]", bundle.iter().map(told).collect::<Vec<_>>().join("; "))
            }
            Heard::Unknown(said, _) => format!("? {said}"),
        })
        .collect()
}

#[test]
fn notes_are_goals_beside_the_version_that_stands() {
    for (said, wanted) in [
        ("vocal up a touch in the verse", "lead-vox in verse: louder than before, at least 1 LU"),
        ("turn the guitars down 3dB", "gtr-1, gtr-2: louder than before, at most -3 LU"),
        ("Snare and kick up.", "kick, snare: louder than before, at least 2 LU"),
        ("more snare", "snare: louder than before, at least 2 LU"),
        ("the guitars are too harsh", "gtr-1, gtr-2: brighter than before, at most -2 dB"),
        ("less reverb on the snare", "snare: drier than before, at least 2 LU"),
        ("can't hear the bass on my phone", "bass on phone: audible better by 2"),
        ("vocal a bit brighter", "lead-vox: brighter than before, at least 2 dB"),
        ("the vocal jumps around", "lead-vox: steady better by 2"),
        ("the bass is boomy in the last chorus", "bass in chorus-2: warmer than before, at most -2 dB"),
        ("chorus up a touch", "the mix in chorus: louder than before, at least 1 LU"),
    ] {
        assert_eq!(noted(said), [wanted], "{said}");
    }
    assert_eq!(noted("vocal up a touch, in verse 1, and less reverb on the snare").len(), 2);
    assert_eq!(
        noted("kick, snare and bass down a touch"),
        ["bass, kick, snare: louder than before, at most -1 LU"]
    );
}

#[test]
fn intent_words_are_bundles_and_what_is_not_understood_is_a_question() {
    let intimate = noted("make it more intimate");
    assert!(
        intimate[0].starts_with("intimate [lead-vox: closer than before") && intimate.len() == 1,
        "{intimate:?}"
    );
    assert!(
        noted("drums in your face")[0].starts_with("in your face [kick, snare: closer"),
        "{:?}",
        noted("drums in your face")
    );
    for odd in ["make it slap", "banjo up", "louder", "yeah great mix love it", "vocal"] {
        assert!(noted(odd).iter().all(|one| one.starts_with('?')), "{odd}: {:?}", noted(odd));
    }
    assert!(noted("").is_empty() && noted(" ,,. ").is_empty());
}

proptest! {
    #[test]
    fn no_note_makes_the_reader_panic(said in "\\PC{0,80}") {
        let _ = notes::read(&said, &song());
    }

    #[test]
    fn words_of_notes_in_any_order_do_not_either(
        words in proptest::collection::vec(prop_oneof!["up", "down", "and", ",", "in", "verse", "2", "vocal", "more", "on", "phone", "a touch"], 0..12)
    ) {
        let _ = notes::read(&words.join(" "), &song());
    }
}
