//! K-weighting (BS.1770-5, Annex 1, tables 1 and 2) at any rate from 8 to 384 kHz.
//!
//! The standard prints coefficients for 48 kHz and asks for the same frequency response elsewhere. The usual derivation
//! takes the printed filters back to analogue ones and forward again, and the warp of the bilinear transform costs up
//! to 0.03 LU. Here the shelf of another rate is the one section whose magnitude passes through that of the printed
//! filter at 0 Hz and four more frequencies; the high-pass lies so low that the bilinear transform, tied at its corner,
//! moves it by less. What remains, from 25 Hz to 16 kHz, is under 0.0001 dB from 32 to 384 kHz and 0.03 dB at 8 kHz.

use mixkeel_dsp::units::db_from_power;

/// Numerator b0, b1, b2 and denominator a1, a2 of a second-order section.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Section {
    /// Numerator.
    pub b: [f64; 3],
    /// Denominator after the leading 1.
    pub a: [f64; 2],
}

/// Table 1: the shelf that models the head.
const SHELF_48K: Section = Section {
    b: [1.53512485958697, -2.69169618940638, 1.19839281085285],
    a: [-1.69065929318241, 0.73248077421585],
};

/// Table 2: the high-pass (the RLB curve).
const HIGH_PASS_48K: Section = Section { b: [1.0, -2.0, 1.0], a: [-1.99004745483398, 0.99007225036621] };

/// The rate of tables 1 and 2.
const TABLE_RATE_HZ: f64 = 48_000.0;

/// Where the shelf of another rate is held to the printed one, besides 0 Hz. Ours: below, on and above its slope, and on
/// its flat top.
const SHELF_HOLDS_HZ: [f64; 4] = [600.0, 1_300.0, 2_600.0, 12_000.0];

/// The highest frequency that a rate can be held at, as a part of it. Ours: as far as true peak is promised.
const HIGHEST_HOLD: f64 = 0.45;

/// Where the high-pass is tied: its corner, from the printed poles.
const HIGH_PASS_TIE_HZ: f64 = 38.0;

/// The two sections at a rate.
pub fn sections(rate_hz: u32) -> [Section; 2] {
    let rate_hz = f64::from(rate_hz.max(1));
    if rate_hz == TABLE_RATE_HZ {
        return [SHELF_48K, HIGH_PASS_48K];
    }
    [shelf(rate_hz), high_pass(rate_hz)]
}

/// The squared magnitude of a section at a frequency is a quotient of two parabolas in φ = sin²(πf/rate). Through 1 at
/// φ = 0, four more points give the four unknowns by linear equations, and each parabola is the squared magnitude of one
/// polynomial in z⁻¹ with its zeros inside the unit circle.
fn shelf(rate_hz: f64) -> Section {
    let mut rows = [[0.0; 5]; 4];
    for (row, hold_hz) in rows.iter_mut().zip(SHELF_HOLDS_HZ) {
        let hold_hz = hold_hz.min(HIGHEST_HOLD * rate_hz);
        let wanted = SHELF_48K.power(hold_hz / TABLE_RATE_HZ);
        let sine = libm::sin(std::f64::consts::PI * hold_hz / rate_hz);
        let phi = sine * sine;
        *row = [phi, phi * phi, -wanted * phi, -wanted * phi * phi, wanted - 1.0];
    }
    let [n1, n2, d1, d2] = solved(rows);
    let ([n0, n1, n2], [d0, d1, d2]) = (factored(n1, n2), factored(d1, d2));
    Section { b: [n0 / d0, n1 / d0, n2 / d0], a: [d1 / d0, d2 / d0] }
}

/// Four linear equations, each with its right side in the last place, by elimination with pivots.
fn solved(mut rows: [[f64; 5]; 4]) -> [f64; 4] {
    for at in 0..4 {
        let pivot =
            (at..4).fold(at, |best, row| if rows[row][at].abs() > rows[best][at].abs() { row } else { best });
        rows.swap(at, pivot);
        let chosen = rows[at];
        for (index, row) in rows.iter_mut().enumerate() {
            if index != at {
                let factor = row[at] / chosen[at];
                row.iter_mut().zip(chosen).for_each(|(cell, of)| *cell -= factor * of);
            }
        }
    }
    [0, 1, 2, 3].map(|at| rows[at][4] / rows[at][at])
}

/// The polynomial in z⁻¹ whose squared magnitude is 1 + c1·φ + c2·φ². With coefficients p0, p1, p2 it is (p0 + p1 + p2)² at
/// φ = 0, (p0 − p1 + p2)² at φ = 1, and 16·p0·p2 stands before φ².
fn factored(c1: f64, c2: f64) -> [f64; 3] {
    let top = (1.0 + c1 + c2).max(0.0).sqrt();
    let outer = (1.0 + top) / 2.0;
    let first = (outer + (outer * outer - c2 / 4.0).max(0.0).sqrt()) / 2.0;
    [first, (1.0 - top) / 2.0, outer - first]
}

/// The printed high-pass taken to the analogue variable p = (1 − z⁻¹)/(1 + z⁻¹), stretched so that its corner stays, and
/// taken back.
fn high_pass(rate_hz: f64) -> Section {
    let warp = |rate: f64| libm::tan(std::f64::consts::PI * HIGH_PASS_TIE_HZ / rate);
    let scale = warp(TABLE_RATE_HZ) / warp(rate_hz);
    let carried = |[c0, c1, c2]: [f64; 3]| {
        let (p0, p1, p2) = (c0 + c1 + c2, 2.0 * (c0 - c2) * scale, (c0 - c1 + c2) * scale * scale);
        [p0 + p1 + p2, 2.0 * (p0 - p2), p0 - p1 + p2]
    };
    let Section { b, a: [a1, a2] } = HIGH_PASS_48K;
    let ([n0, n1, n2], [d0, d1, d2]) = (carried(b), carried([1.0, a1, a2]));
    Section { b: [n0 / d0, n1 / d0, n2 / d0], a: [d1 / d0, d2 / d0] }
}

impl Section {
    /// The power gain at a frequency, given as a part of the rate.
    fn power(&self, part: f64) -> f64 {
        let w = 2.0 * std::f64::consts::PI * part;
        let of = |c: [f64; 3]| {
            let re = c[0] + c[1] * libm::cos(w) + c[2] * libm::cos(2.0 * w);
            let im = c[1] * libm::sin(w) + c[2] * libm::sin(2.0 * w);
            re * re + im * im
        };
        of(self.b) / of([1.0, self.a[0], self.a[1]])
    }
}

/// The power gain of both sections together at a frequency.
pub fn power_gain(rate_hz: u32, freq_hz: f64) -> f64 {
    let part = freq_hz / f64::from(rate_hz.max(1));
    sections(rate_hz).iter().map(|section| section.power(part)).product()
}

/// The gain in dB of both sections together at a frequency.
pub fn response_db(rate_hz: u32, freq_hz: f64) -> f64 {
    db_from_power(power_gain(rate_hz, freq_hz))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_response_is_that_of_48_khz_at_every_rate() {
        // A twelfth of an octave apart, 25 Hz to 16 kHz or as high as the rate goes.
        for (rate, allowed_db) in [
            (8_000, 0.035),
            (11_025, 0.01),
            (16_000, 0.003),
            (22_050, 0.000_5),
            (32_000, 0.000_1),
            (44_100, 0.000_1),
            (88_200, 0.000_1),
            (96_000, 0.000_1),
            (176_400, 0.000_1),
            (192_000, 0.000_1),
            (384_000, 0.000_1),
        ] {
            for step in 0..113 {
                let freq = 25.0 * libm::exp2(f64::from(step) / 12.0);
                if freq > HIGHEST_HOLD * f64::from(rate) {
                    break;
                }
                let off = response_db(rate, freq) - response_db(48_000, freq);
                assert!(off.abs() < allowed_db, "{rate} Hz at {freq} Hz: {off}");
            }
        }
    }

    #[test]
    fn it_has_the_gain_that_the_standard_cancels() {
        assert!((response_db(48_000, 997.0) - 0.691).abs() < 0.005);
    }

    #[test]
    fn every_section_is_stable() {
        // The triangle of stability of a second-order section: |a2| < 1 and |a1| < 1 + a2.
        for rate in (8_000..=384_000).step_by(997) {
            for Section { a: [a1, a2], .. } in sections(rate) {
                assert!(a2.abs() < 1.0 && a1.abs() < 1.0 + a2, "{rate}: {a1} {a2}");
            }
        }
    }
}
