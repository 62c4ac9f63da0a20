//! What the user sees while work goes on: a bar on a terminal, lines of JSON for `--events`, otherwise only warnings.

use std::env;
use std::io::{self, IsTerminal};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use mixkeel::{Event, Stage, Watch};
use serde::Serialize;

use crate::cli::Everywhere;
use crate::{failure, interrupt};

/// Steps of a bar; finer than any terminal shows.
const STEPS: u64 = 1000;

/// Redraws of the bar in a second. Ours: often enough to look alive, seldom enough to cost nothing.
const DRAWS_PER_SECOND: u8 = 10;

/// The shortest time between two progress lines of `--events`, for the same reason.
const EVENT_GAP: Duration = Duration::from_millis(100);

/// Below this share of a stage its pace says nothing about its end.
const EARLIEST_FORECAST: f64 = 0.02;

/// Whoever looks at the terminal.
pub struct Face {
    kind: Kind,
    now: Mutex<Option<Now>>,
}

enum Kind {
    Bar(ProgressBar),
    Events,
    Warnings,
    Silent,
}

/// The stage that runs.
struct Now {
    stage: Stage,
    since: Instant,
    told: Instant,
}

/// One line of `--events`: an event of the library, and the time that is left where that can be told.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct EventLine {
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
    /// Seconds until the stage is done, as its pace so far has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eta_s: Option<f64>,
}

impl Face {
    /// The face that the options and the terminal ask for.
    pub fn new(how: &Everywhere) -> Self {
        let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        let kind = match how {
            Everywhere { events: true, .. } => Kind::Events,
            Everywhere { quiet: true, .. } => Kind::Silent,
            _ if io::stderr().is_terminal() && !dumb => Kind::Bar(bar()),
            _ => Kind::Warnings,
        };
        Self { kind, now: Mutex::new(None) }
    }

    /// Takes the bar off the screen, so that what follows stands on clean lines.
    pub fn close(&self) {
        if let Kind::Bar(bar) = &self.kind {
            bar.finish_and_clear();
        }
    }

    fn progress(&self, stage: Stage, fraction: f64) {
        let fraction = if fraction.is_finite() { fraction.clamp(0.0, 1.0) } else { 0.0 };
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let time = Instant::now();
        let begins = now.as_ref().is_none_or(|now| now.stage != stage);
        let since = if begins { time } else { now.as_ref().map_or(time, |now| now.since) };
        let rests = !begins && now.as_ref().is_some_and(|now| time - now.told < EVENT_GAP);
        if rests && fraction < 1.0 {
            return;
        }
        *now = Some(Now { stage, since, told: time });
        match &self.kind {
            Kind::Bar(bar) => {
                if begins {
                    bar.set_message(stage.doing());
                    bar.reset();
                }
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "between 0 and STEPS"
                )]
                bar.set_position((fraction * STEPS as f64) as u64);
            }
            Kind::Events => tell(Event::Progress { stage, fraction }, left_s(time - since, fraction)),
            Kind::Warnings | Kind::Silent => {}
        }
    }

    fn round(&self, number: usize, off: f64, corrected: usize) {
        match &self.kind {
            Kind::Bar(bar) => {
                let changed = match (number, corrected) {
                    (0, _) => "as decided".to_owned(),
                    (_, 1) => "1 correction".to_owned(),
                    (_, several) => format!("{several} corrections"),
                };
                let line = format!("round {number}: {changed}; off by {off:.1} steps that are just heard");
                bar.suspend(|| failure::to_stderr(&line));
            }
            Kind::Events => tell(Event::Round { number, off, corrected }, None),
            Kind::Warnings | Kind::Silent => {}
        }
    }

    fn warn(&self, event: Event) {
        let Event::Warning { about, message } = &event else {
            return;
        };
        let line = match about {
            Some(about) => format!("warning: {about}: {message}"),
            None => format!("warning: {message}"),
        };
        match &self.kind {
            Kind::Bar(bar) => bar.suspend(|| failure::to_stderr(&line)),
            Kind::Events => tell(event, None),
            Kind::Warnings => failure::to_stderr(&line),
            Kind::Silent => {}
        }
    }
}

impl Watch for Face {
    fn event(&self, event: Event) {
        match event {
            Event::Progress { stage, fraction } => self.progress(stage, fraction),
            Event::Warning { .. } => self.warn(event),
            Event::Round { number, off, corrected } => self.round(number, off, corrected),
        }
    }

    fn stop(&self) -> bool {
        interrupt::asked()
    }
}

fn tell(event: Event, eta_s: Option<f64>) {
    failure::to_stderr(&serde_json::to_string(&EventLine { event, eta_s }).unwrap_or_default());
}

/// Seconds left, rounded to a tenth, if the rest goes as fast as what is done.
fn left_s(elapsed: Duration, fraction: f64) -> Option<f64> {
    (fraction >= EARLIEST_FORECAST)
        .then(|| (elapsed.as_secs_f64() * (1.0 - fraction) / fraction * 10.0).round() / 10.0)
}

/// One line of at most 80 columns in plain characters: stage, bar, percent, time left.
fn bar() -> ProgressBar {
    let bar =
        ProgressBar::with_draw_target(Some(STEPS), ProgressDrawTarget::stderr_with_hz(DRAWS_PER_SECOND));
    let left = |state: &ProgressState, to: &mut dyn std::fmt::Write| {
        if let Some(left_s) = left_s(state.elapsed(), f64::from(state.fraction())) {
            let whole_s = left_s.ceil();
            let _ = write!(to, "{}:{:02} left", (whole_s / 60.0).floor(), whole_s % 60.0);
        }
    };
    // A template that indicatif cannot read would leave its own, which is a bar as well.
    match ProgressStyle::with_template("{msg:24} [{bar:30}] {percent:>3}%  {left}") {
        Ok(style) => bar.with_style(style.progress_chars("=> ").with_key("left", left)),
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_follows_the_pace_so_far() {
        assert_eq!(left_s(Duration::from_secs(10), 0.25), Some(30.0));
        assert_eq!(left_s(Duration::from_secs(10), 1.0), Some(0.0));
        assert_eq!(left_s(Duration::from_secs(10), 0.0), None, "nothing is known at the start");
    }

    #[test]
    fn a_line_of_events_is_flat() {
        let event = Event::Progress { stage: Stage::Render, fraction: 0.5 };
        let line = serde_json::to_string(&EventLine { event, eta_s: Some(3.0) }).unwrap();
        assert_eq!(line, r#"{"ev":"progress","stage":"render","fraction":0.5,"eta_s":3.0}"#);
    }
}
