//! What a file says about itself, and what had to be put right while reading it.

use mixkeel_dsp::block::Channels;

/// What is known about a file once it is open.
#[derive(Clone, Debug, PartialEq)]
pub struct Info {
    /// The container by its content: `wav`, `rf64`, `bw64`, `rifx`, `w64`, `aiff`, `aifc`, `flac`, `mp3`, `mp4`, `ogg`, `caf`.
    pub container: &'static str,
    /// The coding of the samples: `pcm`, `float`, `flac`, `mp3`, `aac`, `alac`, `vorbis`, `opus`.
    pub codec: String,
    /// Frames a second, 1,000 to 768,000.
    pub rate_hz: u32,
    /// Channels that [`Reader::read`](super::Reader::read) gives, after any fold.
    pub channels: Channels,
    /// Channels in the file.
    pub file_channels: u16,
    /// Valid bits of an integer or float sample; none for lossy codecs.
    pub bits: Option<u16>,
    /// True if the samples are stored as floating point numbers.
    pub float: bool,
    /// Frames there are to read, as far as the file lets one know before decoding it; never more than its size can hold.
    pub length_frames: Option<u64>,
    /// Where the first frame lies on the recorder's clock, in frames since midnight (BWF `bext`, else iXML).
    pub time_reference_frames: Option<u64>,
    /// Markers in order of time.
    pub markers: Vec<Marker>,
    /// Names (`title`, `artist`, ... or the container's own) and texts.
    pub tags: Vec<(String, String)>,
}

/// A named place in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Marker {
    /// Seconds from the first frame of the file.
    pub at_s: f64,
    /// The text, possibly empty.
    pub label: String,
}

/// Something wrong with a file that could be put right.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// A stable name such as `truncated`.
    pub id: &'static str,
    /// One sentence for a person.
    pub message: String,
    /// Seconds from the first frame, where it has a place.
    pub at_s: Option<f64>,
}

/// The largest number of problems kept for one file. Ours: a file broken in more places is described well enough by these.
const PROBLEMS_KEPT: usize = 100;

/// The problems met so far.
#[derive(Debug, Default)]
pub(crate) struct Log {
    problems: Vec<Problem>,
}

impl Log {
    /// Adds a problem once: reading the same place again after a seek says nothing new.
    pub fn note(&mut self, id: &'static str, message: impl Into<String>, at_s: Option<f64>) {
        if self.problems.len() < PROBLEMS_KEPT && !self.problems.iter().any(|p| p.id == id && p.at_s == at_s)
        {
            self.problems.push(Problem { id, message: message.into(), at_s });
        }
    }

    /// Adds a problem of the whole file, or says it again in better words.
    pub fn restate(&mut self, id: &'static str, message: String, first_at_s: f64) {
        match self.problems.iter_mut().find(|p| p.id == id) {
            Some(known) => known.message = message,
            None => self.note(id, message, Some(first_at_s)),
        }
    }

    /// All of them, in the order in which they were met.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}
