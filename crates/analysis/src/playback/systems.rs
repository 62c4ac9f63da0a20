//! The playback systems a mix is tried on, and where their figures come from.
//!
//! No standard says what a laptop sounds like. Where a measurement of a common device is published its figures are taken,
//! rounded; where none was found the figures are ours, and say so. What a mix loses on them is meant as a question, not
//! as a prediction for one device.

use super::{Folding, PlaybackLevel, System};
use crate::masking::Field;

/// A flat system in silence, a channel an ear, at the calibrated level: what masking is measured on unless asked
/// otherwise.
pub const REFERENCE: System = System {
    id: "reference",
    name: "a flat system in silence",
    response_db: &[(20.0, 0.0), (20_000.0, 0.0)],
    folding: Folding::Headphones,
    field: Field::Free,
    noise_db_spl: &[],
    level: PlaybackLevel::K20,
    response_source: "flat by definition",
    place_source: "K-20 by definition; no noise",
};

/// Room noise as telephones are tested in: Hoth noise at 50 dB(A) in third octaves (IEEE Std 269-2001).
const HOTH_50_DBA: [(f64, f64); 20] = [
    (100.0, 45.9),
    (125.0, 45.5),
    (160.0, 44.9),
    (200.0, 44.1),
    (250.0, 43.6),
    (315.0, 43.1),
    (400.0, 42.3),
    (500.0, 41.7),
    (630.0, 41.2),
    (800.0, 40.4),
    (1_000.0, 39.7),
    (1_250.0, 39.3),
    (1_600.0, 38.7),
    (2_000.0, 37.8),
    (2_500.0, 37.2),
    (3_150.0, 36.5),
    (4_000.0, 34.8),
    (5_000.0, 33.2),
    (6_300.0, 30.4),
    (8_000.0, 26.0),
];

/// The same noise louder or softer by so many dB.
const fn hoth(by_db: f64) -> [(f64, f64); 20] {
    let mut noise = HOTH_50_DBA;
    let mut n = 0;
    while n < noise.len() {
        noise[n].1 += by_db;
        n += 1;
    }
    noise
}

/// −20 dBFS at so many dB SPL.
const fn at_db_spl(level_db_spl: f64) -> PlaybackLevel {
    PlaybackLevel { level_dbfs: -20.0, level_db_spl }
}

/// All systems, from the smallest to the largest, and one that has no fault but to be alone.
pub const SYSTEMS: &[System] = &[
    System {
        id: "phone",
        name: "a phone",
        response_db: &[
            (200.0, -38.0),
            (300.0, -24.0),
            (400.0, -15.0),
            (630.0, -5.0),
            (800.0, -1.0),
            (1_000.0, 0.0),
            (2_500.0, 2.0),
            (5_000.0, 2.0),
            (8_000.0, 0.0),
            (10_000.0, -2.0),
            (16_000.0, -10.0),
        ],
        // Held upright, its two drivers lie on one line from ear to ear's middle.
        folding: Folding::Mono,
        field: Field::Free,
        noise_db_spl: &HOTH_50_DBA,
        level: at_db_spl(66.0),
        response_source: "corner: J. R. Chang and C. N. Wang, \"Bass extension of microspeaker system on mobile device\", \
            J. Mechanics 2018 (from 630 Hz; 300 Hz with an extension); slopes and treble ours",
        place_source: "noise: Hoth at 50 dB(A), a living room with people (IEEE 269); level ours",
    },
    System {
        id: "laptop",
        name: "a laptop",
        response_db: &[
            (100.0, -38.0),
            (200.0, -14.0),
            (300.0, -4.0),
            (400.0, 0.0),
            (1_000.0, 0.0),
            (7_000.0, 0.0),
            (10_000.0, -4.0),
            (16_000.0, -10.0),
        ],
        folding: Folding::Speakers { half_angle_deg: 12.0 },
        field: Field::Free,
        noise_db_spl: &hoth(-10.0),
        level: at_db_spl(68.0),
        response_source: "two owners' published sweeps: a Dell E1505 (danmarx.org: flat from 300 Hz, steep below) and a \
            Framework 13 (community.frame.work: falls fast below 400 Hz and from 7 kHz); depth of the slopes ours",
        place_source: "noise: Hoth at 40 dB(A), a quiet office (IEEE 269); level ours",
    },
    System {
        id: "earbuds",
        name: "earbuds",
        response_db: &[
            (20.0, -25.4),
            (31.5, -19.9),
            (50.0, -12.7),
            (63.0, -9.3),
            (80.0, -6.3),
            (100.0, -4.5),
            (125.0, -3.8),
            (200.0, -4.0),
            (400.0, -3.9),
            (630.0, -3.4),
            (800.0, -2.6),
            (1_000.0, -1.6),
            (1_250.0, 0.2),
            (1_600.0, 4.0),
            (2_000.0, 6.1),
            (2_500.0, 6.2),
            (3_150.0, 5.2),
            (4_000.0, 2.9),
            (5_000.0, 4.7),
            (5_600.0, 7.5),
            (6_300.0, 5.1),
            (8_000.0, 2.7),
            (10_000.0, 1.0),
            (12_500.0, -0.7),
            (16_000.0, -2.4),
            (20_000.0, -3.8),
        ],
        folding: Folding::Headphones,
        field: Field::Diffuse,
        noise_db_spl: &HOTH_50_DBA,
        level: at_db_spl(74.0),
        response_source: "Apple EarPods measured by oratory1990, as a deviation from the Harman in-ear target without its \
            bass shelf (a good loudspeaker in a room): AutoEq",
        place_source: "noise: Hoth at 50 dB(A) through open earbuds (IEEE 269); level ours, within the 70 to 80 dB(A) at \
            which listening studies find people",
    },
    System {
        id: "kitchen",
        name: "a kitchen speaker",
        response_db: &[
            (20.0, -40.0),
            (30.0, -32.0),
            (37.0, -18.0),
            (43.0, -11.0),
            (60.0, -3.0),
            (80.0, 0.0),
            (1_000.0, 0.0),
            (12_000.0, 0.0),
            (15_000.0, -3.0),
            (18_000.0, -10.0),
            (20_000.0, -20.0),
        ],
        folding: Folding::Mono,
        field: Field::Diffuse,
        noise_db_spl: &hoth(5.0),
        level: at_db_spl(68.0),
        response_source: "both ends: Google Nest Audio on axis (Audio Science Review, in the spinorama data), rounded; \
            taken as flat between",
        place_source: "noise: Hoth shape at 55 dB(A) for a fan and dishes, and level: ours",
    },
    System {
        id: "tv",
        name: "a television",
        response_db: &[
            (40.0, -40.0),
            (60.0, -24.0),
            (80.0, -14.0),
            (100.0, -8.0),
            (120.0, -4.0),
            (160.0, -1.0),
            (200.0, 0.0),
            (1_000.0, 0.0),
            (3_000.0, 1.0),
            (6_000.0, -1.0),
            (10_000.0, -4.0),
            (16_000.0, -9.0),
        ],
        // A picture 1.2 m wide seen from 2.5 m.
        folding: Folding::Speakers { half_angle_deg: 13.0 },
        field: Field::Diffuse,
        noise_db_spl: &hoth(-10.0),
        level: at_db_spl(65.0),
        response_source: "ours, chosen as a flat set with drivers that fire downwards; no table of measurements was found",
        place_source: "noise: Hoth at 40 dB(A), a living room in the evening (IEEE 269); level ours",
    },
    System {
        id: "car",
        name: "a car on the road",
        response_db: &[
            (20.0, 3.0),
            (40.0, 8.0),
            (60.0, 8.0),
            (100.0, 5.0),
            (200.0, 1.0),
            (400.0, 0.0),
            (1_000.0, 0.0),
            (4_000.0, -1.0),
            (10_000.0, -4.0),
            (16_000.0, -8.0),
        ],
        folding: Folding::Speakers { half_angle_deg: 40.0 },
        field: Field::Diffuse,
        noise_db_spl: &[
            (31.5, 85.0),
            (63.0, 78.0),
            (125.0, 70.0),
            (250.0, 62.0),
            (500.0, 57.0),
            (1_000.0, 54.0),
            (2_000.0, 48.0),
            (4_000.0, 41.0),
            (8_000.0, 34.0),
        ],
        level: at_db_spl(80.0),
        response_source: "ours, after the form of tuners' target curves: raised bass as in a small closed cabin, falling \
            treble; no table was found",
        place_source: "noise: ours, falling with frequency as road noise does, 66 dB(A) in all, as tests of cars give at \
            100 to 120 km/h; level ours",
    },
    System {
        id: "small-monitors",
        name: "small monitors",
        response_db: &[
            (20.0, -38.0),
            (30.0, -23.0),
            (40.0, -7.0),
            (47.0, 0.5),
            (60.0, 3.5),
            (100.0, 3.5),
            (160.0, 4.2),
            (250.0, 2.2),
            (400.0, 0.7),
            (630.0, 0.0),
            (800.0, 1.0),
            (1_000.0, 0.0),
            (1_600.0, 1.0),
            (3_150.0, 2.0),
            (5_000.0, 1.6),
            (8_000.0, 0.0),
            (16_000.0, 1.5),
            (20_000.0, -3.0),
        ],
        folding: Folding::Speakers { half_angle_deg: 30.0 },
        field: Field::Free,
        noise_db_spl: &hoth(-20.0),
        level: at_db_spl(76.0),
        response_source: "JBL 305P MkII, estimated response in a room (Audio Science Review, in the spinorama data), rounded",
        place_source: "noise: Hoth shape at 30 dB(A), a room at night (IEEE 269); level ours",
    },
    System {
        id: "large-monitors",
        name: "large monitors",
        response_db: &[
            (20.0, -12.0),
            (25.0, -6.0),
            (32.0, -1.0),
            (40.0, 0.0),
            (2_000.0, 0.0),
            (16_000.0, -3.0),
            (20_000.0, -6.0),
        ],
        folding: Folding::Speakers { half_angle_deg: 30.0 },
        field: Field::Free,
        // NR 15 in octaves, 4.8 dB less in each third.
        noise_db_spl: &[
            (63.0, 42.5),
            (125.0, 30.3),
            (250.0, 21.2),
            (500.0, 14.6),
            (1_000.0, 10.2),
            (2_000.0, 6.9),
            (4_000.0, 4.5),
            (8_000.0, 2.7),
        ],
        level: PlaybackLevel::K20,
        response_source: "ours, within what ITU-R BS.1116-3 asks of a listening room (flat from 50 Hz to 2 kHz, then gently \
            down); low end as of three-way main monitors",
        place_source: "noise: rating NR 15 (ISO/R 1996), the most ITU-R BS.1116-3 allows; level K-20",
    },
    System {
        id: "club-mono",
        name: "a club in mono",
        response_db: &[
            (25.0, -6.0),
            (35.0, 6.0),
            (50.0, 8.0),
            (80.0, 7.0),
            (120.0, 3.0),
            (200.0, 0.0),
            (2_000.0, 0.0),
            (10_000.0, -7.0),
            (16_000.0, -10.0),
        ],
        folding: Folding::Mono,
        field: Field::Diffuse,
        noise_db_spl: &hoth(30.0),
        level: at_db_spl(98.0),
        response_source: "treble: the large-room curve of SMPTE ST 202 and ISO 2969, 3 dB an octave down from 2 kHz; bass \
            ours, as dance systems are set",
        place_source: "level: about 100 dB(A), D. Twardella et al., Noise & Health 10 (2008), in Bavarian discotheques; \
            noise: ours, a crowd of 80 dB(A) in Hoth shape",
    },
    System {
        id: "mono",
        name: "one flat loudspeaker in silence",
        response_db: &[(20.0, 0.0), (20_000.0, 0.0)],
        folding: Folding::Mono,
        field: Field::Free,
        noise_db_spl: &[],
        level: PlaybackLevel::K20,
        response_source: "flat by definition: what is lost there is lost by adding left and right",
        place_source: "K-20 by definition; no noise",
    },
];

/// The system of this id, the [reference](REFERENCE) among them.
pub fn find(id: &str) -> Option<&'static System> {
    const REFERENCE_SYSTEM: &System = &REFERENCE;
    SYSTEMS.iter().chain([REFERENCE_SYSTEM]).find(|system| system.id == id)
}
