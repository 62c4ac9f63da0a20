//! The harmonics of a hum: each is heard, believed as far as it is steady, and taken away.

use crate::processor::State;

/// The most harmonics.
pub(super) const MOST: usize = 40;

/// Harmonics that one instruction works on.
const LANES: usize = 4;
const GROUPS: usize = MOST / LANES;

/// Stretches over which the weakest reading of a harmonic is remembered.
const STRETCHES: usize = 4;

type Row = [[f64; LANES]; GROUPS];

const NOTHING: Row = [[0.0; LANES]; GROUPS];

fn cells(row: &Row) -> impl Iterator<Item = &f64> {
    row.iter().flatten()
}

/// What one channel is made of.
#[derive(Clone, Debug)]
struct Heard {
    /// Complex amplitude of each harmonic against the running reference.
    re: Row,
    im: Row,
    /// Its sum over the points of the grid since the last look.
    sum_re: Row,
    sum_im: Row,
    /// Its mean at the last look.
    last_re: Row,
    last_im: Row,
    /// How it has turned from look to look, in the mean over the last looks.
    turned_re: Row,
    turned_im: Row,
    /// How near that comes to standing still, from 0 to 1.
    still: Row,
    /// The share of each that is to be believed, and how far it has come.
    wanted: Row,
    believed: Row,
    /// The weakest amplitude in this stretch and in those before.
    weakest: [Row; STRETCHES],
}

impl Heard {
    fn new() -> Self {
        Self {
            re: NOTHING,
            im: NOTHING,
            sum_re: NOTHING,
            sum_im: NOTHING,
            last_re: NOTHING,
            last_im: NOTHING,
            turned_re: NOTHING,
            turned_im: NOTHING,
            still: NOTHING,
            wanted: NOTHING,
            believed: NOTHING,
            weakest: [NOTHING; STRETCHES],
        }
    }

    fn rows(&mut self) -> impl Iterator<Item = &mut Row> {
        let turning = [&mut self.turned_re, &mut self.turned_im, &mut self.still];
        let means = [&mut self.sum_re, &mut self.sum_im, &mut self.last_re, &mut self.last_im];
        [&mut self.re, &mut self.im, &mut self.wanted, &mut self.believed]
            .into_iter()
            .chain(means)
            .chain(turning)
            .chain(&mut self.weakest)
    }
}

/// A bank of references at whole multiples of one frequency, and what two channels have of each.
///
/// Each harmonic is followed by the least-mean-squares canceller of B. Widrow et al., "Adaptive noise cancelling:
/// principles and applications", Proc. IEEE 63(12), 1975, §"notch filter": a sine and a cosine, weighed so that least is
/// left. That is a notch 1/(π·τ) Hz wide, τ the time constant.
#[derive(Clone, Debug)]
pub(super) struct Harmonics {
    /// How many of them there are.
    count: usize,
    /// Radians a frame of the first.
    step: f64,
    /// Its phase at the last point of the grid.
    phase: f64,
    re: Row,
    im: Row,
    turn_re: Row,
    turn_im: Row,
    channels: [Heard; 2],
}

impl Harmonics {
    pub(super) fn new(step: f64, count: usize) -> Self {
        let mut harmonics = Self {
            count,
            step,
            phase: 0.0,
            re: NOTHING,
            im: NOTHING,
            turn_re: NOTHING,
            turn_im: NOTHING,
            channels: [Heard::new(), Heard::new()],
        };
        harmonics.aim(step, count);
        harmonics.turn_to(0.0);
        harmonics
    }

    /// Another frequency, in radians a frame, and number of harmonics; those that go are forgotten.
    pub(super) fn aim(&mut self, step: f64, count: usize) {
        (self.step, self.count) = (step, count.min(MOST));
        for index in 0..MOST {
            let (group, lane) = (index / LANES, index % LANES);
            let (sin, cos) = libm::sincos(step * (index + 1) as f64);
            (self.turn_re[group][lane], self.turn_im[group][lane]) = (cos, sin);
            if index >= self.count {
                for channel in &mut self.channels {
                    channel.rows().for_each(|row| row[group][lane] = 0.0);
                }
            }
        }
    }

    /// A point of the grid, `frames` after the last: the references start again from the exact phase.
    pub(super) fn turn_to(&mut self, frames: f64) {
        let whole = std::f64::consts::TAU;
        self.phase = libm::fmod(self.phase + self.step * frames, whole);
        for index in 0..MOST {
            let (sin, cos) = libm::sincos(libm::fmod(self.phase * (index + 1) as f64, whole));
            (self.re[index / LANES][index % LANES], self.im[index / LANES][index % LANES]) = (cos, sin);
        }
    }

    /// One frame of both channels: what of it is hum. `rate` is how fast the amplitudes follow.
    #[inline]
    pub(super) fn next(&mut self, x: [f64; 2], rate: f64) -> [f64; 2] {
        let groups = self.count.div_ceil(LANES);
        let mut hum = [0.0; 2];
        let mut rest = x;
        for (channel, heard) in self.channels.iter().enumerate() {
            let (mut all, mut believed) = ([0.0; LANES], [0.0; LANES]);
            for group in 0..groups {
                for lane in 0..LANES {
                    let part = heard.re[group][lane] * self.re[group][lane]
                        - heard.im[group][lane] * self.im[group][lane];
                    all[lane] += part;
                    believed[lane] += heard.believed[group][lane] * part;
                }
            }
            rest[channel] -= (all[0] + all[2]) + (all[1] + all[3]);
            hum[channel] = (believed[0] + believed[2]) + (believed[1] + believed[3]);
        }
        for group in 0..groups {
            for lane in 0..LANES {
                let (re, im) = (self.re[group][lane], self.im[group][lane]);
                for (channel, heard) in self.channels.iter_mut().enumerate() {
                    heard.re[group][lane] += rate * rest[channel] * re;
                    heard.im[group][lane] -= rate * rest[channel] * im;
                }
                let (turn_re, turn_im) = (self.turn_re[group][lane], self.turn_im[group][lane]);
                self.re[group][lane] = re * turn_re - im * turn_im;
                self.im[group][lane] = re * turn_im + im * turn_re;
            }
        }
        hum
    }

    /// A point of the grid: takes note of the amplitudes, and moves on to what is to be believed of them.
    pub(super) fn note(&mut self) {
        for heard in &mut self.channels {
            for group in 0..GROUPS {
                for lane in 0..LANES {
                    heard.sum_re[group][lane] += heard.re[group][lane];
                    heard.sum_im[group][lane] += heard.im[group][lane];
                    let believed = &mut heard.believed[group][lane];
                    *believed += APPROACH * (heard.wanted[group][lane] - *believed);
                }
            }
        }
    }

    /// After a look: believes of each harmonic what was there all along and stands still. `new_stretch` says whether the
    /// oldest stretch is to be forgotten.
    pub(super) fn believe(&mut self, new_stretch: bool) {
        for heard in &mut self.channels {
            if new_stretch {
                heard.weakest.rotate_right(1);
            }
            for group in 0..GROUPS {
                for lane in 0..LANES {
                    let amplitude = libm::hypot(heard.last_re[group][lane], heard.last_im[group][lane]);
                    let weakest = &mut heard.weakest[0][group][lane];
                    *weakest = if new_stretch { amplitude } else { weakest.min(amplitude) };
                    let floor = heard.weakest.iter().map(|row| row[group][lane]).fold(amplitude, f64::min);
                    let steady = if floor > FAINTEST { (SWAY * floor / amplitude).min(1.0) } else { 0.0 };
                    heard.wanted[group][lane] = steady * heard.still[group][lane];
                }
            }
        }
    }

    /// A look at how amplitudes, in the mean over the last `cells` of the grid and `frames`, have turned. What turns slower than `slow` radians a frame counts as
    /// standing still. Gives by how many radians a frame the hum runs ahead of the references, leaving aside what would
    /// be more than `most` away from `middle`: that is a note. Strong harmonics count most; 0 where there is no hum.
    pub(super) fn look(&mut self, cells: f64, frames: f64, slow: f64, middle: f64, most: f64) -> f64 {
        let (mut over, mut under) = (0.0, 0.0);
        for heard in &mut self.channels {
            for index in 0..self.count {
                let (group, lane) = (index / LANES, index % LANES);
                let (re, im) = (heard.sum_re[group][lane] / cells, heard.sum_im[group][lane] / cells);
                let (last_re, last_im) = (heard.last_re[group][lane], heard.last_im[group][lane]);
                let turned = (&mut heard.turned_re[group][lane], &mut heard.turned_im[group][lane]);
                *turned.0 = KEPT * *turned.0 + (re * last_re + im * last_im);
                *turned.1 = KEPT * *turned.1 + (im * last_re - re * last_im);
                let turning = libm::atan2(*turned.1, *turned.0) / frames;
                let fast = (turning / slow) * (turning / slow);
                heard.still[group][lane] = 1.0 / (1.0 + fast * fast);
                (heard.last_re[group][lane], heard.last_im[group][lane]) = (re, im);
                let number = (index + 1) as f64;
                let ahead = turning / number;
                if (self.step + ahead - middle).abs() <= most {
                    // How finely a frequency can be told rises with the number of the harmonic.
                    let weight = number * number * libm::hypot(*turned.0, *turned.1);
                    over += weight * ahead;
                    under += weight;
                }
            }
            (heard.sum_re, heard.sum_im) = (NOTHING, NOTHING);
        }
        if under > 0.0 { over / under } else { 0.0 }
    }

    /// Radians a frame of the first harmonic.
    pub(super) fn step(&self) -> f64 {
        self.step
    }

    pub(super) fn snapshot(&self, to: &mut State) {
        [self.count as f64, self.step, self.phase].iter().for_each(|value| to.put(*value));
        cells(&self.re).chain(cells(&self.im)).for_each(|value| to.put(*value));
        for heard in &self.channels {
            let rows = [&heard.re, &heard.im, &heard.wanted, &heard.believed];
            let means = [&heard.sum_re, &heard.sum_im, &heard.last_re, &heard.last_im];
            let turning = [&heard.turned_re, &heard.turned_im, &heard.still];
            let rows = rows.into_iter().chain(means).chain(turning).chain(&heard.weakest);
            rows.flat_map(cells).for_each(|value| to.put(*value));
        }
    }

    pub(super) fn restore(&mut self, from: &mut State) {
        let [count, step, phase] = std::array::from_fn(|_| from.take());
        self.aim(step, count as usize);
        self.phase = phase;
        for row in [&mut self.re, &mut self.im] {
            row.iter_mut().flatten().for_each(|value| *value = from.take());
        }
        for heard in &mut self.channels {
            heard.rows().for_each(|row| row.iter_mut().flatten().for_each(|value| *value = from.take()));
        }
    }
}

/// How far the reading of a steady hum in music sways over its weakest. Ours: 1 dB.
const SWAY: f64 = 1.122;

/// What the mean turning keeps from look to look. Ours: a mean over ten looks.
const KEPT: f64 = 0.9;

/// How far belief moves at each point of the grid. Ours: most of the way within a look, without a step.
const APPROACH: f64 = 0.1;

/// Under −140 dBFS nothing is hum.
const FAINTEST: f64 = 1e-7;
