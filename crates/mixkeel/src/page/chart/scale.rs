//! From figures to places along an axis, and the figures worth writing beside it.

use crate::page::html::{clock, figure, hertz};

/// What an axis shows, which decides how it runs and what stands beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Seconds of the song, written as `1:07`.
    Time,
    /// Hertz, logarithmic.
    Frequency,
    /// Anything else, linear.
    Plain,
}

/// An axis: what is shown, from where to where.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// What it is, with its unit: `LUFS`.
    pub name: String,
    /// How it runs.
    pub kind: Kind,
    /// The figure at its beginning.
    pub from: f64,
    /// The figure at its end.
    pub to: f64,
}

impl Axis {
    /// An axis; an empty range is made one wide.
    pub fn new(name: &str, kind: Kind, from: f64, to: f64) -> Self {
        let to = if to > from { to } else { from + 1.0 };
        Self { name: name.to_owned(), kind, from, to }
    }

    /// A plain axis that holds all of these figures, with a margin of a twentieth.
    pub fn around(name: &str, figures: impl Iterator<Item = f64>) -> Self {
        let (low, high) = figures
            .filter(|figure| figure.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), figure| {
                (low.min(figure), high.max(figure))
            });
        if low > high {
            return Self::new(name, Kind::Plain, 0.0, 1.0);
        }
        let margin = ((high - low) * 0.05).max(0.5);
        Self::new(name, Kind::Plain, low - margin, high + margin)
    }

    /// Where a figure lies, 0 at the beginning and 1 at the end; what lies outside is brought inside.
    pub fn part(&self, figure: f64) -> f64 {
        let part = match self.kind {
            Kind::Frequency => {
                let log = |hz: f64| libm::log(hz.max(1.0));
                (log(figure) - log(self.from)) / (log(self.to) - log(self.from))
            }
            _ => (figure - self.from) / (self.to - self.from),
        };
        if part.is_nan() { 0.0 } else { part.clamp(0.0, 1.0) }
    }

    /// Figures to write beside the axis, between four and a dozen.
    pub fn ticks(&self) -> Vec<f64> {
        match self.kind {
            Kind::Frequency => [20.0, 50.0, 100.0, 200.0, 500.0, 1e3, 2e3, 5e3, 1e4, 2e4]
                .into_iter()
                .filter(|hz| (self.from..=self.to).contains(hz))
                .collect(),
            Kind::Time => every(
                self.from,
                self.to,
                &[1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0],
            ),
            Kind::Plain => {
                every(self.from, self.to, &[0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0])
            }
        }
    }

    /// A figure as it stands beside the axis.
    pub fn text(&self, value: f64) -> String {
        match self.kind {
            Kind::Time => clock(value),
            Kind::Frequency => hertz(value),
            Kind::Plain if (value - value.round()).abs() < 1e-9 => figure(Some(value), 0),
            Kind::Plain => figure(Some(value), 1),
        }
    }
}

/// Multiples of the first step of which no more than eight fit.
fn every(from: f64, to: f64, steps: &[f64]) -> Vec<f64> {
    let step = steps.iter().copied().find(|step| (to - from) / step <= 8.0).unwrap_or((to - from) / 8.0);
    let first = (from / step).ceil() as i64;
    let last = (to / step).floor() as i64;
    (first..=last).map(|n| n as f64 * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_a_few_round_figures_within_its_range() {
        let axis = Axis::new("LUFS", Kind::Plain, -41.3, -8.2);
        let ticks = axis.ticks();
        assert_eq!(ticks, [-40.0, -35.0, -30.0, -25.0, -20.0, -15.0, -10.0]);
        assert_eq!(axis.text(-40.0), "−40");
        let time = Axis::new("time", Kind::Time, 0.0, 236.0);
        assert_eq!(time.ticks(), [0.0, 30.0, 60.0, 90.0, 120.0, 150.0, 180.0, 210.0]);
        assert_eq!(time.text(90.0), "1:30");
        assert!(Axis::new("x", Kind::Time, 0.0, 1e9).ticks().len() <= 9);
    }

    #[test]
    fn octaves_are_equally_wide() {
        let axis = Axis::new("Hz", Kind::Frequency, 20.0, 20_000.0);
        let octave = axis.part(200.0) - axis.part(100.0);
        assert!((axis.part(4000.0) - axis.part(2000.0) - octave).abs() < 1e-12);
        assert_eq!((axis.part(1.0), axis.part(1e6), axis.part(f64::NAN)), (0.0, 1.0, 0.0));
    }

    #[test]
    fn a_range_of_nothing_is_still_an_axis() {
        assert!(Axis::around("x", std::iter::empty()).to > 0.0);
        let flat = Axis::around("x", [3.0, 3.0, f64::NEG_INFINITY].into_iter());
        assert!(flat.from < 3.0 && flat.to > 3.0);
    }
}
