//! Hears a forecast again and again with bells on its sounds: how much of the focus is left within the rest, and what it costs
//! the others.

use mixkeel_analysis::energy::{BANDS, Power, centre_hz, lower_hz};
use mixkeel_analysis::masking::{Masker, MaskingMeter, SpanMasking};
use mixkeel_analysis::playback;
use mixkeel_dsp::units::{db_from_power, gain_from_db};

use crate::forecast::Forecast;

/// Moments that are listened to. Ours: six seconds' worth, spread over all of the song in which the focus sounds, chosen so
/// that a song is listened to in seconds; how far more of them would move the figures was not measured.
const MOMENTS: usize = 60;

/// The focus sounds in a cell when it is no further than this under its loudest, in dB.
const SOUNDS_DB: f64 = 30.0;

/// How narrow and how broad a cut may be. Cuts of 1.2 to 2 are usual for this; ours goes a little broader for maskers that
/// cover evenly.
const QS: (f64, f64) = (0.9, 2.0);

/// Where cuts and lifts may lie, in Hz. Ours: lower, room is made by level; higher, nothing covers for long.
const FROM_TO_HZ: (f64, f64) = (180.0, 9_000.0);

/// One bell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bell {
    /// Its middle.
    pub freq_hz: f64,
    /// How much it raises or lowers.
    pub gain_db: f64,
    /// Its frequency over its width.
    pub q: f64,
    /// How much of the focus lies where it is, beside all of it, in dB.
    pub share_db: f64,
}

impl Bell {
    /// The factor of amplitude at a frequency, of the analogue bell (s² + s·A/Q + 1)/(s² + s/(A·Q) + 1).
    fn factor(&self, freq_hz: f64) -> f64 {
        let a = gain_from_db(self.gain_db / 2.0);
        let w = freq_hz / self.freq_hz;
        let flat = (1.0 - w * w) * (1.0 - w * w);
        let of = |width: f64| flat + (w * width / self.q) * (w * width / self.q);
        (of(a) / of(1.0 / a)).sqrt()
    }
}

/// A forecast at chosen moments, with the bells that have been put on it.
pub struct Listening {
    focus: Vec<usize>,
    /// By sound, then moment: the power in each band, as it was.
    original: Vec<Vec<[Power; BANDS]>>,
    /// The same with the bells.
    powers: Vec<Vec<[Power; BANDS]>>,
    bells: Vec<Vec<Bell>>,
    heard: SpanMasking,
    centres_hz: Vec<f64>,
    /// The share of its loudness that each sound kept at first.
    at_first: Vec<f64>,
}

/// How far making room may go.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How much deeper a bell gets in one round, and how deep at most, in dB.
    pub step_db: f64,
    /// See `step_db`.
    pub most_db: f64,
    /// Bells on one sound.
    pub bells: usize,
    /// The focus is content when it loses this part of what it lost at first.
    pub content: f64,
    /// No other sound may lose more than this many times what it lost at first.
    pub rise: f64,
    /// Who takes less than this part of what the focus loses is left alone.
    pub least_part: f64,
    /// All of it has to bring the focus at least this share of its loudness.
    pub least_gain: f64,
    /// And this many times what all others lose together.
    pub weight: f64,
}

/// A bell that is as deep as it may be is not followed by another within so many octaves: side by side they would be one that is
/// deeper. Ours: what a bell of the broadest kind spans to either side.
const BESIDE_OCTAVES: f64 = 0.75;

/// Rounds of cutting. Ours: as many as three bells need to be as deep as they may be.
const ROUNDS: usize = 12;

impl Listening {
    /// Listens to a forecast where the focus sounds. `None` where it never does.
    pub fn of(forecast: &Forecast, focus: &[usize]) -> Option<Self> {
        let all = |sound: usize, cell: usize| -> f64 {
            (0..BANDS)
                .map(|band| forecast.power(sound, cell, band))
                .map(|power| power.left + power.right)
                .sum()
        };
        let loudness: Vec<f64> =
            (0..forecast.cells()).map(|cell| focus.iter().map(|sound| all(*sound, cell)).sum()).collect();
        let loudest = loudness.iter().copied().fold(0.0, f64::max);
        let least = loudest * mixkeel_dsp::units::power_from_db(-SOUNDS_DB);
        let sounding: Vec<usize> =
            (0..loudness.len()).filter(|cell| loudest > 0.0 && loudness[*cell] > least).collect();
        let step = sounding.len().div_ceil(MOMENTS).max(1);
        let moments: Vec<usize> = sounding.into_iter().step_by(step).collect();
        if moments.is_empty() {
            return None;
        }
        let powers: Vec<Vec<[Power; BANDS]>> = (0..forecast.sounds().len())
            .map(|sound| {
                let at = |cell: &usize| std::array::from_fn(|band| forecast.power(sound, *cell, band));
                moments.iter().map(at).collect()
            })
            .collect();
        let mut listening = Self {
            focus: focus.to_vec(),
            original: powers.clone(),
            bells: vec![Vec::new(); powers.len()],
            powers,
            heard: SpanMasking { from_frame: 0, to_frame: 0, tracks: Vec::new() },
            centres_hz: Vec::new(),
            at_first: Vec::new(),
        };
        listening.listen();
        listening.at_first = listening.kept();
        Some(listening)
    }

    fn listen(&mut self) {
        let edges_hz: Vec<f64> = (0..=BANDS).map(lower_hz).collect();
        let mut meter =
            MaskingMeter::new(self.powers.len(), &edges_hz, &playback::REFERENCE).telling(self.powers.len());
        let moments = self.powers.first().map_or(0, Vec::len);
        for moment in 0..moments {
            let rows: Vec<&[Power]> = self.powers.iter().map(|sound| sound[moment].as_slice()).collect();
            meter.push(&rows);
        }
        let report = meter.finish();
        self.heard = report.whole;
        self.centres_hz = report.centres_hz;
    }

    /// The share of its loudness that the focus keeps within the rest, 0 to 1.
    pub fn audible(&self) -> f64 {
        let sum = |of: fn(&mixkeel_analysis::masking::TrackMasking) -> f64| -> f64 {
            self.focus.iter().filter_map(|sound| self.heard.tracks.get(*sound)).map(of).sum()
        };
        let alone = sum(|track| track.unmasked_sone);
        if alone > 0.0 { sum(|track| track.partial_sone) / alone } else { 1.0 }
    }

    /// The share of its loudness that each sound keeps within the others; all of it where it is not heard at all.
    fn kept(&self) -> Vec<f64> {
        self.heard.tracks.iter().map(|track| track.masked_to_unmasked().unwrap_or(1.0)).collect()
    }

    /// Who covers the focus, the one that takes most first, and the part of all that is lost to them. Other voices of the
    /// focus are no maskers.
    fn maskers(&self) -> Vec<(usize, f64)> {
        let mut taken: Vec<(usize, f64)> = Vec::new();
        for cover in
            self.focus.iter().filter_map(|sound| self.heard.tracks.get(*sound)).flat_map(|t| &t.covered_by)
        {
            let Masker::Track(by) = cover.by else { continue };
            match taken.iter_mut().find(|(sound, _)| *sound == by) {
                Some((_, lost)) => *lost += cover.lost_sone,
                None => taken.push((by, cover.lost_sone)),
            }
        }
        taken.retain(|(sound, _)| !self.focus.contains(sound));
        taken.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let all: f64 = taken.iter().map(|(_, lost)| lost).sum();
        taken.into_iter().map(|(sound, lost)| (sound, lost / all.max(1e-12))).collect()
    }

    /// Lets those who cover the focus step back where they do, all together and a step at a time, as far as limits allow, and
    /// keeps what brought the focus most for what it cost all others. Returns who got which bells.
    pub fn make_room(&mut self, limits: &Limits, may: impl Fn(usize) -> bool) -> Vec<(usize, Vec<Bell>)> {
        let first = self.audible();
        let least_lost = limits.content * (1.0 - first);
        let (mut most, mut best) = (0.0, (self.bells.clone(), self.heard.clone()));
        let mut done: Vec<usize> = Vec::new();
        for _ in 0..ROUNDS {
            let before = self.bells.clone();
            let mut cut: Vec<usize> = Vec::new();
            for (sound, part) in self.maskers() {
                let free = may(sound) && !done.contains(&sound);
                if free && part >= limits.least_part && self.deepen(sound, part, limits) {
                    cut.push(sound);
                }
            }
            self.listen();
            let too_far = self.too_far(limits.rise);
            let spared: Vec<usize> = cut.iter().copied().filter(|sound| too_far.contains(sound)).collect();
            if !spared.is_empty() {
                for sound in &spared {
                    self.set(*sound, before.get(*sound).cloned().unwrap_or_default());
                }
                cut.retain(|sound| !spared.contains(sound));
                done.extend(spared);
                self.listen();
            }
            if cut.is_empty() {
                break;
            }
            // Others gain from each other's cuts as well; what counts is what all of them lose together.
            let others = self.at_first.iter().zip(self.kept()).enumerate();
            let others = others.filter(|(sound, _)| !self.focus.contains(sound));
            let cost = others.map(|(_, (before, now))| before - now).sum::<f64>().max(0.0);
            let gain = self.audible() - first;
            let worth = gain - limits.weight * cost;
            if gain >= limits.least_gain && worth > most {
                (most, best) = (worth, (self.bells.clone(), self.heard.clone()));
            }
            if 1.0 - self.audible() <= least_lost {
                break;
            }
        }
        for (sound, bells) in best.0.into_iter().enumerate() {
            self.set(sound, bells);
        }
        self.heard = best.1;
        let made = self.bells.iter().enumerate().filter(|(_, bells)| !bells.is_empty());
        made.map(|(sound, bells)| (sound, bells.clone())).collect()
    }

    /// Who loses more than so many times what they lost at first, the focus aside.
    fn too_far(&self, rise: f64) -> Vec<usize> {
        let kept = self.kept();
        let others =
            self.at_first.iter().zip(&kept).enumerate().filter(|(sound, _)| !self.focus.contains(sound));
        // A hundredth more is nothing to anybody who loses next to nothing.
        others
            .filter(|(_, (first, now))| 1.0 - **now > rise * (1.0 - **first) + 0.01)
            .map(|(at, _)| at)
            .collect()
    }

    /// One step more on a masker where it takes most from the focus: deeper where a bell of it lies there already.
    /// `part` is what it takes of all that the focus loses.
    fn deepen(&mut self, masker: usize, part: f64, limits: &Limits) -> bool {
        let mut bells = self.bells.get(masker).cloned().unwrap_or_default();
        let shallow = |bell: &Bell| -bell.gain_db + limits.step_db <= limits.most_db + 1e-9;
        // Where it is as low as it may be already, there is nothing more to be had from it.
        let mut lost = self.lost(Some(masker));
        let all: f64 = lost.iter().sum();
        for (lost, centre_hz) in lost.iter_mut().zip(&self.centres_hz) {
            let octaves = |bell: &Bell| libm::log2(bell.freq_hz / centre_hz).abs();
            let done = |bell: &Bell| !shallow(bell) && octaves(bell) < BESIDE_OCTAVES;
            *lost = if bells.iter().any(done) { 0.0 } else { *lost };
        }
        if part * lost.iter().sum::<f64>() < limits.least_part * all {
            return false;
        }
        let Some(region) = self.region(&lost) else { return false };
        let apart = |bell: &Bell| libm::log2(bell.freq_hz / region.freq_hz).abs();
        let near = |bell: &Bell| apart(bell) < 0.7 / bell.q;
        let is_full = bells.len() >= limits.bells;
        let is_taken = bells.iter().any(near);
        let there = bells.iter_mut().filter(|bell| shallow(bell)).filter(|bell| is_full || near(bell));
        match there.min_by(|a, b| apart(a).total_cmp(&apart(b))) {
            Some(bell) => bell.gain_db -= limits.step_db,
            None if is_full || is_taken => return false,
            None => bells.push(Bell { gain_db: -limits.step_db, ..region }),
        }
        self.set(masker, bells);
        true
    }

    /// Raises the focus broadly where it loses most, by as much or by half, if it gains at least so much and nobody loses more
    /// than limits allow.
    pub fn lift(&mut self, gain_db: f64, q: f64, limits: &Limits) -> Option<Bell> {
        let region = self.region(&self.lost(None))?;
        let audible = self.audible();
        let heard = self.heard.clone();
        for gain_db in [gain_db, gain_db / 2.0] {
            let bell = Bell { gain_db, q, ..region };
            for sound in self.focus.clone() {
                self.set(sound, vec![bell]);
            }
            self.listen();
            if self.audible() - audible >= limits.least_gain && self.too_far(limits.rise).is_empty() {
                return Some(bell);
            }
        }
        for sound in self.focus.clone() {
            self.set(sound, Vec::new());
        }
        self.heard = heard;
        None
    }

    /// Puts bells on a sound in place of those that it had. To be heard, it has to be listened to.
    fn set(&mut self, sound: usize, bells: Vec<Bell>) {
        let factors: [f64; BANDS] =
            std::array::from_fn(|band| bells.iter().map(|bell| bell.factor(centre_hz(band))).product());
        let turned = |bands: &[Power; BANDS]| {
            std::array::from_fn(|band| bands[band].gained(factors[band], factors[band]))
        };
        if let (Some(original), Some(powers), Some(place)) =
            (self.original.get(sound), self.powers.get_mut(sound), self.bells.get_mut(sound))
        {
            *powers = original.iter().map(turned).collect();
            *place = bells;
        }
    }

    /// What the focus loses in each of the ear's filters, to one or to all, in sone.
    fn lost(&self, by: Option<usize>) -> Vec<f64> {
        let mut lost = vec![0.0; self.centres_hz.len()];
        for track in self.focus.iter().filter_map(|sound| self.heard.tracks.get(*sound)) {
            for cover in
                track.covered_by.iter().filter(|cover| by.is_none_or(|by| cover.by == Masker::Track(by)))
            {
                lost.iter_mut().zip(&cover.bands_sone).for_each(|(sum, more)| *sum += more);
            }
        }
        lost
    }

    /// Where most is lost: the middle and the width of what lies around the filter that loses most and loses at least half of
    /// that.
    fn region(&self, lost: &[f64]) -> Option<Bell> {
        let inside = |filter: &usize| (FROM_TO_HZ.0..=FROM_TO_HZ.1).contains(&self.centres_hz[*filter]);
        let filters: Vec<usize> = (0..lost.len()).filter(inside).collect();
        let top = filters
            .iter()
            .copied()
            .reduce(|best, other| if lost[other] > lost[best] { other } else { best })?;
        if lost[top] <= 0.0 {
            return None;
        }
        let belongs = |filter: &usize| lost[*filter] >= 0.5 * lost[top];
        let above =
            filters.iter().copied().skip_while(|filter| *filter < top).take_while(|f| belongs(f)).last()?;
        let below = filters
            .iter()
            .rev()
            .copied()
            .skip_while(|filter| *filter > top)
            .take_while(|f| belongs(f))
            .last()?;
        let (mut weight, mut middle) = (0.0, 0.0);
        for (lost, centre_hz) in lost.iter().zip(&self.centres_hz).take(above + 1).skip(below) {
            weight += lost;
            middle += lost * libm::log2(*centre_hz);
        }
        let freq_hz = libm::exp2(middle / weight);
        let width_hz = (self.centres_hz[above] - self.centres_hz[below]).max(1.0);
        let q = (freq_hz / width_hz).clamp(QS.0, QS.1);
        Some(Bell { freq_hz, gain_db: 0.0, q, share_db: self.share_db(freq_hz, q) })
    }

    /// How much of the focus lies within a bell, beside all of it.
    fn share_db(&self, freq_hz: f64, q: f64) -> f64 {
        let (mut inside, mut all) = (0.0, 0.0);
        for bands in self.focus.iter().flat_map(|sound| &self.powers[*sound]) {
            for (band, power) in bands.iter().enumerate() {
                let power = power.left + power.right;
                all += power;
                if (centre_hz(band) / freq_hz - freq_hz / centre_hz(band)).abs() <= 1.0 / q {
                    inside += power;
                }
            }
        }
        if inside > 0.0 { db_from_power(inside / all) } else { -40.0 }
    }
}
