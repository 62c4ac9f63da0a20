//! Partial loudness of every track within the rest, frame by frame, fast enough for whole songs.

use std::ops::Range;
use std::sync::Arc;

use super::phon::SOUNDING_SONE;
use super::report::{BandMasking, Cover, Masker, MaskingReport, SpanMasking, TrackMasking};
use super::spread::Spread;
use crate::energy::Power;
use crate::playback::{Ears, System};

/// The spacing of the filters in Cams. Ours: on nine kinds of sound, each in each other at three levels, within 3 % of the
/// standard's 0.1 Cam (`tests/masking.rs`); a whole Cam errs by up to 23 % on what is nearly masked.
const STEP_CAM: f64 = 0.5;

/// The loudness at the threshold of hearing (ANSI S3.4-2007, 3.9).
const HEARD_SONE: f64 = 0.003;

/// How many maskers of a track are told where nobody asks for more. Ours: nobody works on more at once.
const MASKERS_TOLD: usize = 5;

/// Measures who covers whom. Told the bands and the playback system, fed the powers of all tracks a frame at a time.
///
/// Each frame stands alone, as a steady sound: frames should be as long as loudness takes to build up, about a tenth of a
/// second. Ears are added as the standard does (ANSI S3.4-2007, 3.8): what one ear hears free of the masker counts.
/// The order of tracks changes no bit of what is told of each.
pub struct MaskingMeter {
    ears: Ears,
    system: String,
    full_scale_db_spl: f64,
    spread: Arc<Spread>,
    tracks: usize,
    frame: u64,
    heard: Heard,
    span: Sums,
    whole: Sums,
    spans: Vec<SpanMasking>,
    told: usize,
}

/// One frame at the ears.
struct Heard {
    /// For each ear, track and filter: excitation in whole parts.
    excitation: [Vec<f64>; 2],
    /// Whether a track excites nothing at all.
    is_silent: Vec<bool>,
    /// For each ear and filter: the sum of all tracks and the noise.
    total: [Vec<i64>; 2],
    /// For each filter: that of the noise, at either ear.
    noise: Vec<f64>,
    bands: [Vec<f64>; 2],
    rest: Vec<f64>,
    of_ear: [Loudness; 2],
}

/// One track in one frame at one ear.
struct Loudness {
    alone: Vec<f64>,
    within: Vec<f64>,
    lost_per_part: Vec<f64>,
    /// The filters outside of which it loses nothing.
    loses: Range<usize>,
}

/// Sums over frames.
#[derive(Clone)]
struct Sums {
    from_frame: u64,
    sounding: Vec<u64>,
    heard: Vec<u64>,
    /// For each track and filter.
    bands: Vec<BandMasking>,
    /// For each track, masker and filter; the noise is the last masker.
    lost: Vec<f64>,
    /// For each track and masker: the most taken in one frame, and when.
    worst: Vec<(f64, u64)>,
}

impl MaskingMeter {
    /// For so many tracks, whose powers come in bands between these frequencies in Hz (n + 1 rising edges make n bands;
    /// the model wants bands about as wide as the ear's, see [`erb`](crate::erb)), heard on this system.
    pub fn new(tracks: usize, edges_hz: &[f64], system: &System) -> Self {
        Self::with_step(tracks, edges_hz, system, STEP_CAM)
    }

    fn with_step(tracks: usize, edges_hz: &[f64], system: &System, step_cam: f64) -> Self {
        let ears = Ears::new(system, edges_hz);
        let spread = Spread::shared(edges_hz, system.field, step_cam);
        let filters = spread.centres_hz.len();
        let mut noise = vec![0.0; filters];
        spread.excite(ears.noise(), &mut noise);
        let silent = || vec![0.0; filters];
        let loudness =
            || Loudness { alone: silent(), within: silent(), lost_per_part: silent(), loses: 0..0 };
        let heard = Heard {
            excitation: [vec![0.0; tracks * filters], vec![0.0; tracks * filters]],
            is_silent: vec![true; tracks],
            total: [vec![0; filters], vec![0; filters]],
            noise,
            bands: [vec![0.0; ears.bands()], vec![0.0; ears.bands()]],
            rest: silent(),
            of_ear: [loudness(), loudness()],
        };
        let sums = Sums::new(tracks, filters, 0);
        Self {
            ears,
            system: system.id.to_owned(),
            full_scale_db_spl: system.level.full_scale_db_spl(),
            spread,
            tracks,
            frame: 0,
            heard,
            span: sums.clone(),
            whole: sums,
            spans: Vec::new(),
            told: MASKERS_TOLD,
        }
    }

    /// The same, telling of so many maskers of each track instead of five.
    #[must_use]
    pub fn telling(self, maskers: usize) -> Self {
        Self { told: maskers, ..self }
    }

    /// The next frame: for each track the power in each band on both sides. Tracks and bands that are missing are silent.
    pub fn push(&mut self, tracks: &[&[Power]]) {
        self.listen(tracks);
        for track in 0..self.tracks {
            self.weigh(track);
        }
        self.frame += 1;
    }

    /// Ends a span, a section of the song say, with the last frame pushed; the next begins.
    pub fn end_span(&mut self) {
        if self.frame == self.span.from_frame {
            return;
        }
        self.spans.push(self.span.told(self.frame, self.filters(), self.told));
        let fresh = Sums::new(self.tracks, self.filters(), self.frame);
        let ended = std::mem::replace(&mut self.span, fresh);
        self.whole.add(&ended);
    }

    /// What was found. Frames after the last ended span count to the whole only.
    pub fn finish(mut self) -> MaskingReport {
        self.whole.add(&self.span);
        MaskingReport {
            system: self.system,
            full_scale_db_spl: self.full_scale_db_spl,
            whole: self.whole.told(self.frame, self.spread.centres_hz.len(), self.told),
            centres_hz: self.spread.centres_hz.clone(),
            spans: self.spans,
        }
    }

    fn filters(&self) -> usize {
        self.spread.centres_hz.len()
    }

    /// Brings all tracks to the ears, and adds them up.
    fn listen(&mut self, tracks: &[&[Power]]) {
        let filters = self.spread.centres_hz.len();
        let Heard { excitation: [left, right], is_silent, total, noise, bands: [at_left, at_right], .. } =
            &mut self.heard;
        for total in total.iter_mut() {
            total.iter_mut().zip(noise.iter()).for_each(|(sum, noise)| *sum = *noise as i64);
        }
        let places = left.chunks_exact_mut(filters).zip(right.chunks_exact_mut(filters));
        for ((number, (left, right)), is_silent) in places.enumerate().zip(is_silent) {
            self.ears.hear(tracks.get(number).copied().unwrap_or_default(), at_left, at_right);
            *is_silent = at_left.iter().chain(&*at_right).all(|power| *power <= 0.0);
            if *is_silent {
                left.fill(0.0);
                right.fill(0.0);
                continue;
            }
            self.spread.excite(at_left, left);
            if at_left == at_right {
                right.copy_from_slice(left);
            } else {
                self.spread.excite(at_right, right);
            }
            for (total, own) in total.iter_mut().zip([&*left, &*right]) {
                total.iter_mut().zip(own).for_each(|(sum, own)| *sum = sum.saturating_add(*own as i64));
            }
        }
    }

    /// How loud one track is in this frame, and who takes from it.
    fn weigh(&mut self, track: usize) {
        let filters = self.spread.centres_hz.len();
        let heard = &mut self.heard;
        if heard.is_silent.get(track).copied().unwrap_or(true) {
            return;
        }
        let own = track * filters..(track + 1) * filters;
        let (mut alone, mut within) = (0.0, 0.0);
        for ((ear, excitation), total) in heard.of_ear.iter_mut().zip(&heard.excitation).zip(&heard.total) {
            let Some(own) = excitation.get(own.clone()) else { return };
            for ((rest, total), own) in heard.rest.iter_mut().zip(total).zip(own) {
                *rest = total.saturating_sub(*own as i64) as f64;
            }
            let Loudness { alone: of_alone, within: of_within, lost_per_part, loses } = ear;
            for place in [&mut *of_alone, &mut *of_within, &mut *lost_per_part] {
                place.fill(0.0);
            }
            let rest = &heard.rest;
            self.spread.loudness(own, rest, |filter, of_filter, left| {
                alone += of_filter;
                within += left;
                let rest = rest.get(filter).copied().unwrap_or(0.0);
                let places =
                    (of_alone.get_mut(filter), of_within.get_mut(filter), lost_per_part.get_mut(filter));
                if let (Some(of_alone), Some(of_within), Some(lost)) = places {
                    *of_alone = of_filter;
                    *of_within = left;
                    *lost = if rest > 0.0 { (of_filter - left) / rest } else { 0.0 };
                }
            });
            let is_lost = |lost: &f64| *lost != 0.0;
            let first = lost_per_part.iter().position(is_lost).unwrap_or(filters);
            *loses = first..lost_per_part.iter().rposition(is_lost).map_or(first, |last| last + 1);
        }
        if alone >= SOUNDING_SONE {
            self.span.count(track, self.frame, within >= HEARD_SONE, heard);
        }
    }
}

/// Adds what one masker takes in each filter of a span; says how much it is together.
fn add_lost(lost_per_part: &[f64], excitation: &[f64], span: Range<usize>, sums: &mut [f64]) -> f64 {
    let (lost, excitation) = (lost_per_part.get(span.clone()), excitation.get(span.clone()));
    let (Some(lost), Some(excitation), Some(sums)) = (lost, excitation, sums.get_mut(span)) else {
        return 0.0;
    };
    // Four sums side by side keep the adder busy; the order is fixed, so the bits are too.
    let mut taken = [0.0; 4];
    let fours = sums.chunks_mut(4).zip(lost.chunks(4)).zip(excitation.chunks(4));
    for ((sums, lost), excitation) in fours {
        for (((sum, lost), excitation), taken) in sums.iter_mut().zip(lost).zip(excitation).zip(&mut taken) {
            let lost = lost * excitation;
            *sum += lost;
            *taken += lost;
        }
    }
    taken[0] + taken[1] + taken[2] + taken[3]
}

impl Sums {
    fn new(tracks: usize, filters: usize, from_frame: u64) -> Self {
        Self {
            from_frame,
            sounding: vec![0; tracks],
            heard: vec![0; tracks],
            bands: vec![BandMasking::default(); tracks * filters],
            lost: vec![0.0; tracks * (tracks + 1) * filters],
            worst: vec![(0.0, from_frame); tracks * (tracks + 1)],
        }
    }

    /// Counts a frame in which a track sounds.
    fn count(&mut self, track: usize, frame: u64, is_heard: bool, heard: &Heard) {
        let filters = heard.noise.len();
        if let (Some(sounding), Some(heard)) = (self.sounding.get_mut(track), self.heard.get_mut(track)) {
            *sounding += 1;
            *heard += u64::from(is_heard);
        }
        for ear in &heard.of_ear {
            let bands = self.bands.iter_mut().skip(track * filters);
            for ((band, alone), within) in bands.zip(&ear.alone).zip(&ear.within) {
                band.unmasked_sone += alone;
                band.partial_sone += within;
            }
        }
        let maskers = self.sounding.len() + 1;
        let rows = self.lost.chunks_exact_mut(filters.max(1)).skip(track * maskers).take(maskers);
        let worst = self.worst.iter_mut().skip(track * maskers);
        for (masker, (row, worst)) in rows.zip(worst).enumerate() {
            if masker == track || heard.is_silent.get(masker).copied().unwrap_or(false) {
                continue;
            }
            let mut taken = 0.0;
            for (ear, excitation) in heard.of_ear.iter().zip(&heard.excitation) {
                let other = excitation.get(masker * filters..(masker + 1) * filters).unwrap_or(&heard.noise);
                taken += add_lost(&ear.lost_per_part, other, ear.loses.clone(), row);
            }
            if taken > worst.0 {
                *worst = (taken, frame);
            }
        }
    }

    fn add(&mut self, other: &Sums) {
        self.sounding.iter_mut().zip(&other.sounding).for_each(|(sum, more)| *sum += more);
        self.heard.iter_mut().zip(&other.heard).for_each(|(sum, more)| *sum += more);
        self.lost.iter_mut().zip(&other.lost).for_each(|(sum, more)| *sum += more);
        for (sum, more) in self.bands.iter_mut().zip(&other.bands) {
            sum.unmasked_sone += more.unmasked_sone;
            sum.partial_sone += more.partial_sone;
        }
        for (worst, more) in self.worst.iter_mut().zip(&other.worst) {
            if more.0 > worst.0 {
                *worst = *more;
            }
        }
    }

    fn told(&self, to_frame: u64, filters: usize, most: usize) -> SpanMasking {
        let maskers = self.sounding.len() + 1;
        let tracks = self.sounding.iter().zip(&self.heard).enumerate();
        let tracks = tracks.map(|(track, (&sounding_frames, &heard_frames))| {
            let mean = 1.0 / sounding_frames.max(1) as f64;
            let bands = self.bands.iter().skip(track * filters).take(filters).map(|band| BandMasking {
                unmasked_sone: band.unmasked_sone * mean,
                partial_sone: band.partial_sone * mean,
            });
            let bands: Vec<BandMasking> = bands.collect();
            let rows = self.lost.chunks_exact(filters.max(1)).skip(track * maskers).take(maskers);
            let worst = self.worst.iter().skip(track * maskers);
            let mut covered_by: Vec<Cover> = rows
                .zip(worst)
                .enumerate()
                .map(|(masker, (row, &(_, worst_frame)))| Cover {
                    by: if masker + 1 == maskers { Masker::Noise } else { Masker::Track(masker) },
                    lost_sone: row.iter().sum::<f64>() * mean,
                    bands_sone: row.iter().map(|lost| lost * mean).collect(),
                    worst_frame,
                })
                .filter(|cover| cover.lost_sone > 0.0)
                .collect();
            covered_by.sort_by(|a, b| b.lost_sone.total_cmp(&a.lost_sone));
            covered_by.truncate(most);
            TrackMasking {
                sounding_frames,
                heard_frames,
                unmasked_sone: bands.iter().map(|band| band.unmasked_sone).sum(),
                partial_sone: bands.iter().map(|band| band.partial_sone).sum(),
                bands,
                covered_by,
            }
        });
        SpanMasking { from_frame: self.from_frame, to_frame, tracks: tracks.collect() }
    }
}
