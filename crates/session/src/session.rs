//! A session as written: one struct a TOML table, one field a key. What it means is worked out by `resolve`.

use mixkeel_dsp::catalog::Kind;
use mixkeel_dsp::processor::{AssetSpec, BoxedSettings};

use crate::finish::Finish;
use crate::goal::Goal;
use crate::role::Role;

/// A slug written once and never changed by a rename or a move: `lead-vox`.
pub type Id = String;

/// A whole session.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// The title of the song.
    pub title: String,
    /// Frames a second of everything that is played.
    pub rate_hz: u32,
    /// Ids of the tracks the song is about, the first one first. Nothing may overshadow them.
    pub focus: Vec<Id>,
    /// Tempo and metre.
    pub song: Song,
    /// Spans of the song, in order of time.
    pub sections: Vec<Section>,
    /// What the mix should do, checked like tests.
    pub goals: Vec<Goal>,
    /// Finished records that goals compare with.
    pub references: Vec<Reference>,
    /// When the work on it ends.
    pub finish: Finish,
    /// Sums of tracks and other buses.
    pub buses: Vec<Bus>,
    /// Effects fed by sends.
    pub returns: Vec<Return>,
    /// The recorded sources, in console order.
    pub tracks: Vec<Track>,
    /// The last sum.
    pub master: Master,
}

/// `[song]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Song {
    /// From second, beats a minute. Empty while nobody has said or heard the tempo.
    pub tempo: Vec<(f64, f64)>,
    /// From second, beats a bar and the note that is a beat.
    pub metre: Vec<(f64, Metre)>,
    /// `F# minor`: a note, and major or minor. Nothing while nobody has said the key.
    pub key: Option<String>,
    /// What kind of music it is, as one of the assistant's words. Nothing while nobody has said or heard it.
    pub style: Option<String>,
    /// How much of what is decided is applied, 0 to 1. Nothing is all.
    pub strength: Option<f64>,
}

/// `4/4`: beats a bar and the note that is a beat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metre {
    /// The upper number.
    pub beats: u8,
    /// The lower number: 1, 2, 4, 8 or 16.
    pub unit: u8,
}

/// `[[section]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// `chorus-1`.
    pub id: Id,
    /// `chorus`: sections of a kind are the same music again.
    pub kind: String,
    /// Start in seconds from session zero.
    pub from_s: f64,
    /// End in seconds from session zero.
    pub to_s: f64,
}

/// `[[reference]]`: a finished record to compare with. It is never heard in the mix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The slug by which goals refer to it.
    pub id: Id,
    /// Path of the file, from where the session's recordings are counted, or absolute.
    pub file: String,
}

/// `[[track]]`: one recorded source and its strip.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// The slug by which everything refers to it.
    pub id: Id,
    /// What people call it.
    pub name: String,
    /// The recordings on its timeline.
    pub clips: Vec<Clip>,
    /// What it is.
    pub role: Role,
    /// The bus that it feeds, or `master`.
    pub bus: Id,
    /// Level correction of the recording, ahead of everything else.
    pub trim_db: f64,
    /// Whether the recording is turned upside down.
    pub inverted: bool,
    /// Moves the recording in time; negative is earlier. Fractions of a frame count.
    pub shift_ms: f64,
    /// Processors, in order.
    pub inserts: Vec<Insert>,
    /// Level after the inserts. Minus infinity is silence.
    pub fader_db: f64,
    /// −1 left to +1 right: position of a mono track, balance of a stereo one.
    pub pan: f64,
    /// Of a stereo track: 0 is mono, 1 as recorded, 2 sides doubled.
    pub width: f64,
    /// Silenced. Post-fader sends fall silent with it, pre-fader sends and side chains do not.
    pub mute: bool,
    /// Only soloed tracks sound.
    pub solo: bool,
    /// Copies to returns.
    pub sends: Vec<Send>,
    /// Movement over time.
    pub lanes: Vec<Lane>,
    /// Parameters (relative addresses: `fader_db`, `eq-1/band.2/gain_db`) or whole inserts that no rule may change, and rules
    /// that have no say here (`eq/residue`).
    pub lock: Vec<String>,
}

impl Session {
    /// A session of which nothing is decided: these tracks, straight to the master.
    pub fn at_unity(title: impl Into<String>, rate_hz: u32, tracks: Vec<Track>) -> Self {
        Self {
            title: title.into(),
            rate_hz,
            focus: Vec::new(),
            song: Song::default(),
            sections: Vec::new(),
            goals: Vec::new(),
            references: Vec::new(),
            finish: Finish::default(),
            buses: Vec::new(),
            returns: Vec::new(),
            tracks,
            master: Master::default(),
        }
    }
}

impl Track {
    /// A track of which nothing is decided: unknown, in the middle, at unity, straight to the master, without a clip.
    pub fn at_unity(id: impl Into<Id>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            clips: Vec::new(),
            role: Role::Unknown,
            bus: "master".to_owned(),
            trim_db: 0.0,
            inverted: false,
            shift_ms: 0.0,
            inserts: Vec::new(),
            fader_db: 0.0,
            pan: 0.0,
            width: 1.0,
            mute: false,
            solo: false,
            sends: Vec::new(),
            lanes: Vec::new(),
            lock: Vec::new(),
        }
    }
}

/// `clip = [{ … }]`: one recording on a track's timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Clip {
    /// Path relative to the folder of the session, with `/` between parts.
    pub file: String,
    /// The right side, where left and right came as two mono files.
    pub right: Option<String>,
    /// Where its first frame lies, in seconds from session zero. Negative starts before zero and is cut there.
    pub at_s: f64,
}

/// `[[track.insert]]` and its kin: one processor in a strip.
#[derive(Clone, Debug, PartialEq)]
pub struct Insert {
    /// Unique within its strip.
    pub id: Id,
    /// What it is.
    pub kind: &'static Kind,
    /// What it is set to. A `preset` in the file is where its settings started; it is not kept.
    pub settings: BoxedSettings,
    /// The recordings that it works from.
    pub assets: Vec<Asset>,
    /// Strips that key it, in order.
    pub keys: Vec<Id>,
    /// Out of the path (its latency stays, so that nothing moves).
    pub bypass: bool,
    /// The rule that put it here, or nothing when a person did.
    pub by: Option<String>,
    /// Why.
    pub because: Option<String>,
}

/// `impulse = "../Halls/plate.wav"`: a recording that a processor works from.
#[derive(Clone, Debug, PartialEq)]
pub struct Asset {
    /// What it is for; its `id` is the key in the file.
    pub spec: &'static AssetSpec,
    /// Path relative to the folder of the session, with `/` between parts.
    pub file: String,
    /// What the bytes of the file must hash to (SHA-256, in hex), where that is written.
    pub sha256: Option<String>,
}

/// `[[track.send]]`: a copy to a return.
#[derive(Clone, Debug, PartialEq)]
pub struct Send {
    /// Unique within its strip.
    pub id: Id,
    /// The return, or a bus.
    pub to: Id,
    /// Level of the copy.
    pub level_db: f64,
    /// Taken before the fader (and before mute) instead of after it.
    pub pre_fader: bool,
}

/// `[[track.lane]]`: an offset on a parameter over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// Unique within its strip.
    pub id: Id,
    /// What it moves: `fader_db`, `pan`, `width`, `send-plate/level_db`, `eq-1/gain_db`.
    pub of: String,
    /// The rule that wrote it, or nothing when a person did.
    pub by: Option<String>,
    /// Why.
    pub because: Option<String>,
    /// Seconds and offset, in order of time; straight lines between, held before the first and after the last.
    pub points: Vec<(f64, f64)>,
}

/// `[[bus]]`: a sum of strips.
#[derive(Clone, Debug, PartialEq)]
pub struct Bus {
    /// The slug by which everything refers to it.
    pub id: Id,
    /// The bus that it feeds, or `master`.
    pub to: Id,
    /// What it shares with every strip.
    pub strip: StripSettings,
}

/// `[[return]]`: an effect fed by sends.
#[derive(Clone, Debug, PartialEq)]
pub struct Return {
    /// The slug by which everything refers to it.
    pub id: Id,
    /// The bus that it feeds, or `master`.
    pub to: Id,
    /// What it shares with every strip.
    pub strip: StripSettings,
}

/// What a bus or a return has after its sum.
#[derive(Clone, Debug, PartialEq)]
pub struct StripSettings {
    /// Processors, in order.
    pub inserts: Vec<Insert>,
    /// Level after the inserts. Minus infinity is silence.
    pub fader_db: f64,
    /// Balance, −1 left to +1 right.
    pub pan: f64,
    /// 0 is mono, 1 as it comes, 2 sides doubled.
    pub width: f64,
    /// Silenced.
    pub mute: bool,
    /// Only what is soloed, and what feeds it, sounds.
    pub solo: bool,
    /// Copies to returns.
    pub sends: Vec<Send>,
    /// Movement over time.
    pub lanes: Vec<Lane>,
    /// Parameters that no rule may change.
    pub lock: Vec<String>,
}

impl Default for StripSettings {
    fn default() -> Self {
        Self {
            inserts: Vec::new(),
            fader_db: 0.0,
            pan: 0.0,
            width: 1.0,
            mute: false,
            solo: false,
            sends: Vec::new(),
            lanes: Vec::new(),
            lock: Vec::new(),
        }
    }
}

/// `[master]`: the last sum, at unity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Master {
    /// Gain on every direct input of the master, after all that is not linear, so that x dB less is the same mix x dB
    /// down. Zero or below.
    pub headroom_db: f64,
    /// The owner's own chain. No rule writes here.
    pub inserts: Vec<Insert>,
    /// Parameters that no rule may change.
    pub lock: Vec<String>,
}
