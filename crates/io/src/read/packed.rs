//! Lossy and packed codecs by the decoder library: trimmed to the sound that was encoded, damage kept in time.
//!
//! The library does not trim AAC, and its jumps inside lossy files are not exact to the sample; so trimming is done here, and a
//! place is reached by decoding up to it: what is read there is what a straight reading gives.

use std::fs::File;
use std::path::{Path, PathBuf};

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::packet::Packet;
use symphonia::default::codecs::{AacDecoder, AlacDecoder, MpaDecoder, VorbisDecoder};
use symphonia::default::formats::{CafReader, IsoMp4Reader, MpaReader, OggReader};

use super::error::{Fault, ReadErrorKind};
use super::format::rate;
use super::info::Log;
use super::stream::Stream;

/// Damaged packets in a row after which a file counts as ended. Ours: several seconds of every codec here.
const GIVE_UP_AFTER: u32 = 256;

/// The longest silence for one lost packet, in frames: the longest packet of the codecs here is a Vorbis block of 8,192.
const LONGEST_PACKET: u64 = 8192;

/// Containers whose packets the library finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrap {
    Mp3,
    Mp4,
    Ogg,
    Caf,
}

/// What the container says beside the packets.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Trim {
    /// Frames the encoder put in front.
    pub skip: u64,
    /// Frames of sound behind them.
    pub length: Option<u64>,
}

/// A packed file being decoded from front to back.
pub(crate) struct Packed {
    path: PathBuf,
    wrap: Wrap,
    trim: Trim,
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    /// Ticks a second of the packets' times, over the rate.
    ticks_hz: f64,
    pub codec: String,
    pub rate_hz: u32,
    pub channels: u16,
    pub bits: Option<u16>,
    /// Frames the library counts, before our trim.
    pub counted: Option<u64>,
    /// Frames in front, where the library knows and trims them itself.
    pub delay: Option<u32>,
    planes: Vec<Vec<f32>>,
    ready: std::ops::Range<usize>,
    /// Frames still to be dropped from the front.
    skip: u64,
    given: u64,
    bad_in_a_row: u32,
    ended: bool,
}

impl Packed {
    pub fn new(path: &Path, wrap: Wrap, trim: Trim, log: &mut Log) -> Result<Self, Fault> {
        let mut packed = Self::start(path, wrap, trim)?;
        // The first packet tells what headers only claim.
        packed.fill(log)?;
        if packed.ended {
            return Err(Fault::corrupt("no sound in it can be decoded"));
        }
        packed.rate_hz = rate(f64::from(packed.rate_hz))?;
        Ok(packed)
    }

    fn start(path: &Path, wrap: Wrap, trim: Trim) -> Result<Self, Fault> {
        let source = MediaSourceStream::new(Box::new(File::open(path)?), MediaSourceStreamOptions::default());
        let options = FormatOptions::default();
        let format: Box<dyn FormatReader> = match wrap {
            Wrap::Mp3 => Box::new(MpaReader::try_new(source, options).map_err(fault)?),
            Wrap::Mp4 => Box::new(IsoMp4Reader::try_new(source, options).map_err(fault)?),
            Wrap::Ogg => Box::new(OggReader::try_new(source, options).map_err(fault)?),
            Wrap::Caf => Box::new(CafReader::try_new(source, options).map_err(fault)?),
        };
        let Some(track) = format.first_track_known_codec(TrackType::Audio) else {
            return Err(Fault::unsupported("it holds no track of sound in a coding that is known here"));
        };
        let Some(CodecParameters::Audio(parameters)) = &track.codec_params else {
            return Err(Fault::unsupported("it holds no track of sound in a coding that is known here"));
        };
        let (codec, decoder) = decoder(parameters)?;
        let rate_hz = parameters.sample_rate.unwrap_or(0);
        let ticks_hz = track
            .time_base
            .map_or(f64::from(rate_hz), |base| f64::from(base.denom.get()) / f64::from(base.numer.get()));
        let bits = parameters.extra_data.as_deref().filter(|_| codec == "alac").and_then(alac_bits);
        let channels = parameters.channels.as_ref().map_or(0, |channels| channels.count() as u16);
        Ok(Self {
            path: path.to_owned(),
            wrap,
            trim,
            track: track.id,
            ticks_hz,
            codec: codec.to_owned(),
            rate_hz,
            channels,
            bits,
            counted: track.num_frames,
            delay: track.delay,
            format,
            decoder,
            planes: Vec::new(),
            ready: 0..0,
            skip: trim.skip,
            given: 0,
            bad_in_a_row: 0,
            ended: false,
        })
    }

    /// Decodes until there is something to give, or the end.
    fn fill(&mut self, log: &mut Log) -> Result<(), Fault> {
        while self.ready.is_empty() && !self.ended {
            match self.format.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.track => self.decode(&packet, log)?,
                Ok(Some(_)) => {}
                Ok(None) => self.ended = true,
                Err(Error::IoError(error)) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
                    return Err(error.into());
                }
                Err(Error::DecodeError(_) | Error::LimitError(_)) => self.bad(log),
                Err(Error::ResetRequired) => {
                    let message = "behind its first piece the file holds another; only the first was read";
                    log.note("chained", message, Some(self.now_s()));
                    self.ended = true;
                }
                Err(_) => self.ended = true,
            }
            let drop = self.skip.min(self.ready.len() as u64);
            self.ready.start += drop as usize;
            self.skip -= drop;
        }
        Ok(())
    }

    fn decode(&mut self, packet: &Packet, log: &mut Log) -> Result<(), Fault> {
        match self.decoder.decode(packet) {
            Ok(buffer) => {
                let spec = buffer.spec();
                let (rate_hz, channels) = (spec.rate(), spec.channels().count() as u16);
                if buffer.frames() == 0 {
                    return Ok(());
                }
                if self.given == 0 && self.planes.is_empty() {
                    (self.rate_hz, self.channels) = (rate_hz, channels);
                }
                if (self.rate_hz, self.channels) == (rate_hz, channels) {
                    self.ready = 0..buffer.frames();
                    buffer.copy_to_vecs_planar(&mut self.planes);
                    self.bad_in_a_row = 0;
                    return Ok(());
                }
            }
            Err(Error::Unsupported(what)) if self.planes.is_empty() => {
                return Err(Fault::unsupported(format!("it uses {what}, which is not decoded here")));
            }
            Err(_) => {}
        }
        self.bad(log);
        // Rounded to the nearest frame: packets are whole frames long, ticks may be coarser.
        let frames = libm::round(packet.dur.get() as f64 * f64::from(self.rate_hz) / self.ticks_hz.max(1.0));
        let frames = (frames as u64).min(LONGEST_PACKET) as usize;
        if !self.planes.is_empty() {
            self.planes.iter_mut().for_each(|plane| {
                plane.clear();
                plane.resize(frames, 0.0);
            });
            self.ready = 0..frames;
        }
        Ok(())
    }

    fn bad(&mut self, log: &mut Log) {
        self.bad_in_a_row += 1;
        if self.bad_in_a_row > GIVE_UP_AFTER {
            self.ended = true;
        }
        log.note("damaged", "a damaged part could not be decoded and became silence", Some(self.now_s()));
    }

    fn now_s(&self) -> f64 {
        self.given as f64 / f64::from(self.rate_hz.max(1))
    }

    /// Frames that may still be given.
    fn left(&self) -> u64 {
        self.trim.length.map_or(u64::MAX, |length| length.saturating_sub(self.given))
    }
}

impl Stream for Packed {
    fn read(&mut self, out: &mut [&mut [f32]], log: &mut Log) -> Result<usize, Fault> {
        let wanted = out.first().map_or(0, |plane| plane.len());
        let mut done = 0;
        while done < wanted && self.left() > 0 {
            self.fill(log)?;
            if self.ready.is_empty() {
                break;
            }
            let most = usize::try_from(self.left()).unwrap_or(usize::MAX);
            let frames = self.ready.len().min(wanted - done).min(most);
            let part = self.ready.start..self.ready.start + frames;
            for (to, from) in out.iter_mut().zip(&self.planes) {
                if let Some(from) = from.get(part.clone()) {
                    to[done..done + frames].copy_from_slice(from);
                }
            }
            self.ready.start += frames;
            self.given += frames as u64;
            done += frames;
        }
        Ok(done)
    }

    fn seek(&mut self, frame: u64, log: &mut Log) -> Result<u64, Fault> {
        if frame < self.given {
            *self = Self::start(&self.path, self.wrap, self.trim)?;
        }
        while self.given < frame && self.left() > 0 {
            self.fill(log)?;
            if self.ready.is_empty() {
                break;
            }
            let drop = (self.ready.len() as u64).min(frame - self.given).min(self.left());
            self.ready.start += drop as usize;
            self.given += drop;
        }
        Ok(self.given)
    }
}

fn decoder(
    parameters: &symphonia::core::codecs::audio::AudioCodecParameters,
) -> Result<(&'static str, Box<dyn AudioDecoder>), Fault> {
    use symphonia::core::codecs::audio::well_known as id;
    let options = AudioDecoderOptions::default();
    Ok(match parameters.codec {
        id::CODEC_ID_MP3 => ("mp3", Box::new(MpaDecoder::try_new(parameters, &options).map_err(fault)?)),
        id::CODEC_ID_AAC => ("aac", Box::new(AacDecoder::try_new(parameters, &options).map_err(fault)?)),
        id::CODEC_ID_ALAC => ("alac", Box::new(AlacDecoder::try_new(parameters, &options).map_err(fault)?)),
        id::CODEC_ID_VORBIS => {
            ("vorbis", Box::new(VorbisDecoder::try_new(parameters, &options).map_err(fault)?))
        }
        _ => return Err(Fault::unsupported("its coding is not known here")),
    })
}

fn fault(error: Error) -> Fault {
    match error {
        Error::IoError(error) => error.into(),
        Error::Unsupported(what) => {
            Fault::unsupported(format!("it uses something that is not decoded here ({what})"))
        }
        other => Fault::new(
            ReadErrorKind::Corrupt,
            format!("its header makes no sense ({other})"),
            "Export or copy it again from where it came",
        ),
    }
}

/// The word length in an ALAC cookie, its sixth byte; old cookies begin with two atoms of 12 bytes (Apple, "ALAC Magic Cookie
/// Description").
fn alac_bits(cookie: &[u8]) -> Option<u16> {
    let mut rest = cookie;
    for atom in [b"frma", b"alac"] {
        if rest.get(4..8) == Some(atom) {
            rest = rest.get(12..)?;
        }
    }
    rest.get(5).map(|&bits| u16::from(bits)).filter(|bits| (1..=32).contains(bits))
}
