//! Too much between 100 and 300 Hz, where instruments lie on top of each other.

use mixkeel_analysis::spectrum::regions::Region;

use crate::causes::{makers, place};
use crate::check::{Case, Check, WHOLE};
use crate::finding::{Finding, Severity};
use crate::tonal::{bump, hertz, raisers};

/// The check.
pub const CHECK: Check = Check { id: "muddy", file: file!(), holds_for: WHOLE, look };

/// By how much the region stands above records and above its neighbours, the lesser of the two. Ours: a mix
/// through a bell of 8 dB at 250 Hz has 2.2. Sound mixes pass it too (of eleven that it was looked at on, a blues reads 5.6
/// and a finished record 4.9), so that it is a note up to [`WARN_DB`].
const THRESHOLD_DB: f64 = 2.0;

/// From here on it is heard as a fault and not as a colour. Ours: twice the 3 dB within which records lie where they differ
/// least (`analysis::spectrum::records`).
const WARN_DB: f64 = 6.0;

fn look(case: &Case<'_>) -> Option<Finding> {
    let found = bump(case, Region::Mud, THRESHOLD_DB)?;
    let severity = if found.over_db >= WARN_DB { Severity::Warning } else { Severity::Note };
    let tracks = raisers(case.evidence, Region::Mud, &found.spans);
    let (band, where_) = (hertz(found.band_hz), place(case.evidence, &found.spans));
    let because = format!(
        "between {band}{where_} it stands {:.1} dB above records and what lies beside it, and covers what makes \
         instruments clear{}",
        found.over_db,
        makers(case.evidence, &tracks, found.band_hz, &found.spans)
    );
    let todo = match tracks.first() {
        Some(first) => format!(
            "turn {} down, or cut it by 2 to 4 dB there with a broad bell; listen in the mix",
            first.name
        ),
        None => "find which of the sustained tracks build up there and cut those by 2 to 4 dB".to_owned(),
    };
    Some(
        Finding::new("muddy", severity, because, todo)
            .measured(found.over_db, THRESHOLD_DB, "dB")
            .weight(found.over_db / THRESHOLD_DB)
            .band(found.band_hz.0, found.band_hz.1)
            .spans(found.spans)
            .tracks(tracks),
    )
}
