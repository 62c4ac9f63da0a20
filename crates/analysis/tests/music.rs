//! The music layer finds beginnings when they are and notes where they are, at any level.

use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::music::{CLASSES, Music, ONSET_BANDS};
use mixkeel_analysis::profile::{Profile, ProfileMeter};
use mixkeel_dsp::block::{Channels, Signal};

const RATE: u32 = 48_000;

fn music(wave: &[f32]) -> Music {
    let mut meter = ProfileMeter::new(RATE, Channels::Mono).with_music();
    for part in wave.chunks(3_001) {
        meter.push(&Signal::mono(part));
    }
    let profile = meter.finish();
    assert_eq!(Profile::from_bytes(&profile.to_bytes()).as_ref(), Ok(&profile), "it is kept with the rest");
    profile.music.unwrap_or_default()
}

/// A tone that is struck at these times and dies away.
fn struck(freq_hz: f64, times_s: &[f64], seconds: f64) -> Vec<f32> {
    (0..(seconds * f64::from(RATE)) as usize)
        .map(|n| {
            let t = n as f64 / f64::from(RATE);
            let since = times_s.iter().filter(|&&at| at <= t).map(|at| t - at).reduce(f64::min);
            since.map_or(0.0, |since| {
                0.3 * libm::exp(-6.0 * since) * libm::sin(2.0 * std::f64::consts::PI * freq_hz * since)
            }) as f32
        })
        .collect()
}

fn summed(music: &Music, step: usize) -> f64 {
    (0..ONSET_BANDS).map(|band| music.onset(step, band)).sum()
}

#[test]
fn every_stroke_stands_out_within_10_ms_in_its_own_band() {
    let times = [0.5, 0.93, 1.5, 2.207];
    let music = music(&struck(880.0, &times, 3.0));
    assert_eq!((music.steps(), music.cells()), (300, 30));
    let mut strongest: Vec<usize> = (0..music.steps()).collect();
    strongest.sort_by(|a, b| summed(&music, *b).total_cmp(&summed(&music, *a)));
    for at in times {
        let near = strongest[..8].iter().any(|&step| (step as f64 * 0.01 + 0.005 - at).abs() <= 0.0151);
        assert!(near, "no onset near {at} s among {:?}", &strongest[..8]);
    }
    // Between strokes the sound only dies away.
    assert!(summed(&music, 75) < 0.02 * summed(&music, strongest[0]));
    // 880 Hz lies in the third band; a moment after the stroke all growth is there.
    let step = 51;
    assert!(music.onset(step, 2) > music.onset(step, 0) && music.onset(step, 2) > music.onset(step, 4));
}

#[test]
fn level_scales_the_curve_and_changes_no_shape() {
    let wave = struck(300.0, &[0.2, 0.7], 1.2);
    let quiet: Vec<f32> = wave.iter().map(|x| x / 16.0).collect();
    let (loud, quiet) = (music(&wave), music(&quiet));
    let top = (0..loud.steps()).map(|step| summed(&loud, step)).fold(0.0, f64::max);
    for step in 0..loud.steps() {
        // A sixteenth is a quarter under the root; codes are 0.14 % apart.
        let off = summed(&loud, step) - 4.0 * summed(&quiet, step);
        assert!(off.abs() < 0.003 * top, "step {step}: off by {off} of {top}");
    }
}

#[test]
fn a_chord_shows_its_notes_whatever_their_octave() {
    // A minor: A2, C4, E5, each in tune.
    let notes = [110.0, 261.625_565, 659.255_114];
    let wave: Vec<f32> = (0..RATE * 2)
        .map(|n| {
            let t = f64::from(n) / f64::from(RATE);
            notes.iter().map(|f| 0.2 * libm::sin(2.0 * std::f64::consts::PI * f * t)).sum::<f64>() as f32
        })
        .collect();
    let music = music(&wave);
    let chroma = music.chroma(10);
    let mut order: Vec<usize> = (0..CLASSES).collect();
    order.sort_by(|a, b| chroma[*b].total_cmp(&chroma[*a]));
    let mut found: Vec<usize> = order[..3].to_vec();
    found.sort_unstable();
    assert_eq!(found, [0, 4 * 3, 9 * 3], "C, E and A, none of them a third of a semitone off: {chroma:?}");
    assert!(chroma[order[3]] < 0.05 * chroma[order[0]]);
}

#[test]
fn a_song_tuned_33_cents_high_shows_it() {
    let wave: Vec<f32> = (0..RATE)
        .map(|n| libm::sin(2.0 * std::f64::consts::PI * 448.56 * f64::from(n) / f64::from(RATE)) as f32)
        .collect();
    let chroma = music(&wave).chroma(5);
    let best = (0..CLASSES).fold(0, |best, class| if chroma[class] > chroma[best] { class } else { best });
    assert_eq!(best, 9 * 3 + 1);
}

#[test]
fn silence_has_neither() {
    let music = music(&vec![0.0; RATE as usize]);
    assert!((0..music.steps()).all(|step| summed(&music, step) == 0.0));
    assert_eq!(music.chroma(5), [0.0; CLASSES]);
}

#[test]
fn partials_have_their_pitch_to_a_few_cents_and_their_power_down_to_the_lowest_string_of_a_bass() {
    let notes = [(28.0, 0.3), (45.2, 0.1), (48.0, 0.1), (69.0, 0.01), (95.5, 0.2)];
    let wave: Vec<f32> = (0..RATE * 2)
        .map(|n| {
            let t = 2.0 * std::f64::consts::PI * f64::from(n) / f64::from(RATE);
            let hz = |midi: f64| 440.0 * libm::exp2((midi - 69.0) / 12.0);
            notes.iter().map(|(midi, gain)| gain * libm::sin(hz(*midi) * t)).sum::<f64>() as f32
        })
        .collect();
    let partials = music(&wave).partials();
    assert_eq!(partials.len(), 20);
    for cell in &partials[3..17] {
        let off = |midi: f64| cell.iter().map(|partial| (partial.midi - midi).abs()).fold(f64::MAX, f64::min);
        for (midi, gain) in notes {
            assert!(off(midi) < 0.06, "{midi} among {cell:?}");
            let near = cell.iter().find(|partial| (partial.midi - midi).abs() < 0.06).expect("found above");
            let decibels = 10.0 * libm::log10(near.power / (0.5 * gain * gain));
            assert!(decibels.abs() < 1.0, "{midi}: {decibels} dB");
        }
        assert!(cell.len() <= notes.len() + 2, "{cell:?}");
    }
}

#[test]
fn partials_are_the_same_from_a_mono_and_a_stereo_track_and_silence_has_none() {
    let wave = struck(196.0, &[0.1, 0.6], 1.5);
    let mut stereo = ProfileMeter::new(RATE, Channels::Stereo).with_music();
    stereo.push(&Signal::stereo(&wave, &vec![0.0; wave.len()]));
    let (stereo, mono) = (stereo.finish().music.unwrap_or_default().partials(), music(&wave).partials());
    assert_eq!(stereo.len(), mono.len());
    for (stereo, mono) in stereo.iter().zip(&mono) {
        let first = |cell: &[mixkeel_analysis::music::Partial]| cell.first().map(|partial| partial.midi);
        let (Some(stereo), Some(mono)) = (first(stereo), first(mono)) else {
            assert_eq!(stereo.len(), mono.len());
            continue;
        };
        assert!((stereo - mono).abs() < 0.02, "{stereo} {mono}");
    }
    assert!(music(&vec![0.0; RATE as usize]).partials().iter().all(Vec::is_empty));
}
