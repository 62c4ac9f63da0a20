//! The loudness meter of mono and stereo signals.

use mixkeel_dsp::block::{Channels, Signal};

use super::filter::KFilter;
use super::windows::{LoudnessContour, LoudnessReading, Windows};
use crate::meter::Meter;

/// Measures loudness after BS.1770-5 and EBU Tech 3341. A mono signal counts as one channel, 3.01 LU below the same sound
/// on two, unless it is asked for as [dual mono](LoudnessMeter::dual_mono).
#[derive(Clone, Debug)]
pub struct LoudnessMeter {
    dual_mono: bool,
    filter: Filter,
    /// The sum of squares of the slice in hand.
    sums: [f64; 2],
    windows: Windows,
}

#[derive(Clone, Debug)]
enum Filter {
    Mono(KFilter<1>),
    Stereo(KFilter<2>),
}

impl LoudnessMeter {
    /// Ready for a stereo signal at 48 kHz; [`prepare`](Meter::prepare) says otherwise.
    pub fn new() -> Self {
        Self {
            dual_mono: false,
            filter: Filter::Stereo(KFilter::new(48_000)),
            sums: [0.0; 2],
            windows: Windows::new(48_000),
        }
    }

    /// Reads a mono signal as it will be heard from two loudspeakers: 3.01 LU higher. For mono files that are played on a
    /// stereo system; BS.1770 itself counts one channel once. Holds for all signals from the next `prepare` on.
    #[must_use]
    pub fn dual_mono(mut self) -> Self {
        self.dual_mono = true;
        self
    }

    /// The momentary loudness now: of the last 400 ms, moving on every 10 ms. `None` before there is a window.
    pub fn momentary_lufs(&self) -> Option<f64> {
        self.windows.now().0
    }

    /// The short-term loudness now: of the last 3 s, moving on every 10 ms. `None` before there is a window.
    pub fn short_term_lufs(&self) -> Option<f64> {
        self.windows.now().1
    }

    /// The power of every 100 ms so far.
    pub fn contour(&self) -> LoudnessContour {
        self.windows.contour()
    }
}

impl Default for LoudnessMeter {
    fn default() -> Self {
        Self::new()
    }
}

impl Meter for LoudnessMeter {
    type Reading = LoudnessReading;

    fn prepare(&mut self, rate_hz: u32, channels: Channels) {
        self.filter = match channels {
            Channels::Mono => Filter::Mono(KFilter::new(rate_hz)),
            Channels::Stereo => Filter::Stereo(KFilter::new(rate_hz)),
        };
        self.sums = [0.0; 2];
        self.windows = Windows::new(rate_hz);
    }

    fn push(&mut self, signal: &Signal) {
        let mut done = 0;
        while done < signal.frames() {
            let part = signal.part(done..done.saturating_add(self.windows.wanted_frames()));
            match &mut self.filter {
                Filter::Mono(filter) => {
                    let mut sum = [self.sums[0]];
                    filter.add_power([part.left()], &mut sum);
                    self.sums[0] = sum[0];
                }
                Filter::Stereo(filter) => {
                    filter.add_power([part.left(), part.right_or_only()], &mut self.sums);
                }
            }
            done += part.frames();
            if self.windows.advance(part.frames()) {
                let [left, right] = std::mem::take(&mut self.sums);
                let sum = match &mut self.filter {
                    Filter::Mono(filter) => {
                        filter.settle();
                        if self.dual_mono { 2.0 * left } else { left }
                    }
                    Filter::Stereo(filter) => {
                        filter.settle();
                        left + right
                    }
                };
                self.windows.end_slice(sum);
            }
        }
    }

    fn finish(&mut self) -> LoudnessReading {
        self.windows.reading()
    }
}
