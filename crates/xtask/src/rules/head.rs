//! The head of a source file, its `//!` lines, as Markdown for readers without rustdoc.

/// The paragraphs of a source's head, one line each. A link to code becomes the name of the code, with its number behind it
/// where it is a constant of this source and holds one.
pub fn paragraphs(source: &str) -> Vec<String> {
    let head = source.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    let lines: Vec<&str> = head.collect();
    let paragraphs = lines.split(|line| line.is_empty()).filter(|lines| !lines.is_empty());
    paragraphs.map(|lines| without_links(&lines.join(" "), source)).collect()
}

/// The first sentence of a paragraph.
pub fn first_sentence(paragraph: &str) -> &str {
    paragraph.find(". ").and_then(|at| paragraph.get(..=at)).unwrap_or(paragraph)
}

fn without_links(text: &str, source: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, from)) = rest.find(['`', '[']).map(|at| rest.split_at(at)) {
        plain.push_str(before);
        let (shown, after) = code(from).or_else(|| link(from, source)).unwrap_or_else(|| {
            let (mark, after) = from.split_at(1);
            (mark.to_owned(), after)
        });
        plain.push_str(&shown);
        rest = after;
    }
    plain + rest
}

/// Code at the beginning of a text, as it stands, and what follows it: brackets in it are no links.
fn code(text: &str) -> Option<(String, &str)> {
    let (code, after) = text.strip_prefix('`')?.split_once('`')?;
    Some((format!("`{code}`"), after))
}

/// A link at the beginning of a text, as a reader without rustdoc needs it, and what follows it.
fn link<'t>(text: &'t str, source: &str) -> Option<(String, &'t str)> {
    let (label, after) = text.strip_prefix('[')?.split_once(']')?;
    if let Some((target, after)) = after.strip_prefix('(').and_then(|after| after.split_once(')')) {
        let is_code = !target.contains("://");
        return Some((if is_code { label.to_owned() } else { format!("[{label}]({target})") }, after));
    }
    let name = label.strip_prefix('`')?.strip_suffix('`')?;
    let number = number(source, name).map(|number| format!(" ({number})"));
    Some((format!("{label}{}", number.unwrap_or_default()), after))
}

/// What a constant of a source is, as it is written there, where that is a number and nothing else.
fn number<'s>(source: &'s str, name: &str) -> Option<&'s str> {
    let declared = |line: &'s str| {
        let (constant, value) = line.split_once("const ")?.1.split_once(';')?.0.split_once(" = ")?;
        (constant.split(':').next() == Some(name)).then_some(value)
    };
    source.lines().find_map(declared).filter(|value| value.replace('_', "").parse::<f64>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "//! Cuts what rings. Nothing else.\n//!\n//! **What it does.** Cuts at most [`MOST_CUTS`] peaks,\n\
                          //! to [`LOWEST_DB`] ([`norm`](super::norm), [style](crate::style)), as [`TABLE`] and [`TWICE_DB`] say.\n//!\n\
                          //! **Options.** `lock = [\"fader_db\"]`; [a paper](https://example.org/1), an [aside] `left open.\n\n\
                          //! no head\n/// As [`MOST_CUTS`].\npub const MOST_CUTS: usize = 1_000;\nconst LOWEST_DB: f64 = -6.0;\n\
                          pub const TABLE: [f64; 2] = [\n    1.0,\n    2.0,\n];\nconst TWICE_DB: f64 = 2.0 * LOWEST_DB;\n";

    #[test]
    fn links_become_names_and_names_of_constants_bear_their_numbers() {
        assert_eq!(
            paragraphs(SOURCE),
            [
                "Cuts what rings. Nothing else.",
                "**What it does.** Cuts at most `MOST_CUTS` (1_000) peaks, to `LOWEST_DB` (-6.0) (`norm`, style), as `TABLE` and \
                 `TWICE_DB` say.",
                "**Options.** `lock = [\"fader_db\"]`; [a paper](https://example.org/1), an [aside] `left open.",
            ]
        );
        assert_eq!(paragraphs("use std::fmt;\n"), Vec::<String>::new());
    }

    #[test]
    fn a_sentence_ends_at_its_full_stop_and_not_within_a_number() {
        assert_eq!(first_sentence("Cuts what rings. Nothing else."), "Cuts what rings.");
        assert_eq!(first_sentence("Lowers the sum by 1.5 dB."), "Lowers the sum by 1.5 dB.");
    }
}
