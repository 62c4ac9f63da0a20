//! What has been spent of the limits in `[finish]`, reckoned from the ledger, and which version is best when they are reached.

use mixkeel_judge::verdict::Verdict;
use mixkeel_session::finish::{Date, Finish};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ledger::Line;

/// The longest pause between two versions that still counts as work. Ours: listening again and changing a few values takes
/// less, a meal takes more.
const PAUSE_S: f64 = 30.0 * 60.0;

/// Work in a row after which a break is suggested. Ours: three quarters of an hour, about a lesson.
const BREAK_S: f64 = 45.0 * 60.0;

/// What has been spent, and what is left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Spent {
    /// Versions made.
    pub versions: u32,
    /// The most that the person wants.
    pub versions_limit: Option<u32>,
    /// Hours of work: from the start of a version to the end of the last one after which there was no longer pause than
    /// half an hour, all such sittings together.
    pub hours: f64,
    /// The most that the person wants.
    pub hours_limit: Option<f64>,
    /// The last day of work.
    pub by: Option<String>,
    /// Days until then; below zero when it is over.
    pub days_left: Option<i64>,
    /// Minutes of work without a pause until the newest version.
    pub minutes_in_a_row: f64,
    /// Which limits are reached: `versions`, `hours`, `by`.
    pub reached: Vec<String>,
    /// The version that best meets the goals, then the verdict; the newest of equals.
    pub best: Option<u32>,
}

/// Reckons what was spent until a moment, in seconds since 1970.
pub fn spent(lines: &[Line], finish: &Finish, now_unix_s: u64) -> Spent {
    let sittings = sittings(lines);
    let hours = sittings.iter().sum::<f64>() / 3600.0;
    let versions = lines.len() as u32;
    let days_left = finish.by.map(|by| by.days_after(Date::at_unix_s(now_unix_s)));
    let mut reached = Vec::new();
    if finish.versions.is_some_and(|limit| versions >= limit) {
        reached.push("versions".to_owned());
    }
    if finish.hours.is_some_and(|limit| hours >= limit) {
        reached.push("hours".to_owned());
    }
    if days_left.is_some_and(|left| left < 0) {
        reached.push("by".to_owned());
    }
    Spent {
        versions,
        versions_limit: finish.versions,
        hours,
        hours_limit: finish.hours,
        by: finish.by.map(|by| by.to_string()),
        days_left,
        minutes_in_a_row: sittings.last().copied().unwrap_or(0.0) / 60.0,
        reached,
        best: best(lines).map(|line| line.version),
    }
}

/// The length of every stretch of work without a longer pause, in seconds.
fn sittings(lines: &[Line]) -> Vec<f64> {
    let mut sittings: Vec<(f64, f64)> = Vec::new();
    for line in lines {
        let end = line.made_at_unix_s as f64;
        let start = end - line.took_s.max(0.0);
        match sittings.last_mut() {
            // A clock that was set back makes no work undone.
            Some((_, last)) if start - *last <= PAUSE_S => *last = last.max(end),
            _ => sittings.push((start, end)),
        }
    }
    sittings.iter().map(|(start, end)| end - start).collect()
}

/// The version that fails the fewest goals and those by the least, then the one with the best verdict, then the newest.
fn best(lines: &[Line]) -> Option<&Line> {
    let rank = |line: &Line| {
        let failed: Vec<_> = line.goals.iter().filter(|mark| !mark.passes).collect();
        let short: f64 =
            failed.iter().filter_map(|mark| mark.margin_noticeable).map(|margin| -margin.min(0.0)).sum();
        let verdict = match line.verdict {
            Some(Verdict::Ready) => 0,
            Some(Verdict::ReadyWithNotes) => 1,
            Some(Verdict::ReEvaluate) => 2,
            None => 3,
        };
        (failed.len(), short, verdict)
    };
    lines.iter().min_by(|a, b| {
        let (a_failed, a_short, a_verdict) = rank(a);
        let (b_failed, b_short, b_verdict) = rank(b);
        let goals = a_failed.cmp(&b_failed).then(a_short.total_cmp(&b_short));
        goals.then(a_verdict.cmp(&b_verdict)).then(b.version.cmp(&a.version))
    })
}

impl Spent {
    /// Whether there is anything to say: a limit, or ears that want a rest.
    pub fn in_words(&self) -> Vec<String> {
        let mut parts = Vec::new();
        if let Some(limit) = self.versions_limit {
            parts.push(format!("version {} of {limit}", self.versions));
        }
        if let Some(limit) = self.hours_limit {
            parts.push(format!("{:.1} of {limit:.1} h", self.hours));
        }
        if let (Some(by), Some(left)) = (&self.by, self.days_left) {
            parts.push(match left {
                ..0 => format!("{by} is over"),
                0 => format!("today is the last day, {by}"),
                1 => format!("1 day until {by}"),
                left => format!("{left} days until {by}"),
            });
        }
        let mut lines = Vec::new();
        if !parts.is_empty() {
            lines.push(format!("Your limits: {}", parts.join(", ")));
        }
        if let (false, Some(best)) = (self.reached.is_empty(), self.best) {
            lines.push(format!("That is your limit: version {best} meets your goals best"));
        }
        if self.minutes_in_a_row * 60.0 >= BREAK_S {
            let minutes = self.minutes_in_a_row;
            lines.push(format!("{minutes:.0} minutes in a row: a break, and your ears will tell you more"));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::super::ledger::{Mark, Measured};
    use super::*;

    /// Noon of 2026-11-29.
    const NOON: u64 = 1_795_953_600;

    fn version(version: u32, made_at_unix_s: u64, took_s: f64) -> Line {
        Line {
            schema: Line::SCHEMA.to_owned(),
            version,
            made_at_unix_s,
            took_s,
            engine: "0".to_owned(),
            session_sha256: String::new(),
            changed: Vec::new(),
            measured: Measured { integrated_lufs: None, sample_peak_dbfs: None, true_peak_dbtp: None },
            verdict: Some(Verdict::ReadyWithNotes),
            goals: Vec::new(),
            rounds: Vec::new(),
        }
    }

    fn marked(mut line: Line, margins: &[f64]) -> Line {
        line.goals = margins
            .iter()
            .map(|&margin| Mark {
                id: "goal".to_owned(),
                passes: margin >= 0.0,
                margin_noticeable: Some(margin),
            })
            .collect();
        line
    }

    #[test]
    fn hours_are_those_of_work_and_not_of_the_night_between() {
        let lines =
            [version(1, NOON, 600.0), version(2, NOON + 1200, 60.0), version(3, NOON + 60_000, 1800.0)];
        let spent = spent(&lines, &Finish { hours: Some(1.0), ..Finish::default() }, NOON + 60_000);
        // 10 minutes and 20 minutes, then half an hour of its own.
        assert!((spent.hours - 1.0).abs() < 1e-9, "{}", spent.hours);
        assert!((spent.minutes_in_a_row - 30.0).abs() < 1e-9);
        assert_eq!(spent.reached, ["hours"]);
    }

    #[test]
    fn a_break_is_suggested_after_forty_five_minutes_in_a_row_and_not_before() {
        let until = |minutes: u64| {
            let lines: Vec<Line> =
                (0..=minutes / 5).map(|n| version(n as u32 + 1, NOON + n * 300, 0.0)).collect();
            spent(&lines, &Finish::default(), NOON + minutes * 60).in_words()
        };
        assert_eq!(until(40), Vec::<String>::new());
        assert!(until(45).iter().any(|line| line.contains("break")));
    }

    #[test]
    fn the_day_is_over_when_the_next_one_begins() {
        let finish = |day: u8| Finish { by: Date::new(2026, 11, day), ..Finish::default() };
        let lines = [version(1, NOON, 1.0)];
        assert_eq!(spent(&lines, &finish(29), NOON).reached, Vec::<String>::new());
        assert_eq!(spent(&lines, &finish(28), NOON).reached, ["by"]);
        assert_eq!(spent(&lines, &finish(30), NOON).days_left, Some(1));
    }

    #[test]
    fn the_best_version_meets_most_goals_then_misses_by_least_and_is_then_the_newest() {
        let best = |lines: &[Line]| spent(lines, &Finish::default(), NOON).best;
        let at = |n: u32| version(n, NOON + u64::from(n), 1.0);
        assert_eq!(best(&[]), None);
        assert_eq!(best(&[at(1), at(2)]), Some(2));
        assert_eq!(best(&[marked(at(1), &[1.0, 1.0]), marked(at(2), &[3.0, -0.1])]), Some(1));
        assert_eq!(best(&[marked(at(1), &[-0.5]), marked(at(2), &[-2.0])]), Some(1));
        let ready = Line { verdict: Some(Verdict::Ready), ..at(1) };
        assert_eq!(best(&[ready, at(2)]), Some(1));
    }
}
