//! Headroom: room over the highest sample of the mix.
//!
//! **Measure.** Full scale over the highest sample, in dB. **Limits.** None; but headroom is a convenience for whoever masters, not
//! a quality.

use super::{Case, Foreseen};

/// Peaks are samples; only a render has them.
pub const FORESEEN: Foreseen = Foreseen::Rendered;

/// dB under full scale.
pub fn measure(case: &Case<'_>) -> Result<f64, String> {
    case.of.heard.sample_peak_dbfs().map(|peak| -peak).ok_or_else(|| case.of.silent())
}
