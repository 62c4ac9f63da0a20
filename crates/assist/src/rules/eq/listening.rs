//! Hears a forecast again and again with bells on its sounds: how much of the focus is left within the rest, and what it costs.

use mixkeel_analysis::energy::{BANDS, Power, centre_hz, lower_hz};
use mixkeel_analysis::masking::{Masker, MaskingMeter, SpanMasking};
use mixkeel_analysis::playback;
use mixkeel_dsp::units::{db_from_power, gain_from_db};

use crate::forecast::Forecast;

/// Moments that are listened to. Ours: twelve seconds' worth, spread over all of the song in which the focus sounds, chosen so
/// that a song is listened to in seconds; how far more of them would move the figures was not measured.
const MOMENTS: usize = 120;

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
    ids: Vec<String>,
    focus: Vec<usize>,
    /// By sound, then moment: the power in each band.
    powers: Vec<Vec<[Power; BANDS]>>,
    heard: SpanMasking,
    centres_hz: Vec<f64>,
}

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
        let ids: Vec<String> = forecast.sounds().map(str::to_owned).collect();
        let powers = (0..ids.len())
            .map(|sound| {
                let at = |cell: &usize| std::array::from_fn(|band| forecast.power(sound, *cell, band));
                moments.iter().map(at).collect()
            })
            .collect();
        let mut listening = Self {
            ids,
            focus: focus.to_vec(),
            powers,
            heard: SpanMasking { from_frame: 0, to_frame: 0, tracks: Vec::new() },
            centres_hz: Vec::new(),
        };
        listening.listen();
        Some(listening)
    }

    /// The number of a sound.
    pub fn number(&self, id: &str) -> Option<usize> {
        self.ids.iter().position(|one| one == id)
    }

    fn listen(&mut self) {
        let edges_hz: Vec<f64> = (0..=BANDS).map(lower_hz).collect();
        let mut meter = MaskingMeter::new(self.powers.len(), &edges_hz, &playback::REFERENCE);
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

    /// The share of their loudness that all others keep, summed over them.
    fn others(&self) -> f64 {
        let others = self.heard.tracks.iter().enumerate().filter(|(sound, _)| !self.focus.contains(sound));
        others.filter_map(|(_, track)| track.masked_to_unmasked()).sum()
    }

    /// Who covers the focus, the one that takes most first. Other voices of the focus are no maskers.
    pub fn maskers(&self) -> Vec<usize> {
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
        taken.into_iter().map(|(sound, _)| sound).collect()
    }

    /// Tries cuts on a masker where it takes most from the focus, keeps the best if the focus gains at least so much of its
    /// loudness, and more than a part of what the others lose.
    pub fn try_cut(&mut self, masker: usize, depths_db: &[f64], least: f64, weight: f64) -> Option<Bell> {
        let lost = self.lost(Some(masker));
        let region = self.region(&lost)?;
        let bells = depths_db.iter().map(|depth| Bell { gain_db: -depth, ..region });
        let bells: Vec<Bell> = bells.collect();
        self.keep_best(&[masker], &bells, least, weight)
    }

    /// Raises the focus broadly where it loses most, on the same terms.
    pub fn lift(&mut self, gain_db: f64, q: f64, least: f64, weight: f64) -> Option<Bell> {
        let lost = self.lost(None);
        let region = self.region(&lost)?;
        let bells = [Bell { gain_db, q, ..region }, Bell { gain_db: gain_db / 2.0, q, ..region }];
        self.keep_best(&self.focus.clone(), &bells, least, weight)
    }

    fn keep_best(&mut self, on: &[usize], bells: &[Bell], least: f64, weight: f64) -> Option<Bell> {
        let (audible, others) = (self.audible(), self.others());
        let before: Vec<_> = on.iter().map(|sound| self.powers[*sound].clone()).collect();
        let heard = self.heard.clone();
        let mut best: Option<(f64, Bell)> = None;
        for bell in bells {
            self.put(on, bell, &before);
            let gain = self.audible() - audible;
            let net = gain - weight * (others - self.others()).max(0.0);
            if gain >= least && net > 0.0 && best.is_none_or(|(most, _)| net > most) {
                best = Some((net, *bell));
            }
        }
        match best {
            Some((_, bell)) => self.put(on, &bell, &before),
            None => {
                on.iter().zip(before).for_each(|(sound, powers)| self.powers[*sound] = powers);
                self.heard = heard;
            }
        }
        best.map(|(_, bell)| bell)
    }

    fn put(&mut self, on: &[usize], bell: &Bell, before: &[Vec<[Power; BANDS]>]) {
        let factors: [f64; BANDS] = std::array::from_fn(|band| bell.factor(centre_hz(band)));
        for (sound, before) in on.iter().zip(before) {
            let turned = |bands: &[Power; BANDS]| {
                std::array::from_fn(|band| bands[band].gained(factors[band], factors[band]))
            };
            self.powers[*sound] = before.iter().map(turned).collect();
        }
        self.listen();
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
