//! Onset curves: how much more there is to hear than a moment before.

use mixkeel_dsp::block::{Channels, Signal};

use crate::energy::{BANDS, Shares, code_from_power};
use crate::frames::{Frames, Spectrum, Window};

/// Steps a second.
pub const STEPS_PER_S: u32 = 100;

/// Bands of the curves.
pub const ONSET_BANDS: usize = 5;

/// Where the bands begin and end on the ERB scale: at 0, 163 and 518 Hz, 2.0 and 6.2 kHz. Ours: kick and bass, bodies, voices
/// and guitars, consonants and sticks, cymbals.
pub const ONSET_BAND_EDGES: [usize; ONSET_BANDS + 1] = [0, 5, 11, 21, 31, BANDS];

/// Windows a second at which neighbours overlap by half. Ours: the window is the shortest power of two that is no shorter than
/// 1/47 s: 21 ms at 48 kHz, twice a step.
const WINDOWS_PER_S: u32 = 47;

/// Gathers onset curves from a stream.
pub(crate) struct OnsetBuilder {
    frames: Frames,
    curve: Curve,
}

struct Curve {
    shares: Shares,
    before: [f32; BANDS],
    onsets: Vec<u16>,
}

impl OnsetBuilder {
    pub fn new(rate_hz: u32, channels: Channels) -> Self {
        let length = (rate_hz.div_ceil(WINDOWS_PER_S)).next_power_of_two().max(2) as usize;
        let shares = Shares::new(rate_hz, f64::from(rate_hz.max(1)) / length as f64, length / 2 + 1);
        Self {
            frames: Frames::new(rate_hz, channels, STEPS_PER_S, length, Window::Hann),
            curve: Curve { shares, before: [0.0; BANDS], onsets: Vec::new() },
        }
    }

    pub fn push(&mut self, signal: &Signal) {
        let Self { frames, curve } = self;
        frames.push(signal, |index, spectrum| curve.add(index, spectrum));
    }

    /// Codes of so many steps, band by band.
    pub fn finish(mut self, steps: usize) -> Vec<u16> {
        let Self { frames, curve } = &mut self;
        frames.finish(|index, spectrum| curve.add(index, spectrum));
        self.curve.onsets.resize(steps * ONSET_BANDS, 0);
        self.curve.onsets
    }
}

impl Curve {
    fn add(&mut self, index: i64, spectrum: &Spectrum) {
        let now = if spectrum.silent {
            [0.0; BANDS]
        } else {
            self.shares.parts(spectrum).map(|part| part.weighted.sqrt().sqrt())
        };
        // Windows centred before the beginning are there to be compared with.
        if index >= 0 {
            for edges in ONSET_BAND_EDGES.windows(2) {
                let bands = edges[0]..edges[1];
                let growth = |band: usize| (now[band] - self.before[band]).max(0.0);
                self.onsets.push(code_from_power(f64::from(bands.map(growth).sum::<f32>())));
            }
        }
        self.before = now;
    }
}
