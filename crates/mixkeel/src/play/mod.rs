//! Plays a graph once and lets several listeners take what they need: meters, files, or both.

use mixkeel_dsp::block::{Buffer, Channels, Signal};
use mixkeel_engine::{CHUNK_FRAMES, Chunk, Player};
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
    /// What a bus or a return is given, ahead of its inserts.
    Sum(NodeIndex),
}

impl Pick {
    /// The part of a chunk that is meant.
    pub fn of<'a>(self, chunk: &Chunk<'a>) -> Signal<'a> {
        match self {
            Pick::Mix => chunk.mix(),
            Pick::Dry => chunk.dry(),
            Pick::Stem(index) => chunk.stem(index),
            Pick::Strip(node) => chunk.post_fader(node),
            Pick::Sum(node) => chunk.sum(node),
        }
    }
}

/// Plays to the end. Taps work side by side, while the next stretch is being played already; each hears everything in order.
pub fn play(
    player: &mut Player<'_>,
    taps: &mut [Box<dyn Tap + '_>],
    stage: Stage,
    watch: &dyn Watch,
) -> Result<(), Error> {
    let total = player.length_frames().max(1) as f64;
    let mut played = 0_u64;
    watch.event(Event::Progress { stage, fraction: 0.0 });
    let [mut now, mut next] = [Kept::new(taps), Kept::new(taps)];
    now.keep(player)?;
    while now.frames > 0 {
        if watch.stop() {
            return Err(Error::interrupted());
        }
        let (taken, kept) = rayon::join(
            || taps.par_iter_mut().try_for_each(|tap| tap.take(now.heard(tap.pick()))),
            || next.keep(player),
        );
        taken?;
        played += now.frames as u64;
        watch.event(Event::Progress { stage, fraction: (played as f64 / total).min(1.0) });
        kept?;
        std::mem::swap(&mut now, &mut next);
    }
    watch.event(Event::Progress { stage, fraction: 1.0 });
    Ok(())
}

/// A stretch of a render, kept for those who take it while the player goes on.
struct Kept {
    /// Every sound that is wanted, once.
    sounds: Vec<(Pick, Buffer)>,
    /// How long the stretch is.
    frames: usize,
}

impl Kept {
    fn new(taps: &[Box<dyn Tap + '_>]) -> Self {
        let mut sounds: Vec<(Pick, Buffer)> = Vec::new();
        for pick in taps.iter().map(|tap| tap.pick()) {
            if sounds.iter().all(|(known, _)| *known != pick) {
                sounds.push((pick, Buffer::new(Channels::Stereo, CHUNK_FRAMES)));
            }
        }
        Self { sounds, frames: 0 }
    }

    /// Plays on and keeps what is heard; no frames after the end. What is not played is silent.
    fn keep(&mut self, player: &mut Player<'_>) -> Result<(), Error> {
        self.frames = 0;
        let Some(chunk) = player.next().map_err(engine_error)? else { return Ok(()) };
        for (pick, kept) in &mut self.sounds {
            for (to, from) in kept.block().each().zip(pick.of(&chunk).each()) {
                let frames = from.len().min(to.len());
                to[..frames].copy_from_slice(&from[..frames]);
            }
        }
        self.frames = chunk.frames();
        Ok(())
    }

    fn heard(&self, pick: Pick) -> Signal<'_> {
        match self.sounds.iter().find(|(known, _)| *known == pick) {
            Some((_, sound)) => sound.signal().part(0..self.frames),
            None => Signal::mono(&[]),
        }
    }
}

/// A failure of the engine, which is always one of a recording it was given.
pub fn engine_error(error: mixkeel_engine::EngineError) -> Error {
    Error::new(ErrorKind::Unreadable, error.to_string())
}
