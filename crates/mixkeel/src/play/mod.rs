//! Plays a graph once and lets several listeners take what they need: meters, files, or both.

use mixkeel_dsp::block::Signal;
use mixkeel_engine::{Chunk, Player};
use mixkeel_session::graph::NodeIndex;
use rayon::prelude::*;

pub mod files;
pub mod meters;

use crate::error::{Error, ErrorKind};
use crate::watch::{Event, Stage, Watch};

/// Somebody who takes one sound of a render: a meter or a file.
pub trait Tap: Send {
    /// Which sound.
    fn pick(&self) -> Pick;

    /// Takes the next stretch of it. Stretches come in order, without gaps.
    fn take(&mut self, heard: Signal<'_>) -> Result<(), Error>;
}

impl<T: Tap + ?Sized> Tap for &mut T {
    fn pick(&self) -> Pick {
        (**self).pick()
    }

    fn take(&mut self, heard: Signal<'_>) -> Result<(), Error> {
        (**self).take(heard)
    }
}

/// Which sound of a render is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// The mix, through the owner's chain on the master where there is one.
    Mix,
    /// The sum of the stems.
    Dry,
    /// A direct input of the master, by its place in the graph's stems.
    Stem(usize),
    /// A strip after its fader.
    Strip(NodeIndex),
}

impl Pick {
    /// The part of a chunk that is meant.
    pub fn of<'a>(self, chunk: &Chunk<'a>) -> Signal<'a> {
        match self {
            Pick::Mix => chunk.mix(),
            Pick::Dry => chunk.dry(),
            Pick::Stem(index) => chunk.stem(index),
            Pick::Strip(node) => chunk.post_fader(node),
        }
    }
}

/// Plays to the end. Taps work side by side; each hears everything in order.
pub fn play(
    player: &mut Player<'_>,
    taps: &mut [Box<dyn Tap + '_>],
    stage: Stage,
    watch: &dyn Watch,
) -> Result<(), Error> {
    let total = player.length_frames().max(1) as f64;
    let mut played = 0_u64;
    watch.event(Event::Progress { stage, fraction: 0.0 });
    while let Some(chunk) = player.next().map_err(engine_error)? {
        if watch.stop() {
            return Err(Error::interrupted());
        }
        played += chunk.frames() as u64;
        let heard: Vec<Signal<'_>> = taps.iter().map(|tap| tap.pick().of(&chunk)).collect();
        taps.par_iter_mut().zip(heard).try_for_each(|(tap, heard)| tap.take(heard))?;
        watch.event(Event::Progress { stage, fraction: (played as f64 / total).min(1.0) });
    }
    watch.event(Event::Progress { stage, fraction: 1.0 });
    Ok(())
}

/// A failure of the engine, which is always one of a recording it was given.
pub fn engine_error(error: mixkeel_engine::EngineError) -> Error {
    Error::new(ErrorKind::Unreadable, error.to_string())
}
