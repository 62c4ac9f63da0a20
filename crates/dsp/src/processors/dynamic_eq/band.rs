//! What a band of a dynamic equaliser is set to, and its circuit at every gain it may come to.

use crate::kernels::detector::GainComputer;
use crate::kernels::matched::{Analogue, BUTTERWORTH_Q};
use crate::kernels::svf::{Section, tan_half};
use crate::processors::eq::{Channel, EqBand, Shape};

crate::choices! {
    /// What a band of a dynamic equaliser raises or lowers.
    pub enum DynamicShape {
        /// Around a frequency.
        Bell = "bell",
        /// Everything below a frequency.
        LowShelf = "low-shelf",
        /// Everything above a frequency.
        HighShelf = "high-shelf",
    }
}

crate::choices! {
    /// When a band moves, and which way.
    pub enum Direction {
        /// Lowers what is over the threshold: of each dB over it, 1/ratio stays.
        CutAbove = "cut-above",
        /// Raises what is over the threshold: each dB over it becomes `ratio` dB.
        LiftAbove = "lift-above",
        /// Lowers what is under the threshold: each dB under it becomes `ratio` dB.
        CutBelow = "cut-below",
        /// Raises what is under the threshold: of each dB under it, 1/ratio stays.
        LiftBelow = "lift-below",
    }
}

crate::choices! {
    /// What a band listens to.
    pub enum Ear {
        /// The sound itself, as it comes in.
        Own = "own",
        /// The first key; the sound itself where there is none.
        Key = "key",
    }
}

crate::params! {
    /// What one band of a dynamic equaliser can be set to.
    pub struct DynamicBand {
        /// Whether it does anything.
        on: bool = true;
        /// What it raises or lowers.
        shape: DynamicShape;
        /// What part of a stereo signal it works on and listens to.
        channel: Channel;
        /// Where it works and listens: the middle of a bell, the half way of a shelf. At most 0.49 of the sample rate.
        freq_hz: f64 = 1000.0 [10.0..=40_000.0, "Hz"] automatable;
        /// Its gain at rest.
        gain_db: f64 = 0.0 [-24.0..=24.0, "dB"] automatable;
        /// How narrow a bell is (its frequency over its width) and how steep a shelf (at most 1.5).
        q: f64 = 1.0 [0.1..=40.0, ""] automatable;
        /// What it listens to.
        ear: Ear;
        /// When it moves, and which way.
        direction: Direction;
        /// The level in its own region, as the peak of a sine, at which it starts to move.
        threshold_db: f64 = -30.0 [-80.0..=0.0, "dB"] automatable;
        /// How much it moves for each dB beyond the threshold.
        ratio: f64 = 2.0 [1.0..=20.0, ""] automatable;
        /// How wide the bend at the threshold is.
        knee_db: f64 = 6.0 [0.0..=24.0, "dB"] automatable;
        /// The most it ever moves away from its gain at rest.
        range_db: f64 = 6.0 [0.0..=24.0, "dB"] automatable;
        /// The time until 63 % of a movement away from rest is done.
        attack_ms: f64 = 10.0 [1.0..=500.0, "ms"] automatable;
        /// The time until 63 % of the way back is done.
        release_ms: f64 = 120.0 [5.0..=3000.0, "ms"] automatable;
    }
}

impl DynamicBand {
    /// The way it moves: +1 up, −1 down.
    pub fn sign(&self) -> f64 {
        match self.direction {
            Direction::CutAbove | Direction::CutBelow => -1.0,
            Direction::LiftAbove | Direction::LiftBelow => 1.0,
        }
    }

    /// The fixed equaliser's band that it is at rest (0) to moved as far as it goes (1).
    pub fn fixed(&self, moved: f64) -> EqBand {
        EqBand {
            on: self.on,
            shape: match self.shape {
                DynamicShape::Bell => Shape::Bell,
                DynamicShape::LowShelf => Shape::LowShelf,
                DynamicShape::HighShelf => Shape::HighShelf,
            },
            channel: self.channel,
            freq_hz: self.freq_hz,
            gain_db: self.gain_db + moved * self.sign() * self.range_db,
            q: self.q,
            ..EqBand::default()
        }
    }

    /// The factor of power at a frequency in what it hears: 1 in the middle of its region.
    pub fn hears(&self, freq_hz: f64, rate_hz: u32) -> f64 {
        crate::units::power_from_db(self.ear(rate_hz).gain_db(freq_hz, rate_hz))
    }

    /// How far it moves in the end for a level in its region, as the peak of a sine: 0 is rest, 1 as far as it goes.
    pub fn moved(&self, level_db: f64) -> f64 {
        if self.range_db > 0.0 { self.computer().movement_db(level_db as f32) / self.range_db } else { 0.0 }
    }

    /// How many dB it moves for a level in its region, a positive number whichever way.
    pub(super) fn computer(&self) -> Computer {
        // A static curve mirrored at 0 dBFS turns "over" into "under".
        let (mirror, threshold_db) = match self.direction {
            Direction::CutAbove | Direction::CutBelow => (1.0, self.threshold_db),
            Direction::LiftAbove | Direction::LiftBelow => (-1.0, -self.threshold_db),
        };
        let curve = match self.direction {
            Direction::CutAbove | Direction::LiftBelow => GainComputer::compressor,
            Direction::CutBelow | Direction::LiftAbove => GainComputer::expander,
        };
        Computer { mirror, curve: curve(threshold_db, self.ratio, self.knee_db, self.range_db) }
    }

    /// What it hears of its surroundings: a bell its own band, a shelf its own side, 12 dB an octave. A band wider than
    /// two octaves (Q 0.67) or narrower than a third of one (Q 4.3) listens as if it were those: wider is no region, and
    /// narrower listens too late.
    pub(super) fn ear(&self, rate_hz: u32) -> Section {
        let hz = self.freq_hz.min(0.49 * f64::from(rate_hz));
        let g = tan_half(hz, rate_hz);
        match self.shape {
            DynamicShape::Bell => Analogue::band_pass(self.q.clamp(0.67, 4.3)).section(hz, rate_hz),
            DynamicShape::LowShelf => Section::low_pass(g, BUTTERWORTH_Q),
            DynamicShape::HighShelf => Section::high_pass(g, BUTTERWORTH_Q),
        }
    }
}

/// How far a band moves at a level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Computer {
    mirror: f32,
    curve: GainComputer,
}

impl Computer {
    /// dB, never negative.
    pub(super) fn movement_db(&self, level_db: f32) -> f64 {
        f64::from(self.curve.reduction_db(self.mirror * level_db))
    }
}

/// Steps of the table below. Ours: of 24 dB each is 1.5 dB, between which a straight line is off by less than 0.04 dB
/// (tested).
const STEPS: usize = 16;

/// The circuit of a band at every gain it may come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Table {
    sections: [Section; STEPS + 1],
    range_db: f64,
}

impl Table {
    pub(super) fn new(band: &DynamicBand, rate_hz: u32) -> Self {
        let section = |step: usize| {
            let section = band.fixed(step as f64 / STEPS as f64).sections(rate_hz)[0];
            if band.on { section } else { section.at_rest() }
        };
        let mut sections: [Section; STEPS + 1] = std::array::from_fn(section);
        // What does nothing has no poles of its own: it takes those of the next step, or the way there would bend.
        for step in 0..STEPS {
            if sections[step].is_identity() {
                sections[step] = sections[step + 1].at_rest();
            }
        }
        Self { sections, range_db: band.range_db }
    }

    /// The section moved by so many dB, a positive number whichever way.
    pub(super) fn at(&self, movement_db: f64) -> Section {
        let place = if self.range_db > 0.0 { STEPS as f64 * movement_db / self.range_db } else { 0.0 };
        let step = (place as usize).min(STEPS - 1);
        let share = (place - step as f64).clamp(0.0, 1.0);
        let (from, to) = (self.sections[step], self.sections[step + 1]);
        if share == 0.0 { from } else { from.toward(&to, share) }
    }

    /// The slowest time constant at any gain, and the highest gain, as a factor.
    pub(super) fn ringing(&self) -> (f64, f64) {
        let ringing = self.sections.iter().filter(|section| !section.is_identity());
        ringing.fold((0.0, 1.0), |(slowest, most), section| {
            let gain = section.high.abs().max(section.low.abs()).max((section.band / section.k).abs());
            (f64::max(slowest, section.time_constant_frames()), f64::max(most, gain))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_two_steps_of_the_table_the_gain_is_right() {
        for (freq_hz, q, shape) in [
            (100.0, 0.3, DynamicShape::Bell),
            (9_000.0, 4.0, DynamicShape::Bell),
            (8_000.0, 1.0, DynamicShape::HighShelf),
        ] {
            for direction in [Direction::CutAbove, Direction::LiftAbove] {
                let band =
                    DynamicBand { shape, freq_hz, q, direction, range_db: 24.0, ..DynamicBand::default() };
                let table = Table::new(&band, 48_000);
                for step in 0..32 {
                    let moved = (f64::from(step) + 0.3) / 32.0;
                    let wanted = band.fixed(moved).sections(48_000)[0];
                    let section = table.at(24.0 * moved);
                    for hz in [30.0, 90.0, 100.0, 700.0, 7_000.0, 9_000.0, 12_000.0, 18_000.0] {
                        let error = section.gain_db(hz, 48_000) - wanted.gain_db(hz, 48_000);
                        assert!(error.abs() < 0.04, "{band:?} {moved} {hz}: {error}");
                    }
                }
            }
        }
    }

    #[test]
    fn each_direction_moves_by_its_ratio() {
        let moved = |direction, level_db| {
            let band =
                DynamicBand { direction, ratio: 4.0, knee_db: 0.0, range_db: 9.0, ..DynamicBand::default() };
            band.computer().movement_db(level_db)
        };
        // Threshold −30 dB: 8 dB beyond leave 2, or become 32 and stop at the range.
        assert_eq!([-22.0, -38.0].map(|level| moved(Direction::CutAbove, level)), [6.0, 0.0]);
        assert_eq!([-22.0, -38.0].map(|level| moved(Direction::LiftBelow, level)), [0.0, 6.0]);
        assert_eq!([-22.0, -32.0].map(|level| moved(Direction::LiftAbove, level)), [9.0, 0.0]);
        assert_eq!([-28.0, -32.0].map(|level| moved(Direction::CutBelow, level)), [0.0, 6.0]);
    }
}
