//! What is wrong with a recording that a mix can put right or has to live with: the layer of a profile that repairs are
//! decided by.
//!
//! The same meters as [`FaultsMeter`](super::FaultsMeter)'s, but for those that say where a file comes from or how it was
//! cut, which no mix can change.

use mixkeel_dsp::block::{Channels, Signal};
use serde::{Deserialize, Serialize};

use super::blocks::Blocks;
use super::{ClicksReading, ClippingReading, HumReading, NoiseReading};
use super::{clicks, clipping, dc, hum, noise};
use crate::meter::Meter;

/// What [`FlawsMeter`] reads.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Flaws {
    /// Flat tops.
    pub clipping: ClippingReading,
    /// Clicks.
    pub clicks: ClicksReading,
    /// Mains hum, where there is any.
    pub hum: Option<HumReading>,
    /// What is left when nobody plays.
    pub noise: NoiseReading,
    /// The offset of the channel that has the largest, as a part of full scale, where it is one: zero else.
    pub offset: f64,
}

/// Finds what repairs are decided by.
#[derive(Debug)]
pub struct FlawsMeter {
    rate_hz: u32,
    channels: usize,
    blocks: Blocks,
    meters: Meters,
}

#[derive(Debug)]
struct Meters {
    clipping: clipping::Clipping,
    clicks: clicks::Clicks,
    hum: hum::Hum,
    noise: noise::Noise,
    dc: dc::Dc,
}

impl Meters {
    fn new(rate_hz: u32, channels: usize) -> Self {
        Self {
            clipping: clipping::Clipping::new(rate_hz, channels),
            clicks: clicks::Clicks::new(rate_hz, channels),
            hum: hum::Hum::new(rate_hz, channels),
            noise: noise::Noise::new(rate_hz),
            dc: dc::Dc::new(rate_hz, channels),
        }
    }

    fn push(&mut self, at: u64, block: &[&[f32]]) {
        self.clipping.push(at, block);
        self.clicks.push(at, block);
        self.hum.push(block);
        self.noise.push(at, block);
        self.dc.push(at, block);
    }

    fn finish(self) -> Flaws {
        let mut told = Vec::new();
        let clipping = self.clipping.finish(&mut told);
        let clicks = self.clicks.finish(&mut told);
        let noise = self.noise.finish(&mut told);
        let hum = self.hum.finish(&noise, &mut told);
        Flaws { clipping, clicks, hum, noise, offset: self.dc.finish(&mut told).offset }
    }
}

impl FlawsMeter {
    /// Ready for a signal of this rate and this many channels.
    pub fn new(rate_hz: u32, channels: Channels) -> Self {
        let (rate_hz, channels) = (rate_hz.max(1_000), channels.count());
        Self { rate_hz, channels, blocks: Blocks::new(channels), meters: Meters::new(rate_hz, channels) }
    }
}

impl Meter for FlawsMeter {
    type Reading = Flaws;

    fn prepare(&mut self, rate_hz: u32, channels: Channels) {
        *self = Self::new(rate_hz, channels);
    }

    fn push(&mut self, signal: &Signal) {
        let Self { blocks, meters, .. } = self;
        blocks.push(signal, |at, block| meters.push(at, block));
    }

    fn finish(&mut self) -> Flaws {
        let Self { blocks, meters, .. } = self;
        blocks.finish(|at, block| meters.push(at, block));
        std::mem::replace(&mut self.meters, Meters::new(self.rate_hz, self.channels)).finish()
    }
}
