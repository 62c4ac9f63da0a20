//! Keeps one channel that repeats the other a little later from cancelling it in mono.

use crate::GRID_FRAMES;
use crate::glide::Motion;
use crate::processor::State;
use crate::units::gain_from_db;

/// Copies between these delays are guarded against, in seconds: up to 40 ms a repetition is heard as one event with the
/// first sound (H. Haas, "Über den Einfluß eines Einfachechos auf die Hörsamkeit von Sprache", Acustica 1, 1951); under
/// 1 ms it shifts the image as a spaced pair of microphones does (J. Blauert, Spatial Hearing, 1997, 3.1).
const LEAST_DELAY_S: f64 = 0.001;
const MOST_DELAY_S: f64 = 0.04;
/// How fast it forgets. Ours: five times the longest delay, about one syllable.
const FORGETS_S: f64 = 0.2;
/// How fast gains follow. Ours: slower than a cycle of any bass note, so that they do not modulate it.
const FOLLOWS_S: f64 = 0.05;
/// Correlations from which there is something of a copy, and above which all of it is one. Ours: unrelated noise stays
/// under 0.2; a copy whose delay lies between two looks still reaches 0.75.
const COPY: [f64; 2] = [0.5, 0.7];
/// By how much a copy correlates better than the channels do in time. Ours: what is in time and has a pitch correlates
/// again a period later, but not better.
const BETTER: [f64; 2] = [0.1, 0.2];
/// How many looks count, by the square of the sum of powers over the sum of their squares, from which correlations are
/// believed a little and wholly: fewer, as in the first moments of a sound, are alike by chance. Ours: of 60, the best of
/// 500 delays of unrelated noise reaches about 0.3.
const ENOUGH: [f64; 2] = [60.0, 120.0];
/// The lowest rate to look at. Ours: correlations then hear everything below about 2 kHz, where combs are notes missing.
const LEAST_RATE_HZ: u32 = 5_500;
/// Powers under this are silence: −200 dBFS.
const SILENCE: f64 = 1e-20;
/// Gains this near to 1 are 1.
const UNHEARD: f64 = 1e-4;

/// Looks for delayed copies and turns them down.
#[derive(Debug)]
pub(super) struct Haas {
    /// Whether there is anything to forget.
    heard: bool,
    /// Frames from look to look, a power of two that divides the grid.
    hop: usize,
    keep: f64,
    follow: f64,
    /// Looks in the shortest delay.
    least: usize,
    /// The sum so far of both channels within the present hop, and the sum of the hop before.
    sum: [f64; 2],
    before: [f64; 2],
    power: [f64; 2],
    squares: [f64; 2],
    past: [Past; 2],
    /// By delay, the longest first and none last: the past of the left with the right of now, then the other way.
    alike: [Vec<f64>; 2],
    /// At the grid points before and after.
    gains: [[f64; 2]; 2],
}

impl Haas {
    pub(super) fn new(rate_hz: u32) -> Self {
        let hop = 1 << (rate_hz / LEAST_RATE_HZ).max(1).ilog2().min(GRID_FRAMES.ilog2());
        let rate = f64::from(rate_hz);
        let looks = |seconds: f64| libm::ceil(seconds * rate / hop as f64) as usize;
        let lags = looks(MOST_DELAY_S) + 1;
        Self {
            heard: false,
            hop,
            keep: libm::exp(-(hop as f64) / (FORGETS_S * rate)),
            follow: 1.0 - libm::exp(-(GRID_FRAMES as f64) / (FOLLOWS_S * rate)),
            least: looks(LEAST_DELAY_S),
            sum: [0.0; 2],
            before: [0.0; 2],
            power: [0.0; 2],
            squares: [0.0; 2],
            past: [Past::new(lags), Past::new(lags)],
            alike: [vec![0.0; lags], vec![0.0; lags]],
            gains: [[1.0; 2]; 2],
        }
    }

    /// For how long what it heard counts: until full scale is forgotten down to [`SILENCE`], which is 60 time constants
    /// of powers summed up over a window, and gains are back at 1 as far as [`UNHEARD`], ten of theirs.
    pub(super) fn memory_frames(rate_hz: u32) -> usize {
        libm::ceil((60.0 * FORGETS_S + 10.0 * FOLLOWS_S) * f64::from(rate_hz)) as usize
    }

    /// Forgets what it heard, at no cost if that is nothing.
    pub(super) fn forget(&mut self) {
        if std::mem::take(&mut self.heard) {
            self.reset();
        }
    }

    /// Whether it turns nothing down.
    pub(super) fn rests(&self) -> bool {
        self.gains == [[1.0; 2]; 2]
    }

    pub(super) fn reset(&mut self) {
        [self.sum, self.before, self.power, self.squares] = [[0.0; 2]; 4];
        self.past.iter_mut().for_each(Past::clear);
        self.alike.iter_mut().for_each(|alike| alike.fill(0.0));
        self.gains = [[1.0; 2]; 2];
    }

    /// Plays frames within one cell of the grid, the first of which is `offset` frames into it.
    pub(super) fn cell(
        &mut self,
        offset: usize,
        amount: &Motion<[f64; 1]>,
        comb_db: f64,
        left: &mut [f32],
        right: &mut [f32],
    ) {
        let [from, to] = self.gains;
        self.heard = true;
        let moved = !self.rests();
        for (index, (left, right)) in left.iter_mut().zip(&mut *right).enumerate() {
            let frame = offset + index;
            self.sum[0] += f64::from(*left);
            self.sum[1] += f64::from(*right);
            if (frame + 1).is_multiple_of(self.hop) {
                self.look();
            }
            if moved {
                let share = frame as f64 / GRID_FRAMES as f64;
                let gain = |channel: usize| from[channel] + (to[channel] - from[channel]) * share;
                *left = (f64::from(*left) * gain(0)) as f32 + 0.0;
                *right = (f64::from(*right) * gain(1)) as f32 + 0.0;
            }
        }
        if offset + left.len() == GRID_FRAMES {
            let [amount] = amount.ends().1;
            let wanted = self.wanted(comb_db).map(|gain| libm::pow(gain, amount));
            let next = std::array::from_fn(|channel| {
                let next = to[channel] + (wanted[channel] - to[channel]) * self.follow;
                if (next - 1.0).abs() < UNHEARD && wanted[channel] == 1.0 { 1.0 } else { next }
            });
            self.gains = [to, next];
        }
    }

    /// Takes in one hop. Two hops are added, so that a delay between two looks is found as well.
    fn look(&mut self) {
        let now: [f64; 2] = std::array::from_fn(|channel| self.sum[channel] + self.before[channel]);
        self.before = std::mem::take(&mut self.sum);
        for (channel, now) in now.into_iter().enumerate() {
            self.past[channel].put(now);
            let power = now * now;
            self.power[channel] = self.power[channel] * self.keep + power;
            self.squares[channel] = self.squares[channel] * self.keep + power * power;
        }
        for (channel, alike) in self.alike.iter_mut().enumerate() {
            let later = now[1 - channel];
            for (alike, earlier) in alike.iter_mut().zip(self.past[channel].oldest_first()) {
                *alike = *alike * self.keep + earlier * later;
            }
        }
    }

    /// What to turn the channels down to at an amount of one.
    fn wanted(&mut self, comb_db: f64) -> [f64; 2] {
        let mut gains = [1.0; 2];
        if self.power[0].min(self.power[1]) < SILENCE {
            (self.power, self.squares) = ([0.0; 2], [0.0; 2]);
            self.alike.iter_mut().for_each(|alike| alike.fill(0.0));
            return gains;
        }
        let looks = |channel: usize| self.power[channel] * self.power[channel] / self.squares[channel];
        let both = (self.power[0] * self.power[1]).sqrt();
        let best = |of: &[f64]| of.iter().fold(0.0_f64, |best, alike| best.max(alike.abs())) / both;
        let split = self.alike[0].len() - self.least;
        let in_time = best(&self.alike[0][split..]).max(best(&self.alike[1][split..]));
        let copies: [f64; 2] = std::array::from_fn(|channel| best(&self.alike[channel][..split]));
        let first = if copies[0] >= copies[1] { 0 } else { 1 };
        let rise = |value: f64, [from, to]: [f64; 2]| ((value - from) / (to - from)).clamp(0.0, 1.0);
        let other = in_time.max(copies[1 - first]);
        let sure = rise(looks(0).min(looks(1)), ENOUGH);
        let share = sure * rise(copies[first], COPY) * rise(copies[first] - other, BETTER);
        // Peaks of a comb of two copies are 1 + a, dips 1 − a: their ratio is at most d where a is (d − 1)/(d + 1).
        let depth = gain_from_db(comb_db);
        let most = (depth - 1.0) / (depth + 1.0);
        let ratio = (self.power[1 - first] / self.power[first]).sqrt();
        if share > 0.0 && ratio > most && ratio * most < 1.0 {
            gains[1 - first] = libm::pow(most / ratio, share);
        }
        gains
    }

    pub(super) fn snapshot(&self, to: &mut State) {
        let few = [self.sum, self.before, self.power, self.squares, self.gains[0], self.gains[1]];
        few.iter().flatten().for_each(|value| to.put(*value));
        self.past.iter().flat_map(|past| past.oldest_first()).for_each(|value| to.put(*value));
        self.alike.iter().flatten().for_each(|value| to.put(*value));
    }

    pub(super) fn restore(&mut self, from: &mut State) {
        let [sum, before, power, squares, old, new] =
            std::array::from_fn(|_| std::array::from_fn(|_| from.take()));
        (self.sum, self.before, self.power, self.squares) = (sum, before, power, squares);
        self.gains = [old, new];
        self.heard = true;
        for past in &mut self.past {
            (0..past.frames).for_each(|_| past.put(from.take()));
        }
        self.alike.iter_mut().flatten().for_each(|value| *value = from.take());
    }
}

/// The last so many looks at one channel, written twice so that they always lie in one piece.
#[derive(Debug)]
struct Past {
    twice: Vec<f64>,
    frames: usize,
    /// Where the oldest lies, and the next is put.
    next: usize,
}

impl Past {
    fn new(frames: usize) -> Self {
        Self { twice: vec![0.0; 2 * frames], frames, next: 0 }
    }

    fn put(&mut self, value: f64) {
        self.twice[self.next] = value;
        self.twice[self.next + self.frames] = value;
        self.next = (self.next + 1) % self.frames;
    }

    fn oldest_first(&self) -> &[f64] {
        &self.twice[self.next..self.next + self.frames]
    }

    fn clear(&mut self) {
        self.twice.fill(0.0);
        self.next = 0;
    }
}
