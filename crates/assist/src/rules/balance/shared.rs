//! How much of its role's level a track leaves to others of the role that play at the same time.
//!
//! Tracks that are one source (microphones on one drum, direct and amplifier, left and right, a part and its double) and
//! backing vocals in a stack share its level as one: n of them get 10·log10(n) less. Others of a role get half of that in
//! decibels, because the [`table`](super::table) cannot say more: its **M** is measured on all of a role together, its **L** and **D**
//! are levels of single tracks.

use mixkeel_analysis::loudness::LoudnessContour;
use mixkeel_dsp::units::{db_from_power, power_from_db};
use mixkeel_session::role::Role;

use crate::groups::GroupKind;
use crate::song::{Known, Song};

/// Groups that are heard as one.
const ONE: [GroupKind; 5] = [
    GroupKind::Microphones,
    GroupKind::DirectAndAmplifier,
    GroupKind::Sides,
    GroupKind::Doubles,
    GroupKind::Stack,
];

/// What a track leaves to others, in LU.
pub(super) fn shared_lu(song: &Song, known: &Known, tracks: &[Known]) -> f64 {
    if matches!(known.role, Role::LeadVocal | Role::Unknown) {
        return 0.0;
    }
    let is_one = |other: &Known| {
        song.groups_of(&known.track.id)
            .any(|group| ONE.contains(&group.kind) && group.tracks.contains(&other.track.id))
    };
    let (mut one, mut all) = (1.0, 1.0);
    for other in tracks.iter().filter(|other| other.role == known.role && other.track.id != known.track.id) {
        let together = together(known, other);
        all += together;
        one += if is_one(other) { together } else { 0.0 };
    }
    (db_from_power(one) + db_from_power(all)) / 2.0
}

/// How much of a track's sound another accompanies, 0 to 1: tenth of a second by tenth of a second, both at one loudness.
/// Where nothing is known of when they play, all of it.
fn together(one: &Known, other: &Known) -> f64 {
    let contour = |known: &Known| {
        let level = power_from_db(known.facts.loudness_lufs().unwrap_or(0.0));
        let from = libm::round(known.facts.at_s / LoudnessContour::STEP_S) as i64;
        let powers = &known.facts.profile.contour.powers;
        (from, powers.iter().map(|power| f64::from(*power) / level).collect::<Vec<f64>>())
    };
    let ((from, own), (other_from, theirs)) = (contour(one), contour(other));
    let all: f64 = own.iter().sum();
    if all <= 0.0 || theirs.is_empty() {
        return 1.0;
    }
    let shared = own.iter().enumerate().map(|(at, power)| {
        let there = usize::try_from(from + at as i64 - other_from).ok();
        there.and_then(|there| theirs.get(there)).map_or(0.0, |theirs| power.min(*theirs))
    });
    shared.sum::<f64>() / all
}
