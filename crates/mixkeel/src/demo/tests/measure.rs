//! The few measurements that the tests of the song need.

use super::super::filters::Biquad;

/// Energy between two frequencies as a share of all energy: four poles on either side.
pub(super) fn share(line: &[f32], low_hz: f64, high_hz: f64, rate_hz: u32) -> f64 {
    let all: Vec<f64> = line.iter().map(|&sample| f64::from(sample)).collect();
    let mut band = all.clone();
    // The two widths of a fourth-order Butterworth filter.
    for q in [0.541, 1.307] {
        Biquad::highpass(low_hz, q, rate_hz).run(&mut band);
        Biquad::lowpass(high_hz, q, rate_hz).run(&mut band);
    }
    let energy = |line: &[f64]| line.iter().map(|sample| sample * sample).sum::<f64>();
    energy(&band) / energy(&all)
}

/// The level of a span in dB RMS.
pub(super) fn level_db(line: &[f32]) -> f64 {
    let energy: f64 = line.iter().map(|&sample| f64::from(sample) * f64::from(sample)).sum();
    10.0 * libm::log10(energy / line.len().max(1) as f64)
}

/// The lag in frames at which `late` is most like `early` or its inverse, within `most` frames, summed over the spans
/// that start at `starts`, and how alike they are there (−1 to 1).
pub(super) fn lag(early: &[f32], late: &[f32], starts: &[usize], span: usize, most: usize) -> (usize, f64) {
    let product =
        |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    let mut best = (0, 0.0f64);
    for lag in 0..most {
        let (mut cross, mut early_energy, mut late_energy) = (0.0, 1e-12, 1e-12);
        for &start in starts {
            let (a, b) = (&early[start..start + span], &late[start + lag..start + lag + span]);
            cross += product(a, b);
            early_energy += product(a, a);
            late_energy += product(b, b);
        }
        let alike = cross / (early_energy * late_energy).sqrt();
        if alike.abs() > best.1.abs() {
            best = (lag, alike);
        }
    }
    best
}

/// How alike a span is to itself this many frames later (−1 to 1), the lag rounded to the nearest frame.
pub(super) fn periodicity(line: &[f32], lag_frames: f64) -> f64 {
    let lag = libm::round(lag_frames) as usize;
    let (a, b) = (&line[..line.len() - lag], &line[lag..]);
    let sum = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum::<f64>();
    sum(a, b) / (sum(a, a) * sum(b, b)).sqrt().max(1e-12)
}
