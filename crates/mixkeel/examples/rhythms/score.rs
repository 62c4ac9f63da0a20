//! A song as a generated band plays it: strokes and notes of every bar, and the beats that are meant by them.

use super::sounds::{Dice, Drum, Note, Stroke, Timbre, Touch, played, struck};

/// How long a piece is, in seconds, about.
pub const LENGTH_S: f64 = 32.0;

/// A piece of music and what is known of it.
pub struct Piece {
    /// What it is counted among.
    pub group: &'static str,
    pub name: String,
    /// Beats a minute: quarters, dotted quarters in 6/8.
    pub bpm: f64,
    /// Whether people would count it at another octave as well.
    pub open: bool,
    /// Metres in the order they come: over the line, under the line.
    pub metres: Vec<(u8, u8)>,
    /// The length of the first of two eighths over the second.
    pub swing: Option<f64>,
    /// What is played.
    pub score: Score,
}

/// A bar of a song: which metre, how finely it is written, and who strikes where.
#[derive(Clone, Copy)]
pub struct Groove {
    pub metre: (u8, u8),
    /// Places in a beat.
    pub places: usize,
    /// K and k are loud and soft kicks; a letter for each place.
    pub kicks: &'static [&'static str],
    /// S and s are loud and soft snares.
    pub snares: &'static [&'static str],
}

/// What plays the harmony.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comping {
    None,
    /// Held chords that change with the harmony.
    Pad,
    /// Chords on every beat.
    Blocks,
    /// Strokes on places that a pattern says: D strong, u weak, a letter for each half of a beat (or third).
    Strums(&'static str),
    /// Chords between beats, as in reggae.
    Offbeats,
    /// Bass on the first beat, chords on the others.
    OomPah,
    /// Single notes of the chord, one after the other, on every half (or third) of a beat.
    Broken,
}

/// What the bass plays: roots on some beats, on every half of a beat, between beats, or where the kick is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bass {
    None,
    Beats,
    Halves,
    Offbeats,
    Kick,
}

/// How one piece is played throughout.
#[derive(Clone)]
pub struct Manner {
    pub groove: Groove,
    pub kick: &'static str,
    pub snare: &'static str,
    /// A hat on every so many places, 0 none.
    pub hats: usize,
    /// Where the second half of a beat lies.
    pub swung: f64,
    /// The standard deviation of strokes from their places, in seconds.
    pub loose_s: f64,
    /// Beats to a chord.
    pub chord_beats: usize,
    pub comping: Comping,
    pub bass: Bass,
    /// How often a voice sings on a half of a beat, 0 never.
    pub sung: f64,
    /// Hats between beats only.
    pub off_hats: bool,
    /// Whether drums fall silent for two bars now and then.
    pub breaks: bool,
}

/// A band as it is being written.
pub struct Score {
    dice: Dice,
    pub at_s: f64,
    bar: usize,
    beat: usize,
    root: f64,
    drums: [(Drum, Timbre, Vec<Stroke>); 4],
    bass: Vec<Note>,
    held: Vec<Note>,
    struck: Vec<Note>,
    pub beats_s: Vec<f64>,
    pub downbeats_s: Vec<f64>,
}

const ROOTS: [[f64; 8]; 3] = [
    [0.0, 5.0, 7.0, 0.0, 0.0, -4.0, 5.0, 7.0],
    [0.0, 7.0, -3.0, 5.0, 0.0, 7.0, -3.0, 5.0],
    [0.0, -2.0, -4.0, -2.0, 0.0, -2.0, 5.0, 7.0],
];

impl Score {
    pub fn new(mut dice: Dice) -> Self {
        let (at_s, root) = (dice.between(0.1, 1.6), 28.0 + (12.0 * dice.roll()).floor());
        let drums = [Drum::Click, Drum::Kick, Drum::Snare, Drum::Hat]
            .map(|drum| (drum, Timbre::any(&mut dice), Vec::new()));
        let lists = || (Vec::new(), Vec::new(), Vec::new());
        let ((bass, held, struck), (beats_s, downbeats_s)) = (lists(), (Vec::new(), Vec::new()));
        Self { dice, at_s, bar: 0, beat: 0, root, drums, bass, held, struck, beats_s, downbeats_s }
    }

    pub fn strike(&mut self, drum: Drum, at_s: f64, gain: f64) {
        let gain = gain * self.dice.between(0.8, 1.15);
        if let Some((_, _, strokes)) = self.drums.iter_mut().find(|(other, _, _)| *other == drum) {
            strokes.push((at_s, gain));
        }
    }

    /// The next bar; `beat_s` gives the length of a beat at a time.
    pub fn bar(&mut self, manner: &Manner, beat_s: &dyn Fn(f64) -> f64) {
        let places = manner.groove.places;
        let beats = manner.kick.len().div_ceil(places);
        let whole = manner.kick.len();
        self.downbeats_s.push(self.at_s);
        let quiet = manner.breaks && self.bar % 12 >= 10;
        let fill = self.bar % 8 == 7;
        let progression = ROOTS[self.root as usize % ROOTS.len()];
        for beat in 0..beats {
            let now = beat_s(self.at_s);
            let root = self.root + progression[(self.beat / manner.chord_beats) % 8];
            let changes = self.beat.is_multiple_of(manner.chord_beats);
            self.beats_s.push(self.at_s);
            for place in 0..places.min(whole - beat * places) {
                let n = beat * places + place;
                let part = place as f64 / places as f64;
                // The second half is late where it is swung, and what lies around it moves along.
                let part = if part < 0.5 {
                    part * 2.0 * manner.swung
                } else {
                    1.0 - (1.0 - part) * 2.0 * (1.0 - manner.swung)
                };
                let part = if places == 3 { place as f64 / 3.0 } else { part };
                let at_s = self.at_s + part * now;
                let mut near = || (at_s + manner.loose_s * self.dice.bell()).max(0.0);
                let times = [near(), near(), near()];
                let (kick, snare) = (manner.kick.as_bytes()[n], manner.snare.as_bytes()[n]);
                if manner.bass == Bass::Kick && kick != b'.' {
                    self.low(at_s, now * 0.4, root, manner);
                }
                if !quiet {
                    let off = !manner.off_hats || place * 2 == places;
                    if manner.hats > 0 && n.is_multiple_of(manner.hats) && off {
                        self.strike(Drum::Hat, times[0], if place == 0 { 0.8 } else { 0.55 });
                    }
                    match kick {
                        b'K' => self.strike(Drum::Kick, times[1], 1.0),
                        b'k' => self.strike(Drum::Kick, times[1], 0.6),
                        _ => {}
                    }
                    let filled = fill && n * 2 >= whole && n.is_multiple_of(2);
                    match snare {
                        b'S' => self.strike(Drum::Snare, times[2], 0.9),
                        b's' => self.strike(Drum::Snare, times[2], 0.3),
                        _ if filled => self.strike(Drum::Snare, times[2], 0.6),
                        _ => {}
                    }
                }
            }
            let long = whole as f64 / places as f64 - beat as f64;
            self.harmony(manner, beat, now * long.min(1.0), root, changes);
            self.beat += 1;
            self.at_s += now * long.min(1.0);
        }
        self.bar += 1;
    }

    fn chord(&mut self, manner: &Manner, at_s: f64, long_s: f64, root: f64, gain: f64) {
        let gain = gain * self.dice.between(0.85, 1.15);
        for third in [0.0, 4.0, 7.0] {
            // A hand that strums takes some milliseconds.
            let at_s = (at_s + 0.001 * third + manner.loose_s * 0.5 * self.dice.bell()).max(0.0);
            self.struck.push(Note { at_s, long_s, midi: root + 24.0 + third, gain });
        }
    }

    fn harmony(&mut self, manner: &Manner, beat: usize, now: f64, root: f64, changes: bool) {
        let three = manner.groove.places == 3;
        let at = self.at_s;
        let halves: &[f64] = if three { &[0.0, 1.0 / 3.0, 2.0 / 3.0] } else { &[0.0, manner.swung] };
        match manner.comping {
            Comping::None => {}
            Comping::Pad if changes => {
                let long_s = now * manner.chord_beats as f64;
                for third in [0.0, 4.0, 7.0] {
                    self.held.push(Note { at_s: at, long_s, midi: root + 24.0 + third, gain: 0.25 });
                }
            }
            Comping::Pad => {}
            Comping::Blocks => {
                let gain = if beat == 0 { 0.4 } else { 0.3 };
                self.chord(manner, at, now * 0.9, root, gain);
            }
            Comping::Strums(pattern) => {
                let letters = pattern.as_bytes();
                for (n, part) in halves.iter().enumerate() {
                    let gain = match letters[(beat * halves.len() + n) % letters.len()] {
                        b'D' => 0.4,
                        b'd' => 0.28,
                        b'u' => 0.2,
                        _ => continue,
                    };
                    self.chord(manner, at + part * now, now / halves.len() as f64 * 0.95, root, gain);
                }
            }
            Comping::Offbeats => {
                for part in &halves[1..] {
                    self.chord(manner, at + part * now, 0.12, root, 0.4);
                }
            }
            Comping::OomPah if beat > 0 => self.chord(manner, at, now * 0.5, root, 0.3),
            Comping::OomPah => {}
            Comping::Broken => {
                for (n, part) in halves.iter().enumerate() {
                    let tone = [0.0, 7.0, 12.0, 4.0, 16.0, 7.0][(beat * halves.len() + n) % 6];
                    let gain = if n == 0 && beat == 0 { 0.5 } else { 0.35 };
                    let at_s = (at + part * now + manner.loose_s * self.dice.bell()).max(0.0);
                    let note = Note { at_s, long_s: now, midi: root + 24.0 + tone, gain };
                    self.struck.push(note);
                }
            }
        }
        for (n, part) in halves.iter().enumerate() {
            let at_s = at + part * now;
            let plays = match manner.bass {
                Bass::None | Bass::Kick => false,
                Bass::Halves => true,
                Bass::Offbeats => n > 0,
                // Some notes are left out, and some come early.
                Bass::Beats if n > 0 => {
                    !three && manner.comping != Comping::OomPah && self.dice.roll() < 0.15
                }
                Bass::Beats => {
                    beat == 0 || changes || (manner.comping != Comping::OomPah && self.dice.roll() < 0.5)
                }
            };
            if plays {
                let up = if beat > 0 && !changes && self.dice.roll() < 0.3 { 7.0 } else { 0.0 };
                self.low(at_s, now / halves.len() as f64 * 0.95, root + up, manner);
            }
            if self.dice.roll() < manner.sung {
                let tone = *self.dice.pick(&[0.0, 2.0, 4.0, 7.0, 9.0]);
                let at_s = (at_s + 2.0 * manner.loose_s * self.dice.bell()).max(0.0);
                let long_s = now * self.dice.between(0.4, 1.2);
                self.held.push(Note { at_s, long_s, midi: self.root + 36.0 + tone, gain: 0.4 });
            }
        }
    }

    /// A note of the bass.
    fn low(&mut self, at_s: f64, long_s: f64, midi: f64, manner: &Manner) {
        let at_s = (at_s + manner.loose_s * self.dice.bell()).max(0.0);
        let gain = self.dice.between(0.75, 1.0);
        self.bass.push(Note { at_s, long_s, midi, gain });
    }

    /// The sound of its tracks, one for each instrument that plays.
    pub fn tracks(&self) -> Vec<Vec<f32>> {
        let long_s = self.at_s + 0.5;
        let mut dice = self.dice.clone();
        let mut tracks: Vec<Vec<f32>> = self
            .drums
            .iter()
            .filter(|(_, _, strokes)| !strokes.is_empty())
            .map(|(drum, timbre, strokes)| struck(*drum, *timbre, strokes, long_s, &mut dice))
            .collect();
        let lines = [(Touch::Bass, &self.bass), (Touch::Held, &self.held), (Touch::Struck, &self.struck)];
        for (touch, notes) in lines {
            if !notes.is_empty() {
                tracks.push(played(touch, notes, long_s));
            }
        }
        tracks
    }
}
