//! Music-like sound without a fault, at any rate: plucked chords, a bass and drums of noise, with gaps to hear the floor in.

/// Twelve seconds, left and right.
#[derive(Clone)]
pub struct Band {
    pub rate_hz: u32,
    pub left: Vec<f32>,
    pub right: Vec<f32>,
}

/// A number from 0 to 1 (Numerical Recipes' linear congruence; even enough for noise).
pub fn dice(seed: &mut u32) -> f64 {
    *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    f64::from(*seed >> 8) / f64::from(1_u32 << 24)
}

impl Band {
    /// Plays. Silence of the room is a noise of about −88 dBFS that never stops; the first 50 ms fade in, the end fades out.
    pub fn play(rate_hz: u32) -> Self {
        let rate = f64::from(rate_hz);
        let frames = (rate * 12.0) as usize;
        let mut seed = 7;
        let (mut left, mut right) = (vec![0.0_f64; frames], vec![0.0_f64; frames]);
        // Roots in hertz; none lies on a multiple of 50 or 60.
        for (beat, root) in [110.0, 146.83, 130.81, 98.0].iter().cycle().take(20).enumerate() {
            // The last beat of each bar rests.
            if beat % 4 == 3 {
                continue;
            }
            let from = (beat as f64 * 0.55 * rate) as usize;
            for (voice, ratio) in [0.5, 1.0, 1.26, 1.5, 2.0].iter().enumerate() {
                for partial in 1..=8 {
                    let hz = root * ratio * f64::from(partial) * 1.0005_f64.powi(partial);
                    let turn = std::f64::consts::TAU * hz / rate;
                    let (mut sine, mut cosine) = ((voice as f64).sin(), (voice as f64).cos());
                    let decay = (-(3.0 + f64::from(partial)) / rate).exp();
                    let mut level = 0.05 / f64::from(partial);
                    let pan = 0.3 + 0.1 * voice as f64;
                    for n in 0..((0.54 * rate) as usize).min(frames - from) {
                        (sine, cosine) = (
                            sine * turn.cos() + cosine * turn.sin(),
                            cosine * turn.cos() - sine * turn.sin(),
                        );
                        level *= decay;
                        // 4 ms to rise, 40 ms to be damped.
                        let gate = (n as f64 / (0.004 * rate))
                            .min((0.54 * rate - n as f64) / (0.04 * rate))
                            .min(1.0);
                        left[from + n] += level * sine * gate * (1.0 - pan);
                        right[from + n] += level * sine * gate * pan;
                    }
                }
            }
            // A drum: noise that rises in 2 ms and decays.
            for n in 0..((0.2 * rate) as usize).min(frames - from) {
                let t = n as f64 / rate;
                let level = 0.2 * (t / 0.002).min(1.0) * (-t * 30.0).exp();
                let noise = dice(&mut seed) + dice(&mut seed) - 1.0;
                left[from + n] += level * noise;
                right[from + n] += level * noise * 0.8;
            }
        }
        for (l, r) in left.iter_mut().zip(&mut right) {
            *l += 1e-4 * (dice(&mut seed) + dice(&mut seed) - 1.0);
            *r += 1e-4 * (dice(&mut seed) + dice(&mut seed) - 1.0);
        }
        let fade = |n: usize| {
            let t = n as f64 / rate;
            (t / 0.05).min((12.0 - t) / 0.4).min(1.0)
        };
        let finish = |x: Vec<f64>| x.iter().enumerate().map(|(n, x)| (x * fade(n)) as f32).collect();
        Self { rate_hz, left: finish(left), right: finish(right) }
    }

    /// The same at another level.
    pub fn scaled(mut self, gain: f32) -> Self {
        self.each(|_, x| x * gain);
        self
    }

    /// Changes every sample, told its time in seconds.
    pub fn each(&mut self, mut change: impl FnMut(f64, f32) -> f32) {
        let rate = f64::from(self.rate_hz);
        for side in [&mut self.left, &mut self.right] {
            for (n, x) in side.iter_mut().enumerate() {
                *x = change(n as f64 / rate, *x);
            }
        }
    }

    /// The frame at a time.
    pub fn frame(&self, seconds: f64) -> usize {
        (seconds * f64::from(self.rate_hz)) as usize
    }

    /// The highest sample.
    pub fn peak(&self) -> f32 {
        self.left.iter().chain(&self.right).fold(0.0, |most, x| most.max(x.abs()))
    }

    /// Rounded to a word of so many bits, dithered.
    pub fn word(mut self, bits: i32) -> Self {
        let steps = f64::from(2.0_f32.powi(bits - 1));
        let mut seed = 99;
        self.each(|_, x| {
            let dither = dice(&mut seed) - dice(&mut seed);
            ((f64::from(x) * steps + dither).round() / steps) as f32
        });
        self
    }
}
