//! A folder of tracks as it came in: what is wrong with which file, and the polite list of what to ask its sender for.

use std::collections::BTreeMap;
use std::path::Path;

use mixkeel_judge::check::Destination;
use mixkeel_judge::finding::{Cause, Finding, Severity};
use mixkeel_judge::verdict::{judge, rank, sentence, sum};
use rayon::prelude::*;

use super::{CheckOutcome, CheckReport, CheckedFile};
use crate::error::Error;
use crate::evidence::of_file;
use crate::song::scan::{FoundFile, scan};
use crate::watch::{Event, Silent, Stage, Watch};

/// What one file gave.
struct Heard {
    file: CheckedFile,
    rate_hz: u32,
    length_s: f64,
    failure: Option<Error>,
}

/// Checks every file of a folder.
pub(super) fn check(folder: &Path, watch: &dyn Watch) -> Result<CheckOutcome, Error> {
    let found = scan(folder)?;
    watch.event(Event::Progress { stage: Stage::Measure, fraction: 0.0 });
    let heard: Vec<Heard> = found.files.par_iter().map(|file| hear(file, watch)).collect();
    if watch.stop() {
        return Err(Error::interrupted());
    }
    watch.event(Event::Progress { stage: Stage::Measure, fraction: 1.0 });
    let findings = gathered(&heard);
    let verdict = sum(&findings);
    let mut ask = asked(&findings);
    ask.extend(rates(&heard));
    let unreadable = heard.iter().filter(|one| one.failure.is_some()).map(|one| one.file.path.clone());
    ask.extend(
        unreadable.map(|path| format!("{path}: it cannot be read here; could you export or copy it again?")),
    );
    for (path, why) in &found.left_out {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        ask.push(format!("{name}: {why}; could you export or copy it again?"));
    }
    let length_s = heard.iter().map(|one| one.length_s).fold(0.0, f64::max);
    let report = CheckReport {
        schema: CheckReport::SCHEMA.to_owned(),
        path: folder.to_string_lossy().into_owned(),
        destination: Destination::Mixing,
        verdict,
        sentence: sentence(verdict, &findings, Destination::Mixing),
        length_s,
        integrated_lufs: None,
        true_peak_dbtp: None,
        findings,
        files: heard.iter().map(|one| one.file.clone()).collect(),
        ask,
        references: None,
    };
    Ok(CheckOutcome { report, failures: heard.into_iter().filter_map(|one| one.failure).collect() })
}

fn hear(file: &FoundFile, watch: &dyn Watch) -> Heard {
    // Progress of single files would jump to and fro.
    let evidence = if watch.stop() { Err(Error::interrupted()) } else { of_file(&file.path, &Silent) };
    let path = file.relative.clone();
    match evidence {
        Ok(evidence) => Heard {
            rate_hz: evidence.sound.rate_hz,
            length_s: evidence.length_s(),
            file: CheckedFile { path, error: None, findings: judge(&evidence, Destination::Mixing).findings },
            failure: None,
        },
        Err(error) => Heard {
            file: CheckedFile { path, error: Some(error.to_string()), findings: Vec::new() },
            rate_hz: 0,
            length_s: 0.0,
            failure: Some(error),
        },
    }
}

/// One finding an id, with the files it was found in for tracks: the gravest speaks for all.
fn gathered(heard: &[Heard]) -> Vec<Finding> {
    let mut by_id: BTreeMap<&str, Vec<(&str, &Finding)>> = BTreeMap::new();
    for one in heard {
        for finding in &one.file.findings {
            by_id.entry(&finding.id).or_default().push((&one.file.path, finding));
        }
    }
    let mut all: Vec<Finding> = by_id
        .into_values()
        .filter_map(|found| {
            let (path, worst) = found
                .iter()
                .max_by(|a, b| a.1.severity.cmp(&b.1.severity).then(a.1.weight.total_cmp(&b.1.weight)))?;
            let more = match found.len() - 1 {
                0 => String::new(),
                1 => ", and one more file".to_owned(),
                more => format!(", and {more} more files"),
            };
            let cause = |(path, _): &(&str, &Finding)| Cause {
                id: (*path).to_owned(),
                name: (*path).to_owned(),
                share: 1.0 / found.len() as f64,
            };
            Some(Finding {
                because: format!("{path}{more}: {}", worst.because),
                tracks: found.iter().map(cause).collect(),
                ..(*worst).clone()
            })
        })
        .collect();
    rank(&mut all);
    all
}

/// One polite sentence a finding that is worth asking for.
fn asked(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .filter(|finding| finding.severity > Severity::Note)
        .map(|finding| {
            let files: Vec<&str> = finding.tracks.iter().map(|track| track.name.as_str()).collect();
            let what = match finding.id.as_str() {
                "clipping" => {
                    "could you send a take that is not clipped, or the recording from before the clip?"
                }
                "lossy-source" => "is there an uncompressed original (WAV, AIFF or FLAC)?",
                "truncated-start" | "truncated-end" => {
                    "could you export from a little before the first note until the last sound is gone?"
                }
                "clicks" | "dropout" => "could you export again, or repair or cover those places?",
                "hum" | "hiss" => "is there a cleaner take, or one from before the noise was raised?",
                "low-rate" | "low-bits" | "too-quiet" => {
                    "could you export at the session's own rate, as 24-bit or 32-bit float?"
                }
                "polarity" | "channel-delay" => "is this meant? The two channels do not fit together",
                _ => "could you look at this?",
            };
            format!("{}: {} {}", files.join(", "), first_clause(&finding.because), what)
        })
        .collect()
}

/// The figures of a reason, without the files and without why they matter.
fn first_clause(because: &str) -> String {
    let text = because.split_once(": ").map_or(because, |(_, text)| text);
    format!("{};", text.split("; ").next().unwrap_or(text))
}

/// Files of a session have one rate.
fn rates(heard: &[Heard]) -> Option<String> {
    let mut rates: Vec<u32> = heard.iter().map(|one| one.rate_hz).filter(|rate| *rate > 0).collect();
    rates.sort_unstable();
    rates.dedup();
    let named: Vec<String> = rates.iter().map(|rate| format!("{rate} Hz")).collect();
    (rates.len() > 1).then(|| {
        format!("the files come at {}; could you export all at the session's own rate?", named.join(" and "))
    })
}
