//! Settings as numbers in a checkpoint, for processors that are on their way from some settings to others.

use super::{ParamSpec, Range, Settings, Value};
use crate::processor::State;

/// Notes every parameter, and which bands there are.
pub(crate) fn note<S: Settings>(settings: &S, to: &mut State) {
    S::SPECS.iter().for_each(|spec| to.put(number(spec, settings.get(spec.id))));
    if let Some(bands) = S::BANDS {
        let numbers = settings.band_numbers();
        to.put(numbers.len() as f64);
        for band in numbers {
            to.put(band as f64);
            bands.specs.iter().for_each(|spec| to.put(number(spec, settings.get(&bands.path(band, spec)))));
        }
    }
}

/// The settings that were noted.
pub(crate) fn noted<S: Settings>(from: &mut State) -> S {
    let mut settings = S::default();
    // What was noted is allowed, so nothing is refused.
    for spec in S::SPECS {
        let _ = settings.set(spec.id, &value(spec, from.take()));
    }
    if let Some(bands) = S::BANDS {
        for _ in 0..(from.take() as usize).min(bands.most) {
            let band = from.take() as usize;
            for spec in bands.specs {
                let _ = settings.set(&bands.path(band, spec), &value(spec, from.take()));
            }
        }
    }
    settings
}

fn number(spec: &ParamSpec, value: Option<Value>) -> f64 {
    match (value, spec.range) {
        (Some(Value::Number(number)), _) => number,
        (Some(Value::Switch(on)), _) => f64::from(u8::from(on)),
        (Some(Value::Word(word)), Range::Choice { words, .. }) => {
            words.iter().position(|other| *other == word).unwrap_or(0) as f64
        }
        _ => 0.0,
    }
}

fn value(spec: &ParamSpec, number: f64) -> Value {
    match spec.range {
        Range::Number { .. } => Value::Number(number),
        Range::Switch { .. } => Value::Switch(number != 0.0),
        Range::Choice { words, default } => {
            Value::Word((*words.get(number as usize).unwrap_or(&default)).to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::choices! {
        /// One of two.
        pub enum Side {
            /// This one.
            Left = "left",
            /// The other.
            Right = "right",
        }
    }

    crate::params! {
        /// One band.
        pub struct OneBand {
            /// How loud it is.
            gain_db: f64 = 0.0 [-18.0..=18.0, "dB"];
        }
    }

    crate::params! {
        /// One of each kind.
        pub struct OneOfEach {
            /// A number.
            gain_db: f64 = 0.0 [-18.0..=18.0, "dB"];
            /// A switch.
            on: bool = false;
            /// A word.
            side: Side;
        }
        band: OneBand, up to 4;
    }

    #[test]
    fn what_is_noted_comes_back() {
        let mut settings =
            OneOfEach { gain_db: 0.1 + 0.2, on: true, side: Side::Right, ..Default::default() };
        settings.set("band.3/gain_db", &Value::Number(-7.3)).unwrap();
        let mut state = State::default();
        note(&settings, &mut state);
        assert_eq!(noted::<OneOfEach>(&mut state), settings);
    }
}
