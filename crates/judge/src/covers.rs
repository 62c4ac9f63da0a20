//! Who covers a track, as far as it is a fault: an overhead does not cover the snare that is in it.

use mixkeel_analysis::masking::{Masker, TrackMasking};
use mixkeel_session::role::Role;

use crate::evidence::Evidence;
use crate::finding::Cause;

/// Frames in which a track has to sound before anything is said of it. Ours: 3 s of tenths.
const LEAST_FRAMES: u64 = 30;

/// Whether a track sounds long enough.
pub fn sounds(track: &TrackMasking) -> bool {
    track.sounding_frames >= LEAST_FRAMES
}

/// Whether a track is there to thicken another, so that nobody asks to hear it alone.
pub fn is_layer(role: Role) -> bool {
    matches!(
        role,
        Role::Room
            | Role::Overheads
            | Role::VocalDouble
            | Role::BackingVocal
            | Role::Choir
            | Role::Pad
            | Role::Fx
    )
}

/// Whether two roles may be one instrument heard twice: microphones on one kit, a voice and its double.
fn one_instrument(one: Role, other: Role) -> bool {
    let of_the_kit = |role: Role| role.is_drum() || role == Role::Loop;
    // A choir can bury the lead that it answers; its double cannot.
    let voice = |role| matches!(role, Role::LeadVocal | Role::VocalDouble | Role::AdLib);
    (one == other && one != Role::Unknown)
        || (of_the_kit(one) && of_the_kit(other))
        || (voice(one) && voice(other))
}

/// What its own doubles and the noise of the place take from a track, in sone.
fn taken_by_its_own_sone(evidence: &Evidence, index: usize, track: &TrackMasking) -> f64 {
    let role = evidence.tracks.get(index).map_or(Role::Unknown, |strip| strip.role);
    let its_own = |by: Masker| match by {
        Masker::Track(other) => {
            evidence.tracks.get(other).is_some_and(|other| one_instrument(role, other.role))
        }
        Masker::Noise => true,
    };
    track.covered_by.iter().filter(|cover| its_own(cover.by)).map(|cover| cover.lost_sone).sum()
}

/// The part of its loudness that a track keeps if only other instruments count. `None` where it hardly sounds.
pub fn kept_from_others(evidence: &Evidence, index: usize, track: &TrackMasking) -> Option<f64> {
    if !sounds(track) || track.unmasked_sone <= 0.0 {
        return None;
    }
    let own = taken_by_its_own_sone(evidence, index, track);
    Some(((track.partial_sone + own) / track.unmasked_sone).clamp(0.0, 1.0))
}

/// What other instruments take from a track, in phon.
pub fn lost_to_others_phon(evidence: &Evidence, index: usize, track: &TrackMasking) -> f64 {
    let own = taken_by_its_own_sone(evidence, index, track);
    let kept = TrackMasking { partial_sone: track.partial_sone + own, ..track.clone() };
    kept.lost_phon().max(0.0)
}

/// Which other instruments take most from a track, over everything or in a span of the masking report, by their share of
/// what others take.
pub fn maskers(evidence: &Evidence, index: usize, span: Option<usize>) -> Vec<Cause> {
    let Some(masking) = &evidence.masking else { return Vec::new() };
    let spans = span.and_then(|span| masking.spans.get(span)).unwrap_or(&masking.whole);
    let Some(track) = spans.tracks.get(index) else { return Vec::new() };
    let own = taken_by_its_own_sone(evidence, index, track);
    let lost = (track.lost_sone() - own).max(f64::MIN_POSITIVE);
    let role = evidence.tracks.get(index).map_or(Role::Unknown, |strip| strip.role);
    track
        .covered_by
        .iter()
        .filter_map(|cover| {
            let Masker::Track(other) = cover.by else { return None };
            let strip = evidence.tracks.get(other).filter(|strip| !one_instrument(role, strip.role))?;
            let share = libm::round(cover.lost_sone / lost * 1_000.0) / 1_000.0;
            (share >= 0.1).then(|| Cause {
                id: strip.id.clone(),
                name: strip.name.clone(),
                share: share.min(1.0),
            })
        })
        .collect()
}

/// `; Guitar L takes 61 % of it`, or nothing.
pub fn taken_by(maskers: &[Cause]) -> String {
    maskers.first().map_or_else(String::new, |first| {
        format!("; {} takes {:.0} % of what it loses", first.name, first.share * 100.0)
    })
}
