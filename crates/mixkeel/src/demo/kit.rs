//! The drum kit as it stands in the room: where each drum is, and everything the drummer plays on it.

use super::instruments::cymbals::{self, Cymbal};
use super::instruments::toms::{self, Tom};
use super::instruments::{kick, snare};
use super::noise::Noise;
use super::score::groove::PART;
use super::score::tempo::{BAR_S, BARS, STEPS_PER_BAR, frame, song_frames};

/// A point in metres: right of the drummer's middle seen from the front, towards the audience, up.
pub(super) type Place = [f64; 3];

/// Everything that sounds by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    KickHead,
    KickBeater,
    SnareHead,
    SnareWires,
    HighTom,
    MiddleTom,
    FloorTom,
    Hat,
    Ride,
    Crash,
}

impl Source {
    /// All of them, in the order in which a microphone adds them up.
    pub const ALL: [Source; 10] = [
        Source::KickHead,
        Source::KickBeater,
        Source::SnareHead,
        Source::SnareWires,
        Source::HighTom,
        Source::MiddleTom,
        Source::FloorTom,
        Source::Hat,
        Source::Ride,
        Source::Crash,
    ];

    /// Where it is. Ours: a common five-piece kit, right-handed, measured in a practice room's proportions.
    pub fn place(self) -> Place {
        match self {
            Source::KickHead => [0.15, 0.45, 0.30],
            Source::KickBeater => [0.15, 0.15, 0.30],
            Source::SnareHead => [-0.15, 0.0, 0.65],
            Source::SnareWires => [-0.15, 0.0, 0.52],
            Source::HighTom => [-0.02, 0.45, 0.85],
            Source::MiddleTom => [0.33, 0.43, 0.82],
            Source::FloorTom => [0.60, 0.0, 0.60],
            Source::Hat => [-0.55, 0.05, 0.85],
            Source::Ride => [0.62, 0.45, 1.05],
            Source::Crash => [-0.45, 0.50, 1.20],
        }
    }

    /// How loud it is 5 cm away, as a factor, so that the kit is balanced a metre above it.
    fn level(self) -> f64 {
        match self {
            Source::KickHead => 0.9,
            Source::KickBeater => 0.8,
            Source::SnareHead => 0.5,
            Source::SnareWires => 1.1,
            Source::HighTom | Source::MiddleTom | Source::FloorTom => 0.8,
            Source::Hat => 0.7,
            Source::Ride => 0.55,
            Source::Crash => 1.1,
        }
    }

    /// Everything it plays in the song, alone and dry.
    pub fn play(self, rate_hz: u32) -> Vec<f64> {
        let mut line = vec![0.0; song_frames(rate_hz)];
        let mut noise = Noise::new(11, self as u64);
        let metal = [Cymbal::ClosedHat, Cymbal::OpenHat, Cymbal::Ride, Cymbal::Crash];
        let partials = metal.map(Cymbal::partials);
        let part = self.part();
        for (index, hit) in part.iter().enumerate() {
            let at = frame(hit.at_s, rate_hz);
            let force = hit.force;
            match self {
                Source::KickHead => kick::head(&mut line, at, force, rate_hz),
                Source::KickBeater => kick::beater(&mut line, at, force, &mut noise, rate_hz),
                Source::SnareHead => snare::head(&mut line, at, force, &mut noise, rate_hz),
                Source::SnareWires => snare::wires(&mut line, at, force, &mut noise, rate_hz),
                Source::HighTom => toms::hit(&mut line, at, Tom::High, force, &mut noise, rate_hz),
                Source::MiddleTom => toms::hit(&mut line, at, Tom::Middle, force, &mut noise, rate_hz),
                Source::FloorTom => toms::hit(&mut line, at, Tom::Floor, force, &mut noise, rate_hz),
                Source::Hat | Source::Ride | Source::Crash => {
                    let which = match (self, hit.stroke) {
                        (Source::Hat, 'o') => 1,
                        (Source::Hat, _) => 0,
                        (Source::Ride, _) => 2,
                        _ => 3,
                    };
                    // The foot closes the hat before the next stroke on it.
                    let until = part.get(index + 1).map_or(line.len(), |next| frame(next.at_s, rate_hz));
                    let open = if self == Source::Hat { until.min(line.len()) } else { line.len() };
                    let line = &mut line[..open];
                    cymbals::stroke(line, at, metal[which], &partials[which], force, &mut noise, rate_hz);
                }
            }
        }
        let level = self.level();
        line.iter_mut().for_each(|sample| *sample *= level);
        line
    }

    /// Its strokes, in time. Head and beater, head and wires share theirs.
    pub fn part(self) -> Vec<Stroke> {
        let (stream, early_s) = match self {
            Source::KickHead | Source::KickBeater => (1, 0.0),
            // A backbeat that lies back.
            Source::SnareHead | Source::SnareWires => (2, 0.003),
            Source::HighTom | Source::MiddleTom | Source::FloorTom => (3, 0.0),
            Source::Hat => (4, -0.001),
            Source::Ride => (5, -0.001),
            Source::Crash => (6, 0.0),
        };
        let mut human = Noise::new(21, stream);
        let mut strokes = Vec::new();
        for (bar, pattern) in PART.iter().enumerate().take(BARS) {
            let steps = match self {
                Source::KickHead | Source::KickBeater => pattern.kick,
                Source::SnareHead | Source::SnareWires => pattern.snare,
                Source::HighTom | Source::MiddleTom | Source::FloorTom => pattern.toms,
                Source::Hat => pattern.hat,
                Source::Ride => pattern.ride,
                Source::Crash => pattern.crash,
            };
            for (step, stroke) in steps.chars().enumerate() {
                // Drawn for every step, so that changing one stroke leaves the others where they were.
                let (drift_s, strength) = (0.0035 * human.human(), 1.0 + 0.05 * human.human());
                let Some(force) = self.force(stroke) else { continue };
                let at_s = (bar as f64 + step as f64 / STEPS_PER_BAR as f64) * BAR_S;
                let first = bar == 0 && step == 0;
                strokes.push(Stroke {
                    at_s: if first { 0.0 } else { at_s + early_s + drift_s },
                    force: (force * strength).clamp(0.05, 1.0),
                    stroke,
                });
            }
        }
        strokes
    }

    fn force(self, stroke: char) -> Option<f64> {
        let tom = match self {
            Source::HighTom => Tom::High,
            Source::MiddleTom => Tom::Middle,
            Source::FloorTom => Tom::Floor,
            Source::Hat if stroke == 'o' => return Some(0.8),
            _ => return stroke.to_digit(10).map(|digit| f64::from(digit) / 9.0),
        };
        Tom::from_pattern(stroke).filter(|(which, _)| *which == tom).map(|(_, force)| force)
    }
}

/// One stroke: when, how hard, and the character of the pattern.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stroke {
    pub at_s: f64,
    pub force: f64,
    pub stroke: char,
}
