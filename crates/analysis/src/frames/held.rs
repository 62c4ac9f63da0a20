//! What is held of a stream until its windows are complete, and where they begin.

use mixkeel_dsp::block::Signal;

use crate::meter::bounded;

/// A stream of one channel or two, of which windows are cut at regular times.
pub(super) struct Held {
    rate_hz: u32,
    per_second: u32,
    /// The length of a window.
    pub length: usize,
    stereo: bool,
    channels: [Vec<f32>; 2],
    /// The frame of the stream at which what is held begins.
    from: i64,
    /// The index of the next window.
    pub next: i64,
}

impl Held {
    pub fn new(rate_hz: u32, stereo: bool, per_second: u32, length: usize) -> Self {
        let channels = [Vec::new(), Vec::new()];
        let (rate_hz, per_second) = (rate_hz.max(1), per_second.max(1));
        let mut held = Self { rate_hz, per_second, length, stereo, channels, from: 0, next: 0 };
        held.restart();
        held
    }

    /// Forgets the stream; the next frame is its first, and there is silence before it.
    pub fn restart(&mut self) {
        self.next = 0;
        while self.start(self.next - 1) + self.length as i64 > 0 {
            self.next -= 1;
        }
        self.from = self.start(self.next).min(0);
        let silence = self.from.unsigned_abs() as usize;
        for channel in &mut self.channels {
            channel.clear();
            channel.resize(silence, 0.0);
        }
    }

    /// The first frame of the stream in a window: round((k + ½) · rate / per_second) − length/2.
    fn start(&self, index: i64) -> i64 {
        let (rate, per_second) = (i64::from(self.rate_hz), i64::from(self.per_second));
        let middle = ((2 * index + 1) * rate + per_second).div_euclid(2 * per_second);
        middle - self.length as i64 / 2
    }

    /// Where the n-th window from here begins in what is held.
    pub fn place(&self, n: usize) -> usize {
        (self.start(self.next + n as i64) - self.from).max(0) as usize
    }

    /// Frames that are missing until so many windows are complete. No more than these are taken at once, so that little has
    /// to be moved when they are gone.
    pub fn missing(&self, windows: usize) -> usize {
        (self.place(windows.saturating_sub(1)) + self.length).saturating_sub(self.channels[0].len())
    }

    /// The next frames.
    pub fn take(&mut self, part: &Signal) {
        let [left, right] = &mut self.channels;
        left.extend(part.left().iter().map(|&x| bounded(x)));
        if self.stereo {
            right.extend(part.right_or_only().iter().map(|&x| bounded(x)));
        }
    }

    /// The end of the stream: silence, so that every window that reaches into it is complete. Says how many those are.
    pub fn end(&mut self) -> usize {
        let held = self.channels[0].len();
        if self.from + held as i64 <= 0 {
            return 0;
        }
        let windows = (0..).take_while(|&n| self.place(n) < held).count();
        let wanted = held + self.missing(windows);
        for channel in self.channels.iter_mut().take(1 + usize::from(self.stereo)) {
            channel.resize(wanted, 0.0);
        }
        windows
    }

    /// A window of one channel that begins at a place.
    pub fn window(&self, channel: usize, place: usize) -> &[f32] {
        self.channels[channel].get(place..place + self.length).unwrap_or_default()
    }

    /// What both channels have from the first to the last of so many windows.
    pub fn both(&self, windows: usize) -> [&[f32]; 2] {
        let span = self.place(0)..self.place(windows.saturating_sub(1)) + self.length;
        [0, 1].map(|channel| self.channels[channel].get(span.clone()).unwrap_or_default())
    }

    /// Lets go of so many windows.
    pub fn drop(&mut self, windows: usize) {
        self.next += windows as i64;
        let gone = self.place(0).min(self.channels[0].len());
        self.from += gone as i64;
        for channel in self.channels.iter_mut().take(1 + usize::from(self.stereo)) {
            channel.drain(..gone);
        }
    }
}
