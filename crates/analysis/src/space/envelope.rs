//! The power between 500 Hz and 4 kHz of every 5 ms: where rooms are heard, and decays are neither boom nor hiss.

/// Cells a second.
pub(crate) const CELLS_PER_S: u64 = 200;

/// The band, with slopes of 12 dB an octave. Ours: the octaves of 500 Hz to 2 kHz, from which ISO 3382-1 takes the
/// mid-frequency decay time, and half an octave more on top.
const BAND_HZ: (f64, f64) = (500.0, 4_000.0);

/// Four one-pole filters in a row: two that take the bass away, two the treble.
#[derive(Clone, Copy, Default)]
struct Band {
    states: [f32; 4],
}

impl Band {
    #[inline(always)]
    fn next(&mut self, x: f32, low: f32, high: f32) -> f32 {
        let [a, b, c, d] = &mut self.states;
        *a += low * (x - *a);
        let once = x - *a;
        *b += low * (once - *b);
        *c += high * (once - *b - *c);
        *d += high * (*c - *d);
        *d
    }

    /// What has decayed far below hearing is zero, so that silence costs no slow arithmetic.
    fn settle(&mut self) {
        for state in &mut self.states {
            if state.abs() < 1e-20 || !state.is_finite() {
                *state = 0.0;
            }
        }
    }
}

/// Cuts a stream into cells of power.
pub(crate) struct Envelope {
    rate_hz: u64,
    low: f32,
    high: f32,
    bands: [Band; 2],
    frames: u64,
    cell_end: u64,
    energy: [f64; 2],
    pub(crate) cells: Vec<f32>,
}

impl Envelope {
    pub(crate) fn new(rate_hz: u32) -> Self {
        let rate_hz = rate_hz.max(1);
        let pole = |freq_hz: f64| {
            (1.0 - libm::exp(-2.0 * std::f64::consts::PI * freq_hz / f64::from(rate_hz))) as f32
        };
        let mut envelope = Self {
            rate_hz: u64::from(rate_hz),
            low: pole(BAND_HZ.0),
            high: pole(BAND_HZ.1),
            bands: [Band::default(); 2],
            frames: 0,
            cell_end: 0,
            energy: [0.0; 2],
            cells: Vec::new(),
        };
        envelope.cell_end = envelope.next_end();
        envelope
    }

    /// Frames of finite samples; a mono signal has no right.
    pub(crate) fn push(&mut self, left: &[f32], right: Option<&[f32]>) {
        let mut done = 0;
        while done < left.len() {
            let now = ((self.cell_end - self.frames) as usize).min(left.len() - done);
            let channels = std::iter::once(left).chain(right);
            for ((samples, band), energy) in channels.zip(&mut self.bands).zip(&mut self.energy) {
                for &x in samples.get(done..done + now).unwrap_or_default() {
                    let y = f64::from(band.next(x, self.low, self.high));
                    *energy += y * y;
                }
            }
            done += now;
            self.frames += now as u64;
            if self.frames == self.cell_end {
                self.bands.iter_mut().for_each(Band::settle);
                let power = self.energy.iter().sum::<f64>();
                // A sample of 1e30 is a number, its power in single precision is not.
                self.cells.push(if power < 1e30 { power as f32 } else { 1e30 });
                self.energy = [0.0; 2];
                self.cell_end = self.next_end();
            }
        }
    }

    /// Cells end on round(k · rate / 200), and hold a frame at least.
    fn next_end(&self) -> u64 {
        let doubled = (self.cells.len() as u64 + 1) * self.rate_hz * 2 + CELLS_PER_S;
        (doubled / (2 * CELLS_PER_S)).max(self.frames + 1)
    }
}
