//! What every bar is like: who plays, which notes sound, how it sounds, how its rhythm goes.

use super::contour::BarContour;
use super::{FormClip, FormTrack};
use crate::energy::{BANDS, CELLS_PER_S, Power, lower_hz};
use crate::music::{CLASSES, ONSET_BANDS, STEPS_PER_S};
use mixkeel_dsp::block::Channels;

/// Slices of a bar in which notes are told apart: the harmony of a bar is a sequence. Ours.
const CHROMA_SLICES: usize = 4;

/// Places of a bar in which its rhythm is told: sixteenths of 4/4.
const PLACES: usize = 16;

/// Neighbouring bands that are taken together to tell how a bar sounds, and into how many that makes the song. Ours: wide
/// enough that a tune does not move them.
const GROUPED: usize = 4;
const SOUND_BANDS: usize = BANDS.div_ceil(GROUPED);

/// A track plays where it is at most this much softer than where it is loud, and does not where it is that much softer;
/// between, it plays in part. Ours: verses may be played softer, and bleed is fainter.
const FULL_DB: f64 = -6.0;
const GONE_DB: f64 = -26.0;

/// The softest power that is a sound: −70 LUFS, where the gate of BS.1770 lies.
const SILENT: f64 = 1e-7;

/// Below this, sides say nothing about width. Ours: bass is mono in most songs.
const WIDE_FROM_HZ: f64 = 200.0;

/// By how much the summed onset curves must rise over their mean to count as an onset. Ours.
const ONSET_RISE: f64 = 1.5;

/// How bars compare.
pub(super) struct Features {
    /// What each bar sounds like as a whole.
    pub bars: Vec<BarContour>,
    /// Who plays, weighted so that tracks that always play together have one voice; empty for a single track.
    pub who: Vec<Vec<f64>>,
    /// The notes of each slice without those that sound all the time.
    pub notes: Vec<Vec<f64>>,
    /// The level of groups of bands in units of 10 dB.
    pub sound: Vec<Vec<f64>>,
    /// How strong onsets are in each place and band, of length one.
    pub rhythm: Vec<Vec<f64>>,
}

impl Features {
    pub fn of(tracks: &[FormTrack], bars_s: &[f64], tuning_cents: f64) -> Self {
        let spans: Vec<(f64, f64)> = bars_s.windows(2).map(|two| (two[0], two[1])).collect();
        let levels: Vec<Vec<f64>> = tracks.iter().map(|track| levels(track, &spans)).collect();
        let plays: Vec<Vec<f64>> = levels.iter().map(|levels| plays(levels)).collect();
        let shares = shares(&plays);
        let (mut bars, sound) = sums(tracks, &spans);
        let (onsets, rhythm) = rhythms(tracks, &spans);
        let lead_known = tracks.iter().any(|track| track.lead);
        for (index, bar) in bars.iter_mut().enumerate() {
            bar.plays = plays.iter().map(|plays| plays[index]).collect();
            bar.voices = bar.plays.iter().zip(&shares).map(|(plays, share)| plays * share).sum();
            bar.onsets_per_s = onsets[index];
            let led = tracks.iter().zip(&bar.plays).filter(|(track, _)| track.lead);
            bar.lead = lead_known.then(|| led.map(|(_, plays)| *plays).fold(0.0, f64::max));
        }
        let all = shares.iter().sum::<f64>().max(1e-9);
        let who = |bar: &BarContour| {
            bar.plays.iter().zip(&shares).map(|(plays, share)| plays * (share / all).sqrt()).collect()
        };
        Self {
            who: if tracks.len() > 1 { bars.iter().map(who).collect() } else { Vec::new() },
            notes: notes(tracks, &spans, tuning_cents),
            sound,
            rhythm,
            bars,
        }
    }
}

/// The power of a clip in a cell and band as it stands in the song.
fn placed(clip: &FormClip, gains: [f64; 2], cell: usize, band: usize) -> Power {
    let power = clip.energy.power(cell, band);
    let power = match clip.energy.channels() {
        Channels::Stereo => power,
        Channels::Mono => Power::centre(power.left),
    };
    power.gained(gains[0], gains[1])
}

/// How loud a track stands on both sides together.
fn gain(track: &FormTrack) -> f64 {
    ((track.gains[0] * track.gains[0] + track.gains[1] * track.gains[1]) / 2.0).sqrt()
}

/// Every recording with the gains of its track.
fn clips<'a>(tracks: &'a [FormTrack<'a>]) -> impl Iterator<Item = (&'a FormClip<'a>, [f64; 2])> {
    tracks.iter().flat_map(|track| track.clips.iter().map(|clip| (clip, track.gains)))
}

/// The items of a curve, so many a second, whose middles lie in a span, where the curve begins at a time.
fn within((from_s, to_s): (f64, f64), at_s: f64, per_s: u32, count: usize) -> std::ops::Range<usize> {
    let index = |s: f64| libm::ceil((s - at_s) * f64::from(per_s) - 0.5).clamp(0.0, count as f64) as usize;
    index(from_s)..index(to_s).max(index(from_s))
}

/// The mean K-weighted power of a track in every bar.
fn levels(track: &FormTrack, spans: &[(f64, f64)]) -> Vec<f64> {
    spans
        .iter()
        .map(|&span| {
            let mut sum = 0.0;
            for clip in &track.clips {
                for cell in within(span, clip.at_s, CELLS_PER_S, clip.energy.cells()) {
                    for band in 0..BANDS {
                        let power = placed(clip, track.gains, cell, band);
                        sum += (power.left + power.right) * clip.energy.k_gain(band);
                    }
                }
            }
            sum / (f64::from(CELLS_PER_S) * (span.1 - span.0)).max(1e-9)
        })
        .collect()
}

/// How much of a track there is in every bar, from its levels: 0 to 1.
fn plays(levels: &[f64]) -> Vec<f64> {
    let mut sounding: Vec<f64> = levels.iter().copied().filter(|power| *power > SILENT).collect();
    sounding.sort_by(f64::total_cmp);
    // Where it is loud: the level that a tenth of its bars exceed.
    let Some(&loud) = sounding.get(sounding.len().saturating_sub(1 + sounding.len() / 10)) else {
        return vec![0.0; levels.len()];
    };
    let part = |power: &f64| {
        if *power <= SILENT {
            return 0.0;
        }
        let below_db = 10.0 * libm::log10(power / loud);
        ((below_db - GONE_DB) / (FULL_DB - GONE_DB)).clamp(0.0, 1.0)
    };
    levels.iter().map(part).collect()
}

/// The part of a voice that each track is: tracks that come and go together share one. A track that always plays, or never,
/// is one of its own.
fn shares(plays: &[Vec<f64>]) -> Vec<f64> {
    let together = |a: &[f64], b: &[f64]| {
        let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len().max(1) as f64;
        let (ma, mb) = (mean(a), mean(b));
        let mut sums = [0.0; 3];
        for (x, y) in a.iter().zip(b) {
            sums[0] += (x - ma) * (y - mb);
            sums[1] += (x - ma) * (x - ma);
            sums[2] += (y - mb) * (y - mb);
        }
        let scale = (sums[1] * sums[2]).sqrt();
        if scale > 1e-9 { (sums[0] / scale).max(0.0) } else { 0.0 }
    };
    let share = |(index, one): (usize, &Vec<f64>)| {
        let others = plays.iter().enumerate().filter(|(other, _)| *other != index);
        // Squared, so that only those count that go together closely.
        1.0 / (1.0 + others.map(|(_, other)| together(one, other)).map(|r| r * r).sum::<f64>())
    };
    plays.iter().enumerate().map(share).collect()
}

/// What the sum is like in every bar: its power, its width, and the level of groups of bands.
fn sums(tracks: &[FormTrack], spans: &[(f64, f64)]) -> (Vec<BarContour>, Vec<Vec<f64>>) {
    let wide_from = (0..BANDS).find(|band| lower_hz(*band) >= WIDE_FROM_HZ).unwrap_or(0);
    let mut bars = Vec::with_capacity(spans.len());
    let mut sound = Vec::with_capacity(spans.len());
    for &span in spans {
        let mut bar = BarContour::default();
        let mut groups = vec![0.0; SOUND_BANDS];
        let length = (f64::from(CELLS_PER_S) * (span.1 - span.0)).max(1e-9);
        for (clip, gains) in clips(tracks) {
            for cell in within(span, clip.at_s, CELLS_PER_S, clip.energy.cells()) {
                for band in 0..BANDS {
                    let power = placed(clip, gains, cell, band);
                    let both = power.left + power.right;
                    bar.power += both * clip.energy.k_gain(band) / length;
                    groups[band / GROUPED] += both / length;
                    if band >= wide_from {
                        bar.mid_power += (both + 2.0 * power.cross) / 4.0 / length;
                        bar.side_power += (both - 2.0 * power.cross).max(0.0) / 4.0 / length;
                    }
                }
            }
        }
        sound.push(groups);
        bars.push(bar);
    }
    in_tens_of_db(&mut sound);
    (bars, sound)
}

/// Powers as levels: how far below the loudest bar in the same band, and never more than 40 dB, below which other bands cover
/// what changes.
fn in_tens_of_db(sound: &mut [Vec<f64>]) {
    let loudest = sound.iter().flatten().copied().fold(0.0, f64::max);
    for group in 0..SOUND_BANDS {
        let top = sound.iter().map(|bar| bar[group]).fold(loudest * 1e-6, f64::max);
        for bar in sound.iter_mut() {
            let below_db = if top > 0.0 { 10.0 * libm::log10((bar[group] / top).max(1e-12)) } else { 0.0 };
            bar[group] = below_db.max(-40.0) / 10.0 / (SOUND_BANDS as f64).sqrt();
        }
    }
}

/// The notes of every bar, slice by slice, less the mean of the song, each bar of length one. Silent bars are all zero.
fn notes(tracks: &[FormTrack], spans: &[(f64, f64)], tuning_cents: f64) -> Vec<Vec<f64>> {
    let shift = libm::round(tuning_cents / 100.0 * 3.0) as i64;
    let third = |class: usize| (class as i64 - shift).rem_euclid(CLASSES as i64) as usize;
    let mut notes: Vec<Vec<f64>> = spans
        .iter()
        .map(|&(from_s, to_s)| {
            let mut bar = vec![0.0; CHROMA_SLICES * 12];
            for slice in 0..CHROMA_SLICES {
                let at = |slice: usize| from_s + (to_s - from_s) * slice as f64 / CHROMA_SLICES as f64;
                let span = (at(slice), at(slice + 1));
                for track in tracks {
                    for clip in &track.clips {
                        for cell in within(span, clip.at_s, CELLS_PER_S, clip.music.cells()) {
                            for (class, strength) in clip.music.chroma(cell).into_iter().enumerate() {
                                // The nearest semitone: thirds below and above it belong to it.
                                let semitone = (third(class) + 1) % CLASSES / 3;
                                bar[slice * 12 + semitone] += strength * gain(track);
                            }
                        }
                    }
                }
            }
            unit(bar)
        })
        .collect();
    let sounding = notes.iter().filter(|bar| bar.iter().any(|x| *x > 0.0)).count().max(1) as f64;
    let mut mean = [0.0; 12];
    for bar in &notes {
        for (place, x) in bar.iter().enumerate() {
            mean[place % 12] += x / (sounding * CHROMA_SLICES as f64);
        }
    }
    for bar in notes.iter_mut().filter(|bar| bar.iter().any(|x| *x > 0.0)) {
        bar.iter_mut().enumerate().for_each(|(place, x)| *x -= mean[place % 12]);
        *bar = unit(std::mem::take(bar));
    }
    notes
}

/// Onsets a second in every bar, and how strong onsets are in each of its places and bands.
fn rhythms(tracks: &[FormTrack], spans: &[(f64, f64)]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let mut counts = Vec::with_capacity(spans.len());
    let mut shapes = Vec::with_capacity(spans.len());
    for &span in spans {
        let mut shape = vec![0.0; PLACES * ONSET_BANDS];
        let place_s = (span.1 - span.0) / PLACES as f64;
        for track in tracks {
            let scale = gain(track).sqrt();
            for clip in &track.clips {
                for step in within(span, clip.at_s, STEPS_PER_S, clip.music.steps()) {
                    let time_s = clip.at_s + (step as f64 + 0.5) / f64::from(STEPS_PER_S) - span.0;
                    // Places are centred on their beats.
                    let place = (libm::floor(time_s / place_s + 0.5).max(0.0) as usize) % PLACES;
                    for band in 0..ONSET_BANDS {
                        shape[place * ONSET_BANDS + band] += clip.music.onset(step, band) * scale;
                    }
                }
            }
        }
        let sums: Vec<f64> = shape.chunks(ONSET_BANDS).map(|bands| bands.iter().sum()).collect();
        let mean = sums.iter().sum::<f64>() / PLACES as f64;
        let count = sums.iter().filter(|sum| **sum > mean * 0.5 * ONSET_RISE && **sum > 0.0).count();
        counts.push(count as f64 / (span.1 - span.0).max(1e-9));
        shapes.push(unit(shape));
    }
    (counts, shapes)
}

/// Of length one, or all zero.
fn unit(mut row: Vec<f64>) -> Vec<f64> {
    let length = row.iter().map(|x| x * x).sum::<f64>().sqrt();
    if length > 1e-12 {
        row.iter_mut().for_each(|x| *x /= length);
    } else {
        row.fill(0.0);
    }
    row
}
