//! `ledger`: every version of a mix, what was spent of the person's limits, and whether there is still anything to tell the last
//! two apart by.

use std::path::{Path, PathBuf};

use mixkeel_dsp::param::Value;
use mixkeel_judge::verdict::Verdict;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::alike::{Alike, alike};
use crate::error::{Error, ErrorKind};
use crate::lines::{counted, figure, fit, wrapped};
use crate::project::ledger::{Change, Line, lines};
use crate::project::limits::{Spent, spent};
use crate::project::session_file;
use crate::ship::shipped;
use crate::watch::Watch;

/// How many changes of a version are shown; all are in the document.
const SHOWN: usize = 4;

/// The versions of a mix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LedgerReport {
    /// `mixkeel/versions/1`.
    pub schema: String,
    /// The song's title.
    pub title: String,
    /// The folder.
    pub out: String,
    /// The line of every version, the first one first.
    pub versions: Vec<Line>,
    /// What was spent of the limits in the session.
    pub spent: Spent,
    /// The last two versions beside each other. Absent with fewer than two, and where the mix of one is gone.
    pub last_two: Option<Alike>,
    /// The version that is frozen, when one is.
    pub shipped: Option<u32>,
}

/// Reads the ledger of a mix and compares its last two versions.
///
/// # Errors
/// A folder that is none of ours, a session or a ledger with mistakes, a mix that cannot be read, or a request to stop.
pub fn ledger(session: &Path, now_unix_s: u64, watch: &dyn Watch) -> Result<LedgerReport, Error> {
    let opened = session_file::open(session)?;
    let versions = lines(&opened.folder)?;
    let Some(newest) = versions.last().map(|line| line.version) else {
        return Err(Error::new(ErrorKind::Unreadable, "there is no ledger here")
            .at(&opened.folder)
            .because("no version was ever made in this folder")
            .hint("make one: mixkeel mix \"My Song\""));
    };
    let mix = |version: u32| {
        let path = mix_of(&opened.folder, version, newest);
        path.is_file().then_some(path)
    };
    let last_two = match versions.as_slice() {
        [.., before, last] => match (mix(before.version), mix(last.version)) {
            (Some(first), Some(second)) => Some(alike(
                (before.version, &first),
                (last.version, &second),
                &opened.session.sections,
                watch,
            )?),
            _ => None,
        },
        _ => None,
    };
    Ok(LedgerReport {
        schema: LedgerReport::SCHEMA.to_owned(),
        title: opened.session.title.clone(),
        out: opened.folder.display().to_string(),
        spent: spent(&versions, &opened.session.finish, now_unix_s),
        shipped: shipped(&opened.folder)?,
        versions,
        last_two,
    })
}

/// Where the mix of a version lies: the newest at the top, the others in their folders.
pub fn mix_of(out: &Path, version: u32, newest: u32) -> PathBuf {
    if version == newest { out.join("mix.wav") } else { out.join(format!("v{version}/mix.wav")) }
}

impl LedgerReport {
    /// The name of this JSON.
    pub const SCHEMA: &'static str = "mixkeel/versions/1";

    /// What to tell people: at most 80 columns.
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.versions.iter().flat_map(version).collect();
        lines.extend(self.spent.in_words().iter().flat_map(|line| wrapped(line, "", "  ")));
        if let Some(two) = &self.last_two {
            lines.extend(told_apart(two, &self.out));
        }
        lines.extend(match self.shipped {
            Some(version) => wrapped(
                &format!("Shipped: version {version}. To go on: mixkeel ship {} --reopen", quoted(&self.out)),
                "",
                "  ",
            ),
            None => vec![fit(&format!("When it is done: mixkeel ship {}", quoted(&self.out)))],
        });
        lines
    }
}

fn version(line: &Line) -> Vec<String> {
    let verdict = match line.verdict {
        Some(Verdict::Ready) => ", ready",
        Some(Verdict::ReadyWithNotes) => ", ready with notes",
        Some(Verdict::ReEvaluate) => ", re-evaluate",
        None => "",
    };
    let met = line.goals.iter().filter(|mark| mark.passes).count();
    let goals = match line.goals.len() {
        0 => String::new(),
        all => format!(", {met} of {}", counted(all, "goal")),
    };
    let mut lines = vec![fit(&format!(
        "Version {}: {} LUFS, true peak {} dBTP{verdict}{goals}",
        line.version,
        figure(line.measured.integrated_lufs, 1),
        figure(line.measured.true_peak_dbtp, 1),
    ))];
    lines.extend(line.changed.iter().take(SHOWN).map(|one| fit(&format!("  {}", change(one)))));
    if line.changed.len() > SHOWN {
        lines.push(format!("  and {} more: --json has all", counted(line.changed.len() - SHOWN, "change")));
    }
    lines
}

fn change(change: &Change) -> String {
    let word = |value: &Value| match value {
        Value::Number(number) => figure(Some(*number), 2),
        Value::Switch(on) => if *on { "on" } else { "off" }.to_owned(),
        Value::Word(word) => word.clone(),
    };
    let what = match (&change.from, &change.to) {
        (Some(from), Some(to)) => format!("{} → {}", word(from), word(to)),
        (None, Some(to)) => format!("new, {}", word(to)),
        (Some(from), None) => format!("gone, was {}", word(from)),
        (None, None) => "changed".to_owned(),
    };
    let by = if change.by.is_empty() { String::new() } else { format!(" ({})", change.by) };
    format!("{}: {what}{by}", change.address)
}

fn told_apart(two: &Alike, out: &str) -> Vec<String> {
    let (first, second) = (two.first, two.second);
    if two.alike {
        let rest = two
            .residual_lu
            .map_or("nothing".to_owned(), |lu| format!("{} LU under it", figure(Some(-lu), 0)));
        let text = format!(
            "Versions {first} and {second} can no longer be told apart: what is left between them is {rest}, and every section \
             measures the same. That is the moment to stop."
        );
        return wrapped(&text, "", "  ");
    }
    let text = match two.differences.first() {
        Some(most) => format!("Between versions {first} and {second} this is heard most: {most}."),
        None => format!(
            "No measure tells versions {first} and {second} apart, but what is left between them is only {} LU under the mix.",
            figure(two.residual_lu.map(|lu| -lu), 0)
        ),
    };
    let mut lines = wrapped(&text, "", "  ");
    lines.push("Whether you hear it too, blind:".to_owned());
    // A command is not broken over lines: it is there to be copied.
    lines.push(format!("  mixkeel compare --blind {} {}", quoted(&format!("{out}/v{first}")), quoted(out)));
    lines
}

/// A path as it can be typed.
fn quoted(path: &str) -> String {
    if path.contains(' ') { format!("\"{path}\"") } else { path.to_owned() }
}
