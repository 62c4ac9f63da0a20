//! From a strip's inserts to its place in the stereo picture: fader, pan and width as a matrix that moves on the grid.
//!
//! Which arithmetic a frame gets depends on its cell of the grid alone, never on where a block begins, so every way of
//! cutting the song gives the same bits. A mono or diagonal entry is one `f32` product (exact at unity, rounded once
//! otherwise); a full matrix is summed in `f64` and rounded once.

use mixkeel_dsp::block::{Block, Channels, Signal};
use mixkeel_dsp::simd::runs::{blend, scale};
use mixkeel_session::graph::{Matrix, Placement};

use crate::grid::{around, cells};

/// Writes `input`, placed, to the stereo block `out`. `frame` is the session frame of the first sample.
pub(crate) fn place(
    placement: &Placement,
    channels: Channels,
    frame: i64,
    input: Signal<'_>,
    out: &mut Block<'_>,
) {
    let (first, last) = around(frame, input.frames());
    if placement.rests(first, last) {
        steady(placement.matrix_at(first, channels), input, out);
        return;
    }
    let mut start = placement.matrix_at(first, channels);
    for cell in cells(frame, input.frames()) {
        let end = placement.matrix_at(cell.next_point(), channels);
        let (input, mut out) = (input.part(cell.from..cell.to), out.part(cell.from..cell.to));
        if start == end {
            steady(start, input, &mut out);
        } else {
            moving(start, end, cell.progress(), input, &mut out);
        }
        start = end;
    }
}

fn steady(matrix: Matrix, input: Signal<'_>, out: &mut Block<'_>) {
    let Some((left, right)) = out.pair() else { return };
    match input.right() {
        Some(input_right) if is_diagonal(matrix) => {
            scale(input.left(), matrix.left[0] as f32, left);
            scale(input_right, matrix.right[1] as f32, right);
        }
        Some(input_right) => {
            blend(input.left(), input_right, matrix.left, left);
            blend(input.left(), input_right, matrix.right, right);
        }
        None => {
            scale(input.left(), matrix.left[0] as f32, left);
            scale(input.left(), matrix.right[0] as f32, right);
        }
    }
}

fn moving(start: Matrix, end: Matrix, progress: &[f64], input: Signal<'_>, out: &mut Block<'_>) {
    let Some((left, right)) = out.pair() else { return };
    match input.right() {
        Some(input_right) if is_diagonal(start) && is_diagonal(end) => {
            scale_moving(left, input.left(), start.left[0], end.left[0], progress);
            scale_moving(right, input_right, start.right[1], end.right[1], progress);
        }
        Some(input_right) => {
            blend_moving(left, start.left, end.left, progress, input.left(), input_right);
            blend_moving(right, start.right, end.right, progress, input.left(), input_right);
        }
        None => {
            scale_moving(left, input.left(), start.left[0], end.left[0], progress);
            scale_moving(right, input.left(), start.right[0], end.right[0], progress);
        }
    }
}

fn is_diagonal(matrix: Matrix) -> bool {
    matrix.left[1] == 0.0 && matrix.right[0] == 0.0
}

fn scale_moving(out: &mut [f32], input: &[f32], start: f64, end: f64, progress: &[f64]) {
    for ((out, input), progress) in out.iter_mut().zip(input).zip(progress) {
        *out = input * ((start + (end - start) * progress) as f32);
    }
}

fn blend_moving(
    out: &mut [f32],
    start: [f64; 2],
    end: [f64; 2],
    progress: &[f64],
    left: &[f32],
    right: &[f32],
) {
    for (((out, left), right), progress) in out.iter_mut().zip(left).zip(right).zip(progress) {
        let gains = [0, 1].map(|side: usize| start[side] + (end[side] - start[side]) * progress);
        *out = (f64::from(*left) * gains[0] + f64::from(*right) * gains[1]) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mixkeel_session::graph::{Curve, GainCurve};

    fn placed(placement: &Placement, frame: i64, pieces: usize, left: &[f32], right: &[f32]) -> Vec<f32> {
        let (mut out_left, mut out_right) = (vec![0.0; left.len()], vec![0.0; left.len()]);
        for from in (0..left.len()).step_by(pieces) {
            let to = left.len().min(from + pieces);
            let input = Signal::stereo(&left[from..to], &right[from..to]);
            let mut out = Block::stereo(&mut out_left[from..to], &mut out_right[from..to]);
            place(placement, Channels::Stereo, frame + from as i64, input, &mut out);
        }
        out_left.extend(out_right);
        out_left
    }

    #[test]
    fn a_moving_fader_and_width_sound_the_same_in_any_pieces() {
        let left: Vec<f32> = (0..500).map(|i| ((i * 37 % 101) as f32 - 50.0) / 50.0).collect();
        let right: Vec<f32> = left.iter().rev().copied().collect();
        let lane = |points: &[(i64, f64)], base, bounds| Curve { base, lanes: vec![points.to_vec()], bounds };
        let placement = Placement {
            fader: GainCurve(lane(&[(100, 0.0), (300, 6.0)], -3.0, (-90.0, 12.0))),
            pan: lane(&[(200, 0.0), (350, 0.7)], 0.0, (-1.0, 1.0)),
            width: lane(&[(240, 0.0), (400, 0.5)], 1.0, (0.0, 2.0)),
        };
        let whole = placed(&placement, 0, 500, &left, &right);
        for pieces in [1, 33, 64, 100] {
            assert_eq!(placed(&placement, 0, pieces, &left, &right), whole);
        }
        let part = placed(&placement, 171, 50, &left[171..], &right[171..]);
        assert_eq!(part[..329], whole[171..500]);
    }

    #[test]
    fn a_ride_is_a_straight_line_between_grid_points() {
        let fader = Curve { base: 0.0, lanes: vec![vec![(0, 0.0), (64, -6.0)]], bounds: (-90.0, 12.0) };
        let placement = Placement { fader: GainCurve(fader), ..Placement::unity() };
        let out = placed(&placement, 0, 128, &[1.0; 128], &[1.0; 128]);
        let low = mixkeel_dsp::units::gain_from_db(-6.0);
        assert_eq!((out[0], out[64], out[100]), (1.0, low as f32, low as f32));
        assert_eq!(out[32], ((1.0 + low) / 2.0) as f32);
    }
}
