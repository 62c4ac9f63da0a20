//! Energy and peak of every 5 ms, and of three bands in every 400 ms: what all dynamics are read from.

use std::ops::Range;

use mixkeel_dsp::kernels::fastmath::larger;

/// Cells a second. Ours: 5 ms, a fifth of what the ear needs to hear an attack as one, a quarter of a period at 50 Hz.
pub(crate) const CELLS_PER_S: u64 = 200;

/// Cells in a block of 400 ms, the momentary window of EBU Tech 3341.
pub(crate) const CELLS_PER_BLOCK: usize = 80;

/// Where the three bands meet. Ours: below, kick and bass; above, cymbals and consonants.
const SPLITS_HZ: (f64, f64) = (200.0, 4_000.0);

/// The bands of [`Block`]: low, middle, high.
pub(crate) const BANDS: usize = 3;

/// Mean square of both channels together, and the larger peak, of 5 ms.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cell {
    pub(crate) power: f32,
    pub(crate) peak: f32,
}

/// Mean squares and peaks of the three bands in 400 ms.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Block {
    pub(crate) power: [f64; BANDS],
    pub(crate) peak: [f32; BANDS],
}

/// Two slopes of 12 dB an octave; the middle is what they leave. Both slopes are worked out side by side: first the lower split,
/// then the upper.
#[derive(Clone, Copy, Default)]
struct Split {
    once: [f32; 2],
    twice: [f32; 2],
}

impl Split {
    #[inline(always)]
    fn next(&mut self, x: f32, poles: [f32; 2]) -> [f32; BANDS] {
        for (state, pole) in self.once.iter_mut().zip(poles) {
            *state += pole * (x - *state);
        }
        let rest = x - self.once[1];
        for ((state, pole), into) in self.twice.iter_mut().zip(poles).zip([self.once[0], rest]) {
            *state += pole * (into - *state);
        }
        let (low, high) = (self.twice[0], rest - self.twice[1]);
        [low, x - low - high, high]
    }
}

/// Cuts a stream into cells.
pub(crate) struct Cells {
    rate_hz: u64,
    /// Of the lower and the upper split.
    poles: [f32; 2],
    splits: [Split; 2],
    frames: u64,
    cell_end: u64,
    cell_frames: u64,
    /// By channel, so that the order of the sums is that of the frames however they come.
    energy: [f64; 2],
    peak: f32,
    block_energy: [[f64; BANDS]; 2],
    block_peak: [f32; BANDS],
    block_frames: u64,
    pub(crate) cells: Vec<Cell>,
    pub(crate) blocks: Vec<Block>,
}

impl Cells {
    pub(crate) fn new(rate_hz: u32) -> Self {
        let rate_hz = rate_hz.max(1);
        let pole = |freq_hz: f64| {
            (1.0 - libm::exp(-2.0 * std::f64::consts::PI * freq_hz / f64::from(rate_hz))) as f32
        };
        let mut cells = Self {
            rate_hz: u64::from(rate_hz),
            poles: [pole(SPLITS_HZ.0), pole(SPLITS_HZ.1)],
            splits: [Split::default(); 2],
            frames: 0,
            cell_end: 0,
            cell_frames: 0,
            energy: [0.0; 2],
            peak: 0.0,
            block_energy: [[0.0; BANDS]; 2],
            block_peak: [0.0; BANDS],
            block_frames: 0,
            cells: Vec::new(),
            blocks: Vec::new(),
        };
        cells.cell_end = cells.end_of(0);
        cells
    }

    /// Frames of finite samples; a mono signal has no right.
    pub(crate) fn push(&mut self, left: &[f32], right: Option<&[f32]>) {
        let mut done = 0;
        while done < left.len() {
            let now = ((self.cell_end - self.frames) as usize).min(left.len() - done);
            let part = done..done + now;
            self.add(0, left, part.clone());
            if let Some(right) = right {
                self.add(1, right, part);
            }
            done += now;
            self.frames += now as u64;
            self.cell_frames += now as u64;
            if self.frames == self.cell_end {
                self.end_cell();
            }
        }
    }

    /// Ends the last cell and the last block, however short.
    pub(crate) fn finish(&mut self) {
        if self.cell_frames > 0 {
            self.end_cell();
        }
        if self.block_frames > 0 {
            self.end_block();
        }
    }

    fn add(&mut self, channel: usize, samples: &[f32], part: Range<usize>) {
        let mut states = self.splits.iter_mut().zip(&mut self.energy).zip(&mut self.block_energy);
        let Some(((split, energy), energies)) = states.nth(channel) else { return };
        // All of it and its bands, side by side.
        let (mut split_now, poles) = (*split, self.poles);
        let mut sums = [*energy, energies[0], energies[1], energies[2]];
        let mut peaks = [self.peak, self.block_peak[0], self.block_peak[1], self.block_peak[2]];
        for &x in samples.get(part).unwrap_or_default() {
            let [low, middle, high] = split_now.next(x, poles);
            for ((sum, peak), of) in sums.iter_mut().zip(&mut peaks).zip([x, low, middle, high]) {
                *sum += f64::from(of) * f64::from(of);
                *peak = larger(of.abs(), *peak);
            }
        }
        *split = split_now;
        [*energy, energies[0], energies[1], energies[2]] = sums;
        [self.peak, self.block_peak[0], self.block_peak[1], self.block_peak[2]] = peaks;
    }

    fn end_cell(&mut self) {
        // What has decayed far below hearing is zero, so that silence costs no slow arithmetic.
        for state in self.splits.iter_mut().flat_map(|split| split.once.iter_mut().chain(&mut split.twice)) {
            if state.abs() < 1e-20 || !state.is_finite() {
                *state = 0.0;
            }
        }
        let power = self.energy.iter().sum::<f64>() / self.cell_frames.max(1) as f64;
        self.cells.push(Cell { power: power.min(f64::from(f32::MAX)) as f32, peak: self.peak });
        self.block_frames += self.cell_frames;
        (self.energy, self.peak, self.cell_frames) = ([0.0; 2], 0.0, 0);
        self.cell_end = self.end_of(self.cells.len() as u64);
        if self.cells.len().is_multiple_of(CELLS_PER_BLOCK) {
            self.end_block();
        }
    }

    fn end_block(&mut self) {
        let frames = self.block_frames.max(1) as f64;
        let [left, right] = self.block_energy;
        let mut power = [0.0; BANDS];
        for ((power, left), right) in power.iter_mut().zip(left).zip(right) {
            *power = (left + right) / frames;
        }
        self.blocks.push(Block { power, peak: self.block_peak });
        (self.block_energy, self.block_peak, self.block_frames) = ([[0.0; BANDS]; 2], [0.0; BANDS], 0);
    }

    /// The frame after a cell: cells end on round(k · rate / 200), and hold a frame at least.
    fn end_of(&self, cell: u64) -> u64 {
        let doubled = (cell + 1) * self.rate_hz * 2 + CELLS_PER_S;
        (doubled / (2 * CELLS_PER_S)).max(self.frames + 1)
    }
}
