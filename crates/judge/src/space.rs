//! How much room there is in a mix, from what tracks send and what returns give back.

use mixkeel_dsp::units::{db_from_power, power_from_db};

use crate::evidence::{Evidence, Strip, StripKind};

/// The loudness of all returns together. `None` where none sounds.
pub fn returns_lufs(evidence: &Evidence) -> Option<f64> {
    let power: f64 = evidence
        .buses
        .iter()
        .filter(|strip| strip.kind == StripKind::Return)
        .filter_map(|strip| strip.loudness.integrated_lufs)
        .map(power_from_db)
        .sum();
    (power > 0.0).then(|| db_from_power(power))
}

/// How much of a track goes to returns that sound, re its own level in the mix, in dB; −60 where nothing goes.
pub fn wetness_db(strip: &Strip) -> f64 {
    let power: f64 = strip.sends.iter().map(|send| power_from_db(send.level_db)).sum();
    db_from_power(power.max(1e-6))
}

/// The power that a track puts into returns.
pub fn wet_power(strip: &Strip) -> f64 {
    let level = strip.loudness.integrated_lufs.map_or(0.0, power_from_db);
    level * strip.sends.iter().map(|send| power_from_db(send.level_db)).sum::<f64>()
}
