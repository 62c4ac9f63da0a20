//! What a dynamic equaliser does to every cell and band: each of its bands moves with the level in its own region, of the
//! sound itself or of its key.

use std::sync::Arc;

use mixkeel_analysis::energy::{BANDS, CELLS_PER_S, Power, centre_hz};
use mixkeel_dsp::param::Bands;
use mixkeel_dsp::processors::dynamic_eq::{DynamicBand, DynamicEqSettings, Ear};
use mixkeel_dsp::processors::eq::{Channel, EqResponse, EqSettings};
use mixkeel_dsp::units::{db_from_power, gain_from_db};
use mixkeel_session::graph::Insert;
use rayon::prelude::*;

use super::cells::each_cell;
use super::chain::Stage;
use super::passage::Passage;

/// Thresholds are written for the peak of a sine, 3 dB over its RMS level.
const SINE_OVER_RMS_DB: f64 = 3.0;

/// Places between rest and full range at which a band's gain is worked out. Ours: of 6 dB each is 0.75 dB.
const STEPS: usize = 8;

/// What it does, given the power of the sound and that of its key by cell and band. `None` for any other insert.
pub(super) fn stage(
    insert: &Insert,
    rate_hz: u32,
    cells: usize,
    own: impl Fn(usize, usize) -> Power + Sync,
    key: Option<impl Fn(usize, usize) -> Power + Sync>,
) -> Option<Stage> {
    let settings = insert.settings.as_any().downcast_ref::<DynamicEqSettings>()?;
    let mut grid = vec![Passage::gain(gain_from_db(settings.output_db)); cells * BANDS];
    for (_, band) in settings.band.each().filter(|(_, band)| band.on) {
        let moved = match &key {
            Some(key) if band.ear == Ear::Key => movement(band, rate_hz, cells, key),
            _ => movement(band, rate_hz, cells, &own),
        };
        let gains = gains_db(band, rate_hz);
        grid.par_chunks_exact_mut(BANDS).zip(moved).for_each(|(row, moved)| {
            let place = moved * STEPS as f64;
            let step = (place as usize).min(STEPS - 1);
            let share = place - step as f64;
            for (number, passage) in row.iter_mut().enumerate() {
                let gain_db = (1.0 - share) * gains[step][number] + share * gains[step + 1][number];
                *passage = passage.then(on(band.channel, gain_from_db(gain_db)));
            }
        });
    }
    Some(Stage::Grid(Arc::from(grid)))
}

/// A gain on the part of a stereo sound that a band works on.
fn on(channel: Channel, gain: f64) -> Passage {
    match channel {
        Channel::Both => Passage::gain(gain),
        Channel::Left => Passage::sides(gain, 1.0),
        Channel::Right => Passage::sides(1.0, gain),
        Channel::Mid => Passage::mid_side(gain, 1.0),
        Channel::Side => Passage::mid_side(1.0, gain),
    }
}

/// The gain in dB in each band of the ear's, from rest to as far as it goes.
fn gains_db(band: &DynamicBand, rate_hz: u32) -> [[f64; BANDS]; STEPS + 1] {
    std::array::from_fn(|step| {
        let fixed = band.fixed(step as f64 / STEPS as f64);
        let settings = EqSettings { band: Bands::of(&[fixed]), ..EqSettings::default() };
        let response = EqResponse::new(&settings, rate_hz);
        let highest_hz = 0.49 * f64::from(rate_hz);
        std::array::from_fn(|number| response.gain_db(centre_hz(number).min(highest_hz), band.channel))
    })
}

/// How far a band is moved in every cell, 0 to 1.
fn movement(
    band: &DynamicBand,
    rate_hz: u32,
    cells: usize,
    heard: &(impl Fn(usize, usize) -> Power + Sync),
) -> Vec<f64> {
    let highest_hz = 0.49 * f64::from(rate_hz);
    let hears: [f64; BANDS] =
        std::array::from_fn(|number| band.hears(centre_hz(number).min(highest_hz), rate_hz));
    let left_after = |ms: f64| libm::exp(-1_000.0 / f64::from(CELLS_PER_S) / ms.max(1.0));
    let (out, back) = (left_after(band.attack_ms), left_after(band.release_ms));
    let wanted = each_cell(cells, |cell| {
        // Of two channels the louder counts.
        let (mut left, mut right) = (0.0, 0.0);
        for (number, hears) in hears.iter().enumerate() {
            let power = heard(cell, number);
            left += hears * power.left;
            right += hears * power.right;
        }
        band.moved(db_from_power(f64::max(left, right).max(1e-30)) + SINE_OVER_RMS_DB)
    });
    let mut before: Option<f64> = None;
    wanted
        .into_iter()
        .map(|wanted| {
            let now = before.map_or(wanted, |before| {
                let left = if wanted > before { out } else { back };
                wanted + left * (before - wanted)
            });
            before = Some(now);
            now
        })
        .collect()
}
