//! Which channels count for how much: BS.1770-5, Annex 1 (table 3) and Annex 3 (any other layout).

/// Where a channel of a programme is heard from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Speaker {
    /// A loudspeaker at an azimuth (0 is ahead, positive to the left) and an elevation (positive is up), in degrees.
    At {
        /// Degrees from straight ahead, positive to the left.
        azimuth_deg: f64,
        /// Degrees above the ear.
        elevation_deg: f64,
    },
    /// The low-frequency effects channel, which the standard leaves out.
    LowFrequencyEffects,
}

/// Ahead on the left: 30° (ITU-R BS.775-4).
pub const LEFT: Speaker = level(30.0);
/// Ahead on the right.
pub const RIGHT: Speaker = level(-30.0);
/// Straight ahead.
pub const CENTRE: Speaker = level(0.0);
/// The left surround of 3/2 stereo: 110° (ITU-R BS.775-4).
pub const LEFT_SURROUND: Speaker = level(110.0);
/// The right surround of 3/2 stereo.
pub const RIGHT_SURROUND: Speaker = level(-110.0);
/// The left side of 7.1: 90° (ITU-R BS.2051-3, system I).
pub const LEFT_SIDE: Speaker = level(90.0);
/// The right side of 7.1.
pub const RIGHT_SIDE: Speaker = level(-90.0);
/// The left back of 7.1: 135° (ITU-R BS.2051-3, system I).
pub const LEFT_BACK: Speaker = level(135.0);
/// The right back of 7.1.
pub const RIGHT_BACK: Speaker = level(-135.0);

const fn level(azimuth_deg: f64) -> Speaker {
    Speaker::At { azimuth_deg, elevation_deg: 0.0 }
}

/// About 1.5 dB more, for what comes from the side (BS.1770-5, Annex 1, table 3).
const SIDE_WEIGHT: f64 = 1.41;

impl Speaker {
    /// The factor Gᵢ on the power of this channel. Annex 3, table 4: 1.41 between 60° and 120° to either side at less than
    /// 30° of elevation, 1 elsewhere; none for low-frequency effects.
    pub fn weight(self) -> f64 {
        match self {
            Speaker::LowFrequencyEffects => 0.0,
            Speaker::At { azimuth_deg, elevation_deg } => {
                let beside = (60.0..=120.0).contains(&azimuth_deg.abs());
                if beside && elevation_deg.abs() < 30.0 { SIDE_WEIGHT } else { 1.0 }
            }
        }
    }
}

/// Five channels in the order of Tech 3341, case 6: left, right, centre, surrounds.
pub const FIVE: [Speaker; 5] = [LEFT, RIGHT, CENTRE, LEFT_SURROUND, RIGHT_SURROUND];

/// 5.1 in the order of WAV files: left, right, centre, low-frequency effects, surrounds.
pub const FIVE_ONE: [Speaker; 6] =
    [LEFT, RIGHT, CENTRE, Speaker::LowFrequencyEffects, LEFT_SURROUND, RIGHT_SURROUND];

/// 7.1 in the order of WAV files: left, right, centre, low-frequency effects, back, sides.
pub const SEVEN_ONE: [Speaker; 8] =
    [LEFT, RIGHT, CENTRE, Speaker::LowFrequencyEffects, LEFT_BACK, RIGHT_BACK, LEFT_SIDE, RIGHT_SIDE];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_are_those_of_the_tables() {
        assert_eq!(FIVE_ONE.map(Speaker::weight), [1.0, 1.0, 1.0, 0.0, 1.41, 1.41]);
        assert_eq!(SEVEN_ONE.map(Speaker::weight), [1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.41, 1.41]);
        let above = Speaker::At { azimuth_deg: 90.0, elevation_deg: 30.0 };
        assert_eq!(above.weight(), 1.0);
        let edges = [60.0, -120.0, 59.9, 120.1].map(level).map(Speaker::weight);
        assert_eq!(edges, [1.41, 1.41, 1.0, 1.0]);
    }
}
