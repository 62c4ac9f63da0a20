//! What has just been played: mix, stems and taps of the same stretch of time.

use std::ops::Range;

use mixkeel_dsp::block::Signal;
use mixkeel_session::graph::{NodeIndex, Tap};

use crate::player::Player;

/// A stretch of the render. Everything in it is of the same session frames, whatever latency it went through.
pub struct Chunk<'a> {
    player: &'a Player<'a>,
    from_frame: u64,
    /// The part of the last run of the stream that was asked for.
    part: Range<usize>,
}

impl<'a> Chunk<'a> {
    pub(crate) fn new(player: &'a Player<'a>, from_frame: u64, part: Range<usize>) -> Self {
        Self { player, from_frame, part }
    }

    /// Session frame of the first sample.
    pub fn from_frame(&self) -> u64 {
        self.from_frame
    }

    /// Frames in every signal.
    pub fn frames(&self) -> usize {
        self.part.len()
    }

    /// The mix, through the owner's chain on the master if there is one.
    pub fn mix(&self) -> Signal<'a> {
        self.player.desk().mix(self.part.end).part(self.part.clone())
    }

    /// The sum of the stems, and the mix itself where the master has no chain.
    pub fn dry(&self) -> Signal<'a> {
        self.player.desk().dry(self.part.end).part(self.part.clone())
    }

    /// The stem at this place in [`Graph::stems`](mixkeel_session::graph::Graph::stems), headroom applied. No frames
    /// where there is none.
    pub fn stem(&self, index: usize) -> Signal<'a> {
        self.cut(self.player.desk().stem(index, self.part.end))
    }

    /// A strip after its fader, headroom not applied. No frames unless [`Taps::post_fader`](crate::Taps::post_fader).
    pub fn post_fader(&self, node: NodeIndex) -> Signal<'a> {
        self.cut(self.player.tap(node, Tap::PostFader, self.part.end))
    }

    /// A strip after its inserts, in its own channels. No frames unless
    /// [`Taps::post_inserts`](crate::Taps::post_inserts).
    pub fn post_inserts(&self, node: NodeIndex) -> Signal<'a> {
        self.cut(self.player.tap(node, Tap::PostInserts, self.part.end))
    }

    /// What a bus or a return is given, ahead of its inserts. No frames unless [`Taps::sums`](crate::Taps::sums), and for a
    /// track.
    pub fn sum(&self, node: NodeIndex) -> Signal<'a> {
        self.cut(self.player.sum(node, self.part.end))
    }

    fn cut(&self, signal: Option<Signal<'a>>) -> Signal<'a> {
        signal.map_or(Signal::mono(&[]), |signal| signal.part(self.part.clone()))
    }
}
