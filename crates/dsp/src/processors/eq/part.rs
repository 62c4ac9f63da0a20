//! The part of a stereo signal that a band works on: taken out, put back, noted, and made louder in the end.

use super::band::Channel;
use crate::glide::Glide;
use crate::processor::State;

/// What a band on a part of the signal hears.
pub fn take(channel: Channel, [left, right]: [f64; 2]) -> [f64; 2] {
    match channel {
        Channel::Both => [left, right],
        Channel::Mid => [(left + right) / 2.0, 0.0],
        Channel::Side => [(left - right) / 2.0, 0.0],
        Channel::Left => [left, 0.0],
        Channel::Right => [right, 0.0],
    }
}

/// Puts what a band has made of its part back.
pub fn put(channel: Channel, part: [f64; 2], frame: &mut [f64; 2]) {
    let [left, right] = *frame;
    *frame = match channel {
        Channel::Both => part,
        Channel::Mid => {
            let change = part[0] - (left + right) / 2.0;
            [left + change, right + change]
        }
        Channel::Side => {
            let change = part[0] - (left - right) / 2.0;
            [left + change, right - change]
        }
        Channel::Left => [part[0], right],
        Channel::Right => [left, part[0]],
    };
}

/// In the order in which a checkpoint numbers them.
const CHANNELS: [Channel; 5] = [Channel::Both, Channel::Mid, Channel::Side, Channel::Left, Channel::Right];

/// Notes a part in a checkpoint.
pub fn note(channel: Channel, to: &mut State) {
    to.put(CHANNELS.iter().position(|known| *known == channel).unwrap_or(0) as f64);
}

/// The part that was noted.
pub fn noted(from: &mut State) -> Channel {
    CHANNELS.get(from.take() as usize).copied().unwrap_or_default()
}

/// Makes frames within one cell of the grid, the first of which is session frame `first`, louder. Says whether that changed
/// anything.
pub fn make_louder(gain: &mut Glide<[f64; 1]>, first: i64, frames: &mut [[f64; 2]]) -> bool {
    let mut touched = false;
    gain.walk(first, frames.len(), |_, motion| {
        if motion.still() != Some([1.0]) {
            touched = true;
            for (index, frame) in frames.iter_mut().enumerate() {
                let [gain] = motion.at(index);
                *frame = frame.map(|x| x * gain);
            }
        }
    });
    touched
}
