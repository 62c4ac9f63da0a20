//! In which order the rules are applied: read as text from the tables of the assistant, which this crate may not see.

/// The file that holds the tables of rules and of corrections.
pub const CATALOGUE: &str = "crates/assist/src/lib.rs";

/// The file that holds the table of variations.
pub const VARIATIONS: &str = "crates/assist/src/variations.rs";

/// Rules that are applied at one time.
#[derive(Debug)]
pub struct Part {
    /// When, in words.
    pub heading: &'static str,
    /// What that means, in a sentence or two.
    pub about: &'static str,
    /// The ids of the rules, in the order in which they are applied.
    pub ids: Vec<String>,
}

/// All rules, from the texts of [`CATALOGUE`] and [`VARIATIONS`].
///
/// # Errors
/// In words, when a table is not found, is empty, or names what was not brought in.
pub fn parts(catalogue: &str, variations: &str) -> Result<[Part; 3], String> {
    Ok([
        Part {
            heading: "On paper",
            about: "Decided from what is known about the recordings, before a round is heard; each rule sees what those before it \
                    wrote.",
            ids: by_path(table(catalogue, "RULES", CATALOGUE)?)?,
        },
        Part {
            heading: "After listening",
            about: "What the loop corrects once it has heard the mix, in every round.",
            ids: by_path(table(catalogue, "LOOP", CATALOGUE)?)?,
        },
        Part {
            heading: "Variations",
            about: "What makes one mix of a song differ from another on purpose, where that is asked for.",
            ids: by_name(table(variations, "VARIATIONS", VARIATIONS)?, variations)?,
        },
    ])
}

/// What stands between the brackets of a static table.
fn table<'t>(text: &'t str, name: &str, path: &str) -> Result<&'t str, String> {
    let rows =
        text.split_once(&format!("pub static {name}: ")).and_then(|(_, after)| after.split_once("] = ["));
    let rows = rows.and_then(|(_, rows)| rows.split_once("\n];"));
    rows.map(|(rows, _)| rows).ok_or_else(|| format!("{path}: the table {name} was not found"))
}

/// The ids in a table whose rows are paths: `&rules::r#loop::focus::Focus` is `loop/focus`.
fn by_path(rows: &str) -> Result<Vec<String>, String> {
    let rows = rows.split(',').map(str::trim).filter(|row| !row.is_empty());
    let ids: Vec<String> = rows.map(id_of_path).collect::<Result<_, _>>()?;
    if ids.is_empty() { Err(format!("{CATALOGUE}: a table is empty")) } else { Ok(ids) }
}

fn id_of_path(row: &str) -> Result<String, String> {
    match row.strip_prefix("&rules::").map(|path| path.split("::").collect::<Vec<_>>()).as_deref() {
        Some([stage, file, _]) => Ok(id(stage, file)),
        _ => Err(format!("{CATALOGUE}: `{row}` is no rule by its path")),
    }
}

/// The ids in the table of variations, each once: the table names types that the file brings in, `focus::Focus`.
fn by_name(rows: &str, text: &str) -> Result<Vec<String>, String> {
    let brought_in =
        text.split_once("use crate::rules::variation::{").and_then(|(_, after)| after.split_once('}'));
    let brought_in = brought_in.map(|(names, _)| names).unwrap_or_default();
    let file_of = |name: &str| {
        let mut pairs = brought_in.split(',').filter_map(|pair| pair.trim().split_once("::"));
        pairs.find(|(_, known)| *known == name).map(|(file, _)| file)
    };
    let mut ids = Vec::new();
    for name in rows.split('&').skip(1).filter_map(|row| row.split(' ').next()) {
        let file = file_of(name).ok_or_else(|| format!("{VARIATIONS}: `{name}` is not brought in"))?;
        let id = id("variation", file);
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    if ids.is_empty() { Err(format!("{VARIATIONS}: the table is empty")) } else { Ok(ids) }
}

fn id(stage: &str, file: &str) -> String {
    format!("{}/{file}", stage.trim_start_matches("r#")).replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = "pub static RULES: [&dyn Rule; 2] = [\n    &rules::repair::keep_out::KeepOut,\n    \
                         &rules::eq::residue::Residue,\n];\n\n\
                         pub static LOOP: [&dyn Correction; 1] = [\n    &rules::r#loop::focus::Focus,\n];\n";
    const VARIED: &str = "use crate::rules::variation::{focus::Focus, space::Space};\n\
                          pub static VARIATIONS: [Variation; 3] = [\n    variation(\"drier\", \"…\", &Space { by_db: -4.0 }),\n    \
                          variation(\"voice-up\", \"…\", &Focus { by_db: 1.5 }),\n    \
                          variation(\"wetter\", \"…\", &Space { by_db: 3.0 }),\n];\n";

    #[test]
    fn rules_stand_in_the_order_of_their_tables_and_a_variation_only_once() {
        let ids = parts(RULES, VARIED).unwrap().map(|part| part.ids);
        assert_eq!(ids[0], ["repair/keep-out", "eq/residue"]);
        assert_eq!(ids[1], ["loop/focus"]);
        assert_eq!(ids[2], ["variation/space", "variation/focus"]);
    }

    #[test]
    fn a_table_that_cannot_be_read_would_remove_pages_and_is_refused() {
        assert!(parts("", VARIED).is_err());
        assert!(parts(RULES, "").is_err());
        assert!(parts(&RULES.replace("&rules::eq::residue::Residue", "&Residue"), VARIED).is_err());
        assert!(parts(&RULES.replace("    &rules::r#loop::focus::Focus,\n", ""), VARIED).is_err());
        assert!(parts(RULES, &VARIED.replace("focus::Focus, ", "")).is_err());
    }
}
