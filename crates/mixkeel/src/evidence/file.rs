//! The evidence of a file of sound.

use std::path::Path;

use mixkeel_analysis::faults::Stored;
use mixkeel_dsp::MAX_BLOCK_FRAMES;
use mixkeel_dsp::block::Buffer;
use mixkeel_io::read::Downmix;
use mixkeel_judge::evidence::{Evidence, File, Gathered, ReadingProblem, SoundMeter, StripMeter};
use mixkeel_session::session::Section;
use rayon::prelude::*;

use crate::error::Error;
use crate::watch::{Event, Stage, Watch};

/// Reads a file once and measures it. More than two channels are folded to two.
///
/// # Errors
/// A file that cannot be read, or a request to stop.
pub fn of_file(path: &Path, watch: &dyn Watch) -> Result<Evidence, Error> {
    of_file_in_sections(path, Vec::new(), watch)
}

/// The same, for a file of which the sections of the song are known.
///
/// # Errors
/// A file that cannot be read, or a request to stop.
pub fn of_file_in_sections(
    path: &Path,
    sections: Vec<Section>,
    watch: &dyn Watch,
) -> Result<Evidence, Error> {
    let mut reader = mixkeel_io::read::open(path, Downmix::Fold)?;
    let info = reader.info().clone();
    let stored = Stored { bits: info.bits, float: info.float, lossy: info.bits.is_none() };
    let mut sound = SoundMeter::new(info.rate_hz, info.channels, stored);
    let mut mix = StripMeter::new(info.rate_hz);
    let mut buffer = Buffer::new(info.channels, MAX_BLOCK_FRAMES);
    let total = info.length_frames.unwrap_or(0).max(1) as f64;
    let mut done = 0_u64;
    watch.event(Event::Progress { stage: Stage::Measure, fraction: 0.0 });
    loop {
        if watch.stop() {
            return Err(Error::interrupted());
        }
        let frames = reader.read(&mut buffer.block())?;
        if frames == 0 {
            break;
        }
        let heard = buffer.signal().part(0..frames);
        let mut listeners = sound.listeners();
        listeners.insert(2, &mut mix);
        listeners.into_par_iter().with_max_len(1).for_each(|listener| listener.hear(&heard));
        done += frames as u64;
        watch.event(Event::Progress { stage: Stage::Measure, fraction: (done as f64 / total).min(1.0) });
    }
    let file = File {
        path: path.to_string_lossy().into_owned(),
        container: info.container.to_owned(),
        codec: info.codec.clone(),
        bits: info.bits,
        float: info.float,
        channels: info.file_channels,
        nan_samples: reader.nan_samples(),
        problems: reader
            .problems()
            .iter()
            .map(|problem| ReadingProblem {
                id: problem.id.to_owned(),
                message: problem.message.clone(),
                at_s: problem.at_s,
            })
            .collect(),
    };
    watch.event(Event::Progress { stage: Stage::Measure, fraction: 1.0 });
    let gathered = Gathered {
        sound: sound.finish(),
        file: Some(file),
        mix: mix.finish(),
        strips: Vec::new(),
        given: Vec::new(),
        sections,
        headroom_db: 0.0,
    };
    Ok(gathered.evidence())
}
