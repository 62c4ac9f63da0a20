//! Reads every track once and measures it, unless its profile is kept from before.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::music::pitch::{Line, LineMeter, Register};
use mixkeel_analysis::profile::{Profile, ProfileMeter};
use mixkeel_dsp::block::Buffer;
use mixkeel_io::read::{Downmix, Problem};
use rayon::prelude::*;

use super::cache::Cache;
use super::media::Pass;
use crate::error::Error;
use crate::watch::{Event, Stage, Watch};

/// What is measured: one file, or a left and a right one.
#[derive(Clone, Debug, PartialEq)]
pub struct Take {
    /// The file, or the left one of two.
    pub left: PathBuf,
    /// The right one of two.
    pub right: Option<PathBuf>,
    /// Its length in frames as the file has it, for the progress shown; 0 where it does not say.
    pub claimed_frames: u64,
}

/// What reading a track once has shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Everything measured.
    pub profile: Profile,
    /// What had to be put right while reading.
    pub problems: Vec<Problem>,
    /// Samples that were not numbers and count as silence.
    pub nan_samples: u64,
}

/// Frames read at a time. Ours: long enough that every meter works in long runs, short enough for the second-level
/// cache.
const CHUNK_FRAMES: usize = 16_384;

/// Measures all tracks side by side; results stand in the order given. Every file that cannot be read to its end is
/// named in the one error. A recording that has not changed since its profile was kept is not read; one in which something
/// had to be put right is read every time, so that what is said about it comes from the file.
pub fn measure(
    takes: &[Take],
    downmix: Downmix,
    cache: &Cache,
    watch: &dyn Watch,
) -> Result<Vec<Measured>, Vec<Error>> {
    let total: u64 = takes.iter().map(|take| take.claimed_frames).sum();
    let done = AtomicU64::new(0);
    let tell = |frames: u64| {
        let before = done.fetch_add(frames, Ordering::Relaxed);
        let fraction = (before + frames) as f64 / total.max(1) as f64;
        watch.event(Event::Progress { stage: Stage::Measure, fraction: fraction.min(1.0) });
    };
    let results: Vec<Result<Measured, Error>> = takes
        .par_iter()
        .map(|take| {
            let key = cache.key(take, downmix);
            let whole = |profile: &Profile| profile.music.is_some() && profile.flaws.is_some();
            if let Some(profile) = key.as_ref().and_then(|key| cache.get(key)).filter(whole) {
                tell(take.claimed_frames);
                return Ok(Measured { profile, problems: Vec::new(), nan_samples: 0 });
            }
            let measured = read(take, downmix, watch, &tell)?;
            let clean = measured.problems.is_empty() && measured.nan_samples == 0;
            // A file that changed while it was read has another key now.
            if let Some(key) = key.filter(|key| clean && cache.key(take, downmix).as_ref() == Some(key)) {
                cache.put(&key, &measured.profile);
            }
            Ok(measured)
        })
        .collect();
    cache.tidy();
    let (measured, errors): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    let errors: Vec<Error> = errors.into_iter().filter_map(Result::err).collect();
    if errors.is_empty() { Ok(measured.into_iter().filter_map(Result::ok).collect()) } else { Err(errors) }
}

/// Reads a take to its end.
fn read(take: &Take, downmix: Downmix, watch: &dyn Watch, tell: &impl Fn(u64)) -> Result<Measured, Error> {
    let mut pass = Pass::open(&take.left, take.right.as_deref(), downmix)?;
    // Roles are heard from onsets and chroma, repairs are decided by flaws.
    let mut meter = ProfileMeter::new(pass.info().rate_hz, pass.channels()).with_music().with_flaws();
    let mut buffer = Buffer::new(pass.channels(), CHUNK_FRAMES);
    loop {
        if watch.stop() {
            return Err(Error::interrupted());
        }
        let frames = pass.read(&mut buffer.block())?;
        if frames == 0 {
            break;
        }
        meter.push(&buffer.signal().part(0..frames));
        tell(frames as u64);
    }
    Ok(Measured { profile: meter.finish(), problems: pass.problems(), nan_samples: pass.nan_samples() })
}

/// Follows the pitch of takes whose profiles there are, each in its register, and lays it into them. What a cache holds is not
/// measured again.
pub fn measure_lines(
    wanted: &mut [(Take, Register, &mut Profile)],
    downmix: Downmix,
    cache: &Cache,
    watch: &dyn Watch,
) -> Result<(), Vec<Error>> {
    let errors: Vec<Error> = wanted
        .par_iter_mut()
        .filter_map(|(take, register, profile)| {
            if profile.line.as_ref().is_some_and(|line| line.register == *register) {
                return None;
            }
            let key = cache.key(take, downmix);
            match read_line(take, *register, downmix, watch) {
                Ok(line) => profile.line = Some(line),
                Err(error) => return Some(error),
            }
            if let Some(key) = key.filter(|key| cache.holds(key)) {
                cache.put(&key, profile);
            }
            None
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn read_line(take: &Take, register: Register, downmix: Downmix, watch: &dyn Watch) -> Result<Line, Error> {
    let mut pass = Pass::open(&take.left, take.right.as_deref(), downmix)?;
    let mut meter = LineMeter::new(register);
    meter.prepare(pass.info().rate_hz, pass.channels());
    let mut buffer = Buffer::new(pass.channels(), CHUNK_FRAMES);
    loop {
        if watch.stop() {
            return Err(Error::interrupted());
        }
        let frames = pass.read(&mut buffer.block())?;
        if frames == 0 {
            return Ok(meter.finish());
        }
        meter.push(&buffer.signal().part(0..frames));
    }
}
