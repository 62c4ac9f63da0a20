//! Every fault is found where it is planted, at several rates and levels; sound without a fault has none; and how the
//! signal was cut into blocks does not matter.

mod band;

use band::{Band, dice};
use mixkeel_analysis::faults::{FaultsMeter, FaultsReading, Problem, Stored};
use mixkeel_analysis::meter::Meter;
use mixkeel_dsp::block::{Channels, Signal};

const FLOAT: Stored = Stored { bits: Some(32), float: true, lossy: false };

fn listen_in(band: &Band, stored: Stored, block: usize) -> FaultsReading {
    let mut meter = FaultsMeter::new(stored);
    meter.prepare(band.rate_hz, Channels::Stereo);
    for (left, right) in band.left.chunks(block).zip(band.right.chunks(block)) {
        meter.push(&Signal::stereo(left, right));
    }
    meter.finish()
}

fn listen(band: &Band) -> FaultsReading {
    listen_in(band, FLOAT, 4_096)
}

fn ids(reading: &FaultsReading) -> Vec<&'static str> {
    reading.problems.iter().map(|problem| problem.id).collect()
}

#[track_caller]
fn only<'a>(reading: &'a FaultsReading, id: &str) -> &'a Problem {
    assert_eq!(ids(reading), [id], "{:#?}", reading.problems);
    &reading.problems[0]
}

/// The rates at which people record, and a high one.
const RATES: [u32; 3] = [44_100, 48_000, 96_000];

#[test]
fn sound_without_a_fault_has_none_at_any_level_and_rate() {
    for rate_hz in RATES {
        let band = Band::play(rate_hz);
        for gain in [1.0, 0.25, 0.03] {
            let reading = listen(&band.clone().scaled(gain));
            assert_eq!(ids(&reading), [""; 0], "{rate_hz} Hz at {gain}: {:#?}", reading.problems);
            assert_eq!(reading.clipping.runs, 0);
        }
        let reading = listen_in(&band.word(16), Stored { bits: Some(16), ..Stored::default() }, 4_096);
        assert_eq!(ids(&reading), [""; 0], "{:#?}", reading.problems);
    }
}

#[test]
fn a_cut_wave_is_found_at_full_scale_and_after_it_was_lowered() {
    for rate_hz in RATES {
        let band = Band::play(rate_hz);
        let wall = 0.3 * band.peak();
        let mut cut = band.clone();
        cut.each(|_, x| x.clamp(-wall, wall));
        for gain in [1.0 / wall, 0.7, 0.1] {
            let reading = listen(&cut.clone().scaled(gain));
            let problem = only(&reading, "clipping");
            let expected = 20.0 * f64::from(wall * gain).log10();
            // Levels are told in bins of 0.05 dB.
            assert!((reading.clipping.level_dbfs.unwrap() - expected).abs() < 0.1, "{}", problem.message);
            assert!(reading.clipping.runs >= 8 && !problem.spans_s.is_empty(), "{}", problem.message);
            assert_eq!(problem.message.contains("highest value"), gain == 1.0 / wall, "{}", problem.message);
        }
        let reading =
            listen_in(&cut.scaled(0.7).word(16), Stored { bits: Some(16), ..Stored::default() }, 999);
        assert_eq!(ids(&reading), ["clipping"], "dithered: {:#?}", reading.problems);
    }
}

#[test]
fn slow_waves_turning_round_and_square_waves_are_not_cut() {
    for hz in [20.0, 40.0, 100.0, 1_000.0] {
        let mut band = Band::play(48_000);
        band.each(|t, _| {
            ((std::f64::consts::TAU * hz * t).sin() * (t / 0.1).min((12.0 - t) / 0.1).min(1.0)) as f32
        });
        assert_eq!(listen(&band.clone().word(16)).clipping.runs, 0, "a sine of {hz} Hz at full scale");
        band.each(|t, x| if t > 0.2 && t < 11.8 { 0.5 * x.signum() } else { 0.0 });
        assert_eq!(listen(&band).clipping.runs, 0, "a square of {hz} Hz");
    }
}

#[test]
fn an_offset_is_told_by_channel_and_a_lopsided_wave_is_not_one() {
    let mut band = Band::play(48_000);
    let clean = listen(&band);
    for x in &mut band.right {
        *x += 0.02;
    }
    let reading = listen(&band);
    assert!(only(&reading, "dc").message.contains("on the right"), "{:?}", reading.problems);
    assert!((reading.dc[1] - clean.dc[1] - 0.02).abs() < 1e-6 && reading.dc[0] == clean.dc[0]);
    let mut lopsided = Band::play(48_000);
    lopsided.each(|_, x| x + 4.0 * x * x);
    let reading = listen(&lopsided);
    assert!(reading.dc[0] > 0.001, "the test needs an offset: {:?}", reading.dc);
    assert_eq!(ids(&reading), [""; 0], "{:#?}", reading.problems);
}

#[test]
fn hum_is_found_with_its_lines_and_level_at_both_mains_frequencies() {
    for (rate_hz, mains, level) in [(44_100, 50.0, 0.0015), (48_000, 60.0, 0.0015), (96_000, 49.9, 0.0012)] {
        for gain in [1.0, 0.1] {
            let mut band = Band::play(rate_hz);
            band.each(|t, x| {
                let line = |n: f64| level / n * (std::f64::consts::TAU * mains * n * t + n).sin();
                // The band rests after two bars: hum under music that never rests is not heard, and not told.
                let x = if t < 4.4 { x } else { 0.0 };
                (x + (line(1.0) + line(2.0) + line(3.0)) as f32) * gain
            });
            let reading = listen(&band);
            let hum = reading.problems.iter().find(|problem| problem.id == "hum");
            let message = &hum.unwrap_or_else(|| panic!("{mains} Hz: {:#?}", reading.problems)).message;
            let base = f64::round(mains / 10.0) * 10.0;
            assert!(message.contains(&format!("{base:.0} Hz mains")), "{message}");
            assert!(message.contains(&format!("{:.0}", base * 3.0)), "{message}");
            // The mean square of a sine and its harmonics, 1 + 1/4 + 1/9.
            let power = (level * f64::from(gain)).powi(2) / 2.0 * (1.0 + 0.25 + 1.0 / 9.0);
            let told: f64 = message.split(" at ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
            // A window rounds a line between two bins down by up to 1.4 dB, a histogram bin by half a dB, words by half.
            assert!((told - 10.0 * power.log10()).abs() < 2.5, "{message}: {}", 10.0 * power.log10());
        }
    }
}

#[test]
fn hiss_in_the_gaps_is_found_and_the_floor_is_what_it_is() {
    for gain in [1.0, 0.2] {
        let mut band = Band::play(48_000);
        let mut seed = 3;
        // A mean square of a²/6 for triangular noise: −65 dBFS.
        let size = 0.001_38;
        band.each(|_, x| (x + (size * (dice(&mut seed) + dice(&mut seed) - 1.0)) as f32) * gain);
        // The ends stay as they are, so that nothing is cut.
        let reading = listen(&band);
        assert!(ids(&reading).contains(&"hiss"), "{:#?}", reading.problems);
        let wanted = 10.0 * (size * size / 6.0).log10() + 20.0 * f64::from(gain).log10();
        let floor = reading.noise_floor_dbfs.unwrap();
        assert!((floor - wanted).abs() < 1.0, "{floor} instead of {wanted}");
    }
}

#[test]
fn clicks_are_found_where_they_are_and_drums_are_not_clicks() {
    for rate_hz in RATES {
        for gain in [1.0, 0.1] {
            let mut band = Band::play(rate_hz);
            let times = [0.8, 2.111, 3.04, 5.25, 7.95, 9.64];
            for (index, time) in times.iter().enumerate() {
                let at = band.frame(*time);
                band.left[at] += if index % 2 == 0 { 0.2 } else { -0.2 };
            }
            let band = band.scaled(gain);
            let reading = listen(&band);
            let problem = only(&reading, "clicks");
            assert!(problem.message.starts_with("6 clicks"), "{}", problem.message);
            for (span, time) in problem.spans_s.iter().zip(times) {
                assert!((span[0] - time).abs() < 0.001, "{span:?} instead of {time}");
            }
        }
    }
}

#[test]
fn gaps_and_repeated_buffers_are_found_where_they_are() {
    for rate_hz in RATES {
        for gain in [1.0, 0.1] {
            let mut band = Band::play(rate_hz);
            let (gap, length) = (band.frame(1.25), band.frame(0.010));
            band.left[gap..gap + length].fill(0.0);
            band.right[gap..gap + length].fill(0.0);
            let again = band.frame(4.6);
            for side in [&mut band.left, &mut band.right] {
                side.copy_within(again - 512..again, again);
            }
            let reading = listen(&band.scaled(gain));
            let problem = only(&reading, "dropout");
            let starts: Vec<f64> =
                problem.spans_s.iter().map(|span| (span[0] * 100.0).round() / 100.0).collect();
            assert_eq!(starts, [1.25, 4.6], "{}", problem.message);
        }
    }
}

#[test]
fn cut_ends_are_found_and_silence_before_and_after_is_told() {
    let whole = Band::play(48_000);
    let (from, to) = (whole.frame(1.3), whole.frame(8.9));
    let part = |side: &[f32]| side[from..to].to_vec();
    let cut = Band { rate_hz: 48_000, left: part(&whole.left), right: part(&whole.right) };
    for gain in [1.0, 0.05] {
        assert_eq!(ids(&listen(&cut.clone().scaled(gain))), ["truncated-start", "truncated-end"]);
    }
    // The same, played by somebody who begins with the file: no wave jumps there.
    let mut begun = cut.clone();
    begun.each(|t, x| x * (1.0 - (-(t / 0.000_5).powi(2)).exp()) as f32);
    assert_eq!(ids(&listen(&begun)), ["truncated-end"]);
    let mut quiet = whole.clone();
    for side in [&mut quiet.left, &mut quiet.right] {
        side.splice(..0, vec![0.0; 3 * 48_000]);
        side.extend(vec![0.0; 7 * 48_000]);
    }
    let reading = listen(&quiet);
    assert_eq!(ids(&reading), ["leading-silence", "trailing-silence"], "{:#?}", reading.problems);
    assert!((reading.problems[0].spans_s[0][1] - 3.0).abs() < 0.2, "{:?}", reading.problems[0]);
}

#[test]
fn sixteen_bits_in_a_longer_word_are_told_also_after_a_gain() {
    let stored = Stored { bits: Some(24), ..Stored::default() };
    let sixteen = Band::play(44_100).word(16);
    let reading = listen_in(&sixteen, stored, 4_096);
    assert_eq!((reading.effective_bits, ids(&reading)), (Some(16), vec!["padded-bits"]));
    let mut lowered = sixteen.clone().scaled(0.854);
    lowered.each(|_, x| (x * 8_388_608.0).round() / 8_388_608.0);
    let reading = listen_in(&lowered, stored, 4_096);
    assert_eq!((reading.effective_bits, ids(&reading)), (Some(16), vec!["padded-bits"]));
    let reading = listen_in(&Band::play(44_100).word(24), stored, 4_096);
    assert_eq!((reading.effective_bits, ids(&reading)), (Some(24), vec![]));
    assert_eq!(listen(&Band::play(44_100)).effective_bits, None, "float off every lattice");
}

#[test]
fn the_cut_in_the_reading_does_not_matter_and_one_bad_sample_does_no_harm() {
    let mut band = Band::play(44_100);
    band.each(|t, x| if (5.0..5.01).contains(&t) { 0.0 } else { x.clamp(-0.12, 0.12) });
    let at = band.frame(2.2);
    band.left[at] += 0.3;
    let whole = listen_in(&band, FLOAT, usize::MAX);
    assert!(whole.problems.len() >= 2, "{:#?}", whole.problems);
    for block in [1, 7, 512, 1_000, 65_536] {
        assert_eq!(listen_in(&band, FLOAT, block), whole, "blocks of {block}");
    }
    let mut bad = Band::play(44_100);
    bad.left[at] = f32::NAN;
    bad.right[at] = f32::INFINITY;
    let (with, without) = (listen(&bad), listen(&Band::play(44_100)));
    assert_eq!(with.noise_floor_dbfs, without.noise_floor_dbfs);
    assert!(with.dc.iter().all(|dc| dc.is_finite()) && with.bandwidth_hz == without.bandwidth_hz);
    for empty in [0, 1, 100] {
        let silence = Band { rate_hz: 48_000, left: vec![0.0; empty], right: vec![0.0; empty] };
        let reading = listen(&silence);
        assert_eq!((ids(&reading), reading.noise_floor_dbfs, reading.effective_bits), (vec![], None, None));
    }
}
