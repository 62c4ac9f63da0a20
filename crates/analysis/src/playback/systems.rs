//! The playback systems a mix is tried on, and where their figures come from.

use super::{Folding, PlaybackLevel, System};
use crate::masking::Field;

/// A flat system in silence, a channel an ear, at the calibrated level: what masking is measured on unless asked
/// otherwise.
pub const REFERENCE: System = System {
    id: "reference",
    name: "a flat system in silence",
    response_db: &[(20.0, 0.0), (20_000.0, 0.0)],
    folding: Folding::Headphones,
    field: Field::Free,
    noise_db_spl: &[],
    level: PlaybackLevel::K20,
    response_source: "flat by definition",
    place_source: "K-20 by definition; no noise",
};

/// All systems, from the smallest to the largest.
pub const SYSTEMS: &[System] = &[];

/// The system of this id, the [reference](REFERENCE) among them.
pub fn find(id: &str) -> Option<&'static System> {
    const REFERENCE_SYSTEM: &System = &REFERENCE;
    SYSTEMS.iter().chain([REFERENCE_SYSTEM]).find(|system| system.id == id)
}
