//! One channel later than the other.

use crate::check::{ALWAYS, Case, Check};
use crate::finding::{Finding, Severity};

/// The check.
pub const CHECK: Check = Check { id: "channel-delay", file: file!(), holds_for: ALWAYS, look };

/// From here on mono has a hole within hearing: 0.1 ms puts the first at 5 kHz.
const THRESHOLD_MS: f64 = 0.1;

/// How much of the spectrum has to agree. `analysis::stereo`: below 0.3 the delay means little; what is panned and recorded
/// with two microphones agrees less.
const LEAST_CONFIDENCE: f64 = 0.35;

fn look(case: &Case<'_>) -> Option<Finding> {
    let sound = &case.evidence.sound;
    let delay = sound.stereo.delay?;
    let late_ms = delay.right_later_frames * 1_000.0 / f64::from(sound.rate_hz.max(1));
    if late_ms.abs() < THRESHOLD_MS || delay.confidence < LEAST_CONFIDENCE {
        return None;
    }
    let side = if late_ms > 0.0 { "right" } else { "left" };
    let because = format!(
        "the {side} channel is {:.2} ms late ({:.1} samples): the middle leans to the other side, and mono has holes from \
         {:.0} Hz up",
        late_ms.abs(),
        delay.right_later_frames.abs(),
        500.0 / late_ms.abs()
    );
    let todo = "look for a plug-in on one channel only, or a stereo file whose sides have slipped; move the late one forward";
    Some(
        Finding::new("channel-delay", Severity::Warning, because, todo)
            .measured(late_ms.abs(), THRESHOLD_MS, "ms")
            .weight(late_ms.abs() / THRESHOLD_MS),
    )
}
