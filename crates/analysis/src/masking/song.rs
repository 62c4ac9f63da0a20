//! Who covers whom in a song, from the energy maps of its tracks.

use super::meter::MaskingMeter;
use super::report::MaskingReport;
use crate::energy::{BANDS, Part, Power, lower_hz};
use crate::playback::System;

/// Who covers whom when tracks are played together on a system, with a span from each of these cells of 100 ms to the
/// next. Tracks are taken as unrelated: their powers add up. A group that is one instrument is one part of it heard in
/// several, so its tracks cover each other; sum them first where that is not meant.
pub fn in_song(parts: &[Part], borders: &[usize], system: &System) -> MaskingReport {
    let edges_hz: Vec<f64> = (0..=BANDS).map(lower_hz).collect();
    let mut meter = MaskingMeter::new(parts.len(), &edges_hz, system);
    let cells = parts.iter().map(|part| part.from_cell + part.map.cells()).max().unwrap_or(0);
    let mut powers = vec![Power::default(); parts.len() * BANDS];
    for cell in 0..cells {
        if borders.contains(&cell) {
            meter.end_span();
        }
        for (part, row) in parts.iter().zip(powers.chunks_exact_mut(BANDS)) {
            let own = cell.checked_sub(part.from_cell).filter(|own| *own < part.map.cells());
            for (band, place) in row.iter_mut().enumerate() {
                *place = own.map_or(Power::default(), |own| part.placed(own, band));
            }
        }
        let tracks: Vec<&[Power]> = powers.chunks_exact(BANDS).collect();
        meter.push(&tracks);
    }
    meter.end_span();
    meter.finish()
}
