//! How much of a song a steady noise of one recording is heard in, at the levels that a session has.
//!
//! Noise under a part that plays is covered by it, and noise in its gaps by the rest of the band. What is left is what
//! repairs are for. The noise is carried into the mix by the [`Forecast`], and the ear decides: the loudness that it keeps
//! within everything else (Moore, Glasberg and Baer 1997), played so that the mix is at [`PLAYED_LUFS`].

use mixkeel_analysis::energy::{BANDS, CELLS_PER_S, Power, lower_hz};
use mixkeel_analysis::masking::MaskingMeter;
use mixkeel_analysis::playback::REFERENCE;
use mixkeel_dsp::units::gain_from_db;
use mixkeel_session::edit::Edit;
use mixkeel_session::session::Session;

use crate::forecast::Forecast;
use crate::song::{Known, Song};
use crate::things::before;

/// How loud the mix is played. Ours: at the calibrated level of the reference system this is 83 dB SPL, as loud as people work.
const PLAYED_LUFS: f64 = -20.0;

/// One cell in so many is listened to. Ours: two a second; noise that is heard for less than half a second is not worth a repair.
const EVERY: usize = CELLS_PER_S as usize / 2;

/// How much of a noise is heard.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Exposed {
    /// The share of the track's length in which it is heard.
    pub share: f64,
    /// How loud it is there, in phon.
    pub phon: f64,
}

/// A song at the levels that stand before a rule, ready to be asked about noises.
pub(super) struct Levels<'s> {
    forecast: Forecast<'s>,
    to_played: f64,
}

impl<'s> Levels<'s> {
    /// The session as it was before a rule; nothing where it has mistakes or is silent.
    pub fn before(rule: &str, song: &'s Song, session: &Session) -> Option<Self> {
        let forecast = Forecast::of(song, &before(rule, session)).ok()?;
        let lufs = forecast.sum().integrated_lufs()?;
        Some(Self { forecast, to_played: gain_from_db(PLAYED_LUFS - lufs) })
    }

    /// How much is heard of a noise with this power in each band of a recording, which is part of what was measured of it.
    pub fn exposed(&self, known: &Known, noise: &[f64; BANDS]) -> Exposed {
        let Some(own) = self.forecast.number(&known.track.id) else { return Exposed::default() };
        let map = &known.facts.profile.energy;
        let edges_hz: Vec<f64> = (0..=BANDS).map(lower_hz).collect();
        let mut meter = MaskingMeter::new(2, &edges_hz, &REFERENCE);
        let from = libm::round(known.facts.at_s.max(0.0) * f64::from(CELLS_PER_S)) as usize;
        let mut frames = 0;
        for cell in (0..map.cells()).step_by(EVERY) {
            let (mut heard, mut rest) = ([Power::default(); BANDS], [Power::default(); BANDS]);
            for band in 0..BANDS {
                let recorded = map.power(cell, band);
                let recorded = recorded.left + recorded.right;
                let placed = self.forecast.power(own, from + cell, band);
                let part = if recorded > 0.0 { (noise[band] / recorded).min(1.0) } else { 0.0 };
                let mut sum = Power::default();
                for sound in 0..self.forecast.sounds().len() {
                    let power = self.forecast.power(sound, from + cell, band);
                    sum.left += power.left;
                    sum.right += power.right;
                    sum.cross += power.cross;
                }
                let of = |power: Power, factor: f64| Power {
                    left: factor * power.left,
                    right: factor * power.right,
                    cross: factor * power.cross,
                };
                let noise = of(placed, part);
                let others = Power {
                    left: sum.left - noise.left,
                    right: sum.right - noise.right,
                    cross: sum.cross - noise.cross,
                };
                let played = self.to_played * self.to_played;
                (heard[band], rest[band]) = (of(noise, played), of(others, played));
            }
            meter.push(&[&heard, &rest]);
            frames += 1;
        }
        let whole = meter.finish().whole;
        let Some(of_noise) = whole.tracks.first().filter(|_| frames > 0) else { return Exposed::default() };
        Exposed { share: of_noise.heard_frames as f64 / f64::from(frames), phon: of_noise.partial_phon() }
    }
}

/// What a rule takes out of every sounding track that has a noise, at the levels that stand before the rule. Nothing is
/// forecast where no track has one.
pub(super) fn taken_out<'s, N>(
    rule: &str,
    song: &'s Song,
    session: &'s Session,
    noise_of: impl Fn(&Known<'s>) -> Option<N>,
    take_out: impl Fn(&Known<'s>, N, &Levels<'s>) -> Vec<Edit>,
) -> Vec<Edit> {
    let noisy: Vec<(Known<'s>, N)> = song
        .sounding(session)
        .into_iter()
        .filter_map(|known| noise_of(&known).map(|noise| (known, noise)))
        .collect();
    if noisy.is_empty() {
        return Vec::new();
    }
    let Some(levels) = Levels::before(rule, song, session) else { return Vec::new() };
    noisy.into_iter().flat_map(|(known, noise)| take_out(&known, noise, &levels)).collect()
}

/// The power of what is left in each band when a track does not play: the mean of the cells whose power is within 3 dB of
/// its floor.
pub(super) fn floor(known: &Known, floor_dbfs: f64) -> [f64; BANDS] {
    let map = &known.facts.profile.energy;
    let channels = known.facts.profile.levels.channels.len().max(1) as f64;
    let most = 2.0 * channels * mixkeel_dsp::units::power_from_db(floor_dbfs);
    let (mut sums, mut count) = ([0.0; BANDS], 0.0);
    for cell in 0..map.cells() {
        let powers: [f64; BANDS] = std::array::from_fn(|band| {
            let power = map.power(cell, band);
            power.left + power.right
        });
        let all: f64 = powers.iter().sum();
        if all > 0.25 * most && all <= most {
            sums.iter_mut().zip(powers).for_each(|(sum, power)| *sum += power);
            count += 1.0;
        }
    }
    sums.map(|sum| if count > 0.0 { sum / count } else { 0.0 })
}
