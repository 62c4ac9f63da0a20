//! A forecast laid out so that goals can be measured on it, and so that what is turned costs little: one track changes, the
//! others are shared with the desk before.
//!
//! A desk keeps what every track and return brings into the mix, cell by cell and band by band. Turning a fader, an
//! equaliser or a width is then a factor on what a track brings; a send is a factor on what its return brings. What works by
//! level on a bus stays as it was. What only a render knows (peaks, third octaves) is taken from the last one and moved on by
//! what changes.

mod anchors;
mod heard;
mod sounding;
mod total;
mod treatment;

use std::ops::Range;
use std::sync::Arc;

use mixkeel_analysis::energy::{BANDS, CELLS_PER_S, lower_hz};
use mixkeel_analysis::masking::Cochlea;
use mixkeel_analysis::playback::{REFERENCE, SYSTEMS};
use mixkeel_dsp::units::power_from_db;
use mixkeel_judge::evidence::Evidence;
use mixkeel_session::session::{Send, Session};

use crate::forecast::Forecast;
use anchors::Anchors;
use sounding::Sounding;
use total::Totals;
pub use treatment::Treatment;

/// The most seconds that are kept of a song; of a longer one every second second, or every third. Ours: means over three
/// minutes of seconds spread over a song stand for all of it.
const MOST_SECONDS: usize = 180;

/// A section as it lies on the desk.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The section's id.
    pub id: String,
    /// What it is.
    pub kind: String,
    /// Its cells among those that are kept.
    pub cells: Range<usize>,
    /// Its part of the song, 0 to 1.
    pub share: f64,
}

/// What every sound of a session brings into the mix, ready to be measured and turned.
#[derive(Clone, Debug)]
pub struct Desk {
    places: Arc<Vec<Place>>,
    cells: usize,
    tracks: Vec<Arc<Sounding>>,
    returns: Vec<Arc<Sounding>>,
    /// Of each return, how much every track sends to it, as a factor of power after the fader.
    sent: Vec<Vec<f64>>,
    base: Arc<Base>,
}

/// What a desk was before anything was turned, shared by all that come of it.
#[derive(Debug)]
struct Base {
    tracks: Vec<Arc<Sounding>>,
    returns: Vec<Arc<Sounding>>,
    sent: Vec<Vec<f64>>,
    anchors: Option<Anchors>,
    /// The ears on every playback system, each known by its place.
    ears: Vec<(&'static str, Cochlea)>,
    totals: Totals,
}

impl Desk {
    /// A desk for a session of which this is the forecast. `evidence` is that of its render, where there was one.
    pub fn of(forecast: &Forecast<'_>, session: &Session, evidence: Option<&Evidence>) -> Self {
        let kept = kept(forecast.cells());
        let places = Arc::new(places(session, &kept));
        let count = forecast.tracks().len();
        let sounds: Vec<Arc<Sounding>> = forecast
            .sounds()
            .enumerate()
            .map(|(sound, id)| Arc::new(Sounding::of(forecast, sound, id, &kept, &places)))
            .collect();
        let (tracks, returns) = sounds.split_at(count);
        let sent = returns.iter().map(|effect| sent_to(effect.id(), tracks, session)).collect::<Vec<_>>();
        let edges_hz: Vec<f64> = (0..=BANDS).map(lower_hz).collect();
        let ears = std::iter::once(&REFERENCE)
            .chain(SYSTEMS.iter())
            .map(|system| (system.id, Cochlea::new(&edges_hz, system)))
            .collect();
        let mut desk = Self {
            cells: kept.len(),
            places,
            tracks: tracks.to_vec(),
            returns: returns.to_vec(),
            sent: sent.clone(),
            base: Arc::new(Base {
                tracks: tracks.to_vec(),
                returns: returns.to_vec(),
                sent,
                anchors: None,
                ears,
                totals: Totals::default(),
            }),
        };
        let anchors = evidence.map(|evidence| Anchors::of(evidence, &desk));
        if let (Some(base), Some(_)) = (Arc::get_mut(&mut desk.base), &anchors) {
            base.anchors = anchors;
        }
        desk
    }

    /// The sections.
    pub fn sections(&self) -> &[Place] {
        &self.places
    }

    /// The ids of the tracks that reach the mix, in the order of their numbers.
    pub fn tracks(&self) -> impl ExactSizeIterator<Item = &str> {
        self.tracks.iter().map(|track| track.id())
    }

    /// The number of a track. `None` where it does not reach the mix.
    pub fn number(&self, id: &str) -> Option<usize> {
        self.tracks.iter().position(|track| track.id() == id)
    }

    /// Cells that are kept, ten a second.
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// Whether the sides of a track differ, so that its width can be turned.
    pub fn is_stereo(&self, track: usize) -> bool {
        self.tracks.get(track).is_some_and(|track| track.is_stereo())
    }

    /// How much of a track lies in each band, as parts of one, over the whole song.
    pub fn shape(&self, track: usize) -> [f64; BANDS] {
        self.tracks.get(track).map_or([0.0; BANDS], |track| track.shape())
    }

    /// The desk with some of its tracks treated, and some sends turned (track, return by id, dB), all seen from the desk as
    /// it was made. What this desk has treated alike is shared with it.
    #[must_use]
    pub fn turned(&self, treated: &[(usize, Treatment)], sends: &[(usize, &str, f64)]) -> Self {
        let base = &self.base;
        let mut desk = Self {
            tracks: base.tracks.clone(),
            returns: base.returns.clone(),
            sent: base.sent.clone(),
            ..self.clone()
        };
        for (number, treatment) in treated {
            let Some(track) = desk.tracks.get_mut(*number) else { continue };
            let known = self.tracks.get(*number).filter(|known| known.is_treated(treatment));
            *track = known.cloned().unwrap_or_else(|| Arc::new(track.treated(treatment)));
        }
        for (track, to, by_db) in sends {
            let place = base.returns.iter().position(|effect| effect.id() == *to);
            if let Some(sent) =
                place.and_then(|place| desk.sent.get_mut(place)).and_then(|sent| sent.get_mut(*track))
            {
                *sent *= power_from_db(*by_db);
            }
        }
        for place in 0..desk.returns.len() {
            desk.ring_again(place, self);
        }
        desk
    }

    /// Scales what a return brings by what is sent to it now, section by section and band by band.
    fn ring_again(&mut self, place: usize, like: &Self) {
        if self.is_given_the_same(place, &self.base.tracks, &self.base.sent) {
            return;
        }
        let known =
            like.returns.get(place).filter(|_| self.is_given_the_same(place, &like.tracks, &like.sent));
        let base = &self.base;
        let new = known.cloned().or_else(|| {
            let (now, before) = (self.sent.get(place)?, base.sent.get(place)?);
            let factor = |span: usize, band: usize| {
                let sum = |tracks: &[Arc<Sounding>], sent: &[f64]| -> f64 {
                    let heard = tracks.iter().zip(sent).filter(|(_, sent)| **sent > 0.0);
                    heard.map(|(track, sent)| sent * track.in_band(span, band)).sum()
                };
                let (now, was) = (sum(&self.tracks, now), sum(&base.tracks, before));
                if was > 0.0 { (now / was).min(1e6) } else { 1.0 }
            };
            Some(Arc::new(base.returns.get(place)?.rung(factor)))
        });
        if let (Some(effect), Some(new)) = (self.returns.get_mut(place), new) {
            *effect = new;
        }
    }

    /// Whether a return is sent the same by these tracks as by those of this desk.
    fn is_given_the_same(&self, place: usize, tracks: &[Arc<Sounding>], sent: &[Vec<f64>]) -> bool {
        let (Some(now), Some(then)) = (self.sent.get(place), sent.get(place)) else { return true };
        let both = now.iter().zip(then).zip(self.tracks.iter().zip(tracks));
        both.into_iter()
            .all(|((now, then), (track, was))| now == then && (*then <= 0.0 || Arc::ptr_eq(track, was)))
    }
}

/// Cells of the song that are kept: whole seconds.
fn kept(cells: usize) -> Vec<usize> {
    let second = CELLS_PER_S as usize;
    let every = cells.div_ceil(second).div_ceil(MOST_SECONDS).max(1);
    (0..cells).filter(|cell| (cell / second).is_multiple_of(every)).collect()
}

fn places(session: &Session, kept: &[usize]) -> Vec<Place> {
    let cell = |seconds: f64| libm::round(seconds.max(0.0) * f64::from(CELLS_PER_S)) as usize;
    let place = |at: usize| kept.partition_point(|cell| *cell < at);
    let of = |section: &mixkeel_session::session::Section| {
        let cells = place(cell(section.from_s))..place(cell(section.to_s));
        let share = cells.len() as f64 / kept.len().max(1) as f64;
        Place { id: section.id.clone(), kind: section.kind.clone(), cells, share }
    };
    session.sections.iter().map(of).collect()
}

/// How much every track sends to a return, by itself and through the buses that it feeds.
fn sent_to(to: &str, tracks: &[Arc<Sounding>], session: &Session) -> Vec<f64> {
    let level = |sends: &[Send], fader_db: f64| -> f64 {
        let one = |send: &Send| {
            let after = if send.pre_fader { send.level_db - fader_db } else { send.level_db };
            if after.is_finite() { power_from_db(after) } else { 0.0 }
        };
        sends.iter().filter(|send| send.to == to).map(one).sum()
    };
    let of = |track: &Arc<Sounding>| {
        let Some(track) = session.tracks.iter().find(|one| one.id == track.id()) else { return 0.0 };
        let mut sum = level(&track.sends, track.fader_db);
        let mut at = track.bus.as_str();
        // No chain of buses is longer than there are buses.
        for _ in 0..session.buses.len() {
            let Some(bus) = session.buses.iter().find(|bus| bus.id == at) else { break };
            sum += level(&bus.strip.sends, bus.strip.fader_db);
            at = &bus.to;
        }
        sum
    };
    tracks.iter().map(of).collect()
}
