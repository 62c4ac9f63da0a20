//! The little HTML that the page is written with: text that is escaped, and figures as people read them.

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

/// A paragraph.
pub fn paragraph(text: &str) -> String {
    format!("<p>{}</p>", escape(text))
}

/// A time as people read it: `1:07`.
pub fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    format!("{}:{:02}", whole / 60, whole % 60)
}

/// Third octaves whose names (ISO 266) have more digits than anybody reads of other frequencies.
const LONG_NAMES: [(f64, &str); 3] = [(31.5, "31.5 Hz"), (1_250.0, "1.25 kHz"), (3_150.0, "3.15 kHz")];

/// A frequency as people read it: `250 Hz`, `4 kHz`.
pub fn hertz(freq_hz: f64) -> String {
    if let Some((_, name)) = LONG_NAMES.iter().find(|(named_hz, _)| *named_hz == freq_hz) {
        (*name).to_owned()
    } else if freq_hz < 995.0 {
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
        assert_eq!(escape("a\u{0}b"), "a\u{FFFD}b");
    }

    #[test]
    fn times_and_frequencies_read_as_people_write_them() {
        assert_eq!((clock(67.4), clock(-1.0)), ("1:07".to_owned(), "0:00".to_owned()));
        assert_eq!(
            (hertz(250.0), hertz(4000.0), hertz(12_500.0)),
            ("250 Hz".into(), "4 kHz".into(), "12.5 kHz".into())
        );
        assert_eq!(
            (hertz(31.5), hertz(3_150.0), hertz(3_140.0)),
            ("31.5 Hz".into(), "3.15 kHz".into(), "3.1 kHz".into())
        );
    }
}
