//! The shape of everything that changes sound, and the object-safe face by which the engine holds one.

use std::any::Any;

use std::sync::Arc;

use crate::block::{Block, Buffer, Channels, Signal};
use crate::curve::Curve;
use crate::param::{BandSpec, ParamError, ParamSpec, Preset, Settings, Value};

/// What a processor is told before it plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    /// Frames a second.
    pub rate_hz: u32,
    /// Channels of every block to come.
    pub channels: Channels,
    /// The longest block to come, at most [`MAX_BLOCK_FRAMES`](crate::MAX_BLOCK_FRAMES).
    pub max_block_frames: usize,
}

/// Where in the song a block lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Context {
    /// Session frame of the block's first sample, as it arrives here. Negative where latency ahead of session zero
    /// is being filled.
    pub frame: i64,
    /// Beats a minute at that frame.
    pub tempo_bpm: f64,
}

/// How long sound goes on after the input has fallen silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// Exactly zero after this many frames, and no output depends on input older than this: a render that starts this
    /// many frames early is exact.
    Exact(usize),
    /// Under −120 dBFS after this many frames (for a full-scale input), but never quite forgotten: an exact render
    /// starts at the beginning or from a checkpoint.
    Fading(usize),
}

impl Tail {
    /// How many frames to keep playing after the input ends.
    pub fn frames(self) -> usize {
        match self {
            Tail::Exact(frames) | Tail::Fading(frames) => frames,
        }
    }

    /// The tail of two processors in a row.
    pub fn then(self, next: Tail) -> Tail {
        let frames = self.frames() + next.frames();
        match (self, next) {
            (Tail::Exact(_), Tail::Exact(_)) => Tail::Exact(frames),
            _ => Tail::Fading(frames),
        }
    }
}

/// What a processor did to the last block, for meters and reports. Nothing is said by leaving it as it was.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Report {
    /// The largest reduction of gain in the block, in dB, as a positive number.
    pub gain_reduction_db: f64,
    /// The mean square of what was taken out of the block, over all channels: noise, hum, bleed, clicks, resonances.
    pub removed_power: f64,
    /// How many events were mended in the block, such as clicks.
    pub mended: u32,
}

/// A recording that a processor works from beside its input: an impulse response, a print of noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssetSpec {
    /// What it is called in a message: `impulse`.
    pub id: &'static str,
    /// What it is for, in one or two sentences.
    pub help: &'static str,
}

/// The memory of a processor at one frame, kept to continue a render from there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    words: Vec<u64>,
    read: usize,
}

impl State {
    /// Notes one number.
    pub fn put(&mut self, value: f64) {
        self.words.push(value.to_bits());
    }

    /// Notes a row of samples.
    pub fn put_all(&mut self, samples: &[f32]) {
        self.words.extend(samples.iter().map(|sample| u64::from(sample.to_bits())));
    }

    /// Takes back the next number, in the order noted; 0 after the last.
    pub fn take(&mut self) -> f64 {
        f64::from_bits(self.next_word())
    }

    /// Takes back the next row of samples, as long as `samples`.
    pub fn take_all(&mut self, samples: &mut [f32]) {
        for sample in samples {
            *sample = f32::from_bits(self.next_word() as u32);
        }
    }

    /// Starts taking from the first number again.
    pub fn rewind(&mut self) {
        self.read = 0;
    }

    fn next_word(&mut self) -> u64 {
        let word = self.words.get(self.read).copied().unwrap_or(0);
        self.read += 1;
        word
    }
}

/// Changes sound, in place, block by block. The laws that every implementation keeps are in `tests/laws.rs`.
pub trait Processor: Default + Send + 'static {
    /// What it can be set to.
    type Settings: Settings;

    /// Settings that people ask for by name.
    const PRESETS: &'static [Preset] = &[];

    /// The recordings that it works from, in order. All may be missing: it then passes sound on, or does without.
    const ASSETS: &'static [AssetSpec] = &[];

    /// What its keys (side chains) do, in one sentence; `None` where it listens to none.
    const KEYS: Option<&'static str> = None;

    /// The curves that show what settings do at a rate: the filter itself, not a picture of it. What is drawn is
    /// [`Axis`](crate::curve::Axis)'s matter.
    fn curves(_settings: &Self::Settings, _rate_hz: u32) -> Vec<Curve> {
        Vec::new()
    }

    /// The recordings of [`ASSETS`](Self::ASSETS), at the session's rate, as many as there are. Called before
    /// [`prepare`](Self::prepare). May allocate.
    fn load(&mut self, _assets: &[Arc<Buffer>]) {}

    /// Makes ready for a rate, a number of channels and a longest block. May allocate.
    fn prepare(&mut self, setup: &Setup);

    /// New settings. Never allocates; what can be heard moves to them from the next point of the control grid on.
    fn set(&mut self, settings: &Self::Settings);

    /// Changes a block in place. `keys` are the side chains, in the order in which the insert names them, as long as
    /// the block, and may have other channels than it. Never allocates, never fails. Samples are finite: whoever holds a
    /// processor sees to it (the catalogue hands every one out inside a [`Guard`](crate::guard::Guard); the engine
    /// cleans what leaves each insert, and so every key).
    fn process(&mut self, io: &mut Block<'_>, keys: &[Signal<'_>], at: &Context);

    /// Forgets the past. Law: the same as new.
    fn reset(&mut self);

    /// Frames by which output lags input. Law: the same as measured.
    fn latency_frames(&self) -> usize {
        0
    }

    /// How long it rings. Law: silent after it.
    fn tail(&self) -> Tail {
        Tail::Exact(0)
    }

    /// For how many frames of silence the past has to be kept, because the next sound would still be changed by it: at
    /// least the tail, longer where a detector recovers or something has been learned. Law: a longer silence can be
    /// followed by a [`reset`](Self::reset) without being heard.
    fn memory_frames(&self) -> usize {
        self.tail().frames()
    }

    /// What was done to the last block.
    fn report(&self, _out: &mut Report) {}

    /// Notes the memory, so that [`restore`](Self::restore) can go on from here with the same bits.
    fn snapshot(&self, _to: &mut State) {}

    /// Takes up a memory noted by [`snapshot`](Self::snapshot) under the same setup and settings.
    fn restore(&mut self, _from: &mut State) {}
}

/// Settings of any kind, for those who carry them without knowing the kind: session, engine, tools.
pub trait AnySettings: std::fmt::Debug + Send + Sync {
    /// The parameters that are there once, in the order in which people read them.
    fn specs(&self) -> &'static [ParamSpec];
    /// The parameters that are there once for every band, if it has bands.
    fn bands(&self) -> Option<BandSpec>;
    /// The numbers of the bands that are there, in order.
    fn band_numbers(&self) -> Vec<usize>;
    /// The declaration of the parameter at a path, whether or not the band it lies in is there.
    fn spec(&self, path: &str) -> Option<&'static ParamSpec>;
    /// The value of a parameter, if there is one of this name.
    fn get(&self, id: &str) -> Option<Value>;
    /// Sets a parameter, or says why not and leaves everything as it was.
    fn set(&mut self, id: &str, value: &Value) -> Result<(), ParamError>;
    /// A copy.
    fn boxed(&self) -> Box<dyn AnySettings>;
    /// Whether the other is of the same kind and set to the same.
    fn same(&self, other: &dyn AnySettings) -> bool;
    /// The settings themselves, for the processor that knows their type.
    fn as_any(&self) -> &dyn Any;
}

impl<S: Settings> AnySettings for S {
    fn specs(&self) -> &'static [ParamSpec] {
        S::SPECS
    }

    fn bands(&self) -> Option<BandSpec> {
        S::BANDS
    }

    fn band_numbers(&self) -> Vec<usize> {
        Settings::band_numbers(self)
    }

    fn spec(&self, path: &str) -> Option<&'static ParamSpec> {
        S::spec(path)
    }

    fn get(&self, id: &str) -> Option<Value> {
        Settings::get(self, id)
    }

    fn set(&mut self, id: &str, value: &Value) -> Result<(), ParamError> {
        Settings::set(self, id, value)
    }

    fn boxed(&self) -> Box<dyn AnySettings> {
        Box::new(self.clone())
    }

    fn same(&self, other: &dyn AnySettings) -> bool {
        other.as_any().downcast_ref::<S>() == Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl dyn AnySettings {
    /// Every parameter that is there, by path, bands last: `output_db`, `band.1/gain_db`.
    pub fn paths(&self) -> Vec<(String, &'static ParamSpec)> {
        let once = self.specs().iter().map(|spec| (spec.id.to_owned(), spec));
        let numbers = self.band_numbers();
        let of_bands = self.bands().into_iter().flat_map(|bands| {
            numbers
                .iter()
                .flat_map(move |&number| bands.specs.iter().map(move |spec| (bands.path(number, spec), spec)))
        });
        once.chain(of_bands).collect()
    }
}

/// Settings of any kind, owned; compared and copied by value.
#[derive(Debug)]
pub struct BoxedSettings(Box<dyn AnySettings>);

impl BoxedSettings {
    /// Takes ownership.
    pub fn new(settings: impl Settings) -> Self {
        Self(Box::new(settings))
    }
}

impl Clone for BoxedSettings {
    fn clone(&self) -> Self {
        Self(self.0.boxed())
    }
}

impl PartialEq for BoxedSettings {
    fn eq(&self, other: &Self) -> bool {
        self.0.same(&*other.0)
    }
}

impl std::ops::Deref for BoxedSettings {
    type Target = dyn AnySettings;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl std::ops::DerefMut for BoxedSettings {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut *self.0
    }
}

/// A processor of any kind, as the engine holds it. Every [`Processor`] is one.
pub trait AnyProcessor: Send {
    /// See [`Processor::load`].
    fn load(&mut self, assets: &[Arc<Buffer>]);
    /// See [`Processor::prepare`].
    fn prepare(&mut self, setup: &Setup);
    /// See [`Processor::set`]; settings of another kind are left alone.
    fn set(&mut self, settings: &dyn AnySettings);
    /// See [`Processor::process`].
    fn process(&mut self, io: &mut Block<'_>, keys: &[Signal<'_>], at: &Context);
    /// See [`Processor::reset`].
    fn reset(&mut self);
    /// See [`Processor::latency_frames`].
    fn latency_frames(&self) -> usize;
    /// See [`Processor::tail`].
    fn tail(&self) -> Tail;
    /// See [`Processor::memory_frames`].
    fn memory_frames(&self) -> usize;
    /// See [`Processor::report`].
    fn report(&self, out: &mut Report);
    /// See [`Processor::snapshot`].
    fn snapshot(&self, to: &mut State);
    /// See [`Processor::restore`].
    fn restore(&mut self, from: &mut State);
}

impl<P: Processor> AnyProcessor for P {
    fn load(&mut self, assets: &[Arc<Buffer>]) {
        Processor::load(self, assets);
    }

    fn prepare(&mut self, setup: &Setup) {
        Processor::prepare(self, setup);
    }

    fn set(&mut self, settings: &dyn AnySettings) {
        if let Some(settings) = settings.as_any().downcast_ref::<P::Settings>() {
            Processor::set(self, settings);
        }
    }

    fn process(&mut self, io: &mut Block<'_>, keys: &[Signal<'_>], at: &Context) {
        Processor::process(self, io, keys, at);
    }

    fn reset(&mut self) {
        Processor::reset(self);
    }

    fn latency_frames(&self) -> usize {
        Processor::latency_frames(self)
    }

    fn tail(&self) -> Tail {
        Processor::tail(self)
    }

    fn memory_frames(&self) -> usize {
        Processor::memory_frames(self)
    }

    fn report(&self, out: &mut Report) {
        Processor::report(self, out);
    }

    fn snapshot(&self, to: &mut State) {
        Processor::snapshot(self, to);
    }

    fn restore(&mut self, from: &mut State) {
        Processor::restore(self, from);
    }
}
