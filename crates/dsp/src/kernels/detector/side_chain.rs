//! What a processor of dynamics listens to: its input, or the keys that it was given.

use std::ops::Range;

use super::Cell;
use crate::GRID_FRAMES;
use crate::block::{Block, Signal};
use crate::glide::{Glide, Motion};

/// Walks a block, stretch by stretch of the control grid, with what is heard over each: the sound to be changed, what is heard
/// in its place (see [`hear`]), in how many channels, and how the settings move.
pub fn listen_along<S: Copy + PartialEq>(
    glide: &mut Glide<S>,
    io: &mut Block<'_>,
    keys: &[Signal<'_>],
    first_frame: i64,
    mut stretch: impl FnMut(&mut Block<'_>, &mut Cell, usize, &Motion<S>),
) {
    let mut heard = [[0.0; GRID_FRAMES]; 2];
    glide.walk(first_frame, io.frames(), |frames, motion| {
        let channels = hear(&io.signal(), keys, frames.clone(), &mut heard);
        stretch(&mut io.part(frames), &mut heard, channels, motion);
    });
}

/// Fills the cell with what is heard over some frames: the keys, added up in order, or the input where there are none. Says
/// how many channels that is; where it is one, the second is silent.
///
/// A key of one channel beside one of two is heard in both, and so is any where `channels`, those of the input, are two.
pub fn hear(input: &Signal<'_>, keys: &[Signal<'_>], frames: Range<usize>, cell: &mut Cell) -> usize {
    let own = input.each().count();
    let channels = keys.iter().map(|key| key.each().count()).fold(own, usize::max);
    let count = frames.len();
    if let Some((first, others)) = keys.split_first() {
        for (index, channel) in cell.iter_mut().enumerate().take(channels) {
            put(&mut channel[..count], side(first, index, &frames));
            for key in others {
                channel.iter_mut().zip(side(key, index, &frames)).for_each(|(sum, sample)| *sum += sample);
            }
        }
    } else {
        for (channel, samples) in cell.iter_mut().zip(input.part(frames).each()) {
            put(&mut channel[..count], samples);
        }
    }
    if channels == 1 {
        cell[1][..count].fill(0.0);
    }
    channels
}

fn side<'a>(key: &Signal<'a>, index: usize, frames: &Range<usize>) -> &'a [f32] {
    let key = key.part(frames.clone());
    if index == 0 { key.left() } else { key.right_or_only() }
}

/// Copies what is there; a key that ends early is silent from there on.
fn put(to: &mut [f32], from: &[f32]) {
    let there = to.len().min(from.len());
    to[..there].copy_from_slice(&from[..there]);
    to[there..].fill(0.0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::GRID_FRAMES;

    #[test]
    fn keys_are_heard_together_and_instead_of_the_input() {
        let mut cell: Cell = [[9.0; GRID_FRAMES]; 2];
        let (one, two) = ([0.5; 8], [0.25; 8]);
        let input = Signal::stereo(&one, &two);
        assert_eq!(hear(&input, &[], 2..6, &mut cell), 2);
        assert_eq!((cell[0][..4].to_vec(), cell[1][..4].to_vec()), (vec![0.5; 4], vec![0.25; 4]));
        let keys = [Signal::mono(&two), Signal::stereo(&one, &[-1.0; 8])];
        assert_eq!(hear(&Signal::mono(&one), &keys, 0..8, &mut cell), 2);
        assert_eq!((cell[0][..8].to_vec(), cell[1][..8].to_vec()), (vec![0.75; 8], vec![-0.75; 8]));
        assert_eq!(hear(&Signal::mono(&one), &keys[..1], 0..8, &mut cell), 1);
        assert_eq!(cell[1][..8], [0.0; 8]);
    }
}
