//! Delay lines of whole frames, with which the engine lets the early wait for the late.

use mixkeel_dsp::block::{Block, Buffer, Channels, Signal};
use mixkeel_dsp::processor::State;

/// A fixed delay of whole frames. Exact copies; none at all when the delay is zero.
#[derive(Debug)]
pub(crate) struct Delay {
    ring: Buffer,
    /// Where the oldest frame lies, which is also where the next one goes.
    at: usize,
}

impl Delay {
    pub fn new(channels: Channels, frames: usize) -> Self {
        Self { ring: Buffer::new(channels, frames), at: 0 }
    }

    pub fn frames(&self) -> usize {
        self.ring.frames()
    }

    pub fn is_none(&self) -> bool {
        self.ring.frames() == 0
    }

    /// Delays a block in place: each frame changes places with the one that came in so many frames ago.
    pub fn run(&mut self, io: &mut Block<'_>) {
        if self.is_none() {
            return;
        }
        let (length, frames) = (self.ring.frames(), io.frames());
        let mut from = 0;
        while from < frames {
            let to = frames.min(from + length - self.at);
            let mut kept = self.ring.block();
            let mut kept = kept.part(self.at..self.at + (to - from));
            for (kept, io) in kept.each().zip(io.part(from..to).each()) {
                kept.swap_with_slice(io);
            }
            self.at = (self.at + (to - from)) % length;
            from = to;
        }
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.ring.block().clear();
        self.at = 0;
    }

    /// Notes what is under way, oldest first.
    pub fn snapshot(&self, to: &mut State) {
        for channel in self.ring.signal().each() {
            let (newer, older) = channel.split_at(self.at);
            to.put_all(older);
            to.put_all(newer);
        }
    }

    /// What is under way, in a state of its own.
    pub fn noted(&self) -> State {
        let mut state = State::default();
        self.snapshot(&mut state);
        state
    }

    /// Goes on from the next state noted.
    pub fn restore_next(&mut self, from: &mut impl Iterator<Item = State>) {
        if let Some(mut state) = from.next() {
            state.rewind();
            self.restore(&mut state);
        }
    }

    /// Goes on from what was noted by a delay of the same length.
    pub fn restore(&mut self, from: &mut State) {
        self.at = 0;
        self.ring.block().each().for_each(|channel| from.take_all(channel));
    }
}

/// Somebody else's sound, heard so many frames late. Without a delay it is listened to where it lies.
#[derive(Debug)]
pub(crate) struct Late {
    delay: Delay,
    copy: Buffer,
}

impl Late {
    /// `chunk_frames` is the longest run to come.
    pub fn new(channels: Channels, delay_frames: usize, chunk_frames: usize) -> Self {
        let copied = if delay_frames > 0 { chunk_frames } else { 0 };
        Self { delay: Delay::new(channels, delay_frames), copy: Buffer::new(channels, copied) }
    }

    /// Takes in the next frames.
    pub fn take(&mut self, signal: Signal<'_>) {
        if self.delay.is_none() {
            return;
        }
        let mut copy = self.copy.block();
        let mut copy = copy.part(0..signal.frames());
        copy_into(signal, &mut copy);
        self.delay.run(&mut copy);
    }

    /// The frames now heard, after [`take`](Self::take) of the same signal.
    pub fn heard<'a>(&'a self, signal: Signal<'a>) -> Signal<'a> {
        if self.delay.is_none() { signal } else { self.copy.signal().part(0..signal.frames()) }
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.delay.reset();
    }

    /// Notes what is under way.
    pub fn snapshot(&self, to: &mut Vec<State>) {
        to.push(self.delay.noted());
    }

    /// Goes on from the next state noted.
    pub fn restore(&mut self, from: &mut impl Iterator<Item = State>) {
        self.delay.restore_next(from);
    }
}

/// Copies a signal into a block of the same channels and length.
pub(crate) fn copy_into(signal: Signal<'_>, block: &mut Block<'_>) {
    for (into, from) in block.each().zip(signal.each()) {
        let frames = into.len().min(from.len());
        into[..frames].copy_from_slice(&from[..frames]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out_so_many_frames_later_in_any_pieces() {
        let song: Vec<f32> = (1..=100).map(|frame| frame as f32).collect();
        for (length, pieces) in [(7, 3), (7, 7), (7, 50), (1, 9), (64, 10)] {
            let mut delay = Delay::new(Channels::Mono, length);
            let mut out = song.clone();
            out.chunks_mut(pieces).for_each(|piece| delay.run(&mut Block::mono(piece)));
            assert_eq!(out[..length], vec![0.0; length]);
            assert_eq!(out[length..], song[..100 - length]);
        }
    }

    #[test]
    fn a_restored_delay_goes_on_where_the_first_one_was() {
        let mut first = Delay::new(Channels::Mono, 5);
        first.run(&mut Block::mono(&mut [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]));
        let mut state = State::default();
        first.snapshot(&mut state);
        let mut second = Delay::new(Channels::Mono, 5);
        second.restore(&mut state);
        let (mut a, mut b) = ([0.0; 6], [0.0; 6]);
        first.run(&mut Block::mono(&mut a));
        second.run(&mut Block::mono(&mut b));
        assert_eq!(a, [3.0, 4.0, 5.0, 6.0, 7.0, 0.0]);
        assert_eq!(a, b);
    }
}
