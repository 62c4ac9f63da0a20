//! What is gathered from a session that plays is what its mix measures as a file, and its tracks add up to it.
#![allow(clippy::unwrap_used)] // a test that cannot set up its song has failed

mod common;

use std::fs;
use std::path::PathBuf;

use common::write_song;
use mixkeel::Silent;
use mixkeel::evidence::{of_file, of_session};
use mixkeel::mix::{MixOptions, Start, mix};
use mixkeel_dsp::catalog;
use mixkeel_dsp::param::Value;
use mixkeel_dsp::units::db_from_power;
use mixkeel_judge::evidence::Evidence;
use mixkeel_session::session::{Insert, StripSettings};

/// A small song, mixed at the levels of its tracks.
fn mixed() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    write_song(&folder.path().join("Song"), [12.0, 0.0, 0.0, 0.0]);
    let out = folder.path().join("out");
    let options = MixOptions { out: Some(out.clone()), start: Start::Tracks, ..MixOptions::default() };
    mix(&folder.path().join("Song"), &options, &Silent).unwrap();
    (folder, out)
}

#[test]
fn a_session_and_the_file_it_was_rendered_to_measure_alike_and_tracks_add_up() {
    let (_folder, out) = mixed();
    // Two sections, and less headroom than there was, which tracks have to follow.
    let path = out.join("session.toml");
    let text = fs::read_to_string(&path).unwrap();
    let text = text.replacen(
        "[[bus]]",
        "[[section]]\nid = \"verse-1\"\nkind = \"verse\"\nfrom_s = 0.0\nto_s = 1.0\n\n[[section]]\nid = \
         \"end-1\"\nkind = \"outro\"\nfrom_s = 1.6\nto_s = 2.0\n\n[[bus]]",
        1,
    );
    fs::write(&path, text).unwrap();

    let (evidence, session) = of_session(&path, &Silent).unwrap();
    let file = of_file(&out.join("mix.wav"), &Silent).unwrap();
    assert_eq!(evidence.sound.loudness, file.sound.loudness);
    assert_eq!(evidence.sound.true_peak_dbtp, file.sound.true_peak_dbtp);
    assert_eq!(evidence.sound.spectrum, file.sound.spectrum);
    assert!(file.tracks.is_empty() && file.masking.is_none() && file.file.is_some());

    // Tones of different pitches: their powers add up to that of the mix, after headroom.
    let total = |bands: &[mixkeel_analysis::energy::Power]| {
        bands.iter().map(|power| power.left + power.right).sum::<f64>()
    };
    let tracks: f64 = evidence.tracks.iter().map(|track| total(&track.bands)).sum();
    let whole = evidence.sound.spectrum.whole();
    let mixed = whole.all_bands().total() / whole.frames;
    let off_db = db_from_power(tracks / mixed);
    assert!(off_db.abs() < 0.2, "{off_db}");
    assert!(session.master.headroom_db <= 0.0);

    // Guitars have stopped before the last section; whoever is asked who owns their octave there is not told them.
    let guitar = evidence.tracks.iter().find(|track| track.id.contains("egtr")).unwrap();
    assert!(guitar.sections[0].integrated_lufs.is_some());
    assert!(total(&guitar.sections[1].bands) < 1e-6 * total(&guitar.sections[0].bands));
    assert!(guitar.energy_between((400.0, 700.0), 0.0, 1.0) > 0.0);
    assert!(
        guitar.energy_between((2_000.0, 20_000.0), 0.0, 1.0)
            < 1e-4 * guitar.energy_between((300.0, 800.0), 0.0, 1.0)
    );
    assert_eq!(evidence.sections.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["verse-1", "end-1"]);
    let masking = evidence.masking.as_ref().unwrap();
    assert_eq!(masking.whole.tracks.len(), evidence.tracks.len());
    let span = &masking.spans[evidence.sections[1].masking_span.unwrap()];
    assert_eq!((span.from_frame, span.to_frame), (16, 20));

    // A phone keeps the voice at 880 Hz and loses the kick at 60 Hz.
    let phone = evidence.playback.iter().find(|one| one.system == "phone").unwrap();
    let left = |id: &str| phone.tracks.iter().find(|track| track.id.contains(id)).unwrap().within_phon;
    assert!(left("vox") > left("kick") + 20.0, "{phone:?}");
    // Evidence is plain data: it comes back from JSON as it was.
    let text = serde_json::to_string(&evidence).unwrap();
    let again: Evidence = serde_json::from_str(&text).unwrap();
    assert_eq!(again, evidence);
}

/// What lowers, narrows or bends a bus does so to the tracks that are heard through it.
#[test]
fn a_bus_that_is_turned_turns_its_tracks() {
    let (_folder, out) = mixed();
    let path = out.join("session.toml");
    let (plain, session) = of_session(&path, &Silent).unwrap();
    let track =
        session.tracks.iter().find(|track| track.id.contains("egtr") && track.bus != "master").unwrap();
    let with = |strip: &dyn Fn(&mut StripSettings)| {
        let mut turned = session.clone();
        strip(&mut turned.buses.iter_mut().find(|bus| bus.id == track.bus).unwrap().strip);
        let path = out.join("turned.toml");
        fs::write(&path, mixkeel_session::write::write(&turned)).unwrap();
        of_session(&path, &Silent).unwrap().0
    };
    let lufs = |evidence: &Evidence, id: &str| evidence.track(id).unwrap().loudness.integrated_lufs.unwrap();
    let softer = with(&|strip| strip.fader_db = -6.0);
    let fell = lufs(&softer, &track.id) - lufs(&plain, &track.id);
    assert!((fell + 6.0).abs() < 0.05, "{fell}");
    let contour = |evidence: &Evidence| evidence.track(&track.id).unwrap().contour.integrated_lufs().unwrap();
    let fell = contour(&softer) - contour(&plain);
    assert!((fell + 6.0).abs() < 0.05, "{fell}");
    for other in session.tracks.iter().filter(|other| other.bus != track.bus) {
        let Some(plain) = plain.track(&other.id) else { continue };
        assert_eq!(plain.loudness, softer.track(&other.id).unwrap().loudness, "{}", other.id);
    }
    // A bell on the bus is heard where it works, on each as far as it has anything there.
    let spectrum =
        |evidence: &Evidence, hz: (f64, f64)| evidence.track(&track.id).unwrap().energy_between(hz, 0.0, 1.0);
    let kind = catalog::find("eq").unwrap();
    let mut settings = (kind.settings)();
    for (name, value) in [("band.1/freq_hz", 500.0), ("band.1/gain_db", -9.0), ("band.1/q", 0.5)] {
        settings.set(name, &Value::Number(value)).unwrap();
    }
    let (assets, keys) = (Vec::new(), Vec::new());
    let (id, by, because) = ("eq-9".to_owned(), None, None);
    let bell = Insert { id, kind, settings, assets, keys, bypass: false, by, because };
    let bent = with(&|strip| strip.inserts.push(bell.clone()));
    let band = (400.0, 640.0);
    let fell = db_from_power(spectrum(&bent, band) / spectrum(&plain, band));
    assert!((-10.0..-6.0).contains(&fell), "{fell}");
}
