//! The figures by which two sounds are compared, each with what can just be heard of it.

use mixkeel_analysis::spectrum::Span;
use mixkeel_dsp::units::db_from_power;

use super::passages::heard;
use crate::evidence::Evidence;
use crate::sides::{LOW_HZ, between};

/// One figure of a sound, at equal loudness.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// A stable name: `bass`.
    pub id: &'static str,
    /// What there is more of when it is greater, and when it is less: `more bass`, `less bass`.
    pub words: [&'static str; 2],
    /// What it measures.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// The difference that is just heard.
    pub heard: f64,
    /// Where in the spectrum.
    pub band_hz: Option<[f64; 2]>,
}

/// Parts of the spectrum as musicians call them.
const PARTS: [(&str, [&str; 2], [f64; 2]); 9] = [
    ("sub", ["more sub bass", "less sub bass"], [20.0, 40.0]),
    ("bass", ["more bass", "less bass"], [40.0, 100.0]),
    ("warmth", ["warmer, or muddier", "leaner"], [100.0, 300.0]),
    ("box", ["boxier", "less boxy"], [300.0, 500.0]),
    ("middle", ["more middle", "scooped"], [500.0, 1_000.0]),
    ("nose", ["more nasal", "less nasal"], [1_000.0, 2_000.0]),
    ("presence", ["more present, or harder", "softer, farther away"], [2_000.0, 4_000.0]),
    ("brilliance", ["brighter", "darker"], [4_000.0, 10_000.0]),
    ("air", ["more air", "less air"], [10_000.0, 20_000.0]),
];

/// A level of a part of the spectrum that is just heard. Ours: 1 dB over an octave, a little over what trained listeners
/// hear in a direct comparison.
const PART_DB: f64 = 1.0;

/// All figures over these spans; those of dynamics only over the whole.
pub fn figures(evidence: &Evidence, spans: &[[f64; 2]], whole: bool) -> Vec<Figure> {
    let Some(span) = heard(evidence, spans) else { return Vec::new() };
    let mut figures = tonal(&span);
    figures.extend(stereo(&span));
    if whole {
        figures.extend(moving(evidence));
    }
    figures
}

/// Parts of the spectrum re the loudness of the whole.
fn tonal(span: &Span) -> Vec<Figure> {
    let loudness = span.weighted.total();
    PARTS
        .iter()
        .filter_map(|(id, words, [from_hz, to_hz])| {
            let energy = between(span, (*from_hz, to_hz * 1.01)).total();
            (energy > 1e-9 * loudness && loudness > 0.0).then(|| Figure {
                id,
                words: *words,
                value: db_from_power(energy / loudness),
                unit: "dB",
                heard: if *from_hz < 40.0 || *from_hz >= 10_000.0 { 2.0 * PART_DB } else { PART_DB },
                band_hz: Some([*from_hz, *to_hz]),
            })
        })
        .collect()
}

fn stereo(span: &Span) -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut add = |id, words, value: Option<f64>, unit, heard, band_hz| {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            figures.push(Figure { id, words, value, unit, heard, band_hz });
        }
    };
    // Ours: 2 dB of side is a step of width that is just seen in a blind comparison; a low end below −20 dB is mono.
    add("width", ["wider", "narrower"], span.weighted.side_to_mid_db(), "dB side to mid", 2.0, None);
    let low = between(span, LOW_HZ).side_to_mid_db().map(|db| db.max(-20.0));
    let words = ["a wider low end", "a narrower low end"];
    add("low-width", words, low, "dB side to mid", 4.0, Some([LOW_HZ.0, LOW_HZ.1]));
    let words = ["loses more in mono", "loses less in mono"];
    add("mono-loss", words, span.weighted.mono_loss_db(), "LU", 0.5, None);
    add(
        "balance",
        ["more to the left", "more to the right"],
        span.weighted.left_minus_right_db(),
        "LU",
        1.0,
        None,
    );
    // Where a lead stands: in the middle, between the fundamentals and the consonants.
    let lead = between(span, (300.0, 3_500.0));
    let in_middle = (lead.mid > 0.0).then(|| db_from_power(2.0 * lead.mid / span.weighted.total()));
    let words = ["a louder middle, where a lead stands", "a softer middle, where a lead stands"];
    add("lead", words, in_middle, "dB", PART_DB, Some([300.0, 3_500.0]));
    figures
}

/// How it moves.
fn moving(evidence: &Evidence) -> Vec<Figure> {
    let sound = &evidence.sound;
    let mut figures = Vec::new();
    let mut add = |id, words, value: Option<f64>, unit, heard| {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            figures.push(Figure { id, words, value, unit, heard, band_hz: None });
        }
    };
    add("peaks", ["more peak above its loudness", "denser, more limited"], sound.plr_db, "dB", 1.0);
    let range = sound.loudness.loudness_range_lu;
    add("range", ["a wider range from soft to loud", "a narrower range from soft to loud"], range, "LU", 2.0);
    add("punch", ["more attack", "softer attacks"], sound.dynamics.punch_db, "dB", 1.0);
    let crest = sound.dynamics.crest_db;
    let [low, _, high] = crest;
    add("low-crest", ["a kick and bass that move more", "a kick and bass held flatter"], low, "dB", 1.5);
    add("high-crest", ["sharper highs", "smoother highs"], high, "dB", 1.5);
    let decay = sound.space.decay_s.filter(|decay| decay.decays >= 5).map(|decay| decay.value);
    add("decay", ["longer tails", "shorter tails"], decay, "s", 0.3);
    figures
}
