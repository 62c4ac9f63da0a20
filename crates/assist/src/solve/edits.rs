//! Turned knobs as ordinary edits, each with the goal that it serves.

use std::collections::BTreeMap;

use mixkeel_analysis::energy::CELLS_PER_S;
use mixkeel_dsp::param::Value;
use mixkeel_dsp::units::gain_from_db;
use mixkeel_session::address::Address;
use mixkeel_session::edit::{Content, Edit, Sureness};
use mixkeel_session::session::{Id, Session};

use super::Problem;
use super::knobs::{Knob, TONES, What};
use crate::rule::Proposal;
use crate::things::NewInsert;

/// Bells two octaves wide.
pub(super) const BELL_Q: f64 = 0.67;

/// How long a level takes to move at a section's border: as `sections/lift` moves, but outside of the section, so that what
/// was asked for is there from its first note to its last.
const RAMP_S: f64 = 0.2;

/// Sections that follow on each other within this are one stretch. Ours: a cell of the automation's grid at any rate.
const TOGETHER_S: f64 = 0.01;

/// Which goal each change serves, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    /// What was turned: `+1.4 dB on Lead Vox in verse 2`.
    pub what: String,
    /// Why, in the words of whoever wanted it: `"the vocal is audible" failed by 0.9 phon on laptop`.
    pub because: String,
    /// What it costs, in noticeable steps.
    pub price: f64,
}

/// The edits that turn a session's knobs, by whom, and each change in words.
pub fn edits(problem: &Problem<'_>, amounts: &[f64], by: &'static str) -> (Vec<Edit>, Vec<Words>) {
    let turned: Vec<(usize, &Knob, f64)> = problem
        .knobs
        .iter()
        .zip(amounts)
        .enumerate()
        .filter(|(_, (_, amount))| **amount != 0.0)
        .map(|(number, (knob, amount))| (number, knob, *amount))
        .collect();
    let words: Vec<Words> = turned
        .iter()
        .map(|(number, knob, amount)| Words {
            what: what(problem, knob, *amount),
            because: because(problem, amounts, *number),
            price: knob.price(*amount),
        })
        .collect();
    let mut strips: BTreeMap<&Id, Vec<(&Knob, f64, &Words)>> = BTreeMap::new();
    for ((_, knob, amount), words) in turned.iter().zip(&words) {
        for strip in &knob.strips {
            strips.entry(strip).or_default().push((knob, *amount, words));
        }
    }
    let mut edits = Vec::new();
    for (strip, turned) in strips {
        edits.extend(of_strip(problem, strip, &turned, by));
    }
    (edits, words)
}

type Turned<'k> = (&'k Knob, f64, &'k Words);

fn of_strip(problem: &Problem<'_>, strip: &str, turned: &[Turned<'_>], by: &'static str) -> Vec<Edit> {
    let session = problem.session;
    let Some(view) = session.strip(strip) else { return headroom(session, turned, by) };
    let why = |some: &[&Turned<'_>]| -> String {
        let texts: Vec<String> =
            some.iter().map(|(_, _, words)| format!("{}: {}", words.what, words.because)).collect();
        texts.join("; ")
    };
    let of = |is: fn(&What) -> bool| turned.iter().filter(|(knob, _, _)| is(&knob.what)).collect::<Vec<_>>();
    let propose = |some: &[&Turned<'_>]| Proposal::new(by, Sureness::Certain, why(some));
    let mut edits: Vec<Edit> = Vec::new();
    // A strip may lie in several hands: what they turn adds up.
    let sum = |some: &[&Turned<'_>]| some.iter().map(|(_, amount, _)| amount).sum::<f64>();
    let faders = of(|what| *what == What::Fader);
    if !faders.is_empty() {
        edits.extend(propose(&faders).set_number(session, strip, "fader_db", view.fader_db + sum(&faders)));
    }
    let sides = of(|what| *what == What::Width);
    if !sides.is_empty() {
        let width = view.width * gain_from_db(sum(&sides));
        edits.extend(propose(&sides).set_number(session, strip, "width", width));
    }
    for send in view.sends {
        let own = |one: &&Turned<'_>| matches!(&one.0.what, What::Send(to) if *to == send.to);
        let some: Vec<&Turned<'_>> = turned.iter().filter(own).collect();
        if some.is_empty() {
            continue;
        }
        let address = Address::of_part(strip, &send.id, "level_db");
        let level_db = libm::round((send.level_db + sum(&some)) * 100.0) / 100.0;
        let number = |db: f64| Content::Value(Value::Number(db));
        edits.push(propose(&some).finish(address, Some(number(send.level_db)), number(level_db)));
    }
    let moves = of(|what| matches!(what, What::Section(_) | What::Ride));
    if !moves.is_empty() {
        let parts: Vec<Points> = moves.iter().map(|one| points(problem, one.0, one.1)).collect();
        let points = with_earlier(session, strip, "fader_db", by, parts);
        edits.extend(propose(&moves).lane(session, strip, "goals", "fader_db", &points));
    }
    let wider = of(|what| matches!(what, What::WidthIn(_)));
    if !wider.is_empty() {
        // Lanes are offsets on the width as it stands; what is turned always comes first.
        let width = view.width * gain_from_db(sum(&sides));
        let parts: Vec<Points> = wider
            .iter()
            .map(|one| {
                let offset = width * (gain_from_db(one.1) - 1.0);
                points(problem, one.0, 1.0).into_iter().map(|(s, part)| (s, part * offset)).collect()
            })
            .collect();
        let points = with_earlier(session, strip, "width", by, parts);
        edits.extend(propose(&wider).lane(session, strip, "goals-width", "width", &points));
    }
    let tones = of(|what| matches!(what, What::Tone(_)));
    if !tones.is_empty() {
        edits.extend(propose(&tones).insert(session, strip, &equaliser(session, strip, &tones, by)));
    }
    for one in of(|what| *what == What::Attack) {
        let before = own_number(session, strip, "transient", "attack_db", by);
        let attack_db = before + one.1;
        let insert =
            NewInsert::of("transient").number("attack_db", attack_db).number("sustain_db", -attack_db);
        edits.extend(propose(&[one]).insert(session, strip, &insert));
    }
    edits
}

fn headroom(session: &Session, turned: &[Turned<'_>], by: &'static str) -> Vec<Edit> {
    turned
        .iter()
        .filter(|(knob, _, _)| knob.what == What::Headroom)
        .filter_map(|(_, amount, words)| {
            let because = format!("{}: {}", words.what, words.because);
            let to = (session.master.headroom_db + amount).min(0.0);
            Proposal::new(by, Sureness::Certain, because).set_number(session, "master", "headroom_db", to)
        })
        .collect()
}

/// An equaliser with the bands that were turned, on those that an earlier answer set.
fn equaliser(session: &Session, strip: &str, tones: &[&Turned<'_>], by: &str) -> NewInsert {
    let mut insert = NewInsert::of("eq");
    for (number, (_, shape, hz)) in TONES.iter().enumerate() {
        let band = |parameter: &str| format!("band.{}/{parameter}", number + 1);
        let before = own_number(session, strip, "eq", &band("gain_db"), by);
        let own = tones.iter().filter(|one| one.0.what == What::Tone(number));
        let turned: f64 = own.map(|one| one.1).sum();
        if before + turned != 0.0 {
            insert = insert
                .word(&band("shape"), shape)
                .about(&band("freq_hz"), *hz)
                .number(&band("gain_db"), before + turned);
            if *shape == "bell" {
                insert = insert.number(&band("q"), BELL_Q);
            }
        }
    }
    insert
}

/// What an insert of ours is set to; nothing where there is none.
fn own_number(session: &Session, strip: &str, kind: &str, path: &str, by: &str) -> f64 {
    let own = session.strip(strip).and_then(|strip| {
        strip.inserts.iter().find(|insert| insert.kind.id == kind && insert.by.as_deref() == Some(by))
    });
    match own.and_then(|insert| insert.settings.get(path)) {
        Some(Value::Number(number)) => number,
        _ => 0.0,
    }
}

type Points = Vec<(f64, f64)>;

/// What a knob adds over time.
fn points(problem: &Problem<'_>, knob: &Knob, amount: f64) -> Points {
    if let What::Section(places) | What::WidthIn(places) = &knob.what {
        let spans = spans(problem, places);
        // What lies between two of them is left alone, however short it is.
        let ramp_s = |from: Option<f64>, to: Option<f64>| match (from, to) {
            (Some(from), Some(to)) => RAMP_S.min((to - from) / 2.0),
            _ => RAMP_S,
        };
        let end_before = |n: usize| n.checked_sub(1).and_then(|before| spans.get(before)).map(|span| span.1);
        let begin_after = |n: usize| spans.get(n + 1).map(|span| span.0);
        return spans
            .iter()
            .enumerate()
            .flat_map(|(n, &(from_s, to_s))| {
                let before_s = (from_s - ramp_s(end_before(n), Some(from_s))).max(0.0);
                let after_s = to_s + ramp_s(Some(to_s), begin_after(n));
                let begins = (before_s < from_s).then_some((before_s, 0.0));
                begins.into_iter().chain([(from_s, amount), (to_s, amount), (after_s, 0.0)])
            })
            .collect();
    }
    let Some(curve) = &knob.curve else { return Vec::new() };
    // One point in the middle of each second that is ridden alike.
    let second = CELLS_PER_S as usize;
    let seconds = curve.chunks(second).enumerate();
    seconds.map(|(n, some)| (n as f64 + 0.5, amount * some.first().copied().unwrap_or(0.0))).collect()
}

/// From where to where some sections last. Where one follows on another, nothing moves between them.
fn spans(problem: &Problem<'_>, places: &[usize]) -> Vec<(f64, f64)> {
    let ids = places.iter().filter_map(|number| problem.desk.sections().get(*number)).map(|place| &place.id);
    let mut spans: Vec<(f64, f64)> = ids
        .filter_map(|id| problem.session.sections.iter().find(|section| section.id == *id))
        .map(|section| (section.from_s, section.to_s))
        .collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut joined: Vec<(f64, f64)> = Vec::new();
    for (from_s, to_s) in spans {
        match joined.last_mut() {
            Some(last) if from_s - last.1 <= TOGETHER_S => last.1 = last.1.max(to_s),
            _ => joined.push((from_s, to_s)),
        }
    }
    joined
}

/// Several movements as one, on top of what an earlier answer wrote for the same parameter.
fn with_earlier(session: &Session, strip: &str, of: &str, by: &str, mut parts: Vec<Points>) -> Points {
    let lanes = session.strip(strip).map(|strip| strip.lanes).unwrap_or_default();
    parts.extend(
        lanes
            .iter()
            .filter(|lane| lane.by.as_deref() == Some(by) && lane.of == of)
            .map(|lane| lane.points.clone()),
    );
    let mut times: Vec<f64> = parts.iter().flatten().map(|(s, _)| *s).collect();
    times.sort_by(f64::total_cmp);
    times.dedup();
    times.into_iter().map(|s| (s, parts.iter().map(|points| at(points, s)).sum())).collect()
}

fn at(points: &[(f64, f64)], s: f64) -> f64 {
    let after = points.partition_point(|(time, _)| *time <= s);
    match (after.checked_sub(1).and_then(|before| points.get(before)), points.get(after)) {
        (Some(&(t0, a)), Some(&(t1, b))) => a + (b - a) * (s - t0) / (t1 - t0),
        (Some(&(_, a)), None) => a,
        (None, Some(&(_, b))) => b,
        (None, None) => 0.0,
    }
}

/// `+1.4 dB on Lead Vox in verse 2`.
fn what(problem: &Problem<'_>, knob: &Knob, amount: f64) -> String {
    let name = called(problem, &knob.strips);
    let db = if amount < 0.0 { format!("−{:.1} dB", -amount) } else { format!("+{amount:.1} dB") };
    match &knob.what {
        What::Fader => format!("{db} on {name}"),
        What::Section(places) => format!("{db} on {name}{}", in_sections(problem, places)),
        What::Tone(number) => {
            let tone = TONES.get(*number).map_or("tone", |(name, _, _)| name);
            format!("{db} of {tone} on {name}")
        }
        What::Width => format!("{db} on the sides of {name}"),
        What::WidthIn(places) => format!("{db} on the sides of {name}{}", in_sections(problem, places)),
        What::Send(to) => format!("{db} from {name} to {to}"),
        What::Ride => format!("{:.0} % of a ride on {name}", 100.0 * amount),
        What::Attack => format!("{db} of attack on {name}"),
        What::Headroom => format!("{db} on everything"),
    }
}

/// Strips by the names that their owner gave them.
pub(super) fn called(problem: &Problem<'_>, strips: &[Id]) -> String {
    let name = |id: &Id| {
        let named = problem.session.tracks.iter().find(|track| track.id == *id);
        named.map_or(id.clone(), |track| track.name.clone())
    };
    match strips {
        [] => String::new(),
        [one] => name(one),
        [others @ .., last] => {
            format!("{} and {}", others.iter().map(name).collect::<Vec<_>>().join(", "), name(last))
        }
    }
}

/// ` in verse 2`; ` in every chorus` where all of a kind are meant.
fn in_sections(problem: &Problem<'_>, places: &[usize]) -> String {
    let sections = problem.desk.sections();
    let own: Vec<_> = places.iter().filter_map(|number| sections.get(*number)).collect();
    let kind = own.first().map(|place| place.kind.as_str()).unwrap_or_default();
    let of_kind = |place: &crate::desk::Place| place.kind == kind;
    let all = own.len() == sections.iter().filter(|place| of_kind(place)).count();
    if own.len() > 1 && all && own.iter().all(|place| of_kind(place)) {
        return format!(" in every {kind}");
    }
    let names: Vec<String> = own.iter().map(|place| place.id.replace('-', " ")).collect();
    if names.is_empty() { String::new() } else { format!(" in {}", names.join(" and ")) }
}

/// Whom a change serves: the goal that fell short and loses most when one knob is put back; where none did, the one that
/// would no longer pass.
fn because(problem: &Problem<'_>, amounts: &[f64], knob: usize) -> String {
    let mut without = amounts.to_vec();
    if let Some(place) = without.get_mut(knob) {
        *place = 0.0;
    }
    let (with, without) = (problem.shorts(amounts), problem.shorts(&without));
    let lost = |goal: usize| -> f64 {
        let loss = with.get(goal).zip(without.get(goal)).map_or(0.0, |(with, without)| without - with);
        if loss.is_finite() { loss } else { 0.0 }
    };
    let fell_short = |goal: &usize| problem.short_now(*goal).is_some_and(|short| short > 0.01);
    let all = 0..problem.wanted.len();
    let helped = |goal: &usize| lost(*goal) > 0.01;
    let most = |goals: &mut dyn Iterator<Item = usize>| goals.max_by(|a, b| lost(*a).total_cmp(&lost(*b)));
    let served = most(&mut all.clone().filter(fell_short).filter(helped)).or_else(|| most(&mut all.clone()));
    let Some(one) = served.and_then(|goal| problem.wanted.get(goal)) else { return String::new() };
    let Some(value) = one.rendered else { return format!("for \"{}\"", one.name) };
    if one.is_note {
        return format!("you said \"{}\"", one.name);
    }
    let row = one.meaning.that.row();
    let on = one.meaning.on.as_ref().map(|on| format!(" on {on}")).unwrap_or_default();
    let margin = mixkeel_judge::goals::margin(&one.meaning, value);
    if margin >= 0.0 {
        return format!("so that \"{}\" still passes{on}", one.name);
    }
    format!("\"{}\" failed by {:.1} {}{on}", one.name, -margin, row.unit)
}
