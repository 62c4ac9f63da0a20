//! Bits packed into bytes, most significant first, and the two checksums over them.

/// A growing row of bytes that is written to bit by bit.
#[derive(Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    held: u64,
    held_bits: u32,
}

impl BitWriter {
    /// Forgets everything written.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        (self.held, self.held_bits) = (0, 0);
    }

    /// The lowest `bits` (at most 32) of a number.
    #[inline]
    pub(super) fn put(&mut self, value: u32, bits: u32) {
        debug_assert!(bits <= 32 && (bits == 32 || value >> bits == 0), "{value} in {bits} bits");
        self.held = self.held << bits | u64::from(value);
        self.held_bits += bits;
        if self.held_bits >= 32 {
            self.held_bits -= 32;
            self.bytes.extend_from_slice(&((self.held >> self.held_bits) as u32).to_be_bytes());
        }
    }

    /// A signed number as two's complement in `bits` (at most 32).
    #[inline]
    pub(super) fn put_signed(&mut self, value: i32, bits: u32) {
        self.put(value as u32 & (u32::MAX >> (32 - bits.clamp(1, 32))), bits);
    }

    /// So many zeros and a one.
    #[inline]
    pub(super) fn put_unary(&mut self, mut zeros: u32) {
        while zeros >= 32 {
            self.put(0, 32);
            zeros -= 32;
        }
        self.put(1, zeros + 1);
    }

    /// One Rice code: the folded number divided by 2^`parameter`, in unary, then the remainder.
    #[inline]
    pub(super) fn put_rice(&mut self, folded: u32, parameter: u32) {
        let quotient = folded >> parameter;
        let ending = 1 << parameter | folded & ((1 << parameter) - 1);
        if quotient + parameter < 32 {
            self.put(ending, quotient + 1 + parameter);
        } else {
            self.put_unary(quotient);
            self.put(ending ^ 1 << parameter, parameter);
        }
    }

    /// Zeros up to the next whole byte.
    pub(super) fn align(&mut self) {
        self.put(0, self.held_bits.wrapping_neg() % 8);
        while self.held_bits > 0 {
            self.held_bits -= 8;
            self.bytes.push((self.held >> self.held_bits) as u8);
        }
    }

    /// The whole bytes written, after [`BitWriter::align`].
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// The checksum of a frame header (RFC 9639 §9.1.8): x^8 + x^2 + x + 1, from 0.
pub(super) fn crc8(bytes: &[u8]) -> u8 {
    const TABLE: [u16; 256] = table(0x07 << 8);
    bytes.iter().fold(0_u8, |crc, byte| (TABLE[usize::from(crc ^ byte)] >> 8) as u8)
}

/// The checksum of a frame (RFC 9639 §9.3): x^16 + x^15 + x^2 + 1, from 0.
pub(super) fn crc16(bytes: &[u8]) -> u16 {
    const TABLE: [u16; 256] = table(0x8005);
    bytes.iter().fold(0_u16, |crc, byte| crc << 8 ^ TABLE[usize::from((crc >> 8) as u8 ^ byte)])
}

/// What a byte at the top of a 16-bit register leaves in it after eight steps. An 8-bit checksum is a 16-bit one whose
/// polynomial has eight zeros at its low end.
const fn table(polynomial: u16) -> [u16; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut register = (byte as u16) << 8;
        let mut step = 0;
        while step < 8 {
            register = if register & 0x8000 != 0 { register << 1 ^ polynomial } else { register << 1 };
            step += 1;
        }
        table[byte] = register;
        byte += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_catalogue() {
        // The check values of CRC-8/SMBUS and CRC-16/UMTS, which have these polynomials, over the digits 1 to 9.
        assert_eq!(crc8(b"123456789"), 0xF4);
        assert_eq!(crc16(b"123456789"), 0xFEE8);
    }

    #[test]
    fn bits_come_out_most_significant_first() {
        let mut bits = BitWriter::default();
        bits.put(0b101, 3);
        bits.put_signed(-1, 5);
        bits.put_unary(40);
        bits.put_rice(0b1011, 2);
        bits.align();
        assert_eq!(bits.bytes(), [0b1011_1111, 0, 0, 0, 0, 0, 0b1001_1100]);
    }
}
