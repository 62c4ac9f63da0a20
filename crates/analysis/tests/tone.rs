//! What is said about a spectrum, held to signals whose tilt, peaks, bursts and delays are known.

use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::spectrum::records::record_db;
use mixkeel_analysis::spectrum::regions::Region;
use mixkeel_analysis::spectrum::third_octave::{BANDS, edges_hz, mid_hz};
use mixkeel_analysis::spectrum::{SpectrumMeter, SpectrumReading};
use mixkeel_dsp::block::Signal;
use mixkeel_dsp::units::gain_from_db;
use rustfft::FftPlannerScalar;
use rustfft::num_complex::Complex;

const RATE_HZ: u32 = 48_000;

fn measured(signal: &Signal) -> SpectrumReading {
    let mut meter = SpectrumMeter::new();
    meter.prepare(RATE_HZ, signal.channels());
    meter.push(signal);
    meter.finish()
}

fn random(seed: &mut u32) -> f64 {
    *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    f64::from(*seed) / f64::from(u32::MAX)
}

/// 10.9 s of noise with exactly this amplitude at every frequency and random phases.
fn shaped(mut seed: u32, amplitude_db: impl Fn(f64) -> f64) -> Vec<f32> {
    let length = 1 << 19;
    let mut bins = vec![Complex::new(0.0, 0.0); length];
    for bin in 1..length / 2 {
        let freq_hz = bin as f64 * f64::from(RATE_HZ) / length as f64;
        let phase = 2.0 * std::f64::consts::PI * random(&mut seed);
        let amplitude = gain_from_db(amplitude_db(freq_hz)) * 1e-4;
        bins[bin] = Complex::new(amplitude * libm::cos(phase), amplitude * libm::sin(phase));
        bins[length - bin] = bins[bin].conj();
    }
    FftPlannerScalar::new().plan_fft_inverse(length).process(&mut bins);
    bins.iter().map(|z| z.re as f32).collect()
}

#[test]
fn noise_of_a_known_tilt_reads_it() {
    for tilt in [-3.0103, 0.0, -6.0206, -4.5] {
        let wave = shaped(5, |freq_hz| tilt * libm::log2(freq_hz.max(10.0) / 1_000.0));
        let read = measured(&Signal::mono(&wave)).whole().tilt_db_per_octave().unwrap();
        assert!((read - tilt).abs() < 0.03, "{tilt}: {read}");
    }
    assert_eq!(measured(&Signal::mono(&[0.0; 9_000])).whole().tilt_db_per_octave(), None);
}

/// The curve of records between the middles of bands.
fn like_a_record(freq_hz: f64) -> f64 {
    let place = (10.0 * libm::log10(freq_hz / 1_000.0) + 17.0).clamp(0.0, (BANDS - 1) as f64);
    let (below, part) = (place as usize, place - libm::floor(place));
    let density = |band: usize| {
        let (from_hz, to_hz) = edges_hz(band);
        record_db(band) - 10.0 * libm::log10(to_hz - from_hz)
    };
    density(below) * (1.0 - part) + density((below + 1).min(BANDS - 1)) * part
}

fn bell(freq_hz: f64, middle_hz: f64, gain_db: f64, octaves: f64) -> f64 {
    let off = libm::log2(freq_hz / middle_hz) / (octaves / 2.0);
    gain_db * libm::exp(-off * off / 2.0)
}

#[test]
fn a_spectrum_like_records_is_near_them_at_any_level_and_a_bump_is_named() {
    let wave = shaped(9, |freq_hz| like_a_record(freq_hz) + 12.0);
    let clean = measured(&Signal::mono(&wave)).whole();
    assert!(clean.departure().unwrap().distance_db < 0.4, "{:?}", clean.departure());
    for region in clean.regions() {
        assert!(region.over_records_db.abs() < 0.6 && region.over_neighbours_db.abs() < 0.6, "{region:?}");
    }
    for (middle_hz, named) in [(190.0, Region::Mud), (2_700.0, Region::Harsh), (62.0, Region::Boom)] {
        let wave = shaped(9, |freq_hz| like_a_record(freq_hz) + bell(freq_hz, middle_hz, 6.0, 1.0));
        let bumped = measured(&Signal::mono(&wave)).whole();
        let strongest =
            bumped.regions().into_iter().max_by(|a, b| a.over_records_db.total_cmp(&b.over_records_db));
        let strongest = strongest.unwrap();
        assert_eq!(strongest.region, named, "{middle_hz} Hz: {:?}", bumped.regions());
        assert!((2.0..7.0).contains(&strongest.over_records_db), "{strongest:?}");
        let worst = bumped.departure().unwrap().difference_db;
        let top = (0..BANDS).max_by(|&a, &b| worst[a].partial_cmp(&worst[b]).unwrap()).unwrap();
        assert!(libm::log2(mid_hz(top) / middle_hz).abs() < 0.34, "{middle_hz}: band {top}");
    }
}

#[test]
fn what_rings_is_found_with_its_pitch_and_width_and_a_melody_is_not() {
    for (freq_hz, q, least_height_db) in [(180.0, 12.0, 6.0), (845.0, 10.0, 6.0), (3_000.0, 15.0, 6.0)] {
        // A resonator of this Q, 14 dB high on its own, beside even noise.
        let wave = shaped(4, |at_hz| {
            let off = q * (at_hz / freq_hz - freq_hz / at_hz);
            -3.0 * libm::log2(at_hz.max(20.0) / 1_000.0) + 10.0 * libm::log10(1.0 + 25.0 / (1.0 + off * off))
        });
        let found = measured(&Signal::mono(&wave)).fine.resonances();
        let first = found.first().expect("a resonance is found");
        assert!((first.freq_hz / freq_hz - 1.0).abs() < 0.02, "{freq_hz}: {found:?}");
        assert!(first.height_db > least_height_db && first.height_db < 15.0, "{found:?}");
        assert!(first.q > q * 0.5 && first.q < q * 1.3, "{freq_hz}: {found:?}");
        assert!(first.share_of_time > 0.8 && found.len() == 1, "{found:?}");
    }
    assert!(measured(&Signal::mono(&shaped(8, |_| 0.0))).fine.resonances().is_empty());
    let melody: Vec<f32> = (0..RATE_HZ as usize * 16)
        .map(|n| {
            let steps = [0.0, 4.0, 7.0, 12.0, 9.0, 5.0, 2.0, 11.0];
            let freq_hz = 330.0 * libm::exp2(steps[n / (RATE_HZ as usize / 2) % steps.len()] / 12.0);
            let turn = 2.0 * std::f64::consts::PI * freq_hz * n as f64 / f64::from(RATE_HZ);
            (0.2 * libm::sin(turn) + 0.1 * libm::sin(2.0 * turn)) as f32
        })
        .collect();
    let found = measured(&Signal::mono(&melody)).fine.resonances();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn bursts_of_hiss_in_a_voice_are_counted_and_timed() {
    let mut seed = 3;
    let starts = [1.0, 2.5, 4.2];
    let hiss = shaped(11, |freq_hz| if (4_500.0..9_500.0).contains(&freq_hz) { 20.0 } else { -90.0 });
    let mut wave: Vec<f32> = (0..RATE_HZ as usize * 6)
        .map(|n| {
            let turn = 2.0 * std::f64::consts::PI * 200.0 * n as f64 / f64::from(RATE_HZ);
            let vowel: f64 = (1..12).map(|h| libm::sin(turn * f64::from(h)) / f64::from(h)).sum();
            (0.1 * vowel + 1e-4 * random(&mut seed)) as f32
        })
        .collect();
    for start in starts {
        let from = (start * f64::from(RATE_HZ)) as usize;
        for n in from..from + RATE_HZ as usize / 8 {
            wave[n] = hiss[n] * 0.5;
        }
    }
    let sibilance = measured(&Signal::mono(&wave)).bursts.sibilance(0.0..6.0);
    assert_eq!(sibilance.bursts.len(), 3, "{sibilance:?}");
    for (burst, start) in sibilance.bursts.iter().zip(starts) {
        assert!((burst.at_s - start).abs() < 0.06, "{sibilance:?}");
        assert!((burst.length_s - 0.125).abs() < 0.09, "{sibilance:?}");
    }
    let quiet = measured(&Signal::mono(&hiss)).bursts.sibilance(0.0..10.0);
    assert!(quiet.bursts.is_empty(), "steady hiss is no burst: {quiet:?}");
}

#[test]
fn a_late_or_inverted_channel_is_found_to_a_part_of_a_frame() {
    let wave = shaped(2, |freq_hz| -3.0 * libm::log2(freq_hz.max(20.0) / 1_000.0));
    let other = shaped(3, |freq_hz| -3.0 * libm::log2(freq_hz.max(20.0) / 1_000.0));
    let frames = RATE_HZ as usize * 5;
    for (late, sign) in [(0_i64, 1.0), (37, 1.0), (-240, 1.0), (12, -1.0), (0, -1.0)] {
        let at = |n: usize, late: i64| wave[(n as i64 + 1_000 - late) as usize];
        let left: Vec<f32> = (0..frames).map(|n| at(n, 0)).collect();
        let right: Vec<f32> = (0..frames).map(|n| sign * at(n, late) + 0.2 * other[n]).collect();
        let delay = measured(&Signal::stereo(&left, &right)).delay.unwrap();
        assert!((delay.right_later_frames - late as f64).abs() < 0.05, "{late}: {delay:?}");
        assert_eq!(delay.inverted, sign < 0.0, "{late}: {delay:?}");
        assert!(delay.confidence > 0.6, "{late}: {delay:?}");
    }
    // Half a frame: the mean of neighbours, which delays by exactly that.
    let right: Vec<f32> = (0..frames).map(|n| 0.5 * (wave[n] + wave[n + 1])).collect();
    let delay = measured(&Signal::stereo(&wave[1..=frames], &right)).delay.unwrap();
    assert!((delay.right_later_frames - 0.5).abs() < 0.05, "{delay:?}");
    let unrelated = measured(&Signal::stereo(&wave[..frames], &other[..frames])).delay.unwrap();
    assert!(unrelated.confidence < 0.1, "{unrelated:?}");
    assert_eq!(measured(&Signal::stereo(&wave[..frames], &vec![0.0; frames])).delay, None);
}
