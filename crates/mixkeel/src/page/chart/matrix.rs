//! A table whose cells are shaded by what stands in them: who covers whom, what is lost where. It is a table already,
//! so it needs no other.

use std::fmt::Write;

use crate::page::html::escape;
use crate::page::table::Table;

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// What stands in it; empty for nothing.
    pub text: String,
    /// How dark it is, 0 to 1.
    pub weight: f64,
}

/// A shaded table.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// What it shows, and how to read it.
    pub caption: String,
    /// What rows are, beside the names of columns.
    pub corner: String,
    /// The heads of columns.
    pub columns: Vec<String>,
    /// Rows: head and cells.
    pub rows: Vec<(String, Vec<Cell>)>,
}

impl Matrix {
    /// The same without shades.
    pub fn table(&self) -> Table {
        let mut columns = vec![self.corner.clone()];
        columns.extend(self.columns.iter().cloned());
        let row = |(head, cells): &(String, Vec<Cell>)| {
            std::iter::once(head.clone()).chain(cells.iter().map(|cell| cell.text.clone())).collect()
        };
        Table { caption: self.caption.clone(), columns, rows: self.rows.iter().map(row).collect() }
    }

    /// The table.
    pub fn draw(&self) -> String {
        let mut html = format!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{0}\"><table class=\"matrix\"><caption>{0}</caption><thead><tr><th scope=\"col\">{1}</th>",
            escape(&self.caption),
            escape(&self.corner)
        );
        for column in &self.columns {
            let _ = write!(html, "<th scope=\"col\"><span>{}</span></th>", escape(column));
        }
        html.push_str("</tr></thead><tbody>");
        for (head, cells) in &self.rows {
            let _ = write!(html, "<tr><th scope=\"row\">{}</th>", escape(head));
            for cell in cells {
                // Five shades: enough to find the dark ones, and each with a contrast that was looked at.
                let shade = (cell.weight.clamp(0.0, 1.0) * 5.0).ceil() as u32;
                let _ = write!(html, "<td class=\"figure s{shade}\">{}</td>", escape(&cell.text));
            }
            html.push_str("</tr>");
        }
        html.push_str("</tbody></table></div>\n");
        html
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heavier_the_darker() {
        let cell = |weight| Cell { text: format!("{weight}"), weight };
        let matrix = Matrix {
            caption: "c".to_owned(),
            corner: "track".to_owned(),
            columns: vec!["a".to_owned()],
            rows: [0.0, 0.1, 0.95, 7.0].map(|w| ("r".to_owned(), vec![cell(w)])).to_vec(),
        };
        let html = matrix.draw();
        for shade in ["s0\">0<", "s1\">0.1<", "s5\">0.95<", "s5\">7<"] {
            assert!(html.contains(shade), "{shade}");
        }
    }
}
