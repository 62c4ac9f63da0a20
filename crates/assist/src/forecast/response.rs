//! What a processor's own curve means in the bands of energy maps.

use mixkeel_analysis::energy::{BANDS, centre_hz, lower_hz};
use mixkeel_dsp::curve::{Axis, Curve};
use mixkeel_dsp::units::power_from_db;

/// The response of this name.
pub(super) fn response<'c>(curves: &'c [Curve], of: &str) -> Option<&'c Curve> {
    curves.iter().find(|curve| curve.axis == Axis::ResponseDb && curve.of == of)
}

/// The amplitude factor in each band: the root of the mean power over the points of the curve that lie within the band,
/// which is exact for sound that has as much energy in each part of it.
pub(super) fn by_band(curve: &Curve) -> [f64; BANDS] {
    std::array::from_fn(|band| {
        let (from_hz, to_hz) = (lower_hz(band), lower_hz(band + 1));
        let inside = curve.points.iter().filter(|(hz, _)| *hz >= from_hz && *hz < to_hz);
        let (count, sum) =
            inside.fold((0_u32, 0.0), |(count, sum), (_, db)| (count + 1, sum + power_from_db(*db)));
        if count > 0 {
            (sum / f64::from(count)).sqrt()
        } else {
            power_from_db(nearest(curve, centre_hz(band))).sqrt()
        }
    })
}

/// The value at the point nearest to a frequency.
fn nearest(curve: &Curve, freq_hz: f64) -> f64 {
    let after = curve.points.partition_point(|(hz, _)| *hz < freq_hz);
    let before = after.checked_sub(1).and_then(|before| curve.points.get(before));
    match (before, curve.points.get(after)) {
        (Some(low), Some(high)) if freq_hz - low.0 < high.0 - freq_hz => low.1,
        (_, Some(high)) => high.1,
        (Some(low), None) => low.1,
        (None, None) => 0.0,
    }
}

/// What a static curve adds to a level in dB: straight between its points, beyond its ends as at them.
pub(super) fn gain_db(levels: &Curve, level_dbfs: f64) -> f64 {
    let points = levels.points.as_slice();
    let after = points.partition_point(|(level, _)| *level <= level_dbfs);
    match (after.checked_sub(1).and_then(|before| points.get(before)), points.get(after)) {
        (Some(&(low, out_low)), Some(&(high, out_high))) => {
            let part = (level_dbfs - low) / (high - low);
            (out_low - low) + part * ((out_high - high) - (out_low - low))
        }
        (Some(&(low, out)), None) | (None, Some(&(low, out))) => out - low,
        (None, None) => 0.0,
    }
}
