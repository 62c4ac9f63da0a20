//! Ties a kit together with a decibel or two.
//!
//! **What it does.** Puts a compressor on the bus of the drums where at least [`FEWEST`](super::kit::FEWEST) tracks meet on it: 2:1, slow attack, a
//! release that is back before the next beat, deaf to the kick's lows, and a threshold at which the needle shows
//! [`REDUCTION_DB`]. As loud as before.
//!
//! **Why.** When the loudest stroke turns all of the kit down a little, the ear takes the kit for one instrument.
//!
//! **Evidence.** The reduction, told from the 5 ms levels of its members at their faders; their onsets.
//!
//! **Example.** Nine microphones on a kit: 2:1, threshold −17.3 dB, 2 dB, +0.9 dB make-up.
//!
//! **Known problems.** Members are taken as unrelated: where microphones share a stroke the bus is louder than told, and the
//! needle shows up to a decibel more.
//!
//! **Options.** `lock`, or `bypass` on the insert.
//!
//! **Sureness.** Likely.
//!
//! **References.** Usual settings of bus compressors: 2:1 to 4:1, attack 10 to 30 ms, release 50 to 150 ms or automatic, 1 to 3 dB.

use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::session::Session;

use super::by_crest_and_role::between_onsets_s;
use super::kit::{DEAF_UNDER_HZ, Sum, kit_on};
use crate::levels::{Press, loudness_change_lu, reductions_db, threshold_db};
use crate::rule::{Proposal, Rule};
use crate::song::{Known, Song};
use crate::start::Start;
use crate::things::NewInsert;

/// What the needle shows at the loud strokes, in dB.
pub const REDUCTION_DB: f64 = 2.0;

/// See the head of this file.
#[derive(Debug)]
pub struct Glue;

impl Rule for Glue {
    fn id(&self) -> &'static str {
        "dynamics/glue"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        if song.start == Start::Tracks {
            return Vec::new();
        }
        let tracks = song.sounding(session);
        session.buses.iter().flat_map(|bus| self.tie(&bus.id, &tracks, session)).collect()
    }
}

impl Glue {
    fn tie(&self, bus: &str, tracks: &[Known], session: &Session) -> Vec<Edit> {
        let Some(members) = kit_on(bus, tracks) else { return Vec::new() };
        let between_s = members.iter().filter_map(|known| between_onsets_s(known)).reduce(f64::min);
        let press = Press {
            ratio: 2.0,
            knee_db: 8.0,
            attack_ms: 25.0,
            release_ms: between_s.map_or(120.0, |between_s| (500.0 * between_s).clamp(60.0, 150.0)),
        };
        let sum = Sum::of(&members);
        let Some(threshold) = threshold_db(&sum.heard_dbfs, &press, REDUCTION_DB) else { return Vec::new() };
        let reductions = reductions_db(&sum.heard_dbfs, &press, threshold);
        let lost_lu = -loudness_change_lu(&sum.contour, &sum.powers_db, &reductions);
        let wanted = NewInsert::of("compressor")
            .number("threshold_db", threshold)
            .number("ratio", press.ratio)
            .number("knee_db", press.knee_db)
            .number("attack_ms", press.attack_ms)
            .about("release_ms", press.release_ms)
            .number("adaptive_percent", 60.0)
            .word("key_filter", "low-cut")
            .about("key_freq_hz", DEAF_UNDER_HZ)
            .number("makeup_db", libm::round(lost_lu * 10.0) / 10.0);
        let because = format!(
            "{} tracks are one kit: {REDUCTION_DB:.0} dB less at its loud strokes, all together",
            members.len()
        );
        Proposal::new(self.id(), Sureness::Likely, because)
            .measured("reduction expected at the loud tenth", REDUCTION_DB, "dB")
            .insert(session, bus, &wanted)
    }
}
