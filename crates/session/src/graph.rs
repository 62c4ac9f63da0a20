//! What a session means: who feeds whom, in which order, with which gains at every moment. The one interpretation that
//! the engine plays and the assistant forecasts.

use mixkeel_dsp::GRID_FRAMES;
use mixkeel_dsp::block::Channels;
use mixkeel_dsp::catalog::Kind;
use mixkeel_dsp::kernels::placing;
use mixkeel_dsp::processor::BoxedSettings;
use mixkeel_dsp::units::{frame_from_seconds, gain_from_db};

use crate::session::Id;

/// A node's place in [`Graph::nodes`].
pub type NodeIndex = usize;

/// A session resolved for playing.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    /// Frames a second.
    pub rate_hz: u32,
    /// The end of the last recording, in frames from session zero; tails ring past it.
    pub length_frames: u64,
    /// Beats a minute over time.
    pub tempo: Curve,
    /// Every strip, each after all that it hears. Sums run in the order of inputs, which is the order of ids.
    pub nodes: Vec<Node>,
    /// The direct inputs of the master, in the order of ids: the stems.
    pub stems: Vec<NodeIndex>,
    /// Linear gain on every stem.
    pub headroom: f64,
    /// The owner's chain on the sum. Empty while mixing.
    pub master_inserts: Vec<Insert>,
}

/// One strip: what comes in, what is done to it, how loud and where it leaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The id in the session.
    pub id: Id,
    /// Where its sound comes from.
    pub input: Input,
    /// Channels from the input to the fader; what leaves the fader is always stereo.
    pub channels: Channels,
    /// Processors, in order.
    pub inserts: Vec<Insert>,
    /// Level and place over time, after the inserts.
    pub placement: Placement,
    /// Muted, or silenced by somebody else's solo: nothing leaves the fader.
    pub silent: bool,
}

/// Where a strip's sound comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Recordings.
    Clips {
        /// In order of time, then of file.
        clips: Vec<Clip>,
        /// Trim and polarity in one linear factor.
        gain: f64,
    },
    /// Other strips.
    Sum(Vec<Edge>),
}

/// A recording on the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Clip {
    /// Path as the session has it.
    pub file: String,
    /// The right side, where it is a file of its own.
    pub right: Option<String>,
    /// Where its first frame lies, in frames from session zero; a fraction is a shift within a frame.
    pub at_frame: f64,
    /// Its length at the session's rate.
    pub length_frames: u64,
}

/// One strip heard by another.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// Who is heard.
    pub from: NodeIndex,
    /// Where it is tapped.
    pub tap: Tap,
    /// How loud, over time.
    pub gain: GainCurve,
}

/// Where in a strip its sound is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tap {
    /// After inserts, before fader and mute: pre-fader sends, side-chain keys.
    PostInserts,
    /// After fader, pan, width and mute.
    PostFader,
}

/// A processor in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Insert {
    /// Unique within its strip.
    pub id: Id,
    /// What it is.
    pub kind: &'static Kind,
    /// What it is set to where no lane moves it.
    pub settings: BoxedSettings,
    /// Parameters that move, by id, with their values over time.
    pub moving: Vec<(String, Curve)>,
    /// Recordings that it works from, by the paths that the session has, in the order in which its kind asks for them.
    pub assets: Vec<String>,
    /// Strips that key it, tapped after their inserts.
    pub keys: Vec<NodeIndex>,
    /// Out of the path; its latency stays.
    pub bypass: bool,
}

/// A value over time: a base plus the sum of piecewise linear offsets, kept within bounds.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The value where nothing moves it.
    pub base: f64,
    /// Lanes: frame and offset, in order of time, straight lines between, held outside.
    pub lanes: Vec<Vec<(i64, f64)>>,
    /// The least and the greatest value.
    pub bounds: (f64, f64),
}

impl Curve {
    /// A value that never moves.
    pub fn constant(base: f64) -> Self {
        Self { base, lanes: Vec::new(), bounds: (f64::NEG_INFINITY, f64::INFINITY) }
    }

    /// A base moved by lanes of seconds and offsets.
    pub fn moved(base: f64, lanes: &[&[(f64, f64)]], bounds: (f64, f64), rate_hz: u32) -> Self {
        let lanes = lanes
            .iter()
            .filter(|points| !points.is_empty())
            .map(|points| {
                points.iter().map(|&(s, offset)| (frame_from_seconds(s, rate_hz), offset)).collect()
            })
            .collect();
        Self { base, lanes, bounds }
    }

    /// Whether it never moves.
    pub fn is_constant(&self) -> bool {
        self.lanes.is_empty()
    }

    /// The value at a frame.
    pub fn at(&self, frame: i64) -> f64 {
        let offset: f64 = self.lanes.iter().map(|points| offset_at(points, frame)).sum();
        (self.base + offset).clamp(self.bounds.0, self.bounds.1)
    }

    /// Whether it keeps one value from one frame to another, both included.
    pub fn rests(&self, from: i64, to: i64) -> bool {
        self.lanes.iter().all(|points| {
            let inside = |&&(frame, _): &&(i64, f64)| frame > from && frame < to;
            let first = offset_at(points, from);
            offset_at(points, to) == first && points.iter().filter(inside).all(|&(_, offset)| offset == first)
        })
    }
}

fn offset_at(points: &[(i64, f64)], frame: i64) -> f64 {
    let after = points.partition_point(|&(at, _)| at <= frame);
    match (after.checked_sub(1).map(|before| points[before]), points.get(after)) {
        (Some((from, low)), Some(&(to, high))) => {
            low + (high - low) * ((frame - from) as f64 / (to - from) as f64)
        }
        (Some((_, last)), None) => last,
        (None, Some(&(_, first))) => first,
        (None, None) => 0.0,
    }
}

/// A linear gain over time, written in dB.
#[derive(Clone, Debug, PartialEq)]
pub struct GainCurve(pub Curve);

impl GainCurve {
    /// Exactly one, always.
    pub fn unity() -> Self {
        Self(Curve::constant(0.0))
    }

    /// The factor at a frame.
    pub fn at(&self, frame: i64) -> f64 {
        gain_from_db(self.0.at(frame))
    }
}

/// Level and place of a strip over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    /// The fader.
    pub fader: GainCurve,
    /// −1 left to +1 right.
    pub pan: Curve,
    /// 0 mono, 1 as it comes, 2 sides doubled. Of no account for mono strips.
    pub width: Curve,
}

/// How much of each input channel reaches each output channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Matrix {
    /// Into the left output: from the left (or only) input, from the right input.
    pub left: [f64; 2],
    /// Into the right output: from the left (or only) input, from the right input.
    pub right: [f64; 2],
}

impl Placement {
    /// In the middle at unity.
    pub fn unity() -> Self {
        Self { fader: GainCurve::unity(), pan: Curve::constant(0.0), width: Curve::constant(1.0) }
    }

    /// Whether nothing moves between two frames.
    pub fn rests(&self, from: i64, to: i64) -> bool {
        self.fader.0.rests(from, to) && self.pan.rests(from, to) && self.width.rests(from, to)
    }

    /// The gains at a frame. Between points of the control grid ([`GRID_FRAMES`]) each entry moves on a straight line.
    ///
    /// Mono: the −3 dB sine/cosine law, written so that hard left and hard right give exactly zero on the other side.
    /// Stereo: width as a mid/side matrix, then balance, which only ever attenuates one side, and is exactly the
    /// identity at pan 0, width 1.
    pub fn matrix_at(&self, frame: i64, channels: Channels) -> Matrix {
        let fader = self.fader.at(frame);
        let pan = self.pan.at(frame);
        match channels {
            Channels::Mono => {
                let (left, right) = placing::mono_pan(pan);
                Matrix { left: [fader * left, 0.0], right: [fader * right, 0.0] }
            }
            Channels::Stereo => {
                let (left, right) = placing::balance(pan);
                let (near, far) = placing::width(self.width.at(frame));
                Matrix {
                    left: [fader * left * near, fader * left * far],
                    right: [fader * right * far, fader * right * near],
                }
            }
        }
    }
}

/// The last point of the control grid at or before a frame.
pub fn grid_before(frame: i64) -> i64 {
    frame.div_euclid(GRID_FRAMES as i64) * GRID_FRAMES as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_add_hold_and_interpolate() {
        let curve =
            Curve::moved(-3.0, &[&[(1.0, 0.0), (2.0, 2.0)], &[(0.0, 1.0)]], (f64::NEG_INFINITY, 12.0), 1_000);
        assert_eq!(curve.at(0), -2.0);
        assert_eq!(curve.at(1_500), -1.0);
        assert_eq!(curve.at(9_000), 0.0);
        assert!(curve.rests(0, 1_000) && !curve.rests(999, 1_001) && curve.rests(2_000, 5_000));
    }

    #[test]
    fn a_stereo_strip_at_rest_is_exactly_the_identity() {
        let identity = Matrix { left: [1.0, 0.0], right: [0.0, 1.0] };
        assert_eq!(Placement::unity().matrix_at(123, Channels::Stereo), identity);
    }
}
