//! One FLAC frame: header, subframes, checksums (RFC 9639, clause 9).

use super::bits::{Bits, Broken, crc8, crc16};

/// The longest frame in samples a channel (RFC 9639, 9.1.1).
pub(crate) const MAX_BLOCK: usize = 65_536;

/// What a frame header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// True if `number` counts samples, false if it counts frames.
    pub variable: bool,
    pub number: u64,
    pub block: usize,
    pub channels: u16,
    assignment: u32,
    /// Bits a sample, 0 where the header leaves it to STREAMINFO.
    pub bits: u32,
    /// Bytes of the header with its checksum.
    length: usize,
}

/// Reads a header; a wrong checksum is no header.
pub(crate) fn header(bytes: &[u8]) -> Result<Header, Broken> {
    let mut bits = Bits::new(bytes);
    if bits.unsigned(15)? != 0b111_1111_1111_1100 {
        return Err(Broken::Wrong);
    }
    let variable = bits.unsigned(1)? == 1;
    let block_code = bits.unsigned(4)?;
    let rate_code = bits.unsigned(4)?;
    let assignment = bits.unsigned(4)?;
    let depth = match bits.unsigned(3)? {
        0 => 0,
        1 => 8,
        2 => 12,
        4 => 16,
        5 => 20,
        6 => 24,
        7 => 32,
        _ => return Err(Broken::Wrong),
    };
    if bits.unsigned(1)? != 0 || block_code == 0 || rate_code == 15 || assignment > 10 {
        return Err(Broken::Wrong);
    }
    let number = coded_number(&mut bits)?;
    let block = match block_code {
        1 => 192,
        2..=5 => 576 << (block_code - 2),
        6 => bits.unsigned(8)? as usize + 1,
        7 => bits.unsigned(16)? as usize + 1,
        _ => 256 << (block_code - 8),
    };
    match rate_code {
        12 => bits.unsigned(8)?,
        13 | 14 => bits.unsigned(16)?,
        _ => 0,
    };
    let end = bits.align();
    let check = bits.unsigned(8)?;
    if bytes.get(..end).map(crc8) != Some(check as u8) {
        return Err(Broken::Wrong);
    }
    let channels = if assignment < 8 { assignment as u16 + 1 } else { 2 };
    Ok(Header { variable, number, block, channels, assignment, bits: depth, length: end + 1 })
}

/// A number in the manner of UTF-8, up to 36 bits (RFC 9639, 9.1.5).
fn coded_number(bits: &mut Bits) -> Result<u64, Broken> {
    let first = bits.unsigned(8)?;
    let more = match (first as u8).leading_ones() {
        0 => return Ok(u64::from(first)),
        ones @ 2..=7 => ones - 1,
        _ => return Err(Broken::Wrong),
    };
    let mut number = u64::from(first & (0x3F >> more));
    for _ in 0..more {
        let next = bits.unsigned(8)?;
        if next >> 6 != 0b10 {
            return Err(Broken::Wrong);
        }
        number = number << 6 | u64::from(next & 0x3F);
    }
    Ok(number)
}

/// Decodes the frame that begins here into one plane a channel; gives the bytes it took.
pub(crate) fn frame(
    bytes: &[u8],
    header: &Header,
    depth: u32,
    planes: &mut Vec<Vec<i64>>,
) -> Result<usize, Broken> {
    let mut bits = Bits::new(bytes.get(header.length..).ok_or(Broken::Short)?);
    planes.resize_with(usize::from(header.channels), Vec::new);
    for (channel, plane) in planes.iter_mut().enumerate() {
        // The difference of two channels needs one more bit.
        let side = matches!((header.assignment, channel), (8 | 10, 1) | (9, 0));
        plane.resize(header.block, 0);
        subframe(&mut bits, depth + u32::from(side), plane)?;
    }
    let end = header.length + bits.align();
    let check = bits.unsigned(16)?;
    if bytes.get(..end).map(crc16) != Some(check as u16) {
        return Err(Broken::Wrong);
    }
    if let [first, second] = planes.as_mut_slice() {
        join(header.assignment, first, second);
    }
    Ok(end + 2)
}

/// Undoes left/side, side/right and mid/side (RFC 9639, 4.2).
fn join(assignment: u32, first: &mut [i64], second: &mut [i64]) {
    for (a, b) in first.iter_mut().zip(second) {
        match assignment {
            8 => *b = a.wrapping_sub(*b),
            9 => *a = a.wrapping_add(*b),
            10 => {
                let middle = *a << 1 | *b & 1;
                (*a, *b) = (middle.wrapping_add(*b) >> 1, middle.wrapping_sub(*b) >> 1);
            }
            _ => return,
        }
    }
}

fn subframe(bits: &mut Bits, depth: u32, out: &mut [i64]) -> Result<(), Broken> {
    if bits.unsigned(1)? != 0 {
        return Err(Broken::Wrong);
    }
    let kind = bits.unsigned(6)?;
    let wasted = if bits.unsigned(1)? == 1 { bits.unary()? + 1 } else { 0 };
    let depth = depth.checked_sub(wasted).filter(|&depth| depth > 0).ok_or(Broken::Wrong)?;
    match kind {
        0 => {
            let value = bits.signed(depth)?;
            out.fill(value);
        }
        1 => {
            for sample in out.iter_mut() {
                *sample = bits.signed(depth)?;
            }
        }
        8..=12 => fixed(bits, depth, kind as usize - 8, out)?,
        32..=63 => linear(bits, depth, kind as usize - 31, out)?,
        _ => return Err(Broken::Wrong),
    }
    if wasted > 0 {
        out.iter_mut().for_each(|sample| *sample <<= wasted);
    }
    Ok(())
}

/// Fixed predictors (RFC 9639, 9.2.5): differences of order 0 to 4.
fn fixed(bits: &mut Bits, depth: u32, order: usize, out: &mut [i64]) -> Result<(), Broken> {
    const WEIGHTS: [&[i64]; 5] = [&[], &[1], &[2, -1], &[3, -3, 1], &[4, -6, 4, -1]];
    warm_up(bits, depth, order, out)?;
    residual(bits, order, out)?;
    predict(WEIGHTS[order], 0, out);
    Ok(())
}

/// Linear prediction with coefficients of the frame (RFC 9639, 9.2.6).
fn linear(bits: &mut Bits, depth: u32, order: usize, out: &mut [i64]) -> Result<(), Broken> {
    warm_up(bits, depth, order, out)?;
    let precision = bits.unsigned(4)? + 1;
    let shift = bits.signed(5)?;
    if precision == 16 || shift < 0 {
        return Err(Broken::Wrong);
    }
    let mut weights = [0i64; 32];
    let weights = weights.get_mut(..order).ok_or(Broken::Wrong)?;
    for weight in weights.iter_mut() {
        *weight = bits.signed(precision)?;
    }
    residual(bits, order, out)?;
    predict(weights, shift as u32, out);
    Ok(())
}

fn warm_up(bits: &mut Bits, depth: u32, order: usize, out: &mut [i64]) -> Result<(), Broken> {
    for sample in out.get_mut(..order).ok_or(Broken::Wrong)? {
        *sample = bits.signed(depth)?;
    }
    Ok(())
}

/// Adds the prediction to what the residual left in place. The weights are applied newest sample first.
fn predict(weights: &[i64], shift: u32, out: &mut [i64]) {
    // Loops of known length unroll; encoders use orders up to 12, and 13 to 32 share one that rounds up with weights of 0.
    match weights.len() {
        0 => {}
        1 => predict_by::<1>(weights, shift, out),
        2 => predict_by::<2>(weights, shift, out),
        3 => predict_by::<3>(weights, shift, out),
        4 => predict_by::<4>(weights, shift, out),
        5 => predict_by::<5>(weights, shift, out),
        6 => predict_by::<6>(weights, shift, out),
        7 => predict_by::<7>(weights, shift, out),
        8 => predict_by::<8>(weights, shift, out),
        9 => predict_by::<9>(weights, shift, out),
        10 => predict_by::<10>(weights, shift, out),
        11 => predict_by::<11>(weights, shift, out),
        12 => predict_by::<12>(weights, shift, out),
        _ => predict_by::<32>(weights, shift, out),
    }
}

fn predict_by<const N: usize>(weights: &[i64], shift: u32, out: &mut [i64]) {
    let order = weights.len().min(N);
    let mut newest_first = [0i64; N];
    newest_first[..order].copy_from_slice(&weights[..order]);
    let mut past = [0i64; N];
    let (warm_up, rest) = out.split_at_mut(order.min(out.len()));
    past.iter_mut().zip(warm_up.iter().rev()).for_each(|(to, from)| *to = *from);
    for sample in rest {
        let sum =
            newest_first.iter().zip(&past).fold(0i64, |sum, (w, x)| sum.wrapping_add(w.wrapping_mul(*x)));
        *sample = sample.wrapping_add(sum >> shift);
        past.copy_within(..N - 1, 1);
        past[0] = *sample;
    }
}

/// The coded residual (RFC 9639, 9.2.7): partitions with a Rice parameter each, or plain numbers.
fn residual(bits: &mut Bits, order: usize, out: &mut [i64]) -> Result<(), Broken> {
    let (width, escape) = match bits.unsigned(2)? {
        0 => (4, 15),
        1 => (5, 31),
        _ => return Err(Broken::Wrong),
    };
    let partitions = 1usize << bits.unsigned(4)?;
    let each = out.len() / partitions;
    if each * partitions != out.len() || each < order {
        return Err(Broken::Wrong);
    }
    for partition in 0..partitions {
        let from = if partition == 0 { order } else { partition * each };
        let part = out.get_mut(from..(partition + 1) * each).ok_or(Broken::Wrong)?;
        let parameter = bits.unsigned(width)?;
        if parameter == escape {
            let depth = bits.unsigned(5)?;
            for sample in part {
                *sample = bits.signed(depth)?;
            }
        } else {
            // A copy of its own stays in registers.
            let mut own = bits.clone();
            for sample in part {
                *sample = own.rice(parameter)?;
            }
            *bits = own;
        }
    }
    Ok(())
}
