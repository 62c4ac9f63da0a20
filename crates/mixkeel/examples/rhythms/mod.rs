//! Generated rhythms whose every beat is known: clicks, and bands in many manners, from a seed.
//!
//! The patterns are the usual ones of drum methods; tempos are drawn evenly over their logarithm. Where people would count a
//! pattern at another octave as well as at the one it is written at, the piece is `open`.

#![allow(dead_code)] // each example uses a part of it

mod score;
mod sounds;

pub use score::Piece;
pub use sounds::RATE_HZ;

use score::{Bass, Comping, Groove, LENGTH_S, Manner, Score};
use sounds::{Dice, Drum, Timbre, struck};

const ROCK: Groove = Groove {
    metre: (4, 4),
    places: 4,
    kicks: &[
        "K.......K.......",
        "K.......K.K.....",
        "K.....K.K.......",
        "K.K.....K.K.....",
        "K......kK.k.....",
        "K.........K.....",
        "K..K....K.....K.",
        "K.....k...K.....",
    ],
    snares: &["....S.......S...", "....S.......S..s", "....S..s.s..S..."],
};

/// For fast songs: nothing finer than eighths.
const FAST: Groove = Groove {
    metre: (4, 4),
    places: 2,
    kicks: &["K...K...", "K...KK..", "KK..K...", "K..KK...", "K....K.."],
    snares: &["..S...S.", "..S...Ss"],
};

const FLOOR: Groove =
    Groove { metre: (4, 4), places: 2, kicks: &["K.K.K.K."], snares: &["..S...S.", "........", "..S...Ss"] };

const HALF_TIME: Groove = Groove {
    metre: (4, 4),
    places: 2,
    kicks: &["K.......", "K.K.....", "K..K....", "K.....K."],
    snares: &["....S..."],
};

const SHUFFLE: Groove = Groove {
    metre: (4, 4),
    places: 2,
    kicks: &["K...K...", "K..kK...", "K...K..k", "K.K.K.K.", "K..k...k"],
    snares: &["..S...S.", "..S...Ss"],
};

const WALTZ: Groove = Groove {
    metre: (3, 4),
    places: 2,
    kicks: &["K.....", "K....k", "K..k.."],
    snares: &["..S.S.", "..s.s.", "....S.", "..S..."],
};

const BALLAD: Groove = Groove {
    metre: (4, 4),
    places: 4,
    kicks: &["K...............", "K.......k.......", "K.........k.....", "K......k........"],
    snares: &["....S.......S...", "....s.......S...", "............S..."],
};

const SIX: Groove = Groove {
    metre: (6, 8),
    places: 3,
    kicks: &["K.....", "K....k", "K.k...", "K.k..k"],
    snares: &["...S..", "...S.s"],
};

const SEVEN: Groove = Groove {
    metre: (7, 8),
    places: 1,
    kicks: &["K...K..", "K..K...", "K.K....", "K..K.K."],
    snares: &["..S...s", ".....S.", "....S..", "..S.S.."],
};

/// One drop, as in reggae: kick and snare together on the third beat.
const DROP: Groove = Groove {
    metre: (4, 4),
    places: 2,
    kicks: &["....K...", "....K..k", "K...K..."],
    snares: &["....S...", "....S..s"],
};

/// Nobody drums.
const NOBODY: [Groove; 2] = [
    Groove { metre: (4, 4), places: 2, kicks: &["........"], snares: &["........"] },
    Groove { metre: (3, 4), places: 2, kicks: &["......"], snares: &["......"] },
];

impl std::fmt::Display for Manner {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let Self { kick, snare, hats, comping, bass, sung, .. } = self;
        write!(f, "{kick} {snare} hats {hats}, {comping:?}, bass {bass:?}, sung {sung:.1}")
    }
}

impl Manner {
    fn of(groove: Groove, bpm: f64, dice: &mut Dice) -> Self {
        let (kick, snare) = (*dice.pick(groove.kicks), *dice.pick(groove.snares));
        let places = groove.places;
        let beats = kick.len().div_ceil(places);
        let hats = match places {
            4 if bpm < 110.0 => *dice.pick(&[1, 2, 2]),
            4 => *dice.pick(&[2, 2, 4]),
            2 if bpm > 180.0 => *dice.pick(&[1, 2, 2]),
            2 => *dice.pick(&[1, 1, 1, 2]),
            3 => *dice.pick(&[1, 1, 3]),
            _ => *dice.pick(&[1, 1, 0]),
        };
        // Harmony changes every one to four seconds.
        let choices: &[usize] = match bpm {
            _ if beats != 4 => &[1, 1, 2],
            x if x < 70.0 => &[0, 1, 1],
            x if x > 140.0 => &[1, 2, 2],
            _ => &[1, 1, 1, 2, 0],
        };
        let bars = *dice.pick(choices);
        let strums = if places == 3 { ["D.ud.u", "Duudu."] } else { ["D.duDudu", "D.d.D.du"] };
        let comping = match dice.roll() {
            x if x < 0.4 => Comping::Pad,
            x if x < 0.5 => Comping::Blocks,
            x if x < 0.7 && places > 1 && beats == 4 => {
                let pattern = *dice.pick(&strums);
                Comping::Strums(pattern)
            }
            x if x < 0.75 && places > 1 => Comping::Broken,
            x if x < 0.85 => Comping::None,
            _ => Comping::Pad,
        };
        Self {
            kick,
            snare,
            hats,
            swung: 0.5,
            loose_s: dice.between(0.0, 0.01),
            chord_beats: if bars == 0 { 2 } else { bars * beats },
            comping,
            bass: *dice.pick(&[Bass::Beats, Bass::Beats, Bass::Beats, Bass::Halves, Bass::Kick, Bass::None]),
            sung: if dice.roll() < 0.5 { dice.between(0.1, 0.5) } else { 0.0 },
            off_hats: false,
            breaks: dice.roll() < 0.25,
            groove,
        }
    }
}

type Drift<'a> = &'a dyn Fn(f64) -> f64;

const STEADY: Drift<'static> = &|_| 1.0;

/// A band in one manner, whose tempo may follow time in parts of `bpm`.
fn band(group: &'static str, manner: &Manner, bpm: f64, drift: Drift, dice: &mut Dice) -> Piece {
    let mut score = Score::new(dice.clone());
    dice.roll();
    while score.at_s < LENGTH_S {
        score.bar(manner, &|at_s| beat_s(manner, bpm * drift(at_s)));
    }
    let open = group == "half-time" || group == "one drop";
    finished(group, manner.to_string(), bpm, open, vec![manner.groove.metre], score, manner)
}

fn beat_s(manner: &Manner, bpm: f64) -> f64 {
    if manner.groove.places == 1 { 30.0 / bpm } else { 60.0 / bpm }
}

fn finished(
    group: &'static str,
    name: String,
    bpm: f64,
    open: bool,
    metres: Vec<(u8, u8)>,
    score: Score,
    manner: &Manner,
) -> Piece {
    let swing = (manner.groove.places == 2 && manner.hats == 1).then(|| manner.swung / (1.0 - manner.swung));
    Piece { group, name, bpm, open, metres, swing, score }
}

/// Songs in `../shared/music` whose tempo is known; all are in four, and begin with a bar.
pub const SONGS: [(&str, f64); 5] = [
    ("caesium", 130.0),
    ("city_blues", 120.0),
    ("hydrogen_kit", 115.0),
    ("mauiwowi", 102.0),
    ("reggaetry", 180.0),
];

/// A track of clicks that are all alike.
pub fn even_clicks(times_s: &[f64], seconds: f64) -> Vec<f32> {
    let strokes: Vec<(f64, f64)> = times_s.iter().map(|at_s| (*at_s, 1.0)).collect();
    let mut dice = Dice::new(1);
    struck(Drum::Click, Timbre { decay: 1.0, pitch: 1.0 }, &strokes, seconds, &mut dice)
}

/// Clicks at a steady tempo; `accent` says after how many a louder, higher one comes, 0 never.
fn clicks(bpm: f64, accent: usize, dice: &mut Dice) -> Piece {
    let mut score = Score::new(dice.clone());
    dice.roll();
    let from = score.at_s;
    for n in 0.. {
        let at_s = from + f64::from(n) * 60.0 / bpm;
        if at_s > LENGTH_S {
            break;
        }
        let strong = accent > 0 && (n as usize).is_multiple_of(accent);
        score.strike(Drum::Click, at_s, if strong { 1.0 } else { 0.45 });
        score.beats_s.push(at_s);
        if strong {
            score.downbeats_s.push(at_s);
        }
        score.at_s = at_s;
    }
    let (group, metres) =
        if accent > 0 { ("clicks, accented", vec![(accent as u8, 4)]) } else { ("clicks", Vec::new()) };
    Piece { group, name: accent.to_string(), bpm, open: false, metres, swing: None, score }
}

/// A song that changes its metre after about half.
fn change(first: Groove, second: Groove, bpm: f64, dice: &mut Dice) -> Piece {
    let one = Manner::of(first, bpm, dice);
    let two = Manner { breaks: false, ..Manner::of(second, bpm, dice) };
    let mut score = Score::new(dice.clone());
    dice.roll();
    while score.at_s < LENGTH_S / 2.0 {
        score.bar(&one, &|_| beat_s(&one, bpm));
    }
    while score.at_s < LENGTH_S {
        score.bar(&two, &|_| beat_s(&two, bpm));
    }
    finished(
        "change of metre",
        format!("{} {}", one.kick, two.kick),
        bpm,
        false,
        vec![first.metre, second.metre],
        score,
        &one,
    )
}

/// A piano or a guitar with a bass and no drums.
fn comped(bpm: f64, dice: &mut Dice) -> Piece {
    let groove = NOBODY[usize::from(dice.roll() < 0.25)];
    let strums: &[&str] = if groove.metre == (3, 4) {
        &["D.dudu", "D.d.d."]
    } else {
        &["D.duDudu", "D.d.D.du", "D.du.udu", "D.d.D.d."]
    };
    let comping = match dice.roll() {
        x if x < 0.5 => {
            let pattern = *dice.pick(strums);
            Comping::Strums(pattern)
        }
        x if x < 0.7 => Comping::Blocks,
        x if x < 0.8 && groove.metre == (3, 4) => Comping::OomPah,
        _ => Comping::Broken,
    };
    let manner = Manner {
        hats: 0,
        comping,
        bass: *dice.pick(&[Bass::Beats, Bass::Beats, Bass::None]),
        breaks: false,
        ..Manner::of(groove, bpm, dice)
    };
    band("comping", &manner, bpm, STEADY, dice)
}

/// All pieces from a seed.
pub fn pieces(seed: u64) -> Vec<Piece> {
    let mut all = Vec::new();
    let mut dice = Dice::new(seed);
    // Tempos spread evenly over the logarithm, each a little moved.
    let tempos = |count: usize, low: f64, high: f64, dice: &mut Dice| -> Vec<f64> {
        let part = |n: usize, off: f64| low * (high / low).powf((n as f64 + off) / count as f64);
        (0..count).map(|n| part(n, dice.roll())).collect()
    };
    let dice = &mut dice;
    for bpm in tempos(14, 50.0, 220.0, dice) {
        all.push(clicks(bpm, 0, dice));
        let accent = *dice.pick(&[3, 4]);
        all.push(clicks(bpm, accent, dice));
    }
    for (group, groove, count, low, high) in [
        ("rock", ROCK, 24, 50.0, 220.0),
        ("four on the floor", FLOOR, 16, 50.0, 220.0),
        ("half-time", HALF_TIME, 10, 110.0, 180.0),
        ("shuffle", SHUFFLE, 16, 60.0, 200.0),
        ("waltz", WALTZ, 14, 70.0, 220.0),
        ("ballad", BALLAD, 12, 50.0, 90.0),
        ("six-eight", SIX, 14, 45.0, 120.0),
        ("seven-eight", SEVEN, 12, 80.0, 180.0),
        ("one drop", DROP, 8, 70.0, 180.0),
    ] {
        for bpm in tempos(count, low, high, dice) {
            let groove = if group == "rock" && bpm > 135.0 { FAST } else { groove };
            let mut manner = Manner::of(groove, bpm, dice);
            match group {
                "shuffle" => {
                    let ratio = dice.between(1.4, 2.2);
                    manner = Manner { swung: ratio / (1.0 + ratio), hats: 1, ..manner };
                }
                "one drop" => manner = Manner { comping: Comping::Offbeats, bass: Bass::Beats, ..manner },
                "four on the floor" => {
                    let bass = *dice.pick(&[manner.bass, Bass::Offbeats]);
                    manner = Manner { off_hats: dice.roll() < 0.5, bass, ..manner };
                }
                _ => {}
            }
            all.push(band(group, &manner, bpm, STEADY, dice));
        }
    }
    for bpm in tempos(20, 50.0, 200.0, dice) {
        all.push(comped(bpm, dice));
    }
    for bpm in tempos(12, 70.0, 180.0, dice) {
        let groove = if bpm > 135.0 { FAST } else { ROCK };
        let turn = 6.3 * dice.roll();
        let manner = Manner::of(groove, bpm, dice);
        all.push(band(
            "drifting by 5 %",
            &manner,
            bpm,
            &|at_s| 1.0 + 0.05 * (0.21 * at_s + turn).sin(),
            dice,
        ));
        // A quarter slower within the last eight seconds.
        let manner = Manner { breaks: false, ..Manner::of(groove, bpm, dice) };
        all.push(band(
            "ritardando",
            &manner,
            bpm,
            &|at_s| 1.0 - 0.25 * ((at_s - 24.0) / 8.0).clamp(0.0, 1.0),
            dice,
        ));
    }
    for (first, second) in [(FAST, WALTZ), (WALTZ, FAST), (FAST, SEVEN), (SEVEN, FAST)] {
        for bpm in tempos(3, 90.0, 150.0, dice) {
            all.push(change(first, second, bpm, dice));
        }
    }
    all
}
