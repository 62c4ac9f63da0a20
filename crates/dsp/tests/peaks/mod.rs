//! What tests of true peaks share: the six programmes that limiters overshoot on, and a meter as its standard prints it.

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, TAU};

use mixkeel_dsp::units::db_from_gain;

/// The six programmes: each is what one kind of limiter gets wrong.
///
/// `random` gives numbers between −1 and 1.
pub fn programmes(frames: usize, random: &mut dyn FnMut() -> f64) -> [(&'static str, Vec<f32>); 6] {
    let made =
        |f: &mut dyn FnMut(usize) -> f64| (0..frames).map(|frame| f(frame) as f32).collect::<Vec<f32>>();
    let mut flip = 1.0;
    let mut until = 0;
    [
        (
            "fs/4 at 45°, peaks between samples",
            made(&mut |frame| 1.41 * libm::sin(FRAC_PI_2 * frame as f64 + FRAC_PI_4)),
        ),
        ("clipped noise", made(&mut |_| (4.0 * random()).clamp(-1.0, 1.0))),
        (
            "Nyquist, flipping its phase",
            made(&mut |frame| {
                if frame == until {
                    flip = -flip;
                    until += 3 + (30.0 * (random() + 1.0)) as usize;
                }
                if frame % 2 == 0 { flip } else { -flip }
            }),
        ),
        (
            "drums, 12 dB too loud",
            made(&mut |frame| {
                let time = (frame % 8_000) as f64 / 48_000.0;
                let kick = libm::exp(-18.0 * time)
                    * libm::sin(TAU * (50.0 * time + 8.0 * (1.0 - libm::exp(-40.0 * time))));
                let snare = libm::exp(-30.0 * ((frame + 4_000) % 8_000) as f64 / 48_000.0) * random();
                4.0 * (0.8 * kick + 0.7 * snare)
            }),
        ),
        (
            "997 Hz square, 6 dB too loud",
            made(&mut |frame| {
                if (997.0 * frame as f64 / 48_000.0).fract() < 0.5 { 2.0 } else { -2.0 }
            }),
        ),
        (
            "impulses, 12 dB too loud",
            made(&mut |frame| match frame % 2_003 {
                500 => 4.0,
                1_500 => -4.0,
                _ => 0.0,
            }),
        ),
    ]
}

/// The interpolator that BS.1770-5 prints in Annex 2, Table 4: two phases; the other two are their mirror images.
const ANNEX_2: [[f64; 12]; 2] = [
    [
        0.0017089843750,
        0.0109863281250,
        -0.0196533203125,
        0.0332031250000,
        -0.0594482421875,
        0.1373291015625,
        0.9721679687500,
        -0.1022949218750,
        0.0476074218750,
        -0.0266113281250,
        0.0148925781250,
        -0.0083007812500,
    ],
    [
        -0.0291748046875,
        0.0292968750000,
        -0.0517578125000,
        0.0891113281250,
        -0.1665039062500,
        0.4650878906250,
        0.7797851562500,
        -0.2003173828125,
        0.1015625000000,
        -0.0582275390625,
        0.0330810546875,
        -0.0189208984375,
    ],
];

/// The true peak as a meter of BS.1770 reads it, in dBTP.
pub fn four_times_dbtp(sound: &[f32]) -> f64 {
    let mut peak = 0.0_f64;
    for run in sound.windows(12) {
        for phase in ANNEX_2 {
            let forward: f64 = run.iter().zip(phase).map(|(sample, tap)| f64::from(*sample) * tap).sum();
            let backward: f64 =
                run.iter().rev().zip(phase).map(|(sample, tap)| f64::from(*sample) * tap).sum();
            peak = peak.max(forward.abs()).max(backward.abs());
        }
    }
    db_from_gain(peak)
}
