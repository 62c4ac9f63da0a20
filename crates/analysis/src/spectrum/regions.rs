//! The regions that engineers have words for, and how far each stands above its neighbours and above records.

use serde::{Deserialize, Serialize};

use super::Span;
use super::records::mean;
use super::third_octave::{BANDS, NOMINAL_HZ};

/// A region of the spectrum. The edges of mud, box, nose, harshness and sibilance are those of practice; the others fill
/// what they leave at both ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Region {
    /// 20 to 40 Hz: felt, hardly heard, and costs headroom.
    Rumble,
    /// 40 to 100 Hz: where kick and bass build up.
    Boom,
    /// 100 to 300 Hz.
    Mud,
    /// 300 to 500 Hz.
    Box,
    /// 1 to 1.5 kHz.
    Nose,
    /// 2 to 4 kHz.
    Harsh,
    /// 4 to 10 kHz.
    Sibilant,
    /// 10 to 20 kHz.
    Air,
}

/// How strong a region is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegionLevel {
    /// Which.
    pub region: Region,
    /// By how much its third octaves stand above those of records, in dB, when all that lies outside it is brought to
    /// the same level.
    pub over_records_db: f64,
    /// By how much they stand above what lies two to six third octaves away to either side, in dB, the slope of records
    /// allowed for. The nearest band is left out: a broad bell raises it too.
    pub over_neighbours_db: f64,
}

impl Region {
    /// All of them, from the bass up.
    pub const ALL: [Region; 8] = [
        Region::Rumble,
        Region::Boom,
        Region::Mud,
        Region::Box,
        Region::Nose,
        Region::Harsh,
        Region::Sibilant,
        Region::Air,
    ];

    /// Its edges in hertz.
    pub fn edges_hz(self) -> (f64, f64) {
        match self {
            Region::Rumble => (20.0, 40.0),
            Region::Boom => (40.0, 100.0),
            Region::Mud => (100.0, 300.0),
            Region::Box => (300.0, 500.0),
            Region::Nose => (1_000.0, 1_500.0),
            Region::Harsh => (2_000.0, 4_000.0),
            Region::Sibilant => (4_000.0, 10_000.0),
            Region::Air => (10_000.0, 20_001.0),
        }
    }

    /// Whether the middle of a third octave lies within.
    pub fn holds(self, band: usize) -> bool {
        let (from_hz, to_hz) = self.edges_hz();
        NOMINAL_HZ.get(band).is_some_and(|freq_hz| (from_hz..to_hz).contains(freq_hz))
    }

    /// Whether a third octave lies two to six away from one of the region, and so beside it.
    pub fn neighbours(self, band: usize) -> bool {
        let near = |distance: usize| {
            band.checked_sub(distance).is_some_and(|below| self.holds(below))
                || (band + distance < BANDS && self.holds(band + distance))
        };
        !self.holds(band) && (2..=6).any(near)
    }
}

impl Span {
    /// The level of every region in which there is sound, from the bass up.
    pub fn regions(&self) -> Vec<RegionLevel> {
        let over = self.over_records_db();
        let of = |region: Region| {
            let inside = mean(&over, |band| region.holds(band).then_some(1.0))?;
            let outside = mean(&over, |band| {
                let tolerance = super::records::tolerance_db(band);
                (!region.holds(band)).then_some(1.0 / (tolerance * tolerance))
            })?;
            let beside = mean(&over, |band| region.neighbours(band).then_some(1.0))?;
            let (over_records_db, over_neighbours_db) = (inside - outside, inside - beside);
            Some(RegionLevel { region, over_records_db, over_neighbours_db })
        };
        Region::ALL.into_iter().filter_map(of).collect()
    }
}
