//! What a band of an equaliser is set to, and the sections that it is made of.

use crate::kernels::matched::{Analogue, butterworth_qs};
use crate::kernels::mend::mend;
use crate::kernels::svf::Section;

crate::choices! {
    /// What a band does to the spectrum.
    pub enum Shape {
        /// Raises or lowers around a frequency.
        Bell = "bell",
        /// Raises or lowers everything below a frequency.
        LowShelf = "low-shelf",
        /// Raises or lowers everything above a frequency.
        HighShelf = "high-shelf",
        /// Takes away what lies below a frequency.
        LowCut = "low-cut",
        /// Takes away what lies above a frequency.
        HighCut = "high-cut",
        /// Takes away one frequency.
        Notch = "notch",
        /// Raises what lies above a frequency and lowers what lies below it, or the other way round.
        Tilt = "tilt",
        /// Turns the phase around a frequency and leaves the level.
        AllPass = "all-pass",
    }
}

crate::choices! {
    /// What part of a stereo signal a band works on. A mono signal is its own middle and its own left channel.
    pub enum Channel {
        /// Left and right alike.
        Both = "both",
        /// What left and right have in common: half their sum.
        Mid = "mid",
        /// In what left and right differ: half their difference.
        Side = "side",
        /// The left channel.
        Left = "left",
        /// The right channel.
        Right = "right",
    }
}

crate::choices! {
    /// How steep a cut is: a Butterworth filter of first to eighth order.
    pub enum Slope {
        /// 12 dB an octave.
        Db12 = "12-db",
        /// 6 dB an octave.
        Db6 = "6-db",
        /// 18 dB an octave.
        Db18 = "18-db",
        /// 24 dB an octave.
        Db24 = "24-db",
        /// 30 dB an octave.
        Db30 = "30-db",
        /// 36 dB an octave.
        Db36 = "36-db",
        /// 42 dB an octave.
        Db42 = "42-db",
        /// 48 dB an octave.
        Db48 = "48-db",
    }
}

impl Slope {
    /// The order of the filter, 1 to 8.
    pub fn order(self) -> usize {
        match self {
            Slope::Db6 => 1,
            Slope::Db12 => 2,
            Slope::Db18 => 3,
            Slope::Db24 => 4,
            Slope::Db30 => 5,
            Slope::Db36 => 6,
            Slope::Db42 => 7,
            Slope::Db48 => 8,
        }
    }
}

crate::params! {
    /// What one band of an equaliser can be set to.
    pub struct EqBand {
        /// Whether it does anything.
        on: bool = true;
        /// What it does to the spectrum.
        shape: Shape;
        /// What part of a stereo signal it works on.
        channel: Channel;
        /// Where it works: the middle of a bell, notch or tilt, the half way of a shelf, the −3 dB corner of a cut. At
        /// most 0.49 of the sample rate.
        freq_hz: f64 = 1000.0 [10.0..=40_000.0, "Hz"] automatable;
        /// How much it raises or lowers, for bell, shelves and tilt.
        gain_db: f64 = 0.0 [-24.0..=24.0, "dB"] automatable;
        /// How narrow a bell, notch or all-pass is (its frequency over its width) and how steep a shelf (at most 1.5).
        q: f64 = 0.71 [0.1..=40.0, ""] automatable;
        /// How steep a cut is, in dB an octave.
        slope: Slope;
    }
}

/// The most sections a band is made of: a cut of 48 dB an octave, and what mends it.
pub const MOST_SECTIONS: usize = 5;

/// From this order on a high cut has a section that mends what the others are off by together.
const MENDED_ORDER: usize = 4;

/// A filter made of sections in a row; those not needed do nothing.
pub type Sections = [Section; MOST_SECTIONS];

impl EqBand {
    /// The circuits in a row whose response this band has.
    pub fn analogue(&self) -> impl Iterator<Item = Analogue> {
        let (order, q, gain_db) = (self.slope.order(), self.q, self.gain_db);
        let (cut, single) = match self.shape {
            Shape::Bell => (None, Some(Analogue::bell(q, gain_db))),
            Shape::LowShelf => (None, Some(Analogue::low_shelf(q, gain_db))),
            Shape::HighShelf => (None, Some(Analogue::high_shelf(q, gain_db))),
            Shape::Notch => (None, Some(Analogue::notch(q))),
            Shape::Tilt => (None, Some(Analogue::tilt(gain_db))),
            Shape::AllPass => (None, Some(Analogue::all_pass(q))),
            Shape::LowCut => (
                Some(Analogue::high_pass as fn(f64) -> Analogue),
                (order % 2 == 1).then(Analogue::high_pass_first_order),
            ),
            Shape::HighCut => (
                Some(Analogue::low_pass as fn(f64) -> Analogue),
                (order % 2 == 1).then(Analogue::low_pass_first_order),
            ),
        };
        let pairs = cut.into_iter().flat_map(move |pair| butterworth_qs(order).map(pair));
        single.into_iter().chain(pairs)
    }

    /// The sections that it is made of at a rate, whether or not it is on.
    pub fn sections(&self, rate_hz: u32) -> Sections {
        let mut made = [(Analogue::all_pass(1.0), Section::IDENTITY); MOST_SECTIONS];
        let mut count = 0;
        for analogue in self.analogue().take(MOST_SECTIONS - 1) {
            made[count] = (analogue, analogue.section_after(&made[..count], self.freq_hz, rate_hz));
            count += 1;
        }
        if self.shape == Shape::HighCut && self.slope.order() >= MENDED_ORDER {
            made[count].1 = mend(&made[..count], self.freq_hz, rate_hz);
        }
        made.map(|(_, section)| section)
    }
}
