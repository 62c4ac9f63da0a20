//! The likeliest path through the periods of all windows: what the pitch is, and where there is none.
//!
//! The path is that of Boersma, "Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise ratio of
//! a sampled sound" (IFA Proceedings 17, 1993): every window offers its periods and having none; jumps and changes between
//! having a pitch and having none cost. pYIN (Mauch and Dixon, ICASSP 2014) finds such a path too, over all pitches there could
//! be; over the few that a window offers it takes a hundredth of the time.

use super::midi;
use super::periods::{Period, SUMMITS};
use super::register::Register;

/// What having no pitch is worth, as the height of a summit. Boersma has 0.45 where windows taper; ours, from noise of all
/// widths between 100 Hz and 3 kHz, whose highest summits stay under it, and from voices over which other instruments bleed.
const NONE: f64 = 0.55;

/// What a jump by an octave costs (Boersma: 0.35).
const JUMP: f64 = 0.35;

/// What it costs to begin or end (Boersma: 0.14).
const TURN: f64 = 0.14;

/// What was heard in one step of 10 ms.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Heard {
    pub midi: Option<f64>,
    pub clarity: f64,
}

/// One thing a window may be: a pitch, or none, and what it was in the window before.
#[derive(Clone, Copy)]
struct State {
    midi: f32,
    clarity: f32,
    worth: f64,
    before: u8,
}

/// A state as it is kept.
#[derive(Clone, Copy)]
struct Kept {
    midi: f32,
    clarity: f32,
    before: u8,
}

/// Follows the pitch window by window. The last state of each window is having none.
pub(super) struct Path {
    register: Register,
    now: Vec<State>,
    kept: Vec<Kept>,
    /// Where the states of each window begin in `kept`.
    begins: Vec<usize>,
}

impl Path {
    pub fn new(register: Register) -> Self {
        Self { register, now: Vec::new(), kept: Vec::new(), begins: Vec::new() }
    }

    /// The next window.
    pub fn add(&mut self, periods: &[Period]) {
        let mut next: Vec<State> = Vec::with_capacity(SUMMITS + 1);
        for period in periods {
            let (midi, clarity) = (midi(period.freq_hz) as f32, period.clarity as f32);
            next.push(State { midi, clarity, worth: period.worth, before: 0 });
        }
        next.push(State { midi: f32::NAN, clarity: 0.0, worth: NONE, before: 0 });
        for state in &mut next {
            let came = |(at, before): (usize, &State)| {
                let cost = match (before.midi.is_nan(), state.midi.is_nan()) {
                    (true, true) => 0.0,
                    (false, false) => JUMP / 12.0 * f64::from((state.midi - before.midi).abs()),
                    _ => TURN,
                };
                (at, before.worth - cost)
            };
            let best = self.now.iter().enumerate().map(came).reduce(|a, b| if b.1 > a.1 { b } else { a });
            if let Some((at, worth)) = best {
                state.worth += worth;
                state.before = at as u8;
            }
        }
        // Only differences matter; sums of an hour of windows would lose digits.
        let most = next.iter().map(|state| state.worth).fold(f64::NEG_INFINITY, f64::max);
        next.iter_mut().for_each(|state| state.worth -= most);
        self.begins.push(self.kept.len());
        self.kept.extend(next.iter().map(|s| Kept { midi: s.midi, clarity: s.clarity, before: s.before }));
        self.now = next;
    }

    /// What was heard in every window.
    pub fn finish(self) -> Vec<Heard> {
        let mut at = self
            .now
            .iter()
            .enumerate()
            .fold((0, f64::NEG_INFINITY), |a, b| if b.1.worth > a.1 { (b.0, b.1.worth) } else { a })
            .0;
        let (lowest, highest) = (midi(self.register.lowest_hz()), midi(self.register.highest_hz()));
        let mut heard = Vec::with_capacity(self.begins.len());
        for begin in self.begins.iter().rev() {
            let Some(kept) = self.kept.get(begin + at) else { break };
            let pitch = f64::from(kept.midi);
            // What lies outside the register was followed so that it is not taken for an octave of itself.
            let within = (lowest - 0.5..=highest + 0.5).contains(&pitch);
            heard.push(Heard {
                midi: within.then_some(pitch),
                clarity: if within { f64::from(kept.clarity) } else { 0.0 },
            });
            at = usize::from(kept.before);
        }
        heard.reverse();
        heard
    }
}
