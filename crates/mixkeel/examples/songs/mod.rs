//! The songs that the tables of decisions are made on: their tracks measured, and the mixes that people made of them.
#![allow(dead_code)] // each example uses a part of it

pub mod faders;

use std::borrow::Cow;
use std::convert::Infallible;
use std::path::{Path, PathBuf};

use mixkeel::Silent;
use mixkeel::hear::{Given, Voice, music as music_of, write_sections, write_tempo};
use mixkeel::song::arrive::arrive;
use mixkeel::song::cache::Cache;
use mixkeel::song::measure::{Take, measure};
use mixkeel::song::relate::{Beside, relate};
use mixkeel::song::scan::scan;
use mixkeel_analysis::profile::Profile;
use mixkeel_assist::ear::{Ear, Heard};
use mixkeel_assist::focus;
use mixkeel_assist::related::{Related, Suspect};
use mixkeel_assist::roles::identify::{Arrived, identify};
use mixkeel_assist::song::{Song, TrackFacts};
use mixkeel_assist::start::Start;
use mixkeel_io::read::Downmix;
use mixkeel_session::edit::Sureness;
use mixkeel_session::id::unique;
use mixkeel_session::role::Role;
use mixkeel_session::session::{Clip, Session, Track};

pub type Failure = Box<dyn std::error::Error>;

/// Folders of `../shared/music` beside the repository that hold tracks.
pub const SONGS: [&str; 5] = ["caesium", "city_blues", "hydrogen_kit", "mauiwowi", "reggaetry"];

/// A song with its tracks at unity, nothing decided.
pub struct Loaded {
    pub name: String,
    pub folder: PathBuf,
    pub song: Song,
    pub session: Session,
    /// A person's own mix of it.
    pub by_person: Option<Profile>,
}

/// The folder of shared songs, or nothing, which is printed.
pub fn music() -> Option<PathBuf> {
    let music = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/music");
    if !music.is_dir() {
        println!("skipped: there is no {}", music.display());
        return None;
    }
    Some(music)
}

/// A song of the shared folder.
pub fn shared(music: &Path, name: &str) -> Result<Loaded, Failure> {
    load(name, &music.join(name).join("tracks"), Some(&music.join(name).join("mix")))
}

/// The tracks in a folder, and the mix in another.
pub fn load(name: &str, tracks: &Path, mix: Option<&Path>) -> Result<Loaded, Failure> {
    let arrivals = arrive(&scan(tracks)?, Downmix::Refuse, &[])?;
    let takes: Vec<Take> = arrivals
        .tracks
        .iter()
        .map(|track| Take {
            left: track.left.clone(),
            right: track.right.clone(),
            claimed_frames: track.claimed_frames(),
        })
        .collect();
    let measured = read(&takes)?;
    let mut arrivals = arrivals;
    let arrived: Vec<Arrived> = arrivals
        .tracks
        .iter()
        .zip(&measured)
        .map(|(track, profile)| Arrived { name: &track.guess, by_owner: false, profile, at_s: track.at_s })
        .collect();
    let identities = identify(&arrived);
    for (track, identity) in arrivals.tracks.iter_mut().zip(identities) {
        (track.guess.role, track.guess.sureness) = (identity.role, identity.sureness);
    }
    let (mut facts, mut tracks) = (Vec::new(), Vec::<Track>::new());
    for (arrival, profile) in arrivals.tracks.iter().zip(measured) {
        let id = unique(&arrival.name, |id| tracks.iter().any(|track| track.id == id));
        facts.push(TrackFacts::new(&id, &arrival.name, &arrival.guess, arrival.at_s, profile));
        let sure = arrival.guess.sureness > Sureness::Guess;
        let path = |path: &Path| path.to_string_lossy().into_owned();
        tracks.push(Track {
            clips: vec![Clip {
                file: path(&arrival.left),
                right: arrival.right.as_deref().map(path),
                at_s: arrival.at_s,
            }],
            role: if sure { arrival.guess.role } else { Role::Unknown },
            ..Track::at_unity(&id, &arrival.name)
        });
    }
    let related = related(&facts, &takes);
    let mut session = Session::at_unity(name, arrivals.rate_hz, tracks);
    let song = Song::new(facts, related, Start::Fresh);
    session.focus = focus::of_song(&song, &session).tracks;
    hear(&song, &mut session);
    let by_person = match mix.filter(|mix| mix.is_dir()) {
        Some(mix) => {
            let files = scan(mix)?.files;
            let take = |path: &Path| Take { left: path.to_path_buf(), right: None, claimed_frames: 0 };
            let takes: Vec<Take> = files.iter().take(1).map(|file| take(&file.path)).collect();
            read(&takes)?.pop()
        }
        None => None,
    };
    Ok(Loaded { name: name.to_owned(), folder: PathBuf::new(), song, session, by_person })
}

/// Tracks that may belong together, read side by side, as `mix` does.
fn related(facts: &[TrackFacts], takes: &[Take]) -> Vec<Related> {
    let tracks: Vec<Beside> = facts
        .iter()
        .zip(takes)
        .map(|(facts, take)| Beside {
            id: &facts.id,
            take: take.clone(),
            at_s: facts.at_s,
            suspect: Suspect { name: &facts.name, role: facts.role, profile: &facts.profile },
        })
        .collect();
    relate(&tracks, Downmix::Refuse)
}

/// Tempo and sections, as far as they are sure.
fn hear(song: &Song, session: &mut Session) {
    let voices: Vec<Voice> = song
        .tracks
        .iter()
        .map(|facts| Voice {
            name: facts.name.clone(),
            role: facts.role,
            gains: [1.0, 1.0],
            clips: vec![(facts.at_s, Cow::Borrowed(&facts.profile))],
        })
        .collect();
    let music = music_of(&voices, Given::default());
    write_tempo(session, &music);
    write_sections(session, &music);
}

fn read(takes: &[Take]) -> Result<Vec<Profile>, Failure> {
    let measured = measure(takes, Downmix::Refuse, &Cache::of_user(), &Silent)
        .map_err(|errors| errors.into_iter().map(|error| error.to_string()).collect::<Vec<_>>().join("; "))?;
    Ok(measured.into_iter().map(|measured| measured.profile).collect())
}

/// An ear for decisions on paper: it hears nothing, so that headroom stays as it is.
pub struct Deaf;

impl Ear for Deaf {
    type Error = Infallible;

    fn listen(&mut self, _session: &Session) -> Result<Heard, Infallible> {
        Ok(Heard::default())
    }
}
