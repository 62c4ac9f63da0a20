//! What an equaliser does is what its curve says, what its circuit would do, and nothing that clicks.

#![allow(clippy::unwrap_used)] // A test that cannot get ready has failed.

mod listening;

use listening::{Noise, db, find_tone, same_bits, spectrum_db, tone};
use mixkeel_dsp::block::{Block, Channels};
use mixkeel_dsp::param::{Bands, Choice};
use mixkeel_dsp::processor::{Context, Processor, Setup};
use mixkeel_dsp::processors::eq::{Channel, Eq, EqBand, EqSettings, Shape, Slope};

const RATES_HZ: [u32; 5] = [44_100, 48_000, 88_200, 96_000, 192_000];

fn one(band: EqBand) -> EqSettings {
    EqSettings { band: Bands::of(&[band]), ..EqSettings::default() }
}

fn ready(settings: &EqSettings, rate_hz: u32, channels: Channels) -> Eq {
    let mut eq = Eq::default();
    eq.prepare(&Setup { rate_hz, channels, max_block_frames: 4_096 });
    eq.set(settings);
    eq
}

fn at(frame: usize) -> Context {
    Context { frame: frame as i64, tempo_bpm: 120.0 }
}

/// What a pair of channels becomes.
fn heard(settings: &EqSettings, rate_hz: u32, left: &[f32], right: &[f32]) -> [Vec<f32>; 2] {
    let (mut left, mut right) = (left.to_vec(), right.to_vec());
    ready(settings, rate_hz, Channels::Stereo).process(
        &mut Block::stereo(&mut left, &mut right),
        &[],
        &at(0),
    );
    [left, right]
}

fn analogue_db(band: &EqBand, hz: f64) -> f64 {
    10.0 * band.analogue().map(|circuit| libm::log10(circuit.power(hz / band.freq_hz))).sum::<f64>()
}

#[test]
fn every_band_is_as_close_to_its_circuit_as_promised() {
    // 0.1 dB up to 10 kHz, 0.3 to 16 kHz, 1.0 to 20 kHz, whatever the number of sections.
    let allowed_db = |hz: f64| match hz {
        hz if hz <= 10_000.0 => 0.1,
        hz if hz <= 16_000.0 => 0.3,
        _ => 1.0,
    };
    for rate_hz in RATES_HZ {
        for &word in Shape::WORDS {
            let shape = Shape::from_word(word).unwrap();
            for freq_hz in [30.0, 440.0, 3_000.0, 6_000.0, 9_000.0, 11_000.0, 12_000.0] {
                for (gain_db, q) in [(-18.0, 0.5), (-6.0, 4.0), (6.0, 1.0), (12.0, 2.0), (18.0, 0.71)] {
                    for slope in Slope::WORDS.iter().filter_map(|word| Slope::from_word(word)) {
                        let band = EqBand { shape, freq_hz, gain_db, q, slope, ..EqBand::default() };
                        let settings = one(band);
                        let response = mixkeel_dsp::processors::eq::EqResponse::new(&settings, rate_hz);
                        // Every eighth of an octave, and the ends of the three promises.
                        let eighths = (0..80).map(|step| 20.0 * libm::exp2(f64::from(step) / 8.0));
                        for hz in eighths.chain([10_000.0, 13_000.0, 16_000.0, 20_000.0]) {
                            let wanted = analogue_db(&band, hz);
                            // Under −80 dB nothing is heard of what is left.
                            if hz > 20_000.0 || wanted < -80.0 {
                                continue;
                            }
                            let error = (response.gain_db(hz, Channel::Both) - wanted).abs();
                            assert!(error <= allowed_db(hz), "{rate_hz} {band:?} {hz:.0} Hz: {error:.3} dB");
                        }
                        if !matches!(shape, Shape::LowCut | Shape::HighCut) {
                            break;
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn the_curve_is_what_is_heard_on_every_part_of_the_signal() {
    let band =
        |channel, shape, freq_hz, gain_db| EqBand { channel, shape, freq_hz, gain_db, ..EqBand::default() };
    let settings = EqSettings {
        output_db: -1.5,
        band: Bands::of(&[
            band(Channel::Both, Shape::Bell, 500.0, 6.0),
            band(Channel::Mid, Shape::HighShelf, 3_000.0, -8.0),
            band(Channel::Left, Shape::LowShelf, 900.0, 5.0),
            band(Channel::Side, Shape::Bell, 2_000.0, 9.0),
            band(Channel::Right, Shape::Tilt, 1_000.0, 3.0),
        ]),
    };
    let frames = 1 << 15;
    let mut impulse = vec![0.0; frames];
    impulse[0] = 1.0_f32;
    let silence = vec![0.0; frames];
    let minus: Vec<f32> = impulse.iter().map(|sample| -sample).collect();
    let gain_db = |sound: &[f32], hz: f64| {
        let turn = std::f64::consts::TAU * hz / 48_000.0;
        let (mut re, mut im) = (0.0, 0.0);
        for (frame, sample) in sound.iter().enumerate() {
            let (sin, cos) = libm::sincos(turn * frame as f64);
            re += f64::from(*sample) * cos;
            im += f64::from(*sample) * sin;
        }
        db(libm::hypot(re, im))
    };
    let of = |[left, right]: &[Vec<f32>; 2], weight: [f32; 2]| -> Vec<f32> {
        left.iter().zip(right).map(|(l, r)| l * weight[0] + r * weight[1]).collect()
    };
    let left = heard(&settings, 48_000, &impulse, &silence);
    let right = heard(&settings, 48_000, &silence, &impulse);
    let mid = heard(&settings, 48_000, &impulse, &impulse);
    let side = heard(&settings, 48_000, &impulse, &minus);
    for hz in [40.0, 500.0, 1_100.0, 2_000.0, 6_000.0, 15_000.0] {
        for (channel, sound) in [
            (Channel::Left, of(&left, [1.0, 0.0])),
            (Channel::Right, of(&right, [0.0, 1.0])),
            (Channel::Mid, of(&mid, [0.5, 0.5])),
            (Channel::Side, of(&side, [0.5, -0.5])),
        ] {
            let error = gain_db(&sound, hz) - settings.response_db(48_000, hz, channel);
            assert!(error.abs() < 0.001, "{channel:?} {hz}: {error}");
        }
    }
}

#[test]
fn cuts_are_three_decibels_down_at_the_corner_and_as_steep_as_they_say() {
    for &word in Slope::WORDS {
        let slope = Slope::from_word(word).unwrap();
        let low_cut = one(EqBand { shape: Shape::LowCut, freq_hz: 100.0, slope, ..EqBand::default() });
        let high_cut = one(EqBand { shape: Shape::HighCut, freq_hz: 500.0, slope, ..EqBand::default() });
        for rate_hz in RATES_HZ {
            let low = |hz| low_cut.response_db(rate_hz, hz, Channel::Both);
            let high = |hz| high_cut.response_db(rate_hz, hz, Channel::Both);
            assert!((low(100.0) + 3.01).abs() < 0.01 && (high(500.0) + 3.01).abs() < 0.1, "{word}");
            // Two octaves beyond the corner each octave takes 6 dB an order, but for (1 + 4^-2n) against it: 0.27 dB
            // at the first order, 0.02 at the second.
            let an_octave = 6.02 * slope.order() as f64;
            assert!((low(25.0) - low(12.5) - an_octave).abs() < 0.3, "{word}");
            assert!((high(2_000.0) - high(4_000.0) - an_octave).abs() < 0.3, "{word}");
        }
    }
}

#[test]
fn a_low_cut_at_192_khz_sounds_as_its_circuit_does() {
    // The sound itself, not only the curve: here 32-bit coefficients are 0.7 dB off.
    let band = EqBand { shape: Shape::LowCut, freq_hz: 20.0, slope: Slope::Db24, ..EqBand::default() };
    for hz in [20.0, 40.0] {
        let sound = tone(hz, 0.5, 192_000, 192_000 * 2);
        let [left, _] = heard(&one(band), 192_000, &sound, &sound);
        let found = find_tone(&left[192_000..], 192_000, hz, 192_000);
        let error_db = db(found.amplitude / 0.5) - analogue_db(&band, hz);
        assert!(error_db.abs() < 0.002, "{hz}: {error_db}");
    }
}

#[test]
fn what_does_nothing_keeps_every_bit() {
    let mut random = Noise(5);
    let (left, right) = (random.samples(3_000), random.samples(3_000));
    let flat = EqBand { gain_db: 0.0, ..EqBand::default() };
    let off = EqBand { on: false, gain_db: 12.0, ..EqBand::default() };
    let settings = EqSettings { band: Bands::of(&[flat, off]), ..EqSettings::default() };
    let [l, r] = heard(&settings, 44_100, &left, &right);
    assert!(same_bits(&l, &left) && same_bits(&r, &right));
    // And again after something has been done.
    let mut eq = ready(&one(EqBand { gain_db: 6.0, ..flat }), 44_100, Channels::Mono);
    let mut sound = left.clone();
    eq.process(&mut Block::mono(&mut sound[..1_000]), &[], &at(0));
    eq.set(&one(flat));
    eq.process(&mut Block::mono(&mut sound[1_000..]), &[], &at(1_000));
    assert!(!same_bits(&sound[..1_000], &left[..1_000]) && same_bits(&sound[1_200..], &left[1_200..]));
}

#[test]
fn the_middle_is_left_alone_by_a_band_on_the_sides() {
    let sound = Noise(6).samples(2_000);
    let settings = one(EqBand { channel: Channel::Side, gain_db: 12.0, ..EqBand::default() });
    let [left, right] = heard(&settings, 48_000, &sound, &sound);
    assert!(same_bits(&left, &sound) && same_bits(&right, &sound));
}

#[test]
fn two_equal_channels_get_the_bits_of_one() {
    let sound = Noise(7).samples(5_000);
    let settings = EqSettings {
        output_db: 2.0,
        band: Bands::of(&[
            EqBand { shape: Shape::LowCut, freq_hz: 60.0, slope: Slope::Db42, ..EqBand::default() },
            EqBand { gain_db: -5.0, q: 3.0, ..EqBand::default() },
            EqBand { channel: Channel::Mid, gain_db: 3.0, freq_hz: 7_000.0, ..EqBand::default() },
        ]),
    };
    let [left, right] = heard(&settings, 48_000, &sound, &sound);
    let mut alone = sound;
    ready(&settings, 48_000, Channels::Mono).process(&mut Block::mono(&mut alone), &[], &at(0));
    assert!(same_bits(&left, &alone) && same_bits(&right, &alone));
}

#[test]
fn a_step_of_a_decibel_does_not_click() {
    // Conformance measure: side bands of a 1 dB step at 1 kHz lie under −60 dB beyond ±200 Hz.
    let rate_hz = 48_000;
    let mut sound = tone(1_000.0, 1.0, rate_hz, 1 << 15);
    let mut eq = ready(&one(EqBand { gain_db: 3.0, ..EqBand::default() }), rate_hz, Channels::Mono);
    let (before, after) = sound.split_at_mut(1 << 14);
    eq.process(&mut Block::mono(before), &[], &at(0));
    eq.set(&one(EqBand { gain_db: 4.0, ..EqBand::default() }));
    eq.process(&mut Block::mono(after), &[], &at(1 << 14));
    let lines = spectrum_db(&sound[4_096..28_672]);
    let bin_hz = f64::from(rate_hz) / 24_576.0;
    let loudest = lines.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let beside = lines.iter().enumerate().filter(|(bin, _)| (*bin as f64 * bin_hz - 1_000.0).abs() > 200.0);
    let beside = beside.fold(f64::NEG_INFINITY, |most, (_, line)| most.max(*line));
    assert!(beside - loudest < -60.0, "{:.1} dB", beside - loudest);
}

#[test]
fn a_sweep_through_the_whole_band_in_10_ms_stays_in_bounds() {
    // 20 Hz to 20 kHz and back, a point of the grid at a time, with the gain jumping between −18 and +18 dB.
    for rate_hz in RATES_HZ {
        for q in [0.5, 2.0, 8.0] {
            let mut eq = ready(&EqSettings::default(), rate_hz, Channels::Mono);
            let mut random = Noise(8);
            let cells_in_10_ms = f64::from(rate_hz) / 100.0 / 64.0;
            let mut peak = 0.0_f32;
            for cell in 0..400 {
                let way = libm::fabs(libm::fmod(f64::from(cell) / cells_in_10_ms, 2.0) - 1.0);
                let freq_hz = 20.0 * libm::pow(1_000.0, way);
                let gain_db = if cell % 2 == 0 { 18.0 } else { -18.0 };
                eq.set(&one(EqBand { freq_hz, gain_db, q, ..EqBand::default() }));
                let mut sound: Vec<f32> = random.samples(64);
                eq.process(&mut Block::mono(&mut sound), &[], &at(64 * cell as usize));
                peak = sound.iter().fold(peak, |peak, sample| peak.max(sample.abs()));
            }
            assert!(peak.is_finite() && db(f64::from(peak)) < 24.0, "{rate_hz} q {q}: {peak}");
        }
    }
}

#[test]
fn a_band_that_moves_to_another_part_of_the_signal_does_not_jump() {
    // A tone on the left only: a band goes from the middle to the sides. Between samples nothing may jump by more than
    // the tone itself does (0.13 of its peak at 1 kHz) and what fades over the 64 frames of a cell.
    let mut left = tone(1_000.0, 0.5, 48_000, 4_096);
    let mut right = vec![0.0; 4_096];
    let band = EqBand { channel: Channel::Mid, gain_db: 12.0, ..EqBand::default() };
    let mut eq = ready(&one(band), 48_000, Channels::Stereo);
    eq.process(&mut Block::stereo(&mut left[..2_000], &mut right[..2_000]), &[], &at(0));
    eq.set(&one(EqBand { channel: Channel::Side, ..band }));
    eq.process(&mut Block::stereo(&mut left[2_000..], &mut right[2_000..]), &[], &at(2_000));
    let jump = |sound: &[f32]| sound.windows(2).fold(0.0_f32, |most, two| most.max((two[1] - two[0]).abs()));
    let loudest = left.iter().fold(0.0_f32, |most, sample| most.max(sample.abs()));
    assert!(jump(&left) < loudest * 0.16 && jump(&right) < loudest * 0.16);
    assert!(right[3_000..].iter().any(|sample| sample.abs() > 0.2), "the band works on the sides now");
}

#[test]
fn the_highest_band_and_the_narrowest_are_stable() {
    for rate_hz in RATES_HZ {
        for q in [0.1, 40.0] {
            for freq_hz in [10.0, 0.49 * f64::from(rate_hz)] {
                for gain_db in [-24.0, 24.0] {
                    let freq_hz = freq_hz.min(40_000.0);
                    let settings = one(EqBand { freq_hz, q, gain_db, ..EqBand::default() });
                    let sound = Noise(9).samples(20_000);
                    let [left, _] = heard(&settings, rate_hz, &sound, &sound);
                    let peak = left.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
                    assert!(
                        peak.is_finite() && db(f64::from(peak)) < 36.0,
                        "{rate_hz} {freq_hz} {q} {gain_db}: {peak}"
                    );
                }
            }
        }
    }
}
