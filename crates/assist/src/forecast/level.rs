//! What works by level, as a map from the level of a cell to a gain: compressors, gates, limiters, and their like by bands.

use std::sync::Arc;

use mixkeel_analysis::energy::{BANDS, CELLS_PER_S, Power};
use mixkeel_dsp::block::Channels;
use mixkeel_dsp::curve::{Axis, Curve};
use mixkeel_dsp::param::Value;
use mixkeel_dsp::units::{db_from_power, gain_from_db};
use mixkeel_session::graph::Insert;

use super::cells::each_cell;
use super::chain::Stage;
use super::passage::Passage;
use super::response::{by_band, gain_db, response};

/// Kinds whose gain follows the level of the whole sound.
const BROAD: [&str; 3] = ["compressor", "gate", "limiter"];

/// What a detector reads above the RMS level of a tenth of a second: 3 dB, because static curves are written for a sine's
/// peak, and 3 dB more, because a detector follows the louder moments within a cell. Ours, a guess
/// that the forecast's test holds to 1.5 LU on one compressor: RMS detectors read less, hits more.
const DETECTOR_OVER_RMS_DB: f64 = 6.0;

/// Whether an insert's gain follows the level.
pub(super) fn follows_level(insert: &Insert) -> bool {
    !insert.bypass && (BROAD.contains(&insert.kind.id) || insert.kind.id == "multiband")
}

/// What it does to a sound, given the power that its detector hears by cell and band.
pub(super) fn stage(
    insert: &Insert,
    rate_hz: u32,
    cells: usize,
    channels: Channels,
    heard: impl Fn(usize, usize) -> Power + Sync,
) -> Option<Stage> {
    let curves = (insert.kind.curves)(&*insert.settings, rate_hz);
    let one_channel = match channels {
        Channels::Mono => 1.0,
        Channels::Stereo => 0.5,
    };
    let power = |cell: usize, band: usize| {
        let power = heard(cell, band);
        one_channel * (power.left + power.right)
    };
    if BROAD.contains(&insert.kind.id) {
        let levels = curves.iter().find(|curve| curve.axis == Axis::LevelOutDbfs)?;
        let key = response(&curves, "key").map_or([1.0; BANDS], by_band);
        let level = |cell: usize| (0..BANDS).map(|band| key[band] * key[band] * power(cell, band)).sum();
        let gains = gains(levels, insert, cells, level);
        return Some(Stage::Cells(gains.into_iter().map(Passage::gain).collect()));
    }
    Some(Stage::Grid(by_bands(&curves, insert, cells, power)?))
}

/// The gain of every cell.
fn gains(levels: &Curve, insert: &Insert, cells: usize, level: impl Fn(usize) -> f64 + Sync) -> Vec<f64> {
    let number = |id: &str| match insert.settings.get(id) {
        Some(Value::Number(number)) => Some(number),
        _ => None,
    };
    // How much of a difference is left after one cell.
    let left_after = |ms: Option<f64>| {
        let cell_ms = 1_000.0 / f64::from(CELLS_PER_S);
        ms.filter(|ms| *ms > 0.0).map_or(0.0, |ms| libm::exp(-cell_ms / ms))
    };
    let (attack, release) = (left_after(number("attack_ms")), left_after(number("release_ms")));
    let wanted = each_cell(cells, |cell| {
        gain_db(levels, db_from_power(level(cell).max(1e-30)) + DETECTOR_OVER_RMS_DB)
    });
    let mut before: Option<f64> = None;
    wanted
        .into_iter()
        .map(|wanted| {
            let now = before.map_or(wanted, |before| {
                let left = if wanted < before { attack } else { release };
                wanted + left * (before - wanted)
            });
            before = Some(now);
            gain_from_db(now)
        })
        .collect()
}

/// What a processor with bands does to every cell and band: each of its bands by its own level, added up again.
fn by_bands(
    curves: &[Curve],
    insert: &Insert,
    cells: usize,
    power: impl Fn(usize, usize) -> f64 + Sync,
) -> Option<Arc<[Passage]>> {
    let output = match insert.settings.get("output_db") {
        Some(Value::Number(db)) => gain_from_db(db),
        _ => 1.0,
    };
    let mut grid = vec![0.0; cells * BANDS];
    let mut any = false;
    for levels in curves.iter().filter(|curve| curve.axis == Axis::LevelOutDbfs) {
        let Some(share) = response(curves, &levels.of).map(by_band) else { continue };
        any = true;
        let level = |cell: usize| (0..BANDS).map(|band| share[band] * share[band] * power(cell, band)).sum();
        for (row, gain) in grid.chunks_exact_mut(BANDS).zip(gains(levels, insert, cells, level)) {
            // Crossovers share out amplitude: their bands in phase sum to one.
            row.iter_mut().zip(share).for_each(|(place, share)| *place += share * share * gain);
        }
    }
    let passages = grid.into_iter().map(|gain| Passage::gain(output * gain));
    any.then(|| passages.collect())
}
