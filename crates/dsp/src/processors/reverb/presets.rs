//! Spaces that people ask for by name.

use crate::param::{Preset, PresetValue::Number, PresetValue::Word};

/// Small to large. All are ours: decay times follow the rooms they are named after, low cuts keep the bass of what is sent
/// out of the tail.
pub(super) const PRESETS: &[Preset] = &[
    Preset {
        id: "ambience",
        about: "Hardly more than early reflections: the air around a dry track.",
        values: &[
            ("character", Word("room")),
            ("size_percent", Number(28.0)),
            ("decay_s", Number(0.4)),
            ("low_decay_ratio", Number(0.9)),
            ("high_decay_ratio", Number(0.7)),
            ("high_crossover_hz", Number(5_000.0)),
            ("early_percent", Number(65.0)),
            ("low_cut_hz", Number(150.0)),
            ("high_cut_hz", Number(10_000.0)),
        ],
    },
    Preset {
        id: "room",
        about: "A furnished room of a house.",
        values: &[
            ("character", Word("room")),
            ("size_percent", Number(35.0)),
            ("decay_s", Number(0.6)),
            ("low_decay_ratio", Number(1.1)),
            ("high_decay_ratio", Number(0.6)),
            ("early_percent", Number(40.0)),
            ("low_cut_hz", Number(90.0)),
            ("high_cut_hz", Number(9_000.0)),
        ],
    },
    Preset {
        id: "drum-room",
        about: "A live studio room: hard walls, bright, short enough for every beat.",
        values: &[
            ("character", Word("room")),
            ("size_percent", Number(62.0)),
            ("decay_s", Number(0.95)),
            ("low_decay_ratio", Number(1.0)),
            ("high_decay_ratio", Number(0.8)),
            ("high_crossover_hz", Number(6_000.0)),
            ("early_percent", Number(45.0)),
            ("low_cut_hz", Number(50.0)),
            ("high_cut_hz", Number(15_000.0)),
        ],
    },
    Preset {
        id: "chamber",
        about: "A tiled echo chamber: full, even and close, for voices and strings.",
        values: &[
            ("character", Word("chamber")),
            ("size_percent", Number(50.0)),
            ("decay_s", Number(1.3)),
            ("low_decay_ratio", Number(1.2)),
            ("high_decay_ratio", Number(0.65)),
            ("early_percent", Number(25.0)),
            ("low_cut_hz", Number(100.0)),
            ("high_cut_hz", Number(11_000.0)),
        ],
    },
    Preset {
        id: "plate",
        about: "A studio plate: dense at once and bright, for vocals and snare.",
        values: &[
            ("character", Word("plate")),
            ("size_percent", Number(60.0)),
            ("decay_s", Number(1.8)),
            ("low_decay_ratio", Number(0.8)),
            ("high_decay_ratio", Number(0.75)),
            ("low_crossover_hz", Number(300.0)),
            ("high_crossover_hz", Number(6_500.0)),
            ("early_percent", Number(12.0)),
            ("low_cut_hz", Number(120.0)),
            ("high_cut_hz", Number(16_000.0)),
        ],
    },
    Preset {
        id: "hall",
        about: "A concert hall: warm, and further away.",
        values: &[
            ("character", Word("hall")),
            ("size_percent", Number(55.0)),
            ("decay_s", Number(2.1)),
            ("low_decay_ratio", Number(1.2)),
            ("high_decay_ratio", Number(0.5)),
            ("pre_delay_ms", Number(15.0)),
            ("early_percent", Number(20.0)),
            ("low_cut_hz", Number(60.0)),
            ("high_cut_hz", Number(10_000.0)),
        ],
    },
    Preset {
        id: "big-hall",
        about: "A cathedral: seconds of dark, wide sound.",
        values: &[
            ("character", Word("hall")),
            ("size_percent", Number(95.0)),
            ("decay_s", Number(4.5)),
            ("low_decay_ratio", Number(1.3)),
            ("high_decay_ratio", Number(0.35)),
            ("high_crossover_hz", Number(3_500.0)),
            ("pre_delay_ms", Number(30.0)),
            ("early_percent", Number(10.0)),
            ("modulation_percent", Number(55.0)),
            ("low_cut_hz", Number(50.0)),
            ("high_cut_hz", Number(8_000.0)),
        ],
    },
];
