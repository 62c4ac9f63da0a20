//! A channel, or its low end, that moves against the other.

use crate::check::{ALWAYS, Case, Check, Destination};
use crate::evidence::Evidence;
use crate::finding::{Finding, Severity};
use crate::sides::{LOW_HZ, between, by_side, part, side_to_mid};

/// The check.
pub const CHECK: Check = Check { id: "polarity", file: file!(), holds_for: ALWAYS, look };

/// Side over mid, as a factor of power, from which the channels cancel more than they add: 2.5 is a correlation of −0.43. A
/// steady correlation below 0 is loss (mixing practice); widened records touch 1.
const THRESHOLD: f64 = 2.5;

/// From here on (a correlation of −0.6) it is no width any more. Ours.
const CERTAIN: f64 = 4.0;

/// Lows that hold less of the sound than this are not worth telling: −20 dB.
const LEAST_PART: f64 = 0.01;

/// Whether the channels as a whole are against each other.
pub fn whole_is_inverted(evidence: &Evidence) -> bool {
    side_to_mid(&evidence.sound.spectrum.whole().all_bands()).is_some_and(|ratio| ratio >= THRESHOLD)
}

/// Whether their lows are.
pub fn low_is_inverted(evidence: &Evidence) -> bool {
    let whole = evidence.sound.spectrum.whole();
    let low = between(&whole, LOW_HZ);
    side_to_mid(&low).is_some_and(|ratio| ratio >= THRESHOLD) && part(&low, &whole) >= LEAST_PART
}

fn look(case: &Case<'_>) -> Option<Finding> {
    let evidence = case.evidence;
    let whole = evidence.sound.spectrum.whole();
    // A recording of two microphones may be whatever it is; whoever mixes will look at it.
    let severity = |ratio: f64| {
        if ratio >= CERTAIN && case.destination != Destination::Mixing {
            Severity::Blocker
        } else {
            Severity::Warning
        }
    };
    if whole_is_inverted(evidence) {
        let pair = whole.all_bands();
        let (ratio, correlation) = (side_to_mid(&pair)?, pair.correlation()?);
        let because = format!(
            "left and right are against each other (correlation {correlation:.2}): in mono most of it is gone, and on \
             loudspeakers it has no middle"
        );
        let todo =
            "turn the polarity of one channel of what is inverted, or take off the widener; check in mono";
        return Some(
            Finding::new("polarity", severity(ratio), because, todo)
                .measured(correlation, 0.0, "correlation")
                .weight(ratio / THRESHOLD)
                .tracks(by_side(evidence, (20.0, 20_000.0))),
        );
    }
    if !low_is_inverted(evidence) {
        return None;
    }
    let low = between(&whole, LOW_HZ);
    let (ratio, correlation) = (side_to_mid(&low)?, low.correlation()?);
    let because = format!(
        "below 130 Hz left and right are against each other (correlation {correlation:.2}): clubs and small speakers play \
         lows in mono, and there they are gone"
    );
    let todo = "turn the polarity of one channel of bass or kick, or make them mono below 120 Hz";
    Some(
        Finding::new("polarity", severity(ratio), because, todo)
            .measured(correlation, 0.0, "correlation")
            .weight(ratio / THRESHOLD)
            .band(LOW_HZ.0, LOW_HZ.1)
            .tracks(by_side(evidence, LOW_HZ)),
    )
}
