//! Warmer: low middle and low-order harmonics over presence, beside something else.
//!
//! **Measure.** Energy of what glossaries call warm over that of what they call cold, in dB. Warm is the low middle, from 150 to
//! 500 Hz, and the low-order harmonics of the register, the second to the fourth (the middle group of the tristimulus: H. F.
//! Pollard and E. V. Jansson, Acustica 51, 1982), where these lie outside it: a voice at 220 Hz has them up to 1 kHz, a bass at
//! 60 Hz from 90 Hz. Cold is from 1 kHz, or from an octave above what is warm, to 4 kHz. The register is where a quarter of the
//! energy lies below; of one sound in two versions or two places it is that of the other, so that what is turned moves no border.
//! **Limits.** What saturation adds is heard where it falls into these bands, together with what was there before. A sum of many
//! instruments has the register of its bass.

use super::{Case, Foreseen, Side};

/// Told from profiles: powers by band and time are all that it needs.
pub const FORESEEN: Foreseen = Foreseen::Forecast;

/// The low middle.
const LOW_MIDDLE_HZ: (f64, f64) = (150.0, 500.0);

/// Presence.
const PRESENCE_HZ: (f64, f64) = (1_000.0, 4_000.0);

/// Where the second harmonic begins and the fourth ends, in times the fundamental: half way to their neighbours.
const LOW_ORDER: (f64, f64) = (1.5, 4.5);

/// The part of the energy that lies below the register. Ours: the fundamental of a voice or a bass holds more, the hum and rumble
/// under it less.
const BELOW: f64 = 0.25;

/// dB over the other.
pub fn measure(case: &Case<'_>) -> Result<f64, String> {
    let than = case.than.as_ref().ok_or("it is compared with nothing")?;
    let register_hz = than.register_hz(BELOW)?;
    let own_hz = if than.who == case.of.who { register_hz } else { case.of.register_hz(BELOW)? };
    Ok(warmth_db(&case.of, own_hz)? - warmth_db(than, register_hz)?)
}

fn warmth_db(side: &Side<'_>, register_hz: f64) -> Result<f64, String> {
    let from_hz = LOW_MIDDLE_HZ.0.min(LOW_ORDER.0 * register_hz);
    let to_hz = (LOW_ORDER.1 * register_hz).clamp(LOW_MIDDLE_HZ.1, PRESENCE_HZ.0);
    side.tilt_db((from_hz, to_hz), (PRESENCE_HZ.0.max(2.0 * to_hz), PRESENCE_HZ.1))
}
