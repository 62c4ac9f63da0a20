//! Evens out what varies too much, by as much as its role usually gets.
//!
//! **What it does.** Puts a compressor on tracks whose level, or whose strokes, spread by more than [`TABLE`] tolerates, and
//! sets its threshold so that the needle shows the 1.5 to 4 dB of that table. Ratio by how percussive and how low the track
//! is beside the others; release within a third of the time between its notes; make-up to the loudness that it had. Nothing on
//! what is compressed or limited already, and on none of the roles that are not in the table.
//!
//! **Why.** A part that comes and goes cannot be placed: loud notes stick out and soft ones are lost. Two decibels on the
//! loud ones is what an engineer reaches for first.
//!
//! **Evidence.** How far 100 ms levels spread (for drums: the peaks of the strokes); crest; signs of earlier compression;
//! onsets; the reduction, told from 5 ms levels.
//!
//! **Example.** A bass whose notes spread by 11 dB: 2.9:1, threshold −24.5 dB, 4 dB at the loud notes, +2.3 dB make-up.
//!
//! **Known problems.** Experts agree on threshold and ratio and not on attack and release; those are a class table. A part that
//! is meant to come and go is evened out a little too.
//!
//! **Options.** `lock`, or `bypass` on the insert.
//!
//! **Sureness.** Likely.
//!
//! **References.** Ma, De Man, Pestana, Black, Reiss 2015 (ratio from percussivity and low frequencies); Giannoulis, Massberg,
//! Reiss 2012; libsonare's class table (attack, release, a third of the inter-onset interval).

use mixkeel_analysis::dynamics::{Envelope, Sureness as PrintedSureness};
use mixkeel_dsp::units::power_from_db;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;
use rayon::prelude::*;

use crate::levels::{Press, loudness_change_lu, median, reductions_db, spread_db, threshold_db};
use crate::rule::{Proposal, Rule};
use crate::song::{Known, Song};
use crate::start::Start;
use crate::things::NewInsert;

/// What a role usually gets.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What the track is.
    pub role: Role,
    /// Whether it is struck: then its strokes count, not its level.
    pub struck: bool,
    /// A spread under this is left alone, in dB, and from twice as much on the whole reduction is used.
    pub least_db: f64,
    /// What the needle shows where the spread is great, in dB.
    pub reduction_db: f64,
    /// Attack in ms, and the longest release.
    pub times_ms: (f64, f64),
}

/// Reductions are ours, within the 2 to 4 dB that are usual on single tracks (most on voices and bass, which carry the song);
/// times are libsonare's class table. Spreads are ours: the notes of a player who is even spread by 4, of one who is not by 10 and
/// more; strokes of an even drummer by 2 to 3 dB, of samples by none; and what dies away after each note, or swells, spreads
/// by that alone, so that it takes more to be called uneven. Hats, cymbals, overheads, pads, organs and whatever comes premixed get none.
pub static TABLE: [Row; 15] = [
    row(Role::LeadVocal, false, 6.0, 4.0, (8.0, 100.0)),
    row(Role::VocalDouble, false, 6.0, 4.0, (8.0, 100.0)),
    row(Role::BackingVocal, false, 6.0, 4.0, (8.0, 120.0)),
    row(Role::AdLib, false, 6.0, 4.0, (8.0, 120.0)),
    row(Role::Bass, false, 6.0, 4.0, (20.0, 120.0)),
    row(Role::AcousticGuitar, false, 9.0, 2.5, (15.0, 150.0)),
    row(Role::ElectricGuitar, false, 9.0, 2.0, (15.0, 150.0)),
    row(Role::Piano, false, 12.0, 2.0, (15.0, 200.0)),
    row(Role::Keys, false, 12.0, 2.0, (15.0, 200.0)),
    row(Role::Brass, false, 12.0, 2.0, (20.0, 200.0)),
    row(Role::Strings, false, 12.0, 1.5, (30.0, 300.0)),
    row(Role::Kick, true, 4.0, 2.5, (12.0, 120.0)),
    row(Role::Snare, true, 4.0, 3.0, (15.0, 150.0)),
    row(Role::Toms, true, 4.0, 2.5, (15.0, 150.0)),
    row(Role::Percussion, true, 5.0, 2.0, (10.0, 100.0)),
];

const fn row(role: Role, struck: bool, least_db: f64, reduction_db: f64, times_ms: (f64, f64)) -> Row {
    Row { role, struck, least_db, reduction_db, times_ms }
}

/// The least and greatest ratio. Ma's formula gives 1.4 to 3.1 in practice; under 1.5 it is not worth an insert.
const RATIOS: (f64, f64) = (1.5, 4.0);

/// The shortest release in ms. Ours: shorter follows the wave of a bass.
const LEAST_RELEASE_MS: f64 = 40.0;

/// A stroke's peak is looked for in this many cells of 5 ms from its onset: 30 ms.
const STROKE_CELLS: usize = 6;

/// See the head of this file.
#[derive(Debug)]
pub struct ByCrestAndRole;

impl Rule for ByCrestAndRole {
    fn id(&self) -> &'static str {
        "dynamics/by-crest-and-role"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        if song.start == Start::Tracks {
            // The owner's balance was made with what is on the tracks already.
            return Vec::new();
        }
        let tracks = song.sounding(session);
        let band = Band::of(&tracks);
        let edits: Vec<Vec<Edit>> =
            tracks.par_iter().map(|known| self.even_out(known, &band, session)).collect();
        edits.into_iter().flatten().collect()
    }
}

impl ByCrestAndRole {
    fn even_out(&self, known: &Known, band: &Band, session: &Session) -> Vec<Edit> {
        let Some(row) = TABLE.iter().find(|row| row.role == known.role) else { return Vec::new() };
        let character = &known.facts.profile.character;
        if is_printed(known) {
            return Vec::new();
        }
        let spread = if row.struck { strokes_spread_db(known) } else { character.dynamics.levels.range_db() };
        let Some(spread) = spread.filter(|spread| *spread >= row.least_db) else { return Vec::new() };
        let reduction_db = row.reduction_db * (spread / (2.0 * row.least_db)).clamp(0.5, 1.0);
        let press = Press {
            ratio: band.ratio(known),
            knee_db: if row.struck { 6.0 } else { 8.0 },
            attack_ms: row.times_ms.0,
            release_ms: release_ms(known, row.times_ms.1),
        };
        let levels: Vec<f64> =
            character.envelope.peaks_dbfs().map(|peak| peak + known.track.trim_db).collect();
        let Some(mut threshold) = threshold_db(&levels, &press, reduction_db) else { return Vec::new() };
        let powers: Vec<f64> = character.envelope.powers_db().collect();
        let lost_at = |threshold: f64| {
            let reductions = reductions_db(&levels, &press, threshold);
            -loudness_change_lu(&known.facts.profile.contour, &powers, &reductions)
        };
        // Where strokes are rare, the tenth that is read is what lies between them; the strokes themselves may lose no more.
        let mut lost_lu = lost_at(threshold);
        while lost_lu > reduction_db && threshold < -1.0 {
            threshold += 0.5;
            lost_lu = lost_at(threshold);
        }
        let what = if row.struck { "its strokes" } else { "its level" };
        let because = format!(
            "{what} spread by {spread:.0} dB; {reduction_db:.1} dB less at the loud ones, and as loud as before"
        );
        let mut wanted = NewInsert::of("compressor")
            .number("threshold_db", threshold)
            .number("ratio", libm::round(press.ratio * 10.0) / 10.0)
            .number("knee_db", press.knee_db)
            .number("attack_ms", press.attack_ms)
            .about("release_ms", press.release_ms)
            .number("makeup_db", lost_lu.min(12.0));
        if !row.struck {
            // Long notes are let go slowly, so that nothing pumps.
            wanted = wanted.number("adaptive_percent", 40.0);
        }
        Proposal::new(self.id(), Sureness::Likely, because)
            .measured("spread from the soft to the loud tenth", spread, "dB")
            .measured("reduction expected at the loud tenth", reduction_db, "dB")
            .insert(session, &known.track.id, &wanted)
    }
}

/// Whether somebody has compressed or limited it already, as far as its sound tells.
pub(crate) fn is_printed(known: &Known) -> bool {
    let printed = &known.facts.profile.character.dynamics.printed;
    printed.limited >= Some(PrintedSureness::Likely) || printed.compressed >= Some(PrintedSureness::Likely)
}

/// The highest peak of each stroke, in dBFS as recorded, in order of time.
pub(crate) fn strokes_dbfs(known: &Known) -> Vec<f64> {
    let character = &known.facts.profile.character;
    let peaks: Vec<f64> = character.envelope.peaks_dbfs().collect();
    let stroke = |at_s: f64| {
        let from = (at_s * f64::from(Envelope::CELLS_PER_S)) as usize;
        let cells = peaks.get(from..(from + STROKE_CELLS).min(peaks.len()))?;
        cells.iter().copied().reduce(f64::max)
    };
    character.dynamics.onsets.iter().filter_map(|onset| stroke(onset.at_s)).collect()
}

/// How far the peaks of its strokes spread, in dB, those that are bleed left out: 20 dB under the loudest and less.
fn strokes_spread_db(known: &Known) -> Option<f64> {
    let strokes = strokes_dbfs(known);
    let loudest = strokes.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    spread_db(strokes.into_iter().filter(|peak| *peak > loudest - 20.0))
}

/// A release within a third of the time between notes, and no longer than usual for the role.
fn release_ms(known: &Known, longest_ms: f64) -> f64 {
    let third_ms = between_onsets_s(known).map_or(longest_ms, |between_s| 1_000.0 * between_s / 3.0);
    third_ms.clamp(LEAST_RELEASE_MS, longest_ms.max(LEAST_RELEASE_MS))
}

/// The usual time between two notes, in seconds; pauses of more than two seconds are none.
pub(crate) fn between_onsets_s(known: &Known) -> Option<f64> {
    let onsets = &known.facts.profile.character.dynamics.onsets;
    median(onsets.windows(2).map(|two| two[1].at_s - two[0].at_s).filter(|between| *between < 2.0))
}

/// What all tracks together are like: the measure by which one is percussive or low.
struct Band {
    crest_db: f64,
    deviation_db: f64,
    low_share: f64,
}

impl Band {
    fn of(tracks: &[Known]) -> Self {
        let crests: Vec<f64> = tracks.iter().filter_map(crest_db).collect();
        let count = crests.len().max(1) as f64;
        let crest_db = crests.iter().sum::<f64>() / count;
        let variance =
            crests.iter().map(|crest| (crest - crest_db) * (crest - crest_db)).sum::<f64>() / count;
        let low_share = tracks.iter().map(low_share).sum::<f64>() / tracks.len().max(1) as f64;
        // Ours: tracks that are all alike are told apart by decibels that mean nothing.
        Self { crest_db, deviation_db: variance.sqrt().max(2.0), low_share: low_share.max(0.02) }
    }

    /// R = 0.54·Wp + 0.764·Wf + 1, with Wp from 0 to 2 by how far the crest lies from the mean, and Wf the share of low
    /// frequencies beside the mean (Ma et al. 2015). Wf is held under 3: ours, or a bass among flutes would be limited.
    fn ratio(&self, known: &Known) -> f64 {
        let away = crest_db(known).map_or(0.0, |crest| (crest - self.crest_db) / self.deviation_db);
        let bell = libm::exp(-0.5 * away * away);
        let percussive = if away <= 0.0 { bell } else { 2.0 - bell };
        let low = (low_share(known) / self.low_share).min(3.0);
        (0.54 * percussive + 0.764 * low + 1.0).clamp(RATIOS.0, RATIOS.1)
    }
}

/// Peak over RMS in 400 ms.
fn crest_db(known: &Known) -> Option<f64> {
    known.facts.profile.character.dynamics.printed.crest_db
}

/// The share of energy under 177 Hz: the three lowest octaves.
pub(crate) fn low_share(known: &Known) -> f64 {
    let powers = known.facts.profile.bands.octave_db.map(|db| db.map_or(0.0, power_from_db));
    let all: f64 = powers.iter().sum();
    if all > 0.0 { powers[..3].iter().sum::<f64>() / all } else { 0.0 }
}
