//! Goals of a session on disk: written, understood, measured on the render, and failed by an exit code's worth.
#![allow(clippy::unwrap_used)] // a test that cannot set up its song has failed

mod common;

use common::{tone, write_wav};
use mixkeel::Silent;
use mixkeel::goals::{add, goals};
use mixkeel_dsp::block::Channels;

const SESSION: &str = r#"mixkeel = 1
rate_hz = 48000
focus = ["voice"]

# the part that matters
[[section]]
id = "verse"
from_s = 0.0
to_s = 3.0

[[section]]
id = "chorus"
from_s = 3.0
to_s = 6.0

[[goal]]
id = "loud-enough"
say = "the voice is at least 3 LU above the rest"

[[track]]
id = "voice"
role = "lead-vocal"
clip = [{ file = "voice.wav" }]

[[track]]
id = "keys"
role = "keys"
fader_db = -6.0
clip = [{ file = "keys.wav" }]

[[track.lane]]
id = "lift"
of = "fader_db"
points = [[3.0, 0.0], [3.1, 4.0]]
"#;

fn song() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, freq_hz) in [("voice.wav", 997.0), ("keys.wav", 1_005.0)] {
        write_wav(&folder.path().join(name), &tone(freq_hz, 0.2, 6 * 48_000, Channels::Mono), 48_000);
    }
    std::fs::write(folder.path().join("session.toml"), SESSION).unwrap();
    folder
}

#[test]
fn a_goal_is_measured_where_it_is_worst() {
    let folder = song();
    let session = folder.path().join("session.toml");
    let report = goals(&session, &["the keys are no louder than the voice".to_owned()], &Silent).unwrap();
    // The keys are 6 dB down in the verse and 2 dB down in the chorus: 3.6 LU on the whole, which passes by 0.6.
    let first = &report.goals[0];
    assert!(first.passes, "{first:?}");
    assert!(first.margin.is_some_and(|margin| (0.2..1.2).contains(&margin)), "{first:?}");
    let worst = first.worst.as_ref().unwrap();
    assert_eq!(worst.section, "chorus");
    assert!((worst.margin + 1.0).abs() < 0.3, "2 LU where 3 are wanted: {worst:?}");
    assert!(report.goals[1].passes && report.goals[1].id.is_none());
    assert!(report.passes);
    let text = report.lines().join("\n");
    assert!(
        text.contains("pass  the voice is at least 3 LU above the rest") && text.contains("worst in chorus")
    );
    assert!(report.lines().iter().all(|line| line.chars().count() <= 80));
}

#[test]
fn what_fails_says_by_how_much_and_what_is_not_understood_fails_too() {
    let folder = song();
    let session = folder.path().join("session.toml");
    let asked = ["the keys are louder than the voice", "make it slap", "the voice is drier than before"];
    let report = goals(&session, &asked.map(str::to_owned), &Silent).unwrap();
    assert!(!report.passes);
    let [_, keys, slap, before] = report.goals.as_slice() else { panic!("four goals") };
    assert!(!keys.passes && keys.margin.is_some_and(|margin| margin < -3.0), "{keys:?}");
    assert!(slap.problem.is_some() && !slap.forms.is_empty());
    assert!(before.problem.as_ref().is_some_and(|why| why.contains("no earlier version")), "{before:?}");
}

#[test]
fn a_goal_is_written_into_the_session_and_what_stands_there_stays() {
    let folder = song();
    let session = folder.path().join("session.toml");
    let added = add(&session, &["the keys are quieter than the voice".to_owned()]).unwrap();
    assert_eq!(added, ["goal-2: keys: louder than voice, at most -1 LU"]);
    let text = std::fs::read_to_string(&session).unwrap();
    assert!(
        text.contains("# the part that matters")
            && text.contains("say = \"the keys are quieter than the voice\"")
    );
    assert!(goals(&session, &[], &Silent).unwrap().goals[1].passes);

    let before = std::fs::read(&session).unwrap();
    let error = add(&session, &["the banjo is louder than the voice".to_owned()]).unwrap_err();
    assert!(error.to_string().contains("not understood"), "{error}");
    assert_eq!(std::fs::read(&session).unwrap(), before, "a goal that is not understood is not written");
}
