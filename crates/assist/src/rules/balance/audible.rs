//! How audible each part is within the others, and how far its fader is moved for it.
//!
//! A table knows what a piano is, not how this one sits among these others. Partial loudness does: the same level is buried
//! in one arrangement and bare in another. So parts that lose more of their loudness to the others than parts of the song
//! usually do come up, and parts that lose less go down, each by what the spread of its role among engineers allows. How near
//! that comes to people's levels is printed by the example `against_people`.
//! Equal partial loudness as balance is from D. Ward, J. D. Reiss and C. Athwal, AES 133rd Convention (2012); that
//! parts should be alike only as far as their roles allow is ours. Drums cover others and are not moved: the model takes each tenth of a
//! second as steady, and a stroke is heard by its first hundredth, so that it counts every kick and tom among the buried.

use mixkeel_analysis::masking::Console;
use mixkeel_analysis::playback::REFERENCE;
use mixkeel_dsp::units::power_from_db;
use mixkeel_session::role::Role;
use mixkeel_session::session::{Id, Session};

use super::table::row_of;
use crate::forecast::Forecast;
use crate::groups::GroupKind;
use crate::song::{Known, Song};

/// The furthest that a part is moved. Ours: within what engineers differ by on one song.
pub const MOST_DB: f64 = 3.0;

/// How far the losses of the parts of a mix may lie apart, in phon: one standard deviation. Ours: with 8, a voice whose recording was
/// tilted by 3.4 dB an octave came out 1.8 LU softer than without (example `recover`), with this 1.4; how near levels come to
/// people's (`against_people`) is the same to a tenth of an LU.
const LOSSES_APART_PHON: f64 = 12.0;

/// How far engineers lie apart on a role that no source gives a spread for, in LU. Ours: the middle of the table's.
const UNKNOWN_SPREAD_LU: f64 = 3.0;

/// How often all parts are moved. Ours, chosen because each round moves less than the one before; what the last one moves was not
/// measured.
const ROUNDS: usize = 5;

/// What is not worth a move. Ours: half of what is just heard of a part in a mix.
const NOT_WORTH_DB: f64 = 0.3;

/// Where there are fewer parts than this, there is nothing usual to compare with. Ours.
const FEWEST_PARTS: usize = 3;

/// What is done to a track, and why.
#[derive(Clone, Debug)]
pub(super) struct Move {
    pub id: Id,
    pub by_db: f64,
    pub lost_phon: f64,
    pub usual_phon: f64,
}

/// How far each track is to be moved from where a session has it, in tenths of a dB; nothing for those that stay. What rules
/// have put into strips is not heard: levels come before it, and a second decision starts from the same.
pub(super) fn moves(song: &Song, session: &Session) -> Vec<Move> {
    let bare = bare(session);
    let Ok(forecast) = Forecast::of(song, &bare) else { return Vec::new() };
    let tracks = song.sounding(&bare);
    let parts = parts(song, &bare, &tracks);
    if parts.iter().filter(|part| !part.struck).count() < FEWEST_PARTS || forecast.cells() == 0 {
        return Vec::new();
    }
    let found = found(&forecast, &parts);
    let each = parts.iter().zip(found).filter_map(|(part, found)| Some((part, found?))).flat_map(
        |(part, (by_db, lost_phon, usual_phon))| {
            let by_db = libm::round(by_db * 10.0) / 10.0;
            part.tracks.iter().map(move |known| Move {
                id: known.track.id.clone(),
                by_db,
                lost_phon,
                usual_phon,
            })
        },
    );
    each.filter(|found| found.by_db.abs() >= NOT_WORTH_DB).collect()
}

/// Tracks in the middle, straight into the master, through what their owner has put there and nothing else.
fn bare(session: &Session) -> Session {
    let mut bare = session.clone();
    bare.buses.clear();
    bare.returns.clear();
    bare.master = Default::default();
    for track in &mut bare.tracks {
        track.bus = "master".to_owned();
        track.sends.clear();
        track.inserts.retain(|insert| insert.by.is_none() && insert.keys.is_empty());
        track.lanes.clear();
        track.pan = 0.0;
    }
    bare
}

/// Tracks that are moved together.
struct Part<'a> {
    tracks: Vec<Known<'a>>,
    spread_lu: f64,
    in_focus: bool,
    struck: bool,
}

fn parts<'a>(song: &Song, session: &Session, tracks: &[Known<'a>]) -> Vec<Part<'a>> {
    let together =
        [GroupKind::Microphones, GroupKind::Sides, GroupKind::DirectAndAmplifier, GroupKind::Doubles];
    let mut parts: Vec<Part<'a>> = Vec::new();
    let mut taken: Vec<Id> = Vec::new();
    for known in tracks {
        if taken.contains(&known.track.id) {
            continue;
        }
        let mut ids = vec![known.track.id.clone()];
        for group in song.groups_of(&known.track.id).filter(|group| together.contains(&group.kind)) {
            ids.extend(group.tracks.iter().filter(|id| !taken.contains(id)).cloned());
        }
        let members: Vec<Known<'a>> =
            tracks.iter().filter(|other| ids.contains(&other.track.id)).copied().collect();
        taken.extend(members.iter().map(|member| member.track.id.clone()));
        parts.push(Part {
            spread_lu: row_of(known.role).map_or(UNKNOWN_SPREAD_LU, |row| row.spread_lu),
            in_focus: members
                .iter()
                .any(|member| member.role == Role::LeadVocal || session.focus.contains(&member.track.id)),
            struck: members.iter().all(|member| member.role.is_drum()),
            tracks: members,
        });
    }
    parts
}

/// Where every part comes to rest between what its role says and what is heard of it: the least sum of squares of both, each
/// over its standard deviation, by secants. For each: how far it moves, what it lost before, and what parts usually lose.
fn found(forecast: &Forecast, parts: &[Part]) -> Vec<Option<(f64, f64, f64)>> {
    let groups: Vec<Vec<usize>> = parts
        .iter()
        .map(|part| part.tracks.iter().filter_map(|known| forecast.number(&known.track.id)).collect())
        .collect();
    let mut console = forecast.console(&groups, &forecast.frames(&[]), &REFERENCE);
    let losses = |console: &Console| -> Vec<Option<f64>> {
        (0..parts.len()).map(|part| console.within(part).lost_phon()).collect()
    };
    let first = losses(&console);
    let mut by_db = vec![0.0; parts.len()];
    let mut now = first.clone();
    let of_moved = |now: &[Option<f64>]| {
        let moved = parts.iter().zip(now).filter(|(part, _)| !part.struck);
        median(moved.filter_map(|(_, lost)| lost.as_ref()))
    };
    let mut usual = of_moved(&now);
    for _ in 0..ROUNDS {
        for (at, part) in parts.iter().enumerate().filter(|(_, part)| !part.struck) {
            let (Some(db), Some(Some(lost))) = (by_db.get_mut(at), now.get(at).copied()) else { continue };
            // The slope by a secant of 1 dB; a part loses less the louder it is.
            console.set_power(at, power_from_db(*db + 1.0));
            let louder = console.within(at).lost_phon().unwrap_or(lost);
            let slope = (louder - lost).clamp(-3.0, -0.1);
            let (own, heard) = (part.spread_lu.max(0.1), LOSSES_APART_PHON);
            // Against what it would lose where its role puts it.
            let off = lost - slope * *db - usual;
            let wanted = off * -slope / (heard * heard);
            let next = wanted / (1.0 / (own * own) + slope * slope / (heard * heard));
            let least = if part.in_focus { 0.0 } else { -MOST_DB };
            // Half of the way: all parts move at once, and what one gains another loses.
            *db += 0.5 * (next.clamp(least, MOST_DB) - *db);
            console.set_power(at, power_from_db(*db));
        }
        now = losses(&console);
        usual = of_moved(&now);
    }
    // What all do is no balance; a focus stays where it was put, and the others move around it.
    let has_focus = parts.iter().any(|part| part.in_focus);
    let movable: Vec<f64> =
        by_db.iter().zip(parts).filter(|(_, part)| !part.struck).map(|(db, _)| *db).collect();
    let common = if has_focus { 0.0 } else { median(&movable) };
    let moved = by_db.into_iter().zip(parts).zip(first);
    moved
        .map(|((by_db, part), lost)| {
            let by_db = if part.struck { 0.0 } else { (by_db - common).clamp(-MOST_DB, MOST_DB) };
            lost.map(|lost| (by_db, lost, usual))
        })
        .collect()
}

fn median<'a>(values: impl IntoIterator<Item = &'a f64>) -> f64 {
    let mut sorted: Vec<f64> = values.into_iter().copied().collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}
