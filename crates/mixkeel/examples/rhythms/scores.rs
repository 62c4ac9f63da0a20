//! How well rhythm was heard: the usual measures, and whether what was said surely was right.
#![allow(dead_code)] // each example uses a part of it

use std::collections::BTreeMap;

use mixkeel_analysis::music::rhythm::Rhythm;

/// What is known of a piece.
pub struct Truth<'a> {
    pub bpm: f64,
    pub metres: &'a [(u8, u8)],
    pub beats_s: &'a [f64],
    pub downbeats_s: &'a [f64],
    pub swing: Option<f64>,
}

/// What came of one piece.
#[derive(Clone, Copy)]
pub struct Score {
    /// Within 4 % (Gouyon and others, IEEE Transactions on Audio, Speech and Language Processing 14, 2006).
    pub exact: bool,
    /// The same of a half, a third, twice or three times the tempo.
    pub octave: bool,
    /// Whether the tempo is among the first two that are reported.
    pub second: bool,
    /// F-measures within 70 ms, without the first 5 s (Davies, Degara and Plumbley, "Evaluation methods for musical audio beat
    /// tracking algorithms", 2009).
    pub beats: f64,
    pub bars: Option<f64>,
    pub metre: Option<bool>,
    /// How far the swing ratio is off, in parts of the true one.
    pub swing_off: Option<f64>,
    /// How sure it was of tempo, metre and first beats.
    pub sure: [f64; 3],
}

impl Score {
    pub fn of(heard: &Rhythm, truth: &Truth) -> Self {
        let near = |bpm: f64, times: f64| (bpm / (truth.bpm * times) - 1.0).abs() <= 0.04;
        let is = |times: f64| heard.tempo_bpm.is_some_and(|bpm| near(bpm, times));
        let metres: Vec<(u8, u8)> = heard.metre.iter().map(|(_, metre)| (metre.count, metre.unit)).collect();
        let swing = |truth: f64| heard.swing.map_or(1.0, |swing| (swing.ratio / truth - 1.0).abs());
        Self {
            exact: is(1.0),
            octave: [1.0, 0.5, 1.0 / 3.0, 2.0, 3.0].into_iter().any(is),
            second: heard.levels.iter().take(2).any(|level| near(level.bpm, 1.0)),
            beats: within(&heard.beats_s, truth.beats_s),
            bars: (!truth.downbeats_s.is_empty()).then(|| within(&heard.downbeats_s, truth.downbeats_s)),
            metre: (!truth.metres.is_empty()).then(|| metres == truth.metres),
            swing_off: truth.swing.filter(|_| is(1.0)).map(swing),
            sure: [heard.tempo_confidence, heard.metre_confidence, heard.downbeat_confidence],
        }
    }
}

/// The F-measure of times within 70 ms, without the first 5 s and what comes after the last that is true.
pub fn within(found: &[f64], truth: &[f64]) -> f64 {
    let until = truth.last().copied().unwrap_or(0.0) + 0.1;
    let part = |times: &[f64]| -> Vec<f64> {
        times.iter().copied().filter(|at| (5.0..until).contains(at)).collect()
    };
    f_measure(&part(found), &part(truth), 0.07)
}

/// The F-measure of times, each matched once; both lists rise.
pub fn f_measure(found: &[f64], truth: &[f64], tolerance_s: f64) -> f64 {
    let (mut hits, mut next) = (0, 0);
    for at in truth {
        while found.get(next).is_some_and(|x| *x < at - tolerance_s) {
            next += 1;
        }
        if found.get(next).is_some_and(|x| *x <= at + tolerance_s) {
            hits += 1;
            next += 1;
        }
    }
    2.0 * f64::from(hits) / (found.len() + truth.len()).max(1) as f64
}

/// Whether a piece was heard right in one thing; nothing where that is not known.
type Right<'a> = &'a dyn Fn(&Score) -> Option<bool>;

/// Prints the mean of every group, of all that is not open, and how right what was said surely is.
pub fn print(scores: &[(String, bool, f64, Score)]) {
    let mut groups: BTreeMap<&str, Vec<&Score>> = BTreeMap::new();
    for (group, open, bpm, score) in scores {
        groups.entry(group).or_default().push(score);
        if !open {
            groups.entry("= all but open").or_default().push(score);
            if (70.0..=180.0).contains(bpm) {
                groups.entry("= of these, 70 to 180").or_default().push(score);
            }
        }
    }
    println!(
        "{:34} {:>4} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6}",
        "", "n", "acc1", "acc2", "top2", "beats", "bars", "metre", "swing"
    );
    for (group, scores) in &groups {
        let part = |of: &dyn Fn(&Score) -> Option<f64>| {
            let known: Vec<f64> = scores.iter().filter_map(|score| of(score)).collect();
            if known.is_empty() {
                return "     –".to_owned();
            }
            format!("{:6.3}", known.iter().sum::<f64>() / known.len() as f64)
        };
        let yes = |x: bool| Some(f64::from(u8::from(x)));
        println!(
            "{group:34} {:4} {} {} {} {} {} {} {}",
            scores.len(),
            part(&|s| yes(s.exact)),
            part(&|s| yes(s.octave)),
            part(&|s| yes(s.second)),
            part(&|s| Some(s.beats)),
            part(&|s| s.bars),
            part(&|s| s.metre.and_then(yes)),
            part(&|s| s.swing_off.map(|off| 1.0 - off.min(1.0))),
        );
    }
    println!("\nhow sure, and how often right (all but open):");
    let rights: [(&str, Right); 3] = [
        ("tempo", &|s| Some(s.exact)),
        ("metre", &|s| s.metre),
        ("first beats", &|s| s.bars.map(|bars| bars >= 0.9)),
    ];
    for (which, (name, right)) in rights.iter().enumerate() {
        print!("{name:12}");
        for (low, high) in [(0.0, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)] {
            let here: Vec<(f64, bool)> = scores
                .iter()
                .filter(|(_, open, _, score)| !open && (low..high).contains(&score.sure[which]))
                .filter_map(|(_, _, _, score)| Some((score.sure[which], right(score)?)))
                .collect();
            if here.is_empty() {
                continue;
            }
            let count = here.len() as f64;
            let said = here.iter().map(|(sure, _)| sure).sum::<f64>() / count;
            let was = here.iter().filter(|(_, right)| *right).count() as f64 / count;
            print!("  {said:.2}:{was:.2} (n {})", here.len());
        }
        println!();
    }
    let wrong = |score: &&Score| !score.exact && score.sure[0] > 0.75;
    let open: Vec<&Score> =
        scores.iter().filter(|(_, open, _, _)| *open).map(|(_, _, _, score)| score).collect();
    println!(
        "wrong and surer than 0.75: {} of {} with a known octave, {} of {} open ones",
        scores.iter().filter(|(_, open, _, score)| !open && wrong(&score)).count(),
        scores.len() - open.len(),
        open.iter().copied().filter(|score| wrong(score)).count(),
        open.len(),
    );
}
