//! A delay by whole frames: the time that look-ahead, oversampling or a block transform takes, given to the dry sound.

use crate::processor::State;

/// Delays one channel by whole frames, exactly.
///
/// ```
/// use mixkeel_dsp::kernels::whole_delay::WholeDelay;
/// let mut delay = WholeDelay::new(100);
/// delay.set_frames(2);
/// let mut sound = [1.0, 2.0, 3.0, 4.0];
/// delay.run(&mut sound);
/// assert_eq!(sound, [0.0, 0.0, 1.0, 2.0]);
/// ```
#[derive(Clone, Debug)]
pub struct WholeDelay {
    samples: Vec<f32>,
    frames: usize,
    at: usize,
}

impl WholeDelay {
    /// By this many frames, which is also the most it can be set to.
    pub fn new(longest_frames: usize) -> Self {
        Self { samples: vec![0.0; longest_frames], frames: longest_frames, at: 0 }
    }

    /// By how much it delays.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Delays by this many frames from now on, cut to the most it was made for. When that changes, what was under way is
    /// forgotten.
    pub fn set_frames(&mut self, frames: usize) {
        let frames = frames.min(self.samples.len());
        if frames != self.frames {
            self.frames = frames;
            self.reset();
        }
    }

    /// Delays a run of samples in place.
    pub fn run(&mut self, samples: &mut [f32]) {
        if self.frames == 0 {
            return;
        }
        let mut rest = samples;
        while !rest.is_empty() {
            let count = rest.len().min(self.frames - self.at);
            let (now, later) = rest.split_at_mut(count);
            now.swap_with_slice(&mut self.samples[self.at..self.at + count]);
            self.at = if self.at + count == self.frames { 0 } else { self.at + count };
            rest = later;
        }
    }

    /// Forgets what is under way.
    pub fn reset(&mut self) {
        self.samples.fill(0.0);
        self.at = 0;
    }

    /// Notes what is under way, as long as it delays.
    pub fn snapshot(&self, to: &mut State) {
        to.put(self.at as f64);
        to.put_all(&self.samples[..self.frames]);
    }

    /// Goes on from what was noted with the same delay.
    pub fn restore(&mut self, from: &mut State) {
        self.at = (from.take() as usize).min(self.frames.saturating_sub(1));
        from.take_all(&mut self.samples[..self.frames]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out_later_whatever_the_runs() {
        let sound: Vec<f32> = (1..=200).map(|frame| frame as f32).collect();
        for (delay_frames, run) in [(0, 7), (1, 200), (13, 1), (13, 50), (50, 13)] {
            let mut delay = WholeDelay::new(60);
            delay.set_frames(delay_frames);
            let mut heard = sound.clone();
            heard.chunks_mut(run).for_each(|part| delay.run(part));
            assert!(heard[..delay_frames].iter().all(|sample| *sample == 0.0));
            assert_eq!(heard[delay_frames..], sound[..200 - delay_frames]);
        }
    }
}
