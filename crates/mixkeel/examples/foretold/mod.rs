//! Sessions turned at random, foretold and rendered: by how much the forecast of every measure's change is wrong.

use std::error::Error;
use std::path::Path;

use mixkeel::Silent;
use mixkeel::evidence::of_session;
use mixkeel::project::session_file::open;
use mixkeel::song::cache::Cache;
use mixkeel::song::measure::{Take, measure};
use mixkeel_assist::desk::Desk;
use mixkeel_assist::forecast::Forecast;
use mixkeel_assist::roles::role_from_name;
use mixkeel_assist::solve::knobs::What;
use mixkeel_assist::solve::{Problem, Wanted, edits};
use mixkeel_assist::song::{Song, TrackFacts};
use mixkeel_assist::start::Start;
use mixkeel_io::read::Downmix;
use mixkeel_judge::goals::{Others, Rendered, value_of};
use mixkeel_session::apply::apply;
use mixkeel_session::goal::{Beside, Meaning, That, Who};
use mixkeel_session::session::{Session, Track};
use mixkeel_session::write::write;

pub type Failure = Box<dyn Error>;

/// One change of one measure: what was foretold, and what the render measured. Of `wider` both are in dB.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    pub that: That,
    pub foretold: f64,
    pub heard: f64,
}

/// Everything that is measured, of the first track of the focus (or the first track) where it is about one.
fn meanings(session: &Session) -> Vec<Meaning> {
    let own = session
        .focus
        .first()
        .or_else(|| session.tracks.iter().find(|track| !track.mute).map(|track| &track.id));
    let who = Who::Tracks(own.cloned().into_iter().collect());
    let rest = match &who {
        Who::Tracks(ids) => Who::Rest(ids.clone()),
        other => other.clone(),
    };
    let meaning = |that: That, of: Who, than: Option<Beside>| Meaning {
        that,
        of,
        than,
        on: (that == That::Translates).then(|| "laptop".to_owned()),
        within: None,
        // Nothing passes, so that everything that could help is turned.
        at_least: that.row().rising.then_some(1e6),
        at_most: (!that.row().rising).then_some(-1e6),
    };
    let beside = || Some(Beside::Before);
    // Only what is sent somewhere can be heard drier.
    let is_sent = |track: &&Track| !track.mute && track.sends.iter().any(|send| send.level_db.is_finite());
    let sent = session.tracks.iter().find(is_sent);
    let sent = sent.map_or_else(|| who.clone(), |track| Who::Tracks(vec![track.id.clone()]));
    let mut all = vec![
        meaning(That::Audible, who.clone(), None),
        meaning(That::Louder, who.clone(), Some(Beside::Who(rest.clone()))),
        meaning(That::Steady, who.clone(), None),
        meaning(That::Wider, Who::Mix, beside()),
        meaning(That::Brighter, who.clone(), beside()),
        meaning(That::Warmer, Who::Mix, beside()),
        meaning(That::Punchier, who.clone(), beside()),
        meaning(That::Drier, sent, beside()),
        meaning(That::Closer, who.clone(), beside()),
        meaning(That::Uncovered, who.clone(), Some(Beside::Who(rest))),
        meaning(That::MonoSafe, Who::Mix, None),
        meaning(That::Translates, who, None),
        meaning(That::Balanced, Who::Mix, None),
        meaning(That::Headroom, Who::Mix, None),
    ];
    if let Some(section) = session.sections.get(1) {
        let biggest = meaning(That::Biggest, Who::Mix, None);
        all.push(Meaning { within: Some(section.id.clone()), ..biggest });
    }
    all
}

/// Turns a session at random so many times, and compares.
pub fn changes(path: &Path, times: u32, cache: &Cache) -> Result<Vec<Change>, Failure> {
    let session = open(path)?.session;
    let folder = path.parent().unwrap_or(Path::new("."));
    let song = song(&session, folder, cache)?;
    let (base, _) = of_session(path, &Silent)?;
    let standing = Rendered { evidence: &base };
    let meanings = meanings(&session);
    let measured = |rendered: &Rendered<'_>| -> Vec<Option<f64>> {
        let others = Others { before: Some(&standing), references: &[] };
        let of = |meaning: &Meaning| value_of(meaning, rendered, others, meaning.within.as_deref()).ok();
        meanings.iter().map(of).collect()
    };
    let were = measured(&standing);
    let wanted: Vec<Wanted> = meanings
        .iter()
        .zip(&were)
        .map(|(meaning, were)| Wanted {
            name: meaning.that.word().to_owned(),
            is_note: false,
            is_kept: false,
            meaning: meaning.clone(),
            rendered: *were,
        })
        .collect();
    let forecast = Forecast::of(&song, &session).map_err(|faults| format!("{faults:?}"))?;
    let desk = Desk::of(&forecast, &session, Some(&base));
    let problem = Problem::new(&desk, &session, &wanted, &[]);
    let turned_path = path.with_file_name("turned.toml");
    let mut dice = 1_u32;
    let mut found = Vec::new();
    let sends: Vec<usize> = (0..problem.knobs.len())
        .filter(|at| problem.knobs.get(*at).is_some_and(|knob| matches!(knob.what, What::Send(_))))
        .collect();
    for time in 0..times {
        let mut amounts = problem.untouched();
        // Four knobs each time, anywhere in the inner half of where they may be turned. Sends are few among hundreds: every
        // fourth time one of them is turned.
        for one in 0..4 {
            let drawn = roll(&mut dice) as usize;
            let at = match sends.get(drawn % sends.len().max(1)) {
                Some(send) if one == 0 && time.is_multiple_of(4) => *send,
                _ => drawn % amounts.len().max(1),
            };
            let part = f64::from(roll(&mut dice) % 1_000) / 1_000.0;
            let Some(knob) = problem.knobs.get(at).filter(|knob| knob.what != What::Headroom) else {
                continue;
            };
            let (low, high) = (0.5 * knob.range.0, 0.5 * knob.range.1);
            if let Some(place) = amounts.get_mut(at) {
                *place = ((low + part * (high - low)) * 10.0).round() / 10.0;
            }
        }
        let foretold = problem.foretold(&amounts);
        let mut turned = session.clone();
        for edit in edits(&problem, &amounts, "goals/solve").0 {
            apply(&mut turned, &edit)?;
        }
        std::fs::write(&turned_path, write(&turned))?;
        let (evidence, _) = of_session(&turned_path, &Silent)?;
        let heard = measured(&Rendered { evidence: &evidence });
        for ((meaning, were), (foretold, heard)) in
            meanings.iter().zip(&were).zip(foretold.into_iter().zip(heard))
        {
            let (Some(were), Some(foretold), Some(heard)) = (were, foretold, heard) else { continue };
            let change = |value: f64| match meaning.that {
                That::Wider => 20.0 * (value / were).log10(),
                _ => value - were,
            };
            found.push(Change { that: meaning.that, foretold: change(foretold), heard: change(heard) });
        }
    }
    std::fs::remove_file(&turned_path)?;
    Ok(found)
}

/// The next of a row of numbers that look random and are the same each time.
fn roll(dice: &mut u32) -> u32 {
    *dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    *dice >> 8
}

/// What is known of a session's recordings.
pub fn song(session: &Session, folder: &Path, cache: &Cache) -> Result<Song, Failure> {
    let tracks: Vec<_> =
        session.tracks.iter().filter_map(|track| Some((track, track.clips.first()?))).collect();
    let takes: Vec<Take> = tracks
        .iter()
        .map(|(_, clip)| Take {
            left: folder.join(&clip.file),
            right: clip.right.as_ref().map(|right| folder.join(right)),
            claimed_frames: 0,
        })
        .collect();
    let measured = measure(&takes, Downmix::Fold, cache, &Silent)
        .map_err(|errors| errors.into_iter().map(|error| error.to_string()).collect::<Vec<_>>().join("; "))?;
    let facts = tracks
        .iter()
        .zip(measured)
        .map(|((track, clip), measured)| {
            TrackFacts::new(&track.id, &track.name, &role_from_name(&track.name), clip.at_s, measured.profile)
        })
        .collect();
    Ok(Song::new(facts, Vec::new(), Start::Tracks))
}
