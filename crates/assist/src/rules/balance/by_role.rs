//! Sets every fader by what the track is.
//!
//! **What it does.** Sets `fader_db` so that each role stands beside the lead vocal as its row of the [`table`](super::table)
//! says. Tracks of one role share its level: each of n gets 10·log10(n) less, so that three microphones on one kick are
//! one kick. Lead vocals do not share, because they take turns. Then everything but the lead vocal moves together, by
//! [`MOST_DOWN_LU`] to [`MOST_UP_LU`], until the lead vocal lies 2.7 LU under the whole mix. Unknown tracks are placed
//! by loudness alone. Keeps faders where they stand when the tracks' own balance is kept.
//!
//! **Why.** Most of a mix is level, and most of level is what an instrument is. Equal loudness for all, the older answer,
//! is contradicted by every measured mix.
//!
//! **Evidence.** The loudness at which each track enters its strip, and how much of the song it plays.
//!
//! **Example.** Two electric guitars: −4.5 LU as a pair, −7.5 LU each.
//!
//! **Known problems.** Parts of one role that take turns (a guitar in the verse, another in the chorus) come out up to
//! 3 LU low. Songs about something other than a voice are balanced as if the voice were missing.
//!
//! **Options.** `lock = ["fader_db"]`; `--role`.
//!
//! **Sureness.** Likely where the sources agree, else a guess; guesses are applied all the same, because a fader stands
//! somewhere.
//!
//! **References.** De Man et al. 2014; Gerdes and Siedenburg on voice levels 1946 to 2020; Perez Gonzalez and Reiss 2009.

use mixkeel_dsp::units::{db_from_power, power_from_db};
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::fields;
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;

use super::table::{METER, UNKNOWN_LU, VOCAL_RE_MIX_LU, row_of};
use crate::rule::{Proposal, Rule};
use crate::rules::trim::stage::STAGE_LUFS;
use crate::song::{Known, Song};
use crate::start::Start;

/// How far all else may go down to make room for the voice. Ours: a song of forty tracks needs about 6 LU.
pub const MOST_DOWN_LU: f64 = 9.0;

/// How far all else may come up to meet the voice. Ours: a voice and one guitar are not balanced as a voice and a band.
pub const MOST_UP_LU: f64 = 2.0;

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
        let shift_lu = room_for_the_voice(&tracks);
        tracks.iter().filter_map(|known| self.place(known, &tracks, shift_lu, session)).collect()
    }
}

impl ByRole {
    fn place(&self, known: &Known, tracks: &[Known], shift_lu: f64, session: &Session) -> Option<Edit> {
        let lufs = known.facts.loudness_lufs()?;
        let role = known.role;
        let target_lu = target_lu(role, tracks) + if role == Role::LeadVocal { 0.0 } else { shift_lu };
        let siblings = siblings(role, tracks);
        // Trims absorb recording level; where one is locked or at its limit, the fader makes up the rest.
        // What is left of a trim's rounding to a hundredth is no reason to move a fader.
        let entry_off_lu = lufs + known.track.trim_db - STAGE_LUFS;
        let entry_off_lu = if entry_off_lu.abs() < 0.006 { 0.0 } else { entry_off_lu };
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
        if role != Role::Unknown && role != Role::LeadVocal && siblings > 1 {
            because += &format!("; {siblings} tracks share that level");
        }
        if role != Role::LeadVocal && shift_lu.abs() >= 0.05 {
            because += &format!("; {shift_lu:+.1} LU with everything else, for the voice");
        }
        Proposal::new(self.id(), sureness, because)
            .measured(METER, lufs, "LUFS")
            .measured("level beside the lead vocal", target_lu, "LU")
            .set_number(session, &known.track.id, fields::FADER_DB.id, (target_lu - entry_off_lu).min(12.0))
    }
}

/// The level of one track of a role beside the lead vocal, before room is made for it.
fn target_lu(role: Role, tracks: &[Known]) -> f64 {
    let Some(row) = row_of(role) else { return UNKNOWN_LU };
    match role {
        Role::LeadVocal => row.target_lu,
        _ => row.target_lu - db_from_power(siblings(role, tracks).max(1) as f64),
    }
}

fn siblings(role: Role, tracks: &[Known]) -> usize {
    tracks.iter().filter(|known| known.role == role).count()
}

/// How far everything but the lead vocals has to move so that they lie as far under the mix as engineers leave them.
///
/// Powers add: a track adds its loudness where it plays, times how much of the song it plays. The mix plays as long as
/// its busiest track. With v the voice's power where it sings, s its share of the song, and A everything else,
/// v/(v·s + A) is to be 10^(−2.7/10), so A is to be v·(10^(2.7/10) − s).
fn room_for_the_voice(tracks: &[Known]) -> f64 {
    let busiest = tracks.iter().map(Known::activity).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let power = |known: &Known| power_from_db(target_lu(known.role, tracks)) * known.activity() / busiest;
    let voices: Vec<&Known> = tracks.iter().filter(|known| known.role == Role::LeadVocal).collect();
    let sung: f64 = voices.iter().map(|known| power(known)).sum();
    let others: f64 = tracks.iter().filter(|known| known.role != Role::LeadVocal).map(power).sum();
    if sung <= 0.0 || others <= 0.0 {
        return 0.0;
    }
    let wanted = power_from_db(-VOCAL_RE_MIX_LU) - sung.min(1.0);
    db_from_power(wanted / others).clamp(-MOST_DOWN_LU, MOST_UP_LU)
}
