//! Audible: how much of its loudness level the rest takes.
//!
//! **Measure.** Loudness level alone less that within everything else (ANSI S3.4-2007, partial loudness), on the playback
//! system, over the moments in which it sounds, in phon. **Limits.** The model knows no words: a voice that keeps half its
//! loudness may still be hard to understand.

use super::{Case, Foreseen};

/// Told from profiles: powers by band and time are all that it needs.
pub const FORESEEN: Foreseen = Foreseen::Forecast;

/// Phon that the rest takes.
pub fn measure(case: &Case<'_>) -> Result<f64, String> {
    let side = &case.of;
    let on = case.on.unwrap_or("reference");
    let audibility = side.heard.audibility(side.who, side.place, on).ok_or_else(|| match case.on {
        Some(on) if side.lufs().is_ok() => {
            format!("nothing of {} reaches the threshold of hearing on {on}, even alone", side.who)
        }
        _ => side.silent(),
    })?;
    Ok(audibility.alone_phon - audibility.within_phon)
}
