//! Bars and octaves of tempo that are easily mistaken: sevens without a hat, clicks of many pitches, a waltz after a march, a slow beat
//! under fast hats.

mod drums;

use drums::{RATE, Written, accuracy, curves, f_measure};
use mixkeel_analysis::music::rhythm::{Metre, rhythm};

const SEVEN: Metre = Metre { count: 7, unit: 8 };

#[test]
fn sevens_are_heard_though_few_eighths_are_struck() {
    for (pattern, bpm) in [("K..K.S.", 111.0), ("K.K..S.", 113.0), ("K..K..S", 96.0), ("K.S.K..", 126.0)] {
        let mut written = Written::bars((28.0 * bpm / 210.0) as usize, pattern, 30.0 / bpm, 1);
        written.hat.clear();
        let heard = written.heard();
        let f = f_measure(&heard.beats_s, &written.beats_s, 0.07);
        println!("{pattern} at {bpm}: {:?} {:?} beats {f:.3}", heard.tempo_bpm, heard.metre);
        assert!(accuracy(heard.tempo_bpm, bpm).0, "{pattern} at {bpm}: {:?}", heard.levels);
        assert_eq!(heard.metre.first().map(|(_, metre)| *metre), Some(SEVEN), "{pattern} at {bpm}");
        assert!(f >= 0.95, "{pattern} at {bpm}: beats {f}");
    }
}

#[test]
fn two_bars_of_seven_eighths_are_no_bar_of_seven_quarters() {
    for (pattern, bpm) in [("K.K..s.", 80.0), ("K.K.s..", 90.0), ("K..K.s.", 100.0), ("k.K..S.", 124.0)] {
        let written = Written::bars((26.0 * bpm / 210.0) as usize, pattern, 30.0 / bpm, 1);
        let heard = written.heard_from_the_sum();
        println!("{pattern} at {bpm}: {:?} {:?} {:?}", heard.tempo_bpm, heard.levels, heard.metre);
        assert!(
            heard.metre.iter().all(|(_, metre)| *metre == SEVEN),
            "{pattern} at {bpm}: {:?}",
            heard.metre
        );
    }
}

#[test]
fn bars_of_clicks_begin_with_the_accent_though_every_click_has_another_pitch() {
    for (count, bpm) in [(4, 82.7), (4, 67.4), (3, 58.1), (4, 115.2), (4, 132.3)] {
        let gap = 60.0 / bpm;
        let clicks = || (0..).map(|n| (n, 0.3 + f64::from(n) * gap)).take_while(|click| click.1 < 30.0);
        let mut wave = vec![0.0_f32; 31 * RATE as usize];
        for (n, at_s) in clicks() {
            // Struck a little differently each time, and higher the harder.
            let gain = if n % count == 0 { 1.0 } else { 0.45 } * [1.1, 0.85, 1.0, 0.8, 1.15][n as usize % 5];
            let first = (at_s * f64::from(RATE)) as usize;
            for (k, to) in wave[first..].iter_mut().take(2_000).enumerate() {
                let t = k as f64 / f64::from(RATE);
                let turn = 2.0 * std::f64::consts::PI * 1_500.0 * (1.0 + gain);
                *to += (0.4 * gain * libm::exp(-200.0 * t) * libm::sin(turn * t)) as f32;
            }
        }
        let heard = rhythm(&[curves(&wave)]);
        let bars: Vec<f64> = clicks().step_by(count as usize).map(|click| click.1).collect();
        let f = f_measure(&heard.downbeats_s, &bars, 0.07);
        println!("{count} at {bpm}: {:?} {:?} bars {f:.3}", heard.tempo_bpm, heard.metre);
        assert_eq!(heard.metre.first().map(|(_, metre)| i32::from(metre.count)), Some(count), "at {bpm}");
        assert!(f >= 0.9, "{count} at {bpm}: bars {f}");
    }
}

#[test]
fn a_waltz_after_a_march_is_heard_though_each_is_short() {
    for (first, second, bpm) in [("K.S.KKS.", "K.S.S.", 93.0), ("K.S...S.", "K...S.", 116.0)] {
        let mut written = Written { at_s: 0.3, ..Written::default() };
        while written.at_s < 16.0 {
            written.bar(first, 30.0 / bpm, 2, 0.5);
        }
        let change_s = written.at_s;
        while written.at_s < 32.0 {
            written.bar(second, 30.0 / bpm, 2, 0.5);
        }
        let heard = written.heard();
        println!("{first} {second}: {:?} at {change_s:.2}", heard.metre);
        let counts: Vec<u8> = heard.metre.iter().map(|(_, metre)| metre.count).collect();
        assert_eq!(counts, [4, 3], "{first} {second}");
        assert!((heard.metre[1].0 - change_s).abs() < 2.0, "{first} {second}: {:?}", heard.metre);
    }
}

#[test]
fn a_slow_beat_under_sixteenths_is_counted_where_the_snare_answers_the_kick() {
    for (pattern, bpm) in [("K...S..kK.k.S...", 73.0), ("K...S.k...K.S..s", 94.0), ("K..kS...K..kS...", 82.0)]
    {
        let written = Written::bars((30.0 * bpm / 240.0) as usize, pattern, 15.0 / bpm, 4);
        let heard = written.heard();
        println!("{pattern} at {bpm}: {:?} {:?}", heard.tempo_bpm, heard.levels);
        assert!(accuracy(heard.tempo_bpm, bpm).0, "{pattern} at {bpm}: {:?}", heard.levels);
    }
}
