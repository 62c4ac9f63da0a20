//! Shuts a drum's microphone between its strokes, where what bleeds into it would be raised.
//!
//! **What it does.** On kicks, snares and toms that `dynamics/by-crest-and-role` is about to compress: tells whether other
//! drums bleed into each microphone, and how loud. Where the drum's own soft strokes stand [`GATE_DB`] or more over them, a gate
//! opens [`OVER_DB`] over the bleed, ahead of everything else. Where they do not, level cannot tell them apart, and nothing is
//! done. Bleed that nobody raises is left, and so is what nobody hears.
//!
//! **Why.** A compressor turns down the strokes and gives the level back to everything: the hat in the snare's microphone comes up
//! by as much as the snare is held down, out of place and dull.
//!
//! **Evidence.** Peaks of the track at its own strokes (the softest tenth) and at those of the others (the loudest
//! twentieth); the reduction that is coming. Another drum bleeds where [`ARRIVING`] of its strokes make the level rise here: bleed
//! leaves out none but those that tails cover, while ghost strokes of the drum itself fall on few of them.
//!
//! **Example.** Toms with strokes from −13 dBFS, the other drums at −25.5 dBFS in their microphones: a gate that opens at −22.5 dBFS
//! as recorded.
//!
//! **Known problems.** A ghost stroke softer than the bleed is bleed to it. What sounds together with a stroke of its own passes.
//!
//! **Options.** `lock`, or `bypass` on the insert; `range_db`; where level does not do, a `debleed` keyed by the other microphones.
//!
//! **Sureness.** Likely.
//!
//! **References.** Terrell, Reiss and Sandler 2010 (threshold just over the peak level of the bleed); hold and release of the
//! gate's presets.

use mixkeel_analysis::dynamics::Envelope;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;

use crate::rule::{Proposal, Rule};
use crate::rules::dynamics::by_crest_and_role::{ByCrestAndRole, strokes_dbfs};
use crate::song::{Known, Song};
use crate::start::Start;
use crate::things::NewInsert;

/// Own strokes have to stand this far over the bleed to be told from it by level, in dB. Ours: a player's strokes spread by
/// half of it.
pub const GATE_DB: f64 = 9.0;

/// The gate opens this far over the bleed, in dB.
pub const OVER_DB: f64 = 3.0;

/// How much it shuts, in dB. Ours: what is left sounds as a kit still, and nothing breathes.
pub const RANGE_DB: f64 = 15.0;

/// Bleed this far under the loudest stroke is not heard beside the drum that it comes from, in dB.
const HEARD_DB: f64 = 40.0;

/// Strokes this far under the loudest are none of its own, in dB; as in `dynamics/by-crest-and-role`.
const OWN_DB: f64 = 20.0;

/// Another microphone hears a stroke much better where it stands so much nearer to that one's loudest, in dB. Ours.
const BETTER_DB: f64 = 6.0;

/// Fewer strokes of others than this say nothing.
const FEWEST: usize = 6;

/// Another drum bleeds in where so many of its strokes arrive, as a share. Ours: bleed leaves out only those that tails of the drum
/// itself cover; ghost strokes of its own meet those of another only here and there.
pub const ARRIVING: f64 = 0.5;

/// A stroke arrives where the level rises by so much, in dB. Ours: less is the wobble of a tail.
const RISE_DB: f64 = 6.0;

/// A stroke of another counts where none of its own lies within so many seconds.
const APART_S: f64 = 0.12;

/// A stroke arrives within so many cells of 5 ms: 30 ms, sound's way across a kit and the rise.
const STROKE_CELLS: usize = 6;

/// What is gated, with hold and release in ms: a stroke with what it rings.
const DRUMS: [(Role, f64, f64); 3] =
    [(Role::Kick, 80.0, 120.0), (Role::Snare, 100.0, 150.0), (Role::Toms, 250.0, 400.0)];

/// See the head of this file.
#[derive(Debug)]
pub struct Bleed;

impl Rule for Bleed {
    fn id(&self) -> &'static str {
        "repair/bleed"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        let tracks = song.sounding(session);
        if song.start == Start::Tracks || !tracks.iter().any(|known| drum(known).is_some()) {
            return Vec::new();
        }
        let coming = ByCrestAndRole.propose(song, session);
        let is_coming = |id: &str| coming.iter().any(|edit| edit.to.is_some() && edit.address.strip == id);
        let close: Vec<Mic> = tracks.into_iter().filter(is_close).map(Mic::of).collect();
        let raised = close.iter().filter(|mic| is_coming(&mic.known.track.id));
        raised.flat_map(|mic| self.shut(mic, &close, session)).collect()
    }
}

impl Bleed {
    fn shut(&self, mic: &Mic, close: &[Mic], session: &Session) -> Vec<Edit> {
        let Some((_, hold_ms, release_ms)) = drum(&mic.known) else { return Vec::new() };
        let others: Vec<&Mic> = close.iter().filter(|one| one.known.track.id != mic.known.track.id).collect();
        let own = mic.own_strokes(&others);
        let soft = part_of(own.iter().map(|stroke| stroke.dbfs), 0.1);
        let (Some(soft), Some(bleed)) = (soft, mic.bleed_dbfs(&own, &others, close)) else {
            return Vec::new();
        };
        if bleed < mic.loudest_dbfs - HEARD_DB {
            return Vec::new();
        }
        if soft - bleed < GATE_DB {
            return Vec::new();
        }
        let track = mic.known.track;
        let gate = NewInsert::of("gate")
            .number("threshold_db", libm::round(bleed + OVER_DB + track.trim_db).clamp(-80.0, 0.0))
            .number("range_db", RANGE_DB)
            .number("hold_ms", hold_ms)
            .number("release_ms", release_ms)
            .number("look_ahead_ms", 2.0);
        let because = format!(
            "the other drums are {:.0} dB under its own soft strokes, and the compressor after it would raise them",
            soft - bleed
        );
        Proposal::new(self.id(), Sureness::Likely, because)
            .measured("its own soft strokes", soft, "dBFS")
            .measured("others' strokes in it", bleed, "dBFS")
            .insert(session, &track.id, &gate)
    }
}

fn drum(known: &Known) -> Option<(Role, f64, f64)> {
    DRUMS.into_iter().find(|(role, ..)| *role == known.role)
}

/// Whether it is a microphone at one drum, whose strokes are told by level.
fn is_close(known: &Known) -> bool {
    drum(known).is_some() || known.role == Role::Hihat
}

/// A stroke: when, in seconds of the session, and its peak as recorded.
#[derive(Clone, Copy, Debug)]
struct Stroke {
    at_s: f64,
    dbfs: f64,
}

/// A microphone at one drum.
struct Mic<'a> {
    known: Known<'a>,
    /// The peak of every 5 ms.
    peaks_dbfs: Vec<f64>,
    /// Whatever strikes, its own or not.
    strokes: Vec<Stroke>,
    loudest_dbfs: f64,
}

impl<'a> Mic<'a> {
    fn of(known: Known<'a>) -> Self {
        let character = &known.facts.profile.character;
        let strokes: Vec<Stroke> = character
            .dynamics
            .onsets
            .iter()
            .zip(strokes_dbfs(&known))
            .map(|(onset, dbfs)| Stroke { at_s: known.facts.at_s + onset.at_s, dbfs })
            .collect();
        Self {
            peaks_dbfs: character.envelope.peaks_dbfs().collect(),
            loudest_dbfs: strokes.iter().map(|stroke| stroke.dbfs).fold(f64::NEG_INFINITY, f64::max),
            strokes,
            known,
        }
    }

    /// How loud something arrives that was struck at this moment of the session.
    fn arriving_dbfs(&self, at_s: f64) -> Option<f64> {
        self.loudest_from(self.cell(at_s))
    }

    /// Whether the level rises by something that was struck at this moment; by a stroke of silence it does not.
    fn rises_at(&self, at_s: f64) -> bool {
        let before = self.loudest_from(self.cell(at_s) - (STROKE_CELLS + 1) as f64);
        let arriving = self.arriving_dbfs(at_s);
        arriving
            .zip(before)
            .is_some_and(|(arriving, before)| arriving.is_finite() && arriving >= before + RISE_DB)
    }

    fn cell(&self, at_s: f64) -> f64 {
        libm::round((at_s - self.known.facts.at_s) * f64::from(Envelope::CELLS_PER_S))
    }

    /// The loudest peak of a stroke's length from a cell on.
    fn loudest_from(&self, cell: f64) -> Option<f64> {
        let from = if cell < 0.0 { return None } else { cell as usize };
        let cells = self.peaks_dbfs.get(from..(from + STROKE_CELLS).min(self.peaks_dbfs.len()))?;
        cells.iter().copied().reduce(f64::max)
    }

    /// The strokes of its own drum. One that another microphone hears much better, beside its loudest, is a stroke of that one.
    fn own_strokes(&self, others: &[&Mic]) -> Vec<Stroke> {
        let is_own = |stroke: &&Stroke| {
            let here = stroke.dbfs - self.loudest_dbfs;
            let better = |other: &&Mic| {
                let there = other.arriving_dbfs(stroke.at_s);
                there.is_some_and(|there| there - other.loudest_dbfs > here + BETTER_DB)
            };
            here > -OWN_DB && !others.iter().any(better)
        };
        self.strokes.iter().filter(is_own).copied().collect()
    }

    /// How loud it is at the strokes of the other drums, in dBFS as recorded: the loudest twentieth. `None` where none of them
    /// bleeds. Where one does the microphone hears a room, and all are counted, those under its own tails too.
    fn bleed_dbfs(&self, own: &[Stroke], others: &[&Mic], close: &[Mic]) -> Option<f64> {
        let apart = |stroke: &Stroke| own.iter().all(|own| (own.at_s - stroke.at_s).abs() > APART_S);
        let (mut bleeds, mut heard) = (false, Vec::new());
        for other in others {
            let id = &other.known.track.id;
            let beside: Vec<&Mic> = close.iter().filter(|one| one.known.track.id != *id).collect();
            let strokes: Vec<Stroke> = other.own_strokes(&beside).into_iter().filter(apart).collect();
            let rising = strokes.iter().filter(|stroke| self.rises_at(stroke.at_s)).count();
            bleeds |= strokes.len() >= FEWEST && rising as f64 >= ARRIVING * strokes.len() as f64;
            heard.extend(strokes.iter().filter_map(|stroke| self.arriving_dbfs(stroke.at_s)));
        }
        if bleeds { part_of(heard.into_iter(), 0.95) } else { None }
    }
}

/// The value under which such a part of them lies.
fn part_of(values: impl Iterator<Item = f64>, part: f64) -> Option<f64> {
    let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    values.get((part * values.len().saturating_sub(1) as f64) as usize).copied()
}
