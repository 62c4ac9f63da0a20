//! Where echoes lie in time: the lengths of lines and diffusers, and the early reflections, of a space of some size.

use super::{Character, LINES};
use crate::GRID_FRAMES;
use crate::units::{db_from_power, frames_from_ms};

/// Early reflections from each input to each ear.
pub(super) const EARLY: usize = 12;

/// The largest size, as the parameter's range has it.
pub(super) const MAX_SIZE_PERCENT: f64 = 100.0;

/// The longest pre-delay, as the parameter's range has it.
pub(super) const MAX_PRE_DELAY_MS: f64 = 250.0;

/// Speed of sound in dry air at 20 °C, in metres a second (ISO 9613-1).
const SOUND_M_S: f64 = 343.2;

/// One early reflection.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Tap {
    pub back: usize,
    pub gain: f32,
}

/// What makes one kind of space different from another. All are ours, set by ear and by the measures in this folder's tests.
struct Kind {
    /// The mean line, in ms, at sizes 0 and 100 %.
    mean_ms: [f64; 2],
    /// The shortest and longest line over the mean.
    lines: [f64; 2],
    /// How long the two diffusers spread a click, over the mean line.
    diffusers: [f64; 2],
    /// What of the diffused sound is heard at once, over what would make the level go on without a step.
    onset: f64,
    early: Early,
}

enum Early {
    /// The nearest mirror images of a box: its sides over its length, and what a wall sends back.
    Box { sides: [f64; 3], wall: f64 },
    /// Reflections at random, over so many ms at sizes 0 and 100 %, falling by so many dB towards their end.
    Scattered { span_ms: [f64; 2], fall_db: f64 },
}

impl Character {
    fn kind(self) -> Kind {
        match self {
            Character::Hall => Kind {
                mean_ms: [30.0, 90.0],
                lines: [0.45, 1.55],
                diffusers: [0.28, 0.60],
                onset: 0.5,
                early: Early::Box { sides: [0.62, 1.0, 0.42], wall: 0.80 },
            },
            Character::Room => Kind {
                mean_ms: [24.0, 72.0],
                lines: [0.45, 1.60],
                diffusers: [0.16, 0.34],
                onset: 0.9,
                early: Early::Box { sides: [0.78, 1.0, 0.36], wall: 0.85 },
            },
            Character::Chamber => Kind {
                mean_ms: [28.0, 76.0],
                lines: [0.55, 1.45],
                diffusers: [0.20, 0.42],
                onset: 1.0,
                early: Early::Scattered { span_ms: [8.0, 45.0], fall_db: 9.0 },
            },
            Character::Plate => Kind {
                mean_ms: [30.0, 80.0],
                lines: [0.40, 1.65],
                diffusers: [0.10, 0.30],
                onset: 1.2,
                early: Early::Scattered { span_ms: [4.0, 12.0], fall_db: 3.0 },
            },
        }
    }
}

/// All delays, in frames.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shape {
    pub lines: [usize; LINES],
    /// From the input to each line's diffuser, pre-delay included.
    pub first: [usize; LINES],
    /// Between both rounds of the diffuser.
    pub second: [usize; LINES],
    /// From left to left, left to right, right to left and right to right, pre-delay included.
    pub early: [[Tap; EARLY]; 4],
    /// The gain of diffused sound that does not wait for the lines.
    pub onset: f32,
}

impl Shape {
    pub fn new(character: Character, size_percent: f64, pre_delay_ms: f64, rate_hz: u32) -> Self {
        let kind = character.kind();
        let size = size_percent / MAX_SIZE_PERCENT;
        let between = |[least, most]: [f64; 2]| least * libm::pow(most / least, size);
        let mean_ms = between(kind.mean_ms);
        let frames = |ms: f64| frames_from_ms(ms, rate_hz);
        let pre_delay = libm::round(frames(pre_delay_ms)) as usize;
        let mut random = Random(character as u64 + 1);
        let lines = std::array::from_fn(|line| {
            let [least, most] = kind.lines;
            // In equal ratios with some disorder, spread over the lines so that neighbours in the matrix differ.
            let place = ((line * 7) % LINES) as f64 + 0.8 * (random.next() - 0.5);
            let ratio = least * libm::pow(most / least, (place / (LINES - 1) as f64).clamp(0.0, 1.0));
            prime_from((frames(mean_ms * ratio) as usize).max(GRID_FRAMES))
        });
        let mut diffuser = |span: f64, shuffle: usize| -> [usize; LINES] {
            std::array::from_fn(|line| {
                let place = ((line * shuffle + 3) % LINES) as f64 + random.next();
                libm::round(frames(mean_ms * span * place / LINES as f64)) as usize
            })
        };
        let first = diffuser(kind.diffusers[0], 5).map(|back| back + pre_delay);
        let second = diffuser(kind.diffusers[1], 11);
        let spread = (kind.diffusers[0] + kind.diffusers[1]).sqrt();
        let early = match kind.early {
            Early::Box { sides, wall } => images(sides, wall, size),
            Early::Scattered { span_ms, fall_db } => scattered(between(span_ms), fall_db, &mut random),
        };
        let early = early.map(|taps| {
            taps.map(|(ms, gain)| Tap {
                back: pre_delay + libm::round(frames(ms)) as usize,
                gain: gain as f32,
            })
        });
        Self { lines, first, second, early, onset: (kind.onset * spread) as f32 }
    }

    /// The longest of all shapes at a rate: lines, first and second diffuser, input.
    pub fn longest(rate_hz: u32) -> [usize; 3] {
        let characters = [Character::Hall, Character::Room, Character::Chamber, Character::Plate];
        let mut longest = [0; 3];
        for character in characters {
            let shape = Self::new(character, MAX_SIZE_PERCENT, MAX_PRE_DELAY_MS, rate_hz);
            for (longest, frames) in longest.iter_mut().zip(shape.reach()) {
                *longest = (*longest).max(frames);
            }
        }
        longest
    }

    /// The longest line, the longest delay of the second diffuser, and the oldest input heard.
    pub fn reach(&self) -> [usize; 3] {
        let most = |delays: &[usize]| delays.iter().copied().max().unwrap_or(0);
        let early = self.early.iter().flatten().map(|tap| tap.back).max().unwrap_or(0);
        [most(&self.lines), most(&self.second), most(&self.first).max(early)]
    }
}

/// Milliseconds and gain of reflections from each input to each ear.
type Pattern = [[(f64, f64); EARLY]; 4];

/// The nearest mirror images of two sources in a box, heard by two microphones (J. B. Allen and D. A. Berkley, "Image
/// method for efficiently simulating small-room acoustics", J. Acoust. Soc. Am. 65(4), 1979), after the direct sound.
/// The length goes from 3 m at size 0 to 48 m.
fn images(sides: [f64; 3], wall: f64, size: f64) -> Pattern {
    let length_m = 3.0 * libm::pow(16.0, size);
    let room_m = sides.map(|side| side * length_m);
    // Nothing stands in the middle, so that no two reflections coincide.
    let sources = [[0.27, 0.31, 0.37], [0.70, 0.26, 0.41]];
    let ears = [[0.36, 0.71, 0.47], [0.61, 0.74, 0.52]];
    let mut pattern = [[(0.0, 0.0); EARLY]; 4];
    for (index, taps) in pattern.iter_mut().enumerate() {
        let (source, ear) = (sources[index / 2], ears[index % 2]);
        let mut all = [(f64::INFINITY, 0.0); 26];
        let orders = (0..27).filter(|order| *order != 13);
        for (image, order) in all.iter_mut().zip(orders) {
            let order: [i32; 3] = [order / 9 - 1, order / 3 % 3 - 1, order % 3 - 1];
            let mut square = 0.0;
            for axis in 0..3 {
                let place =
                    if order[axis] == 0 { source[axis] } else { f64::from(order[axis]) + 1.0 - source[axis] };
                let away = (place - ear[axis]) * room_m[axis];
                square += away * away;
            }
            let bounces: i32 = order.iter().map(|order| order.abs()).sum();
            *image = (square.sqrt(), libm::pow(wall, f64::from(bounces)));
        }
        all.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
        let direct_m = room_m.iter().zip(source).zip(ear).map(|((side, source), ear)| {
            let away = (source - ear) * side;
            away * away
        });
        let direct_m = direct_m.sum::<f64>().sqrt();
        for (tap, (distance_m, gain)) in taps.iter_mut().zip(all) {
            *tap = (1_000.0 * (distance_m - direct_m) / SOUND_M_S, gain * direct_m / distance_m);
        }
    }
    balanced(pattern)
}

/// Reflections of random sign, one in each of equal stretches of time that widen slowly.
fn scattered(span_ms: f64, fall_db: f64, random: &mut Random) -> Pattern {
    let pattern = std::array::from_fn(|index| {
        std::array::from_fn(|tap| {
            let along = (tap as f64 + random.next()) / EARLY as f64;
            let sign = if random.next() < 0.5 { -1.0 } else { 1.0 };
            // What goes to the other side is 3 dB softer.
            let across_db = if index == 0 || index == 3 { 0.0 } else { -3.0 };
            (span_ms * along, sign * crate::units::gain_from_db(across_db - fall_db * along))
        })
    });
    balanced(pattern)
}

/// Scales each ear to a power of 1 when both inputs carry the same.
fn balanced(mut pattern: Pattern) -> Pattern {
    for ear in 0..2 {
        let power: f64 =
            [ear, ear + 2].iter().flat_map(|index| pattern[*index]).map(|(_, gain)| gain * gain).sum();
        let scale = crate::units::gain_from_db(-db_from_power(power));
        for index in [ear, ear + 2] {
            pattern[index].iter_mut().for_each(|(_, gain)| *gain *= scale);
        }
    }
    pattern
}

/// The least prime not under a number: no two lines share a beat.
fn prime_from(least: usize) -> usize {
    let is_prime = |number: usize| (2..).take_while(|d| d * d <= number).all(|d| !number.is_multiple_of(d));
    (least..).find(|number| is_prime(*number)).unwrap_or(least)
}

/// Disorder that is the same every time: SplitMix64 (see [`dither`](crate::kernels::dither)).
struct Random(u64);

impl Random {
    /// From 0 up to but not including 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
