//! The reference pages of the rules: one a rule, made from the head of its source file, with a list of all.

mod head;
mod order;

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::generate::Files;

/// Where the pages lie: the page of `eq/residue` is `eq/residue.md` in it.
pub const FOLDER: &str = "docs/reference/rules";

/// Where the rules lie: `eq/role-shape` is `eq/role_shape.rs` in it.
pub const SOURCES: &str = "crates/assist/src/rules";

/// What stands over the list.
const INTRODUCTION: &str = "# Rules\n\n\
    Every decision that the assistant takes, in the order in which they are taken. A page is the head of the rule's source \
    file; a number in brackets behind a name is what that constant is in the file.\n";

/// Every page: path from the root of the repository, and what stands in the file.
///
/// # Errors
/// In words, when a table of rules is not found, or a rule has no source file or no head.
pub fn pages(root: &Path) -> Result<Files, String> {
    let read = |path: &str| fs::read_to_string(root.join(path)).map_err(|error| format!("{path}: {error}"));
    let mut files = Files::new();
    let mut list = INTRODUCTION.to_owned();
    for part in order::parts(&read(order::CATALOGUE)?, &read(order::VARIATIONS)?)? {
        let _ =
            write!(list, "\n## {}\n\n{}\n\n| rule | what it does |\n|---|---|\n", part.heading, part.about);
        for id in part.ids {
            let source = format!("{SOURCES}/{}.rs", id.replace('-', "_"));
            let paragraphs = head::paragraphs(&read(&source)?);
            let title = paragraphs.first().ok_or_else(|| format!("{source}: has no head"))?;
            let _ = writeln!(list, "| [`{id}`]({id}.md) | {} |", head::first_sentence(title));
            files.insert(format!("{FOLDER}/{id}.md"), page(&id, &source, &paragraphs));
        }
    }
    files.insert(format!("{FOLDER}/README.md"), list);
    Ok(files)
}

fn page(id: &str, source: &str, paragraphs: &[String]) -> String {
    format!("# {id}\n\nSource: `{source}`. [All rules](../README.md).\n\n{}\n", paragraphs.join("\n\n"))
}
