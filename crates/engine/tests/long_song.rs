//! A hundred stereo tracks of an hour: the last ten seconds are played without playing, or holding, the hour.

mod song;

use std::sync::atomic::{AtomicU64, Ordering};

use mixkeel_dsp::block::{Block, Channels};
use mixkeel_engine::source::{Library, Source, SourceError};
use mixkeel_engine::{Options, Player};
use song::{bus, graph, track};

/// An hour at 48 kHz.
const HOUR_FRAMES: u64 = 60 * 60 * 48_000;

/// Sound that is worked out when it is read: it takes no memory, and says how much of it was asked for.
#[derive(Default)]
struct Endless {
    read_frames: AtomicU64,
}

struct Reading<'a> {
    library: &'a AtomicU64,
    at: u64,
}

/// A saw whose value is known at every frame.
fn saw(frame: u64) -> f32 {
    (frame % 1_024) as f32 / 65_536.0
}

impl Source for Reading<'static> {
    fn channels(&self) -> Channels {
        Channels::Stereo
    }

    fn seek(&mut self, frame: u64) -> Result<(), SourceError> {
        self.at = frame;
        Ok(())
    }

    fn read(&mut self, into: &mut Block<'_>) -> Result<usize, SourceError> {
        for channel in into.each() {
            channel.iter_mut().zip(self.at..).for_each(|(sample, frame)| *sample = saw(frame));
        }
        self.at += into.frames() as u64;
        self.library.fetch_add(into.frames() as u64, Ordering::Relaxed);
        Ok(into.frames())
    }
}

impl Library for &'static Endless {
    fn open(&self, _file: &str) -> Result<Box<dyn Source>, SourceError> {
        Ok(Box::new(Reading { library: &self.read_frames, at: 0 }))
    }
}

static ENDLESS: Endless = Endless { read_frames: AtomicU64::new(0) };

#[test]
fn the_last_ten_seconds_of_an_hour_of_a_hundred_tracks() {
    let mut nodes: Vec<_> = (0..100)
        .map(|number| track(&format!("track-{number:03}"), Channels::Stereo, HOUR_FRAMES as usize))
        .collect();
    nodes.push(bus("all", &(0..100).collect::<Vec<_>>()));
    let graph = graph(nodes, &[100]);
    let from = HOUR_FRAMES - 10 * 48_000;
    let mut player = Player::new(&graph, &&ENDLESS, &Options { from, ..Options::default() }).unwrap();
    assert_eq!(player.length_frames(), 10 * 48_000);
    let mut at = from;
    while let Some(chunk) = player.next().unwrap() {
        for (sample, frame) in chunk.mix().left().iter().zip(at..) {
            assert_eq!(*sample, 100.0 * saw(frame));
        }
        at += chunk.frames() as u64;
    }
    assert_eq!(at, HOUR_FRAMES);
    // Ten seconds and a lead of two cells of the grid for each track: nothing was played up to there.
    let read = ENDLESS.read_frames.load(Ordering::Relaxed) / 100;
    assert!((480_000..=480_128).contains(&read), "{read} frames of each track were read");
}
