//! What the masking meter found: by track, by band, by span, by masker.

use serde::{Deserialize, Serialize};

use super::phon::phon_from_sone;

/// Who covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Masker {
    /// Another track, by its place in the input.
    Track(usize),
    /// The noise of the place where it is heard.
    Noise,
}

/// How audible each track was within the rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MaskingReport {
    /// The playback system it was heard on.
    pub system: String,
    /// What a level in the file was at the listener, in dB SPL for 0 dBFS: without it no masking is known.
    pub full_scale_db_spl: f64,
    /// The centres in Hz of the ear's filters, for everything that is told by band.
    pub centres_hz: Vec<f64>,
    /// The whole input.
    pub whole: SpanMasking,
    /// Each span that was [ended](super::MaskingMeter::end_span), in order.
    pub spans: Vec<SpanMasking>,
}

/// A stretch of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpanMasking {
    /// Its first frame.
    pub from_frame: u64,
    /// The frame after its last.
    pub to_frame: u64,
    /// Each track, in the order of the input.
    pub tracks: Vec<TrackMasking>,
}

/// One track in one span. Loudnesses are means over the frames in which it sounds, both ears together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrackMasking {
    /// In how many frames it would be louder than 20 phon alone in silence.
    pub sounding_frames: u64,
    /// In how many of them it can be heard within the rest: it keeps 0.003 sone, the loudness at threshold.
    pub heard_frames: u64,
    /// How loud it would be alone in silence, in sone.
    pub unmasked_sone: f64,
    /// How loud it is within the rest, in sone: its partial loudness.
    pub partial_sone: f64,
    /// In each of the ear's filters: alone and within the rest, in sone.
    pub bands: Vec<BandMasking>,
    /// Who covers it, the one that takes most first; at most five, or as many as were [asked for](super::MaskingMeter::telling).
    pub covered_by: Vec<Cover>,
}

/// One track in one of the ear's filters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BandMasking {
    /// Its part of the unmasked loudness, in sone.
    pub unmasked_sone: f64,
    /// Its part of the partial loudness, in sone.
    pub partial_sone: f64,
}

/// What one masker takes from one track. What is lost in a filter is shared among the maskers by their excitation of
/// that filter in that frame, so that the shares add up to the loss.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cover {
    /// Who.
    pub by: Masker,
    /// How much, in sone.
    pub lost_sone: f64,
    /// How much in each of the ear's filters, in sone.
    pub bands_sone: Vec<f64>,
    /// The frame in which it takes most.
    pub worst_frame: u64,
}

impl TrackMasking {
    /// The loudness lost to the others, in sone.
    pub fn lost_sone(&self) -> f64 {
        self.unmasked_sone - self.partial_sone
    }

    /// How loud it would be alone, as a loudness level in phon.
    pub fn unmasked_phon(&self) -> f64 {
        phon_from_sone(self.unmasked_sone)
    }

    /// How loud it is within the rest, as a loudness level in phon.
    pub fn partial_phon(&self) -> f64 {
        phon_from_sone(self.partial_sone)
    }

    /// The loudness lost to the others, as a difference of loudness levels: 10 phon is half as loud. It reads about as
    /// many LU as the track would have to be turned down alone to sound as loud as it does within the rest.
    pub fn lost_phon(&self) -> f64 {
        self.unmasked_phon() - self.partial_phon()
    }

    /// The masked-to-unmasked ratio (P. Aichinger, A. Sontacchi and B. Schneider-Stickler, AES 130th Convention, 2011):
    /// partial over unmasked loudness, 1 when nothing covers it and 0 when it is gone. `None` where it does not sound.
    pub fn masked_to_unmasked(&self) -> Option<f64> {
        (self.unmasked_sone > 0.0).then(|| self.partial_sone / self.unmasked_sone)
    }

    /// Whether it cannot be heard in more than half of the frames in which it sounds.
    pub fn is_masked(&self) -> bool {
        2 * self.heard_frames < self.sounding_frames
    }
}
