//! `report`: makes the page of a session or of a file, and the same facts for programs, again or for the first time.

use std::path::{Path, PathBuf};

use mixkeel_io::write::write_atomically;
use mixkeel_judge::check::Destination;
use mixkeel_judge::evidence::Evidence;
use mixkeel_judge::finding::Finding;
use mixkeel_judge::verdict::{Judgement, Verdict, judge};
use mixkeel_session::edit::{Edit, Edits};
use mixkeel_session::session::Session;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Embed, Facts, Page, Source, as_sent, loops};
use crate::error::{Error, ErrorKind};
use crate::evidence;
use crate::project::ledger::{self, Measured};
use crate::project::paths::song_name;
use crate::project::session_file::{self, Opened};
use crate::report::Report;
use crate::song::cache::Cache;
use crate::watch::Watch;

/// The file beside a mix.
pub const NAME: &str = "report.html";

/// What goes into the page, and where the page goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageOptions {
    /// Where to; beside a session, or in the current folder for a file, when not said.
    pub out: Option<PathBuf>,
    /// How much sound.
    pub embed: Embed,
    /// Records to listen to beside it and to compare it with.
    pub references: Vec<PathBuf>,
    /// Where is kept what sessions measure.
    pub cache: Cache,
}

/// What was made, and what is in it. Beside the page as JSON, where no `report.json` of a mix stands that takes it in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PageOutcome {
    /// `mixkeel/page/1`.
    pub schema: String,
    /// The page.
    pub page: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// The verdict that it opens on.
    pub verdict: Verdict,
    /// The same in one sentence.
    pub sentence: String,
    /// What it measures as a whole.
    pub mix: Measured,
    /// Everything that was found, gravest first.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// Every table of the page, those under its charts too.
    #[serde(default)]
    pub facts: Vec<Facts>,
}

impl PageOutcome {
    /// The name of this JSON.
    pub const SCHEMA: &'static str = "mixkeel/page/1";

    /// What to tell the user.
    pub fn summary(&self) -> Vec<String> {
        let mut lines = vec![self.page.clone()];
        lines.extend(crate::lines::wrapped(&self.sentence, "", "  "));
        lines
    }
}

/// Makes the page of a session (or the folder of a mix) or of a file of sound.
///
/// # Errors
/// What cannot be read or written, or a request to stop. Nothing half-written stays.
pub fn make(path: &Path, options: &PageOptions, watch: &dyn Watch) -> Result<PageOutcome, Error> {
    let is_session =
        path.is_dir() || path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    let out = match &options.out {
        Some(out) => out.clone(),
        None if is_session => session_file::open(path)?.folder.join(NAME),
        None => PathBuf::from(format!("{}-report.html", song_name(path))),
    };
    let json = Json::at(&out.with_extension("json"))?;
    let made = if is_session {
        of_session(path, &out, options, watch)
    } else {
        of_file(path, &out, options, watch)
    }?;
    json.write(&made)?;
    Ok(made)
}

/// What stands where the JSON beside a page goes.
struct Json {
    path: PathBuf,
    /// The report of a mix: what is measured in it is brought up to date, the rest stays.
    report: Option<Report>,
}

impl Json {
    fn at(path: &Path) -> Result<Self, Error> {
        let path = path.to_path_buf();
        let Ok(bytes) = std::fs::read(&path) else { return Ok(Self { path, report: None }) };
        if let Ok(report) = serde_json::from_slice::<Report>(&bytes) {
            return Ok(Self { path, report: Some(report) });
        }
        if serde_json::from_slice::<PageOutcome>(&bytes).is_ok() {
            return Ok(Self { path, report: None });
        }
        Err(Error::new(
            ErrorKind::OutputExists,
            "a file that is not ours stands where the report's JSON goes",
        )
        .at(&path)
        .hint("name another page, and the JSON goes beside it: -o other.html"))
    }

    fn write(self, made: &PageOutcome) -> Result<(), Error> {
        let json = match self.report {
            Some(report) => crate::json::to_bytes(&report.with(made))?,
            None => crate::json::to_bytes(made)?,
        };
        write_atomically(&self.path, &json).map_err(|error| {
            Error::new(ErrorKind::Unwritable, "can't write the report")
                .at(&self.path)
                .because(error.to_string())
        })
    }
}

fn of_session(
    path: &Path,
    out: &Path,
    options: &PageOptions,
    watch: &dyn Watch,
) -> Result<PageOutcome, Error> {
    let opened = session_file::open(path)?;
    let (evidence, session) = evidence::of_session_kept(path, &options.cache, watch)?;
    let (mix, version) = mix_of(&opened, &session, &evidence);
    let mut sources = vec![
        ("Mix", mix),
        ("Tracks as sent", Source::Session(Box::new(as_sent(&session)), opened.folder.clone())),
    ];
    sources.extend(listened_to(options));
    let records = records(options, watch)?;
    let edits = edits_of(&opened.path);
    let judgement = judge(&evidence, Destination::Mastering);
    let matter = Matter {
        title: &session.title,
        version,
        evidence: &evidence,
        judgement: &judgement,
        records: &records,
        edits: &edits,
    };
    write(&matter, &sources, options.embed, out)
}

/// The mix of a session, and its version: the file beside it where that was made from the session as it stands, and measured what
/// the session measures now. It does not where a recording has changed since.
fn mix_of(opened: &Opened, session: &Session, evidence: &Evidence) -> (Source, Option<u32>) {
    let file = opened.folder.join("mix.wav");
    let newest = ledger::lines(&opened.folder).unwrap_or_default().pop();
    let is_of_it = |line: &ledger::Line| {
        line.session_sha256 == opened.sha256 && line.measured.is_near(&measured(evidence)) && file.is_file()
    };
    match newest.filter(is_of_it) {
        Some(line) => (Source::File(file), Some(line.version)),
        None => (Source::Session(Box::new(session.clone()), opened.folder.clone()), None),
    }
}

fn of_file(path: &Path, out: &Path, options: &PageOptions, watch: &dyn Watch) -> Result<PageOutcome, Error> {
    let evidence = evidence::of_file(path, watch)?;
    let mut sources = vec![("Mix", Source::File(path.to_path_buf()))];
    sources.extend(listened_to(options));
    let records = records(options, watch)?;
    let name = song_name(path);
    let judgement = judge(&evidence, Destination::Mastering);
    let matter = Matter {
        title: &name,
        version: None,
        evidence: &evidence,
        judgement: &judgement,
        records: &records,
        edits: &[],
    };
    write(&matter, &sources, options.embed, out)
}

/// What a page says, but for the sound.
#[derive(Debug)]
pub struct Matter<'a> {
    /// The song or the file.
    pub title: &'a str,
    /// Which version of a mix it is about.
    pub version: Option<u32>,
    /// What was measured.
    pub evidence: &'a Evidence,
    /// What comes of it.
    pub judgement: &'a Judgement,
    /// Finished records to stand beside.
    pub records: &'a [Evidence],
    /// What was decided.
    pub edits: &'a [Edit],
}

/// The references that are listened to. One is enough to switch to and keeps the page small; all are compared with.
fn listened_to(options: &PageOptions) -> Option<(&'static str, Source)> {
    options.references.first().map(|path| ("Reference", Source::File(path.clone())))
}

fn records(options: &PageOptions, watch: &dyn Watch) -> Result<Vec<Evidence>, Error> {
    options.references.iter().map(|path| evidence::of(path, &options.cache, watch)).collect()
}

/// Writes a page.
///
/// # Errors
/// A source of sound that cannot be read, or a place that cannot be written to.
pub fn write(
    matter: &Matter<'_>,
    sources: &[(&str, Source)],
    embed: Embed,
    to: &Path,
) -> Result<PageOutcome, Error> {
    let loops = loops(sources, matter.evidence, &matter.judgement.findings, embed)?;
    let page = Page {
        title: matter.title,
        version: matter.version,
        judgement: matter.judgement,
        evidence: matter.evidence,
        records: matter.records,
        edits: matter.edits,
        loops: &loops,
    };
    let html = page.html();
    write_atomically(to, html.as_bytes()).map_err(|error| {
        Error::new(ErrorKind::Unwritable, "can't write the report").at(to).because(error.to_string())
    })?;
    Ok(PageOutcome {
        schema: PageOutcome::SCHEMA.to_owned(),
        page: to.display().to_string(),
        bytes: html.len() as u64,
        verdict: matter.judgement.verdict,
        sentence: matter.judgement.sentence.clone(),
        mix: measured(matter.evidence),
        findings: matter.judgement.findings.clone(),
        facts: page.facts(),
    })
}

fn measured(evidence: &Evidence) -> Measured {
    let sound = &evidence.sound;
    Measured {
        integrated_lufs: sound.loudness.integrated_lufs,
        sample_peak_dbfs: sound.levels.sample_peak_dbfs(),
        true_peak_dbtp: sound.true_peak_dbtp,
    }
}

/// The edits beside a session; none where there are none to read, since a page can do without.
fn edits_of(session: &Path) -> Vec<Edit> {
    let bytes = std::fs::read(session.with_file_name("edits.json")).unwrap_or_default();
    serde_json::from_slice::<Edits>(&bytes).map(|edits| edits.edits).unwrap_or_default()
}
