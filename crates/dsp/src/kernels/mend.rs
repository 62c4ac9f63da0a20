//! One more section, that makes good what several matched ones in a row are still off by.
//!
//! Each section that [`matched`](crate::kernels::matched) finds comes close to its own circuit. Under half the rate, where a steep
//! low pass falls without end and digital sections flatten, what remains of their errors adds up. One section with poles that stand
//! still and zeros that are fitted takes it away: as the poles are given, the fit is linear, has one answer, and follows a corner
//! that moves without jumping.

use crate::kernels::matched::{Analogue, HIGHEST_SHARE};
use crate::kernels::svf::{Section, tan_half};

/// At this rate and over it nothing needs mending: errors are under 0.07 dB in all that is heard.
const RATE_WITHOUT_ERRORS_HZ: u32 = 64_000;

/// Corners under this share of the rate need none: where errors begin, nothing is left of the sound.
const LOWEST_CORNER_SHARE: f64 = 0.02;

/// Where the poles stand, as a share of the rate, and their quality. Ours: of those tried, the ones that leave the least.
const POLES_SHARE: f64 = 0.37;
const POLES_Q: f64 = 2.0;

/// Frequencies of the fit, as shares of the rate.
const SHARES: [f64; 33] = [
    0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.065, 0.08, 0.1, 0.125, 0.15, 0.175, 0.2, 0.21, 0.22, 0.23, 0.25,
    0.27, 0.29, 0.3, 0.32, 0.34, 0.35, 0.36, 0.37, 0.385, 0.4, 0.415, 0.43, 0.44, 0.45, 0.46, 0.48,
];

/// What errors weigh up to each share of the rate: at 44.1 kHz, 0.1 dB are allowed to 10 kHz, 0.3 to 16 and 1.0 to 20.
fn weight(share: f64) -> f64 {
    match share {
        share if share < 0.24 => 1.0,
        share if share < 0.375 => 0.35,
        share if share < 0.465 => 0.15,
        _ => 0.02,
    }
}

/// What lies under this power, −80 dB, weighs less, because it is not heard.
const HARDLY_HEARD: f64 = 1e-8;
const WEIGHT_UNHEARD: f64 = 0.3;

/// The section that brings some sections, each beside the circuit that it stands for, closer to their circuits at a rate. It does
/// nothing where nothing is to be mended.
pub fn mend(made: &[(Analogue, Section)], freq_hz: f64, rate_hz: u32) -> Section {
    let rate = f64::from(rate_hz);
    if rate_hz >= RATE_WITHOUT_ERRORS_HZ || freq_hz < LOWEST_CORNER_SHARE * rate {
        return Section::IDENTITY;
    }
    let freq_hz = freq_hz.min(HIGHEST_SHARE * rate);
    let g = tan_half(POLES_SHARE * rate, rate_hz);
    let damping = 1.0 / (POLES_Q * POLES_Q);
    // Over v = −s², the power response is (1 + p₁v + p₂v²)/(1 + (1/Q² − 2)v + v²); p₁ and p₂ by weighted least squares of the
    // relative error, from their normal equations.
    let ([mut vv, mut vw, mut ww], [mut vt, mut wt]) = ([0.0; 3], [0.0; 2]);
    for share in SHARES {
        let at = tan_half(share * rate, rate_hz);
        let (mut wanted, mut owed) = (1.0, 1.0);
        for (circuit, section) in made {
            let power = circuit.power(share * rate / freq_hz);
            wanted *= power;
            owed *= power / section.power(at).max(f64::MIN_POSITIVE);
        }
        let v = (at / g) * (at / g);
        let target = owed * ((1.0 - v) * (1.0 - v) + damping * v);
        let scale = weight(share) * if wanted < HARDLY_HEARD { WEIGHT_UNHEARD } else { 1.0 } / target;
        let (first, second, rest) = (scale * v, scale * v * v, scale * (target - 1.0));
        (vv, vw, ww) = (vv + first * first, vw + first * second, ww + second * second);
        (vt, wt) = (vt + first * rest, wt + second * rest);
    }
    let determinant = vv * ww - vw * vw;
    let (p1, p2) = ((vt * ww - wt * vw) / determinant, (wt * vv - vt * vw) / determinant);
    let high = p2.sqrt();
    let band = (p1 + 2.0 * high).sqrt();
    if high.is_finite() && band.is_finite() {
        Section::from_analogue(g, [1.0, band, high], [1.0, 1.0 / POLES_Q, 1.0])
    } else {
        Section::IDENTITY
    }
}
