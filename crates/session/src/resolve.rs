//! From what is written to what is meant: the one interpretation of a session.

use std::collections::BTreeMap;

use mixkeel_dsp::block::Channels;
use mixkeel_dsp::units::{frame_from_seconds, frames_from_ms, gain_from_db};

use crate::check::{Fault, check, hears, lane_target};
use crate::fields::{self, bounds};
use crate::graph::{Clip, Curve, Edge, GainCurve, Graph, Input, Insert, Node, NodeIndex, Placement, Tap};
use crate::order::order;
use crate::session::{self, Lane, Session, Track};
use crate::solo::Audible;
use crate::strip::Strip;

/// What has to be known about a recording to place it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaFacts {
    /// One channel or two.
    pub channels: Channels,
    /// Its length at the session's rate.
    pub length_frames: u64,
}

/// Who knows the recordings.
pub trait Media {
    /// What is known about a recording, by its path as the session has it; nothing when there is no such recording.
    fn facts(&self, file: &str) -> Option<MediaFacts>;
}

impl Media for BTreeMap<String, MediaFacts> {
    fn facts(&self, file: &str) -> Option<MediaFacts> {
        self.get(file).copied()
    }
}

/// Works out what a session means. The order of tables in the file changes nothing: strips are ordered by how many
/// others lie before them and then by id, inputs of a sum, stems and lanes by id, clips by time and then file.
///
/// # Errors
/// Everything that is wrong with the session as a whole, and every recording that is missing.
pub fn resolve(session: &Session, media: &dyn Media) -> Result<Graph, Vec<Fault>> {
    let mut faults = check(session);
    let recordings = recordings(session, media, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let hears = hears(session);
    let depth = order(&hears).depth;
    let mut strips: Vec<Strip<'_>> = session.strips().collect();
    strips.sort_by_key(|strip| (depth.get(strip.id), strip.id));
    let places = Places(strips.iter().enumerate().map(|(index, strip)| (strip.id, index)).collect());
    let audible = Audible::of(session);

    let mut stems: Vec<&Strip<'_>> = strips.iter().filter(|strip| strip.to == "master").collect();
    stems.sort_by_key(|strip| strip.id);
    Ok(Graph {
        rate_hz: session.rate_hz,
        length_frames: recordings.values().map(Recordings::end_frame).max().unwrap_or(0),
        tempo: tempo(session),
        nodes: strips
            .iter()
            .map(|strip| Node {
                id: strip.id.to_owned(),
                channels: recordings.get(strip.id).map_or(Channels::Stereo, |found| found.channels),
                input: match recordings.get(strip.id) {
                    Some(found) => Input::Clips { clips: found.clips.clone(), gain: found.gain },
                    None => Input::Sum(edges(strip, session, &strips, &places, &audible)),
                },
                inserts: inserts(strip.inserts, Some(strip), &places, session.rate_hz),
                placement: placement(strip, session.rate_hz),
                silent: !audible.sounds(strip.id),
            })
            .collect(),
        stems: stems.into_iter().filter_map(|stem| places.of(stem.id)).collect(),
        headroom: gain_from_db(session.master.headroom_db),
        master_inserts: inserts(&session.master.inserts, None, &places, session.rate_hz),
    })
}

/// Where each strip stands among the nodes.
struct Places<'a>(BTreeMap<&'a str, NodeIndex>);

impl Places<'_> {
    fn of(&self, id: &str) -> Option<NodeIndex> {
        self.0.get(id).copied()
    }
}

/// What a track plays.
struct Recordings {
    clips: Vec<Clip>,
    channels: Channels,
    gain: f64,
}

impl Recordings {
    /// The first frame after the last recording.
    fn end_frame(&self) -> u64 {
        let ends = self.clips.iter().map(|clip| libm::ceil(clip.at_frame + clip.length_frames as f64));
        ends.fold(0.0, f64::max) as u64
    }
}

fn recordings<'a>(
    session: &'a Session,
    media: &dyn Media,
    faults: &mut Vec<Fault>,
) -> BTreeMap<&'a str, Recordings> {
    let mut found = BTreeMap::new();
    for (t, track) in session.tracks.iter().enumerate() {
        let mut channels = Channels::Mono;
        let mut clips = Vec::new();
        for (c, clip) in track.clips.iter().enumerate() {
            let place = format!("track[{t}].clip[{c}]");
            let mut facts = |key: &str, file: &str| {
                let facts = media.facts(file);
                if facts.is_none() {
                    let message = format!("the recording `{file}` is not there");
                    faults.push(Fault::new(format!("{place}.{key}"), message));
                }
                facts
            };
            let left = facts("file", &clip.file);
            let right = clip.right.as_ref().map(|file| facts("right", file));
            let sides = [left, right.flatten()];
            if right.is_some() && sides.iter().flatten().any(|side| side.channels == Channels::Stereo) {
                let message = "a left and a right side must be mono recordings";
                faults.push(Fault::new(format!("{place}.right"), message));
            }
            if right.is_some() || left.is_some_and(|left| left.channels == Channels::Stereo) {
                channels = Channels::Stereo;
            }
            let length_frames = sides.iter().flatten().map(|side| side.length_frames).max().unwrap_or(0);
            clips.push(place_clip(track, clip, length_frames, session.rate_hz));
        }
        clips.sort_by(|a, b| a.at_frame.total_cmp(&b.at_frame).then_with(|| a.file.cmp(&b.file)));
        let sign = if track.inverted { -1.0 } else { 1.0 };
        let gain = gain_from_db(track.trim_db) * sign;
        found.insert(track.id.as_str(), Recordings { clips, channels, gain });
    }
    found
}

/// A clip starts on a whole frame; only the shift of its track reaches between frames.
fn place_clip(track: &Track, clip: &session::Clip, length_frames: u64, rate_hz: u32) -> Clip {
    let start = frame_from_seconds(clip.at_s, rate_hz) as f64;
    Clip {
        file: clip.file.clone(),
        right: clip.right.clone(),
        at_frame: start + frames_from_ms(track.shift_ms, rate_hz),
        length_frames,
    }
}

/// All that a sum hears, by the id of who is heard: its route first, then its sends by their ids.
fn edges(
    sum: &Strip<'_>,
    session: &Session,
    strips: &[Strip<'_>],
    places: &Places<'_>,
    audible: &Audible<'_>,
) -> Vec<Edge> {
    let mut sources: Vec<&Strip<'_>> = strips.iter().collect();
    sources.sort_by_key(|source| source.id);
    let mut edges = Vec::new();
    for source in sources {
        let Some(from) = places.of(source.id) else { continue };
        if source.to == sum.id {
            edges.push(Edge { from, tap: Tap::PostFader, gain: GainCurve::unity() });
        }
        let mut sends: Vec<&session::Send> = source.sends.iter().filter(|send| send.to == sum.id).collect();
        sends.sort_by_key(|send| &send.id);
        for send in sends {
            let tap = if send.pre_fader { Tap::PostInserts } else { Tap::PostFader };
            let of = format!("{}/{}", send.id, fields::LEVEL_DB.id);
            let level = if send.pre_fader && audible.silenced_by_solo(source.id) {
                Curve::constant(f64::NEG_INFINITY)
            } else {
                moved(source, &of, send.level_db, bounds(&fields::LEVEL_DB), session.rate_hz)
            };
            edges.push(Edge { from, tap, gain: GainCurve(level) });
        }
    }
    edges
}

fn placement(strip: &Strip<'_>, rate_hz: u32) -> Placement {
    let curve =
        |spec: &mixkeel_dsp::param::ParamSpec, base| moved(strip, spec.id, base, bounds(spec), rate_hz);
    Placement {
        fader: GainCurve(curve(&fields::FADER_DB, strip.fader_db)),
        pan: curve(&fields::PAN, strip.pan),
        width: curve(&fields::WIDTH, strip.width),
    }
}

/// A parameter with all lanes of its strip that move it, in the order of their ids.
fn moved(strip: &Strip<'_>, of: &str, base: f64, bounds: (f64, f64), rate_hz: u32) -> Curve {
    let mut lanes: Vec<&Lane> = strip.lanes.iter().filter(|lane| lane.of == of).collect();
    lanes.sort_by_key(|lane| &lane.id);
    let points: Vec<&[(f64, f64)]> = lanes.iter().map(|lane| lane.points.as_slice()).collect();
    Curve::moved(base, &points, bounds, rate_hz)
}

fn inserts(
    inserts: &[session::Insert],
    strip: Option<&Strip<'_>>,
    places: &Places<'_>,
    rate_hz: u32,
) -> Vec<Insert> {
    let moving = |insert: &session::Insert| -> Vec<(String, Curve)> {
        let Some(strip) = strip else { return Vec::new() };
        let moving = insert.settings.paths().into_iter().filter_map(|(path, spec)| {
            let of = format!("{}/{path}", insert.id);
            let (_, base) = lane_target(strip, &of).ok()?;
            let curve = moved(strip, &of, base, bounds(spec), rate_hz);
            (!curve.is_constant()).then_some((path, curve))
        });
        moving.collect()
    };
    inserts
        .iter()
        .map(|insert| Insert {
            id: insert.id.clone(),
            kind: insert.kind,
            settings: insert.settings.clone(),
            moving: moving(insert),
            assets: insert.assets.iter().map(|asset| asset.file.clone()).collect(),
            keys: insert.keys.iter().filter_map(|key| places.of(key)).collect(),
            bypass: insert.bypass,
        })
        .collect()
}

/// Beats a minute over time, in steps: the lane holds a step as two points on one frame, which [`Curve`] reads as a
/// jump. 120 where nobody has said or heard a tempo, as every workstation has it.
fn tempo(session: &Session) -> Curve {
    let bounds = bounds(&fields::TEMPO_BPM);
    let tempo = &session.song.tempo;
    match tempo.as_slice() {
        [] => Curve::constant(120.0),
        [(_, only)] => Curve::constant(*only),
        [(_, first), later @ ..] => {
            let mut steps = Vec::with_capacity(2 * later.len());
            let mut before = *first;
            for &(at_s, bpm) in later {
                steps.extend([(at_s, before), (at_s, bpm)]);
                before = bpm;
            }
            Curve::moved(0.0, &[&steps], bounds, session.rate_hz)
        }
    }
}
