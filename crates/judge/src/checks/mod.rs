//! Everything that is looked for: one file each, named as its finding is.

pub mod already_mastered;
pub mod boomy;
pub mod buried_focus;
pub mod channel_delay;
pub mod clicks;
pub mod clipping;
pub mod dc;
pub mod dropout;
pub mod dull;
pub mod flat_contour;
pub mod flat_depth;
pub mod harsh;
pub mod hiss;
pub mod hum;
pub mod leading_silence;
pub mod lopsided;
pub mod lossy_source;
pub mod low_bits;
pub mod low_end_wide;
pub mod low_rate;
pub mod masked_track;
pub mod mono_loss;
pub mod muddy;
pub mod over_limited;
pub mod padded_bits;
pub mod polarity;
pub mod sibilant;
pub mod thin;
pub mod too_dry;
pub mod too_narrow;
pub mod too_quiet;
pub mod too_wet;
pub mod too_wide;
pub mod true_peak;
pub mod truncated_end;
pub mod truncated_start;
pub mod uneven_level;
pub mod upsampled;

use crate::check::Check;

/// Every check, in the order of DESIGN §7.
pub static CHECKS: [Check; 38] = [
    clipping::CHECK,
    true_peak::CHECK,
    over_limited::CHECK,
    too_quiet::CHECK,
    dc::CHECK,
    hum::CHECK,
    hiss::CHECK,
    clicks::CHECK,
    dropout::CHECK,
    muddy::CHECK,
    harsh::CHECK,
    dull::CHECK,
    thin::CHECK,
    boomy::CHECK,
    sibilant::CHECK,
    mono_loss::CHECK,
    polarity::CHECK,
    lopsided::CHECK,
    too_narrow::CHECK,
    too_wide::CHECK,
    low_end_wide::CHECK,
    channel_delay::CHECK,
    truncated_start::CHECK,
    truncated_end::CHECK,
    leading_silence::CHECK,
    lossy_source::CHECK,
    upsampled::CHECK,
    padded_bits::CHECK,
    buried_focus::CHECK,
    masked_track::CHECK,
    uneven_level::CHECK,
    flat_depth::CHECK,
    flat_contour::CHECK,
    too_wet::CHECK,
    too_dry::CHECK,
    low_rate::CHECK,
    low_bits::CHECK,
    already_mastered::CHECK,
];

/// The check with this id.
pub fn check(id: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.id == id)
}
