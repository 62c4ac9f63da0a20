//! What a mix loses on other systems, as a listener would say it.

#![expect(clippy::expect_used, reason = "a system that is missing fails the test")]

use mixkeel_analysis::energy::Power;
use mixkeel_analysis::erb::hz_from_rate;
use mixkeel_analysis::masking::{Masker, MaskingMeter, TrackMasking};
use mixkeel_analysis::playback::{Ears, PlaybackLevel, REFERENCE, SYSTEMS, System, find};
use mixkeel_dsp::units::{db_from_power, power_from_db};

fn edges_hz() -> Vec<f64> {
    (0..=41).map(|n| hz_from_rate(0.7 + f64::from(n))).collect()
}

/// Pink noise in the middle between two frequencies, at this level in dBFS.
fn pink(from_hz: f64, to_hz: f64, level_dbfs: f64) -> Vec<Power> {
    let shares: Vec<f64> =
        edges_hz().windows(2).map(|edge| (edge[1].min(to_hz) / edge[0].max(from_hz)).max(1.0).ln()).collect();
    let sum: f64 = shares.iter().sum();
    shares.iter().map(|share| Power::centre(power_from_db(level_dbfs) * share / sum)).collect()
}

fn heard_on(id: &str, tracks: &[Vec<Power>]) -> Vec<TrackMasking> {
    let system = find(id).expect("a system of this id");
    on(system, tracks)
}

fn on(system: &System, tracks: &[Vec<Power>]) -> Vec<TrackMasking> {
    let mut meter = MaskingMeter::new(tracks.len(), &edges_hz(), system);
    let frame: Vec<&[Power]> = tracks.iter().map(Vec::as_slice).collect();
    meter.push(&frame);
    meter.finish().whole.tracks
}

#[test]
fn every_system_says_what_it_is_and_where_its_figures_come_from() {
    let wanted = [
        "laptop",
        "phone",
        "earbuds",
        "kitchen",
        "car",
        "tv",
        "club-mono",
        "small-monitors",
        "large-monitors",
        "mono",
    ];
    for id in wanted {
        assert!(find(id).is_some(), "{id}");
    }
    assert_eq!((SYSTEMS.len(), find("reference")), (wanted.len(), Some(&REFERENCE)));
    assert_eq!(find("gramophone"), None);
    let measured = SYSTEMS.iter().filter(|system| system.id != "mono");
    for system in measured {
        assert!(system.response_source.len() > 30 && system.place_source.len() > 20, "{}", system.id);
        for points in [system.response_db, system.noise_db_spl] {
            assert!(points.len() > 4 && points.windows(2).all(|two| two[0].0 < two[1].0), "{}", system.id);
        }
        // A filter can be made from it: every point is read back, and no octave beyond the ends rises.
        for &(freq_hz, gain_db) in system.response_db {
            assert!((system.gain_db(freq_hz) - gain_db).abs() < 1e-9, "{} {freq_hz}", system.id);
        }
        assert!(
            system.gain_db(10.0) <= system.gain_db(30.0)
                && system.gain_db(22_000.0) <= system.gain_db(16_000.0)
        );
        // How loud it is at 1 kHz is said by the level alone.
        assert!(system.gain_db(1_000.0).abs() < 2.0, "{}", system.id);
    }
}

#[test]
fn noise_has_the_level_its_source_gives_it() {
    let total = |system: &System| -> f64 {
        db_from_power(edges_hz().windows(2).map(|edge| system.noise_power(edge[0], edge[1])).sum())
    };
    let [phone, laptop, car] = ["phone", "laptop", "car"].map(|id| find(id).expect("a system"));
    // Hoth noise of 50 dB(A) by the sum of its third octaves in IEEE 269.
    let thirds: f64 = phone.noise_db_spl.iter().map(|third| power_from_db(third.1)).sum();
    assert!((total(phone) - db_from_power(thirds)).abs() < 0.1, "{} {}", total(phone), db_from_power(thirds));
    assert!((total(phone) - total(laptop) - 10.0).abs() < 1e-9);
    // The car's is given in octaves, of about three thirds each; there is nothing below the third octave of 31.5 Hz.
    let octaves: f64 = car.noise_db_spl.iter().map(|third| 3.0 * power_from_db(third.1)).sum();
    assert!((total(car) - db_from_power(octaves)).abs() < 2.5, "{} {}", total(car), db_from_power(octaves));
    assert_eq!(REFERENCE.noise_power(20.0, 200.0), 0.0);
}

#[test]
fn two_unrelated_sides_come_out_at_the_stated_level_everywhere() {
    for system in SYSTEMS.iter().chain([&REFERENCE]) {
        let ears = Ears::new(system, &[990.0, 1_010.0]);
        let (mut left, mut right) = ([0.0], [0.0]);
        let power = power_from_db(system.level.level_dbfs);
        ears.hear(&[Power { left: power, right: power, cross: 0.0 }], &mut left, &mut right);
        let wanted = system.level.level_db_spl + system.gain_db(1_000.0);
        assert!((db_from_power(left[0]) - wanted).abs() < 0.1, "{} {left:?}", system.id);
        assert_eq!(left, right);
    }
}

#[test]
fn opposite_polarity_cancels_in_mono_and_at_low_frequencies_of_speakers_side_by_side() {
    let opposite = Power { left: 1e-2, right: 1e-2, cross: -1e-2 };
    let heard = |id: &str, freq_hz: f64| {
        let system = find(id).expect("a system");
        let (mut left, mut right, mut agreeing) = ([0.0], [0.0], [0.0]);
        let ears = Ears::new(system, &[freq_hz * 0.99, freq_hz * 1.01]);
        ears.hear(&[opposite], &mut left, &mut right);
        ears.hear(&[Power::centre(1e-2)], &mut agreeing, &mut right);
        db_from_power(left[0] / agreeing[0])
    };
    assert_eq!(heard("kitchen", 1_000.0), f64::NEG_INFINITY);
    assert_eq!(heard("mono", 4_000.0), f64::NEG_INFINITY);
    assert!(heard("tv", 150.0) < -10.0 && heard("large-monitors", 60.0) < -20.0);
    assert!(heard("large-monitors", 4_000.0) > -1.0 && heard("earbuds", 60.0) == 0.0);
}

#[test]
fn a_side_is_heard_with_the_far_ear_less_the_higher_it_is() {
    let far_ear = |id: &str, freq_hz: f64| {
        let ears = Ears::new(find(id).expect("a system"), &[freq_hz * 0.99, freq_hz * 1.01]);
        let (mut left, mut right) = ([0.0], [0.0]);
        ears.hear(&[Power { left: 1e-2, ..Power::default() }], &mut left, &mut right);
        db_from_power(right[0] / left[0])
    };
    let shadow = [100.0, 1_000.0, 8_000.0].map(|freq_hz| far_ear("large-monitors", freq_hz));
    println!("a loudspeaker at 30 degrees, far ear: {shadow:.1?} dB at 100 Hz, 1 kHz, 8 kHz");
    // At 30 degrees heads measure about 0, 3 to 5 and 10 to 15 dB between the ears (J. Blauert, Spatial Hearing).
    assert!(shadow[0] > -1.0 && (-8.0..-3.0).contains(&shadow[1]) && (-15.0..-10.0).contains(&shadow[2]));
    assert!(far_ear("laptop", 8_000.0) > shadow[2] + 5.0);
    assert_eq!(far_ear("earbuds", 100.0), f64::NEG_INFINITY);
}

#[test]
fn the_bass_is_gone_on_a_phone_and_drowned_in_a_car() {
    let bass = pink(40.0, 160.0, -22.0);
    let voice = pink(200.0, 6_000.0, -22.0);
    let tracks = [bass, voice];
    for system in SYSTEMS {
        let heard = on(system, &tracks);
        println!(
            "{:>15}: bass {:5.1} of {:5.1} phon, voice {:5.1} of {:5.1} phon",
            system.id,
            heard[0].partial_phon(),
            heard[0].unmasked_phon(),
            heard[1].partial_phon(),
            heard[1].unmasked_phon()
        );
        assert!(!heard[1].is_masked(), "{}", system.id);
    }
    let [monitors, phone, car] = ["large-monitors", "phone", "car"].map(|id| heard_on(id, &tracks));
    assert!(monitors[0].partial_phon() > 50.0 && phone[0].partial_phon() < 5.0, "{monitors:?} {phone:?}");
    let kept = |track: &TrackMasking| track.masked_to_unmasked().unwrap_or(0.0);
    assert!(kept(&car[0]) < 0.2 && kept(&monitors[0]) > 0.5, "{} {}", kept(&car[0]), kept(&monitors[0]));
    assert!(car[0].covered_by.iter().any(|cover| cover.by == Masker::Noise && cover.lost_sone > 0.5));
}

#[test]
fn turned_down_a_mix_loses_its_bass_first() {
    let tracks = [pink(40.0, 120.0, -22.0), pink(400.0, 4_000.0, -22.0)];
    let lost = |level_db_spl: f64| {
        let quiet = REFERENCE.at(PlaybackLevel { level_dbfs: -20.0, level_db_spl });
        let (loud, quiet) = (on(&REFERENCE, &tracks), on(&quiet, &tracks));
        [0, 1].map(|n: usize| loud[n].unmasked_phon() - quiet[n].unmasked_phon())
    };
    let [bass, middle] = lost(58.0);
    assert!(bass > middle + 5.0, "{bass} {middle}");
}
