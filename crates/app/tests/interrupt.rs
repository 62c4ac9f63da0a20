//! Ctrl-C: the code 130, and nothing half-written.
#![cfg(unix)]

mod desk;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use desk::Desk;

#[test]
fn ctrl_c_ends_with_130_and_leaves_what_was_there() {
    let desk = Desk::new();
    // Long enough that the work is under way when it is stopped: six tracks of two minutes.
    for name in ["Kick", "Snare", "Bass", "Gtr L", "Gtr R", "Lead Vox"] {
        desk.write(&format!("song/{name}.wav"), &desk::wav(110.0, 120 * desk::RATE_HZ));
    }
    let before = desk.everything();
    let mut running = desk
        .command(&["mix", "song", "--events"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut events = BufReader::new(running.stderr.take().unwrap()).lines();
    let begun = events.by_ref().map_while(Result::ok).any(|line| line.contains("\"measure\""));
    assert!(begun, "the work never began");
    let asked = Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap();
    assert!(asked.success());
    let last = events.map_while(Result::ok).last();
    assert_eq!(running.wait().unwrap().code(), Some(130));
    assert!(last.is_some_and(|line| line.contains("\"interrupted\"")));
    assert!(desk.everything() == before, "something half-written stayed, or something was lost");
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let desk = Desk::new();
    let mut running =
        desk.command(&["completions", "bash"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(running.stdout.take());
    let output = running.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}
