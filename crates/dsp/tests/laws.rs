//! What every processor promises, tried on all of them: they stand in the catalogue, so a new one is tried by being there.

#![allow(clippy::unwrap_used)] // A test that cannot get ready has failed.

mod listening;

use std::sync::Arc;

use listening::{Noise, db, same_bits};
use mixkeel_dsp::MAX_BLOCK_FRAMES;
use mixkeel_dsp::block::{Block, Buffer, Channels, Signal};
use mixkeel_dsp::catalog::{CATALOG, Kind};
use mixkeel_dsp::param::{ParamSpec, Range, Value};
use mixkeel_dsp::processor::{AnyProcessor, BoxedSettings, Context, Setup, State, Tail};

const RATES_HZ: [u32; 5] = [44_100, 48_000, 88_200, 96_000, 192_000];
const BLOCKS: [usize; 6] = [1, 17, 32, 64, 1_000, 4_096];
/// Not on the control grid, and before session zero.
const FIRST_FRAME: i64 = -1_029;

/// Every kind at every rate, on one channel and on two.
fn everywhere(mut law: impl FnMut(&Kind, &Setup, &mut Noise)) {
    let mut random = Noise(2_026);
    for kind in CATALOG {
        for rate_hz in RATES_HZ {
            for channels in [Channels::Mono, Channels::Stereo] {
                law(kind, &Setup { rate_hz, channels, max_block_frames: MAX_BLOCK_FRAMES }, &mut random);
            }
        }
    }
}

/// Every parameter at its least, its greatest, its default, or anywhere between; some bands, if it has bands.
fn any_settings(kind: &Kind, random: &mut Noise) -> BoxedSettings {
    let mut settings = (kind.settings)();
    for spec in kind.specs {
        settings.set(spec.id, &any_value(spec, random)).unwrap();
    }
    if let Some(bands) = kind.bands {
        for number in (1..=bands.most).filter(|_| bands.most <= 5 || random.below(4) == 0).collect::<Vec<_>>()
        {
            for spec in bands.specs {
                settings.set(&bands.path(number, spec), &any_value(spec, random)).unwrap();
            }
        }
    }
    settings
}

fn any_value(spec: &ParamSpec, random: &mut Noise) -> Value {
    match spec.range {
        Range::Number { min, max, default } => Value::Number(match random.below(8) {
            0 => min,
            1 => max,
            2 => default,
            _ => min + (max - min) * (random.next() + 1.0) / 2.0,
        }),
        Range::Switch { .. } => Value::Switch(random.next() > 0.0),
        Range::Choice { words, .. } => Value::Word(words[random.below(words.len())].to_owned()),
    }
}

fn ready(kind: &Kind, setup: &Setup, settings: &BoxedSettings) -> Box<dyn AnyProcessor> {
    let mut processor = (kind.build)();
    processor.load(&assets(kind));
    processor.prepare(setup);
    processor.set(&**settings);
    processor
}

/// As many recordings as the kind works from: 50 frames of fading noise each.
fn assets(kind: &Kind) -> Vec<Arc<Buffer>> {
    let mut random = Noise(50);
    let recording = |_| {
        let mut buffer = Buffer::new(Channels::Stereo, 50);
        for channel in buffer.block().each() {
            let fading = random.samples(50).into_iter().zip((0..50).rev());
            channel.iter_mut().zip(fading).for_each(|(to, (sample, left))| *to = sample * left as f32 / 50.0);
        }
        Arc::new(buffer)
    };
    kind.assets.iter().map(recording).collect()
}

/// Whether to wait for it to ring out: always for short tails; long ones, at most a minute, at the lowest rate alone.
fn worth_ringing_out(processor: &dyn AnyProcessor, setup: &Setup) -> bool {
    let frames = processor.tail().frames();
    frames < 200_000 || (setup.rate_hz == 44_100 && frames < 60 * 44_100)
}

fn noise(setup: &Setup, frames: usize, random: &mut Noise) -> Buffer {
    let mut buffer = Buffer::new(setup.channels, frames);
    buffer.block().each().for_each(|channel| channel.copy_from_slice(&random.samples(frames)));
    buffer
}

/// A side chain that sounds as long as the sound does, at half its level.
fn key_like(sound: &Buffer) -> Buffer {
    let mut key = sound.clone();
    key.block().each().for_each(|channel| {
        channel.iter_mut().for_each(|sample| *sample = if sample.is_finite() { *sample * 0.5 } else { 0.0 });
    });
    key
}

/// Plays `sound` in blocks, with new settings before the frames named in `changes`.
fn play(
    processor: &mut dyn AnyProcessor,
    sound: &mut Buffer,
    first_frame: i64,
    block_frames: usize,
    changes: &[(usize, &BoxedSettings)],
) {
    let frames = sound.frames();
    let key = key_like(sound);
    let mut done = 0;
    while done < frames {
        if let Some((_, settings)) = changes.iter().find(|(frame, _)| *frame == done) {
            processor.set(&***settings);
        }
        let next_change = changes.iter().map(|(frame, _)| *frame).filter(|frame| *frame > done).min();
        let end = frames.min(done + block_frames).min(next_change.unwrap_or(frames));
        let at = Context { frame: first_frame + done as i64, tempo_bpm: 120.0 };
        let keys: [Signal<'_>; 1] = [key.signal().part(done..end)];
        processor.process(&mut sound.block().part(done..end), &keys, &at);
        done = end;
    }
}

fn same(one: &Buffer, other: &Buffer) -> bool {
    one.signal().each().zip(other.signal().each()).all(|(one, other)| same_bits(one, other))
}

#[test]
fn the_size_of_blocks_changes_no_bit() {
    everywhere(|kind, setup, random| {
        let settings: Vec<_> = (0..4).map(|_| any_settings(kind, random)).collect();
        let changes = [(500, &settings[1]), (512, &settings[2]), (1_029 + 640, &settings[3])];
        let sound = noise(setup, 4_500, random);
        let heard = |block_frames| {
            let mut sound = sound.clone();
            play(&mut *ready(kind, setup, &settings[0]), &mut sound, FIRST_FRAME, block_frames, &changes);
            sound
        };
        let whole = heard(MAX_BLOCK_FRAMES);
        for block_frames in BLOCKS {
            assert!(same(&whole, &heard(block_frames)), "{} {setup:?} by {block_frames}", kind.id);
        }
    });
}

#[test]
fn after_a_reset_it_is_as_new() {
    everywhere(|kind, setup, random| {
        let (before, after) = (any_settings(kind, random), any_settings(kind, random));
        let mut used = ready(kind, setup, &before);
        play(&mut *used, &mut noise(setup, 3_000, random), FIRST_FRAME, 256, &[(2_990, &after)]);
        used.reset();
        let mut heard = noise(setup, 3_000, random);
        let mut wanted = heard.clone();
        play(&mut *used, &mut heard, FIRST_FRAME, 256, &[]);
        play(&mut *ready(kind, setup, &after), &mut wanted, FIRST_FRAME, 256, &[]);
        assert!(same(&heard, &wanted), "{} {setup:?}", kind.id);
    });
}

#[test]
fn nothing_is_allocated_while_sound_plays() {
    everywhere(|kind, setup, random| {
        let (before, after) = (any_settings(kind, random), any_settings(kind, random));
        let mut processor = ready(kind, setup, &before);
        let mut sound = noise(setup, 2_000, random);
        let key = sound.clone();
        let allocations = allocation_counter::measure(|| {
            for (first, settings) in [(0, &after), (700, &before), (1_001, &after)] {
                processor.set(&**settings);
                let keys = [key.signal().part(first..first + 700)];
                let at = Context { frame: first as i64, tempo_bpm: 97.0 };
                processor.process(&mut sound.block().part(first..first + 700), &keys, &at);
            }
            processor.reset();
        });
        assert_eq!(allocations.count_total, 0, "{} {setup:?}", kind.id);
    });
}

#[test]
fn latency_is_what_it_says() {
    everywhere(|kind, setup, _| {
        // Where dry and wet are mixed, the dry sound shows how late it is.
        let mut settings = (kind.settings)();
        if settings.get("mix_percent").is_some() {
            settings.set("mix_percent", &Value::Number(0.0)).unwrap();
        }
        let mut processor = ready(kind, setup, &settings);
        let mut sound = Buffer::new(setup.channels, processor.latency_frames() + 1_000);
        sound.block().each().for_each(|channel| channel[100] = 0.5);
        play(&mut *processor, &mut sound, 0, 512, &[]);
        for channel in sound.signal().each() {
            let peak = channel.iter().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
            let measured = peak.map(|(frame, _)| frame as i64 - 100);
            assert_eq!(measured, Some(processor.latency_frames() as i64), "{} {setup:?}", kind.id);
        }
    });
}

#[test]
fn it_is_silent_after_its_tail() {
    everywhere(|kind, setup, random| {
        let mut processor = ready(kind, setup, &any_settings(kind, random));
        if !worth_ringing_out(&*processor, setup) {
            return;
        }
        let mut sound = noise(setup, 1_000, random);
        play(&mut *processor, &mut sound, 0, 512, &[]);
        // As it says when the sound ends: one that sleeps has forgotten what it heard.
        let tail = processor.tail();
        let mut rest = Buffer::new(setup.channels, tail.frames() + 512);
        play(&mut *processor, &mut rest, 1_000, 512, &[]);
        for channel in rest.signal().each() {
            let after = &channel[tail.frames()..];
            let peak = after.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
            match tail {
                Tail::Exact(_) => assert_eq!(peak, 0.0, "{} {setup:?}", kind.id),
                Tail::Fading(_) => assert!(db(f64::from(peak)) < -120.0, "{} {setup:?}", kind.id),
            }
        }
    });
}

#[test]
fn a_bad_sample_does_not_stick() {
    everywhere(|kind, setup, random| {
        let settings = any_settings(kind, random);
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let mut processor = ready(kind, setup, &settings);
            let mut clean = ready(kind, setup, &settings);
            let tail = processor.tail();
            if !worth_ringing_out(&*processor, setup) {
                return;
            }
            let mut sound = noise(setup, 1_000 + tail.frames(), random);
            let mut wanted = sound.clone();
            sound.block().each().for_each(|channel| channel[300..310].fill(bad));
            wanted.block().each().for_each(|channel| channel[300..310].fill(0.0));
            play(&mut *processor, &mut sound, 0, 512, &[]);
            play(&mut *clean, &mut wanted, 0, 512, &[]);
            for (heard, wanted) in sound.signal().each().zip(wanted.signal().each()) {
                let after = 310 + tail.frames();
                assert!(heard[after..].iter().all(|sample| sample.is_finite()), "{} {setup:?}", kind.id);
                if matches!(tail, Tail::Exact(_)) {
                    assert!(same_bits(&heard[after..], &wanted[after..]), "{} {setup:?}", kind.id);
                }
            }
        }
    });
}

#[test]
fn a_checkpoint_goes_on_with_the_same_bits() {
    everywhere(|kind, setup, random| {
        let (before, after) = (any_settings(kind, random), any_settings(kind, random));
        let mut first = ready(kind, setup, &before);
        // The settings change 10 frames before the checkpoint, which lies between two points of the grid.
        play(&mut *first, &mut noise(setup, 3_001, random), 0, 333, &[(2_991, &after)]);
        let mut state = State::default();
        first.snapshot(&mut state);
        let mut wanted = noise(setup, 3_000, random);
        let mut heard = wanted.clone();
        play(&mut *first, &mut wanted, 3_001, 333, &[]);
        let mut second = ready(kind, setup, &after);
        state.rewind();
        second.restore(&mut state);
        play(&mut *second, &mut heard, 3_001, 128, &[]);
        assert!(same(&heard, &wanted), "{} {setup:?}", kind.id);
    });
}

#[test]
fn settings_survive_a_file() {
    let mut random = Noise(9);
    for kind in CATALOG {
        for settings in [(kind.settings)(), any_settings(kind, &mut random)] {
            let mut read = (kind.settings)();
            for (path, _) in settings.paths() {
                let written = serde_json::to_string(&settings.get(&path).unwrap()).unwrap();
                read.set(&path, &serde_json::from_str(&written).unwrap()).unwrap();
            }
            assert_eq!(read, settings);
        }
    }
}

#[test]
fn parameters_say_what_they_do_and_in_which_unit() {
    const UNITS: [(&str, &str); 6] =
        [("_db", "dB"), ("_ms", "ms"), ("_hz", "Hz"), ("_s", "s"), ("_percent", "%"), ("_cents", "cents")];
    for kind in CATALOG {
        assert!(kind.about.ends_with('.'), "{}", kind.id);
        let of_bands = kind.bands.map_or(&[][..], |bands| bands.specs);
        for spec in kind.specs.iter().chain(of_bands) {
            assert!(spec.help.len() > 10 && spec.help.ends_with('.'), "{}/{}", kind.id, spec.id);
            let of_name = UNITS.iter().find(|(suffix, _)| spec.id.ends_with(suffix)).map(|(_, unit)| *unit);
            assert_eq!(of_name.unwrap_or(""), spec.unit, "{}/{}", kind.id, spec.id);
        }
    }
}

#[test]
fn a_block_without_frames_changes_nothing() {
    everywhere(|kind, setup, random| {
        let settings = any_settings(kind, random);
        let (mut one, mut other) = (ready(kind, setup, &settings), ready(kind, setup, &settings));
        one.process(&mut Block::mono(&mut []), &[], &Context { frame: 0, tempo_bpm: 120.0 });
        let mut heard = noise(setup, 200, random);
        let mut wanted = heard.clone();
        play(&mut *one, &mut heard, 0, 64, &[]);
        play(&mut *other, &mut wanted, 0, 64, &[]);
        assert!(same(&heard, &wanted), "{}", kind.id);
    });
}

#[test]
fn long_silence_is_slept_through_and_woken_from_at_the_same_frame_whatever_the_blocks() {
    everywhere(|kind, setup, random| {
        let settings = any_settings(kind, random);
        let rest = ready(kind, setup, &settings).memory_frames() + 300;
        if rest > 200_000 {
            return;
        }
        let (before, after) = (noise(setup, 777, random), noise(setup, 1_500, random));
        let mut sound = Buffer::new(setup.channels, 777 + rest + 1_500);
        for (from, part) in [(0, &before), (777 + rest, &after)] {
            for (to, samples) in sound.block().each().zip(part.signal().each()) {
                to[from..from + samples.len()].copy_from_slice(samples);
            }
        }
        let heard = |block_frames| {
            let mut sound = sound.clone();
            play(&mut *ready(kind, setup, &settings), &mut sound, FIRST_FRAME, block_frames, &[]);
            sound
        };
        let whole = heard(MAX_BLOCK_FRAMES);
        assert!(same(&whole, &heard(33)), "{} {setup:?}", kind.id);
        // What comes after the sleep is what comes from a new one.
        let mut anew = after;
        let first_frame = FIRST_FRAME + (777 + rest) as i64;
        play(&mut *ready(kind, setup, &settings), &mut anew, first_frame, 256, &[]);
        let (from, to) = (777 + rest, sound.frames());
        let woken = whole.signal().part(from..to);
        let all = woken.each().zip(anew.signal().each()).all(|(one, other)| same_bits(one, other));
        assert!(all, "{} {setup:?}", kind.id);
    });
}

#[test]
fn every_preset_is_allowed_and_says_what_it_is_for() {
    for kind in CATALOG {
        for preset in kind.presets {
            let settings = (kind.preset)(preset);
            assert!(settings.is_ok(), "{}/{}: {settings:?}", kind.id, preset.id);
            assert!(preset.about.ends_with('.'), "{}/{}", kind.id, preset.id);
        }
    }
}

#[test]
fn curves_can_be_drawn() {
    let mut random = Noise(77);
    for kind in CATALOG {
        let preset = kind.presets.first().and_then(|preset| (kind.preset)(preset).ok());
        let settings = preset.unwrap_or_else(|| (kind.settings)());
        assert!(!(kind.curves)(&*settings, 48_000).is_empty(), "{} draws nothing", kind.id);
    }
    for kind in CATALOG {
        for rate_hz in RATES_HZ {
            for curve in (kind.curves)(&*any_settings(kind, &mut random), rate_hz) {
                let rising = curve.points.windows(2).all(|two| two[0].0 < two[1].0);
                let finite =
                    curve.points.iter().all(|(along, against)| along.is_finite() && !against.is_nan());
                assert!(curve.points.len() > 1 && rising && finite, "{} {}", kind.id, curve.of);
            }
        }
    }
}

#[test]
fn none_of_a_mix_is_the_sound_itself_but_later() {
    everywhere(|kind, setup, random| {
        let mut settings = any_settings(kind, random);
        if settings.get("mix_percent").is_none() {
            return;
        }
        settings.set("mix_percent", &Value::Number(0.0)).unwrap();
        let mut processor = ready(kind, setup, &settings);
        let late = processor.latency_frames();
        let sound = noise(setup, 4_000 + late, random);
        let mut heard = sound.clone();
        play(&mut *processor, &mut heard, FIRST_FRAME, 256, &[]);
        for (heard, sound) in heard.signal().each().zip(sound.signal().each()) {
            assert!(same_bits(&heard[late..], &sound[..4_000]), "{} {setup:?}", kind.id);
        }
    });
}

#[test]
fn what_is_forgotten_in_a_long_silence_is_not_missed() {
    everywhere(|kind, setup, random| {
        let settings = any_settings(kind, random);
        let rest = ready(kind, setup, &settings).memory_frames() + 300;
        if rest > 200_000 {
            return;
        }
        let (before, after) = (noise(setup, 2_000, random), noise(setup, 3_000, random));
        // Exact silence, through which it sleeps and forgets; and one of −590 dBFS, which keeps it awake.
        let heard = |hush: f32| {
            let mut sound = Buffer::new(setup.channels, 2_000 + rest + 3_000);
            for (to, (before, after)) in
                sound.block().each().zip(before.signal().each().zip(after.signal().each()))
            {
                to.fill(hush);
                to[..2_000].copy_from_slice(before);
                to[2_000 + rest..].copy_from_slice(after);
            }
            play(&mut *ready(kind, setup, &settings), &mut sound, 0, 1_024, &[]);
            sound
        };
        let (slept, awake) = (heard(0.0), heard(3e-30));
        for (slept, awake) in slept.signal().each().zip(awake.signal().each()) {
            let pairs = slept[2_000 + rest..].iter().zip(&awake[2_000 + rest..]);
            let worst = pairs.fold(0.0_f32, |worst, (slept, awake)| worst.max((slept - awake).abs()));
            let peak = slept.iter().fold(1.0_f32, |peak, sample| peak.max(sample.abs()));
            assert!(db(f64::from(worst / peak)) < -70.0, "{} {setup:?} {worst} {settings:?}", kind.id);
        }
    });
}
