//! Turned knobs as ordinary edits, each with the goal that it serves.

use std::collections::BTreeMap;

use mixkeel_analysis::energy::CELLS_PER_S;
use mixkeel_dsp::param::Value;
use mixkeel_dsp::units::gain_from_db;
use mixkeel_session::address::Address;
use mixkeel_session::edit::{Content, Edit, Sureness};
use mixkeel_session::goal::That;
use mixkeel_session::session::{Id, Session};

use super::Problem;
use super::knobs::{Knob, TONES, What};
use crate::rule::Proposal;
use crate::things::NewInsert;

/// Bells two octaves wide.
pub(super) const BELL_Q: f64 = 0.67;

/// How long a level takes to move at a section's border: as `sections/lift` moves.
const RAMP_S: f64 = 0.2;

/// Which goal each change serves, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    /// What was turned: `+1.4 dB on Lead Vox in verse 2`.
    pub what: String,
    /// Why: `goal-1 failed there by 0.9 phon on laptop`.
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
        strips.entry(&knob.strip).or_default().push((knob, *amount, words));
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
    for one in of(|what| *what == What::Fader) {
        edits.extend(propose(&[one]).set_number(session, strip, "fader_db", view.fader_db + one.1));
    }
    for one in of(|what| *what == What::Width) {
        edits.extend(propose(&[one]).set_number(session, strip, "width", view.width * gain_from_db(one.1)));
    }
    for one in of(|what| matches!(what, What::Send(_))) {
        let What::Send(to) = &one.0.what else { continue };
        for send in view.sends.iter().filter(|send| send.to == *to) {
            let address = Address::of_part(strip, &send.id, "level_db");
            let level_db = libm::round((send.level_db + one.1) * 100.0) / 100.0;
            let number = |db: f64| Content::Value(Value::Number(db));
            edits.push(propose(&[one]).finish(address, Some(number(send.level_db)), number(level_db)));
        }
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
        let always: f64 = of(|what| *what == What::Width).iter().map(|one| one.1).sum();
        let width = view.width * gain_from_db(always);
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
        let turned = tones.iter().find(|one| one.0.what == What::Tone(number)).map_or(0.0, |one| one.1);
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
    if let What::Section(number) | What::WidthIn(number) = knob.what {
        let place = problem.desk.sections().get(number);
        let section =
            place.and_then(|place| problem.session.sections.iter().find(|section| section.id == place.id));
        return section.map_or(Vec::new(), |section| {
            let ramp_s = RAMP_S.min((section.to_s - section.from_s) / 4.0);
            vec![
                (section.from_s, 0.0),
                (section.from_s + ramp_s, amount),
                (section.to_s - ramp_s, amount),
                (section.to_s, 0.0),
            ]
        });
    }
    let Some(curve) = &knob.curve else { return Vec::new() };
    // One point in the middle of each second that is ridden alike.
    let second = CELLS_PER_S as usize;
    let seconds = curve.chunks(second).enumerate();
    seconds.map(|(n, some)| (n as f64 + 0.5, amount * some.first().copied().unwrap_or(0.0))).collect()
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
    let named = problem.session.tracks.iter().find(|track| track.id == knob.strip);
    let name = named.map_or(knob.strip.as_str(), |track| track.name.as_str());
    let in_section = |number: usize| {
        let section = problem.desk.sections().get(number).map(|place| place.id.replace('-', " "));
        section.map(|section| format!(" in {section}")).unwrap_or_default()
    };
    let db = if amount < 0.0 { format!("−{:.1} dB", -amount) } else { format!("+{amount:.1} dB") };
    match &knob.what {
        What::Fader => format!("{db} on {name}"),
        What::Section(number) => format!("{db} on {name}{}", in_section(*number)),
        What::Tone(number) => {
            let tone = TONES.get(*number).map_or("tone", |(name, _, _)| name);
            format!("{db} of {tone} on {name}")
        }
        What::Width => format!("{db} on the sides of {name}"),
        What::WidthIn(number) => format!("{db} on the sides of {name}{}", in_section(*number)),
        What::Send(to) => format!("{db} from {name} to {to}"),
        What::Ride => format!("{:.0} % of a ride on {name}", 100.0 * amount),
        What::Attack => format!("{db} of attack on {name}"),
        What::Headroom => format!("{db} on everything"),
    }
}

/// The goal that loses most when one knob is put back, and by how much it failed.
fn because(problem: &Problem<'_>, amounts: &[f64], knob: usize) -> String {
    let mut without = amounts.to_vec();
    if let Some(place) = without.get_mut(knob) {
        *place = 0.0;
    }
    let (with, without) = (problem.shorts(amounts), problem.shorts(&without));
    let losses = with.iter().zip(&without).map(|(with, without)| without - with).enumerate();
    let helped = losses.filter(|(_, loss)| loss.is_finite()).max_by(|a, b| a.1.total_cmp(&b.1));
    let Some(one) = helped.and_then(|(goal, _)| problem.wanted.get(goal)) else { return String::new() };
    let Some(value) = one.rendered else { return format!("for {}", one.name) };
    let row = one.meaning.that.row();
    let on = one.meaning.on.as_ref().map(|on| format!(" on {on}")).unwrap_or_default();
    let margin = mixkeel_judge::goals::margin(&one.meaning, value);
    if margin >= 0.0 {
        return format!("so that {} still passes{on}", one.name);
    }
    let unit = if one.meaning.that == That::Wider { "times" } else { row.unit };
    format!("{} failed by {:.1} {unit}{on}", one.name, -margin)
}
