//! Gains over time that dynamics would make, foretold from a track's own level.

use std::sync::Arc;

use mixkeel_dsp::units::db_from_power;
use mixkeel_judge::goals::Heard;
use mixkeel_session::goal::Who;

use crate::desk::Desk;

/// Cells in a second: rides move that slowly, as fingers do.
const SECOND: usize = 10;

/// The most that a ride moves a track. Ours, as far as engineers ride a voice.
const MOST_DB: f64 = 5.0;

/// So far under its mean it is a pause, in which nothing is ridden (as in the predicate).
const PAUSE_DB: f64 = 20.0;

/// The part of a transient processor's set gain that arrives in the loudest tenth of the cells, and, of its sustain, in the
/// others. Ours, a guess that the render puts right.
const ATTACK_PART: f64 = 0.5;
const SUSTAIN_PART: f64 = 0.3;

/// What a ride would do to a track, in dB by cell, to hold it level beside the rest: all of the way.
pub(super) fn ride(desk: &Desk, id: &str) -> Arc<[f64]> {
    let who = Who::Tracks(vec![id.to_owned()]);
    let own = seconds(&desk.steps(&who, None));
    let rest = seconds(&desk.steps(&Who::Rest(vec![id.to_owned()]), None));
    let mean = own.iter().sum::<f64>() / own.len().max(1) as f64;
    let floor = mean * mixkeel_dsp::units::power_from_db(-PAUSE_DB);
    let beside: Vec<Option<f64>> = own
        .iter()
        .zip(&rest)
        .map(|(own, rest)| {
            let under = if *rest > 0.0 { db_from_power(*rest) } else { 0.0 };
            (*own > floor && *own > 0.0).then(|| db_from_power(*own) - under)
        })
        .collect();
    let mut sorted: Vec<f64> = beside.iter().flatten().copied().collect();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
    let wanted = |beside: &Option<f64>| beside.map_or(0.0, |db| (middle - db).clamp(-MOST_DB, MOST_DB));
    let by_second: Vec<f64> = beside.iter().map(wanted).collect();
    (0..desk.cells()).map(|cell| by_second.get(cell / SECOND).copied().unwrap_or(0.0)).collect()
}

/// What one dB of attack and as much less sustain would do to a track, in dB by cell.
pub(super) fn attacks(desk: &Desk, id: &str) -> Arc<[f64]> {
    let steps = desk.steps(&Who::Tracks(vec![id.to_owned()]), None);
    let mut sorted: Vec<f64> = steps.iter().copied().filter(|step| *step > 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    let loud = sorted.get(sorted.len() * 9 / 10).copied().unwrap_or(f64::INFINITY);
    steps.iter().map(|step| if *step >= loud { ATTACK_PART } else { -SUSTAIN_PART }).collect()
}

fn seconds(steps: &[f64]) -> Vec<f64> {
    steps.chunks(SECOND).map(|some| some.iter().sum::<f64>() / some.len() as f64).collect()
}
