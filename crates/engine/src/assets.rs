//! The recordings that processors work from: each read once, whole, at the session's rate, however many ask for it.

use std::collections::BTreeMap;
use std::sync::Arc;

use mixkeel_dsp::block::{Block, Buffer};
use mixkeel_session::graph::{Graph, Insert};

use crate::source::{Library, SourceError};

/// The longest recording a processor may be given. Ours: four times the longest decay a cathedral is reported with;
/// whole in memory, and at 192 kHz 92 MB in stereo.
const LONGEST_S: usize = 60;

/// Frames read at a time.
const CHUNK_FRAMES: usize = 16_384;

/// Recordings by the path that the session has.
#[derive(Default)]
pub(crate) struct Assets(BTreeMap<String, Arc<Buffer>>);

impl Assets {
    /// Everything that the inserts of a graph ask for.
    pub fn load(graph: &Graph, library: &dyn Library) -> Result<Self, SourceError> {
        let inserts = graph.nodes.iter().flat_map(|node| &node.inserts).chain(&graph.master_inserts);
        let mut loaded = BTreeMap::new();
        for file in inserts.flat_map(|insert| &insert.assets) {
            if !loaded.contains_key(file) {
                loaded.insert(file.clone(), Arc::new(read(file, library, graph.rate_hz)?));
            }
        }
        Ok(Self(loaded))
    }

    /// What one insert asks for, in its order.
    pub fn of(&self, insert: &Insert) -> Vec<Arc<Buffer>> {
        insert.assets.iter().filter_map(|file| self.0.get(file).cloned()).collect()
    }
}

fn read(file: &str, library: &dyn Library, rate_hz: u32) -> Result<Buffer, SourceError> {
    let mut source = library.open(file)?;
    let channels = source.channels();
    let mut sides = vec![Vec::new(); channels.count()];
    let mut chunk = Buffer::new(channels, CHUNK_FRAMES);
    loop {
        let frames = source.read(&mut chunk.block())?;
        if frames == 0 {
            break;
        }
        for (side, samples) in sides.iter_mut().zip(chunk.signal().part(0..frames).each()) {
            side.extend_from_slice(samples);
        }
        if sides.first().is_some_and(|side| side.len() > LONGEST_S * rate_hz as usize) {
            let message = format!("longer than the {LONGEST_S} s that a processor can work from; cut it");
            return Err(SourceError { message, file: file.to_owned() });
        }
    }
    let mut whole = Buffer::new(channels, sides.first().map_or(0, Vec::len));
    copy(&sides, &mut whole.block());
    Ok(whole)
}

fn copy(sides: &[Vec<f32>], whole: &mut Block<'_>) {
    whole.each().zip(sides).for_each(|(to, from)| to.copy_from_slice(from));
}
