//! Sample peak, RMS, crest and DC of each channel.

use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_dsp::kernels::fastmath::larger;
use mixkeel_dsp::units::{db_from_gain, db_from_power};
use serde::{Deserialize, Serialize};

use crate::meter::{Meter, finite};

/// Sums side by side: one frame in four each, counted from the first frame, so that no block border shows.
const LANES: usize = 4;

/// What [`LevelsMeter`] reads.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LevelsReading {
    /// Left (or only), then right.
    pub channels: Vec<ChannelLevels>,
    /// Frames measured.
    pub length_frames: u64,
    /// Whether every sample is exactly zero.
    pub digital_silence: bool,
    /// Whether left and right are the same to the last bit: a mono recording in a stereo file.
    pub same_on_both_sides: bool,
}

/// The levels of one channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChannelLevels {
    /// The largest sample magnitude in dBFS. `None` for silence.
    pub sample_peak_dbfs: Option<f64>,
    /// Root mean square over the whole length, in dBFS (a full-scale square is 0). `None` for silence.
    pub rms_dbfs: Option<f64>,
    /// The mean, as a fraction of full scale.
    pub dc: f64,
}

impl LevelsReading {
    /// The highest sample of any channel in dBFS. `None` for silence.
    pub fn sample_peak_dbfs(&self) -> Option<f64> {
        self.channels.iter().filter_map(|channel| channel.sample_peak_dbfs).reduce(f64::max)
    }

    /// Peak over RMS in dB, of all channels together. `None` for silence.
    pub fn crest_db(&self) -> Option<f64> {
        let powers: f64 = self
            .channels
            .iter()
            .map(|channel| channel.rms_dbfs.map_or(0.0, mixkeel_dsp::units::power_from_db))
            .sum();
        let mean = powers / self.channels.len().max(1) as f64;
        (mean > 0.0).then(|| self.sample_peak_dbfs().map(|peak| peak - db_from_power(mean)))?
    }
}

/// Measures sample levels.
#[derive(Clone, Debug, Default)]
pub struct LevelsMeter {
    frames: u64,
    differs: bool,
    channels: Vec<Sums>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    peak: [f32; LANES],
    sum: [f64; LANES],
    square: [f64; LANES],
}

impl LevelsMeter {
    /// Ready for a stereo signal; [`prepare`](Meter::prepare) says otherwise.
    pub fn new() -> Self {
        Self { frames: 0, differs: false, channels: vec![Sums::default(); 2] }
    }
}

impl Meter for LevelsMeter {
    type Reading = LevelsReading;

    fn prepare(&mut self, _rate_hz: u32, channels: Channels) {
        *self = Self { frames: 0, differs: false, channels: vec![Sums::default(); channels.count()] };
    }

    fn push(&mut self, signal: &Signal) {
        let (left, right) = (signal.left(), signal.right_or_only());
        let first_lane = (self.frames % LANES as u64) as usize;
        for (sums, samples) in self.channels.iter_mut().zip([left, right]) {
            let to_border = (LANES - first_lane) % LANES;
            let (head, aligned) = samples.split_at(to_border.min(samples.len()));
            sums.add(first_lane, head);
            let fours = aligned.chunks_exact(LANES);
            let tail = fours.remainder();
            fours.for_each(|four| sums.add(0, four));
            sums.add(0, tail);
        }
        self.differs = self.differs || left.iter().zip(right).any(|(l, r)| finite(*l) != finite(*r));
        self.frames += signal.frames() as u64;
    }

    fn finish(&mut self) -> LevelsReading {
        let frames = self.frames.max(1) as f64;
        let channels: Vec<ChannelLevels> = self
            .channels
            .iter()
            .map(|sums| {
                let peak = sums.peak.iter().copied().fold(0.0, f32::max);
                let power = sums.square.iter().sum::<f64>() / frames;
                ChannelLevels {
                    sample_peak_dbfs: (peak > 0.0).then(|| db_from_gain(f64::from(peak))),
                    rms_dbfs: (power > 0.0).then(|| db_from_power(power)),
                    dc: sums.sum.iter().sum::<f64>() / frames,
                }
            })
            .collect();
        LevelsReading {
            digital_silence: channels.iter().all(|channel| channel.sample_peak_dbfs.is_none()),
            same_on_both_sides: channels.len() == 2 && !self.differs,
            channels,
            length_frames: self.frames,
        }
    }
}

impl Sums {
    #[inline(always)]
    fn add(&mut self, first_lane: usize, samples: &[f32]) {
        let lanes = self.peak.iter_mut().zip(&mut self.sum).zip(&mut self.square).skip(first_lane);
        for (((peak, sum), square), &sample) in lanes.zip(samples) {
            let sample = finite(sample);
            let wide = f64::from(sample);
            *peak = larger(sample.abs(), *peak);
            *sum += wide;
            *square += wide * wide;
        }
    }
}

/// The largest magnitude of some samples and `least`, for whoever needs no more of their levels; what is no number counts as
/// zero, as everywhere.
pub fn sample_peak(samples: &[f32], least: f32) -> f32 {
    // Side by side: one after the other, each comparison would wait for the one before.
    let mut lanes = [least; 8];
    let (groups, rest) = samples.as_chunks::<8>();
    let larger = |most: f32, sample: f32| larger(sample.abs(), most);
    for group in groups {
        for (lane, sample) in lanes.iter_mut().zip(group) {
            *lane = larger(*lane, *sample);
        }
    }
    let peak = lanes.iter().chain(rest).fold(least, |most, sample| larger(most, *sample));
    if peak.is_finite() {
        peak
    } else {
        samples.iter().fold(least, |most, sample| larger(most, finite(*sample)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_alone_is_that_of_all_levels() {
        for frames in [0, 1, 7, 8, 23, 64] {
            for (at, odd) in [(3, f32::NAN), (6, f32::INFINITY), (20, f32::NEG_INFINITY), (99, 0.0)] {
                let mut sound: Vec<f32> = (0..frames).map(|n| libm::sinf(n as f32 * 1.7) / 3.0).collect();
                sound.iter_mut().skip(at).take(1).for_each(|sample| *sample = odd);
                let mut meter = LevelsMeter::new();
                meter.prepare(48_000, Channels::Mono);
                meter.push(&Signal::mono(&sound));
                let peak = sample_peak(&sound, 0.0);
                let told = (peak > 0.0).then(|| db_from_gain(f64::from(peak)));
                assert_eq!(told, meter.finish().sample_peak_dbfs(), "{frames} {at}");
                assert_eq!(sample_peak(&sound, 0.9), 0.9);
            }
        }
    }

    #[test]
    fn a_square_wave_has_no_crest_and_an_offset_shows() {
        let wave: Vec<f32> = (0..1_000).map(|n| if n % 2 == 0 { 0.75 } else { -0.25 }).collect();
        let mut meter = LevelsMeter::new();
        meter.prepare(48_000, Channels::Stereo);
        meter.push(&Signal::stereo(&wave, &wave));
        let reading = meter.finish();
        assert_eq!(reading.length_frames, 1_000);
        assert!(reading.same_on_both_sides && !reading.digital_silence);
        assert!((reading.channels[0].dc - 0.25).abs() < 1e-12);
        assert!((reading.sample_peak_dbfs().unwrap() - db_from_gain(0.75)).abs() < 1e-9);
        // Mean square (0.75² + 0.25²)/2 = 0.3125.
        let crest = db_from_gain(0.75) - db_from_power(0.3125);
        assert!((reading.crest_db().unwrap() - crest).abs() < 1e-9);
    }

    #[test]
    fn silence_has_no_level() {
        let mut meter = LevelsMeter::new();
        meter.prepare(48_000, Channels::Mono);
        meter.push(&Signal::mono(&[0.0; 77]));
        let reading = meter.finish();
        assert!(reading.digital_silence && !reading.same_on_both_sides);
        assert_eq!((reading.sample_peak_dbfs(), reading.crest_db()), (None, None));
    }
}
