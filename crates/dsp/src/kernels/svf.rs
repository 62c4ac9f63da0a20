//! Second-order sections as state-variable filters in `f64`, which stay calm however fast their settings move.
//!
//! The structure is the trapezoidal ("topology-preserving") state-variable filter of V. Zavalishin, "The Art of VA Filter
//! Design", rev. 2.1.2 (2018), §4. The sum of the squares of its two states never grows without input, whatever its
//! corner and damping do from frame to frame (a line of algebra: it falls by 4·g·k·v₁² a frame), so no motion can blow it
//! up, and its settings are small numbers that lose nothing to cancellation where a corner is low and the rate high.
//!
//! Any stable second-order section can be put into this form; [`matched`](crate::kernels::matched) finds those that come
//! closest to an analogue filter.

use crate::glide::Motion;
use crate::processor::State;

/// A state nearer to zero than this is zero: 1e-200 is beyond any effect on an `f32` sample, and far from the subnormal
/// numbers that a channel falling silent would otherwise decay into.
const NOTHING: f64 = 1e-200;

/// tan(π·f/rate): where a frequency lies on the axis that the trapezoidal rule turns into the analogue one. What lies
/// outside 0 to 0.4999 of the rate is brought within.
pub fn tan_half(freq_hz: f64, rate_hz: u32) -> f64 {
    let turns = freq_hz / f64::from(rate_hz);
    libm::tan(std::f64::consts::PI * if turns > 0.0 { turns.min(0.4999) } else { 0.0 })
}

/// A second-order section: (high·s² + band·s + low) / (s² + k·s + 1) with s = (z − 1)/(z + 1)/g.
///
/// ```
/// use mixkeel_dsp::kernels::svf::{Section, Svf, tan_half};
/// let corner = Section::low_pass(tan_half(1_000.0, 48_000), std::f64::consts::FRAC_1_SQRT_2);
/// assert!((corner.gain_db(1_000.0, 48_000) + 3.01).abs() < 0.001);
/// let mut filter = Svf::<1>::default();
/// let mut sound = [[1.0]; 4_800];
/// filter.run(&corner.step(), &mut sound);
/// assert!((sound[4_799][0] - 1.0).abs() < 1e-9);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Section {
    /// tan(π·f/rate) of the natural frequency f; over 0.
    pub g: f64,
    /// The damping, 1/Q; over 0.
    pub k: f64,
    /// What is kept of s², the high pass.
    pub high: f64,
    /// What is kept of s, the band pass.
    pub band: f64,
    /// What is kept of 1, the low pass.
    pub low: f64,
}

impl Default for Section {
    fn default() -> Self {
        Self::IDENTITY
    }
}

impl Section {
    /// Passes everything as it is.
    pub const IDENTITY: Self = Self { g: 1.0, k: 2.0, high: 1.0, band: 2.0, low: 1.0 };

    /// The section of an analogue filter under the trapezoidal (bilinear) rule: polynomials of s in rising powers, whose
    /// s = 1 stands at `g` = [`tan_half`] of a frequency. Second-order filters have a last denominator over 0; of
    /// first-order ones both last coefficients are 0, and a pole and a zero that cancel are added.
    pub fn from_analogue(g: f64, numerator: [f64; 3], denominator: [f64; 3]) -> Self {
        let ([n0, n1, n2], [d0, d1, d2]) = (numerator, denominator);
        if d2 == 0.0 {
            let (d0, n0, n1) = (1.0, n0 / d0, n1 / d0);
            let d1 = d1 / denominator[0];
            return Self::from_analogue(g, [n0, n0 * d1 + n1, n1 * d1], [d0, 2.0 * d1, d1 * d1]);
        }
        let natural = (d0 / d2).sqrt();
        let across = (d0 * d2).sqrt();
        Self { g: g * natural, k: d1 / across, high: n2 / d2, band: n1 / across, low: n0 / d0 }
    }

    /// A low pass with this corner and quality, exact where frequencies are far below half the rate. Together with
    /// [`high_pass`](Self::high_pass) it makes crossovers: both have one denominator.
    pub fn low_pass(g: f64, q: f64) -> Self {
        Self { g, k: 1.0 / q, high: 0.0, band: 0.0, low: 1.0 }
    }

    /// The high pass beside [`low_pass`](Self::low_pass).
    pub fn high_pass(g: f64, q: f64) -> Self {
        Self { g, k: 1.0 / q, high: 1.0, band: 0.0, low: 0.0 }
    }

    /// The all-pass beside [`low_pass`](Self::low_pass): half a turn of phase at the corner.
    pub fn all_pass(g: f64, q: f64) -> Self {
        Self { g, k: 1.0 / q, high: 1.0, band: -1.0 / q, low: 1.0 }
    }

    /// Whether it passes everything as it is.
    pub fn is_identity(&self) -> bool {
        self.high == 1.0 && self.low == 1.0 && self.band == self.k
    }

    /// The same poles with nothing done: where a section fades to when it is switched off.
    pub fn at_rest(&self) -> Self {
        Self { high: 1.0, band: self.k, low: 1.0, ..*self }
    }

    /// A section on the straight line to another, `share` of the way there.
    pub fn toward(&self, to: &Self, share: f64) -> Self {
        let between = |from: f64, to: f64| from + (to - from) * share;
        Self {
            g: between(self.g, to.g),
            k: between(self.k, to.k),
            high: between(self.high, to.high),
            band: between(self.band, to.band),
            low: between(self.low, to.low),
        }
    }

    /// The complex gain at `tan_half` of a frequency, as real and imaginary part.
    pub fn response(&self, tan_half: f64) -> [f64; 2] {
        let s = tan_half / self.g;
        let (over, under) = ([self.low - self.high * s * s, self.band * s], [1.0 - s * s, self.k * s]);
        let size = under[0] * under[0] + under[1] * under[1];
        [(over[0] * under[0] + over[1] * under[1]) / size, (over[1] * under[0] - over[0] * under[1]) / size]
    }

    /// The gain of powers at `tan_half` of a frequency.
    pub fn power(&self, tan_half: f64) -> f64 {
        let [re, im] = self.response(tan_half);
        re * re + im * im
    }

    /// The gain at a frequency, in dB.
    pub fn gain_db(&self, freq_hz: f64, rate_hz: u32) -> f64 {
        crate::units::db_from_power(self.power(tan_half(freq_hz, rate_hz)))
    }

    /// In how many frames its ringing falls by one neper (8.69 dB), by its slower pole.
    pub fn time_constant_frames(&self) -> f64 {
        let (g, k) = (self.g, self.k);
        let shrink = if k < 2.0 {
            // |z|² of the pair of poles.
            0.5 * libm::log((1.0 - g * k + g * g) / (1.0 + g * k + g * g))
        } else {
            let root = k / 2.0 + (k * k / 4.0 - 1.0).sqrt();
            let of = |s: f64| libm::log(((1.0 - g * s) / (1.0 + g * s)).abs().max(f64::MIN_POSITIVE));
            of(root).max(of(1.0 / root))
        };
        -1.0 / shrink
    }

    /// What one frame takes.
    pub fn step(&self) -> Step {
        let Self { g, k, high, band, low } = *self;
        let a1 = 1.0 / (1.0 + g * (g + k));
        let a2 = g * a1;
        let a3 = g * a2;
        let (of_band, of_low) = (band - high * k, low - high);
        Step {
            stay: (1.0 - g * (g + k)) * a1,
            cross: 2.0 * a2,
            enter: 2.0 * a3,
            from_input: high + of_band * a2 + of_low * a3,
            from_first: of_band * a1 + of_low * a2,
            from_second: low,
        }
    }

    /// Its five numbers.
    pub fn parts(&self) -> [f64; 5] {
        [self.g, self.k, self.high, self.band, self.low]
    }

    /// The section of these [`parts`](Self::parts).
    pub fn from_parts([g, k, high, band, low]: [f64; 5]) -> Self {
        Self { g, k, high, band, low }
    }
}

/// A [`Section`] made ready for frames: what one multiplies by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    pub(crate) stay: f64,
    pub(crate) cross: f64,
    pub(crate) enter: f64,
    pub(crate) from_input: f64,
    pub(crate) from_first: f64,
    pub(crate) from_second: f64,
}

impl Step {
    /// Passes everything and remembers nothing: what fills an empty place among sections.
    pub(crate) const PASS: Self =
        Self { stay: 0.0, cross: 0.0, enter: 0.0, from_input: 1.0, from_first: 0.0, from_second: 0.0 };

    /// A step on the straight line to another, `share` of the way there.
    #[inline(always)]
    pub fn toward(&self, to: &Self, share: f64) -> Self {
        let between = |from: f64, to: f64| from + (to - from) * share;
        Self {
            stay: between(self.stay, to.stay),
            cross: between(self.cross, to.cross),
            enter: between(self.enter, to.enter),
            from_input: between(self.from_input, to.from_input),
            from_first: between(self.from_first, to.from_first),
            from_second: between(self.from_second, to.from_second),
        }
    }
}

/// The memory of one section in `C` channels, which all get the same arithmetic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Svf<const C: usize> {
    pub(crate) first: [f64; C],
    pub(crate) second: [f64; C],
}

impl<const C: usize> Default for Svf<C> {
    fn default() -> Self {
        Self { first: [0.0; C], second: [0.0; C] }
    }
}

impl<const C: usize> Svf<C> {
    /// One frame.
    #[inline(always)]
    pub fn next(&mut self, step: &Step, x: [f64; C]) -> [f64; C] {
        let mut y = [0.0; C];
        for c in 0..C {
            let (first, second) = (self.first[c], self.second[c]);
            let rest = x[c] - second;
            y[c] = step.from_input * rest + (step.from_first * first + step.from_second * second);
            self.first[c] = step.stay * first + step.cross * rest;
            self.second[c] = (second + step.cross * first) + step.enter * rest;
        }
        y
    }

    /// A stretch of frames with a section that stands still.
    pub fn run(&mut self, step: &Step, frames: &mut [[f64; C]]) {
        for frame in frames {
            *frame = self.next(step, *frame);
        }
        self.settle();
    }

    /// A stretch of frames with a section that may be on its way.
    pub fn run_motion(&mut self, motion: &Motion<Section>, frames: &mut [[f64; C]]) {
        if let Some(section) = motion.still() {
            return self.run(&section.step(), frames);
        }
        let (from, to) = motion.ends();
        self.run_between(&from.step(), &to.step(), |index| motion.share(index), frames);
    }

    /// A stretch of frames on the straight line between two steps, `share` of the way at each frame. Neither end lets the
    /// energy grow, so nothing between them does.
    pub fn run_between(
        &mut self,
        from: &Step,
        to: &Step,
        share: impl Fn(usize) -> f64,
        frames: &mut [[f64; C]],
    ) {
        for (index, frame) in frames.iter_mut().enumerate() {
            *frame = self.next(&from.toward(to, share(index)), *frame);
        }
        self.settle();
    }

    /// Drops what has faded to nothing; to be called now and then where [`next`](Self::next) is called alone. What comes
    /// out may be a zero of the other sign thereafter: where bits count, add 0.0 to the sample.
    pub fn settle(&mut self) {
        for state in self.first.iter_mut().chain(&mut self.second) {
            if state.abs() < NOTHING && *state != 0.0 {
                *state = 0.0;
            }
        }
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Notes the memory.
    pub fn snapshot(&self, to: &mut State) {
        self.first.iter().chain(&self.second).for_each(|state| to.put(*state));
    }

    /// Takes up a memory.
    pub fn restore(&mut self, from: &mut State) {
        self.first.iter_mut().chain(&mut self.second).for_each(|state| *state = from.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_heard_is_the_response_that_is_drawn() {
        let rate_hz = 48_000;
        for section in [
            Section::low_pass(tan_half(900.0, rate_hz), 0.6),
            Section::high_pass(tan_half(900.0, rate_hz), 3.0),
            Section::all_pass(tan_half(5_000.0, rate_hz), 0.7),
            Section::from_analogue(tan_half(2_000.0, rate_hz), [2.0, 3.0, 0.5], [1.0, 0.4, 0.7]),
            Section::from_analogue(tan_half(2_000.0, rate_hz), [0.5, 3.0, 0.0], [1.0, 2.0, 0.0]),
        ] {
            let mut filter = Svf::<1>::default();
            let mut heard = vec![[0.0]; 8_192];
            heard[0] = [1.0];
            filter.run(&section.step(), &mut heard);
            for hz in [30.0, 700.0, 2_100.0, 15_000.0] {
                let turn = std::f64::consts::TAU * hz / f64::from(rate_hz);
                let (mut re, mut im) = (0.0, 0.0);
                for (frame, [sample]) in heard.iter().enumerate() {
                    let (sin, cos) = libm::sincos(turn * frame as f64);
                    re += sample * cos;
                    im -= sample * sin;
                }
                let [wanted_re, wanted_im] = section.response(tan_half(hz, rate_hz));
                assert!((re - wanted_re).abs() < 1e-9 && (im - wanted_im).abs() < 1e-9, "{section:?} {hz}");
            }
        }
    }

    #[test]
    fn a_first_order_filter_is_six_decibels_an_octave() {
        let section = Section::from_analogue(tan_half(100.0, 96_000), [0.0, 1.0, 0.0], [1.0, 1.0, 0.0]);
        assert!((section.gain_db(100.0, 96_000) + 3.0103).abs() < 1e-4);
        assert!((section.gain_db(5.0, 96_000) - section.gain_db(2.5, 96_000) - 6.02).abs() < 0.02);
    }

    #[test]
    fn no_motion_makes_it_grow() {
        // Corner and damping jump at random on every frame; without input its energy may only fall.
        let mut random = 1_u64;
        let mut next = || {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 11) as f64 / (1_u64 << 53) as f64
        };
        let mut filter = Svf::<1> { first: [1.0], second: [-0.5] };
        let mut energy = 1.25;
        for _ in 0..10_000 {
            let section = Section {
                g: libm::exp(12.0 * next() - 8.0),
                k: 0.02 + next(),
                high: 0.0,
                band: 0.0,
                low: 1.0,
            };
            filter.next(&section.step(), [0.0]);
            let now = filter.first[0] * filter.first[0] + filter.second[0] * filter.second[0];
            assert!(now <= energy * (1.0 + 1e-12) + 1e-300);
            energy = now;
        }
    }

    #[test]
    fn ringing_falls_by_a_neper_in_its_time_constant() {
        for section in [
            Section::low_pass(tan_half(100.0, 48_000), 10.0),
            Section::low_pass(tan_half(100.0, 48_000), 0.2),
            Section::low_pass(tan_half(20_000.0, 48_000), 0.1),
        ] {
            let mut filter = Svf::<1> { first: [1.0], second: [1.0] };
            let frames = (30.0 * section.time_constant_frames()) as usize;
            filter.run(&section.step(), &mut vec![[0.0]; frames]);
            let left = libm::hypot(filter.first[0], filter.second[0]);
            assert!((-33.0..=-27.0).contains(&libm::log(left)), "{section:?} {left}");
        }
    }

    #[test]
    fn two_channels_get_the_arithmetic_of_one() {
        let motion = |from, to| (Section::low_pass(from, 0.9), Section::high_pass(to, 2.0));
        let (from, to) = motion(0.01, 0.9);
        let (mut one, mut two) = (Svf::<1>::default(), Svf::<2>::default());
        for frame in 0..500 {
            let step = from.toward(&to, f64::from(frame) / 500.0).step();
            let x = libm::sin(f64::from(frame) * 0.37);
            let [alone] = one.next(&step, [x]);
            assert_eq!(two.next(&step, [x, x]), [alone; 2]);
        }
    }
}
