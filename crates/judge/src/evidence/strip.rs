//! One track or bus as it goes into the mix: how loud, where in the spectrum and in the stereo field, when.

use mixkeel_analysis::energy::{CELLS_PER_S, EnergyMap, EnergyMeter, Power};
use mixkeel_analysis::levels::sample_peak;
use mixkeel_analysis::loudness::{LoudnessContour, LoudnessMeter, LoudnessReading};
use mixkeel_analysis::meter::Meter;
use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_dsp::units::db_from_gain;
use mixkeel_session::role::Role;
use serde::{Deserialize, Serialize};

use super::meters::Listener;

pub use mixkeel_analysis::energy::BANDS;

/// After so many seconds what was heard in detail is boiled down, so that memory does not grow with the song.
const DETAIL_S: u64 = 600;

/// The most cells that are kept: eight minutes of tenths of a second. In a longer song every second one is kept, then
/// every fourth. Ours: masking and playback are means over thousands of them.
const MOST_CELLS: usize = 4_800;

/// What a strip is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StripKind {
    /// A recorded source.
    Track,
    /// A sum.
    Bus,
    /// An effect fed by sends.
    Return,
}

/// What a strip sends to a return.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SendLevel {
    /// The return.
    pub to: String,
    /// How much, re the strip's own level in the mix, in dB.
    pub level_db: f64,
}

/// One track, bus or return, at the level at which it stands in the mix: a track through the buses that it feeds, a bus or
/// return after its own fader.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Strip {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What kind of strip it is.
    pub kind: StripKind,
    /// What it is, for a track.
    pub role: Role,
    /// Whether the song is about it.
    pub in_focus: bool,
    /// The bus it feeds, or `master`.
    pub to: String,
    /// What it sends to returns.
    pub sends: Vec<SendLevel>,
    /// Loudness, and how much of the song it plays.
    pub loudness: LoudnessReading,
    /// Loudness of every 100 ms.
    pub contour: LoudnessContour,
    /// Its highest sample. `None` for silence.
    pub sample_peak_dbfs: Option<f64>,
    /// Its mean power over the whole song in each band of one ERB.
    pub bands: Vec<Power>,
    /// The same by section, in the order of the evidence's sections.
    pub sections: Vec<StripSection>,
    /// Its power on both sides, second by second, [`BANDS`] numbers each.
    pub seconds: Vec<f32>,
}

/// A strip in one section.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StripSection {
    /// Gated loudness. `None` for silence.
    pub integrated_lufs: Option<f64>,
    /// Mean power in each band.
    pub bands: Vec<Power>,
}

/// How far a strip may be below its own loudness over the song and be itself. Ours: 10 LU is half as loud; softer than that it is
/// a breath ahead of a verse, or far away on purpose.
const OWN_LEVEL_LU: f64 = 10.0;

impl Strip {
    /// Whether it stands in a section, by its place among them, about as it does in the song.
    pub fn is_itself_in(&self, section: usize) -> bool {
        let here = self.sections.get(section).and_then(|section| section.integrated_lufs);
        here.zip(self.loudness.integrated_lufs).is_some_and(|(here, whole)| here >= whole - OWN_LEVEL_LU)
    }

    /// The energy (power times seconds) between two frequencies and two times. Bands at the edges count by their share.
    pub fn energy_between(&self, hz: (f64, f64), from_s: f64, to_s: f64) -> f64 {
        let shares: Vec<f64> = (0..BANDS).map(|band| share_of_band(band, hz)).collect();
        let mut sum = 0.0;
        for (second, powers) in self.seconds.chunks_exact(BANDS).enumerate() {
            let held = (to_s.min(second as f64 + 1.0) - from_s.max(second as f64)).max(0.0);
            if held > 0.0 {
                let power: f64 =
                    powers.iter().zip(&shares).map(|(power, share)| f64::from(*power) * share).sum();
                sum += held * power;
            }
        }
        sum
    }
}

/// How much of a band lies between two frequencies.
pub(crate) fn share_of_band(band: usize, (from_hz, to_hz): (f64, f64)) -> f64 {
    use mixkeel_analysis::energy::lower_hz;
    let (low, high) = (lower_hz(band), lower_hz(band + 1));
    ((to_hz.min(high) - from_hz.max(low)) / (high - low)).clamp(0.0, 1.0)
}

/// What [`StripMeter`] reads. A strip's sound is measured as it leaves its fader; the gain of the master's inputs comes
/// later.
#[derive(Clone, Debug, Default)]
pub struct StripReading {
    pub(super) loudness: LoudnessReading,
    pub(super) contour: LoudnessContour,
    pub(super) sample_peak_dbfs: Option<f64>,
    pub(super) seconds: Vec<f32>,
    /// One cell in so many is kept.
    pub(super) every: usize,
    /// Cells that were kept, [`BANDS`] of left, right and cross each.
    pub(super) cells: Vec<[f32; 3]>,
}

/// Measures a strip.
pub struct StripMeter {
    rate_hz: u32,
    loudness: LoudnessMeter,
    /// The largest sample so far.
    peak: f32,
    energy: EnergyMeter,
    frames: u64,
    heard_cells: usize,
    reading: StripReading,
}

impl StripMeter {
    /// Ready for a stereo signal of this rate.
    pub fn new(rate_hz: u32) -> Self {
        let mut meter = Self {
            rate_hz,
            loudness: LoudnessMeter::new(),
            peak: 0.0,
            energy: EnergyMeter::new(),
            frames: 0,
            heard_cells: 0,
            reading: StripReading { every: 1, ..StripReading::default() },
        };
        meter.loudness.prepare(rate_hz, Channels::Stereo);
        meter.energy.prepare(rate_hz, Channels::Stereo);
        meter
    }

    /// What was measured.
    pub fn finish(mut self) -> StripReading {
        self.boil_down();
        self.reading.loudness = self.loudness.finish();
        self.reading.contour = self.loudness.contour();
        self.reading.sample_peak_dbfs = (self.peak > 0.0).then(|| db_from_gain(f64::from(self.peak)));
        self.reading
    }

    fn boil_down(&mut self) {
        let map = self.energy.finish();
        self.energy.prepare(self.rate_hz, Channels::Stereo);
        for cell in 0..map.cells() {
            self.add(&map, cell);
        }
    }

    fn add(&mut self, map: &EnergyMap, cell: usize) {
        let at = self.heard_cells;
        self.heard_cells += 1;
        let per_second = CELLS_PER_S as usize;
        let reading = &mut self.reading;
        reading.seconds.resize((at / per_second + 1) * BANDS, 0.0);
        let kept = at.is_multiple_of(reading.every);
        let second = reading.seconds.iter_mut().skip(at / per_second * BANDS);
        for (band, sum) in (0..BANDS).zip(second) {
            let power = map.power(cell, band);
            *sum += ((power.left + power.right) / per_second as f64) as f32;
            if kept {
                reading.cells.push([power.left as f32, power.right as f32, power.cross as f32]);
            }
        }
        if reading.cells.len() > MOST_CELLS * BANDS {
            // Every second cell goes.
            let mut number = 0;
            reading.cells.retain(|_| {
                number += 1;
                ((number - 1) / BANDS).is_multiple_of(2)
            });
            reading.every *= 2;
        }
    }
}

impl Listener for StripMeter {
    fn hear(&mut self, signal: &Signal) {
        self.loudness.push(signal);
        // Of a strip nobody asks for more of its levels, and all that can be measured of them takes longer than its loudness.
        self.peak = signal.each().fold(self.peak, |most, channel| sample_peak(channel, most));
        let in_detail = DETAIL_S * u64::from(self.rate_hz.max(1));
        let mut done = 0;
        while done < signal.frames() {
            let wanted = (in_detail - self.frames % in_detail).min((signal.frames() - done) as u64) as usize;
            self.energy.push(&signal.part(done..done + wanted));
            self.frames += wanted as u64;
            done += wanted;
            if self.frames.is_multiple_of(in_detail) {
                self.boil_down();
            }
        }
    }
}

impl StripReading {
    /// How many cells were kept.
    pub(super) fn kept(&self) -> usize {
        self.cells.len() / BANDS
    }

    /// One of the cells that were kept, after a gain; silent past the end.
    pub(super) fn cell(&self, index: usize, gain: f64) -> [Power; BANDS] {
        let from = index * BANDS;
        let cell = self.cells.get(from..from + BANDS);
        std::array::from_fn(|band| {
            let [left, right, cross] =
                cell.and_then(|cell| cell.get(band)).copied().unwrap_or_default().map(f64::from);
            Power { left, right, cross }.gained(gain, gain)
        })
    }

    /// The mean power in each band of the cells between two times.
    pub(super) fn mean(&self, from_s: f64, to_s: f64, gain: f64) -> Vec<Power> {
        let cell_s = self.every as f64 / f64::from(CELLS_PER_S);
        let from = libm::round(from_s.max(0.0) / cell_s) as usize;
        let to = (libm::round(to_s.clamp(0.0, 1e9) / cell_s) as usize).min(self.kept());
        let mut sum = vec![Power::default(); BANDS];
        for cell in from..to {
            for (sum, power) in sum.iter_mut().zip(self.cell(cell, gain)) {
                sum.left += power.left;
                sum.right += power.right;
                sum.cross += power.cross;
            }
        }
        let count = to.saturating_sub(from).max(1) as f64;
        for sum in &mut sum {
            *sum = Power { left: sum.left / count, right: sum.right / count, cross: sum.cross / count };
        }
        sum
    }
}
