//! How fast things follow: attack and release of a reduction in dB, followers of levels, means of powers.

use crate::processor::State;
use crate::units::frames_from_ms;

/// The share of its distance that a one-pole smoother keeps at every frame, for a time constant in frames: exp(−1/τ). A time
/// of zero or less keeps nothing: it arrives at once.
pub fn retained(time_frames: f64) -> f64 {
    if time_frames > 0.0 { libm::exp(-1.0 / time_frames) } else { 0.0 }
}

/// Every decay aims this far beyond its end, so that it gets there: after a finite time the rest is exactly nothing, and no
/// state lingers among the subnormal numbers. Ours: 10⁻⁷ dB changes a 24-bit sample by less than half its last bit.
const BEYOND_DB: f64 = 1e-7;

/// Added to every power, for the same reason: −300 dB, and still an ordinary number as an `f32`.
const NEARLY_NOTHING: f64 = 1e-30;

/// Attack and release times as [`Ballistics`] need them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    /// What is kept at every frame: of the distance when rising, …
    rise: f64,
    /// … of the distance to what is held when falling, …
    fall: f64,
    /// … of what is held, …
    hold: f64,
    /// … of the distance of the slow memory to what is held.
    slow: f64,
}

/// How much slower than the release the memory of an adaptive release is. Ours: eight times 100 ms is the second or so that
/// the slow branch of the classic automatic circuits takes.
pub const SLOW_RELEASES: f64 = 8.0;

/// The smoother that rounds off the release is never slower than this share of it. Ours: slower, no release of the stage
/// before could bring the whole down in the time asked for.
const LARGEST_ROUNDING: f64 = 1.0 / 3.0;

impl Timing {
    /// Attack and release as everywhere in this crate: the time until 63.2 % (1 − 1/e) of a change in dB is done, after a
    /// step of the level. Either may be 0.
    pub fn new(attack_ms: f64, release_ms: f64, rate_hz: u32) -> Self {
        let (attack, release) = (frames_from_ms(attack_ms, rate_hz), frames_from_ms(release_ms, rate_hz));
        let fall = attack.min(release * LARGEST_ROUNDING);
        let share = if release > 0.0 { fall / release } else { 0.0 };
        Self {
            rise: retained(attack),
            fall: retained(fall),
            hold: retained(release * first_stage(share)),
            slow: retained(release * SLOW_RELEASES),
        }
    }
}

/// The time constant of the first of two smoothers in a row, as a share of the time in which both together fall to 1/e,
/// when the second takes `second` of that time. A polynomial through the solutions of (a·e^(−1/a) − b·e^(−1/b))/(a − b) = 1/e;
/// ours, within 0.05 % up to a third.
fn first_stage(second: f64) -> f64 {
    1.0 - second * (0.985 + second * (0.7178 + second * (0.925 - 4.2365 * second)))
}

/// Smooths a reduction in dB: up in the attack time, down in the release time.
///
/// The smooth decoupled detector of Giannoulis, Massberg, Reiss 2012 (eq. 17): a peak that is held and released, then a
/// smoother with the attack time. Because the peak is held before it is smoothed, the ripple of a rectified wave does not
/// pull the reading down. Two things are ours: the release is shortened by what the smoother adds, so that both together take
/// the time asked for, and the smoother itself falls no slower than a third of it.
///
/// With an adaptive release it stops falling at a share of a slow mean of what was held: fast after a short peak, slow after a
/// long stretch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ballistics<const C: usize> {
    held: [f64; C],
    slow: [f64; C],
    out: [f64; C],
}

impl<const C: usize> Default for Ballistics<C> {
    fn default() -> Self {
        Self { held: [0.0; C], slow: [0.0; C], out: [0.0; C] }
    }
}

impl<const C: usize> Ballistics<C> {
    /// The smoothed reduction, never negative, after one more frame of each lane.
    #[inline(always)]
    pub fn step(&mut self, reduction_db: [f64; C], timing: &Timing) -> [f64; C] {
        std::array::from_fn(|lane| {
            let held = self.hold(lane, reduction_db[lane], timing);
            self.smooth(lane, held, timing)
        })
    }

    /// The same with an adaptive release, from 0 (none) to 1 (the whole rest falls slowly).
    #[inline(always)]
    pub fn step_adaptive(&mut self, reduction_db: [f64; C], timing: &Timing, adaptive: f64) -> [f64; C] {
        std::array::from_fn(|lane| {
            let held = self.hold(lane, reduction_db[lane], timing);
            self.slow[lane] = timing.slow * self.slow[lane] + (1.0 - timing.slow) * (held - BEYOND_DB);
            self.smooth(lane, larger(held, adaptive * self.slow[lane]), timing)
        })
    }

    #[inline(always)]
    fn hold(&mut self, lane: usize, wanted: f64, timing: &Timing) -> f64 {
        // In products, not in distances: one multiplication and one addition lie on the way from frame to frame.
        let released = timing.hold * self.held[lane] + (1.0 - timing.hold) * (wanted - BEYOND_DB);
        self.held[lane] = larger(wanted, released);
        self.held[lane]
    }

    #[inline(always)]
    fn smooth(&mut self, lane: usize, held: f64, timing: &Timing) -> f64 {
        let (out, towards) = (self.out[lane], held - BEYOND_DB);
        // Falling is no slower than rising, so the one that applies is always the smaller. The two are written differently, to
        // the same bits, so that a compiler does not put them into the lanes of one register: moving them there and back would
        // make every frame wait longer for the one before.
        let rising = timing.rise * out + (1.0 - timing.rise) * towards;
        let falling = timing.fall * out - (timing.fall - 1.0) * towards;
        self.out[lane] = if rising < falling { rising } else { falling };
        larger(self.out[lane], 0.0)
    }

    /// The first lane alone, with the same past.
    pub fn first_lane(&self) -> Ballistics<1> {
        Ballistics { held: [self.held[0]], slow: [self.slow[0]], out: [self.out[0]] }
    }

    /// Goes on in the first lane from where it got to alone.
    pub fn set_first_lane(&mut self, alone: Ballistics<1>) {
        [self.held[0], self.slow[0], self.out[0]] = [alone.held[0], alone.slow[0], alone.out[0]];
    }

    /// Goes on in every lane as in the first.
    pub fn spread(&mut self) {
        for lanes in [&mut self.held, &mut self.slow, &mut self.out] {
            *lanes = [lanes[0]; C];
        }
    }

    /// Changes everything remembered, for reductions that are counted from elsewhere from now on.
    pub fn recount(&mut self, new_from_old: impl Fn(f64) -> f64) {
        for value in [&mut self.held, &mut self.slow, &mut self.out].into_iter().flatten() {
            *value = larger(new_from_old(*value), 0.0);
        }
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Notes what it remembers.
    pub fn snapshot(&self, to: &mut State) {
        [self.held, self.slow, self.out].iter().flatten().for_each(|value| to.put(*value));
    }

    /// Goes on from what was noted.
    pub fn restore(&mut self, from: &mut State) {
        let states = [&mut self.held, &mut self.slow, &mut self.out];
        states.into_iter().flatten().for_each(|value| *value = from.take());
    }
}

#[inline(always)]
fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// How fast a [`Follower`] rises and falls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FollowerTiming {
    rise: f64,
    fall: f64,
}

impl FollowerTiming {
    /// Time constants: 63.2 % of a step up in `rise_ms`, of one down in `fall_ms`.
    pub fn new(rise_ms: f64, fall_ms: f64, rate_hz: u32) -> Self {
        Self {
            rise: retained(frames_from_ms(rise_ms, rate_hz)),
            fall: retained(frames_from_ms(fall_ms, rate_hz)),
        }
    }
}

/// One pole with a time for each direction (the smooth branching detector of the same paper, eq. 16): right for what moves
/// slowly, such as the gain of a gate; on a rectified wave it reads between the peaks and the mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Follower<const C: usize> {
    /// Where it is.
    pub at: [f64; C],
}

impl<const C: usize> Follower<C> {
    /// Starts from here.
    pub fn new(at: [f64; C]) -> Self {
        Self { at }
    }

    /// Follows for one frame, and says where it is then.
    #[inline(always)]
    pub fn step(&mut self, target: [f64; C], timing: &FollowerTiming) -> [f64; C] {
        for (at, target) in self.at.iter_mut().zip(target) {
            let kept = if target > *at { timing.rise } else { timing.fall };
            *at = target + kept * (*at - target);
        }
        self.at
    }
}

/// The mean of powers over a one-pole window: the square of an RMS level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mean<const C: usize> {
    /// The mean so far.
    pub power: [f64; C],
}

impl<const C: usize> Default for Mean<C> {
    fn default() -> Self {
        Self { power: [0.0; C] }
    }
}

impl<const C: usize> Mean<C> {
    /// Takes one more frame of squared samples; `kept` is [`retained`] of the window's time constant.
    #[inline(always)]
    pub fn step(&mut self, power: [f64; C], kept: f64) -> [f64; C] {
        for (mean, power) in self.power.iter_mut().zip(power) {
            *mean = kept * *mean + (1.0 - kept) * (power + NEARLY_NOTHING);
        }
        self.power
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATES_HZ: [u32; 3] = [44_100, 48_000, 192_000];

    /// Frames until a share of the way is done.
    fn frames_until(mut done: impl FnMut() -> bool) -> f64 {
        (1..2_000_000).find(|_| done()).map_or(f64::INFINITY, f64::from)
    }

    #[test]
    fn a_step_is_followed_in_the_time_that_was_asked_for() {
        let arrived = 1.0 - libm::exp(-1.0);
        for rate_hz in RATES_HZ {
            for (attack_ms, release_ms) in
                [(1.0, 20.0), (10.0, 100.0), (20.0, 40.0), (30.0, 30.0), (100.0, 50.0), (5.0, 2_000.0)]
            {
                let timing = Timing::new(attack_ms, release_ms, rate_hz);
                let mut ballistics = Ballistics::<1>::default();
                let up = frames_until(|| ballistics.step([10.0], &timing)[0] >= 10.0 * arrived);
                let long = frames_from_ms(attack_ms * 40.0, rate_hz) as usize;
                (0..long).for_each(|_| {
                    ballistics.step([10.0], &timing);
                });
                let down = frames_until(|| ballistics.step([0.0], &timing)[0] <= 10.0 * (1.0 - arrived));
                // One frame is how finely a time can be told.
                let ms = |frames: f64| frames * 1_000.0 / f64::from(rate_hz);
                assert!((ms(up) - attack_ms).abs() < 0.001 * attack_ms + ms(1.0), "{attack_ms} {}", ms(up));
                assert!(
                    (ms(down) - release_ms).abs() < 0.001 * release_ms + ms(1.0),
                    "{release_ms} after {attack_ms}: {}",
                    ms(down)
                );
            }
        }
    }

    #[test]
    fn everything_ends_at_exactly_nothing() {
        let timing = Timing::new(5.0, 50.0, 48_000);
        let mut ballistics = Ballistics::<2>::default();
        (0..48_000).for_each(|_| {
            ballistics.step_adaptive([24.0, 0.0], &timing, 0.7);
        });
        assert_eq!(ballistics.step([24.0, 0.0], &timing)[1], 0.0);
        // Twenty slow time constants.
        (0..20 * 8 * 2_400).for_each(|_| {
            ballistics.step_adaptive([0.0; 2], &timing, 0.7);
        });
        assert_eq!(ballistics.step([0.0; 2], &timing), [0.0; 2]);
    }

    #[test]
    fn an_adaptive_release_is_fast_after_a_peak_and_slow_after_a_stretch() {
        let timing = Timing::new(0.0, 100.0, 48_000);
        let time_to_half = |stretch_frames| {
            let mut ballistics = Ballistics::<1>::default();
            (0..stretch_frames).for_each(|_| {
                ballistics.step_adaptive([12.0], &timing, 1.0);
            });
            frames_until(|| ballistics.step_adaptive([0.0], &timing, 1.0)[0] <= 6.0)
        };
        let (after_peak, after_stretch) = (time_to_half(480), time_to_half(480_000));
        // ln 2 · 100 ms, and ln 2 · 800 ms and what the way there adds.
        assert!((after_peak / (0.693 * 4_800.0) - 1.0).abs() < 0.05, "{after_peak}");
        assert!(after_stretch > 0.693 * 8.0 * 4_800.0, "{after_stretch}");
    }

    #[test]
    fn the_ripple_of_a_sine_does_not_move_the_reading() {
        // 1 kHz, 20 ms up and down, reductions of a 4:1 computer with its threshold 10 dB under the peak.
        let timing = Timing::new(20.0, 20.0, 48_000);
        let mut ballistics = Ballistics::<1>::default();
        let mut mean = 0.0;
        for frame in 0..48_000 {
            let sample = libm::sin(std::f64::consts::TAU * (f64::from(frame) + 0.3) / 48.0).abs();
            let reduction = 0.75 * f64::max(crate::units::db_from_gain(sample) + 10.0, 0.0);
            let out = ballistics.step([reduction], &timing)[0];
            if frame >= 24_000 {
                mean += out / 24_000.0;
            }
        }
        assert!((mean - 7.5).abs() < 0.1, "{mean}");
    }

    #[test]
    fn a_mean_of_powers_is_that_of_a_sine() {
        let mut mean = Mean::<1>::default();
        let kept = retained(frames_from_ms(10.0, 48_000));
        let last = (0..48_000).map(|frame| {
            let sample = libm::sin(std::f64::consts::TAU * f64::from(frame) / 48.0);
            mean.step([sample * sample], kept)[0]
        });
        // Ripple of 1/(2·2π·2 kHz·10 ms) of the mean.
        assert!((last.last().unwrap_or(0.0) - 0.5).abs() < 0.5 / 250.0);
    }

    #[test]
    fn a_follower_rises_and_falls_in_its_times() {
        let timing = FollowerTiming::new(1.0, 10.0, 48_000);
        let mut follower = Follower::new([0.0]);
        let up = frames_until(|| follower.step([1.0], &timing)[0] >= 0.632_12);
        assert!((up - 48.0).abs() <= 1.0, "{up}");
        follower.at = [1.0];
        let down = frames_until(|| follower.step([0.0], &timing)[0] <= 0.367_88);
        assert!((down - 480.0).abs() <= 1.0, "{down}");
    }
}
