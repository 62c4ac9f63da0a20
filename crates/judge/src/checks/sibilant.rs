//! S and sh that jump out.

use mixkeel_session::role::Role;

use crate::causes::{by_energy, holders};
use crate::check::{Case, Check, WHOLE};
use crate::finding::{Finding, Severity};

/// The check.
pub const CHECK: Check = Check { id: "sibilant", file: file!(), holds_for: WHOLE, look };

/// Where sibilants lie.
const BAND_HZ: (f64, f64) = (4_000.0, 10_000.0);

/// How loud a burst is re the mean of everything above 562 Hz. Ours: one as loud as all of that together jumps out; those of
/// sound mixes and records stay 3 dB below it on the mean.
const THRESHOLD_DB: f64 = 1.5;

/// Fewer bursts a minute are single moments, more are a hi-hat.
const LEAST_PER_MINUTE: f64 = 4.0;
/// See [`LEAST_PER_MINUTE`].
const MOST_PER_MINUTE: f64 = 150.0;

fn look(case: &Case<'_>) -> Option<Finding> {
    let sound = &case.evidence.sound;
    let sibilance = sound.spectrum.bursts.sibilance(0.0..f64::INFINITY);
    // A hi-hat is a burst too, and a softer one: only what jumps out is counted.
    let out: Vec<_> = sibilance.bursts.iter().filter(|burst| burst.level_db >= THRESHOLD_DB).collect();
    let loud: Vec<[f64; 2]> = out.iter().map(|burst| [burst.at_s, burst.at_s + burst.length_s]).collect();
    let per_minute = loud.len() as f64 / (sound.length_s() / 60.0).max(0.1);
    if !(LEAST_PER_MINUTE..MOST_PER_MINUTE).contains(&per_minute) {
        return None;
    }
    let level_db = out.iter().map(|burst| burst.level_db).sum::<f64>() / out.len() as f64;
    let tracks = by_energy(case.evidence, BAND_HZ, &loud);
    // In a file a clap or a hi-hat may be what is heard; only where a voice is known to cause it, it is more than a remark.
    let voice = |id: &str| {
        let role = case.evidence.track(id).map(|strip| strip.role);
        matches!(role, Some(Role::LeadVocal | Role::VocalDouble | Role::BackingVocal | Role::AdLib))
    };
    let by_voice = tracks.first().is_some_and(|first| voice(&first.id));
    let severity = if by_voice { Severity::Warning } else { Severity::Note };
    let because = format!(
        "{} bursts between 4 and 10 kHz stand {level_db:.1} dB above all the rest over 560 Hz; brightening and limiting \
         in the master sharpen them{}",
        loud.len(),
        holders(&tracks, "of that energy")
    );
    let todo = match tracks.first() {
        Some(first) => format!("de-ess {}, or turn single consonants down by hand", first.name),
        None => "de-ess the voice, or turn single consonants down by hand".to_owned(),
    };
    let mut spans = loud;
    spans.truncate(64);
    Some(
        Finding::new("sibilant", severity, because, todo)
            .measured(level_db, THRESHOLD_DB, "dB")
            .weight(1.0 + (level_db - THRESHOLD_DB) / 6.0)
            .band(BAND_HZ.0, BAND_HZ.1)
            .spans(spans)
            .tracks(tracks),
    )
}
