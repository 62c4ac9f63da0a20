//! The reference pages: one a processor, made from its declaration, with a list of all; one of goals, one of notes.

mod goals;
mod notes;
mod page;
mod plot;

use std::collections::BTreeMap;

use mixkeel_dsp::catalog::CATALOG;

/// The folder of the pages, as a path from the root of the repository.
const FOLDER: &str = "docs/reference/processors";

/// Every page and picture: path from the root of the repository, and what stands in the file.
pub fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::from([
        (format!("{FOLDER}/README.md"), list()),
        (goals::PATH.to_owned(), goals::page()),
        (notes::PATH.to_owned(), notes::page()),
    ]);
    for kind in CATALOG {
        let picture = plot::of(kind);
        let image = picture.as_ref().map(|_| format!("{}.svg", kind.id));
        pages.insert(format!("{FOLDER}/{}.md", kind.id), page::of(kind, image.as_deref()));
        if let (Some(picture), Some(image)) = (picture, image) {
            pages.insert(format!("{FOLDER}/{image}"), picture);
        }
    }
    pages
}

fn list() -> String {
    let mut list = String::from(
        "# Processors\n\nWhat may stand as `kind` in a session's inserts.\n\n| kind | what it does |\n|---|---|\n",
    );
    for kind in CATALOG {
        list.push_str(&format!("| [`{0}`]({0}.md) | {1} |\n", kind.id, kind.about));
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_page_that_names_all_its_settings() {
        let pages = pages();
        for kind in CATALOG {
            let page = &pages[&format!("{FOLDER}/{}.md", kind.id)];
            let of_bands = kind.bands.map_or(&[][..], |bands| bands.specs);
            for spec in kind.specs.iter().chain(of_bands) {
                assert!(page.contains(&format!("| `{}` |", spec.id)), "{}/{}", kind.id, spec.id);
            }
            for preset in kind.presets {
                assert!(page.contains(&format!("| `{}` |", preset.id)), "{}/{}", kind.id, preset.id);
            }
        }
    }
}
