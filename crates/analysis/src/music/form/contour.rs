//! How loud, how full, how dense and how wide bars and sections are.

use serde::Serialize;

use crate::loudness::lufs_from_power;

/// How one bar sounds.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct BarContour {
    /// Mean K-weighted power.
    pub power: f64,
    /// Mean power of what both sides share, and of what they do not, above the bass.
    pub mid_power: f64,
    /// See there.
    pub side_power: f64,
    /// How much of each track there is, from 0 to 1, in their order.
    pub plays: Vec<f64>,
    /// How many voices are heard: tracks that always play together count as one.
    pub voices: f64,
    /// Onsets a second.
    pub onsets_per_s: f64,
    /// How much of what the song is about is heard, from 0 to 1; nothing where nobody said what that is.
    pub lead: Option<f64>,
}

/// How a section sounds.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Contour {
    /// Its loudness; `None` for silence.
    pub loudness_lufs: Option<f64>,
    /// How many voices are heard at a time: tracks that always play together count as one.
    pub voices: f64,
    /// Onsets a second.
    pub onsets_per_s: f64,
    /// What the sides do not share over what they do, above 200 Hz; `None` for mono.
    pub width_db: Option<f64>,
    /// How much of what the song is about is heard, from 0 to 1; nothing where nobody said what that is.
    pub lead: Option<f64>,
}

impl Contour {
    /// Over the bars from one to before another.
    pub(super) fn of(bars: &[BarContour], bars_s: &[f64], from: usize, to: usize) -> Self {
        let to = to.min(bars.len());
        let seconds = |bar: usize| {
            let border = |at: usize| bars_s.get(at).copied().unwrap_or(0.0);
            (border(bar + 1) - border(bar)).max(0.0)
        };
        let whole_s = (from..to).map(seconds).sum::<f64>().max(1e-9);
        let mean = |value: &dyn Fn(&BarContour) -> f64| {
            (from..to).filter_map(|bar| Some(value(bars.get(bar)?) * seconds(bar))).sum::<f64>() / whole_s
        };
        let (mid, side) = (mean(&|bar| bar.mid_power), mean(&|bar| bar.side_power));
        let known = bars.get(from).is_some_and(|bar| bar.lead.is_some());
        Self {
            loudness_lufs: lufs_from_power(mean(&|bar| bar.power)),
            voices: mean(&|bar| bar.voices),
            onsets_per_s: mean(&|bar| bar.onsets_per_s),
            width_db: (mid > 0.0 && side > mid * 1e-9).then(|| 10.0 * libm::log10(side / mid)),
            lead: known.then(|| mean(&|bar| bar.lead.unwrap_or(0.0))),
        }
    }
}
