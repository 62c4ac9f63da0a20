//! A render as goals are measured on it.

use mixkeel_analysis::energy::Power;
use mixkeel_analysis::loudness::LoudnessContour;
use mixkeel_analysis::masking::{Masker, SpanMasking, phon_from_sone};
use mixkeel_analysis::spectrum::Span;
use mixkeel_dsp::units::{db_from_power, power_from_db};
use mixkeel_session::goal::Who;

use super::heard::{Audibility, Heard};
use crate::evidence::{BANDS, Evidence, Strip, StripKind};

/// A render.
#[derive(Clone, Copy, Debug)]
pub struct Rendered<'a> {
    /// What was measured.
    pub evidence: &'a Evidence,
}

impl<'a> Rendered<'a> {
    /// The tracks that are meant.
    fn tracks(&self, who: &Who) -> Vec<(usize, &'a Strip)> {
        let meant = |strip: &Strip| match who {
            Who::Mix => true,
            Who::Tracks(ids) => ids.contains(&strip.id),
            Who::Rest(ids) => !ids.contains(&strip.id),
        };
        self.evidence.tracks.iter().enumerate().filter(|(_, strip)| meant(strip)).collect()
    }

    /// The sections that a place means, by their places among all.
    fn sections(&self, place: &str) -> Vec<usize> {
        let meant = |section: &crate::evidence::SectionEvidence| section.id == place || section.kind == place;
        (0..self.evidence.sections.len()).filter(|&n| meant(&self.evidence.sections[n])).collect()
    }

    /// A strip's power every 100 ms, within a place.
    fn within(&self, powers: &[f32], place: Option<&str>) -> Vec<f64> {
        let Some(place) = place else { return powers.iter().map(|power| f64::from(*power)).collect() };
        let step = |seconds: f64| {
            (libm::round(seconds.max(0.0) / LoudnessContour::STEP_S) as usize).min(powers.len())
        };
        self.sections(place)
            .into_iter()
            .flat_map(|n| {
                let section = &self.evidence.sections[n];
                let (from, to) = (step(section.from_s), step(section.to_s));
                powers.get(from..to.max(from)).unwrap_or_default().iter().map(|power| f64::from(*power))
            })
            .collect()
    }

    /// The masking of a place on the reference system: one span for each section, or the whole.
    fn masking(&self, place: Option<&str>) -> Vec<&'a SpanMasking> {
        let Some(masking) = &self.evidence.masking else { return Vec::new() };
        match place {
            None => vec![&masking.whole],
            Some(place) => self
                .sections(place)
                .into_iter()
                .filter_map(|n| masking.spans.get(self.evidence.sections[n].masking_span?))
                .collect(),
        }
    }
}

impl Heard for Rendered<'_> {
    fn places(&self) -> Vec<(String, String)> {
        self.evidence.sections.iter().map(|section| (section.id.clone(), section.kind.clone())).collect()
    }

    fn lufs(&self, who: &Who, place: Option<&str>) -> Option<f64> {
        let powers = self.steps(who, place).into_iter().map(|power| power as f32).collect();
        LoudnessContour { powers }.integrated_lufs()
    }

    fn bands(&self, who: &Who, place: Option<&str>) -> Option<Vec<Power>> {
        let mut sum = vec![Power::default(); BANDS];
        let mut add = |bands: &[Power], weight: f64| {
            for (sum, power) in sum.iter_mut().zip(bands) {
                sum.left += weight * power.left;
                sum.right += weight * power.right;
                sum.cross += weight * power.cross;
            }
        };
        // The whole mix with its returns is what its tracks and returns are together.
        let returns =
            self.evidence.buses.iter().filter(|bus| *who == Who::Mix && bus.kind == StripKind::Return);
        let strips: Vec<&Strip> =
            self.tracks(who).into_iter().map(|(_, strip)| strip).chain(returns).collect();
        for strip in strips {
            match place {
                None => add(&strip.bands, 1.0),
                Some(place) => {
                    for n in self.sections(place) {
                        let section = &self.evidence.sections[n];
                        let bands = strip.sections.get(n).map(|one| one.bands.as_slice()).unwrap_or_default();
                        add(bands, section.to_s - section.from_s);
                    }
                }
            }
        }
        sum.iter().any(|power| power.left + power.right > 0.0).then_some(sum)
    }

    fn steps(&self, who: &Who, place: Option<&str>) -> Vec<f64> {
        if *who == Who::Mix {
            return self.within(&self.evidence.sound.contour.powers, place);
        }
        let mut sum: Vec<f64> = Vec::new();
        for (_, strip) in self.tracks(who) {
            let own = self.within(&strip.contour.powers, place);
            sum.resize(sum.len().max(own.len()), 0.0);
            sum.iter_mut().zip(own).for_each(|(sum, power)| *sum += power);
        }
        sum
    }

    fn audibility(&self, who: &Who, place: Option<&str>, on: &str) -> Option<Audibility> {
        let system = self.evidence.playback.iter().find(|system| system.system == on)?;
        if *who == Who::Mix {
            let mix = &system.mix;
            return mix
                .heard_share
                .map(|_| Audibility { alone_phon: mix.alone_phon, within_phon: mix.within_phon });
        }
        let meant = self.tracks(who);
        // Several together are as audible as the one of them that is heard best.
        let best = |all: &mut dyn Iterator<Item = Audibility>| {
            all.max_by(|a, b| a.within_phon.total_cmp(&b.within_phon))
        };
        if let Some(place) = place {
            return if on == "reference" {
                let spans = self.masking(Some(place));
                let of = |n: usize| {
                    let (mut alone, mut within, mut frames) = (0.0, 0.0, 0.0);
                    for masking in spans.iter().filter_map(|span| span.tracks.get(n)) {
                        let weight = masking.sounding_frames as f64;
                        alone += weight * masking.unmasked_sone;
                        within += weight * masking.partial_sone;
                        frames += weight;
                    }
                    (frames > 0.0).then(|| Audibility {
                        alone_phon: phon_from_sone(alone / frames),
                        within_phon: phon_from_sone(within / frames),
                    })
                };
                best(&mut meant.iter().filter_map(|(n, _)| of(*n)))
            } else {
                let sections = self.sections(place);
                let of = |id: &str| {
                    let strips = sections.iter().filter_map(|n| {
                        system
                            .sections
                            .get(*n)?
                            .iter()
                            .find(|strip| strip.id == id && strip.heard_share.is_some())
                    });
                    strips
                        .map(|strip| Audibility {
                            alone_phon: strip.alone_phon,
                            within_phon: strip.within_phon,
                        })
                        .max_by(|a, b| {
                            (a.alone_phon - a.within_phon).total_cmp(&(b.alone_phon - b.within_phon))
                        })
                };
                best(&mut meant.iter().filter_map(|(_, strip)| of(&strip.id)))
            };
        }
        let of = |id: &str| {
            let strip = system.tracks.iter().find(|strip| strip.id == id && strip.heard_share.is_some())?;
            Some(Audibility { alone_phon: strip.alone_phon, within_phon: strip.within_phon })
        };
        best(&mut meant.iter().filter_map(|(_, strip)| of(&strip.id)))
    }

    fn taken(&self, who: &Who, by: &Who, place: Option<&str>) -> Option<f64> {
        let maskers: Vec<usize> = self.tracks(by).into_iter().map(|(n, _)| n).collect();
        let (mut alone, mut taken) = (0.0, 0.0);
        for span in self.masking(place) {
            for (n, _) in self.tracks(who) {
                let Some(masking) = span.tracks.get(n) else { continue };
                let weight = masking.sounding_frames as f64;
                alone += weight * masking.unmasked_sone;
                let covers = masking.covered_by.iter().filter(|cover| match cover.by {
                    Masker::Track(track) => maskers.contains(&track) && track != n,
                    Masker::Noise => false,
                });
                taken += weight * covers.map(|cover| cover.lost_sone).sum::<f64>();
            }
        }
        (alone > 0.0).then(|| taken / alone)
    }

    fn wet_lufs(&self, who: &Who, place: Option<&str>) -> Option<f64> {
        let meant: Vec<&str> = self.tracks(who).into_iter().map(|(_, strip)| strip.id.as_str()).collect();
        let mut wet = 0.0;
        for effect in self.evidence.buses.iter().filter(|bus| bus.kind == StripKind::Return) {
            let (mut own, mut all) = (0.0, 0.0);
            for strip in &self.evidence.tracks {
                let steps = self.within(&strip.contour.powers, place);
                let power = steps.iter().sum::<f64>();
                for send in strip.sends.iter().filter(|send| send.to == effect.id) {
                    let sent = power * power_from_db(send.level_db);
                    all += sent;
                    own += if meant.contains(&strip.id.as_str()) { sent } else { 0.0 };
                }
            }
            if own > 0.0 {
                let steps = self.within(&effect.contour.powers, place);
                wet += own / all * steps.iter().sum::<f64>() / steps.len().max(1) as f64;
            }
        }
        // Gates would hide that a return rings on where the track pauses: a mean, against the mean of the track.
        let dry_steps = self.steps(who, place);
        let dry = dry_steps.iter().sum::<f64>() / dry_steps.len().max(1) as f64;
        let lufs = self.lufs(who, place)?;
        (wet > 0.0 && dry > 0.0).then(|| lufs + db_from_power(wet / dry))
    }

    fn sample_peak_dbfs(&self) -> Option<f64> {
        self.evidence.sound.levels.sample_peak_dbfs()
    }

    fn spectra(&self, place: Option<&str>) -> Vec<Span> {
        let spectrum = &self.evidence.sound.spectrum;
        let Some(place) = place else { return vec![spectrum.whole()] };
        let sections = self.sections(place).into_iter().map(|n| &self.evidence.sections[n]);
        sections.map(|section| spectrum.contour.between(section.from_s..section.to_s)).collect()
    }
}
