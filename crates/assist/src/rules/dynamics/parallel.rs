//! Lays a crushed copy of a kit under it, in styles that have one.
//!
//! **What it does.** In the styles of [`STYLES`], puts a second compressor on the bus of a kit whose peaks stand more than
//! [`LEAST_CREST_DB`] over its loudness: 10:1, fast, [`REDUCTION_DB`] at the loud strokes, of which a quarter to a third is
//! heard beside the kit as it is. As loud as before: make-up gives back what the strokes lose to what rings between them. From a
//! fresh start only: whoever made a rough mix has decided what kit it has.
//!
//! **Why.** A dense mix covers what rings between strokes. Compressed downwards that would take the attack; a crushed copy
//! raises the soft parts and leaves the strokes nearly as they are.
//!
//! **Evidence.** Peaks over loudness of the kit, and the reduction, told from the 5 ms levels of its members at their faders.
//!
//! **Example.** A rock kit with peaks 19 dB over its loudness: threshold −30.6 dB, 8.3 dB of make-up, 25 % of it heard.
//!
//! **Known problems.** Bleed and rooms come up with the tails. Members are taken as unrelated, as by `dynamics/glue`.
//!
//! **Options.** `--style`; `lock`, or `bypass` on the insert; `mix_percent`.
//!
//! **Sureness.** Likely, as the style is.
//!
//! **References.** Parallel compression raises quiet parts and keeps peaks (AES TD1008); ratios of 8:1 and more, attack of a
//! few ms, as engineers set it on drums. Shares are ours: what is blended in stays under the kit itself.

use mixkeel_dsp::units::{db_from_gain, gain_from_db};
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::session::Session;

use super::kit::{DEAF_UNDER_HZ, Sum, kit_on};
use crate::levels::{Press, loudness_change_lu, reductions_db, threshold_db};
use crate::rule::{Proposal, Rule};
use crate::song::{Known, Song};
use crate::start::Start;
use crate::things::NewInsert;

/// Styles whose kits are dense, and how much of the copy is heard, in percent. Ours.
pub const STYLES: [(&str, f64); 4] =
    [("rock", 25.0), ("metal", 35.0), ("hip-hop", 35.0), ("electronic", 25.0)];

/// Peaks that stand less than this over the loudness leave nothing to raise, in dB. Ours: a kit as recorded has 15 to 20, one
/// that was made dense 10 to 12.
pub const LEAST_CREST_DB: f64 = 14.0;

/// What the needle shows at the loud strokes, in dB.
pub const REDUCTION_DB: f64 = 12.0;

/// The most make-up, in dB.
const MOST_MAKEUP_DB: f64 = 24.0;

/// See the head of this file.
#[derive(Debug)]
pub struct Parallel;

impl Rule for Parallel {
    fn id(&self) -> &'static str {
        "dynamics/parallel"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        let style = STYLES.iter().find(|(name, _)| *name == song.style.name);
        let Some((style, percent)) = style.filter(|_| song.start == Start::Fresh) else { return Vec::new() };
        let tracks = song.sounding(session);
        let of = |bus: &str| self.lay_under(bus, &tracks, (style, *percent), session);
        session.buses.iter().flat_map(|bus| of(&bus.id)).collect()
    }
}

impl Parallel {
    fn lay_under(
        &self,
        bus: &str,
        tracks: &[Known],
        (style, percent): (&str, f64),
        session: &Session,
    ) -> Vec<Edit> {
        let Some(members) = kit_on(bus, tracks) else { return Vec::new() };
        let sum = Sum::of(&members);
        let Some(lufs) = sum.contour.integrated_lufs() else { return Vec::new() };
        let crest_db = sum.peak_dbfs - lufs;
        let press = Press { ratio: 10.0, knee_db: 3.0, attack_ms: 2.0, release_ms: 90.0 };
        let threshold = threshold_db(&sum.heard_dbfs, &press, REDUCTION_DB);
        let Some(threshold) = threshold.filter(|_| crest_db >= LEAST_CREST_DB) else { return Vec::new() };
        let reductions = reductions_db(&sum.heard_dbfs, &press, threshold);
        let wanted = NewInsert::of("compressor")
            .number("threshold_db", threshold)
            .number("ratio", press.ratio)
            .number("knee_db", press.knee_db)
            .number("attack_ms", press.attack_ms)
            .number("release_ms", press.release_ms)
            .word("key_filter", "low-cut")
            .about("key_freq_hz", DEAF_UNDER_HZ)
            .number("makeup_db", makeup_db(&sum, &reductions, percent / 100.0))
            .number("mix_percent", percent);
        let because = format!(
            "a {style} kit with peaks {crest_db:.0} dB over its loudness: a crushed copy under it brings up what rings \
             between the strokes"
        );
        Proposal::new(self.id(), Sureness::Likely, because)
            .measured("peaks over loudness", crest_db, "dB")
            .measured("reduction expected at the loud tenth", REDUCTION_DB, "dB")
            .insert(session, bus, &wanted)
    }
}

/// The make-up of the copy, to a tenth of a dB, with which kit and copy together are as loud as the kit was.
fn makeup_db(sum: &Sum, reductions_db: &[f64], share: f64) -> f64 {
    let is_as_loud = |makeup_db: f64| {
        let together = |down_db: &f64| -db_from_gain(1.0 - share + share * gain_from_db(makeup_db - down_db));
        let changes: Vec<f64> = reductions_db.iter().map(together).collect();
        loudness_change_lu(&sum.contour, &sum.powers_db, &changes) >= 0.0
    };
    let (mut low, mut high) = (0.0, MOST_MAKEUP_DB);
    while high - low > 0.05 {
        let middle = 0.5 * (low + high);
        if is_as_loud(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    libm::round(high * 10.0) / 10.0
}
