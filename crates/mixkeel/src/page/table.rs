//! A table: the form in which every figure of the report stands, on the page and in `report.json`.

use std::fmt::Write;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::html::escape;

/// What it shows, the heads of its columns, its rows. The first cell of a row is its head.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What it shows, with the unit where all of it has one.
    pub caption: String,
    /// The heads of columns.
    pub columns: Vec<String>,
    /// As they are read; empty where there is nothing to say.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// From what is read.
    pub fn new(caption: &str, columns: &[&str], rows: Vec<Vec<String>>) -> Self {
        let columns = columns.iter().map(|&column| column.to_owned()).collect();
        Self { caption: caption.to_owned(), columns, rows }
    }

    /// As it stands on the page; figures stand to the right, and so does a dash among them.
    pub fn html(&self) -> String {
        let mut html = format!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{caption}\"><table><caption>{caption}</caption><thead><tr>",
            caption = escape(&self.caption)
        );
        let has_figures =
            |place: usize| self.rows.iter().any(|row| row.get(place).is_some_and(|cell| is_figure(cell)));
        let columns = self.columns.iter().enumerate();
        let of_figures: Vec<bool> = columns.map(|(place, _)| place > 0 && has_figures(place)).collect();
        for (cell, figures) in self.columns.iter().zip(&of_figures) {
            // A head stands over its figures.
            let class = if *figures { " class=\"figure\"" } else { "" };
            let _ = write!(html, "<th scope=\"col\"{class}>{}</th>", escape(cell));
        }
        html.push_str("</tr></thead><tbody>");
        for row in &self.rows {
            html.push_str("<tr>");
            for (place, cell) in row.iter().enumerate() {
                let text = escape(cell);
                if place == 0 {
                    let _ = write!(html, "<th scope=\"row\">{text}</th>");
                } else if is_figure(cell) || (cell == "–" && of_figures.get(place) == Some(&true)) {
                    let _ = write!(html, "<td class=\"figure\">{text}</td>");
                } else {
                    let _ = write!(html, "<td>{text}</td>");
                }
            }
            html.push_str("</tr>");
        }
        html.push_str("</tbody></table></div>");
        html
    }

    /// The same for programs, as a table of a part of the page.
    pub fn facts(&self, part: &str) -> Facts {
        let rows = self.rows.iter().map(|row| row.iter().map(|cell| Fact::read(cell)).collect()).collect();
        Facts { part: part.to_owned(), caption: self.caption.clone(), columns: self.columns.clone(), rows }
    }
}

fn is_figure(cell: &str) -> bool {
    cell.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '−' | '+'))
}

/// A table of the page as it stands in `report.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Facts {
    /// The part of the page that it belongs to: `loudness`, `spectrum`, `covering`, `owners`, `width`, `playback`, `numbers`, `wave`.
    pub part: String,
    /// What it shows, with the unit where all of it has one.
    pub caption: String,
    /// The heads of columns, with their units.
    pub columns: Vec<String>,
    /// Its rows, as wide as the columns are many.
    pub rows: Vec<Vec<Fact>>,
}

/// One cell: a number where the page shows nothing else, text where it does, `null` where there is nothing to say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Fact {
    /// Rounded as on the page.
    Number(f64),
    /// Such as a name, a time, or a figure with its unit.
    Text(String),
    /// Not measured, or not worth a figure.
    Nothing(()),
}

impl Fact {
    fn read(cell: &str) -> Self {
        // The page writes the sign of typesetters, and a dash where nothing was measured.
        match cell.replace('−', "-").parse::<f64>() {
            Ok(number) if number.is_finite() => Self::Number(number),
            _ if matches!(cell, "" | "–") => Self::Nothing(()),
            _ => Self::Text(cell.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_track_called_like_a_tag_is_only_text() {
        let table = Table::new("t", &["a"], vec![vec!["<script>".to_owned()]]);
        assert!(!table.html().contains("<script>"));
    }

    #[test]
    fn programs_read_numbers_where_people_read_figures() {
        let row = ["LdVox", "−3.2", "12 %", "–"].map(str::to_owned).to_vec();
        let facts = Table::new("t", &["track", "LU", "plays", "s"], vec![row]).facts("numbers");
        let json = serde_json::to_value(&facts).unwrap();
        assert_eq!(json["rows"][0], serde_json::json!(["LdVox", -3.2, "12 %", null]));
        assert_eq!(serde_json::from_value::<Facts>(json).unwrap(), facts);
    }
}
