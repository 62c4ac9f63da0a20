//! So low that word length or noise begins to matter.

use crate::check::{ALWAYS, Case, Check};
use crate::finding::{Finding, Severity};

/// The check.
pub const CHECK: Check = Check { id: "too-quiet", file: file!(), holds_for: ALWAYS, look };

/// Bits that are left of a word below its highest peak before its own noise can be heard once it is turned up. Ours: 12
/// bits leave 74 dB, the noise of a quiet room under a loud record.
const LEAST_BITS: f64 = 12.0;

/// A bit is so many decibels.
const DB_PER_BIT: f64 = 6.02;

/// Below this a listener reaches for the knob. Services play at −14 and raise no further than peaks allow
/// (Spotify: to −1 dBTP).
const QUIET_MASTER_LUFS: f64 = -20.0;

/// Below this a mix is told, though a float file loses nothing.
const QUIET_MIX_LUFS: f64 = -35.0;

fn look(case: &Case<'_>) -> Option<Finding> {
    let sound = &case.evidence.sound;
    let peak = sound.levels.sample_peak_dbfs()?;
    if let Some(file) = case.evidence.file.as_ref().filter(|file| !file.float)
        && let Some(bits) = file.bits
    {
        let left = f64::from(bits) + peak / DB_PER_BIT;
        if left < LEAST_BITS {
            let because = format!(
                "its peaks reach {peak:.1} dBFS, which leaves {left:.0} of {bits} bits: turned up, its rounding is heard"
            );
            let todo = "export it again as 24-bit or 32-bit float; nothing else has to change";
            let finding = Finding::new("too-quiet", Severity::Warning, because, todo);
            return Some(finding.measured(left, LEAST_BITS, "bits").weight(LEAST_BITS - left + 1.0));
        }
    }
    let lufs = sound.loudness.integrated_lufs?;
    let least = if case.for_release() { QUIET_MASTER_LUFS } else { QUIET_MIX_LUFS };
    if lufs >= least {
        return None;
    }
    let because = if case.for_release() {
        format!("at {lufs:.1} LUFS it will be quieter than what plays before and after it")
    } else {
        format!("at {lufs:.1} LUFS it is quiet; nothing is lost, it only has to be turned up")
    };
    let todo =
        if case.for_release() { "raise it, as far as its peaks allow" } else { "nothing has to be done" };
    Some(
        Finding::new("too-quiet", Severity::Note, because, todo)
            .measured(lufs, least, "LUFS")
            .weight((least - lufs) / 6.0),
    )
}
