//! A plucked string: the loop of Karplus and Strong with a pick, a pick-up and a palm.

use super::super::filters::OnePole;
use super::super::noise::Noise;

/// How a string is plucked.
#[derive(Clone, Copy, Debug)]
pub(in crate::demo) struct Pluck {
    pub freq_hz: f64,
    /// 0 to 1.
    pub velocity: f64,
    /// How long it may sound, in seconds, before a finger stops it.
    pub length_s: f64,
    /// The time in seconds in which it falls by 60 dB.
    pub decay_s: f64,
    /// Share of the highs that each turn loses, 0 (steel) to 0.5 (a palm on it).
    pub damping: f64,
    /// Where the pick touches, as a share of the string from the bridge.
    pub pick: f64,
    /// Where the pick-up sits, as a share of the string from the bridge.
    pub pickup: f64,
    /// The corner of the pick's softness in Hz.
    pub softness_hz: f64,
}

/// Adds one plucked note.
///
/// K. Karplus and A. Strong, "Digital Synthesis of Plucked-String and Drum Timbres" (Computer Music Journal 7:2, 1983)
/// with the tuning all-pass, pick position and loop filter of D. Jaffe and J. O. Smith, "Extensions of the
/// Karplus-Strong Plucked-String Algorithm" (same issue).
pub(in crate::demo) fn pluck(line: &mut [f64], start: usize, how: &Pluck, noise: &mut Noise, rate_hz: u32) {
    let rate = f64::from(rate_hz);
    let Some(line) = line.get_mut(start..) else { return };
    let period = rate / how.freq_hz;
    // The loop filter delays by `damping` frames, the all-pass by 0.3 to 1.3, the line by the rest.
    let whole = libm::floor(period - how.damping - 0.3).max(2.0);
    let rest = period - how.damping - whole;
    let allpass = (1.0 - rest) / (1.0 + rest);
    let frames = whole as usize;
    let gain = libm::exp10(-3.0 / (how.freq_hz * how.decay_s));

    let mut soft = OnePole::lowpass(how.softness_hz * (0.35 + 0.65 * how.velocity), rate_hz);
    let burst: Vec<f64> = (0..frames).map(|_| soft.next(noise.white())).collect();
    let pick = ((how.pick * period) as usize).clamp(1, frames);
    let mut string: Vec<f64> = (0..frames)
        .map(|index| {
            let before = if index >= pick { burst[index - pick] } else { burst[index + frames - pick] };
            (burst[index] - before) * how.velocity
        })
        .collect();

    let pickup = ((how.pickup * period) as usize).clamp(1, frames);
    let (mut at, mut last, mut all_in, mut all_out) = (0, 0.0, 0.0, 0.0);
    let length = ((how.length_s * rate) as usize).min(line.len());
    let release = (0.02 * rate) as usize;
    for (index, sample) in line.iter_mut().take(length + release).enumerate() {
        let out = string[at];
        let other = string[if at >= pickup { at - pickup } else { at + frames - pickup }];
        let turned = gain * ((1.0 - how.damping) * out + how.damping * last);
        last = out;
        let tuned = allpass * (turned - all_out) + all_in;
        (all_in, all_out) = (turned, tuned);
        string[at] = tuned;
        at = if at + 1 == frames { 0 } else { at + 1 };
        // A finger takes 20 ms to stop it.
        let stop = if index < length { 1.0 } else { 1.0 - (index - length) as f64 / release as f64 };
        *sample += (out - 0.7 * other) * stop;
    }
}

/// The frequency of a MIDI note in Hz: A4 (69) is 440.
pub(in crate::demo) fn freq_hz(midi: f64) -> f64 {
    440.0 * libm::exp2((midi - 69.0) / 12.0)
}
