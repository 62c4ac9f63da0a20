//! What a reverb can be set to.

use crate::param::Choice;

crate::choices! {
    /// What kind of space it is.
    pub enum Character {
        /// Large, with few early echoes and a sound that gathers slowly.
        Hall = "hall",
        /// Walls close by: distinct early reflections, dense soon after.
        Room = "room",
        /// An irregular hard-walled room: scattered reflections, even and full.
        Chamber = "chamber",
        /// A sheet of steel: dense at once, no walls.
        Plate = "plate",
    }
}

crate::params! {
    /// What a reverb can be set to.
    pub struct ReverbSettings {
        /// What kind of space it is.
        character: Character;
        /// How large it is: 0 is the smallest of its kind, 100 the largest.
        size_percent: f64 = 50.0 [0.0..=100.0, "%"] automatable;
        /// How long sound takes to fall by 60 dB at 1 kHz.
        decay_s: f64 = 1.8 [0.1..=12.0, "s"] automatable;
        /// How much longer or shorter the lows last, as a factor on the decay; exact an octave under the low crossover.
        low_decay_ratio: f64 = 1.15 [0.3..=2.5, ""] automatable;
        /// How much longer or shorter the highs last, as a factor on the decay; exact an octave over the high crossover.
        high_decay_ratio: f64 = 0.5 [0.1..=1.5, ""] automatable;
        /// Under this frequency the lows have a decay of their own.
        low_crossover_hz: f64 = 200.0 [80.0..=400.0, "Hz"] automatable;
        /// Over this frequency the highs have a decay of their own.
        high_crossover_hz: f64 = 4000.0 [2500.0..=10000.0, "Hz"] automatable;
        /// How much later than the sound the space answers.
        pre_delay_ms: f64 = 0.0 [0.0..=250.0, "ms"] automatable;
        /// How far a click is smeared before it echoes: less keeps single echoes, more is smooth from the start.
        diffusion_percent: f64 = 100.0 [0.0..=100.0, "%"] automatable;
        /// The share of early reflections in the power of the whole; 100 leaves out the tail.
        early_percent: f64 = 20.0 [0.0..=100.0, "%"] automatable;
        /// How much the resonances of the tail wander, so that none is heard out.
        modulation_percent: f64 = 40.0 [0.0..=100.0, "%"] automatable;
        /// How wide it sounds: 0 is mono, 100 has nothing in common between the sides.
        width_percent: f64 = 100.0 [0.0..=100.0, "%"] automatable;
        /// Under this frequency the space hears less, 12 dB an octave.
        low_cut_hz: f64 = 60.0 [10.0..=1000.0, "Hz"] automatable;
        /// Over this frequency the space hears less, 12 dB an octave.
        high_cut_hz: f64 = 14000.0 [1000.0..=20000.0, "Hz"] automatable;
        /// How much of the result is the space: 100 on a return, less where it stands as an insert.
        mix_percent: f64 = 100.0 [0.0..=100.0, "%"] automatable;
    }
}

impl Character {
    /// Its place in the list, to be noted as a number.
    pub(super) fn number(self) -> f64 {
        self as u8 as f64
    }

    /// The kind that was noted.
    pub(super) fn from_number(number: f64) -> Self {
        let words = <Self as Choice>::WORDS;
        words.get(number as usize).and_then(|word| Self::from_word(word)).unwrap_or_default()
    }
}
