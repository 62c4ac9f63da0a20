//! Lets the bass step back under the kick, in the lows and for as long as the stroke lasts, where the two collide.
//!
//! **What it does.** Where kick and bass share the lows in at least [`LEAST_SHARE`] of the kick's strokes, puts a dynamic
//! equaliser on the bass, keyed by the kick: up to [`MOST_DB`] less around the kick's own low note, back within a third of
//! the time between strokes.
//!
//! **Why.** Two sounds in one band of the ear are one sound: the stroke loses its weight and the note its pitch. For a tenth of
//! a second nobody misses the note.
//!
//! **Evidence.** The power of both under 123 Hz where the kick is loudest, at the levels of their faders.
//!
//! **Example.** A kick at 63 Hz over a bass 2 dB louder there: 3 dB less at 63 Hz while it strikes.
//!
//! **Known problems.** A bass that plays only between the strokes needs none, and gets none. An 808 that is kick and bass at
//! once has nothing to step back for.
//!
//! **Options.** `lock`, or `bypass` on the insert.
//!
//! **Sureness.** Likely.
//!
//! **References.** Usual practice; the amount and the share are ours, kept under 4 dB as Hafezi and Reiss 2015 cap their cuts.

use mixkeel_analysis::energy::{CELLS_PER_S, EnergyMap};
use mixkeel_analysis::spectrum::third_octave::NOMINAL_HZ;
use mixkeel_dsp::units::db_from_power;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;

use super::by_crest_and_role::{between_onsets_s, strokes_dbfs};
use crate::levels::median;
use crate::rule::{Proposal, Rule};
use crate::song::{Known, Song};
use crate::start::Start;
use crate::things::NewInsert;

/// They collide in at least this share of the strokes. Ours.
pub const LEAST_SHARE: f64 = 0.4;

/// A stroke collides with a bass that is no more than this under it in the lows, in dB. Ours: further under, one band of the
/// ear hears the stroke alone.
pub const COLLIDE_DB: f64 = 6.0;

/// The most that the bass steps back, in dB.
pub const MOST_DB: f64 = 3.0;

/// The bands of the energy map that count as lows: up to 123 Hz.
const LOW_BANDS: usize = 4;

/// Third octaves in which a kick has its note: 40 to 125 Hz.
const NOTE_BANDS: std::ops::RangeInclusive<usize> = 3..=8;

/// The key starts to work this far under its usual stroke, in dB. Ours: so that soft strokes work too.
const UNDER_STROKE_DB: f64 = 15.0;

/// See the head of this file.
#[derive(Debug)]
pub struct KickAndBass;

impl Rule for KickAndBass {
    fn id(&self) -> &'static str {
        "dynamics/kick-and-bass"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        if song.start == Start::Tracks {
            return Vec::new();
        }
        let tracks = song.sounding(session);
        // Of several microphones the one that has most of the lows.
        let lows_db = |known: &&Known| {
            let map = &known.facts.profile.energy;
            gain_db(known) + db_from_power((0..map.cells()).map(|cell| low(map, cell)).sum())
        };
        let kicks = tracks.iter().filter(|known| known.role == Role::Kick);
        let Some(kick) = kicks.max_by(|a, b| lows_db(a).total_cmp(&lows_db(b))) else { return Vec::new() };
        let basses = tracks.iter().filter(|known| known.role == Role::Bass);
        basses.flat_map(|bass| self.step_back(bass, kick, session)).collect()
    }
}

impl KickAndBass {
    fn step_back(&self, bass: &Known, kick: &Known, session: &Session) -> Vec<Edit> {
        let collision = collide(kick, bass).filter(|(share, _)| *share >= LEAST_SHARE);
        let stroke_dbfs = median(strokes_dbfs(kick).into_iter());
        let (Some((share, beside_db)), Some(stroke_dbfs), Some(freq_hz)) =
            (collision, stroke_dbfs, note_hz(kick))
        else {
            return Vec::new();
        };
        let third_ms = between_onsets_s(kick).map_or(120.0, |between_s| 1_000.0 * between_s / 3.0);
        let threshold_db = libm::round(stroke_dbfs + kick.track.trim_db - UNDER_STROKE_DB);
        let wanted = NewInsert::of("dynamic-eq")
            .keyed_by(&kick.track.id)
            .word("band.1/shape", "bell")
            .about("band.1/freq_hz", freq_hz)
            .number("band.1/q", 0.8)
            .word("band.1/ear", "key")
            .word("band.1/direction", "cut-above")
            .number("band.1/threshold_db", threshold_db.clamp(-80.0, 0.0))
            .number("band.1/ratio", 2.0)
            .number("band.1/range_db", MOST_DB)
            .number("band.1/attack_ms", 5.0)
            .about("band.1/release_ms", third_ms.clamp(50.0, 150.0));
        let beside = if beside_db >= 0.0 { "over" } else { "under" };
        let because = format!(
            "{:.0} % of the strokes of {} meet it in the lows, {:.0} dB {beside} them; it steps back by {MOST_DB:.0} dB \
             around {freq_hz:.0} Hz while they last",
            100.0 * share,
            kick.track.name,
            beside_db.abs(),
        );
        Proposal::new(self.id(), Sureness::Likely, because)
            .measured("strokes that meet the bass", 100.0 * share, "%")
            .measured("bass beside the stroke under 123 Hz", beside_db, "dB")
            .insert(session, &bass.track.id, &wanted)
    }
}

fn gain_db(known: &Known) -> f64 {
    known.track.trim_db + known.track.fader_db
}

fn low(map: &EnergyMap, cell: usize) -> f64 {
    (0..LOW_BANDS).map(|band| map.power(cell, band)).map(|power| power.left + power.right).sum()
}

/// The share of the kick's strokes that meet the bass, and how the bass stands beside them, in dB. `None` where none does.
fn collide(kick: &Known, bass: &Known) -> Option<(f64, f64)> {
    let (of_kick, of_bass) = (&kick.facts.profile.energy, &bass.facts.profile.energy);
    let strokes: Vec<f64> = (0..of_kick.cells()).map(|cell| low(of_kick, cell)).collect();
    let loudest = strokes.iter().copied().fold(0.0, f64::max);
    let later = (kick.facts.at_s - bass.facts.at_s) * f64::from(CELLS_PER_S);
    let beside: Vec<f64> = strokes
        .iter()
        .enumerate()
        // A stroke: within 12 dB of the loudest, and the tenth of a second in which it is strongest.
        .filter(|(cell, power)| {
            let near = |cell: Option<usize>| cell.and_then(|cell| strokes.get(cell)).copied().unwrap_or(0.0);
            **power > loudest / 16.0 && **power >= near(cell.checked_sub(1)) && **power > near(Some(cell + 1))
        })
        .map(|(cell, power)| {
            let other = libm::round(cell as f64 + later);
            let other = if other >= 0.0 { low(of_bass, other as usize) } else { 0.0 };
            db_from_power(other.max(1e-30) / power) + gain_db(bass) - gain_db(kick)
        })
        .collect();
    let met: Vec<f64> = beside.iter().copied().filter(|db| *db >= -COLLIDE_DB).collect();
    let share = met.len() as f64 / beside.len().max(1) as f64;
    Some((share, median(met.into_iter())?))
}

/// The strongest third octave of the lows: the note of the drum.
fn note_hz(kick: &Known) -> Option<f64> {
    let bands = &kick.facts.profile.character.third_octave_db;
    let lows = bands.iter().zip(NOMINAL_HZ).enumerate().filter(|(band, _)| NOTE_BANDS.contains(band));
    let lows = lows.filter_map(|(_, (db, hz))| Some(((*db)?, hz)));
    lows.reduce(|best, other| if other.0 > best.0 { other } else { best }).map(|(_, hz)| hz)
}
