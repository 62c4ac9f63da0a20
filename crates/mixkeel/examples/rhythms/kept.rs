//! Curves of what is heard, kept on the disk so that a second run only decides.

use std::fs;
use std::path::Path;

use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::music::rhythm::TrackCurves;
use mixkeel_analysis::profile::ProfileMeter;
use mixkeel_dsp::block::{Buffer, Channels, Signal};
use mixkeel_io::read::{Downmix, open};
use rayon::prelude::*;

use super::rhythms::{Piece, RATE_HZ};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The curves of the tracks of a generated piece, and of their sum.
pub fn of_piece(
    kept: Option<&Path>,
    name: &str,
    piece: &Piece,
) -> Result<(Vec<TrackCurves>, TrackCurves), Failure> {
    let make = || {
        let tracks = piece.score.tracks();
        let mut sum: Vec<f32> = Vec::new();
        for wave in &tracks {
            sum.resize(sum.len().max(wave.len()), 0.0);
            sum.iter_mut().zip(wave).for_each(|(to, x)| *to += 0.5 * x);
        }
        Ok(tracks.iter().chain([&sum]).map(|wave| of_wave(wave)).collect())
    };
    let mut tracks = through(kept, name, make)?;
    let sum = tracks.pop().unwrap_or_default();
    Ok((tracks, sum))
}

/// The curves of one wave at the rate of generated sound.
pub fn of_wave(wave: &[f32]) -> TrackCurves {
    let mut meter = ProfileMeter::new(RATE_HZ, Channels::Mono).with_music();
    meter.push(&Signal::mono(wave));
    TrackCurves::of(&meter.finish().music.unwrap_or_default())
}

/// The curves of all files in a folder; none where it is not there.
pub fn of_folder(kept: Option<&Path>, folder: &Path) -> Result<Vec<TrackCurves>, Failure> {
    let Ok(files) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut paths: Vec<_> = files.flatten().map(|file| file.path()).collect();
    paths.sort();
    let name: Vec<String> =
        folder.iter().rev().take(2).map(|part| part.to_string_lossy().into_owned()).collect();
    let make = || paths.par_iter().map(|path| of_file(path)).collect();
    through(kept, &name.join("-of-"), make)
}

fn of_file(path: &Path) -> Result<TrackCurves, Failure> {
    let mut reader = open(path, Downmix::Refuse)?;
    let (rate_hz, channels) = (reader.info().rate_hz, reader.info().channels);
    let mut meter = ProfileMeter::new(rate_hz, channels).with_music();
    let mut buffer = Buffer::new(channels, 65_536);
    loop {
        let got = reader.read(&mut buffer.block())?;
        if got == 0 {
            break;
        }
        meter.push(&buffer.signal().part(0..got));
    }
    Ok(TrackCurves::of(&meter.finish().music.unwrap_or_default()))
}

/// What is kept under a name, or what is made and kept from now on.
fn through(
    kept: Option<&Path>,
    name: &str,
    make: impl FnOnce() -> Result<Vec<TrackCurves>, Failure>,
) -> Result<Vec<TrackCurves>, Failure> {
    let path = kept.map(|folder| folder.join(name));
    if let Some(tracks) = path.as_ref().and_then(|path| fs::read(path).ok()).and_then(|bytes| read(&bytes)) {
        return Ok(tracks);
    }
    let made = make()?;
    if let Some(path) = path {
        fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        fs::write(path, written(&made))?;
    }
    Ok(made)
}

/// All tracks, one after the other, each with its number of rows before them.
fn written(tracks: &[TrackCurves]) -> Vec<u8> {
    let mut out = (tracks.len() as u32).to_le_bytes().to_vec();
    for track in tracks {
        out.extend((track.onsets.len() as u32).to_le_bytes());
        track.onsets.iter().flatten().for_each(|x| out.extend(x.to_le_bytes()));
        out.extend((track.chroma.len() as u32).to_le_bytes());
        track.chroma.iter().flatten().for_each(|x| out.extend(x.to_le_bytes()));
    }
    out
}

fn read(bytes: &[u8]) -> Option<Vec<TrackCurves>> {
    let mut words =
        bytes.chunks_exact(4).map(|four| four.try_into().map(u32::from_le_bytes).unwrap_or_default());
    let count = words.next()?;
    let mut track = || {
        let onsets = rows(&mut words)?;
        Some(TrackCurves { onsets, chroma: rows(&mut words)? })
    };
    (0..count).map(|_| track()).collect()
}

fn rows<const N: usize>(words: &mut impl Iterator<Item = u32>) -> Option<Vec<[f32; N]>> {
    let count = words.next()? as usize;
    let numbers: Vec<f32> = words.take(count * N).map(f32::from_bits).collect();
    (numbers.len() == count * N).then(|| numbers.as_chunks().0.to_vec())
}
