//! Builds the `mixkeel` binary and finds it, wherever the target folder lies.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::tree;

/// Builds `mixkeel` in the profile that tests use, so that a build under `cargo test` is shared, and returns its path.
///
/// # Errors
/// In words, when cargo cannot be run, the build fails, or cargo does not name the binary.
pub fn build() -> Result<PathBuf, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "-q", "-p", "mixkeel-app", "--bin", "mixkeel", "--message-format", "json"])
        .current_dir(tree::root())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo could not be run: {error}"))?;
    if !output.status.success() {
        return Err("mixkeel does not build".to_owned());
    }
    executable(&String::from_utf8_lossy(&output.stdout))
        .ok_or_else(|| "cargo built mixkeel and did not say where".to_owned())
}

/// What one run of a program wrote to stdout.
///
/// # Errors
/// In words, when the program cannot be run, does not exit with 0, or writes something that is not UTF-8.
pub fn stdout_of(program: &PathBuf, arguments: &[&str]) -> Result<String, String> {
    let said = || format!("mixkeel {}", arguments.join(" "));
    let output = Command::new(program)
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{} could not be run: {error}", said()))?;
    if !output.status.success() {
        return Err(format!("{} ended with {}", said(), output.status));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("{} wrote something that is not UTF-8", said()))
}

/// The last `executable` in cargo's stream of JSON messages, one a line.
fn executable(messages: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter_map(|message| message.get("executable")?.as_str().map(PathBuf::from))
        .next_back()
}

#[cfg(test)]
mod tests {
    use super::executable;
    use std::path::PathBuf;

    #[test]
    fn the_binary_is_found_among_the_messages_of_cargo() {
        let messages = "{\"reason\":\"compiler-artifact\",\"executable\":null}\nnot json\n\
                        {\"reason\":\"compiler-artifact\",\"executable\":\"target/debug/mixkeel\"}\n\
                        {\"reason\":\"build-finished\",\"success\":true}\n";
        assert_eq!(executable(messages), Some(PathBuf::from("target/debug/mixkeel")));
        assert_eq!(executable(""), None);
    }
}
