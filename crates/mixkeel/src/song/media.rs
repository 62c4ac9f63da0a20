//! Recordings as the engine wants them: opened by the path that a session has, at the session's rate.

use std::path::{Path, PathBuf};

use mixkeel_dsp::block::{Block, Channels};
use mixkeel_engine::source::{Library, Source, SourceError};
use mixkeel_io::read::{AtRate, Downmix, Info, Problem, ReadError, Reader};

/// The recordings that a session plays: the folder its paths start from, the rate, and what to do about more than two
/// channels.
#[derive(Clone, Debug)]
pub struct Shelf {
    /// The folder that holds the session.
    pub folder: PathBuf,
    /// Frames a second of everything that is handed out.
    pub rate_hz: u32,
    /// Whether more than two channels are folded.
    pub downmix: Downmix,
}

impl Shelf {
    /// The file that a path in the session means.
    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    fn recording(&self, file: &str) -> Result<Recording, ReadError> {
        let reader = mixkeel_io::read::open(&self.path(file), self.downmix)?;
        // Measuring has read the whole file and checked it; playing need not do so again.
        Recording::at(reader.without_checksum(), self.rate_hz)
    }
}

impl Library for Shelf {
    fn open(&self, file: &str) -> Result<Box<dyn Source>, SourceError> {
        let recording = self.recording(file).map_err(|error| lost(file, &error))?;
        Ok(Box::new(Named { file: file.to_owned(), recording }))
    }
}

/// A file read at a rate: as it is, or converted.
pub enum Recording {
    /// It has that rate.
    AsItIs(Box<Reader>),
    /// It has another.
    Converted(Box<AtRate>),
}

impl Recording {
    /// A file at a rate.
    pub fn at(reader: Reader, rate_hz: u32) -> Result<Self, ReadError> {
        if reader.info().rate_hz == rate_hz {
            Ok(Self::AsItIs(Box::new(reader)))
        } else {
            Ok(Self::Converted(Box::new(AtRate::new(reader, rate_hz)?)))
        }
    }

    /// What the file says about itself.
    pub fn info(&self) -> &Info {
        match self {
            Self::AsItIs(reader) => reader.info(),
            Self::Converted(reader) => reader.info(),
        }
    }

    /// The next frames; 0 at the end.
    pub fn read(&mut self, into: &mut Block<'_>) -> Result<usize, ReadError> {
        match self {
            Self::AsItIs(reader) => reader.read(into),
            Self::Converted(reader) => reader.read(into),
        }
    }

    /// Moves to a frame at the rate asked for.
    pub fn seek(&mut self, frame: u64) -> Result<(), ReadError> {
        match self {
            Self::AsItIs(reader) => reader.seek(frame),
            Self::Converted(reader) => reader.seek(frame),
        }
    }

    /// What had to be put right while reading so far.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::AsItIs(reader) => reader.problems(),
            Self::Converted(reader) => reader.problems(),
        }
    }

    /// Samples that were not numbers, so far.
    pub fn nan_samples(&self) -> u64 {
        match self {
            Self::AsItIs(reader) => reader.nan_samples(),
            Self::Converted(reader) => reader.nan_samples(),
        }
    }
}

struct Named {
    file: String,
    recording: Recording,
}

impl Source for Named {
    fn channels(&self) -> Channels {
        self.recording.info().channels
    }

    fn seek(&mut self, frame: u64) -> Result<(), SourceError> {
        self.recording.seek(frame).map_err(|error| lost(&self.file, &error))
    }

    fn read(&mut self, into: &mut Block<'_>) -> Result<usize, SourceError> {
        self.recording.read(into).map_err(|error| lost(&self.file, &error))
    }
}

fn lost(file: &str, error: &ReadError) -> SourceError {
    SourceError { message: format!("{}: {}. {}", error.what, error.why, error.do_), file: file.to_owned() }
}

/// A whole recording read once from its beginning, at its own rate: one file, or a left and a right one.
pub struct Pass {
    left: Reader,
    right: Option<Reader>,
}

impl Pass {
    /// Opens one file, or two mono ones as left and right.
    pub fn open(left: &Path, right: Option<&Path>, downmix: Downmix) -> Result<Self, ReadError> {
        Ok(Self {
            left: mixkeel_io::read::open(left, downmix)?,
            right: right.map(|path| mixkeel_io::read::open(path, downmix)).transpose()?,
        })
    }

    /// Goes on from a frame.
    pub fn skip_to(&mut self, frame: u64) -> Result<(), ReadError> {
        self.left.seek(frame)?;
        self.right.as_mut().map_or(Ok(()), |right| right.seek(frame))
    }

    /// What the (left) file says about itself.
    pub fn info(&self) -> &Info {
        self.left.info()
    }

    /// Channels of what [`read`](Self::read) gives.
    pub fn channels(&self) -> Channels {
        if self.right.is_some() { Channels::Stereo } else { self.left.info().channels }
    }

    /// The next frames; 0 at the end. Where one side ends first, it goes on in silence.
    pub fn read(&mut self, into: &mut Block<'_>) -> Result<usize, ReadError> {
        let Some(right) = &mut self.right else { return fill(&mut self.left, into) };
        let Some((into_left, into_right)) = into.pair() else { return fill(&mut self.left, into) };
        let left_frames = fill(&mut self.left, &mut Block::mono(into_left))?;
        let right_frames = fill(right, &mut Block::mono(into_right))?;
        let frames = left_frames.max(right_frames);
        into_left[left_frames..frames].fill(0.0);
        into_right[right_frames..frames].fill(0.0);
        Ok(frames)
    }

    /// What had to be put right while reading so far.
    pub fn problems(&self) -> Vec<Problem> {
        self.each().flat_map(|reader| reader.problems().iter().cloned()).collect()
    }

    /// Samples that were not numbers, so far.
    pub fn nan_samples(&self) -> u64 {
        self.each().map(Reader::nan_samples).sum()
    }

    fn each(&self) -> impl Iterator<Item = &Reader> {
        std::iter::once(&self.left).chain(&self.right)
    }
}

/// Reads until the block is full or the file ends.
fn fill(reader: &mut Reader, into: &mut Block<'_>) -> Result<usize, ReadError> {
    let mut filled = 0;
    while filled < into.frames() {
        match reader.read(&mut into.part(filled..usize::MAX))? {
            0 => break,
            frames => filled += frames,
        }
    }
    Ok(filled)
}
