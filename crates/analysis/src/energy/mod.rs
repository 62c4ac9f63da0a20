//! Where the sound of a track lies in time and frequency, small enough to keep for every track of a song, and exact enough
//! that what a sum of tracks measures can be told without playing it.

mod bands;
mod code;
mod cross;
mod map;
mod meter;
mod sum;

pub(crate) use bands::Shares;
pub use bands::{BANDS, centre_hz, lower_hz};
pub(crate) use code::{code_from_power, power_from_code};
pub use cross::{CrossMap, CrossMeter};
pub use map::{CELLS_PER_S, EnergyMap, Power, nominal_k_gain};
pub use meter::EnergyMeter;
pub(crate) use meter::{EnergyBuilder, cell_frames, cells_of};
pub use sum::{Crossing, Part, Sum, cell_from_seconds, sum};
