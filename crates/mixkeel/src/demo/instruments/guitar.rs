//! The electric guitars: six strings, a hand that finds its chords, an amplifier and its loudspeaker.

use super::super::filters::Biquad;
use super::super::noise::Noise;
use super::super::score::harmony::{Chord, chord_at, spans};
use super::super::score::tempo::{BARS, BEAT_S, BEATS_PER_BAR, frame, song_frames};
use super::string::{Pluck, freq_hz, pluck};

/// The open strings, lowest first: E2 A2 D3 G3 B3 E4.
const OPEN: [i32; 6] = [40, 45, 50, 55, 59, 64];

/// One guitar: who plays it and what it is plugged into.
pub(in crate::demo) struct Guitar {
    pub seed: u64,
    /// The lowest fret that the hand uses.
    pub position: i32,
    /// Stages of drive in the amplifier.
    pub stages: usize,
    /// Where the loudspeaker is loudest, in Hz, and by how much, in dB: what covers the voice.
    pub presence: (f64, f64),
    pub pattern: fn(usize) -> &'static str,
}

impl Guitar {
    /// The strings of a chord in this position: on each string the first note of the chord within four frets; strings
    /// below the bass of the chord are not struck.
    fn shape(&self, chord: Chord) -> Vec<i32> {
        let bass = chord.bass_from(OPEN[0] + self.position);
        OPEN.iter()
            .filter_map(|open| {
                let low = open + self.position;
                (low..low + 5).find(|&midi| chord.has(midi) && midi >= bass)
            })
            .collect()
    }

    /// The whole part as it leaves the loudspeaker.
    pub fn play(&self, rate_hz: u32) -> Vec<f64> {
        let mut line = vec![0.0; song_frames(rate_hz)];
        let mut noise = Noise::new(self.seed, 7);
        let spans = spans();
        let mut broken = 0;
        for bar in 0..BARS {
            let pattern: Vec<char> = (self.pattern)(bar).chars().collect();
            for (step, &stroke) in pattern.iter().enumerate() {
                if stroke == '.' {
                    continue;
                }
                let beat = (bar * BEATS_PER_BAR) as f64 + step as f64 * 0.25;
                let shape = self.shape(chord_at(&spans, beat));
                let until = pattern[step + 1..].iter().take_while(|&&after| after == '.').count() + 1;
                let length_s = until as f64 * 0.25 * BEAT_S;
                let at_s = beat * BEAT_S + 0.004 * noise.human();
                let force = (if step % 4 == 0 { 0.85 } else { 0.68 }) + 0.05 * noise.human();
                if stroke == 'a' {
                    // Up and down over the top four strings.
                    let top = &shape[shape.len().saturating_sub(4)..];
                    let turn = [0, 2, 1, 3, 2, 1];
                    let note = top.get(turn[broken % turn.len()]).or(top.last());
                    broken += 1;
                    let strings: Vec<i32> = note.into_iter().copied().collect();
                    strum(&mut line, &strings, at_s, length_s + 0.35, 0.0, force, false, &mut noise, rate_hz);
                    continue;
                }
                let (strings, mute): (Vec<i32>, bool) = match stroke {
                    'M' | 'm' => (shape.iter().copied().take(3).collect(), true),
                    'U' => (shape.iter().rev().copied().take(4).collect(), false),
                    _ => (shape, false),
                };
                let force = if stroke == 'm' { force * 0.75 } else { force };
                let ring_s = if stroke == 'S' { length_s.max(2.0 * BEAT_S) } else { length_s };
                strum(&mut line, &strings, at_s, ring_s, 0.009, force, mute, &mut noise, rate_hz);
            }
        }
        Biquad::lowpass(6500.0, 0.7, rate_hz).run(&mut line);
        drive(&mut line, self.stages, rate_hz);
        cabinet(&mut line, self.presence, rate_hz);
        line
    }
}

/// Adds the strings of a strum one after the other.
#[allow(clippy::too_many_arguments)] // a stroke of the hand has this many sides
fn strum(
    line: &mut [f64],
    strings: &[i32],
    at_s: f64,
    length_s: f64,
    spread_s: f64,
    force: f64,
    mute: bool,
    noise: &mut Noise,
    rate_hz: u32,
) {
    for (index, &midi) in strings.iter().enumerate() {
        let how = Pluck {
            freq_hz: freq_hz(f64::from(midi) + 0.03 * noise.human()),
            velocity: (force + 0.06 * noise.human()).clamp(0.1, 1.0),
            length_s,
            decay_s: if mute { 0.5 } else { 3.2 },
            damping: if mute { 0.38 } else { 0.18 },
            pick: 0.17,
            pickup: 0.11,
            softness_hz: if mute { 3500.0 } else { 5000.0 },
        };
        let late_s = spread_s * index as f64 * (1.0 + 0.2 * noise.human());
        pluck(line, frame(at_s + late_s, rate_hz), &how, noise, rate_hz);
    }
}

/// The valves: each stage is 1.5x − 0.5x³, which makes no harmonic above the third, with a low-pass at 7 kHz before it:
/// nothing can fold back at 44.1 kHz or more, so no oversampling is needed.
pub(super) fn drive(line: &mut [f64], stages: usize, rate_hz: u32) {
    for _ in 0..stages {
        Biquad::lowpass(7000.0, 0.6, rate_hz).run(line);
        let peak = line.iter().fold(1e-9, |peak: f64, sample| peak.max(sample.abs()));
        for sample in line.iter_mut() {
            let x = *sample / peak;
            *sample = 1.5 * x - 0.5 * x * x * x;
        }
    }
}

/// A loudspeaker in a box with a microphone at its edge.
fn cabinet(line: &mut [f64], (presence_hz, presence_db): (f64, f64), rate_hz: u32) {
    Biquad::highpass(85.0, 0.9, rate_hz).run(line);
    Biquad::bell(140.0, 1.2, 2.5, rate_hz).run(line);
    Biquad::bell(450.0, 0.9, -3.0, rate_hz).run(line);
    Biquad::bell(presence_hz, 0.9, presence_db, rate_hz).run(line);
    Biquad::lowpass(5200.0, 1.0, rate_hz).run(line);
    Biquad::lowpass(5600.0, 0.6, rate_hz).run(line);
}

/// The first guitar: open position, two stages of drive.
pub(in crate::demo) const FIRST: Guitar = Guitar {
    seed: 51,
    position: 0,
    stages: 2,
    presence: (2300.0, 6.0),
    pattern: super::super::score::lines::first_guitar,
};

/// The second: fifth position, nearly clean.
pub(in crate::demo) const SECOND: Guitar = Guitar {
    seed: 52,
    position: 5,
    stages: 1,
    presence: (1700.0, 5.0),
    pattern: super::super::score::lines::second_guitar,
};
