//! Convolution with long responses and no delay: a direct head, and partitions that grow behind it.
//!
//! The scheme is W. G. Gardner's ("Efficient convolution without input-output delay", J. Audio Eng. Soc. 43(3), 1995): the
//! first frames of a response are summed directly, later ones in partitions by Fourier transform, the longer the later
//! they come. All but the shortest lie two of their lengths behind, so that the work on one partition spreads over the time
//! in which the next one is gathered: a transform a cell of the control grid, and the sums evenly between them. Partitions lie
//! on a grid of absolute frames: blocks leave no trace.

use rustfft::num_complex::Complex;

use crate::GRID_FRAMES;
use crate::kernels::real_fft::RealFft;
use crate::processor::State;

/// Frames of each partition, and how many of them there are at most. Ours: steps of eight keep every stage's cost near that
/// of its transforms; the last takes all that is left.
const STAGES: [(usize, usize); 4] = [(GRID_FRAMES, 15), (512, 14), (4_096, 6), (16_384, usize::MAX)];

/// One response, from an input to an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// The input.
    pub from: usize,
    /// The output.
    pub to: usize,
}

/// Convolves one or two inputs into one or two outputs.
#[derive(Debug)]
pub struct Convolver {
    ways: Vec<Way>,
    /// The first [`GRID_FRAMES`] of every response.
    heads: Vec<[f32; GRID_FRAMES]>,
    /// The last cell of every input, and this one.
    past: [[f32; 2 * GRID_FRAMES]; 2],
    stages: Vec<Stage>,
}

impl Convolver {
    /// For responses of up to so many frames. Silent until [`respond`](Self::respond).
    pub fn new(ways: &[Way], frames: usize) -> Self {
        let mut stages = Vec::new();
        let mut done = GRID_FRAMES;
        for (partition, most) in STAGES {
            let count = frames.saturating_sub(done).div_ceil(partition).min(most);
            if count > 0 {
                stages.push(Stage::new(partition, count, done, ways));
                done += count * partition;
            }
        }
        let heads = vec![[0.0; GRID_FRAMES]; ways.len()];
        Self { ways: ways.to_vec(), heads, past: [[0.0; 2 * GRID_FRAMES]; 2], stages }
    }

    /// Sets the response of one way, frame by frame; `response(frame)` past its end is zero. Does not allocate.
    pub fn respond(&mut self, way: usize, response: impl Fn(usize) -> f32) {
        if let Some(head) = self.heads.get_mut(way) {
            head.iter_mut().enumerate().for_each(|(frame, tap)| *tap = response(frame));
            self.stages.iter_mut().for_each(|stage| stage.respond(way, &response));
        }
    }

    /// Adds the outputs of a stretch that begins at `frame` of the session and lies within one cell of the control grid.
    pub fn run(&mut self, frame: i64, input: [&[f32]; 2], mut output: [&mut [f32]; 2]) {
        let frames = input[0].len().min(GRID_FRAMES);
        let offset = frame.rem_euclid(GRID_FRAMES as i64) as usize;
        let here = GRID_FRAMES + offset..(GRID_FRAMES + offset + frames).min(2 * GRID_FRAMES);
        for (past, input) in self.past.iter_mut().zip(input) {
            past[here.clone()].iter_mut().zip(input).for_each(|(past, sample)| *past = *sample);
        }
        for (way, head) in self.ways.iter().zip(&self.heads) {
            let (past, output) = (&self.past[way.from & 1], &mut output[way.to & 1]);
            let mut sum = [0.0; GRID_FRAMES];
            for (back, tap) in head.iter().enumerate() {
                let heard = &past[here.start - back..here.end - back];
                sum.iter_mut().zip(heard).for_each(|(sum, sample)| *sum += tap * sample);
            }
            output.iter_mut().zip(&sum).for_each(|(output, sum)| *output += sum);
        }
        for stage in &mut self.stages {
            stage.exchange(frame, input, &mut output);
        }
        if offset + frames == GRID_FRAMES {
            let cell = frame.div_euclid(GRID_FRAMES as i64);
            for stage in &mut self.stages {
                stage.end_cell(cell, &self.ways);
            }
            self.past.iter_mut().for_each(|past| past.copy_within(GRID_FRAMES.., 0));
        }
    }

    /// Forgets the sound, not the responses.
    pub fn clear(&mut self) {
        self.past = [[0.0; 2 * GRID_FRAMES]; 2];
        self.stages.iter_mut().flat_map(Stage::memory).for_each(|row| row.fill(0.0));
        self.stages.iter_mut().for_each(|stage| stage.newest = 0);
    }

    /// For how many frames after a response's end rounding errors of the transforms may still be there.
    pub fn rounding_frames(&self) -> usize {
        self.stages.last().map_or(0, |stage| 3 * stage.frames)
    }

    /// Notes the memory.
    pub fn snapshot(&self, to: &mut State) {
        self.past.iter().for_each(|past| to.put_all(past));
        for stage in &self.stages {
            to.put(stage.newest as f64);
            stage.rows().for_each(|row| to.put_all(row));
        }
    }

    /// Takes up a memory.
    pub fn restore(&mut self, from: &mut State) {
        self.past.iter_mut().for_each(|past| from.take_all(past));
        for stage in &mut self.stages {
            stage.newest = (from.take() as usize).min(stage.count - 1);
            stage.memory().for_each(|row| from.take_all(row));
        }
    }
}

/// All partitions of one length.
#[derive(Debug)]
struct Stage {
    /// Frames of a partition.
    frames: usize,
    count: usize,
    /// Where in the response the first partition begins.
    begin: usize,
    fft: RealFft,
    /// Partitions of every way, the earliest first: real parts and imaginary parts.
    responses: Vec<[Vec<f32>; 2]>,
    /// Spectra of what each input gave, `count` of them in a circle.
    heard: [[Vec<f32>; 2]; 2],
    newest: usize,
    /// The spectrum of each output that is being summed.
    sums: [[Vec<f32>; 2]; 2],
    /// What comes in, and what came in over the partition before, to be transformed.
    gathered: [Vec<f32>; 2],
    whole: [Vec<f32>; 2],
    /// What goes out, and what will over the next partition.
    given: [Vec<f32>; 2],
    next: [Vec<f32>; 2],
    /// What the last partition's output leaves for the next one.
    overlap: [Vec<f32>; 2],
    row: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
}

impl Stage {
    fn new(frames: usize, count: usize, begin: usize, ways: &[Way]) -> Self {
        let fft = RealFft::new(2 * frames);
        let bins = fft.bins();
        let rows = |length: usize| [vec![0.0; length], vec![0.0; length]];
        let pairs = |length: usize| [rows(length), rows(length)];
        Self {
            frames,
            count,
            begin,
            responses: ways.iter().map(|_| rows(count * bins)).collect(),
            heard: pairs(count * bins),
            newest: 0,
            sums: pairs(bins),
            gathered: rows(frames),
            whole: rows(frames),
            given: rows(frames),
            next: rows(frames),
            overlap: rows(frames),
            row: vec![0.0; 2 * frames],
            spectrum: vec![Complex::default(); bins],
            fft,
        }
    }

    fn respond(&mut self, way: usize, response: &impl Fn(usize) -> f32) {
        let bins = self.fft.bins();
        let [re, im] = &mut self.responses[way];
        let partitions = re.chunks_exact_mut(bins).zip(im.chunks_exact_mut(bins));
        for (partition, (re, im)) in partitions.enumerate() {
            let first = self.begin + partition * self.frames;
            self.row.fill(0.0);
            let taps = self.row[..self.frames].iter_mut().enumerate();
            taps.for_each(|(frame, tap)| *tap = response(first + frame));
            self.fft.forward(&self.row, &mut self.spectrum);
            part(&self.spectrum, re, im);
        }
    }

    /// Takes in a stretch, and adds what was worked out for it.
    fn exchange(&mut self, frame: i64, input: [&[f32]; 2], output: &mut [&mut [f32]; 2]) {
        let at = frame.rem_euclid(self.frames as i64) as usize;
        for side in 0..2 {
            let gathered = self.gathered[side][at..].iter_mut();
            gathered.zip(input[side]).for_each(|(gathered, sample)| *gathered = *sample);
            output[side].iter_mut().zip(&self.given[side][at..]).for_each(|(output, given)| *output += given);
        }
    }

    /// The work due at the end of a cell of the control grid.
    fn end_cell(&mut self, cell: i64, ways: &[Way]) {
        let cells = self.frames / GRID_FRAMES;
        let nth = cell.rem_euclid(cells as i64) as usize;
        let bins = self.fft.bins();
        if cells == 1 {
            // The shortest partitions lie one length behind: what was gathered is needed at once.
            std::mem::swap(&mut self.gathered, &mut self.whole);
            (0..2).for_each(|side| self.hear(side, ways));
            self.sum(ways, 0, bins);
            (0..2).for_each(|side| self.give(side, ways));
            std::mem::swap(&mut self.given, &mut self.next);
            return;
        }
        // A side a cell is transformed in the first two and in the last two: no cell has to do more than one transform.
        let (sums, after) = (cells - 4, cells - 2);
        match nth {
            0 | 1 => self.hear(nth, ways),
            _ if nth < after => self.sum(ways, (nth - 2) * bins / sums, (nth - 1) * bins / sums),
            _ => self.give(nth - after, ways),
        }
        if nth + 1 == cells {
            std::mem::swap(&mut self.gathered, &mut self.whole);
            std::mem::swap(&mut self.given, &mut self.next);
        }
    }

    /// Transforms what was gathered on one side; the left side comes first.
    fn hear(&mut self, side: usize, ways: &[Way]) {
        if side == 0 {
            self.newest = (self.newest + 1) % self.count;
        }
        if ways.iter().any(|way| way.from & 1 == side) {
            let bins = self.fft.bins();
            let at = self.newest * bins..(self.newest + 1) * bins;
            let [re, im] = &mut self.heard[side];
            self.row[..self.frames].copy_from_slice(&self.whole[side]);
            self.row[self.frames..].fill(0.0);
            self.fft.forward(&self.row, &mut self.spectrum);
            part(&self.spectrum, &mut re[at.clone()], &mut im[at]);
        }
    }

    /// Sums all partitions over some bins.
    fn sum(&mut self, ways: &[Way], first: usize, end: usize) {
        let bins = self.fft.bins();
        for (way, [response_re, response_im]) in ways.iter().zip(&self.responses) {
            let [heard_re, heard_im] = &self.heard[way.from & 1];
            let [sum_re, sum_im] = &mut self.sums[way.to & 1];
            let (sum_re, sum_im) = (&mut sum_re[first..end], &mut sum_im[first..end]);
            for partition in 0..self.count {
                let slot = (self.newest + self.count - partition) % self.count;
                let (heard, response) = (slot * bins, partition * bins);
                let heard =
                    heard_re[heard + first..heard + end].iter().zip(&heard_im[heard + first..heard + end]);
                let response = response_re[response + first..response + end]
                    .iter()
                    .zip(&response_im[response + first..response + end]);
                let sums = sum_re.iter_mut().zip(sum_im.iter_mut());
                for (((sum_re, sum_im), (a, b)), (c, d)) in sums.zip(heard).zip(response) {
                    *sum_re += a * c - b * d;
                    *sum_im += a * d + b * c;
                }
            }
        }
    }

    /// Transforms the sums of one side back, for the next partition.
    fn give(&mut self, side: usize, ways: &[Way]) {
        if ways.iter().any(|way| way.to & 1 == side) {
            let [re, im] = &mut self.sums[side];
            for ((bin, re), im) in self.spectrum.iter_mut().zip(re.iter()).zip(im.iter()) {
                *bin = Complex::new(*re, *im);
            }
            re.fill(0.0);
            im.fill(0.0);
            self.fft.inverse(&mut self.spectrum, &mut self.row);
            let (now, later) = self.row.split_at(self.frames);
            let overlap = &mut self.overlap[side];
            for ((next, now), overlap) in self.next[side].iter_mut().zip(now).zip(overlap.iter()) {
                *next = now + overlap;
            }
            overlap.copy_from_slice(later);
        }
    }

    /// Everything that sound leaves behind.
    fn memory(&mut self) -> impl Iterator<Item = &mut Vec<f32>> {
        let spectra = self.heard.iter_mut().chain(&mut self.sums).flatten();
        let rows = [&mut self.gathered, &mut self.whole, &mut self.given, &mut self.next, &mut self.overlap];
        spectra.chain(rows.into_iter().flatten())
    }

    fn rows(&self) -> impl Iterator<Item = &Vec<f32>> {
        let spectra = self.heard.iter().chain(&self.sums).flatten();
        let rows = [&self.gathered, &self.whole, &self.given, &self.next, &self.overlap];
        spectra.chain(rows.into_iter().flatten())
    }
}

/// Real and imaginary parts apart, as the sums want them.
fn part(spectrum: &[Complex<f32>], re: &mut [f32], im: &mut [f32]) {
    for ((bin, re), im) in spectrum.iter().zip(re).zip(im) {
        (*re, *im) = (bin.re, bin.im);
    }
}
