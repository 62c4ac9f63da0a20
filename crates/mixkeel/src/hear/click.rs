//! A click track of a song, with a cue point for every section: to hear whether beats and bars are right, and to bring the
//! sections into a workstation.

use std::path::Path;

use mixkeel_dsp::block::{Buffer, Channels};
use mixkeel_io::write::{Bits, Format, Spec, Tags, create};

use super::report::SongReport;
use crate::ENGINE_VERSION;
use crate::error::Error;

/// The pitch of a click on a beat and on the first of a bar. Ours: those that workstations have, an octave apart.
const BEAT_HZ: f64 = 1000.0;
const BAR_HZ: f64 = 2000.0;

/// Half its height is gone after 10 ms, and it ends after 50. Ours: short enough to show where it begins.
const HALF_S: f64 = 0.01;
const LENGTH_S: f64 = 0.05;

/// A quarter of full scale. Ours: clear beside music, and no shock without.
const PEAK: f64 = 0.25;

/// Frames made at a time.
const CHUNK_FRAMES: usize = 16_384;

/// Writes it.
pub(super) fn write(out: &Path, report: &SongReport, rate_hz: u32) -> Result<(), Error> {
    let frame = |at_s: f64| (at_s * f64::from(rate_hz)).round().max(0.0) as u64;
    let length_frames = frame(report.length_s);
    let clicks: Vec<(u64, f64)> = report
        .beats_s
        .iter()
        .map(|at_s| {
            let first = report.downbeats_s.iter().any(|bar| (bar - at_s).abs() < 0.01);
            (frame(*at_s), if first { BAR_HZ } else { BEAT_HZ })
        })
        .collect();
    let markers = report
        .sections
        .iter()
        .map(|section| (u32::try_from(frame(section.from_s)).unwrap_or(u32::MAX), section.label.clone()))
        .collect();
    let spec = Spec {
        format: Format::Wav,
        bits: Bits::I16,
        rate_hz,
        channels: Channels::Mono,
        tags: Tags {
            title: Some(format!("{} – click", report.title)),
            engine_version: ENGINE_VERSION.to_owned(),
            markers,
            ..Tags::default()
        },
        dither_seed: 0,
        source_bits: None,
        length_frames: Some(length_frames),
    };
    let mut writer = create(out, &spec)?;
    let mut buffer = Buffer::new(Channels::Mono, CHUNK_FRAMES);
    let reach = frame(LENGTH_S);
    let (mut at, mut next) = (0, 0);
    while at < length_frames {
        let frames = CHUNK_FRAMES.min((length_frames - at) as usize);
        for samples in buffer.block().each() {
            samples.fill(0.0);
            while clicks.get(next).is_some_and(|(from, _)| from + reach <= at) {
                next += 1;
            }
            for (from, hz) in clicks.iter().skip(next).take_while(|(from, _)| *from < at + frames as u64) {
                for n in 0..reach {
                    let Some(place) = (from + n).checked_sub(at).filter(|place| *place < frames as u64)
                    else {
                        continue;
                    };
                    let t = n as f64 / f64::from(rate_hz);
                    let wave = libm::sin(std::f64::consts::TAU * hz * t) * libm::exp2(-t / HALF_S);
                    if let Some(sample) = samples.get_mut(place as usize) {
                        *sample += (PEAK * wave) as f32;
                    }
                }
            }
        }
        writer.write(buffer.signal().part(0..frames))?;
        at += frames as u64;
    }
    writer.finish()?;
    Ok(())
}
