//! Sets every fader by what the track is.
//!
//! **What it does.** Sets `fader_db` so that each role stands beside the lead vocal as its row of the [`table`](super::table)
//! says. Tracks of one role that play at the same time share its level (`shared.rs` beside this): all of it, so that three
//! microphones on one kick are one kick, or half, where each is a source of its own; as far as they take turns, each has it
//! whole. Lead vocals do not share. Then everything but the lead vocal moves together, by [`MOST_DOWN_LU`] to
//! [`MOST_UP_LU`], until the lead vocal lies 2.7 LU under the whole mix, or where its [style](crate::style) has it. In a
//! song without one, what it is about takes the voice's place: together it comes up towards 0 LU, as far as its role's
//! spread. Unknown tracks are placed by loudness alone. At last parts that are much more or much less covered by the others
//! than is usual in this song move by up to 3 dB ([`audible`](super::audible)), as far as the spread of their role allows.
//! Where nobody asked for a fresh balance and the levels at which tracks arrive look like one, they count as well, and all
//! but the lead vocal go a part of the way to them, at most [`MOST_LEAN_DB`]. Keeps faders where they stand when
//! the tracks' own balance is kept, and leaves to `balance/rough-mix` what a rough mix says.
//!
//! **Why.** Most of a mix is level, and most of level is what an instrument is. Equal loudness for all, the older answer,
//! is contradicted by every measured mix.
//!
//! **Evidence.** The loudness at which each track enters its strip, and how much of the song it plays; partial loudness
//! (ANSI S3.4-2007) in a forecast of the table's balance.
//!
//! **Example.** An electric guitar and its double: −4.5 LU as a pair, −7.5 LU each; two that play different parts: −6 LU each.
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

use mixkeel_dsp::units::{db_from_power, power_from_db};
use mixkeel_session::address::Address;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::fields;
use mixkeel_session::role::Role;
use mixkeel_session::session::{Id, Session};

use super::audible::{Move, moves};
use super::shared::shared_lu;
use super::table::{METER, UNKNOWN_LU, VOCAL_RE_MIX_LU, row_of};
use crate::levels::median;
use crate::rule::{Proposal, Rule};
use crate::rules::trim::stage::STAGE_LUFS;
use crate::song::{Known, Song};
use crate::start::Start;

/// A track, and where the table puts it among these others.
#[derive(Clone, Copy)]
struct Placed<'a> {
    known: Known<'a>,
    /// What it leaves to others of its role.
    shared_lu: f64,
    /// Beside the lead vocal, before room is made for it.
    target_lu: f64,
}

impl<'a> Placed<'a> {
    fn all(song: &Song, tracks: &[Known<'a>]) -> Vec<Self> {
        let place = |known: &Known<'a>| {
            let shared_lu = shared_lu(song, known, tracks);
            let role_lu = row_of(known.role).map_or(UNKNOWN_LU, |row| row.target_lu);
            Self { known: *known, shared_lu, target_lu: role_lu - shared_lu }
        };
        tracks.iter().map(place).collect()
    }

    fn is_voice(&self) -> bool {
        self.known.role == Role::LeadVocal
    }

    /// With room made for the voice.
    fn shifted_lu(&self, shift: &Shift) -> f64 {
        if self.is_voice() {
            self.target_lu
        } else {
            self.target_lu + shift.others_lu + if shift.lifts(&self.known) { shift.focus_lu } else { 0.0 }
        }
    }

    /// The fader that puts it there. `None` for silence.
    fn fader_db(&self, shift: &Shift) -> Option<f64> {
        // Trims absorb recording level; where one is locked or at its limit, the fader makes up the rest.
        // What is left of a trim's rounding to a hundredth is no reason to move a fader.
        let entry_off_lu = self.known.facts.loudness_lufs()? + self.known.track.trim_db - STAGE_LUFS;
        let entry_off_lu = if entry_off_lu.abs() < 0.006 { 0.0 } else { entry_off_lu };
        Some(self.shifted_lu(shift) - entry_off_lu)
    }
}

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
        let tracks = Placed::all(song, &song.sounding(session));
        let shift = Shift {
            others_lu: room_for_the_voice(&tracks, song.style.voice_lu),
            focus_lu: place_of_the_voice(&tracks, session),
            focus: &session.focus,
        };
        // Where the table puts them, to be heard there.
        let mut by_table = session.clone();
        for track in &mut by_table.tracks {
            let locked = session.is_locked(&Address::of(&track.id, fields::FADER_DB.id));
            if let Some(placed) = tracks.iter().find(|placed| placed.known.track.id == track.id && !locked) {
                track.fader_db = placed.fader_db(&shift).unwrap_or(track.fader_db);
            }
        }
        let moves = if song.start == Start::Fresh { moves(song, &by_table) } else { Vec::new() };
        let leans = leans(song, &tracks, &shift);
        let in_rough = |id: &str| {
            let rough = song.rough.as_ref().filter(|_| song.start == Start::Rough);
            rough.and_then(|rough| rough.found(id)).is_some_and(|found| found.gain_db.is_some())
        };
        tracks
            .iter()
            .filter(|placed| !in_rough(&placed.known.track.id))
            .filter_map(|placed| {
                let id = &placed.known.track.id;
                let moved = moves.iter().find(|moved| moved.id == *id);
                let lean_db = leans.iter().find(|(leaning, _)| leaning == id).map_or(0.0, |(_, db)| *db);
                self.place(placed, &shift, moved, lean_db, session)
            })
            .collect()
    }
}

impl ByRole {
    fn place(
        &self,
        placed: &Placed,
        shift: &Shift,
        moved: Option<&Move>,
        lean_db: f64,
        session: &Session,
    ) -> Option<Edit> {
        let Placed { known, shared_lu, .. } = placed;
        let lufs = known.facts.loudness_lufs()?;
        let role = known.role;
        let target_lu = placed.shifted_lu(shift);
        let moved_db = moved.map_or(0.0, |moved| moved.by_db);
        let fader_db = placed.fader_db(shift)? + moved_db + lean_db;
        let (sureness, mut because) = match row_of(role) {
            Some(row) if row.guess => (
                Sureness::Guess,
                format!(
                    "its role, {role}, stands {:.1} LU from the lead vocal, a guess ({})",
                    row.target_lu, row.source
                ),
            ),
            Some(row) => (
                Sureness::Likely,
                format!(
                    "its role, {role}, stands {:.1} LU from the lead vocal ({})",
                    row.target_lu, row.source
                ),
            ),
            None => {
                let because =
                    "nobody knows what it is: it is placed by loudness alone, in the middle of all roles";
                (Sureness::Guess, because.to_owned())
            }
        };
        if *shared_lu >= 0.05 {
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
fn leans(song: &Song, tracks: &[Placed], shift: &Shift) -> Vec<(Id, f64)> {
    if song.start != Start::Fresh || song.levels_count <= 0.0 {
        return Vec::new();
    }
    let off = |placed: &Placed| Some(placed.known.facts.loudness_lufs()? - placed.shifted_lu(shift));
    let off: Vec<(&Placed, f64)> =
        tracks.iter().filter_map(|placed| off(placed).map(|off_lu| (placed, off_lu))).collect();
    let Some(middle) = median(off.iter().map(|(_, off)| *off)) else { return Vec::new() };
    let lean = |(placed, off): (&Placed, f64)| {
        let lean_db = (song.levels_count * (off - middle)).clamp(-MOST_LEAN_DB, MOST_LEAN_DB);
        (!placed.is_voice()).then(|| (placed.known.track.id.clone(), libm::round(10.0 * lean_db) / 10.0))
    };
    off.into_iter().filter_map(lean).collect()
}

/// How far what a song without a lead vocal is about has to come up, all of it together, to stand where the voice would: at 0 LU
/// of the table. By no more than the least spread of its roles, because nobody has measured what people do there.
fn place_of_the_voice(tracks: &[Placed], session: &Session) -> f64 {
    if tracks.iter().any(Placed::is_voice) {
        return 0.0;
    }
    let focus = || tracks.iter().filter(|placed| session.focus.contains(&placed.known.track.id));
    let power: f64 = focus().map(|placed| power_from_db(placed.target_lu)).sum();
    let spread_lu = focus().filter_map(|placed| row_of(placed.known.role)).map(|row| row.spread_lu);
    let most_lu = spread_lu.fold(f64::INFINITY, f64::min);
    if power > 0.0 && most_lu.is_finite() { (-db_from_power(power)).clamp(0.0, most_lu) } else { 0.0 }
}

/// How far everything but the lead vocals has to move so that they lie as far under the mix as engineers leave them.
///
/// Powers add: a track adds its loudness where it plays, times how much of the song it plays. The mix plays as long as
/// its busiest track. With v the voice's power where it sings, s its share of the song, and A everything else,
/// v/(v·s + A) is to be 10^(−2.7/10), so A is to be v·(10^(2.7/10) − s). A style moves the 2.7 a little.
fn room_for_the_voice(tracks: &[Placed], style_lu: f64) -> f64 {
    let activity = |placed: &Placed| placed.known.activity();
    let busiest = tracks.iter().map(activity).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let power = |placed: &Placed| power_from_db(placed.target_lu) * activity(placed) / busiest;
    let sung: f64 = tracks.iter().filter(|placed| placed.is_voice()).map(power).sum();
    let others: f64 = tracks.iter().filter(|placed| !placed.is_voice()).map(power).sum();
    if sung <= 0.0 || others <= 0.0 {
        return 0.0;
    }
    let wanted = power_from_db(-(VOCAL_RE_MIX_LU + style_lu)) - sung.min(1.0);
    db_from_power(wanted / others).clamp(-MOST_DOWN_LU, MOST_UP_LU)
}
