//! All meters of a whole sound as one, which can be fed side by side.

use mixkeel_analysis::dynamics::DynamicsMeter;
use mixkeel_analysis::faults::{FaultsMeter, Stored};
use mixkeel_analysis::levels::LevelsMeter;
use mixkeel_analysis::loudness::LoudnessMeter;
use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::programme::psr_db;
use mixkeel_analysis::space::SpaceMeter;
use mixkeel_analysis::spectrum::SpectrumMeter;
use mixkeel_analysis::stereo::StereoReading;
use mixkeel_analysis::true_peak::TruePeakMeter;
use mixkeel_dsp::block::{Channels, Signal};

use super::sound::Sound;

/// Anything that takes a stream.
pub trait Listener: Send {
    /// The next frames.
    fn hear(&mut self, signal: &Signal);
}

impl<M: Meter + Send> Listener for M {
    fn hear(&mut self, signal: &Signal) {
        self.push(signal);
    }
}

/// Measures a [`Sound`].
pub struct SoundMeter {
    rate_hz: u32,
    channels: Channels,
    loudness: LoudnessMeter,
    levels: LevelsMeter,
    true_peak: TruePeakMeter,
    spectrum: SpectrumMeter,
    dynamics: DynamicsMeter,
    space: SpaceMeter,
    faults: FaultsMeter,
}

impl SoundMeter {
    /// Ready for a sound of this rate and this many channels that was stored like this.
    pub fn new(rate_hz: u32, channels: Channels, stored: Stored) -> Self {
        let mut meter = Self {
            rate_hz,
            channels,
            loudness: LoudnessMeter::new(),
            levels: LevelsMeter::new(),
            true_peak: TruePeakMeter::new().with_contour(),
            spectrum: SpectrumMeter::new(),
            dynamics: DynamicsMeter::new(),
            space: SpaceMeter::new(),
            faults: FaultsMeter::new(stored),
        };
        // A mono file is heard from two loudspeakers, and measured as what it is.
        meter.loudness.prepare(rate_hz, channels);
        meter.levels.prepare(rate_hz, channels);
        meter.true_peak.prepare(rate_hz, channels);
        meter.spectrum.prepare(rate_hz, channels);
        meter.dynamics.prepare(rate_hz, channels);
        meter.space.prepare(rate_hz, channels);
        meter.faults.prepare(rate_hz, channels);
        meter
    }

    /// Its parts, each of which has to hear everything, in order. They can do so side by side.
    pub fn listeners(&mut self) -> Vec<&mut dyn Listener> {
        // The slowest first, so that a pool of threads ends at one time.
        vec![
            &mut self.faults,
            &mut self.spectrum,
            &mut self.true_peak,
            &mut self.dynamics,
            &mut self.loudness,
            &mut self.space,
            &mut self.levels,
        ]
    }

    /// The same without the search for faults of a recording, which is the slowest and finds none in what was never stored.
    pub fn listeners_of_a_render(&mut self) -> Vec<&mut dyn Listener> {
        let mut listeners = self.listeners();
        listeners.remove(0);
        listeners
    }

    /// All parts hear the next frames.
    pub fn push(&mut self, signal: &Signal) {
        self.listeners().into_iter().for_each(|listener| listener.hear(signal));
    }

    /// What was measured.
    pub fn finish(mut self) -> Sound {
        let loudness = self.loudness.finish();
        let contour = self.loudness.contour();
        let levels = self.levels.finish();
        let true_peak_dbtp = self.true_peak.finish();
        let peaks = self.true_peak.contour().to_vec();
        let spectrum = self.spectrum.finish();
        Sound {
            rate_hz: self.rate_hz,
            channels: self.channels,
            length_frames: levels.length_frames,
            plr_db: true_peak_dbtp.zip(loudness.integrated_lufs).map(|(peak, lufs)| peak - lufs),
            psr_min_db: psr_db(&contour, &peaks).into_iter().flatten().reduce(f64::min),
            stereo: StereoReading::of(&spectrum),
            dynamics: self.dynamics.finish(),
            space: self.space.finish(),
            faults: self.faults.finish().into(),
            loudness,
            contour,
            levels,
            true_peak_dbtp,
            peaks,
            spectrum,
        }
    }
}
