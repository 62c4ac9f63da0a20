//! Which pairs of many tracks are worth a closer look, by how their energy moves.

use serde::{Deserialize, Serialize};

use super::{BleedReading, PairReading};
use crate::energy::{BANDS, EnergyMap};

/// Steps of a contour from a frame to the next count up to this many dB. Ours: one stroke out of silence is no more
/// evidence than one out of a groove.
const STEEPEST_DB: f64 = 12.0;

/// A band sounds within this many dB of its loudest frame. Ours: below are tails and noise.
const SOUNDING_DB: f64 = 40.0;

/// Onsets are compared up to this many frames apart, for tracks that are late and doubles that are loose. Ours: 100 ms.
const SHIFTS: usize = 1;

/// Pairs whose onsets agree less than this are no candidates. Ours: drum loops of different instruments on one grid stay
/// below 0.5 in the songs this was tried on; two microphones on one instrument stay above 0.7.
const ALIKE: f64 = 0.6;

/// Frames in which both must sound in a band for it to count.
const FEWEST_FRAMES: u32 = 10;

/// A copy leaves less than this of the waveform, in dB. Ours: what lossy codecs at common rates leave; no two microphones
/// come near.
const COPIED_DB: f64 = -20.0;

/// A delay that so many blocks say is believed.
const BELIEVED: f64 = 0.3;

/// Two microphones on one source share at least this much of their energy. Ours: a neighbour's, 6 dB behind the
/// microphone's own instrument, is bleed.
const SHARED: f64 = 0.25;

/// An amplifier moves less than this in level for each dB of the direct signal, and steadily so: a room that fills the
/// gaps between strokes moves little too, but not steadily. Ours.
const SQUASHED: f64 = 0.85;
/// See [`SQUASHED`].
const STEADY_DB: f64 = 4.0;

/// A part played twice differs less than this from moment to moment, in dB; other parts on the same beat differ more.
/// Ours.
const DOUBLED_DB: f64 = 8.0;

/// A part played twice has the same colour: the level difference of its takes differs less than this from band to band, in
/// dB. Ours: one singer on one microphone stays within 3; another instrument on the same notes does not.
const SAME_COLOUR_DB: f64 = 6.0;

/// As many strokes of equal strength as make the likeness of two tracks more than luck, unless their levels move together as
/// those of one source do, within [`STEADY_DB`]. Ours.
const FEWEST_STROKES: f64 = 6.0;

/// One track's power in bands over time, at about ten frames a second: `bands` numbers a frame, frame after frame.
#[derive(Clone, Copy, Debug)]
pub struct Contour<'a> {
    /// The power in each frame and band, both sides together.
    pub powers: &'a [f32],
    /// Bands in a frame.
    pub bands: usize,
}

impl Contour<'_> {
    /// The powers of a track, for a contour of [`BANDS`](crate::energy::BANDS) bands.
    pub fn powers_of(map: &EnergyMap) -> Vec<f32> {
        let cells = (0..map.cells()).flat_map(|cell| (0..BANDS).map(move |band| map.power(cell, band)));
        cells.map(|power| (power.left + power.right) as f32).collect()
    }
}

/// A pair that moves together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The place of the one in the input.
    pub first: usize,
    /// The place of the other.
    pub second: usize,
    /// How alike their onsets are, 0 to 1.
    pub onsets_alike: f64,
    /// How much their level difference in a band moves over time, in dB: the median band's standard deviation. 0 for a
    /// copy at another level, 1 to 4 for two microphones, more for a part played twice. `None` where too little sounds in
    /// both.
    pub unsteady_db: Option<f64>,
    /// How much their level difference differs from band to band, in dB: the standard deviation over bands. 0 for a copy,
    /// however loud. `None` where too little sounds in both.
    pub coloured_db: Option<f64>,
    /// How many dB the second moves in level for each dB of the first: below 1 the second is compressed, as an amplifier
    /// does, above 1 the first is. `None` where too little sounds in both.
    pub dynamics: Option<f64>,
}

/// How two tracks belong together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Relation {
    /// The same samples.
    Identical,
    /// The same take at another level, word length or format.
    SameTake {
        /// The level of the second re the first, in dB.
        gain_db: f64,
    },
    /// An instrument recorded directly and through an amplifier. A guess by dynamics alone: a microphone that was recorded
    /// through a compressor looks the same.
    DirectAndAmplifier {
        /// Which of the two is compressed.
        second_is_amplifier: bool,
        /// Frames by which the second is later.
        later_frames: f64,
        /// Whether they match with one upside down.
        inverted: bool,
    },
    /// Two microphones on one source.
    SameSource {
        /// Frames by which the second is later.
        later_frames: f64,
        /// Whether they match with one upside down.
        inverted: bool,
    },
    /// One part played or sung twice.
    Double,
}

/// The pairs among all tracks that move together, those most alike first. The order of tracks changes nothing but their
/// numbers.
pub fn screen(tracks: &[Contour]) -> Vec<Candidate> {
    let onsets: Vec<Vec<f64>> = tracks.iter().map(onsets).collect();
    let mut found = Vec::new();
    for (first, a) in onsets.iter().enumerate() {
        for (second, b) in onsets.iter().enumerate().skip(first + 1) {
            let onsets_alike = alike(a, b);
            if onsets_alike >= ALIKE
                && let (Some(one), Some(other)) = (tracks.get(first), tracks.get(second))
            {
                let (unsteady_db, coloured_db) = colour(one, other);
                let steady = unsteady_db.is_some_and(|db| db < STEADY_DB);
                if steady || evenly(a).min(evenly(b)) >= FEWEST_STROKES {
                    let dynamics = dynamics(one, other);
                    found.push(Candidate { first, second, onsets_alike, unsteady_db, coloured_db, dynamics });
                }
            }
        }
    }
    found.sort_by(|a, b| b.onsets_alike.total_cmp(&a.onsets_alike));
    found
}

/// What a candidate is, once it was read sample by sample; `None` where nothing but the beat joins the two. Bleed is not
/// a relation of two takes: pass its readings from the first to the second and back, where there are any, so that a
/// microphone that hears its neighbour beside an instrument of its own is not taken for a second one on the same source.
pub fn relation(
    pair: &PairReading,
    candidate: &Candidate,
    bleeds: [Option<&BleedReading>; 2],
) -> Option<Relation> {
    if pair.identical {
        return Some(Relation::Identical);
    }
    if let Some(gain_db) = pair.gain_db
        && pair.remainder_db.is_none_or(|remainder_db| remainder_db < COPIED_DB)
    {
        return Some(Relation::SameTake { gain_db });
    }
    let only_bleed = bleeds.iter().flatten().any(|reading| reading.explained < SHARED);
    match pair.delay {
        Some(delay) if delay.confidence >= BELIEVED && !only_bleed => {
            let (later_frames, inverted) = (delay.later_frames, delay.inverted);
            match (candidate.dynamics, candidate.unsteady_db) {
                (Some(dynamics), Some(unsteady_db))
                    if !(SQUASHED..=1.0 / SQUASHED).contains(&dynamics) && unsteady_db < STEADY_DB =>
                {
                    Some(Relation::DirectAndAmplifier {
                        second_is_amplifier: dynamics < 1.0,
                        later_frames,
                        inverted,
                    })
                }
                _ => Some(Relation::SameSource { later_frames, inverted }),
            }
        }
        _ => {
            let below = |measure: Option<f64>, limit: f64| measure.is_some_and(|db| db < limit);
            let double =
                below(candidate.unsteady_db, DOUBLED_DB) && below(candidate.coloured_db, SAME_COLOUR_DB);
            double.then_some(Relation::Double)
        }
    }
}

/// The sum over bands of rises in dB from frame to frame, without its mean and of length one.
fn onsets(track: &Contour) -> Vec<f64> {
    let bands = track.bands.max(1);
    let loudest = track.powers.iter().copied().filter(|power| power.is_finite()).fold(0.0, f32::max);
    // 60 dB below the loudest there are no onsets.
    let floor = f64::from(loudest) * 1e-6;
    if floor <= 0.0 {
        return Vec::new();
    }
    let level = |power: &f32| 10.0 * libm::log10(f64::from(*power).max(floor));
    // What sounds from the first frame on did not begin there: no onset.
    let mut before: Vec<f64> = track.powers.iter().take(bands).map(level).collect();
    let mut rises: Vec<f64> = Vec::with_capacity(track.powers.len() / bands);
    for frame in track.powers.chunks_exact(bands) {
        let mut rise = 0.0;
        for (before, power) in before.iter_mut().zip(frame) {
            let now = level(power);
            rise += (now - *before).clamp(0.0, STEEPEST_DB);
            *before = now;
        }
        rises.push(rise);
    }
    let mean = rises.iter().sum::<f64>() / rises.len().max(1) as f64;
    rises.iter_mut().for_each(|rise| *rise -= mean);
    let length = rises.iter().map(|rise| rise * rise).sum::<f64>().sqrt();
    if length > 0.0 {
        rises.iter_mut().for_each(|rise| *rise /= length);
    }
    rises
}

/// How many equal strokes the onsets of a track amount to: for a row of length one, one over the sum of fourth powers.
fn evenly(onsets: &[f64]) -> f64 {
    let fourth: f64 = onsets.iter().map(|rise| rise * rise * rise * rise).sum();
    if fourth > 0.0 { 1.0 / fourth } else { 0.0 }
}

fn alike(a: &[f64], b: &[f64]) -> f64 {
    let at = |a: &[f64], b: &[f64], shift: usize| -> f64 {
        a.iter().zip(b.iter().skip(shift)).map(|(a, b)| a * b).sum()
    };
    (0..=SHIFTS).map(|shift| at(a, b, shift).max(at(b, a, shift))).fold(0.0, f64::max).min(1.0)
}

/// How unsteady, and how coloured, the level difference of two tracks is.
fn colour(a: &Contour, b: &Contour) -> (Option<f64>, Option<f64>) {
    let bands = a.bands.min(b.bands);
    let mut means = Vec::new();
    let mut spreads = Vec::new();
    for band in 0..bands {
        let of =
            |track: &Contour| track.powers.iter().skip(band).step_by(track.bands.max(1)).copied().collect();
        let (a, b): (Vec<f32>, Vec<f32>) = (of(a), of(b));
        let pairs = sounding(&a, &b);
        if pairs.len() >= FEWEST_FRAMES as usize {
            let (mean, spread) = spread(pairs.iter().map(|(a, b)| b - a));
            means.push(mean);
            spreads.push(spread);
        }
    }
    spreads.sort_by(f64::total_cmp);
    let unsteady = spreads.get(spreads.len() / 2).copied();
    let coloured = (means.len() > 1).then(|| spread(means.iter().copied()).1);
    (unsteady, coloured)
}

/// The slope of the level of `b` over that of `a`, of all bands together: the ratio of their spreads where they move
/// together, so that noise in one does not flatten it.
fn dynamics(a: &Contour, b: &Contour) -> Option<f64> {
    let whole = |track: &Contour| -> Vec<f32> {
        track.powers.chunks_exact(track.bands.max(1)).map(|frame| frame.iter().sum()).collect()
    };
    let pairs = sounding(&whole(a), &whole(b));
    if pairs.len() < FEWEST_FRAMES as usize {
        return None;
    }
    let (_, of_a) = spread(pairs.iter().map(|pair| pair.0));
    let (_, of_b) = spread(pairs.iter().map(|pair| pair.1));
    (of_a > 0.0).then(|| of_b / of_a)
}

/// The levels in dB of two rows of powers in the frames in which both sound.
fn sounding(a: &[f32], b: &[f32]) -> Vec<(f64, f64)> {
    let floor = |row: &[f32]| {
        let loudest = row.iter().copied().filter(|power| power.is_finite()).fold(0.0, f32::max);
        f64::from(loudest) * libm::exp10(-SOUNDING_DB / 10.0)
    };
    let (low_a, low_b) = (floor(a), floor(b));
    let level = |power: f32| 10.0 * libm::log10(f64::from(power));
    a.iter()
        .zip(b)
        .filter(|&(&a, &b)| f64::from(a) > low_a && f64::from(b) > low_b && (a + b).is_finite())
        .map(|(&a, &b)| (level(a), level(b)))
        .collect()
}

/// The mean and the standard deviation.
fn spread(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let count = values.clone().count().max(1) as f64;
    let mean = values.clone().sum::<f64>() / count;
    let square = values.map(|value| (value - mean) * (value - mean)).sum::<f64>() / count;
    (mean, square.sqrt())
}
