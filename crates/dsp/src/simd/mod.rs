//! The same work on wider lanes, where the machine has them, with the same bits.
//!
//! A program is built for every machine of its kind, which on x86-64 means lanes of 128 bits. A function declared with `wide!`
//! is compiled a second time for machines with AVX2, whose lanes have 256, and which of the two runs is asked when it is
//! called. Both are one source; fused multiply-add stays off, so every operation rounds as it always does, and no sum is
//! reordered. [`cascade`] is written by hand, because there lanes are sections too; its twin is the plain loop.
//!
//! This is the only place with `unsafe` in it: what is compiled for AVX2 may run only where there is AVX2.

pub mod cascade;
pub mod runs;

/// Whether this machine has lanes of 256 bits.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(crate) fn lanes_are_wide() -> bool {
    #[cfg(test)]
    if tests::PLAIN.get() {
        return false;
    }
    std::arch::is_x86_feature_detected!("avx2")
}

/// Declares functions that are compiled twice, for lanes of every machine and for wide ones. Whatever they call on the way is
/// compiled with them if it is `#[inline(always)]`.
macro_rules! wide {
    ($(
        $(#[$meta:meta])*
        $vis:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) $(-> $out:ty)? $body:block
    )+) => { $(
        $(#[$meta])*
        #[allow(unsafe_code)]
        $vis fn $name($($arg: $type),*) $(-> $out)? {
            #[inline(always)]
            fn plain($($arg: $type),*) $(-> $out)? $body

            #[cfg(target_arch = "x86_64")]
            if $crate::simd::lanes_are_wide() {
                #[target_feature(enable = "avx2")]
                fn widened($($arg: $type),*) $(-> $out)? {
                    plain($($arg),*)
                }
                // SAFETY: the machine has just said that it has AVX2, and nothing else is asked of it.
                return unsafe { widened($($arg),*) };
            }
            plain($($arg),*)
        }
    )+ };
}
pub(crate) use wide;

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::Cell;

    use crate::block::{Buffer, Channels};
    use crate::catalog::{CATALOG, Kind};
    use crate::param::{Range, Value};
    use crate::processor::{Context, Setup};

    thread_local! {
        pub static PLAIN: Cell<bool> = const { Cell::new(false) };
    }

    /// Runs work as on a machine without wide lanes.
    pub fn plainly<R>(work: impl FnOnce() -> R) -> R {
        PLAIN.set(true);
        let done = work();
        PLAIN.set(false);
        done
    }

    /// What a processor makes of noise that comes and goes, its settings moving between two places.
    fn heard(kind: &Kind, channels: Channels) -> Vec<u32> {
        let mut settings = [(kind.settings)(), (kind.settings)()];
        for (settings, place) in settings.iter_mut().zip([0.43, 0.618]) {
            if let Some(bands) = kind.bands {
                for (number, spec) in
                    (1..=3).flat_map(|number| bands.specs.iter().map(move |spec| (number, spec)))
                {
                    if let Range::Number { min, max, .. } = spec.range {
                        let _ = settings
                            .set(&bands.path(number, spec), &Value::Number(min + place * (max - min)));
                    }
                }
            }
            for spec in kind.specs {
                if let Range::Number { min, max, .. } = spec.range {
                    let _ = settings.set(spec.id, &Value::Number(min + place * (max - min)));
                }
            }
        }
        let mut processor = (kind.build)();
        processor.prepare(&Setup { rate_hz: 48_000, channels, max_block_frames: 700 });
        let mut random = 1_u32;
        let mut bits = Vec::new();
        for block in 0..24 {
            processor.set(&*settings[usize::from(block % 8 >= 5)]);
            let mut sound = Buffer::new(channels, 700);
            for sample in sound.block().each().flatten() {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *sample =
                    ((random >> 8) as f32 / (1 << 23) as f32 - 1.0) * if block % 6 < 4 { 0.5 } else { 0.001 };
            }
            processor.process(
                &mut sound.block(),
                &[],
                &Context { frame: 700 * block - 333, tempo_bpm: 120.0 },
            );
            bits.extend(sound.signal().each().flatten().map(|sample| sample.to_bits()));
        }
        bits
    }

    #[test]
    fn every_processor_gives_the_same_bits_on_wide_lanes_and_on_narrow_ones() {
        for kind in CATALOG {
            for channels in [Channels::Mono, Channels::Stereo] {
                let wide = heard(kind, channels);
                assert!(wide == plainly(|| heard(kind, channels)), "{} {channels:?}", kind.id);
                // The delay line delays by longer than the noise lasts.
                assert!(kind.id == "delay-line" || wide.iter().any(|bits| *bits != 0), "{}", kind.id);
            }
        }
    }
}
