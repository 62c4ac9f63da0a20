//! What is wrong with a session file, and where: line, column and the words around it.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The session cannot be used.
    Error,
    /// The session can be used, but probably says something else than was meant.
    Warning,
}

/// Something wrong at a place in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// The bytes of the text that are wrong.
    pub span: Range<usize>,
    /// The line they begin on, from 1.
    pub line: usize,
    /// The character of that line they begin with, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What was probably meant, or what to do.
    pub help: Option<String>,
}

impl Problem {
    /// A problem at some bytes of a text; the span is brought inside the text and onto whole characters.
    pub(crate) fn at(
        text: &str,
        span: Range<usize>,
        severity: Severity,
        message: impl Into<String>,
        help: Option<String>,
    ) -> Self {
        let start = whole_character(text, span.start);
        let end = whole_character(text, span.end.max(start));
        let before = text.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        Self { severity, span: start..end, line, column, message: message.into(), help }
    }

    /// Whether the session cannot be used.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

fn whole_character(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// The problems for people, each with the line it is about and a mark under the words that are wrong. Plain text.
pub fn render_problems(path_label: &str, text: &str, problems: &[Problem]) -> String {
    let renderer = Renderer::plain().decor_style(DecorStyle::Ascii);
    let rendered = problems.iter().map(|problem| {
        let level = match problem.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let snippet = Snippet::source(text)
            .path(path_label)
            .annotation(AnnotationKind::Primary.span(problem.span.clone()));
        let group = level.primary_title(problem.message.as_str()).element(snippet);
        let help = problem.help.as_deref().map(|help| Level::HELP.message(help));
        renderer.render(&[group.elements(help)])
    });
    rendered.map(|problem| format!("{problem}\n")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_no_span_breaks_the_picture() {
        let text = "title = \"Männer\"\r\nüber = 1\n";
        let at = text.find("ber").unwrap();
        let problem = Problem::at(text, at..at + 3, Severity::Error, "no", None);
        assert_eq!((problem.line, problem.column), (2, 2));
        for (start, end) in [(0, 0), (11, 12), (10, 900), (900, 901), (usize::MAX, 0)] {
            let problem = Problem::at(text, start..end, Severity::Warning, "odd", Some("try".to_owned()));
            assert!(render_problems("a.toml", text, &[problem]).contains("odd"));
        }
    }
}
