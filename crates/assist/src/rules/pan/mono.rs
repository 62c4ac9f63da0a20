//! Narrows stereo tracks of which a single loudspeaker would lose too much.
//!
//! **What it does.** Where the sum of both channels of a stereo track would lie more than [`MOST_LOST_DB`] under the track, sets its
//! `width` to what brings that back, at least [`LEAST_WIDTH`]. Nothing when the tracks' own balance or that of a rough mix is
//! kept.
//!
//! **Why.** Telephones, kitchen radios and half of all clubs play one channel. What lies in the difference of the sides is not
//! there at all, and a pad or a double that was widened by turning phases is the part that goes missing.
//!
//! **Evidence.** Energy of the middle and of the difference, whole track.
//!
//! **Example.** A pad whose difference stands 4 dB over its middle: 5.5 dB softer in mono; at width 0.7 it loses 3.5.
//!
//! **Known problems.** Lows and highs are narrowed alike, also where only one of them goes missing. Where nothing is in the
//! middle, width brings nothing back, and the track is left alone.
//!
//! **Options.** `lock = ["width"]`.
//!
//! **Sureness.** Likely.
//!
//! **References.** Two unrelated sides lose 3 dB in mono, which all listeners are used to; more than that is named a problem
//! in mixing practice (of 67 838 mixes looked at by a public service 16.9 % had mono problems).

use mixkeel_analysis::energy::BANDS;
use mixkeel_dsp::block::Channels;
use mixkeel_dsp::units::{db_from_power, power_from_db};
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::fields;
use mixkeel_session::session::Session;

use crate::rule::{Proposal, Rule};
use crate::song::{Known, Song};
use crate::start::Start;

/// A track may lose this much in mono, in dB: what two unrelated sides do, and half a decibel more (ours) so that a reverb that is
/// as wide as that is left alone.
pub const MOST_LOST_DB: f64 = 3.5;

/// No track is made narrower than this. Ours: narrower, it is another sound.
pub const LEAST_WIDTH: f64 = 0.4;

/// See the head of this file.
#[derive(Debug)]
pub struct Mono;

impl Rule for Mono {
    fn id(&self) -> &'static str {
        "pan/mono"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        if matches!(song.start, Start::Tracks | Start::Rough) {
            return Vec::new();
        }
        let tracks = song.sounding(session);
        let stereo = tracks.iter().filter(|known| known.facts.profile.channels == Channels::Stereo);
        stereo.filter_map(|known| self.narrow(known, session)).collect()
    }
}

impl Mono {
    fn narrow(&self, known: &Known, session: &Session) -> Option<Edit> {
        let (mid, side) = mid_and_side(known);
        let lost_db = db_from_power((mid + side) / mid.max(1e-12 * side).max(f64::MIN_POSITIVE));
        if lost_db <= MOST_LOST_DB {
            return None;
        }
        // The middle stays, the difference goes down by the square of the width.
        let width = (mid / side * (power_from_db(MOST_LOST_DB) - 1.0)).sqrt();
        if width < LEAST_WIDTH {
            return None;
        }
        let because = format!(
            "one loudspeaker would play {lost_db:.1} dB less of it; narrower, it loses {MOST_LOST_DB}"
        );
        Proposal::new(self.id(), Sureness::Likely, because)
            .measured("lost in mono", lost_db, "dB")
            .set_number(session, &known.track.id, fields::WIDTH.id, width)
    }
}

/// The energy of the middle and of the difference, on one scale.
fn mid_and_side(known: &Known) -> (f64, f64) {
    let map = &known.facts.profile.energy;
    let (mut mid, mut side) = (0.0, 0.0);
    for cell in 0..map.cells() {
        for band in 0..BANDS {
            let power = map.power(cell, band);
            mid += power.left + power.right + 2.0 * power.cross;
            side += power.left + power.right - 2.0 * power.cross;
        }
    }
    (mid, side.max(0.0))
}
