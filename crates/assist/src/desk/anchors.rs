//! What only a render knows, kept from the last one and moved on by what the desk says has changed.

use mixkeel_analysis::energy::{BANDS, Power, centre_hz};
use mixkeel_analysis::spectrum::Span;
use mixkeel_analysis::spectrum::third_octave;
use mixkeel_dsp::units::db_from_power;
use mixkeel_judge::evidence::Evidence;
use mixkeel_judge::goals::Heard;
use mixkeel_session::goal::Who;

use super::Desk;

/// Steps of 100 ms in the blocks by which loudness is told (BS.1770-5).
const BLOCK: usize = 4;

/// What the last render measured.
#[derive(Debug)]
pub(super) struct Anchors {
    peak_dbfs: Option<f64>,
    loudest: f64,
    /// Energies by third octave of every section, then of the whole.
    spans: Vec<Span>,
    bands: Vec<Vec<Power>>,
    /// The band that lies nearest to every third octave.
    nearest: Vec<usize>,
}

impl Anchors {
    pub fn of(evidence: &Evidence, desk: &Desk) -> Self {
        let spectrum = &evidence.sound.spectrum;
        let sections = &evidence.sections;
        let spans = desk
            .sections()
            .iter()
            .map(|place| {
                let section = sections.iter().find(|section| section.id == place.id);
                section.map_or_else(
                    || spectrum.whole(),
                    |section| spectrum.contour.between(section.from_s..section.to_s),
                )
            })
            .chain([spectrum.whole()])
            .collect();
        let places = desk.sections().iter().map(|place| Some(place.id.as_str())).chain([None]);
        Self {
            peak_dbfs: evidence.sound.levels.sample_peak_dbfs(),
            loudest: loudest(desk),
            spans,
            bands: places.map(|place| desk.bands(&Who::Mix, place).unwrap_or_default()).collect(),
            nearest: (0..third_octave::BANDS).map(nearest).collect(),
        }
    }

    /// The highest sample of the mix: it moves with the loudest moment.
    pub fn peak_dbfs(&self, desk: &Desk) -> Option<f64> {
        let now = loudest(desk);
        let moved_db = if self.loudest > 0.0 && now > 0.0 { db_from_power(now / self.loudest) } else { 0.0 };
        self.peak_dbfs.map(|peak| peak + moved_db)
    }

    /// The spectrum of one section (by number; the whole after the last), which has these bands now.
    pub fn spectrum(&self, span: usize, now: &[Power]) -> Option<Span> {
        let (anchor, was) = (self.spans.get(span)?, self.bands.get(span)?);
        let mut moved = anchor.clone();
        for (pair, band) in moved.bands.iter_mut().zip(&self.nearest) {
            let power = |bands: &[Power]| bands.get(*band).map_or(0.0, |power| power.left + power.right);
            let (now, was) = (power(now), power(was));
            let factor = if was > 0.0 && now > 0.0 { now / was } else { 1.0 };
            pair.left *= factor;
            pair.right *= factor;
            pair.mid *= factor;
            pair.side *= factor;
        }
        Some(moved)
    }
}

/// The band of one ERB that lies nearest to a third octave.
fn nearest(third: usize) -> usize {
    let off = |band: &usize| (centre_hz(*band) - third_octave::mid_hz(third)).abs();
    (0..BANDS).min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or(0)
}

fn loudest(desk: &Desk) -> f64 {
    let steps = desk.steps(&Who::Mix, None);
    steps.windows(BLOCK).map(|some| some.iter().sum::<f64>()).fold(0.0, f64::max)
}
