//! The whole way on a small song: what is written, what it promises, what happens the second time.
#![allow(clippy::unwrap_used)] // a test that cannot set up its song has failed

mod common;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{samples, tree, write_song, write_wav};
use mixkeel::mix::{MixOptions, MixOutcome, Start, mix};
use mixkeel::{ErrorKind, Event, Silent, Watch};

fn options(out: &Path) -> MixOptions {
    MixOptions { out: Some(out.to_path_buf()), start: Start::Fresh, ..MixOptions::default() }
}

fn mixed(song: &Path, out: &Path) -> MixOutcome {
    mix(song, &options(out), &Silent).unwrap()
}

/// A mix of the small song: the temporary folder, and the output in it.
fn small() -> (tempfile::TempDir, MixOutcome) {
    let folder = tempfile::tempdir().unwrap();
    write_song(&folder.path().join("Song"), [0.0; 4]);
    let outcome = mixed(&folder.path().join("Song"), &folder.path().join("Song-mix"));
    (folder, outcome)
}

#[test]
fn a_folder_becomes_a_mix_with_everything_beside_it() {
    let (folder, outcome) = small();
    let out = folder.path().join("Song-mix");
    for name in [
        "listen.flac",
        "mix.wav",
        "session.toml",
        "console.md",
        "report.json",
        "edits.json",
        "ledger.jsonl",
        "v1/session.toml",
    ] {
        assert!(out.join(name).is_file(), "{name} is missing");
    }
    let report = outcome.report;
    let roles: Vec<_> = report.tracks.iter().map(|track| (track.id.as_str(), track.role.as_str())).collect();
    assert!(roles.contains(&("kick-in", "kick")) && roles.contains(&("ldvox", "lead-vocal")), "{roles:?}");
    let guitar = report.tracks.iter().find(|track| track.role == "electric-guitar").unwrap();
    assert_eq!(guitar.files.len(), 2, "left and right are one track");
    let click = report.tracks.iter().find(|track| track.role == "click").unwrap();
    assert!(!click.in_mix, "the click must not reach the mix");
    let peak = report.mix.sample_peak_dbfs.unwrap();
    assert!(peak <= -6.0 + 1e-6, "peaks at {peak}");
    assert!(report.listen.integrated_lufs.unwrap() > report.mix.integrated_lufs.unwrap());
    // What the report says is what the file on the disk measures.
    let copy = mixkeel::deliver::measure(&out.join("listen.flac"), report.rate_hz, &mixkeel::Silent).unwrap();
    assert_eq!(
        (copy.integrated_lufs, copy.true_peak_dbtp),
        (report.listen.integrated_lufs, report.listen.true_peak_dbtp)
    );
    assert!(copy.true_peak_dbtp.unwrap() <= -1.0 && report.listen.limited_db < 3.5, "{:?}", report.listen);
    let told = mixkeel::mix::MixOutcome::summary(&small().1);
    assert!(told.len() <= 14 && told[0].ends_with("listen.flac"), "{told:?}");
    assert!(told.iter().skip(1).all(|line| line.chars().count() <= 80), "{told:?}");
}

#[test]
fn stems_sum_to_the_mix_to_the_last_bit() {
    let (folder, outcome) = small();
    let out = folder.path().join("Song-mix");
    let mut stems: Vec<_> = outcome.report.stems.iter().map(|stem| stem.file.clone().unwrap()).collect();
    stems.sort();
    assert!(stems.len() >= 3, "{stems:?}");
    let (left, right) = samples(&out.join("mix.wav"));
    let mut sum = (vec![0.0_f64; left.len()], vec![0.0_f64; right.len()]);
    for stem in stems {
        let (stem_left, stem_right) = samples(&out.join(stem));
        sum.0.iter_mut().zip(&stem_left).for_each(|(sum, sample)| *sum += f64::from(*sample));
        sum.1.iter_mut().zip(&stem_right).for_each(|(sum, sample)| *sum += f64::from(*sample));
    }
    let rounded = |sum: Vec<f64>| sum.into_iter().map(|sample| sample as f32).collect::<Vec<_>>();
    assert!(left.iter().any(|sample| *sample != 0.0));
    assert_eq!(rounded(sum.0), left);
    assert_eq!(rounded(sum.1), right);
}

#[test]
fn the_same_song_gives_the_same_bytes_on_any_number_of_threads() {
    let bytes = |threads: usize| {
        let folder = tempfile::tempdir().unwrap();
        write_song(&folder.path().join("Song"), [0.0; 4]);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| mixed(&folder.path().join("Song"), &folder.path().join("Song-mix")));
        // The ledger alone knows the time of day.
        let mut files = tree(&folder.path().join("Song-mix"));
        files.retain(|(name, _)| !name.contains("ledger"));
        files
    };
    let one = bytes(1);
    assert!(one.len() > 8);
    for threads in [2, 5] {
        for ((name, alone), (_, together)) in one.iter().zip(bytes(threads)) {
            assert!(*alone == together, "{name} differs between 1 and {threads} threads");
        }
    }
}

#[test]
fn recording_levels_and_the_case_of_names_do_not_change_a_fresh_mix() {
    let (folder, plain) = small();
    let other = tempfile::tempdir().unwrap();
    let song = other.path().join("Song");
    write_song(&song, [12.0, -12.0, 5.0, -7.0]);
    fs::rename(song.join("Kick In.wav"), song.join("KICK IN.wav")).unwrap();
    let shifted = mixed(&song, &other.path().join("Song-mix"));
    for (a, b) in plain.report.tracks.iter().zip(&shifted.report.tracks) {
        assert_eq!(a.id, b.id);
        assert_eq!((a.fader_db, a.pan, &a.bus), (b.fader_db, b.pan, &b.bus), "{}", a.id);
    }
    let (a, _) = samples(&folder.path().join("Song-mix/mix.wav"));
    let (b, _) = samples(&other.path().join("Song-mix/mix.wav"));
    let power = |samples: &mut dyn Iterator<Item = f64>| samples.map(|sample| sample * sample).sum::<f64>();
    let difference = power(&mut a.iter().zip(&b).map(|(a, b)| f64::from(a - b)));
    let reference = power(&mut a.iter().map(|a| f64::from(*a)));
    // Trims and faders are written to a hundredth of a dB: 0.005 dB each way is −65 dB of difference.
    let db = 10.0 * libm::log10(difference / reference);
    assert!(db < -55.0, "differs by {db} dB");
}

#[test]
fn what_was_changed_by_hand_stays_and_is_locked() {
    let (folder, first) = small();
    let (song, out) = (folder.path().join("Song"), folder.path().join("Song-mix"));
    let session = out.join("session.toml");
    let text = fs::read_to_string(&session).unwrap();
    let bass = first.report.tracks.iter().find(|track| track.role == "bass").unwrap();
    let written = format!("fader_db = {:?}", bass.fader_db.unwrap());
    let at = text.find("id = \"bass-di\"").unwrap();
    let fader = at + text[at..].find(&written).unwrap();
    let changed =
        format!("# my notes stay\n{}fader_db = -20.0{}", &text[..fader], &text[fader + written.len()..]);
    fs::write(&session, &changed).unwrap();

    let second = mixed(&song, &out);
    assert_eq!(second.report.version, 2);
    assert_eq!(second.report.kept_by_hand, ["bass-di/fader_db"]);
    let now = second.report.tracks.iter().find(|track| track.role == "bass").unwrap();
    assert_eq!(now.fader_db, Some(-20.0));
    let text = fs::read_to_string(&session).unwrap();
    assert!(text.contains("# my notes stay") && text.contains("lock = [\"fader_db\"]"), "{text}");
    for kept in ["v1/session.toml", "v1/session-by-hand.toml", "v1/mix.wav", "v1/listen.flac", "mix.wav"] {
        assert!(out.join(kept).is_file(), "{kept} is missing");
    }
    assert!(!out.join("v1/stems").exists());
    let ledger = fs::read_to_string(out.join("ledger.jsonl")).unwrap();
    assert_eq!(ledger.lines().count(), 2);
    assert!(ledger.lines().nth(1).unwrap().contains("\"by\":\"you\""), "{ledger}");

    // The reasons of the first version still stand in the second, but not for what was changed by hand.
    let edits = fs::read_to_string(out.join("edits.json")).unwrap();
    assert!(edits.contains("it is a click track") && edits.contains("\"kick-in/trim_db\""), "{edits}");
    assert!(!edits.contains("\"bass-di/fader_db\""), "{edits}");
    assert!(second.report.left_out.iter().any(|one| one.because.contains("click")));

    // It stays in the third version too, although nothing was changed since the second.
    let third = mixed(&song, &out);
    let now = third.report.tracks.iter().find(|track| track.role == "bass").unwrap();
    assert_eq!((now.fader_db, third.report.version), (Some(-20.0), 3));

    // Until everything is decided again.
    let again = mix(&song, &MixOptions { redo: true, ..options(&out) }, &Silent).unwrap();
    let now = again.report.tracks.iter().find(|track| track.role == "bass").unwrap();
    assert_eq!(now.fader_db, bass.fader_db);
}

#[test]
fn late_files_join_and_lost_ones_leave() {
    let (folder, _) = small();
    let (song, out) = (folder.path().join("Song"), folder.path().join("Song-mix"));
    let sound = common::tone(330.0, 0.1, 48_000, mixkeel_dsp::block::Channels::Mono);
    write_wav(&song.join("BGV 1.wav"), &sound, 44_100);
    fs::remove_file(song.join("Kick In.wav")).unwrap();
    let report = mixed(&song, &out).report;
    let ids: Vec<_> = report.tracks.iter().map(|track| track.id.as_str()).collect();
    assert!(ids.contains(&"bgv-1") && !ids.contains(&"kick-in"), "{ids:?}");
    assert!(report.warnings.iter().any(|warning| warning.contains("gone")), "{:?}", report.warnings);
}

#[test]
fn a_folder_that_is_not_ours_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (song, out) = (folder.path().join("Song"), folder.path().join("Photos"));
    write_song(&song, [0.0; 4]);
    fs::create_dir(&out).unwrap();
    fs::write(out.join("session.toml"), b"title = 'somebody else\'s'").unwrap();
    let before = tree(folder.path());
    let error = mix(&song, &options(&out), &Silent).unwrap_err();
    assert_eq!(error.kind, ErrorKind::OutputExists);
    assert_eq!(tree(folder.path()), before);
}

struct StopAfter(AtomicUsize);

impl Watch for StopAfter {
    fn event(&self, _event: Event) {}

    fn stop(&self) -> bool {
        self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_err()
    }
}

#[test]
fn stopped_at_any_point_it_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (song, out) = (folder.path().join("Song"), folder.path().join("Song-mix"));
    write_song(&song, [0.0; 4]);
    let mut stopped = 0;
    for after in (0..400).step_by(9) {
        match mix(&song, &options(&out), &StopAfter(AtomicUsize::new(after))) {
            Err(error) => {
                assert_eq!(error.kind, ErrorKind::Interrupted);
                assert!(!out.exists(), "something is left after {after} questions");
                stopped += 1;
            }
            Ok(_) => break,
        }
    }
    assert!(stopped > 3, "only {stopped} stops were tried");
    if out.exists() {
        fs::remove_dir_all(&out).unwrap();
    }
    let first = mixed(&song, &out);
    let before = tree(&out);
    assert!(mix(&song, &options(&out), &StopAfter(AtomicUsize::new(20))).is_err());
    assert_eq!(tree(&out), before, "a stop in the second version changed the first");
    assert_eq!(first.report.version, 1);
}

#[test]
fn an_interrupted_promotion_is_carried_on_with() {
    let (folder, _) = small();
    let (song, out) = (folder.path().join("Song"), folder.path().join("Song-mix"));
    mixed(&song, &out);
    let whole = tree(&out);
    // As if the machine had stopped right after the new version's folder got its name: nothing of it at the top yet.
    for name in ["mix.wav", "listen.flac", "stems"] {
        fs::rename(out.join(name), out.join("v2").join(name)).unwrap();
    }
    for name in ["mix.wav", "listen.flac"] {
        fs::rename(out.join("v1").join(name), out.join(name)).unwrap();
    }
    fs::create_dir(out.join("stems")).unwrap();
    let ledger = fs::read_to_string(out.join("ledger.jsonl")).unwrap();
    let first_line = ledger.lines().next().unwrap();
    fs::write(out.join("ledger.jsonl"), format!("{first_line}\n")).unwrap();
    mixkeel::project::folder::Folder::open(&out).unwrap();
    assert_eq!(tree(&out), whole);
}

#[test]
fn owners_words_on_roles_go_before_names_and_nonsense_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let song = folder.path().join("Song");
    write_song(&song, [0.0; 4]);
    let with = |file: &str, role: &str| MixOptions {
        roles: vec![(file.to_owned(), role.to_owned())],
        ..options(&folder.path().join("out"))
    };
    let error = mix(&song, &with("BASS DI.wav", "bas"), &Silent).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Usage);
    assert!(error.to_string().contains("bass"), "{error}");
    let error = mix(&song, &with("BAS DI.wav", "bass"), &Silent).unwrap_err();
    assert!(error.to_string().contains("BASS DI.wav"), "{error}");
    let report = mix(&song, &with("bass di", "pad"), &Silent).unwrap().report;
    let bass = report.tracks.iter().find(|track| track.id == "bass-di").unwrap();
    assert_eq!((bass.role.as_str(), bass.sureness.as_str()), ("pad", "certain"));
}

#[test]
fn a_finished_record_alone_comes_out_as_it_went_in() {
    let folder = tempfile::tempdir().unwrap();
    let song = folder.path().join("Single");
    let sound = common::tone(300.0, 0.6, 96_000, mixkeel_dsp::block::Channels::Stereo);
    write_wav(&song.join("Single mix final.wav"), &sound, common::RATE_HZ);
    let report = mixed(&song, &folder.path().join("out")).report;
    assert!(report.tracks[0].in_mix, "{:?}", report.left_out);
    let (there, here) =
        (samples(&song.join("Single mix final.wav")), samples(&folder.path().join("out/mix.wav")));
    let loudest = |samples: &[f32]| samples.iter().fold(0.0_f32, |most, sample| most.max(sample.abs()));
    let gain = loudest(&here.0) / loudest(&there.0);
    for (there, here) in [(there.0, here.0), (there.1, here.1)] {
        let worst = there.iter().zip(&here).map(|(a, b)| (a * gain - b).abs()).fold(0.0, f32::max);
        // Three gains rounded to 32-bit float each.
        assert!(worst < 2e-7, "differs by {worst} after a gain of {gain}");
    }
}

#[test]
fn a_song_of_nothing_but_clicks_and_silence_is_no_song() {
    let folder = tempfile::tempdir().unwrap();
    let song = folder.path().join("Song");
    let mono = mixkeel_dsp::block::Channels::Mono;
    write_wav(&song.join("Click.wav"), &common::tone(1_500.0, 0.5, 48_000, mono), common::RATE_HZ);
    write_wav(&song.join("Vox.wav"), &mixkeel_dsp::block::Buffer::new(mono, 48_000), common::RATE_HZ);
    let error = mix(&song, &options(&folder.path().join("out")), &Silent).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreadable);
    let words = error.to_string();
    assert!(words.contains("Click.wav: it is a click track") && words.contains("Vox.wav: "), "{words}");
    assert!(!folder.path().join("out").exists());
}

#[test]
fn the_mix_of_another_song_is_not_continued_from() {
    let (folder, _) = small();
    let other = folder.path().join("Other");
    let mono = mixkeel_dsp::block::Channels::Mono;
    write_wav(&other.join("Vox.wav"), &common::tone(500.0, 0.2, 48_000, mono), common::RATE_HZ);
    let out = folder.path().join("Song-mix");
    let before = tree(&out);
    let error = mix(&other, &options(&out), &Silent).unwrap_err();
    assert_eq!(error.kind, ErrorKind::OutputExists);
    assert_eq!(tree(&out), before);
}

#[test]
fn a_recorders_time_stamps_place_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let song = folder.path().join("Song");
    let mono = mixkeel_dsp::block::Channels::Mono;
    let sound = common::tone(500.0, 0.2, 48_000, mono);
    // An hour of the day and a third of a second later.
    common::write_stamped(&song.join("Vox.wav"), &sound, common::RATE_HZ, 172_800_000);
    common::write_stamped(&song.join("Bass.wav"), &sound, common::RATE_HZ, 172_816_000);
    let out = folder.path().join("out");
    mixed(&song, &out);
    let text = fs::read_to_string(out.join("session.toml")).unwrap();
    let bass = &text[text.find("id = \"bass\"\nname").unwrap()..];
    assert!(bass.lines().nth(2).unwrap().contains("at_s = 0.333333"), "{bass}");
    // The bass of the session starts to sound where its stamp says.
    let (stem, _) = samples(&out.join("stems/bass-bus.wav"));
    assert!(stem[..16_000].iter().all(|sample| *sample == 0.0) && stem[16_010] != 0.0);
}

#[test]
fn the_owners_chain_on_the_master_is_heard_and_the_stems_sum_to_the_mix_without_it() {
    let (folder, _) = small();
    let (song, out) = (folder.path().join("Song"), folder.path().join("Song-mix"));
    let session = out.join("session.toml");
    let text = fs::read_to_string(&session).unwrap();
    fs::write(&session, text + "\n[[master.insert]]\nid = \"mine\"\nkind = \"polarity\"\n").unwrap();
    let report = mixed(&song, &out).report;
    assert!(!out.join("v2/printed").exists(), "what listens to strips is not made of prints");
    let (mix, dry) = (samples(&out.join("mix.wav")), samples(&out.join("mix-dry.wav")));
    assert!(dry.0.iter().any(|sample| *sample != 0.0));
    assert!(mix.0.iter().zip(&dry.0).all(|(mix, dry)| *mix == -dry), "upside down, as the owner wants it");
    let mut sum = vec![0.0_f64; dry.0.len()];
    for stem in &report.stems {
        let (left, _) = samples(&out.join(stem.file.as_ref().unwrap()));
        sum.iter_mut().zip(left).for_each(|(sum, sample)| *sum += f64::from(sample));
    }
    assert_eq!(sum.into_iter().map(|sample| sample as f32).collect::<Vec<_>>(), dry.0);
    let text = fs::read_to_string(&session).unwrap();
    assert!(text.contains("kind = \"polarity\""));
    // What the file says of itself is what it measures, after that chain.
    let gain = "\n[[master.insert]]\nid = \"softer\"\nkind = \"gain\"\ngain_db = -12.0\n";
    fs::write(&session, text + gain).unwrap();
    let report = mixed(&song, &out).report;
    let bytes = fs::read(out.join("mix.wav")).unwrap();
    let bext = bytes.windows(4).position(|four| four == b"bext").unwrap() + 8;
    let told = i16::from_le_bytes([bytes[bext + 412], bytes[bext + 413]]);
    assert_eq!(f64::from(told), (100.0 * report.mix.integrated_lufs.unwrap()).round());
}

#[test]
fn a_real_record_alone_comes_out_within_half_a_decibel_of_itself() {
    let finished = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/music/finished");
    let record = finished.join("rock_speeditup.flac");
    if !record.is_file() {
        println!("skipped: there is no {}", record.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let song = folder.path().join("Record");
    fs::create_dir_all(&song).unwrap();
    fs::copy(&record, song.join("Record.flac")).unwrap();
    mixed(&song, &folder.path().join("out"));
    let (there, here) = (samples(&record), samples(&folder.path().join("out/mix.wav")));
    let pairs = || there.0.iter().zip(&here.0).chain(there.1.iter().zip(&here.1));
    let (mut own, mut both) = (0.0, 0.0);
    for (a, b) in pairs() {
        own += f64::from(*a) * f64::from(*a);
        both += f64::from(*a) * f64::from(*b);
    }
    let gain = both / own;
    let left: f64 = pairs().map(|(a, b)| f64::from(*b) - gain * f64::from(*a)).map(|off| off * off).sum();
    // What is left after the best gain: half a decibel anywhere would leave −24.6 dB there.
    let left_db = 10.0 * libm::log10(left / (own * gain * gain));
    assert!(left_db < -40.0, "what is not the record itself lies {left_db} dB under it");
}
