//! Correlation, side to mid, balance and mono loss: over all, by band and over time.

use mixkeel_dsp::block::Channels;
use serde::{Deserialize, Serialize};

use super::delay::ChannelDelay;
use crate::spectrum::third_octave::{BANDS, mid_hz};
use crate::spectrum::{Span, SpectrumReading};

/// What the energies of a [`SpectrumReading`] say about two channels. Nothing (`None`, no bands, no moments) for a mono
/// signal, which has no sides.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StereoReading {
    /// Pearson's correlation of left and right, −1 to 1. `None` where a channel is silent.
    pub correlation: Option<f64>,
    /// Energy of (L − R)/2 over that of (L + R)/2, in dB. `None` where either is silent: equal or inverted channels.
    pub side_to_mid_db: Option<f64>,
    /// How much is lost in mono, in LU: the loudness (K-weighted, not gated) of the stereo signal less that of (L + R)/2
    /// on both sides. 0 for equal channels, 3 for unrelated ones. `None` for silence, and where nothing is left.
    pub mono_loss_lu: Option<f64>,
    /// Left over right in LU (K-weighted, not gated): above zero, the left is louder. `None` where either is silent.
    pub left_minus_right_lu: Option<f64>,
    /// The same figures by third octave, of the bands in which there is sound.
    pub bands: Vec<BandStereo>,
    /// How much later one channel is than the other. `None` where a channel is silent, and of a span of time.
    pub delay: Option<ChannelDelay>,
    /// Correlation and width over time, in steps of [`moment_s`](StereoReading::moment_s).
    pub moments: Vec<MomentStereo>,
    /// Seconds from moment to moment.
    pub moment_s: f64,
}

/// Two channels in one third octave.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BandStereo {
    /// The middle of the band.
    pub freq_hz: f64,
    /// As of the whole, in this band.
    pub correlation: Option<f64>,
    /// As of the whole, in this band.
    pub side_to_mid_db: Option<f64>,
    /// As of the whole, in this band.
    pub mono_loss_db: Option<f64>,
    /// As of the whole, in this band.
    pub left_minus_right_db: Option<f64>,
}

/// Two channels at one time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MomentStereo {
    /// The correlation of what lies between 18 Hz and 22.4 kHz. `None` where a channel is silent.
    pub correlation: Option<f64>,
    /// Width: side over mid in dB, K-weighted. `None` where either is silent.
    pub side_to_mid_db: Option<f64>,
    /// Left over right in LU.
    pub left_minus_right_lu: Option<f64>,
}

impl StereoReading {
    /// The figures of a whole signal.
    pub fn of(spectrum: &SpectrumReading) -> Self {
        if spectrum.channels == Channels::Mono {
            return Self::default();
        }
        let whole = spectrum.whole();
        let moments = (0..spectrum.contour.len()).filter_map(|row| spectrum.contour.row(row));
        Self {
            correlation: spectrum.sums.correlation(),
            side_to_mid_db: spectrum.sums.pair.side_to_mid_db(),
            delay: spectrum.delay,
            moments: moments.map(|span| moment(&span)).collect(),
            moment_s: spectrum.contour.row_s(),
            ..Self::of_span(&whole)
        }
    }

    /// The figures of a span of time; correlation and width are then those of what lies between 18 Hz and 22.4 kHz.
    pub fn of_span(span: &Span) -> Self {
        let all = span.all_bands();
        let loudest = span.bands.iter().map(|band| band.total()).fold(0.0, f64::max);
        let bands = (0..BANDS).zip(&span.bands).filter(|(_, pair)| pair.total() > 1e-13 * loudest);
        Self {
            correlation: all.correlation(),
            side_to_mid_db: all.side_to_mid_db(),
            mono_loss_lu: span.weighted.mono_loss_db(),
            left_minus_right_lu: span.weighted.left_minus_right_db(),
            bands: bands
                .map(|(band, pair)| BandStereo {
                    freq_hz: mid_hz(band),
                    correlation: pair.correlation(),
                    side_to_mid_db: pair.side_to_mid_db(),
                    mono_loss_db: pair.mono_loss_db(),
                    left_minus_right_db: pair.left_minus_right_db(),
                })
                .collect(),
            delay: None,
            moments: Vec::new(),
            moment_s: 0.0,
        }
    }
}

fn moment(span: &Span) -> MomentStereo {
    MomentStereo {
        correlation: span.all_bands().correlation(),
        side_to_mid_db: span.weighted.side_to_mid_db(),
        left_minus_right_lu: span.weighted.left_minus_right_db(),
    }
}
