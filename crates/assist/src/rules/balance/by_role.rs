//! Sets every fader by what the track is.
//!
//! **What it does.** Sets `fader_db` so that each role stands beside the lead vocal as its row of the [`table`](super::table)
//! says. Tracks of one role that play at the same time share its level: each of n gets 10·log10(n) less, so that three
//! microphones on one kick are one kick; as far as they take turns, each has it whole. Lead vocals do not share. Then everything but the lead vocal moves together, by
//! [`MOST_DOWN_LU`] to [`MOST_UP_LU`], until the lead vocal lies 2.7 LU under the whole mix, or where its
//! [style](crate::style) has it. In a song without one, what it is about takes the voice's place: together it comes up towards 0
//! LU, as far as its role's spread. Unknown tracks are placed by loudness alone. At last parts that are much more or much less covered by the others than is usual in this song move by
//! up to 3 dB ([`audible`](super::audible)), as far as the spread of their role allows. Where nobody asked for a fresh balance and
//! the levels at which tracks arrive look like one, they count as well, and all but the lead vocal go a part of the way
//! to them, at most [`MOST_LEAN_DB`]. Keeps faders where they stand when
//! the tracks' own balance is kept, and leaves to `balance/rough-mix` what a rough mix says.
//!
//! **Why.** Most of a mix is level, and most of level is what an instrument is. Equal loudness for all, the older answer,
//! is contradicted by every measured mix.
//!
//! **Evidence.** The loudness at which each track enters its strip, and how much of the song it plays; partial loudness
//! (ANSI S3.4-2007) in a forecast of the table's balance.
//!
//! **Example.** Two electric guitars that play together: −4.5 LU as a pair, −7.5 LU each.
//!
//! **Known problems.** Strokes that are soft on purpose come out as loud as others of their role, because recording level
//! says nothing. How far people raise what carries a song without a voice is not measured anywhere.
//!
//! **Options.** `lock = ["fader_db"]`; `--role`.
//!
//! **Sureness.** Likely where the sources agree, else a guess; guesses are applied all the same, because a fader stands
//! somewhere.
//!
//! **References.** De Man et al. 2014; Gerdes and Siedenburg on voice levels 1946 to 2020; Perez Gonzalez and Reiss 2009.

use mixkeel_analysis::loudness::LoudnessContour;
use mixkeel_dsp::units::{db_from_power, power_from_db};
use mixkeel_session::address::Address;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::fields;
use mixkeel_session::role::Role;
use mixkeel_session::session::{Id, Session};

use super::audible::{Move, moves};
use super::table::{METER, UNKNOWN_LU, VOCAL_RE_MIX_LU, row_of};
use crate::levels::median;
use crate::rule::{Proposal, Rule};
use crate::rules::trim::stage::STAGE_LUFS;
use crate::song::{Known, Song};
use crate::start::Start;

/// What is added to the levels of roles in one song.
struct Shift<'a> {
    /// For all but the lead vocal.
    others_lu: f64,
    /// More for what the song is about, where that is no voice.
    focus_lu: f64,
    focus: &'a [Id],
}

impl Shift<'_> {
    /// Whether a track is lifted because it carries the song.
    fn lifts(&self, known: &Known) -> bool {
        self.focus_lu >= 0.05 && self.focus.contains(&known.track.id)
    }
}

/// How far all else may go down to make room for the voice. Ours: a song of forty tracks needs about 6 LU.
pub const MOST_DOWN_LU: f64 = 9.0;

/// How far all else may come up to meet the voice. Ours: a voice and one guitar are not balanced as a voice and a band.
pub const MOST_UP_LU: f64 = 2.0;

/// How far a track goes from where its role has it towards the level at which it arrives, in dB. Ours.
pub const MOST_LEAN_DB: f64 = 8.0;

/// See the head of this file.
#[derive(Debug)]
pub struct ByRole;

impl Rule for ByRole {
    fn id(&self) -> &'static str {
        "balance/by-role"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn applies_guesses(&self) -> bool {
        true
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        if song.start == Start::Tracks {
            return Vec::new();
        }
        let tracks = song.sounding(session);
        let shift = Shift {
            others_lu: room_for_the_voice(&tracks, song.style.voice_lu),
            focus_lu: place_of_the_voice(&tracks, session),
            focus: &session.focus,
        };
        // Where the table puts them, to be heard there.
        let mut by_table = session.clone();
        for track in &mut by_table.tracks {
            let locked = session.is_locked(&Address::of(&track.id, fields::FADER_DB.id));
            if let Some(known) = tracks.iter().find(|known| known.track.id == track.id && !locked) {
                track.fader_db = fader_db(known, &tracks, &shift).unwrap_or(track.fader_db);
            }
        }
        let moves = if song.start == Start::Fresh { moves(song, &by_table) } else { Vec::new() };
        let leans = leans(song, &tracks, &shift);
        let in_rough = |known: &&Known| {
            let rough = song.rough.as_ref().filter(|_| song.start == Start::Rough);
            rough.and_then(|rough| rough.found(&known.track.id)).is_some_and(|found| found.gain_db.is_some())
        };
        tracks
            .iter()
            .filter(|known| !in_rough(known))
            .filter_map(|known| {
                let moved = moves.iter().find(|moved| moved.id == known.track.id);
                let lean_db = leans.iter().find(|(id, _)| *id == known.track.id).map_or(0.0, |(_, db)| *db);
                self.place(known, &tracks, &shift, moved, lean_db, session)
            })
            .collect()
    }
}

impl ByRole {
    fn place(
        &self,
        known: &Known,
        tracks: &[Known],
        shift: &Shift,
        moved: Option<&Move>,
        lean_db: f64,
        session: &Session,
    ) -> Option<Edit> {
        let lufs = known.facts.loudness_lufs()?;
        let role = known.role;
        let target_lu = shifted_lu(known, tracks, shift);
        let shared_lu = shared_lu(known, tracks);
        let moved_db = moved.map_or(0.0, |moved| moved.by_db);
        let fader_db = fader_db(known, tracks, shift)? + moved_db + lean_db;
        let (sureness, mut because) = match row_of(role) {
            Some(row) if row.guess => (
                Sureness::Guess,
                format!(
                    "the {role} stands {:.1} LU from the lead vocal, a guess ({})",
                    row.target_lu, row.source
                ),
            ),
            Some(row) => (
                Sureness::Likely,
                format!("the {role} stands {:.1} LU from the lead vocal ({})", row.target_lu, row.source),
            ),
            None => {
                let because =
                    "nobody knows what it is: it is placed by loudness alone, in the middle of all roles";
                (Sureness::Guess, because.to_owned())
            }
        };
        if shared_lu >= 0.05 {
            because += &format!("; -{shared_lu:.1} LU for others of its role that play at the same time");
        }
        if role != Role::LeadVocal && shift.others_lu.abs() >= 0.05 {
            because += &format!("; {:+.1} LU with everything else, for the voice", shift.others_lu);
        }
        if shift.lifts(known) {
            because += &format!("; {:+.1} LU because it carries a song without a voice", shift.focus_lu);
        }
        if let Some(moved) = moved {
            because += &format!(
                "; {:+.1} dB because within the others it lost {:.0} phon of its loudness there, where the parts of this \
                 song lose {:.0}",
                moved.by_db, moved.lost_phon, moved.usual_phon
            );
        }
        if lean_db.abs() >= 0.05 {
            because += &format!("; {lean_db:+.1} dB towards the level at which it arrives");
        }
        let mut proposal = Proposal::new(self.id(), sureness, because)
            .measured(METER, lufs, "LUFS")
            .measured("level beside the lead vocal", target_lu, "LU");
        if let Some(moved) = moved {
            proposal = proposal.measured("loudness lost to the others", moved.lost_phon, "phon");
        }
        proposal.set_number(session, &known.track.id, fields::FADER_DB.id, fader_db.min(12.0))
    }
}

/// How far each track goes towards the level at which it arrives, in tenths of a dB: the levels of all of them brought to
/// where the table has them in the middle. The lead vocal stays: of it alone engineers agree where it belongs.
fn leans(song: &Song, tracks: &[Known], shift: &Shift) -> Vec<(Id, f64)> {
    if song.start != Start::Fresh || song.levels_count <= 0.0 {
        return Vec::new();
    }
    let off = |known: &Known| {
        let off_lu = known.facts.loudness_lufs()? - shifted_lu(known, tracks, shift);
        Some((known.track.id.clone(), known.role, off_lu))
    };
    let off: Vec<(Id, Role, f64)> = tracks.iter().filter_map(off).collect();
    let Some(middle) = median(off.iter().map(|(_, _, off)| *off)) else { return Vec::new() };
    let lean = |(id, role, off): (Id, Role, f64)| {
        let lean_db = (song.levels_count * (off - middle)).clamp(-MOST_LEAN_DB, MOST_LEAN_DB);
        (role != Role::LeadVocal).then_some((id, libm::round(10.0 * lean_db) / 10.0))
    };
    off.into_iter().filter_map(lean).collect()
}

/// Where the table puts a track, with room made for the voice.
fn shifted_lu(known: &Known, tracks: &[Known], shift: &Shift) -> f64 {
    let role_lu = target_lu(known, tracks);
    if known.role == Role::LeadVocal {
        role_lu
    } else {
        role_lu + shift.others_lu + if shift.lifts(known) { shift.focus_lu } else { 0.0 }
    }
}

/// The fader that puts it there. `None` for silence.
fn fader_db(known: &Known, tracks: &[Known], shift: &Shift) -> Option<f64> {
    // Trims absorb recording level; where one is locked or at its limit, the fader makes up the rest.
    // What is left of a trim's rounding to a hundredth is no reason to move a fader.
    let entry_off_lu = known.facts.loudness_lufs()? + known.track.trim_db - STAGE_LUFS;
    let entry_off_lu = if entry_off_lu.abs() < 0.006 { 0.0 } else { entry_off_lu };
    Some(shifted_lu(known, tracks, shift) - entry_off_lu)
}

/// The level of one track beside the lead vocal, before room is made for it.
fn target_lu(known: &Known, tracks: &[Known]) -> f64 {
    row_of(known.role).map_or(UNKNOWN_LU, |row| row.target_lu) - shared_lu(known, tracks)
}

/// How much of its role's level a track leaves to others of the role.
fn shared_lu(known: &Known, tracks: &[Known]) -> f64 {
    if matches!(known.role, Role::LeadVocal | Role::Unknown) {
        return 0.0;
    }
    let others = tracks.iter().filter(|other| other.role == known.role && other.track.id != known.track.id);
    db_from_power(1.0 + others.map(|other| together(known, other)).sum::<f64>())
}

/// How much of a track's sound another accompanies, 0 to 1: tenth of a second by tenth of a second, both at one loudness.
/// Where nothing is known of when they play, all of it.
fn together(one: &Known, other: &Known) -> f64 {
    let contour = |known: &Known| {
        let level = power_from_db(known.facts.loudness_lufs().unwrap_or(0.0));
        let from = libm::round(known.facts.at_s / LoudnessContour::STEP_S) as i64;
        let powers = &known.facts.profile.contour.powers;
        (from, powers.iter().map(|power| f64::from(*power) / level).collect::<Vec<f64>>())
    };
    let ((from, own), (other_from, theirs)) = (contour(one), contour(other));
    let all: f64 = own.iter().sum();
    if all <= 0.0 || theirs.is_empty() {
        return 1.0;
    }
    let shared = own.iter().enumerate().map(|(at, power)| {
        let there = usize::try_from(from + at as i64 - other_from).ok();
        there.and_then(|there| theirs.get(there)).map_or(0.0, |theirs| power.min(*theirs))
    });
    shared.sum::<f64>() / all
}

/// How far what a song without a lead vocal is about has to come up, all of it together, to stand where the voice would: at 0 LU
/// of the table. By no more than the least spread of its roles, because nobody has measured what people do there.
fn place_of_the_voice(tracks: &[Known], session: &Session) -> f64 {
    if tracks.iter().any(|known| known.role == Role::LeadVocal) {
        return 0.0;
    }
    let focus = || tracks.iter().filter(|known| session.focus.contains(&known.track.id));
    let power: f64 = focus().map(|known| power_from_db(target_lu(known, tracks))).sum();
    let spread_lu = focus().filter_map(|known| row_of(known.role)).map(|row| row.spread_lu);
    let most_lu = spread_lu.fold(f64::INFINITY, f64::min);
    if power > 0.0 && most_lu.is_finite() { (-db_from_power(power)).clamp(0.0, most_lu) } else { 0.0 }
}

/// How far everything but the lead vocals has to move so that they lie as far under the mix as engineers leave them.
///
/// Powers add: a track adds its loudness where it plays, times how much of the song it plays. The mix plays as long as
/// its busiest track. With v the voice's power where it sings, s its share of the song, and A everything else,
/// v/(v·s + A) is to be 10^(−2.7/10), so A is to be v·(10^(2.7/10) − s). A style moves the 2.7 a little.
fn room_for_the_voice(tracks: &[Known], style_lu: f64) -> f64 {
    let busiest = tracks.iter().map(Known::activity).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let power = |known: &Known| power_from_db(target_lu(known, tracks)) * known.activity() / busiest;
    let voices: Vec<&Known> = tracks.iter().filter(|known| known.role == Role::LeadVocal).collect();
    let sung: f64 = voices.iter().map(|known| power(known)).sum();
    let others: f64 = tracks.iter().filter(|known| known.role != Role::LeadVocal).map(power).sum();
    if sung <= 0.0 || others <= 0.0 {
        return 0.0;
    }
    let wanted = power_from_db(-(VOCAL_RE_MIX_LU + style_lu)) - sung.min(1.0);
    db_from_power(wanted / others).clamp(-MOST_DOWN_LU, MOST_UP_LU)
}
