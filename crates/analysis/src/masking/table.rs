//! A smooth function read from a table: as exact as loudness needs, at the price of one multiplication.

/// Straight pieces an octave. Ours: the functions tabulated here (powers below one, a logarithm) bend so little that a
/// 32nd of an octave errs by less than 3 in 100,000.
const PIECES: usize = 32;

/// Bits of a double below those that choose the piece: 52 of mantissa less 5.
const BELOW: u32 = 52 - PIECES.ilog2();

/// A function of a positive number between two powers of two. Below, it falls straight to zero at zero; above, it stays.
/// A concave function stays concave, so what rises or falls in it does so in the table.
#[derive(Clone, Debug)]
pub(crate) struct OctaveTable {
    lowest: i32,
    values: Vec<f64>,
}

impl OctaveTable {
    /// Tabulates from 2^`lowest` to 2^`highest`.
    pub(crate) fn new(lowest: i32, highest: i32, function: impl Fn(f64) -> f64) -> Self {
        let octaves = (highest - lowest).max(1);
        let values = (0..octaves as usize * PIECES + 1)
            .map(|n| {
                let (octave, piece) = ((n / PIECES) as i32, (n % PIECES) as f64 / PIECES as f64);
                function(libm::ldexp(1.0 + piece, lowest + octave))
            })
            .collect();
        Self { lowest, values }
    }

    /// The value at `x`; zero for zero, for anything negative and for what is not a number.
    #[inline]
    pub(crate) fn at(&self, x: f64) -> f64 {
        if x.is_nan() || x <= 0.0 {
            return 0.0;
        }
        let bits = x.to_bits();
        let octave = (bits >> 52) as i32 - 1023 - self.lowest;
        if octave < 0 {
            return self.values.first().map_or(0.0, |first| first * libm::ldexp(x, -self.lowest));
        }
        let piece = octave as usize * PIECES + ((bits >> BELOW) as usize & (PIECES - 1));
        match self.values.get(piece..piece + 2) {
            Some(&[low, high]) => {
                let part = (bits & ((1 << BELOW) - 1)) as f64 / (1_u64 << BELOW) as f64;
                low + part * (high - low)
            }
            _ => self.values.last().copied().unwrap_or(0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_power_is_read_within_a_thirty_thousandth() {
        let table = OctaveTable::new(-20, 50, |x| libm::pow(x, 0.3));
        let mut x = 1e-6;
        while x < 1e15 {
            let wanted = libm::pow(x, 0.3);
            assert!((table.at(x) / wanted - 1.0).abs() < 1.0 / 30_000.0, "{x}");
            x *= 1.007;
        }
    }

    #[test]
    fn outside_it_stays_finite() {
        let table = OctaveTable::new(0, 4, |x| x);
        assert_eq!(table.at(0.25), 0.25);
        assert_eq!((table.at(16.0), table.at(1e300), table.at(f64::INFINITY)), (16.0, 16.0, 16.0));
        assert_eq!((table.at(0.0), table.at(-1.0), table.at(f64::NAN)), (0.0, 0.0, 0.0));
    }
}
