//! What is wrong with a recording, with places and figures: one pass, bounded memory, plain words.
//!
//! [`FaultsMeter`] shows the signal, in blocks of its own, to one meter a fault, so the reading does not depend on how the
//! signal arrived; [`FlawsMeter`] to those alone whose faults a mix can do something about. Thresholds are chosen for few false alarms: a fault that is told is
//! worth a listen. `cargo run --release -p mixkeel --example fault_table` prints what they find in known material.

mod bandwidth;
mod bits;
mod blocks;
mod clicks;
mod clipping;
mod dc;
mod dropouts;
mod ends;
mod flaws;
mod hum;
mod noise;
mod problem;

use mixkeel_dsp::block::{Channels, Signal};

pub use clicks::ClicksReading;
pub use clipping::ClippingReading;
pub use flaws::{Flaws, FlawsMeter};
pub use hum::HumReading;
pub use noise::NoiseReading;
pub use problem::{Problem, Sureness};

use crate::meter::Meter;
use blocks::Blocks;

/// How samples were stored, as far as it bears on what they can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// Bits of an integer or float sample.
    pub bits: Option<u16>,
    /// Whether samples are floating point numbers.
    pub float: bool,
    /// Whether the coding is known to be lossy, so that its traces need no telling.
    pub lossy: bool,
}

/// What [`FaultsMeter`] reads.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FaultsReading {
    /// Flat tops.
    pub clipping: ClippingReading,
    /// RMS of the stretches in which nobody plays, in dBFS. `None` when it is never quiet.
    pub noise_floor_dbfs: Option<f64>,
    /// The shortest word that holds the samples, 1 to 24 bits. `None` for silence, for lossy codings, and where 24 bits do
    /// not hold them.
    pub effective_bits: Option<u32>,
    /// How high the sound reaches in hertz. `None` for silence.
    pub bandwidth_hz: Option<f64>,
    /// The mean of each channel as a part of full scale.
    pub dc: Vec<f64>,
    /// Everything worth telling, gravest kind first.
    pub problems: Vec<Problem>,
}

/// Finds faults.
#[derive(Debug)]
pub struct FaultsMeter {
    stored: Stored,
    channels: usize,
    blocks: Blocks,
    meters: Meters,
}

#[derive(Debug)]
struct Meters {
    clipping: clipping::Clipping,
    dropouts: dropouts::Dropouts,
    clicks: clicks::Clicks,
    hum: hum::Hum,
    noise: noise::Noise,
    dc: dc::Dc,
    ends: ends::Ends,
    bandwidth: bandwidth::Bandwidth,
    bits: bits::Bits,
}

impl Meters {
    fn new(stored: Stored, rate_hz: u32, channels: usize) -> Self {
        Self {
            clipping: clipping::Clipping::new(rate_hz, channels),
            dropouts: dropouts::Dropouts::new(rate_hz, channels),
            clicks: clicks::Clicks::new(rate_hz, channels),
            hum: hum::Hum::new(rate_hz, channels),
            noise: noise::Noise::new(rate_hz),
            dc: dc::Dc::new(rate_hz, channels),
            ends: ends::Ends::new(rate_hz),
            bandwidth: bandwidth::Bandwidth::new(stored, rate_hz),
            bits: bits::Bits::new(stored, channels),
        }
    }

    fn push(&mut self, at: u64, block: &[&[f32]]) {
        self.clipping.push(at, block);
        self.dropouts.push(at, block);
        self.clicks.push(at, block);
        self.hum.push(block);
        self.noise.push(at, block);
        self.dc.push(at, block);
        self.ends.push(at, block);
        self.bandwidth.push(block);
        self.bits.push(block);
    }

    fn finish(self) -> FaultsReading {
        let mut problems = Vec::new();
        let clipping = self.clipping.finish(&mut problems);
        let mut steady = Vec::new();
        let floor = self.noise.finish(&mut steady);
        self.dropouts.finish(&floor, &mut problems);
        self.clicks.finish(&mut problems);
        self.hum.finish(&floor, &mut problems);
        problems.append(&mut steady);
        let dc = self.dc.finish(&mut problems).means;
        self.ends.finish(&floor, &mut problems);
        let reach = self.bandwidth.finish(&mut problems);
        let effective_bits = self.bits.finish(&mut problems);
        FaultsReading {
            clipping,
            noise_floor_dbfs: floor.floor_dbfs,
            effective_bits,
            bandwidth_hz: reach.bandwidth_hz,
            dc,
            problems,
        }
    }
}

impl FaultsMeter {
    /// Ready for a stereo signal at 48 kHz that was stored like this; [`prepare`](Meter::prepare) says otherwise.
    pub fn new(stored: Stored) -> Self {
        Self::at(stored, 48_000, Channels::Stereo)
    }

    fn at(stored: Stored, rate_hz: u32, channels: Channels) -> Self {
        Self {
            stored,
            channels: channels.count(),
            blocks: Blocks::new(channels.count()),
            meters: Meters::new(stored, rate_hz.max(1_000), channels.count()),
        }
    }
}

impl Meter for FaultsMeter {
    type Reading = FaultsReading;

    fn prepare(&mut self, rate_hz: u32, channels: Channels) {
        *self = Self::at(self.stored, rate_hz, channels);
    }

    fn push(&mut self, signal: &Signal) {
        let Self { blocks, meters, .. } = self;
        blocks.push(signal, |at, block| meters.push(at, block));
    }

    fn finish(&mut self) -> FaultsReading {
        let Self { blocks, meters, .. } = self;
        blocks.finish(|at, block| meters.push(at, block));
        let fresh = Meters::new(self.stored, 48_000, self.channels);
        std::mem::replace(&mut self.meters, fresh).finish()
    }
}
