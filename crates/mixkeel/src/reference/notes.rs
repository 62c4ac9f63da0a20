//! The reference page of revision notes, made from the grammar.

use std::fmt::Write;

use mixkeel_session::goal::notes::{INTENTS, NOTES, SIZES, UNSAID};

/// Where the page stands, as a path from the root of the repository.
pub const PATH: &str = "docs/reference/notes.md";

/// What stands above the lists.
const HEAD: &str = "# Revision notes

`mixkeel revise \"My Song-mix\" \"vocal up a touch in verse 2, less reverb on the snare\"` carries out what a singer or a client
says, as one new version. A note is a goal beside the version that stands; several are solved for together, with the goals
of the session held where they pass. The answer says how each note was understood, what moved, by how much, and what it
cost. `--dry-run` writes nothing; `mixkeel revise \"My Song-mix\" --undo` takes the version back.

What is not understood is said, with the nearest forms; the other notes are done all the same, and the exit code is 5. When
nothing is understood, nothing is changed, and the exit code is 2.

## Forms

";

/// The page.
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    for form in NOTES {
        let _ = writeln!(page, "- {form}");
    }
    page.push_str(
        "\nBetween notes stands a comma, a full stop or *and*. Whom: tracks, buses, roles and groups as people call them, as in\n\
         [goals](goals.md). Where: *in verse 2*, *in the last chorus*. On what: *on my phone*, *on laptop speakers*.\n\n\
         ## Sizes\n\nIn dB, LU or phon. A number with its unit goes before them.\n\n| words | size |\n|---|--:|\n",
    );
    for (words, size) in SIZES {
        let _ = writeln!(page, "| {words} | {size} |");
    }
    let _ = writeln!(page, "| nothing said | {UNSAID} |");
    page.push_str(
        "\nWhat is named together moves together: *guitars up a touch in the chorus* raises every guitar by 1 dB in every \
         chorus, from\nthe first note to the last, and nothing anywhere else. Reverb is turned by sends: where \
         nothing is sent, the answer\nsays why it cannot be drier.\n",
    );
    page.push_str(
        "\n## Intent words\n\nEach is a bundle of notes, printed before it is used. `{who}` is whoever is spoken of, or the \
         focus of the song.\n\n",
    );
    for (word, bundle) in INTENTS {
        let _ = writeln!(page, "- **{word}**: {}", bundle.join(", "));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_every_form_size_and_intent() {
        let page = page();
        assert!(NOTES.iter().all(|form| page.contains(form)));
        assert!(SIZES.iter().all(|(words, _)| page.contains(words)));
        assert!(INTENTS.iter().all(|(word, _)| page.contains(word)));
    }
}
