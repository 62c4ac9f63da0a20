//! The energy map is held to what it is for: what a sum measures, told from maps of its parts, against the sum itself.

mod signals;

use mixkeel_analysis::energy::{
    BANDS, CrossMap, CrossMeter, Crossing, EnergyMap, EnergyMeter, Part, Sum, centre_hz, lower_hz, sum,
};
use mixkeel_analysis::loudness::LoudnessMeter;
use mixkeel_analysis::meter::Meter;
use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_dsp::units::{db_from_power, gain_from_db, power_from_db};
use signals::near;

const RATE: u32 = 44_100;
const SECONDS: usize = 12;

/// A track of its own: noise through one pole, beaten at its own pace, so that bands and cells differ.
fn track(seed: u32, colour: f64, beat_s: f64) -> Vec<f32> {
    let (mut state, mut low) = (seed.wrapping_mul(2_654_435_761).wrapping_add(99), 0.0);
    (0..RATE as usize * SECONDS)
        .map(|n| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let white = f64::from(state >> 8) / 8_388_608.0 - 1.0;
            low += colour * (white - low);
            let place = (n as f64 / f64::from(RATE) / beat_s).fract();
            (0.3 * low * libm::exp(-3.0 * place)) as f32
        })
        .collect()
}

fn map(signal: &Signal) -> EnergyMap {
    let mut meter = EnergyMeter::new();
    meter.prepare(RATE, signal.channels());
    meter.push(signal);
    meter.finish()
}

fn lufs(signal: &Signal) -> f64 {
    let mut meter = LoudnessMeter::new();
    meter.prepare(RATE, signal.channels());
    meter.push(signal);
    meter.finish().integrated_lufs.unwrap_or(0.0)
}

fn whole(sum: &Sum) -> [f64; BANDS] {
    sum.spectrum(0..sum.cells()).map(|power| power.left + power.right)
}

/// Bands with any sound to speak of: within 60 dB of the strongest.
fn compare(one: &[f64; BANDS], other: &[f64; BANDS]) -> f64 {
    let top = other.iter().copied().fold(0.0, f64::max);
    let off = |(a, b): (&f64, &f64)| if *b > top * 1e-6 { db_from_power(a / b).abs() } else { 0.0 };
    one.iter().zip(other).map(off).fold(0.0, f64::max)
}

/// Three stereo or mono tracks with gains in dB left and right, and their sum.
fn strangers() -> (Vec<[Vec<f32>; 2]>, Vec<[f64; 2]>) {
    let tracks = vec![
        [track(1, 0.02, 0.5), track(2, 0.02, 0.5)],
        [track(3, 0.3, 0.37), track(4, 0.3, 0.37)],
        [track(5, 0.9, 1.9), track(6, 0.9, 1.9)],
        [track(7, 0.1, 0.25), track(8, 0.1, 0.25)],
    ];
    (tracks, vec![[6.0, 3.0], [-2.0, -8.0], [-12.0, -3.0], [0.0, 0.0]])
}

fn rendered(tracks: &[[Vec<f32>; 2]], gains_db: &[[f64; 2]]) -> [Vec<f32>; 2] {
    [0, 1].map(|side| {
        let mut out = vec![0.0_f64; tracks[0][side].len()];
        for (track, gain) in tracks.iter().zip(gains_db) {
            let gain = gain_from_db(gain[side]);
            out.iter_mut().zip(&track[side]).for_each(|(sum, x)| *sum += gain * f64::from(*x));
        }
        out.into_iter().map(|x| x as f32).collect()
    })
}

fn parts<'a>(maps: &'a [EnergyMap], gains_db: &[[f64; 2]]) -> Vec<Part<'a>> {
    maps.iter()
        .zip(gains_db)
        .map(|(map, gain)| Part {
            map,
            left_gain: gain_from_db(gain[0]),
            right_gain: gain_from_db(gain[1]),
            from_cell: 0,
        })
        .collect()
}

#[test]
fn tracks_that_have_nothing_in_common_add_up_as_if_rendered() {
    let (tracks, gains) = strangers();
    let maps: Vec<EnergyMap> = tracks.iter().map(|[l, r]| map(&Signal::stereo(l, r))).collect();
    let told = sum(&parts(&maps, &gains), &[]);
    let [left, right] = rendered(&tracks, &gains);
    let heard = sum(&parts(&[map(&Signal::stereo(&left, &right))], &[[0.0, 0.0]]), &[]);
    near(told.integrated_lufs(), lufs(&Signal::stereo(&left, &right)), 0.3);
    let worst = compare(&whole(&told), &whole(&heard));
    assert!(worst < 0.5, "a band is off by {worst} dB");
    // Each side by itself too.
    for pick in [|p: mixkeel_analysis::energy::Power| p.left, |p: mixkeel_analysis::energy::Power| p.right] {
        let side = |sum: &Sum| sum.spectrum(0..sum.cells()).map(pick);
        assert!(compare(&side(&told), &side(&heard)) < 0.7);
    }
}

#[test]
fn a_map_alone_holds_the_power_and_the_loudness_of_its_track() {
    let (left, right) = (track(11, 0.1, 0.4), track(12, 0.6, 0.7));
    let signal = Signal::stereo(&left, &right);
    let alone = map(&signal);
    assert_eq!(alone.cells(), SECONDS * 10);
    let told = sum(&parts(std::slice::from_ref(&alone), &[[0.0, 0.0]]), &[]);
    near(told.integrated_lufs(), lufs(&signal), 0.1);
    let power = |wave: &[f32]| wave.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / wave.len() as f64;
    let total: f64 = whole(&told).iter().sum();
    // The sum of 5,000 codes that are each off by 0.003 dB at most.
    near(Some(db_from_power(total)), db_from_power(power(&left) + power(&right)), 0.003);
    // A tone in the middle of a band lies in that band.
    let tone: Vec<f32> = (0..RATE)
        .map(|n| {
            libm::sin(2.0 * std::f64::consts::PI * centre_hz(20) * f64::from(n) / f64::from(RATE)) as f32
        })
        .collect();
    let mono = map(&Signal::mono(&tone));
    assert_eq!((mono.channels(), mono.cells()), (Channels::Mono, 10));
    near(Some(db_from_power(mono.power(5, 20).left)), -3.01, 0.05);
    assert!(mono.power(5, 24).left < 1e-5 && lower_hz(20) < centre_hz(20));
}

fn crossing(one: &Signal, other: &Signal) -> CrossMap {
    let mut meter = CrossMeter::new(RATE, [one.channels(), other.channels()]);
    for from in (0..one.frames()).step_by(5_000) {
        meter.push(&one.part(from..from + 5_000), &other.part(from..from + 5_000));
    }
    meter.finish()
}

#[test]
fn two_microphones_on_one_drum_need_their_cross_terms() {
    // The second hears the first a millisecond later, with some sound of its own.
    let near_by = track(21, 0.3, 0.5);
    let own = track(22, 0.3, 0.6);
    let late = 44;
    let far: Vec<f32> = (0..near_by.len())
        .map(|n| 0.7 * if n < late { 0.0 } else { near_by[n - late] } + 0.1 * own[n])
        .collect();
    let maps = [map(&Signal::mono(&near_by)), map(&Signal::mono(&far))];
    let cross = crossing(&Signal::mono(&near_by), &Signal::mono(&far));
    assert_eq!(cross.cells(), maps[0].cells());
    for (gains, turned) in [([0.0, 0.0], 1.0), ([3.0, -3.0], 1.0), ([0.0, 0.0], -1.0)] {
        let of = |map, gain_db| Part {
            map,
            left_gain: gain_from_db(gain_db),
            right_gain: gain_from_db(gain_db),
            from_cell: 0,
        };
        let mut both = [of(&maps[0], gains[0]), of(&maps[1], gains[1])];
        both[1].left_gain *= turned;
        both[1].right_gain *= turned;
        let rendered: Vec<f32> = near_by
            .iter()
            .zip(&far)
            .map(|(a, b)| {
                (gain_from_db(gains[0]) * f64::from(*a) + turned * gain_from_db(gains[1]) * f64::from(*b))
                    as f32
            })
            .collect();
        let truth = lufs(&Signal::stereo(&rendered, &rendered));
        let rendered = map(&Signal::mono(&rendered));
        let heard = sum(&[of(&rendered, 0.0)], &[]);
        let told = sum(&both, &[Crossing { parts: [0, 1], map: &cross }]);
        near(told.integrated_lufs(), truth, 0.3);
        let worst = compare(&whole(&told), &whole(&heard));
        assert!(worst < 0.5, "with cross terms a band is off by {worst} dB");
        // Without them a comb of 1 kHz goes unseen. This is where the map alone does not hold.
        let blind = compare(&whole(&sum(&both, &[])), &whole(&heard));
        assert!(blind > 2.0, "without cross terms bands are off by {blind} dB only");
    }
}

#[test]
fn a_track_doubled_is_3_db_more_than_strangers_would_be_and_turned_it_is_nothing() {
    let wave = track(31, 0.3, 0.5);
    let (left, right) = (&wave, &track(32, 0.3, 0.5));
    let signal = Signal::stereo(left, right);
    let (one, cross) = (map(&signal), crossing(&signal, &signal));
    let gains = |gain: f64| Part { map: &one, left_gain: gain, right_gain: gain, from_cell: 0 };
    let both = [Crossing { parts: [0, 1], map: &cross }];
    let alone = sum(&[gains(1.0)], &[]).integrated_lufs().unwrap_or(0.0);
    near(sum(&[gains(1.0), gains(1.0)], &both).integrated_lufs(), alone + 6.0206, 0.01);
    near(sum(&[gains(1.0), gains(1.0)], &[]).integrated_lufs(), alone + 3.0103, 0.01);
    // What cancels is left to the rounding of codes: 90 dB down.
    let nothing = sum(&[gains(1.0), gains(-1.0)], &both);
    assert!(nothing.lufs(0..nothing.cells()).is_none_or(|left| left < alone - 40.0));
}

#[test]
fn maps_do_not_depend_on_blocks_and_keep_to_their_time() {
    let (left, right) = (track(41, 0.3, 0.5), track(42, 0.3, 0.5));
    let signal = Signal::stereo(&left[..100_003], &right[..100_003]);
    let whole = map(&signal);
    assert_eq!(whole.cells(), 23, "every tenth that has begun");
    for block_frames in [1_usize, 4_409, 50_000] {
        let mut meter = EnergyMeter::new();
        meter.prepare(RATE, Channels::Stereo);
        for from in (0..signal.frames()).step_by(block_frames) {
            meter.push(&signal.part(from..from + block_frames));
        }
        assert_eq!(meter.finish(), whole, "blocks of {block_frames}");
    }
    // One click at 1.05 s, the middle of the eleventh cell, where its window is highest.
    let mut click = vec![0.0; 88_200];
    click[46_305] = 1.0;
    let click = map(&Signal::mono(&click));
    let at = |cell: usize| (0..BANDS).map(|band| click.power(cell, band).left).sum::<f64>();
    near(Some(db_from_power(at(10) * 4_410.0)), 0.0, 0.02);
    assert!(at(9) + at(11) < 1e-6 && at(10) > power_from_db(-40.0));
    assert_eq!(map(&Signal::mono(&[])).cells(), 0);
}

#[test]
fn a_panned_track_measures_on_each_side_as_that_side_alone_and_so_it_does_where_it_becomes_two() {
    let (one, other) = (track(51, 0.3, 0.5), track(52, 0.2, 0.7));
    for pan in [1.0, 0.3, -0.6, 0.0] {
        // Two channels that are one, for a while of which the right has a sound of its own, and silence.
        let right: Vec<f32> = one
            .iter()
            .zip(&other)
            .enumerate()
            .map(|(n, (x, own))| pan * x + if (180_000..260_000).contains(&n) { *own } else { 0.0 })
            .collect();
        let (left, right) = (&one[..400_003], &right[..400_003]);
        let both = map(&Signal::stereo(left, right));
        let alone = [left, right].map(|side| map(&Signal::mono(side)));
        for cell in 0..both.cells() {
            for band in 0..BANDS {
                let power = both.power(cell, band);
                let wanted = [0, 1].map(|side| alone[side].power(cell, band).left);
                for (measured, wanted) in [power.left, power.right].into_iter().zip(wanted) {
                    let off_db = db_from_power(measured.max(1e-14) / wanted.max(1e-14)).abs();
                    assert!(off_db < 0.02, "pan {pan}, cell {cell}, band {band}: off by {off_db} dB");
                }
                // Well before and well after, what both sides have in common is all there is.
                if !(30..66).contains(&cell) && pan != 0.0 && power.left > 1e-12 {
                    let common = power.cross / (power.left * power.right).sqrt();
                    assert!((common - f64::from(pan.signum())).abs() < 1e-3, "{pan}: {common}");
                }
            }
        }
    }
}
