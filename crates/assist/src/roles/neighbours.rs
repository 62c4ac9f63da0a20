//! What the neighbours of a track say of it, beside its own sound.
//!
//! 1. Close microphones on drums make overheads and rooms likely and a loop of a whole kit not; a song has one bass more often
//!    than two; among many tracks a mix is seldom.
//! 2. Where drums play and nobody is a bass for sure, the lowest of what is no drum most likely is: bands have one. What moves
//!    as it does is the same playing recorded twice.
//! 3. A kit with close microphones has a hi-hat: of what may be one, the most likely is it where none is sure.
//! 4. What is made up of several drums, second by second and band by band, hears them from afar: an overhead or a room.

use mixkeel_analysis::energy::EnergyMap;
use mixkeel_session::edit::Sureness;
use mixkeel_session::role::Role;

use super::NameGuess;
use super::identify::{Arrived, LIKELY};
use super::sound::{Heard, Odds};
use crate::premix::{Summand, fit};

/// A sound is taken for one of the drums from here on, where it is to be told from a bass.
const DRUM: f64 = 0.8;

/// How much the place of the lowest track counts beside its own sound. Ours: bands without a bass are one in four.
const LOWEST: f64 = 0.65;

/// A bass has at least this share of its energy under 120 Hz, in dB. Ours: a bright one through a small amplifier.
const LOW_DB: f64 = -14.0;

/// And this much more than the next track, in dB, unless that moves as it does.
const LOWER_BY_DB: f64 = 3.0;

/// A bass plays in at least this share of the song, and its notes are held: 200 ms after they begin this much is left, in dB. Ours:
/// toms and impacts are as low, and neither.
const ACTIVE: f64 = 0.3;
/// See [`ACTIVE`].
const HELD_DB: f64 = -12.0;

/// Two recordings of one playing move alike by this correlation of their levels. Ours: an amplifier squeezes.
const ONE_PLAYING: f64 = 0.8;

/// Fewer tracks than this are no band.
const FEWEST: usize = 4;

/// How much it counts that a kit has a hi-hat, and from where on a sound may be one. Ours: kits that are played without one
/// are few, kits whose hi-hat has no track of its own are more.
const HATS: f64 = 0.5;
/// See [`HATS`].
const MAY_BE_HATS: f64 = 0.15;

/// Bands of one ERB in which kicks and snares have their body: 80 to 700 Hz.
const BODY: std::ops::Range<usize> = 3..14;

/// A microphone hears a drum where the powers of both go together by this correlation. Ours: of two parts that only keep the
/// same time it stays lower, because they ring differently.
const HEARS: f64 = 0.7;

/// What is made up of drums is so within this, in dB. Ours: twice what a premix is allowed, for microphones in a room.
const MADE_UP_DB: f64 = 2.4;

/// How much that counts.
const MADE_UP: f64 = 0.5;

/// The odds of each track when its neighbours are looked at too.
pub(super) fn odds(tracks: &[Arrived], sounds: &[Option<Heard>]) -> Vec<Option<Odds>> {
    let names: Vec<&NameGuess> = tracks.iter().map(|track| track.name).collect();
    let mut odds = beside_each_other(&names, sounds);
    lowest(tracks, &names, sounds, &mut odds);
    hats(tracks, &names, &mut odds);
    made_of_drums(tracks, &names, &mut odds);
    odds
}

fn says(name: &NameGuess) -> bool {
    name.role != Role::Unknown && name.sureness > Sureness::Guess
}

fn beside_each_other(names: &[&NameGuess], sounds: &[Option<Heard>]) -> Vec<Option<Odds>> {
    let named = |role: Role| names.iter().any(|name| name.role == role && says(name));
    let sounding = |role: Role| sounds.iter().flatten().any(|sound| sound.odds.of(role) > 0.5);
    let there = |role: Role| named(role) || sounding(role);
    let kit = there(Role::Kick) && there(Role::Snare);
    let several = sounds.iter().flatten().count() > 3;
    let basses = sounds.iter().flatten().map(|sound| sound.odds.of(Role::Bass)).fold(0.0, f64::max);
    let factor = |own: &Odds, role: Role| match role {
        // Microphones over a kit need a kit under them; a loop of all drums is seldom beside its parts.
        Role::Overheads | Role::Room => {
            if kit {
                1.5
            } else {
                0.1
            }
        }
        Role::Drums => {
            if kit {
                0.4
            } else {
                2.0
            }
        }
        Role::Mix if several => 0.3,
        Role::Bass if own.of(Role::Bass) < basses || named(Role::Bass) => 0.7,
        Role::Click if named(Role::Click) => 0.1,
        _ => 1.0,
    };
    let weighed = |sound: &Heard| sound.odds.weighed(|role| factor(&sound.odds, role));
    sounds.iter().map(|sound| sound.as_ref().map(weighed)).collect()
}

/// Finds the bass that does not sound as basses usually do.
fn lowest(tracks: &[Arrived], names: &[&NameGuess], sounds: &[Option<Heard>], odds: &mut [Option<Odds>]) {
    let drum = |odds: &Odds| odds.of_any(&Role::DRUMS);
    let drums = names.iter().filter(|name| says(name) && name.role.is_drum()).count()
        + odds.iter().flatten().filter(|odds| drum(odds) > DRUM).count();
    let known = names.iter().any(|name| says(name) && name.role == Role::Bass)
        || odds.iter().flatten().any(|odds| odds.of(Role::Bass) > 0.5);
    if known || drums == 0 || sounds.iter().flatten().count() < FEWEST {
        return;
    }
    let low_db = |at: usize| -> Option<f64> {
        let (heard, odds) = (sounds.get(at)?.as_ref()?, odds.get(at)?.as_ref()?);
        let low =
            ["below_60", "from_60"].map(|part| mixkeel_dsp::units::power_from_db(heard.features.get(part)));
        let is = |name: &str| heard.features.get(name);
        let plays = is("active") >= ACTIVE && is("after_200") >= HELD_DB;
        (!says(names.get(at)?) && drum(odds) < DRUM && plays).then(|| 10.0 * libm::log10(low[0] + low[1]))
    };
    let mut lows: Vec<(usize, f64)> = (0..tracks.len()).filter_map(|at| Some((at, low_db(at)?))).collect();
    lows.sort_by(|a, b| b.1.total_cmp(&a.1));
    let Some(&(first, db)) = lows.first().filter(|(_, db)| *db >= LOW_DB) else { return };
    let near = lows.iter().skip(1).filter(|(_, other)| *other > db - LOWER_BY_DB);
    let same = |at: usize| move_alike(&tracks[first], &tracks[at]) > ONE_PLAYING;
    let (twins, rivals): (Vec<usize>, Vec<usize>) = near.map(|(at, _)| *at).partition(|at| same(*at));
    if rivals.is_empty() {
        for at in std::iter::once(first).chain(twins) {
            if let Some(odds) = odds.get_mut(at).and_then(Option::as_mut) {
                *odds = odds.pooled(Role::Bass, LOWEST);
            }
        }
    }
}

/// Finds the hi-hat of a kit. Where microphones hang over the kit all of it was played in one room, so its hi-hat hears the kick
/// or the snare, and a shaker or a tambourine that was added later does not.
fn hats(tracks: &[Arrived], names: &[&NameGuess], odds: &mut [Option<Odds>]) {
    let of =
        |odds: &[Option<Odds>], at: usize, role: Role| odds[at].as_ref().map_or(0.0, |odds| odds.of(role));
    let is = |at: usize, role: Role| {
        if says(names[at]) { names[at].role == role } else { of(odds, at, role) >= LIKELY }
    };
    let all = |role: Role| (0..tracks.len()).filter(move |&at| is(at, role));
    let (kicks, snares): (Vec<usize>, Vec<usize>) = (all(Role::Kick).collect(), all(Role::Snare).collect());
    if kicks.is_empty()
        || snares.is_empty()
        || names.iter().any(|name| says(name) && name.role == Role::Hihat)
    {
        return;
    }
    let in_one_room = all(Role::Overheads).next().is_some();
    let of_the_kit = |at: usize| {
        !in_one_room || kicks.iter().chain(&snares).any(|&drum| hears(&tracks[at], &tracks[drum]))
    };
    let added: Vec<usize> = all(Role::Hihat).filter(|&at| !of_the_kit(at)).collect();
    let there = all(Role::Hihat).find(|at| !added.contains(at));
    let open = |at: &usize| {
        let sure = odds[*at].as_ref().is_some_and(|odds| odds.first().1 >= LIKELY);
        !says(names[*at]) && !sure && of(odds, *at, Role::Hihat) >= MAY_BE_HATS && of_the_kit(*at)
    };
    let best = (0..odds.len())
        .filter(open)
        .max_by(|a, b| of(odds, *a, Role::Hihat).total_cmp(&of(odds, *b, Role::Hihat)).then(b.cmp(a)));
    let Some(hats) = there.or(best) else { return };
    for (at, odds) in odds.iter_mut().enumerate() {
        if at == hats && there.is_none() {
            *odds = odds.as_ref().map(|odds| odds.pooled(Role::Hihat, HATS));
        } else if added.contains(&at) {
            *odds = odds.as_ref().map(|odds| odds.pooled(Role::Percussion, HATS));
        }
    }
}

/// Whether a microphone hears a drum: in some band where drums have their body its power goes as the drum's does.
fn hears(one: &Arrived, drum: &Arrived) -> bool {
    let (one, drum) = (&one.profile.energy, &drum.profile.energy);
    let power = |map: &EnergyMap, cell: usize, band: usize| {
        let power = map.power(cell, band);
        power.left + power.right
    };
    BODY.into_iter().any(|band| {
        let cells = 0..one.cells().min(drum.cells());
        let rows = cells.map(|cell| (power(one, cell, band), power(drum, cell, band))).collect::<Vec<_>>();
        correlation(&rows) >= HEARS
    })
}

/// The correlation of the levels of two tracks in dB, over the cells in which either sounds.
fn move_alike(one: &Arrived, other: &Arrived) -> f64 {
    let powers = [&one.profile.contour.powers, &other.profile.contour.powers];
    let tops = powers.map(|powers| f64::from(powers.iter().copied().fold(0.0, f32::max)).max(1e-12));
    let level = |side: usize, power: f32| 10.0 * libm::log10((f64::from(power) / tops[side]).max(1e-4));
    let pairs: Vec<(f64, f64)> = powers[0]
        .iter()
        .zip(powers[1])
        .map(|(a, b)| (level(0, *a), level(1, *b)))
        .filter(|(a, b)| a.max(*b) > -30.0)
        .collect();
    correlation(&pairs)
}

/// Pearson's correlation.
fn correlation(pairs: &[(f64, f64)]) -> f64 {
    let count = pairs.len().max(1) as f64;
    let sum = |of: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>();
    let (mean_a, mean_b) = (sum(&|pair| pair.0) / count, sum(&|pair| pair.1) / count);
    let both = sum(&|(a, b)| (a - mean_a) * (b - mean_b));
    let (a, b) = (sum(&|(a, _)| (a - mean_a) * (a - mean_a)), sum(&|(_, b)| (b - mean_b) * (b - mean_b)));
    if a > 0.0 && b > 0.0 { both / (a * b).sqrt() } else { 0.0 }
}

/// Finds microphones that hear several drums.
fn made_of_drums(tracks: &[Arrived], names: &[&NameGuess], odds: &mut [Option<Odds>]) {
    let close = |at: usize| -> bool {
        let parts = [Role::Kick, Role::Snare, Role::Toms, Role::Hihat];
        let by_name = says(names[at]).then(|| parts.contains(&names[at].role));
        by_name.unwrap_or_else(|| odds[at].as_ref().is_some_and(|odds| parts.contains(&odds.first().0)))
    };
    let summands: Vec<usize> = (0..tracks.len()).filter(|&at| close(at)).collect();
    if summands.len() < 2 {
        return;
    }
    let others: Vec<Summand> = summands
        .iter()
        .map(|&at| Summand { map: &tracks[at].profile.energy, at_s: tracks[at].at_s })
        .collect();
    let afar = [Role::Overheads, Role::Room, Role::Drums];
    for at in 0..tracks.len() {
        let Some(own) = odds[at].as_ref().filter(|own| own.of_any(&afar) > 0.3 && !summands.contains(&at))
        else {
            continue;
        };
        let found = fit(&Summand { map: &tracks[at].profile.energy, at_s: tracks[at].at_s }, &others);
        if found.is_some_and(|fit| fit.parts.len() >= 2 && fit.off_db <= MADE_UP_DB) {
            let from_afar =
                if own.of(Role::Room) > own.of(Role::Overheads) { Role::Room } else { Role::Overheads };
            odds[at] = Some(own.pooled(from_afar, MADE_UP));
        }
    }
}
