//! The rhythm of a song whose tempo somebody has said: beats are laid at that tempo, or where a written map has them.

use super::accents::Accents;
use super::grid::Grid;
use super::tempogram::Pulse;
use super::{Metre, Rhythm, STEPS_PER_S, TrackCurves, beats, counted, level, tempo};

/// Tempos outside are no tempos: those that a session may say.
const SLOWEST_BPM: f64 = 10.0;
const FASTEST_BPM: f64 = 999.0;

/// Hears the beats and bars of tracks that begin together, at a tempo that is given. Where nothing is accented at it, beats
/// are counted from the first moment on.
pub fn rhythm_at(tracks: &[TrackCurves], bpm: f64) -> Rhythm {
    let accents = Accents::of(tracks);
    let steps = accents.smooth.len() as f64;
    let period = STEPS_PER_S * 60.0 / bpm.clamp(SLOWEST_BPM, FASTEST_BPM);
    let pulses = tempo::steadied(&accents.smooth, beats::pulses(&accents.smooth, &Pulse::said(period)));
    let laid = |times: Vec<f64>| {
        let levels = level::laid(&Grid::new(times), 1.0, &accents);
        levels.into_iter().max_by(|a, b| a.score().total_cmp(&b.score()))
    };
    let level = laid(pulses)
        .or_else(|| laid((0..).map(|n| f64::from(n) * period).take_while(|step| *step < steps).collect()));
    let heard = level.map(|level| counted(&accents, &level, 1.0)).unwrap_or_default();
    let steady = heard.tempo.len() <= 1;
    let from_s = heard.tempo.first().map_or(0.0, |(from_s, _)| *from_s);
    Rhythm {
        tempo_bpm: Some(bpm),
        tempo_confidence: 1.0,
        tempo: if steady { vec![(from_s, bpm)] } else { heard.tempo.clone() },
        pulse_clarity: Pulse::of(&accents.smooth).map_or(0.0, |pulse| pulse.clarity),
        ..heard
    }
}

/// The rhythm that a written map of tempo (quarters a minute) and metre says, both from seconds on, to the end of the song. A bar
/// begins where the map does, and bars of the same kind lie before it. Without a metre, bars are of four quarters.
pub fn written(tempo: &[(f64, f64)], metre: &[(f64, Metre)], length_s: f64) -> Rhythm {
    let Some(&(_, first_bpm)) = tempo.first() else { return Rhythm::default() };
    let four = Metre { count: 4, unit: 4 };
    // Where so many quarters after a time lie.
    let after = |mut at_s: f64, mut quarters: f64| {
        loop {
            // Changes that stand where one is, to the rounding of a sum, have happened.
            let bpm = tempo
                .iter()
                .rev()
                .find(|(from_s, _)| *from_s <= at_s + 1e-6)
                .map_or(first_bpm, |(_, bpm)| *bpm);
            let bpm = bpm.clamp(SLOWEST_BPM, FASTEST_BPM);
            let next_s = tempo.iter().map(|(from_s, _)| *from_s).find(|from_s| *from_s > at_s + 1e-6);
            let end_s = at_s + quarters * 60.0 / bpm;
            match next_s {
                Some(next_s) if next_s < end_s => {
                    quarters -= (next_s - at_s) * bpm / 60.0;
                    at_s = next_s;
                }
                _ => return end_s,
            }
        }
    };
    let (mut beats_s, mut downbeats_s, mut changes) = (Vec::new(), Vec::new(), Vec::<(f64, Metre)>::new());
    let first = metre.first().map_or(four, |(_, metre)| *metre);
    let bar_s = f64::from(first.count) * 240.0
        / f64::from(first.unit.max(1))
        / first_bpm.clamp(SLOWEST_BPM, FASTEST_BPM);
    let begins_s = tempo.first().map_or(0.0, |(from_s, _)| from_s.max(0.0));
    let mut at_s = begins_s - bar_s * libm::floor(begins_s / bar_s + 1e-6);
    while at_s < length_s - 1e-6 {
        let now =
            metre.iter().rev().find(|(from_s, _)| *from_s <= at_s + 1e-3).map_or(four, |(_, metre)| *metre);
        if changes.last().is_none_or(|(_, last)| *last != now) {
            changes.push((at_s, now));
        }
        downbeats_s.push(at_s);
        let quarters = f64::from(now.count) * 4.0 / f64::from(now.unit.max(1));
        let beats = now.beats().max(1);
        for beat in 0..beats {
            beats_s.push(after(at_s, quarters * beat as f64 / beats as f64));
        }
        at_s = after(at_s, quarters.max(1e-3));
    }
    beats_s.retain(|at_s| *at_s < length_s);
    Rhythm {
        tempo_bpm: longest(tempo, length_s),
        tempo_confidence: 1.0,
        tempo: tempo.to_vec(),
        pulse_clarity: 1.0,
        metre: changes,
        metre_confidence: if metre.is_empty() { 0.5 } else { 1.0 },
        downbeat_confidence: 1.0,
        beats_s,
        downbeats_s,
        ..Rhythm::default()
    }
}

/// The tempo that lasts longest.
fn longest(tempo: &[(f64, f64)], length_s: f64) -> Option<f64> {
    let ends = tempo.iter().skip(1).map(|(from_s, _)| *from_s).chain([length_s]);
    let lasting = tempo.iter().zip(ends).map(|((from_s, bpm), end_s)| (end_s - from_s, *bpm));
    lasting.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, bpm)| bpm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_map_says_every_beat_and_bar() {
        let three = Metre { count: 3, unit: 4 };
        let rhythm =
            written(&[(0.0, 120.0), (2.0, 60.0)], &[(0.0, Metre { count: 4, unit: 4 }), (2.0, three)], 7.5);
        assert_eq!(rhythm.downbeats_s, [0.0, 2.0, 5.0]);
        assert_eq!(rhythm.beats_s, [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
        assert_eq!((rhythm.metre.len(), rhythm.tempo_bpm), (2, Some(60.0)));
    }

    #[test]
    fn a_change_of_tempo_within_a_bar_moves_the_beats_after_it() {
        let rhythm = written(&[(0.0, 60.0), (1.0, 120.0)], &[], 2.5);
        assert_eq!(rhythm.beats_s, [0.0, 1.0, 1.5, 2.0]);
        assert_eq!(rhythm.downbeats_s, [0.0]);
    }

    #[test]
    fn a_map_that_begins_late_says_where_bars_lie_before_it() {
        let rhythm = written(&[(5.0, 120.0)], &[], 8.0);
        assert_eq!(rhythm.downbeats_s, [1.0, 3.0, 5.0, 7.0]);
    }

    #[test]
    fn no_map_says_nothing_and_silence_ends() {
        assert_eq!(written(&[], &[], 10.0), Rhythm::default());
        assert!(rhythm_at(&[], 120.0).beats_s.is_empty());
    }
}
