//! What is done to one track: gains over time, by band, and on its sides.

use std::sync::Arc;

use mixkeel_analysis::energy::BANDS;

use super::Place;

/// What one track goes through beside what it goes through already. Factors are of amplitude.
#[derive(Clone, Debug, PartialEq)]
pub struct Treatment {
    /// The whole time.
    pub gain: f64,
    /// In sections, by number.
    pub sections: Vec<(usize, f64)>,
    /// Of every cell; none where it does not move.
    pub ride: Option<Arc<[f64]>>,
    /// In every band.
    pub bands: [f64; BANDS],
    /// On the difference of the sides, the whole time.
    pub side: f64,
    /// On the difference of the sides in sections.
    pub side_sections: Vec<(usize, f64)>,
}

impl Default for Treatment {
    fn default() -> Self {
        Self {
            gain: 1.0,
            sections: Vec::new(),
            ride: None,
            bands: [1.0; BANDS],
            side: 1.0,
            side_sections: Vec::new(),
        }
    }
}

impl Treatment {
    /// Whether it changes nothing but the level.
    pub(super) fn is_level(&self) -> bool {
        self.side == 1.0 && self.side_sections.is_empty() && self.bands.iter().all(|band| *band == 1.0)
    }

    /// The gain of every cell.
    pub(super) fn gains(&self, cells: usize, places: &[Place]) -> Vec<f64> {
        let mut gains = in_sections(self.gain, &self.sections, cells, places);
        if let Some(ride) = &self.ride {
            gains.iter_mut().zip(ride.iter()).for_each(|(gain, ride)| *gain *= ride);
        }
        gains
    }

    /// The factor on the sides of every cell.
    pub(super) fn sides(&self, cells: usize, places: &[Place]) -> Vec<f64> {
        in_sections(self.side, &self.side_sections, cells, places)
    }
}

fn in_sections(always: f64, sections: &[(usize, f64)], cells: usize, places: &[Place]) -> Vec<f64> {
    let mut factors = vec![always; cells];
    for (section, factor) in sections {
        let Some(place) = places.get(*section) else { continue };
        let inside = factors.iter_mut().take(place.cells.end).skip(place.cells.start);
        inside.for_each(|place| *place *= factor);
    }
    factors
}
