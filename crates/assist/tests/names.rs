//! The names that people give their tracks, and what each says.

use mixkeel_assist::roles::{NameGuess, Side, role_from_name, roles_from_names};
use mixkeel_session::edit::Sureness;
use mixkeel_session::role::Role;

/// Role, then names. Separated by `|`.
const NAMES: &[(&str, &str)] = &[
    (
        "kick",
        "BD|BassDrum|Bass Drum|Kick In 57|Kick Out|Kik|Grosse caisse|KICK|01_Kick|kick.wav|bassdrum_acoustic01|BD 03|\
        01_drums_kick_kick|KD|Sub Kick|subkick|KickIn|kickout|Bombo|Cassa|Gran Cassa|Stopa|Große Trommel|Kick 808|\
        03 - Kick Drum|Kick_Sub|KICK IN D112|Kick L|kick click",
    ),
    (
        "snare",
        "SN_btm|Snare Top|SD|Rim|Snare|SnareTop|Snr Bot|snaretop|Caisse claire|Rullante|Redoblante|Kleine Trommel|\
        05_Snare_Rimshot|07_snare01|12_snare_muffled02|Snare 05|01_drums_snare_snare|Sidestick|Cross Stick|Werbel|02 SNR Top|SN",
    ),
    (
        "toms",
        "Rack Tom|Floor|FT|Floor Tom|Tom 1|Tom_2|TOMS|HiTom|tom1|FloorTom|06_Floor_Tom|Rack|Standtom|01_drums_toms_toms",
    ),
    (
        "hihat",
        "HH|Hat|HiHat|Hi-Hat|hihat|ALT_HATS|HATS|SCRATCH_HATS|07_Hat_Closed|Open HiHat 02|Closed HihHat 03|05_hihat_closed05|\
        Charley|Hi Hat Top|11_Hat_Open|HHats|Chimbal|01_drums_hihat_hihat",
    ),
    ("overheads", "OH L|OH|Overhead|Overheads|OHs|OH_R|OHL|OverHead L|OVH|Drum OH|overheadL"),
    ("room", "Room|Amb|Room Mic|Drum Room|RM L|Rooms|Ambience|Room_far|Mono Room|Raum"),
    (
        "cymbals",
        "Crash|Ride|China|Splash|Crash 1|11_Ride3|Cymbals|09_crash01|Becken|Platillos|Piatti|01_drums_cymbals_cymbals|15_Ride_2|Cym L",
    ),
    (
        "percussion",
        "Perc|Shaker|Tamb|Conga|Clap|Cowbell|04_Hand_Clap|Tambourine|Bongos|FILL_SCRATCH|Claps 2|Triangel|Palmas|Djembe|Perc Loop|\
        01_drums_percussion_percussion|Snaps|Shk|Cajón|Woodblock|Güiro|Timpani",
    ),
    (
        "drums",
        "Drums|Kit|Drum Kit|Schlagzeug|Batterie|Batería|DRUMS L|BREAK|GARAGE_BEAT|Drm Bus|Perkusja|Drum Mix|Trummor",
    ),
    ("loop", "Loop|Drum Loop|Loop 1|drumloop"),
    (
        "bass",
        "BASS DI|Sub|Bajo|Basse|Bass Amp|BassDI|Bass Slap 02|Synth Bass|Bass Guitar|Bs|E-Bass|Kontrabass|Upright Bass|Basso|Baixo|Bas|\
        02_Bass|Sub Bass|SubBass|SynBass|Bass Synth|BASS_SVT|Reese|bassline|Basgitara",
    ),
    (
        "electric-guitar",
        "Gtr DI|EGtr|Git|Gitarre|Guitarra|Chitarra|03_guitar|Guitar L|E-Gtr|El Guitar|GTR 1|Lead Gtr|Gtr_Dbl|Guitare élec|E Gitarre|\
        Rhythm Guitar|Strat|Tele 2|Gitaar|Gitarr|Pedal Steel|EG 1|RhyGtr|guitars|Gtr Amp 57|Gtr Harmony|Dist Gtr|leadgitarre|Gt Solo",
    ),
    (
        "acoustic-guitar",
        "AcGtr|Acoustic Guitar|Ac Gtr|Ac. Guitar|AG|Akustikgitarre|Guitarra acústica|01_ch03_prog025_acoustic_guitar|Nylon|Ukulele|Banjo|\
        Mandolin|Acoustic|Chitarra acustica|Acou Gtr|Guitare acoustique|12 String|AGtr L|acousticguitar",
    ),
    (
        "piano",
        "Pno|Piano|Klavier|Rhodes|EP|E Piano|E-Piano|Wurli|01_ch01_prog003_piano|01_E_Piano|Grand Piano|Piano Room|EPiano|PianoL|Flügel",
    ),
    ("organ", "Organ|B3|Orgel|Hammond|Orgue|Organo|Hammond B3|Farfisa"),
    (
        "keys",
        "Clav|Keys|Keyboard|Teclado|Tastiera|Synth|Clavinet|Vibraphone|Marimba|DX7|Synth 2|Accordion|Glockenspiel",
    ),
    ("pad", "Pad|Pads|Synth Pad|Warm Pad|Choir Pad|Nappe|String Pad|Pad L"),
    ("pluck", "Arp|Pluck|Synth Arp|Arpeggio|Pluck Synth"),
    ("lead-synth", "Lead Syn|LeadSynth|Synth Lead|SynLead|Lead Synth 2"),
    (
        "strings",
        "Strings|Vln|Cello|Strings (high)|04_Strings_low|Violin 1|Vla|Streicher|Cuerdas|Cordes|Archi|Geige|Viola|Celli|Fiddle|Smyczki",
    ),
    ("brass", "Brass|Tpt|Trumpet 2|Horns|Trombone|Bläser|French Horn|Posaune|Cuivres|Tuba|Tbn"),
    ("woodwind", "Sax|Flute|Flöte|Clarinet|Oboe|Alto Sax|Tenor Sax|Fagott|Bass Clarinet|Harmonica|Flauta"),
    (
        "lead-vocal",
        "Vox|LdVox|LV|Lead Vocal|Stimme|Gesang|Voix|Voz|Voce|VOX_LEAD|Lead Vox|LeadVox|Vocal|VOX 1|Ld Vx|Main Vocal|Leadgesang|Voc|Lead Voc comp|\
        vocals|Sång|Zang|Wokal|Chant|08 - Lead Vocal|Vocals Dry|Rap|leadvocals|Voce principale",
    ),
    (
        "vocal-double",
        "Dbl|LdVox_dbl|Vox Double|Vox Dbl L|Lead Vocal Double|VoxDbl|Vocal Dub|Vocal Doubler|Vox Doppel|Voz doble",
    ),
    (
        "backing-vocal",
        "BGV 2|BV|Backing|Harm|BGVOX_ALT|BGVOX_HARMONY|BGVOX_HIGH|BGVs|Backing Vox|BVox 3|BGV dbl|Harmony 1|Harm Hi|Gang Vox|Oohs|Aahs L|\
        Background Vocals|Coros|Bg Vox|Vox Harm|backgroundvocals|Choeurs|Chœurs|Hintergrundgesang|BackingVox|Vox BG 2|Gang",
    ),
    ("choir", "Choir|Coro|Chor|Gospel Choir|Kör|Choir L"),
    ("ad-lib", "Adlib|Ad Lib|Vox Adlib|Adlibs 2|AdLibs|Lead Vox Ad-Lib"),
    (
        "fx",
        "FX|Riser|Sweep|Impact|BUILD|MICROCOSM_EFFECT|SFX 2|Reverse Cymbal|White Noise|Vox FX|Vox Verb|Downlifter|Whoosh|Transition|Effets",
    ),
    ("click", "Click|Metronome|Count|Click Track|CLICK|Clicktrack|Klick|Count In|SMPTE|99_click|Cue"),
    (
        "scratch",
        "Guide|Scratch Vox|Guide Vox|Gtr Guide|Scratch Gtr|Pilot|Scratch Vocal|Vox Demo|Pilotspur|Piano Guide",
    ),
    (
        "mix",
        "Mix|Master|Rough|Bounce|2mix|Rough Mix|MySong Mix|Song_Master|2-Track|Stereo Out|MIXDOWN|Harbour Mix v3|Full Mix|Roughmix 2",
    ),
    ("backing-track", "Beat|Instrumental|Playback|Backing Track|Beat 140|Karaoke|Minus One|Pista"),
    (
        "unknown",
        "Default preset|Audio 01|02_Stick|06_hollow_wood_2|14_wood|15_wood2|Track 7|01|Untitled|Harbour|New Recording 3|Take 4|L|R||---|🥁|\
        Stereo|Inst 1|Lead|Bus 3|Glue|Polysynth_x9 dump|MIDI 3|Left",
    ),
];

#[test]
fn every_name_says_what_people_mean() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (role, names) in NAMES {
        for name in names.split('|') {
            let guess = role_from_name(name);
            count += 1;
            let unsure = guess.role == Role::Unknown && guess.sureness != Sureness::Guess;
            if guess.role.word() != *role || unsure {
                wrong.push(format!(
                    "{name:?} is {role}, read as {} {:?} {:?}",
                    guess.role, guess.matched, guess.rest
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 250);
}

#[test]
fn the_case_of_letters_says_nothing_where_words_stand_apart() {
    for (role, names) in NAMES {
        for name in names.split('|').filter(|name| name.contains([' ', '_'])) {
            let upper: Vec<_> = name.split([' ', '_']).map(str::to_uppercase).collect();
            let lower: Vec<_> = name.split([' ', '_']).map(str::to_lowercase).collect();
            let same = role_from_name(&upper.join(" ")).role == role_from_name(&lower.join(" ")).role;
            // Words written together with capitals (`LdVox`) lose their seam, and only those.
            let has_seam =
                name.chars().zip(name.chars().skip(1)).any(|(a, b)| a.is_lowercase() && b.is_uppercase());
            assert!(same || has_seam || role == &"unknown", "{name}");
        }
    }
}

#[test]
fn side_and_number_are_read_but_not_from_the_track_number() {
    let guess = role_from_name("05_OH L 2");
    assert_eq!((guess.role, guess.side, guess.number), (Role::Overheads, Some(Side::Left), Some(2)));
    let guess = role_from_name("06 Git_rechts");
    assert_eq!((guess.side, guess.number), (Some(Side::Right), None));
    assert_eq!(role_from_name("OHR").side, Some(Side::Right));
}

#[test]
fn a_guess_mutes_nothing() {
    assert_eq!(role_from_name("Scratch").sureness, Sureness::Guess);
    assert_eq!(role_from_name("Lead Vocal").sureness, Sureness::Certain);
}

fn roles(names: &[&str]) -> Vec<&'static str> {
    roles_from_names(names).iter().map(|guess: &NameGuess| guess.role.word()).collect()
}

#[test]
fn what_all_names_share_says_nothing() {
    assert_eq!(
        roles(&[
            "Kick It - Vox 120bpm",
            "Kick It - Bass 120bpm",
            "Kick It - Gtr 120bpm",
            "Kick It - Audio 7 120bpm"
        ]),
        ["lead-vocal", "bass", "electric-guitar", "unknown"]
    );
    assert_eq!(roles(&["Drums 1", "Drums 2", "Drums 3"]), ["drums", "drums", "drums"]);
    assert_eq!(roles(&["2024-05-01 Piano", "2024-05-01 Vox"]), ["piano", "lead-vocal"]);
}

#[test]
fn neighbours_settle_a_beat_and_an_instrumental() {
    assert_eq!(roles(&["Beat", "Vox", "Vox Dbl"]), ["backing-track", "lead-vocal", "vocal-double"]);
    assert_eq!(roles(&["Beat", "Bass", "Keys", "Vox"]), ["drums", "bass", "keys", "lead-vocal"]);
    assert_eq!(roles(&["Instrumental", "Bass", "Keys", "Drums"]), ["mix", "bass", "keys", "drums"]);
    assert_eq!(roles(&["Instrumental", "Vox"]), ["backing-track", "lead-vocal"]);
    assert!(roles(&[]).is_empty());
}
