//! What can be typed: the commands, and the options that all of them have.

use clap::{Args, CommandFactory, Parser, Subcommand};
use mixkeel::Error;

use crate::answer::Answer;
use crate::commands::{
    check, compare, completions, convert, demo, doctor, explain, goals, ledger, listen, man, measure, mix,
    plan, render, report, revise, schema, ship, song,
};
use crate::face::Face;

/// What is printed when nothing is asked: six lines.
pub const FIRST_HELP: &str = "\
Mixkeel: a folder of tracks becomes a mix, with reasons.

  mixkeel demo             writes a small song, mixes it, says what to listen to
  mixkeel mix \"My Song\"    mixes a folder that holds one file a track

All commands: mixkeel --help
";

/// Examples come first: whoever asks for help wants to see a line that works.
pub const TEMPLATE: &str = "{about}\n\n{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}";

/// The widest line of help; a terminal of the usual width shows it unbroken.
pub const COLUMNS: usize = 80;

/// A folder of tracks becomes a mix, with reasons.
#[derive(Debug, Parser)]
#[command(
    name = "mixkeel",
    bin_name = "mixkeel",
    version,
    max_term_width = COLUMNS,
    help_template = TEMPLATE,
    subcommand_required = true,
    disable_help_subcommand = true,
    before_help = "\
Examples:
  mixkeel demo             # writes a small song and mixes it
  mixkeel mix \"My Song\"    # mixes a folder that holds one file a track
  mixkeel \"My Song\"        # the same",
    after_help = "\
Also: mixkeel completions SHELL, mixkeel man DIR, mixkeel schema [NAME].
Results go to stdout, everything else to stderr. Exit codes: 0 done, 1 internal,
2 usage, 3 input unreadable, 4 checks failed, 5 part of a batch failed, 6 output
exists, 130 interrupted."
)]
pub struct Cli {
    /// What is to be done.
    #[command(subcommand)]
    pub command: Command,
    /// Options that every command has.
    #[command(flatten)]
    pub everywhere: Everywhere,
}

/// Options that every command has.
#[derive(Args, Clone, Copy, Debug, Default)]
#[command(next_help_heading = "Everywhere")]
pub struct Everywhere {
    /// Print the result as one JSON document
    #[arg(long, global = true)]
    pub json: bool,
    /// Print nothing unless it fails
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Write what happens to stderr, one JSON object a line
    #[arg(long, global = true)]
    pub events: bool,
    /// Use this many threads; the result is the same with any number
    #[arg(long, short, global = true, value_name = "N", value_parser = crate::values::jobs)]
    pub jobs: Option<usize>,
}

/// The commands, in the order in which people meet them.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a small song, mix it, and say what to listen to
    Demo(demo::Demo),
    /// Mix a folder of tracks, the whole way
    Mix(mix::Mix),
    /// Say what a mix would change and why; nothing is written
    Plan(plan::Plan),
    /// Play a session as it stands: the mix, its stems, or a part
    Render(render::Render),
    /// Say why a session is as it is, with evidence
    Explain(explain::Explain),
    /// Hold a session to its goals: pass or fail, and by how much
    Goals(goals::Goals),
    /// Carry out a note in plain words as the next version
    Revise(revise::Revise),
    /// Say what phones, laptops and cars keep of a mix and lose
    Listen(listen::Listen),
    /// Make the page of a mix or a file: verdict, sound, evidence
    Report(report::Report),
    /// Measure files: loudness, peaks, spectrum, faults
    Measure(measure::Measure),
    /// Say whether it is ready for what comes next, and what is not
    Check(check::Check),
    /// Say what differs between sounds, at one loudness
    Compare(compare::Compare),
    /// List the versions of a mix, and say when to stop
    Ledger(ledger::Ledger),
    /// Freeze a version and deliver it, with checksums
    Ship(ship::Ship),
    /// Hear a song: tempo, bars, key, chords, sections
    Song(song::Song),
    /// Change rate, word length or format of one file
    Convert(convert::Convert),
    /// Say what works on this machine
    Doctor(doctor::Doctor),
    /// Print completions for a shell
    #[command(hide = true)]
    Completions(completions::Completions),
    /// Write manual pages
    #[command(hide = true)]
    Man(man::Man),
    /// Print the schemas of what is written
    #[command(hide = true)]
    Schema(schema::Schema),
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// What the library says, unchanged.
    pub fn run(&self, face: &Face) -> Result<Answer, Error> {
        match self {
            Command::Demo(command) => command.run(face),
            Command::Mix(command) => command.run(face),
            Command::Plan(command) => command.run(face),
            Command::Render(command) => command.run(face),
            Command::Explain(command) => command.run(),
            Command::Goals(command) => command.run(face),
            Command::Revise(command) => command.run(face),
            Command::Listen(command) => command.run(face),
            Command::Report(command) => command.run(face),
            Command::Measure(command) => command.run(face),
            Command::Check(command) => command.run(face),
            Command::Compare(command) => command.run(face),
            Command::Ledger(command) => command.run(face),
            Command::Ship(command) => command.run(face),
            Command::Song(command) => command.run(face),
            Command::Convert(command) => command.run(face),
            Command::Doctor(command) => command.run(),
            Command::Completions(command) => command.run(),
            Command::Man(command) => command.run(),
            Command::Schema(command) => command.run(),
        }
    }
}

/// The whole command line as clap sees it.
pub fn command() -> clap::Command {
    Cli::command()
}

/// The word of every command, hidden ones too.
pub fn words() -> Vec<String> {
    command().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definitions_do_not_contradict_each_other() {
        command().debug_assert();
        assert!(words().contains(&"mix".to_owned()));
    }

    #[test]
    fn the_first_help_is_six_lines_of_at_most_eighty_columns() {
        assert_eq!(FIRST_HELP.lines().count(), 6);
        assert!(FIRST_HELP.lines().all(|line| line.chars().count() <= COLUMNS));
    }
}
