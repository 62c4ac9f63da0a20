//! Sound in memory, faults that are planted into it at a chosen strength, and what the judge says of it. Shared by the
//! example that prints the table and by the test that holds its core.
#![allow(dead_code, unused_imports)] // each binary uses a part of it
#![allow(clippy::unwrap_used, clippy::expect_used)] // a table that cannot be made has failed

pub mod attribution;
mod faults;
mod filters;
pub mod records;
pub mod scenes;
pub mod songs;

use std::path::{Path, PathBuf};

use mixkeel_analysis::faults::Stored;
use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::spectrum::{SpectrumMeter, SpectrumReading};
use mixkeel_dsp::block::{Block, Buffer, Channels, Signal};
use mixkeel_dsp::kernels::resample::Resampler;
use mixkeel_io::read::Downmix;
use mixkeel_judge::check::Destination;
use mixkeel_judge::evidence::{
    Evidence, File, Gathered, Listener, SendLevel, SoundMeter, StripInfo, StripKind, StripMeter, StripReading,
};
use mixkeel_judge::verdict::{Judgement, judge};
use mixkeel_session::role::Role;

pub use faults::{PLANTS, limit};
pub use filters::{high_pass, low_pass};

/// How much of a song is used: enough for every fault, and for a table within minutes.
pub const CUT_S: f64 = 20.0;

/// Fades at both ends of a cut, so that cutting plants no fault of its own.
const FADE_S: f64 = 0.25;

/// Two channels, and how they are said to be stored.
#[derive(Clone)]
pub struct Sound {
    pub rate_hz: u32,
    pub left: Vec<f32>,
    pub right: Vec<f32>,
    pub bits: u16,
    pub float: bool,
}

/// The folder of real songs beside the repository, where it is there.
pub fn music() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/music");
    folder.is_dir().then_some(folder)
}

impl Sound {
    /// Silence of a length.
    pub fn silent(rate_hz: u32, frames: usize) -> Self {
        Self { rate_hz, left: vec![0.0; frames], right: vec![0.0; frames], bits: 32, float: true }
    }

    /// A whole file.
    pub fn read(path: &Path) -> Self {
        Self::try_read(path).unwrap()
    }

    /// A whole file, if it is one of sound.
    pub fn try_read(path: &Path) -> Option<Self> {
        let mut reader = mixkeel_io::read::open(path, Downmix::Fold).ok()?;
        let info = reader.info().clone();
        let mut sound = Self::silent(info.rate_hz, 0);
        (sound.bits, sound.float) = (info.bits.unwrap_or(16), info.float);
        let mut buffer = Buffer::new(info.channels, 4_096);
        loop {
            let frames = reader.read(&mut buffer.block()).ok()?;
            if frames == 0 {
                return Some(sound);
            }
            let heard = buffer.signal().part(0..frames);
            sound.left.extend_from_slice(heard.left());
            sound.right.extend_from_slice(heard.right_or_only());
        }
    }

    pub fn frames(&self) -> usize {
        self.left.len()
    }

    pub fn at(&self, seconds: f64) -> usize {
        (seconds * f64::from(self.rate_hz)) as usize
    }

    /// A part from a second on, faded in and out, as 32-bit float.
    pub fn cut(&self, from_s: f64, length_s: f64) -> Self {
        let from = self.at(from_s).min(self.frames());
        let to = (from + self.at(length_s)).min(self.frames());
        let mut cut = Self {
            rate_hz: self.rate_hz,
            left: self.left[from..to].to_vec(),
            right: self.right[from..to].to_vec(),
            bits: 32,
            float: true,
        };
        let fade = cut.at(FADE_S).min(cut.frames() / 2).max(1);
        for channel in [&mut cut.left, &mut cut.right] {
            let ramp = |n: usize| n as f32 / fade as f32;
            channel.iter_mut().take(fade).enumerate().for_each(|(n, x)| *x *= ramp(n));
            channel.iter_mut().rev().take(fade).enumerate().for_each(|(n, x)| *x *= ramp(n));
        }
        cut
    }

    /// Both channels through one function.
    pub fn each(&mut self, mut change: impl FnMut(&mut Vec<f32>)) {
        change(&mut self.left);
        change(&mut self.right);
    }

    /// The same at another rate.
    pub fn at_rate(&self, rate_hz: u32) -> Self {
        let mut resampler = Resampler::new(self.rate_hz, rate_hz).unwrap();
        let mut raised = Self::silent(rate_hz, resampler.output_length(self.frames() as u64) as usize);
        resampler.push(&Signal::stereo(&self.left, &self.right));
        resampler.finish();
        resampler.pull(&mut Block::stereo(&mut raised.left, &mut raised.right));
        raised
    }

    pub fn gain_db(&mut self, db: f64) {
        let gain = mixkeel_dsp::units::gain_from_db(db) as f32;
        self.each(|channel| channel.iter_mut().for_each(|x| *x *= gain));
    }

    pub fn peak(&self) -> f64 {
        self.left.iter().chain(&self.right).fold(0.0_f32, |most, x| most.max(x.abs())).into()
    }

    pub fn rms(&self) -> f64 {
        let sum: f64 = self.left.iter().chain(&self.right).map(|x| f64::from(*x) * f64::from(*x)).sum();
        (sum / (2 * self.frames()).max(1) as f64).sqrt()
    }

    pub fn lufs(&self) -> f64 {
        let mut meter = mixkeel_analysis::loudness::LoudnessMeter::new();
        meter.prepare(self.rate_hz, Channels::Stereo);
        meter.push(&Signal::stereo(&self.left, &self.right));
        meter.finish().integrated_lufs.unwrap_or(-70.0)
    }

    pub fn spectrum(&self) -> SpectrumReading {
        let mut meter = SpectrumMeter::new();
        meter.prepare(self.rate_hz, Channels::Stereo);
        meter.push(&Signal::stereo(&self.left, &self.right));
        meter.finish()
    }

    /// Adds another sound.
    pub fn add(&mut self, other: &Sound, gain: f32) {
        for (to, from) in [(&mut self.left, &other.left), (&mut self.right, &other.right)] {
            to.iter_mut().zip(from).for_each(|(to, from)| *to += gain * from);
        }
    }

    pub fn strip(&self) -> StripReading {
        let mut meter = StripMeter::new(self.rate_hz);
        meter.hear(&Signal::stereo(&self.left, &self.right));
        meter.finish()
    }

    fn gathered(&self) -> Gathered {
        let stored = Stored { bits: Some(self.bits), float: self.float, lossy: false };
        let mut meter = SoundMeter::new(self.rate_hz, Channels::Stereo, stored);
        meter.push(&Signal::stereo(&self.left, &self.right));
        let file = File { bits: Some(self.bits), float: self.float, channels: 2, ..File::default() };
        Gathered {
            sound: meter.finish(),
            file: Some(file),
            mix: self.strip(),
            strips: Vec::new(),
            sections: Vec::new(),
            given: Vec::new(),
            headroom_db: 0.0,
        }
    }

    /// Everything that is measured about it.
    pub fn evidence(&self) -> Evidence {
        self.gathered().evidence()
    }

    /// What the judge says of it.
    pub fn judged(&self, destination: Destination) -> Judgement {
        judge(&self.evidence(), destination)
    }
}

/// A track as it goes into a mix.
#[derive(Clone)]
pub struct Part {
    pub name: String,
    pub role: Role,
    pub in_focus: bool,
    pub sends: Vec<SendLevel>,
    pub sound: Sound,
}

/// The evidence of a mix of tracks that are only summed.
pub fn mixed(parts: &[Part]) -> Evidence {
    let frames = parts.iter().map(|part| part.sound.frames()).max().unwrap_or(0);
    let padded: Vec<Part> = parts
        .iter()
        .map(|part| {
            let mut sound = part.sound.clone();
            sound.each(|channel| channel.resize(frames, 0.0));
            Part { sound, ..part.clone() }
        })
        .collect();
    let readings = padded.iter().map(|part| part.sound.strip()).collect();
    gathered(&padded, readings).evidence()
}

/// The readings of a mix of tracks that are only summed and as long as each other, when each track was measured already.
pub fn gathered(parts: &[Part], readings: Vec<StripReading>) -> Gathered {
    let frames = parts.iter().map(|part| part.sound.frames()).max().unwrap_or(0);
    let mut sum = Sound::silent(parts.first().map_or(48_000, |part| part.sound.rate_hz), frames);
    parts.iter().for_each(|part| sum.add(&part.sound, 1.0));
    let mut gathered = sum.gathered();
    gathered.file = None;
    gathered.strips = parts
        .iter()
        .zip(readings)
        .map(|(part, reading)| {
            let info = StripInfo {
                id: part.name.to_lowercase().replace(' ', "-"),
                name: part.name.clone(),
                kind: StripKind::Track,
                role: part.role,
                in_focus: part.in_focus,
                to: "master".to_owned(),
                sends: part.sends.clone(),
            };
            (info, reading)
        })
        .collect();
    gathered.strips.sort_by(|a, b| a.0.id.cmp(&b.0.id));
    gathered
}

/// The demo song's tracks at one rate, but for those that are left out of a mix, each at a level that makes a plain
/// balance.
pub fn demo_parts() -> Vec<Part> {
    let level_db = |role: Role| match role {
        Role::LeadVocal => 5.0,
        Role::Kick | Role::Snare | Role::Bass => -4.0,
        Role::BackingVocal | Role::VocalDouble | Role::ElectricGuitar => -11.0,
        Role::Overheads => -12.0,
        _ => -13.0,
    };
    (0..mixkeel::demo::track_count())
        .filter_map(|index| {
            let track = mixkeel::demo::synthesise(index);
            let guess = mixkeel_assist::roles::role_from_name(track.file_name).role;
            // Those with the faults that the song was given are left out, and so is what is no music.
            let faulty = ["SN_btm.wav", "Room mono late.wav", "CLICK.wav", "bass_amp.wav"];
            let keep = track.rate_hz == 48_000 && !faulty.contains(&track.file_name);
            let signal = track.samples.signal();
            let mut sound = Sound::silent(track.rate_hz, 0);
            sound.left = signal.left().to_vec();
            sound.right = signal.right_or_only().to_vec();
            let lufs = sound.lufs();
            sound.gain_db(-23.0 + level_db(guess) - lufs);
            let to_left = ["OH L.wav", "EGtr 1.wav", "BGV 1.wav", "Pno.wav"].contains(&track.file_name);
            let to_right =
                ["OH R.wav", "Git 2 rhythm.wav", "BGV 2 hi.wav", "Tamb.wav"].contains(&track.file_name);
            for (other, off) in [(&mut sound.right, to_left), (&mut sound.left, to_right)] {
                if off {
                    other.iter_mut().for_each(|x| *x *= 0.3);
                }
            }
            let name = track.file_name.trim_end_matches(".wav").to_owned();
            let in_focus = guess == Role::LeadVocal;
            keep.then(|| Part { name, role: guess, in_focus, sends: Vec::new(), sound })
        })
        .collect()
}

/// Mixes that are sound, each cut to a length: the demo's, and those of real songs that are there.
pub fn bases(seconds: f64) -> Vec<(String, Sound)> {
    let mut bases = Vec::new();
    let parts = demo_parts();
    let mut demo = Sound::silent(48_000, parts.iter().map(|part| part.sound.frames()).max().unwrap_or(0));
    parts.iter().for_each(|part| demo.add(&part.sound, 1.0));
    let middle = demo.frames() as f64 / 48_000.0 / 2.0;
    bases.push(("demo".to_owned(), demo.cut(middle, seconds)));
    if let Some(music) = music() {
        for (name, file, from_s) in [
            ("mauiwowi", "mauiwowi/mix/author_mix.flac", 40.0),
            ("reggaetry", "reggaetry/mix/author_mix.flac", 12.0),
            ("city_blues", "city_blues/mix/author_mix.flac", 12.0),
        ] {
            bases.push((name.to_owned(), Sound::read(&music.join(file)).cut(from_s, seconds)));
        }
    }
    for (_, sound) in &mut bases {
        // Where mixes are delivered; the records among them were normalised.
        let lufs = sound.lufs();
        sound.gain_db(-20.0 - lufs);
    }
    bases
}
