//! Linear prediction: from a block of samples to quantised coefficients, by autocorrelation and Levinson's recursion.
//!
//! All in `f64` with a fixed order of summation, so that every machine chooses the same coefficients.

use std::f64::consts::{LN_2, PI};

/// The highest order tried: what the streamable subset of FLAC allows up to 48 kHz (RFC 9639 §7).
pub(super) const MAX_ORDER: usize = 12;

/// Lags of the autocorrelation: orders 0 to [`MAX_ORDER`], and one more to make pairs for the processor.
const LAGS: usize = MAX_ORDER + 2;

/// Quantised coefficients, the newest sample's first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Predictor {
    pub(super) order: usize,
    pub(super) coefficients: [i32; MAX_ORDER],
    pub(super) precision_bits: u32,
    pub(super) shift_bits: u32,
}

/// The window and the room that an analysis needs.
#[derive(Default)]
pub(super) struct Analysis {
    window: Vec<f64>,
    windowed: Vec<f64>,
}

impl Analysis {
    /// The predictor expected to leave the fewest bits, where prediction helps at all.
    pub(super) fn predict(&mut self, samples: &[i32], bits: u32, precision_bits: u32) -> Option<Predictor> {
        let correlation = self.autocorrelation(samples);
        let (rows, errors) = levinson(&correlation)?;
        let frames = samples.len() as f64;
        let cost = |order: usize| {
            let each = expected_bits(errors[order - 1] / frames);
            each * (frames - order as f64) + (order as u32 * (bits + precision_bits)) as f64
        };
        let most = MAX_ORDER.min(samples.len().saturating_sub(1)).min(rows.len());
        let best = (1..=most).min_by(|&one, &other| cost(one).total_cmp(&cost(other)))?;
        quantise(&rows[best - 1][..best], precision_bits)
    }

    fn autocorrelation(&mut self, samples: &[i32]) -> [f64; LAGS] {
        if self.window.len() != samples.len() {
            self.window = tukey(samples.len());
        }
        self.windowed.clear();
        self.windowed.resize(LAGS - 1, 0.0);
        self.windowed
            .extend(samples.iter().zip(&self.window).map(|(&sample, window)| f64::from(sample) * window));
        let mut sums = [0.0; LAGS];
        for past in self.windowed.windows(LAGS) {
            let newest = past[LAGS - 1];
            for (sum, old) in sums.iter_mut().zip(past) {
                *sum += newest * old;
            }
        }
        sums.reverse();
        sums
    }
}

/// Tukey's window with a quarter of its length rising and a quarter falling: the usual choice of FLAC encoders, flat
/// enough to use the whole block and soft enough at its ends.
fn tukey(length: usize) -> Vec<f64> {
    let ramp = (length / 4).max(1) as f64;
    let rise = |step: usize| 0.5 - 0.5 * libm::cos(PI * ((step as f64 + 0.5) / ramp).min(1.0));
    (0..length).map(|index| rise(index.min(length - 1 - index))).collect()
}

/// Bits per residual if the residuals have a Laplace distribution of this mean square (T. Robinson, "SHORTEN: simple
/// lossless and near-lossless waveform compression", 1994: half of log2 of ln²2/2 times the mean square).
fn expected_bits(mean_square: f64) -> f64 {
    (0.5 * libm::log2((0.5 * LN_2 * LN_2 * mean_square).max(f64::MIN_POSITIVE))).max(0.0)
}

type Rows = [[f64; MAX_ORDER]; MAX_ORDER];

/// Coefficients for every order, and the energy each leaves (J. Makhoul, "Linear prediction: a tutorial review", 1975).
fn levinson(correlation: &[f64; LAGS]) -> Option<(Rows, [f64; MAX_ORDER])> {
    let mut error = correlation[0];
    if error <= 0.0 {
        return None;
    }
    let (mut rows, mut errors) = ([[0.0; MAX_ORDER]; MAX_ORDER], [f64::INFINITY; MAX_ORDER]);
    let mut now = [0.0; MAX_ORDER];
    for order in 0..MAX_ORDER {
        let mut reflection = -correlation[order + 1];
        for (index, coefficient) in now.iter().take(order).enumerate() {
            reflection -= coefficient * correlation[order - index];
        }
        reflection /= error;
        let before = now;
        for index in 0..order {
            now[index] = before[index] + reflection * before[order - 1 - index];
        }
        now[order] = reflection;
        error *= 1.0 - reflection * reflection;
        for (to, coefficient) in rows[order].iter_mut().zip(now) {
            *to = -coefficient;
        }
        errors[order] = error;
        if error <= 0.0 {
            break; // Predicted wholly, or beyond what f64 resolves: higher orders keep their infinite energy.
        }
    }
    Some((rows, errors))
}

/// Whole numbers in `precision_bits` with one common shift; the error of each is carried into the next.
fn quantise(coefficients: &[f64], precision_bits: u32) -> Option<Predictor> {
    let largest = coefficients.iter().fold(0.0_f64, |most, coefficient| most.max(coefficient.abs()));
    if largest <= 0.0 || !largest.is_finite() {
        return None;
    }
    let (_, exponent) = libm::frexp(largest);
    // The shift is a signed number of 5 bits of which no negative one may be used (RFC 9639 §9.2.6).
    let shift_bits = (precision_bits as i32 - 1 - exponent).min(15);
    if shift_bits < 0 {
        return None;
    }
    let scale = f64::from(1_u32 << shift_bits);
    let limit = f64::from(1_u32 << (precision_bits - 1));
    let mut quantised = [0; MAX_ORDER];
    let mut carried = 0.0;
    for (to, coefficient) in quantised.iter_mut().zip(coefficients) {
        carried += coefficient * scale;
        let whole = libm::floor(carried + 0.5).clamp(-limit, limit - 1.0);
        carried -= whole;
        *to = whole as i32;
    }
    let shift_bits = shift_bits as u32;
    Some(Predictor { order: coefficients.len(), coefficients: quantised, precision_bits, shift_bits })
}

impl Predictor {
    /// What prediction leaves of all samples but the first `order`, or nothing where it does not fit the format.
    pub(super) fn residual(&self, samples: &[i32], residual: &mut Vec<i32>) -> bool {
        match self.order {
            1 => self.residual_of::<1>(samples, residual),
            2 => self.residual_of::<2>(samples, residual),
            3 => self.residual_of::<3>(samples, residual),
            4 => self.residual_of::<4>(samples, residual),
            5 => self.residual_of::<5>(samples, residual),
            6 => self.residual_of::<6>(samples, residual),
            7 => self.residual_of::<7>(samples, residual),
            8 => self.residual_of::<8>(samples, residual),
            9 => self.residual_of::<9>(samples, residual),
            10 => self.residual_of::<10>(samples, residual),
            11 => self.residual_of::<11>(samples, residual),
            12 => self.residual_of::<12>(samples, residual),
            _ => false,
        }
    }

    fn residual_of<const ORDER: usize>(&self, samples: &[i32], residual: &mut Vec<i32>) -> bool {
        let mut oldest_first = [0_i64; ORDER];
        for (to, &coefficient) in oldest_first.iter_mut().rev().zip(&self.coefficients) {
            *to = i64::from(coefficient);
        }
        let mut wide = 0_i64;
        residual.clear();
        let Some(targets) = samples.get(ORDER..) else { return false };
        residual.extend(samples.array_windows_of::<ORDER>().zip(targets).map(|(past, &sample)| {
            let mut sum = 0_i64;
            for (&old, &coefficient) in past.iter().zip(&oldest_first) {
                sum += i64::from(old) * coefficient;
            }
            let left = i64::from(sample) - (sum >> self.shift_bits);
            wide |= left ^ (left >> 63);
            left as i32
        }));
        // A residual has 31 bits and a sign at the most, and −2^31 is not one (RFC 9639 §9.2.7).
        wide < (1 << 31) - 1
    }
}

trait Windows {
    fn array_windows_of<const N: usize>(&self) -> impl Iterator<Item = &[i32; N]>;
}

impl Windows for [i32] {
    /// Every run of `N` neighbours, as an array, so that the loop over it has no bounds to check.
    fn array_windows_of<const N: usize>(&self) -> impl Iterator<Item = &[i32; N]> {
        self.windows(N).filter_map(|window| window.first_chunk())
    }
}
