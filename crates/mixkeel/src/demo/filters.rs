//! The few filters that microphones, cabinets and bodies of instruments are made of.

use std::f64::consts::PI;

/// A second-order section in transposed direct form II, with the designs of R. Bristow-Johnson's "Cookbook formulae
/// for audio EQ biquad filter coefficients". State in `f64`: resonances of 50 Hz at 48 kHz need it.
#[derive(Clone, Debug, Default)]
pub(super) struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
    z: [f64; 2],
}

impl Biquad {
    fn from(b: [f64; 3], a0: f64, a: [f64; 2]) -> Self {
        Self { b: b.map(|value| value / a0), a: a.map(|value| value / a0), z: [0.0; 2] }
    }

    fn angle(freq_hz: f64, q: f64, rate_hz: u32) -> (f64, f64) {
        let w = 2.0 * PI * (freq_hz / f64::from(rate_hz)).min(0.49);
        (libm::cos(w), libm::sin(w) / (2.0 * q))
    }

    /// Passes what is below.
    pub fn lowpass(freq_hz: f64, q: f64, rate_hz: u32) -> Self {
        let (cos, alpha) = Self::angle(freq_hz, q, rate_hz);
        let side = (1.0 - cos) / 2.0;
        Self::from([side, 2.0 * side, side], 1.0 + alpha, [-2.0 * cos, 1.0 - alpha])
    }

    /// Passes what is above.
    pub fn highpass(freq_hz: f64, q: f64, rate_hz: u32) -> Self {
        let (cos, alpha) = Self::angle(freq_hz, q, rate_hz);
        let side = (1.0 + cos) / 2.0;
        Self::from([side, -2.0 * side, side], 1.0 + alpha, [-2.0 * cos, 1.0 - alpha])
    }

    /// Passes a band, at 0 dB in its middle.
    pub fn bandpass(freq_hz: f64, q: f64, rate_hz: u32) -> Self {
        let (cos, alpha) = Self::angle(freq_hz, q, rate_hz);
        Self::from([alpha, 0.0, -alpha], 1.0 + alpha, [-2.0 * cos, 1.0 - alpha])
    }

    /// A bell.
    pub fn bell(freq_hz: f64, q: f64, gain_db: f64, rate_hz: u32) -> Self {
        let (cos, alpha) = Self::angle(freq_hz, q, rate_hz);
        let a = libm::exp10(gain_db / 40.0);
        Self::from(
            [1.0 + alpha * a, -2.0 * cos, 1.0 - alpha * a],
            1.0 + alpha / a,
            [-2.0 * cos, 1.0 - alpha / a],
        )
    }

    /// Takes the coefficients of another design and keeps what is ringing: for filters that move.
    pub fn retune(&mut self, design: &Biquad) {
        self.b = design.b;
        self.a = design.a;
    }

    /// One sample.
    #[inline]
    pub fn next(&mut self, x: f64) -> f64 {
        let y = self.b[0] * x + self.z[0];
        self.z[0] = self.b[1] * x - self.a[0] * y + self.z[1];
        self.z[1] = self.b[2] * x - self.a[1] * y;
        y
    }

    /// A whole line, in place. What rings on in silence is cut off at −500 dB: numbers smaller than a normal `f64` would
    /// make a long rest slower than the loudest bar.
    pub fn run(mut self, line: &mut [f64]) {
        for block in line.chunks_mut(64) {
            for sample in block {
                *sample = self.next(*sample);
            }
            self.z = self.z.map(|state| if state.abs() < 1e-25 { 0.0 } else { state });
        }
    }
}

/// A one-pole low-pass: gentle, and cheap enough for every string.
#[derive(Clone, Debug)]
pub(super) struct OnePole {
    coefficient: f64,
    state: f64,
}

impl OnePole {
    /// −3 dB at this frequency (impulse-invariant design: the pole is e^(−2πf/rate)).
    pub fn lowpass(freq_hz: f64, rate_hz: u32) -> Self {
        Self { coefficient: 1.0 - libm::exp(-2.0 * PI * freq_hz / f64::from(rate_hz)), state: 0.0 }
    }

    /// One sample.
    #[inline]
    pub fn next(&mut self, x: f64) -> f64 {
        self.state += self.coefficient * (x - self.state);
        self.state
    }
}
