//! `listen`: what each playback system keeps and loses, track by track where a session says which there are; and what it
//! would sound like.

mod heard_on;

use std::path::{Path, PathBuf};

use mixkeel_analysis::playback::{REFERENCE, SYSTEMS, System};
use mixkeel_judge::evidence::{Evidence, PlaybackEvidence};
use mixkeel_session::goal::SYSTEMS as WORDS;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};
use crate::evidence;
use crate::lines::{figure, wrapped};
use crate::song::cache::Cache;
use crate::watch::Watch;

/// A track that is heard in less than this part of the time in which it plays is gone. Ours, as on the page of a mix.
const GONE: f64 = 0.2;

/// A loss of fewer phon than this nobody misses. Ours: about 2 dB of level.
const MISSED_PHON: f64 = 3.0;

/// How to listen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListenOptions {
    /// On these systems; on all where none is named.
    pub on: Vec<String>,
    /// Where to write what it would sound like; nowhere when not said.
    pub render: Option<PathBuf>,
    /// Where is kept what sessions measure.
    pub cache: Cache,
}

/// What is kept on every system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ListenReport {
    /// `mixkeel/listen/1`.
    pub schema: String,
    /// What was listened to.
    pub path: String,
    /// One for each system.
    pub systems: Vec<OnSystem>,
    /// Files that were written, all at one loudness.
    pub files: Vec<String>,
    /// That loudness.
    pub files_lufs: Option<f64>,
}

/// One playback system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OnSystem {
    /// Its id: `laptop`.
    pub system: String,
    /// What it is called in sentences.
    pub name: String,
    /// How loud all of it is there, in phon.
    pub mix_phon: f64,
    /// What all of it loses there beside studio monitors, in phon; ten are half the loudness.
    pub mix_lost_phon: f64,
    /// In how much of the time it can be heard over the noise of the place, 0 to 1.
    pub mix_heard_share: Option<f64>,
    /// What every track loses there beside what all of it loses. Empty for a file.
    pub tracks: Vec<TrackOn>,
    /// Where its curve comes from.
    pub source: String,
}

/// One track on a system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrackOn {
    /// The track.
    pub id: String,
    /// Phon that it loses beside what the mix loses; negative where it gains.
    pub lost_phon: f64,
    /// In how much of the time in which it plays it can be heard there, 0 to 1.
    pub heard_share: f64,
    /// Whether it is as good as gone there and is not on studio monitors.
    pub gone: bool,
}

impl ListenReport {
    /// The name of this JSON.
    pub const SCHEMA: &'static str = "mixkeel/listen/1";

    /// For people: a line or two a system, what is lost first.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for one in &self.systems {
            let heard = one
                .mix_heard_share
                .map_or(String::new(), |share| format!(", heard {:.0} % of the time", 100.0 * share));
            let head = format!(
                "{}: {} phon, {} less than on monitors{heard}",
                one.name,
                figure(Some(one.mix_phon), 0),
                figure(Some(one.mix_lost_phon), 0)
            );
            lines.extend(wrapped(&head, "", "  "));
            let named = |some: Vec<String>, first: &str, lines: &mut Vec<String>| {
                if !some.is_empty() {
                    lines.extend(wrapped(&some.join(", "), first, "      "));
                }
            };
            let gone = one.tracks.iter().filter(|track| track.gone).map(|track| track.id.clone()).collect();
            named(gone, "    gone: ", &mut lines);
            let by = |least: bool| -> Vec<String> {
                let counts = |track: &&TrackOn| {
                    let missed =
                        if least { track.lost_phon >= MISSED_PHON } else { track.lost_phon <= -MISSED_PHON };
                    // Of what is not heard there, nothing can be said but that, whether the studio hears it or not.
                    missed && track.heard_share >= GONE
                };
                let told =
                    |track: &TrackOn| format!("{} {}", track.id, figure(Some(track.lost_phon.abs()), 0));
                one.tracks.iter().filter(counts).take(8).map(told).collect()
            };
            named(by(true), "    loses phon: ", &mut lines);
            named(by(false), "    stands out by phon: ", &mut lines);
            if !one.tracks.is_empty() && by(true).is_empty() && !one.tracks.iter().any(|track| track.gone) {
                lines.push("    keeps the balance".to_owned());
            }
        }
        if let Some(lufs) = self.files_lufs {
            lines.push(format!("Written, each at {lufs:.1} LUFS:"));
            lines.extend(self.files.iter().map(|file| format!("  {file}")));
        }
        lines
    }
}

/// Listens to a file, a session or a mix on playback systems.
///
/// # Errors
/// A system that there is not, what cannot be read or written, or a request to stop.
pub fn listen(path: &Path, options: &ListenOptions, watch: &dyn Watch) -> Result<ListenReport, Error> {
    let systems = systems(&options.on)?;
    let evidence = evidence::of(path, &options.cache, watch)?;
    let Some(reference) = evidence.playback.iter().find(|one| one.system == REFERENCE.id) else {
        return Err(Error::new(ErrorKind::Internal, "nothing was heard on studio monitors").at(path));
    };
    let heard = systems
        .iter()
        .filter_map(|system| {
            let there = evidence.playback.iter().find(|one| one.system == system.id)?;
            Some(on_system(system, there, reference, &evidence))
        })
        .collect();
    let mut report = ListenReport {
        schema: ListenReport::SCHEMA.to_owned(),
        path: path.display().to_string(),
        systems: heard,
        files: Vec::new(),
        files_lufs: None,
    };
    if let Some(to) = &options.render {
        let (files, lufs) = heard_on::write(path, &systems, to, watch)?;
        report.files = files.iter().map(|file| file.display().to_string()).collect();
        report.files_lufs = lufs.map(|lufs| (lufs * 10.0).round() / 10.0);
    }
    Ok(report)
}

fn on_system(
    system: &System,
    there: &PlaybackEvidence,
    reference: &PlaybackEvidence,
    evidence: &Evidence,
) -> OnSystem {
    let mix_lost_phon = reference.mix.within_phon - there.mix.within_phon;
    let mut tracks: Vec<TrackOn> = evidence
        .tracks
        .iter()
        .filter_map(|track| {
            let of = |on: &PlaybackEvidence| on.tracks.iter().find(|strip| strip.id == track.id).cloned();
            let (here, in_studio) = (of(there)?, of(reference)?);
            // What never reaches the threshold there is gone; what is silent in the studio too says nothing of the system.
            let (studio_share, share) = (in_studio.heard_share?, here.heard_share.unwrap_or(0.0));
            Some(TrackOn {
                id: track.id.clone(),
                lost_phon: tidy(in_studio.within_phon - here.within_phon - mix_lost_phon),
                heard_share: tidy(share),
                gone: share < GONE && studio_share >= GONE,
            })
        })
        .collect();
    tracks.sort_by(|a, b| b.lost_phon.total_cmp(&a.lost_phon).then_with(|| a.id.cmp(&b.id)));
    OnSystem {
        system: system.id.to_owned(),
        name: system.name.to_owned(),
        mix_phon: tidy(there.mix.within_phon),
        mix_lost_phon: tidy(mix_lost_phon),
        mix_heard_share: there.mix.heard_share.map(tidy),
        tracks,
        source: system.response_source.to_owned(),
    }
}

/// The systems that words mean; all but the studio's where there are none.
fn systems(words: &[String]) -> Result<Vec<&'static System>, Error> {
    let all = || std::iter::once(&REFERENCE).chain(SYSTEMS.iter());
    if words.is_empty() {
        return Ok(all().filter(|system| system.id != REFERENCE.id).collect());
    }
    let mut found: Vec<&'static System> = Vec::new();
    for word in words {
        let said = word.trim().to_lowercase();
        let named = WORDS.iter().find(|(id, others)| *id == said || others.contains(&said.as_str()));
        let id = named.map_or(said.as_str(), |(id, _)| *id);
        let Some(system) = all().find(|system| system.id == id) else {
            let ids: Vec<&str> = all().map(|system| system.id).collect();
            return Err(Error::new(ErrorKind::Usage, format!("there is no playback system \"{word}\""))
                .because(format!("there are: {}", ids.join(", "))));
        };
        if !found.iter().any(|one| one.id == system.id) {
            found.push(system);
        }
    }
    Ok(found)
}

fn tidy(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}
