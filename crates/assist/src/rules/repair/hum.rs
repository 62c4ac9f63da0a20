//! Takes mains hum out where it is heard in the mix.
//!
//! **What it does.** Puts a `dehum` at the mains frequency that was found, up to a few harmonics over the highest line that was
//! found, on a track whose hum is heard in more than [`LEAST_SHARE`] of its length at the levels of the mix.
//!
//! **Why.** Hum stands still where music moves, so it is heard in every pause; and it is added up from track to track.
//!
//! **Evidence.** Lines at 50 or 60 Hz and their multiples that stand out of their surroundings and never move; the share of
//! the track in which they are heard within the mix (Moore, Glasberg and Baer 1997).
//!
//! **Example.** A guitar with lines at 100, 150 and 200 Hz at −48 dBFS: `dehum` at 50 Hz, eight harmonics.
//!
//! **Known problems.** A drone that a player holds exactly on a multiple of the mains for the whole song reads as hum; one on
//! 440 Hz tuning never does.
//!
//! **Options.** `lock`, or `bypass` on the insert.
//!
//! **Sureness.** Likely; a guess on synthesisers, pads and organs, which stand still themselves, and on what nobody knows.
//!
//! **References.** IEC 60038 for the frequencies; thresholds ours.

use mixkeel_analysis::energy::{BANDS, lower_hz};
use mixkeel_analysis::faults::HumReading;
use mixkeel_dsp::units::power_from_db;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::session::Session;

use super::exposed::{Levels, taken_out};
use super::hiss::stands_still;
use crate::rule::{Proposal, Rule};
use crate::song::{Known, Song};
use crate::things::NewInsert;

/// Hum that is heard in less of its track is left alone. Ours: less than that is seldom noticed, and each filter costs.
pub const LEAST_SHARE: f64 = 0.03;

/// Harmonics taken out beyond the highest that was found. Ours: they fall off slowly, and the next are as likely there.
const BEYOND: f64 = 3.0;

/// See the head of this file.
#[derive(Debug)]
pub struct Hum;

impl Rule for Hum {
    fn id(&self) -> &'static str {
        "repair/hum"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        taken_out(self.id(), song, session, hum_of, |known, hum, levels| {
            self.take_out(known, hum, levels, session)
        })
    }
}

fn hum_of<'a>(known: &Known<'a>) -> Option<&'a HumReading> {
    known.facts.profile.flaws.as_ref()?.hum.as_ref()
}

impl Hum {
    fn take_out(&self, known: &Known, hum: &HumReading, levels: &Levels, session: &Session) -> Vec<Edit> {
        let exposed = levels.exposed(known, &lines(hum, known));
        if exposed.share < LEAST_SHARE {
            return Vec::new();
        }
        let sureness = if stands_still(known.role) { Sureness::Guess } else { Sureness::Likely };
        let because = format!(
            "hum of {:.0} Hz mains at {:.0} dBFS is heard in {:.0} % of it",
            hum.mains_hz,
            hum.level_dbfs,
            100.0 * exposed.share
        );
        let highest = hum.lines_hz.iter().copied().fold(hum.mains_hz, f64::max);
        let harmonics = libm::round(highest / hum.mains_hz) + BEYOND;
        let wanted = NewInsert::of("dehum").number("freq_hz", hum.mains_hz).number("harmonics", harmonics);
        Proposal::new(self.id(), sureness, because)
            .measured("level of the hum", hum.level_dbfs, "dBFS")
            .measured("share of its length in which it is heard", exposed.share, "")
            .measured("how loud it is there", exposed.phon, "phon")
            .insert(session, &known.track.id, &wanted)
    }
}

/// Its power by band, shared evenly among its lines. Levels are means over the channels.
fn lines(hum: &HumReading, known: &Known) -> [f64; BANDS] {
    let channels = known.facts.profile.levels.channels.len().max(1) as f64;
    let each = channels * power_from_db(hum.level_dbfs) / hum.lines_hz.len().max(1) as f64;
    let inside = |band: usize, hz: f64| (lower_hz(band)..lower_hz(band + 1)).contains(&hz);
    std::array::from_fn(|band| each * hum.lines_hz.iter().filter(|hz| inside(band, **hz)).count() as f64)
}
