//! A desk as goals are measured on it.

use std::sync::Arc;

use mixkeel_analysis::energy::Power;
use mixkeel_analysis::loudness::LoudnessContour;
use mixkeel_analysis::masking::{Cochlea, Partial, Pattern, SOUNDING_SONE, phon_from_sone};
use mixkeel_analysis::playback::REFERENCE;
use mixkeel_analysis::spectrum::Span;
use mixkeel_dsp::units::db_from_power;
use mixkeel_judge::goals::{Audibility, Heard};
use mixkeel_session::goal::Who;

use super::Desk;
use super::sounding::{Row, Sounding, added, silence};

/// How many moments of a span are listened to for masking. Ours: as many as one goal can be asked for a hundred times over
/// while somebody waits; what that costs is in the error bars of the forecast.
const MOMENTS: usize = 32;

/// A sound this far under its loudest cell is taken as silent there. Ours.
const SILENT: f64 = 1e-3;

impl Desk {
    fn meant(&self, who: &Who) -> Vec<&Sounding> {
        let is = |track: &&Sounding| match who {
            Who::Mix => true,
            Who::Tracks(ids) => ids.iter().any(|id| id == track.id()),
            Who::Rest(ids) => !ids.iter().any(|id| id == track.id()),
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

    /// A few moments of a place in which a sound was heard as it was rendered: however it is turned, the same moments are
    /// compared.
    fn moments(&self, sound: &Sounding, place: Option<&str>) -> Vec<usize> {
        let steps = sound.rendered_steps();
        let top = steps.iter().copied().fold(0.0, f64::max);
        let mut cells = self.cells_of(place);
        cells.retain(|cell| steps.get(*cell).is_some_and(|step| *step > SILENT * top));
        spread_over(&cells).collect()
    }

    /// How loud one track is alone and within all others, and what some of these take of it: means over the moments in which
    /// it is heard. `None` where it never is.
    fn within(&self, track: &Sounding, by: &[&Sounding], place: Option<&str>, on: &str) -> Option<Partial> {
        let (number, cochlea) = self.ears(on)?;
        let on = (number, cochlea);
        let told = |cell: usize| {
            let (own, total) = (track.pattern(on, cell), self.total(on, cell));
            let maskers = by.iter().map(|masker| masker.pattern(on, cell));
            let together = maskers.map(|one| Pattern::clone(&one)).reduce(|mut sum, one| {
                sum.add(&one);
                sum
            });
            match together {
                Some(by) => cochlea.taken(&own, &by, &total),
                None => cochlea.loudness(&own, &total),
            }
        };
        mean(self.moments(track, place).into_iter().map(told))
    }

    /// How loud the mix is, alone.
    fn alone(&self, place: Option<&str>, (_, cochlea): (usize, &Cochlea)) -> Option<Partial> {
        let cells = self.cells_of(place);
        let sounds = self.heard(&Who::Mix);
        let told = |cell: usize| {
            let row: Row = sounds.iter().fold(silence(), |sum, sound| added(sum, &sound.row(cell)));
            let own = cochlea.pattern(&row);
            let mut total = cochlea.noise().clone();
            total.add(&own);
            cochlea.loudness(&own, &total)
        };
        mean(spread_over(&cells).map(told))
    }
}

/// So many of some cells, evenly spread.
fn spread_over(cells: &[usize]) -> impl Iterator<Item = usize> {
    let count = MOMENTS.min(cells.len());
    (0..count).filter_map(move |n| cells.get((2 * n + 1) * cells.len() / (2 * count)).copied())
}

/// The mean of those that are loud enough to be heard.
fn mean(frames: impl Iterator<Item = Partial>) -> Option<Partial> {
    let (mut sum, mut count) = (Partial::default(), 0_u32);
    for one in frames.filter(|one| one.unmasked_sone >= SOUNDING_SONE) {
        sum.unmasked_sone += one.unmasked_sone;
        sum.within_sone += one.within_sone;
        sum.taken_sone += one.taken_sone;
        count += 1;
    }
    let part = 1.0 / f64::from(count.max(1));
    (count > 0).then_some(Partial {
        unmasked_sone: part * sum.unmasked_sone,
        within_sone: part * sum.within_sone,
        taken_sone: part * sum.taken_sone,
    })
}

fn audibility(told: Partial) -> Audibility {
    Audibility {
        alone_phon: phon_from_sone(told.unmasked_sone),
        within_phon: phon_from_sone(told.within_sone),
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
        let spans = self.spans(place);
        let sounds = self.heard(who);
        let rows = sounds.iter().flat_map(|sound| spans.iter().filter_map(|span| sound.sums(*span)));
        let sum = rows.fold(silence(), |sum, row| added(sum, row));
        sum.iter().any(|power| power.left + power.right > 0.0).then(|| sum.to_vec())
    }

    fn steps(&self, who: &Who, place: Option<&str>) -> Vec<f64> {
        let cells = self.cells_of(place);
        let mut sum = vec![0.0; cells.len()];
        for sound in self.heard(who) {
            let steps = sound.steps();
            for (sum, cell) in sum.iter_mut().zip(&cells) {
                *sum += steps.get(*cell).copied().unwrap_or(0.0);
            }
        }
        sum
    }

    fn audibility(&self, who: &Who, place: Option<&str>, on: &str) -> Option<Audibility> {
        if *who == Who::Mix {
            return self.alone(place, self.ears(on)?).map(audibility);
        }
        // Several together are as audible as the one of them that is heard best.
        self.meant(who)
            .into_iter()
            .filter_map(|track| self.within(track, &[], place, on))
            .map(audibility)
            .max_by(|a, b| a.within_phon.total_cmp(&b.within_phon))
    }

    fn taken(&self, who: &Who, by: &Who, place: Option<&str>) -> Option<f64> {
        let (mut alone, mut taken) = (0.0, 0.0);
        let maskers = self.meant(by);
        for track in self.meant(who) {
            let others: Vec<&Sounding> =
                maskers.iter().copied().filter(|masker| masker.id() != track.id()).collect();
            let Some(told) = self.within(track, &others, place, REFERENCE.id) else { continue };
            let weight = track.rendered_steps().iter().filter(|step| **step > 0.0).count() as f64;
            alone += weight * told.unmasked_sone;
            taken += weight * told.taken_sone;
        }
        (alone > 0.0).then(|| taken / alone)
    }

    fn wet_lufs(&self, who: &Who, place: Option<&str>) -> Option<f64> {
        let meant: Vec<&str> = self.meant(who).into_iter().map(|track| track.id()).collect();
        let cells = self.cells_of(place);
        let sum =
            |sound: &Sounding| -> f64 { cells.iter().filter_map(|cell| sound.steps().get(*cell)).sum() };
        let is_sent =
            |track: usize| self.sent.iter().any(|sent| sent.get(track).is_some_and(|sent| *sent > 0.0));
        let of = |(number, track): (usize, &Arc<Sounding>)| {
            (meant.contains(&track.id()), if is_sent(number) { sum(track) } else { 0.0 })
        };
        let tracks: Vec<(bool, f64)> = self.tracks.iter().enumerate().map(of).collect();
        let mut wet = 0.0;
        for (effect, sent) in self.returns.iter().zip(&self.sent) {
            let (mut own, mut all) = (0.0, 0.0);
            for ((is_meant, power), sent) in tracks.iter().zip(sent) {
                all += sent * power;
                own += if *is_meant { sent * power } else { 0.0 };
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

    fn spectra(&self, place: Option<&str>) -> Vec<Span> {
        let Some(anchors) = &self.base.anchors else { return Vec::new() };
        let sounds = self.heard(&Who::Mix);
        let of = |span: usize| {
            let rows = sounds.iter().filter_map(|sound| sound.sums(span));
            anchors.spectrum(span, &rows.fold(silence(), |sum, row| added(sum, row)))
        };
        self.spans(place).into_iter().filter_map(of).collect()
    }
}
