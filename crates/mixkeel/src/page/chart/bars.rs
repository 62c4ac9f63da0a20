//! Bars that lie down, one a row, each in segments.

use std::fmt::Write;

use super::{WIDTH, figure, label, place};
use crate::page::html::escape;
use crate::page::table::Table;

const ROW: f64 = 24.0;
const LEFT: f64 = 150.0;
const RIGHT: f64 = 70.0;

/// A part of a bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Whose it is; written in it where there is room.
    pub name: String,
    /// How long, in the unit of the chart. Negative goes to the left.
    pub value: f64,
    /// Which of six colours; the last is for what is left over.
    pub colour: usize,
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// What it is about.
    pub name: String,
    /// Its parts, from the left.
    pub segments: Vec<Segment>,
    /// What stands at its end.
    pub text: String,
}

/// A chart of bars.
#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    /// What it shows, with the unit.
    pub title: String,
    /// The same in a sentence.
    pub summary: String,
    /// From the top down.
    pub bars: Vec<Bar>,
    /// The value at the full width.
    pub full: f64,
    /// The table that says the same.
    pub table: Table,
}

impl Bars {
    /// The figure with its table.
    pub fn draw(&self) -> String {
        let height = self.bars.len() as f64 * ROW + 10.0;
        let negative = self.bars.iter().flat_map(|bar| &bar.segments).any(|segment| segment.value < 0.0);
        let room = WIDTH - LEFT - RIGHT;
        let (zero, scale) =
            if negative { (LEFT + room / 2.0, room / 2.0 / self.full) } else { (LEFT, room / self.full) };
        let mut svg = String::new();
        for (row, bar) in self.bars.iter().enumerate() {
            let y = row as f64 * ROW + 5.0;
            svg.push_str(&label(LEFT - 8.0, y + 16.0, "end", &shortened(&bar.name, 21)));
            let mut at = zero;
            let mut far_right = zero;
            for segment in &bar.segments {
                let width = (segment.value.abs() * scale).min(room);
                let x = if segment.value < 0.0 { at - width } else { at };
                let _ = write!(
                    svg,
                    "<rect class=\"bar c{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>{}</title></rect>",
                    segment.colour % 6,
                    place(x),
                    place(y + 2.0),
                    place(width.max(0.5)),
                    place(ROW - 6.0),
                    escape(&segment.name)
                );
                if width > 7.0 * segment.name.chars().count() as f64 + 6.0 && !segment.name.is_empty() {
                    let _ = write!(
                        svg,
                        "<text class=\"inside\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                        place(x + width / 2.0),
                        place(y + 16.0),
                        escape(&segment.name)
                    );
                }
                if segment.value > 0.0 {
                    at += width;
                }
                far_right = far_right.max(at);
            }
            svg.push_str(&label(far_right + 6.0, y + 16.0, "start", &bar.text));
        }
        if negative {
            let _ = write!(svg, "<path class=\"grid\" d=\"M{0} 0V{height}\"/>", place(zero));
        }
        figure(&self.title, &self.summary, "", height, &svg, &self.table)
    }
}

/// A name cut to what fits, with a sign that it was.
fn shortened(name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        return name.to_owned();
    }
    name.chars().take(most - 1).chain(std::iter::once('…')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_values() {
        let segment = |value| Segment { name: String::new(), value, colour: 0 };
        let bar = |value| Bar { name: "x".to_owned(), segments: vec![segment(value)], text: String::new() };
        let chart = Bars {
            title: "t".to_owned(),
            summary: "t".to_owned(),
            bars: vec![bar(10.0), bar(5.0)],
            full: 10.0,
            table: Table::new("t", &["a"], vec![vec!["x".to_owned()]]),
        };
        let html = chart.draw();
        let widths: Vec<f64> = html
            .split("<rect ")
            .skip(1)
            .filter_map(|rect| rect.split("width=\"").nth(1)?.split('"').next()?.parse().ok())
            .collect();
        assert_eq!(widths, [500.0, 250.0]);
    }
}
