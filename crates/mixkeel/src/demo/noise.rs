//! Chance that is the same everywhere: the PCG32 generator, for noise, human timing and small differences.

/// A stream of pseudo-random numbers. PCG-XSH-RR 64/32 (M. E. O'Neill, "PCG: A Family of Simple Fast Space-Efficient
/// Statistically Good Algorithms for Random Number Generation", HMC-CS-2014-0905): integer arithmetic only, so the
/// same bits come out on every machine.
#[derive(Clone, Debug)]
pub(super) struct Noise {
    state: u64,
    increment: u64,
}

/// The multiplier of the 64-bit generator, from the paper.
const MULTIPLIER: u64 = 6_364_136_223_846_793_005;

impl Noise {
    /// A generator of its own for this pair: another stream never repeats this one.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut noise = Self { state: 0, increment: (stream << 1) | 1 };
        noise.step();
        noise.state = noise.state.wrapping_add(seed);
        noise.step();
        noise
    }

    fn step(&mut self) -> u32 {
        let old = self.state;
        self.state = old.wrapping_mul(MULTIPLIER).wrapping_add(self.increment);
        let shifted = (((old >> 18) ^ old) >> 27) as u32;
        shifted.rotate_right((old >> 59) as u32)
    }

    /// Evenly spread in [0, 1).
    pub fn uniform(&mut self) -> f64 {
        f64::from(self.step()) / 4_294_967_296.0
    }

    /// White noise: evenly spread in [-1, 1).
    pub fn white(&mut self) -> f64 {
        f64::from(self.step() as i32) / 2_147_483_648.0
    }

    /// Bell-shaped around 0 with standard deviation 1 and nothing beyond ±3: the sum of three even spreads, which is
    /// how far people are from the beat without the rare wild outlier.
    pub fn human(&mut self) -> f64 {
        self.white() + self.white() + self.white()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_gives_the_numbers_of_its_paper() {
        // The reference program seeds with 42 and stream 54 and prints these first.
        let mut noise = Noise::new(42, 54);
        let first: Vec<u32> = (0..4).map(|_| noise.step()).collect();
        assert_eq!(first, [0xa15c_02b7, 0x7b47_f409, 0xba1d_3330, 0x83d2_f293]);
    }

    #[test]
    fn noise_is_centred_and_bounded() {
        let mut noise = Noise::new(1, 2);
        let values: Vec<f64> = (0..20_000).map(|_| noise.human()).collect();
        let mean = values.iter().sum::<f64>() / 20_000.0;
        // The mean of 20,000 values of deviation 1 strays by 0.007; five times that is chance enough.
        assert!(mean.abs() < 0.035, "{mean}");
        assert!(values.iter().all(|value| value.abs() <= 3.0));
    }
}
