//! Brings every recording to one working level, so that faders say what is meant and not what was recorded.
//!
//! **What it does.** Starting fresh, sets `trim_db` so that every track enters its strip at [`STAGE_LUFS`]. Starting from
//! the tracks' own balance, gives all of them the same trim, so that their sum enters at [`SUM_LUFS`] and nothing
//! between them changes.
//!
//! **Why.** Recording level is chance. With it in the trim, a fader at 0 dB is the level of the song's focus, thresholds
//! further down the strip mean the same on every track, and the same song recorded 12 dB lower gives the same mix.
//!
//! **Evidence.** The gated loudness of BS.1770-5: how loud a track is where it plays.
//!
//! **Example.** A vocal at −31.4 LUFS is trimmed by +8.4 dB.
//!
//! **Known problems.** Bleed counts as playing when it lies within 10 LU of the instrument.
//!
//! **Options.** `--start fresh|tracks`; `lock = ["trim_db"]`.
//!
//! **Sureness.** Likely: it is measured, but a recording with long noise can read low. A guess where the recording is
//! shorter than the 400 ms that a reading takes.
//!
//! **References.** ITU-R BS.1770-5; EBU R 128 (the level); libsonare stages at −18 LUFS and lowers the master by as much.

use mixkeel_dsp::units::{db_from_power, power_from_db};
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::fields;
use mixkeel_session::session::Session;

use crate::rule::{Proposal, Rule};
use crate::song::{Known, Song};
use crate::start::Start;

/// The loudness at which tracks enter their strips. Ours: −23 LUFS is EBU R 128's level, and with a lead vocal 2.7 LU
/// under the mix the sum lies near −20 LUFS, so that peaks of a usual crest come out near −6 dBFS and `headroom/sum`
/// has little left to do.
pub const STAGE_LUFS: f64 = -23.0;

/// The loudness of the sum when the tracks' own balance is kept: where a fresh balance would put it.
pub const SUM_LUFS: f64 = -20.3;

/// See the head of this file.
#[derive(Debug)]
pub struct Stage;

impl Rule for Stage {
    fn id(&self) -> &'static str {
        "trim/stage"
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
        let tracks = song.sounding(session);
        let together_db = SUM_LUFS - db_from_power(sum_power(&tracks));
        let tracks = tracks.iter().filter_map(|known| {
            let lufs = known.facts.loudness_lufs()?;
            let measured = known.facts.profile.loudness.integrated_lufs.is_some();
            let (trim_db, because) = if song.start == Start::Tracks {
                (together_db, "all tracks are trimmed alike, so that their own balance is kept".to_owned())
            } else {
                let because =
                    format!("it was recorded at {lufs:.1} LUFS; every track starts at {STAGE_LUFS:.0}");
                (STAGE_LUFS - lufs, because)
            };
            let sureness = if measured { Sureness::Likely } else { Sureness::Guess };
            Proposal::new(self.id(), sureness, because).measured("gated loudness", lufs, "LUFS").set_number(
                session,
                &known.track.id,
                fields::TRIM_DB.id,
                trim_db.clamp(-60.0, 60.0),
            )
        });
        tracks.collect()
    }
}

/// About the power of the plain sum: what each track adds where it plays, times how much of the song it plays. The sum
/// plays as long as its busiest track.
fn sum_power(tracks: &[Known]) -> f64 {
    let busiest = tracks.iter().map(Known::activity).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let power =
        |known: &Known| Some(power_from_db(known.facts.loudness_lufs()?) * known.activity() / busiest);
    tracks.iter().filter_map(power).sum()
}
