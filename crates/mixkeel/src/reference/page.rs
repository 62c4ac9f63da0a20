//! One processor's page in Markdown.

use std::fmt::Write;

use mixkeel_dsp::catalog::Kind;
use mixkeel_dsp::param::{ParamSpec, Preset, Range};

/// The page of a kind; `image` is the file name of its curves.
pub fn of(kind: &Kind, image: Option<&str>) -> String {
    let mut page = format!("# `{}`\n\n{}\n", kind.id, kind.about);
    if let Some(keys) = kind.keys {
        let _ = write!(page, "\nWith `keys = [\"…\"]` (ids of strips): {keys}\n");
    }
    settings(&mut page, kind);
    if !kind.assets.is_empty() {
        page.push_str("\n## Recordings\n\n| key | what it is |\n|---|---|\n");
        for asset in kind.assets {
            let _ = writeln!(page, "| `{}` | {} |", asset.id, asset.help);
        }
        page.push_str(
            "\nEach is a path relative to the folder of the session. With the same key and `_sha256` behind it stands what the \
             file's bytes must hash to; a file that differs is then refused.\n",
        );
    }
    presets(&mut page, kind.presets);
    if let Some(image) = image {
        let of = kind
            .presets
            .first()
            .map_or("the default settings".to_owned(), |preset| format!("the preset `{}`", preset.id));
        let _ = write!(page, "\n## Curves\n\nOf {of}, at 48 kHz:\n\n![Curves of {0}]({image})\n", kind.id);
    }
    page
}

fn settings(page: &mut String, kind: &Kind) {
    if kind.specs.is_empty() && kind.bands.is_none() {
        page.push_str("\nThere is nothing to set.\n");
        return;
    }
    page.push_str(
        "\n## Settings\n\nEvery one may be left out and has its default then. What is marked *moves* can be moved by a lane.\n",
    );
    if !kind.specs.is_empty() {
        table(page, kind.specs);
    }
    if let Some(bands) = kind.bands {
        let _ = write!(
            page,
            "\n### Of each band\n\n`{0}.1 = {{ … }}` to `{0}.{1} = {{ … }}`:\n",
            bands.id, bands.most
        );
        table(page, bands.specs);
    }
}

fn table(page: &mut String, specs: &[ParamSpec]) {
    page.push_str("\n| setting | unit | range | default | | what it does |\n|---|---|---|--:|---|---|\n");
    for spec in specs {
        let (range, default) = match spec.range {
            Range::Number { min, max, default } => (format!("{min} … {max}"), default.to_string()),
            Range::Switch { default } => ("false, true".to_owned(), default.to_string()),
            Range::Choice { words, default } => (words.join(", "), default.to_owned()),
        };
        let moves = if spec.automatable { "moves" } else { "" };
        let _ = writeln!(
            page,
            "| `{}` | {} | {range} | {default} | {moves} | {} |",
            spec.id, spec.unit, spec.help
        );
    }
}

fn presets(page: &mut String, presets: &[Preset]) {
    if presets.is_empty() {
        return;
    }
    page.push_str(
        "\n## Presets\n\n`preset = \"…\"` in the insert; what is written beside it stands above it.\n\n\
         | preset | what it is for | what it sets |\n|---|---|---|\n",
    );
    for preset in presets {
        let values: Vec<String> =
            preset.values.iter().map(|(path, value)| format!("{path} {}", value.value())).collect();
        let _ = writeln!(page, "| `{}` | {} | {} |", preset.id, preset.about, values.join(", "));
    }
}
