//! `render`: plays a session as it stands, or a part of it, into files.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use mixkeel_dsp::block::Channels;
use mixkeel_dsp::units::frame_from_seconds;
use mixkeel_engine::{Options, Player, Taps};
use mixkeel_io::read::Downmix;
use mixkeel_io::write::{Bits, Format, Spec, Tags, write_atomically};
use mixkeel_session::graph::{Graph, Input, NodeIndex};
use mixkeel_session::resolve::resolve;
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};
use crate::play::files::{FileTap, finish};
use crate::play::{Pick, Tap, engine_error, play};
use crate::project::session_file;
use crate::song::assets;
use crate::song::facts::facts;
use crate::song::media::Shelf;
use crate::watch::{Event, Stage, Watch};

/// Which stems are written beside the mix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stems {
    /// None.
    #[default]
    None,
    /// One file for each direct input of the master; they sum to the mix.
    Bus,
    /// One file for each track, after its fader and ahead of its bus; they do not sum.
    Track,
}

impl FromStr for Stems {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "none" => Ok(Stems::None),
            "bus" => Ok(Stems::Bus),
            "track" => Ok(Stems::Track),
            _ => Err(format!("\"{word}\" is not one of none, bus, track")),
        }
    }
}

/// How to render.
#[derive(Clone, Debug, PartialEq)]
pub struct RenderOptions {
    /// Where to; `render` beside the session when not said.
    pub out: Option<PathBuf>,
    /// Start in seconds from session zero.
    pub from_s: Option<f64>,
    /// End in seconds from session zero.
    pub to_s: Option<f64>,
    /// Only these buses, tracks or roles sound.
    pub only: Vec<String>,
    /// These buses, tracks or roles do not sound.
    pub without: Vec<String>,
    /// Word length of everything written.
    pub bits: Bits,
    /// Another rate than the session's.
    pub rate_hz: Option<u32>,
    /// Which stems are written.
    pub stems: Stems,
    /// Format of everything written.
    pub format: Format,
    /// Render although the session has something soloed.
    pub allow_solo: bool,
    /// Write into a folder that holds other files, over files of the same name.
    pub force: bool,
}

impl Default for RenderOptions {
    fn default() -> Self {
        Self {
            out: None,
            from_s: None,
            to_s: None,
            only: Vec::new(),
            without: Vec::new(),
            bits: Bits::F32,
            rate_hz: None,
            stems: Stems::None,
            format: Format::Wav,
            allow_solo: false,
            force: false,
        }
    }
}

/// What was rendered. Also `render.json` in the folder, by which it is known as ours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RenderOutcome {
    /// `mixkeel/render/1`.
    pub schema: String,
    /// The program that made it.
    pub engine: String,
    /// SHA-256 of the session file that was played.
    pub session_sha256: String,
    /// The folder.
    pub out: String,
    /// Every file written, as paths in the folder; the mix first.
    pub files: Vec<String>,
    /// Frames a second.
    pub rate_hz: u32,
    /// Where the render starts in the song.
    pub from_s: f64,
    /// Length in frames.
    pub length_frames: u64,
    /// Samples that had to be cut to fit the word length; 0 for floating point.
    pub clipped_samples: u64,
}

impl RenderOutcome {
    /// The name of this JSON.
    pub const SCHEMA: &'static str = "mixkeel/render/1";

    /// What to tell the user.
    pub fn summary(&self) -> Vec<String> {
        let out = Path::new(&self.out);
        let mut lines: Vec<String> =
            self.files.iter().take(1).map(|file| out.join(file).display().to_string()).collect();
        let seconds = self.length_frames as f64 / f64::from(self.rate_hz);
        let files =
            if self.files.len() == 1 { "one file".to_owned() } else { format!("{} files", self.files.len()) };
        lines.push(format!("{seconds:.1} s at {} Hz, {files}", self.rate_hz));
        if self.clipped_samples > 0 {
            lines.push(format!(
                "{} samples were over full scale and had to be cut; lower master/headroom_db or write --bits 32f",
                self.clipped_samples
            ));
        }
        lines
    }
}

const RECORD: &str = "render.json";

/// Plays a session into files.
///
/// # Errors
/// A session or recording that cannot be read, a folder that is not ours, names that mean nothing, an end before the
/// start, no room on the disk. Nothing half-written stays.
pub fn render(session: &Path, options: &RenderOptions, watch: &dyn Watch) -> Result<RenderOutcome, Error> {
    let opened = session_file::open(session)?;
    let mut session = opened.session;
    if !options.allow_solo {
        refuse_solo(&session)?;
    }
    choose(&mut session, &options.only, &options.without)?;
    if let Some(rate_hz) = options.rate_hz {
        session.rate_hz = rate_hz;
    }
    let rate_hz = session.rate_hz;
    let shelf = Shelf { folder: opened.folder.clone(), rate_hz, downmix: Downmix::Fold };
    let media = facts(&session, &shelf)?;
    assets::check(&session, &shelf)?;
    let graph =
        resolve(&session, &media).map_err(|faults| session_file::faults_error(&opened.path, &faults))?;

    let (from, to) = span(options, rate_hz)?;
    let taps = Taps { post_fader: options.stems == Stems::Track, ..Taps::default() };
    let mut player =
        Player::new(&graph, &shelf, &Options { from, to, taps, while_heard: true, ..Options::default() })
            .map_err(engine_error)?;

    let out = options.out.clone().unwrap_or_else(|| opened.folder.join("render"));
    let previous = claim(&out, options.force)?;
    let title = if session.title.is_empty() { None } else { Some(session.title.clone()) };
    let length_frames = player.length_frames();
    let spec = |name: &str| Spec {
        format: options.format,
        bits: options.bits,
        rate_hz,
        channels: Channels::Stereo,
        tags: Tags {
            title: title
                .as_ref()
                .map(|title| if name.is_empty() { title.clone() } else { format!("{title} – {name}") }),
            engine_version: format!("Mixkeel {}", crate::ENGINE_VERSION),
            session_hash: Some(opened.sha256.clone()),
            time_reference_frames: from,
            ..Tags::default()
        },
        dither_seed: 0,
        source_bits: None,
        length_frames: Some(length_frames),
    };
    let mut files = Vec::new();
    let mut writers = Vec::new();
    for (name, pick) in wanted(&graph, options.stems) {
        let file = format!("{name}.{}", options.format.extension());
        let path = out.join(&file);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| {
                Error::new(ErrorKind::Unwritable, "can't write the output")
                    .at(folder)
                    .because(error.to_string())
            })?;
        }
        let label = name.rsplit_once('/').map_or("", |(_, label)| label);
        writers.push(FileTap::create(&path, &spec(label), pick)?);
        files.push(file);
    }
    let mut boxed: Vec<Box<dyn Tap + '_>> =
        writers.iter_mut().map(|writer| Box::new(writer) as Box<dyn Tap + '_>).collect();
    play(&mut player, &mut boxed, Stage::Render, watch)?;
    drop(boxed);
    let length_frames = player.length_frames();
    for strip in player.not_finite() {
        watch.event(Event::Warning {
            about: Some(strip.strip.clone()),
            message: format!(
                "{} samples of its inserts were not numbers and were played as silence",
                strip.samples
            ),
        });
    }
    let clipped_samples = finish(&mut writers)?;
    for stale in previous.iter().filter(|file| !files.contains(file)) {
        // It was ours and belongs to an earlier render; that it is gone already is no fault.
        let _ = fs::remove_file(out.join(stale));
    }
    let outcome = RenderOutcome {
        schema: RenderOutcome::SCHEMA.to_owned(),
        engine: crate::ENGINE_VERSION.to_owned(),
        session_sha256: opened.sha256,
        out: out.to_string_lossy().into_owned(),
        files,
        rate_hz,
        from_s: from as f64 / f64::from(rate_hz),
        length_frames,
        clipped_samples,
    };
    write_atomically(&out.join(RECORD), &crate::json::to_bytes(&outcome)?)?;
    Ok(outcome)
}

/// Names (without ending) and sounds of everything to be written, the mix first.
pub fn wanted(graph: &Graph, stems: Stems) -> Vec<(String, Pick)> {
    let mut wanted = vec![("mix".to_owned(), Pick::Mix)];
    if !graph.master_inserts.is_empty() {
        wanted.push(("mix-dry".to_owned(), Pick::Dry));
    }
    match stems {
        Stems::None => {}
        Stems::Bus => wanted.extend(
            sounding_stems(graph)
                .map(|(index, node)| (format!("stems/{}", graph.nodes[node].id), Pick::Stem(index))),
        ),
        Stems::Track => wanted.extend(
            graph
                .nodes
                .iter()
                .enumerate()
                .filter(|(_, node)| matches!(node.input, Input::Clips { .. }))
                .map(|(index, node)| (format!("tracks/{}", node.id), Pick::Strip(index))),
        ),
    }
    wanted
}

/// The direct inputs of the master that can be heard, with their place among all of them. One that is muted adds
/// nothing to the sum and needs no file.
pub fn sounding_stems(graph: &Graph) -> impl Iterator<Item = (usize, NodeIndex)> + '_ {
    graph.stems.iter().copied().enumerate().filter(|&(_, node)| !graph.nodes[node].silent)
}

fn refuse_solo(session: &Session) -> Result<(), Error> {
    let tracks = session.tracks.iter().filter(|track| track.solo).map(|track| &track.id);
    let buses = session.buses.iter().filter(|bus| bus.strip.solo).map(|bus| &bus.id);
    let returns = session.returns.iter().filter(|one| one.strip.solo).map(|one| &one.id);
    let soloed: Vec<&str> = tracks.chain(buses).chain(returns).map(String::as_str).collect();
    if soloed.is_empty() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Usage, "something is soloed in this session")
        .because(format!("only this would sound: {}", soloed.join(", ")))
        .hint("take `solo = true` out of the session")
        .hint("or render it as it is: --allow-solo"))
}

/// Silences what is not wanted. Side chains keep running; pre-fader sends of what is silenced do not.
fn choose(session: &mut Session, only: &[String], without: &[String]) -> Result<(), Error> {
    let mut silent = vec![!only.is_empty(); session.tracks.len()];
    for (names, silence) in [(only, false), (without, true)] {
        for name in names {
            let members = members(session, name)?;
            members.into_iter().for_each(|index| silent[index] = silence);
        }
    }
    for (track, _) in session.tracks.iter_mut().zip(silent).filter(|(_, silent)| *silent) {
        track.mute = true;
        track.sends.clear();
    }
    Ok(())
}

/// The tracks that a name means: the track or bus of this id, or all tracks of this role.
fn members(session: &Session, name: &str) -> Result<Vec<usize>, Error> {
    let wanted = name.to_lowercase();
    let role = Role::from_word(&wanted);
    let members: Vec<usize> = session
        .tracks
        .iter()
        .enumerate()
        .filter(|(_, track)| {
            session.goes_through(&track.id, &wanted)
                || track.name.to_lowercase() == wanted
                || Some(track.role) == role
        })
        .map(|(index, _)| index)
        .collect();
    if members.is_empty() {
        let tracks = session.tracks.iter().map(|track| track.id.as_str());
        let buses = session.buses.iter().map(|bus| bus.id.as_str());
        let known: Vec<&str> = tracks.chain(buses).collect();
        return Err(Error::new(ErrorKind::Usage, format!("nothing in this session is called \"{name}\""))
            .because(format!("tracks and buses are: {}", known.join(", ")))
            .hint("or give a role, such as lead-vocal or drums"));
    }
    Ok(members)
}

fn span(options: &RenderOptions, rate_hz: u32) -> Result<(u64, Option<u64>), Error> {
    let frame = |seconds: f64| frame_from_seconds(seconds.max(0.0), rate_hz).max(0) as u64;
    let from = options.from_s.map_or(0, frame);
    let to = options.to_s.map(frame);
    if to.is_some_and(|to| to <= from) {
        return Err(Error::new(ErrorKind::Usage, "the render would end before it starts")
            .because(format!("from {} s to {} s", options.from_s.unwrap_or(0.0), options.to_s.unwrap_or(0.0)))
            .hint("give --from and --to as seconds or m:ss, the later one last"));
    }
    Ok((from, to))
}

/// Makes sure that a folder may be written into, and says what an earlier render of ours left there.
fn claim(out: &Path, force: bool) -> Result<Vec<String>, Error> {
    let record = out.join(RECORD);
    if let Ok(bytes) = fs::read(&record)
        && let Ok(earlier) = serde_json::from_slice::<RenderOutcome>(&bytes)
    {
        return Ok(earlier.files);
    }
    let taken = match fs::read_dir(out) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(_) => true,
    };
    if taken && !force {
        return Err(Error::new(
            ErrorKind::OutputExists,
            "the output folder holds files that are not a render of ours",
        )
        .at(out)
        .hint("name another folder: -o \"New Folder\"")
        .hint("or write over files of the same name: --force"));
    }
    Ok(Vec::new())
}
