//! What a song is heard from: the tracks of a folder, the recordings of a session where it places them, or one file.

use std::borrow::Cow;
use std::path::Path;

use mixkeel_analysis::energy::EnergyMap;
use mixkeel_analysis::music::form::{FormClip, FormTrack};
use mixkeel_analysis::music::harmony::{PitchedTrack, Sounds};
use mixkeel_analysis::music::pitch::Register;
use mixkeel_analysis::music::rhythm::TrackCurves;
use mixkeel_analysis::music::{CLASSES, Music, ONSET_BANDS};
use mixkeel_analysis::profile::Profile;
use mixkeel_dsp::units::gain_from_db;
use mixkeel_io::read::{Downmix, Marker};
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;

use super::mark::Mark;
use crate::error::{Error, ErrorKind};
use crate::project::paths::song_name;
use crate::project::session_file;
use crate::song::arrive::arrive;
use crate::song::cache::Cache;
use crate::song::measure::{Take, measure, measure_lines};
use crate::song::scan::{holds_session, scan};
use crate::song::settle::settle_roles;
use crate::watch::{Event, Stage, Watch};

/// A song as it is heard: its tracks, and what its session says about it where there is one.
pub struct Heard {
    /// What people call it.
    pub title: String,
    /// The tracks that are part of it.
    pub voices: Vec<Voice<'static>>,
    /// Frames a second that most of them have.
    pub rate_hz: u32,
    /// Named places in the recordings: the name of each recording that has some, and where they lie in the song.
    pub markers: Vec<(String, Vec<Mark>)>,
    /// The session, where it came from one.
    pub session: Option<Session>,
    /// What the user should know.
    pub warnings: Vec<String>,
}

/// One track of a song.
#[derive(Clone, Debug, PartialEq)]
pub struct Voice<'a> {
    /// The name that people gave it.
    pub name: String,
    /// What it is.
    pub role: Role,
    /// How loud it stands on the left and on the right, as factors of amplitude.
    pub gains: [f64; 2],
    /// Its recordings, and where each begins in seconds from session zero.
    pub clips: Vec<(f64, Cow<'a, Profile>)>,
}

impl Voice<'_> {
    /// Whether it is music that the listener is to hear: a click, an old take or the sum of the others is not.
    pub fn sounds(&self) -> bool {
        !matches!(self.role, Role::Click | Role::Scratch | Role::Mix)
    }
}

/// Reads what is there to be heard.
pub fn gather(path: &Path, downmix: Downmix, cache: &Cache, watch: &dyn Watch) -> Result<Heard, Error> {
    watch.event(Event::Progress { stage: Stage::Scan, fraction: 0.0 });
    let is_session = holds_session(path)
        || path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    if is_session { of_session(path, downmix, cache, watch) } else { of_files(path, downmix, cache, watch) }
}

fn of_files(path: &Path, downmix: Downmix, cache: &Cache, watch: &dyn Watch) -> Result<Heard, Error> {
    let found = scan(path)?;
    let mut arrivals = arrive(&found, downmix, &[])?;
    let takes: Vec<Take> = arrivals
        .tracks
        .iter()
        .map(|track| Take {
            left: track.left.clone(),
            right: track.right.clone(),
            claimed_frames: track.claimed_frames(),
        })
        .collect();
    let mut measured = measure(&takes, downmix, cache, watch).map_err(Error::together)?;
    // One file is the song, whatever it is called.
    if takes.len() > 1 {
        // What is doubtful about names is told by a mix, where it can be put right.
        settle_roles(&mut arrivals.tracks, &measured);
        let lines = arrivals.tracks.iter().zip(&takes).zip(&mut measured);
        let mut lines: Vec<_> = lines
            .filter_map(|((track, take), measured)| {
                Some((take.clone(), register(track.guess.role)?, &mut measured.profile))
            })
            .collect();
        measure_lines(&mut lines, downmix, cache, watch).map_err(Error::together)?;
    }
    let voices = arrivals
        .tracks
        .iter()
        .zip(measured)
        .map(|(track, measured)| Voice {
            name: track.name.clone(),
            role: track.guess.role,
            gains: [1.0, 1.0],
            clips: vec![(track.at_s, Cow::Owned(measured.profile))],
        })
        .collect();
    let title = if path.is_dir() {
        song_name(path)
    } else {
        path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
    };
    let markers = arrivals
        .tracks
        .iter()
        .filter(|track| !track.info.markers.is_empty())
        .map(|track| {
            let mark = |marker: &Marker| Mark {
                from_s: track.at_s + marker.at_s,
                to_s: None,
                label: marker.label.clone(),
            };
            (track.label.clone(), track.info.markers.iter().map(mark).collect())
        })
        .collect();
    let rate_hz = arrivals.rate_hz;
    let mut warnings = arrivals.warnings;
    warnings.extend(found.left_out.iter().map(|(path, why)| format!("{}: {why}", path.display())));
    Ok(Heard { title, voices: without_sums(voices), rate_hz, markers, session: None, warnings })
}

/// Where the sum of the other files lies beside them, they are heard and not it; alone, it is the song.
pub fn without_sums(mut voices: Vec<Voice<'_>>) -> Vec<Voice<'_>> {
    if voices.iter().any(|voice| !matches!(voice.role, Role::Mix | Role::Click)) {
        voices.retain(|voice| voice.role != Role::Mix);
    }
    if voices.len() == 1 {
        voices.iter_mut().for_each(|voice| voice.role = Role::Mix);
    }
    voices
}

fn of_session(path: &Path, downmix: Downmix, cache: &Cache, watch: &dyn Watch) -> Result<Heard, Error> {
    let opened = session_file::open(path)?;
    let session = opened.session;
    let tracks: Vec<_> = session.tracks.iter().filter(|track| !track.mute).collect();
    let takes: Vec<Take> = tracks
        .iter()
        .flat_map(|track| &track.clips)
        .map(|clip| Take {
            left: opened.folder.join(&clip.file),
            right: clip.right.as_ref().map(|right| opened.folder.join(right)),
            claimed_frames: 0,
        })
        .collect();
    if takes.is_empty() {
        return Err(Error::new(ErrorKind::Unreadable, "there is nothing to hear in this session")
            .at(&opened.path)
            .because("none of its tracks that are not muted has a recording"));
    }
    let mut measured = measure(&takes, downmix, cache, watch).map_err(Error::together)?;
    let roles = tracks.iter().flat_map(|track| track.clips.iter().map(|_| track.role));
    let mut lines: Vec<_> = takes
        .iter()
        .zip(roles)
        .zip(&mut measured)
        .filter_map(|((take, role), measured)| Some((take.clone(), register(role)?, &mut measured.profile)))
        .collect();
    measure_lines(&mut lines, downmix, cache, watch).map_err(Error::together)?;
    let mut measured = measured.into_iter();
    let voices = tracks
        .iter()
        .map(|track| {
            let clips = track.clips.iter().zip(measured.by_ref());
            let clips: Vec<(f64, Cow<'static, Profile>)> = clips
                .map(|(clip, measured)| (clip.at_s + track.shift_ms / 1000.0, Cow::Owned(measured.profile)))
                .collect();
            let stereo = clips.iter().any(|(_, profile)| profile.channels.count() == 2);
            let gain = gain_from_db(track.trim_db + track.fader_db);
            let (left, right) = if stereo {
                mixkeel_dsp::kernels::placing::balance(track.pan)
            } else {
                mixkeel_dsp::kernels::placing::mono_pan(track.pan)
            };
            Voice { name: track.name.clone(), role: track.role, gains: [left * gain, right * gain], clips }
        })
        .collect();
    Ok(Heard {
        title: session.title.clone(),
        voices,
        rate_hz: session.rate_hz,
        markers: Vec::new(),
        session: Some(session),
        warnings: Vec::new(),
    })
}

/// How long the song is, in seconds.
pub fn length_s(voices: &[Voice]) -> f64 {
    let ends = voices.iter().flat_map(|voice| &voice.clips).map(|(at_s, profile)| at_s + profile.length_s());
    ends.fold(0.0, f64::max)
}

/// The tracks that the listener is to hear; all of them where none is.
pub fn chosen<'v, 'p>(voices: &'v [Voice<'p>]) -> Vec<&'v Voice<'p>> {
    let sounding: Vec<&Voice> = voices.iter().filter(|voice| voice.sounds()).collect();
    if sounding.is_empty() { voices.iter().collect() } else { sounding }
}

/// The tracks as form is heard from them: those that sound.
pub fn form_tracks<'a>(voices: &'a [Voice<'_>], empty: &'a Music) -> Vec<FormTrack<'a>> {
    chosen(voices)
        .into_iter()
        .map(|voice| FormTrack {
            clips: voice
                .clips
                .iter()
                .map(|(at_s, profile)| {
                    let energy: &EnergyMap = &profile.energy;
                    FormClip { energy, music: profile.music.as_ref().unwrap_or(empty), at_s: *at_s }
                })
                .collect(),
            gains: voice.gains,
            lead: voice.role == Role::LeadVocal,
        })
        .collect()
}

/// The tracks as harmony is heard from them.
pub fn pitched_tracks(voices: &[Voice]) -> Vec<PitchedTrack> {
    let mut tracks = Vec::new();
    for voice in voices.iter().filter(|voice| voice.sounds() || voices.len() == 1) {
        for (at_s, profile) in &voice.clips {
            if let Some(music) = &profile.music {
                tracks.push(PitchedTrack::of(music, sounds(voice.role), *at_s));
            }
        }
    }
    tracks
}

/// In which register the pitch of a role is followed: of voices that sing by themselves, and of the bass.
pub fn register(role: Role) -> Option<Register> {
    match role {
        Role::LeadVocal | Role::VocalDouble | Role::BackingVocal | Role::AdLib => Some(Register::Voice),
        Role::Bass => Some(Register::Bass),
        _ => None,
    }
}

/// What a role tells about harmony.
fn sounds(role: Role) -> Sounds {
    match role {
        Role::Bass => Sounds::Bass,
        Role::Click => Sounds::Unpitched,
        drum if drum.is_drum() => Sounds::Unpitched,
        _ => Sounds::Other,
    }
}

/// The tracks as rhythm is heard from them: all curves begin at session zero.
pub fn rhythm_tracks(voices: &[Voice]) -> Vec<TrackCurves> {
    voices.iter().map(rhythm_track).collect()
}

/// One track, its recordings laid where they begin.
pub fn rhythm_track(voice: &Voice) -> TrackCurves {
    let mut whole = TrackCurves::default();
    for (at_s, profile) in &voice.clips {
        let Some(music) = &profile.music else { continue };
        let curves = TrackCurves::of(music);
        lay(&mut whole.onsets, &curves.onsets, at_s * 100.0, [0.0; ONSET_BANDS], |sum, x| {
            sum.iter_mut().zip(x).for_each(|(sum, x)| *sum += x);
        });
        lay(&mut whole.chroma, &curves.chroma, at_s * 10.0, [0.0; CLASSES], |sum, x| {
            sum.iter_mut().zip(x).for_each(|(sum, x)| *sum += x);
        });
    }
    whole
}

/// Adds a curve to another at a place; what lies before its beginning is left out.
fn lay<T: Copy>(onto: &mut Vec<T>, curve: &[T], at: f64, nothing: T, add: impl Fn(&mut T, &T)) {
    let at = at.round() as i64;
    let skipped = usize::try_from(-at).unwrap_or(0);
    let from = usize::try_from(at).unwrap_or(0);
    let curve = curve.get(skipped..).unwrap_or_default();
    if onto.len() < from + curve.len() {
        onto.resize(from + curve.len(), nothing);
    }
    onto.iter_mut().skip(from).zip(curve).for_each(|(sum, x)| add(sum, x));
}
