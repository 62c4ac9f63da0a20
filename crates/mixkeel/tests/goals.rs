//! Goals of a session on disk: written, understood, measured on the render, and failed by an exit code's worth.
#![allow(clippy::unwrap_used)] // a test that cannot set up its song has failed

mod common;

use common::{tone, write_wav};
use mixkeel::Silent;
use mixkeel::goals::{add, goals};
use mixkeel::song::cache::Cache;
use mixkeel_dsp::block::{Buffer, Channels};
use mixkeel_session::document::Document;
use mixkeel_session::goal::{Goal, That};

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

/// White noise, the same each time, through a low-pass filter of one pole.
fn hiss(seed: u32, pole: f32, frames: usize) -> Buffer {
    let mut noise = Buffer::new(Channels::Mono, frames);
    let (mut dice, mut last) = (seed, 0.0);
    for sample in noise.block().left() {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        last = pole * last + (1.0 - pole) * 0.2 * ((dice >> 8) as f32 / (1 << 23) as f32 - 1.0);
        *sample = last;
    }
    noise
}

#[test]
fn a_goal_is_measured_where_it_is_worst() {
    let folder = song();
    let session = folder.path().join("session.toml");
    let report =
        goals(&session, &["the keys are no louder than the voice".to_owned()], &Cache::off(), &Silent)
            .unwrap();
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

/// Three tracks, one of them with a room; the tables of the tracks stand in the order that is said.
fn in_order(order: [usize; 3]) -> Vec<(String, Option<f64>)> {
    let folder = tempfile::tempdir().unwrap();
    let sounds = [
        ("voice.wav", 700.0, Channels::Mono),
        ("keys.wav", 500.0, Channels::Stereo),
        ("bass.wav", 60.0, Channels::Mono),
    ];
    for (name, freq_hz, channels) in sounds {
        write_wav(&folder.path().join(name), &tone(freq_hz, 0.1, 4 * 48_000, channels), 48_000);
    }
    let track = |id: &str, role: &str, rest: &str| {
        format!("\n[[track]]\nid = \"{id}\"\nrole = \"{role}\"\nclip = [{{ file = \"{id}.wav\" }}]\n{rest}")
    };
    let send = "\n[[track.send]]\nid = \"send\"\nto = \"hall\"\nlevel_db = -12.0\n";
    let tracks = [track("voice", "lead-vocal", send), track("keys", "keys", send), track("bass", "bass", "")];
    let head = r#"mixkeel = 1
rate_hz = 48000
focus = ["voice"]

[[section]]
id = "verse"
from_s = 0.0
to_s = 2.0

[[section]]
id = "chorus"
from_s = 2.0
to_s = 4.0

[[return]]
id = "hall"
insert = [{ id = "reverb-1", kind = "reverb", decay_s = 0.8 }]
"#;
    let session = folder.path().join("session.toml");
    let text = order.iter().fold(head.to_owned(), |text, at| text + &tracks[*at]);
    std::fs::write(&session, text).unwrap();
    let asked = [
        "the voice is clearly audible on laptop",
        "the voice is louder than the keys",
        "the voice is steady",
        "the chorus is wider than the verse",
        "the voice is brighter than the keys",
        "the voice is warmer than the bass",
        "the voice is punchier than the keys",
        "the voice is drier than the bass",
        "the voice is closer than the keys",
        "the voice is not covered by the keys",
        "the mix is mono-safe",
        "the bass loses at most 6 on a phone",
        "the mix has 6 dB of headroom",
        "the mix is balanced",
        "the chorus is the biggest",
    ];
    let report = goals(&session, &asked.map(str::to_owned), &Cache::off(), &Silent).unwrap();
    report.goals.into_iter().map(|goal| (goal.say.unwrap(), goal.value)).collect()
}

#[test]
fn the_order_of_the_tracks_changes_no_goal() {
    let one = in_order([0, 1, 2]);
    // The bass is so low that a phone has nothing of it; everything else is measured.
    let unmeasured: Vec<&str> =
        one.iter().filter(|(_, value)| value.is_none()).map(|(say, _)| say.as_str()).collect();
    assert!(unmeasured.iter().all(|say| say.contains("phone")), "{unmeasured:?}");
    assert_eq!(one, in_order([2, 0, 1]));
}

#[test]
fn what_fails_says_by_how_much_and_what_is_not_understood_fails_too() {
    let folder = song();
    let session = folder.path().join("session.toml");
    let asked = ["the keys are louder than the voice", "make it slap", "the voice is drier than before"];
    let report = goals(&session, &asked.map(str::to_owned), &Cache::off(), &Silent).unwrap();
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
    let added = add(&session, &["the keys are quieter than the voice".to_owned()], &[]).unwrap();
    assert_eq!(added, ["goal-2: keys: louder than voice, at most -1 LU"]);
    let text = std::fs::read_to_string(&session).unwrap();
    assert!(
        text.contains("# the part that matters")
            && text.contains("say = \"the keys are quieter than the voice\"")
    );
    assert!(goals(&session, &[], &Cache::off(), &Silent).unwrap().goals[1].passes);

    let before = std::fs::read(&session).unwrap();
    let error = add(&session, &["the banjo is louder than the voice".to_owned()], &[]).unwrap_err();
    assert!(error.to_string().contains("not understood"), "{error}");
    assert_eq!(std::fs::read(&session).unwrap(), before, "a goal that is not understood is not written");
}

#[test]
fn a_mix_is_held_against_a_record_that_the_session_names() {
    let folder = song();
    let session = folder.path().join("session.toml");
    let [record, dull] = ["My Record.wav", "Dull.wav"].map(|name| folder.path().join(name));
    write_wav(&folder.path().join("voice.wav"), &hiss(1, 0.0, 6 * 48_000), 48_000);
    write_wav(&folder.path().join("keys.wav"), &hiss(2, 0.0, 6 * 48_000), 48_000);
    write_wav(&record, &hiss(3, 0.0, 4 * 48_000), 48_000);
    write_wav(&dull, &hiss(4, 0.95, 4 * 44_100), 44_100);
    let like = |what: &str| Goal {
        id: format!("like-{what}"),
        that: Some(That::Balanced),
        than: Some(what.to_owned()),
        ..Goal::default()
    };
    let said = "the mix is balanced like the reference, within 2 dB".to_owned();
    add(&session, &[said], &[record.clone(), dull]).unwrap();
    // Naming it again changes nothing.
    add(&session, &[], &[record]).unwrap();
    let mut document = Document::open(&std::fs::read_to_string(&session).unwrap()).unwrap();
    let mut wanted = document.session().clone();
    assert_eq!(
        wanted.references.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(),
        ["my-record", "dull"]
    );
    assert_eq!(wanted.references[0].file, "My Record.wav");
    wanted.goals.extend([like("my-record"), like("dull")]);
    document.bring_to(&wanted).unwrap();
    std::fs::write(&session, document.to_string()).unwrap();

    let report = goals(&session, &[], &Cache::off(), &Silent).unwrap();
    let [_, both, record, dull] = report.goals.as_slice() else { panic!("four goals") };
    assert!(record.passes && record.value.is_some_and(|db| db < 1.0), "both are hiss: {record:?}");
    assert!(!dull.passes && dull.value.is_some_and(|db| db > 5.0), "{dull:?}");
    assert!(both.value > record.value && both.value < dull.value, "half way between them: {both:?}");

    std::fs::remove_file(folder.path().join("My Record.wav")).unwrap();
    let error = goals(&session, &[], &Cache::off(), &Silent).unwrap_err();
    assert!(error.to_string().contains("My Record.wav"), "{error}");
}

#[test]
fn what_is_heard_in_mono_is_heard_on_one_loudspeaker() {
    let folder = song();
    let session = folder.path().join("session.toml");
    let mut out_of_phase = tone(1_005.0, 0.2, 6 * 48_000, Channels::Stereo);
    out_of_phase.block().right().unwrap().iter_mut().for_each(|sample| *sample = -*sample);
    write_wav(&folder.path().join("keys.wav"), &out_of_phase, 48_000);
    let asked =
        ["the voice is audible in mono", "the keys are audible in mono", "the keys lose at most 1 in mono"];
    let report = goals(&session, &asked.map(str::to_owned), &Cache::off(), &Silent).unwrap();
    let [_, voice, keys, lost] = report.goals.as_slice() else { panic!("four goals") };
    assert!(voice.passes, "{voice:?}");
    assert!(!keys.passes && !lost.passes, "left and right cancel: {keys:?} {lost:?}");
}
