//! Follows every sound through the graph, strip by strip, and notes what happens to it on the way.

use std::collections::BTreeMap;

use mixkeel_analysis::energy::{CELLS_PER_S, Power, nominal_k_gain};
use mixkeel_dsp::block::Channels;
use mixkeel_session::check::Fault;
use mixkeel_session::graph::{Curve, Graph, Input, Insert, Node, Placement, Tap};
use mixkeel_session::resolve::{MediaFacts, resolve};
use mixkeel_session::session::Session;

use super::chain::{Chain, Stage, by_all};
use super::impulse::{Ring, is_linear, rings};
use super::passage::Passage;
use super::{Forecast, Sound, Source, level, moving, still};
use crate::song::Song;

/// One sound on its way, by its place among the sources, and what happened to it so far.
type Carried = Vec<(usize, Chain)>;

pub(super) fn build<'s>(song: &'s Song, session: &Session) -> Result<Forecast<'s>, Vec<Fault>> {
    let graph = resolve(session, &media(song, session))?;
    let mut walk = Walk {
        cells: cell_of(graph.length_frames as f64, graph.rate_hz).max(0.0) as usize,
        graph: &graph,
        sources: Vec::new(),
        taps: Vec::new(),
    };
    for node in &graph.nodes {
        walk.pass(node, song);
    }
    for &stem in &graph.stems {
        let arriving: Carried = walk.taps.get(stem).map(|taps| taps[1].clone()).unwrap_or_default();
        for (source, mut chain) in arriving {
            chain.push(Stage::Flat(Passage::gain(graph.headroom)));
            if let Some(source) = walk.sources.get_mut(source) {
                source.routes.push(chain);
            }
        }
    }
    let mut sources: Vec<Source<'s>> =
        walk.sources.into_iter().filter(|source| !source.routes.is_empty()).collect();
    sources.sort_by(|one, other| (one.rings(), &one.id).cmp(&(other.rings(), &other.id)));
    let tracks = sources.iter().filter(|source| !source.rings()).count();
    Ok(Forecast { cells: walk.cells, sources, tracks })
}

/// Recordings as far as they were measured; what was not is taken as empty, for nothing can be told of it.
fn media(song: &Song, session: &Session) -> BTreeMap<String, MediaFacts> {
    let mut media = BTreeMap::new();
    for track in &session.tracks {
        let profile = song.tracks.iter().find(|facts| facts.id == track.id).map(|facts| &facts.profile);
        for clip in &track.clips {
            let channels = match (profile, &clip.right) {
                (Some(profile), None) => profile.channels,
                _ => Channels::Mono,
            };
            let length_s = profile.map_or(0.0, |profile| profile.length_s());
            let length_frames = libm::round(length_s * f64::from(session.rate_hz)) as u64;
            for file in std::iter::once(&clip.file).chain(&clip.right) {
                media.insert(file.clone(), MediaFacts { channels, length_frames });
            }
        }
    }
    media
}

fn cell_of(frame: f64, rate_hz: u32) -> f64 {
    libm::round(frame * f64::from(CELLS_PER_S) / f64::from(rate_hz))
}

/// Sounds, with the ways by which each arrives.
struct Together<'w, 's, 'c>(Vec<(&'w Source<'s>, Vec<&'c Chain>)>);

impl Together<'_, '_, '_> {
    /// The power of all. One sound that arrives by several ways adds up as itself.
    fn power(&self, cell: usize, band: usize) -> Power {
        let mut sum = Power::default();
        for (source, ways) in &self.0 {
            let power = by_all(ways, cell, band).of(source.arriving(cell, band));
            sum.left += power.left;
            sum.right += power.right;
            sum.cross += power.cross;
        }
        sum
    }
}

struct Walk<'g, 's> {
    graph: &'g Graph,
    cells: usize,
    sources: Vec<Source<'s>>,
    /// Of every node so far what leaves it after its inserts, and after its fader.
    taps: Vec<[Carried; 2]>,
}

impl<'g, 's> Walk<'g, 's> {
    fn pass(&mut self, node: &'g Node, song: &'s Song) {
        let mut carried = match &node.input {
            Input::Clips { clips, gain } => {
                let facts = song.tracks.iter().find(|facts| facts.id == node.id);
                facts.zip(clips.first()).map_or(Vec::new(), |(facts, clip)| {
                    let map = &facts.profile.energy;
                    self.sources.push(Source {
                        id: node.id.clone(),
                        from_cell: cell_of(clip.at_frame, self.graph.rate_hz) as i64,
                        k_gain: std::array::from_fn(|band| map.k_gain(band)),
                        sound: Sound::Map(map),
                        gain: 1.0,
                        routes: Vec::new(),
                    });
                    let mut chain = Chain::default();
                    chain.push(Stage::Flat(Passage::gain(*gain)));
                    vec![(self.sources.len() - 1, chain)]
                })
            }
            Input::Sum(edges) => {
                let mut sum = Carried::new();
                for edge in edges {
                    let tap = usize::from(edge.tap == Tap::PostFader);
                    let heard: Carried =
                        self.taps.get(edge.from).map(|taps| taps[tap].clone()).unwrap_or_default();
                    let gain = self.moving(&edge.gain.0, |frame| Passage::gain(edge.gain.at(frame)));
                    sum.extend(heard.into_iter().map(|(source, mut chain)| {
                        chain.push(gain.clone());
                        (source, chain)
                    }));
                }
                sum
            }
        };
        if matches!(node.input, Input::Sum(_)) && node.inserts.iter().any(rings) {
            carried = self.rung(node, &carried);
            self.insert(node, &mut carried, |insert| !is_linear(insert));
        } else {
            self.insert(node, &mut carried, |_| true);
        }
        let mut placed = carried.clone();
        if node.silent {
            placed.clear();
        }
        let place = self.placed(&node.placement, node.channels);
        placed.iter_mut().for_each(|(_, chain)| chain.push(place.clone()));
        self.taps.push([carried, placed]);
    }

    /// What comes back of everything that a return hears, as a sound of its own.
    fn rung(&mut self, node: &Node, heard: &Carried) -> Carried {
        let ring = Ring::of(&node.inserts, self.graph);
        let heard = self.together(heard);
        let sound = ring.play(self.cells, |cell, band| heard.power(cell, band));
        let rate_hz = self.graph.rate_hz;
        let k_gain = std::array::from_fn(|band| f64::from(nominal_k_gain(rate_hz, band)));
        self.sources.push(Source {
            id: node.id.clone(),
            from_cell: 0,
            k_gain,
            sound: Sound::Rung(sound.into()),
            gain: 1.0,
            routes: Vec::new(),
        });
        vec![(self.sources.len() - 1, Chain::default())]
    }

    /// Adds what the inserts of a node do to all that passes it.
    fn insert(&self, node: &Node, carried: &mut Carried, heeds: impl Fn(&Insert) -> bool) {
        for insert in node.inserts.iter().filter(|insert| !insert.bypass && heeds(insert)) {
            // Keyed, it hears others; else what arrives here. A dynamic equaliser hears the first of its keys.
            let is_dynamic = insert.kind.id == "dynamic-eq";
            let keys: Carried = insert
                .keys
                .iter()
                .take(if is_dynamic { 1 } else { usize::MAX })
                .filter_map(|key| self.taps.get(*key))
                .flat_map(|taps| taps[0].clone())
                .collect();
            let stage = if is_dynamic {
                let (own, keys) = (self.together(carried), self.together(&keys));
                let key = |cell: usize, band: usize| keys.power(cell, band);
                let key = (!insert.keys.is_empty()).then_some(key);
                let own = |cell: usize, band: usize| own.power(cell, band);
                moving::stage(insert, self.graph.rate_hz, self.cells, own, key)
            } else if level::follows_level(insert) {
                let (heard, channels) = if insert.keys.is_empty() {
                    (&*carried, node.channels)
                } else {
                    let first = insert.keys.first().and_then(|key| self.graph.nodes.get(*key));
                    (&keys, first.map_or(Channels::Stereo, |key| key.channels))
                };
                let heard = self.together(heard);
                let heard = |cell: usize, band: usize| heard.power(cell, band);
                level::stage(insert, self.graph.rate_hz, self.cells, channels, heard)
            } else if rings(insert) {
                // On a track or a bus, for all that passes: how much of a steady sound comes out.
                let ring = Ring::of(std::slice::from_ref(insert), self.graph);
                let gains = ring.steady().map(|(mid, side)| match node.channels {
                    Channels::Mono => Passage::gain(mid.sqrt()),
                    Channels::Stereo => Passage::mid_side(mid.sqrt(), side.sqrt()),
                });
                Some(Stage::Bands(gains.into_iter().collect()))
            } else {
                still::stage(insert, self.graph.rate_hz)
            };
            if let Some(stage) = stage {
                carried.iter_mut().for_each(|(_, chain)| chain.push(stage.clone()));
            }
        }
    }

    /// Several sounds, to be asked for their power together.
    fn together<'c>(&self, carried: &'c Carried) -> Together<'_, 's, 'c> {
        let mut sounds: Vec<(&Source<'s>, Vec<&'c Chain>)> = Vec::new();
        for (source, chain) in carried.iter().filter_map(|(at, chain)| Some((self.sources.get(*at)?, chain)))
        {
            match sounds.iter_mut().find(|(known, _)| std::ptr::eq(*known, source)) {
                Some((_, ways)) => ways.push(chain),
                None => sounds.push((source, vec![chain])),
            }
        }
        Together(sounds)
    }

    fn placed(&self, placement: &Placement, channels: Channels) -> Stage {
        let passage = |frame| Passage::placed(placement.matrix_at(frame, channels));
        let still =
            [&placement.fader.0, &placement.pan, &placement.width].iter().all(|curve| curve.is_constant());
        if still { Stage::Flat(passage(0)) } else { self.by_cell(passage) }
    }

    fn moving(&self, curve: &Curve, passage: impl Fn(i64) -> Passage) -> Stage {
        if curve.is_constant() { Stage::Flat(passage(0)) } else { self.by_cell(passage) }
    }

    /// A value of every cell: that in its middle.
    fn by_cell(&self, passage: impl Fn(i64) -> Passage) -> Stage {
        let frame = |cell: usize| {
            (cell as i64 * 2 + 1) * i64::from(self.graph.rate_hz) / (2 * i64::from(CELLS_PER_S))
        };
        Stage::Cells((0..self.cells).map(|cell| passage(frame(cell))).collect())
    }
}
