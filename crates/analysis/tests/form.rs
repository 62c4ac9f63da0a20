//! Form: songs that were put together from known sections are cut where those begin, told apart where they differ, and named
//! where people would agree.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test that cannot set up its song has failed

use std::f64::consts::TAU;

use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::music::form::{Form, FormClip, FormTrack, form};
use mixkeel_analysis::music::rhythm::{Metre, Rhythm, written};
use mixkeel_analysis::profile::{Profile, ProfileMeter};
use mixkeel_dsp::block::{Channels, Signal};

const RATE_HZ: u32 = 8_000;
/// 160 beats a minute in 4/4.
const BAR_S: f64 = 1.5;

/// Notes of chords in semitones above C4.
const C: [i32; 3] = [0, 4, 7];
const F: [i32; 3] = [5, 9, 12];
const G: [i32; 3] = [7, 11, 14];
const AM: [i32; 3] = [9, 12, 16];
const DM: [i32; 3] = [2, 5, 9];
const EM: [i32; 3] = [4, 7, 11];

/// What happens in a section: one chord a bar, over and over, and how loud each of four players plays.
#[derive(Clone, Copy)]
struct Part {
    chords: &'static [[i32; 3]],
    bars: usize,
    /// Drums, bass, chords, voice.
    levels: [f64; 4],
}

const INTRO: Part = Part { chords: &[C, F], bars: 4, levels: [0.0, 0.0, 0.5, 0.0] };
const VERSE: Part = Part { chords: &[C, AM, F, G], bars: 8, levels: [0.4, 0.4, 0.4, 0.5] };
const CHORUS: Part = Part { chords: &[F, G, EM, AM], bars: 8, levels: [0.8, 0.7, 0.9, 0.9] };
const BRIDGE: Part = Part { chords: &[DM, EM], bars: 8, levels: [0.3, 0.4, 0.6, 0.0] };
const OUTRO: Part = Part { chords: &[C, F], bars: 4, levels: [0.0, 0.0, 0.4, 0.0] };
const EVEN: [f64; 4] = [0.6, 0.5, 0.6, 0.0];

/// Four players through a song.
fn players(parts: &[Part]) -> Vec<Profile> {
    (0..4).map(|player| profile(&sound(parts, player))).collect()
}

/// Samples of one player.
fn sound(parts: &[Part], player: usize) -> Vec<f32> {
    let rate = f64::from(RATE_HZ);
    let mut samples = Vec::new();
    let mut noise = 1_u32;
    for part in parts {
        for bar in 0..part.bars {
            let chord = part.chords[bar % part.chords.len()];
            for frame in 0..(BAR_S * rate) as usize {
                let t = frame as f64 / rate;
                let beat = t % (BAR_S / 4.0);
                let tone = |semitone: i32| {
                    let hz = 261.63 * libm::exp2(f64::from(semitone) / 12.0);
                    (1..4).map(|n| libm::sin(TAU * hz * f64::from(n) * t) / f64::from(n)).sum::<f64>()
                };
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let hiss = f64::from(noise >> 8) / f64::from(1 << 23) - 1.0;
                let x = match player {
                    0 => {
                        hiss * libm::exp(-beat * 40.0)
                            + libm::sin(TAU * 60.0 * beat) * libm::exp(-beat * 15.0)
                    }
                    1 => tone(chord[0] - 12) * libm::exp(-beat * 3.0),
                    2 => chord.iter().map(|note| tone(*note)).sum::<f64>() / 3.0,
                    _ => tone(chord[(t / BAR_S * 4.0) as usize % 3] + 12),
                };
                samples.push((0.25 * part.levels[player] * x) as f32);
            }
        }
    }
    samples
}

fn profile(samples: &[f32]) -> Profile {
    let mut meter = ProfileMeter::new(RATE_HZ, Channels::Mono).with_music();
    meter.push(&Signal::mono(samples));
    meter.finish()
}

/// The bars of all of these songs are known: what is tested is what is made of them.
fn bars(parts: &[Part]) -> Rhythm {
    let count: usize = parts.iter().map(|part| part.bars).sum();
    written(&[(0.0, 160.0)], &[(0.0, Metre { count: 4, unit: 4 })], count as f64 * BAR_S)
}

fn heard(parts: &[Part], gain: f64) -> Form {
    let players = players(parts);
    let tracks: Vec<FormTrack> = players
        .iter()
        .enumerate()
        .map(|(index, profile)| FormTrack {
            clips: vec![FormClip {
                energy: &profile.energy,
                music: profile.music.as_ref().expect("it was asked for"),
                at_s: 0.0,
            }],
            gains: [gain, gain],
            lead: index == 3,
        })
        .collect();
    form(&tracks, &bars(parts), 0.0)
}

fn begins(form: &Form) -> Vec<usize> {
    form.sections.iter().map(|section| section.from_bar).collect()
}

fn labels(form: &Form) -> Vec<String> {
    form.sections.iter().map(|section| section.label()).collect()
}

#[test]
fn a_song_of_verses_and_choruses_is_heard_as_it_was_built() {
    let song = [INTRO, VERSE, CHORUS, VERSE, CHORUS, BRIDGE, CHORUS, OUTRO];
    let form = heard(&song, 1.0);
    assert_eq!(begins(&form), [0, 4, 12, 20, 28, 36, 44, 52]);
    assert_eq!(
        labels(&form),
        ["intro", "verse 1", "chorus 1", "verse 2", "chorus 2", "bridge", "chorus 3", "outro"]
    );
    assert!(form.sections.iter().all(|section| section.confidence > 0.6), "{:?}", form.sections);
    let contour = |n: usize| &form.sections[n].contour;
    let louder = contour(2).loudness_lufs.unwrap() - contour(1).loudness_lufs.unwrap();
    assert!((3.0..10.0).contains(&louder), "{louder}");
    assert!(contour(5).lead.unwrap() < 0.1 && contour(2).lead.unwrap() > 0.9);
    assert!(contour(0).voices < contour(1).voices && contour(1).voices <= contour(2).voices + 0.01);
}

#[test]
fn the_same_players_throughout_and_other_chords_are_another_section() {
    // AABA: nothing but the chords tells where B is.
    let a = Part { levels: EVEN, ..VERSE };
    let b = Part { chords: &[DM, EM, DM, G], bars: 8, levels: EVEN };
    let form = heard(&[a, a, b, a], 1.0);
    let found = begins(&form);
    assert!(found.contains(&16) && found.contains(&24), "{found:?}");
    let group = |bar: usize| form.sections.iter().rev().find(|one| one.from_bar <= bar).map(|one| one.group);
    assert!(group(4) == group(12) && group(4) == group(28), "{:?}", labels(&form));
    assert_ne!(group(4), group(20));
}

#[test]
fn what_never_changes_has_no_sections_and_no_names() {
    let loop_of_one = Part { bars: 32, levels: EVEN, ..VERSE };
    let form = heard(&[loop_of_one], 1.0);
    assert_eq!(labels(&form), ["part A"]);
}

#[test]
fn turning_all_tracks_up_changes_no_section() {
    let song = [INTRO, VERSE, CHORUS, VERSE, CHORUS];
    let (soft, loud) = (heard(&song, 0.25), heard(&song, 2.0));
    assert_eq!((begins(&soft), labels(&soft)), (begins(&loud), labels(&loud)));
}

#[test]
fn silence_one_bar_and_nothing_have_a_form_too() {
    assert_eq!(form(&[], &Rhythm::default(), 0.0).sections.len(), 0);
    let silence = profile(&vec![0.0; 40_000]);
    let clip = FormClip { energy: &silence.energy, music: silence.music.as_ref().unwrap(), at_s: 0.0 };
    let track = FormTrack { clips: vec![clip], gains: [1.0, 1.0], lead: false };
    let found = form(std::slice::from_ref(&track), &Rhythm::default(), 0.0);
    assert_eq!((found.sections.len(), found.on_bars), (1, false));
    assert_eq!(found.sections[0].contour.loudness_lufs, None);
    // A recording that begins before the song, and one that begins after it has ended.
    for at_s in [-2.0, -9.0, 30.0] {
        let moved = FormTrack { clips: vec![FormClip { at_s, ..clip }], ..track.clone() };
        let found = form(&[moved], &written(&[(0.0, 120.0)], &[], 10.0), 0.0);
        assert!(found.sections.iter().all(|section| section.to_s >= section.from_s), "{at_s}");
    }
}
