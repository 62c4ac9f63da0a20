//! The one place where a processor's settings are declared: [`params!`](crate::params).

/// Declares a processor's settings once: struct, defaults, specs, access by name, and a compile-time check that every
/// default lies inside its own range. A parameter is a number with a range, a switch, or one of a list of words declared
/// by [`choices!`](crate::choices); a line `band: Band, up to 8;` behind the struct gives it bands.
///
/// ```
/// mixkeel_dsp::params! {
///     /// Makes it louder.
///     pub struct LouderSettings {
///         /// How much louder.
///         amount_db: f64 = 3.0 [0.0..=12.0, "dB"] automatable;
///         /// Only the left channel.
///         left_only: bool = false;
///     }
/// }
/// use mixkeel_dsp::param::{Settings, Value};
/// let mut louder = LouderSettings::default();
/// assert_eq!(louder.amount_db, 3.0);
/// assert!(louder.set("amount_db", &Value::Number(13.0)).is_err());
/// assert_eq!(LouderSettings::SPECS[0].help, "How much louder.");
/// ```
#[macro_export]
macro_rules! params {
    (
        $(#[doc = $about:literal])*
        pub struct $name:ident {
            $(
                $(#[doc = $help:literal])+
                $id:ident : $kind:ident $(= $default:literal)?
                $([$min:literal ..= $max:literal, $unit:literal])?
                $($automatable:ident)?
            );* $(;)?
        }
        $( band: $band:ident, up to $most:literal; )?
    ) => {
        $(#[doc = $about])*
        #[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $( $(#[doc = $help])+ pub $id: $kind, )*
            $(
                /// The bands, by number.
                pub band: $crate::param::Bands<$band, $most>,
            )?
        }

        $( $crate::params!(@check $id, [$($default)?], [$($min, $max)?]); )*

        impl Default for $name {
            fn default() -> Self {
                Self {
                    $( $id: $crate::params!(@default $kind $(, $default)?), )*
                    $( band: <$crate::param::Bands<$band, $most>>::default(), )?
                }
            }
        }

        impl $crate::param::Settings for $name {
            const SPECS: &'static [$crate::param::ParamSpec] = &[ $(
                $crate::param::ParamSpec {
                    id: stringify!($id),
                    unit: concat!($( $unit )?),
                    range: $crate::params!(@range $kind $(, $default)? $(, $min, $max)?),
                    automatable: $crate::params!(@automatable $($automatable)?),
                    help: $crate::param::trim_help(concat!($( $help, )+)),
                },
            )* ];

            $(
                const BANDS: Option<$crate::param::BandSpec> = Some($crate::param::BandSpec {
                    id: "band",
                    most: $most,
                    specs: <$band as $crate::param::Settings>::SPECS,
                });

                fn band_numbers(&self) -> Vec<usize> {
                    let bands: &$crate::param::Bands<$band, $most> = &self.band;
                    bands.each().map(|(number, _)| number).collect()
                }
            )?

            fn get(&self, id: &str) -> Option<$crate::param::Value> {
                $( if id == stringify!($id) {
                    return Some($crate::param::Field::to_value(&self.$id));
                } )*
                $(
                    let bands: &$crate::param::Bands<$band, $most> = &self.band;
                    if let Some(spec) = Self::BANDS {
                        return bands.value(&spec, id);
                    }
                )?
                None
            }

            fn set(&mut self, id: &str, value: &$crate::param::Value) -> Result<(), $crate::param::ParamError> {
                $(
                    if let (Some(spec), true) = (Self::BANDS, id.contains('/')) {
                        let bands: &mut $crate::param::Bands<$band, $most> = &mut self.band;
                        return bands.set_value(&spec, id, value);
                    }
                )?
                let spec = Self::SPECS
                    .iter()
                    .find(|spec| spec.id == id)
                    .ok_or_else(|| $crate::param::ParamError::Unknown(id.to_owned()))?;
                spec.check(value)?;
                $( if id == stringify!($id) {
                    if let Some(value) = $crate::param::Field::from_value(value) {
                        self.$id = value;
                    }
                } )*
                Ok(())
            }
        }
    };
    (@range f64, $default:literal, $min:literal, $max:literal) => {
        $crate::param::Range::Number { min: $min, max: $max, default: $default }
    };
    (@range bool, $default:literal) => {
        $crate::param::Range::Switch { default: $default }
    };
    (@range $choice:ident) => {
        $crate::param::Range::Choice {
            words: <$choice as $crate::param::Choice>::WORDS,
            default: <$choice as $crate::param::Choice>::WORDS[0],
        }
    };
    (@default $kind:ident, $default:literal) => { $default };
    (@default $choice:ident) => { <$choice>::default() };
    (@check $id:ident, [$default:literal], [$min:literal, $max:literal]) => {
        const _: () = assert!(
            $min <= $default && $default <= $max,
            concat!("the default of ", stringify!($id), " lies outside its own range"),
        );
    };
    (@check $id:ident, [$($default:literal)?], []) => {};
    (@automatable) => { false };
    (@automatable automatable) => { true };
}

/// A doc comment's text without the blank that follows its slashes.
#[doc(hidden)]
pub const fn trim_help(help: &'static str) -> &'static str {
    match help.as_bytes() {
        [b' ', ..] => help.split_at(1).1,
        _ => help,
    }
}
