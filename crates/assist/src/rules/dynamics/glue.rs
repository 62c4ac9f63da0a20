//! Ties a kit together with a decibel or two.
//!
//! **What it does.** Puts a compressor on the bus of the drums where at least [`FEWEST`] tracks meet on it: 2:1, slow attack, a
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

use mixkeel_analysis::loudness::LoudnessContour;
use mixkeel_dsp::kernels::placing::mono_pan;
use mixkeel_dsp::units::{db_from_power, power_from_db};
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;

use super::by_crest_and_role::{between_onsets_s, is_printed, low_share};
use crate::levels::{Press, loudness_change_lu, reductions_db, threshold_db};
use crate::rule::{Proposal, Rule};
use crate::song::{Known, Song};
use crate::start::Start;
use crate::things::NewInsert;

/// Fewer than this need no glue.
pub const FEWEST: usize = 3;

/// What the needle shows at the loud strokes, in dB.
pub const REDUCTION_DB: f64 = 2.0;

/// The detector hears nothing under this, in Hz, so that a kick does not turn the cymbals down.
const DEAF_UNDER_HZ: f64 = 90.0;

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
        let members: Vec<&Known> =
            tracks.iter().filter(|known| known.track.bus == bus && Role::KIT.contains(&known.role)).collect();
        let others = tracks.iter().any(|known| {
            known.track.bus == bus && !Role::KIT.contains(&known.role) && known.role != Role::Percussion
        });
        if members.len() < FEWEST || others || members.iter().any(|known| is_printed(known)) {
            return Vec::new();
        }
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

/// What members are together on the louder side of their bus.
struct Sum {
    /// Peaks of 5 ms as the detector hears them, without the lows.
    heard_dbfs: Vec<f64>,
    powers_db: Vec<f64>,
    contour: LoudnessContour,
}

impl Sum {
    fn of(members: &[&Known]) -> Self {
        let mut sides = [Vec::new(), Vec::new()];
        let (mut powers, mut weighted) = (Vec::new(), Vec::new());
        let add = |sums: &mut Vec<f64>, at: usize, power: f64| {
            if sums.len() <= at {
                sums.resize(at + 1, 0.0);
            }
            sums[at] += power;
        };
        for known in members {
            let gain = power_from_db(known.track.trim_db + known.track.fader_db);
            let (left, right) = match known.facts.profile.channels {
                mixkeel_dsp::block::Channels::Mono => mono_pan(known.track.pan),
                mixkeel_dsp::block::Channels::Stereo => (1.0, 1.0),
            };
            let heard = gain * (1.0 - low_share(known)).max(0.05);
            let envelope = &known.facts.profile.character.envelope;
            let from = |per_s: f64| libm::round(known.facts.at_s.max(0.0) * per_s) as usize;
            for (cell, (peak, power)) in envelope.peaks_dbfs().zip(envelope.powers_db()).enumerate() {
                let at = from(f64::from(mixkeel_analysis::dynamics::Envelope::CELLS_PER_S)) + cell;
                add(&mut sides[0], at, heard * left * left * power_from_db(peak));
                add(&mut sides[1], at, heard * right * right * power_from_db(peak));
                add(&mut powers, at, gain * power_from_db(power));
            }
            for (step, power) in known.facts.profile.contour.powers.iter().enumerate() {
                add(&mut weighted, from(1.0 / LoudnessContour::STEP_S) + step, gain * f64::from(*power));
            }
        }
        let [left, right] = sides;
        Self {
            heard_dbfs: left.iter().zip(&right).map(|(l, r)| db_from_power(l.max(*r).max(1e-12))).collect(),
            powers_db: powers.iter().map(|power| db_from_power(power.max(1e-12))).collect(),
            contour: LoudnessContour { powers: weighted.iter().map(|power| *power as f32).collect() },
        }
    }
}
