//! Bits of a FLAC frame, most significant first.

/// What a frame is read from; every read may find the end.
#[derive(Clone, Debug)]
pub(crate) struct Bits<'a> {
    bytes: &'a [u8],
    /// The next byte to be taken into the word.
    at: usize,
    word: u64,
    held: u32,
}

/// The bytes ended inside the frame, or the frame says something the format does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    /// More bytes may help.
    Short,
    /// No more bytes will help.
    Wrong,
}

impl<'a> Bits<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, word: 0, held: 0 }
    }

    /// Fills the word to more than 56 bits while there are bytes. Held bits stand at the top of the word; below them may stand
    /// the beginning of the next byte, which the next filling puts there again.
    fn fill(&mut self) {
        if let Some(next) = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<8>()) {
            if self.held < 64 {
                self.word |= u64::from_be_bytes(*next) >> self.held;
                let whole = (64 - self.held) / 8;
                self.at += whole as usize;
                self.held += 8 * whole;
            }
            return;
        }
        while self.held <= 56 {
            let Some(&byte) = self.bytes.get(self.at) else { return };
            self.word |= u64::from(byte) << (56 - self.held);
            self.held += 8;
            self.at += 1;
        }
    }

    /// Up to 32 bits as an unsigned number.
    pub fn unsigned(&mut self, count: u32) -> Result<u32, Broken> {
        if count == 0 {
            return Ok(0);
        }
        if self.held < count {
            self.fill();
            if self.held < count {
                return Err(Broken::Short);
            }
        }
        let value = (self.word >> (64 - count)) as u32;
        self.word <<= count;
        self.held -= count;
        Ok(value)
    }

    /// Up to 33 bits in two's complement.
    pub fn signed(&mut self, count: u32) -> Result<i64, Broken> {
        let high = count.saturating_sub(16);
        let raw = u64::from(self.unsigned(high)?) << (count - high) | u64::from(self.unsigned(count - high)?);
        let spare = 64 - count;
        Ok(if count == 0 { 0 } else { (raw << spare) as i64 >> spare })
    }

    /// Zeros before the next one; the one is taken too.
    pub fn unary(&mut self) -> Result<u32, Broken> {
        let mut zeros = 0;
        loop {
            if self.held == 0 {
                self.fill();
                if self.held == 0 {
                    return Err(Broken::Short);
                }
            }
            let run = self.word.leading_zeros().min(self.held);
            if run < self.held {
                // Shifted in two steps: a run of 63 and its one would be 64.
                self.word = self.word << run << 1;
                self.held -= run + 1;
                return Ok(zeros + run);
            }
            zeros += run;
            self.word = 0;
            self.held = 0;
        }
    }

    /// A Rice-coded number (RFC 9639, 9.2.7): folded so that signs alternate.
    #[inline]
    pub fn rice(&mut self, parameter: u32) -> Result<i64, Broken> {
        if self.held <= 56 {
            self.fill();
        }
        let run = self.word.leading_zeros();
        let folded = if run + 1 + parameter <= self.held {
            // Almost always the whole number is held.
            let rest = self.word << run << 1;
            self.word = rest << parameter;
            self.held -= run + 1 + parameter;
            // In two steps, because a parameter of 0 would shift by 64.
            u64::from(run) << parameter | rest >> 1 >> (63 - parameter)
        } else {
            u64::from(self.unary()?) << parameter | u64::from(self.unsigned(parameter)?)
        };
        Ok((folded >> 1) as i64 ^ -((folded & 1) as i64))
    }

    /// Leaves the rest of the byte; gives the bytes used so far.
    pub fn align(&mut self) -> usize {
        let spare = self.held % 8;
        self.word <<= spare;
        self.held -= spare;
        self.at - (self.held / 8) as usize
    }
}

/// The two checksums of a frame (RFC 9639, 9.1.8 and 9.3), bit by bit from their polynomials into tables.
pub(crate) const CRC8: [u8; 256] = {
    let mut table = [0u8; 256];
    let mut index = 0;
    while index < 256 {
        let mut crc = index as u8;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 0x80 != 0 { crc << 1 ^ 0x07 } else { crc << 1 };
            bit += 1;
        }
        table[index] = crc;
        index += 1;
    }
    table
};

const CRC16: [u16; 256] = {
    let mut table = [0u16; 256];
    let mut index = 0;
    while index < 256 {
        let mut crc = (index as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 0x8000 != 0 { crc << 1 ^ 0x8005 } else { crc << 1 };
            bit += 1;
        }
        table[index] = crc;
        index += 1;
    }
    table
};

/// Checksum of a frame header.
pub(crate) fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |crc, byte| CRC8[usize::from(crc ^ byte)])
}

/// Checksum of a whole frame.
pub(crate) fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| crc << 8 ^ CRC16[usize::from((crc >> 8) as u8 ^ byte)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_in_order_across_words() {
        let bytes: Vec<u8> = (0..40u8).map(|n| n.wrapping_mul(37)).collect();
        let mut bits = Bits::new(&bytes);
        for byte in &bytes {
            assert_eq!(bits.unsigned(3).unwrap(), u32::from(byte >> 5));
            assert_eq!(bits.unsigned(5).unwrap(), u32::from(byte & 31));
        }
        assert_eq!(bits.unsigned(1), Err(Broken::Short));
        let mut bits = Bits::new(&[0, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF]);
        assert_eq!(bits.unary().unwrap(), 71);
        assert_eq!(bits.align(), 9);
        assert_eq!(bits.signed(8).unwrap(), -1);
        // CRC catalogue check values for "123456789": CRC-8/SMBUS and CRC-16/UMTS.
        assert_eq!(crc8(b"123456789"), 0xF4);
        assert_eq!(crc16(b"123456789"), 0xFEE8);
    }
}
