//! A reader at another rate: what the rest of a song runs at.

use mixkeel_dsp::block::{Block, Buffer};
use mixkeel_dsp::kernels::resample::{RateError, Resampler};

use super::error::{Fault, ReadError, ReadErrorKind};
use super::info::{Info, Problem};
use super::reader::Reader;

/// Frames handed to the resampler at once. Ours: a quarter of a second of it costs little to skip after a seek.
const PUSH_FRAMES: usize = 2048;

/// A [`Reader`] whose frames come at another rate: round(n · to / from) of them, with no delay, the same bits whatever the
/// blocks and wherever the reading began.
#[derive(Debug)]
pub struct AtRate {
    reader: Reader,
    rate_hz: u32,
    conversion: Option<Conversion>,
}

#[derive(Debug)]
struct Conversion {
    resampler: Resampler,
    input: Option<Buffer>,
    position: u64,
    ended: bool,
}

impl AtRate {
    /// Reads from the first frame on. Equal rates pass the bits through.
    ///
    /// # Errors
    /// When `rate_hz` lies outside 1–768 kHz.
    pub fn new(mut reader: Reader, rate_hz: u32) -> Result<Self, ReadError> {
        reader.seek(0)?;
        let from_hz = reader.info().rate_hz;
        let conversion = if from_hz == rate_hz {
            None
        } else {
            let resampler =
                Resampler::new(from_hz, rate_hz).map_err(|RateError::OutOfRange { rate_hz }| {
                    let why = format!("{rate_hz} Hz is no rate to convert to; 1,000 to 768,000 is possible");
                    let fault = Fault::new(ReadErrorKind::Misuse, why, "Choose 44100, 48000, 88200 or 96000");
                    fault.at("cannot convert", reader.path())
                })?;
            Some(Conversion { resampler, input: None, position: 0, ended: false })
        };
        Ok(Self { reader, rate_hz, conversion })
    }

    /// What the file says about itself, at its own rate.
    pub fn info(&self) -> &Info {
        self.reader.info()
    }

    /// Frames a second of what is read here.
    pub fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// Frames there are to read at this rate, where the file lets one know before decoding it.
    pub fn length_frames(&self) -> Option<u64> {
        let own = self.reader.info().length_frames?;
        Some(self.conversion.as_ref().map_or(own, |conversion| conversion.resampler.output_length(own)))
    }

    /// Fills the block as far as there is sound; gives the frames written, 0 at the end.
    ///
    /// # Errors
    /// As [`Reader::read`].
    pub fn read(&mut self, into: &mut Block) -> Result<usize, ReadError> {
        let Some(conversion) = &mut self.conversion else { return self.reader.read(into) };
        let channels = self.reader.info().channels;
        if channels > into.channels() {
            // The reader says why, in its own words.
            return self.reader.read(into);
        }
        let input = conversion.input.get_or_insert_with(|| Buffer::new(channels, PUSH_FRAMES));
        let mut done = 0;
        let frames = into.frames();
        while done < frames {
            let got = conversion.resampler.pull(&mut into.part(done..frames));
            done += got;
            conversion.position += got as u64;
            if got > 0 {
                continue;
            }
            if conversion.ended {
                break;
            }
            let read = self.reader.read(&mut input.block())?;
            conversion.resampler.push(&input.signal().part(0..read));
            if read < PUSH_FRAMES {
                conversion.resampler.finish();
                conversion.ended = true;
            }
        }
        Ok(done)
    }

    /// Goes to a frame at this rate, exactly: the next read gives it.
    ///
    /// # Errors
    /// As [`Reader::seek`].
    pub fn seek(&mut self, frame: u64) -> Result<(), ReadError> {
        let Some(conversion) = &mut self.conversion else { return self.reader.seek(frame) };
        if frame == conversion.position {
            return Ok(());
        }
        let from = conversion.resampler.reset_to(frame);
        self.reader.seek(from)?;
        conversion.position = frame;
        // A place behind the end of the sound has nothing to read.
        conversion.ended = self.reader.position_frames() < from;
        Ok(())
    }

    /// The frame that the next read gives, at this rate.
    pub fn position_frames(&self) -> u64 {
        self.conversion
            .as_ref()
            .map_or_else(|| self.reader.position_frames(), |conversion| conversion.position)
    }

    /// As [`Reader::problems`].
    pub fn problems(&self) -> &[Problem] {
        self.reader.problems()
    }

    /// As [`Reader::nan_samples`].
    pub fn nan_samples(&self) -> u64 {
        self.reader.nan_samples()
    }
}
