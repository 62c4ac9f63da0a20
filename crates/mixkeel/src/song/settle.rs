//! What every track is, once it has been heard.

use mixkeel_assist::roles::identify::{Arrived, identify};

use super::arrive::Arrival;
use super::measure::Measured;

/// What every track is by name, sound and neighbours, unless its owner has said so. Returns what is to be told about it.
pub(crate) fn settle_roles(tracks: &mut [Arrival], measured: &[Measured]) -> Vec<String> {
    let arrived: Vec<Arrived> = tracks
        .iter()
        .zip(measured)
        .map(|(track, measured)| Arrived {
            name: &track.guess,
            by_owner: track.by_owner,
            profile: &measured.profile,
            at_s: track.at_s,
        })
        .collect();
    let identities = identify(&arrived);
    let mut told = Vec::new();
    for (track, identity) in tracks.iter_mut().zip(identities) {
        if !track.by_owner {
            (track.guess.role, track.guess.sureness) = (identity.role, identity.sureness);
            track.reason = Some(identity.because);
            told.extend(identity.doubt.map(|doubt| format!("{}: {doubt}", track.label)));
        }
    }
    told
}
