//! How alike bars are: the self-similarity of a song (Foote, "Visualizing music and audio using self-similarity", ACM
//! Multimedia 1999), of several things at a time.

use super::features::Features;

/// How alike bars are in what sounds together (who plays, how it sounds), and in what goes on (notes, rhythm); from 0 to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Likeness {
    bars: usize,
    blocks: Vec<f32>,
    sequences: Vec<f32>,
    /// How much each of the two tells bars apart: 0 where all of the song is alike in it, 1 where no two bars are.
    tells: [f64; 2],
}

/// One thing by which bars compare.
struct Aspect<'a> {
    rows: &'a [Vec<f64>],
    /// Its part of the whole.
    weight: f64,
    /// Squared distances under this are no difference, however alike the rest of the song is; in the units of the rows.
    /// Ours: a quarter of a voice in four; a fourth of a chord's notes; 3 dB in every band; a few strokes.
    least: f64,
}

impl Likeness {
    pub(super) fn of(features: &Features) -> Self {
        let bars = features.bars.len();
        let who = features.who.as_slice();
        let part = if who.is_empty() { 0.0 } else { 0.7 };
        let blocks = [
            Aspect { rows: who, weight: part, least: 0.03 },
            Aspect { rows: &features.sound, weight: 1.0 - part, least: 0.09 },
        ];
        let sequences = [
            Aspect { rows: &features.notes, weight: 0.7, least: 0.3 },
            Aspect { rows: &features.rhythm, weight: 0.3, least: 0.2 },
        ];
        let ((blocks, in_blocks), (sequences, in_sequences)) =
            (alike(&blocks, bars), alike(&sequences, bars));
        Self { bars, blocks, sequences, tells: [in_blocks, in_sequences] }
    }

    /// From tables: how alike each bar is to each, in sound and in notes. What a table does not hold is not alike.
    pub fn from_tables(in_sound: &[Vec<f64>], in_notes: &[Vec<f64>]) -> Self {
        let bars = in_sound.len();
        let flat = |table: &[Vec<f64>]| {
            let at = |place: usize| table.get(place / bars).and_then(|row| row.get(place % bars)).copied();
            (0..bars * bars).map(|place| at(place).unwrap_or(0.0) as f32).collect()
        };
        Self { bars, blocks: flat(in_sound), sequences: flat(in_notes), tells: [1.0, 1.0] }
    }

    /// How much sound, and how much notes and rhythm, tell the bars of this song apart, from 0 to 1.
    pub fn tells(&self) -> [f64; 2] {
        self.tells
    }

    /// How many bars there are.
    pub fn bars(&self) -> usize {
        self.bars
    }

    /// In who plays and how it sounds.
    pub fn in_sound(&self, one: usize, other: usize) -> f64 {
        self.at(&self.blocks, one, other)
    }

    /// In notes and rhythm.
    pub fn in_notes(&self, one: usize, other: usize) -> f64 {
        self.at(&self.sequences, one, other)
    }

    fn at(&self, of: &[f32], one: usize, other: usize) -> f64 {
        let inside = one < self.bars && other < self.bars;
        of.get(one * self.bars + other).filter(|_| inside).map_or(0.0, |x| f64::from(*x))
    }
}

/// Where among the squared distances between bars, from the least, lies the one that is the scale. Ours: pairs of bars of one
/// section are about so many in songs of four kinds of sections.
const SCALE_AT: f64 = 0.3;

/// The sum over aspects of exp(−d²/s²), where s² is a low quantile of the squared distances between bars of the song, so that a
/// silent end does not make all others alike (the kernel of McFee and Ellis, "Analyzing song structure with spectral
/// clustering", ISMIR 2014, has a scale of its own for every song too). An aspect counts as much as it tells bars apart: what
/// is the same throughout says nothing about sections. Also how much they tell together.
fn alike(aspects: &[Aspect], bars: usize) -> (Vec<f32>, f64) {
    let told: Vec<(Vec<f32>, f64, f64)> = aspects
        .iter()
        .filter(|aspect| aspect.rows.len() == bars && aspect.weight > 0.0)
        .map(|aspect| {
            let kernel = kernel(aspect, bars);
            let pairs = (bars * bars.saturating_sub(1)).max(1) as f64;
            // Bars are as alike themselves as can be; that says nothing.
            let sum = kernel.iter().map(|x| f64::from(*x)).sum::<f64>() - bars as f64;
            (kernel, aspect.weight, aspect.weight * (1.0 - sum / pairs).max(0.0))
        })
        .collect();
    let (weights, tell) = told.iter().fold((0.0, 0.0), |sums, one| (sums.0 + one.1, sums.1 + one.2));
    let mut sums = vec![0.0_f32; bars * bars];
    for (kernel, weight, tells) in &told {
        let part = if tell > LEAST_TELLING * weights { tells / tell } else { weight / weights };
        sums.iter_mut().zip(kernel).for_each(|(sum, x)| *sum += part as f32 * x);
    }
    (sums, if weights > 0.0 { tell / weights } else { 0.0 })
}

/// Under this, nothing tells bars apart, and all aspects count as they are. Ours.
const LEAST_TELLING: f64 = 1e-3;

fn kernel(aspect: &Aspect, bars: usize) -> Vec<f32> {
    let mut squares = vec![0.0_f64; bars * bars];
    let mut pairs = Vec::with_capacity(bars * bars / 2);
    for one in 0..bars {
        for other in 0..one {
            let both = aspect.rows[one].iter().zip(&aspect.rows[other]);
            let square: f64 = both.map(|(a, b)| (a - b) * (a - b)).sum();
            squares[one * bars + other] = square;
            squares[other * bars + one] = square;
            pairs.push(square);
        }
    }
    pairs.sort_by(f64::total_cmp);
    let at = (pairs.len() as f64 * SCALE_AT) as usize;
    let scale = pairs.get(at).copied().unwrap_or(0.0).max(aspect.least);
    squares.iter().map(|square| libm::exp(-square / scale) as f32).collect()
}
