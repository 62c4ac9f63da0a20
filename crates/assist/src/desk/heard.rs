//! A desk as goals are measured on it.

use mixkeel_analysis::energy::{BANDS, Power, lower_hz};
use mixkeel_analysis::loudness::LoudnessContour;
use mixkeel_analysis::masking::{Masker, MaskingMeter, phon_from_sone};
use mixkeel_analysis::playback::REFERENCE;
use mixkeel_dsp::units::db_from_power;
use mixkeel_judge::goals::{Audibility, Heard};
use mixkeel_session::goal::Who;

use super::Desk;
use super::sounding::Sounding;

/// How many moments of a span are listened to for masking. Ours: as many as one goal can be asked for a hundred times over
/// while somebody waits; what that costs is in the error bars of the forecast.
const MOMENTS: usize = 32;

/// A sound this far under its loudest cell is taken as silent there. Ours.
const SILENT: f64 = 1e-3;

impl Desk {
    fn meant(&self, who: &Who) -> Vec<&Sounding> {
        let is = |track: &&Sounding| match who {
            Who::Mix => true,
            Who::Tracks(ids) => ids.contains(&track.id),
            Who::Rest(ids) => !ids.contains(&track.id),
        };
        self.tracks.iter().map(AsRef::as_ref).filter(is).collect()
    }

    /// What is heard of somebody: of the mix also what returns bring.
    fn heard(&self, who: &Who) -> Vec<&Sounding> {
        let mut meant = self.meant(who);
        if *who == Who::Mix {
            meant.extend(self.returns.iter().map(AsRef::as_ref));
        }
        meant
    }

    /// The numbers of the sections that a place means; the whole comes after the last of them.
    fn spans(&self, place: Option<&str>) -> Vec<usize> {
        let Some(wanted) = place else { return vec![self.places.len()] };
        let is = |n: &usize| self.places.get(*n).is_some_and(|one| one.id == wanted || one.kind == wanted);
        (0..self.places.len()).filter(is).collect()
    }

    fn cells_of(&self, place: Option<&str>) -> Vec<usize> {
        match place {
            None => (0..self.cells).collect(),
            Some(_) => self
                .spans(place)
                .into_iter()
                .filter_map(|n| self.places.get(n))
                .flat_map(|place| place.cells.clone())
                .collect(),
        }
    }

    /// A few moments of a place in which a sound is heard.
    fn moments(&self, sound: &Sounding, place: Option<&str>) -> Vec<usize> {
        let top = sound.steps.iter().copied().fold(0.0, f64::max);
        let mut cells = self.cells_of(place);
        cells.retain(|cell| sound.steps.get(*cell).is_some_and(|step| *step > SILENT * top));
        let count = MOMENTS.min(cells.len());
        (0..count).filter_map(|n| cells.get((2 * n + 1) * cells.len() / (2 * count)).copied()).collect()
    }

    /// The power of some sounds together in one cell.
    fn together<'s>(&self, sounds: impl Iterator<Item = &'s Sounding>, cell: usize) -> [Power; BANDS] {
        let mut sum = [Power::default(); BANDS];
        for sound in sounds {
            for (sum, power) in sum.iter_mut().zip(sound.row(cell)) {
                sum.left += power.left;
                sum.right += power.right;
                sum.cross += power.cross;
            }
        }
        sum
    }

    /// How loud one track is alone and within all others.
    fn track_audibility(&self, track: &Sounding, place: Option<&str>, on: &str) -> Option<Audibility> {
        let mut console = self.base.consoles.get(on)?.clone();
        for cell in self.moments(track, place) {
            let others = self.tracks.iter().map(AsRef::as_ref).filter(|one: &&Sounding| one.id != track.id);
            console.push(&[track.row(cell), &self.together(others, cell)]);
        }
        let within = console.within(0);
        (within.frames > 0).then(|| Audibility {
            alone_phon: phon_from_sone(within.unmasked_sone),
            within_phon: phon_from_sone(within.partial_sone),
        })
    }
}

impl Heard for Desk {
    fn places(&self) -> Vec<(String, String)> {
        self.places.iter().map(|place| (place.id.clone(), place.kind.clone())).collect()
    }

    fn lufs(&self, who: &Who, place: Option<&str>) -> Option<f64> {
        let powers = self.steps(who, place).into_iter().map(|power| power as f32).collect();
        LoudnessContour { powers }.integrated_lufs()
    }

    fn bands(&self, who: &Who, place: Option<&str>) -> Option<Vec<Power>> {
        let mut sum = vec![Power::default(); BANDS];
        for sound in self.heard(who) {
            for bands in self.spans(place).into_iter().filter_map(|span| sound.sums(span)) {
                for (sum, power) in sum.iter_mut().zip(bands) {
                    sum.left += power.left;
                    sum.right += power.right;
                    sum.cross += power.cross;
                }
            }
        }
        sum.iter().any(|power| power.left + power.right > 0.0).then_some(sum)
    }

    fn steps(&self, who: &Who, place: Option<&str>) -> Vec<f64> {
        let cells = self.cells_of(place);
        let mut sum = vec![0.0; cells.len()];
        for sound in self.heard(who) {
            for (sum, cell) in sum.iter_mut().zip(&cells) {
                *sum += sound.steps.get(*cell).copied().unwrap_or(0.0);
            }
        }
        sum
    }

    fn audibility(&self, who: &Who, place: Option<&str>, on: &str) -> Option<Audibility> {
        if *who == Who::Mix {
            let mut console = self.base.consoles.get(on)?.clone();
            let count = MOMENTS.min(self.cells);
            for cell in (0..count).map(|n| (2 * n + 1) * self.cells / (2 * count)) {
                console.push(&[&self.together(self.heard(who).into_iter(), cell), &[]]);
            }
            let within = console.within(0);
            return (within.frames > 0).then(|| Audibility {
                alone_phon: phon_from_sone(within.unmasked_sone),
                within_phon: phon_from_sone(within.partial_sone),
            });
        }
        // Several together are as audible as the one of them that is heard best.
        self.meant(who)
            .into_iter()
            .filter_map(|track| self.track_audibility(track, place, on))
            .max_by(|a, b| a.within_phon.total_cmp(&b.within_phon))
    }

    fn taken(&self, who: &Who, by: &Who, place: Option<&str>) -> Option<f64> {
        let edges_hz: Vec<f64> = (0..=BANDS).map(lower_hz).collect();
        let (mut alone, mut taken) = (0.0, 0.0);
        let maskers = self.meant(by);
        for track in self.meant(who) {
            let mut meter = MaskingMeter::new(3, &edges_hz, &REFERENCE);
            let is_masker = |one: &Sounding| maskers.iter().any(|masker| masker.id == one.id);
            let others =
                || self.tracks.iter().map(AsRef::as_ref).filter(|one: &&Sounding| one.id != track.id);
            for cell in self.moments(track, place) {
                let by = self.together(others().filter(|one| is_masker(one)), cell);
                let rest = self.together(others().filter(|one| !is_masker(one)), cell);
                meter.push(&[track.row(cell), &by, &rest]);
            }
            meter.end_span();
            let report = meter.finish();
            let Some(masking) = report.whole.tracks.first() else { continue };
            let weight = track.steps.iter().filter(|step| **step > 0.0).count() as f64;
            alone += weight * masking.unmasked_sone;
            let covers = masking.covered_by.iter().filter(|cover| cover.by == Masker::Track(1));
            taken += weight * covers.map(|cover| cover.lost_sone).sum::<f64>();
        }
        (alone > 0.0).then(|| taken / alone)
    }

    fn wet_lufs(&self, who: &Who, place: Option<&str>) -> Option<f64> {
        let meant: Vec<&str> = self.meant(who).into_iter().map(|track| track.id.as_str()).collect();
        let cells = self.cells_of(place);
        let sum = |sound: &Sounding| -> f64 { cells.iter().filter_map(|cell| sound.steps.get(*cell)).sum() };
        let mut wet = 0.0;
        for (effect, sent) in self.returns.iter().zip(&self.sent) {
            let (mut own, mut all) = (0.0, 0.0);
            for (track, sent) in self.tracks.iter().zip(sent) {
                let sent = sent * sum(track);
                all += sent;
                own += if meant.contains(&track.id.as_str()) { sent } else { 0.0 };
            }
            if own > 0.0 {
                wet += own / all * sum(effect) / cells.len().max(1) as f64;
            }
        }
        let dry = self.steps(who, place).iter().sum::<f64>() / cells.len().max(1) as f64;
        let lufs = self.lufs(who, place)?;
        (wet > 0.0 && dry > 0.0).then(|| lufs + db_from_power(wet / dry))
    }

    fn sample_peak_dbfs(&self) -> Option<f64> {
        self.base.anchors.as_ref()?.peak_dbfs(self)
    }

    fn distance_from_records_db(&self, place: Option<&str>) -> Option<f64> {
        let anchors = self.base.anchors.as_ref()?;
        let spans = self.spans(place);
        let of = |span: usize| {
            let mut sum = vec![Power::default(); BANDS];
            for sound in self.heard(&Who::Mix) {
                let Some(bands) = sound.sums(span) else { continue };
                for (sum, power) in sum.iter_mut().zip(bands) {
                    sum.left += power.left;
                    sum.right += power.right;
                    sum.cross += power.cross;
                }
            }
            anchors.distance_db(span, &sum)
        };
        spans.into_iter().filter_map(of).reduce(f64::max)
    }
}
