//! How levels move in a rough mix: each track's level in every stretch of the song, beside what it is in most of it.
//!
//! In a stretch of some seconds there are fewer equations than in a song, and tracks that rest tell nothing. So what is asked is by
//! how much each track's power differs there from what was read of the whole, and a difference needs evidence: unknown tracks
//! stay where they are.

use std::ops::Range;

use mixkeel_analysis::energy::{BANDS, CELLS_PER_S, cell_from_seconds};
use mixkeel_dsp::units::db_from_power;
use mixkeel_session::session::Session;
use rayon::prelude::*;

use super::solve::Sums;
use super::{Columns, HALF, Heard};

/// No stretch is longer, in cells: 8 s. Ours: two bars of a slow song, over which somebody holds a fader still.
const MOST_CELLS: usize = 80;

/// How often the equations of a stretch are weighed anew.
const ROUNDS: usize = 4;

/// How much it counts that a track stands as it does elsewhere, in equations that it alone explains. Ours: a tenth of what it takes
/// to be told, so that it bends no answer by more than that.
const AS_ELSEWHERE: f64 = 10.0;

/// So many equations a track has to explain alone for its level to be told in a stretch. Ours: a second of a sound that fills an
/// eighth of the bands on both sides.
const FEWEST: f64 = 100.0;

/// Smaller moves are not told from chance, in dB. Ours: of 49 tracks in the mixes of four shared songs, of which nothing says that a
/// fader was moved, two move by as much.
const LEAST_DB: f64 = 1.5;

/// Levels that are so near to each other are one, in dB. Ours: half of what is just heard.
const SAME_DB: f64 = 0.5;

/// A track's level from one second to another, beside what it is in most of the song.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Move {
    /// From this second of the song.
    pub from_s: f64,
    /// To this one.
    pub to_s: f64,
    /// By so much louder, in dB.
    pub by_db: f64,
}

/// What one column does: its level in most of the song beside what was read of all of it, and where it differs from that. Nothing of
/// one that stands still.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Motion {
    pub base_db: f64,
    pub moves: Vec<Move>,
}

/// The stretches of a song: its sections, those that are long in equal parts; of a song without sections all of it.
pub(super) fn stretches(session: &Session, cells: usize) -> Vec<Range<usize>> {
    let borders = session.sections.iter().flat_map(|section| [section.from_s, section.to_s]);
    let mut borders: Vec<usize> = borders.map(|at_s| cell_from_seconds(at_s).min(cells)).collect();
    borders.extend([0, cells]);
    borders.sort_unstable();
    borders.dedup();
    let parts = |pair: &[usize]| {
        let (from, to) = (pair[0], pair[1]);
        let count = (to - from).div_ceil(MOST_CELLS);
        (0..count).map(move |n| from + n * (to - from) / count..from + (n + 1) * (to - from) / count)
    };
    borders.windows(2).flat_map(parts).collect()
}

/// What every column does in a mix of which these parts were read.
pub(super) fn motions(
    columns: &Columns,
    heard: &[Heard<'_>; 2],
    parts: [&Vec<f64>; 2],
    stretches: &[Range<usize>],
) -> Vec<Motion> {
    let levels: Vec<Vec<Option<f64>>> =
        stretches.par_iter().map(|stretch| levels_db(columns, heard, parts, stretch.clone())).collect();
    (0..columns.members.len())
        .map(|column| {
            let told = levels.iter().map(|row| row.get(column).copied().flatten());
            motion(told.collect(), stretches)
        })
        .collect()
}

/// By how much each column is louder in a stretch than in all of the song. `None` where it is not told.
fn levels_db(
    columns: &Columns,
    heard: &[Heard<'_>; 2],
    parts: [&Vec<f64>; 2],
    stretch: Range<usize>,
) -> Vec<Option<f64>> {
    let count = columns.members.len();
    let mut factors = vec![1.0; count];
    let mut explained = vec![0.0; count];
    let mut row = vec![0.0_f32; count];
    for _ in 0..ROUNDS {
        let mut sums = Sums::new(count);
        explained.fill(0.0);
        for ((rows, heard), parts) in columns.powers.iter().zip(heard).zip(parts) {
            for cell in stretch.clone() {
                for band in 0..BANDS {
                    let first = (cell * BANDS + band) * count;
                    let Some(powers) = rows.get(first..first + count) else { continue };
                    for ((place, power), part) in row.iter_mut().zip(powers).zip(parts) {
                        *place = (f64::from(*power) * part) as f32;
                    }
                    let told: f64 = row.iter().zip(&factors).map(|(power, by)| f64::from(*power) * by).sum();
                    if told <= 0.0 {
                        continue;
                    }
                    let wanted = heard.power(cell, band);
                    let level = told + heard.floors[band];
                    let off = (wanted - told).abs() / level;
                    let trust = if off > HALF { HALF / off } else { 1.0 };
                    sums.add(&row, wanted, trust / (level * level));
                    for ((sum, power), by) in explained.iter_mut().zip(&row).zip(&factors) {
                        let share = f64::from(*power) * by / level;
                        *sum += trust * share * share;
                    }
                }
            }
        }
        for column in 0..count {
            row.fill(0.0);
            if let Some(place) = row.get_mut(column) {
                *place = 1.0;
            }
            sums.add(&row, 1.0, AS_ELSEWHERE);
        }
        sums.solve(&mut factors);
    }
    let told = factors.iter().zip(&explained);
    told.map(|(by, explained)| (*explained >= FEWEST).then(|| db_from_power(by.max(1e-3)))).collect()
}

/// A level for every stretch as what most of them have, and where the others differ from it.
fn motion(levels_db: Vec<Option<f64>>, stretches: &[Range<usize>]) -> Motion {
    let mut told: Vec<(f64, usize)> =
        levels_db.iter().zip(stretches).filter_map(|(db, stretch)| Some(((*db)?, stretch.len()))).collect();
    told.sort_by(|one, other| one.0.total_cmp(&other.0));
    let half = told.iter().map(|(_, long)| long).sum::<usize>() / 2;
    let mut passed = 0;
    let middle = told.iter().find(|(_, long)| {
        passed += long;
        passed > half
    });
    let Some(&(base_db, _)) = middle else { return Motion::default() };
    let second = |cell: usize| cell as f64 / f64::from(CELLS_PER_S);
    let differs = levels_db.iter().zip(stretches).filter_map(|(db, stretch)| {
        let by_db = (*db)? - base_db;
        let (from_s, to_s) = (second(stretch.start), second(stretch.end));
        (by_db.abs() >= LEAST_DB).then_some(Move { from_s, to_s, by_db })
    });
    let mut moves: Vec<Move> = Vec::new();
    for next in differs {
        match moves.last_mut() {
            Some(last) if last.to_s == next.from_s && (last.by_db - next.by_db).abs() < SAME_DB => {
                let (long_s, more_s) = (last.to_s - last.from_s, next.to_s - next.from_s);
                last.by_db = (last.by_db * long_s + next.by_db * more_s) / (long_s + more_s);
                last.to_s = next.to_s;
            }
            _ => moves.push(next),
        }
    }
    // Of what stands still, all of the song tells the level best.
    if moves.is_empty() { Motion::default() } else { Motion { base_db, moves } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_of_a_song_is_the_level_and_the_rest_moves() {
        let stretches = [0..40, 40..80, 80..120, 120..160];
        let of = |levels: [Option<f64>; 4]| motion(levels.to_vec(), &stretches);
        let lifted = of([Some(-1.0), Some(2.5), Some(-1.2), None]);
        assert_eq!(
            lifted,
            Motion { base_db: -1.0, moves: vec![Move { from_s: 4.0, to_s: 8.0, by_db: 3.5 }] }
        );
        let five = [0..40, 40..80, 80..120, 120..160, 160..200];
        let long = motion([0.0, 2.0, 2.4, 0.0, 0.0].map(Some).to_vec(), &five);
        assert_eq!(long.moves, [Move { from_s: 4.0, to_s: 12.0, by_db: 2.2 }]);
        assert_eq!(of([None; 4]), Motion::default());
        assert_eq!(of([Some(0.5), Some(1.5), Some(-0.5), Some(0.6)]), Motion::default());
    }
}
