//! Filters for planting: the usual second-order sections, with the formulas of R. Bristow-Johnson's cookbook.

use super::Sound;

struct Section {
    b: [f64; 3],
    a: [f64; 2],
}

impl Section {
    fn run(&self, sound: &mut Sound) {
        sound.each(|channel| {
            let (mut x1, mut x2, mut y1, mut y2) = (0.0, 0.0, 0.0, 0.0);
            for x in channel.iter_mut() {
                let input = f64::from(*x);
                let y = self.b[0] * input + self.b[1] * x1 + self.b[2] * x2 - self.a[0] * y1 - self.a[1] * y2;
                (x2, x1, y2, y1) = (x1, input, y1, y);
                *x = y as f32;
            }
        });
    }
}

fn parts(rate_hz: u32, freq_hz: f64, q: f64) -> (f64, f64) {
    let w = std::f64::consts::TAU * freq_hz / f64::from(rate_hz);
    (libm::cos(w), libm::sin(w) / (2.0 * q))
}

/// A bell.
pub fn bell(sound: &mut Sound, freq_hz: f64, gain_db: f64, q: f64) {
    let (cos, alpha) = parts(sound.rate_hz, freq_hz, q);
    let a = libm::pow(10.0, gain_db / 40.0);
    let a0 = 1.0 + alpha / a;
    let section = Section {
        b: [(1.0 + alpha * a) / a0, -2.0 * cos / a0, (1.0 - alpha * a) / a0],
        a: [-2.0 * cos / a0, (1.0 - alpha / a) / a0],
    };
    section.run(sound);
}

/// A shelf above a frequency.
pub fn high_shelf(sound: &mut Sound, freq_hz: f64, gain_db: f64) {
    shelf(sound, freq_hz, gain_db, -1.0);
}

/// A shelf below a frequency.
pub fn low_shelf(sound: &mut Sound, freq_hz: f64, gain_db: f64) {
    shelf(sound, freq_hz, gain_db, 1.0);
}

fn shelf(sound: &mut Sound, freq_hz: f64, gain_db: f64, low: f64) {
    let (cos, alpha) = parts(sound.rate_hz, freq_hz, std::f64::consts::FRAC_1_SQRT_2);
    let a = libm::pow(10.0, gain_db / 40.0);
    let root = 2.0 * a.sqrt() * alpha;
    let cos = low * cos;
    let a0 = (a + 1.0) + (a - 1.0) * cos + root;
    let section = Section {
        b: [
            a * ((a + 1.0) - (a - 1.0) * cos + root) / a0,
            low * 2.0 * a * ((a - 1.0) - (a + 1.0) * cos) / a0,
            a * ((a + 1.0) - (a - 1.0) * cos - root) / a0,
        ],
        a: [low * -2.0 * ((a - 1.0) + (a + 1.0) * cos) / a0, ((a + 1.0) + (a - 1.0) * cos - root) / a0],
    };
    section.run(sound);
}

/// What is below a frequency, with 24 dB an octave.
pub fn low_pass(sound: &mut Sound, freq_hz: f64) {
    for q in [0.541_196, 1.306_563] {
        let (cos, alpha) = parts(sound.rate_hz, freq_hz, q);
        let a0 = 1.0 + alpha;
        let b = (1.0 - cos) / 2.0 / a0;
        Section { b: [b, 2.0 * b, b], a: [-2.0 * cos / a0, (1.0 - alpha) / a0] }.run(sound);
    }
}

/// What is above a frequency, with 24 dB an octave.
pub fn high_pass(sound: &mut Sound, freq_hz: f64) {
    for q in [0.541_196, 1.306_563] {
        let (cos, alpha) = parts(sound.rate_hz, freq_hz, q);
        let a0 = 1.0 + alpha;
        let b = (1.0 + cos) / 2.0 / a0;
        Section { b: [b, -2.0 * b, b], a: [-2.0 * cos / a0, (1.0 - alpha) / a0] }.run(sound);
    }
}
