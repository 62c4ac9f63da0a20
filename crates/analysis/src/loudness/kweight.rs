//! K-weighting (BS.1770-5, Annex 1, tables 1 and 2) at any rate from 8 to 384 kHz.
//!
//! The standard prints coefficients for 48 kHz and asks for the same frequency response elsewhere. Each printed filter
//! is taken back through the bilinear transform to the analogue one behind it and forward again at the rate in hand,
//! the two scales tied together at one frequency. So 48 kHz has the printed digits, the gains at 0 Hz and far above the
//! corner are kept exactly (the usual derivation loses 0.03 dB of the high-pass at 192 kHz), and what remains is the
//! bilinear warp between the tie and the shelf's slope: under 0.01 LU from 44.1 to 192 kHz.

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

/// Where the shelf is tied. Ours: on the lower half of its slope, between the 1 kHz of all test tones and the corner
/// at 1.7 kHz, so that the warp's error is split between them.
const SHELF_TIE_HZ: f64 = 1_300.0;

/// Where the high-pass is tied: its corner, from the printed poles.
const HIGH_PASS_TIE_HZ: f64 = 38.0;

/// The two sections at a rate.
pub fn sections(rate_hz: u32) -> [Section; 2] {
    [moved(SHELF_48K, SHELF_TIE_HZ, rate_hz), moved(HIGH_PASS_48K, HIGH_PASS_TIE_HZ, rate_hz)]
}

fn moved(from: Section, tie_hz: f64, rate_hz: u32) -> Section {
    let rate_hz = f64::from(rate_hz.max(1));
    if rate_hz == TABLE_RATE_HZ {
        return from;
    }
    let warp = |rate: f64| libm::tan(std::f64::consts::PI * tie_hz / rate);
    let scale = warp(TABLE_RATE_HZ) / warp(rate_hz);
    let [n0, n1, n2] = carried(from.b, scale);
    let [d0, d1, d2] = carried([1.0, from.a[0], from.a[1]], scale);
    Section { b: [n0 / d0, n1 / d0, n2 / d0], a: [d1 / d0, d2 / d0] }
}

/// A polynomial in z⁻¹ taken to the analogue variable p = (1 − z⁻¹)/(1 + z⁻¹), stretched, and taken back.
fn carried([c0, c1, c2]: [f64; 3], scale: f64) -> [f64; 3] {
    let (p0, p1, p2) = (c0 + c1 + c2, 2.0 * (c0 - c2) * scale, (c0 - c1 + c2) * scale * scale);
    [p0 + p1 + p2, 2.0 * (p0 - p2), p0 - p1 + p2]
}

/// The filter of `N` channels side by side. States are `f64`: the high-pass poles lie within 0.5 % of the unit circle,
/// where single precision would add noise of its own.
#[derive(Clone, Debug)]
pub struct KFilter<const N: usize> {
    sections: [Section; 2],
    states: [[[f64; N]; 2]; 2],
}

impl<const N: usize> KFilter<N> {
    /// At rest, for a rate.
    pub fn new(rate_hz: u32) -> Self {
        Self { sections: sections(rate_hz), states: [[[0.0; N]; 2]; 2] }
    }

    /// Filters one frame.
    #[inline(always)]
    pub fn next(&mut self, frame: [f64; N]) -> [f64; N] {
        let mut x = frame;
        for (section, [s1, s2]) in self.sections.iter().zip(&mut self.states) {
            for c in 0..N {
                let y = section.b[0] * x[c] + s1[c];
                s1[c] = section.b[1] * x[c] - section.a[0] * y + s2[c];
                s2[c] = section.b[2] * x[c] - section.a[1] * y;
                x[c] = y;
            }
        }
        x
    }

    /// Sets what has decayed far below hearing to zero, so that silence costs no slow arithmetic. The limit, 1e-30 of
    /// full scale, is −600 dB: no reading can tell.
    pub fn settle(&mut self) {
        for state in self.states.iter_mut().flatten().flatten() {
            if state.abs() < 1e-30 {
                *state = 0.0;
            }
        }
    }

    /// Whether zeros in give zeros out.
    pub fn is_at_rest(&self) -> bool {
        self.states.iter().flatten().flatten().all(|state| *state == 0.0)
    }
}

/// The gain in dB of both sections together at a frequency.
pub fn response_db(rate_hz: u32, freq_hz: f64) -> f64 {
    let w = 2.0 * std::f64::consts::PI * freq_hz / f64::from(rate_hz.max(1));
    let power = |c: [f64; 3]| {
        let re = c[0] + c[1] * libm::cos(w) + c[2] * libm::cos(2.0 * w);
        let im = c[1] * libm::sin(w) + c[2] * libm::sin(2.0 * w);
        re * re + im * im
    };
    sections(rate_hz)
        .iter()
        .map(|s| mixkeel_dsp::units::db_from_power(power(s.b) / power([1.0, s.a[0], s.a[1]])))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_response_is_that_of_48_khz_at_every_rate() {
        // Ours: 0.01 dB from 44.1 kHz up to 192 kHz, over the octaves that carry programme loudness; above them the
        // shelf is flat and below them the high-pass is tied at its own corner.
        for rate in [44_100, 88_200, 96_000, 176_400, 192_000, 384_000] {
            for freq in [20.0, 38.0, 60.0, 100.0, 500.0, 997.0, 1_500.0, 2_000.0, 4_000.0, 8_000.0, 12_000.0]
            {
                let off = response_db(rate, freq) - response_db(48_000, freq);
                let allowed = if rate > 192_000 { 0.02 } else { 0.015 };
                assert!(off.abs() < allowed, "{rate} Hz at {freq} Hz: {off}");
            }
            let off = response_db(rate, 1_000.0) - response_db(48_000, 1_000.0);
            assert!(off.abs() < 0.005, "{rate} Hz at 1 kHz: {off}");
        }
        for rate in [8_000, 11_025, 16_000, 22_050, 32_000] {
            let off = response_db(rate, 1_000.0) - response_db(48_000, 1_000.0);
            assert!(off.abs() < 0.1, "{rate} Hz at 1 kHz: {off}");
        }
    }

    #[test]
    fn it_has_the_gain_that_the_standard_cancels() {
        assert!((response_db(48_000, 997.0) - 0.691).abs() < 0.005);
    }
}
