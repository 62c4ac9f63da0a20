//! Rice coding of residuals: how to cut them into partitions, which parameter each has, and the bits themselves.

use super::bits::BitWriter;

/// The finest partitioning tried: 2^6 partitions. Ours: finer ones gain less than a thousandth on music.
const MAX_PARTITION_ORDER: u32 = 6;
const MAX_PARTITIONS: usize = 1 << MAX_PARTITION_ORDER;

/// The largest parameter that the 4-bit form holds; 15 would mean "not coded" (RFC 9639 §9.2.7.1).
const LARGEST_OF_4_BITS: u32 = 14;

/// The largest parameter of the 5-bit form.
const LARGEST_OF_5_BITS: u32 = 30;
const PARAMETERS: usize = LARGEST_OF_5_BITS as usize + 1;

/// How a residual is to be coded, and what that costs.
#[derive(Clone, Debug)]
pub(super) struct Coding {
    partition_order: u32,
    parameters: Vec<u8>,
    bits: u64,
}

/// Room for the sums that a decision needs.
#[derive(Default)]
pub(super) struct Decider {
    /// For each of the finest partitions and each parameter: the sum of its folded residuals shifted by the parameter.
    sums: Vec<[u64; PARAMETERS]>,
    folded: Vec<u32>,
}

/// Small numbers for small sizes: 0, −1, 1, −2, 2 …
#[inline]
fn fold(residual: i32) -> u32 {
    (residual << 1 ^ residual >> 31) as u32
}

impl Decider {
    /// The cheapest coding of the residual of a block of `block` samples of which the first `order` are not predicted.
    ///
    /// The costs are exact, not estimated: for every parameter that can matter the quotients are really summed.
    pub(super) fn decide(&mut self, residual: &[i32], order: usize) -> Coding {
        let block = residual.len() + order;
        let finest = (0..=MAX_PARTITION_ORDER)
            .rev()
            .find(|&cut| block.is_multiple_of(1 << cut) && block >> cut > order)
            .unwrap_or_default();
        let mut lengths = [0_u64; MAX_PARTITIONS];
        let (mut smallest, mut largest) = (u32::MAX, 0);
        self.sums.clear();
        self.sums.resize(1 << finest, [0; PARAMETERS]);
        self.folded.clear();
        self.folded.extend(residual.iter().map(|&residual| fold(residual)));
        let parts = parts(&self.folded, order, finest);
        for ((part, sums), length) in parts.clone().zip(&mut self.sums).zip(&mut lengths) {
            let sum: u64 = part.iter().map(|&folded| u64::from(folded)).sum();
            sums[0] = sum;
            *length = part.len() as u64;
            let likely = (sum / (*length).max(1)).max(1).ilog2().min(LARGEST_OF_5_BITS);
            smallest = smallest.min(likely.saturating_sub(1));
            largest = largest.max((likely + 1).min(LARGEST_OF_5_BITS));
        }
        for (part, sums) in parts.zip(&mut self.sums) {
            for parameter in smallest.max(1)..=largest {
                sums[parameter as usize] = if sums[0] <= u64::from(u32::MAX) {
                    // No shifted sum exceeds the whole one, so half the width is enough, and faster.
                    u64::from(part.iter().map(|folded| folded >> parameter).sum::<u32>())
                } else {
                    part.iter().map(|folded| u64::from(folded >> parameter)).sum()
                };
            }
        }
        let field_bits = if largest > LARGEST_OF_4_BITS { 5 } else { 4 };
        let mut best: Option<Coding> = None;
        let mut parameters = Vec::with_capacity(MAX_PARTITIONS);
        for cut in (0..=finest).rev() {
            let count = 1 << cut;
            parameters.clear();
            let mut bits = 2 + 4;
            for (sums, &length) in self.sums.iter().zip(&lengths).take(count) {
                let cost = |parameter: u32| sums[parameter as usize] + length * u64::from(parameter + 1);
                let cheapest =
                    (smallest..=largest).min_by_key(|&parameter| cost(parameter)).unwrap_or(smallest);
                bits += cost(cheapest) + field_bits;
                parameters.push(cheapest as u8);
            }
            if best.as_ref().is_none_or(|best| bits < best.bits) {
                best = Some(Coding { partition_order: cut, parameters: parameters.clone(), bits });
            }
            for pair in 0..count / 2 {
                let other = self.sums[2 * pair + 1];
                let mut both = self.sums[2 * pair];
                both.iter_mut().zip(other).for_each(|(sum, more)| *sum += more);
                self.sums[pair] = both;
                lengths[pair] = lengths[2 * pair] + lengths[2 * pair + 1];
            }
        }
        best.unwrap_or(Coding { partition_order: 0, parameters: vec![0], bits: u64::MAX })
    }
}

impl Coding {
    /// Bits that [`Coding::write`] writes.
    pub(super) fn bits(&self) -> u64 {
        self.bits
    }

    pub(super) fn write(&self, residual: &[i32], order: usize, to: &mut BitWriter) {
        let wide = self.parameters.iter().any(|&parameter| u32::from(parameter) > LARGEST_OF_4_BITS);
        to.put(u32::from(wide), 2);
        to.put(self.partition_order, 4);
        for (part, &parameter) in parts(residual, order, self.partition_order).zip(&self.parameters) {
            let parameter = u32::from(parameter);
            to.put(parameter, if wide { 5 } else { 4 });
            part.iter().for_each(|&residual| to.put_rice(fold(residual), parameter));
        }
    }
}

/// The residual in 2^`cut` partitions; the first is shorter by the samples that are not predicted.
fn parts<T>(residual: &[T], order: usize, cut: u32) -> impl Iterator<Item = &[T]> + Clone {
    let each = (residual.len() + order) >> cut;
    let (first, rest) = residual.split_at(each.saturating_sub(order).min(residual.len()));
    std::iter::once(first).chain(rest.chunks(each.max(1)))
}
