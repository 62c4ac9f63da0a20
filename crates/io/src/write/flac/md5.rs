//! MD5 (RFC 1321), which FLAC keeps of the samples. Not for secrets: only to notice what broke.

/// How far each step turns, four to a round (RFC 1321 §3.4).
const TURNS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

const BLOCK_BYTES: usize = 64;

/// The digest of a stream of bytes.
pub(super) struct Md5 {
    state: [u32; 4],
    sines: [u32; 64],
    rest: Vec<u8>,
    length_bytes: u64,
}

impl Md5 {
    pub(super) fn new() -> Self {
        // RFC 1321 §3.4: 4294967296 times the size of the sine of 1 to 64 radians. The test vectors below depend on
        // every one of them.
        let sine = |step: usize| (libm::fabs(libm::sin(step as f64 + 1.0)) * 4_294_967_296.0) as u32;
        let state = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476];
        Self {
            state,
            sines: std::array::from_fn(sine),
            rest: Vec::with_capacity(BLOCK_BYTES),
            length_bytes: 0,
        }
    }

    pub(super) fn update(&mut self, mut bytes: &[u8]) {
        self.length_bytes = self.length_bytes.wrapping_add(bytes.len() as u64);
        if !self.rest.is_empty() {
            let (taken, left) = bytes.split_at(bytes.len().min(BLOCK_BYTES - self.rest.len()));
            self.rest.extend_from_slice(taken);
            bytes = left;
            if let Ok(block) = <[u8; BLOCK_BYTES]>::try_from(self.rest.as_slice()) {
                self.rest.clear();
                self.mix(&block);
            }
        }
        let (blocks, rest) = bytes.as_chunks();
        blocks.iter().for_each(|block| self.mix(block));
        self.rest.extend_from_slice(rest);
    }

    pub(super) fn finish(mut self) -> [u8; 16] {
        let length_bits = self.length_bytes.wrapping_mul(8);
        let zeros = (BLOCK_BYTES * 2 - 9 - self.rest.len()) % BLOCK_BYTES;
        let mut ending = vec![0x80];
        ending.resize(1 + zeros, 0);
        ending.extend_from_slice(&length_bits.to_le_bytes());
        self.update(&ending);
        let mut digest = [0; 16];
        for (to, word) in digest.chunks_exact_mut(4).zip(self.state) {
            to.copy_from_slice(&word.to_le_bytes());
        }
        digest
    }

    fn mix(&mut self, block: &[u8; BLOCK_BYTES]) {
        let (quads, _) = block.as_chunks::<4>();
        let words: [u32; 16] = std::array::from_fn(|index| u32::from_le_bytes(quads[index]));
        let [mut a, mut b, mut c, mut d] = self.state;
        let mut step = |function: u32, round: usize, index: usize, word: usize| {
            let sum = a
                .wrapping_add(function)
                .wrapping_add(self.sines[round * 16 + index])
                .wrapping_add(words[word % 16]);
            let next = b.wrapping_add(sum.rotate_left(TURNS[round][index % 4]));
            (a, d, c, b) = (d, c, b, next);
            (b, c, d)
        };
        let mut now = (self.state[1], self.state[2], self.state[3]);
        for index in 0..16 {
            let (b, c, d) = now;
            now = step(b & c | !b & d, 0, index, index);
        }
        for index in 0..16 {
            let (b, c, d) = now;
            now = step(d & b | !d & c, 1, index, 5 * index + 1);
        }
        for index in 0..16 {
            let (b, c, d) = now;
            now = step(b ^ c ^ d, 2, index, 3 * index + 5);
        }
        for index in 0..16 {
            let (b, c, d) = now;
            now = step(c ^ (b | !d), 3, index, 7 * index);
        }
        for (state, add) in self.state.iter_mut().zip([a, b, c, d]) {
            *state = state.wrapping_add(add);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(pieces: &[&str]) -> String {
        let mut md5 = Md5::new();
        pieces.iter().for_each(|piece| md5.update(piece.as_bytes()));
        md5.finish().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn digests_are_those_of_rfc_1321() {
        assert_eq!(hex(&[]), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(hex(&["message ", "digest"]), "f96b697d7cb7938d525a2f31aaf161d0");
        let digits = "1234567890".repeat(8);
        assert_eq!(hex(&[&digits[..7], &digits[7..70], &digits[70..]]), "57edf4a22be3c955ac49da2e2107b67a");
    }
}
