//! Curves given by points, read between them along straight lines.

/// The value of a curve of rising (x, y) points at `x`: straight between the points, level beyond the ends. A curve of
/// no points is zero.
pub(crate) fn at(points: &[(f64, f64)], x: f64) -> f64 {
    along(points, x, |x| x)
}

/// The same over the logarithm of a frequency: straight lines as on the paper curves in dB are drawn on.
pub(crate) fn at_log_freq(points: &[(f64, f64)], freq_hz: f64) -> f64 {
    along(points, freq_hz.max(f64::MIN_POSITIVE), libm::log10)
}

fn along(points: &[(f64, f64)], x: f64, scale: impl Fn(f64) -> f64) -> f64 {
    let after = points.partition_point(|point| point.0 <= x);
    match (after.checked_sub(1).and_then(|before| points.get(before)), points.get(after)) {
        (Some(&(from, low)), Some(&(to, high))) => {
            let part = (scale(x) - scale(from)) / (scale(to) - scale(from));
            low + part * (high - low)
        }
        (Some(&(_, last)), None) => last,
        (None, Some(&(_, first))) => first,
        (None, None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_runs_straight_between_its_points_and_level_beyond() {
        let points = [(100.0, -3.0), (1_000.0, 0.0), (10_000.0, 6.0)];
        assert_eq!(at(&points, 550.0), -1.5);
        assert!((at_log_freq(&points, 316.227_766) + 1.5).abs() < 1e-6);
        for freq_hz in [0.0, 50.0, 100.0] {
            assert_eq!(at_log_freq(&points, freq_hz), -3.0);
        }
        assert_eq!(at_log_freq(&points, 1_000.0), 0.0);
        assert_eq!(at(&points, 1e9), 6.0);
        assert_eq!(at(&[], 1.0), 0.0);
    }
}
