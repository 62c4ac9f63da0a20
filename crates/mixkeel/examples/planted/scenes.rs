//! Sessions made of little sound: tracks, sends, a return and sections, each with one fault or without it.

use mixkeel_judge::check::Destination;
use mixkeel_judge::evidence::{SendLevel, StripInfo, StripKind};
use mixkeel_judge::verdict::{Judgement, judge};
use mixkeel_session::role::Role;
use mixkeel_session::session::Section;

use super::{Part, Sound, gathered};

const RATE_HZ: u32 = 48_000;

/// A song on a desk.
pub struct Scene {
    pub parts: Vec<Part>,
    /// The level of what the room gives back, re the sum of what is sent to it, in dB; `None` without a room.
    pub room_db: Option<f64>,
    pub sections: Vec<Section>,
}

/// A tone with harmonics that is struck again and again.
fn part(name: &str, role: Role, (freq_hz, every_s): (f64, f64), seconds: f64, send_db: Option<f64>) -> Part {
    let mut sound = Sound::silent(RATE_HZ, (seconds * f64::from(RATE_HZ)) as usize);
    let rate = f64::from(RATE_HZ);
    for n in 0..sound.frames() {
        let t = n as f64 / rate;
        let since = t - (t / every_s).floor() * every_s;
        let turn = std::f64::consts::TAU * freq_hz * t;
        let wave = libm::sin(turn) + 0.5 * libm::sin(2.0 * turn) + 0.3 * libm::sin(3.0 * turn);
        sound.left[n] = (0.05 * wave * libm::exp(-3.0 * since / every_s)) as f32;
    }
    sound.right = sound.left.clone();
    let sends = send_db.map(|level_db| SendLevel { to: "room".to_owned(), level_db }).into_iter().collect();
    Part { name: name.to_owned(), role, in_focus: role == Role::LeadVocal, sends, sound }
}

/// Six tracks that leave each other room, sent to a room at these levels.
pub fn band(seconds: f64, sends_db: [f64; 6]) -> Vec<Part> {
    [
        ("Vox", Role::LeadVocal, (523.0, 0.9)),
        ("Bass", Role::Bass, (65.0, 0.5)),
        ("Guitar", Role::ElectricGuitar, (196.0, 0.7)),
        ("Piano", Role::Piano, (330.0, 1.1)),
        ("Lead", Role::LeadSynth, (1_480.0, 0.45)),
        ("Bell", Role::Percussion, (2_960.0, 0.6)),
    ]
    .into_iter()
    .zip(sends_db)
    .map(|((name, role, music), send_db)| part(name, role, music, seconds, Some(send_db)))
    .collect()
}

/// Sends as an engineer staggers them: the front dry, the back wet.
pub const STAGGERED_DB: [f64; 6] = [-16.0, -30.0, -14.0, -12.0, -10.0, -9.0];

impl Scene {
    /// Six tracks for ten seconds, in a room that is heard and no more.
    pub fn sound() -> Self {
        Self { parts: band(10.0, STAGGERED_DB), room_db: Some(0.0), sections: Vec::new() }
    }

    /// A minute and a half of two tracks in five sections, each at a level.
    pub fn song(levels_db: [f64; 5]) -> Self {
        let kinds = ["verse", "chorus", "verse", "chorus", "bridge"];
        let length_s = 19.0;
        let mut parts = band(length_s * 5.0, STAGGERED_DB);
        parts.truncate(2);
        let frames = (length_s * f64::from(RATE_HZ)) as usize;
        for part in &mut parts {
            part.sound.each(|channel| {
                for (section, level_db) in channel.chunks_mut(frames).zip(levels_db) {
                    let gain = mixkeel_dsp::units::gain_from_db(level_db) as f32;
                    section.iter_mut().for_each(|x| *x *= gain);
                }
            });
        }
        let section = |(n, kind): (usize, &str)| Section {
            id: format!("{kind}-{}", n / 2 + 1),
            kind: kind.to_owned(),
            from_s: n as f64 * length_s,
            to_s: (n + 1) as f64 * length_s,
        };
        let sections = kinds.into_iter().enumerate().map(section).collect();
        Self { parts, room_db: None, sections }
    }

    /// Ten seconds of which the first half has but a word of the voice, far away.
    pub fn one_word() -> Self {
        let mut scene = Self::sound().with("Vox", 6.0);
        for part in scene.parts.iter_mut().filter(|part| part.in_focus) {
            let half = part.sound.frames() / 2;
            part.sound.each(|channel| channel[..half].iter_mut().for_each(|x| *x *= 0.03));
        }
        let section =
            |id: &str, from_s, to_s| Section { id: id.to_owned(), kind: id.to_owned(), from_s, to_s };
        scene.sections = vec![section("intro", 0.0, 5.0), section("verse", 5.0, 10.0)];
        scene
    }

    /// Turns one track by so much.
    pub fn with(mut self, name: &str, by_db: f64) -> Self {
        self.parts.iter_mut().filter(|part| part.name == name).for_each(|part| part.sound.gain_db(by_db));
        self
    }

    /// What the judge says of it as a mix.
    pub fn judged(&self) -> Judgement {
        let mut sum =
            Sound::silent(RATE_HZ, self.parts.iter().map(|part| part.sound.frames()).max().unwrap());
        let readings = self.parts.iter().map(|part| part.sound.strip()).collect();
        let mut parts = self.parts.clone();
        let room = self.room_db.map(|room_db| {
            for part in &self.parts {
                for send in &part.sends {
                    sum.add(&part.sound, mixkeel_dsp::units::gain_from_db(send.level_db) as f32);
                }
            }
            sum.gain_db(room_db);
            // Two late copies, one a side, stand for what a room gives back.
            let (one, other) = (sum.at(0.031), sum.at(0.047));
            let late = |channel: &[f32], by: usize| {
                let mut late = vec![0.0; by];
                late.extend_from_slice(&channel[..channel.len() - by]);
                late
            };
            let room = Sound { left: late(&sum.left, one), right: late(&sum.right, other), ..sum.clone() };
            parts.push(Part {
                name: "room".to_owned(),
                role: Role::Unknown,
                in_focus: false,
                sends: Vec::new(),
                sound: room.clone(),
            });
            room
        });
        // The room sounds in the sum, and is a return and no track.
        let mut readings: Vec<_> = readings;
        if let Some(room) = &room {
            readings.push(room.strip());
        } else {
            parts.iter_mut().for_each(|part| part.sends.clear());
        }
        let mut all = gathered(&parts, readings);
        for (info, _) in &mut all.strips {
            if info.id == "room" {
                *info = StripInfo { kind: StripKind::Return, ..info.clone() };
            }
        }
        all.sections = self.sections.clone();
        judge(&all.evidence(), Destination::Mastering)
    }
}
