//! Every rule of the assistant has its reference page, and every page says all that the template of a rule's head asks for.

#![expect(clippy::expect_used, reason = "what a test cannot read fails it")]

use mixkeel_xtask::generate::Files;
use mixkeel_xtask::rules::{self, FOLDER, SOURCES};
use mixkeel_xtask::tree;

/// What a rule's head says after its title, in this order (CONTRIBUTING.md, "A rule").
const HEADINGS: [&str; 8] = [
    "What it does.",
    "Why.",
    "Evidence.",
    "Example.",
    "Known problems.",
    "Options.",
    "Sureness.",
    "References.",
];

#[test]
fn every_file_that_holds_a_rule_has_a_page_and_stands_in_the_list_once() {
    let (pages, list) = pages_and_list();
    let sources = tree::text_files().expect("the tree is readable");
    let holds_a_rule =
        |path: &str, text: &str| path.starts_with(SOURCES) && text.contains("\nimpl Rule for ");
    let rules: Vec<_> = sources.iter().filter(|file| holds_a_rule(&file.path, &file.text)).collect();
    assert!(rules.len() >= 40, "the rules were not found");
    for file in &rules {
        let below = file.path.trim_start_matches(SOURCES).trim_start_matches('/').trim_end_matches(".rs");
        let id = below.replace('_', "-");
        let page = pages.get(&format!("{FOLDER}/{id}.md"));
        let page = page.unwrap_or_else(|| panic!("{} is in no table of rules and has no page", file.path));
        let begins = format!("# {id}\n\nSource: `{}`. ", file.path);
        assert!(page.starts_with(&begins), "the page of {id} does not begin with its id and its source");
        assert_eq!(list.matches(&format!("| [`{id}`]({id}.md) | ")).count(), 1, "{id} in the list");
    }
    assert_eq!(pages.len(), rules.len(), "a page belongs to no rule");
}

#[test]
fn every_page_has_the_parts_of_the_template_in_their_order_and_something_in_each() {
    let (pages, _) = pages_and_list();
    let mut wrong = Vec::new();
    for (path, page) in &pages {
        // Title, source and what the rule is in a sentence come before the parts.
        let mut parts = page.trim_end().split("\n\n").skip(2);
        let title = parts.next().unwrap_or_default();
        if title.starts_with("**") || !title.ends_with('.') {
            wrong.push(format!("{path}: begins without a sentence that says what the rule does"));
        }
        let parts: Vec<&str> = parts.filter(|part| part.starts_with("**")).collect();
        for (at, heading) in HEADINGS.iter().enumerate() {
            let says = parts.get(at).and_then(|part| part.strip_prefix(&format!("**{heading}** ")));
            if says.is_none_or(|says| says.trim().is_empty()) {
                wrong.push(format!("{path}: **{heading}** is missing, empty or not at its place"));
            }
        }
        if parts.len() > HEADINGS.len() {
            wrong.push(format!("{path}: has a part that is not in the template"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn no_page_holds_a_link_that_only_rustdoc_follows() {
    let (pages, _) = pages_and_list();
    for (path, page) in &pages {
        for left in ["[`", "](super", "](crate", "](self"] {
            assert!(!page.contains(left), "{path} holds {left}");
        }
    }
}

#[test]
fn the_list_goes_from_what_stays_out_to_what_the_sum_leaves_and_then_to_the_loop() {
    let (_, list) = pages_and_list();
    let places = [
        "## On paper",
        "[`repair/keep-out`]",
        "[`balance/by-role`]",
        "[`eq/role-shape`]",
        "[`headroom/sum`]",
        "## After listening",
        "[`loop/levels`]",
        "## Variations",
        "[`variation/width`]",
    ]
    .map(|word| list.find(word).unwrap_or_else(|| panic!("{word} is not in the list")));
    assert!(places.is_sorted(), "{places:?}");
}

/// The pages of the rules by path, and the list of them.
fn pages_and_list() -> (Files, String) {
    let mut pages = rules::pages(&tree::root()).expect("the tables and the heads are readable");
    let list = pages.remove(&format!("{FOLDER}/README.md")).expect("there is a list");
    (pages, list)
}
