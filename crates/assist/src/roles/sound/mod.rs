//! What a track is, by its sound: [`features`] of its profile, a small [classifier](model) trained on synthesised and sampled
//! instruments (`training/README.md`), and the words for what was heard.

pub mod features;
pub mod model;
mod strokes;
mod voice;
mod weights;
mod words;

use mixkeel_analysis::profile::Profile;
use mixkeel_session::role::Role;

pub use model::Odds;

/// What was heard of a track.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// How probable each role is, on its own.
    pub odds: Odds,
    /// What they rest on.
    pub features: features::Features,
    /// What it is like, in words: `low, short strokes, periodic`.
    pub like: String,
}

/// Listens to a track; `None` where there is too little to hear, or its profile has no music layer.
pub fn heard(profile: &Profile) -> Option<Heard> {
    let features = features::features(profile)?;
    let own = model::odds(&features);
    let odds = if voice::sings(&features) { own.pooled(Role::LeadVocal, voice::COUNTS) } else { own };
    Some(Heard { odds, like: words::description(&features), features })
}
