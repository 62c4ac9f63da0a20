//! The tracks of real songs beside the repository, where they are there: which of them are taken to belong together, and
//! who covers whom. Their makers say that no track is a copy of another.

#![expect(clippy::expect_used, reason = "a song that is there and cannot be read fails the test")]

use std::fs;
use std::path::Path;

use mixkeel_analysis::energy::{EnergyMap, EnergyMeter, Part};
use mixkeel_analysis::masking::in_song;
use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::playback::REFERENCE;
use mixkeel_analysis::relations::{BleedMeter, Contour, PairMeter, Relation, relation, screen};
use mixkeel_dsp::block::{Block, Signal};
use mixkeel_io::read::{Downmix, open};

struct Track {
    name: String,
    rate_hz: u32,
    left: Vec<f32>,
    right: Vec<f32>,
    map: EnergyMap,
}

/// The tracks of a song; none where the song is not there.
fn tracks(song: &str) -> Vec<Track> {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/music").join(song).join("tracks");
    let Ok(files) = fs::read_dir(folder) else {
        println!("skipped: {song} is not beside the repository");
        return Vec::new();
    };
    let mut paths: Vec<_> = files.flatten().map(|file| file.path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let mut reader = open(path, Downmix::Refuse).expect("the song is readable");
            let (rate_hz, channels) = (reader.info().rate_hz, reader.info().channels);
            let (mut left, mut right) = (Vec::new(), Vec::new());
            let (mut l, mut r) = (vec![0.0; 65_536], vec![0.0; 65_536]);
            loop {
                let got = reader.read(&mut Block::stereo(&mut l, &mut r)).expect("the song is readable");
                if got == 0 {
                    break;
                }
                left.extend_from_slice(&l[..got]);
                right.extend_from_slice(&r[..got]);
            }
            let mut meter = EnergyMeter::new();
            meter.prepare(rate_hz, channels);
            meter.push(&Signal::stereo(&left, &right));
            let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            Track { name, rate_hz, left, right, map: meter.finish() }
        })
        .collect()
}

fn each_second<'a>(a: &'a Track, b: &'a Track) -> impl Iterator<Item = (Signal<'a>, Signal<'a>)> {
    let signal =
        |track: &'a Track, from: usize| Signal::stereo(&track.left, &track.right).part(from..from + 48_000);
    let frames = a.left.len().max(b.left.len());
    (0..frames).step_by(48_000).map(move |from| (signal(a, from), signal(b, from)))
}

#[test]
fn no_track_of_the_real_songs_is_taken_for_a_copy_of_another() {
    for song in ["hydrogen_kit", "mauiwowi", "city_blues", "reggaetry"] {
        let tracks = tracks(song);
        let powers: Vec<Vec<f32>> = tracks.iter().map(|track| Contour::powers_of(&track.map)).collect();
        let contours: Vec<Contour> =
            powers.iter().map(|powers| Contour { powers, bands: mixkeel_analysis::energy::BANDS }).collect();
        let candidates = screen(&contours);
        println!(
            "{song}: {} candidates of {} pairs",
            candidates.len(),
            tracks.len() * (tracks.len().max(1) - 1) / 2
        );
        for candidate in &candidates {
            let (a, b) = (&tracks[candidate.first], &tracks[candidate.second]);
            let mut meter = PairMeter::new(a.rate_hz);
            each_second(a, b).for_each(|(a, b)| meter.push(&a, &b));
            let pair = meter.finish();
            let later_frames = pair.delay.map_or(0.0, |delay| delay.later_frames);
            let mut bleeds =
                [BleedMeter::new(a.rate_hz, later_frames), BleedMeter::new(a.rate_hz, -later_frames)];
            each_second(a, b).for_each(|(a, b)| {
                bleeds[0].push(&a, &b);
                bleeds[1].push(&b, &a);
            });
            let bleeds = bleeds.map(BleedMeter::finish);
            let found = relation(&pair, candidate, [Some(&bleeds[0]), Some(&bleeds[1])]);
            println!(
                "  {} and {}: onsets {:.2}, unsteady {:.1?} dB, coloured {:.1?} dB, dynamics {:.2?}, {:?}, remainder {:.1?} dB, bleed {:.1?} \
                 and {:.1?} dB ({:.2} and {:.2}): {found:?}",
                a.name,
                b.name,
                candidate.onsets_alike,
                candidate.unsteady_db,
                candidate.coloured_db,
                candidate.dynamics,
                pair.delay,
                pair.remainder_db,
                bleeds[0].bleed_db,
                bleeds[1].bleed_db,
                bleeds[0].explained,
                bleeds[1].explained
            );
            assert!(
                !matches!(found, Some(Relation::Identical | Relation::SameTake { .. })),
                "{} {}",
                a.name,
                b.name
            );
        }
    }
}

#[test]
fn who_covers_whom_in_a_real_song_is_told_in_full() {
    for song in ["mauiwowi", "caesium"] {
        let tracks = tracks(song);
        let parts: Vec<Part> = tracks
            .iter()
            .map(|track| Part { map: &track.map, left_gain: 0.5, right_gain: 0.5, from_cell: 0 })
            .collect();
        let report = in_song(&parts, &[200, 400, 600], &REFERENCE);
        println!("{song}: {} tracks", tracks.len());
        for (track, found) in tracks.iter().zip(&report.whole.tracks) {
            let by: Vec<String> = found
                .covered_by
                .iter()
                .map(|cover| format!("{:?} {:.2}", cover.by, cover.lost_sone))
                .collect();
            println!(
                "  {:>28}: {:5.1} of {:5.1} phon, keeps {:.2}, heard in {} of {} frames, by {}",
                track.name,
                found.partial_phon(),
                found.unmasked_phon(),
                found.masked_to_unmasked().unwrap_or(0.0),
                found.heard_frames,
                found.sounding_frames,
                by.join(", ")
            );
            let shared: f64 = found.covered_by.iter().map(|cover| cover.lost_sone).sum();
            assert!(shared <= found.lost_sone() * (1.0 + 1e-9) + 1e-12);
            assert!(found.masked_to_unmasked().is_none_or(|kept| (0.0..=1.0).contains(&kept)));
        }
    }
}
