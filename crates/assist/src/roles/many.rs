//! What a whole folder of names says: what all share says nothing, and neighbours settle what one name leaves open.

use mixkeel_session::edit::Sureness;
use mixkeel_session::role::Role;

use super::{NameGuess, from_words, role_from_name, split};

/// What each name says among the others.
///
/// Words that all names begin or end with (the song, the band, a date, a tempo) are left out. Where nothing is left to
/// tell one track by, as in a folder of nothing but `Drums 1`, `Drums 2`, the whole names count again. Then two words
/// are settled by the folder: an `instrumental` among the instruments it is made of is a mix of them, and a `beat`
/// beside nothing but voices is a backing track, beside instruments a part of the drums.
pub fn roles_from_names(names: &[&str]) -> Vec<NameGuess> {
    let words: Vec<Vec<String>> = names.iter().map(|name| split::words(name)).collect();
    let (first, last) = shared(&words);
    let mut guesses: Vec<NameGuess> = words
        .iter()
        .map(|words| from_words(words.get(first..words.len() - last).unwrap_or_default()))
        .collect();
    if guesses.iter().all(|guess| guess.role == Role::Unknown) {
        guesses = names.iter().map(|name| role_from_name(name)).collect();
    }
    settle(&mut guesses);
    guesses
}

/// How many words all names begin with, and how many they end with.
fn shared(words: &[Vec<String>]) -> (usize, usize) {
    let Some((one, others)) = words.split_first().filter(|(_, others)| others.len() > 1) else {
        return (0, 0);
    };
    let shortest = words.iter().map(Vec::len).min().unwrap_or(0);
    // At least one word is left of every name.
    let most = shortest.saturating_sub(1);
    let first = (0..most).take_while(|&at| others.iter().all(|other| other.get(at) == one.get(at))).count();
    let from_end = |words: &Vec<String>, at: usize| words.iter().rev().nth(at).cloned();
    let last = (0..most - first)
        .take_while(|&at| others.iter().all(|other| from_end(other, at) == from_end(one, at)))
        .count();
    (first, last)
}

fn settle(guesses: &mut [NameGuess]) {
    let instruments = guesses.iter().filter(|guess| is_instrument(guess.role)).count();
    for guess in guesses.iter_mut() {
        let says = |word: &str| guess.matched.iter().any(|matched| matched == word);
        if guess.role == Role::BackingTrack && says("instrumental") && instruments >= 3 {
            (guess.role, guess.sureness) = (Role::Mix, Sureness::Likely);
        } else if guess.role == Role::BackingTrack && says("beat") && instruments > 0 {
            (guess.role, guess.sureness) = (Role::Drums, Sureness::Likely);
        } else if guess.role == Role::Drums && says("beat") && instruments <= 1 {
            (guess.role, guess.sureness) = (Role::BackingTrack, Sureness::Likely);
        }
    }
}

fn is_instrument(role: Role) -> bool {
    !matches!(
        role,
        Role::LeadVocal
            | Role::VocalDouble
            | Role::BackingVocal
            | Role::Choir
            | Role::AdLib
            | Role::Fx
            | Role::BackingTrack
            | Role::Scratch
            | Role::Click
            | Role::Mix
            | Role::Unknown
    )
}
