//! From the power of two channels in bands to the power at two ears.

use mixkeel_dsp::units::power_from_db;

use super::{SLICES, System};
use crate::energy::Power;

/// How two channels come to two ears. Two unrelated channels of one level come out at that level in each way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Folding {
    /// A channel an ear.
    Headphones,
    /// Two loudspeakers this many degrees to the left and right of straight ahead; each ear hears both.
    Speakers {
        /// Half the angle between them, 0 to 90.
        half_angle_deg: f64,
    },
    /// One sound for both ears: the sum of the channels over the root of two.
    Mono,
}

/// The radius of a head in metres (C. P. Brown and R. O. Duda, "A structural model for binaural sound synthesis", IEEE
/// Trans. Speech Audio Process. 6 (1998), 476–488).
const HEAD_RADIUS_M: f64 = 0.087_5;

/// The speed of sound in metres a second, at 20 °C.
const SPEED_M_S: f64 = 343.0;

impl Folding {
    /// What the far channel adds to an ear at a frequency: its power, and how much of the cross term, where the near
    /// channel has 1.
    fn far(self, freq_hz: f64) -> (f64, f64) {
        match self {
            Folding::Headphones => (0.0, 0.0),
            Folding::Mono => (1.0, 1.0),
            Folding::Speakers { half_angle_deg } => {
                let angle = half_angle_deg.clamp(0.0, 90.0);
                let shadow = head_power(90.0 + angle, freq_hz) / head_power(90.0 - angle, freq_hz);
                // Woodworth's time from ear to ear. The two arrivals add as sines do until they are a quarter of a period
                // apart; above, neighbouring frequencies add and cancel in turn, which is nothing on average.
                let radians = angle.to_radians();
                let delay_s = HEAD_RADIUS_M / SPEED_M_S * (radians + libm::sin(radians));
                let turns = freq_hz * delay_s;
                let agree = if turns < 0.25 { libm::cos(2.0 * std::f64::consts::PI * turns) } else { 0.0 };
                (shadow, agree * shadow.sqrt())
            }
        }
    }
}

/// The power at an ear of a sphere, this many degrees away from the source, re the sound without the sphere (Brown and
/// Duda 1998, equations 3 to 5).
fn head_power(degrees: f64, freq_hz: f64) -> f64 {
    let alpha = 1.05 + 0.95 * libm::cos((degrees / 150.0 * 180.0).to_radians());
    let over = std::f64::consts::PI * freq_hz * HEAD_RADIUS_M / SPEED_M_S;
    (1.0 + alpha * alpha * over * over) / (1.0 + over * over)
}

/// A playback system made ready for the bands of a signal.
#[derive(Clone, Debug)]
pub struct Ears {
    bands: Vec<Band>,
    noise: Vec<f64>,
}

#[derive(Clone, Copy, Debug)]
struct Band {
    gain: f64,
    near: f64,
    far: f64,
    cross: f64,
}

impl Ears {
    /// For bands that lie between these frequencies in Hz: n + 1 edges, rising, make n bands.
    pub fn new(system: &System, edges_hz: &[f64]) -> Self {
        let full_scale = power_from_db(system.level.full_scale_db_spl());
        let bands = edges_hz
            .windows(2)
            .map(|edge| {
                let inside = |n: usize| edge[0] + (edge[1] - edge[0]) * (n as f64 + 0.5) / SLICES as f64;
                let gains = (0..SLICES).map(|n| power_from_db(system.gain_db(inside(n))));
                let gain = full_scale * gains.sum::<f64>() / SLICES as f64;
                let (far, cross) = system.folding.far(0.5 * (edge[0] + edge[1]));
                let near = 1.0 / (1.0 + far);
                Band { gain, near, far: far * near, cross: 2.0 * cross * near }
            })
            .collect();
        let noise = edges_hz.windows(2).map(|edge| system.noise_power(edge[0], edge[1])).collect();
        Self { bands, noise }
    }

    /// How many bands there are.
    pub fn bands(&self) -> usize {
        self.bands.len()
    }

    /// The power re 0 dB SPL at the left and the right ear in each band. Bands that are missing are silent.
    pub fn hear(&self, sound: &[Power], left: &mut [f64], right: &mut [f64]) {
        left.fill(0.0);
        right.fill(0.0);
        let places = left.iter_mut().zip(right.iter_mut());
        for (((left, right), band), power) in places.zip(&self.bands).zip(sound) {
            let both = band.cross * power.cross;
            let at = |near: f64, far: f64| {
                let sum = band.gain * (band.near * near + band.far * far + both);
                if sum.is_finite() { sum.max(0.0) } else { 0.0 }
            };
            *left = at(power.left, power.right);
            *right = at(power.right, power.left);
        }
    }

    /// The power re 0 dB SPL of the noise in each band, at either ear.
    pub fn noise(&self) -> &[f64] {
        &self.noise
    }
}
