//! What sound is made of from moment to moment, as an autoregressive model: what can be foretold of a sample, and what a gap
//! most likely held.

/// Samples from which one is foretold. Ours: enough for the resonances of voices and strings between 20 Hz and half the
/// rate; more gained nothing on recordings.
pub(super) const ORDER: usize = 32;

/// Added to the power of what is modelled, as a share of it: keeps a pure tone from having a perfect prediction, 90 dB down.
const FLOOR: f64 = 1e-9;

/// A predictor: the sample now is minus the weighted sum of those before, plus what nobody could know.
#[derive(Clone, Debug)]
pub(super) struct Model {
    /// 1, then the weights.
    weights: [f64; ORDER + 1],
    /// Sums of products of the weights with themselves, shifted.
    products: [f64; ORDER + 1],
}

impl Model {
    /// The model of some samples under a window that fades at both ends; `None` for silence. Levinson's recursion on their
    /// autocorrelation (J. Makhoul, "Linear prediction: a tutorial review", Proc. IEEE 63(4), 1975).
    pub fn of(samples: &[f64]) -> Option<Self> {
        let mut sums = [0.0; ORDER + 1];
        for (shift, sum) in sums.iter_mut().enumerate() {
            *sum = samples.iter().zip(samples.get(shift..)?).map(|(one, other)| one * other).sum();
        }
        let mut error = sums[0] * (1.0 + FLOOR);
        if error <= 0.0 || !error.is_finite() {
            return None;
        }
        let mut weights = [0.0; ORDER + 1];
        weights[0] = 1.0;
        for order in 1..=ORDER {
            let unmet: f64 = (0..order).map(|index| weights[index] * sums[order - index]).sum();
            let reflection = -unmet / error;
            if reflection.abs() >= 1.0 || reflection.is_nan() {
                // Rounding has eaten what was left to foretell.
                break;
            }
            let before = weights;
            for index in 1..=order {
                weights[index] = before[index] + reflection * before[order - index];
            }
            error *= 1.0 - reflection * reflection;
        }
        let products = std::array::from_fn(|shift| {
            weights.iter().zip(&weights[shift..]).map(|(one, other)| one * other).sum()
        });
        Some(Self { weights, products })
    }

    /// For every sample of `from..`, how far it is from what both the samples before and those after it foretell: the
    /// smaller of the two, so that a click does not smear over its neighbours. There are at least [`ORDER`] samples to each
    /// side.
    pub fn surprises(&self, samples: &[f64], from: usize, out: &mut [f64]) {
        for (index, out) in out.iter_mut().enumerate() {
            let at = from + index;
            let (mut forward, mut backward) = (0.0, 0.0);
            for (shift, weight) in self.weights.iter().enumerate() {
                forward += weight * samples[at - shift];
                backward += weight * samples[at + shift];
            }
            *out = forward.abs().min(backward.abs());
        }
    }

    /// What the samples of a gap most likely were, given those around it: the values that leave the least unexplained
    /// (A. Janssen, R. Veldhuis, L. Vries, "Adaptive interpolation of discrete-time signals that can be modeled as
    /// autoregressive processes", IEEE Trans. ASSP 34(2), 1986), by a banded Cholesky decomposition in `work`. There are at
    /// least [`ORDER`] samples to each side of `from..to`. Nothing is changed where the equations cannot be solved.
    pub fn fill(&self, samples: &mut [f64], from: usize, to: usize, work: &mut Work) {
        let gap = to - from;
        let (rows, values) = (&mut work.rows[..gap], &mut work.values[..gap]);
        for (index, value) in values.iter_mut().enumerate() {
            let at = from + index;
            *value = 0.0;
            for shift in 1..=ORDER {
                for known in [at - shift, at + shift] {
                    if !(from..to).contains(&known) {
                        *value -= self.products[shift] * samples[known];
                    }
                }
            }
        }
        // rows[i][k] is the element at column i − k.
        for row in 0..gap {
            for back in (0..=row.min(ORDER)).rev() {
                let column = row - back;
                let mut rest = self.products[back];
                for inner in row.saturating_sub(ORDER)..column {
                    rest -= rows[row][row - inner]
                        * if column - inner <= ORDER { rows[column][column - inner] } else { 0.0 };
                }
                if back > 0 {
                    rows[row][back] = rest / rows[column][0];
                } else if rest > 0.0 {
                    rows[row][0] = rest.sqrt();
                } else {
                    return;
                }
            }
        }
        for row in 0..gap {
            let mut rest = values[row];
            for back in 1..=row.min(ORDER) {
                rest -= rows[row][back] * values[row - back];
            }
            values[row] = rest / rows[row][0];
        }
        for row in (0..gap).rev() {
            let mut rest = values[row];
            for ahead in 1..=ORDER.min(gap - 1 - row) {
                rest -= rows[row + ahead][ahead] * values[row + ahead];
            }
            values[row] = rest / rows[row][0];
        }
        samples[from..to].copy_from_slice(values);
    }
}

/// Room for the equations of the longest gap.
#[derive(Clone, Debug)]
pub(super) struct Work {
    rows: Vec<[f64; ORDER + 1]>,
    values: Vec<f64>,
    /// What was in the gap.
    pub before: Vec<f64>,
}

impl Work {
    pub fn new(longest_gap: usize) -> Self {
        Self {
            rows: vec![[0.0; ORDER + 1]; longest_gap],
            values: vec![0.0; longest_gap],
            before: vec![0.0; longest_gap],
        }
    }
}

impl Work {
    /// Keeps only a share of what was changed in a gap, and says how much energy that took away.
    pub fn blend(&self, filled: &mut [f64], share: f64) -> f64 {
        let mut energy = 0.0;
        for (sample, before) in filled.iter_mut().zip(&self.before) {
            let taken = if sample.is_finite() { (before - *sample) * share } else { 0.0 };
            *sample = before - taken;
            energy += taken * taken;
        }
        energy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chord(frames: usize) -> Vec<f64> {
        (0..frames)
            .map(|frame| [0.031, 0.047, 0.113, 0.34].iter().map(|step| libm::sin(step * frame as f64)).sum())
            .collect()
    }

    #[test]
    fn a_gap_in_a_chord_is_filled_with_the_chord() {
        let sound = chord(2_000);
        let window = |frame: usize| 0.5 - 0.5 * libm::cos(std::f64::consts::TAU * frame as f64 / 2_000.0);
        let faded: Vec<f64> = sound.iter().enumerate().map(|(frame, x)| x * window(frame)).collect();
        let model = Model::of(&faded).unwrap();
        for gap in [1, 5, 40] {
            let mut broken = sound.clone();
            broken[1_000..1_000 + gap].fill(7.0);
            model.fill(&mut broken, 1_000, 1_000 + gap, &mut Work::new(60));
            let worst = broken.iter().zip(&sound).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max);
            assert!(worst < 0.05, "{gap}: {worst}");
        }
    }

    #[test]
    fn a_click_surprises_where_it_is_and_nowhere_else() {
        let mut sound = chord(2_000);
        let model = Model::of(&sound).unwrap();
        sound[500] += 1.0;
        let mut surprises = [0.0; 200];
        model.surprises(&sound, 400, &mut surprises);
        let most = surprises.iter().enumerate().max_by(|one, other| one.1.total_cmp(other.1)).unwrap();
        assert!(most.0 == 100 && *most.1 > 0.5);
        assert!(surprises[..95].iter().chain(&surprises[106..]).all(|surprise| *surprise < 0.1));
        assert!(Model::of(&[0.0; 500]).is_none());
    }
}
