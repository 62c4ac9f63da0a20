//! Tracks as they stand in the mix: carried through the buses that they feed.
//!
//! A strip is measured as it leaves its fader. What its bus does to it after that (equaliser, compressor, width, fader and its
//! lanes) is what leaves the bus over what the bus is given, cell by cell and band by band, in the middle and on the sides.
//! That is exact for all that works alike on everything in a band; a pan of a bus counts by its power alone.

use std::collections::BTreeMap;

use super::gathered::StripInfo;
use super::strip::{StripKind, StripReading};
use mixkeel_analysis::energy::{BANDS, Power, nominal_k_gain};

/// Under this power nothing is said of what a bus does to a band (−120 dBFS). Ours: noise of single precision lies there.
const NOTHING: f64 = 1e-12;

/// No bus counts as raising anything by more, in power (40 dB). Ours: what it is given is then next to nothing.
const MOST: f64 = 1e4;

/// Where one of middle and sides has less than this part of a band, what happens to it cannot be told (−40 dB). Ours.
const PART: f64 = 1e-4;

/// K-weighting is nearly the same at all rates of music.
const RATE_HZ: u32 = 48_000;

/// Readings of tracks as they come out of their buses. `given` is what buses are given, by the bus; a bus that is not among them
/// passes everything as it is.
pub(super) fn through_buses(
    mut strips: Vec<(StripInfo, StripReading)>,
    given: &[(String, StripReading)],
) -> Vec<(StripInfo, StripReading)> {
    let of_strip = |id: &str| strips.iter().find(|(info, _)| info.id == id);
    let gains: BTreeMap<&str, BusGain> = given
        .iter()
        .filter_map(|(id, given)| Some((id.as_str(), BusGain::of(given, &of_strip(id)?.1))))
        .collect();
    let leads_to: BTreeMap<String, String> = strips
        .iter()
        .filter(|(info, _)| info.kind == StripKind::Bus)
        .map(|(info, _)| (info.id.clone(), info.to.clone()))
        .collect();
    if gains.is_empty() {
        return strips;
    }
    for (info, reading) in strips.iter_mut().filter(|(info, _)| info.kind == StripKind::Track) {
        let before = reading.contour.integrated_lufs();
        let mut at = &info.to;
        // No chain of buses is longer than there are buses.
        for _ in 0..leads_to.len() {
            if let Some(gain) = gains.get(at.as_str()) {
                gain.turn(reading);
            }
            let Some(next) = leads_to.get(at) else { break };
            at = next;
        }
        let by_db =
            before.zip(reading.contour.integrated_lufs()).map_or(0.0, |(before, after)| after - before);
        shift(reading, by_db);
        // Sends leave ahead of the buses, and are told re what the track is in the mix.
        info.sends.iter_mut().for_each(|send| send.level_db -= by_db);
    }
    strips
}

/// What a bus does to what it is given, as factors of power.
struct BusGain {
    /// For each kept cell and band: in the middle, and on the sides.
    cells: Vec<(f64, f64)>,
    /// For each second and band.
    seconds: Vec<f32>,
}

impl BusGain {
    fn of(given: &StripReading, leaves: &StripReading) -> Self {
        let cells = given.cells.iter().zip(&leaves.cells);
        let seconds = given.seconds.iter().zip(&leaves.seconds);
        let factor = |given: &f32, leaves: &f32| {
            if f64::from(*given) > NOTHING { (leaves / given).min(MOST as f32) } else { 1.0 }
        };
        Self {
            cells: cells.map(|(given, leaves)| middle_and_sides(power(*given), power(*leaves))).collect(),
            seconds: seconds.map(|(given, leaves)| factor(given, leaves)).collect(),
        }
    }

    fn turn(&self, reading: &mut StripReading) {
        let k_gains: [f64; BANDS] = std::array::from_fn(|band| f64::from(nominal_k_gain(RATE_HZ, band)));
        let mut loudness = Vec::with_capacity(reading.cells.len() / BANDS);
        for (row, gains) in reading.cells.chunks_mut(BANDS).zip(self.cells.chunks(BANDS)) {
            let (mut was, mut is) = (0.0, 0.0);
            for ((cell, gain), k_gain) in row.iter_mut().zip(gains).zip(&k_gains) {
                let own = power(*cell);
                let turned = turned(own, *gain);
                was += k_gain * (own.left + own.right);
                is += k_gain * (turned.left + turned.right);
                *cell = [turned.left as f32, turned.right as f32, turned.cross as f32];
            }
            loudness.push(if was > NOTHING { is / was } else { 1.0 });
        }
        let every = reading.every.max(1);
        for (step, kept) in reading.contour.powers.iter_mut().enumerate() {
            *kept *= loudness.get(step / every).copied().unwrap_or(1.0) as f32;
        }
        reading.seconds.iter_mut().zip(&self.seconds).for_each(|(kept, gain)| *kept *= gain);
    }
}

/// What is known of a reading as one figure goes by as much as it is louder as a whole.
fn shift(reading: &mut StripReading, by_db: f64) {
    let figures = &mut reading.loudness;
    for figure in [
        &mut reading.sample_peak_dbfs,
        &mut figures.integrated_lufs,
        &mut figures.max_momentary_lufs,
        &mut figures.max_short_term_lufs,
    ] {
        *figure = figure.map(|db| db + by_db);
    }
}

fn power([left, right, cross]: [f32; 3]) -> Power {
    Power { left: f64::from(left), right: f64::from(right), cross: f64::from(cross) }
}

/// The power of the middle and of the sides, each a quarter of that of the sum and of the difference.
fn parts(power: Power) -> (f64, f64) {
    let both = power.left + power.right;
    (((both + 2.0 * power.cross) / 4.0).max(0.0), ((both - 2.0 * power.cross) / 4.0).max(0.0))
}

/// By how much a bus turns the middle and the sides of one band in one cell.
fn middle_and_sides(given: Power, leaves: Power) -> (f64, f64) {
    let (all_given, all_left) = (given.left + given.right, leaves.left + leaves.right);
    if all_given <= NOTHING {
        return (1.0, 1.0);
    }
    let all = (all_left / all_given).min(MOST);
    let ((middle, sides), (middle_left, sides_left)) = (parts(given), parts(leaves));
    // Where there is too little of one to tell, both are turned alike; so they are where one came out of nothing.
    let told = |part: f64, left: f64| {
        let enough = part > PART * (middle + sides) && part > NOTHING;
        enough.then(|| (left / part).min(MOST))
    };
    match (told(middle, middle_left), told(sides, sides_left)) {
        (Some(middle), Some(sides)) => (middle, sides),
        _ => (all, all),
    }
}

/// A power with its middle and its sides turned.
fn turned(power: Power, (of_middle, of_sides): (f64, f64)) -> Power {
    let (middle, sides) = parts(power);
    let (middle, sides) = (middle * of_middle, sides * of_sides);
    // What left has more than right is four times what middle and sides have in common.
    let leaning = (power.left - power.right) / 2.0 * (of_middle * of_sides).sqrt();
    let both = middle + sides;
    Power { left: (both + leaning).max(0.0), right: (both - leaning).max(0.0), cross: middle - sides }
}

#[cfg(test)]
mod tests {
    use mixkeel_analysis::loudness::LoudnessContour;
    use mixkeel_dsp::units::db_from_power;
    use mixkeel_session::role::Role;

    use super::super::strip::SendLevel;
    use super::*;

    fn info(id: &str, kind: StripKind, to: &str) -> StripInfo {
        StripInfo {
            id: id.to_owned(),
            name: id.to_owned(),
            kind,
            role: Role::Unknown,
            in_focus: false,
            to: to.to_owned(),
            sends: Vec::new(),
        }
    }

    /// Ten cells of the same power in every band.
    fn reading(cell: [f32; 3]) -> StripReading {
        let k_weighted: f64 = (0..BANDS)
            .map(|band| f64::from(nominal_k_gain(RATE_HZ, band)) * f64::from(cell[0] + cell[1]))
            .sum();
        let contour = LoudnessContour { powers: vec![k_weighted as f32; 10] };
        StripReading {
            loudness: Default::default(),
            sample_peak_dbfs: Some(-6.0),
            seconds: vec![cell[0] + cell[1]; BANDS],
            every: 1,
            cells: vec![cell; 10 * BANDS],
            contour,
        }
    }

    fn carried(track: [f32; 3], buses: &[(&str, &str, [f32; 3], [f32; 3])]) -> (StripInfo, StripReading) {
        let mut voice = info("voice", StripKind::Track, buses[0].0);
        voice.sends = vec![SendLevel { to: "room".to_owned(), level_db: -12.0 }];
        let mut strips = vec![(voice, reading(track))];
        strips
            .extend(buses.iter().map(|(id, to, _, leaves)| (info(id, StripKind::Bus, to), reading(*leaves))));
        let given: Vec<(String, StripReading)> =
            buses.iter().map(|(id, _, given, _)| ((*id).to_owned(), reading(*given))).collect();
        through_buses(strips, &given).swap_remove(0)
    }

    fn near(cell: [f32; 3], wanted: [f32; 3]) {
        for (is, wanted) in cell.iter().zip(wanted) {
            assert!((is - wanted).abs() < 1e-5 * wanted.abs().max(1e-6), "{cell:?}, wanted {wanted:?}");
        }
    }

    #[test]
    fn a_track_is_as_much_softer_as_its_bus_and_the_bus_of_that() {
        let half = |cell: [f32; 3]| cell.map(|power| power / 2.0);
        let all = [0.02, 0.02, 0.01];
        let (info, once) = carried([1e-3, 2e-3, 5e-4], &[("band", "master", all, half(all))]);
        assert!(
            (info.sends[0].level_db + 12.0 - db_from_power(2.0)).abs() < 0.01,
            "it sends as much as it did"
        );
        near(once.cells[7], [5e-4, 1e-3, 2.5e-4]);
        assert!((once.sample_peak_dbfs.unwrap() + 6.0 + db_from_power(2.0)).abs() < 0.01);
        near([once.seconds[3], 1.0, 1.0], [1.5e-3, 1.0, 1.0]);
        let buses = [("band", "all", all, half(all)), ("all", "master", half(all), half(half(all)))];
        let (_, twice) = carried([1e-3, 2e-3, 5e-4], &buses);
        near(twice.cells[0], [2.5e-4, 5e-4, 1.25e-4]);
        assert!((twice.contour.powers[4] / once.contour.powers[4] - 0.5).abs() < 1e-5);
    }

    #[test]
    fn a_bus_made_narrower_makes_its_tracks_narrower() {
        // Middle 0.015, sides 0.005; half as wide: sides a quarter.
        let (given, leaves) = ([0.02, 0.02, 0.01], [0.016_25, 0.016_25, 0.013_75]);
        let (_, track) = carried([1e-3, 1e-3, 0.0], &[("band", "master", given, leaves)]);
        near(track.cells[0], [6.25e-4, 6.25e-4, 3.75e-4]);
    }

    #[test]
    fn what_a_bus_is_not_given_and_buses_that_nobody_asks_about_change_nothing() {
        let own = [1e-3, 2e-3, 5e-4];
        near(carried(own, &[("band", "master", [0.0; 3], [0.0; 3])]).1.cells[0], own);
        let strips = vec![(info("voice", StripKind::Track, "band"), reading(own))];
        near(through_buses(strips, &[]).swap_remove(0).1.cells[0], own);
    }

    #[test]
    fn a_bus_that_makes_stereo_of_mono_counts_by_its_power() {
        // Panned: half of the power is gone, and all of the rest is on the left.
        let (_, track) = carried([1e-3; 3], &[("band", "master", [0.02; 3], [0.02, 0.0, 0.0])]);
        near(track.cells[0], [5e-4; 3]);
    }
}
