//! Two microphones, copies, doubles and bleed, on sounds whose relation is known because it was made here.

use mixkeel_analysis::relations::{
    BleedMeter, BleedReading, Candidate, Contour, PairMeter, PairReading, Relation, relation, screen,
};
use mixkeel_dsp::block::Signal;
use mixkeel_dsp::units::gain_from_db;

const RATE_HZ: u32 = 48_000;

struct Random(u32);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(self.0 >> 8) / 8_388_608.0 - 1.0
    }
}

fn noise(seconds: f64, seed: u32) -> Vec<f32> {
    let mut random = Random(seed);
    (0..(seconds * f64::from(RATE_HZ)) as usize).map(|_| (0.3 * random.next()) as f32).collect()
}

/// Strokes at these times in seconds: noise that dies away within so many milliseconds, low-passed by a one-pole of this
/// share of the new sample, each stroke of another strength.
fn strokes(seconds: f64, times_s: &[f64], decay_ms: f64, share: f64, seed: u32) -> Vec<f32> {
    let mut random = Random(seed);
    let mut wave = vec![0.0_f64; (seconds * f64::from(RATE_HZ)) as usize];
    for &time_s in times_s {
        let strength = 0.6 + 0.3 * random.next();
        let from = (time_s * f64::from(RATE_HZ)) as usize;
        let mut low = 0.0;
        for (n, place) in wave.iter_mut().skip(from).take((decay_ms * 0.48 * 100.0) as usize).enumerate() {
            let fade = (-(n as f64) / (decay_ms * 48.0)).exp();
            low += share * (random.next() - low);
            *place += strength * fade * low;
        }
    }
    wave.iter().map(|&x| x as f32).collect()
}

/// Times a beat apart with some left out and some moved, as a player would.
fn groove(seconds: f64, beat_s: f64, late_s: f64, seed: u32) -> Vec<f64> {
    let mut random = Random(seed);
    let beats = (seconds / beat_s) as usize - 1;
    let mut times = Vec::new();
    for beat in 0..beats {
        if random.next() > -0.4 {
            times.push((beat as f64 + 0.5) * beat_s + late_s * random.next());
        }
    }
    times
}

/// The same wave later by a part of a frame: a sine cardinal of 96 points under a raised cosine.
fn later(wave: &[f32], frames: f64) -> Vec<f32> {
    let whole = frames.floor();
    let part = frames - whole;
    let taps: Vec<f64> = (-48..48)
        .map(|n| {
            let x = f64::from(n) + 1.0 + part;
            let sinc =
                if x == 0.0 { 1.0 } else { (std::f64::consts::PI * x).sin() / (std::f64::consts::PI * x) };
            sinc * (0.5 + 0.5 * (std::f64::consts::PI * x / 48.5).cos())
        })
        .collect();
    (0..wave.len() as i64)
        .map(|n| {
            let sum: f64 = taps
                .iter()
                .zip(-48_i64..)
                .map(|(tap, at)| {
                    let from = n - whole as i64 + at + 1;
                    let x =
                        usize::try_from(from).ok().and_then(|from| wave.get(from)).copied().unwrap_or(0.0);
                    tap * f64::from(x)
                })
                .sum();
            sum as f32
        })
        .collect()
}

fn gained(wave: &[f32], gain: f64) -> Vec<f32> {
    wave.iter().map(|&x| (f64::from(x) * gain) as f32).collect()
}

fn added(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

fn low_passed(wave: &[f32], share: f32) -> Vec<f32> {
    let mut low = 0.0;
    wave.iter()
        .map(|&x| {
            low += share * (x - low);
            low
        })
        .collect()
}

fn paired(first: &[f32], second: &[f32]) -> PairReading {
    let mut meter = PairMeter::new(RATE_HZ);
    for (a, b) in first.chunks(4_096).zip(second.chunks(4_096)) {
        meter.push(&Signal::mono(a), &Signal::mono(b));
    }
    meter.finish()
}

fn bled(source: &[f32], other: &[f32], later_frames: f64) -> BleedReading {
    let mut meter = BleedMeter::new(RATE_HZ, later_frames);
    for (a, b) in source.chunks(4_096).zip(other.chunks(4_096)) {
        meter.push(&Signal::mono(a), &Signal::mono(b));
    }
    meter.finish()
}

/// Energies of a wave in a dozen bands, ten times a second, as a profile would have them.
fn energies(wave: &[f32]) -> Vec<f32> {
    let mut out = Vec::new();
    let shares: Vec<f32> = (0..12).map(|band| 0.9 * 0.62_f32.powi(band)).collect();
    let mut lows = vec![0.0_f32; shares.len()];
    for cell in wave.chunks(RATE_HZ as usize / 10) {
        let mut sums = vec![0.0_f32; shares.len()];
        for &x in cell {
            let mut above = x;
            for ((low, share), sum) in lows.iter_mut().zip(&shares).zip(&mut sums) {
                *low += share * (above - *low);
                *sum += (above - *low) * (above - *low);
                above = *low;
            }
        }
        out.extend(sums.iter().map(|sum| sum / cell.len() as f32));
    }
    out
}

#[test]
fn a_delay_is_found_to_a_twentieth_of_a_frame_and_polarity_with_it() {
    let drums = strokes(6.0, &groove(6.0, 0.25, 0.02, 5), 60.0, 0.4, 6);
    for (what, wave) in [("noise", noise(4.0, 1)), ("drums", drums)] {
        for (frames, gain) in
            [(0.0, 1.0), (0.25, -0.5), (3.5, 0.2), (-17.3, -1.0), (480.71, 0.7), (-1_200.45, -0.9)]
        {
            let moved = gained(&later(&wave, frames), gain);
            let delay = paired(&wave, &moved).delay.expect("both sound");
            println!("{what}, {frames:+.2}: {delay:?}");
            assert!((delay.later_frames - frames).abs() < 0.05, "{what} {frames} {delay:?}");
            assert_eq!(delay.inverted, gain < 0.0);
            assert!(delay.confidence > 0.8 && delay.height > 0.6, "{what} {frames} {delay:?}");
        }
    }
}

#[test]
fn a_second_microphone_in_a_room_with_noise_of_its_own_is_found_too() {
    let snare = strokes(10.0, &groove(10.0, 0.5, 0.02, 8), 80.0, 0.5, 9);
    // 1.3 m further away, duller, a wall behind it, and hiss 30 dB down.
    let direct = low_passed(&later(&snare, 181.6), 0.5);
    let wall = gained(&later(&snare, 433.2), 0.4);
    let far = added(&added(&direct, &wall), &gained(&noise(10.0, 10), 0.01));
    let delay = paired(&snare, &gained(&far, -0.3)).delay.expect("both sound");
    println!("{delay:?}");
    // The one-pole delays what it passes by about a frame.
    assert!((delay.later_frames - 182.0).abs() < 2.0 && delay.inverted, "{delay:?}");
    assert!(delay.confidence > 0.7, "{delay:?}");
}

#[test]
fn unrelated_sources_have_no_delay_that_could_be_believed() {
    let kick = strokes(10.0, &groove(10.0, 0.5, 0.01, 20), 90.0, 0.05, 21);
    let snare = strokes(10.0, &groove(10.0, 0.5, 0.01, 22), 60.0, 0.5, 23);
    for (a, b) in [(noise(10.0, 1), noise(10.0, 2)), (kick.clone(), snare), (kick, noise(10.0, 3))] {
        let delay = paired(&a, &b).delay.expect("both sound");
        println!("{delay:?}");
        assert!(delay.confidence < 0.15 && delay.height < 0.1, "{delay:?}");
    }
    assert_eq!(paired(&noise(1.0, 1), &[0.0; 48_000]).delay, None);
}

#[test]
fn how_the_stream_is_cut_changes_no_bit() {
    let wave = strokes(3.0, &groove(3.0, 0.3, 0.02, 31), 60.0, 0.4, 32);
    let other = later(&wave, 7.25);
    let whole = {
        let mut meter = PairMeter::new(RATE_HZ);
        meter.push(&Signal::mono(&wave), &Signal::mono(&other));
        meter.finish()
    };
    for cut in [1_000, 4_096, 77_777] {
        let mut meter = PairMeter::new(RATE_HZ);
        let mut bleed = BleedMeter::new(RATE_HZ, 7.25);
        for (a, b) in wave.chunks(cut).zip(other.chunks(cut)) {
            meter.push(&Signal::mono(a), &Signal::mono(b));
            bleed.push(&Signal::mono(a), &Signal::mono(b));
        }
        assert_eq!(meter.finish(), whole, "{cut}");
        assert_eq!(bleed.finish(), bled(&wave, &other, 7.25), "{cut}");
    }
}

#[test]
fn copies_are_told_from_takes() {
    let take = strokes(5.0, &groove(5.0, 0.25, 0.02, 41), 80.0, 0.3, 42);
    let same = paired(&take, &take);
    assert!(same.identical && same.gain_db.is_some_and(|db| db.abs() < 1e-9));
    // 6 dB softer, written at 16 bits.
    let copy: Vec<f32> =
        take.iter().map(|&x| (f64::from(x) * 0.5 * 32_768.0).round() as f32 / 32_768.0).collect();
    let copied = paired(&take, &copy);
    assert!(!copied.identical && copied.gain_db.is_some_and(|db| (db + 6.02).abs() < 0.01), "{copied:?}");
    assert!(copied.remainder_db.is_some_and(|db| db < -50.0), "{copied:?}");
    let silence = paired(&[0.0; 9_000], &[0.0; 9_000]);
    assert!(!silence.identical && silence.gain_db.is_none());
    // A microphone a frame later is another recording.
    assert!(paired(&take, &later(&take, 1.0)).remainder_db.is_some_and(|db| db > -20.0));
}

#[test]
fn bleed_is_measured_while_the_others_instrument_is_silent() {
    let seconds = 16.0;
    let snare = strokes(seconds, &groove(seconds, 0.5, 0.01, 51), 120.0, 0.8, 52);
    // A hi-hat of its own on other times, 12 dB louder in its microphone than the loudest bleed, and hiss.
    let hat_times: Vec<f64> = groove(seconds, 0.25, 0.01, 53).iter().map(|time_s| time_s + 0.06).collect();
    let hat = strokes(seconds, &hat_times, 30.0, 0.9, 54);
    let hiss = gained(&noise(seconds, 55), gain_from_db(-75.0));
    for level_db in [-12.0, -20.0, -30.0] {
        let path = gained(&later(&snare, 96.4), gain_from_db(level_db));
        let other = added(&added(&hat, &path), &hiss);
        let reading = bled(&snare, &other, 96.4);
        let bands: Vec<f64> = reading.bands.iter().filter_map(|band| band.bleed_db).collect();
        println!("{level_db}: {:.2?} from {} bands", reading.bleed_db, bands.len());
        assert!(reading.bleed_db.is_some_and(|db| (db - level_db).abs() < 1.5), "{level_db} {reading:?}");
        assert!(bands.len() > 25, "{level_db} {reading:?}");
        for band in &reading.bands {
            if let (Some(bleed_db), Some(at_most_db)) = (band.bleed_db, band.at_most_db) {
                assert!((bleed_db - level_db).abs() < 3.0, "{level_db} {band:?}");
                assert!(at_most_db > bleed_db - 0.1);
            }
        }
    }
}

#[test]
fn bleed_through_a_room_is_measured_within_a_few_decibels() {
    let seconds = 16.0;
    let snare = strokes(seconds, &groove(seconds, 0.5, 0.01, 56), 120.0, 0.8, 57);
    let hat = strokes(seconds, &groove(seconds, 0.25, 0.02, 58), 30.0, 0.9, 59);
    // Forty reflections that die away by 60 dB within 80 ms; together 20 dB below the source.
    let mut random = Random(60);
    let paths: Vec<(usize, f64)> = (0..40)
        .map(|n| {
            let time_ms = 2.0 * f64::from(n) + random.next().abs();
            ((time_ms * 48.0) as usize, random.next() * 10.0_f64.powf(-3.0 * time_ms / 80.0))
        })
        .collect();
    let power: f64 = paths.iter().map(|(_, gain)| gain * gain).sum();
    let mut room = vec![0.0_f32; snare.len()];
    for (late, gain) in &paths {
        let gain = gain / power.sqrt() * 0.1;
        for (place, &x) in room.iter_mut().skip(*late).zip(&snare) {
            *place += (gain * f64::from(x)) as f32;
        }
    }
    let other = added(&hat, &room);
    let delay = paired(&snare, &other).delay.expect("both sound");
    let reading = bled(&snare, &other, delay.later_frames);
    println!("{delay:?}: {:.1?}, {:.2} of the other's energy", reading.bleed_db, reading.explained);
    assert!(reading.bleed_db.is_some_and(|db| (db + 20.0).abs() < 3.0), "{reading:?}");
    assert!(reading.explained < 0.25, "{}", reading.explained);
    // And the hi-hat's own microphone is not taken for a second one on the snare.
    let candidate = Candidate {
        first: 0,
        second: 1,
        onsets_alike: 0.7,
        unsteady_db: Some(10.0),
        coloured_db: Some(5.0),
        dynamics: Some(1.0),
    };
    assert_eq!(relation(&paired(&snare, &other), &candidate, [Some(&reading), None]), None);
}

#[test]
fn what_is_not_the_source_is_no_bleed() {
    let seconds = 12.0;
    let snare = strokes(seconds, &groove(seconds, 0.5, 0.01, 61), 120.0, 0.8, 62);
    let hat = strokes(seconds, &groove(seconds, 0.25, 0.01, 63), 30.0, 0.9, 64);
    let other = added(&hat, &gained(&noise(seconds, 65), gain_from_db(-50.0)));
    let reading = bled(&snare, &other, 0.0);
    let bands = reading.bands.iter().filter(|band| band.bleed_db.is_some()).count();
    println!("{bands} bands, {:?}", reading.bleed_db);
    assert!(bands <= 2, "{reading:?}");
    assert!(reading.bands.iter().filter_map(|band| band.at_most_db).count() > 30);
    assert_eq!(bled(&[0.0; 48_000], &other, 3.0).bleed_db, None);
}

/// A small session: what each track is, and the wave.
fn session() -> Vec<(&'static str, Vec<f32>)> {
    let seconds = 20.0;
    let kick_times = groove(seconds, 0.5, 0.008, 71);
    let snare_times: Vec<f64> = groove(seconds, 1.0, 0.008, 72).iter().map(|time_s| time_s + 0.5).collect();
    let kick = strokes(seconds, &kick_times, 110.0, 0.06, 73);
    let snare = strokes(seconds, &snare_times, 90.0, 0.6, 74);
    let kick_out = added(&low_passed(&later(&kick, 62.3), 0.3), &gained(&noise(seconds, 75), 0.002));
    let bottom = gained(&added(&later(&snare, 11.2), &gained(&noise(seconds, 76), 0.002)), -0.6);
    // A bass of decaying low notes, and the same through an amplifier that squashes and dulls it, 2 m away.
    let bass_times = groove(seconds, 0.5, 0.02, 77);
    let mut random = Random(78);
    let mut direct = vec![0.0_f32; (seconds * f64::from(RATE_HZ)) as usize];
    for &time_s in &bass_times {
        let pitch_hz = 45.0 * 2.0_f64.powf(((random.next() + 1.0) * 6.0).floor() / 12.0);
        let strength = 0.5 + 0.45 * random.next();
        for (n, place) in direct.iter_mut().skip((time_s * 48_000.0) as usize).take(19_000).enumerate() {
            let seconds = n as f64 / 48_000.0;
            let tone: f64 = (1..12)
                .map(|h| (std::f64::consts::TAU * pitch_hz * f64::from(h) * seconds).sin() / f64::from(h))
                .sum();
            *place +=
                (0.3 * strength * tone * (-3.0 * seconds).exp() * (1.0 - (-seconds * 400.0).exp())) as f32;
        }
    }
    let squashed: Vec<f32> = direct.iter().map(|&x| (f64::from(x) * 12.0).tanh() as f32 * 0.3).collect();
    let amplifier = low_passed(&later(&squashed, 280.0), 0.35);
    // The same voice part sung twice: other breath, other times.
    let voice = |seed: u32| {
        let mut random = Random(seed);
        let times: Vec<f64> =
            groove(seconds, 0.8, 0.0, 79).iter().map(|time_s| time_s + 0.012 * random.next()).collect();
        strokes(seconds, &times, 300.0, 0.2, seed + 1)
    };
    let copy: Vec<f32> = snare.iter().map(|&x| (x * 0.4 * 32_768.0).round() / 32_768.0).collect();
    vec![
        ("kick in", kick),
        ("kick out", kick_out),
        ("snare top", snare.clone()),
        ("snare bottom", bottom),
        ("bass direct", direct),
        ("bass amplifier", amplifier),
        ("voice", voice(80)),
        ("voice double", voice(90)),
        ("snare copy", copy),
        ("pad", noise(seconds, 99)),
    ]
}

#[test]
fn a_session_is_sorted_into_pairs() {
    let tracks = session();
    let contours: Vec<Vec<f32>> = tracks.iter().map(|(_, wave)| energies(wave)).collect();
    let contours: Vec<Contour> = contours.iter().map(|powers| Contour { powers, bands: 12 }).collect();
    let found: Vec<(&str, &str, Candidate, Option<Relation>)> = screen(&contours)
        .into_iter()
        .map(|candidate| {
            let (a, b) = (&tracks[candidate.first], &tracks[candidate.second]);
            (a.0, b.0, candidate, relation(&paired(&a.1, &b.1), &candidate, [None, None]))
        })
        .collect();
    for (a, b, candidate, relation) in &found {
        println!("{a} and {b}: {candidate:.2?} {relation:.2?}");
    }
    let what = |a: &str, b: &str| {
        found
            .iter()
            .find(|(one, other, ..)| (*one, *other) == (a, b))
            .and_then(|(_, _, _, relation)| *relation)
    };
    assert!(matches!(
        what("kick in", "kick out"),
        Some(Relation::SameSource { later_frames, inverted: false }) if (later_frames - 63.0).abs() < 4.0
    ));
    assert!(matches!(
        what("snare top", "snare bottom"),
        Some(Relation::SameSource { later_frames, inverted: true }) if (later_frames - 11.2).abs() < 0.2
    ));
    assert!(matches!(
        what("bass direct", "bass amplifier"),
        Some(Relation::DirectAndAmplifier { second_is_amplifier: true, later_frames, .. })
            if (later_frames - 281.0).abs() < 6.0
    ));
    assert_eq!(what("voice", "voice double"), Some(Relation::Double));
    assert!(matches!(
        what("snare top", "snare copy"),
        Some(Relation::SameTake { gain_db }) if (gain_db + 7.96).abs() < 0.05
    ));
    // And nothing else.
    let related = found.iter().filter(|(.., relation)| relation.is_some()).count();
    assert_eq!(related, 6, "the snare copy belongs to both microphones");
}

#[test]
fn silence_and_nonsense_are_candidates_for_nothing() {
    let silent = [0.0; 1_200];
    let broken = [f32::NAN; 1_200];
    let steady = [1.0; 1_200];
    for powers in [&silent[..], &broken[..], &steady[..], &[]] {
        let contour = Contour { powers, bands: 12 };
        assert!(screen(&[contour, contour]).is_empty());
    }
    assert!(screen(&[Contour { powers: &steady, bands: 0 }; 2]).is_empty());
    let mut meter = PairMeter::new(0);
    meter.push(&Signal::mono(&[f32::NAN; 500]), &Signal::mono(&[f32::INFINITY; 20]));
    assert_eq!(meter.finish().delay, None);
    let mut bleed = BleedMeter::new(0, f64::NAN);
    bleed.push(&Signal::mono(&[f32::NAN; 500]), &Signal::mono(&[1.0; 20]));
    assert_eq!(bleed.finish().bleed_db, None);
}
