//! Charts as SVG, each with a table that holds the same figures, so that nobody has to see a chart to read it.

mod bars;
mod lines;
mod matrix;
mod scale;

pub use bars::{Bar, Bars, Segment};
pub use lines::{Line, Lines, Pin, Zone};
pub use matrix::{Cell, Matrix};
pub use scale::{Axis, Kind};

use super::html::escape;
use super::table::Table;

/// The width of every chart in units of its own; the page scales it.
pub const WIDTH: f64 = 720.0;

/// A chart and its table in one figure.
fn figure(title: &str, summary: &str, legend: &str, height: f64, drawing: &str, table: &Table) -> String {
    format!(
        "<figure><figcaption>{title}</figcaption>{legend}<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{title}\">\
         <svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{summary}\">{drawing}</svg></div>\
         <details class=\"table\"><summary>The same as a table</summary>{table}</details></figure>\n",
        title = escape(title),
        summary = escape(summary),
        table = table.html(),
    )
}

/// A coordinate, short enough that pages stay small: a tenth of a unit is finer than any screen.
fn place(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// Text at a place; `anchor` is `start`, `middle` or `end`.
fn label(x: f64, y: f64, anchor: &str, text: &str) -> String {
    format!("<text x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>", place(x), place(y), escape(text))
}
