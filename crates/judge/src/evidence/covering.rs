//! Who covers whom, and what is left on each playback system, from the cells that strips have kept.

use mixkeel_analysis::energy::{BANDS, CELLS_PER_S, Power, lower_hz};
use mixkeel_analysis::masking::{MaskingMeter, MaskingReport, SpanMasking, TrackMasking};
use mixkeel_analysis::playback::{REFERENCE, SYSTEMS, System};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::strip::StripReading;

/// How many cells are listened to on each playback system. Ours: means over so many moments of a song stand within a
/// tenth of a phon of those over all of them, at a tenth of the cost.
const PLAYBACK_CELLS: usize = 240;

/// What is left on one playback system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaybackEvidence {
    /// The system's id: `laptop`.
    pub system: String,
    /// What it is called in sentences: `a laptop`.
    pub name: String,
    /// The mix.
    pub mix: PlaybackStrip,
    /// Every track, within the others and the noise of the place.
    pub tracks: Vec<PlaybackStrip>,
    /// The same by section, in the order of the evidence's sections.
    pub sections: Vec<Vec<PlaybackStrip>>,
}

/// How loud something is on a playback system. Means over the moments in which it sounds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlaybackStrip {
    /// The track, or `mix`.
    pub id: String,
    /// How loud it would be alone in silence, in phon. A loudness level of 10 phon less is half as loud.
    pub alone_phon: f64,
    /// How loud it is within all the rest, in phon.
    pub within_phon: f64,
    /// In how much of the time in which it sounds it can be heard, 0 to 1. `None` where it never sounds.
    pub heard_share: Option<f64>,
}

impl PlaybackStrip {
    fn of(id: &str, masking: &TrackMasking) -> Self {
        let sounding = masking.sounding_frames as f64;
        Self {
            id: id.to_owned(),
            alone_phon: masking.unmasked_phon(),
            within_phon: masking.partial_phon(),
            heard_share: (masking.sounding_frames > 0).then(|| masking.heard_frames as f64 / sounding),
        }
    }
}

/// Readings that are heard together, each with its gain.
pub(super) struct Together<'a> {
    pub(super) readings: Vec<&'a StripReading>,
    pub(super) gain: f64,
}

impl Together<'_> {
    fn cells(&self) -> usize {
        self.readings.iter().map(|reading| reading.kept()).max().unwrap_or(0)
    }

    /// Seconds from one kept cell to the next.
    pub(super) fn step_s(&self) -> f64 {
        let every = self.readings.first().map_or(1, |reading| reading.every.max(1));
        every as f64 / f64::from(CELLS_PER_S)
    }

    /// Listens to every so many cells on a system, with a span between these cells.
    pub(super) fn on(&self, system: &System, every: usize, borders: &[usize]) -> MaskingReport {
        let edges_hz: Vec<f64> = (0..=BANDS).map(lower_hz).collect();
        let mut meter = MaskingMeter::new(self.readings.len(), &edges_hz, system);
        for cell in (0..self.cells()).step_by(every.max(1)) {
            if borders.contains(&cell) {
                meter.end_span();
            }
            let powers: Vec<[Power; BANDS]> =
                self.readings.iter().map(|reading| reading.cell(cell, self.gain)).collect();
            let tracks: Vec<&[Power]> = powers.iter().map(<[Power; BANDS]>::as_slice).collect();
            meter.push(&tracks);
        }
        meter.end_span();
        meter.finish()
    }
}

/// What is left on the playback systems that are wanted, the reference first. They are heard side by side.
pub(super) fn playback(
    mix: &StripReading,
    tracks: &Together<'_>,
    ids: &[String],
    sections_s: &[(f64, f64)],
    is_wanted: &(dyn Fn(&str) -> bool + Sync),
) -> Vec<PlaybackEvidence> {
    let whole = Together { readings: vec![mix], gain: 1.0 };
    let every = whole.cells().div_ceil(PLAYBACK_CELLS).max(1);
    let step_s = tracks.step_s() * every as f64;
    // Borders lie on cells that are listened to.
    let moment = |seconds: f64| libm::round(seconds.max(0.0) / step_s) as usize;
    let borders: Vec<usize> =
        sections_s.iter().flat_map(|&(from, to)| [moment(from) * every, moment(to) * every]).collect();
    let others = SYSTEMS.iter().filter(|system| system.id != REFERENCE.id);
    let wanted: Vec<&System> =
        std::iter::once(&REFERENCE).chain(others).filter(|system| is_wanted(system.id)).collect();
    wanted
        .into_par_iter()
        .map(|system| {
            let of_mix = whole.on(system, every, &[]);
            let of_tracks = tracks.on(system, every, &borders);
            let strips = |span: &SpanMasking| -> Vec<PlaybackStrip> {
                ids.iter().zip(&span.tracks).map(|(id, masking)| PlaybackStrip::of(id, masking)).collect()
            };
            PlaybackEvidence {
                system: system.id.to_owned(),
                name: system.name.to_owned(),
                mix: of_mix
                    .whole
                    .tracks
                    .first()
                    .map_or_else(PlaybackStrip::default, |masking| PlaybackStrip::of("mix", masking)),
                tracks: strips(&of_tracks.whole),
                sections: sections_s
                    .iter()
                    .map(|&(from, _)| {
                        let here = |span: &&SpanMasking| span.from_frame == moment(from) as u64;
                        of_tracks.spans.iter().find(here).map(strips).unwrap_or_default()
                    })
                    .collect(),
            }
        })
        .collect()
}
