//! Four numbers that are worked on at once, so that four transforms take the time of one or two, each the same to the last bit as
//! alone.
//!
//! Compilers keep four `f32` in one register on every processor that has such. Nothing is ever added across the four.

use std::array::from_fn;
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

use rustfft::num_traits::{FromPrimitive, Num, One, Signed, Zero};

/// How many there are.
pub(crate) const FOUR: usize = 4;

/// Four numbers side by side.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(align(16))]
pub(crate) struct Four(pub [f32; FOUR]);

macro_rules! each_by_itself {
    ($($of:ident $name:ident $by:tt;)*) => {$(
        impl $of for Four {
            type Output = Self;

            #[inline(always)]
            fn $name(self, other: Self) -> Self {
                Self(from_fn(|n| self.0[n] $by other.0[n]))
            }
        }
    )*};
}

each_by_itself! {
    Add add +;
    Sub sub -;
    Mul mul *;
    Div div /;
    Rem rem %;
}

impl Neg for Four {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        Self(self.0.map(|x| -x))
    }
}

impl Mul<f32> for Four {
    type Output = Self;

    #[inline(always)]
    fn mul(self, by: f32) -> Self {
        Self(self.0.map(|x| x * by))
    }
}

// What follows is what the transform asks of a number.

impl Zero for Four {
    fn zero() -> Self {
        Self([0.0; FOUR])
    }

    fn is_zero(&self) -> bool {
        self.0 == [0.0; FOUR]
    }
}

impl One for Four {
    fn one() -> Self {
        Self([1.0; FOUR])
    }
}

impl Num for Four {
    type FromStrRadixErr = <f32 as Num>::FromStrRadixErr;

    fn from_str_radix(text: &str, radix: u32) -> Result<Self, Self::FromStrRadixErr> {
        f32::from_str_radix(text, radix).map(|x| Self([x; FOUR]))
    }
}

impl Signed for Four {
    fn abs(&self) -> Self {
        Self(self.0.map(f32::abs))
    }

    fn abs_sub(&self, other: &Self) -> Self {
        Self(from_fn(|n| (self.0[n] - other.0[n]).max(0.0)))
    }

    fn signum(&self) -> Self {
        Self(self.0.map(f32::signum))
    }

    fn is_positive(&self) -> bool {
        self.0.iter().all(|x| x.is_sign_positive())
    }

    fn is_negative(&self) -> bool {
        self.0.iter().all(|x| x.is_sign_negative())
    }
}

impl FromPrimitive for Four {
    fn from_i64(n: i64) -> Option<Self> {
        f32::from_i64(n).map(|x| Self([x; FOUR]))
    }

    fn from_u64(n: u64) -> Option<Self> {
        f32::from_u64(n).map(|x| Self([x; FOUR]))
    }

    fn from_f64(x: f64) -> Option<Self> {
        f32::from_f64(x).map(|x| Self([x; FOUR]))
    }
}

#[cfg(test)]
mod tests {
    use rustfft::FftPlannerScalar;
    use rustfft::num_complex::Complex;

    use super::*;

    #[test]
    fn four_transforms_at_once_have_the_bits_of_each_alone() {
        let mut seed = 7_u32;
        let mut noise = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / 8_388_608.0 - 1.0
        };
        // Powers of two, cells at 44.1, 48 and 96 kHz, a prime.
        for length in [2, 8, 97, 1_024, 4_800, 8_820, 9_600, 19_200] {
            let waves: [Vec<Complex<f32>>; FOUR] =
                from_fn(|_| (0..length).map(|_| Complex::new(noise(), noise())).collect());
            let mut together: Vec<Complex<Four>> = (0..length)
                .map(|n| {
                    Complex::new(
                        Four(from_fn(|lane| waves[lane][n].re)),
                        Four(from_fn(|lane| waves[lane][n].im)),
                    )
                })
                .collect();
            FftPlannerScalar::new().plan_fft_forward(length).process(&mut together);
            for (lane, mut alone) in waves.into_iter().enumerate() {
                FftPlannerScalar::new().plan_fft_forward(length).process(&mut alone);
                for (alone, together) in alone.iter().zip(&together) {
                    assert_eq!(alone.re.to_bits(), together.re.0[lane].to_bits(), "{length}");
                    assert_eq!(alone.im.to_bits(), together.im.0[lane].to_bits(), "{length}");
                }
            }
        }
    }
}
