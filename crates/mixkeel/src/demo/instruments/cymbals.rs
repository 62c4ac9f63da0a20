//! The metal of the kit: hi-hat, ride and crash, each a crowd of partials without harmony, under a wash of noise.

use super::super::filters::Biquad;
use super::super::modal::{Mode, strike};
use super::super::noise::Noise;

/// What is struck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::demo) enum Cymbal {
    ClosedHat,
    OpenHat,
    Ride,
    Crash,
}

/// How one of them is built.
struct Build {
    partials: usize,
    low_hz: f64,
    high_hz: f64,
    decay_s: f64,
    /// The longest it sounds: the hat closes again.
    longest_s: f64,
    noise_decay_s: f64,
    noise_level: f64,
    noise_low_hz: f64,
    /// How long the wash takes to build up: a crash blooms.
    bloom_s: f64,
}

impl Cymbal {
    fn build(self) -> Build {
        match self {
            Cymbal::ClosedHat => Build {
                partials: 24,
                low_hz: 3200.0,
                high_hz: 13_000.0,
                decay_s: 0.16,
                longest_s: 0.2,
                noise_decay_s: 0.018,
                noise_level: 1.6,
                noise_low_hz: 6500.0,
                bloom_s: 0.0,
            },
            Cymbal::OpenHat => Build {
                partials: 24,
                low_hz: 2900.0,
                high_hz: 13_000.0,
                decay_s: 0.9,
                longest_s: 0.34,
                noise_decay_s: 0.16,
                noise_level: 1.1,
                noise_low_hz: 5500.0,
                bloom_s: 0.002,
            },
            Cymbal::Ride => Build {
                partials: 32,
                low_hz: 520.0,
                high_hz: 11_000.0,
                decay_s: 1.6,
                longest_s: 2.0,
                noise_decay_s: 0.05,
                noise_level: 0.5,
                noise_low_hz: 5000.0,
                bloom_s: 0.0,
            },
            Cymbal::Crash => Build {
                partials: 48,
                low_hz: 380.0,
                high_hz: 14_000.0,
                decay_s: 2.6,
                longest_s: 3.4,
                noise_decay_s: 0.55,
                noise_level: 1.2,
                noise_low_hz: 2800.0,
                bloom_s: 0.012,
            },
        }
    }

    /// The partials, the same on every stroke: it is the same piece of metal. Spread by ratio with a little disorder;
    /// the high ones die first.
    pub fn partials(self) -> Vec<Mode> {
        let build = self.build();
        // A number of its own for each cymbal, so that they differ.
        let mut shape = Noise::new(77, build.partials as u64 + build.low_hz as u64);
        let span = libm::log(build.high_hz / build.low_hz);
        (0..build.partials)
            .map(|index| {
                let place = (index as f64 + 0.8 * shape.uniform()) / build.partials as f64;
                Mode {
                    freq_hz: build.low_hz * libm::exp(span * place),
                    level: (0.35 + 0.65 * shape.uniform()) * (0.4 + 0.6 * place)
                        / (build.partials as f64).sqrt(),
                    decay_s: build.decay_s * (1.15 - 0.75 * place) * (0.7 + 0.6 * shape.uniform()),
                }
            })
            .collect()
    }
}

/// Adds one stroke. A soft one excites the high partials less.
pub(in crate::demo) fn stroke(
    line: &mut [f64],
    start: usize,
    cymbal: Cymbal,
    partials: &[Mode],
    velocity: f64,
    noise: &mut Noise,
    rate_hz: u32,
) {
    let build = cymbal.build();
    let rate = f64::from(rate_hz);
    let count = partials.len().max(1) as f64;
    let struck: Vec<Mode> = partials
        .iter()
        .enumerate()
        .map(|(index, mode)| {
            let place = index as f64 / count;
            let soften = 1.0 - (1.0 - velocity) * 0.8 * place;
            // The stick meets the metal at another place each time.
            Mode { level: mode.level * velocity * soften * (1.0 + 0.2 * noise.human()), ..*mode }
        })
        .collect();
    let longest = (build.longest_s * rate) as usize;
    let end = (start + longest).min(line.len());
    let Some(span) = line.get_mut(start..end) else { return };
    let mut ring = vec![0.0; span.len()];
    strike(&mut ring, 0, longest, &struck, rate_hz);
    let mut low = Biquad::highpass(build.noise_low_hz, 0.7, rate_hz);
    let mut high = Biquad::lowpass(10_000.0 + 6000.0 * velocity, 0.6, rate_hz);
    let decay = libm::exp(-1.0 / (build.noise_decay_s * rate));
    let bloom = if build.bloom_s > 0.0 { libm::exp(-1.0 / (build.bloom_s * rate)) } else { 0.0 };
    let (mut level, mut missing) = (build.noise_level * velocity * 0.4, 1.0);
    let fade = (0.03 * rate) as usize;
    let frames = ring.len();
    for (index, (sample, ring)) in span.iter_mut().zip(&ring).enumerate() {
        missing *= bloom;
        let wash =
            if level > 1e-6 { high.next(low.next(noise.white())) * level * (1.0 - missing) } else { 0.0 };
        level *= decay;
        let close = ((frames - index) as f64 / fade as f64).min(1.0);
        *sample += (ring + wash) * close;
    }
}
