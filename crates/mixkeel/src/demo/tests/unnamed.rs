//! Who plays is heard where files are called nothing but `Audio 01`.

use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::profile::{Profile, ProfileMeter};
use mixkeel_assist::roles::identify::{Arrived, Identity, identify};
use mixkeel_assist::roles::role_from_name;
use mixkeel_session::edit::Sureness;
use mixkeel_session::role::Role;
use rayon::prelude::*;

use super::folder;
use crate::demo::truth;

/// What every file is taken to be by a stretch of its sound alone.
fn heard(from_s: f64, to_s: f64) -> Vec<Identity> {
    let profiles: Vec<Profile> = folder()
        .par_iter()
        .map(|made| {
            let frame = |s: f64| libm::round(s * f64::from(made.rate_hz)) as usize;
            let mut meter = ProfileMeter::new(made.rate_hz, made.channels).with_music();
            meter.push(&made.samples.signal().part(frame(from_s)..frame(to_s)));
            meter.finish()
        })
        .collect();
    let hidden = role_from_name("Audio 01");
    let arrived: Vec<Arrived> = profiles
        .iter()
        .map(|profile| Arrived { name: &hidden, by_owner: false, profile, at_s: 0.0 })
        .collect();
    identify(&arrived)
}

#[test]
fn kick_snare_hats_bass_and_voice_are_found_by_their_sound_and_hardly_anything_is_taken_for_another() {
    let heard = heard(4.8, 43.2);
    let is = |file: &str| {
        let at = folder().iter().position(|made| made.file_name == file).expect("a file of the song");
        let identity = &heard[at];
        if identity.sureness > Sureness::Guess { identity.role } else { Role::Unknown }
    };
    for (file, role) in [
        ("Kick In 57.wav", Role::Kick),
        ("kick OUT_47.wav", Role::Kick),
        ("SN top.wav", Role::Snare),
        ("SN_btm.wav", Role::Snare),
        ("HH.wav", Role::Hihat),
        ("Bass DI.wav", Role::Bass),
        ("bass_amp.wav", Role::Bass),
        ("LdVox.wav", Role::LeadVocal),
    ] {
        assert_eq!(is(file), role, "{file}");
    }
    let drums = [Role::Kick, Role::Snare, Role::Toms, Role::Hihat, Role::Bass];
    let voices = [Role::LeadVocal, Role::BackingVocal];
    // A guitar may be taken for keys; what is neither drum, bass nor voice is never taken for one.
    for track in truth()
        .tracks
        .iter()
        .filter(|track| matches!(track.role, "electric-guitar" | "pad" | "piano" | "fx" | "click"))
    {
        let taken = is(track.file);
        assert!(!drums.contains(&taken) && !voices.contains(&taken), "{} is taken for {taken}", track.file);
    }
}
