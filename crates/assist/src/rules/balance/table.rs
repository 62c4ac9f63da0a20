//! How loud each role is beside the lead vocal: one table, with the sources of every row.

use mixkeel_session::role::Role;

/// How loud one role is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// What the track is.
    pub role: Role,
    /// Loudness of all tracks of the role together beside the lead vocal, in LU, where they play.
    pub target_lu: f64,
    /// Half the distance between the lowest and the highest source, in LU.
    pub spread_lu: f64,
    /// Where the figures come from, and how far each lies from the lead vocal.
    pub source: &'static str,
    /// Whether the sources lie further apart than engineers do on one song (3 LU either way; De Man's lead vocals have a
    /// standard deviation of 1.6), or there is none: then the middle is a guess.
    pub guess: bool,
}

/// The meter for which the table is valid. De Man measured with a 280 ms window and a stronger shelf, under which dull
/// instruments read lower than here; that is one of the reasons why his figures for drums lie lowest.
pub const METER: &str = "BS.1770-5 gated loudness of each track alone";

/// The table. Sources: **M**, De Man et al. 2014, measured on 8 songs mixed by 8 engineers each, taken from "beside the
/// mix" to "beside the vocal" with their −2.7 LU for the vocal (the figure for drums other than kick and snare is that
/// of all of them together); **L**, the table of libsonare's mixing assistant; **D**, the ranges of Diff-MST, set by
/// hand for its training data. The target is the median of the sources, or the middle of two. Where there is none it is
/// ours, and a guess.
pub static TABLE: [Row; 29] = [
    row(Role::LeadVocal, 0.0, 0.0, "the reference of the table", false),
    row(
        Role::VocalDouble,
        -8.0,
        3.5,
        "ours: under a backing voice (L -9, D -2), to thicken and not be heard",
        true,
    ),
    row(Role::BackingVocal, -5.5, 3.5, "L -9, D -2", true),
    row(Role::Choir, -5.5, 3.5, "as backing vocals", true),
    row(Role::AdLib, -5.5, 3.5, "as backing vocals", true),
    row(Role::Kick, -4.5, 3.3, "M -10.5, L -4, D -4.5", true),
    row(Role::Snare, -4.5, 5.6, "M -14.1, L -4.5, D -3", true),
    row(Role::Toms, -6.5, 3.5, "M -10, L -6.5, D -3", true),
    row(Role::Hihat, -8.5, 3.0, "M -10, L -8.5, D -4", false),
    row(Role::Overheads, -8.0, 3.0, "ours: the cymbals' row, a little up for the kit that is in them", true),
    row(Role::Room, -12.0, 4.0, "ours: behind the close microphones", true),
    row(Role::Cymbals, -9.5, 3.0, "M -10, L -9.5, D -4", false),
    row(Role::Percussion, -8.5, 1.8, "M -10, L -8.5, D -6.5", false),
    row(Role::Drums, -3.5, 2.8, "M -6.2 (kick, snare and others summed), L -0.8 (likewise)", false),
    row(Role::Loop, -7.0, 3.0, "ours: between drums and percussion", true),
    row(Role::Bass, -4.0, 2.2, "M -6.8, L -4, D -2.5", false),
    row(Role::AcousticGuitar, -4.5, 2.0, "L -6.5, D -2.5", false),
    row(Role::ElectricGuitar, -4.5, 2.0, "L -6.5, D -2.5", false),
    row(Role::Piano, -5.8, 1.8, "L -7.5, D -4 (keys)", false),
    row(Role::Keys, -5.8, 1.8, "L -7.5, D -4", false),
    row(Role::Organ, -5.8, 1.8, "L -7.5, D -4 (keys)", false),
    row(Role::Pad, -8.0, 3.0, "ours: under the keys, because it never pauses", true),
    row(Role::Strings, -6.0, 2.0, "L -8, D -4", false),
    row(Role::Brass, -4.5, 3.0, "D -4.5 alone", true),
    row(Role::Woodwind, -4.5, 3.0, "D -4.5 alone", true),
    row(Role::LeadSynth, -3.5, 3.0, "L -3.5 alone", true),
    row(Role::Pluck, -5.8, 3.0, "as keys", true),
    row(Role::Fx, -10.0, 3.0, "L -10 alone", true),
    row(Role::BackingTrack, -1.0, 1.5, "Gerdes and Siedenburg: voice 1 dB over all else in pop", false),
];

/// Where a track goes whose role nobody knows, in LU beside the lead vocal: the median of the table's targets. Its
/// loudness alone places it.
pub const UNKNOWN_LU: f64 = -5.8;

/// The lead vocal beside the whole mix, in LU: De Man et al. 2014 (−2.7, standard deviation 1.6, the one figure on which
/// engineers agree), and Gerdes and Siedenburg's voice 1 dB over everything else is −2.5.
pub const VOCAL_RE_MIX_LU: f64 = -2.7;

/// The row of a role; none for roles that have no level of their own.
pub fn row_of(role: Role) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.role == role)
}

const fn row(role: Role, target_lu: f64, spread_lu: f64, source: &'static str, guess: bool) -> Row {
    Row { role, target_lu, spread_lu, source, guess }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_that_is_played_has_one_row() {
        for role in Role::ALL {
            let kept_out = matches!(role, Role::Scratch | Role::Click | Role::Mix | Role::Unknown);
            let rows = TABLE.iter().filter(|row| row.role == role).count();
            assert_eq!(rows, usize::from(!kept_out), "{role}");
        }
    }

    #[test]
    fn rows_beyond_the_spread_of_engineers_are_marked_as_guesses() {
        for row in &TABLE {
            assert!(row.guess || row.spread_lu <= 3.0, "{}", row.role);
        }
    }

    #[test]
    fn an_unknown_track_stands_at_the_median() {
        let mut targets: Vec<f64> = TABLE.iter().map(|row| row.target_lu).collect();
        targets.sort_by(f64::total_cmp);
        assert_eq!(targets[targets.len() / 2], UNKNOWN_LU);
    }
}
