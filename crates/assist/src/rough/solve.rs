//! Least squares without negative parts: how much of each of several things is in a sum.

/// Rounds over all unknowns. Ours, far more than the known sums of the tests need.
const ROUNDS: usize = 400;

/// Sums of products that a fit needs: of every two columns, and of every column with what is to be explained.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    count: usize,
    products: Vec<f64>,
    wanted: Vec<f64>,
}

impl Sums {
    pub fn new(count: usize) -> Self {
        Self { count, products: vec![0.0; count * count], wanted: vec![0.0; count] }
    }

    /// One equation: the columns' values, what they are to add up to, and how much it counts.
    pub fn add(&mut self, columns: &[f32], wanted: f64, weight: f64) {
        for (row, &value) in columns.iter().enumerate() {
            if value == 0.0 {
                continue;
            }
            let weighted = weight * f64::from(value);
            if let Some(place) = self.wanted.get_mut(row) {
                *place += weighted * wanted;
            }
            let places = self.products.iter_mut().skip(row * self.count).take(row + 1);
            for (place, other) in places.zip(columns) {
                *place += weighted * f64::from(*other);
            }
        }
    }

    fn product(&self, one: usize, other: usize) -> f64 {
        let (low, high) = (one.min(other), one.max(other));
        self.products.get(high * self.count + low).copied().unwrap_or(0.0)
    }

    /// How alike two columns are, 0 to 1.
    pub fn likeness(&self, one: usize, other: usize) -> f64 {
        let size = (self.product(one, one) * self.product(other, other)).sqrt();
        if size > 0.0 { self.product(one, other) / size } else { 0.0 }
    }

    /// How much of each column, from a first guess, by descent along one unknown after the other; never less than none.
    pub fn solve(&self, parts: &mut [f64]) {
        for _ in 0..ROUNDS {
            let mut moved = 0.0_f64;
            for row in 0..self.count {
                let own = self.product(row, row);
                if own <= 0.0 {
                    continue;
                }
                let others: f64 =
                    parts.iter().enumerate().map(|(other, part)| part * self.product(row, other)).sum();
                let (Some(part), Some(wanted)) = (parts.get_mut(row), self.wanted.get(row)) else { continue };
                let now = (*part + (wanted - others) / own).max(0.0);
                moved = moved.max((now - *part).abs() / now.max(1e-12));
                *part = now;
            }
            if moved < 1e-6 {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_comes_out_and_nothing_is_less_than_none() {
        let mut sums = Sums::new(3);
        let (mut state, real) = (7_u32, [0.5, 2.0, 0.0]);
        for _ in 0..500 {
            let row = [0; 3].map(|_: i32| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / 16_777_216.0
            });
            let wanted = row.iter().zip(real).map(|(value, part)| f64::from(*value) * part).sum();
            sums.add(&row, wanted, 1.0);
        }
        let mut parts = [1.0; 3];
        sums.solve(&mut parts);
        assert!(parts.iter().zip(real).all(|(part, real)| (part - real).abs() < 1e-4), "{parts:?}");
        assert!(sums.likeness(0, 0) > 0.999 && sums.likeness(0, 1) < 0.9);
        // Turned upside down, a column is not there at all.
        let mut sums = Sums::new(1);
        sums.add(&[1.0], -1.0, 1.0);
        let mut parts = [1.0];
        sums.solve(&mut parts);
        assert_eq!(parts, [0.0]);
    }
}
