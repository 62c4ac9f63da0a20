//! Sentences as lines for a terminal of 80 columns.

/// A terminal without a wish of its own.
pub const COLUMNS: usize = 80;

/// A text in lines of at most [`COLUMNS`], the first beginning with one string and all later ones with another; a word
/// that is longer than a line stays whole.
pub fn wrapped(text: &str, first: &str, later: &str) -> Vec<String> {
    let mut lines = vec![first.to_owned()];
    let mut empty = true;
    for word in text.split(' ') {
        let Some(line) = lines.last_mut() else { break };
        if !empty && line.chars().count() + 1 + word.chars().count() > COLUMNS {
            lines.push(format!("{later}{word}"));
            continue;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    lines
}

/// A line cut to [`COLUMNS`].
pub fn fit(line: &str) -> String {
    fit_to(line, COLUMNS)
}

/// A line cut to a width, with a sign that it was.
pub fn fit_to(line: &str, columns: usize) -> String {
    if line.chars().count() <= columns {
        return line.to_owned();
    }
    line.chars().take(columns.saturating_sub(1)).chain(std::iter::once('…')).collect()
}

/// `1 track`, `3 tracks`.
pub fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// A figure with so many decimals and a real minus sign; a dash where there is none.
pub fn figure(value: Option<f64>, decimals: usize) -> String {
    match value {
        Some(value) if value.is_finite() => {
            let text = format!("{:.decimals$}", value.abs());
            let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
            if value < 0.0 && !is_zero { format!("−{text}") } else { text }
        }
        _ => "–".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_sentences_are_broken_and_long_words_are_not() {
        let lines = wrapped(&"twelve words of text ".repeat(12), "  ", "    ");
        assert!(lines.len() > 2 && lines.iter().all(|line| line.chars().count() <= COLUMNS), "{lines:?}");
        assert!(lines[1].starts_with("    "));
        assert_eq!(wrapped(&"x".repeat(99), "  ", "    "), [format!("  {}", "x".repeat(99))]);
    }

    #[test]
    fn a_long_line_is_cut_where_a_terminal_ends() {
        assert_eq!(fit("short"), "short");
        let cut = fit(&"é".repeat(200));
        assert_eq!(cut.chars().count(), COLUMNS);
        assert!(cut.ends_with('…'));
    }

    #[test]
    fn figures_read_as_people_write_them() {
        assert_eq!(figure(Some(-2.345), 1), "−2.3");
        assert_eq!(figure(Some(-0.01), 1), "0.0", "minus nothing is nothing");
        assert_eq!(figure(None, 1), "–");
        assert_eq!(figure(Some(f64::NEG_INFINITY), 1), "–");
    }
}
