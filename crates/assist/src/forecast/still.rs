//! What does the same at every level and at every time, as a gain in each band.

use mixkeel_analysis::energy::BANDS;
use mixkeel_dsp::kernels::placing;
use mixkeel_dsp::param::Value;
use mixkeel_dsp::units::gain_from_db;
use mixkeel_session::graph::Insert;

use super::chain::Stage;
use super::passage::Passage;
use super::response::{by_band, response};

/// Kinds whose drawn response is what is done to sound. Others draw what they listen for, or nothing.
const DRAWN: [&str; 3] = ["eq", "stereo", "dehum"];

/// What an insert does, where that can be told from its settings alone.
/// Nothing for what only mends (noise, clicks, bleed, resonances), bends, or works in time: that keeps levels, about.
pub(super) fn stage(insert: &Insert, rate_hz: u32) -> Option<Stage> {
    let number = |id: &str| match insert.settings.get(id) {
        Some(Value::Number(number)) => number,
        _ => 0.0,
    };
    match insert.kind.id {
        "gain" => return Some(Stage::Flat(Passage::gain(gain_from_db(number("gain_db"))))),
        "polarity" => return Some(Stage::Flat(Passage::gain(-1.0))),
        "pan" => {
            let (left, right) = placing::balance(number("pan"));
            return Some(Stage::Flat(Passage::sides(left, right)));
        }
        "width" => return Some(Stage::Flat(Passage::mid_side(1.0, number("width")))),
        id if !DRAWN.contains(&id) => return None,
        _ => {}
    }
    let curves = (insert.kind.curves)(&*insert.settings, rate_hz);
    let of = |names: &[&str]| names.iter().find_map(|name| response(&curves, name)).map(by_band);
    let pair = |one: [f64; BANDS], other: [f64; BANDS], passage: fn(f64, f64) -> Passage| {
        Stage::Bands(one.iter().zip(other).map(|(one, other)| passage(*one, other)).collect())
    };
    // An equaliser that works on the middle or the sides draws left and right as well, which then are both alike.
    if let (Some(mid), Some(side)) = (of(&["mid"]), of(&["side"])) {
        return match (of(&["left"]), of(&["right"])) {
            (Some(left), Some(right)) if differ(&left, &right) => Some(pair(left, right, Passage::sides)),
            _ => Some(pair(mid, side, Passage::mid_side)),
        };
    }
    let both = of(&["both", "steady hum"])?;
    Some(Stage::Bands(both.iter().map(|gain| Passage::gain(*gain)).collect()))
}

fn differ(one: &[f64; BANDS], other: &[f64; BANDS]) -> bool {
    one.iter().zip(other).any(|(one, other)| (one - other).abs() > 1e-9)
}
