//! The reader: blocks out of any file, with what had to be repaired on the way.

use std::path::{Path, PathBuf};

use mixkeel_dsp::block::{Block, Channels};

use super::error::{Fault, ReadError, ReadErrorKind};
use super::fold;
use super::info::{Info, Log, Problem};
use super::sound::Sound;
use super::stream::Stream;

/// Frames folded at once. Ours: eight channels of it stay in the second-level cache.
const FOLD_FRAMES: usize = 4096;

/// All bits of an `f32` but its sign (IEEE 754).
const MAGNITUDE: u32 = 0x7FFF_FFFF;

/// The bits of infinity.
const INFINITY: u32 = f32::INFINITY.to_bits();

/// What to do with more than two channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Downmix {
    /// Refuse the file and name the number of channels.
    Refuse,
    /// Fold up to eight channels to stereo with the coefficients of ITU-R BS.775-4, annex 4.
    Fold,
    /// Leave them as they are: [`Reader::read_planes`] gives them one by one.
    Keep,
}

struct Folding {
    table: &'static [(f32, f32)],
    planes: Vec<Vec<f32>>,
}

/// An open file, read from the front or from any frame.
pub struct Reader {
    path: PathBuf,
    info: Info,
    stream: Box<dyn Stream>,
    folding: Option<Folding>,
    log: Log,
    position: u64,
    checked_to: u64,
    nan_samples: u64,
    may_hold_nan: bool,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("path", &self.path).field("info", &self.info).finish_non_exhaustive()
    }
}

impl Reader {
    pub(crate) fn new(path: &Path, sound: Sound, downmix: Downmix, log: Log) -> Result<Self, Fault> {
        let (channels, folding) = match Channels::from_count(usize::from(sound.channels)) {
            Some(channels) => (channels, None),
            None if sound.channels == 0 => return Err(Fault::corrupt("its header gives no channels")),
            None if downmix == Downmix::Keep => (Channels::Stereo, None),
            None => {
                let table = fold::table(sound.channels, downmix == Downmix::Fold)?;
                let planes = vec![Vec::new(); usize::from(sound.channels)];
                (Channels::Stereo, Some(Folding { table, planes }))
            }
        };
        let may_hold_nan = sound.float || sound.bits.is_none();
        let info = Info {
            container: sound.container,
            codec: sound.codec,
            rate_hz: sound.rate_hz,
            channels,
            file_channels: sound.channels,
            bits: sound.bits,
            float: sound.float,
            length_frames: sound.length_frames,
            time_reference_frames: sound.notes.time_reference_frames(sound.rate_hz),
            markers: sound.notes.markers(sound.rate_hz),
            tags: sound.notes.tags,
        };
        let stream = sound.stream;
        let path = path.to_owned();
        let (position, checked_to, nan_samples) = (0, 0, 0);
        Ok(Self { path, info, stream, folding, log, position, checked_to, nan_samples, may_hold_nan })
    }

    /// What the file says about itself.
    pub fn info(&self) -> &Info {
        &self.info
    }

    /// Does not check the samples against the checksum of the whole file (FLAC has one): for whoever reads a file again
    /// that has been read and checked before. Damaged frames are found all the same.
    #[must_use]
    pub fn without_checksum(mut self) -> Self {
        self.stream.forgo_checksum();
        self
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Fills the block as far as there is sound; gives the frames written, 0 at the end. What lies behind them in the block is
    /// not touched. A mono file fills both channels of a stereo block.
    ///
    /// # Errors
    /// When the disk fails, or the block is mono and the file is not.
    pub fn read(&mut self, into: &mut Block) -> Result<usize, ReadError> {
        self.fill(into).map_err(|fault| fault.at("cannot read", &self.path))
    }

    fn fill(&mut self, into: &mut Block) -> Result<usize, Fault> {
        let mut done = 0;
        while done < into.frames() {
            let frames = into.frames();
            let got = self.fill_once(&mut into.part(done..frames))?;
            if got == 0 {
                break;
            }
            let mut part = into.part(done..done + got);
            let channels = self.info.channels.count();
            self.clean(part.each(), channels, got);
            self.position += got as u64;
            done += got;
        }
        Ok(done)
    }

    /// Fills one slice for each channel of the file, unfolded and in the file's order, as far as there is sound; gives the
    /// frames written, 0 at the end. Slices that are longer than the shortest are filled as far as that.
    ///
    /// # Errors
    /// When the disk fails, or there are not as many slices as the file has channels.
    pub fn read_planes(&mut self, planes: &mut [&mut [f32]]) -> Result<usize, ReadError> {
        self.fill_planes(planes).map_err(|fault| fault.at("cannot read", &self.path))
    }

    fn fill_planes(&mut self, planes: &mut [&mut [f32]]) -> Result<usize, Fault> {
        if planes.len() != usize::from(self.info.file_channels) {
            let why =
                format!("it has {} channels and was asked for {}", self.info.file_channels, planes.len());
            return Err(Fault::new(ReadErrorKind::Misuse, why, "Give one slice for each channel"));
        }
        let channels = planes.len();
        let frames = planes.iter().map(|plane| plane.len()).min().unwrap_or(0);
        let mut done = 0;
        while done < frames {
            let mut rest: Vec<&mut [f32]> =
                planes.iter_mut().filter_map(|plane| plane.get_mut(done..frames)).collect();
            let got = self.stream.read(&mut rest, &mut self.log)?;
            if got == 0 {
                break;
            }
            let parts = rest.into_iter().filter_map(|plane| plane.get_mut(..got));
            self.clean(parts, channels, got);
            self.position += got as u64;
            done += got;
        }
        Ok(done)
    }

    fn fill_once(&mut self, into: &mut Block) -> Result<usize, Fault> {
        let log = &mut self.log;
        match (self.info.channels, &mut self.folding) {
            (Channels::Mono, _) => {
                let got = self.stream.read(&mut [into.left()], log)?;
                if let Some((left, right)) = into.pair() {
                    right[..got].copy_from_slice(&left[..got]);
                }
                Ok(got)
            }
            (Channels::Stereo, folding) => {
                let Some((left, right)) = into.pair() else {
                    let why = "it has two channels and was asked for one";
                    return Err(Fault::new(ReadErrorKind::Misuse, why, "Read it into a stereo block"));
                };
                let Some(Folding { table, planes }) = folding else {
                    if self.info.file_channels != 2 {
                        let why = format!("its {} channels were to be kept", self.info.file_channels);
                        return Err(Fault::new(
                            ReadErrorKind::Misuse,
                            why,
                            "Read them one by one, or fold them",
                        ));
                    }
                    return self.stream.read(&mut [left, right], log);
                };
                let frames = left.len().min(FOLD_FRAMES);
                planes.iter_mut().for_each(|plane| plane.resize(frames, 0.0));
                let mut slices: Vec<&mut [f32]> = planes.iter_mut().map(Vec::as_mut_slice).collect();
                let got = self.stream.read(&mut slices, log)?;
                fold::fold(table, planes, &mut left[..got], &mut right[..got]);
                Ok(got)
            }
        }
    }

    /// Replaces what is no number by silence in frames read from the present position, and counts it once however often it
    /// is read, in as many planes as there are channels.
    fn clean<'a>(&mut self, planes: impl Iterator<Item = &'a mut [f32]>, channels: usize, frames: usize) {
        if !self.may_hold_nan {
            return;
        }
        let at = self.position;
        let checked = usize::try_from(self.checked_to.saturating_sub(at)).unwrap_or(usize::MAX);
        let mut first = None;
        for (channel, plane) in planes.enumerate() {
            // The largest magnitude as bits: NaN and infinity lie above every number, and a maximum vectorises.
            if plane.iter().fold(0, |most, x| (x.to_bits() & MAGNITUDE).max(most)) < INFINITY {
                continue;
            }
            for (frame, sample) in plane.iter_mut().enumerate().filter(|(_, sample)| !sample.is_finite()) {
                *sample = 0.0;
                if frame >= checked && channel < channels {
                    self.nan_samples += 1;
                    first = Some(first.map_or(frame, |known: usize| known.min(frame)));
                }
            }
        }
        self.checked_to = self.checked_to.max(at + frames as u64);
        if let Some(frame) = first {
            let at_s = (at + frame as u64) as f64 / f64::from(self.info.rate_hz);
            let count = self.nan_samples;
            let message = format!("{count} samples were no numbers (NaN or infinite) and became silence");
            self.log.restate("nan-samples", message, at_s);
        }
    }

    /// Goes to a frame, exactly: the next read gives it. Behind the end, the next read gives 0 frames. Lossy files are decoded
    /// again from the front, so that every sample is the one a straight reading gives.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn seek(&mut self, frame: u64) -> Result<(), ReadError> {
        if frame != self.position {
            self.position = self
                .stream
                .seek(frame, &mut self.log)
                .map_err(|fault| fault.at("cannot go to a place in", &self.path))?;
        }
        Ok(())
    }

    /// The frame that the next read gives.
    pub fn position_frames(&self) -> u64 {
        self.position
    }

    /// What had to be put right so far: some is known at once, some only when the place has been read.
    pub fn problems(&self) -> &[Problem] {
        self.log.problems()
    }

    /// Samples that were no numbers, so far.
    pub fn nan_samples(&self) -> u64 {
        self.nan_samples
    }
}
