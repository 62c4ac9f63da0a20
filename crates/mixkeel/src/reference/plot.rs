//! A processor's curves as a picture: plain SVG, readable as text, the same bytes every time.

use std::fmt::Write;

use mixkeel_dsp::catalog::Kind;
use mixkeel_dsp::curve::{Axis, Curve};

/// The rate for which curves are drawn.
const RATE_HZ: u32 = 48_000;

/// The drawing inside its margins, in SVG units.
const WIDTH: f64 = 600.0;
const HEIGHT: f64 = 220.0;
const MARGIN: f64 = 48.0;

/// One colour a curve; distinguishable for people who do not see red or green (Okabe and Ito 2008), and by their dashes
/// for those who see no colour.
const INKS: [(&str, &str); 5] =
    [("#0072b2", ""), ("#d55e00", "6 3"), ("#009e73", "2 2"), ("#cc79a7", "8 2 2 2"), ("#000000", "1 3")];

/// How much is drawn at most of a response downwards from its top, in dB: what lies deeper is not heard beside it.
const DEPTH_DB: f64 = 60.0;

/// The curves of a kind's first preset, or of its default settings; nothing when there are none, or only flat ones.
pub fn of(kind: &Kind) -> Option<String> {
    let preset = kind.presets.first().and_then(|preset| (kind.preset)(preset).ok());
    let settings = preset.unwrap_or_else(|| (kind.settings)());
    let curves = (kind.curves)(&*settings, RATE_HZ);
    let axis = curves.first()?.axis;
    let drawn: Vec<&Curve> = curves.iter().filter(|curve| curve.axis == axis).take(INKS.len()).collect();
    let frame = Frame::around(&drawn, axis)?;
    Some(frame.draw(&drawn))
}

struct Frame {
    axis: Axis,
    along: (f64, f64),
    against: (f64, f64),
}

impl Frame {
    fn around(curves: &[&Curve], axis: Axis) -> Option<Self> {
        let points = || curves.iter().flat_map(|curve| &curve.points).filter(|point| point.1.is_finite());
        let ends = |value: fn(&(f64, f64)) -> f64| {
            points().map(value).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            })
        };
        let (along, (low, high)) = (ends(|point| point.0), ends(|point| point.1));
        if along.1 <= along.0 {
            return None;
        }
        let (mut low, mut high) = (low, high);
        if axis == Axis::ResponseDb || axis == Axis::GainDbOverMs {
            low = low.max(high - DEPTH_DB);
            // A flat line stands in the middle of ±6 dB, not on an edge.
            (low, high) = (low.min(-6.0), high.max(6.0));
        }
        let high = if high > low { high } else { low + 1.0 };
        Some(Self { axis, along, against: (low, high) })
    }

    fn is_logarithmic(&self) -> bool {
        matches!(self.axis, Axis::ResponseDb | Axis::DecaySOverHz)
    }

    fn x(&self, along: f64) -> f64 {
        let place = |value: f64| if self.is_logarithmic() { libm::log2(value) } else { value };
        let (from, to) = (place(self.along.0), place(self.along.1));
        MARGIN + WIDTH * (place(along) - from) / (to - from)
    }

    fn y(&self, against: f64) -> f64 {
        let (low, high) = self.against;
        MARGIN + HEIGHT * (high - against.clamp(low, high)) / (high - low)
    }

    fn draw(&self, curves: &[&Curve]) -> String {
        let (along, against) = words(self.axis);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"sans-serif\" font-size=\"11\">\n\
             <title>{against} against {along}</title>\n\
             <rect x=\"{MARGIN}\" y=\"{MARGIN}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"none\" stroke=\"#888\"/>\n",
            WIDTH + 2.0 * MARGIN,
            HEIGHT + 2.0 * MARGIN
        );
        for value in marks(self.along, self.is_logarithmic()) {
            let x = self.x(value);
            let _ = writeln!(
                svg,
                "<path d=\"M{x:.1} {MARGIN}v{HEIGHT}\" stroke=\"#ddd\"/>\
                 <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                MARGIN + HEIGHT + 14.0,
                short(value)
            );
        }
        for value in marks(self.against, false) {
            let y = self.y(value);
            let _ = writeln!(
                svg,
                "<path d=\"M{MARGIN} {y:.1}h{WIDTH}\" stroke=\"#ddd\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                MARGIN - 6.0,
                y + 4.0,
                short(value)
            );
        }
        for ((curve, (ink, dashes)), n) in curves.iter().zip(INKS).zip(0_u8..) {
            let points: Vec<String> = curve
                .points
                .iter()
                .map(|&(along, against)| format!("{:.1},{:.1}", self.x(along), self.y(against)))
                .collect();
            let _ = writeln!(
                svg,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{ink}\" stroke-width=\"1.5\" stroke-dasharray=\"{dashes}\"/>\
                 <text x=\"{:.1}\" y=\"16\" fill=\"{ink}\">{}</text>",
                points.join(" "),
                MARGIN + 110.0 * f64::from(n),
                curve.of
            );
        }
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{along}</text>\n\
             <text x=\"{MARGIN}\" y=\"{:.1}\">{against}</text>\n</svg>\n",
            MARGIN + WIDTH / 2.0,
            MARGIN + HEIGHT + 34.0,
            MARGIN - 8.0
        );
        svg
    }
}

/// What stands along and what against.
fn words(axis: Axis) -> (&'static str, &'static str) {
    match axis {
        Axis::ResponseDb => ("frequency in Hz", "gain in dB"),
        Axis::LevelOutDbfs => ("level in, dBFS", "level out, dBFS"),
        Axis::GainDbOverMs => ("time in ms", "gain in dB"),
        Axis::DecaySOverHz => ("frequency in Hz", "decay time (T60) in s"),
        Axis::SampleOut => ("sample in", "sample out"),
    }
}

/// Round values between two ends: powers of ten times 1, 2 and 5, or about five steps of such a size.
fn marks((low, high): (f64, f64), logarithmic: bool) -> Vec<f64> {
    let sizes = (-3..6).flat_map(|power| [1.0, 2.0, 5.0].map(|digit| digit * libm::exp10(f64::from(power))));
    if logarithmic {
        return sizes.filter(|value| (low..=high).contains(value)).collect();
    }
    let mut sizes = sizes;
    let Some(step) = sizes.find(|size| (high - low) / size <= 8.0) else { return Vec::new() };
    let first = libm::ceil(low / step);
    (0..=9).map(|n| (first + f64::from(n)) * step).take_while(|value| *value <= high).collect()
}

/// A number as it stands at an axis: `2k` for 2,000.
fn short(value: f64) -> String {
    let rounded = (value * 1_000.0).round() / 1_000.0 + 0.0;
    if rounded >= 1_000.0 {
        format!("{}k", rounded / 1_000.0)
    } else {
        format!("{rounded}").replace('-', "−")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round_and_lie_inside() {
        assert_eq!(marks((-24.0, 6.0), false), [-20.0, -15.0, -10.0, -5.0, 0.0, 5.0]);
        assert_eq!(marks((20.0, 500.0), true), [20.0, 50.0, 100.0, 200.0, 500.0]);
        assert_eq!(short(12_500.0), "12.5k");
        assert_eq!(short(-0.5), "−0.5");
    }

    #[test]
    fn a_flat_response_is_a_line_in_the_middle_of_the_picture() {
        let flat = Curve::response("both", 48_000, |_| 0.0);
        let frame = Frame::around(&[&flat], Axis::ResponseDb).unwrap();
        assert_eq!(frame.y(0.0), MARGIN + HEIGHT / 2.0);
        assert!(frame.draw(&[&flat]).contains("gain in dB against frequency in Hz"));
    }
}
