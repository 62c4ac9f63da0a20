//! Sections one after the other, standing still, in one loop.
//!
//! A section waits for its own last frame, three additions and multiplications away, so one alone leaves most of a machine idle. On
//! wide lanes two sections share one: the second stands a frame behind the first, so neither waits for the other, and all
//! pairs go through one loop. Every section still meets every frame in order with the arithmetic of
//! [`Svf::next`](crate::kernels::svf::Svf::next); the bits are those of [`run`](crate::kernels::svf::Svf::run) after `run`.

use crate::kernels::svf::{Step, Svf};

/// How many sections go through one loop. Ours: eight are four pairs, whose numbers still lie in the first-level cache.
const MOST: usize = 8;

/// A stretch of frames through sections one after the other, all standing still.
pub fn run_all(steps: &[Step], filters: &mut [Svf<2>], frames: &mut [[f64; 2]]) {
    for (steps, filters) in steps.chunks(MOST).zip(filters.chunks_mut(MOST)) {
        #[cfg(target_arch = "x86_64")]
        if frames.len() >= MOST && super::lanes_are_wide() {
            on_wide_lanes::run(steps, filters, frames);
            continue;
        }
        plainly(steps, filters, frames);
    }
}

/// Four sections at a time in one loop, each a lane of left and right.
fn plainly(steps: &[Step], filters: &mut [Svf<2>], frames: &mut [[f64; 2]]) {
    for (steps, filters) in steps.chunks(4).zip(filters.chunks_mut(4)) {
        match (steps, filters) {
            ([a, b, c, d], [w, x, y, z]) => {
                together([a, b, c, d], [w, x, y, z], frames);
            }
            ([a, b, c], [x, y, z]) => together([a, b, c], [x, y, z], frames),
            ([a, b], [x, y]) => together([a, b], [x, y], frames),
            ([a], [x]) => together([a], [x], frames),
            _ => {}
        }
    }
}

fn together<const N: usize>(steps: [&Step; N], filters: [&mut Svf<2>; N], frames: &mut [[f64; 2]]) {
    // Copies stay in registers.
    let steps = steps.map(|step| *step);
    let mut now = filters.each_ref().map(|filter| **filter);
    for frame in frames {
        let mut x = *frame;
        for index in 0..N {
            x = now[index].next(&steps[index], x);
        }
        *frame = x;
    }
    now.iter_mut().for_each(Svf::settle);
    for (filter, now) in filters.into_iter().zip(now) {
        *filter = now;
    }
}

#[cfg(target_arch = "x86_64")]
mod on_wide_lanes {
    use std::arch::x86_64::*;

    use crate::kernels::svf::{Step, Svf};

    /// Up to eight sections, at least as many frames. The machine has wide lanes.
    #[allow(unsafe_code)]
    pub fn run(steps: &[Step], filters: &mut [Svf<2>], frames: &mut [[f64; 2]]) {
        // SAFETY: the caller has asked whether there is AVX2, and nothing else is asked of the machine.
        unsafe {
            match steps.len() {
                0 => {}
                1 | 2 => in_pairs::<1>(steps, filters, frames),
                3 | 4 => in_pairs::<2>(steps, filters, frames),
                5 | 6 => in_pairs::<3>(steps, filters, frames),
                _ => in_pairs::<4>(steps, filters, frames),
            }
        }
    }

    /// What two sections multiply by: left and right of the first, left and right of the second.
    #[derive(Clone, Copy)]
    struct Factors {
        stay: __m256d,
        cross: __m256d,
        enter: __m256d,
        from_input: __m256d,
        from_first: __m256d,
        from_second: __m256d,
    }

    /// What they remember.
    #[derive(Clone, Copy)]
    struct Memory {
        first: __m256d,
        second: __m256d,
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn lanes([a, b]: [f64; 2], [c, d]: [f64; 2]) -> __m256d {
        _mm256_setr_pd(a, b, c, d)
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn halves(lanes: __m256d) -> [[f64; 2]; 2] {
        let of = |half: __m128d| [_mm_cvtsd_f64(half), _mm_cvtsd_f64(_mm_unpackhi_pd(half, half))];
        [of(_mm256_castpd256_pd128(lanes)), of(_mm256_extractf128_pd::<1>(lanes))]
    }

    impl Factors {
        #[target_feature(enable = "avx2")]
        #[inline]
        fn new([a, b]: &[Step; 2]) -> Self {
            let both = |of: fn(&Step) -> f64| lanes([of(a); 2], [of(b); 2]);
            Self {
                stay: both(|step| step.stay),
                cross: both(|step| step.cross),
                enter: both(|step| step.enter),
                from_input: both(|step| step.from_input),
                from_first: both(|step| step.from_first),
                from_second: both(|step| step.from_second),
            }
        }

        /// One frame of each section: the arithmetic of [`Svf::next`] in its order.
        #[target_feature(enable = "avx2")]
        #[inline]
        fn next(&self, memory: &mut Memory, x: __m256d) -> __m256d {
            let Memory { first, second } = *memory;
            let rest = _mm256_sub_pd(x, second);
            let of_states =
                _mm256_add_pd(_mm256_mul_pd(self.from_first, first), _mm256_mul_pd(self.from_second, second));
            memory.first = _mm256_add_pd(_mm256_mul_pd(self.stay, first), _mm256_mul_pd(self.cross, rest));
            let crossed = _mm256_add_pd(second, _mm256_mul_pd(self.cross, first));
            memory.second = _mm256_add_pd(crossed, _mm256_mul_pd(self.enter, rest));
            _mm256_add_pd(_mm256_mul_pd(self.from_input, rest), of_states)
        }
    }

    /// `P` pairs, the last of which may be half empty. Section s works on frame n − s while the first works on frame n; the
    /// triangles at the beginning and the end are worked out one section after the other.
    #[target_feature(enable = "avx2")]
    fn in_pairs<const P: usize>(steps: &[Step], filters: &mut [Svf<2>], frames: &mut [[f64; 2]]) {
        let (sections, length) = (2 * P, frames.len());
        let mut all_steps = [[Step::PASS; 2]; P];
        all_steps.as_flattened_mut().iter_mut().zip(steps).for_each(|(to, step)| *to = *step);
        let mut all = [[Svf::default(); 2]; P];
        all.as_flattened_mut().iter_mut().zip(&*filters).for_each(|(to, filter)| *to = *filter);

        // What each section said last: of the frame that the next one is about to hear.
        let mut said = [[[0.0; 2]; 2]; P];
        for section in 0..sections {
            let ahead = sections - 1 - section;
            for frame in &mut frames[..ahead] {
                *frame = all.as_flattened_mut()[section].next(&all_steps.as_flattened()[section], *frame);
            }
            if ahead > 0 {
                said.as_flattened_mut()[section] = frames[ahead - 1];
            }
        }
        // The beginning has been heard by all that have got there; what comes out of the last goes back there.
        let factors: [Factors; P] = std::array::from_fn(|pair| Factors::new(&all_steps[pair]));
        let mut memory: [Memory; P] = std::array::from_fn(|pair| {
            let [a, b] = &all[pair];
            Memory { first: lanes(a.first, b.first), second: lanes(a.second, b.second) }
        });
        let mut out: [__m256d; P] = std::array::from_fn(|pair| lanes(said[pair][0], said[pair][1]));
        for n in sections - 1..length {
            let [left, right] = frames[n];
            let mut x = out;
            x[0] = _mm256_insertf128_pd::<1>(
                _mm256_castpd128_pd256(_mm_setr_pd(left, right)),
                _mm256_castpd256_pd128(out[0]),
            );
            for pair in 1..P {
                // The second half of the pair before, the first half of this one.
                x[pair] = _mm256_permute2f128_pd::<0x21>(out[pair - 1], out[pair]);
            }
            // Factors are read from where they lie: there are not registers enough for all, and a memory that had none would
            // make every frame wait twice as long for the one before.
            let factors = std::hint::black_box(&factors);
            for pair in 0..P {
                out[pair] = factors[pair].next(&mut memory[pair], x[pair]);
            }
            let last = _mm256_extractf128_pd::<1>(out[P - 1]);
            frames[n - (sections - 1)] = [_mm_cvtsd_f64(last), _mm_cvtsd_f64(_mm_unpackhi_pd(last, last))];
        }
        for (pair, (lanes, filters)) in memory.iter().zip(&mut all).enumerate() {
            let ([first, second], [of_first, of_second]) = (halves(lanes.first), halves(lanes.second));
            filters[0].first = first;
            filters[1].first = second;
            filters[0].second = of_first;
            filters[1].second = of_second;
            said[pair] = halves(out[pair]);
        }
        // Frame length − 1 − s has been heard by sections 0 to s.
        for section in (0..sections - 1).rev() {
            let n = length - 1 - section;
            let mut x = said.as_flattened()[section];
            for later in section + 1..sections {
                x = all.as_flattened_mut()[later].next(&all_steps.as_flattened()[later], x);
            }
            frames[n] = x;
        }
        for (filter, now) in filters.iter_mut().zip(all.as_flattened_mut()) {
            now.settle();
            *filter = *now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::svf::Section;

    #[test]
    fn sections_together_give_the_bits_of_sections_in_turn() {
        for count in 0..=17 {
            let steps: Vec<Step> = (0..count)
                .map(|index| Section::all_pass(0.05 * f64::from(index + 1), 0.4 + f64::from(index)).step())
                .collect();
            let sound: Vec<[f64; 2]> =
                (0..200).map(|i| [libm::sin(f64::from(i)), libm::cos(f64::from(i * i))]).collect();
            for stretch in [1, 5, 8, 9, 77, 200] {
                let mut together = [sound.clone(), sound.clone()];
                let mut filters =
                    [vec![Svf::<2>::default(); count as usize], vec![Svf::default(); count as usize]];
                together[0].chunks_mut(stretch).for_each(|part| run_all(&steps, &mut filters[0], part));
                crate::simd::tests::plainly(|| {
                    together[1].chunks_mut(stretch).for_each(|part| run_all(&steps, &mut filters[1], part));
                });
                let mut in_turn = sound.clone();
                let mut alone = vec![Svf::<2>::default(); count as usize];
                for (step, filter) in steps.iter().zip(&mut alone) {
                    filter.run(step, &mut in_turn);
                }
                for (together, filters) in together.iter().zip(&filters) {
                    assert_eq!(*together, in_turn, "{count} {stretch}");
                    assert_eq!(*filters, alone, "{count} {stretch}");
                }
            }
        }
    }
}
