//! Predicates of goals: they move the right way when the knob is turned, and see nothing else.
#![allow(clippy::unwrap_used)] // a goal that cannot be measured here has failed

use mixkeel_analysis::energy::{Power, lower_hz};
use mixkeel_analysis::spectrum::erb_bands::ERB_BANDS;
use mixkeel_analysis::spectrum::records::record_db;
use mixkeel_analysis::spectrum::third_octave::mid_hz;
use mixkeel_analysis::spectrum::{Pair, Span};
use mixkeel_dsp::units::{db_from_power, power_from_db};
use mixkeel_judge::evidence::BANDS;
use mixkeel_judge::goals::{Audibility, Heard, Others, Reference, measure};
use mixkeel_session::goal::{Beside, Meaning, ROWS, SYSTEMS, That, Who};
use proptest::prelude::*;

/// The spectrum of the average record with so much treble from 1 kHz on.
fn record_like(level_db: f64, treble_db: f64) -> Span {
    let pair = |band: usize| {
        let treble_db = if mid_hz(band) > 1_000.0 { treble_db } else { 0.0 };
        let power = power_from_db(record_db(band) + level_db + treble_db);
        Pair { left: power, right: power, ..Pair::default() }
    };
    Span {
        bands: std::array::from_fn(pair),
        erb: [0.0; ERB_BANDS],
        weighted: Pair::default(),
        frames: 48_000.0,
    }
}

/// A voice and a band in a verse and a chorus, whose knobs can be turned.
#[derive(Clone, Debug)]
struct Toy {
    /// Level of the voice and of the band in dB, in verse and chorus.
    levels_db: [[f64; 2]; 2],
    /// Side over mid of both, as amplitude, in verse and chorus.
    width: [f64; 2],
    /// Treble and low middle of the voice in dB.
    treble_db: f64,
    low_mid_db: f64,
    /// Level of its returns in dB.
    wet_db: f64,
    /// How far the attacks of the voice stand over its body.
    attack_db: f64,
    /// What a phone takes of the band, in phon.
    phone_phon: f64,
    gain_db: f64,
}

impl Default for Toy {
    fn default() -> Self {
        Self {
            levels_db: [[-20.0, -18.0], [-18.0, -14.0]],
            width: [0.3, 0.5],
            treble_db: 0.0,
            low_mid_db: 0.0,
            wet_db: -34.0,
            attack_db: 6.0,
            phone_phon: 20.0,
            gain_db: 0.0,
        }
    }
}

fn places(place: Option<&str>) -> &'static [usize] {
    match place {
        None => &[0, 1],
        Some("verse-1" | "verse") => &[0],
        Some("chorus-1" | "chorus") => &[1],
        Some(_) => &[],
    }
}

/// Whether voice and band are meant.
fn parts(who: &Who) -> [bool; 2] {
    ["voice", "band"].map(|id| match who {
        Who::Mix => true,
        Who::Tracks(ids) => ids.iter().any(|one| one == id),
        Who::Rest(ids) => !ids.iter().any(|one| one == id),
    })
}

impl Heard for Toy {
    fn places(&self) -> Vec<(String, String)> {
        [("verse-1", "verse"), ("chorus-1", "chorus")].map(|(a, b)| (a.to_owned(), b.to_owned())).to_vec()
    }

    fn lufs(&self, who: &Who, place: Option<&str>) -> Option<f64> {
        let steps = self.steps(who, place);
        let mean = steps.iter().sum::<f64>() / steps.len().max(1) as f64;
        (mean > 0.0).then(|| db_from_power(mean))
    }

    fn bands(&self, who: &Who, place: Option<&str>) -> Option<Vec<Power>> {
        let mut sum = vec![Power::default(); BANDS];
        for track in (0..2).filter(|&track| parts(who)[track]) {
            for &at in places(place) {
                for (band, power) in sum.iter_mut().enumerate() {
                    let shape_db = match lower_hz(band) {
                        _ if track == 1 => 0.0,
                        hz if hz > 2000.0 => self.treble_db,
                        hz if (150.0..450.0).contains(&hz) => self.low_mid_db,
                        _ => 0.0,
                    };
                    let level_db = self.levels_db[track][at] + self.gain_db + shape_db;
                    let total = power_from_db(level_db) / BANDS as f64;
                    let side = self.width[at] * self.width[at] / (1.0 + self.width[at] * self.width[at]);
                    power.left += total / 2.0;
                    power.right += total / 2.0;
                    power.cross += total / 2.0 * (1.0 - 2.0 * side);
                }
            }
        }
        sum.iter().any(|power| power.left > 0.0).then_some(sum)
    }

    fn steps(&self, who: &Who, place: Option<&str>) -> Vec<f64> {
        let sounds = parts(who);
        let step = |at: usize, n: usize| {
            let power = |track: usize| {
                let attack_db = if track == 0 && n.is_multiple_of(10) { self.attack_db } else { 0.0 };
                power_from_db(self.levels_db[track][at] + self.gain_db + attack_db)
            };
            (0..2).filter(|&track| sounds[track]).map(power).sum::<f64>()
        };
        places(place)
            .iter()
            .flat_map(|&at| (0..100).map(move |n| (at, n)))
            .map(|(at, n)| step(at, n))
            .collect()
    }

    fn audibility(&self, who: &Who, place: Option<&str>, on: &str) -> Option<Audibility> {
        let own = self.lufs(who, place)? + 100.0 - self.gain_db;
        let rest = match who {
            Who::Tracks(ids) => self.lufs(&Who::Rest(ids.clone()), place),
            _ => None,
        };
        let taken = rest.map_or(0.0, |rest| (rest + 100.0 - self.gain_db - own + 10.0).max(0.0));
        // A phone takes 12 phon of everything, and more of the band, whose bass it has not.
        let lost = match (on, parts(who)) {
            ("phone", [false, true]) => self.phone_phon,
            ("phone", _) => 12.0,
            _ => 0.0,
        };
        Some(Audibility { alone_phon: own - lost, within_phon: own - taken - lost })
    }

    fn taken(&self, who: &Who, by: &Who, place: Option<&str>) -> Option<f64> {
        let [own, other] = [self.lufs(who, place)?, self.lufs(by, place)?].map(power_from_db);
        Some(other / (own + other))
    }

    fn wet_lufs(&self, who: &Who, _: Option<&str>) -> Option<f64> {
        parts(who)[0].then_some(self.wet_db + self.gain_db)
    }

    fn sample_peak_dbfs(&self) -> Option<f64> {
        Some(self.lufs(&Who::Mix, None)? + 10.0)
    }

    fn spectra(&self, _: Option<&str>) -> Vec<Span> {
        vec![record_like(self.gain_db, self.treble_db)]
    }
}

/// Something of which only the bands are known.
struct Bands(Vec<Power>);

impl Heard for Bands {
    fn places(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    fn lufs(&self, _: &Who, _: Option<&str>) -> Option<f64> {
        None
    }

    fn bands(&self, _: &Who, _: Option<&str>) -> Option<Vec<Power>> {
        Some(self.0.clone())
    }

    fn steps(&self, _: &Who, _: Option<&str>) -> Vec<f64> {
        Vec::new()
    }

    fn audibility(&self, _: &Who, _: Option<&str>, _: &str) -> Option<Audibility> {
        None
    }

    fn taken(&self, _: &Who, _: &Who, _: Option<&str>) -> Option<f64> {
        None
    }

    fn wet_lufs(&self, _: &Who, _: Option<&str>) -> Option<f64> {
        None
    }

    fn sample_peak_dbfs(&self) -> Option<f64> {
        None
    }

    fn spectra(&self, _: Option<&str>) -> Vec<Span> {
        Vec::new()
    }
}

fn voice() -> Who {
    Who::Tracks(vec!["voice".to_owned()])
}

fn band() -> Who {
    Who::Tracks(vec!["band".to_owned()])
}

fn meaning(that: That, of: Who, than: Option<Beside>) -> Meaning {
    let row = that.row();
    let (at_least, at_most) = if row.rising { (Some(row.usual), None) } else { (None, Some(row.usual)) };
    let on = (that == That::Translates).then(|| "phone".to_owned());
    let within = (that == That::Biggest).then(|| "chorus".to_owned());
    Meaning { that, of, than, on, within, at_least, at_most }
}

fn margin(meaning: &Meaning, toy: &Toy) -> f64 {
    measure(meaning, toy, Others { before: Some(&Toy::default()), references: &[] }).unwrap().margin
}

type Knob = fn(&mut Toy, f64);

/// One goal of each predicate, and the knob that it is about, turned the way that helps.
fn every() -> Vec<(Meaning, Knob)> {
    let rest = || Some(Beside::Who(Who::Rest(vec!["voice".to_owned()])));
    let verse = || Some(Beside::Section("verse".to_owned()));
    let other = || Some(Beside::Who(band()));
    let up: Knob = |toy, by| toy.levels_db[0].iter_mut().for_each(|db| *db += by);
    let in_chorus = |meaning| Meaning { within: Some("chorus".to_owned()), ..meaning };
    vec![
        (meaning(That::Audible, voice(), None), up),
        (meaning(That::Louder, voice(), rest()), up),
        (meaning(That::Steady, voice(), None), |toy, by| {
            // The voice follows the band a little more closely.
            toy.levels_db[0][1] += by / 2.0;
        }),
        (in_chorus(meaning(That::Wider, Who::Mix, verse())), |toy, by| toy.width[1] *= 1.0 + by / 10.0),
        (meaning(That::Brighter, voice(), other()), |toy, by| toy.treble_db += by),
        (meaning(That::Warmer, voice(), other()), |toy, by| toy.low_mid_db += by),
        (meaning(That::Punchier, voice(), other()), |toy, by| toy.attack_db += by),
        (meaning(That::Drier, voice(), other()), |toy, by| toy.wet_db -= by),
        (meaning(That::Closer, voice(), other()), up),
        (meaning(That::Uncovered, voice(), other()), up),
        (meaning(That::MonoSafe, Who::Mix, None), |toy, by| {
            toy.width.iter_mut().for_each(|width| *width /= 1.0 + by / 10.0);
        }),
        (meaning(That::Translates, band(), None), |toy, by| toy.phone_phon -= by),
        (meaning(That::Headroom, Who::Mix, None), |toy, by| toy.gain_db -= by),
        (meaning(That::Biggest, Who::Mix, None), |toy, by| toy.levels_db[1][1] += by),
        (meaning(That::Balanced, Who::Mix, None), |toy, by| toy.treble_db = 8.0 - by),
    ]
}

proptest! {
    #[test]
    fn the_knob_that_a_goal_names_moves_its_margin_the_right_way(one in 0.1_f64..1.5, more in 0.3_f64..2.0) {
        for (goal, turn) in every() {
            let (mut less, mut further) = (Toy::default(), Toy::default());
            turn(&mut less, one);
            turn(&mut further, one + more);
            let (a, b) = (margin(&goal, &less), margin(&goal, &further));
            prop_assert!(b > a, "{goal}: {a} then {b}");
        }
    }

    #[test]
    fn turning_everything_up_changes_no_goal_but_headroom(by in -20.0_f64..20.0) {
        for (goal, _) in every().into_iter().filter(|(goal, _)| goal.that != That::Headroom) {
            let turned = Toy { gain_db: by, ..Toy::default() };
            let (a, b) = (margin(&goal, &Toy::default()), margin(&goal, &turned));
            prop_assert!((a - b).abs() < 1e-9, "{goal}: {a} and {b}");
        }
    }
}

#[test]
fn every_predicate_is_held_to_these_laws() {
    let held = every();
    for row in ROWS {
        assert!(held.iter().any(|(goal, _)| goal.that == row.that), "{}", row.word);
    }
}

proptest! {
    #[test]
    fn what_changes_nothing_moves_no_margin(louder in -6.0_f64..6.0, wide in 0.1_f64..0.9, treble in -4.0_f64..4.0) {
        let mut toy = Toy { width: [wide, wide / 2.0], treble_db: treble, ..Toy::default() };
        toy.levels_db[0][1] += louder;
        for (goal, turn) in every() {
            let before = margin(&goal, &toy);
            let mut same = toy.clone();
            turn(&mut same, 0.0);
            // Of what is like a record the knob sets the treble, whatever it was.
            if goal.that != That::Balanced {
                prop_assert_eq!(margin(&goal, &same), before, "{}", goal);
            }
        }
    }

    #[test]
    fn who_is_named_first_changes_no_goal(level in -24.0_f64..-8.0) {
        let mut toy = Toy::default();
        toy.levels_db[0][0] = level;
        let named = |ids: [&str; 2]| Who::Tracks(ids.map(str::to_owned).to_vec());
        let every = every().into_iter().filter(|(goal, _)| !matches!(goal.that, That::Balanced | That::Headroom));
        for (goal, _) in every {
            let of = |who: Who| {
                let goal = Meaning { of: who, ..goal.clone() };
                measure(&goal, &toy, Others::default()).map(|reading| reading.margin)
            };
            prop_assert_eq!(of(named(["voice", "band"])), of(named(["band", "voice"])), "{}", goal);
        }
    }
}

#[test]
fn nothing_changed_is_no_difference() {
    let toy = Toy::default();
    for that in [That::Louder, That::Brighter, That::Warmer, That::Punchier, That::Drier, That::Closer] {
        let goal = meaning(that, voice(), Some(Beside::Before));
        assert_eq!(
            measure(&goal, &toy, Others { before: Some(&toy), references: &[] }).unwrap().value,
            0.0,
            "{goal}"
        );
    }
    let wider = meaning(That::Wider, Who::Mix, Some(Beside::Before));
    assert_eq!(measure(&wider, &toy, Others { before: Some(&toy), references: &[] }).unwrap().value, 1.0);
}

#[test]
fn a_phone_without_bass_costs_the_band_and_not_the_voice() {
    let of = |who: Who| {
        measure(&meaning(That::Translates, who, None), &Toy::default(), Others::default()).unwrap()
    };
    // What the rest takes it takes on both systems, so that only the phone's own loss is left.
    assert!(of(voice()).value.abs() < 1e-9 && of(voice()).passes());
    assert!((of(band()).value - 8.0).abs() < 1e-9 && !of(band()).passes());
}

#[test]
fn a_mix_is_balanced_like_the_mean_of_the_references_that_are_named() {
    let reference =
        |id: &str, treble_db| Reference { id: id.to_owned(), spectrum: record_like(-7.0, treble_db) };
    let references = [reference("dull", -8.0), reference("bright", 2.0)];
    let like = |ids: &[&str], toy: &Toy| {
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        let goal = meaning(That::Balanced, Who::Mix, Some(Beside::References(ids)));
        measure(&goal, toy, Others { before: None, references: &references }).map(|reading| reading.value)
    };
    let dull = |treble_db| Toy { treble_db, gain_db: -3.0, ..Toy::default() };
    assert!(like(&["dull"], &dull(-8.0)).unwrap() < 1e-9, "it is its reference, 4 dB louder");
    assert!(like(&["dull"], &dull(0.0)).unwrap() > 3.0 && like(&["bright"], &dull(0.0)).unwrap() < 1.1);
    assert!(like(&["dull", "bright"], &dull(-3.0)).unwrap() < 1e-9, "half way between them");
    assert!(like(&["lost"], &dull(0.0)).unwrap_err().contains("reference"));
}

#[test]
fn low_order_harmonics_warm_a_high_voice_where_its_low_middle_ends() {
    // A voice whose lowest partial lies at 300 Hz, with its third harmonic turned; and a bass at 60 Hz with its second.
    let sung = |fundamental_hz: f64, harmonic: f64, by_db: f64| {
        let partial = |hz: f64| (0..BANDS).find(|&band| (lower_hz(band)..lower_hz(band + 1)).contains(&hz));
        let mut bands = vec![Power::default(); BANDS];
        for (times, level_db) in [(1.0, 0.0), (2.0, -6.0), (3.0, -9.0), (2_700.0 / fundamental_hz, -20.0)] {
            let turned_db = if times == harmonic { by_db } else { 0.0 };
            let band = &mut bands[partial(times * fundamental_hz).unwrap()];
            band.left += power_from_db(level_db + turned_db);
        }
        Bands(bands)
    };
    let warmer = |hz: f64, harmonic: f64| {
        let goal = meaning(That::Warmer, voice(), Some(Beside::Before));
        let (before, after) = (sung(hz, harmonic, 0.0), sung(hz, harmonic, 3.0));
        measure(&goal, &after, Others { before: Some(&before), references: &[] }).unwrap().value
    };
    assert!(warmer(300.0, 3.0) > 0.2, "{}", warmer(300.0, 3.0));
    assert!(warmer(60.0, 2.0) > 0.5, "{}", warmer(60.0, 2.0));
    assert!(warmer(300.0, 9.0) < -1.0, "the ninth is cold: {}", warmer(300.0, 9.0));
}

#[test]
fn the_section_where_it_is_worst_is_named() {
    let goal = meaning(That::Louder, voice(), Some(Beside::Who(band())));
    let reading = measure(&goal, &Toy::default(), Others::default()).unwrap();
    let (section, margin) = reading.worst.clone().unwrap();
    assert_eq!(section, "chorus-1", "there the band is 4 dB over the voice");
    assert!(margin < reading.margin);
}

#[test]
fn what_cannot_be_measured_says_why() {
    let toy = Toy::default();
    let nobody = Who::Tracks(vec!["nobody".to_owned()]);
    let silent = measure(&meaning(That::Louder, nobody, Some(Beside::Who(band()))), &toy, Others::default())
        .unwrap_err();
    assert!(silent.contains("nobody does not sound"), "{silent}");
    let first =
        measure(&meaning(That::Louder, voice(), Some(Beside::Before)), &toy, Others::default()).unwrap_err();
    assert!(first.contains("no earlier version"));
    let part = measure(&meaning(That::Balanced, voice(), None), &toy, Others::default()).unwrap_err();
    assert!(part.contains("whole mix"));
}

#[test]
fn every_system_that_a_goal_may_name_can_be_heard_on() {
    for (id, _) in SYSTEMS {
        let reference = mixkeel_analysis::playback::REFERENCE.id;
        assert!(mixkeel_analysis::playback::find(id).is_some() || *id == reference, "{id}");
    }
}
