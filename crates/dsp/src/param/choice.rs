//! A parameter that is one of a list of words.

/// One of a list of words; declared by [`choices!`](crate::choices).
pub trait Choice: Copy + PartialEq + Default + 'static {
    /// The words, in the order in which people read them; the first is the default.
    const WORDS: &'static [&'static str];

    /// The word in a session file.
    fn word(self) -> &'static str;

    /// The choice of this word.
    fn from_word(word: &str) -> Option<Self>;
}

/// Declares a list of words once: the enum, the words in a session file, and the way between. The first is the default.
///
/// ```
/// mixkeel_dsp::choices! {
///     /// How a signal is bent.
///     pub enum Bend {
///         /// Hardly.
///         Soft = "soft",
///         /// At once.
///         Hard = "hard",
///     }
/// }
/// use mixkeel_dsp::param::Choice;
/// assert_eq!(Bend::default(), Bend::Soft);
/// assert_eq!(Bend::from_word("hard"), Some(Bend::Hard));
/// assert_eq!(Bend::WORDS, ["soft", "hard"]);
/// ```
#[macro_export]
macro_rules! choices {
    (
        $(#[doc = $about:literal])*
        pub enum $name:ident {
            $(#[doc = $first_help:literal])*
            $first:ident = $first_word:literal
            $(, $(#[doc = $help:literal])* $choice:ident = $word:literal )*
            $(,)?
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $(#[doc = $first_help])*
            #[default]
            #[serde(rename = $first_word)]
            $first,
            $( $(#[doc = $help])* #[serde(rename = $word)] $choice, )*
        }

        impl $crate::param::Choice for $name {
            const WORDS: &'static [&'static str] = &[$first_word $(, $word)*];

            fn word(self) -> &'static str {
                match self {
                    Self::$first => $first_word,
                    $( Self::$choice => $word, )*
                }
            }

            fn from_word(word: &str) -> Option<Self> {
                match word {
                    $first_word => Some(Self::$first),
                    $( $word => Some(Self::$choice), )*
                    _ => None,
                }
            }
        }

        impl $crate::param::Field for $name {
            fn to_value(&self) -> $crate::param::Value {
                $crate::param::Value::Word($crate::param::Choice::word(*self).to_owned())
            }

            fn from_value(value: &$crate::param::Value) -> Option<Self> {
                match value {
                    $crate::param::Value::Word(word) => $crate::param::Choice::from_word(word),
                    _ => None,
                }
            }
        }
    };
}
