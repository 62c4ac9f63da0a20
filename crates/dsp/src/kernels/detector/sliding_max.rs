//! The largest value of a window that moves with the sound: look-ahead and hold.

use crate::GRID_FRAMES;
use crate::kernels::fastmath::larger;
use crate::processor::State;

/// The maximum of the last so many values, with about three comparisons a value however long the window is.
///
/// Van Herk's method ("A fast algorithm for local minimum and maximum filters on rectangular and octagonal kernels", Pattern
/// Recognition Letters 13, 1992): in blocks as long as the window, maxima so far in this block, and maxima to the end of
/// the one before; no branch depends on the sound. What it starts from is 0, and so are values in it: reductions, magnitudes.
///
/// ```
/// use mixkeel_dsp::kernels::detector::SlidingMax;
/// let mut of_three = SlidingMax::new(3);
/// let heard = [1.0, 5.0, 2.0, 0.0, 0.0, 3.0].map(|value| of_three.push(value));
/// assert_eq!(heard, [1.0, 5.0, 5.0, 5.0, 2.0, 3.0]);
/// ```
#[derive(Clone, Debug)]
pub struct SlidingMax {
    /// Before `at`, the values of this block; from `at`, the maxima from there to the end of the block before.
    values: Vec<f32>,
    /// Frames of the window, at most as long as `values`.
    window: usize,
    at: usize,
    /// The largest of this block so far.
    so_far: f32,
}

impl SlidingMax {
    /// A window of this many values, at least 1; it cannot become longer than that.
    pub fn new(longest: usize) -> Self {
        let longest = longest.max(1);
        Self { values: vec![0.0; longest], window: longest, at: 0, so_far: 0.0 }
    }

    /// How many values it looks at.
    pub fn window(&self) -> usize {
        self.window
    }

    /// Looks at so many values from now on, at least 1 and at most as many as it was made for. When that changes, the
    /// maximum of now stays for one whole new window, so that nothing that was being held is lost.
    pub fn set_window(&mut self, window: usize) {
        let window = window.clamp(1, self.values.len());
        if window != self.window {
            let rest = self.values.get(self.at..self.window).unwrap_or(&[]);
            let now = rest.iter().copied().fold(self.so_far, larger);
            self.window = window;
            self.at = 0;
            self.so_far = 0.0;
            self.values[..window].fill(now);
        }
    }

    /// Takes the next value, which is not negative, and gives the largest of the window that ends with it.
    #[inline]
    pub fn push(&mut self, value: f32) -> f32 {
        let window = &mut self.values[..self.window];
        window[self.at] = value;
        self.so_far = larger(self.so_far, value);
        self.at += 1;
        if self.at < window.len() {
            larger(self.so_far, window[self.at])
        } else {
            let whole = self.so_far;
            maxima_to_end(window);
            self.at = 0;
            self.so_far = 0.0;
            whole
        }
    }

    /// The same for a run of values, in place; gives the same bits, and is faster where the window is long enough for groups.
    pub fn run(&mut self, values: &mut [f32]) {
        if self.window == 1 {
            return;
        }
        let mut rest = values;
        while !rest.is_empty() {
            // As far as the next to last place of this block; the last is where the maxima to the end are made.
            let count = (self.window - 1 - self.at).min(rest.len()).min(GRID_FRAMES);
            let (part, after) = std::mem::take(&mut rest).split_at_mut(count);
            let end = self.at + count;
            let mut as_they_came = [0.0; GRID_FRAMES];
            as_they_came[..count].copy_from_slice(part);
            self.so_far = maxima_so_far(part, self.so_far);
            let to_end = &self.values[self.at + 1..=end];
            part.iter_mut().zip(to_end).for_each(|(value, to_end)| *value = larger(*value, *to_end));
            self.values[self.at..end].copy_from_slice(&as_they_came[..count]);
            self.at = end;
            if end + 1 < self.window {
                rest = after;
            } else if let Some((value, after)) = after.split_first_mut() {
                *value = self.push(*value);
                rest = after;
            }
        }
    }

    /// Goes on as the other does, which was made for as many values and looks at as many.
    pub fn follow(&mut self, other: &Self) {
        self.values.copy_from_slice(&other.values);
        (self.window, self.at, self.so_far) = (other.window, other.at, other.so_far);
    }

    /// Forgets all values.
    pub fn reset(&mut self) {
        self.values.fill(0.0);
        (self.at, self.so_far) = (0, 0.0);
    }

    /// Notes what it remembers.
    pub fn snapshot(&self, to: &mut State) {
        to.put(self.at as f64);
        to.put(f64::from(self.so_far));
        to.put_all(&self.values[..self.window]);
    }

    /// Goes on from what was noted with the same window.
    pub fn restore(&mut self, from: &mut State) {
        self.at = (from.take() as usize).min(self.window - 1);
        self.so_far = from.take() as f32;
        from.take_all(&mut self.values[..self.window]);
    }
}

/// Every value becomes the largest up to it, `so_far` included; gives the largest of all. In groups of four, so that only
/// one comparison in four waits for the one before.
fn maxima_so_far(values: &mut [f32], mut so_far: f32) -> f32 {
    let (groups, rest) = values.as_chunks_mut::<4>();
    for [a, b, c, d] in groups {
        let (two, last_two) = (larger(*a, *b), larger(*c, *d));
        let before = so_far;
        so_far = larger(so_far, larger(two, last_two));
        (*a, *b, *c, *d) = (larger(before, *a), larger(before, two), larger(before, larger(two, *c)), so_far);
    }
    for value in rest {
        so_far = larger(so_far, *value);
        *value = so_far;
    }
    so_far
}

/// Every value becomes the largest from it to the end, in the same way.
fn maxima_to_end(values: &mut [f32]) {
    let mut so_far = 0.0;
    let (rest, groups) = values.as_rchunks_mut::<4>();
    for [a, b, c, d] in groups.iter_mut().rev() {
        let (first_two, two) = (larger(*a, *b), larger(*c, *d));
        let after = so_far;
        so_far = larger(so_far, larger(first_two, two));
        (*a, *b, *c, *d) = (so_far, larger(after, larger(*b, two)), larger(after, two), larger(after, *d));
    }
    for value in rest.iter_mut().rev() {
        so_far = larger(so_far, *value);
        *value = so_far;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_largest_of_the_window() {
        let sound: Vec<f32> = (0..500_u32).map(|frame| (frame.wrapping_mul(7_919) % 101) as f32).collect();
        for window in [1, 2, 3, 7, 64, 120] {
            let mut sliding = SlidingMax::new(200);
            sliding.set_window(window);
            sliding.reset();
            for (frame, value) in sound.iter().enumerate() {
                let wanted =
                    sound[(frame + 1).saturating_sub(window)..=frame].iter().copied().fold(0.0, larger);
                assert_eq!(sliding.push(*value), wanted, "{window} {frame}");
            }
        }
    }

    #[test]
    fn a_run_gives_what_single_values_give() {
        let sound: Vec<f32> = (0..700_u32).map(|frame| (frame.wrapping_mul(7_919) % 101) as f32).collect();
        for window in [1, 2, 3, 7, 25, 64, 120] {
            let (mut single, mut run) = (SlidingMax::new(window), SlidingMax::new(window));
            let mut heard = sound.clone();
            // Runs of 0, 1, 2, … values, and what is left.
            let mut rest = &mut heard[..];
            for count in 0_usize.. {
                let (part, after) = {
                    let count = count.min(rest.len());
                    std::mem::take(&mut rest).split_at_mut(count)
                };
                run.run(part);
                rest = after;
                if rest.is_empty() {
                    break;
                }
            }
            let wanted: Vec<f32> = sound.iter().map(|value| single.push(*value)).collect();
            assert_eq!(heard, wanted, "{window}");
        }
    }

    #[test]
    fn a_new_window_keeps_what_is_held() {
        let mut sliding = SlidingMax::new(100);
        sliding.set_window(10);
        sliding.push(4.0);
        sliding.set_window(20);
        let heard: Vec<f32> = (0..25).map(|_| sliding.push(1.0)).collect();
        assert_eq!(heard[..19], [4.0; 19]);
        assert_eq!(heard[20..], [1.0; 5]);
    }

    #[test]
    fn it_goes_on_from_what_was_noted() {
        let mut one = SlidingMax::new(9);
        (0..23).for_each(|value| {
            one.push((value * 5 % 11) as f32);
        });
        let mut state = State::default();
        one.snapshot(&mut state);
        let mut other = SlidingMax::new(9);
        other.restore(&mut state);
        assert!((0..40).all(|value| one.push((value * 3 % 7) as f32) == other.push((value * 3 % 7) as f32)));
    }
}
