//! How much of one track is heard in another's microphone.

use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_dsp::units::db_from_power;
use rustfft::num_complex::Complex;
use serde::{Deserialize, Serialize};

use crate::frames::{Frames, Spectrum, Window};
use crate::meter::finite;
use crate::spectrum::erb_bands::{ERB_BANDS, edges_hz, mid_hz};

/// Blocks a second, and their length in seconds. Ours: short enough to fall between the strokes of the other's own
/// instrument, long enough that a path of some milliseconds is inside.
const PER_SECOND: u32 = 40;
/// See [`PER_SECOND`].
const LENGTH_S: f64 = 0.04;

/// The ratio of the other to the source falls into classes of this many dB, from the lowest up.
const CLASS_DB: f64 = 2.0;
/// See [`CLASS_DB`].
const LOWEST_DB: f64 = -100.0;
/// See [`CLASS_DB`].
const CLASSES: usize = 61;

/// Bleed is read where the ratio is lowest: in the blocks that hold this share of the source's energy. There the other's
/// own instrument is silent if it ever is. Ours: a third, so that half a song of its own playing does not matter, and
/// that the answer does not hang on a few lucky blocks.
const SHARE: f64 = 1.0 / 3.0;

/// Fewer blocks than these say nothing. Ours.
const FEWEST: u64 = 8;

/// Below this coherence, less what chance gives, what is in the other is not the source. Ours: unrelated sounds exceed it
/// in one of fifty bands of a single bin and [`FEWEST`] blocks, and bands have more of both.
const COHERENT: f64 = 0.35;

/// Bleed in one band, a filter of the ear wide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BandBleed {
    /// The middle of the band in Hz.
    pub freq_hz: f64,
    /// The source as heard in the other, in dB re the source itself: the power of the linear path between them. `None`
    /// where what is there is not the source.
    pub bleed_db: Option<f64>,
    /// More than this it is not, in dB re the source: all that is in the other while the source is loud. `None` where the
    /// source has too little sound to say.
    pub at_most_db: Option<f64>,
    /// How much of what is there is the source, 0 to 1.
    pub coherence: f64,
}

/// What [`BleedMeter`] reads.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BleedReading {
    /// From the lowest band to the highest.
    pub bands: Vec<BandBleed>,
    /// All bands together, weighted by the power of the source. `None` where no band has any.
    pub bleed_db: Option<f64>,
    /// The share of the other's energy that is the source's bleed, 0 to 1: small where the other has an instrument of its
    /// own, large where both hear the same one, whatever their gains.
    pub explained: f64,
}

/// Measures how much of a source bleeds into another track, in blocks in which the source is loud and the other's own
/// instrument is not. Stereo signals count by the mean of their sides. What a room returns later than half a block is not
/// seen: through reflections that die away within 80 ms it reads 2 dB too little.
pub struct BleedMeter {
    frames: Frames,
    /// What was pushed and waits for the other side to arrive: source, other.
    waiting: [Vec<f32>; 2],
    /// For each band the first bin and the one after its last.
    bins: Vec<(usize, usize)>,
    classes: Classes,
}

/// Sums over blocks, kept apart by how much of the other there is in the band.
struct Classes {
    /// For each class and band.
    blocks: Vec<u64>,
    /// For each class and bin: a room's path differs from bin to bin, and only within one do blocks agree on it.
    sums: Vec<Sums>,
    /// Bins of a spectrum.
    bins: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    source: f64,
    other: f64,
    cross: Complex<f64>,
}

impl BleedMeter {
    /// For two signals of this rate, the other hearing the source this many frames later (from a
    /// [`PairMeter`](super::PairMeter); rounded, since a part of a frame is short against a block).
    pub fn new(rate_hz: u32, later_frames: f64) -> Self {
        let rate_hz = rate_hz.max(1);
        let length = (libm::ceil(f64::from(rate_hz) * LENGTH_S) as usize).max(64).next_power_of_two();
        let bin_hz = f64::from(rate_hz) / length as f64;
        let bins = (0..ERB_BANDS).map(|band| {
            let (low, high) = edges_hz(band);
            let last = length / 2;
            let at = |hz: f64| (libm::ceil(hz / bin_hz) as usize).min(last);
            (at(low), at(high))
        });
        let later = libm::round(later_frames.clamp(-1e6, 1e6));
        let silence = |frames: f64| vec![0.0; frames.max(0.0) as usize];
        Self {
            frames: Frames::new(rate_hz, Channels::Stereo, PER_SECOND, length, Window::Hann),
            waiting: [silence(later), silence(-later)],
            bins: bins.collect(),
            classes: Classes {
                blocks: vec![0; CLASSES * ERB_BANDS],
                sums: vec![Sums::default(); CLASSES * (length / 2 + 1)],
                bins: length / 2 + 1,
            },
        }
    }

    /// The next frames of both.
    pub fn push(&mut self, source: &Signal, other: &Signal) {
        for (waiting, signal) in self.waiting.iter_mut().zip([source, other]) {
            let both = signal.left().iter().zip(signal.right_or_only());
            waiting.extend(both.map(|(&left, &right)| 0.5 * (finite(left) + finite(right))));
        }
        let [source, other] = &self.waiting;
        let ready = source.len().min(other.len());
        let (source, other) =
            (source.get(..ready).unwrap_or_default(), other.get(..ready).unwrap_or_default());
        let (bins, classes) = (&self.bins, &mut self.classes);
        self.frames.push(&Signal::stereo(source, other), |_, spectrum| classes.count(bins, spectrum));
        self.waiting.iter_mut().for_each(|waiting| drop(waiting.drain(..ready)));
    }

    /// What was measured. Ends the measurement.
    pub fn finish(self) -> BleedReading {
        let (mut heard, mut played) = (0.0, 0.0);
        let all: f64 = self.classes.sums.iter().map(|sums| sums.other).sum();
        let bands: Vec<BandBleed> = self
            .bins
            .iter()
            .enumerate()
            .map(|(band, &bins)| {
                let freq_hz = mid_hz(band);
                let (blocks, lowest) = self.classes.lowest(band, bins);
                let source: f64 = lowest.iter().map(|sums| sums.source).sum();
                let other: f64 = lowest.iter().map(|sums| sums.other).sum();
                if blocks < FEWEST || source <= 0.0 || other <= 0.0 {
                    return BandBleed { freq_hz, ..BandBleed::default() };
                }
                let linear = lowest.iter().filter(|sums| sums.source > 0.0);
                let linear: f64 = linear.map(|sums| sums.cross.norm_sqr() / sums.source).sum();
                // Unrelated sounds seem to agree by one part in as many blocks as there are.
                let chance = 1.0 / blocks as f64;
                let coherence = ((linear / other - chance) / (1.0 - chance)).clamp(0.0, 1.0);
                let path = coherence * other / source;
                let bled = coherence >= COHERENT;
                if bled {
                    let whole = self.classes.source(bins);
                    heard += path * whole;
                    played += whole;
                }
                BandBleed {
                    freq_hz,
                    bleed_db: bled.then(|| db_from_power(path)),
                    at_most_db: Some(db_from_power(other / source)),
                    coherence,
                }
            })
            .collect();
        BleedReading {
            bands,
            bleed_db: (played > 0.0).then(|| db_from_power(heard / played)),
            explained: if all > 0.0 { (heard / all).min(1.0) } else { 0.0 },
        }
    }
}

impl Classes {
    /// Counts a block into the class of each band.
    fn count(&mut self, bands: &[(usize, usize)], spectrum: &Spectrum) {
        let Some(right) = spectrum.right else { return };
        let wide = |z: &Complex<f32>| Complex::new(f64::from(z.re), f64::from(z.im));
        for (band, &(from, to)) in bands.iter().enumerate() {
            let pairs = || spectrum.left.iter().zip(right).skip(from).take(to.saturating_sub(from));
            let (mut source, mut other) = (0.0, 0.0);
            for (a, b) in pairs() {
                source += wide(a).norm_sqr();
                other += wide(b).norm_sqr();
            }
            if source <= 0.0 {
                continue;
            }
            let ratio_db = if other > 0.0 { db_from_power(other / source) } else { LOWEST_DB };
            let class = ((ratio_db - LOWEST_DB) / CLASS_DB).clamp(0.0, (CLASSES - 1) as f64) as usize;
            if let Some(blocks) = self.blocks.get_mut(class * ERB_BANDS + band) {
                *blocks += 1;
            }
            let sums = self.sums.iter_mut().skip(class * self.bins + from);
            for (sums, (a, b)) in sums.zip(pairs()) {
                let (a, b) = (wide(a), wide(b));
                sums.source += a.norm_sqr();
                sums.other += b.norm_sqr();
                sums.cross += a.conj() * b;
            }
        }
    }

    /// The bins of a band in each class.
    fn rows(&self, (from, to): (usize, usize)) -> impl Iterator<Item = &[Sums]> {
        self.sums.chunks_exact(self.bins).map(move |row| row.get(from..to.max(from)).unwrap_or_default())
    }

    /// The energy of the source in a band.
    fn source(&self, bins: (usize, usize)) -> f64 {
        self.rows(bins).flatten().map(|sums| sums.source).sum()
    }

    /// The classes of the lowest ratio that together hold a [`SHARE`] of the source's energy in a band: how many blocks, and
    /// the sums of each bin.
    fn lowest(&self, band: usize, bins: (usize, usize)) -> (u64, Vec<Sums>) {
        let wanted = SHARE * self.source(bins);
        let (mut blocks, mut source) = (0, 0.0);
        let mut found = vec![Sums::default(); bins.1.saturating_sub(bins.0)];
        let counts = self.blocks.chunks_exact(ERB_BANDS).map(|row| row.get(band).copied().unwrap_or(0));
        for (count, row) in counts.zip(self.rows(bins)) {
            if source >= wanted && blocks >= FEWEST {
                break;
            }
            blocks += count;
            for (sum, more) in found.iter_mut().zip(row) {
                source += more.source;
                sum.source += more.source;
                sum.other += more.other;
                sum.cross += more.cross;
            }
        }
        (blocks, found)
    }
}
