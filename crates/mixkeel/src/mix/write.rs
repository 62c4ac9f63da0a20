//! Writes a version: mix, stems, listening copy, session, console page, edits, report, ledger.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use mixkeel_assist::decide::Decision;
use mixkeel_assist::start::Start;
use mixkeel_dsp::block::Channels;
use mixkeel_dsp::param::Value;
use mixkeel_engine::{Options, Player};
use mixkeel_io::write::{Bits, Format, Spec, Tags};
use mixkeel_judge::check::Destination;
use mixkeel_judge::evidence::Evidence;
use mixkeel_judge::verdict::{Judgement, Verdict, judge};
use mixkeel_session::difference::differences;
use mixkeel_session::edit::{Edit, Edits, Sureness};
use mixkeel_session::graph::{Graph, NodeIndex};
use mixkeel_session::resolve::resolve;
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;

use super::MixOptions;
use super::decided::{Decided, Known};
use super::files::Files;
use super::listen::{TARGET, listen};
use super::marks::marks;
use crate::ENGINE_VERSION;
use crate::console::console;
use crate::deliver::{Figures, deliver};
use crate::error::{Error, ErrorKind};
use crate::evidence::EvidenceTaps;
use crate::page::Facts;
use crate::page::make::{Matter, write as write_page};
use crate::page::{self, Embed, Source, as_sent};
use crate::play::meters::MeterTap;
use crate::play::{Pick, Tap, engine_error, play};
use crate::printed::Printed;
use crate::project::folder::{Draft, Folder};
use crate::project::ledger::{Change, Line, Mark, Measured};
use crate::project::session_file::{faults_error, sha256};
use crate::render::sounding_stems;
use crate::report::{LeftOut, Listen, Problem, Report, Rounds, Start as StartReport, Stem, Track};
use crate::rounds::RoundLine;
use crate::watch::{Event, Stage, Watch};

/// Everything that a version is made of.
pub struct Version<'a> {
    pub started: Instant,
    pub options: &'a MixOptions,
    pub decided: &'a Decided,
    /// The stems, where they are printed already.
    pub printed: Option<Printed>,
    pub warnings: Vec<String>,
    /// Every edit that made the session, those of earlier versions included.
    pub edits: Vec<Edit>,
    pub folder: &'a Folder,
    /// How it differs from the mix on purpose, for a variation.
    pub differs: Option<&'static str>,
}

/// What came of rendering.
struct Rendered {
    measured: Measured,
    copy: Listen,
    length_frames: u64,
    judged: Judged,
}

/// What was found in it, and what stands on the page.
struct Judged {
    evidence: Evidence,
    judgement: Judgement,
    facts: Vec<Facts>,
}

impl Version<'_> {
    /// Builds the version in its draft and makes it the newest.
    pub fn write(mut self, draft: Draft, watch: &dyn Watch) -> Result<(Report, Folder), Error> {
        let session = &self.decided.prepared.session;
        let text = self.text()?;
        let hash = sha256(text.as_bytes());
        let graph = resolve(session, &self.decided.media)
            .map_err(|faults| faults_error(&self.folder.session(), &faults))?;
        let Rendered { measured, copy, length_frames, judged } = self.render(&draft, &graph, &hash, watch)?;
        let Judged { evidence, judgement: judged, facts } = judged;
        let report = Report {
            schema: Report::SCHEMA.to_owned(),
            engine: ENGINE_VERSION.to_owned(),
            title: session.title.clone(),
            version: draft.version(),
            rate_hz: session.rate_hz,
            length_s: length_frames as f64 / f64::from(session.rate_hz),
            mix: measured,
            verdict: Some(judged.verdict),
            verdict_because: judged.sentence.clone(),
            findings: judged.findings.clone(),
            start: start_report(&self.decided.decision),
            style: session.song.style.clone(),
            strength: session.song.strength.unwrap_or(1.0),
            differs: self.differs.map(str::to_owned),
            rounds: Some(self.rounds(&evidence)),
            headroom_db: session.master.headroom_db,
            listen: copy,
            tracks: self.tracks(session),
            stems: self.stems(&graph, &evidence),
            left_out: self.left_out(),
            kept_by_hand: self.decided.prepared.by_hand.iter().map(|one| one.address.to_string()).collect(),
            proposed: self
                .decided
                .decision
                .proposed
                .iter()
                .map(|edit| format!("{}: {}", edit.address, edit.because))
                .collect(),
            warnings: std::mem::take(&mut self.warnings),
            facts,
        };
        draft.record("session.toml", &text)?;
        draft.record("console.md", &console(session))?;
        draft.record("edits.json", &crate::json::to_text(&Edits::new(self.edits.clone()))?)?;
        draft.record("report.json", &crate::json::to_text(&report)?)?;
        let rounds = report.rounds.as_ref().map(|rounds| rounds.heard.clone()).unwrap_or_default();
        let goals = marks(session, &self.decided.shelf.folder, &evidence, watch)?;
        let told = Told { measured, verdict: judged.verdict, goals, rounds };
        let line = crate::json::to_line(&self.line(draft.version(), hash, told))?;
        let folder = draft.finish(&line)?;
        Ok((report, folder))
    }

    /// Writes the page that a person opens: the mix beside the tracks as they were sent, and all that was found. Gives what stands
    /// in its tables.
    fn page(&self, draft: &Draft, evidence: &Evidence, judgement: &Judgement) -> Result<Vec<Facts>, Error> {
        let session = &self.decided.prepared.session;
        let sent = Source::Session(Box::new(as_sent(session)), self.decided.shelf.folder.clone());
        let sources = [("Mix", Source::File(draft.file("mix.wav"))), ("Tracks as sent", sent)];
        let version = Some(draft.version());
        let matter =
            Matter { title: &session.title, version, evidence, judgement, records: &[], edits: &self.edits };
        write_page(&matter, &sources, Embed::Loops, &draft.file(page::make::NAME)).map(|made| made.facts)
    }

    /// The session's text: a person's file keeps its comments and order.
    fn text(&self) -> Result<String, Error> {
        let session = &self.decided.prepared.session;
        match &self.decided.prepared.document {
            None => Ok(mixkeel_session::write::write_with(session, &self.decided.prepared.notes)),
            Some(document) => {
                let mut document = document.clone();
                document.bring_to(session).map_err(|error| {
                    Error::new(ErrorKind::Internal, "the session's file could not be brought up to date")
                        .because(error.to_string())
                })?;
                Ok(document.to_string())
            }
        }
    }

    fn render(
        &mut self,
        draft: &Draft,
        graph: &Graph,
        hash: &str,
        watch: &dyn Watch,
    ) -> Result<Rendered, Error> {
        let session = &self.decided.prepared.session;
        let printed = self.printed.take();
        let sum =
            printed.as_ref().map(|printed| printed.prints.graph(session.master.headroom_db)).transpose()?;
        let player = match (&printed, &sum) {
            (Some(printed), Some(sum)) => printed.prints.player(sum),
            _ => {
                let taps = EvidenceTaps::NEEDS;
                let options = Options { while_heard: true, taps, ..Options::default() };
                Player::new(graph, &self.decided.shelf, &options)
            }
        };
        let mut player = player.map_err(engine_error)?;
        let length_frames = player.length_frames();
        let spec = |name: Option<&str>, format, bits, what: &str| Spec {
            format,
            bits,
            rate_hz: graph.rate_hz,
            channels: Channels::Stereo,
            tags: Tags {
                title: Some(match name {
                    Some(name) => format!("{} – {name}", session.title),
                    None => session.title.clone(),
                }),
                engine_version: format!("Mixkeel {ENGINE_VERSION}"),
                session_hash: Some(hash.to_owned()),
                comment: Some(what.to_owned()),
                ..Tags::default()
            },
            dither_seed: 0,
            source_bits: None,
            length_frames: Some(length_frames),
        };
        let mut files = Files::create(draft, graph, self.options, spec)?;
        let mut meter = MeterTap::new(Pick::Mix, graph.rate_hz);
        let (prints, mut gathering, mut not_finite) = match printed {
            Some(Printed { prints, gathering, not_finite }) => (Some(prints), gathering, not_finite),
            None => (None, EvidenceTaps::new(Pick::Mix, graph, session), Vec::new()),
        };
        let mut taps: Vec<Box<dyn Tap + '_>> = vec![Box::new(&mut meter)];
        taps.extend(if prints.is_some() { gathering.taps_of_the_whole() } else { gathering.taps() });
        taps.extend(files.taps());
        play(&mut player, &mut taps, Stage::Render, watch)?;
        drop(taps);
        // Nobody needs them any more, and they are as large as the stems.
        drop(prints);
        not_finite.extend(player.not_finite());
        for strip in not_finite {
            self.warnings.push(format!(
                "{}: {} samples of its inserts were not numbers and were played as silence",
                strip.strip, strip.samples
            ));
        }
        let measured = meter.finish();
        let before =
            Figures { integrated_lufs: measured.integrated_lufs, true_peak_dbtp: measured.true_peak_dbtp };
        let (played, clipped) = files.finish(&before)?;
        if clipped > 0 {
            self.warnings.push(format!("{clipped} samples were over full scale and had to be cut"));
            watch.event(Event::Warning { about: None, message: format!("{clipped} samples had to be cut") });
        }
        let spec = spec(None, Format::Flac, Bits::I24, "listening copy, not a master");
        let copy_file = draft.file("listen.flac");
        let version = &*self;
        // Neither needs the other.
        let (copy, judged) = rayon::join(
            || deliver(&played.path, &before, &copy_file, &spec, &TARGET, watch),
            || {
                version.judge(
                    draft,
                    gathering.finish(graph, &version.decided.prepared.session.sections).evidence(),
                )
            },
        );
        let (copy, judged) = (copy?, judged?);
        drop(played);
        let length_frames = player.length_frames();
        Ok(Rendered { measured, copy: listen(&copy), length_frames, judged })
    }

    /// Keeps what was measured for whoever asks next, judges it, and writes the page.
    fn judge(&self, draft: &Draft, evidence: Evidence) -> Result<Judged, Error> {
        let (session, shelf) = (&self.decided.prepared.session, &self.decided.shelf);
        crate::evidence::keep(session, shelf, &self.options.cache, &evidence);
        let judgement = judge(&evidence, Destination::Mastering);
        let facts = self.page(draft, &evidence, &judgement)?;
        Ok(Judged { evidence, judgement, facts })
    }

    /// What the loop did, with what the finished mix measures of it.
    fn rounds(&self, evidence: &Evidence) -> Rounds {
        let rounds = &self.decided.rounds;
        let heard = rounds.told(Some((evidence, &self.decided.prepared.session)));
        Rounds { kept: rounds.kept, ended: rounds.ended, heard }
    }

    /// Every direct input of the master that sounds.
    fn stems(&self, graph: &Graph, evidence: &Evidence) -> Vec<Stem> {
        let stem = |(_, node): (usize, NodeIndex)| {
            let id = graph.nodes[node].id.clone();
            let measured = evidence.tracks.iter().chain(&evidence.buses).find(|strip| strip.id == id);
            Stem {
                file: self.options.stems.then(|| format!("stems/{id}.wav")),
                integrated_lufs: measured.and_then(|strip| strip.loudness.integrated_lufs),
                id,
            }
        };
        sounding_stems(graph).map(stem).collect()
    }

    fn tracks(&self, session: &Session) -> Vec<Track> {
        session
            .tracks
            .iter()
            .filter_map(|track| {
                let known = self.decided.known.iter().find(|known| known.id == track.id)?;
                let profile = &known.measured.profile;
                let problems = known.measured.problems.iter().map(|problem| Problem {
                    id: problem.id.to_owned(),
                    message: problem.message.clone(),
                    at_s: problem.at_s,
                });
                Some(Track {
                    id: track.id.clone(),
                    name: track.name.clone(),
                    files: known.files.clone(),
                    role: track.role.word().to_owned(),
                    sureness: sureness(known, track.role).to_owned(),
                    because: if said_by_the_session(known, track.role) {
                        "the session says so".to_owned()
                    } else {
                        known.arrival.because()
                    },
                    in_mix: !track.mute,
                    integrated_lufs: profile.loudness.integrated_lufs,
                    sample_peak_dbfs: profile.levels.sample_peak_dbfs(),
                    trim_db: track.trim_db,
                    fader_db: Some(track.fader_db).filter(|db| db.is_finite()),
                    pan: track.pan,
                    bus: track.bus.clone(),
                    problems: problems.collect(),
                })
            })
            .collect()
    }

    /// Files that are not in the session, and tracks that are kept out of the mix.
    fn left_out(&self) -> Vec<LeftOut> {
        let files = self.decided.left_out.iter().map(|(path, why)| LeftOut {
            file: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            because: (*why).to_owned(),
        });
        let muted =
            self.decided.prepared.session.tracks.iter().filter(|track| track.mute).filter_map(|track| {
                let known = self.decided.known.iter().find(|known| known.id == track.id)?;
                let edit = self.edits.iter().find(|edit| {
                    edit.address.strip == track.id && edit.address.parameter.as_deref() == Some("mute")
                });
                let because =
                    edit.map_or_else(|| "it is muted in the session".to_owned(), |edit| edit.because.clone());
                Some(LeftOut { file: known.arrival.label.clone(), because })
            });
        files.chain(muted).collect()
    }

    fn line(&self, version: u32, session_sha256: String, told: Told) -> Line {
        let by = |address: &mixkeel_session::address::Address| {
            if self.decided.prepared.by_hand.iter().any(|one| one.address == *address) {
                return "you".to_owned();
            }
            let edits = self.edits.iter();
            edits.rev().find(|edit| edit.address == *address).map_or_else(String::new, |edit| edit.by.clone())
        };
        let changed = match &self.decided.prepared.before {
            None => Vec::new(),
            Some(before) => differences(before, &self.decided.prepared.session)
                .into_iter()
                .map(|one| Change {
                    by: by(&one.address),
                    address: one.address.to_string(),
                    from: one.from.map(in_json),
                    to: one.to.map(in_json),
                })
                .collect(),
        };
        Line {
            schema: Line::SCHEMA.to_owned(),
            version,
            made_at_unix_s: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
            took_s: self.started.elapsed().as_secs_f64(),
            engine: ENGINE_VERSION.to_owned(),
            session_sha256,
            changed,
            measured: told.measured,
            verdict: Some(told.verdict),
            goals: told.goals,
            rounds: told.rounds,
        }
    }
}

/// What the ledger says of a render.
struct Told {
    measured: Measured,
    verdict: Verdict,
    goals: Vec<Mark>,
    rounds: Vec<RoundLine>,
}

/// Whether the session says something else about a track than its name does.
fn said_by_the_session(known: &Known, role: Role) -> bool {
    role != known.arrival.guess.role && role != Role::Unknown
}

fn sureness(known: &Known, role: Role) -> &'static str {
    match known.arrival.guess.sureness {
        _ if said_by_the_session(known, role) => "certain",
        Sureness::Certain => "certain",
        Sureness::Likely => "likely",
        Sureness::Guess => "guess",
    }
}

pub fn start_report(decision: &Decision) -> StartReport {
    let (taken, other) = match decision.start {
        Start::Tracks => ("tracks", "--start fresh"),
        Start::Rough => ("rough", "--start fresh"),
        Start::Fresh | Start::Auto => ("fresh", "--start tracks"),
    };
    StartReport { taken: taken.to_owned(), because: decision.start_because.clone(), other: other.to_owned() }
}

/// JSON has no minus infinity; a shut fader is the word that the session file has for it.
fn in_json(value: Value) -> Value {
    match value {
        Value::Number(number) if number == f64::NEG_INFINITY => Value::Word("-inf".to_owned()),
        other => other,
    }
}
