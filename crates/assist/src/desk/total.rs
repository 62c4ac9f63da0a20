//! What all tracks of a desk excite together: summed once as it was made, and from there only what is turned is exchanged.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use mixkeel_analysis::masking::{Cochlea, Pattern};

use super::Desk;
use super::sounding::Sounding;

/// What all tracks excited as the desk was made, and the noise: by playback system and cell.
#[derive(Debug, Default)]
pub(super) struct Totals(Mutex<BTreeMap<(usize, usize), Arc<Pattern>>>);

impl Totals {
    fn of(&self, tracks: &[Arc<Sounding>], on: (usize, &Cochlea), cell: usize) -> Arc<Pattern> {
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known().get(&(on.0, cell)) {
            return known.clone();
        }
        let mut total = on.1.noise().clone();
        tracks.iter().for_each(|track| total.add(&track.pattern(on, cell)));
        let total = Arc::new(total);
        known().insert((on.0, cell), total.clone());
        total
    }
}

impl Desk {
    /// What all tracks and the noise excite in one cell.
    pub(super) fn total(&self, on: (usize, &Cochlea), cell: usize) -> Pattern {
        let mut total = Pattern::clone(&self.base.totals.of(&self.base.tracks, on, cell));
        for (now, was) in
            self.tracks.iter().zip(&self.base.tracks).filter(|(now, was)| !Arc::ptr_eq(now, was))
        {
            total.take(&was.pattern(on, cell));
            total.add(&now.pattern(on, cell));
        }
        total
    }

    /// The ears on a playback system, and its number.
    pub(super) fn ears(&self, system: &str) -> Option<(usize, &Cochlea)> {
        let ears = self.base.ears.iter().enumerate();
        ears.filter(|(_, (id, _))| *id == system).map(|(number, (_, cochlea))| (number, cochlea)).next()
    }
}
