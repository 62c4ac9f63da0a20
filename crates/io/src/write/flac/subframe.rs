//! One channel of one frame: constant, fixed or linear prediction, or as it is, whichever takes the fewest bits.

use super::bits::BitWriter;
use super::predict::{Analysis, MAX_ORDER, Predictor};
use super::rice::{Coding, Decider};

/// Bits of a predictor's coefficients, sign included. 15 is the most there can be (RFC 9639 §9.2.6); for 16-bit sound
/// one less is exact enough, and keeps the sums of old decoders within 32 bits more often.
const PRECISION_BITS: u32 = 15;
const PRECISION_BITS_OF_16: u32 = 14;

/// The highest order of the fixed predictors (RFC 9639 §9.2.5).
const MAX_FIXED_ORDER: usize = 4;

/// Blocks shorter than this get fixed prediction only. Ours: coefficients would cost more than they save.
const SHORTEST_PREDICTED: usize = 4 * MAX_ORDER;

#[derive(Clone, Debug)]
enum Kind {
    Constant,
    Verbatim,
    Fixed(usize, Coding),
    Linear(Predictor, Coding),
}

/// A channel, how it is to be coded and at what cost.
pub(super) struct Subframe {
    samples: Vec<i32>,
    residual: Vec<i32>,
    kind: Kind,
    /// Bits per sample after the wasted ones are gone.
    sample_bits: u32,
    /// Low bits that are zero in every sample.
    wasted_bits: u32,
    bits: u64,
}

/// Room for the decisions; one serves all channels.
#[derive(Default)]
pub(super) struct Workshop {
    analysis: Analysis,
    decider: Decider,
    trial: Vec<i32>,
}

impl Subframe {
    pub(super) fn new() -> Self {
        let (samples, residual) = (Vec::new(), Vec::new());
        Self { samples, residual, kind: Kind::Verbatim, sample_bits: 0, wasted_bits: 0, bits: 0 }
    }

    /// The bits that [`Subframe::write`] will write.
    pub(super) fn bits(&self) -> u64 {
        self.bits
    }

    /// Decides how to code these samples of so many bits.
    pub(super) fn plan(&mut self, samples: impl Iterator<Item = i32>, bits: u32, workshop: &mut Workshop) {
        self.samples.clear();
        self.samples.extend(samples);
        let first = self.samples.first().copied().unwrap_or_default();
        let all = &mut self.samples;
        let (used, differing) =
            all.iter().fold((0, 0), |(used, differing), &sample| (used | sample, differing | sample ^ first));
        self.wasted_bits = if used == 0 { 0 } else { used.trailing_zeros() };
        if self.wasted_bits > 0 {
            all.iter_mut().for_each(|sample| *sample >>= self.wasted_bits);
        }
        self.sample_bits = bits - self.wasted_bits;
        let head = u64::from(8 + self.wasted_bits);
        let sample_bits = u64::from(self.sample_bits);
        if differing == 0 {
            (self.kind, self.bits) = (Kind::Constant, head + sample_bits);
            return;
        }
        (self.kind, self.bits) = (Kind::Verbatim, head + sample_bits * self.samples.len() as u64);
        if let Some(order) = fixed_order(&self.samples) {
            fixed_residual(&self.samples, order, &mut self.residual);
            let coding = workshop.decider.decide(&self.residual, order);
            let bits = head + sample_bits * order as u64 + coding.bits();
            if bits < self.bits {
                (self.kind, self.bits) = (Kind::Fixed(order, coding), bits);
            }
        }
        if self.samples.len() < SHORTEST_PREDICTED {
            return;
        }
        let precision_bits = if bits <= 17 { PRECISION_BITS_OF_16 } else { PRECISION_BITS };
        let predictor = workshop.analysis.predict(&self.samples, self.sample_bits, precision_bits);
        if let Some(predictor) = predictor
            && predictor.residual(&self.samples, &mut workshop.trial)
        {
            let coding = workshop.decider.decide(&workshop.trial, predictor.order);
            let each = sample_bits + u64::from(precision_bits);
            let bits = head + each * predictor.order as u64 + 4 + 5 + coding.bits();
            if bits < self.bits {
                (self.kind, self.bits) = (Kind::Linear(predictor, coding), bits);
                std::mem::swap(&mut self.residual, &mut workshop.trial);
            }
        }
    }

    /// Writes the subframe (RFC 9639 §9.2).
    pub(super) fn write(&self, to: &mut BitWriter) {
        let code = match &self.kind {
            Kind::Constant => 0,
            Kind::Verbatim => 1,
            Kind::Fixed(order, _) => 8 + *order as u32,
            Kind::Linear(predictor, _) => 31 + predictor.order as u32,
        };
        to.put(code << 1 | u32::from(self.wasted_bits > 0), 8);
        if self.wasted_bits > 0 {
            to.put_unary(self.wasted_bits - 1);
        }
        let plain = match &self.kind {
            Kind::Constant => 1,
            Kind::Verbatim => self.samples.len(),
            Kind::Fixed(order, _) => *order,
            Kind::Linear(predictor, _) => predictor.order,
        };
        self.samples.iter().take(plain).for_each(|&sample| to.put_signed(sample, self.sample_bits));
        match &self.kind {
            Kind::Constant | Kind::Verbatim => {}
            Kind::Fixed(order, coding) => coding.write(&self.residual, *order, to),
            Kind::Linear(predictor, coding) => {
                to.put(predictor.precision_bits - 1, 4);
                to.put(predictor.shift_bits, 5);
                for &coefficient in predictor.coefficients.iter().take(predictor.order) {
                    to.put_signed(coefficient, predictor.precision_bits);
                }
                coding.write(&self.residual, predictor.order, to);
            }
        }
    }
}

/// What the fixed predictors of orders 0 to 4 leave of the newest of five samples. No overflow: of 25-bit samples it
/// has 29 bits at the most.
#[inline]
fn differences(window: &[i32; 5]) -> [i32; MAX_FIXED_ORDER + 1] {
    let &[e, d, c, b, a] = window;
    [a, a - b, a - 2 * b + c, a - 3 * b + 3 * c - d, a - 4 * b + 6 * c - 4 * d + e]
}

/// The order whose residuals are smallest in sum, where there are samples enough to tell.
fn fixed_order(samples: &[i32]) -> Option<usize> {
    let mut sums = [0_u64; MAX_FIXED_ORDER + 1];
    for window in samples.windows(MAX_FIXED_ORDER + 1) {
        let left = differences(window.first_chunk()?);
        sums.iter_mut().zip(left).for_each(|(sum, left)| *sum += u64::from(left.unsigned_abs()));
    }
    if samples.len() <= MAX_FIXED_ORDER {
        return None;
    }
    (0..=MAX_FIXED_ORDER).min_by_key(|&order| sums[order])
}

fn fixed_residual(samples: &[i32], order: usize, residual: &mut Vec<i32>) {
    residual.clear();
    let from = samples.len().min(order);
    // The same differences as above, of the newest last; a window shorter than five lacks only what has no weight.
    match order {
        0 => residual.extend_from_slice(&samples[from..]),
        1 => residual.extend(samples.windows(2).map(|window| window[1] - window[0])),
        2 => residual.extend(samples.windows(3).map(|window| window[2] - 2 * window[1] + window[0])),
        3 => residual
            .extend(samples.windows(4).map(|window| window[3] - 3 * window[2] + 3 * window[1] - window[0])),
        _ => residual.extend(
            samples
                .windows(5)
                .filter_map(|window| window.first_chunk())
                .map(|window| differences(window)[MAX_FIXED_ORDER]),
        ),
    }
}
