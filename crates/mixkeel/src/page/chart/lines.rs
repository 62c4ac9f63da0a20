//! Curves over time or frequency, with zones behind them and pins on them.

use std::fmt::Write;
use std::ops::Range;

use super::scale::Axis;
use super::{WIDTH, figure, label, place};
use crate::page::html::escape;
use crate::page::table::Table;

/// Room around the plot for what stands beside it.
const LEFT: f64 = 48.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 34.0;

/// Lines are told apart by their dashes too, not by colour alone.
const DASHES: [&str; 6] = ["", "7 4", "2 3", "10 3 2 3", "12 6", "4 2"];

/// One curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it is.
    pub name: String,
    /// Places along and up; a gap where there is nothing up.
    pub points: Vec<(f64, Option<f64>)>,
}

/// A stretch of the axis along, shaded and named: a section.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    /// What it is called.
    pub name: String,
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
}

/// A place on the axis along that something is said about; a click plays there.
#[derive(Clone, Debug, PartialEq)]
pub struct Pin {
    /// The number or letter on it.
    pub mark: String,
    /// Where.
    pub at: f64,
    /// What is said.
    pub text: String,
}

/// A chart of lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Lines {
    /// What it shows.
    pub title: String,
    /// The same in a sentence with its figures, for who does not see it.
    pub summary: String,
    /// Along.
    pub x: Axis,
    /// Up.
    pub y: Axis,
    /// The curves, the most important first.
    pub lines: Vec<Line>,
    /// Between two curves: places along with the lower and the upper edge.
    pub between: Vec<(f64, f64, f64)>,
    /// What the area between is called.
    pub between_name: String,
    /// Whether it is a waveform: the area is the picture, the curves only stand in the table, and there is nothing to read
    /// off beside it.
    pub is_wave: bool,
    /// Stretches.
    pub zones: Vec<Zone>,
    /// Pins.
    pub pins: Vec<Pin>,
    /// How many points of each line stand in the table at most; the rest is left out evenly, but of a wave the highest of them
    /// stands for all.
    pub table_rows: usize,
}

impl Lines {
    /// A chart with nothing in it yet.
    pub fn new(title: &str, x: Axis, y: Axis) -> Self {
        Self {
            title: title.to_owned(),
            summary: title.to_owned(),
            x,
            y,
            lines: Vec::new(),
            between: Vec::new(),
            between_name: String::new(),
            is_wave: false,
            zones: Vec::new(),
            pins: Vec::new(),
            table_rows: 40,
        }
    }

    /// The figure with its table.
    pub fn draw(&self) -> String {
        let height = 260.0;
        let (from_x, to_x) = (LEFT, WIDTH - RIGHT);
        let (from_y, to_y) = (height - BOTTOM, TOP);
        let at_x = |value: f64| from_x + (to_x - from_x) * self.x.part(value);
        let at_y = |value: f64| from_y + (to_y - from_y) * self.y.part(value);
        let mut svg = String::new();
        for (n, zone) in self.zones.iter().enumerate() {
            let (left, right) = (at_x(zone.from), at_x(zone.to));
            let _ = write!(
                svg,
                "<rect class=\"zone z{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
                n % 2,
                place(left),
                place(to_y),
                place(right - left),
                place(from_y - to_y)
            );
            // A name that does not fit is left to the table.
            if right - left > 7.0 * zone.name.chars().count() as f64 {
                svg.push_str(&label((left + right) / 2.0, 13.0, "middle", &zone.name));
            }
        }
        let ticks = if self.is_wave { vec![0.0] } else { self.y.ticks() };
        for tick in ticks {
            let y = at_y(tick);
            let _ = write!(svg, "<path class=\"grid\" d=\"M{from_x} {0}H{to_x}\"/>", place(y));
            if !self.is_wave {
                svg.push_str(&label(from_x - 6.0, y + 4.0, "end", &self.y.text(tick)));
            }
        }
        for tick in self.x.ticks() {
            let x = at_x(tick);
            let _ = write!(svg, "<path class=\"grid\" d=\"M{0} {from_y}v5\"/>", place(x));
            // The last one would stand half outside.
            let anchor = if to_x - x < 12.0 { "end" } else { "middle" };
            svg.push_str(&label(x, from_y + 17.0, anchor, &self.x.text(tick)));
        }
        if self.between.len() > 1 {
            let upper = self.between.iter().map(|&(x, _, high)| (at_x(x), at_y(high)));
            let lower = self.between.iter().rev().map(|&(x, low, _)| (at_x(x), at_y(low)));
            let points: Vec<String> =
                upper.chain(lower).map(|(x, y)| format!("{},{}", place(x), place(y))).collect();
            let class = if self.is_wave { "wave" } else { "between" };
            let _ = write!(svg, "<polygon class=\"{class}\" points=\"{}\"/>", points.join(" "));
        }
        for (n, line) in self.lines.iter().enumerate().rev().filter(|_| !self.is_wave) {
            let dash = DASHES[n % DASHES.len()];
            let _ = write!(
                svg,
                "<path class=\"line c{}\" stroke-dasharray=\"{dash}\" d=\"{}\"/>",
                n % 6,
                path(line, at_x, at_y)
            );
        }
        for pin in &self.pins {
            let x = at_x(pin.at);
            let _ = write!(
                svg,
                "<g class=\"pin\" data-seek=\"{:.3}\"><path d=\"M{1} {from_y}V{to_y}\"/><circle cx=\"{1}\" cy=\"{to_y}\" r=\"8\"/>\
                 <text x=\"{1}\" y=\"{2}\" text-anchor=\"middle\">{3}</text><title>{4}</title></g>",
                pin.at,
                place(x),
                place(to_y + 4.0),
                escape(&pin.mark),
                escape(&pin.text)
            );
        }
        figure(&self.caption(), &self.summary, &self.legend(), height, &svg, &self.table())
    }

    /// The title with what runs upwards.
    fn caption(&self) -> String {
        if self.is_wave { self.title.clone() } else { format!("{}, {}", self.title, self.y.name) }
    }

    fn legend(&self) -> String {
        if self.is_wave || self.lines.len() + usize::from(!self.between.is_empty()) < 2 {
            return String::new();
        }
        let mut html = String::from("<ul class=\"legend\">");
        for (n, line) in self.lines.iter().enumerate() {
            let _ = write!(
                html,
                "<li><svg viewBox=\"0 0 30 8\" aria-hidden=\"true\"><path class=\"line c{}\" stroke-dasharray=\"{}\" d=\"M0 4H30\"/></svg>{}</li>",
                n % 6,
                DASHES[n % DASHES.len()],
                escape(&line.name)
            );
        }
        if !self.between.is_empty() {
            let _ = write!(
                html,
                "<li><svg viewBox=\"0 0 30 8\" aria-hidden=\"true\"><rect class=\"between\" width=\"30\" height=\"8\"/></svg>{}</li>",
                escape(&self.between_name)
            );
        }
        html.push_str("</ul>");
        html
    }

    /// What stands under the figure.
    pub fn table(&self) -> Table {
        let longest = self.lines.iter().max_by_key(|line| line.points.len());
        let Some(longest) = longest else { return Table::default() };
        let step = longest.points.len().div_ceil(self.table_rows.max(1)).max(1);
        let mut head = vec![self.x.name.as_str()];
        head.extend(self.lines.iter().map(|line| line.name.as_str()));
        let has_zones = !self.zones.is_empty();
        if has_zones {
            head.push("section");
        }
        // What lies between −1 and 1 says nothing in tenths; of a wave the table has decibels, whatever the axis has.
        let decimals = if !self.is_wave && self.y.to - self.y.from <= 2.0 { 2 } else { 1 };
        let rows: Vec<Vec<String>> = longest
            .points
            .iter()
            .enumerate()
            .step_by(step)
            .map(|(n, (x, _))| {
                let mut row = vec![self.x.text(*x)];
                row.extend(self.lines.iter().map(|line| {
                    let up = if self.is_wave { line.highest(n..n + step) } else { line.at(*x) };
                    crate::page::html::figure(up, decimals)
                }));
                if has_zones {
                    let zone = self.zones.iter().find(|zone| (zone.from..zone.to).contains(x));
                    row.push(zone.map_or(String::new(), |zone| zone.name.clone()));
                }
                row
            })
            .collect();
        Table::new(&self.caption(), &head, rows)
    }
}

impl Line {
    /// How high the curve is at a place, as it is drawn: straight between two points, and nothing beside a gap.
    fn at(&self, x: f64) -> Option<f64> {
        let after = self.points.iter().position(|point| point.0 >= x)?;
        let (to_x, to) = *self.points.get(after)?;
        if to_x == x {
            return to;
        }
        let (from_x, from) = *self.points.get(after.checked_sub(1)?)?;
        let (from, to) = from.zip(to)?;
        Some(from + (to - from) * (x - from_x) / (to_x - from_x))
    }

    /// The highest of some points.
    fn highest(&self, points: Range<usize>) -> Option<f64> {
        let end = points.end.min(self.points.len());
        self.points.get(points.start..end)?.iter().filter_map(|point| point.1).reduce(f64::max)
    }
}

/// The path of a curve, with a new beginning after every gap.
fn path(line: &Line, at_x: impl Fn(f64) -> f64, at_y: impl Fn(f64) -> f64) -> String {
    let mut path = String::new();
    let mut drawing = false;
    for &(x, y) in &line.points {
        match y.filter(|y| y.is_finite()) {
            Some(y) => {
                let _ =
                    write!(path, "{}{} {}", if drawing { "L" } else { "M" }, place(at_x(x)), place(at_y(y)));
                drawing = true;
            }
            None => drawing = false,
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;

    #[test]
    fn what_is_drawn_stands_in_the_table_too() {
        let mut chart = Lines::new(
            "Loudness",
            Axis::new("time", Kind::Time, 0.0, 3.0),
            Axis::new("LUFS", Kind::Plain, -30.0, -10.0),
        );
        chart.lines.push(Line {
            name: "mix".to_owned(),
            points: vec![(0.0, Some(-20.0)), (1.0, None), (2.0, Some(-12.5))],
        });
        chart.zones.push(Zone { name: "verse".to_owned(), from: 0.0, to: 2.0 });
        chart.pins.push(Pin { mark: "1".to_owned(), at: 2.0, text: "a <click>".to_owned() });
        let html = chart.draw();
        assert!(html.contains("<td class=\"figure\">−12.5</td>") && html.contains("<td>verse</td>"));
        assert_eq!(html.matches("class=\"line c0\"").count(), 1);
        let drawn = html.split(" d=\"").find(|d| d.starts_with('M') && d.contains(' ')).unwrap();
        assert!(!drawn.is_empty());
        assert!(html.contains("data-seek=\"2.000\"") && !html.contains("<click>"));
    }

    #[test]
    fn the_table_has_what_is_drawn_at_its_place_and_of_a_wave_the_highest() {
        let mut chart = Lines::new(
            "Loudness",
            Axis::new("time", Kind::Time, 0.0, 9.0),
            Axis::new("LUFS", Kind::Plain, -30.0, -10.0),
        );
        let line = |name: &str, points: Vec<(f64, Option<f64>)>| Line { name: name.to_owned(), points };
        // One begins later than the other, and one is straight.
        let rising = |from: u32| (from..9).map(|n| (f64::from(n), Some(f64::from(n) - 30.0))).collect();
        chart.lines = vec![
            line("momentary", rising(0)),
            line("short-term", rising(3)),
            line("integrated", vec![(0.0, Some(-20.7)), (9.0, Some(-20.7))]),
        ];
        chart.table_rows = 3;
        let figures = |chart: &Lines| -> Vec<Vec<String>> {
            chart.table().rows.into_iter().map(|row| row[1..].to_vec()).collect()
        };
        let wanted = [["−30.0", "–", "−20.7"], ["−27.0", "−27.0", "−20.7"], ["−24.0", "−24.0", "−20.7"]];
        assert_eq!(figures(&chart), wanted);
        let wave = line("peak", vec![(0.0, Some(-9.0)), (1.0, Some(-3.0)), (2.0, None), (3.0, Some(-8.0))]);
        let chart = Lines { lines: vec![wave], is_wave: true, table_rows: 2, ..chart };
        assert_eq!(figures(&chart), [["−3.0"], ["−8.0"]]);
    }

    #[test]
    fn a_gap_stays_a_gap() {
        let line = Line {
            name: String::new(),
            points: vec![(0.0, Some(1.0)), (1.0, None), (2.0, Some(1.0)), (3.0, Some(2.0))],
        };
        assert_eq!(path(&line, |x| x, |y| y), "M0 1M2 1L3 2");
    }
}
