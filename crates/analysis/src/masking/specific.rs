//! From excitation to loudness in one filter of the ear, alone and within other sound.
//!
//! Moore, Glasberg and Baer 1997, equations 17 to 20, with the constants of ANSI S3.4-2007. Excitations are powers re
//! that of a sound at 0 dB SPL at the same place; results are sone a Cam and ear.

use super::ear;
use super::table::OctaveTable;

/// The factor that makes a 1 kHz tone of 40 dB SPL heard with both ears one sone (ANSI S3.4-2007, 3.7).
const C: f64 = 0.046_871;

/// Above 100 dB the growth no longer follows the ear's amplifier (ANSI S3.4-2007, 3.7.4; equations 19 and 20).
const LOUD: f64 = 1e10;

/// The exponent above 100 dB (ANSI S3.4-2007; the paper of 1997 had 0.5).
const LOUD_EXPONENT: f64 = 0.2;

/// What lies so far below its threshold is nothing. Ours: 40 dB below, 0.000003 of the loudness at threshold is left (equation 18),
/// and at threshold the ear hears 0.003 sone in all.
const NOTHING: f64 = 1e-4;

/// The exponent with which a signal far above its masked threshold comes free of the masker (equation 17).
const RELEASE_EXPONENT: f64 = 0.3;

/// One filter: its threshold in quiet, its ratio at masked threshold, and how loudness grows in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filter {
    threshold: f64,
    ratio: f64,
    gain: f64,
    a: f64,
    alpha: f64,
    loud_factor: f64,
}

impl Filter {
    /// The filter at this frequency.
    pub(crate) fn at(freq_hz: f64) -> Self {
        let power = mixkeel_dsp::units::power_from_db;
        let (gain, a, alpha) = (power(ear::low_level_gain_db(freq_hz)), ear::a(freq_hz), ear::alpha(freq_hz));
        // The standard's one constant for all frequencies (1/1.0707 to the power of 0.2) makes this branch meet the
        // other at 500 Hz and above, where 1.0707 comes out here too. Below, it would leave a step down of up to 3 % at
        // 100 dB, and a sound could grow softer as it is turned up; so the branches are made to meet everywhere.
        let below = libm::pow(gain * LOUD + a, alpha) - libm::pow(a, alpha);
        Self {
            threshold: power(ear::threshold_db(freq_hz)),
            ratio: power(ear::ratio_at_threshold_db(freq_hz)),
            gain,
            a,
            alpha,
            loud_factor: below / libm::pow(LOUD, LOUD_EXPONENT),
        }
    }

    /// How loudness grows with excitation, without the threshold: C·((G·E + A)^α − A^α), and above 100 dB C'·E^0.2.
    pub(crate) fn grown(&self, excitation: f64) -> f64 {
        C * if excitation > LOUD {
            self.loud_factor * libm::pow(excitation, LOUD_EXPONENT)
        } else {
            libm::pow(self.gain * excitation + self.a, self.alpha) - libm::pow(self.a, self.alpha)
        }
    }

    /// [`grown`](Self::grown) as a table, and filters that grow alike to the last bit tell so.
    pub(crate) fn table(&self) -> OctaveTable {
        OctaveTable::new(-16, 56, |excitation| self.grown(excitation))
    }

    /// Whether the table of another filter serves this one.
    pub(crate) fn grows_like(&self, other: &Filter) -> bool {
        (self.gain, self.a, self.alpha) == (other.gain, other.a, other.alpha)
    }

    /// The loudness of a signal alone (ANSI S3.4-2007, 3.7.1 to 3.7.4).
    #[inline]
    pub(crate) fn alone(&self, signal: f64, grown: impl Fn(f64) -> f64) -> f64 {
        grown(signal) * faint(signal, self.threshold)
    }

    /// The excitation up to which a signal alone is nothing.
    #[inline]
    pub(crate) fn silence(&self) -> f64 {
        NOTHING * self.threshold
    }

    /// The loudness of a signal within a rest. The four equations of the paper are two here, since above 100 dB they
    /// differ only by how loudness [grows](Self::grown); their terms in A^α cancel.
    #[inline]
    pub(crate) fn within(
        &self,
        signal: f64,
        rest: f64,
        grown: impl Fn(f64) -> f64,
        release: impl Fn(f64) -> f64,
    ) -> f64 {
        if rest <= 0.0 {
            return self.alone(signal, grown);
        }
        let masked_threshold = self.ratio * rest + self.threshold;
        if signal <= NOTHING * masked_threshold {
            return 0.0;
        }
        let at_threshold = grown(rest + masked_threshold);
        if signal >= masked_threshold {
            // Equations 17 and 19.
            grown(signal + rest) - (at_threshold - grown(self.threshold)) * release(masked_threshold / signal)
        } else {
            // Equations 18 and 20.
            let floor = grown(rest);
            faint(signal, masked_threshold) * grown(self.threshold) / (at_threshold - floor)
                * (grown(signal + rest) - floor)
        }
    }
}

/// What is left of a signal below its threshold: (2E / (E + E_thr))^1.5, and all of it above (equations 18 and 20).
#[inline]
fn faint(signal: f64, threshold: f64) -> f64 {
    if signal >= threshold {
        return 1.0;
    }
    let share = 2.0 * signal / (signal + threshold);
    share * share.sqrt()
}

/// The release from masking of a signal above its masked threshold, of threshold over signal (equation 17).
pub(crate) fn release(threshold_over_signal: f64) -> f64 {
    libm::pow(threshold_over_signal, RELEASE_EXPONENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(filter: &Filter, signal: f64, rest: f64) -> f64 {
        filter.within(signal, rest, |e| filter.grown(e), release)
    }

    #[test]
    fn the_printed_constant_above_100_db_comes_out_from_500_hz_on() {
        for freq_hz in [500.0, 1_000.0, 8_000.0] {
            let wanted = libm::pow(1.0 / 1.0707, 0.2);
            assert!((Filter::at(freq_hz).loud_factor / wanted - 1.0).abs() < 1e-4);
        }
    }

    #[test]
    fn a_louder_rest_takes_more_and_a_louder_signal_keeps_more_at_every_level() {
        for freq_hz in [55.0, 120.0, 300.0, 1_000.0, 6_000.0] {
            let filter = Filter::at(freq_hz);
            for signal_db in (0..125).step_by(5).map(f64::from) {
                let signal = libm::exp10(signal_db / 10.0);
                let mut before = filter.alone(signal, |e| filter.grown(e));
                assert!((within(&filter, signal, 1e-9) / before - 1.0).abs() < 1e-3);
                for rest_db in (-200..1_300).map(|tenth| f64::from(tenth) / 10.0) {
                    let rest = libm::exp10(rest_db / 10.0);
                    let now = within(&filter, signal, rest);
                    assert!(now >= 0.0 && now <= before * (1.0 + 1e-9), "{freq_hz} {signal_db} {rest_db}");
                    assert!(within(&filter, signal * 1.1, rest) >= now);
                    before = now;
                }
            }
        }
    }

    #[test]
    fn a_signal_at_its_masked_threshold_is_as_loud_as_at_the_threshold_in_quiet() {
        let filter = Filter::at(2_000.0);
        let in_quiet = filter.alone(filter.threshold, |e| filter.grown(e));
        for rest in [1.0, 1e3, 1e7, 1e11] {
            let masked = within(&filter, filter.ratio * rest + filter.threshold, rest);
            assert!((masked / in_quiet - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn the_table_gives_what_the_formula_gives() {
        for freq_hz in [80.0, 2_000.0] {
            let filter = Filter::at(freq_hz);
            let table = filter.table();
            let mut excitation = 1e-3;
            while excitation < 1e13 {
                let wanted = filter.grown(excitation);
                assert!((table.at(excitation) / wanted - 1.0).abs() < 2e-4, "{freq_hz} {excitation}");
                excitation *= 1.01;
            }
        }
    }
}
