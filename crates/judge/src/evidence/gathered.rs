//! From readings to evidence.

use mixkeel_analysis::playback::REFERENCE;
use mixkeel_dsp::units::gain_from_db;
use mixkeel_session::role::Role;
use mixkeel_session::session::Section;
use rayon::prelude::*;

use super::Evidence;
use super::covering::{Together, playback};
use super::file::File;
use super::section::SectionEvidence;
use super::sound::{Sound, lufs_between};
use super::strip::{SendLevel, Strip, StripKind, StripReading, StripSection};
use super::through::through_buses;

/// What is known about a strip beside its sound.
#[derive(Clone, Debug, PartialEq)]
pub struct StripInfo {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What kind of strip it is.
    pub kind: StripKind,
    /// What it is, for a track.
    pub role: Role,
    /// Whether the song is about it.
    pub in_focus: bool,
    /// The bus it feeds, or `master`.
    pub to: String,
    /// What it sends to returns.
    pub sends: Vec<SendLevel>,
}

/// Everything that was read of one render or one file.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// The sum.
    pub sound: Sound,
    /// How it was stored, where it was read from a file.
    pub file: Option<File>,
    /// The sum as a strip.
    pub mix: StripReading,
    /// The strips as they leave their faders, before the gain on the master's inputs, in the order of ids. Those that are
    /// silent are left out of the evidence.
    pub strips: Vec<(StripInfo, StripReading)>,
    /// What buses are given, by the bus, of those that do not pass it on as it is.
    pub given: Vec<(String, StripReading)>,
    /// The sections that the session names.
    pub sections: Vec<Section>,
    /// The gain on the direct inputs of the master.
    pub headroom_db: f64,
}

impl Gathered {
    /// The evidence.
    pub fn evidence(self) -> Evidence {
        self.with(&|_| true)
    }

    /// The evidence with what is left on these playback systems only; they take most of the time.
    pub fn evidence_on(self, systems: &[&str]) -> Evidence {
        self.with(&|system| systems.contains(&system))
    }

    fn with(self, is_wanted: &(dyn Fn(&str) -> bool + Sync)) -> Evidence {
        let Self { sound, file, mix, strips, given, sections, headroom_db } = self;
        let strips = through_buses(strips, &given);
        let sounding =
            |(_, reading): &&(StripInfo, StripReading)| reading.sample_peak_dbfs.is_some_and(f64::is_finite);
        let of_kind = |track: bool| {
            strips
                .par_iter()
                .filter(sounding)
                .filter(move |(info, _)| (info.kind == StripKind::Track) == track)
                .map(|(info, reading)| strip(info, reading, &sections, headroom_db))
                .collect::<Vec<Strip>>()
        };
        let (tracks, buses) = (of_kind(true), of_kind(false));
        let together = Together {
            readings: strips
                .iter()
                .filter(sounding)
                .filter(|(info, _)| info.kind == StripKind::Track)
                .map(|(_, reading)| reading)
                .collect(),
            gain: gain_from_db(headroom_db),
        };
        let ids: Vec<String> = tracks.iter().map(|strip| strip.id.clone()).collect();
        let step_s = together.step_s();
        let border = |seconds: f64| libm::round(seconds.max(0.0) / step_s) as usize;
        let borders: Vec<usize> =
            sections.iter().flat_map(|one| [border(one.from_s), border(one.to_s)]).collect();
        let spans_s: Vec<(f64, f64)> = sections.iter().map(|one| (one.from_s, one.to_s)).collect();
        let (masking, playback) = rayon::join(
            || (!tracks.is_empty()).then(|| together.on(&REFERENCE, 1, &borders)),
            || playback(&mix, &together, &ids, &spans_s, is_wanted),
        );
        let sections = sections
            .iter()
            .map(|section| {
                let from = border(section.from_s) as u64;
                let spans = masking.as_ref().map(|masking| masking.spans.as_slice()).unwrap_or_default();
                SectionEvidence {
                    masking_span: spans.iter().position(|span| span.from_frame == from),
                    ..SectionEvidence::of(&sound, section)
                }
            })
            .collect();
        Evidence { playback, masking, masking_step_s: step_s, sections, tracks, buses, file, sound }
    }
}

fn strip(info: &StripInfo, reading: &StripReading, sections: &[Section], headroom_db: f64) -> Strip {
    let gain = gain_from_db(headroom_db);
    let power = (gain * gain) as f32;
    let turn = |db: Option<f64>| db.map(|db| db + headroom_db);
    let mut loudness = reading.loudness;
    for figure in
        [&mut loudness.integrated_lufs, &mut loudness.max_momentary_lufs, &mut loudness.max_short_term_lufs]
    {
        *figure = turn(*figure);
    }
    let mut contour = reading.contour.clone();
    contour.powers.iter_mut().for_each(|kept| *kept *= power);
    Strip {
        id: info.id.clone(),
        name: info.name.clone(),
        kind: info.kind,
        role: info.role,
        in_focus: info.in_focus,
        to: info.to.clone(),
        sends: info.sends.clone(),
        loudness,
        sample_peak_dbfs: turn(reading.sample_peak_dbfs),
        bands: reading.mean(0.0, f64::INFINITY, gain),
        sections: sections
            .iter()
            .map(|section| StripSection {
                integrated_lufs: lufs_between(&contour, section.from_s, section.to_s),
                bands: reading.mean(section.from_s, section.to_s, gain),
            })
            .collect(),
        seconds: reading.seconds.iter().map(|kept| kept * power).collect(),
        contour,
    }
}
