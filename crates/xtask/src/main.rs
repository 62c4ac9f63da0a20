//! `cargo xtask generate [--check]`: writes the committed files that follow from the program and its sources, or says which are stale.

use std::process::ExitCode;

use mixkeel_xtask::generate;

const HELP: &str = "\
cargo xtask generate           writes docs/reference/ and docs/schema/ as the program and its sources have them today
cargo xtask generate --check   writes nothing; exits with 1 and names the files that are stale";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let check = match words.as_slice() {
        ["generate"] => false,
        ["generate", "--check"] => true,
        _ => {
            eprintln!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match generate::run(check) {
        Ok(lines) => {
            for line in &lines {
                println!("{line}");
            }
            if check && !lines.is_empty() {
                eprintln!("→ cargo xtask generate");
                return ExitCode::FAILURE;
            }
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
