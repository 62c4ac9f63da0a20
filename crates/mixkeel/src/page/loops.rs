//! The sound in the page: short loops of the mix, of the tracks as they were sent, and of a reference, each as loud as
//! the others, as Opus.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mixkeel_analysis::loudness::LoudnessMeter;
use mixkeel_analysis::meter::Meter;
use mixkeel_dsp::block::{Buffer, Channels, Signal};
use mixkeel_dsp::units::gain_from_db;
use mixkeel_engine::{Options, Player};
use mixkeel_io::read::Downmix;
use mixkeel_io::write::{OPUS_RATE_HZ, opus_bytes};
use mixkeel_judge::evidence::{Evidence, SectionEvidence};
use mixkeel_judge::finding::{Finding, Severity};
use mixkeel_session::resolve::resolve;
use mixkeel_session::session::{Session, Track};
use rayon::prelude::*;
use serde::Serialize;

use crate::error::{Error, ErrorKind};
use crate::play::engine_error;
use crate::project::session_file;
use crate::song::facts::facts;
use crate::song::media::{Recording, Shelf};

/// How much sound goes into a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Embed {
    /// The whole song.
    Full,
    /// A few short loops.
    #[default]
    Loops,
    /// None.
    Nothing,
}

impl std::str::FromStr for Embed {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "full" => Ok(Embed::Full),
            "loops" => Ok(Embed::Loops),
            "none" => Ok(Embed::Nothing),
            _ => Err(format!("\"{word}\" is not one of full, loops, none")),
        }
    }
}

/// The length of a loop. Ours: six bars at 120 beats a minute, and as long as anybody remembers how the other sounded
/// (sources switch within 10 to 15 s when comparing).
const LOOP_S: f64 = 12.0;

/// A session is played from so long before a loop begins, in seconds, for compressors to have their grip and rooms to be full.
/// Ours: a hall of 4 s has all but 10⁻⁶ of its sound by then, far less than Opus changes.
const PREROLL_S: u64 = 4;

/// Loops in a page: with three sources 2.3 MB.
const MOST_LOOPS: usize = 4;

/// Opus is hard to tell from the original from here on.
const BITS_PER_S: u32 = 96_000;

/// A sound that loops are taken from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A file, as it is.
    File(PathBuf),
    /// A session, whose paths start from this folder.
    Session(Box<Session>, PathBuf),
}

/// A stretch of the song in all its sources.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Loop {
    /// What it is called: `chorus 1`.
    pub name: String,
    /// Where it begins in the song, in seconds.
    pub from_s: f64,
    /// Where it ends.
    pub to_s: f64,
    /// The same stretch of each source.
    pub sources: Vec<Heard>,
}

/// One source of a loop.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Heard {
    /// What it is called: `Mix`.
    pub name: String,
    /// The factor that makes it as loud as the quietest of them.
    pub gain: f64,
    /// Ogg Opus, in base 64.
    pub opus: String,
}

/// The tracks as they were sent: every recording at unity, in the middle or as wide as it came, with nothing on it. What
/// does not sound in the mix does not sound here.
pub fn as_sent(session: &Session) -> Session {
    let plain = |track: &Track| Track {
        clips: track.clips.clone(),
        mute: track.mute,
        ..Track::at_unity(track.id.clone(), track.name.clone())
    };
    let mut sent = session.clone();
    sent.tracks = session.tracks.iter().map(plain).collect();
    sent.buses.clear();
    sent.returns.clear();
    sent.master = mixkeel_session::session::Master::default();
    sent
}

/// The loops of some sources; the first is the mix, whose evidence says where to listen.
///
/// # Errors
/// A source that cannot be read.
pub fn loops(
    sources: &[(&str, Source)],
    evidence: &Evidence,
    findings: &[Finding],
    embed: Embed,
) -> Result<Vec<Loop>, Error> {
    // All are made before the first failure is looked at, so that it is the same one every time.
    let loops: Vec<_> =
        spans(evidence, findings, embed).into_par_iter().map(|span| one_loop(sources, span)).collect();
    loops.into_iter().collect()
}

struct Span {
    name: String,
    from_s: f64,
    to_s: f64,
}

/// Where to listen: once in each kind of section where it is loudest, then where the gravest findings are.
fn spans(evidence: &Evidence, findings: &[Finding], embed: Embed) -> Vec<Span> {
    let length_s = evidence.length_s();
    match embed {
        Embed::Nothing => return Vec::new(),
        Embed::Full => return vec![Span { name: "the whole song".to_owned(), from_s: 0.0, to_s: length_s }],
        Embed::Loops => {}
    }
    let at = |name: String, from_s: f64| {
        let from_s = from_s.min(length_s - LOOP_S).max(0.0);
        Span { name, from_s, to_s: (from_s + LOOP_S).min(length_s) }
    };
    let mut spans: Vec<Span> = Vec::new();
    let grave = findings.iter().filter(|finding| finding.severity > Severity::Note);
    let mut places =
        grave.filter_map(|finding| Some((finding.id.replace('-', " "), finding.spans.first()?[0])));
    let loudest = loudest_of_each_kind(&evidence.sections);
    for section in loudest.iter().take(MOST_LOOPS - 1) {
        spans.push(at(section.id.replace('-', " "), section.from_s));
    }
    if loudest.is_empty()
        && let Some(from_s) = loudest_stretch(evidence)
    {
        spans.push(at("the loudest part".to_owned(), from_s));
    }
    while spans.len() < MOST_LOOPS {
        let Some((name, from_s)) = places.next() else { break };
        // A little before, so that it can be heard coming.
        if !spans.iter().any(|span| (span.from_s..span.to_s - 1.0).contains(&from_s)) {
            spans.push(at(name, from_s - 2.0));
        }
    }
    spans
}

fn loudest_of_each_kind(sections: &[SectionEvidence]) -> Vec<&SectionEvidence> {
    let mut loudest: Vec<&SectionEvidence> = Vec::new();
    let lufs = |section: &SectionEvidence| section.integrated_lufs.unwrap_or(f64::NEG_INFINITY);
    for section in sections.iter().filter(|section| section.integrated_lufs.is_some()) {
        match loudest.iter_mut().find(|one| one.kind == section.kind) {
            Some(one) if lufs(section) > lufs(one) => *one = section,
            Some(_) => {}
            None => loudest.push(section),
        }
    }
    // What differs most in loudness is worth comparing first.
    loudest.sort_by(|a, b| lufs(b).total_cmp(&lufs(a)).then(a.from_s.total_cmp(&b.from_s)));
    loudest
}

fn loudest_stretch(evidence: &Evidence) -> Option<f64> {
    let short = evidence.sound.contour.short_term_lufs();
    let (at, _) = short
        .iter()
        .enumerate()
        .filter_map(|(at, lufs)| Some((at, (*lufs)?)))
        .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
    Some((at as f64 * 0.1 - LOOP_S / 2.0).max(0.0))
}

fn one_loop(sources: &[(&str, Source)], span: Span) -> Result<Loop, Error> {
    let heard: Vec<_> = sources
        .par_iter()
        .map(|(name, source)| {
            let [left, right] = source.between(span.from_s, span.to_s)?;
            let opus = opus_bytes(&left, &right, BITS_PER_S).map_err(|why| {
                Error::new(ErrorKind::Internal, "sound for the page could not be encoded").because(why)
            })?;
            Ok(((*name).to_owned(), lufs(&left, &right), STANDARD.encode(opus)))
        })
        .collect();
    let heard = heard.into_iter().collect::<Result<Vec<_>, Error>>()?;
    let quietest = heard.iter().filter_map(|(_, lufs, _)| *lufs).fold(f64::INFINITY, f64::min);
    let gain = |lufs: Option<f64>| lufs.map_or(1.0, |lufs| gain_from_db(quietest - lufs));
    let sources =
        heard.into_iter().map(|(name, lufs, opus)| Heard { name, gain: gain(lufs), opus }).collect();
    Ok(Loop { name: span.name, from_s: span.from_s, to_s: span.to_s, sources })
}

/// Gated loudness of a stretch at the rate of the page. Nothing for silence.
pub(crate) fn lufs(left: &[f32], right: &[f32]) -> Option<f64> {
    let mut meter = LoudnessMeter::new();
    meter.prepare(OPUS_RATE_HZ, Channels::Stereo);
    meter.push(&Signal::stereo(left, right));
    meter.finish().integrated_lufs
}

impl Source {
    /// A stretch of it at 48 kHz, as two channels; silence where it has ended.
    pub(crate) fn between(&self, from_s: f64, to_s: f64) -> Result<[Vec<f32>; 2], Error> {
        let frame = |seconds: f64| (seconds * f64::from(OPUS_RATE_HZ)).round() as u64;
        let (from, to) = (frame(from_s), frame(to_s));
        let frames = to.saturating_sub(from) as usize;
        let mut heard = match self {
            Source::File(path) => from_file(path, from, frames)?,
            Source::Session(session, folder) => from_session(session, folder, from, to)?,
        };
        for side in &mut heard {
            side.resize(frames, 0.0);
            side.iter_mut().for_each(|sample| *sample = sample.clamp(-1.0, 1.0));
        }
        Ok(heard)
    }
}

fn from_file(path: &Path, from: u64, frames: usize) -> Result<[Vec<f32>; 2], Error> {
    let reader = mixkeel_io::read::open(path, Downmix::Fold)?.without_checksum();
    let mut recording = Recording::at(reader, OPUS_RATE_HZ)?;
    recording.seek(from)?;
    let mut buffer = Buffer::new(recording.info().channels, mixkeel_dsp::MAX_BLOCK_FRAMES);
    let mut sides = [Vec::with_capacity(frames), Vec::with_capacity(frames)];
    while sides[0].len() < frames {
        let got = recording.read(&mut buffer.block())?;
        if got == 0 {
            break;
        }
        keep(&mut sides, &buffer.signal().part(0..got));
    }
    sides.iter_mut().for_each(|side| side.truncate(frames));
    Ok(sides)
}

fn from_session(session: &Session, folder: &Path, from: u64, to: u64) -> Result<[Vec<f32>; 2], Error> {
    let session = Session { rate_hz: OPUS_RATE_HZ, ..session.clone() };
    let shelf = Shelf { folder: folder.to_path_buf(), rate_hz: OPUS_RATE_HZ, downmix: Downmix::Fold };
    let media = facts(&session, &shelf)?;
    let graph = resolve(&session, &media)
        .map_err(|faults| session_file::faults_error(&folder.join("session.toml"), &faults))?;
    let preroll = Some(u64::from(OPUS_RATE_HZ) * PREROLL_S);
    let options = Options { from, to: Some(to), preroll, ..Options::default() };
    let mut player = Player::new(&graph, &shelf, &options).map_err(engine_error)?;
    let mut sides = [Vec::new(), Vec::new()];
    while let Some(chunk) = player.next().map_err(engine_error)? {
        keep(&mut sides, &chunk.mix());
    }
    Ok(sides)
}

/// Adds a signal to what is kept; a mono one goes to both sides.
fn keep(sides: &mut [Vec<f32>; 2], signal: &Signal) {
    sides[0].extend_from_slice(signal.left());
    sides[1].extend_from_slice(signal.right_or_only());
}
