//! What a song, or a part of it, is about: the voice; else the line that leads; else kick and bass; else what carries it.
//!
//! Nothing may overshadow the focus. The owner's word (`--focus`, `focus` in the session) goes before all of this.

use mixkeel_analysis::loudness::LoudnessContour;
use mixkeel_session::role::Role;
use mixkeel_session::session::{Id, Session};

use crate::song::{Known, Song};

/// A voice that sings for this share of a part leads it. Ours: a line in every four bars.
const SINGS: f64 = 0.15;

/// An instrument that leads plays for this share of the part. Ours.
const LEADS: f64 = 0.35;

/// What carries a song without a leader plays for this share. Ours.
const CARRIES: f64 = 0.25;

/// A track sounds within this much of its loudest, as a factor of power: 30 dB.
const SOUNDS: f64 = 1e-3;

/// Words by which people name the line that leads.
const LEADING: [&str; 6] = ["lead", "ld", "solo", "melody", "theme", "hook"];

/// Instruments that play lines.
const LINES: [Role; 7] = [
    Role::LeadSynth,
    Role::Woodwind,
    Role::Brass,
    Role::ElectricGuitar,
    Role::AcousticGuitar,
    Role::Strings,
    Role::Piano,
];

/// What carries a song in which nothing leads, in this order.
const CARRIERS: [Role; 11] = [
    Role::Pad,
    Role::Strings,
    Role::Piano,
    Role::Keys,
    Role::Organ,
    Role::Pluck,
    Role::AcousticGuitar,
    Role::ElectricGuitar,
    Role::BackingTrack,
    Role::Drums,
    Role::Loop,
];

/// What a part of a song is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Focus {
    /// Which tracks, in the order of ids; none where nothing sounds.
    pub tracks: Vec<Id>,
    /// Why, in a sentence.
    pub because: String,
    /// Whether it leads, as voices and lines do, and does not only carry what others might play over.
    pub leads: bool,
}

/// What the whole song is about.
pub fn of_song(song: &Song, session: &Session) -> Focus {
    between(song, session, 0.0, f64::INFINITY)
}

/// What each section of the session is about, in the order of its sections.
pub fn by_section(song: &Song, session: &Session) -> Vec<Focus> {
    session.sections.iter().map(|section| between(song, session, section.from_s, section.to_s)).collect()
}

/// What a part of the song is about, from one second to another.
pub fn between(song: &Song, session: &Session, from_s: f64, to_s: f64) -> Focus {
    let tracks = song.sounding(session);
    let end_s =
        tracks.iter().map(|known| known.facts.at_s + known.facts.profile.length_s()).fold(0.0, f64::max);
    let to_s = to_s.min(end_s);
    let share = |known: &Known| sounding_share(known, from_s, to_s);
    let who = |roles: &[Role], least: f64| -> Vec<Id> {
        let found = tracks.iter().filter(|known| roles.contains(&known.role) && share(known) >= least);
        found.map(|known| known.track.id.clone()).collect()
    };
    let focus = |tracks: Vec<Id>, because: &str| Focus { tracks, because: because.to_owned(), leads: false };
    let leading = |tracks: Vec<Id>, because: &str| Focus { leads: true, ..focus(tracks, because) };

    // A whole song with a voice anywhere is about it; a part is where it sings.
    let sings = if from_s <= 0.0 && to_s >= end_s { f64::MIN_POSITIVE } else { SINGS };
    let voices = who(&[Role::LeadVocal], sings);
    if !voices.is_empty() {
        return leading(voices, "the lead vocal sings");
    }
    for roles in [&[Role::AdLib, Role::BackingVocal, Role::Choir][..], &[Role::VocalDouble][..]] {
        let voices = who(roles, LEADS);
        if !voices.is_empty() {
            return leading(voices, "no lead vocal, but other voices sing");
        }
    }
    let leads = |known: &&Known| {
        let named =
            crate::roles::split::words(&known.track.name).iter().any(|word| LEADING.contains(&word.as_str()));
        (known.role == Role::LeadSynth || (named && LINES.contains(&known.role))) && share(known) >= LEADS
    };
    let lines: Vec<Id> = tracks.iter().filter(leads).map(|known| known.track.id.clone()).collect();
    if !lines.is_empty() {
        return leading(lines, "no voice; this line leads");
    }
    let winds = who(&[Role::Woodwind, Role::Brass], LEADS);
    if winds.len() == 1 {
        return leading(winds, "no voice; one wind instrument plays the tune");
    }
    let (kicks, basses) = (who(&[Role::Kick], CARRIES), who(&[Role::Bass], CARRIES));
    if !kicks.is_empty() && !basses.is_empty() {
        let mut both: Vec<Id> = kicks.into_iter().chain(basses).collect();
        both.sort();
        return focus(both, "no voice and no line that leads; kick and bass carry it");
    }
    for role in CARRIERS {
        let carriers = who(&[role], CARRIES);
        if !carriers.is_empty() {
            return focus(
                carriers,
                &format!("no voice, no line that leads, no kick and bass; {role} carries it"),
            );
        }
    }
    // At last what sounds most.
    let most = tracks.iter().max_by(|a, b| share(a).total_cmp(&share(b)).then(b.track.id.cmp(&a.track.id)));
    match most {
        Some(known) => focus(vec![known.track.id.clone()], "it sounds for most of the time"),
        None => Focus::default(),
    }
}

/// The share of a part in which a track sounds.
fn sounding_share(known: &Known, from_s: f64, to_s: f64) -> f64 {
    let powers = &known.facts.profile.contour.powers;
    let long_s = (to_s - from_s).max(1e-9);
    if powers.is_empty() {
        // Without a contour only the whole is known.
        return known.facts.profile.loudness.active_fraction;
    }
    let floor = SOUNDS * f64::from(powers.iter().copied().fold(0.0, f32::max));
    let inside = powers.iter().enumerate().filter(|(step, power)| {
        let at_s = known.facts.at_s + *step as f64 * LoudnessContour::STEP_S;
        (from_s..to_s).contains(&at_s) && f64::from(**power) > floor
    });
    (inside.count() as f64 * LoudnessContour::STEP_S / long_s).min(1.0)
}
