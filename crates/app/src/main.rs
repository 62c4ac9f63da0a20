//! The program `mixkeel`: parse, call the library, print.
//!
//! stdout is data, stderr is talk. Each command is one file under `commands`.

mod answer;
mod cli;
mod commands;
mod face;
mod failure;
mod guard;
mod interrupt;
mod manual;
mod shortcut;
mod values;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use crate::cli::Cli;
use crate::face::Face;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let json = arguments.iter().any(|argument| argument == "--json");
    guard::run(json, || start(arguments, json))
}

fn start(arguments: Vec<OsString>, json: bool) -> ExitCode {
    if arguments.len() <= 1 {
        return answer::print_text(cli::FIRST_HELP);
    }
    let cli = match Cli::try_parse_from(shortcut::expand(&arguments)) {
        Ok(cli) => cli,
        Err(error) => return failure::of_arguments(&error, &arguments, json),
    };
    let face = Face::new(&cli.everywhere);
    let answer = use_threads(cli.everywhere.jobs).and_then(|()| cli.command.run(&face));
    face.close();
    match answer {
        Ok(answer) => answer.print(&cli.everywhere),
        Err(error) => failure::print(&error, &cli.everywhere),
    }
}

/// Sizes the one pool of threads on which everything runs.
fn use_threads(jobs: Option<usize>) -> Result<(), mixkeel::Error> {
    let Some(jobs) = jobs else {
        return Ok(());
    };
    rayon::ThreadPoolBuilder::new().num_threads(jobs).build_global().map_err(|error| {
        mixkeel::Error::new(mixkeel::ErrorKind::Internal, format!("{jobs} threads could not be started"))
            .because(error.to_string())
            .hint("a smaller number: --jobs 2")
    })
}
