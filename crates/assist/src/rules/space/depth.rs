//! How far back everything stands: which tracks go into which space, and how much. One table by role, what the recording
//! already has of a room, and one shift for all of them, so that all reverb together is as loud as listeners want it.

use mixkeel_dsp::units::{db_from_power, power_from_db};
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::id;
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;

use crate::rule::Proposal;
use crate::song::{Known, Song, TrackFacts};
use crate::start::Start;
use crate::things::NewInsert;

/// The spaces of a song.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// A small furnished room: it ties together what was recorded apart.
    Room,
    /// A hall: for what stands at the back.
    Hall,
    /// A plate: length without distance, for what stands in front.
    Plate,
    /// Echoes in time with the song.
    Echo,
}

/// How much of a role goes where.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What the track is.
    pub role: Role,
    /// Where to.
    pub space: Space,
    /// Level of the copy beside the track, in dB, before all are shifted together.
    pub level_db: f64,
}

/// From front to back. Levels: the class table of libsonare's mixing assistant (vocal −10.5, snare −12.5, lead −13.5, toms and
/// backing −14.5, strings −16.5, keys −18.5, guitars and percussion −20.5; none for kick, bass, hats, cymbals and effects),
/// with three changes of ours: the lead vocal gets 2 dB less, because an echo comes on top of it; what is meant to stand
/// behind (backing vocals, choir, strings, winds) gets 1.5 to 3 dB more; and what a room only ties together stays low.
/// Which space is ours: a plate for what stands in front, a hall for what stands behind, a room for drums and strings that
/// are struck or plucked.
pub static TABLE: [Row; 22] = [
    row(Role::LeadVocal, Space::Plate, -12.5),
    row(Role::LeadVocal, Space::Echo, -20.0),
    row(Role::LeadSynth, Space::Plate, -14.0),
    row(Role::LeadSynth, Space::Echo, -21.0),
    row(Role::VocalDouble, Space::Plate, -14.5),
    row(Role::AdLib, Space::Plate, -11.0),
    row(Role::BackingVocal, Space::Hall, -12.5),
    row(Role::Choir, Space::Hall, -12.5),
    row(Role::Strings, Space::Hall, -13.5),
    row(Role::Woodwind, Space::Hall, -14.0),
    row(Role::Brass, Space::Hall, -15.0),
    row(Role::Piano, Space::Hall, -18.5),
    row(Role::Keys, Space::Hall, -18.5),
    row(Role::Organ, Space::Hall, -18.5),
    row(Role::Pluck, Space::Hall, -16.5),
    row(Role::Snare, Space::Room, -12.5),
    row(Role::Toms, Space::Room, -14.5),
    row(Role::Percussion, Space::Room, -18.5),
    row(Role::AcousticGuitar, Space::Room, -17.5),
    row(Role::ElectricGuitar, Space::Room, -18.5),
    row(Role::Pad, Space::Hall, -20.5),
    row(Role::Hihat, Space::Room, -24.5),
];

const fn row(role: Role, space: Space, level_db: f64) -> Row {
    Row { role, space, level_db }
}

/// All reverb together beside the mix, in LU. De Man, McNally and Reiss 2017 (80 mixes of 10 songs): −14 is the middle
/// ground; too much is punished, too little hardly. Ours: a unit under it, to err on the dry side.
pub const WET_RE_MIX_LU: f64 = -15.0;

/// How far all sends may be shifted together, up and down, in dB. Ours: further, and something else is wrong.
pub const MOST_UP_DB: f64 = 4.0;
/// See [`MOST_UP_DB`].
pub const MOST_DOWN_DB: f64 = 10.0;

/// A recording in which direct sound stands this far over the room is dry, and one in which it stands no further than
/// [`WET_DB`] has all the room it needs, in dB. Between them it gets half its share. Ours: close microphones in a treated
/// room read 18 and more, three feet away in a bedroom 6 to 10.
pub const DRY_DB: f64 = 15.0;
/// See [`DRY_DB`].
pub const WET_DB: f64 = 7.0;

/// An estimate that rests on fewer free decays than this says nothing (see `analysis::space`).
const LEAST_DECAYS: usize = 3;

/// A voice does not ring by itself: where its sound falls this slowly, in seconds, and no direct sound is seen to stop, it is
/// in a room already. Ours: a sung word ends within 0.2 s, and one that is let go slowly within twice as much; what takes this
/// long is a church.
const VOICE_RINGS_S: f64 = 0.9;

/// Words in a name that say that the effect is in the file.
const WET_WORDS: [&str; 9] =
    ["verb", "reverb", "wet", "echo", "delay", "hall", "plate", "ambience", "effect"];

/// How much room a recording has already.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wetness {
    /// Measured: none to speak of.
    Dry,
    /// Measured: some.
    Damp,
    /// Measured, or so its name says: enough.
    Wet,
    /// Nothing in it falls freely.
    Unknown,
}

/// How much room a recording has already.
pub fn wetness(facts: &TrackFacts, role: Role) -> Wetness {
    let name = facts.name.to_lowercase();
    let words = name.split(|c: char| !c.is_alphanumeric());
    if words.into_iter().any(|word| WET_WORDS.contains(&word)) {
        return Wetness::Wet;
    }
    // A shell that rings falls in two steps, as a room does: of drums the ratio says nothing (see `analysis::space`).
    if matches!(role, Role::Snare | Role::Toms | Role::Percussion | Role::Hihat) {
        return Wetness::Unknown;
    }
    let space = &facts.profile.character.space;
    let enough = |estimate: &mixkeel_analysis::space::Estimate| estimate.decays >= LEAST_DECAYS;
    if let Some(ratio) = space.direct_to_reverberant_db.filter(enough) {
        return match ratio.value {
            DRY_DB.. => Wetness::Dry,
            WET_DB.. => Wetness::Damp,
            _ => Wetness::Wet,
        };
    }
    match space.decay_s.filter(enough) {
        Some(decay) if is_voice(role) && decay.value >= VOICE_RINGS_S => Wetness::Wet,
        _ => Wetness::Unknown,
    }
}

fn is_voice(role: Role) -> bool {
    matches!(role, Role::LeadVocal | Role::VocalDouble | Role::BackingVocal | Role::Choir | Role::AdLib)
}

/// One copy of a track to a space.
#[derive(Clone, Debug, PartialEq)]
pub struct Amount {
    /// The track.
    pub track: String,
    /// What it is.
    pub role: Role,
    /// Where to.
    pub space: Space,
    /// Level of the copy beside the track.
    pub level_db: f64,
    /// Whether the recording has some room already.
    pub damp: bool,
}

/// Who goes where in this song, and how much, the shift included. A reverb is level-matched and an echo hardly adds to its
/// first repeat, so what comes back is about as loud as what is sent.
pub fn amounts(song: &Song, session: &Session) -> Vec<Amount> {
    let tracks = song.sounding(session);
    let busiest = tracks.iter().map(Known::activity).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let power =
        |known: &Known| known.post_fader_lufs().map_or(0.0, power_from_db) * known.activity() / busiest;
    let mix: f64 = tracks.iter().map(power).sum();
    let mut wet = 0.0;
    let mut amounts = Vec::new();
    for known in &tracks {
        let wetness = wetness(known.facts, known.role);
        // What comes as somebody's export has its effects in it, unless it can be shown to be dry.
        let left_alone = wetness == Wetness::Wet || (song.start == Start::Tracks && wetness != Wetness::Dry);
        if left_alone {
            continue;
        }
        for row in TABLE.iter().filter(|row| row.role == known.role) {
            let damp = wetness == Wetness::Damp;
            let level_db = row.level_db - if damp { 3.0 } else { 0.0 };
            wet += power(known) * power_from_db(level_db);
            let (track, role) = (known.track.id.clone(), known.role);
            amounts.push(Amount { track, role, space: row.space, level_db, damp });
        }
    }
    if wet > 0.0 && mix > 0.0 {
        let shift_db = WET_RE_MIX_LU + song.style.reverb_lu - db_from_power(wet / mix);
        // To half a decibel, so that nothing that cannot be heard moves every send of the song.
        let shift_db = libm::round(2.0 * shift_db.clamp(-MOST_DOWN_DB, MOST_UP_DB)) / 2.0;
        amounts.iter_mut().for_each(|amount| amount.level_db += shift_db);
    }
    amounts
}

/// Everything that one space needs: its return, its effect, and a send from each track that goes there. Nothing where
/// nobody does.
pub fn edits(
    rule: &'static str,
    space: Space,
    name: &str,
    effect: &NewInsert,
    about: &str,
    song: &Song,
    session: &Session,
) -> Vec<Edit> {
    let amounts: Vec<Amount> = amounts(song, session)
        .into_iter()
        .filter(|amount| amount.space == space && !session.bars(&amount.track, rule))
        .collect();
    if amounts.is_empty() {
        return Vec::new();
    }
    let is_ours = |by: &Option<String>| by.as_deref() == Some(rule);
    let own = session.returns.iter().find(|one| one.strip.inserts.iter().any(|insert| is_ours(&insert.by)));
    // A track may bear the name of a space.
    let id = match own {
        Some(own) => own.id.clone(),
        None if session.strip(name).is_none() => name.to_owned(),
        None => id::unique(&format!("{name}-return"), |id| session.strip(id).is_some()),
    };
    let because = |amount: &Amount| {
        let room =
            if amount.damp { "; half its share, because the recording has some room already" } else { "" };
        format!("the {} {}{room}", amount.role, stands(amount.role))
    };
    let send = |amount: &Amount| {
        let wanted = ("all reverb beside the mix, as it is meant", WET_RE_MIX_LU, "LU");
        let proposal = Proposal::new(rule, Sureness::Likely, because(amount));
        let proposal = proposal.measured(wanted.0, wanted.1, wanted.2);
        proposal.send(session, &amount.track, &id, amount.level_db)
    };
    let sends: Vec<Edit> = amounts.iter().filter_map(send).collect();
    if sends.is_empty() {
        return Vec::new();
    }
    let proposal = || Proposal::new(rule, Sureness::Likely, about);
    let mut edits: Vec<Edit> = proposal().add_return(session, &id).into_iter().collect();
    edits.extend(proposal().insert(session, &id, effect));
    edits.extend(sends);
    edits
}

/// Where a role stands, in words.
fn stands(role: Role) -> &'static str {
    match role {
        Role::LeadVocal | Role::LeadSynth => "stands in front: length behind it, no distance",
        Role::VocalDouble | Role::AdLib => "stands with the voice that it belongs to",
        Role::BackingVocal | Role::Choir | Role::Strings | Role::Woodwind | Role::Brass | Role::Pad => {
            "stands behind: more room and less of itself"
        }
        Role::Piano | Role::Keys | Role::Organ | Role::Pluck => "stands in the middle of the stage",
        _ => "stands in the room in which the band plays",
    }
}

/// Seconds a beat, where the song's tempo is known: that with which it begins.
pub fn beat_s(session: &Session) -> Option<f64> {
    session.song.tempo.first().map(|(_, bpm)| 60.0 / bpm).filter(|beat| beat.is_finite() && *beat > 0.0)
}

/// A time in step with the song: a beat halved until it is shorter than the longest that is wanted.
pub fn in_step_s(session: &Session, longest_s: f64) -> Option<f64> {
    let mut time_s = beat_s(session)?;
    while time_s > longest_s {
        time_s /= 2.0;
    }
    Some(time_s)
}
