//! Echoes that people ask for by name.

use crate::param::{Preset, PresetValue::Number, PresetValue::Switch, PresetValue::Word};

/// All are ours.
pub(super) const PRESETS: &[Preset] = &[
    Preset {
        id: "slap",
        about: "One short echo, as tape gave to early rock.",
        values: &[
            ("time_ms", Number(110.0)),
            ("feedback_percent", Number(0.0)),
            ("high_cut_hz", Number(5_000.0)),
        ],
    },
    Preset {
        id: "quarter",
        about: "An echo a beat that stays out of the singer's way.",
        values: &[("note", Word("1/4")), ("feedback_percent", Number(30.0)), ("duck_db", Number(9.0))],
    },
    Preset {
        id: "ping-pong",
        about: "Dotted eighths from side to side.",
        values: &[
            ("note", Word("1/8 dotted")),
            ("ping_pong", Switch(true)),
            ("feedback_percent", Number(45.0)),
        ],
    },
    Preset {
        id: "tape",
        about: "Dark echoes that sway.",
        values: &[
            ("time_ms", Number(380.0)),
            ("feedback_percent", Number(50.0)),
            ("high_cut_hz", Number(3_000.0)),
            ("sway_ms", Number(0.8)),
        ],
    },
];
