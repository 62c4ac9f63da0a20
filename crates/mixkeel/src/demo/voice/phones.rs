//! The sounds of speech: where the vocal tract resonates for each, and how it is made.

/// How a sound is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Manner {
    /// A vowel; diphthongs glide to a second place.
    Vowel { to: Option<[f64; 3]> },
    /// m, n, ng, l, r, w, y: voiced, softer than a vowel.
    Sonorant,
    /// Noise at a narrow place: centre (Hz), width (Q), level, and how much voice goes with it.
    Fricative { freq_hz: f64, q: f64, level: f64, voiced: f64 },
    /// Closed, then a burst: centre (Hz), level, and whether the voice hums through the closure.
    Stop { freq_hz: f64, level: f64, voiced: bool },
    /// Breath through the vowel that follows.
    Breath,
}

/// One sound.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phone {
    /// The first three resonances in Hz.
    pub formants_hz: [f64; 3],
    pub manner: Manner,
    /// How long it takes when it is not a vowel, in seconds.
    pub length_s: f64,
}

const fn vowel(formants_hz: [f64; 3]) -> Phone {
    Phone { formants_hz, manner: Manner::Vowel { to: None }, length_s: 0.0 }
}

const fn glide(formants_hz: [f64; 3], to: [f64; 3]) -> Phone {
    Phone { formants_hz, manner: Manner::Vowel { to: Some(to) }, length_s: 0.0 }
}

const fn sonorant(formants_hz: [f64; 3]) -> Phone {
    Phone { formants_hz, manner: Manner::Sonorant, length_s: 0.065 }
}

const fn fricative(formants_hz: [f64; 3], freq_hz: f64, q: f64, level: f64, voiced: f64) -> Phone {
    Phone { formants_hz, manner: Manner::Fricative { freq_hz, q, level, voiced }, length_s: 0.085 }
}

const fn stop(formants_hz: [f64; 3], freq_hz: f64, level: f64, voiced: bool) -> Phone {
    Phone { formants_hz, manner: Manner::Stop { freq_hz, level, voiced }, length_s: 0.07 }
}

const IH: [f64; 3] = [390.0, 1990.0, 2550.0];
const UH: [f64; 3] = [440.0, 1020.0, 2240.0];

/// The sound of an ARPAbet symbol. Vowels: the means for men of G. Peterson and H. Barney, "Control Methods Used in a
/// Study of the Vowels" (JASA 24, 1952), table II. Consonants: the resonances of D. Klatt, "Software for a
/// cascade/parallel formant synthesizer" (JASA 67, 1980), table II, rounded; noise places and levels ours, by ear.
pub(super) fn phone(symbol: &str) -> Option<Phone> {
    Some(match symbol {
        "IY" => vowel([270.0, 2290.0, 3010.0]),
        "IH" => vowel(IH),
        "EH" => vowel([530.0, 1840.0, 2480.0]),
        "AE" => vowel([660.0, 1720.0, 2410.0]),
        "AA" => vowel([730.0, 1090.0, 2440.0]),
        "AO" => vowel([570.0, 840.0, 2410.0]),
        "UH" => vowel(UH),
        "UW" => vowel([300.0, 870.0, 2240.0]),
        "AH" => vowel([640.0, 1190.0, 2390.0]),
        "ER" => vowel([490.0, 1350.0, 1690.0]),
        "OW" => glide([540.0, 920.0, 2400.0], [380.0, 880.0, 2240.0]),
        "AY" => glide([730.0, 1150.0, 2440.0], [400.0, 1950.0, 2550.0]),
        "EY" => glide([500.0, 1850.0, 2500.0], [340.0, 2150.0, 2700.0]),
        "AW" => glide([730.0, 1150.0, 2440.0], UH),
        "M" => sonorant([280.0, 1100.0, 2130.0]),
        "N" => sonorant([280.0, 1500.0, 2470.0]),
        "NG" => sonorant([280.0, 2000.0, 2700.0]),
        "L" => sonorant([330.0, 1050.0, 2880.0]),
        "R" => sonorant([330.0, 1060.0, 1400.0]),
        "W" => sonorant([290.0, 610.0, 2150.0]),
        "Y" => sonorant([260.0, 2070.0, 3020.0]),
        "S" => fricative([320.0, 1390.0, 2530.0], 7200.0, 1.3, 0.60, 0.0),
        "Z" => fricative([240.0, 1390.0, 2530.0], 6800.0, 1.3, 0.32, 0.45),
        "SH" => fricative([300.0, 1840.0, 2750.0], 3600.0, 1.4, 0.56, 0.0),
        "F" => fricative([340.0, 1100.0, 2080.0], 5500.0, 0.5, 0.14, 0.0),
        "V" => fricative([220.0, 1100.0, 2080.0], 4500.0, 0.5, 0.08, 0.5),
        "DH" => fricative([270.0, 1290.0, 2540.0], 5000.0, 0.5, 0.08, 0.5),
        "P" => stop([400.0, 1100.0, 2150.0], 900.0, 0.26, false),
        "B" => stop([200.0, 1100.0, 2150.0], 700.0, 0.16, true),
        "T" => stop([400.0, 1600.0, 2600.0], 4800.0, 0.45, false),
        "D" => stop([200.0, 1600.0, 2600.0], 4000.0, 0.21, true),
        "K" => stop([300.0, 1990.0, 2850.0], 2000.0, 0.39, false),
        "G" => stop([200.0, 1990.0, 2850.0], 1900.0, 0.18, true),
        "HH" => Phone { formants_hz: [600.0, 1300.0, 2500.0], manner: Manner::Breath, length_s: 0.08 },
        _ => return None,
    })
}
