//! Whether two versions of one mix can still be told apart: by what is left when one is taken from the other, and by every
//! measure of every section. Both have to agree before anybody is told to stop.

use std::path::Path;

use mixkeel_analysis::loudness::{LoudnessContour, LoudnessMeter};
use mixkeel_analysis::meter::Meter;
use mixkeel_dsp::MAX_BLOCK_FRAMES;
use mixkeel_dsp::block::{Buffer, Channels, Signal};
use mixkeel_dsp::units::db_from_gain;
use mixkeel_io::read::Downmix;
use mixkeel_judge::compare::differences;
use mixkeel_session::session::Section;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::evidence::of_file_in_sections;
use crate::song::media::Recording;
use crate::watch::Watch;

/// How far the residual has to lie under the mix. Ours: a change of everything by 0.1 dB leaves −39 dB, a change of 1 dB,
/// which is just heard (Moore, chapter 4), in a track 20 dB under the mix leaves −38 dB.
const UNHEARD_LU: f64 = -40.0;

/// Beside a mix that is silent, everything is loud: the gate of BS.1770-5.
const SILENT_LUFS: f64 = -70.0;

/// Two versions beside each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Alike {
    /// The earlier one.
    pub first: u32,
    /// The later one.
    pub second: u32,
    /// Loudness of what is left when the earlier, at the level that fits best, is taken from the later, less the loudness of
    /// the later. Absent when nothing is left.
    pub residual_lu: Option<f64>,
    /// The level that fits best: what the earlier one was turned by.
    pub matched_by_db: f64,
    /// What can be heard to differ, whole and section by section, the most heard first.
    pub differences: Vec<String>,
    /// Whether neither says that there is anything to hear.
    pub alike: bool,
}

/// Compares the mixes of two versions. They begin at the same moment of the song and are compared sample by sample.
///
/// # Errors
/// A mix that cannot be read, or a request to stop.
pub fn alike(
    (first, first_mix): (u32, &Path),
    (second, second_mix): (u32, &Path),
    sections: &[Section],
    watch: &dyn Watch,
) -> Result<Alike, Error> {
    let residual = residual(first_mix, second_mix, watch)?;
    let evidence = |path: &Path| of_file_in_sections(path, sections.to_vec(), watch);
    let (of_first, of_second) = (evidence(first_mix)?, evidence(second_mix)?);
    let differences: Vec<String> = differences(&of_first, &of_second)
        .iter()
        .map(|one| format!("{}, {}: {:+.1} {}", one.words, one.passage, one.difference, one.unit))
        .collect();
    let quiet = residual.lu.is_none_or(|lu| lu <= UNHEARD_LU);
    Ok(Alike {
        first,
        second,
        residual_lu: residual.lu.map(|lu| (lu * 10.0).round() / 10.0),
        matched_by_db: (residual.gain_db * 100.0).round() / 100.0,
        alike: quiet && differences.is_empty(),
        differences,
    })
}

struct Residual {
    lu: Option<f64>,
    gain_db: f64,
    contour: Vec<Option<f64>>,
}

/// Where two sounds differ: for every tenth of a second the loudness of what is left in the last three seconds, less that of
/// the second sound. Nothing where the second is far under its loudest.
///
/// # Errors
/// A file that cannot be read, or a request to stop.
pub fn residual_contour(first: &Path, second: &Path, watch: &dyn Watch) -> Result<Vec<Option<f64>>, Error> {
    Ok(residual(first, second, watch)?.contour)
}

/// What lies further under the loudest is not where anybody listens. Ours: twice the relative gate of BS.1770-5.
const QUIET_LU: f64 = 20.0;

fn contour(rest: &LoudnessContour, whole: &LoudnessContour) -> Vec<Option<f64>> {
    let whole = whole.short_term_lufs();
    let loudest = whole.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
    // What the gate does not let through is silence.
    if loudest <= SILENT_LUFS {
        return Vec::new();
    }
    let beside = |(rest, whole): (Option<f64>, &Option<f64>)| {
        let whole = whole.filter(|lufs| *lufs > loudest - QUIET_LU)?;
        Some(rest.unwrap_or(SILENT_LUFS) - whole)
    };
    rest.short_term_lufs().into_iter().zip(&whole).map(beside).collect()
}

fn residual(first: &Path, second: &Path, watch: &dyn Watch) -> Result<Residual, Error> {
    let (mut across, mut within) = (0.0, 0.0);
    let rate_hz = together(first, second, watch, |a, b| {
        for (a, b) in a.iter().flatten().zip(b.iter().flatten()) {
            across += f64::from(*a) * f64::from(*b);
            within += f64::from(*a) * f64::from(*a);
        }
    })?;
    // Least squares: the gain at which the least is left.
    let gain = if within > 0.0 && across > 0.0 { across / within } else { 1.0 };
    let (mut rest_meter, mut whole_meter) = (LoudnessMeter::new(), LoudnessMeter::new());
    rest_meter.prepare(rate_hz, Channels::Stereo);
    whole_meter.prepare(rate_hz, Channels::Stereo);
    together(first, second, watch, |a, b| {
        let rest = [0, 1].map(|side: usize| -> Vec<f32> {
            a[side].iter().zip(&b[side]).map(|(a, b)| (f64::from(*b) - gain * f64::from(*a)) as f32).collect()
        });
        rest_meter.push(&Signal::stereo(&rest[0], &rest[1]));
        whole_meter.push(&Signal::stereo(&b[0], &b[1]));
    })?;
    let contour = contour(&rest_meter.contour(), &whole_meter.contour());
    let whole = whole_meter.finish().integrated_lufs.unwrap_or(SILENT_LUFS);
    let lu = rest_meter.finish().integrated_lufs.map(|rest| rest - whole);
    Ok(Residual { lu, gain_db: db_from_gain(gain), contour })
}

/// Hands two files over in step, at the rate of the first and as two channels; the shorter one ends in silence. Returns the
/// rate.
fn together(
    first: &Path,
    second: &Path,
    watch: &dyn Watch,
    mut hear: impl FnMut(&[Vec<f32>; 2], &[Vec<f32>; 2]),
) -> Result<u32, Error> {
    let open = |path: &Path| Ok::<_, Error>(mixkeel_io::read::open(path, Downmix::Fold)?.without_checksum());
    let (first, second) = (open(first)?, open(second)?);
    let rate_hz = first.info().rate_hz;
    let (mut first, mut second) =
        (Sides::new(Recording::at(first, rate_hz)?), Sides::new(Recording::at(second, rate_hz)?));
    loop {
        if watch.stop() {
            return Err(Error::interrupted());
        }
        let frames = first.fill()?.max(second.fill()?);
        if frames == 0 {
            return Ok(rate_hz);
        }
        first.cut(frames);
        second.cut(frames);
        hear(&first.sides, &second.sides);
    }
}

/// A recording as two channels, a block at a time.
struct Sides {
    recording: Recording,
    buffer: Buffer,
    sides: [Vec<f32>; 2],
}

impl Sides {
    fn new(recording: Recording) -> Self {
        let buffer = Buffer::new(recording.info().channels, MAX_BLOCK_FRAMES);
        Self { recording, buffer, sides: [Vec::new(), Vec::new()] }
    }

    /// Reads a block, shorter only at the end, and says how long it is.
    fn fill(&mut self) -> Result<usize, Error> {
        self.sides.iter_mut().for_each(Vec::clear);
        while self.sides[0].len() < MAX_BLOCK_FRAMES {
            let wanted = MAX_BLOCK_FRAMES - self.sides[0].len();
            let got = self.recording.read(&mut self.buffer.block().part(0..wanted))?;
            if got == 0 {
                break;
            }
            let signal = self.buffer.signal();
            let signal = signal.part(0..got);
            self.sides[0].extend_from_slice(signal.left());
            self.sides[1].extend_from_slice(signal.right_or_only());
        }
        Ok(self.sides[0].len())
    }

    fn cut(&mut self, frames: usize) {
        self.sides.iter_mut().for_each(|side| side.resize(frames, 0.0));
    }
}

#[cfg(test)]
mod tests {
    use mixkeel_dsp::block::Channels;
    use mixkeel_io::write::{Spec, create};

    use super::*;
    use crate::watch::Silent;

    /// Four seconds of two partials whose upper one stands at a level.
    fn file(folder: &Path, name: &str, gain: f64, upper_db: f64, longer_s: f64) -> std::path::PathBuf {
        let path = folder.join(name);
        let frames = ((4.0 + longer_s) * 48_000.0) as usize;
        let tone = |n: usize, hz: f64| (n as f64 / 48_000.0 * hz * std::f64::consts::TAU).sin();
        let upper = mixkeel_dsp::units::gain_from_db(upper_db);
        let sound: Vec<f32> = (0..frames)
            .map(|n| {
                if n < 192_000 {
                    (gain * (0.2 * tone(n, 220.0) + upper * 0.2 * tone(n, 1760.0))) as f32
                } else {
                    0.0
                }
            })
            .collect();
        let spec = Spec::float_wav(48_000, Channels::Mono);
        let mut writer = create(&path, &spec).unwrap();
        for part in sound.chunks(MAX_BLOCK_FRAMES) {
            writer.write(Signal::mono(part)).unwrap();
        }
        writer.finish().unwrap();
        path
    }

    #[test]
    fn a_version_that_is_only_louder_or_ends_in_more_silence_is_the_same_and_one_with_a_softer_part_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let beside = |name: &str, gain: f64, upper_db: f64, longer_s: f64| {
            let first = file(folder.path(), "first.wav", 1.0, -12.0, 0.0);
            let second = file(folder.path(), name, gain, upper_db, longer_s);
            alike((1, &first), (2, &second), &[], &Silent).unwrap()
        };
        let louder = beside("louder.wav", 1.5, -12.0, 1.0);
        assert!(louder.alike, "{louder:?}");
        assert!((louder.matched_by_db - 3.52).abs() < 0.01, "{louder:?}");
        let hair = beside("hair.wav", 1.0, -12.05, 0.0);
        assert!(hair.alike && hair.residual_lu.is_some_and(|lu| lu < -50.0), "{hair:?}");
        let other = beside("other.wav", 1.0, -9.0, 0.0);
        assert!(!other.alike, "{other:?}");
        assert!(other.residual_lu.is_some_and(|lu| lu > UNHEARD_LU), "{other:?}");
    }
}
