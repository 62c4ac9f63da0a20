//! How loud each sound is within the others, and who covers whom.
//!
//! The model is that of Moore, Glasberg and Baer (1997) as ANSI S3.4-2007 prints it: the outer and middle ear, filters
//! whose shape depends on level, loudness that grows by a power and is partly lost within other sound. It needs to know
//! how loud it is played ([`PlaybackLevel`](crate::playback::PlaybackLevel)): a mix that is clear at 83 dB SPL loses its
//! bass at 60. It is a model of steady sound heard with both ears: it knows no masking forward in time, and no gain from
//! a masker being in another place beyond what one ear hears better than the other.

mod console;
pub(crate) mod ear;
mod meter;
mod pattern;
mod phon;
mod report;
mod roex;
mod song;
mod specific;
mod spread;
mod steady;
mod table;

pub use console::{Console, WithinMix};
pub use ear::Field;
pub use meter::MaskingMeter;
pub use pattern::{Cochlea, Partial, Pattern};
pub use phon::{SONE_OF_PHON, SOUNDING_SONE, phon_from_sone};
pub use report::{BandMasking, Cover, Masker, MaskingReport, SpanMasking, TrackMasking};
pub use song::in_song;
pub use steady::{Component, loudness_sone, partial_loudness_sone};
