//! What is planted: each fault at a strength that is a multiple of the threshold its check names.

use mixkeel_analysis::spectrum::regions::Region;
use mixkeel_dsp::units::{db_from_power, gain_from_db};
use mixkeel_judge::check::Destination;
use mixkeel_judge::sides::{LOW_HZ, between};
use mixkeel_judge::tonal::{balance_db, stands_out_db};

use super::Sound;
use super::filters::{bell, high_pass, high_shelf, low_pass, low_shelf};

/// A fault that is planted.
pub struct Plant {
    /// The finding that it has to give.
    pub id: &'static str,
    /// What the file is checked for.
    pub destination: Destination,
    /// The threshold, as its check names it.
    pub threshold: &'static str,
    /// Where that comes from.
    pub source: &'static str,
    /// Other findings that such a file may well give: they are explained by it.
    pub explained: &'static [&'static str],
    /// Plants it at a multiple of its threshold.
    pub plant: fn(&mut Sound, f64),
}

impl Plant {
    /// Whether what it gives is a warning or more; else it is a note, which counts as told.
    pub fn warns(&self) -> bool {
        !matches!(
            self.id,
            "low-end-wide"
                | "too-narrow"
                | "leading-silence"
                | "dc"
                | "over-limited"
                | "too-quiet"
                | "sibilant"
        )
    }
}

const MASTERING: Destination = Destination::Mastering;
const RELEASE: Destination = Destination::Release;

/// Everything that is planted.
pub const PLANTS: &[Plant] = &[
    Plant {
        id: "clipping",
        destination: MASTERING,
        threshold: "6 flat tops a minute",
        source: "ours: one in ten seconds is heard",
        explained: &["true-peak", "over-limited"],
        plant: clipping,
    },
    Plant {
        id: "true-peak",
        destination: RELEASE,
        threshold: "−1 dBTP",
        source: "AES TD1008 (2021)",
        explained: &["over-limited"],
        plant: true_peak,
    },
    Plant {
        id: "over-limited",
        destination: MASTERING,
        threshold: "30 % of peaks at one ceiling",
        source: "`analysis::dynamics`: 79 tracks and mixes without a limiter",
        explained: &["already-mastered", "clipping"],
        plant: over_limited,
    },
    Plant {
        id: "already-mastered",
        destination: MASTERING,
        threshold: "−13 LUFS at full scale",
        source: "mastering practice: mixes at −23 to −18 LUFS",
        explained: &["over-limited", "clipping", "muddy", "dull"],
        plant: mastered,
    },
    Plant {
        id: "too-quiet",
        destination: MASTERING,
        threshold: "12 bits left",
        source: "ours: 74 dB, a quiet room under a loud record",
        explained: &["low-bits"],
        plant: too_quiet,
    },
    Plant {
        id: "dc",
        destination: MASTERING,
        threshold: "0.1 % and 5 % of the RMS",
        source: "ours: 0.1 dB of headroom at ten times that",
        explained: &[],
        plant: dc,
    },
    Plant {
        id: "dropout",
        destination: MASTERING,
        threshold: "0.73 ms",
        source: "`analysis::faults`: 32 frames at 44.1 kHz",
        explained: &["clicks"],
        plant: dropout,
    },
    Plant {
        id: "clicks",
        destination: MASTERING,
        threshold: "10 % of full scale",
        source: "`analysis::faults`",
        explained: &["dropout"],
        plant: clicks,
    },
    Plant {
        id: "hum",
        destination: MASTERING,
        threshold: "65 dB under the loud parts",
        source: "ours: the best a valve amplifier does",
        explained: &[],
        plant: hum,
    },
    Plant {
        id: "hiss",
        destination: MASTERING,
        threshold: "50 dB under the loud parts",
        source: "ours: cassette without noise reduction",
        explained: &[],
        plant: hiss,
    },
    Plant {
        id: "muddy",
        destination: MASTERING,
        threshold: "2 dB",
        source: "ours: a bell of 8 dB at 250 Hz makes 2.2",
        explained: &["dull", "boomy"],
        plant: muddy,
    },
    Plant {
        id: "harsh",
        destination: MASTERING,
        threshold: "2 dB",
        source: "ours: the highest of eleven mixes and records has 1.7",
        explained: &["thin", "sibilant"],
        plant: harsh,
    },
    Plant {
        id: "boomy",
        destination: MASTERING,
        threshold: "8 dB",
        source: "ours: the highest of eleven mixes and records has 6.2",
        explained: &["dull", "muddy"],
        plant: boomy,
    },
    Plant {
        id: "dull",
        destination: MASTERING,
        threshold: "10 dB",
        source: "ours: twice the tolerance of records there",
        explained: &["muddy"],
        plant: dull,
    },
    Plant {
        id: "thin",
        destination: MASTERING,
        threshold: "12 dB",
        source: "ours: twice the tolerance of records there",
        explained: &["harsh"],
        plant: thin,
    },
    Plant {
        id: "sibilant",
        destination: MASTERING,
        threshold: "1.5 dB",
        source: "ours: as loud as all above 562 Hz, and a little more",
        explained: &["harsh"],
        plant: sibilant,
    },
    Plant {
        id: "mono-loss",
        destination: MASTERING,
        threshold: "2.5 LU",
        source: "unrelated channels lose 3 LU",
        explained: &["too-wide", "polarity", "low-end-wide"],
        plant: mono_loss,
    },
    Plant {
        id: "polarity",
        destination: MASTERING,
        threshold: "side 2.5 times the middle",
        source: "a correlation of −0.43; practice: steadily below 0 is loss",
        explained: &["mono-loss", "too-wide", "low-end-wide"],
        plant: low_polarity,
    },
    Plant {
        id: "lopsided",
        destination: MASTERING,
        threshold: "1.5 LU",
        source: "ours: 1 dB is just seen, half as much again",
        explained: &[],
        plant: lopsided,
    },
    Plant {
        id: "too-narrow",
        destination: MASTERING,
        threshold: "side 0.004 of the middle",
        source: "ours: 10 dB under the narrowest records",
        explained: &[],
        plant: too_narrow,
    },
    Plant {
        id: "too-wide",
        destination: MASTERING,
        threshold: "side as strong as the middle",
        source: "what two unrelated channels have",
        explained: &["mono-loss", "low-end-wide"],
        plant: too_wide,
    },
    Plant {
        id: "low-end-wide",
        destination: MASTERING,
        threshold: "side half the middle",
        source: "ours: mono takes 2 dB of it",
        explained: &[],
        plant: low_end_wide,
    },
    Plant {
        id: "channel-delay",
        destination: MASTERING,
        threshold: "0.1 ms",
        source: "arithmetic: the first hole of mono at 5 kHz",
        explained: &[],
        plant: channel_delay,
    },
    Plant {
        id: "truncated-end",
        destination: MASTERING,
        threshold: "30 dB under the loud parts",
        source: "ours: a click that everybody hears",
        explained: &[],
        plant: truncated_end,
    },
    Plant {
        id: "leading-silence",
        destination: MASTERING,
        threshold: "2 s",
        source: "ours: a bar of count-in",
        explained: &[],
        plant: leading_silence,
    },
];

fn clipping(sound: &mut Sound, times: f64) {
    let wanted = (6.0 * times * sound.frames() as f64 / f64::from(sound.rate_hz) / 60.0) as usize;
    // The highest level of which so many separate peaks are cut.
    let tops = |sound: &Sound, level: f32| {
        let of = |channel: &[f32]| {
            let over: Vec<bool> = channel.iter().map(|x| x.abs() >= level).collect();
            over.windows(4).filter(|part| !part[0] && part[1] && part[2] && part[3]).count()
        };
        of(&sound.left) + of(&sound.right)
    };
    let mut level = sound.peak() as f32;
    while level > 1e-3 {
        let next = level * 0.995;
        // No fewer than wanted for what has to be found, no more for what has not.
        let goes_on = if times > 1.0 { tops(sound, level) < wanted } else { tops(sound, next) <= wanted };
        if !goes_on {
            break;
        }
        level = next;
    }
    sound.each(|channel| channel.iter_mut().for_each(|x| *x = x.clamp(-level, level) / level));
    (sound.bits, sound.float) = (24, false);
}

fn true_peak(sound: &mut Sound, times: f64) {
    let peak_db = 20.0 * libm::log10(sound.peak());
    sound.gain_db(-1.0 + 6.02 * libm::log2(times) - peak_db);
}

/// A limiter that looks 1 ms ahead and lets go in 40 ms.
pub fn limit(sound: &mut Sound, ceiling: f64) {
    let (ahead, release) =
        (sound.at(0.001).max(1), 1.0 - libm::exp(-1.0 / (0.04 * f64::from(sound.rate_hz))));
    let frames = sound.frames();
    let wanted: Vec<f64> = (0..frames)
        .map(|n| ceiling / f64::from(sound.left[n].abs().max(sound.right[n].abs())).max(ceiling))
        .collect();
    let mut gain = 1.0_f64;
    for n in 0..frames {
        let least = wanted[n..(n + ahead).min(frames)].iter().copied().fold(1.0, f64::min);
        gain = if least < gain { least } else { gain + release * (least - gain) };
        sound.left[n] = (f64::from(sound.left[n]) * gain) as f32;
        sound.right[n] = (f64::from(sound.right[n]) * gain) as f32;
    }
}

fn over_limited(sound: &mut Sound, times: f64) {
    use mixkeel_analysis::dynamics::DynamicsMeter;
    use mixkeel_analysis::meter::Meter;
    use mixkeel_dsp::block::{Channels, Signal};
    let peak = sound.peak();
    let held = |sound: &Sound| {
        let mut meter = DynamicsMeter::new();
        meter.prepare(sound.rate_hz, Channels::Stereo);
        meter.push(&Signal::stereo(&sound.left, &sound.right));
        meter.finish().printed.held_share.unwrap_or(0.0)
    };
    let driven = |by_db: f64| {
        let mut driven = sound.clone();
        driven.gain_db(by_db);
        limit(&mut driven, peak);
        driven
    };
    let by_db = solve(0.0, 24.0, 0.3 * times, |by_db| held(&driven(by_db)));
    *sound = driven(by_db);
}

fn mastered(sound: &mut Sound, times: f64) {
    let wanted = -13.0 + 6.02 * libm::log2(times);
    if times < 1.0 {
        let lufs = sound.lufs();
        sound.gain_db(wanted - lufs);
        return;
    }
    for _ in 0..6 {
        let lufs = sound.lufs();
        sound.gain_db(wanted - lufs);
        limit(sound, 0.96);
    }
}

fn too_quiet(sound: &mut Sound, times: f64) {
    // 24 bits, of which 12 are left: one bit fewer is twice as bad.
    let peak_db = 20.0 * libm::log10(sound.peak());
    sound.gain_db(-6.02 * (12.0 + libm::log2(times)) - peak_db);
    let steps = 8_388_608.0;
    sound.each(|channel| {
        channel.iter_mut().for_each(|x| *x = ((f64::from(*x) * steps).round() / steps) as f32)
    });
    (sound.bits, sound.float) = (24, false);
}

fn dc(sound: &mut Sound, times: f64) {
    let offset = (0.05 * sound.rms()).max(0.001) * times;
    let (frames, fade) = (sound.frames(), sound.at(0.25));
    sound.each(|channel| {
        let mean: f64 = channel.iter().map(|x| f64::from(*x)).sum::<f64>() / channel.len() as f64;
        for (n, x) in channel.iter_mut().enumerate() {
            let ramp = (n.min(frames - n) as f64 / fade as f64).min(1.0);
            *x += ((offset - mean) * ramp) as f32;
        }
    });
}

/// Frames at which a sound is loud, so many, spread over it.
fn loud_places(sound: &Sound, count: usize) -> Vec<usize> {
    let part = sound.frames() / (count + 2);
    (1..=count)
        .map(|k| {
            let (from, to) = (k * part, (k + 1) * part);
            (from..to).max_by(|a, b| sound.left[*a].abs().total_cmp(&sound.left[*b].abs())).unwrap()
        })
        .collect()
}

fn dropout(sound: &mut Sound, times: f64) {
    let length = (32.0 * times * f64::from(sound.rate_hz) / 44_100.0).round() as usize;
    for at in loud_places(sound, 4) {
        sound.each(|channel| channel[at..at + length].fill(0.0));
    }
}

fn clicks(sound: &mut Sound, times: f64) {
    let height = if times < 1.0 { 0.0005 } else { (0.1 * times) as f32 };
    for at in loud_places(sound, 6) {
        let at = at + sound.at(0.03);
        sound.each(|channel| channel[at] += if channel[at] > 0.0 { -height } else { height });
    }
}

/// Six pauses, in which noise can be heard.
fn pauses(sound: &mut Sound) {
    let (part, pause, fade) = (sound.frames() / 7, sound.at(0.9), sound.at(0.08));
    sound.each(|channel| {
        for k in 1..7 {
            for n in 0..pause {
                let edge = n.min(pause - n).min(fade) as f32 / fade as f32;
                channel[k * part + n] *= (1.0 - edge) * (1.0 - edge);
            }
        }
    });
}

fn hum(sound: &mut Sound, times: f64) {
    // Two fifths in which nobody plays: hum is looked for in windows of seconds.
    let (from, fade) = (sound.frames() * 3 / 5, sound.at(0.3));
    sound.each(|channel| {
        channel
            .iter_mut()
            .skip(from)
            .enumerate()
            .for_each(|(n, x)| *x *= (1.0 - n as f32 / fade as f32).max(0.0));
    });
    let loud = sound.rms() * 1.4;
    let peak = loud * gain_from_db(-65.0 + 6.02 * libm::log2(times)) * 1.414;
    let (rate, frames, fade) = (f64::from(sound.rate_hz), sound.frames(), sound.at(0.25));
    sound.each(|channel| {
        for (n, x) in channel.iter_mut().enumerate() {
            let ramp = (n.min(frames - n) as f64 / fade as f64).min(1.0);
            let t = std::f64::consts::TAU * 50.0 * n as f64 / rate;
            *x += (ramp * peak * (libm::sin(t) + 0.5 * libm::sin(2.0 * t) + 0.3 * libm::sin(3.0 * t))) as f32;
        }
    });
}

/// Noise between −1 and 1, the same every time.
fn noise(seed: u32) -> impl FnMut() -> f64 {
    let mut state = seed.max(1);
    move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1_u32 << 23) - 1.0
    }
}

fn hiss(sound: &mut Sound, times: f64) {
    pauses(sound);
    let level = sound.rms() * 1.4 * gain_from_db(-50.0 + 6.02 * libm::log2(times)) * 1.73;
    let (frames, fade) = (sound.frames(), sound.at(0.25));
    let mut next = noise(7);
    sound.each(|channel| {
        for (n, x) in channel.iter_mut().enumerate() {
            let ramp = (n.min(frames - n) as f64 / fade as f64).min(1.0);
            *x += (ramp * level * next()) as f32;
        }
    });
}

/// The value between two at which a rising function reaches a wanted one.
fn solve(mut low: f64, mut high: f64, wanted: f64, of: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..9 {
        let middle = 0.5 * (low + high);
        if of(middle) < wanted { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

fn raised(sound: &mut Sound, region: Region, centre_hz: f64, q: f64, wanted_db: f64) {
    let with = |gain_db: f64| {
        let mut with = sound.clone();
        bell(&mut with, centre_hz, gain_db, q);
        with
    };
    let gain_db = solve(-18.0, 36.0, wanted_db, |gain_db| {
        stands_out_db(&with(gain_db).spectrum().whole(), region).unwrap_or(0.0)
    });
    let peak = sound.peak();
    *sound = with(gain_db);
    let now = sound.peak();
    sound.gain_db(20.0 * libm::log10((peak / now).min(1.0)));
}

fn muddy(sound: &mut Sound, times: f64) {
    raised(sound, Region::Mud, 175.0, 0.9, 2.0 * times);
}

fn harsh(sound: &mut Sound, times: f64) {
    raised(sound, Region::Harsh, 2_900.0, 1.2, 2.0 * times);
}

fn boomy(sound: &mut Sound, times: f64) {
    raised(sound, Region::Boom, 63.0, 0.9, 8.0 * times);
}

fn dull(sound: &mut Sound, times: f64) {
    let with = |gain_db: f64| {
        let mut with = sound.clone();
        high_shelf(&mut with, 3_800.0, -gain_db);
        with
    };
    let below = |sound: &Sound| -balance_db(&sound.spectrum().whole(), 4_800.0, 13_000.0).unwrap_or(0.0);
    let gain_db = solve(-24.0, 40.0, 10.0 * times, |gain_db| below(&with(gain_db)));
    *sound = with(gain_db);
}

fn thin(sound: &mut Sound, times: f64) {
    let with = |gain_db: f64| {
        let mut with = sound.clone();
        low_shelf(&mut with, 190.0, -gain_db);
        with
    };
    let below = |sound: &Sound| -balance_db(&sound.spectrum().whole(), 48.0, 170.0).unwrap_or(0.0);
    let gain_db = solve(-24.0, 40.0, 12.0 * times, |gain_db| below(&with(gain_db)));
    *sound = with(gain_db);
}

fn sibilant(sound: &mut Sound, times: f64) {
    // Bursts of noise between 4 and 10 kHz, re everything above 562 Hz.
    let mut bright = sound.clone();
    high_pass(&mut bright, 562.0);
    let level = bright.rms() * gain_from_db(1.5 + 6.02 * libm::log2(times)) * 1.73;
    let mut bursts = Sound::silent(sound.rate_hz, sound.frames());
    let mut next = noise(11);
    let (every, length) = (sound.frames() / 9, sound.at(0.11));
    for k in 1..8 {
        for n in 0..length {
            let edge = libm::sin(std::f64::consts::PI * n as f64 / length as f64).sqrt();
            let value = (edge * level * next()) as f32;
            bursts.left[k * every + n] = value;
            bursts.right[k * every + n] = value;
        }
    }
    let before = bursts.rms();
    high_pass(&mut bursts, 4_800.0);
    low_pass(&mut bursts, 9_000.0);
    let after = bursts.rms();
    sound.add(&bursts, (before / after.max(1e-12)) as f32);
}

/// Makes side over mid this, between two frequencies, with sound of the middle that is turned away from it.
fn sided(sound: &mut Sound, hz: (f64, f64), wanted: f64) {
    let mid: Vec<f32> = sound.left.iter().zip(&sound.right).map(|(l, r)| 0.5 * (l + r)).collect();
    let mut side: Vec<f32> = sound.left.iter().zip(&sound.right).map(|(l, r)| 0.5 * (l - r)).collect();
    // A late copy of the middle is unrelated to it, but for the slowest waves.
    let late = sound.at(0.017);
    let mut copy = Sound::silent(sound.rate_hz, sound.frames());
    copy.left[late..].copy_from_slice(&mid[..mid.len() - late]);
    copy.right.copy_from_slice(&side);
    let low = hz.1 < 1_000.0;
    if low {
        low_pass(&mut copy, hz.1 * 0.85);
        // What was there on the sides stays above.
        side.iter_mut().zip(&copy.right).for_each(|(side, low)| *side -= low);
    } else {
        side.fill(0.0);
    }
    let place = |gain: f32, sound: &mut Sound| {
        for n in 0..mid.len() {
            let side = side[n] + gain * copy.left[n];
            (sound.left[n], sound.right[n]) = (mid[n] + side, mid[n] - side);
        }
    };
    let mut now = sound.clone();
    place(1.0, &mut now);
    let span = now.spectrum().whole();
    let pair = if low { between(&span, hz) } else { span.all_bands() };
    place((wanted * pair.mid / pair.side).sqrt() as f32, sound);
}

const ALL_HZ: (f64, f64) = (20.0, 20_000.0);

fn mono_loss(sound: &mut Sound, times: f64) {
    // 10 log (1 + side / mid) is what mono loses.
    sided(sound, ALL_HZ, libm::pow(10.0, 0.25 * times) - 1.0);
}

fn too_wide(sound: &mut Sound, times: f64) {
    sided(sound, ALL_HZ, times);
}

fn low_end_wide(sound: &mut Sound, times: f64) {
    sided(sound, LOW_HZ, 0.5 * times);
}

fn low_polarity(sound: &mut Sound, times: f64) {
    sided(sound, LOW_HZ, 2.5 * times);
}

fn too_narrow(sound: &mut Sound, times: f64) {
    let pair = sound.spectrum().whole().all_bands();
    let gain = (0.004 / times * pair.mid / pair.side).sqrt() as f32;
    for (left, right) in sound.left.iter_mut().zip(&mut sound.right) {
        let (mid, side) = (0.5 * (*left + *right), 0.5 * gain * (*left - *right));
        (*left, *right) = (mid + side, mid - side);
    }
}

fn lopsided(sound: &mut Sound, times: f64) {
    let pair = sound.spectrum().whole().weighted;
    let now_db = db_from_power(pair.left / pair.right);
    let gain = gain_from_db(1.5 * times - now_db) as f32;
    sound.left.iter_mut().for_each(|x| *x *= gain);
}

fn channel_delay(sound: &mut Sound, times: f64) {
    // By a part of a frame: straight between samples.
    let late = 0.1 * times * f64::from(sound.rate_hz) / 1_000.0;
    let (whole, part) = (late as usize, (late - libm::floor(late)) as f32);
    let from = sound.right.clone();
    for n in (whole + 1)..from.len() {
        sound.right[n] = (1.0 - part) * from[n - whole] + part * from[n - whole - 1];
    }
}

fn truncated_end(sound: &mut Sound, times: f64) {
    let loud = sound.rms() * 1.4;
    let frames = sound.frames();
    // From a second before the end on it stands at a level, and stops.
    let (from, wanted) = (frames - sound.at(1.2), loud * gain_from_db(-30.0 + 6.02 * libm::log2(times)));
    let source: Vec<(f32, f32)> =
        (0..sound.at(1.2)).map(|n| (sound.left[frames / 2 + n], sound.right[frames / 2 + n])).collect();
    let tail = &source[source.len() - sound.at(0.1)..];
    let rms =
        (tail.iter().map(|(l, r)| f64::from(l * l + r * r)).sum::<f64>() / (2 * tail.len()) as f64).sqrt();
    let gain_at = |n: usize| {
        let share = (n as f64 / source.len() as f64 * 1.3).min(1.0);
        libm::pow(wanted / rms, share) as f32
    };
    for (n, (left, right)) in source.iter().enumerate() {
        sound.left[from + n] = left * gain_at(n);
        sound.right[from + n] = right * gain_at(n);
    }
}

fn leading_silence(sound: &mut Sound, times: f64) {
    let silence = sound.at(2.0 * times);
    sound.each(|channel| {
        channel.splice(0..0, std::iter::repeat_n(0.0, silence));
    });
}
