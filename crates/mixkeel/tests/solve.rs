//! Goals solved and notes carried out, on the render: as little as can be heard, one version, taken back by one command; and
//! what is contradictory or cannot be done is said, and nothing is wrecked for it.
#![allow(clippy::unwrap_used)] // a test that cannot set up its song has failed

mod common;
#[path = "../examples/foretold/mod.rs"]
mod foretold;

use std::fs;
use std::path::{Path, PathBuf};

use common::{tone, tree, write_song, write_wav};
use mixkeel::goals::{add, goals};
use mixkeel::listen::{ListenOptions, listen};
use mixkeel::mix::{MixOptions, Start, mix};
use mixkeel::revise::revise;
use mixkeel::solve::{SolveOptions, SolveReport, solve, undo};
use mixkeel::song::cache::Cache;
use mixkeel::{ErrorKind, Silent};
use mixkeel_assist::solve::error_bar;
use mixkeel_dsp::block::Channels;
use mixkeel_judge::goals::{Foreseen, foreseen};
use mixkeel_session::goal::That;
use mixkeel_session::read::read;
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;

/// A session without versions: what it is told it does not write.
const BARE: &str = r#"mixkeel = 1
rate_hz = 48000
focus = ["voice"]

[[section]]
id = "verse"
from_s = 0.0
to_s = 3.0

[[section]]
id = "chorus"
from_s = 3.0
to_s = 6.0

[[track]]
id = "voice"
role = "lead-vocal"
clip = [{ file = "voice.wav" }]

[[track]]
id = "keys"
role = "keys"
clip = [{ file = "keys.wav" }]

[[track]]
id = "bass"
role = "bass"
fader_db = -3.0
clip = [{ file = "bass.wav" }]
"#;

fn bare(extra: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for (name, hz, channels) in
        [("voice", 700.0, Channels::Mono), ("keys", 500.0, Channels::Stereo), ("bass", 60.0, Channels::Mono)]
    {
        let sound = tone(hz, 0.1, 6 * 48_000, channels);
        write_wav(&folder.path().join(format!("{name}.wav")), &sound, 48_000);
    }
    let session = folder.path().join("session.toml");
    fs::write(&session, format!("{BARE}{extra}")).unwrap();
    (folder, session)
}

fn solved(session: &Path, goals: &[&str]) -> SolveReport {
    let goals = goals.iter().map(|goal| (*goal).to_owned()).collect();
    solve(session, &SolveOptions { goals, ..SolveOptions::default() }, &Silent).unwrap()
}

#[test]
fn one_goal_is_met_by_no_more_than_it_needs() {
    let (_folder, session) = bare("");
    let before = fs::read(&session).unwrap();
    let report = solved(&session, &["the voice is at least 3 dB louder than the keys"]);
    let goal = &report.goals[0];
    assert_eq!(goal.became, "met", "{report:?}");
    let missing = -goal.margin_was.unwrap();
    assert!(missing > 0.5, "{missing}: the song does not pass as it is");
    // What was missing is one fader's worth of steps; nothing is worth more than half a step beyond it.
    assert!(
        report.cost_jnd < missing + 1.0,
        "{} steps for {missing} dB: {:?}",
        report.cost_jnd,
        report.changes
    );
    assert!(goal.margin.unwrap() < 0.5, "it overshoots: {goal:?}");
    let because = &report.changes[0].because;
    assert!(because.contains("\"the voice is at least 3 dB louder than the keys\" failed by"), "{because}");
    assert_eq!(report.version, None, "a session without versions is not written");
    assert_eq!(fs::read(&session).unwrap(), before);
}

#[test]
fn what_passes_is_left_alone_and_what_is_locked_is_not_turned() {
    let (_folder, session) = bare("lock = [\"fader_db\"]\n");
    let report = solved(&session, &["the bass is at most 30 dB louder than the voice"]);
    assert!(report.passes && report.changes.is_empty() && report.rounds == 0, "{report:?}");
    assert_eq!(report.cost_jnd.to_bits(), 0.0_f64.to_bits(), "no cost is told as 0, not as -0");
    // The bass is locked: the voice comes down instead.
    let report = solved(&session, &["the bass is no quieter than the voice"]);
    assert!(report.passes, "{report:?}");
    assert!(report.changes.iter().all(|one| !one.what.contains("dB on bass")), "{:?}", report.changes);
}

#[test]
fn headroom_is_made_by_as_much_as_is_missing() {
    let (_folder, session) = bare("");
    let was = solved(&session, &["the mix has 1 dB of headroom"]).goals[0].was.unwrap();
    let report = solved(&session, &[&format!("the mix has {:.0} dB of headroom", was + 3.5)]);
    let (is, wanted) = (report.goals[0].is.unwrap(), (was + 3.5).round());
    assert!(is >= wanted - 0.01 && is < wanted + 0.11, "{was} became {is}, {wanted} wanted");
    // Where something else is turned too the peak is foretold less surely: what was made too much is given back.
    let asked = [
        "the keys are at least 9 dB quieter than the voice",
        &format!("the mix has {wanted:.0} dB of headroom"),
    ];
    let report = solved(&session, &asked);
    let is = report.goals[1].is.unwrap();
    assert!(report.passes && is < wanted + 0.11, "{is} dB, {wanted} wanted: {report:?}");
}

#[test]
fn contradictions_are_named_and_get_a_compromise_with_prices() {
    let (_folder, session) = bare("");
    let report = solved(
        &session,
        &[
            "the voice is at least 3 dB louder than the keys",
            "the keys are at least 3 dB louder than the voice",
        ],
    );
    assert!(!report.passes);
    let [one, other] = report.goals.as_slice() else { panic!("two goals") };
    assert_eq!((one.became.as_str(), other.became.as_str()), ("conflict", "conflict"), "{report:?}");
    assert_eq!(one.conflicts_with, ["asked-2"]);
    assert!(one.cost_alone_jnd.is_some_and(|cost| cost > 0.0) && other.cost_alone_jnd.is_some());
    // A compromise lies between them: neither misses by all that lies between the two.
    assert!([one, other].iter().all(|goal| goal.margin.unwrap() > -5.9), "{report:?}");
}

#[test]
fn what_nothing_can_meet_is_said_and_nothing_is_wrecked_for_it() {
    let (_folder, session) = bare("");
    let report = solved(
        &session,
        &["the voice is at least 60 dB louder than the keys", "the bass is louder than the keys"],
    );
    assert_eq!(report.goals[0].became, "impossible", "{report:?}");
    assert!(report.goals[0].nearest.is_some_and(|nearest| nearest < 60.0));
    assert!(matches!(report.goals[1].became.as_str(), "met" | "passed"), "{report:?}");
    let text = report.lines().join("\n");
    assert!(text.contains("nothing that may be turned meets it"), "{text}");
    assert!(report.cost_jnd < 12.0, "{:?}", report.changes);
}

/// A mix of the small song, three sections written into it.
fn small() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    write_song(&folder.path().join("Song"), [0.0; 4]);
    let out = folder.path().join("Song-mix");
    let options = MixOptions { out: Some(out.clone()), start: Start::Fresh, ..MixOptions::default() };
    mix(&folder.path().join("Song"), &options, &Silent).unwrap();
    (folder, out)
}

fn session(path: &Path) -> Session {
    read(&fs::read_to_string(path).unwrap()).session.unwrap()
}

#[test]
fn a_goal_is_written_and_solved_as_the_next_version_and_its_levels_stay() {
    let (folder, out) = small();
    add(&out, &["the bass is at least 1 dB louder than the vocal".to_owned()], &[]).unwrap();
    assert!(!goals(&out, &[], &Cache::off(), &Silent).unwrap().passes, "the song passes as it is");
    let report = solve(&out, &SolveOptions::default(), &Silent).unwrap();
    assert_eq!((report.passes, report.version), (true, Some(2)), "{report:?}");
    // Only what had changed was measured; all of it measured again is the same.
    let again = goals(&out, &[], &Cache::off(), &Silent).unwrap();
    assert!(again.passes, "{again:?}");
    let (heard, solved) = (again.goals[0].value.unwrap(), report.goals[0].is.unwrap());
    assert!((heard - solved).abs() < 0.011, "{heard} and {solved}");
    let edits = fs::read_to_string(out.join("edits.json")).unwrap();
    let reason = r#"\"the bass is at least 1 dB louder than the vocal\" failed by"#;
    assert!(edits.contains("\"goals/solve\"") && edits.contains(reason), "{edits}");
    // Mixed again, the levels that the goal set stay, and those beside which they mean something.
    let levels = |path: &Path| -> Vec<(String, f64)> {
        session(path).tracks.into_iter().map(|track| (track.id, track.fader_db)).collect()
    };
    let solved = levels(&out.join("session.toml"));
    let options = MixOptions { out: Some(out.clone()), start: Start::Fresh, ..MixOptions::default() };
    mix(&folder.path().join("Song"), &options, &Silent).unwrap();
    assert!(out.join("v3").is_dir());
    assert_eq!(levels(&out.join("session.toml")), solved);
}

#[test]
fn notes_become_one_version_and_are_taken_back_by_one_command() {
    let (_folder, out) = small();
    let first = session(&out.join("session.toml"));
    let options = SolveOptions::default();
    let report =
        revise(&out, "bass up a touch, guitars down 2 dB and make it slap", &options, &Silent).unwrap();
    assert!(!report.is_done(), "one note is not understood");
    assert!(report.notes[2].problem.is_some() && !report.notes[2].forms.is_empty(), "{:?}", report.notes);
    assert_eq!(report.done.version, Some(2), "{report:?}");
    let [bass, guitars, ..] = report.done.goals.as_slice() else { panic!("two notes") };
    assert!((1.0..1.4).contains(&bass.is.unwrap()), "{bass:?}");
    assert!((-2.4..=-1.99).contains(&guitars.is.unwrap()), "{guitars:?}");
    let text = report.lines().join("\n");
    assert!(text.contains("not understood") && text.contains("--undo") && text.contains("done:"), "{text}");
    assert!(report.lines().iter().all(|line| line.chars().count() <= 110), "{text}");

    let undone = undo(&out, &Cache::off(), &Silent).unwrap();
    assert_eq!((undone.undone, undone.like, undone.version), (2, 1, 3));
    assert_eq!(session(&out.join("session.toml")), first);
    assert!(out.join("v2/session.toml").is_file(), "nothing is lost");
}

#[test]
fn a_note_on_several_tracks_and_a_kind_of_section_is_one_move_of_the_size_that_was_said() {
    let (_folder, out) = small();
    let path = out.join("session.toml");
    let form = [("verse-1", 0.0, 0.5), ("chorus-1", 0.5, 0.9), ("verse-2", 0.9, 1.2), ("chorus-2", 1.2, 2.0)];
    let sections: String = form
        .iter()
        .map(|(id, from_s, to_s)| {
            let kind = &id[..id.len() - 2];
            format!("\n[[section]]\nid = \"{id}\"\nkind = \"{kind}\"\nfrom_s = {from_s:?}\nto_s = {to_s:?}\n")
        })
        .collect();
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{text}{sections}")).unwrap();
    let before = session(&path);
    let report = revise(
        &out,
        "bass and vocal up a touch in the chorus, guitars down 2 dB",
        &SolveOptions::default(),
        &Silent,
    )
    .unwrap();
    let [both, guitars] = report.done.goals.as_slice() else { panic!("two notes: {report:?}") };
    assert!((both.is.unwrap() - 1.0).abs() < 0.02, "a touch is 1 dB: {both:?}");
    assert!((guitars.is.unwrap() + 2.0).abs() < 0.02, "{guitars:?}");
    let told: Vec<&str> = report.done.changes.iter().map(|one| one.what.as_str()).collect();
    assert_eq!(told.len(), 2, "one move a note: {told:?}");
    assert!(told.contains(&"+1.0 dB on BASS DI and LdVox in every chorus"), "{told:?}");
    let why: Vec<&str> = report.done.changes.iter().map(|one| one.because.as_str()).collect();
    assert!(why.contains(&"you said \"bass and vocal up a touch in the chorus\""), "{why:?}");

    // In the session: both alike, up in both choruses from end to end, as they were in the verses.
    let after = session(&path);
    let lane = |id: &str| {
        let track = after.tracks.iter().find(|track| track.id == id).unwrap();
        track.lanes.iter().find(|lane| lane.by.as_deref() == Some("revise/note")).unwrap().points.clone()
    };
    let points = lane("bass-di");
    assert_eq!(points, lane("ldvox"));
    for (at_s, db) in [(0.5, 1.0), (0.9, 1.0), (1.05, 0.0), (1.2, 1.0), (2.0, 1.0)] {
        assert!(points.contains(&(at_s, db)), "{points:?}");
    }
    for (now, then) in after.tracks.iter().zip(&before.tracks) {
        let wanted_db = if now.role == Role::ElectricGuitar { -2.0 } else { 0.0 };
        assert!((now.fader_db - then.fader_db - wanted_db).abs() < 1e-6, "{}", now.id);
    }
}

#[test]
fn what_is_compressed_together_is_turned_behind_the_compressor() {
    let bus = "\n[[bus]]\nid = \"band\"\nto = \"master\"\n\n[[bus.insert]]\nid = \"glue\"\nkind = \"compressor\"\n\
        threshold_db = -40.0\nratio = 4.0\n";
    let (_folder, session) = bare(bus);
    let text = fs::read_to_string(&session).unwrap();
    let text = ["keys", "bass"].iter().fold(text, |text, id| {
        text.replace(&format!("role = \"{id}\""), &format!("role = \"{id}\"\nbus = \"band\""))
    });
    fs::write(&session, text).unwrap();
    let report = revise(&session, "band up 3 dB", &SolveOptions::default(), &Silent).unwrap();
    assert!(report.is_done(), "{report:?}");
    let changes: Vec<&str> = report.done.changes.iter().map(|one| one.what.as_str()).collect();
    assert_eq!(changes, ["+3.0 dB on band"], "and not ahead of it, by four times as much");
}

#[test]
fn reverb_that_nothing_sends_is_not_turned_and_it_is_said_why() {
    let (_folder, session) = bare("");
    let said = "less reverb on the keys, more reverb on the voice, the bass much wider";
    let report = revise(&session, said, &SolveOptions::default(), &Silent).unwrap();
    assert!(!report.is_done() && report.done.changes.is_empty(), "{report:?}");
    let text = report.lines().join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    for why in [
        "cannot be done: nothing is sent from keys to a reverb: the room that is heard was recorded with it",
        "cannot be done: nothing is sent from voice to a reverb that could be turned up",
        "cannot be done: bass is mono",
    ] {
        assert!(text.contains(why), "{text}");
    }
}

#[test]
fn notes_that_nobody_understands_change_nothing() {
    let (_folder, out) = small();
    let before = tree(&out);
    for nonsense in
        ["make it slap", "the banjo up a touch", "", "🎸🎸🎸", "louder", "vocal up in the third bridge"]
    {
        let error = revise(&out, nonsense, &SolveOptions::default(), &Silent).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Usage, "{nonsense}: {error}");
        assert!(error.to_string().contains("nothing was changed"), "{error}");
    }
    assert!(tree(&out) == before, "nothing was written");
    let error = undo(&out, &Cache::off(), &Silent).unwrap_err();
    assert!(error.to_string().contains("no version to go back to"), "{error}");
}

#[test]
fn a_phone_loses_the_bass_and_what_it_sounds_like_is_written_at_one_loudness() {
    let (folder, session) = bare("");
    let heard = folder.path().join("heard");
    let options =
        ListenOptions { on: vec!["my phone".to_owned()], render: Some(heard.clone()), cache: Cache::off() };
    let report = listen(&session, &options, &Silent).unwrap();
    let [phone] = report.systems.as_slice() else { panic!("one system") };
    let of = |id: &str| phone.tracks.iter().find(|track| track.id == id).unwrap();
    assert!(of("bass").gone || of("bass").lost_phon > 10.0, "{phone:?}");
    assert!(!of("voice").gone && of("voice").lost_phon < of("bass").lost_phon, "{phone:?}");
    assert_eq!(report.files.len(), 2, "as on monitors, and on the phone");
    let wanted = report.files_lufs.unwrap();
    for file in &report.files {
        let figures = mixkeel::deliver::measure(Path::new(file), 48_000, &Silent).unwrap();
        assert!((figures.integrated_lufs.unwrap() - wanted).abs() < 0.3, "{file}: {figures:?}");
        assert!(figures.true_peak_dbtp.unwrap() <= -1.0);
    }
    let left: Vec<String> = tree(&heard).into_iter().map(|(name, _)| name).collect();
    assert_eq!(left, ["phone.flac", "reference.flac"], "nothing half-written stays");
    let error = listen(
        &session,
        &ListenOptions { on: vec!["gramophone".to_owned()], render: None, cache: Cache::off() },
        &Silent,
    );
    assert_eq!(error.unwrap_err().kind, ErrorKind::Usage);
}

#[test]
fn what_is_foretold_of_sessions_turned_at_random_is_what_they_measure() {
    let (_folder, session) = bare("");
    let changes = foretold::changes(&session, 8, &Cache::off()).unwrap();
    assert!(changes.len() > 80);
    // Of pure tones, where one lies within a band decides what a tilt says of it; `forecast_errors` holds those to music.
    for that in [That::Audible, That::Louder, That::Steady, That::Wider, That::Brighter] {
        assert_eq!(foreseen(that), Foreseen::Forecast);
        let mut errors: Vec<f64> = changes
            .iter()
            .filter(|one| one.that == that)
            .map(|one| (one.foretold - one.heard).abs())
            .collect();
        errors.sort_by(f64::total_cmp);
        let Some(middle) = errors.get(errors.len() / 2) else { continue };
        assert!(*middle <= error_bar(that).least.max(0.1), "{}: {middle}", that.word());
    }
}
