//! Blocks of planar samples: one or two channels of `f32`, borrowed for writing, borrowed for reading, or owned.
//!
//! Samples are `f32` because 24 bits of mantissa hold every 24-bit recording exactly and halve the memory traffic that
//! bounds a render; sums and recursive states that need more are kept in `f64` by those who own them.

use std::ops::Range;

/// How many channels a signal has. More than two are folded down where sound is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channels {
    /// One channel.
    Mono,
    /// Left and right.
    Stereo,
}

impl Channels {
    /// 1 or 2.
    pub fn count(self) -> usize {
        match self {
            Channels::Mono => 1,
            Channels::Stereo => 2,
        }
    }

    /// The variant with this many channels, if there is one.
    pub fn from_count(count: usize) -> Option<Self> {
        match count {
            1 => Some(Channels::Mono),
            2 => Some(Channels::Stereo),
            _ => None,
        }
    }
}

/// A view of planar samples to be changed in place. Both channels have the same length by construction.
#[derive(Debug)]
pub struct Block<'a> {
    left: &'a mut [f32],
    right: Option<&'a mut [f32]>,
}

impl<'a> Block<'a> {
    /// A view of one channel.
    pub fn mono(only: &'a mut [f32]) -> Self {
        Self { left: only, right: None }
    }

    /// A view of two channels; the longer is cut to the shorter.
    pub fn stereo(left: &'a mut [f32], right: &'a mut [f32]) -> Self {
        let frames = left.len().min(right.len());
        Self { left: &mut left[..frames], right: Some(&mut right[..frames]) }
    }

    /// Samples in each channel.
    pub fn frames(&self) -> usize {
        self.left.len()
    }

    /// One channel or two.
    pub fn channels(&self) -> Channels {
        if self.right.is_some() { Channels::Stereo } else { Channels::Mono }
    }

    /// The left, or only, channel.
    pub fn left(&mut self) -> &mut [f32] {
        self.left
    }

    /// The right channel of a stereo block.
    pub fn right(&mut self) -> Option<&mut [f32]> {
        self.right.as_deref_mut()
    }

    /// Each channel in turn, left first.
    pub fn each(&mut self) -> impl Iterator<Item = &mut [f32]> {
        std::iter::once(&mut *self.left).chain(self.right.as_deref_mut())
    }

    /// Both channels of a stereo block at once.
    pub fn pair(&mut self) -> Option<(&mut [f32], &mut [f32])> {
        match &mut self.right {
            Some(right) => Some((self.left, right)),
            None => None,
        }
    }

    /// A shorter view of the same samples. The range is cut to what there is.
    pub fn part(&mut self, range: Range<usize>) -> Block<'_> {
        let range = cut(range, self.left.len());
        Block {
            left: &mut self.left[range.clone()],
            right: self.right.as_deref_mut().map(|right| &mut right[range]),
        }
    }

    /// The same samples, for reading only.
    pub fn signal(&self) -> Signal<'_> {
        Signal { left: self.left, right: self.right.as_deref() }
    }

    /// Writes zeros.
    pub fn clear(&mut self) {
        self.each().for_each(|channel| channel.fill(0.0));
    }
}

/// A view of planar samples to be read.
#[derive(Clone, Copy, Debug)]
pub struct Signal<'a> {
    left: &'a [f32],
    right: Option<&'a [f32]>,
}

impl<'a> Signal<'a> {
    /// A view of one channel.
    pub fn mono(only: &'a [f32]) -> Self {
        Self { left: only, right: None }
    }

    /// A view of two channels; the longer is cut to the shorter.
    pub fn stereo(left: &'a [f32], right: &'a [f32]) -> Self {
        let frames = left.len().min(right.len());
        Self { left: &left[..frames], right: Some(&right[..frames]) }
    }

    /// Samples in each channel.
    pub fn frames(&self) -> usize {
        self.left.len()
    }

    /// One channel or two.
    pub fn channels(&self) -> Channels {
        if self.right.is_some() { Channels::Stereo } else { Channels::Mono }
    }

    /// The left, or only, channel.
    pub fn left(&self) -> &'a [f32] {
        self.left
    }

    /// The right channel of a stereo signal.
    pub fn right(&self) -> Option<&'a [f32]> {
        self.right
    }

    /// The right channel, or the only one of a mono signal.
    pub fn right_or_only(&self) -> &'a [f32] {
        self.right.unwrap_or(self.left)
    }

    /// Each channel in turn, left first.
    pub fn each(&self) -> impl Iterator<Item = &'a [f32]> + use<'a> {
        std::iter::once(self.left).chain(self.right)
    }

    /// A shorter view of the same samples. The range is cut to what there is.
    pub fn part(&self, range: Range<usize>) -> Signal<'a> {
        let range = cut(range, self.left.len());
        Signal { left: &self.left[range.clone()], right: self.right.map(|right| &right[range]) }
    }
}

/// Planar samples that somebody owns.
#[derive(Clone, Debug)]
pub struct Buffer {
    left: Vec<f32>,
    right: Option<Vec<f32>>,
}

impl Buffer {
    /// Silence of this many frames.
    pub fn new(channels: Channels, frames: usize) -> Self {
        Self { left: vec![0.0; frames], right: (channels == Channels::Stereo).then(|| vec![0.0; frames]) }
    }

    /// Samples in each channel.
    pub fn frames(&self) -> usize {
        self.left.len()
    }

    /// One channel or two.
    pub fn channels(&self) -> Channels {
        if self.right.is_some() { Channels::Stereo } else { Channels::Mono }
    }

    /// All of it, to be changed.
    pub fn block(&mut self) -> Block<'_> {
        Block { left: &mut self.left, right: self.right.as_deref_mut() }
    }

    /// All of it, to be read.
    pub fn signal(&self) -> Signal<'_> {
        Signal { left: &self.left, right: self.right.as_deref() }
    }
}

fn cut(range: Range<usize>, len: usize) -> Range<usize> {
    let end = range.end.min(len);
    range.start.min(end)..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_agree_on_length_and_channels() {
        let mut buffer = Buffer::new(Channels::Stereo, 8);
        buffer.block().left()[3] = 0.5;
        let (mut left, mut right) = ([1.0; 5], [2.0; 3]);
        let mut block = Block::stereo(&mut left, &mut right);
        assert_eq!(block.frames(), 3);
        assert_eq!(block.part(1..99).frames(), 2);
        assert_eq!(block.signal().right(), Some([2.0; 3].as_slice()));
        assert_eq!(buffer.signal().part(3..4).left(), [0.5]);
        assert_eq!(Signal::mono(&[1.0]).right_or_only(), [1.0]);
        assert_eq!(Channels::from_count(2), Some(Channels::Stereo));
        assert_eq!(Channels::from_count(6), None);
    }
}
