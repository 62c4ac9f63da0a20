//! Programme loudness after ITU-R BS.1770-5 (11/2023), Annex 1, in the order of its clauses: filter, mean square, gate; and
//! loudness range after EBU Tech 3342.

mod filter;
pub mod gating;
pub mod kweight;
pub mod layout;
mod meter;
pub mod range;
mod surround;
mod windows;

pub use meter::LoudnessMeter;
pub use surround::SurroundMeter;
pub(crate) use windows::{BLOCK_STEPS, SHORT_TERM_STEPS};
pub use windows::{LoudnessContour, LoudnessReading};

use mixkeel_dsp::units::db_from_power;

/// The constant of BS.1770-5, Annex 1, equation 2: it cancels the gain of the weighting at 997 Hz, so that a full-scale
/// 997 Hz sine in one front channel reads −3.01 LKFS.
pub const OFFSET_LU: f64 = -0.691;

/// The loudness in LUFS of a K-weighted power summed over channels (left and right weigh 1.0). `None` for silence.
pub fn lufs_from_power(power: f64) -> Option<f64> {
    (power > 0.0).then(|| OFFSET_LU + db_from_power(power))
}
