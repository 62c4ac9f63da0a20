//! The pitch of a line, a voice or a bass: its fundamental from moment to moment, the notes it sings, and how far they are
//! from the tuning and from the beat.
//!
//! 1. Every 10 ms the periods are found after which the sound repeats itself (`periods`).
//! 2. The likeliest path through them is the pitch, where there is one (`path`).
//! 3. The path is cut into notes where it moves to another pitch or where the sound is struck again (`notes`, `strokes`).
//! 4. [`intonation`] and [`timing`] compare the notes with a tuning and with beats.

mod intonation;
mod meter;
mod notes;
mod path;
mod periods;
mod register;
mod strokes;
mod timing;
mod vibrato;

use serde::{Deserialize, Serialize};

pub use intonation::{Intonation, intonation};
pub use meter::LineMeter;
pub use notes::Note;
pub use register::Register;
pub use timing::{NoteTiming, Timing, timing};
pub use vibrato::Vibrato;

use path::Heard;

/// Pitches a second.
pub const PITCHES_PER_S: u32 = 100;

/// Codes of a pitch in a semitone: a quarter of a cent each, far under the 5 cents that trained ears tell apart.
const CODES_PER_SEMITONE: f64 = 400.0;

/// The number of the note of 440 Hz.
const A4_MIDI: f64 = 69.0;

/// A line and its notes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Which pitches were looked for.
    pub register: Register,
    /// The pitch every 10 ms in codes, 0 where there is none.
    #[serde(with = "crate::packed")]
    pitches: Vec<u16>,
    /// How exactly the sound repeats itself there, in 255ths.
    clarity: Vec<u8>,
    /// The notes in the order of time, none over another.
    pub notes: Vec<Note>,
}

impl Line {
    /// Steps of 10 ms.
    pub fn steps(&self) -> usize {
        self.pitches.len()
    }

    /// The pitch at a step as a note number with its fraction: 69 is 440 Hz, 69.5 a quarter tone above. `None` where no pitch
    /// sounds. A step is known by its middle: step 0 is at 5 ms.
    pub fn pitch(&self, step: usize) -> Option<f64> {
        self.pitches.get(step).filter(|&&code| code > 0).map(|&code| f64::from(code) / CODES_PER_SEMITONE)
    }

    /// The frequency at a step in Hz.
    pub fn freq_hz(&self, step: usize) -> Option<f64> {
        self.pitch(step).map(freq_hz)
    }

    /// How exactly the sound repeats itself at a step, from 0 to 1: 1 is a periodic sound alone, 0.5 one as loud as what
    /// sounds besides.
    pub fn confidence(&self, step: usize) -> f64 {
        self.clarity.get(step).map_or(0.0, |&part| f64::from(part) / 255.0)
    }

    /// Whether the numbers of a reading that was stored fit each other.
    pub(crate) fn is_whole(&self) -> bool {
        self.pitches.len() == self.clarity.len()
    }

    fn of(register: Register, heard: &[Heard], levels: &strokes::Levels) -> Self {
        let code = |midi: f64| libm::round(midi * CODES_PER_SEMITONE).clamp(1.0, f64::from(u16::MAX)) as u16;
        Self {
            register,
            pitches: heard.iter().map(|heard| heard.midi.map_or(0, code)).collect(),
            clarity: heard
                .iter()
                .map(|heard| libm::round(heard.clarity.clamp(0.0, 1.0) * 255.0) as u8)
                .collect(),
            notes: notes::notes(register, heard, levels),
        }
    }
}

/// The note number of a frequency.
fn midi(freq_hz: f64) -> f64 {
    A4_MIDI + 12.0 * libm::log2(freq_hz / 440.0)
}

/// The frequency of a note number.
fn freq_hz(midi: f64) -> f64 {
    440.0 * libm::exp2((midi - A4_MIDI) / 12.0)
}

/// The middle of values by weight; `None` of nothing.
fn median(mut weighted: Vec<(f64, f64)>) -> Option<f64> {
    weighted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = weighted.iter().map(|(_, weight)| weight).sum::<f64>() / 2.0;
    let mut sum = 0.0;
    weighted
        .iter()
        .find(|(_, weight)| {
            sum += weight;
            sum >= half
        })
        .map(|(value, _)| *value)
}
