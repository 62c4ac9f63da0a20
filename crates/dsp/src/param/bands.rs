//! Settings that are there several times over: the bands of an equaliser, a crossover, a multiband compressor.

use serde::de::Error as _;
use serde::ser::SerializeMap as _;

use super::{ParamError, ParamSpec, Settings, Value};

/// What is known of the bands of a processor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BandSpec {
    /// What a band is called in a path, with its number behind a dot: `band` for `band.2/gain_db`.
    pub id: &'static str,
    /// How many there may be; they are numbered from 1.
    pub most: usize,
    /// The parameters of every one.
    pub specs: &'static [ParamSpec],
}

impl BandSpec {
    /// The number of `band.2`, if there may be one.
    pub fn number(&self, word: &str) -> Option<usize> {
        let number: usize = word.strip_prefix(self.id)?.strip_prefix('.')?.parse().ok()?;
        (1..=self.most).contains(&number).then_some(number)
    }

    /// `band.2/gain_db`.
    pub fn path(&self, number: usize, spec: &ParamSpec) -> String {
        format!("{}.{number}/{}", self.id, spec.id)
    }
}

/// Up to `MOST` bands, numbered from 1, some of which may be missing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bands<B, const MOST: usize>([Option<B>; MOST]);

impl<B: Copy, const MOST: usize> Default for Bands<B, MOST> {
    fn default() -> Self {
        Self([None; MOST])
    }
}

impl<B: Copy, const MOST: usize> Bands<B, MOST> {
    /// These bands, numbered from 1; what is beyond `MOST` is left out.
    pub fn of(bands: &[B]) -> Self {
        let mut all = Self::default();
        all.0.iter_mut().zip(bands).for_each(|(slot, band)| *slot = Some(*band));
        all
    }

    /// The bands that are there, with their numbers, in order.
    pub fn each(&self) -> impl Iterator<Item = (usize, &B)> {
        self.0.iter().enumerate().filter_map(|(index, band)| band.as_ref().map(|band| (index + 1, band)))
    }

    /// Every place, taken or not, in order.
    pub fn places(&self) -> &[Option<B>; MOST] {
        &self.0
    }

    /// The band of this number.
    pub fn get(&self, number: usize) -> Option<&B> {
        self.0.get(number.checked_sub(1)?)?.as_ref()
    }

    /// The band of this number, to change or take away; nothing when there may be none.
    pub fn get_mut(&mut self, number: usize) -> Option<&mut Option<B>> {
        self.0.get_mut(number.checked_sub(1)?)
    }
}

impl<B: Settings + Copy, const MOST: usize> Bands<B, MOST> {
    /// The value at `band.2/gain_db`, where the band is there.
    pub fn value(&self, spec: &BandSpec, path: &str) -> Option<Value> {
        let (band, leaf) = path.split_once('/')?;
        self.get(spec.number(band)?)?.get(leaf)
    }

    /// Sets the value at `band.2/gain_db`; a band that is not there is made.
    pub fn set_value(&mut self, spec: &BandSpec, path: &str, value: &Value) -> Result<(), ParamError> {
        let unknown = || ParamError::Unknown(path.to_owned());
        let (band, leaf) = path.split_once('/').ok_or_else(unknown)?;
        if !band.starts_with(spec.id) {
            return Err(unknown());
        }
        let slot = spec.number(band).and_then(|number| self.get_mut(number));
        let slot = slot.ok_or_else(|| ParamError::NoSuchBand {
            path: band.to_owned(),
            id: spec.id,
            most: spec.most,
        })?;
        let mut changed = slot.unwrap_or_default();
        changed.set(leaf, value)?;
        *slot = Some(changed);
        Ok(())
    }
}

impl<B: serde::Serialize + Copy, const MOST: usize> serde::Serialize for Bands<B, MOST> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.each().count()))?;
        self.each().try_for_each(|(number, band)| map.serialize_entry(&number.to_string(), band))?;
        map.end()
    }
}

impl<'de, B: serde::Deserialize<'de> + Copy, const MOST: usize> serde::Deserialize<'de> for Bands<B, MOST> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = std::collections::BTreeMap::<String, B>::deserialize(deserializer)?;
        let mut bands = Self::default();
        for (number, band) in map {
            let slot = number.parse().ok().and_then(|number| bands.get_mut(number));
            *slot
                .ok_or_else(|| D::Error::custom(format!("bands are numbered 1 to {MOST}, not {number}")))? =
                Some(band);
        }
        Ok(bands)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::Range;

    crate::params! {
        /// One band.
        pub struct TestBand {
            /// How loud it is.
            gain_db: f64 = 0.0 [-18.0..=18.0, "dB"] automatable;
        }
    }

    crate::params! {
        /// All bands.
        pub struct TestSettings {
            /// After all of them.
            output_db: f64 = 0.0 [-12.0..=12.0, "dB"];
        }
        band: TestBand, up to 4;
    }

    #[test]
    fn a_band_comes_into_being_by_being_set() {
        let mut settings = TestSettings::default();
        assert_eq!(settings.get("band.2/gain_db"), None);
        settings.set("band.2/gain_db", &Value::Number(3.0)).unwrap();
        settings.set("output_db", &Value::Number(-1.0)).unwrap();
        assert_eq!(settings.get("band.2/gain_db"), Some(Value::Number(3.0)));
        assert_eq!(settings.band_numbers(), [2]);
        assert_eq!(settings.band.get(2), Some(&TestBand { gain_db: 3.0 }));
        assert!(matches!(
            TestSettings::spec("band.3/gain_db").map(|spec| spec.range),
            Some(Range::Number { max: 18.0, .. })
        ));
        let json = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<TestSettings>(&json).unwrap(), settings);
    }

    #[test]
    fn what_is_not_there_is_said() {
        let mut settings = TestSettings::default();
        let said = |settings: &mut TestSettings, path: &str| {
            settings.set(path, &Value::Number(99.0)).unwrap_err().to_string()
        };
        assert_eq!(
            said(&mut settings, "band.5/gain_db"),
            "there is no `band.5`: bands are `band.1` to `band.4`, each with settings of its own"
        );
        assert_eq!(
            said(&mut settings, "band.1/gain_db"),
            "`gain_db` is 99, but must lie between -18 and 18 dB"
        );
        assert_eq!(said(&mut settings, "band.1/q"), "there is no parameter `q`");
        assert_eq!(settings, TestSettings::default());
    }
}
