//! Opus in Ogg (RFC 7845): at 48 kHz, without the pre-skip, up to the last granule.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use opus_pure::{MAX_PACKET_SAMPLES, OggOpusReader, OggPacket, OpusDecoder, Trim};

use super::error::Fault;
use super::fold;
use super::info::Log;
use super::ogg;
use super::sound::Sound;
use super::stream::Stream;
use super::text::Notes;

/// The rate at which Opus counts, whatever was encoded (RFC 7845, 4).
const RATE_HZ: u32 = 48_000;

/// Damaged packets in a row after which a file counts as ended. Ours, as for the other packed codecs.
const GIVE_UP_AFTER: u32 = 256;

struct Opus {
    path: PathBuf,
    reader: OggOpusReader<BufReader<File>>,
    decoder: OpusDecoder,
    trim: Trim,
    channels: usize,
    packet: OggPacket,
    /// Interleaved.
    decoded: Vec<f32>,
    ready: std::ops::Range<usize>,
    given: u64,
    bad_in_a_row: u32,
    ended: bool,
}

/// Opens an Ogg file whose first packet is `OpusHead`.
pub(crate) fn open(path: &Path, last_granule: Option<u64>) -> Result<Sound, Fault> {
    let opus = Opus::start(path)?;
    let mut notes = Notes::default();
    for name in ["title", "artist", "album", "comment", "date", "encoder"] {
        if let Some(value) = opus.reader.tags().get(name) {
            notes.tag(name, value.to_owned());
        }
    }
    let skip = u64::from(opus.reader.head().pre_skip);
    Ok(Sound {
        container: ogg::NAME,
        codec: "opus".into(),
        rate_hz: RATE_HZ,
        channels: opus.channels as u16,
        bits: None,
        float: false,
        length_frames: last_granule.map(|granule| granule.saturating_sub(skip)),
        notes,
        stream: Box::new(opus),
    })
}

impl Opus {
    fn start(path: &Path) -> Result<Self, Fault> {
        let fault =
            |error: opus_pure::Error| Fault::corrupt(format!("its Opus stream makes no sense ({error})"));
        let reader = OggOpusReader::new(BufReader::new(File::open(path)?)).map_err(fault)?;
        let head = reader.head();
        let channels = usize::from(head.channel_count);
        if channels > 2 {
            fold::table(channels as u16, false)?;
        }
        let decoder = head.decoder(RATE_HZ as i32).map_err(fault)?;
        let trim = Trim::new(head, RATE_HZ as i32, channels).map_err(fault)?;
        Ok(Self {
            path: path.to_owned(),
            reader,
            decoder,
            trim,
            channels,
            packet: OggPacket::default(),
            decoded: Vec::new(),
            ready: 0..0,
            given: 0,
            bad_in_a_row: 0,
            ended: false,
        })
    }

    fn fill(&mut self, log: &mut Log) {
        while self.ready.is_empty() && !self.ended {
            match self.reader.read_packet_into(&mut self.packet) {
                Ok(true) => {
                    self.decoded.resize(MAX_PACKET_SAMPLES * self.channels, 0.0);
                    match self.decoder.decode(&self.packet.data, MAX_PACKET_SAMPLES, &mut self.decoded) {
                        Ok(frames) => {
                            let samples = frames * self.channels;
                            self.ready = self.trim.keep_range(&self.packet, samples);
                            self.bad_in_a_row = 0;
                        }
                        Err(_) => self.lost(log),
                    }
                }
                Ok(false) => self.ended = true,
                Err(_) => self.bad(log),
            }
        }
    }

    /// A packet that cannot be decoded: silence as long as the one before it, which is how long packets of a file are.
    fn lost(&mut self, log: &mut Log) {
        self.bad(log);
        let frames = opus_pure::packet::samples_48k(&self.packet.data).unwrap_or(0);
        let samples = frames.min(MAX_PACKET_SAMPLES) * self.channels;
        self.decoded[..samples].fill(0.0);
        self.ready = self.trim.keep_range(&self.packet, samples);
    }

    fn bad(&mut self, log: &mut Log) {
        self.bad_in_a_row += 1;
        self.ended = self.bad_in_a_row > GIVE_UP_AFTER;
        let at_s = self.given as f64 / f64::from(RATE_HZ);
        log.note("damaged", "a damaged part could not be decoded and became silence", Some(at_s));
    }
}

impl Stream for Opus {
    fn read(&mut self, out: &mut [&mut [f32]], log: &mut Log) -> Result<usize, Fault> {
        let wanted = out.first().map_or(0, |plane| plane.len());
        let mut done = 0;
        while done < wanted {
            self.fill(log);
            let frames = (self.ready.len() / self.channels).min(wanted - done);
            if frames == 0 {
                break;
            }
            let part = self.ready.start..self.ready.start + frames * self.channels;
            let numbers = self.decoded.get(part).unwrap_or_default();
            for (channel, plane) in out.iter_mut().enumerate() {
                let own = numbers.iter().skip(channel).step_by(self.channels);
                plane[done..done + frames].iter_mut().zip(own).for_each(|(to, from)| *to = *from);
            }
            self.ready.start += frames * self.channels;
            self.given += frames as u64;
            done += frames;
        }
        Ok(done)
    }

    fn seek(&mut self, frame: u64, log: &mut Log) -> Result<u64, Fault> {
        if frame < self.given {
            *self = Self::start(&self.path)?;
        }
        while self.given < frame {
            self.fill(log);
            let drop = ((self.ready.len() / self.channels) as u64).min(frame - self.given);
            if drop == 0 {
                break;
            }
            self.ready.start += drop as usize * self.channels;
            self.given += drop;
        }
        Ok(self.given)
    }
}
