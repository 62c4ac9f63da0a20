//! How much later one channel is than the other, and whether it is upside down.

use rustfft::FftPlannerScalar;
use rustfft::num_complex::Complex;
use serde::{Deserialize, Serialize};

use crate::spectrum::Cross;

/// The longest delay looked for: 20 ms, seven metres of way. Ours: beyond it an echo is heard, not a smear.
const LONGEST_S: f64 = 0.020;

/// The correlation is computed at this many points a frame; a parabola through three of them gives the rest.
const POINTS: usize = 4;

/// Bins this far below the strongest in either channel say nothing: −80 dB.
const SILENT: f64 = 1e-8;

/// The best match between two channels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChannelDelay {
    /// Frames by which the right channel is later than the left, to about a twentieth; below zero, the left is later.
    pub right_later_frames: f64,
    /// Whether the match is with the right channel upside down.
    pub inverted: bool,
    /// How much of the spectrum agrees on it, 0 to 1: 1 for one signal on both sides, under 0.1 for unrelated ones. Below
    /// 0.3 the delay means little; in a mix, what is in the middle decides.
    pub confidence: f64,
}

impl ChannelDelay {
    /// From the energies and the cross spectrum of all windows: the smoothed coherence transform (G. C. Carter, A. H.
    /// Nuttall and P. G. Cable, "The smoothed coherence transform", Proc. IEEE 61 (1973), 1497–1498). Every bin counts
    /// alike, as far as the channels agree in it.
    pub(crate) fn of(cross: &Cross, rate_hz: u32) -> Option<Self> {
        let strongest = |energies: &[f64]| energies.iter().copied().fold(0.0, f64::max);
        let floor = (SILENT * strongest(&cross.left), SILENT * strongest(&cross.right));
        if !(floor.0 > 0.0 && floor.1 > 0.0 && (floor.0 + floor.1).is_finite()) {
            return None;
        }
        let length = 2 * (cross.left.len() + 1);
        let mut points = vec![Complex::new(0.0, 0.0); length * POINTS];
        let mut used = 0_u32;
        let bins = cross.left.iter().zip(&cross.right).zip(&cross.real).zip(&cross.imaginary);
        for (place, (((left, right), real), imaginary)) in points.iter_mut().skip(1).zip(bins) {
            if *left > floor.0 && *right > floor.1 {
                let both = (left * right).sqrt();
                *place = Complex::new(real / both, imaginary / both);
                used += 1;
            }
        }
        if used == 0 {
            return None;
        }
        // Only positive frequencies are filled: the real part is the correlation.
        FftPlannerScalar::new().plan_fft_inverse(points.len()).process(&mut points);
        let longest =
            libm::round(LONGEST_S * f64::from(rate_hz)).min(length as f64 / 4.0) as i64 * POINTS as i64;
        let at = |lag: i64| {
            let place = lag.rem_euclid(points.len() as i64) as usize;
            points.get(place).map_or(0.0, |z| z.re / f64::from(used))
        };
        let mut best = 0_i64;
        for distance in 1..=longest {
            for lag in [-distance, distance] {
                if at(lag).abs() > at(best).abs() {
                    best = lag;
                }
            }
        }
        let (before, top, after) = (at(best - 1).abs(), at(best).abs(), at(best + 1).abs());
        let bend = before - 2.0 * top + after;
        let off = if bend < 0.0 { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) } else { 0.0 };
        Some(Self {
            // L · R* turns by +ωd when R is L delayed by d, which stands at the lag −d.
            right_later_frames: -(best as f64 + off) / POINTS as f64,
            inverted: at(best) < 0.0,
            confidence: top.min(1.0),
        })
    }
}
