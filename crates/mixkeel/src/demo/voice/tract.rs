//! Throat, mouth and lips: a saw from the glottis and breath through ten resonances, and noise where the mouth is narrow.

use std::f64::consts::PI;

use super::super::filters::{Biquad, OnePole};
use super::super::instruments::string::freq_hz;
use super::super::noise::Noise;
use super::super::oscillator::{Rotor, Saw, look};
use super::performance::Aim;
use super::singers::Singer;

/// Frames between two settings of the tract.
const HOP: usize = 64;

/// Resonances above the third in Hz with their widths: a tract of 17.5 cm has one about every 1,000 Hz. The fourth and
/// fifth stand close to the third, as a trained singer's do (J. Sundberg, JASA 55, 1974). Without those above 5 kHz the
/// cascade would fall far faster than a voice does.
const UPPER: [(f64, f64); 7] = [
    (3250.0, 160.0),
    (3950.0, 200.0),
    (4900.0, 260.0),
    (5900.0, 300.0),
    (6900.0, 340.0),
    (8000.0, 380.0),
    (9300.0, 420.0),
];

/// One resonance of the cascade, with gain 1 at 0 Hz (D. Klatt, JASA 67, 1980, eq. 1 to 3).
#[derive(Clone, Copy, Default)]
struct Resonance {
    a: f64,
    b: f64,
    c: f64,
    y1: f64,
    y2: f64,
}

impl Resonance {
    fn tune(&mut self, freq_hz: f64, width_hz: f64, rate: f64) {
        let r = libm::exp(-PI * width_hz / rate);
        self.c = -r * r;
        self.b = 2.0 * r * libm::cos(2.0 * PI * freq_hz / rate);
        self.a = 1.0 - self.b - self.c;
    }

    #[inline]
    fn next(&mut self, x: f64) -> f64 {
        let y = self.a * x + self.b * self.y1 + self.c * self.y2;
        self.y2 = self.y1;
        self.y1 = y;
        y
    }
}

/// A value that follows its aim with a time constant.
struct Follower {
    value: f64,
    share: f64,
}

impl Follower {
    fn new(value: f64, time_s: f64, hop_s: f64) -> Self {
        Self { value, share: 1.0 - libm::exp(-hop_s / time_s) }
    }

    fn next(&mut self, aim: f64) -> f64 {
        self.value += self.share * (aim - self.value);
        self.value
    }
}

/// Sings the aims onto a line of this many frames.
pub(super) fn sing(aims: &[Aim], singer: &Singer, frames: usize, rate_hz: u32) -> Vec<f64> {
    let rate = f64::from(rate_hz);
    let hop_s = HOP as f64 / rate;
    let mut line = vec![0.0; frames];
    let Some(first) = aims.first() else { return line };
    let saw = Saw::new(rate_hz);
    let mut air = Noise::new(singer.seed, 1);
    let mut lips = Noise::new(singer.seed, 2);
    let mut nerves = Noise::new(singer.seed, 3);

    let mut formants = first.formants_hz.map(|freq_hz| Follower::new(freq_hz, 0.022, hop_s));
    let mut voice = Follower::new(0.0, 0.014, hop_s);
    let mut swell = Follower::new(0.0, 0.012, hop_s);
    let mut breath = Follower::new(0.0, 0.012, hop_s);
    let mut noise_level = Follower::new(0.0, 0.006, hop_s);
    let mut noise_at = Follower::new(first.noise_hz, 0.01, hop_s);
    let mut pitch = Follower::new(first.midi, singer.glide_s, hop_s);
    let mut drift = Follower::new(0.0, 0.12, hop_s);
    let mut vibrato = Rotor::new(singer.vibrato_hz, 0.0, 1.0 / hop_s);
    let mut depth = Follower::new(0.0, 0.12, hop_s);

    let mut tract = [Resonance::default(); 10];
    for (resonance, (freq_hz, width_hz)) in tract[3..].iter_mut().zip(UPPER) {
        resonance.tune(freq_hz * singer.tract, width_hz, rate);
    }
    let mut tilt = OnePole::lowpass(2200.0, rate_hz);
    let mut narrow = Biquad::bandpass(first.noise_hz, 1.0, rate_hz);
    let (mut phase, mut next, mut last_voice, mut last_step) = (0.0, 0, 0.0, 0.0);
    for (hop, block) in line.chunks_mut(HOP).enumerate() {
        let now_s = hop as f64 * hop_s;
        while aims.get(next + 1).is_some_and(|aim| aim.from_s <= now_s) {
            next += 1;
        }
        let aim = if now_s < first.from_s {
            Aim { voice: 0.0, breath: 0.0, noise: 0.0, ..*first }
        } else {
            aims[next]
        };
        // Two followers in a row: loudness bends, it does not break.
        let level = voice.next(swell.next(aim.voice));
        let air_level = breath.next(aim.breath);
        let hiss = noise_level.next(aim.noise);
        // Vibrato comes in late in a note and only on long ones.
        let ripe = now_s - aim.note_s > 0.32;
        let wave = vibrato.next() * depth.next(if ripe { singer.vibrato_semitones } else { 0.0 });
        let wander = drift.next(nerves.human() * singer.drift_semitones);
        let f0_hz = freq_hz(pitch.next(aim.midi) + wave + wander);
        for (index, (resonance, (follower, aim_hz))) in
            tract.iter_mut().zip(formants.iter_mut().zip(aim.formants_hz)).enumerate()
        {
            let mut at_hz = follower.next(aim_hz) * singer.tract;
            if index == 0 {
                // A singer opens the mouth rather than let the first resonance fall below the note (Sundberg 1975).
                at_hz = at_hz.max(1.05 * f0_hz);
            }
            let width_hz = [70.0, 95.0, 140.0][index];
            resonance.tune(at_hz, width_hz, rate);
        }
        narrow.retune(&Biquad::bandpass(noise_at.next(aim.noise_hz), aim.noise_q, rate_hz));
        let table = saw.table(f0_hz * 1.02);
        let jitter = 1.0 + singer.jitter * nerves.human();
        let step = f0_hz * jitter / rate;
        let frames = block.len() as f64;
        for (index, sample) in block.iter_mut().enumerate() {
            let part = index as f64 / frames;
            let loud = last_voice + part * (level - last_voice);
            phase += last_step + part * (step - last_step);
            phase -= libm::floor(phase);
            let pulse = look(table, phase);
            // Loud singing closes the glottis faster: less of it goes through the soft path.
            let bright = 0.55 + 0.4 * loud;
            let glottis = loud * (bright * pulse + (1.0 - bright) * tilt.next(pulse));
            // Breath comes in puffs while the glottis swings.
            let puff = if loud > 0.01 { 0.5 + phase } else { 1.0 };
            let mut sound = glottis + air_level * puff * air.white();
            for resonance in &mut tract {
                sound = resonance.next(sound);
            }
            *sample = sound + hiss * narrow.next(lips.white());
        }
        last_voice = level;
        last_step = step;
    }
    // A condenser near the mouth: nothing below, a rise where words are understood, air above.
    Biquad::highpass(70.0, 0.7, rate_hz).run(&mut line);
    Biquad::bell(3100.0, 0.9, 7.0, rate_hz).run(&mut line);
    Biquad::bell(8000.0, 0.5, 6.0, rate_hz).run(&mut line);
    line
}
