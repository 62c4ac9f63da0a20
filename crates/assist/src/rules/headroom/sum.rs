//! Lowers all tracks together until the sum peaks at −6 dBFS or less.
//!
//! **What it does.** Where the rendered sum peaks above [`CEILING_DBFS`], lowers `master/headroom_db` by the difference.
//! Never raises it: a quiet mix is not a fault.
//!
//! **Why.** The mix goes to mastering, or to a listening copy, without having clipped anything on the way. Headroom is
//! one number after everything that is not linear, so x dB less is the same mix x dB down: no threshold moves, and the
//! stems still sum to the mix.
//!
//! **Evidence.** The highest sample of the whole sum as rendered, heard once.
//!
//! **Example.** The sum peaks at −2.3 dBFS; headroom goes to −3.7 dB.
//!
//! **Known problems.** Peaks between samples can lie higher than the samples; the 6 dB hold them for all real music.
//!
//! **Options.** `lock = ["headroom_db"]` on the master.
//!
//! **Sureness.** Certain: measured, and linear.
//!
//! **References.** Mastering engineers' usual wish is peaks between −6 and −3 dBFS; the lower is taken.

use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::fields;
use mixkeel_session::session::Session;

use crate::rule::{Proposal, Rule};
use crate::song::Song;

/// Where the sum may peak.
pub const CEILING_DBFS: f64 = -6.0;

/// See the head of this file.
#[derive(Debug)]
pub struct Sum;

impl Rule for Sum {
    fn id(&self) -> &'static str {
        "headroom/sum"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn listens(&self) -> bool {
        true
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        let peak = song.heard.as_ref().and_then(|heard| heard.sample_peak_dbfs);
        let Some(peak) = peak.filter(|peak| *peak > CEILING_DBFS) else { return Vec::new() };
        // Down to a tenth of a decibel, so that no rounding on the way out leaves the peak above the ceiling.
        let lowered = libm::floor((session.master.headroom_db + CEILING_DBFS - peak) * 10.0) / 10.0;
        let because = format!(
            "the sum peaks at {peak:.1} dBFS; all tracks together go down until it is {CEILING_DBFS:.0}"
        );
        Proposal::new(self.id(), Sureness::Certain, because)
            .measured("sample peak of the sum", peak, "dBFS")
            .set_number(session, "master", fields::HEADROOM_DB.id, lowered.max(-60.0))
            .into_iter()
            .collect()
    }
}
