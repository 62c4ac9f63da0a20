//! One file, from its first frame to its last, through every meter.

use std::path::Path;

use mixkeel_analysis::faults::{FaultsMeter, FaultsReading, Stored, Sureness};
use mixkeel_analysis::levels::{LevelsMeter, LevelsReading};
use mixkeel_analysis::loudness::layout::{
    CENTRE, FIVE, FIVE_ONE, LEFT, LEFT_SURROUND, RIGHT, RIGHT_SURROUND, SEVEN_ONE, Speaker,
};
use mixkeel_analysis::loudness::{LoudnessContour, LoudnessMeter, LoudnessReading, SurroundMeter};
use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::programme::psr_db;
use mixkeel_analysis::spectrum::third_octave::{BANDS, NOMINAL_HZ};
use mixkeel_analysis::spectrum::{SpectrumMeter, SpectrumReading};
use mixkeel_analysis::stereo::StereoReading;
use mixkeel_analysis::true_peak::TruePeakMeter;
use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_dsp::units::db_from_power;
use mixkeel_io::read::{Downmix, Info, Reader};

use super::report::{Figures, FileProblem, Spectrum};
use crate::error::Error;
use crate::watch::Watch;

/// Frames read at a time. Ours: long enough that every meter works in long runs, short enough for the second-level
/// cache.
const CHUNK_FRAMES: usize = 16_384;

/// Measures one file; `tell` hears of every frame read.
pub(super) fn listen(path: &Path, watch: &dyn Watch, tell: impl Fn(usize)) -> Result<Figures, Error> {
    let mut reader = mixkeel_io::read::open(path, Downmix::Keep)?;
    let info = reader.info().clone();
    let count = usize::from(info.file_channels);
    let mut ears = Ears::new(&info);
    let mut planes = vec![vec![0.0_f32; CHUNK_FRAMES]; count];
    let mut length_frames = 0;
    loop {
        if watch.stop() {
            return Err(Error::interrupted());
        }
        let mut slices: Vec<&mut [f32]> = planes.iter_mut().map(Vec::as_mut_slice).collect();
        let frames = reader.read_planes(&mut slices)?;
        if frames == 0 {
            break;
        }
        let heard: Vec<&[f32]> = planes.iter().filter_map(|plane| plane.get(..frames)).collect();
        ears.push(&heard);
        length_frames += frames as u64;
        tell(frames);
    }
    Ok(ears.finish(&info, &reader, length_frames))
}

/// Loudness is that of all channels together.
enum Loudness {
    Two(Box<LoudnessMeter>),
    Many(Box<SurroundMeter>),
}

/// Everything else is measured two channels at a time.
struct Pair {
    levels: LevelsMeter,
    true_peak: TruePeakMeter,
    spectrum: SpectrumMeter,
    faults: FaultsMeter,
}

struct Ears {
    loudness: Loudness,
    pairs: Vec<Pair>,
    known_layout: bool,
}

/// What all pairs have read.
struct Readings {
    levels: LevelsReading,
    spectra: Vec<SpectrumReading>,
    faults: Vec<FaultsReading>,
    true_peak_dbtp: Option<f64>,
    /// The highest point of every tenth of a second.
    peaks: Vec<f32>,
}

impl Ears {
    fn new(info: &Info) -> Self {
        let count = usize::from(info.file_channels);
        let stored = Stored { bits: info.bits, float: info.float, lossy: info.bits.is_none() };
        let speakers = layout(count);
        let loudness = match Channels::from_count(count) {
            Some(channels) => {
                let mut meter = LoudnessMeter::new();
                meter.prepare(info.rate_hz, channels);
                Loudness::Two(Box::new(meter))
            }
            // Where nobody says what the channels are, each counts once.
            None => Loudness::Many(Box::new(SurroundMeter::new(
                info.rate_hz,
                speakers.as_deref().unwrap_or(&vec![CENTRE; count]),
            ))),
        };
        let pair = |first: usize| {
            let channels = if first + 1 < count { Channels::Stereo } else { Channels::Mono };
            let mut pair = Pair {
                levels: LevelsMeter::new(),
                true_peak: TruePeakMeter::new().with_contour(),
                spectrum: SpectrumMeter::new(),
                faults: FaultsMeter::new(stored),
            };
            pair.levels.prepare(info.rate_hz, channels);
            pair.true_peak.prepare(info.rate_hz, channels);
            pair.spectrum.prepare(info.rate_hz, channels);
            pair.faults.prepare(info.rate_hz, channels);
            pair
        };
        Self { loudness, pairs: (0..count).step_by(2).map(pair).collect(), known_layout: speakers.is_some() }
    }

    fn push(&mut self, planes: &[&[f32]]) {
        match (&mut self.loudness, planes) {
            (Loudness::Many(meter), _) => meter.push(planes),
            (Loudness::Two(meter), [only]) => meter.push(&Signal::mono(only)),
            (Loudness::Two(meter), [left, right, ..]) => meter.push(&Signal::stereo(left, right)),
            (Loudness::Two(_), []) => {}
        }
        for (pair, planes) in self.pairs.iter_mut().zip(planes.chunks(2)) {
            let signal = match planes {
                [left, right] => Signal::stereo(left, right),
                [only, ..] => Signal::mono(only),
                [] => continue,
            };
            pair.levels.push(&signal);
            pair.true_peak.push(&signal);
            pair.spectrum.push(&signal);
            pair.faults.push(&signal);
        }
    }

    fn finish(mut self, info: &Info, reader: &Reader, length_frames: u64) -> Figures {
        let (loudness, contour) = match &mut self.loudness {
            Loudness::Two(meter) => (meter.finish(), meter.contour()),
            Loudness::Many(meter) => (meter.reading(), meter.contour()),
        };
        let mut problems = from_reading(reader, info, self.known_layout);
        let readings = self.readings();
        for (index, faults) in readings.faults.iter().enumerate() {
            problems
                .extend(faults.problems.iter().map(|problem| told(problem, index, readings.faults.len())));
        }
        figures(info, length_frames, (&loudness, &contour), &readings, reader.nan_samples(), problems)
    }

    fn readings(self) -> Readings {
        let mut all = Readings {
            levels: LevelsReading::default(),
            spectra: Vec::new(),
            faults: Vec::new(),
            true_peak_dbtp: None,
            peaks: Vec::new(),
        };
        for mut pair in self.pairs {
            let levels = pair.levels.finish();
            all.levels.length_frames = levels.length_frames;
            all.levels.channels.extend(levels.channels);
            all.true_peak_dbtp = highest(all.true_peak_dbtp, pair.true_peak.finish());
            let peaks = pair.true_peak.contour();
            all.peaks.resize(all.peaks.len().max(peaks.len()), 0.0);
            all.peaks.iter_mut().zip(peaks).for_each(|(most, peak)| *most = most.max(*peak));
            all.spectra.push(pair.spectrum.finish());
            all.faults.push(pair.faults.finish());
        }
        all
    }
}

/// Where the channels of a file are heard from, in the order of WAV and FLAC; unknown beyond eight.
fn layout(count: usize) -> Option<Vec<Speaker>> {
    const BACK: Speaker = Speaker::At { azimuth_deg: 180.0, elevation_deg: 0.0 };
    const LFE: Speaker = Speaker::LowFrequencyEffects;
    match count {
        1 => Some(vec![CENTRE]),
        2 => Some(vec![LEFT, RIGHT]),
        3 => Some(vec![LEFT, RIGHT, CENTRE]),
        4 => Some(vec![LEFT, RIGHT, LEFT_SURROUND, RIGHT_SURROUND]),
        5 => Some(FIVE.to_vec()),
        6 => Some(FIVE_ONE.to_vec()),
        7 => Some(vec![LEFT, RIGHT, CENTRE, LFE, BACK, LEFT_SURROUND, RIGHT_SURROUND]),
        8 => Some(SEVEN_ONE.to_vec()),
        _ => None,
    }
}

fn highest(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    a.into_iter().chain(b).reduce(f64::max)
}

fn figures(
    info: &Info,
    length_frames: u64,
    (loudness, contour): (&LoudnessReading, &LoudnessContour),
    readings: &Readings,
    nan_samples: u64,
    problems: Vec<FileProblem>,
) -> Figures {
    let stereo = match readings.spectra.as_slice() {
        [only] => StereoReading::of(only),
        _ => StereoReading::default(),
    };
    let faults = || readings.faults.iter();
    let true_peak_dbtp = readings.true_peak_dbtp;
    let psr = psr_db(contour, &readings.peaks);
    Figures {
        container: info.container.to_owned(),
        codec: info.codec.clone(),
        rate_hz: info.rate_hz,
        bits: info.bits,
        float: info.float,
        channels: info.file_channels,
        length_frames,
        length_s: length_frames as f64 / f64::from(info.rate_hz.max(1)),
        integrated_lufs: loudness.integrated_lufs,
        max_momentary_lufs: loudness.max_momentary_lufs,
        max_short_term_lufs: loudness.max_short_term_lufs,
        loudness_range_lu: loudness.loudness_range_lu,
        true_peak_dbtp,
        sample_peak_dbfs: readings.levels.sample_peak_dbfs(),
        plr_db: true_peak_dbtp.zip(loudness.integrated_lufs).map(|(peak, lufs)| peak - lufs),
        psr_min_db: psr.into_iter().flatten().reduce(f64::min),
        crest_db: readings.levels.crest_db(),
        dc: readings.levels.channels.iter().map(|channel| channel.dc).collect(),
        correlation: stereo.correlation,
        side_to_mid_db: stereo.side_to_mid_db,
        mono_loss_lu: stereo.mono_loss_lu,
        left_minus_right_lu: stereo.left_minus_right_lu,
        clipped_runs: faults().map(|faults| faults.clipping.runs).sum(),
        nan_samples,
        noise_floor_dbfs: faults().filter_map(|faults| faults.noise_floor_dbfs).reduce(f64::max),
        effective_bits: faults().filter_map(|faults| faults.effective_bits).max(),
        bandwidth_hz: faults().filter_map(|faults| faults.bandwidth_hz).reduce(f64::max),
        spectrum: spectrum(&readings.spectra),
        problems,
    }
}

/// The third octaves of all channels together.
fn spectrum(spectra: &[SpectrumReading]) -> Spectrum {
    let mut energy = [0.0_f64; BANDS];
    for reading in spectra {
        let whole = reading.whole();
        for (sum, band) in energy.iter_mut().zip(&whole.bands) {
            *sum += band.total();
        }
    }
    let total: f64 = energy.iter().sum();
    let db = energy.iter().map(|energy| (*energy > 0.0).then(|| db_from_power(energy / total))).collect();
    Spectrum { freq_hz: NOMINAL_HZ.to_vec(), db }
}

/// What had to be put right while reading, and what the file itself says against itself.
fn from_reading(reader: &Reader, info: &Info, known_layout: bool) -> Vec<FileProblem> {
    let certain = |id: &str, message: String, at_s: Option<f64>| FileProblem {
        id: id.to_owned(),
        message,
        at_s,
        spans_s: at_s.map(|at_s| [at_s, at_s]).into_iter().collect(),
        sureness: word(Sureness::Certain),
    };
    let mut problems: Vec<FileProblem> = reader
        .problems()
        .iter()
        .map(|problem| certain(problem.id, problem.message.clone(), problem.at_s))
        .collect();
    if info.bits.is_none() {
        let message =
            format!("stored as {}, a lossy coding: what it left out cannot be brought back", info.codec);
        problems.push(certain("lossy-source", message, None));
    }
    if !known_layout {
        let message = format!(
            "nobody says what its {} channels are: each counted once for loudness",
            info.file_channels
        );
        problems.push(certain("unknown-layout", message, None));
    }
    problems
}

fn told(problem: &mixkeel_analysis::faults::Problem, pair: usize, pairs: usize) -> FileProblem {
    let which =
        if pairs > 1 { format!("channels {} and {}: ", 2 * pair + 1, 2 * pair + 2) } else { String::new() };
    FileProblem {
        id: problem.id.to_owned(),
        message: which + &problem.message,
        at_s: problem.spans_s.first().map(|[from, _]| *from),
        spans_s: problem.spans_s.clone(),
        sureness: word(problem.sureness),
    }
}

fn word(sureness: Sureness) -> String {
    match sureness {
        Sureness::Certain => "certain",
        Sureness::Likely => "likely",
        Sureness::Guess => "guess",
    }
    .to_owned()
}
