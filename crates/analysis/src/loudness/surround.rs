//! The loudness meter of any number of channels.

use super::filter::KFilter;
use super::layout::Speaker;
use super::windows::{LoudnessContour, LoudnessReading, Windows};

/// Measures the loudness of planar channels by where each is heard from. For mono and stereo there is
/// [`LoudnessMeter`](super::LoudnessMeter), which reads the same.
#[derive(Clone, Debug)]
pub struct SurroundMeter {
    /// Those that count, with what they count for.
    channels: Vec<Counted>,
    windows: Windows,
}

#[derive(Clone, Debug)]
struct Counted {
    plane: usize,
    weight: f64,
    filter: KFilter<1>,
    sum: f64,
}

impl SurroundMeter {
    /// Ready for a programme of this rate whose channels are heard from these places.
    pub fn new(rate_hz: u32, speakers: &[Speaker]) -> Self {
        let counted = |(plane, speaker): (usize, &Speaker)| Counted {
            plane,
            weight: speaker.weight(),
            filter: KFilter::new(rate_hz),
            sum: 0.0,
        };
        let channels = speakers.iter().enumerate().map(counted).filter(|one| one.weight > 0.0).collect();
        Self { channels, windows: Windows::new(rate_hz) }
    }

    /// The next frames: one slice for each speaker, in the order in which they were named. Slices that are longer than the
    /// shortest are read as far as that; a channel that is missing altogether counts as silent.
    pub fn push(&mut self, planes: &[&[f32]]) {
        let frames = planes.iter().map(|plane| plane.len()).min().unwrap_or(0);
        let mut done = 0;
        while done < frames {
            let now = (frames - done).min(self.windows.wanted_frames());
            for channel in &mut self.channels {
                if let Some(part) = planes.get(channel.plane).and_then(|plane| plane.get(done..done + now)) {
                    let mut sum = [channel.sum];
                    channel.filter.add_power([part], &mut sum);
                    channel.sum = sum[0];
                }
            }
            done += now;
            if self.windows.advance(now) {
                let mut sum = 0.0;
                for channel in &mut self.channels {
                    channel.filter.settle();
                    sum += channel.weight * std::mem::take(&mut channel.sum);
                }
                self.windows.end_slice(sum);
            }
        }
    }

    /// What was measured so far.
    pub fn reading(&self) -> LoudnessReading {
        self.windows.reading()
    }

    /// The power of every 100 ms so far.
    pub fn contour(&self) -> LoudnessContour {
        self.windows.contour()
    }
}
