//! What is gathered from a session that plays is what its mix measures as a file, and its tracks add up to it.
#![allow(clippy::unwrap_used)] // a test that cannot set up its song has failed

mod common;

use std::fs;

use common::write_song;
use mixkeel::Silent;
use mixkeel::evidence::{of_file, of_session};
use mixkeel::mix::{MixOptions, Start, mix};

#[test]
fn a_session_and_the_file_it_was_rendered_to_measure_alike_and_tracks_add_up() {
    let folder = tempfile::tempdir().unwrap();
    write_song(&folder.path().join("Song"), [12.0, 0.0, 0.0, 0.0]);
    let out = folder.path().join("out");
    let options = MixOptions { out: Some(out.clone()), start: Start::Tracks, ..MixOptions::default() };
    mix(&folder.path().join("Song"), &options, &Silent).unwrap();
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
    let off_db = mixkeel_dsp::units::db_from_power(tracks / mixed);
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
    let again: mixkeel_judge::evidence::Evidence = serde_json::from_str(&text).unwrap();
    assert_eq!(again, evidence);
}
