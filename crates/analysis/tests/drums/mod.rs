//! Drums written stroke by stroke, and how well beats that were heard meet those that were meant.
#![allow(dead_code)] // each test uses a part of it

use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::music::rhythm::{Rhythm, TrackCurves, rhythm};
use mixkeel_analysis::profile::ProfileMeter;
use mixkeel_dsp::block::{Channels, Signal};

pub const RATE: u32 = 24_000;

/// What is struck.
#[derive(Clone, Copy)]
pub enum Drum {
    Click,
    Kick,
    Snare,
    Hat,
}

pub struct Seeded(pub u32);

impl Seeded {
    /// From −1 to 1.
    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(self.0) / f64::from(u32::MAX) * 2.0 - 1.0
    }
}

/// A track of strokes: when in seconds, and how strong.
pub fn struck(drum: Drum, strokes: &[(f64, f64)], seconds: f64) -> Vec<f32> {
    let mut wave = vec![0.0_f32; (seconds * f64::from(RATE)) as usize];
    let mut noise = Seeded(7);
    let turn = 2.0 * std::f64::consts::PI;
    for &(at, gain) in strokes {
        let first = (at * f64::from(RATE)).round() as usize;
        let mut before = 0.0;
        for n in 0..(0.25 * f64::from(RATE)) as usize {
            let t = n as f64 / f64::from(RATE);
            let white = noise.next();
            let x = match drum {
                Drum::Click => libm::exp(-200.0 * t) * libm::sin(turn * 2_000.0 * t),
                Drum::Kick => {
                    libm::exp(-20.0 * t) * libm::sin(turn * (55.0 * t + 2.0 * (1.0 - libm::exp(-40.0 * t))))
                }
                Drum::Snare => libm::exp(-25.0 * t) * (0.5 * white + 0.4 * libm::sin(turn * 190.0 * t)),
                // The difference of neighbours leaves the highs.
                Drum::Hat => libm::exp(-70.0 * t) * 0.3 * (white - before),
            };
            before = white;
            if let Some(sample) = wave.get_mut(first + n) {
                *sample += (0.5 * gain * x) as f32;
            }
        }
    }
    wave
}

pub fn curves(wave: &[f32]) -> TrackCurves {
    let mut meter = ProfileMeter::new(RATE, Channels::Mono).with_music();
    meter.push(&Signal::mono(wave));
    TrackCurves::of(&meter.finish().music.unwrap_or_default())
}

/// A written rhythm: strokes by instrument, and what should be heard.
#[derive(Default)]
pub struct Written {
    pub kick: Vec<(f64, f64)>,
    pub snare: Vec<(f64, f64)>,
    pub hat: Vec<(f64, f64)>,
    pub beats_s: Vec<f64>,
    pub downbeats_s: Vec<f64>,
    pub at_s: f64,
}

impl Written {
    /// One bar of eighths, each of this length, one letter each: K kick, S snare, k and s softer, with a hat on every eighth;
    /// the second eighth of two comes at this part of the two. Beats are so many eighths.
    pub fn bar(&mut self, pattern: &str, eighth_s: f64, beat: usize, swung: f64) {
        self.downbeats_s.push(self.at_s);
        for (n, letter) in pattern.chars().enumerate() {
            let late = if n % 2 == 1 { (swung - 0.5) * 2.0 * eighth_s } else { 0.0 };
            let at = self.at_s + n as f64 * eighth_s;
            if n % beat == 0 {
                self.beats_s.push(at);
            }
            self.hat.push((at + late, if n % beat == 0 { 0.8 } else { 0.5 }));
            match letter {
                'K' => self.kick.push((at + late, 1.0)),
                'k' => self.kick.push((at + late, 0.6)),
                'S' => self.snare.push((at + late, 1.0)),
                's' => self.snare.push((at + late, 0.4)),
                _ => {}
            }
        }
        self.at_s += pattern.len() as f64 * eighth_s;
    }

    pub fn bars(count: usize, pattern: &str, eighth_s: f64, beat: usize) -> Self {
        let mut written = Self { at_s: 0.2, ..Self::default() };
        (0..count).for_each(|_| written.bar(pattern, eighth_s, beat, 0.5));
        written
    }

    pub fn tracks(&self) -> Vec<TrackCurves> {
        let all = [(Drum::Kick, &self.kick), (Drum::Snare, &self.snare), (Drum::Hat, &self.hat)];
        all.iter().map(|(drum, strokes)| curves(&struck(*drum, strokes, self.at_s))).collect()
    }

    pub fn heard(&self) -> Rhythm {
        self.within(rhythm(&self.tracks()))
    }

    /// Without the beat that would be the first after the end.
    pub fn within(&self, mut heard: Rhythm) -> Rhythm {
        heard.beats_s.retain(|at| *at < self.at_s - 0.07);
        heard
    }

    pub fn heard_from_the_sum(&self) -> Rhythm {
        let mut sum = struck(Drum::Kick, &self.kick, self.at_s);
        for (drum, strokes) in [(Drum::Snare, &self.snare), (Drum::Hat, &self.hat)] {
            for (to, x) in sum.iter_mut().zip(struck(drum, strokes, self.at_s)) {
                *to += x;
            }
        }
        self.within(rhythm(&[curves(&sum)]))
    }
}

/// The F-measure of times within a tolerance, each matched once; both lists rise.
pub fn f_measure(found: &[f64], truth: &[f64], tolerance_s: f64) -> f64 {
    let (mut hits, mut next) = (0, 0);
    for at in truth {
        while found.get(next).is_some_and(|x| *x < at - tolerance_s) {
            next += 1;
        }
        if found.get(next).is_some_and(|x| *x <= at + tolerance_s) {
            hits += 1;
            next += 1;
        }
    }
    2.0 * f64::from(hits) / (found.len() + truth.len()).max(1) as f64
}

/// Accuracy 1 and 2 of tempo estimation (Gouyon and others, IEEE Transactions on Audio, Speech and Language Processing 14,
/// 2006): within 4 %, and within 4 % of a half, a third, twice or three times the tempo.
pub fn accuracy(bpm: Option<f64>, truth: f64) -> (bool, bool) {
    let near = |times: f64| bpm.is_some_and(|bpm| (bpm / (truth * times) - 1.0).abs() <= 0.04);
    (near(1.0), [1.0, 0.5, 1.0 / 3.0, 2.0, 3.0].into_iter().any(near))
}
