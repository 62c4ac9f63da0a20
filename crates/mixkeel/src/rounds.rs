//! The loop: parts of the mix are rendered, what they measure is held against what was meant, and what can be heard of the
//! difference is corrected, a few times over. Decides nothing: corrections are rules of the assistant.

use std::time::{Duration, Instant};

use mixkeel_assist::rounds::aim::{Aim, off};
use mixkeel_assist::rounds::intended::Intended;
use mixkeel_assist::rounds::parts::{Part, parts};
use mixkeel_assist::rounds::{Hearing, ROUNDS, Round, Rounds};
use mixkeel_assist::song::Song;
use mixkeel_judge::evidence::Evidence;
use mixkeel_session::edit::Edit;
use mixkeel_session::session::Session;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ear::Ear;
use crate::error::Error;
use crate::watch::{Event, Stage, Watch};

/// How long the loop goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct RoundOptions {
    /// The most rounds of correction; none of anything with 0.
    pub most: usize,
    /// When everything, the writing of the mix included, should be over, from a beginning on.
    pub until: Option<(Instant, Duration)>,
    /// How much of every correction is made, 0 to 1.
    pub strength: f64,
}

impl Default for RoundOptions {
    fn default() -> Self {
        Self { most: ROUNDS, until: None, strength: 1.0 }
    }
}

/// Why no further round was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// None were wanted.
    Off,
    /// Nothing is off that anybody hears.
    Settled,
    /// The last round brought less than what is just heard, or no rule knew more.
    NoGain,
    /// As many were made as may be.
    Most,
    /// There was no time for another.
    Time,
}

impl Ended {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Ended::Off => "none were wanted",
            Ended::Settled => "nothing audible is left to gain",
            Ended::NoGain => "a further one would not be heard",
            Ended::Most => "as many as are made at most",
            Ended::Time => "the time was up",
        }
    }
}

/// What came of the loop.
#[derive(Debug)]
pub struct Corrected {
    /// The best session that was heard.
    pub session: Session,
    /// What led to it from the session as it was decided.
    pub edits: Vec<Edit>,
    /// Every listening.
    pub made: Vec<Round>,
    /// Which of them is kept.
    pub kept: usize,
    /// Why it ended.
    pub ended: Ended,
    /// The recordings with what was intended.
    intended: Option<Song>,
}

/// Corrects a session as it was decided, by what is heard of it. Without a time limit the same session gives the same one,
/// always; a time limit only chooses how many rounds are made, and [`RoundOptions::most`] makes as many again.
///
/// # Errors
/// What cannot be read, or a request to stop.
pub fn correct(
    song: &Song,
    session: &Session,
    ear: &Ear<'_>,
    options: &RoundOptions,
    watch: &dyn Watch,
) -> Result<Corrected, Error> {
    let parts = parts(song, session);
    if options.most == 0 || options.strength <= 0.0 || parts.is_empty() {
        return Ok(Corrected::nothing(session));
    }
    let mut rounds = Rounds::new(song, session, &parts, options.strength);
    let mut pace = Pace::new(options.until, session_s(song), &parts);
    let mut ended = Ended::Most;
    for number in 0..=options.most {
        if !pace.has_time() {
            ended = Ended::Time;
            break;
        }
        let heard = pace.of(|| ear.heard_in_parts(rounds.session(), &parts))?;
        let goes_on = rounds.heard(heard);
        if let Some(round) = rounds.made().last() {
            watch.event(Event::Round { number, off: hundredths(round.off), corrected: round.edits.len() });
        }
        if !goes_on {
            let settled = rounds.made().get(rounds.best_round()).is_some_and(|round| round.off == 0.0);
            ended = if settled { Ended::Settled } else { Ended::NoGain };
            break;
        }
        if number < options.most && !rounds.correct() {
            ended = Ended::NoGain;
            break;
        }
    }
    watch.event(Event::Progress { stage: Stage::Listen, fraction: 1.0 });
    let (session, edits) = rounds.best();
    Ok(Corrected {
        session,
        edits,
        made: rounds.made().to_vec(),
        kept: rounds.best_round(),
        ended,
        intended: Some(rounds.song().clone()),
    })
}

impl Corrected {
    /// What was heard belongs to another mix.
    pub(crate) fn forget(&mut self) {
        self.made.clear();
        self.intended = None;
        (self.kept, self.ended) = (0, Ended::Off);
    }

    /// Nothing heard, nothing corrected.
    pub(crate) fn nothing(session: &Session) -> Self {
        Self {
            session: session.clone(),
            edits: Vec::new(),
            made: Vec::new(),
            kept: 0,
            ended: Ended::Off,
            intended: None,
        }
    }

    /// Every listening as it goes into the ledger: the measures that were off in any of them. With the evidence of the finished
    /// mix, that comes last.
    pub fn told(&self, finished: Option<(&Evidence, &Session)>) -> Vec<RoundLine> {
        let was_off = |what: &str| {
            self.made.iter().flat_map(|round| &round.aims).any(|aim| aim.what == what && aim.is_heard())
        };
        let line = |of: Heard, number: usize, aims: &[Aim], edits: &[Edit]| RoundLine {
            number,
            of,
            off: hundredths(off(aims)),
            changed: edits.iter().map(|edit| edit.address.to_string()).collect(),
            measured: aims
                .iter()
                .filter(|aim| was_off(&aim.what) || aim.is_heard())
                .map(Measure::of)
                .collect(),
        };
        let mut lines: Vec<RoundLine> = self
            .made
            .iter()
            .map(|round| line(Heard::Parts, round.number, &round.aims, &round.edits))
            .collect();
        if let Some(aims) = finished.and_then(|(evidence, session)| self.aims(evidence, session)) {
            lines.push(line(Heard::Whole, self.kept, &aims, &[]));
        }
        lines
    }

    /// What a finished mix measures of what was intended.
    fn aims(&self, evidence: &Evidence, session: &Session) -> Option<Vec<Aim>> {
        let song = self.intended.as_ref()?;
        let whole = [Part { from_s: 0.0, to_s: session_s(song) }];
        let intended = Intended::of(song, &song.intended.as_ref()?.session, &whole);
        Some(Hearing { song, session, evidence, intended: &intended }.aims())
    }
}

/// One listening of the loop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RoundLine {
    /// 0 for the mix as it was decided, then one after each round of corrections.
    pub number: usize,
    /// Parts of the song, or all of it.
    pub of: Heard,
    /// How far it was off in all, in steps that are just heard; what nobody hears is not counted.
    pub off: f64,
    /// What was corrected before it.
    pub changed: Vec<String>,
    /// Every measure that was audibly off in any listening.
    pub measured: Vec<Measure>,
}

/// What was listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Heard {
    /// Some of every section, a quarter of the song.
    Parts,
    /// The mix as it was written.
    Whole,
}

/// One measure of a listening, and where it should lie.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Measure {
    /// What is measured.
    pub what: String,
    /// What it measures.
    pub measured: f64,
    /// The least that it should be; absent where nothing is too little.
    pub at_least: Option<f64>,
    /// The most that it should be; absent where nothing is too much.
    pub at_most: Option<f64>,
    /// Of what unit.
    pub unit: String,
    /// Whether anybody hears that it is off.
    pub off: bool,
}

impl Measure {
    fn of(aim: &Aim) -> Self {
        let bound = |value: f64| value.is_finite().then(|| hundredths(value));
        Self {
            what: aim.what.clone(),
            measured: hundredths(aim.measured),
            at_least: bound(aim.at_least),
            at_most: bound(aim.at_most),
            unit: aim.unit.to_owned(),
            off: aim.is_heard(),
        }
    }
}

/// How fast it goes, and whether there is time for more.
struct Pace {
    until: Option<(Instant, Duration)>,
    /// How much longer than a round the rest takes: to play the whole, to find its headroom, and to write it with all that is
    /// measured of it. Counted as two renders.
    rest: f64,
    last: Duration,
}

impl Pace {
    fn new(until: Option<(Instant, Duration)>, whole_s: f64, parts: &[Part]) -> Self {
        let heard_s: f64 = parts.iter().map(Part::length_s).sum();
        Self { until, rest: 2.0 * whole_s / heard_s.max(f64::MIN_POSITIVE), last: Duration::ZERO }
    }

    fn has_time(&self) -> bool {
        self.until.is_none_or(|(began, limit)| {
            began.elapsed() + self.last + self.last.mul_f64(self.rest.min(1e3)) < limit
        })
    }

    fn of<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let done = work();
        self.last = began.elapsed();
        done
    }
}

/// How long the recordings of a song last together.
fn session_s(song: &Song) -> f64 {
    song.tracks.iter().map(|facts| facts.at_s + facts.profile.length_s()).fold(0.0, f64::max)
}

fn hundredths(value: f64) -> f64 {
    let rounded = (value * 100.0).round() / 100.0;
    if rounded == 0.0 { 0.0 } else { rounded }
}
