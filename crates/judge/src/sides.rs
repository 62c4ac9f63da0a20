//! What two channels have in common between two frequencies, and which tracks keep them apart.

use mixkeel_analysis::energy::{BANDS, Power, centre_hz};
use mixkeel_analysis::loudness::kweight::power_gain;
use mixkeel_analysis::spectrum::third_octave::mid_hz;
use mixkeel_analysis::spectrum::{Pair, Span};

use crate::causes;
use crate::evidence::{Evidence, Strip};
use crate::finding::Cause;

/// Where kick and bass live, and where players, clubs and lathes have one channel (mixing practice names 90 to 150 Hz).
pub const LOW_HZ: (f64, f64) = (30.0, 130.0);

/// The energies of both channels between two frequencies.
pub fn between(span: &Span, (from_hz, to_hz): (f64, f64)) -> Pair {
    let mut sum = Pair::default();
    for (band, pair) in span.bands.iter().enumerate() {
        if (from_hz..to_hz).contains(&mid_hz(band)) {
            sum.left += pair.left;
            sum.right += pair.right;
            sum.mid += pair.mid;
            sum.side += pair.side;
        }
    }
    sum
}

/// Side over mid as a factor of power. `None` for silence.
pub fn side_to_mid(pair: &Pair) -> Option<f64> {
    (pair.total() > 0.0).then(|| pair.side / pair.mid.max(1e-9 * pair.total()))
}

/// How much of everything lies in a part of it, as heard by energy.
pub fn part(pair: &Pair, whole: &Span) -> f64 {
    pair.total() / whole.all_bands().total().max(f64::MIN_POSITIVE)
}

/// The tracks that make the sides strong beside the middle between two frequencies.
///
/// A track counts with what it adds to the sides less what its own middle would balance of them: turned up, it widens the
/// mix by so much. A loud track that is as wide as the mix is not what makes it wide.
pub fn by_side(evidence: &Evidence, hz: (f64, f64)) -> Vec<Cause> {
    let parts: Vec<(f64, f64)> = evidence
        .tracks
        .iter()
        .map(|strip| {
            let side = |power: &Power| 0.25 * (power.left + power.right - 2.0 * power.cross);
            let mid = |power: &Power| 0.25 * (power.left + power.right + 2.0 * power.cross);
            (weighed(evidence, strip, hz, side), weighed(evidence, strip, hz, mid))
        })
        .collect();
    let (side, mid) = parts.iter().fold((0.0, 0.0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
    let ratio = side / mid.max(f64::MIN_POSITIVE);
    causes::ranked(evidence, &parts.iter().map(|(side, mid)| side - ratio * mid).collect::<Vec<f64>>())
}

/// The tracks by how much more they put on the left than on the right, or the other way.
pub fn by_balance(evidence: &Evidence, left: bool) -> Vec<Cause> {
    let sign = if left { 1.0 } else { -1.0 };
    causes::shares(evidence, |strip| {
        weighed(evidence, strip, (20.0, 20_000.0), |power| sign * (power.left - power.right))
    })
}

/// A quantity of a strip summed over bands as loud as they are heard.
fn weighed(evidence: &Evidence, strip: &Strip, hz: (f64, f64), of: impl Fn(&Power) -> f64) -> f64 {
    let rate_hz = evidence.sound.rate_hz;
    (0..BANDS)
        .zip(&strip.bands)
        .map(|(band, power)| {
            let middle_hz = centre_hz(band).min(0.45 * f64::from(rate_hz));
            crate::evidence::share_of_band(band, hz) * power_gain(rate_hz, middle_hz) * of(power)
        })
        .sum()
}
