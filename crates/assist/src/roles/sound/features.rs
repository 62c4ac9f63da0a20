//! What the sound of one track is like, in numbers that do not depend on its level: what the classifier judges by.
//!
//! All of it is read from the profile: cells of 100 ms in bands of one ERB, onset curves of 10 ms, chroma. What lies more
//! than 30 dB below the loudest cells counts as silence, so that bleed and noise do not speak for an instrument.

use mixkeel_analysis::energy::{BANDS, Power, centre_hz};
use mixkeel_analysis::music::{CLASSES, Music};
use mixkeel_analysis::profile::Profile;

use super::strokes::Strokes;

/// How many there are.
pub const COUNT: usize = 56;

/// Their names, as they head the columns of a table for training.
pub const NAMES: [&str; COUNT] = [
    "below_60",
    "from_60",
    "from_120",
    "from_250",
    "from_500",
    "from_1k",
    "from_2k",
    "from_4k",
    "from_8k",
    "above_12k",
    "place",
    "place_moves",
    "place_low",
    "place_high",
    "width",
    "ragged",
    "colour_moves",
    "change",
    "change_low",
    "change_mid",
    "change_high",
    "sibilance",
    "bass_share",
    "treble_share",
    "lowest",
    "lowest_moves",
    "active",
    "runs",
    "run_length",
    "gap_length",
    "range",
    "crest",
    "steps",
    "floor",
    "onsets",
    "strokes_even",
    "strokes_regular",
    "sharp",
    "curve_peaks",
    "periodic",
    "after_200",
    "after_400",
    "onset_low",
    "onset_low_mid",
    "onset_mid",
    "onset_high_mid",
    "onset_high",
    "tonal",
    "tone_entropy",
    "tones",
    "tone_change",
    "in_tune",
    "stays_in_tune",
    "stereo",
    "side",
    "side_low",
];

/// Where the ten parts of the spectrum begin, in Hz.
const PARTS_HZ: [f64; 10] = [0.0, 60.0, 120.0, 250.0, 500.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0, 12_500.0];

/// Cells this far below the loudest are silence, as a factor of power: −30 dB. Ours: bleed into close microphones lies
/// 15 to 40 dB down, the quiet notes of an instrument within 25.
const SILENT: f64 = 1e-3;

/// Cells that show the colour of the sound: within 15 dB of the loudest.
const LOUD: f64 = 0.03;

/// Fewer sounding cells than these say nothing: 0.4 s, two strokes of a drum.
const FEWEST: usize = 4;

/// The numbers of one track.
#[derive(Clone, Debug, PartialEq)]
pub struct Features(pub [f64; COUNT]);

impl Features {
    /// One of them by name; 0 for a name that is none.
    pub fn get(&self, name: &str) -> f64 {
        NAMES.iter().position(|known| *known == name).and_then(|at| self.0.get(at)).copied().unwrap_or(0.0)
    }
}

/// The features of a track; `None` where there is too little sound to say anything, or no music layer.
pub fn features(profile: &Profile) -> Option<Features> {
    let music = profile.music.as_ref()?;
    let cells = Cells::of(profile)?;
    let mut out = Vec::with_capacity(COUNT);
    cells.colour(&mut out);
    cells.time(profile, &mut out);
    Strokes::of(music, &cells.totals, &cells.sounding).push(&mut out);
    tones(music, &cells.sounding, &mut out);
    cells.sides(profile, &mut out);
    let mut features = [0.0; COUNT];
    features.iter_mut().zip(&out).for_each(|(to, from)| *to = if from.is_finite() { *from } else { 0.0 });
    (out.len() == COUNT).then_some(Features(features))
}

/// The energy map, and which of its cells sound.
struct Cells<'a> {
    profile: &'a Profile,
    /// The power of each cell.
    totals: Vec<f64>,
    /// Cells that sound, and those among them that are loud.
    sounding: Vec<usize>,
    loud: Vec<usize>,
}

impl<'a> Cells<'a> {
    fn of(profile: &'a Profile) -> Option<Self> {
        let map = &profile.energy;
        let both = |power: Power| power.left + power.right;
        let total = |cell| (0..BANDS).map(|band| both(map.power(cell, band))).sum();
        let totals: Vec<f64> = (0..map.cells()).map(total).collect();
        let mut sorted = totals.clone();
        sorted.sort_by(|a, b| b.total_cmp(a));
        // The third loudest, so that one click is not the measure.
        let top = sorted.get(2.max(sorted.len() / 500)).copied().filter(|top| *top > 0.0)?;
        let above = |floor: f64| -> Vec<usize> {
            totals
                .iter()
                .enumerate()
                .filter(|(_, total)| **total > floor * top)
                .map(|(cell, _)| cell)
                .collect()
        };
        let (sounding, loud) = (above(SILENT), above(LOUD));
        (sounding.len() >= FEWEST).then_some(Self { profile, totals, sounding, loud })
    }

    fn power(&self, cell: usize, band: usize) -> f64 {
        let power = self.profile.energy.power(cell, band);
        power.left + power.right
    }

    /// The levels of the bands of a cell in dB re the cell, no lower than −50.
    fn levels(&self, cell: usize) -> [f64; BANDS] {
        let total = self.totals.get(cell).copied().unwrap_or(0.0).max(f64::MIN_POSITIVE);
        std::array::from_fn(|band| db(self.power(cell, band) / total).max(-50.0))
    }

    /// What the spectrum is like, and how it moves.
    fn colour(&self, out: &mut Vec<f64>) {
        let mut shares = [0.0; BANDS];
        for &cell in &self.loud {
            let total = self.totals[cell];
            (0..BANDS)
                .for_each(|band| shares[band] += self.power(cell, band) / total / self.loud.len() as f64);
        }
        for (at, from) in PARTS_HZ.iter().enumerate() {
            let to = PARTS_HZ.get(at + 1).copied().unwrap_or(f64::INFINITY);
            let inside = (0..BANDS).filter(|band| (*from..to).contains(&centre_hz(*band)));
            out.push(db(inside.map(|band| shares[band]).sum()).max(-50.0));
        }
        let place = |cell: usize| -> f64 {
            (0..BANDS).map(|band| band as f64 * self.power(cell, band)).sum::<f64>() / self.totals[cell]
        };
        let mut places: Vec<f64> = self.sounding.iter().map(|&cell| place(cell)).collect();
        let (middle, moves) = spread(&places);
        places.sort_by(f64::total_cmp);
        out.extend([middle, moves, share_of(&places, 0.1), share_of(&places, 0.9)]);
        let mean: f64 = (0..BANDS).map(|band| band as f64 * shares[band]).sum();
        let square: f64 =
            (0..BANDS).map(|band| (band as f64 - mean) * (band as f64 - mean) * shares[band]).sum();
        out.push(square.max(0.0).sqrt());
        self.shape(out);
        // Consonants: the sound jumps above 4 kHz and back within a second.
        let high = |cell: usize| -> f64 {
            let above = (0..BANDS).filter(|band| centre_hz(*band) > 4_000.0);
            above.map(|band| self.power(cell, band)).sum::<f64>() / self.totals[cell].max(f64::MIN_POSITIVE)
        };
        let low = |cell: usize| -> f64 {
            let below = (0..BANDS).filter(|band| centre_hz(*band) < 150.0);
            below.map(|band| self.power(cell, band)).sum::<f64>() / self.totals[cell].max(f64::MIN_POSITIVE)
        };
        let hissing: Vec<bool> = self.sounding.iter().map(|&cell| high(cell) > 0.5).collect();
        let jumps = hissing.windows(2).filter(|pair| pair[0] != pair[1]).count();
        out.push(jumps as f64 / hissing.len() as f64);
        let many = self.sounding.len() as f64;
        out.push(self.sounding.iter().filter(|&&cell| low(cell) > 0.5).count() as f64 / many);
        out.push(hissing.iter().filter(|hissing| **hissing).count() as f64 / many);
        let lowest = |cell: usize| {
            let levels = self.levels(cell);
            let top = levels.iter().copied().fold(-50.0, f64::max);
            levels.iter().position(|level| *level > top - 20.0).unwrap_or(0) as f64
        };
        let mut lowest: Vec<f64> = self.loud.iter().map(|&cell| lowest(cell)).collect();
        lowest.sort_by(f64::total_cmp);
        out.extend([share_of(&lowest, 0.5), share_of(&lowest, 0.9) - share_of(&lowest, 0.1)]);
    }

    /// Harmonics, and how the shape of the spectrum moves from cell to cell and over all.
    fn shape(&self, out: &mut Vec<f64>) {
        let mut ragged = Vec::new();
        let (mut sums, mut squares) = ([0.0; BANDS], [0.0; BANDS]);
        let mut changes = [const { Vec::new() }; 3];
        let mut before: Option<(usize, [f64; BANDS])> = None;
        for &cell in &self.sounding {
            let levels = self.levels(cell);
            // From 180 Hz to 5 kHz.
            let bends = (6..28).map(|band| (levels[band - 1] - 2.0 * levels[band] + levels[band + 1]).abs());
            ragged.push(bends.sum::<f64>() / 22.0);
            let mean = (8..30).map(|band| levels[band]).sum::<f64>() / 22.0;
            for band in 8..30 {
                sums[band] += levels[band] - mean;
                squares[band] += (levels[band] - mean) * (levels[band] - mean);
            }
            if let Some((last, old)) = before.filter(|(last, _)| last + 1 == cell) {
                for (changes, bands) in changes.iter_mut().zip([0..8, 8..24, 24..BANDS]) {
                    let audible = bands.filter(|&band| levels[band].max(old[band]) > -35.0);
                    let (mut sum, mut count) = (0.0, 0.0);
                    let by = db(self.totals[cell] / self.totals[last]);
                    for band in audible {
                        sum += (levels[band] - old[band] + by).abs();
                        count += 1.0;
                    }
                    if count > 0.0 {
                        changes.push(sum / count);
                    }
                }
            }
            before = Some((cell, levels));
        }
        out.push(mean(&ragged));
        let many = self.sounding.len() as f64;
        let moves = (8..30)
            .map(|band| (squares[band] / many - (sums[band] / many) * (sums[band] / many)).max(0.0).sqrt());
        out.push(moves.sum::<f64>() / 22.0);
        let each = changes.map(|changes| mean(&changes));
        out.push((each[0] + each[1] + each[2]) / 3.0);
        out.extend(each);
    }

    /// When it sounds, and how its level moves.
    fn time(&self, profile: &Profile, out: &mut Vec<f64>) {
        // How much of a song a part plays says little of what plays it; what counts is how it plays where it does.
        let seconds = (self.sounding.len() as f64 / 10.0).max(0.1);
        out.push(self.sounding.len() as f64 / self.totals.len() as f64);
        let (mut runs, mut gaps) = (Vec::new(), Vec::new());
        let mut run = 1.0;
        for pair in self.sounding.windows(2) {
            match pair[1] - pair[0] {
                // Up to 200 ms is no pause.
                0..=2 => run += (pair[1] - pair[0]) as f64,
                gap => {
                    gaps.push(gap as f64);
                    runs.push(run);
                    run = 1.0;
                }
            }
        }
        runs.push(run);
        out.push((runs.len() as f64 / seconds * 60.0).min(300.0).sqrt());
        out.push(libm::log2(median(&mut runs).max(1.0)));
        // Pauses beyond 4 s are the song's, not the player's.
        out.push(if gaps.is_empty() { 0.0 } else { libm::log2(median(&mut gaps).min(40.0)) });
        let mut levels: Vec<f64> = self.sounding.iter().map(|&cell| db(self.totals[cell])).collect();
        let moves: Vec<f64> = self
            .sounding
            .windows(2)
            .filter(|pair| pair[1] == pair[0] + 1)
            .map(|pair| db(self.totals[pair[1]] / self.totals[pair[0]]).abs())
            .collect();
        levels.sort_by(f64::total_cmp);
        out.push(share_of(&levels, 0.9) - share_of(&levels, 0.1));
        let channels = profile.levels.channels.len().max(1) as f64;
        let loud = self.loud.iter().map(|&cell| self.totals[cell]).sum::<f64>() / self.loud.len() as f64;
        let peak = profile.levels.sample_peak_dbfs().unwrap_or(0.0);
        out.push((peak - db(loud / channels)).clamp(0.0, 40.0));
        out.push(mean(&moves));
        let mut all: Vec<f64> = self.totals.iter().map(|total| db(*total)).collect();
        all.sort_by(f64::total_cmp);
        out.push((share_of(&all, 0.05) - share_of(&levels, 0.9)).max(-80.0));
    }

    /// How wide it is.
    fn sides(&self, profile: &Profile, out: &mut Vec<f64>) {
        let stereo = profile.levels.channels.len() == 2 && !profile.levels.same_on_both_sides;
        let side = |bands: std::ops::Range<usize>| {
            let (mut side, mut all) = (0.0, 0.0);
            for &cell in &self.loud {
                for band in bands.clone() {
                    let power = profile.energy.power(cell, band);
                    let share = (power.left + power.right) / self.totals[cell];
                    all += share;
                    side += share - 2.0 * power.cross / self.totals[cell];
                }
            }
            if all > 0.0 { (side / (2.0 * all)).clamp(0.0, 1.0) } else { 0.0 }
        };
        let (low, whole) = if stereo { (side(0..7), side(0..BANDS)) } else { (0.0, 0.0) };
        out.extend([f64::from(u8::from(stereo && whole > 0.001)), whole.sqrt(), low.sqrt()]);
    }
}

/// Which notes sound: how clearly, how many at once, how they change, and whether they keep to one tuning, as keys and frets
/// do and voices do not.
fn tones(music: &Music, sounding: &[usize], out: &mut Vec<f64>) {
    let (mut tonal, mut entropy, mut many, mut change, mut within) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut whole = (0.0, 0.0);
    let mut before: Option<(usize, [f64; CLASSES])> = None;
    for &cell in sounding {
        let classes = music.chroma(cell);
        let sum: f64 = classes.iter().sum();
        if sum <= 0.0 {
            continue;
        }
        let top = classes.iter().copied().fold(0.0, f64::max);
        tonal.push(top / sum);
        entropy.push(
            classes.iter().map(|class| class / sum).filter(|p| *p > 0.0).map(|p| -p * libm::log2(p)).sum(),
        );
        let semitones: Vec<f64> =
            classes.chunks_exact(3).map(|three| three.iter().copied().fold(0.0, f64::max)).collect();
        many.push(semitones.iter().filter(|semitone| **semitone > 0.4 * top).count() as f64);
        // Thirds of a semitone as a circle: one tuning is one direction.
        let (mut x, mut y) = (0.0, 0.0);
        for (class, power) in classes.iter().enumerate() {
            let angle = 2.0 * std::f64::consts::PI * (class % 3) as f64 / 3.0;
            x += power * libm::cos(angle) / sum;
            y += power * libm::sin(angle) / sum;
        }
        within.push((x * x + y * y).sqrt());
        whole = (whole.0 + x, whole.1 + y);
        if let Some((_, old)) = before.filter(|(last, _)| last + 1 == cell) {
            let dot: f64 = classes.iter().zip(old).map(|(a, b)| a * b).sum();
            let length = |row: &[f64]| row.iter().map(|x| x * x).sum::<f64>().sqrt();
            let lengths = length(&classes) * length(&old);
            change.push(1.0 - if lengths > 0.0 { dot / lengths } else { 0.0 });
        }
        before = Some((cell, classes));
    }
    let count = within.len().max(1) as f64;
    let stays = (whole.0 * whole.0 + whole.1 * whole.1).sqrt() / count;
    out.extend([mean(&tonal), mean(&entropy), mean(&many), mean(&change), mean(&within), stays]);
}

/// A power in dB; −200 for nothing.
pub(super) fn db(power: f64) -> f64 {
    10.0 * libm::log10(power.max(1e-20))
}

pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

pub(super) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// The value below which a share of a sorted row lies.
fn share_of(sorted: &[f64], share: f64) -> f64 {
    sorted.get((share * (sorted.len().max(1) - 1) as f64) as usize).copied().unwrap_or(0.0)
}

/// Mean and standard deviation.
pub(super) fn spread(values: &[f64]) -> (f64, f64) {
    let middle = mean(values);
    let square = values.iter().map(|value| (value - middle) * (value - middle)).sum::<f64>();
    (middle, (square / values.len().max(1) as f64).sqrt())
}
