//! Too little above 5 kHz.

use crate::check::{Case, Check, WHOLE};
use crate::finding::{Finding, Severity};
use crate::tonal::balance_db;

/// The check.
pub const CHECK: Check = Check { id: "dull", file: file!(), holds_for: WHOLE, look };

/// What is looked at: brilliance and air.
const BAND_HZ: (f64, f64) = (4_800.0, 13_000.0);

/// By how much less it is than in records, re 200 Hz to 2 kHz. Ours: the tolerance of records there is 3.5 to 5.5 dB; twice
/// that is a blanket over the loudspeakers, except where nobody plays anything bright.
const THRESHOLD_DB: f64 = 10.0;

fn look(case: &Case<'_>) -> Option<Finding> {
    let below_db = -balance_db(&case.evidence.sound.spectrum.whole(), BAND_HZ.0, BAND_HZ.1)?;
    if below_db < THRESHOLD_DB {
        return None;
    }
    let because = format!(
        "above 5 kHz it lies {below_db:.0} dB below records of the same middle: cymbals, breath and consonants are hardly \
         there, and raising all of it in the master raises noise first"
    );
    let todo = "open the top of the tracks that have one (cymbals, voice, strings) or turn those up; if nothing bright \
                plays, leave it";
    Some(
        Finding::new("dull", Severity::Warning, because, todo)
            .measured(-below_db, -THRESHOLD_DB, "dB")
            .weight(below_db / THRESHOLD_DB)
            .band(BAND_HZ.0, BAND_HZ.1),
    )
}
