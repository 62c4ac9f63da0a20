//! The verdict: the sum of all findings in one honest sentence.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::check::{Case, Destination};
use crate::checks::CHECKS;
use crate::evidence::Evidence;
use crate::finding::{Finding, Severity};

/// What comes of it all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing has to be done first.
    Ready,
    /// It can go on; the warnings are worth a listen first.
    ReadyWithNotes,
    /// Something in it cannot be undone later.
    ReEvaluate,
}

impl Verdict {
    /// The word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Ready => "ready",
            Verdict::ReadyWithNotes => "ready-with-notes",
            Verdict::ReEvaluate => "re-evaluate",
        }
    }
}

/// Findings and what they amount to.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The sum.
    pub verdict: Verdict,
    /// The same in one sentence.
    pub sentence: String,
    /// Everything that was found, gravest first, and of those that are alike grave the farthest over its threshold.
    pub findings: Vec<Finding>,
}

/// What a finished master brings with it as a matter of course. Whoever is asked for the mix without its limiter need not
/// be told of them.
const OF_A_MASTER: &[&str] =
    &["over-limited", "true-peak", "clipping", "flat-contour", "low-bits", "too-dry"];

/// Looks at evidence with every check that holds for a destination.
pub fn judge(evidence: &Evidence, destination: Destination) -> Judgement {
    let case = Case { evidence, destination };
    if evidence.sound.loudness.max_momentary_lufs.is_none() && evidence.sound.true_peak_dbtp.is_none() {
        return silent(destination);
    }
    let mut findings: Vec<Finding> = CHECKS
        .iter()
        .filter(|check| check.holds_for.contains(&destination))
        .filter_map(|check| (check.look)(&case))
        .collect();
    if findings.iter().any(|finding| finding.id == "already-mastered") {
        findings.retain(|finding| !OF_A_MASTER.contains(&finding.id.as_str()));
    }
    rank(&mut findings);
    let verdict = sum(&findings);
    Judgement { verdict, sentence: sentence(verdict, &findings, destination), findings }
}

/// Puts the gravest first.
pub fn rank(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        b.severity.cmp(&a.severity).then(b.weight.total_cmp(&a.weight)).then(a.id.cmp(&b.id))
    });
}

/// What findings amount to.
pub fn sum(findings: &[Finding]) -> Verdict {
    match findings.iter().map(|finding| finding.severity).max() {
        Some(Severity::Blocker) => Verdict::ReEvaluate,
        Some(Severity::Warning) => Verdict::ReadyWithNotes,
        Some(Severity::Note) | None => Verdict::Ready,
    }
}

/// A file in which there is nothing.
fn silent(destination: Destination) -> Judgement {
    let finding = Finding::new(
        "too-quiet",
        Severity::Blocker,
        "there is no sound in it",
        "export it again, and listen to the file before it is sent",
    );
    let findings = vec![finding];
    let verdict = sum(&findings);
    Judgement { verdict, sentence: sentence(verdict, &findings, destination), findings }
}

/// The verdict in words.
pub fn sentence(verdict: Verdict, findings: &[Finding], destination: Destination) -> String {
    let next = format!("for {}", destination.word());
    let of = |severity| findings.iter().filter(move |finding| finding.severity == severity);
    let ids = |severity| of(severity).map(|finding| words(&finding.id)).collect::<Vec<_>>();
    match verdict {
        Verdict::Ready => match of(Severity::Note).count() {
            0 => format!("Ready {next}: nothing was found that stands in the way."),
            1 => format!("Ready {next}; there is one remark."),
            notes => format!("Ready {next}; there are {notes} remarks."),
        },
        Verdict::ReadyWithNotes => {
            format!("Ready {next}, with notes: listen once more for {}.", list(&ids(Severity::Warning)))
        }
        Verdict::ReEvaluate => {
            if findings.iter().any(|finding| finding.id == "already-mastered") {
                return "This is a finished master: send the mix without its limiter.".to_owned();
            }
            format!(
                "Re-evaluate before {}: {} has to be put right first.",
                destination.word(),
                list(&ids(Severity::Blocker))
            )
        }
    }
}

/// `low-end-wide` as people say it.
pub fn words(id: &str) -> String {
    match id {
        "muddy" => "mud",
        "harsh" => "harshness",
        "sibilant" => "sibilance",
        "dull" => "a dull top",
        "thin" => "a thin low end",
        "boomy" => "boom",
        "dc" => "an offset",
        "dropout" => "dropouts",
        "lopsided" => "one side",
        "too-narrow" => "a narrow image",
        "too-wide" => "too wide an image",
        "low-end-wide" => "a wide low end",
        "mono-loss" => "what mono loses",
        "channel-delay" => "a late channel",
        "truncated-start" => "a cut beginning",
        "truncated-end" => "a cut end",
        "leading-silence" => "silence at the start",
        "lossy-source" => "a lossy source",
        "over-limited" => "limiting",
        "buried-focus" => "a covered lead",
        "masked-track" => "covered tracks",
        "uneven-level" => "uneven levels",
        "too-wet" => "too much reverb",
        "low-bits" => "a short word length",
        "low-rate" => "a low sampling rate",
        "too-quiet" => "a low level",
        other => return other.replace('-', " "),
    }
    .to_owned()
}

/// Words as a sentence lists them, the first four.
fn list(words: &[String]) -> String {
    let shown = words.get(..words.len().min(4)).unwrap_or_default();
    match shown {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
