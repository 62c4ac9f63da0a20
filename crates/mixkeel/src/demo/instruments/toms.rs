//! The toms: three drums, each a membrane that starts sharp and settles.

use super::super::filters::Biquad;
use super::super::modal::{Mode, strike};
use super::super::noise::Noise;

/// The three drums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::demo) enum Tom {
    High,
    Middle,
    Floor,
}

impl Tom {
    /// The drum and how hard it is hit, from a character of the pattern.
    pub fn from_pattern(stroke: char) -> Option<(Tom, f64)> {
        let tom = match stroke.to_ascii_lowercase() {
            'h' => Tom::High,
            'm' => Tom::Middle,
            'f' => Tom::Floor,
            _ => return None,
        };
        Some((tom, if stroke.is_ascii_uppercase() { 0.95 } else { 0.65 }))
    }

    /// The lowest mode in Hz and its decay in seconds. Ours: 10, 12 and 16 inches, tuned a fourth apart.
    fn tuning(self) -> (f64, f64) {
        match self {
            Tom::High => (165.0, 0.75),
            Tom::Middle => (124.0, 0.95),
            Tom::Floor => (82.0, 1.3),
        }
    }
}

/// Ratios of an ideal membrane (Fletcher & Rossing, §3.6) with levels and shares of the decay.
const MODES: [(f64, f64, f64); 6] = [
    (1.0, 1.0, 1.0),
    (1.03, 0.35, 0.6),
    (1.594, 0.45, 0.45),
    (2.136, 0.2, 0.3),
    (2.653, 0.1, 0.2),
    (3.156, 0.06, 0.15),
];

/// Adds one hit.
pub(in crate::demo) fn hit(
    line: &mut [f64],
    start: usize,
    tom: Tom,
    velocity: f64,
    noise: &mut Noise,
    rate_hz: u32,
) {
    let rate = f64::from(rate_hz);
    let (base_hz, decay_s) = tom.tuning();
    let modes = MODES.map(|(ratio, level, share)| Mode {
        freq_hz: base_hz * ratio * (1.0 + 0.003 * noise.human()),
        level: level * velocity,
        decay_s: decay_s * share,
    });
    strike(line, start, usize::MAX, &modes, rate_hz);
    // The skin tightens under the stick: for the first moments a mode a little sharp sounds with the others.
    let sharp = [Mode { freq_hz: base_hz * 1.12, level: 0.5 * velocity, decay_s: 0.12 }];
    strike(line, start, usize::MAX, &sharp, rate_hz);
    let Some(line) = line.get_mut(start..) else { return };
    let mut stick = Biquad::bandpass(1100.0 + 1400.0 * velocity, 0.8, rate_hz);
    let decay = libm::exp(-1.0 / (0.005 * rate));
    let mut level = velocity * velocity;
    for sample in line.iter_mut().take((0.06 * rate) as usize) {
        *sample += stick.next(noise.white() * level);
        level *= decay;
    }
}
