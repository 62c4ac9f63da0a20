//! The filter in front of a detector: what a processor of dynamics listens for.

use crate::curve::Curve;
use crate::kernels::matched::Analogue;
use crate::kernels::svf::{Section, tan_half};

crate::choices! {
    /// What a detector listens for.
    pub enum KeyFilter {
        /// Everything.
        Off = "off",
        /// Nothing low: 12 dB an octave below the frequency.
        LowCut = "low-cut",
        /// Nothing high: 12 dB an octave above the frequency.
        HighCut = "high-cut",
        /// More of what is around the frequency, or less.
        Bell = "bell",
    }
}

impl KeyFilter {
    /// The filter, by the bilinear rule: cheap enough to follow automation, and a detector does not mind that a bell becomes
    /// narrower near half the rate. `None` where everything passes.
    pub fn section(self, freq_hz: f64, q: f64, gain_db: f64, rate_hz: u32) -> Option<Section> {
        let analogue = match self {
            KeyFilter::Off => return None,
            KeyFilter::LowCut => Analogue::high_pass(q),
            KeyFilter::HighCut => Analogue::low_pass(q),
            KeyFilter::Bell => Analogue::bell(q, gain_db),
        };
        let g = tan_half(freq_hz, rate_hz);
        Some(Section::from_analogue(g, analogue.numerator, analogue.denominator))
    }
}

/// A filter with its settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Key {
    /// What kind of filter.
    pub filter: KeyFilter,
    /// Where it lies.
    pub freq_hz: f64,
    /// How narrow it is.
    pub q: f64,
    /// How much more, or less, its bell hears.
    pub gain_db: f64,
}

impl Key {
    /// See [`KeyFilter::section`].
    pub fn section(&self, rate_hz: u32) -> Option<Section> {
        self.filter.section(self.freq_hz, self.q, self.gain_db, rate_hz)
    }

    /// What it hears of each frequency, to be drawn. `None` where everything passes.
    pub fn curve(&self, rate_hz: u32) -> Option<Curve> {
        let section = self.section(rate_hz)?;
        Some(Curve::response("key", rate_hz, |hz| section.gain_db(hz, rate_hz)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_low_cut_is_deaf_to_the_bass() {
        let gain_db = |filter: KeyFilter, hz| {
            filter
                .section(100.0, std::f64::consts::FRAC_1_SQRT_2, 6.0, 48_000)
                .map(|it| it.gain_db(hz, 48_000))
        };
        assert!((gain_db(KeyFilter::LowCut, 100.0).unwrap() + 3.01).abs() < 0.01);
        assert!((gain_db(KeyFilter::LowCut, 25.0).unwrap() + 24.1).abs() < 0.1);
        assert!((gain_db(KeyFilter::HighCut, 400.0).unwrap() + 24.1).abs() < 0.1);
        assert!((gain_db(KeyFilter::Bell, 100.0).unwrap() - 6.0).abs() < 0.01);
        assert_eq!(gain_db(KeyFilter::Off, 100.0), None);
    }
}
