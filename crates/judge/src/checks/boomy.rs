//! Too much between 40 and 100 Hz, where kick and bass build up.

use mixkeel_analysis::spectrum::regions::Region;

use crate::causes::{makers, place};
use crate::check::{Case, Check, WHOLE};
use crate::finding::{Finding, Severity};
use crate::tonal::{bump, hertz, raisers};

/// The check.
pub const CHECK: Check = Check { id: "boomy", file: file!(), holds_for: WHOLE, look };

/// By how much the region stands above records and above its neighbours, the lesser of the two. Of eleven sound mixes and
/// records the highest has 6.2, a drum kit alone 11.8, and an 808 is meant to.
const THRESHOLD_DB: f64 = 8.0;

/// From here on it is heard as a fault and not as a colour. Ours: more than twice that; a track that stands on an 808 passes
/// 12.
const WARN_DB: f64 = 18.0;

fn look(case: &Case<'_>) -> Option<Finding> {
    let found = bump(case, Region::Boom, THRESHOLD_DB)?;
    let severity = if found.over_db >= WARN_DB { Severity::Warning } else { Severity::Note };
    let tracks = raisers(case.evidence, Region::Boom, &found.spans);
    let (band, where_) = (hertz(found.band_hz), place(case.evidence, &found.spans));
    let because = format!(
        "between {band}{where_} it stands {:.1} dB above records and what lies beside it: every limiter after it will \
         move to the bass{}",
        found.over_db,
        makers(case.evidence, &tracks, found.band_hz, &found.spans)
    );
    let todo = match tracks.first() {
        Some(first) => format!("turn {} down, or let kick and bass have an octave each", first.name),
        None => "turn bass and kick down until they stand beside the rest; check in another room".to_owned(),
    };
    Some(
        Finding::new("boomy", severity, because, todo)
            .measured(found.over_db, THRESHOLD_DB, "dB")
            .weight(found.over_db / THRESHOLD_DB)
            .band(found.band_hz.0, found.band_hz.1)
            .spans(found.spans)
            .tracks(tracks),
    )
}
