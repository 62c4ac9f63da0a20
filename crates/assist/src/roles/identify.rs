//! What every track of a song is: its name, its sound and its neighbours together.
//!
//! 1. A name that says what a track is counts; a sound that agrees makes it certain, one that cannot be it makes it less
//!    sure, and is told.
//! 2. Where the name says nothing, or only may, the sound decides as far as it is sure ([`LIKELY`]); else nobody knows.
//! 3. Neighbours change what a sound most likely is (`neighbours.rs`); among voices the one that sings most is the lead; the sum of
//!    others has others.
//! 4. Where the sound says the kind and not which of it, the track is taken for one of its [kind](super::classes).
//!
//! What has no sound of its own (a guide, a double, an old take, an effect of a name) is left to names.

use mixkeel_analysis::profile::Profile;
use mixkeel_session::edit::Sureness;
use mixkeel_session::role::Role;

use super::NameGuess;
use super::classes::class_of;
use super::neighbours;
use super::sound::{Heard, Odds, heard};
use crate::premix::{Summand, fit, may_be_a_sum};

/// A sound is believed from here on. On soundfonts, kits and voices that the classifier never heard, what it says with this
/// probability or more is right in the share that `training/README.md` gives.
pub const LIKELY: f64 = 0.6;

/// And told as a guess from here on.
pub const GUESS: f64 = 0.35;

/// A name and a sound agree when the sound gives the name's family this much.
const AGREES: f64 = 0.3;

/// And contradict each other when it gives it less than this, and another family nearly all.
const CONTRADICTS: (f64, f64) = (0.02, 0.9);

/// Roles that sound so much alike, or differ so much among themselves, that a name within them is not doubted.
const FAMILIES: [&[Role]; 9] = [
    &[Role::Kick],
    &[Role::Snare, Role::Percussion],
    &[Role::Toms, Role::Percussion],
    &[Role::Hihat, Role::Cymbals, Role::Overheads, Role::Percussion],
    &[Role::Overheads, Role::Room, Role::Drums, Role::Cymbals, Role::Loop, Role::BackingTrack, Role::Mix],
    &[Role::Bass],
    &[
        Role::AcousticGuitar,
        Role::ElectricGuitar,
        Role::Piano,
        Role::Keys,
        Role::Organ,
        Role::Pluck,
        Role::LeadSynth,
        Role::Pad,
        Role::Strings,
    ],
    &[Role::Strings, Role::Pad, Role::Organ, Role::Choir, Role::Brass, Role::Woodwind, Role::LeadSynth],
    &[Role::LeadVocal, Role::BackingVocal, Role::VocalDouble, Role::AdLib, Role::Choir],
];

const VOICES: [Role; 2] = [Role::LeadVocal, Role::BackingVocal];

/// What a track is taken to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// What it is.
    pub role: Role,
    /// How sure that is.
    pub sureness: Sureness,
    /// What it rests on, in words for the screen and the session: `by name and sound: kick; low, short strokes`.
    pub because: String,
    /// What its owner should know: that name and sound contradict each other, that a mix is none.
    pub doubt: Option<String>,
}

/// A track as it arrived.
#[derive(Clone, Copy, Debug)]
pub struct Arrived<'a> {
    /// What its name says.
    pub name: &'a NameGuess,
    /// Whether that is its owner's word, which stays.
    pub by_owner: bool,
    /// What was measured.
    pub profile: &'a Profile,
    /// Where its first frame lies, in seconds.
    pub at_s: f64,
}

/// What each of these tracks is.
pub fn identify(tracks: &[Arrived]) -> Vec<Identity> {
    let sounds: Vec<Option<Heard>> = tracks.iter().map(|track| heard(track.profile)).collect();
    let names: Vec<&NameGuess> = tracks.iter().map(|track| track.name).collect();
    let odds = neighbours::odds(tracks, &sounds);
    let mut identities: Vec<Identity> = names
        .iter()
        .zip(&sounds)
        .zip(&odds)
        .map(|((name, sound), odds)| match (sound, odds) {
            (Some(sound), Some(odds)) => together(name, sound, odds),
            _ => by_name(name),
        })
        .collect();
    let sung: Vec<f64> = tracks.iter().map(|track| sung(track.profile)).collect();
    one_lead(&names, &odds, &sung, &mut identities);
    sums(tracks, &mut identities);
    identities
}

/// What is shown to be the sum of the others is their mix; what is only called so is not.
fn sums(tracks: &[Arrived], identities: &mut [Identity]) {
    let before: Vec<Role> = identities.iter().map(|identity| identity.role).collect();
    for (at, track) in tracks.iter().enumerate().filter(|(_, track)| !track.by_owner) {
        let role = before[at];
        if !may_be_a_sum(role) {
            continue;
        }
        let part = |other: usize| {
            let no_part = matches!(before[other], Role::Click | Role::Scratch | Role::Mix);
            other != at && !no_part && tracks[other].profile.loudness.integrated_lufs.is_some()
        };
        let others: Vec<Summand> = (0..tracks.len())
            .filter(|&other| part(other))
            .map(|other| Summand { map: &tracks[other].profile.energy, at_s: tracks[other].at_s })
            .collect();
        let Some(fit) = fit(&Summand { map: &track.profile.energy, at_s: track.at_s }, &others) else {
            continue;
        };
        let called = role == Role::Mix;
        let identity = &mut identities[at];
        if fit.shows(called, others.len()) {
            let (parts, off_db) = (fit.parts.len(), fit.off_db);
            identity.role = Role::Mix;
            identity.sureness = if called { Sureness::Certain } else { Sureness::Likely };
            identity.because = format!("by sound: the sum of {parts} other files, within {off_db:.1} dB");
        } else if called {
            let off_db = fit.off_db;
            identity.role = Role::BackingTrack;
            identity.sureness = Sureness::Likely;
            identity.because = format!("called a mix, but no sum of the other files ({off_db:.1} dB off)");
            identity.doubt = Some(
                "called a mix, but it is not the sum of the other files: it stays in, whole. If it is to stay out, mute it".to_owned(),
            );
        }
    }
}

/// How much a voice sings: its share of the song, and how loud.
fn sung(profile: &Profile) -> f64 {
    let loudness = profile.loudness.integrated_lufs.unwrap_or(-70.0);
    10.0 * libm::log10(profile.loudness.active_fraction.max(1e-4)) + 0.5 * loudness
}

/// What a name says by itself.
pub fn by_name(name: &NameGuess) -> Identity {
    let words = name.matched.join(" ");
    let because = match name.sureness {
        _ if name.role == Role::Unknown => "the name says nothing".to_owned(),
        Sureness::Certain => format!("name: {words}"),
        Sureness::Likely => format!("name, likely: {words}"),
        Sureness::Guess => format!("name, a guess: {words}"),
    };
    Identity { role: name.role, sureness: name.sureness, because, doubt: None }
}

fn together(name: &NameGuess, sound: &Heard, odds: &Odds) -> Identity {
    let (best, sure) = odds.first();
    let named = name.role != Role::Unknown && name.sureness > Sureness::Guess;
    if !named {
        return by_sound(name, sound, odds);
    }
    let family: Vec<Role> = FAMILIES
        .iter()
        .filter(|family| family.contains(&name.role))
        .flat_map(|f| f.iter().copied())
        .collect();
    let words = name.matched.join(" ");
    let mut identity = by_name(name);
    if family.is_empty() {
        return identity;
    }
    let agrees = odds.of_any(&{
        let mut unique = family.clone();
        unique.sort_unstable();
        unique.dedup();
        unique
    });
    if agrees >= AGREES {
        if odds.of(name.role) >= AGREES || name.sureness == Sureness::Certain {
            identity.sureness = Sureness::Certain;
        }
        identity.because = format!("by name and sound: {words}; {}", sound.like);
    } else if agrees < CONTRADICTS.0 && sure > CONTRADICTS.1 {
        identity.sureness = Sureness::Likely.min(name.sureness);
        identity.because = format!("by name: {words}; but it sounds like {best}: {}", sound.like);
        identity.doubt = Some(format!("named {}, but it sounds like {best}", name.role));
    }
    identity
}

fn by_sound(name: &NameGuess, sound: &Heard, odds: &Odds) -> Identity {
    let (best, sure) = odds.first();
    let voice = odds.of_any(&VOICES);
    let (best, sure) = if voice > sure {
        (if odds.of(VOICES[0]) >= odds.of(VOICES[1]) { VOICES[0] } else { VOICES[1] }, voice)
    } else {
        (best, sure)
    };
    let is =
        |role: Role, sureness: Sureness, because: String| Identity { role, sureness, because, doubt: None };
    // The sum of others is shown, not heard: what sounds like a whole song is a premixed beat until then.
    let best = if best == Role::Mix { Role::BackingTrack } else { best };
    let like = &sound.like;
    if name.role != Role::Unknown && (odds.of(name.role) >= AGREES || name.role == best) {
        let words = name.matched.join(" ");
        return is(name.role, Sureness::Likely, format!("by name and sound: {words}; {like}"));
    }
    if best == Role::Click && sure >= LIKELY {
        // A click track is muted. A wood block on every beat sounds the same, so a name has to say it.
        let doubt = Some(
            "it sounds like a click track; if it is one, say so with --role, and it stays out".to_owned(),
        );
        return Identity {
            doubt,
            ..is(Role::Unknown, Sureness::Guess, format!("by sound, perhaps a click: {like}"))
        };
    }
    if sure >= LIKELY {
        return is(best, Sureness::Likely, format!("by sound: {like}"));
    }
    if name.role != Role::Unknown {
        return by_name(name);
    }
    if let Some((word, role, sure)) = class_of(odds) {
        return is(role, Sureness::Likely, format!("by sound, {word} ({:.0} % sure): {like}", 100.0 * sure));
    }
    if sure >= GUESS {
        return is(best, Sureness::Guess, format!("by sound, a guess: {like}"));
    }
    is(Role::Unknown, Sureness::Guess, format!("the name says nothing and the sound too little: {like}"))
}

/// Of voices that only their sound tells, the one that sings most is the lead, unless a name says who is; the others back it.
fn one_lead(names: &[&NameGuess], odds: &[Option<Odds>], sung: &[f64], identities: &mut [Identity]) {
    let led = names
        .iter()
        .zip(identities.iter())
        .any(|(name, identity)| name.role == Role::LeadVocal && identity.role == Role::LeadVocal);
    let by_ear: Vec<usize> = (0..identities.len())
        .filter(|&at| names[at].role == Role::Unknown && VOICES.contains(&identities[at].role))
        .collect();
    let weight = |at: usize| {
        let lead =
            odds[at].as_ref().map_or(0.0, |odds| odds.of(Role::LeadVocal) / odds.of_any(&VOICES).max(1e-9));
        sung[at] + 6.0 * lead
    };
    let lead = if led {
        None
    } else {
        by_ear.iter().copied().max_by(|a, b| weight(*a).total_cmp(&weight(*b)).then(b.cmp(a)))
    };
    for at in by_ear {
        let identity = &mut identities[at];
        identity.role = if Some(at) == lead { Role::LeadVocal } else { Role::BackingVocal };
    }
}
