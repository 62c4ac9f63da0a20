//! Too much between 2 and 4 kHz, where the ear is most sensitive.

use mixkeel_analysis::spectrum::regions::Region;

use crate::causes::{makers, place};
use crate::check::{Case, Check, WHOLE};
use crate::finding::{Finding, Severity};
use crate::tonal::{bump, hertz, raisers};

/// The check.
pub const CHECK: Check = Check { id: "harsh", file: file!(), holds_for: WHOLE, look };

/// By how much the region stands above records and above its neighbours, the lesser of the two. Of eleven sound mixes and
/// records the highest has 1.7.
const THRESHOLD_DB: f64 = 2.0;

/// From here on it is heard as a fault and not as a colour. Ours: twice the 3 dB within which records lie between 200 Hz and
/// 4 kHz (`analysis::spectrum::records`).
const WARN_DB: f64 = 6.0;

fn look(case: &Case<'_>) -> Option<Finding> {
    let found = bump(case, Region::Harsh, THRESHOLD_DB)?;
    let severity = if found.over_db >= WARN_DB { Severity::Warning } else { Severity::Note };
    let tracks = raisers(case.evidence, Region::Harsh, &found.spans);
    let (band, where_) = (hertz(found.band_hz), place(case.evidence, &found.spans));
    let because = format!(
        "between {band}{where_} it stands {:.1} dB above records and what lies beside it: it tires, and a louder master \
         tires more{}",
        found.over_db,
        makers(case.evidence, &tracks, found.band_hz, &found.spans)
    );
    let todo = match tracks.first() {
        Some(first) => format!("cut {} there by 2 to 4 dB, or tame it only where it is loud", first.name),
        None => "find which track it is (guitars, voices, cymbals) and cut that by 2 to 4 dB".to_owned(),
    };
    Some(
        Finding::new("harsh", severity, because, todo)
            .measured(found.over_db, THRESHOLD_DB, "dB")
            .weight(found.over_db / THRESHOLD_DB)
            .band(found.band_hz.0, found.band_hz.1)
            .spans(found.spans)
            .tracks(tracks),
    )
}
