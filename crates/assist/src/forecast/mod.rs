//! What a session would measure, from profiles, without rendering it.
//!
//! Every track's energy map is carried through the graph that the engine would play: trim, equalisers by their own
//! response, fader and its lanes, pan law and width, buses, headroom. That much is exact but for what lies within a band
//! or a tenth of a second. What works by level (compressors, gates, limiters, dynamic equalisers) is a map from the level of a cell to a gain;
//! what a return gives back is measured once from a click and spread over the cells that follow. Tracks are taken as
//! unrelated, so that their powers add up.

mod build;
mod cells;
mod chain;
mod frames;
mod impulse;
mod level;
mod moving;
mod passage;
mod response;
mod still;

use std::ops::Range;
use std::sync::Arc;

use mixkeel_analysis::energy::{BANDS, EnergyMap, Power, Sum, lower_hz};
use mixkeel_analysis::masking::{MaskingMeter, MaskingReport};
use mixkeel_analysis::playback::System;
use mixkeel_dsp::units::gain_from_db;
use mixkeel_session::check::Fault;
use mixkeel_session::session::Session;

use crate::song::Song;
use cells::each_run;
use chain::{Chain, by_all};

/// What every sound of a session measures where it enters the mix. Cells are tenths of a second from session zero, bands
/// those of [`EnergyMap`]. Sounds have numbers: first the tracks that sound, by id, then the returns, by id.
#[derive(Clone, Debug)]
pub struct Forecast<'s> {
    cells: usize,
    sources: Vec<Source<'s>>,
    tracks: usize,
}

/// A recording, or what a return makes of others, and its ways into the mix.
#[derive(Clone, Debug)]
struct Source<'s> {
    id: String,
    from_cell: i64,
    k_gain: [f64; BANDS],
    sound: Sound<'s>,
    /// What [`Forecast::turn`] has done.
    gain: f64,
    routes: Vec<Chain>,
}

#[derive(Clone, Debug)]
enum Sound<'s> {
    Map(&'s EnergyMap),
    Rung(Arc<[Power]>),
}

impl Source<'_> {
    fn rings(&self) -> bool {
        matches!(self.sound, Sound::Rung(_))
    }

    /// Its own power in a cell of the song, before anything is done to it.
    #[inline]
    fn arriving(&self, cell: usize, band: usize) -> Power {
        match &self.sound {
            Sound::Map(map) => {
                let own = cell as i64 - self.from_cell;
                usize::try_from(own).map_or(Power::default(), |own| map.power(own, band))
            }
            Sound::Rung(powers) => powers.get(cell * BANDS + band).copied().unwrap_or_default(),
        }
    }

    /// Its power in the mix. By several ways it adds up as the same sound does.
    #[inline]
    fn placed(&self, cell: usize, band: usize) -> Power {
        let arriving = self.arriving(cell, band);
        if arriving.left == 0.0 && arriving.right == 0.0 {
            return Power::default();
        }
        by_all(&self.routes, cell, band).of(arriving).gained(self.gain, self.gain)
    }
}

impl<'s> Forecast<'s> {
    /// What a session would measure.
    ///
    /// # Errors
    /// What is wrong with the session. Recordings that were not measured are taken as silent.
    pub fn of(song: &'s Song, session: &Session) -> Result<Self, Vec<Fault>> {
        build::build(song, session)
    }

    /// The ids of the tracks that reach the mix, in the order of their numbers.
    pub fn tracks(&self) -> impl ExactSizeIterator<Item = &str> {
        self.sources.iter().take(self.tracks).map(|source| source.id.as_str())
    }

    /// The ids of everything that reaches the mix: the tracks, then the returns.
    pub fn sounds(&self) -> impl ExactSizeIterator<Item = &str> {
        self.sources.iter().map(|source| source.id.as_str())
    }

    /// The number of a track or a return. `None` where it does not reach the mix.
    pub fn number(&self, id: &str) -> Option<usize> {
        self.sources.iter().position(|source| source.id == id)
    }

    /// Cells of 100 ms that the song lasts. What rings on after it is not told.
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// The power of one sound as it stands in the mix, in one cell and band.
    #[inline]
    pub fn power(&self, sound: usize, cell: usize, band: usize) -> Power {
        self.sources.get(sound).map_or(Power::default(), |source| source.placed(cell, band))
    }

    /// How much loudness counts of the power of one sound in a band ([`EnergyMap::k_gain`]).
    pub fn k_gain(&self, sound: usize, band: usize) -> f64 {
        self.sources.get(sound).and_then(|source| source.k_gain.get(band)).copied().unwrap_or(0.0)
    }

    /// What the mix measures: loudness, spectrum and power of the sum.
    pub fn sum(&self) -> Sum {
        self.of_some(0..self.sources.len())
    }

    /// What one sound measures as it stands in the mix: its loudness, its spectrum.
    pub fn alone(&self, sound: usize) -> Sum {
        self.of_some(std::iter::once(sound))
    }

    /// What some of the sounds measure together.
    pub fn of_some(&self, sounds: impl IntoIterator<Item = usize>) -> Sum {
        let sources: Vec<&Source<'_>> =
            sounds.into_iter().filter_map(|sound| self.sources.get(sound)).collect();
        Sum::joined(each_run(self.cells, |run| {
            let mut sum = Sum::silent(run.len());
            for source in &sources {
                for (place, cell) in run.clone().enumerate() {
                    for band in 0..BANDS {
                        let power = source.placed(cell, band);
                        if power.left + power.right > 0.0 {
                            sum.add(place, band, power, source.k_gain[band]);
                        }
                    }
                }
            }
            sum
        }))
    }

    /// The gated loudness of one sound as it stands in the mix. `None` for silence.
    pub fn integrated_lufs(&self, sound: usize) -> Option<f64> {
        self.alone(sound).integrated_lufs()
    }

    /// The loudness of one sound over a span of cells, not gated. `None` for silence.
    pub fn lufs(&self, sound: usize, cells: Range<usize>) -> Option<f64> {
        let mut sum = Sum::silent(cells.len());
        let source = self.sources.get(sound)?;
        for (place, cell) in cells.clone().enumerate() {
            for band in 0..BANDS {
                sum.add(place, band, source.placed(cell, band), source.k_gain[band]);
            }
        }
        sum.lufs(0..cells.len())
    }

    /// The mean power of one sound in every band over a span of cells.
    pub fn spectrum(&self, sound: usize, cells: Range<usize>) -> [Power; BANDS] {
        let count = cells.len().max(1) as f64;
        std::array::from_fn(|band| {
            let mut mean = Power::default();
            for cell in cells.clone() {
                let power = self.power(sound, cell, band);
                mean.left += power.left / count;
                mean.right += power.right / count;
                mean.cross += power.cross / count;
            }
            mean
        })
    }

    /// Who covers whom on a playback system, with a span from each of these cells to the next. Its tracks are all
    /// [sounds](Self::sounds), by number.
    pub fn masking(&self, system: &System, borders: &[usize]) -> MaskingReport {
        let edges_hz: Vec<f64> = (0..=BANDS).map(lower_hz).collect();
        let mut meter = MaskingMeter::new(self.sources.len(), &edges_hz, system);
        let mut powers = vec![Power::default(); self.sources.len() * BANDS];
        for cell in 0..self.cells {
            if borders.contains(&cell) {
                meter.end_span();
            }
            for (source, row) in self.sources.iter().zip(powers.chunks_exact_mut(BANDS)) {
                row.iter_mut().enumerate().for_each(|(band, place)| *place = source.placed(cell, band));
            }
            let rows: Vec<&[Power]> = powers.chunks_exact(BANDS).collect();
            meter.push(&rows);
        }
        meter.end_span();
        meter.finish()
    }

    /// Turns one sound up or down, at no cost. What works by level on a bus, and what returns hear, stays as it was.
    pub fn turn(&mut self, sound: usize, by_db: f64) {
        if let Some(source) = self.sources.get_mut(sound) {
            source.gain *= gain_from_db(by_db);
        }
    }

    /// The same with one sound [turned](Self::turn).
    #[must_use]
    pub fn with_gain(&self, sound: usize, by_db: f64) -> Self {
        let mut turned = self.clone();
        turned.turn(sound, by_db);
        turned
    }
}
