//! A strip's recordings on its timeline: opened once, read forwards, moved by whole and by broken frames, summed.

use std::ops::Range;

use mixkeel_dsp::block::{Block, Buffer, Channels};
use mixkeel_dsp::kernels::fractional::{FractionalShift, TAPS};
use mixkeel_session::graph::Clip;

use crate::source::{Library, Source, SourceError};

/// No frame lies further from session zero than this: 2^52 frames, beyond which `f64` does not hold halves of frames
/// (2,900 years at 48 kHz).
pub(crate) const FAR: i64 = 1 << 52;

/// All recordings of one strip, trimmed.
pub(crate) struct Clips {
    readers: Vec<Reader>,
    /// Trim and polarity. One `f32` product, exact at ±1.
    gain: f32,
    /// Where later clips are made ready to be added to the first.
    scratch: Vec<f32>,
}

impl Clips {
    pub fn open(
        clips: &[Clip],
        gain: f64,
        channels: Channels,
        library: &dyn Library,
        chunk_frames: usize,
    ) -> Result<Self, SourceError> {
        let readers = clips
            .iter()
            .map(|clip| Reader::open(clip, channels, library, chunk_frames))
            .collect::<Result<_, _>>()?;
        let shared = if clips.len() > 1 { chunk_frames } else { 0 };
        Ok(Self { readers, gain: gain as f32, scratch: vec![0.0; shared] })
    }

    /// Fills `out` from session frame `frame` on. What lies ahead of session zero is cut away.
    pub fn read(&mut self, frame: i64, out: &mut Block<'_>) -> Result<(), SourceError> {
        let end = frame + out.frames() as i64;
        // The first clip is copied; silence is only needed where it is not.
        if self.readers.first().is_none_or(|first| first.sounds.start > frame || first.sounds.end < end) {
            out.clear();
        }
        for (index, reader) in self.readers.iter_mut().enumerate() {
            let wanted = reader.sounds.start.max(frame)..reader.sounds.end.min(end);
            if wanted.is_empty() {
                continue;
            }
            let mut out = out.part((wanted.start - frame) as usize..(wanted.end - frame) as usize);
            if index == 0 && reader.is_plain() {
                reader.sides.read(reader.shift.input_range(wanted).start as u64, &mut out)?;
                continue;
            }
            reader.load(wanted)?;
            for (out, window) in out.each().zip(reader.window.signal().each()) {
                let window = &window[..reader.has];
                if index == 0 {
                    // Copied, not added to silence: the recording's every bit arrives.
                    reader.shift.apply(window, out);
                } else {
                    let ready = &mut self.scratch[..out.len()];
                    reader.shift.apply(window, ready);
                    out.iter_mut().zip(ready).for_each(|(out, ready)| *out += *ready);
                }
            }
        }
        if self.gain != 1.0 {
            out.each().for_each(|channel| channel.iter_mut().for_each(|sample| *sample *= self.gain));
        }
        Ok(())
    }
}

/// The session frames at which a clip can be heard.
pub(crate) fn sounds(clip: &Clip) -> Range<i64> {
    sounding(&shift_of(clip), length_of(clip))
}

fn shift_of(clip: &Clip) -> FractionalShift {
    FractionalShift::new(clip.at_frame.clamp(-(FAR as f64), FAR as f64))
}

fn length_of(clip: &Clip) -> i64 {
    clip.length_frames.min(FAR as u64) as i64
}

/// An output frame is heard if one of the input frames that it is made of lies within the recording.
fn sounding(shift: &FractionalShift, length: i64) -> Range<i64> {
    let made_of = shift.input_range(0..1);
    (1 - made_of.end).max(0)..(length - made_of.start).max(0)
}

/// One recording and the stretch of it that is being played.
struct Reader {
    sides: Sides,
    shift: FractionalShift,
    length: i64,
    sounds: Range<i64>,
    /// The frames that the shift is made from, in the strip's channels.
    window: Buffer,
    /// The recording's frame at the window's beginning.
    window_at: i64,
    /// How many frames the window holds.
    has: usize,
    /// Where frames land that have other channels than the strip.
    raw: Option<Buffer>,
}

impl Reader {
    fn open(
        clip: &Clip,
        channels: Channels,
        library: &dyn Library,
        chunk_frames: usize,
    ) -> Result<Self, SourceError> {
        let sides = Sides::open(clip, library)?;
        let (shift, length) = (shift_of(clip), length_of(clip));
        let longest = chunk_frames + TAPS - 1;
        let raw = (sides.channels() != channels).then(|| Buffer::new(sides.channels(), longest));
        Ok(Self {
            sounds: sounding(&shift, length),
            sides,
            shift,
            length,
            window: Buffer::new(channels, longest),
            window_at: 0,
            has: 0,
            raw,
        })
    }

    /// Whether what is read is what is heard: whole frames, and the strip's own channels.
    fn is_plain(&self) -> bool {
        self.raw.is_none() && self.shift.input_range(0..1).end - self.shift.input_range(0..1).start == 1
    }

    /// Brings into the window what these session frames are made of. Goes on from the last call where it can.
    fn load(&mut self, output: Range<i64>) -> Result<(), SourceError> {
        let wanted = self.shift.input_range(output);
        let frames = (wanted.end - wanted.start) as usize;
        let held = self.window_at..self.window_at + self.has as i64;
        let kept = if held.contains(&wanted.start) {
            let from = (wanted.start - held.start) as usize;
            self.window.block().each().for_each(|channel| channel.copy_within(from..self.has, 0));
            (self.has - from).min(frames)
        } else {
            0
        };
        (self.window_at, self.has) = (wanted.start, frames);

        // Silence around the recording, sound inside it.
        let fresh = wanted.start + kept as i64..wanted.end;
        let inside = fresh.start.max(0)..fresh.end.min(self.length).max(fresh.start.max(0));
        let place = |frame: i64| (frame.clamp(fresh.start, fresh.end) - wanted.start) as usize;
        let (sound_from, sound_to) = (place(inside.start), place(inside.end));
        self.window.block().part(kept..sound_from).clear();
        self.window.block().part(sound_to..frames).clear();
        if sound_from < sound_to {
            self.take(inside.start as u64, sound_from..sound_to)?;
        }
        Ok(())
    }

    /// Reads from a frame of the recording on into a stretch of the window.
    fn take(&mut self, frame: u64, into: Range<usize>) -> Result<(), SourceError> {
        let frames = into.len();
        let mut window = self.window.block();
        let mut window = window.part(into);
        let Some(raw) = &mut self.raw else { return self.sides.read(frame, &mut window) };
        self.sides.read(frame, &mut raw.block().part(0..frames))?;
        let raw = raw.signal().part(0..frames);
        match window.pair() {
            // One channel in a stereo strip: the same on both sides.
            Some((left, right)) => {
                left.copy_from_slice(raw.left());
                right.copy_from_slice(raw.left());
            }
            // Two channels in a mono strip: their mean, so that what is on both sides keeps its level.
            None => {
                for ((out, left), right) in window.left().iter_mut().zip(raw.left()).zip(raw.right_or_only())
                {
                    *out = ((f64::from(*left) + f64::from(*right)) / 2.0) as f32;
                }
            }
        }
        Ok(())
    }
}

/// A recording as one file or as two, one for each side.
enum Sides {
    Together(Reel),
    Apart { left: Reel, right: Reel },
}

impl Sides {
    fn open(clip: &Clip, library: &dyn Library) -> Result<Self, SourceError> {
        let Some(file) = &clip.right else { return Ok(Self::Together(Reel::open(&clip.file, library)?)) };
        let side = |file: &str| {
            let reel = Reel::open(file, library)?;
            match reel.source.channels() {
                Channels::Mono => Ok(reel),
                Channels::Stereo => Err(SourceError {
                    message: "one side of a pair has to be mono, but this file is stereo".to_owned(),
                    file: file.to_owned(),
                }),
            }
        };
        Ok(Self::Apart { left: side(&clip.file)?, right: side(file)? })
    }

    fn channels(&self) -> Channels {
        match self {
            Self::Together(reel) => reel.source.channels(),
            Self::Apart { .. } => Channels::Stereo,
        }
    }

    fn read(&mut self, frame: u64, into: &mut Block<'_>) -> Result<(), SourceError> {
        match self {
            Self::Together(reel) => reel.read(frame, into),
            Self::Apart { left, right } => {
                left.read(frame, &mut Block::mono(into.left()))?;
                into.right().map_or(Ok(()), |channel| right.read(frame, &mut Block::mono(channel)))
            }
        }
    }
}

/// A source and where it stands.
struct Reel {
    source: Box<dyn Source>,
    at: u64,
}

impl Reel {
    fn open(file: &str, library: &dyn Library) -> Result<Self, SourceError> {
        Ok(Self { source: library.open(file)?, at: 0 })
    }

    /// Fills the block from a frame on; silence where the recording turns out shorter than it was said to be.
    fn read(&mut self, frame: u64, into: &mut Block<'_>) -> Result<(), SourceError> {
        if self.at != frame {
            self.source.seek(frame)?;
            self.at = frame;
        }
        let (mut done, frames) = (0, into.frames());
        while done < frames {
            let mut rest = into.part(done..frames);
            let read = self.source.read(&mut rest)?.min(frames - done);
            if read == 0 {
                rest.clear();
                break;
            }
            done += read;
        }
        self.at += done as u64;
        Ok(())
    }
}
