//! The little HTML that the page is written with: text that is escaped, tables, figures, and parts that fold.

use std::fmt::Write;

pub use crate::lines::figure;

/// Text as it stands between tags and in attributes.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // What HTML does not allow in text at all.
            other if other.is_control() && !matches!(other, '\n' | '\t') => escaped.push('\u{FFFD}'),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A table: what it shows, its head, its rows. The first cell of a row is its head; cells that begin with a digit or a
/// sign stand to the right.
pub fn table(caption: &str, head: &[&str], rows: &[Vec<String>]) -> String {
    let mut html = format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{caption}\"><table><caption>{caption}</caption><thead><tr>",
        caption = escape(caption)
    );
    for (place, cell) in head.iter().enumerate() {
        // A head stands over its figures.
        let figures = place > 0 && rows.iter().any(|row| row.get(place).is_some_and(|cell| is_figure(cell)));
        let class = if figures { " class=\"figure\"" } else { "" };
        let _ = write!(html, "<th scope=\"col\"{class}>{}</th>", escape(cell));
    }
    html.push_str("</tr></thead><tbody>");
    for row in rows {
        html.push_str("<tr>");
        for (place, cell) in row.iter().enumerate() {
            let text = escape(cell);
            if place == 0 {
                let _ = write!(html, "<th scope=\"row\">{text}</th>");
            } else if is_figure(cell) {
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

fn is_figure(cell: &str) -> bool {
    cell.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '−' | '+'))
}

/// A part of the page that is folded until asked for.
pub fn part(id: &str, title: &str, lead: &str, body: &str) -> String {
    format!(
        "<details class=\"part\" id=\"{id}\"><summary><h2>{}</h2><span class=\"lead\">{}</span></summary>{body}</details>\n",
        escape(title),
        escape(lead)
    )
}

/// A paragraph.
pub fn paragraph(text: &str) -> String {
    format!("<p>{}</p>", escape(text))
}

/// A time as people read it: `1:07`.
pub fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    format!("{}:{:02}", whole / 60, whole % 60)
}

/// A frequency as people read it: `250 Hz`, `4 kHz`.
pub fn hertz(freq_hz: f64) -> String {
    if freq_hz < 995.0 {
        format!("{freq_hz:.0} Hz")
    } else {
        let text = format!("{:.1}", freq_hz / 1000.0);
        format!("{} kHz", text.strip_suffix(".0").unwrap_or(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_track_called_like_a_tag_is_only_text() {
        assert_eq!(escape("<b> \"A&B\" 'x'"), "&lt;b&gt; &quot;A&amp;B&quot; &#39;x&#39;");
        assert!(!table("t", &["a"], &[vec!["<script>".to_owned()]]).contains("<script>"));
        assert_eq!(escape("a\u{0}b"), "a\u{FFFD}b");
    }

    #[test]
    fn times_and_frequencies_read_as_people_write_them() {
        assert_eq!((clock(67.4), clock(-1.0)), ("1:07".to_owned(), "0:00".to_owned()));
        assert_eq!(
            (hertz(250.0), hertz(4000.0), hertz(12_500.0)),
            ("250 Hz".into(), "4 kHz".into(), "12.5 kHz".into())
        );
    }
}
