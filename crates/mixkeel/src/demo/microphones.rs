//! The microphones of the kit: what each hears, when, how loud, and which way round.
//!
//! Nothing here is drawn: delays and bleed follow from where drums and microphones stand.

use mixkeel_dsp::units::gain_from_db;

use super::filters::Biquad;
use super::kit::{Place, Source};
use super::room;
use super::score::tempo::song_frames;

/// The speed of sound in dry air at 20 °C in m/s (ISO 9613-1).
pub(super) const SPEED_OF_SOUND: f64 = 343.2;
/// The distance in metres at which a source has its own level; nearer than this it gets no louder.
const NEAR_M: f64 = 0.05;

/// One microphone.
pub(super) struct Microphone {
    pub place: Place,
    /// What it points at. Everything else is off its axis.
    own: &'static [Source],
    /// How much quieter it hears what it does not point at, in dB.
    rejection_db: f64,
    /// Its bells: frequency (Hz), width (Q), gain (dB).
    bells: &'static [(f64, f64, f64)],
    low_hz: f64,
    high_hz: f64,
    /// +1, or −1 where the drum moves away from it or its cable is crossed.
    pub polarity: f64,
    /// By how much the recorder wrote it too late, in seconds.
    pub late_s: f64,
    /// How much of the room's reverberation it hears, as a factor.
    room: f64,
}

const CLOSE: Microphone = Microphone {
    place: [0.0; 3],
    own: &[],
    rejection_db: 6.0,
    bells: &[],
    low_hz: 30.0,
    high_hz: 16_000.0,
    polarity: 1.0,
    late_s: 0.0,
    room: 0.0,
};

/// Inside the kick, near the beater.
pub(super) const KICK_IN: Microphone = Microphone {
    place: [0.15, 0.28, 0.30],
    own: &[Source::KickHead, Source::KickBeater],
    rejection_db: 12.0,
    bells: &[(65.0, 1.0, 3.0), (350.0, 0.9, -6.0), (4000.0, 0.9, 6.0)],
    ..CLOSE
};
/// In front of the kick, its cable crossed.
pub(super) const KICK_OUT: Microphone = Microphone {
    place: [0.15, 0.60, 0.28],
    own: &[Source::KickHead],
    rejection_db: 7.0,
    bells: &[(55.0, 0.9, 4.0)],
    high_hz: 4500.0,
    polarity: -1.0,
    ..CLOSE
};
/// Over the snare.
pub(super) const SNARE_TOP: Microphone = Microphone {
    place: [-0.18, 0.03, 0.68],
    own: &[Source::SnareHead, Source::SnareWires],
    bells: &[(200.0, 1.2, 2.0), (5500.0, 0.9, 3.0)],
    low_hz: 60.0,
    ..CLOSE
};
/// Under the snare: the head moves away from it, so it is the other way round by nature.
pub(super) const SNARE_BOTTOM: Microphone = Microphone {
    place: [-0.15, 0.02, 0.46],
    own: &[Source::SnareHead, Source::SnareWires],
    bells: &[(200.0, 0.7, 9.0), (6000.0, 0.7, 2.0)],
    low_hz: 60.0,
    polarity: -1.0,
    ..CLOSE
};
/// Over the edge of the hat.
pub(super) const HAT: Microphone =
    Microphone { place: [-0.60, 0.0, 0.96], own: &[Source::Hat], low_hz: 180.0, ..CLOSE };
/// The three at the toms, bounced to one stereo file, each with its place in it from left (−1) to right (1).
pub(super) const TOMS: [(Microphone, f64); 3] = [
    (Microphone { place: [-0.03, 0.50, 0.92], own: &[Source::HighTom], rejection_db: 8.0, ..CLOSE }, -0.5),
    (Microphone { place: [0.34, 0.48, 0.89], own: &[Source::MiddleTom], rejection_db: 8.0, ..CLOSE }, 0.1),
    (Microphone { place: [0.61, 0.06, 0.67], own: &[Source::FloorTom], rejection_db: 8.0, ..CLOSE }, 0.7),
];
/// Left over the kit, as far from the snare as the right one.
pub(super) const OVERHEAD_LEFT: Microphone = Microphone {
    place: [-0.55, 0.10, 1.66],
    own: &Source::ALL,
    low_hz: 90.0,
    high_hz: 18_000.0,
    room: 0.05,
    ..CLOSE
};
/// Right over the kit.
pub(super) const OVERHEAD_RIGHT: Microphone = Microphone { place: [0.55, 0.10, 1.48], ..OVERHEAD_LEFT };
/// Two metres in front, and written 25 ms too late.
pub(super) const ROOM: Microphone = Microphone {
    place: [0.20, 2.20, 1.20],
    own: &Source::ALL,
    bells: &[(400.0, 0.8, 2.0)],
    low_hz: 45.0,
    high_hz: 9000.0,
    late_s: super::faults::LATE_S,
    room: 0.35,
    ..CLOSE
};

impl Microphone {
    /// The distance to a source in metres.
    fn distance_m(&self, source: Source) -> f64 {
        let other = source.place();
        let square: f64 =
            (0..3).map(|axis| (self.place[axis] - other[axis]) * (self.place[axis] - other[axis])).sum();
        square.sqrt()
    }

    /// How long sound takes from a source, in seconds, without what the recorder added.
    pub fn travel_s(&self, source: Source) -> f64 {
        self.distance_m(source) / SPEED_OF_SOUND
    }

    /// What it wrote down over the whole song.
    pub fn record(&self, rate_hz: u32) -> Vec<f64> {
        record([self], rate_hz).into_iter().flatten().collect()
    }

    /// The factor at which it hears a source, and whether it points at it.
    fn gain(&self, source: Source) -> (f64, bool) {
        let on_axis = self.own.contains(&source);
        let aside = if on_axis { 1.0 } else { gain_from_db(-self.rejection_db) };
        (aside * NEAR_M / self.distance_m(source).max(NEAR_M), on_axis)
    }

    /// What comes after the membrane: the room around it, its own sound, its recorder, its cable.
    fn finish(&self, line: &mut [f64], rate_hz: u32) {
        if self.room > 0.0 {
            room::add(line, self.room, rate_hz);
        }
        Biquad::highpass(self.low_hz, 0.7, rate_hz).run(line);
        Biquad::lowpass(self.high_hz, 0.7, rate_hz).run(line);
        for &(freq_hz, q, gain_db) in self.bells {
            Biquad::bell(freq_hz, q, gain_db, rate_hz).run(line);
        }
        super::faults::late(line, self.late_s, rate_hz);
        line.iter_mut().for_each(|sample| *sample *= self.polarity);
    }
}

/// What several microphones wrote down: the kit plays once for all of them.
pub(super) fn record<const N: usize>(microphones: [&Microphone; N], rate_hz: u32) -> [Vec<f64>; N] {
    let frames = song_frames(rate_hz);
    let mut lines = microphones.map(|_| vec![0.0; frames]);
    let mut asides = microphones.map(|_| vec![0.0; frames]);
    for source in Source::ALL {
        let heard = source.play(rate_hz);
        for ((microphone, line), aside) in microphones.iter().zip(&mut lines).zip(&mut asides) {
            let (gain, on_axis) = microphone.gain(source);
            let late = libm::round(microphone.travel_s(source) * f64::from(rate_hz)) as usize;
            let to = if on_axis { line } else { aside };
            for (sample, value) in to.iter_mut().skip(late).zip(&heard) {
                *sample += gain * value;
            }
        }
    }
    for ((microphone, line), mut aside) in microphones.iter().zip(&mut lines).zip(asides) {
        // Off the axis, highs go first.
        Biquad::lowpass(7500.0, 0.6, rate_hz).run(&mut aside);
        line.iter_mut().zip(&aside).for_each(|(sample, value)| *sample += value);
        microphone.finish(line, rate_hz);
    }
    lines
}
