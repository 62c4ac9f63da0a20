//! What is left when nobody plays: the noise floor, and whether it hisses.
//!
//! Music never stands still; noise does. The floor is the lowest level at which half a second stays within 3 dB, far
//! below the loud parts. A fade or a decaying room passes through every level and stays at none.

use serde::{Deserialize, Serialize};

use super::problem::{Places, Problem, Sureness, when};
use mixkeel_dsp::units::{db_from_power, power_from_db};

/// Windows in a second. Ours: 100 ms, five periods of 50 Hz.
const WINDOWS_PER_S: u32 = 10;

/// Windows that have to agree. Ours: half a second; a room of 2 s decay falls 15 dB in it.
const STEADY_WINDOWS: usize = 5;

/// How closely. The level of a 100 ms window of white noise scatters by a tenth of a dB, of noise a few hertz wide by 2 dB.
const STEADY_DB: f64 = 3.0;

/// A floor is at least this far below the level that a twentieth of the windows pass. Ours: what is nearer is quiet music.
const BELOW_LOUD_DB: f64 = 25.0;

/// Steady stretches that a floor consists of at least, one a window: half a second and what goes on from there.
const LEAST_STRETCHES: u32 = 5;

/// Windows below this level are digital silence or dither of 24 bits, and say nothing of what was recorded.
const LOWEST_DBFS: f64 = -120.0;

/// Level bins a dB.
const BINS_PER_DB: f64 = 2.0;

/// Bins from the lowest level up to +6 dBFS.
const BINS: usize = ((6.0 - LOWEST_DBFS) * BINS_PER_DB) as usize;

/// Noise less than this far below the loud parts is told. Ours: cassette without noise reduction reaches 50 dB, a good
/// microphone and preamplifier near a source 60.
const HISS_BELOW_LOUD_DB: f64 = 50.0;

/// Noise under this level is not told, whatever the rest does: it is below the noise of a quiet room at any playback
/// level that the loud parts allow.
const HISS_LEAST_DBFS: f64 = -80.0;

/// The power of the first difference over the power of the noise, from which noise is called hiss. White noise has 2, a
/// tone at an eighth of 48 kHz 0.6, rumble and hum under 0.01.
const HISS_SLOPE: f64 = 0.2;

/// What is left when nobody plays, and what is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NoiseReading {
    /// RMS of the quiet stretches in dBFS. `None` when it is never quiet.
    pub floor_dbfs: Option<f64>,
    /// The level that a twentieth of the windows pass, in dBFS. `None` for silence.
    pub loud_dbfs: Option<f64>,
    /// Whether the noise is hiss, and so near the loud parts that it is worth telling.
    pub hisses: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Window {
    power: f64,
    slope: f64,
}

#[derive(Clone, Debug)]
struct Stretches {
    count: u32,
    sum: Window,
    places: Places,
}

/// Measures levels of windows.
#[derive(Debug)]
pub(super) struct Noise {
    rate_hz: u32,
    window_frames: u64,
    filled: u64,
    window: Window,
    last: [f32; 2],
    recent: Vec<Option<Window>>,
    levels: Vec<u32>,
    steady: Vec<Option<Box<Stretches>>>,
}

impl Noise {
    pub fn new(rate_hz: u32) -> Self {
        Self {
            rate_hz,
            window_frames: u64::from((rate_hz / WINDOWS_PER_S).max(1)),
            filled: 0,
            window: Window::default(),
            last: [0.0; 2],
            recent: Vec::with_capacity(STEADY_WINDOWS + 1),
            levels: vec![0; BINS],
            steady: vec![None; BINS],
        }
    }

    pub fn push(&mut self, at: u64, block: &[&[f32]]) {
        let frames = block.first().map_or(0, |samples| samples.len());
        let mut done = 0;
        while done < frames {
            let part = ((self.window_frames - self.filled) as usize).min(frames - done);
            for (samples, last) in block.iter().zip(&mut self.last) {
                let Some(samples) = samples.get(done..done + part) else { break };
                for &sample in samples {
                    let step = f64::from(sample - *last);
                    self.window.power += f64::from(sample) * f64::from(sample);
                    self.window.slope += step * step;
                    *last = sample;
                }
            }
            done += part;
            self.filled += part as u64;
            if self.filled == self.window_frames {
                self.end_window(at + done as u64, block.len());
            }
        }
    }

    fn end_window(&mut self, end: u64, channels: usize) {
        let count = self.window_frames as f64 * channels.max(1) as f64;
        let Window { power, slope } = std::mem::take(&mut self.window);
        let window = Window { power: power / count, slope: slope / count };
        self.filled = 0;
        if let Some(level) = bin(window.power).and_then(|bin| self.levels.get_mut(bin)) {
            *level += 1;
        }
        self.recent.push((window.power > power_from_db(LOWEST_DBFS)).then_some(window));
        if self.recent.len() > STEADY_WINDOWS {
            self.recent.remove(0);
        }
        let known: Vec<Window> = self.recent.iter().copied().flatten().collect();
        if known.len() < STEADY_WINDOWS {
            return;
        }
        let low = known.iter().map(|window| window.power).fold(f64::INFINITY, f64::min);
        let high = known.iter().map(|window| window.power).fold(0.0, f64::max);
        if high > low * power_from_db(STEADY_DB) {
            return;
        }
        let windows = STEADY_WINDOWS as f64;
        let mean = Window {
            power: known.iter().map(|window| window.power).sum::<f64>() / windows,
            slope: known.iter().map(|window| window.slope).sum::<f64>() / windows,
        };
        if let Some(place) = bin(mean.power).and_then(|bin| self.steady.get_mut(bin)) {
            let join = u64::from(self.rate_hz);
            let stretches = place.get_or_insert_with(|| {
                Box::new(Stretches { count: 0, sum: Window::default(), places: Places::new(join) })
            });
            stretches.count += 1;
            stretches.sum.power += mean.power;
            stretches.sum.slope += mean.slope;
            stretches.places.add(end.saturating_sub(self.window_frames * STEADY_WINDOWS as u64), end);
        }
    }

    pub fn finish(self, problems: &mut Vec<Problem>) -> NoiseReading {
        let loud_dbfs = self.loud_dbfs();
        let Some(loud) = loud_dbfs else { return NoiseReading::default() };
        let width = (STEADY_DB * BINS_PER_DB) as usize;
        let highest = bin(power_from_db(loud - BELOW_LOUD_DB)).unwrap_or(0);
        for lowest in 0..highest {
            let here: Vec<&Stretches> =
                self.steady.iter().skip(lowest).take(width).flatten().map(|stretches| &**stretches).collect();
            let count: u32 = here.iter().map(|stretches| stretches.count).sum();
            if count < LEAST_STRETCHES || self.steady.get(lowest).is_none_or(Option::is_none) {
                continue;
            }
            let power = here.iter().map(|stretches| stretches.sum.power).sum::<f64>() / f64::from(count);
            let slope = here.iter().map(|stretches| stretches.sum.slope).sum::<f64>() / f64::from(count);
            let floor = db_from_power(power);
            let hisses =
                loud - floor < HISS_BELOW_LOUD_DB && floor >= HISS_LEAST_DBFS && slope > HISS_SLOPE * power;
            if hisses {
                let mut places = Places::new(u64::from(self.rate_hz));
                here.iter().for_each(|stretches| places.merge(&stretches.places));
                let spans_s = places.seconds(self.rate_hz);
                let message = format!(
                    "hiss: steady noise at {floor:.0} dBFS in the gaps, {:.0} dB under the loud parts, heard alone {}",
                    loud - floor,
                    when(&spans_s)
                );
                problems.push(Problem { id: "hiss", message, spans_s, sureness: Sureness::Likely });
            }
            return NoiseReading { floor_dbfs: Some(floor), loud_dbfs, hisses };
        }
        NoiseReading { floor_dbfs: None, loud_dbfs, hisses: false }
    }

    fn loud_dbfs(&self) -> Option<f64> {
        let all: u32 = self.levels.iter().sum();
        let mut above = 0;
        for (index, count) in self.levels.iter().enumerate().rev() {
            above += count;
            if above > 0 && above >= all / 20 {
                return Some(LOWEST_DBFS + (index as f64 + 0.5) / BINS_PER_DB);
            }
        }
        // Shorter than a window: what there is of it.
        let part = self.window.power / (self.filled.max(1) as f64);
        (all == 0 && part > 0.0).then(|| db_from_power(part))
    }
}

fn bin(power: f64) -> Option<usize> {
    let place = (db_from_power(power) - LOWEST_DBFS) * BINS_PER_DB;
    (place >= 0.0).then(|| (place as usize).min(BINS - 1))
}
