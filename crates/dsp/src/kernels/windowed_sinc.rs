//! The Kaiser-windowed sinc: one low-pass shape for sample-rate conversion and for shifts by parts of a frame.
//!
//! Source: J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", Proc. IEEE ISCAS 1974;
//! the estimates of β and of the length are those of Oppenheim and Schafer, Discrete-Time Signal Processing, §7.5.3
//! (equations 7.75 and 7.76 of the 3rd edition).

/// A linear-phase low-pass as a function of continuous time. Gain 1 at 0 Hz when summed over whole frames.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WindowedSinc {
    /// The −6 dB point as a fraction of the Nyquist frequency of the frames over which it is summed.
    cutoff: f64,
    /// Beyond this many frames from the centre the response is zero.
    half_width_frames: f64,
    beta: f64,
    peak: f64,
}

impl WindowedSinc {
    /// A low-pass with its −6 dB point at `cutoff` (1.0 is Nyquist), `half_width_frames` wide to each side, whose stop
    /// band lies `stop_db` (50 or more, a positive number) below its pass band.
    pub fn new(cutoff: f64, half_width_frames: f64, stop_db: f64) -> Self {
        let beta = 0.1102 * (stop_db - 8.7);
        Self { cutoff, half_width_frames, beta, peak: bessel_i0(beta) }
    }

    /// The response `frames` from the centre, on either side.
    pub fn at(&self, frames: f64) -> f64 {
        let across = frames / self.half_width_frames;
        let under_root = 1.0 - across * across;
        if under_root < 0.0 {
            return 0.0;
        }
        let window = bessel_i0(self.beta * under_root.sqrt()) / self.peak;
        self.cutoff * sinc(self.cutoff * frames) * window
    }
}

/// Frames to each side that a Kaiser window needs for a stop band of `stop_db` and a transition that is `transition`
/// wide, as a fraction of Nyquist.
pub fn half_width_frames(stop_db: f64, transition: f64) -> f64 {
    // M = (A − 8) / (2.285 Δω) is the order, twice the half width; Δω = π · transition.
    (stop_db - 8.0) / (2.285 * std::f64::consts::PI * transition) / 2.0
}

/// sin(πx) / (πx), with its zeros exact.
fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        return 1.0;
    }
    if x == libm::trunc(x) {
        return 0.0;
    }
    let angle = std::f64::consts::PI * x;
    libm::sin(angle) / angle
}

/// The modified Bessel function of the first kind, order zero, by its power series (Abramowitz and Stegun, 9.6.12),
/// summed until a term no longer counts.
fn bessel_i0(x: f64) -> f64 {
    let quarter_square = x * x / 4.0;
    let (mut sum, mut term, mut k) = (1.0, 1.0, 1.0);
    while term > sum * f64::EPSILON / 4.0 {
        term *= quarter_square / (k * k);
        sum += term;
        k += 1.0;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bessel_agrees_with_the_printed_table() {
        // Abramowitz and Stegun, table 9.8: e^−x · I0(x) at x = 1, 5, 10.
        for (x, scaled) in [(1.0, 0.465_759_607_6), (5.0, 0.183_540_812_6), (10.0, 0.127_833_337_2)] {
            assert!((libm::exp(-x) * bessel_i0(x) - scaled).abs() < 1e-9, "at {x}");
        }
    }

    #[test]
    fn the_shape_is_even_ends_at_its_width_and_passes_direct_current() {
        let shape = WindowedSinc::new(0.5, 60.0, 120.0);
        assert_eq!(shape.at(3.25), shape.at(-3.25));
        assert_eq!(shape.at(60.5), 0.0);
        let sum: f64 = (-60..=60).map(|frame| shape.at(f64::from(frame) + 0.3)).sum();
        // Deviation of the sum is the stop band leaking in from the multiples of the rate: −120 dB.
        assert!((sum - 1.0).abs() < 1e-6);
    }
}
