//! A kit on its bus: which tracks it is, and what they are together, told from their profiles.

use mixkeel_analysis::loudness::LoudnessContour;
use mixkeel_dsp::kernels::placing::mono_pan;
use mixkeel_dsp::units::{db_from_power, power_from_db};
use mixkeel_session::role::Role;

use super::by_crest_and_role::{is_printed, low_share};
use crate::song::Known;

/// Fewer tracks than this are drums, and no kit.
pub const FEWEST: usize = 3;

/// What works on the sum of a kit hears nothing under this, in Hz, so that a kick does not turn the cymbals down.
pub const DEAF_UNDER_HZ: f64 = 90.0;

/// The kit that a bus holds, and nothing else but percussion. `None` where it holds none, or one that was pressed already.
pub(super) fn kit_on<'t, 's>(bus: &str, tracks: &'t [Known<'s>]) -> Option<Vec<&'t Known<'s>>> {
    let on_bus = || tracks.iter().filter(|known| known.track.bus == bus);
    let members: Vec<&Known> = on_bus().filter(|known| Role::KIT.contains(&known.role)).collect();
    let others = on_bus().any(|known| !Role::KIT.contains(&known.role) && known.role != Role::Percussion);
    let pressed = members.iter().any(|known| is_printed(known));
    (members.len() >= FEWEST && !others && !pressed).then_some(members)
}

/// What members are together on the louder side of their bus.
pub(super) struct Sum {
    /// Peaks of 5 ms as the detector hears them, without the lows.
    pub heard_dbfs: Vec<f64>,
    /// The highest peak, lows and all.
    pub peak_dbfs: f64,
    /// Power of the same cells.
    pub powers_db: Vec<f64>,
    /// Loudness over time.
    pub contour: LoudnessContour,
}

impl Sum {
    pub fn of(members: &[&Known]) -> Self {
        let mut sides = [Vec::new(), Vec::new()];
        let (mut peaks, mut powers, mut weighted) = (Vec::new(), Vec::new(), Vec::new());
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
                add(&mut peaks, at, gain * power_from_db(peak));
                add(&mut powers, at, gain * power_from_db(power));
            }
            for (step, power) in known.facts.profile.contour.powers.iter().enumerate() {
                add(&mut weighted, from(1.0 / LoudnessContour::STEP_S) + step, gain * f64::from(*power));
            }
        }
        let [left, right] = sides;
        Self {
            heard_dbfs: left.iter().zip(&right).map(|(l, r)| db_from_power(l.max(*r).max(1e-12))).collect(),
            peak_dbfs: db_from_power(peaks.into_iter().fold(0.0, f64::max)),
            powers_db: powers.iter().map(|power| db_from_power(power.max(1e-12))).collect(),
            contour: LoudnessContour { powers: weighted.iter().map(|power| *power as f32).collect() },
        }
    }
}
