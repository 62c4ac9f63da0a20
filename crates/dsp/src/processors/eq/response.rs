//! What an equaliser does to each frequency, for drawing and for forecasts.

use super::EqSettings;
use super::band::{Channel, Sections};
use crate::curve::Curve;
use crate::kernels::svf::tan_half;
use crate::units::db_from_power;

type Complex = [f64; 2];

/// The parts that are drawn where bands work on some of them only.
const PARTS: [(&str, Channel); 4] =
    [("mid", Channel::Mid), ("side", Channel::Side), ("left", Channel::Left), ("right", Channel::Right)];

/// The response of an equaliser at one rate: made once, asked often.
#[derive(Clone, Debug)]
pub struct EqResponse {
    rate_hz: u32,
    bands: Vec<(Channel, Sections)>,
    output_db: f64,
}

impl EqResponse {
    /// The response of these settings.
    pub fn new(settings: &EqSettings, rate_hz: u32) -> Self {
        let on = settings.band.each().filter(|(_, band)| band.on);
        let bands = on.map(|(_, band)| (band.channel, band.sections(rate_hz))).collect();
        Self { rate_hz, bands, output_db: settings.output_db }
    }

    /// Whether some band works on a part of the stereo signal only.
    pub fn is_by_channel(&self) -> bool {
        self.bands.iter().any(|(channel, _)| *channel != Channel::Both)
    }

    /// The curves to draw: one where all bands work on both channels alike, else one of each part of the signal. `name` is told the
    /// part.
    pub fn curves(&self, name: impl Fn(Option<&str>) -> String) -> Vec<Curve> {
        let curve = |part: Option<&str>, channel: Channel| {
            Curve::response(&name(part), self.rate_hz, |hz| self.gain_db(hz, channel))
        };
        if self.is_by_channel() {
            PARTS.iter().map(|(part, channel)| curve(Some(part), *channel)).collect()
        } else {
            vec![curve(None, Channel::Both)]
        }
    }

    /// The gain in dB from one part of a stereo signal to the same part of the output: left to left, mid to mid. Asked
    /// of both channels alike, it is that of what they have in common. −infinity where nothing passes.
    pub fn gain_db(&self, freq_hz: f64, channel: Channel) -> f64 {
        let at = tan_half(freq_hz, self.rate_hz);
        // What goes from left to left, right to left, left to right and right to right.
        let mut matrix: [Complex; 4] = [[1.0, 0.0], [0.0; 2], [0.0; 2], [1.0, 0.0]];
        for (of, sections) in &self.bands {
            let gain = sections.iter().fold([1.0, 0.0], |gain, section| times(gain, section.response(at)));
            let [ll, rl, lr, rr] = matrix;
            let half = |one: Complex, other: Complex| [(one[0] + other[0]) / 2.0, (one[1] + other[1]) / 2.0];
            let none = |one: Complex| [-one[0], -one[1]];
            // A band on the middle changes both sides by (gain − 1) times the middle.
            let spread = |middle: Complex| times([gain[0] - 1.0, gain[1]], middle);
            matrix = match of {
                Channel::Both => matrix.map(|entry| times(gain, entry)),
                Channel::Left => [times(gain, ll), times(gain, rl), lr, rr],
                Channel::Right => [ll, rl, times(gain, lr), times(gain, rr)],
                Channel::Mid => {
                    let (from_left, from_right) = (spread(half(ll, lr)), spread(half(rl, rr)));
                    [plus(ll, from_left), plus(rl, from_right), plus(lr, from_left), plus(rr, from_right)]
                }
                Channel::Side => {
                    let (from_left, from_right) = (spread(half(ll, none(lr))), spread(half(rl, none(rr))));
                    [
                        plus(ll, from_left),
                        plus(rl, from_right),
                        plus(lr, none(from_left)),
                        plus(rr, none(from_right)),
                    ]
                }
            };
        }
        let [ll, rl, lr, rr] = matrix;
        let sum = |sign: f64| {
            let part = |c: usize| (ll[c] + rr[c] + sign * (rl[c] + lr[c])) / 2.0;
            [part(0), part(1)]
        };
        let [re, im] = match channel {
            Channel::Left => ll,
            Channel::Right => rr,
            Channel::Side => sum(-1.0),
            Channel::Both | Channel::Mid => sum(1.0),
        };
        db_from_power(re * re + im * im) + self.output_db
    }
}

fn times([a, b]: Complex, [c, d]: Complex) -> Complex {
    [a * c - b * d, a * d + b * c]
}

fn plus([a, b]: Complex, [c, d]: Complex) -> Complex {
    [a + c, b + d]
}
