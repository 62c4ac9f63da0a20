//! `mixkeel schema`: the schemas of everything that is written, and the pages that are generated from the program.

use std::collections::BTreeMap;

use clap::Args;
use mixkeel::{Error, ErrorKind};
use serde::Serialize;
use serde_json::Value;

use crate::answer::Answer;
use crate::face::EventLine;
use crate::failure::ErrorDocument;
use crate::{cli, manual};

/// What can be typed after `schema`.
#[derive(Args, Debug)]
#[command(
    help_template = cli::TEMPLATE,
    before_help = "\
Examples:
  mixkeel schema                   # the names
  mixkeel schema report            # one of them
  mixkeel schema --json            # all of them in one document"
)]
pub struct Schema {
    /// The name of a schema
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// The pages of the reference instead of schemas
    #[arg(long, hide = true, conflicts_with = "name")]
    pages: bool,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    schemas: &'a BTreeMap<String, Value>,
}

/// Files of the reference by their paths from the root of the repository.
#[derive(Serialize)]
struct Pages {
    schema: &'static str,
    pages: BTreeMap<String, String>,
}

impl Schema {
    /// Prints names, one schema, all schemas, or the generated pages.
    ///
    /// # Errors
    /// When there is no schema of that name.
    pub fn run(&self) -> Result<Answer, Error> {
        if self.pages {
            let mut pages = mixkeel::reference::pages();
            pages.insert("docs/reference/cli.md".to_owned(), manual::cli_page());
            let names: Vec<String> = pages.keys().cloned().collect();
            return Ok(Answer::new(&Pages { schema: "mixkeel/pages/1", pages }, &names)?.data());
        }
        let schemas = all();
        let Some(name) = &self.name else {
            let names: Vec<String> = schemas.keys().cloned().collect();
            return Ok(
                Answer::new(&Document { schema: "mixkeel/schemas/1", schemas: &schemas }, &names)?.data()
            );
        };
        let known = [name.clone(), format!("{name}.json"), format!("{name}-1.json")];
        let schema = known.iter().find_map(|name| schemas.get(name)).ok_or_else(|| {
            let names: Vec<&str> = schemas.keys().map(String::as_str).collect();
            Error::new(ErrorKind::Usage, format!("there is no schema \"{name}\""))
                .because(format!("there are: {}", names.join(", ")))
                .hint("mixkeel schema")
        })?;
        let text = serde_json::to_string_pretty(schema).unwrap_or_default();
        Ok(Answer::new(schema, &[text])?.data())
    }
}

/// The schemas of the library, and of the two things that the command line itself writes.
fn all() -> BTreeMap<String, Value> {
    let own = [
        ("error-1.json", schemars::schema_for!(ErrorDocument).to_value()),
        ("event-1.json", schemars::schema_for!(EventLine).to_value()),
    ];
    let own = own.into_iter().map(|(name, schema)| (name.to_owned(), schema));
    mixkeel::schema::all().into_iter().chain(own).collect()
}
