//! The curves that sound is bent by: one formula, exact to the last bit on every machine, and the hard clip.
//!
//! Ours: f(x) = x / (1 − w + √(w² + x²) + e·x). Its slope at 0 is 1; it ends at 1/(1 + e) above and −1/(1 − e) below. The
//! knee w says how it gets there: with w = 1 it is the algebraic sigmoid; for smaller w it begins to bend earlier and
//! reaches its end later, as 1 − (1 − w)/x. The lean e makes even harmonics: near 0 the second is e·A/2 of a sine of
//! amplitude A, the third A²/(8w). All derivatives exist everywhere, so harmonics fall exponentially with their number and
//! oversampling leaves no aliases worth the name.

use crate::simd::wide;

crate::choices! {
    /// What bends the sound.
    pub enum Shape {
        /// Bends early and ends late, like the anhysteretic curve of magnetic tape (which comes to its end as 1 − 1/(3x)).
        /// Hysteresis, head bump and speed are not modelled.
        Tape = "tape",
        /// Leans to one side, like a triode stage: even harmonics at low levels, odd ones too when driven.
        Tube = "tube",
        /// Symmetrical and straight for longest: odd harmonics only when there is something to hold.
        Soft = "soft",
        /// Straight up to full scale, then flat.
        Hard = "hard",
    }
}

/// How far 100 % of even harmonics lean. Ours: one half wave then ends 12 dB below the other.
const MOST_LEAN: f64 = 0.6;

/// How much a tube leans by itself. Ours, chosen so that a sine at −18 dBFS has its second harmonic 35 dB down.
const TUBE_LEAN: f64 = 0.28;

/// A curve, as numbers that can move.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bend {
    /// The factor ahead of the curve.
    pub drive: f64,
    /// w of the formula; 0.0 and up to 1.0.
    pub knee: f64,
    /// e of the formula, within ±0.88.
    pub lean: f64,
    /// 0 for the formula, 1 for the hard clip, between them on the way from one to the other.
    pub hard: f64,
}

impl Bend {
    /// The curve of a shape; `even` from −1 to 1.
    pub fn new(shape: Shape, drive: f64, even: f64) -> Self {
        let (knee, own_lean, hard) = match shape {
            // The anhysteretic curve of a paramagnet is Langevin's coth(3x) − 1/(3x): it ends as 1 − 1/(3x), so w = 2/3.
            Shape::Tape => (2.0 / 3.0, 0.0, 0.0),
            Shape::Tube => (1.0, TUBE_LEAN, 0.0),
            Shape::Soft => (1.0, 0.0, 0.0),
            Shape::Hard => (1.0, 0.0, 1.0),
        };
        Self { drive, knee, lean: own_lean + MOST_LEAN * even, hard }
    }

    /// What comes out for one sample.
    pub fn of(&self, sample: f64) -> f64 {
        let (x, (top, bottom)) = (self.drive * sample, self.ends());
        let smooth = self.smooth(x);
        smooth + (x.min(top).max(bottom) - smooth) * self.hard
    }

    fn smooth(&self, x: f64) -> f64 {
        x / (1.0 - self.knee + (self.knee * self.knee + x * x).sqrt() + self.lean * x)
    }

    /// Bends samples by a curve that stands still. `last` is the sample before them, ahead of the curve.
    pub fn run(&self, last: &mut f32, samples: &mut [f32]) {
        let drive = self.drive as f32;
        let end = samples.last().map_or(*last, |sample| *sample * drive);
        if self.hard == 1.0 {
            let (top, bottom) = self.ends();
            let mut before = *last;
            for sample in samples {
                let x = *sample * drive;
                *sample = clipped(before, x, top as f32, bottom as f32);
                before = x;
            }
        } else {
            let formula = [1.0 - self.knee, self.knee * self.knee, self.lean].map(|number| number as f32);
            bend_softly(samples, drive, formula);
        }
        *last = end;
    }

    /// Bends samples by a curve on its way from this one to another, from `share` of the way on in equal steps.
    pub fn run_toward(&self, to: &Self, share: f64, step: f64, last: &mut f32, samples: &mut [f32]) {
        for (index, sample) in samples.iter_mut().enumerate() {
            let now = self.toward(to, share + step * index as f64);
            let (top, bottom) = now.ends();
            let x = (now.drive * f64::from(*sample)) as f32;
            let smooth = now.smooth(f64::from(x));
            let hard = f64::from(clipped(*last, x, top as f32, bottom as f32));
            *sample = (smooth + (hard - smooth) * now.hard) as f32;
            *last = x;
        }
    }

    fn toward(&self, to: &Self, share: f64) -> Self {
        let between = |from: f64, to: f64| from + (to - from) * share;
        Self {
            drive: between(self.drive, to.drive),
            knee: between(self.knee, to.knee),
            lean: between(self.lean, to.lean),
            hard: between(self.hard, to.hard),
        }
    }

    fn ends(&self) -> (f64, f64) {
        (1.0 / (1.0 + self.lean), -1.0 / (1.0 - self.lean))
    }

    /// The factor that makes a sine of this amplitude as strong as it was ahead of the curve.
    pub fn undo(&self, amplitude: f64) -> f64 {
        let (mut before, mut after, mut sum) = (0.0, 0.0, 0.0);
        for point in 0..POINTS {
            let x =
                amplitude * libm::sin(std::f64::consts::TAU * (f64::from(point) + 0.5) / f64::from(POINTS));
            let y = self.of(x);
            before += x * x;
            after += y * y;
            sum += y;
        }
        // Without the constant part, which is not let out.
        let after = after - sum * sum / f64::from(POINTS);
        if after > 0.0 { (before / after).sqrt() } else { 1.0 }
    }
}

wide! {
    /// The formula over a run: 1 − w, w² and e.
    fn bend_softly(samples: &mut [f32], drive: f32, formula: [f32; 3]) {
        let [rest, square, lean] = formula;
        for sample in samples {
            let x = *sample * drive;
            *sample = x / (rest + (square + x * x).sqrt() + lean * x);
        }
    }
}

/// Points of a sine at which it is tried. Ours: more than the harmonics that count.
const POINTS: u32 = 64;

/// The hard clip's mean over the straight line from one sample to the next: antiderivative antialiasing of first order
/// (J. Parker, V. Zavalishin, E. Le Bivic, "Reducing the aliasing of nonlinear waveshaping using continuous-time
/// convolution", DAFx-16), written as what the ends take away so that close samples do not cancel. It takes 25 dB and more
/// off the aliases for half a sample of the higher rate: 1.3 µs.
#[inline(always)]
fn clipped(before: f32, x: f32, top: f32, bottom: f32) -> f32 {
    let width = 2.0 * (x - before).abs() + f32::MIN_POSITIVE;
    let over = beyond(before - top, x - top, width);
    let under = beyond(bottom - before, bottom - x, width);
    0.5 * (before + x) - over + under
}

/// The mean of what is over zero on the line from one number to another, `width` / 2 apart.
#[inline(always)]
fn beyond(from: f32, to: f32, width: f32) -> f32 {
    let (a, b) = (if from > 0.0 { from } else { 0.0 }, if to > 0.0 { to } else { 0.0 });
    if from > 0.0 && to > 0.0 { 0.5 * (a + b) } else { (a * a + b * b) / width }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn soft_sound_passes_unbent_and_loud_sound_ends_where_it_should() {
        for shape in [Shape::Tape, Shape::Tube, Shape::Soft, Shape::Hard] {
            for even in [-1.0, 0.0, 1.0] {
                let bend = Bend::new(shape, 1.0, even);
                assert!((bend.of(1e-6) / 1e-6 - 1.0).abs() < 1e-5);
                let (top, bottom) = bend.ends();
                assert!((bend.of(1e9) - top).abs() < 1e-6);
                assert!((bend.of(-1e9) - bottom).abs() < 1e-6);
                let rising = (-4_000..4_000).map(|step| bend.of(f64::from(step) / 500.0));
                assert!(rising.clone().zip(rising.skip(1)).all(|(one, next)| next >= one));
            }
        }
    }

    #[test]
    fn samples_are_bent_by_the_curve_that_is_drawn() {
        for shape in [Shape::Tape, Shape::Tube, Shape::Soft] {
            let (from, to) = (Bend::new(shape, 3.0, 0.2), Bend::new(Shape::Tape, 5.0, -0.4));
            let samples: Vec<f32> = (-50..=50).map(|step| step as f32 / 40.0).collect();
            let (mut still, mut moving) = (samples.clone(), samples.clone());
            from.run(&mut 0.0, &mut still);
            from.run_toward(&to, 0.0, 0.01, &mut 0.0, &mut moving);
            for (index, sample) in samples.iter().enumerate() {
                let wanted = from.of(f64::from(*sample));
                // Eight roundings of f32.
                assert!((f64::from(still[index]) - wanted).abs() < 1e-6, "{shape:?} {sample}");
            }
            assert!((f64::from(moving[0]) - from.of(f64::from(samples[0]))).abs() < 1e-6);
            assert!((f64::from(moving[100]) - to.of(f64::from(samples[100]))).abs() < 1e-6);
        }
    }

    #[test]
    fn the_hard_clip_is_its_mean_between_two_samples() {
        let bend = Bend::new(Shape::Hard, 1.0, 0.0);
        for (from, to) in
            [(-0.5, 0.75), (0.5, 1.5), (2.0, -3.0), (1.25, 1.250_000_1), (40.0, 40.0), (0.9, 0.9)]
        {
            let mean = (0..10_000)
                .map(|step| bend.of(from + (to - from) * (f64::from(step) + 0.5) / 1e4))
                .sum::<f64>()
                / 1e4;
            let mut sample = [to as f32];
            bend.run(&mut (from as f32), &mut sample);
            assert!((f64::from(sample[0]) - mean).abs() < 4e-6, "{from} to {to}: {} {mean}", sample[0]);
        }
    }
}
