//! Writes a file that holds what it promises: a loudness to aim at, and a true peak that the file as written never exceeds.
//!
//! The sound goes through a limiter into a file and is listened to on the way; the file is read back from the disk and measured,
//! word length, dither and rate conversion included; where it is over, sound and ceiling are lowered together and it is written again. Nothing has
//! the name asked for before it has been found good.

use std::fs;
use std::ops::Range;
use std::path::Path;

use mixkeel_analysis::levels::sample_peak;
use mixkeel_analysis::loudness::LoudnessMeter;
use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::true_peak::TruePeakMeter;
use mixkeel_dsp::MAX_BLOCK_FRAMES;
use mixkeel_dsp::block::{Buffer, Channels, Signal};
use mixkeel_dsp::kernels::oversample::{Factor, Upsampler};
use mixkeel_dsp::processor::{Context, Processor, Report, Setup};
use mixkeel_dsp::processors::limiter::{Limiter, LimiterSettings};
use mixkeel_dsp::units::db_from_gain;
use mixkeel_io::read::Downmix;
use mixkeel_io::write::{Loudness, Spec, Writer, create};

use crate::error::{Error, ErrorKind};
use crate::song::media::Recording;
use crate::watch::Watch;

/// What a delivered file is to measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// The loudness aimed at; as loud as it comes when not said.
    pub integrated_lufs: Option<f64>,
    /// The true peak that the file never exceeds.
    pub ceiling_dbtp: f64,
    /// How far its peaks may be turned down by the limiter to come nearer to that loudness; beyond it the file stays softer.
    pub most_limited_db: f64,
    /// No sound is turned up by more.
    pub most_gain_db: f64,
}

/// What one sound measures.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// Gated loudness; `None` for silence.
    pub integrated_lufs: Option<f64>,
    /// True peak; `None` for silence.
    pub true_peak_dbtp: Option<f64>,
}

impl Figures {
    /// What a file says of a sound that measures this; nothing of silence.
    pub(crate) fn loudness(&self) -> Option<Loudness> {
        Some(Loudness {
            integrated_lufs: self.integrated_lufs?,
            loudness_range_lu: None,
            true_peak_dbtp: self.true_peak_dbtp?,
            max_momentary_lufs: None,
            max_short_term_lufs: None,
        })
    }
}

/// What was delivered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Delivered {
    /// Gain ahead of the limiter.
    pub gain_db: f64,
    /// The deepest that the limiter went.
    pub limited_db: f64,
    /// What the file on the disk measures.
    pub figures: Figures,
    /// How often it was written again because the file as written was over the ceiling.
    pub corrections: u32,
    /// Samples that had to be cut to fit the word length.
    pub clipped_samples: u64,
}

/// The limiter aims this far under its ceiling; sound that stays below it is not touched at all.
const LIMITER_MARGIN_DB: f64 = 0.1;

/// Nearer to the loudness aimed at than this is near enough: a tenth of a loudness unit is what meters show.
const CLOSE_LU: f64 = 0.1;

/// Times that limited sound is written, to make up for the loudness that limiting costs. Ours: each leaves a tenth of what was
/// missing.
const MOST_PRESSINGS: u32 = 3;

/// Times that a file may be written again. Ours: the first lowers sound and ceiling by what was too much, after which only
/// other dither could be over.
const MOST_CORRECTIONS: u32 = 4;

/// A file that is over its ceiling is lowered by this much more than it was over.
const SLACK_DB: f64 = 0.005;

/// Writes `source` to `to` as `spec` says (with the source's channels; its tags get the loudness), as loud as `target` wants and its peaks allow.
/// `before` is what the source measures; [`measure`] finds it where it is not known.
///
/// The same source gives the same bytes.
///
/// # Errors
/// A source that cannot be read, no room for the file, or a file that stays over the ceiling, which is then not there.
pub fn deliver(
    source: &Path,
    before: &Figures,
    to: &Path,
    spec: &Spec,
    target: &Target,
    watch: &dyn Watch,
) -> Result<Delivered, Error> {
    let way = Way { source, watch, spec };
    let name = to.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let unchecked = to.with_file_name(format!("{name}.unchecked"));
    let (mut settings, mut pressed) = way.settle(before, target, &unchecked)?;
    for corrections in 0..=MOST_CORRECTIONS {
        let Pressed { writer, limited_db, .. } = pressed;
        let clipped_samples = writer.finish()?.clipped_samples;
        let figures = measure(&unchecked, spec.rate_hz, watch)?;
        let over_db = figures.true_peak_dbtp.map_or(f64::NEG_INFINITY, |peak| peak - target.ceiling_dbtp);
        if over_db <= 0.0 {
            fs::rename(&unchecked, to).map_err(|error| {
                Error::new(ErrorKind::Unwritable, "can't give the file its name")
                    .at(to)
                    .because(error.to_string())
            })?;
            let gain_db = settings.gain_db;
            return Ok(Delivered { gain_db, limited_db, figures, corrections, clipped_samples });
        }
        // Both together, so that the same sound comes out, softer.
        settings.gain_db -= over_db + SLACK_DB;
        settings.ceiling_db -= over_db + SLACK_DB;
        pressed = way.press(&settings, &unchecked)?;
    }
    // It holds nothing that anybody was promised.
    let _ = fs::remove_file(&unchecked);
    Err(Error::new(ErrorKind::Internal, "the file stays over its true-peak ceiling").at(to))
}

/// What a file measures at a rate: loudness, and the highest of two drawings of its waveform, one that comes near to 16 points
/// a sample and one that comes near to half the rate.
///
/// # Errors
/// A file that cannot be read.
pub fn measure(file: &Path, rate_hz: u32, watch: &dyn Watch) -> Result<Figures, Error> {
    let reader = mixkeel_io::read::open(file, Downmix::Fold)?.without_checksum();
    let channels = reader.info().channels;
    let mut sound = Recording::at(reader, rate_hz)?;
    let mut gauge = Gauge::new(rate_hz, channels);
    let read = |buffer: &mut Buffer| {
        let frames = sound.read(&mut buffer.block())?;
        Ok((frames > 0).then_some(0..frames))
    };
    pass_on(channels, watch, read, |sound| {
        gauge.push(sound);
        Ok(())
    })?;
    Ok(gauge.finish())
}

/// Passes stretches of sound on until there are no more: while one is taken, the next is being made already.
fn pass_on(
    channels: Channels,
    watch: &dyn Watch,
    mut make: impl FnMut(&mut Buffer) -> Result<Option<Range<usize>>, Error> + Send,
    mut take: impl FnMut(Signal<'_>) -> Result<(), Error> + Send,
) -> Result<(), Error> {
    let [mut now, mut next] = [0, 1].map(|_| Buffer::new(channels, MAX_BLOCK_FRAMES));
    let mut made = make(&mut now)?;
    while let Some(frames) = made {
        if watch.stop() {
            return Err(Error::interrupted());
        }
        let stretch = (!frames.is_empty()).then(|| now.signal().part(frames));
        let (taken, following) = rayon::join(|| stretch.map_or(Ok(()), &mut take), || make(&mut next));
        taken?;
        made = following?;
        std::mem::swap(&mut now, &mut next);
    }
    Ok(())
}

/// From a source to a sound that may be delivered.
struct Way<'a> {
    source: &'a Path,
    spec: &'a Spec,
    watch: &'a dyn Watch,
}

/// A file that is whole but for its name, and what went into it.
struct Pressed {
    writer: Writer,
    /// The deepest that the limiter went.
    limited_db: f64,
    /// What the sound measured ahead of word length and dither; the file says so of itself.
    heard: Figures,
}

impl Way<'_> {
    /// The gain and ceiling that come nearest to the target, and the file made with them.
    fn settle(
        &self,
        before: &Figures,
        target: &Target,
        to: &Path,
    ) -> Result<(LimiterSettings, Pressed), Error> {
        let mut settings = LimiterSettings { ceiling_db: target.ceiling_dbtp, ..LimiterSettings::default() };
        let Some(true_peak) = before.true_peak_dbtp else {
            return Ok((settings, self.press(&settings, to)?));
        };
        // What is too short or too soft to have a loudness stays as loud as it is.
        let wanted = match (target.integrated_lufs, before.integrated_lufs) {
            (Some(wanted), Some(lufs)) => (wanted - lufs).min(target.most_gain_db),
            _ => 0.0,
        };
        let untouched = target.ceiling_dbtp - LIMITER_MARGIN_DB - true_peak;
        let most = (untouched + target.most_limited_db).min(target.most_gain_db);
        settings.gain_db = wanted.min(most);
        let mut pressed = self.press(&settings, to)?;
        for _ in 1..MOST_PRESSINGS {
            let missing = match (target.integrated_lufs, pressed.heard.integrated_lufs) {
                (Some(wanted), Some(heard)) => wanted - heard,
                _ => 0.0,
            };
            if settings.gain_db <= untouched || settings.gain_db >= most || missing <= CLOSE_LU {
                break;
            }
            settings.gain_db = (settings.gain_db + missing).min(most);
            drop(pressed);
            pressed = self.press(&settings, to)?;
        }
        Ok((settings, pressed))
    }

    /// Writes the sound and listens to it meanwhile.
    fn press(&self, settings: &LimiterSettings, to: &Path) -> Result<Pressed, Error> {
        let mut gauge = Gauge::new(self.spec.rate_hz, self.spec.channels);
        let mut writer = create(to, self.spec)?;
        let limited_db = self.play(settings, |sound| {
            gauge.push(sound);
            Ok(writer.write(sound)?)
        })?;
        let heard = gauge.finish();
        if let Some(loudness) = heard.loudness() {
            writer.tell_loudness(loudness);
        }
        Ok(Pressed { writer, limited_db, heard })
    }

    /// Plays the source through the limiter, in time with itself and as long as it is. Says how deep the limiter went.
    fn play(
        &self,
        settings: &LimiterSettings,
        to: impl FnMut(Signal<'_>) -> Result<(), Error> + Send,
    ) -> Result<f64, Error> {
        let reader = mixkeel_io::read::open(self.source, Downmix::Fold)?;
        let Spec { rate_hz, channels, .. } = *self.spec;
        let mut sound = Recording::at(reader, rate_hz)?;
        let mut limiter = Limiter::default();
        limiter.set(settings);
        limiter.prepare(&Setup { rate_hz, channels, max_block_frames: MAX_BLOCK_FRAMES });
        let (mut late, mut after_end) = (limiter.latency_frames(), limiter.latency_frames());
        let (mut frame, mut limited_db) = (0_i64, 0.0_f64);
        let limit = |buffer: &mut Buffer| {
            let mut frames = sound.read(&mut buffer.block())?;
            if frames == 0 {
                frames = after_end.min(MAX_BLOCK_FRAMES);
                after_end -= frames;
                buffer.block().clear();
            }
            if frames == 0 {
                return Ok(None);
            }
            let at = Context { frame, tempo_bpm: 120.0 };
            limiter.process(&mut buffer.block().part(0..frames), &[], &at);
            frame += frames as i64;
            let mut report = Report::default();
            limiter.report(&mut report);
            limited_db = limited_db.max(report.gain_reduction_db);
            let ahead = late.min(frames);
            late -= ahead;
            Ok(Some(ahead..frames))
        };
        pass_on(channels, self.watch, limit, to)?;
        Ok(limited_db)
    }
}

/// Measures what a delivered file is held to.
struct Gauge {
    loudness: LoudnessMeter,
    true_peak: TruePeakMeter,
    drawings: Vec<Upsampler>,
    high: Vec<f32>,
    peak: f32,
}

impl Gauge {
    fn new(rate_hz: u32, channels: Channels) -> Self {
        let (mut loudness, mut true_peak) = (LoudnessMeter::new(), TruePeakMeter::new());
        loudness.prepare(rate_hz, channels);
        true_peak.prepare(rate_hz, channels);
        Self {
            loudness,
            true_peak,
            drawings: vec![Upsampler::to_see(Factor::Eight); channels.count()],
            high: vec![0.0; Factor::Eight.times() * MAX_BLOCK_FRAMES],
            peak: 0.0,
        }
    }

    fn push(&mut self, sound: Signal<'_>) {
        self.loudness.push(&sound);
        self.true_peak.push(&sound);
        self.draw(sound);
    }

    fn draw(&mut self, sound: Signal<'_>) {
        for (drawing, samples) in self.drawings.iter_mut().zip(sound.each()) {
            let high = &mut self.high[..Factor::Eight.times() * samples.len()];
            drawing.run(samples, high);
            self.peak = sample_peak(high, self.peak);
        }
    }

    fn finish(&mut self) -> Figures {
        // What the drawing still holds back.
        let late = self.drawings.first().map_or(0, |drawing| 2 * drawing.latency_frames());
        self.draw(Buffer::new(Channels::Stereo, late).signal());
        let drawn = (self.peak > 0.0).then(|| db_from_gain(f64::from(self.peak)));
        let refined = self.true_peak.finish();
        Figures {
            integrated_lufs: self.loudness.finish().integrated_lufs,
            true_peak_dbtp: drawn.into_iter().chain(refined).reduce(f64::max),
        }
    }
}
