//! Filters as they are in analogue circuits, and the digital sections that come closest to them.
//!
//! The bilinear rule squeezes the whole analogue axis under half the rate and so narrows what lies high ("cramping"). Here
//! the magnitude is fitted instead: over tan²(πf/rate) the power response of any second-order section is a ratio of two
//! quadratics, and so is that of the analogue filter over f². The ratio that comes closest to the analogue response in
//! relative error over the audible band is found by weighted least squares, each round weighted by the denominator of the
//! one before (C. Sanathanan, J. Koerner, "Transfer function synthesis as a ratio of two complex polynomials", IEEE Trans.
//! Automatic Control 8(1), 1963), and split into poles and zeros inside the unit circle. That matching power responses as
//! such ratios suffices is M. Vicanek, "Matched second order digital filters" (2016); he matches at chosen points, which
//! is not as close where a band is broad and high.

use std::f64::consts::FRAC_1_SQRT_2;

use crate::kernels::svf::{Section, tan_half};

/// The highest frequency of a filter, as a share of the rate.
pub const HIGHEST_SHARE: f64 = 0.49;

/// The highest quality of a shelf. Ours: both ends of the slope then overshoot by several dB; what is higher is a
/// resonance, which bells make.
pub const HIGHEST_SHELF_Q: f64 = 1.5;

/// Frequencies of the fit around the filter's own, in octaves on each side: the whole slope of a broad one …
const OCTAVES: [f64; 10] = [0.25, 0.5, 0.8, 1.2, 1.7, 2.3, 3.0, 4.0, 5.0, 7.0];

/// … in half band widths: the whole peak of a narrow one …
const HALF_WIDTHS: [f64; 4] = [0.4, 1.0, 2.0, 5.0];

/// … and as shares of the rate, with weights: what is demanded of the fit at 44.1 kHz is 0.1 dB to 10 kHz, 0.3 to 16 kHz
/// and 1.0 to 20 kHz, with some room beyond each; above that, only that nothing goes astray.
const SHARES: [f64; 10] = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.44, 0.48];

/// How many frequencies there are in all.
const POINTS: usize = 1 + 2 * OCTAVES.len() + 4 * HALF_WIDTHS.len() + SHARES.len();

/// Rounds of the fit. Ours: after four the response moves by less than 0.001 dB.
const ROUNDS: usize = 4;

/// How strongly the fit is held to the poles that sampling the impulse response gives, tried in turn until the outcome is
/// a stable filter. Ours: the first is below what is heard, and settles where a pole may lie that a zero cancels.
const PULLS: [f64; 4] = [0.003, 0.03, 0.3, 3.0];

/// An analogue filter of first or second order: polynomials of s, in rising powers, with s = j at its frequency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Analogue {
    /// What stands above: 1, s, s².
    pub numerator: [f64; 3],
    /// What stands below; the first is over 0.
    pub denominator: [f64; 3],
}

impl Analogue {
    /// 12 dB an octave from the frequency up; at the frequency the gain is `q`.
    pub fn low_pass(q: f64) -> Self {
        Self { numerator: [1.0, 0.0, 0.0], denominator: [1.0, 1.0 / q, 1.0] }
    }

    /// 12 dB an octave from the frequency down; at the frequency the gain is `q`.
    pub fn high_pass(q: f64) -> Self {
        Self { numerator: [0.0, 0.0, 1.0], denominator: [1.0, 1.0 / q, 1.0] }
    }

    /// 6 dB an octave from the frequency up, −3 dB there.
    pub fn low_pass_first_order() -> Self {
        Self { numerator: [1.0, 0.0, 0.0], denominator: [1.0, 1.0, 0.0] }
    }

    /// 6 dB an octave from the frequency down, −3 dB there.
    pub fn high_pass_first_order() -> Self {
        Self { numerator: [0.0, 1.0, 0.0], denominator: [1.0, 1.0, 0.0] }
    }

    /// 0 dB at the frequency and 6 dB an octave to both sides; `q` is the frequency over the −3 dB width.
    pub fn band_pass(q: f64) -> Self {
        Self { numerator: [0.0, 1.0 / q, 0.0], denominator: [1.0, 1.0 / q, 1.0] }
    }

    /// Nothing at the frequency, everything far from it; `q` is the frequency over the −3 dB width.
    pub fn notch(q: f64) -> Self {
        Self { numerator: [1.0, 0.0, 1.0], denominator: [1.0, 1.0 / q, 1.0] }
    }

    /// Half a turn of phase at the frequency, a whole turn far above; the gain is 1.
    pub fn all_pass(q: f64) -> Self {
        Self { numerator: [1.0, -1.0 / q, 1.0], denominator: [1.0, 1.0 / q, 1.0] }
    }

    /// `gain_db` at the frequency; `q` is the frequency over the width at half the gain in dB, and a cut mirrors the boost
    /// (R. Bristow-Johnson, "Audio EQ cookbook", the peaking EQ before the bilinear rule).
    pub fn bell(q: f64, gain_db: f64) -> Self {
        let a = crate::units::gain_from_db(gain_db / 2.0);
        Self { numerator: [1.0, a / q, 1.0], denominator: [1.0, 1.0 / (a * q), 1.0] }
    }

    /// `gain_db` far below, half of it at the frequency; a `q` of 0.71 is as steep as goes without overshoot (the same
    /// cookbook's low shelf), one over [`HIGHEST_SHELF_Q`] counts as that.
    pub fn low_shelf(q: f64, gain_db: f64) -> Self {
        let q = q.min(HIGHEST_SHELF_Q);
        let a = crate::units::gain_from_db(gain_db / 2.0);
        let across = a.sqrt() / q;
        Self { numerator: [a, across, 1.0], denominator: [1.0 / a, across / a, 1.0] }
    }

    /// `gain_db` far above, half of it at the frequency (the same cookbook's high shelf); `q` as for
    /// [`low_shelf`](Self::low_shelf).
    pub fn high_shelf(q: f64, gain_db: f64) -> Self {
        let q = q.min(HIGHEST_SHELF_Q);
        let a = crate::units::gain_from_db(gain_db / 2.0);
        let across = a.sqrt() / q;
        Self { numerator: [1.0, across, a], denominator: [1.0, across / a, 1.0 / a] }
    }

    /// Far above the frequency louder by `gain_db`, far below it softer by as much, 0 dB there: first order, at most
    /// 6 dB an octave.
    pub fn tilt(gain_db: f64) -> Self {
        let a = crate::units::gain_from_db(gain_db);
        Self { numerator: [1.0, a, 0.0], denominator: [a, 1.0, 0.0] }
    }

    /// The gain of powers at a frequency, given over the filter's own.
    pub fn power(&self, ratio: f64) -> f64 {
        let at = |[c0, c1, c2]: [f64; 3]| {
            let (even, odd) = (c0 - c2 * ratio * ratio, c1 * ratio);
            even * even + odd * odd
        };
        at(self.numerator) / at(self.denominator)
    }

    /// The digital section closest to this filter at a frequency. Frequencies over 0.49 of the rate are brought there.
    pub fn section(&self, freq_hz: f64, rate_hz: u32) -> Section {
        self.section_after(&[], freq_hz, rate_hz)
    }

    /// The same as one of several in a row: it makes good what those before it, each a circuit and the section it has become, are
    /// off by, as far as it can, so that errors do not add up.
    pub fn section_after(&self, before: &[(Self, Section)], freq_hz: f64, rate_hz: u32) -> Section {
        let freq_hz = freq_hz.clamp(0.01, HIGHEST_SHARE * f64::from(rate_hz));
        let g = tan_half(freq_hz, rate_hz);
        if self.numerator == self.denominator {
            // Poles where they would be with the least gain, so that the way there is short.
            let [d0, d1, d2] = self.denominator;
            let k = if d0 * d2 > 0.0 { d1 / (d0 * d2).sqrt() } else { 1.0 };
            return Section { g, k, high: 1.0, band: k, low: 1.0 };
        }
        let [d0, d1, d2] = self.denominator;
        if self.numerator == [d0, -d1, d2] {
            return self.matched_phase(freq_hz, rate_hz);
        }
        let Self { numerator, denominator } = Fit::new(self, before, freq_hz, rate_hz).solve();
        Section::from_analogue(g, numerator, denominator)
    }

    /// How much 16.5 to 20 kHz (at 44.1 kHz) weigh in the fit against 10 kHz. Ours: bells, shelves and steeper low passes stay 0.1 and
    /// 0.3 dB close below with this much, and others do not.
    fn weight_of_the_highest(&self) -> f64 {
        let [n0, n1, n2] = self.numerator;
        let notch = n1 == 0.0 && n0 == n2;
        let first_order = self.denominator[2] == 0.0;
        if n0 != 0.0 && !notch && !first_order { 0.25 } else { 0.15 }
    }

    /// An all-pass with half a turn at the frequency and the group delay of the analogue one there: the slope of the
    /// phase, 4Q/ω₀ in both, is kept under dω/d(tan(ω/2)/tan(ω₀/2)) = sin ω₀.
    fn matched_phase(&self, freq_hz: f64, rate_hz: u32) -> Section {
        let [d0, d1, d2] = self.denominator;
        let q = (d0 * d2).sqrt() / d1;
        let angle = std::f64::consts::TAU * freq_hz / f64::from(rate_hz);
        Section::all_pass(tan_half(freq_hz, rate_hz), q * libm::sin(angle) / angle)
    }
}

/// The quality of each second-order section of a Butterworth filter, the mildest first: 1/(2·sin((2i + 1)π/2n)) counted
/// from the real axis. An odd order has a first-order section besides.
pub fn butterworth_qs(order: usize) -> impl Iterator<Item = f64> {
    let angle = std::f64::consts::PI / (2.0 * order as f64);
    let first = if order.is_multiple_of(2) { 1 } else { 2 };
    (0..order / 2).map(move |pair| 0.5 / libm::cos(angle * (2 * pair + first) as f64))
}

/// The quality of a second-order Butterworth filter: as steep as goes without overshoot of the response.
pub const BUTTERWORTH_Q: f64 = FRAC_1_SQRT_2;

/// A ratio of quadratics in v = (tan(πf/rate)/tan(πf₀/rate))² to be found: (p₀ + p₁v + p₂v²)/(1 + q₁v + q₂v²).
struct Fit<'a> {
    filter: &'a Analogue,
    /// v, the analogue power there, and the weight.
    points: [(f64, f64, f64); POINTS],
    /// The filter's own frequency, in radians a frame, and half of it on the axis of the bilinear rule.
    angle: f64,
    g: f64,
}

impl<'a> Fit<'a> {
    fn new(filter: &'a Analogue, before: &[(Analogue, Section)], freq_hz: f64, rate_hz: u32) -> Self {
        let rate = f64::from(rate_hz);
        let own = std::iter::once(freq_hz);
        let octaves = OCTAVES.iter().flat_map(|octaves| {
            let ratio = libm::exp2(*octaves);
            [freq_hz * ratio, freq_hz / ratio]
        });
        let widths = [filter.numerator, filter.denominator].into_iter().flat_map(|[c0, c1, c2]| {
            let (natural, half) = if c0 > 0.0 && c1 > 0.0 && c2 > 0.0 {
                ((c0 / c2).sqrt(), c1 / (2.0 * (c0 * c2).sqrt()))
            } else {
                (1.0, 1.0)
            };
            HALF_WIDTHS.iter().flat_map(move |widths| {
                let ratio = half * widths + (1.0 + half * half * widths * widths).sqrt();
                [freq_hz * natural * ratio, freq_hz * natural / ratio]
            })
        });
        let shares = SHARES.iter().map(|share| rate * share);
        let g = tan_half(freq_hz, rate_hz);
        let high = filter.weight_of_the_highest();
        let mut points = [(0.0, 1.0, 0.0); POINTS];
        for (point, hz) in points.iter_mut().zip(own.chain(octaves).chain(widths).chain(shares)) {
            let weight = match hz / rate {
                share if share < 0.24 => 1.0,
                share if share < 0.375 => 0.4,
                share if share < 0.465 => high,
                share if share < 0.49 => 0.03,
                _ => 0.0,
            };
            if weight > 0.0 {
                let at = tan_half(hz, rate_hz);
                let owed = before.iter().fold(1.0, |owed, (circuit, section)| {
                    owed * circuit.power(hz / freq_hz) / section.power(at).max(f64::MIN_POSITIVE)
                });
                *point = ((at / g) * (at / g), owed * filter.power(hz / freq_hz), weight);
            }
        }
        Self { filter, points, angle: std::f64::consts::TAU * freq_hz / rate, g }
    }

    /// The polynomials of s = j·√v; in the end, the filter under the bilinear rule.
    fn solve(&self) -> Analogue {
        PULLS.iter().find_map(|pull| self.closest(*pull)).unwrap_or(*self.filter)
    }

    /// The denominator, over v, of the poles that sampling the filter's impulse response gives.
    fn sampled_poles(&self) -> [f64; 2] {
        let [d0, d1, d2] = self.filter.denominator;
        if d2 == 0.0 {
            let shrink = libm::tanh(0.5 * self.angle * d0 / d1) / self.g;
            return [1.0 / (shrink * shrink), 0.0];
        }
        let half_turns = 0.5 * self.angle * (d0 / d2).sqrt();
        let damping = d1 / (2.0 * (d0 * d2).sqrt());
        // tanh of half of each pole; together they are a quadratic of s.
        let apart = damping * damping - 1.0;
        let (sum, product) = if apart < 0.0 {
            let (re, im) = (2.0 * damping * half_turns, 2.0 * (-apart).sqrt() * half_turns);
            let (over, cos) = (libm::cosh(re), libm::cos(im));
            (2.0 * libm::sinh(re) / (over + cos), (over - cos) / (over + cos))
        } else {
            let one = libm::tanh((damping + apart.sqrt()) * half_turns);
            let other = libm::tanh(half_turns / (damping + apart.sqrt()));
            (one + other, one * other)
        };
        let (d1, d2) = (sum / product * self.g, self.g * self.g / product);
        [d1 * d1 - 2.0 * d2, d2 * d2]
    }

    fn closest(&self, pull: f64) -> Option<Analogue> {
        let [n0, n1, n2] = self.filter.numerator;
        let [d0, d1, d2] = self.filter.denominator;
        let p0 = (n0 / d0) * (n0 / d0);
        let first_order = d2 == 0.0;
        let notch = n1 == 0.0 && n0 == n2;
        // Which of p₁, p₂, q₁, q₂ are to be found. Zeros at 0 Hz and on the axis stay where they are.
        let free = [!notch && (n0 != 0.0 || n1 != 0.0), !notch && !first_order, true, !first_order];
        let fixed = if notch { [p0, -2.0 * p0, p0] } else { [p0, 0.0, 0.0] };
        let poles = self.sampled_poles();
        let mut under = [(d1 * d1 - 2.0 * d0 * d2) / (d0 * d0), (d2 / d0) * (d2 / d0)];
        let mut over = fixed;
        for _ in 0..ROUNDS {
            let mut rows = [[0.0; 5]; POINTS + 2];
            for (row, (v, power, weight)) in rows.iter_mut().zip(&self.points) {
                let denominator = 1.0 + under[0] * v + under[1] * v * v;
                let scale = weight / (denominator.abs().max(1e-12 * (1.0 + v * v)) * power.max(1e-30));
                let terms = [*v, v * v, -power * v, -power * v * v];
                for (cell, (term, free)) in row.iter_mut().zip(terms.iter().zip(free)) {
                    *cell = if free { scale * term } else { 0.0 };
                }
                row[4] = scale * (power - (fixed[0] + fixed[1] * v + fixed[2] * v * v));
            }
            for (index, pole) in poles.iter().enumerate() {
                let scale = pull / (poles[0].abs() + poles[1]);
                rows[POINTS + index][2 + index] = scale;
                rows[POINTS + index][4] = scale * pole;
            }
            let [p1, p2, q1, q2] = least_squares(rows)?;
            over = if notch { fixed } else { [p0, p1, p2] };
            under = [q1, q2];
        }
        Some(Analogue { numerator: root(over, notch)?, denominator: root([1.0, under[0], under[1]], false)? })
    }
}

/// The polynomial of s whose power response over v = −s² is this quadratic, with its zeros to the left; nothing if the
/// quadratic goes below zero.
fn root([c0, c1, c2]: [f64; 3], on_axis: bool) -> Option<[f64; 3]> {
    // What rounding makes of a zero at 0 Hz or far above is a zero there.
    let near = 1e-9 * (c0.abs() + c1.abs() + c2.abs());
    let whole = |c: f64| if c.abs() <= near && c < 0.0 { 0.0 } else { c };
    let (r0, r2) = (whole(c0).sqrt(), whole(c2).sqrt());
    let r1 = if on_axis { 0.0 } else { whole(c1 + 2.0 * r0 * r2).sqrt() };
    (r0.is_finite() && r1.is_finite() && r2.is_finite()).then_some([r0, r1, r2])
}

/// The four numbers that, weighed by the first four cells of each row, come closest to the fifth. Columns of zeros get 0.
/// By orthogonalisation (modified Gram-Schmidt), which keeps twice the digits that normal equations do.
fn least_squares(mut rows: [[f64; 5]; POINTS + 2]) -> Option<[f64; 4]> {
    let mut upper = [[0.0; 5]; 4];
    for column in 0..4 {
        let norm = rows.iter().map(|row| row[column] * row[column]).sum::<f64>().sqrt();
        upper[column][column] = norm;
        if norm == 0.0 {
            continue;
        }
        rows.iter_mut().for_each(|row| row[column] /= norm);
        for later in column + 1..5 {
            let along: f64 = rows.iter().map(|row| row[column] * row[later]).sum();
            upper[column][later] = along;
            rows.iter_mut().for_each(|row| row[later] -= along * row[column]);
        }
    }
    let mut found = [0.0; 4];
    for column in (0..4).rev() {
        if upper[column][column] != 0.0 {
            let known: f64 = (column + 1..4).map(|later| upper[column][later] * found[later]).sum();
            found[column] = (upper[column][4] - known) / upper[column][column];
        }
    }
    found.iter().all(|number| number.is_finite()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worst error in dB against the analogue filter up to 10, 16 and 20 kHz.
    fn errors_db(filter: &Analogue, section: &Section, freq_hz: f64, rate_hz: u32) -> [f64; 3] {
        let mut worst = [0.0_f64; 3];
        for step in 0..480 {
            let hz = 20.0 * libm::exp2(f64::from(step) / 48.0);
            let wanted = filter.power(hz / freq_hz);
            if hz > 20_000.0 || wanted < 1e-12 {
                continue;
            }
            let error = crate::units::db_from_power(section.power(tan_half(hz, rate_hz)) / wanted).abs();
            let band = if hz <= 10_000.0 {
                0
            } else if hz <= 16_000.0 {
                1
            } else {
                2
            };
            worst[band] = worst[band].max(error);
        }
        worst
    }

    /// Between the least and the greatest of these qualities, up to 24 dB: what error is allowed up to 10, 16 and 20 kHz, at
    /// corners up to 12 kHz.
    fn within(rate_hz: u32, qs: [f64; 2], allowed_db: [f64; 3], shape: impl Fn(f64, f64) -> Analogue) {
        for freq_hz in [20.0, 35.0, 100.0, 1_000.0, 4_000.0, 6_000.0, 8_000.0, 10_000.0, 11_000.0, 12_000.0] {
            for q in [0.1, 0.3, 0.5, 0.541, 0.7, 1.0, 1.306, 2.0, 2.563, 4.0, 10.0, 40.0] {
                for gain_db in [-24.0, -6.0, 0.1, 12.0, 24.0] {
                    if q < qs[0] || q > qs[1] {
                        continue;
                    }
                    let filter = shape(q, gain_db);
                    let errors = errors_db(&filter, &filter.section(freq_hz, rate_hz), freq_hz, rate_hz);
                    let good = errors.iter().zip(allowed_db).all(|(error, allowed)| *error <= allowed);
                    assert!(
                        good,
                        "{filter:?} at {freq_hz} Hz, q {q}, {gain_db} dB, rate {rate_hz}: {errors:.3?}"
                    );
                }
            }
        }
    }

    #[test]
    fn every_shape_is_as_close_to_the_circuit_as_promised() {
        const PROMISED_DB: [f64; 3] = [0.1, 0.3, 1.0];
        for rate_hz in [44_100, 48_000, 88_200, 96_000, 192_000] {
            within(rate_hz, [0.1, 40.0], PROMISED_DB, Analogue::bell);
            within(rate_hz, [0.1, 40.0], [0.1, 0.3, 0.6], Analogue::low_shelf);
            within(rate_hz, [0.1, 40.0], [0.1, 0.3, 0.6], Analogue::high_shelf);
            within(rate_hz, [0.1, 40.0], PROMISED_DB, |q, _| Analogue::low_pass(q));
            within(rate_hz, [0.1, 2.0], PROMISED_DB, |q, _| Analogue::high_pass(q));
            within(rate_hz, [0.5, 40.0], PROMISED_DB, |q, _| Analogue::notch(q));
            within(rate_hz, [1.0, 1.0], PROMISED_DB, |_, gain_db| Analogue::tilt(gain_db / 2.0));
            within(rate_hz, [1.0, 1.0], PROMISED_DB, |_, _| Analogue::low_pass_first_order());
            within(rate_hz, [1.0, 1.0], PROMISED_DB, |_, _| Analogue::high_pass_first_order());
            // Where half the rate is near, these come less close.
            within(rate_hz, [4.0, 40.0], [0.16, 0.7, 1.4], |q, _| Analogue::high_pass(q));
            within(rate_hz, [0.1, 40.0], [0.12, 0.3, 1.4], |q, _| Analogue::band_pass(q));
            within(rate_hz, [0.1, 0.3], [0.11, 0.3, 1.4], |q, _| Analogue::notch(q));
        }
    }

    #[test]
    fn low_corners_are_exact_at_192_khz() {
        for (freq_hz, filter) in [
            (20.0, Analogue::high_pass(BUTTERWORTH_Q)),
            (80.0, Analogue::high_pass(2.563)),
            (30.0, Analogue::bell(4.0, 6.0)),
        ] {
            let section = filter.section(freq_hz, 192_000);
            for hz in [5.0, 20.0, 40.0, 80.0, 160.0, 1_000.0] {
                let wanted_db = crate::units::db_from_power(filter.power(hz / freq_hz));
                assert!((section.gain_db(hz, 192_000) - wanted_db).abs() < 0.002, "{filter:?} at {hz} Hz");
            }
        }
    }

    #[test]
    fn every_setting_is_stable() {
        for rate_hz in [44_100, 192_000] {
            for share in [0.0001, 0.01, 0.2, 0.3, 0.4, 0.45, 0.49, 0.6] {
                for q in [0.1, 0.4, 0.5, 0.7, 3.0, 40.0] {
                    for gain_db in [-30.0, -0.01, 18.0] {
                        for filter in [
                            Analogue::low_pass(q),
                            Analogue::high_pass(q),
                            Analogue::band_pass(q),
                            Analogue::notch(q),
                            Analogue::all_pass(q),
                            Analogue::bell(q, gain_db),
                            Analogue::low_shelf(q, gain_db),
                            Analogue::high_shelf(q, gain_db),
                            Analogue::tilt(gain_db),
                        ] {
                            let section = filter.section(share * f64::from(rate_hz), rate_hz);
                            let sound = section.g > 0.0 && section.k > 0.0;
                            let finite = section.parts().iter().all(|part| part.is_finite());
                            assert!(sound && finite, "{filter:?} at {share}: {section:?}");
                            assert!(section.time_constant_frames() > 0.0);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn an_all_pass_turns_half_way_at_its_frequency_and_is_as_late_as_the_circuit() {
        let (hz, q) = (9_000.0, 1.5);
        let section = Analogue::all_pass(q).section(hz, 48_000);
        let phase = |hz| {
            let [re, im] = section.response(tan_half(hz, 48_000));
            libm::atan2(-im, -re)
        };
        assert!(section.gain_db(3_000.0, 48_000).abs() < 1e-9);
        assert!(phase(hz).abs() < 1e-9);
        let slope = (phase(hz + 1.0) - phase(hz - 1.0)) / 2.0;
        assert!((slope / (-4.0 * q / hz) - 1.0).abs() < 1e-4);
    }

    #[test]
    fn nothing_asked_is_nothing_done() {
        for filter in [
            Analogue::bell(3.0, 0.0),
            Analogue::low_shelf(0.7, 0.0),
            Analogue::high_shelf(0.7, 0.0),
            Analogue::tilt(0.0),
        ] {
            assert!(filter.section(5_000.0, 44_100).is_identity());
        }
    }

    #[test]
    fn butterworth_filters_are_three_decibels_down_at_the_corner() {
        for order in 1..=8 {
            let first = if order % 2 == 1 { Analogue::low_pass_first_order().power(1.0) } else { 1.0 };
            let power =
                butterworth_qs(order).fold(first, |power, q| power * Analogue::low_pass(q).power(1.0));
            assert!((power - 0.5).abs() < 1e-12, "{order}");
        }
    }
}
