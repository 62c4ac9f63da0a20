//! More than two channels into two, by the coefficients of ITU-R BS.775.

use super::error::{Fault, ReadErrorKind};

/// −3 dB as an amplitude: the coefficient of centre and surrounds in ITU-R BS.775-4, annex 4, table 2.
const MINUS_3_DB: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// What each channel adds to left and right, in the order of `WAVE_FORMAT_EXTENSIBLE`, AIFF's being the same where it matters:
/// 3 = L R C; 4 = L R and two surrounds; 5 = L R C Ls Rs; 6 = L R C LFE Ls Rs; 7 = with a rear centre; 8 = with two backs.
/// The low-frequency channel is left out, as BS.775 does. Left and right keep their level: who mixes sets it.
fn gains(channels: u16) -> Option<&'static [(f32, f32)]> {
    const L: (f32, f32) = (1.0, 0.0);
    const R: (f32, f32) = (0.0, 1.0);
    const C: (f32, f32) = (MINUS_3_DB, MINUS_3_DB);
    const LS: (f32, f32) = (MINUS_3_DB, 0.0);
    const RS: (f32, f32) = (0.0, MINUS_3_DB);
    // One surround serves both sides: BS.775-4, annex 4, table 2, 3/1: 0.7071 · 0.7071.
    const S: (f32, f32) = (0.5, 0.5);
    const NONE: (f32, f32) = (0.0, 0.0);
    match channels {
        3 => Some(&[L, R, C]),
        4 => Some(&[L, R, LS, RS]),
        5 => Some(&[L, R, C, LS, RS]),
        6 => Some(&[L, R, C, NONE, LS, RS]),
        7 => Some(&[L, R, C, NONE, S, LS, RS]),
        8 => Some(&[L, R, C, NONE, LS, RS, LS, RS]),
        _ => None,
    }
}

/// The fold of this many channels, or why there is none.
pub(crate) fn table(channels: u16, allowed: bool) -> Result<&'static [(f32, f32)], Fault> {
    let kind = ReadErrorKind::TooManyChannels(channels);
    match gains(channels) {
        Some(table) if allowed => Ok(table),
        Some(_) => Err(Fault::new(
            kind,
            format!("it has {channels} channels; one or two are mixed"),
            "Split it into files, or fold it to stereo with --downmix",
        )),
        None => Err(Fault::new(
            kind,
            format!("it has {channels} channels; up to 8 can be folded to stereo with --downmix"),
            "Split it into files of one or two channels",
        )),
    }
}

/// Adds up the channels; the sums run in channel order.
pub(crate) fn fold(table: &[(f32, f32)], planes: &[Vec<f32>], left: &mut [f32], right: &mut [f32]) {
    left.fill(0.0);
    right.fill(0.0);
    for ((to_left, to_right), plane) in table.iter().zip(planes) {
        for ((left, right), sample) in left.iter_mut().zip(right.iter_mut()).zip(plane) {
            *left += to_left * sample;
            *right += to_right * sample;
        }
    }
}
