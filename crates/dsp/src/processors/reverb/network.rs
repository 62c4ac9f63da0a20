//! The sixteen delay lines around a matrix that loses nothing and never quite stands still.
//!
//! The matrix is Hadamard's (every line feeds every other equally), made of four rounds of butterflies. The first round
//! turns each pair of lines by an eighth of a turn and a little more or less, slowly to and fro, after S. J. Schlecht and
//! E. A. P. Habets, "Time-varying feedback matrices in feedback delay networks and their application in artificial
//! reverberation", J. Acoust. Soc. Am. 138(3), 2015: the resonances wander, so that none can be picked out, while delays stay
//! whole numbers of frames: no interpolation dulls the decay, and no pitch bends. Turned or not, the matrix is orthogonal:
//! how fast sound decays is the filters' matter alone.

use super::decay::Decay;
use super::shape::Shape;
use super::{LINES, PAIRS};
use crate::GRID_FRAMES;
use crate::kernels::ring::Rings;
use crate::processor::State;
use crate::simd::wide;

/// A stretch of every line.
pub(super) type Rows = [[f32; GRID_FRAMES]; LINES];

/// Silence in every line.
pub(super) const SILENT: Rows = [[0.0; GRID_FRAMES]; LINES];

/// A Hadamard matrix of eight, scaled to lose nothing: 1/√8. The fourth round is a turn, which needs no scale.
pub(super) const SCALE: f32 = 0.353_553_4;

/// The most that a pair is turned beyond its eighth of a turn, in radians. Ours: above it the beating of the tail becomes
/// an effect that is heard on held notes.
const MOST_TURN: f64 = 0.5;

/// How many cells of the control grid each pair takes to and fro at 48 kHz. Ours: primes between 1.6 and 4.9 s, so that
/// the whole does not repeat within a song, and slow enough to leave pitch alone.
const PERIOD_CELLS: [u32; PAIRS] = [1_201, 1_373, 1_571, 1_811, 2_083, 2_437, 2_909, 3_643];

/// One angle as cosine and sine, for every pair.
pub(super) type Turns = [[f32; 2]; PAIRS];

/// How far every pair is turned at a point of the control grid, counted from session frame 0.
pub(super) fn turns(cell: i64, rate_hz: u32, modulation: f64) -> Turns {
    let stretch = f64::from(rate_hz) / 48_000.0;
    std::array::from_fn(|pair| {
        let period = libm::round(f64::from(PERIOD_CELLS[pair]) * stretch) as i64;
        let phase = cell.rem_euclid(period.max(1)) as f64 / period.max(1) as f64 + pair as f64 / PAIRS as f64;
        let swing = libm::sin(std::f64::consts::TAU * phase);
        let angle = std::f64::consts::FRAC_PI_4 + MOST_TURN * modulation * swing;
        let (sin, cos) = libm::sincos(angle);
        [cos as f32, sin as f32]
    })
}

/// How far every frame of a cell of the control grid lies in it.
pub(super) static RAMP: [f32; GRID_FRAMES] = {
    let mut ramp = [0.0; GRID_FRAMES];
    let mut frame = 0;
    while frame < GRID_FRAMES {
        ramp[frame] = frame as f32 / GRID_FRAMES as f32;
        frame += 1;
    }
    ramp
};

/// From which delays to which, and how far: the share at both ends of the cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fade<'a> {
    pub from: &'a Shape,
    pub to: &'a Shape,
    pub share: [f32; 2],
    /// Where in the cell the stretch begins.
    pub offset: usize,
}

impl Fade<'_> {
    /// Reads one line of some rings on its way from one delay to another. The fade is a straight line: around the loop it
    /// can only lose, never gain.
    pub fn read(&self, rings: &Rings, ring: usize, at: usize, back: [usize; 2], out: &mut [f32]) {
        rings.read(ring, at, back[1], out);
        if back[0] != back[1] {
            let mut old = [0.0; GRID_FRAMES];
            let old = &mut old[..out.len().min(GRID_FRAMES)];
            rings.read(ring, at, back[0], old);
            self.blend(old, out);
        }
    }

    /// Brings what was into what will be.
    pub fn blend(&self, old: &[f32], new: &mut [f32]) {
        let [first, last] = self.share;
        for ((to, from), along) in new.iter_mut().zip(old).zip(&RAMP[self.offset..]) {
            *to = *from + (*to - *from) * (first + (last - first) * along);
        }
    }

    /// The gain of diffused sound heard at once: it moves a cell at a time.
    pub fn onset(&self) -> f32 {
        self.from.onset + (self.to.onset - self.from.onset) * self.share[0]
    }
}

/// The lines, their filters and their matrix.
#[derive(Clone, Debug)]
pub(super) struct Network {
    lines: Rings,
    pub decay: Decay,
    /// What goes back into the lines, while it is made: kept here so that it is neither cleared nor moved.
    back: Rows,
}

impl Network {
    /// Lines of up to so many frames.
    pub fn new(longest: usize) -> Self {
        Self { lines: Rings::new(LINES, longest), decay: Decay::default(), back: SILENT }
    }

    /// Takes a stretch of what is `new` into every line, and fills `out` with what comes out of every line. `turns` are those at
    /// both ends of the cell.
    pub fn run(
        &mut self,
        (new, out): (&Rows, &mut Rows),
        frames: usize,
        at: usize,
        fade: &Fade<'_>,
        turns: &[Turns; 2],
    ) {
        for (line, (out, back)) in out.iter_mut().zip(&mut self.back).enumerate() {
            let delays = [fade.from.lines[line], fade.to.lines[line]];
            fade.read(&self.lines, line, at, delays, &mut out[..frames]);
            back[..frames].copy_from_slice(&out[..frames]);
        }
        self.decay.run(&mut self.back, frames, fade.offset);
        mix(&mut self.back, new, frames, turns, &RAMP[fade.offset..]);
        for (line, fed) in self.back.iter().enumerate() {
            self.lines.write(line, at, &fed[..frames]);
        }
    }

    pub fn clear(&mut self) {
        self.lines.clear();
        self.decay.clear();
    }

    pub fn snapshot(&self, at: usize, to: &mut State) {
        self.decay.snapshot(to);
        self.lines.snapshot(at, to);
    }

    pub fn restore(&mut self, at: usize, from: &mut State) {
        self.decay.restore(from);
        self.lines.restore(at, from);
    }
}

wide! {
    /// The matrix, √8 times too large, set right while what is new comes in.
    fn mix(rows: &mut Rows, new: &Rows, frames: usize, turns: &[Turns; 2], ramp: &[f32]) {
        let (upper, lower) = rows.split_at_mut(PAIRS);
        for (pair, (a, b)) in upper.iter_mut().zip(lower).enumerate() {
            let ([cos, sin], [cos_after, sin_after]) = (turns[0][pair], turns[1][pair]);
            let (cos_step, sin_step) = (cos_after - cos, sin_after - sin);
            for ((a, b), along) in a[..frames].iter_mut().zip(&mut b[..frames]).zip(ramp) {
                let (cos, sin) = (cos + cos_step * along, sin + sin_step * along);
                (*a, *b) = (cos * *a + sin * *b, sin * *a - cos * *b);
            }
        }
        for distance in [4, 2, 1] {
            for pair in rows.chunks_exact_mut(2 * distance) {
                let (a, b) = pair.split_at_mut(distance);
                for (a, b) in a.iter_mut().zip(b) {
                    for (a, b) in a[..frames].iter_mut().zip(&mut b[..frames]) {
                        (*a, *b) = (*a + *b, *a - *b);
                    }
                }
            }
        }
        for (row, new) in rows.iter_mut().zip(new) {
            row[..frames].iter_mut().zip(&new[..frames]).for_each(|(row, new)| *row = *row * SCALE + new);
        }
    }

    /// Four rounds of butterflies that turn each pair by one angle: no mixing at 0, Hadamard's at an eighth of a turn. `turns`
    /// are those at both ends of the cell.
    pub(super) fn spread(rows: &mut Rows, frames: usize, turns: &[[f32; 2]; 2], offset: usize) {
        let [[cos, sin], [cos_after, sin_after]] = *turns;
        let mut along = [[0.0; GRID_FRAMES]; 2];
        let [coses, sines] = &mut along;
        for ((to_cos, to_sin), along) in coses.iter_mut().zip(sines.iter_mut()).zip(&RAMP[offset..]) {
            *to_cos = cos + (cos_after - cos) * along;
            *to_sin = sin + (sin_after - sin) * along;
        }
        for distance in [8, 4, 2, 1] {
            for pair in rows.chunks_exact_mut(2 * distance) {
                let (a, b) = pair.split_at_mut(distance);
                for (a, b) in a.iter_mut().zip(b) {
                    let pairs = a[..frames].iter_mut().zip(&mut b[..frames]);
                    for ((a, b), (cos, sin)) in pairs.zip(coses.iter().zip(sines.iter())) {
                        (*a, *b) = (cos * *a + sin * *b, sin * *a - cos * *b);
                    }
                }
            }
        }
    }
}
