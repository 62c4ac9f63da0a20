//! As good as mono.

use crate::check::{Case, Check, WHOLE};
use crate::finding::{Finding, Severity};
use crate::sides::side_to_mid;

/// The check.
pub const CHECK: Check = Check { id: "too-narrow", file: file!(), holds_for: WHOLE, look };

/// Side over mid below which no width is heard, as a factor of power: −24 dB. Ours: records stand between −14 and −4 dB.
const THRESHOLD: f64 = 0.004;

fn look(case: &Case<'_>) -> Option<Finding> {
    let pair = case.evidence.sound.spectrum.whole().all_bands();
    let mono = case.evidence.sound.channels == mixkeel_dsp::block::Channels::Mono;
    let ratio = if mono { 0.0 } else { side_to_mid(&pair)? };
    if ratio > THRESHOLD {
        return None;
    }
    let db = |ratio: f64| mixkeel_dsp::units::db_from_power(ratio.max(1e-9));
    let because = if ratio < 1e-7 {
        "both sides are the same: it is mono. If that is meant, all is well".to_owned()
    } else {
        format!(
            "the sides lie {:.0} dB under the middle: it is as good as mono. If that is meant, all is well",
            -db(ratio)
        )
    };
    let todo = "pan what plays together to different sides, and give the room two channels";
    // How wide a song is, is its own affair.
    Some(
        Finding::new("too-narrow", Severity::Note, because, todo)
            .measured(db(ratio), db(THRESHOLD), "dB side to mid")
            .weight(1.0),
    )
}
