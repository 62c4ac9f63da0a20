//! Every number and switch of a session that is not a processor's: declared once, for reader, writer, addresses, resolve
//! and schema.

use mixkeel_dsp::param::{ParamError, ParamSpec, Range, Value};

/// Level correction of a recording. Ours: 60 dB lift a recording made at −80 dBFS to a working level, and more than
/// that lifts only noise.
pub const TRIM_DB: ParamSpec = number(
    "trim_db",
    "dB",
    (-60.0, 60.0),
    0.0,
    "Level correction of the recording, ahead of everything else.",
);

/// Time shift of a recording. Ours: a second is further than any microphone stands or any interface lags.
pub const SHIFT_MS: ParamSpec =
    number("shift_ms", "ms", (-1000.0, 1000.0), 0.0, "Moves the recording in time; negative is earlier.");

/// A fader. Ours: +12 dB as on most workstations (mixing consoles give +10); `-inf` is silence.
pub const FADER_DB: ParamSpec = moving(number(
    "fader_db",
    "dB",
    (f64::NEG_INFINITY, 12.0),
    0.0,
    "Level after the inserts; -inf is silence.",
));

/// How much of what is decided is applied.
pub const STRENGTH: ParamSpec = number(
    "strength",
    "",
    (0.0, 1.0),
    1.0,
    "How much of what is decided is applied: 1 is all, 0 as the tracks came.",
);

/// Position or balance.
pub const PAN: ParamSpec = moving(number(
    "pan",
    "",
    (-1.0, 1.0),
    0.0,
    "-1 left to +1 right: position of a mono track, balance of anything stereo.",
));

/// Width as a mid/side matrix.
pub const WIDTH: ParamSpec =
    moving(number("width", "", (0.0, 2.0), 1.0, "0 is mono, 1 as it comes, 2 has its sides doubled."));

/// The level of a send; as a fader.
pub const LEVEL_DB: ParamSpec =
    moving(number("level_db", "dB", (f64::NEG_INFINITY, 12.0), 0.0, "Level of the copy; -inf is silence."));

/// Where a send is taken.
pub const PRE_FADER: ParamSpec =
    switch("pre_fader", "Taken before the fader and before mute, instead of after them.");

/// Whether an insert is out of the path.
pub const BYPASS: ParamSpec = switch("bypass", "Out of the path; its latency stays, so that nothing moves.");

/// Silence by hand.
pub const MUTE: ParamSpec =
    switch("mute", "Silenced. Post-fader sends fall silent with it, pre-fader sends and side chains do not.");

/// Solo in place.
pub const SOLO: ParamSpec =
    switch("solo", "Only what is soloed sounds, with what feeds it and what it feeds.");

/// Gain on all direct inputs of the master. Ours: 60 dB below is the sum of a thousand full-scale tracks.
pub const HEADROOM_DB: ParamSpec =
    number("headroom_db", "dB", (-60.0, 0.0), 0.0, "Gain on every direct input of the master, together.");

/// Frames a second. The range of rates that sound is read at.
pub const RATE_HZ: ParamSpec =
    number("rate_hz", "Hz", (8000.0, 384_000.0), 48_000.0, "Frames a second of everything that is played.");

/// A place on the timeline. Ours: a day either way, so that frame numbers stay far inside exact `f64` integers.
pub const AT_S: ParamSpec = number(
    "at_s",
    "s",
    (-86_400.0, 86_400.0),
    0.0,
    "Where the first frame lies; before zero it is cut there.",
);

/// Start of a section.
pub const FROM_S: ParamSpec = number("from_s", "s", (-86_400.0, 86_400.0), 0.0, "Start, from session zero.");

/// End of a section.
pub const TO_S: ParamSpec = number("to_s", "s", (-86_400.0, 86_400.0), 0.0, "End, from session zero.");

/// The amounts of a goal: `by`, `at_least`, `at_most`. Ours: no measure of a goal goes further.
pub const GOAL_BY: ParamSpec = number("by", "", (-1000.0, 1000.0), 0.0, "How much, at least.");
/// See [`GOAL_BY`].
pub const GOAL_AT_LEAST: ParamSpec =
    number("at_least", "", (-1000.0, 1000.0), 0.0, "The least that passes, in the unit of the predicate.");
/// See [`GOAL_BY`].
pub const GOAL_AT_MOST: ParamSpec =
    number("at_most", "", (-1000.0, 1000.0), 0.0, "The most that passes, in the unit of the predicate.");

/// Hours of work on a song. Ours: from a minute or so to more than a working year.
pub const FINISH_HOURS: ParamSpec =
    number("hours", "h", (0.01, 2000.0), 8.0, "Hours of work after which the best version is named.");
/// Versions of a mix. Ours: more than anybody can tell apart.
pub const FINISH_VERSIONS: ParamSpec =
    number("versions", "", (1.0, 1000.0), 10.0, "Versions after which the best one is named.");

/// A tempo. Ours: slower than the slowest movement and faster than any pulse that is felt as one.
pub const TEMPO_BPM: ParamSpec = number("tempo", "bpm", (10.0, 999.0), 120.0, "Beats a minute.");

/// What a track may be set to, beside its words (`name`, `role`, `bus`, `polarity`).
pub const TRACK: [&ParamSpec; 7] = [&TRIM_DB, &SHIFT_MS, &FADER_DB, &PAN, &WIDTH, &MUTE, &SOLO];

/// What a bus or a return may be set to, beside its word `to`.
pub const SUM: [&ParamSpec; 5] = [&FADER_DB, &PAN, &WIDTH, &MUTE, &SOLO];

/// What a send may be set to, beside its word `to`.
pub const SEND: [&ParamSpec; 2] = [&LEVEL_DB, &PRE_FADER];

/// The two words of `polarity`, as recorded and upside down.
pub const POLARITY: [&str; 2] = ["normal", "inverted"];

/// Whether a value is allowed. As [`ParamSpec::check`], but minus infinity passes where the range begins there.
pub fn check(spec: &ParamSpec, value: &Value) -> Result<(), ParamError> {
    match (spec.range, value) {
        (Range::Number { min: f64::NEG_INFINITY, .. }, Value::Number(f64::NEG_INFINITY)) => Ok(()),
        _ => spec.check(value),
    }
}

/// The least and the greatest value of a number.
pub(crate) fn bounds(spec: &ParamSpec) -> (f64, f64) {
    match spec.range {
        Range::Number { min, max, .. } => (min, max),
        Range::Switch { .. } | Range::Choice { .. } => (f64::NEG_INFINITY, f64::INFINITY),
    }
}

const fn number(
    id: &'static str,
    unit: &'static str,
    bounds: (f64, f64),
    default: f64,
    help: &'static str,
) -> ParamSpec {
    let range = Range::Number { min: bounds.0, max: bounds.1, default };
    ParamSpec { id, unit, range, automatable: false, help }
}

const fn moving(spec: ParamSpec) -> ParamSpec {
    ParamSpec { automatable: true, ..spec }
}

const fn switch(id: &'static str, help: &'static str) -> ParamSpec {
    ParamSpec { id, unit: "", range: Range::Switch { default: false }, automatable: false, help }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_a_fader_position_but_not_a_trim() {
        let silence = Value::Number(f64::NEG_INFINITY);
        assert!(check(&FADER_DB, &silence).is_ok() && check(&LEVEL_DB, &silence).is_ok());
        assert!(check(&TRIM_DB, &silence).is_err());
        assert!(check(&FADER_DB, &Value::Number(f64::NAN)).is_err());
        assert_eq!(
            check(&FADER_DB, &Value::Number(13.0)).unwrap_err().to_string(),
            "`fader_db` is 13, but must lie between -inf and 12 dB"
        );
    }
}
