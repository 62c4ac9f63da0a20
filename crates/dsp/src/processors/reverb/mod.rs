//! A space around the sound: rooms, chambers, plates and halls.

mod decay;
mod face;
mod network;
mod presets;
mod settings;
mod shape;

pub use settings::{Character, ReverbSettings};

use crate::GRID_FRAMES;
use crate::block::{Block, Signal};
use crate::glide::Glide;
use crate::kernels::ring::Rings;
use crate::kernels::svf::{Section, Svf, tan_half};
use crate::simd::wide;
use decay::{Losses, Times};
use network::{Fade, Network, RAMP, Rows, SILENT, Turns, spread, turns};
use shape::{Shape, Tap};

/// Delay lines of the network.
const LINES: usize = 16;
/// Pairs of lines that the matrix turns.
const PAIRS: usize = LINES / 2;

/// How long settings take to arrive, as the time constant of an exponential. Ours: long enough that no step of decay or
/// filters is heard in a held note, short enough for automation on a beat.
const GLIDE_S: f64 = 0.03;

/// How long a change of size, pre-delay or kind takes to fade over. Ours: shorter is heard as a tick, longer as a flam.
const FADE_S: f64 = 0.02;

/// The quality of both cuts: Butterworth.
const CUT_Q: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// A feedback delay network behind two rounds of diffusion, with early reflections beside it.
///
/// It is level-matched: noise comes back as loud as it went in, whatever decay, size and kind, so that these can be tried
/// without reaching for the fader. Mono in, both sides of the tail share nothing, and their sum loses nothing but the
/// 3 dB that any two different sounds do. It adds no latency.
///
/// ```
/// use mixkeel_dsp::block::{Block, Channels};
/// use mixkeel_dsp::processor::{Context, Processor, Setup};
/// use mixkeel_dsp::processors::reverb::{Character, Reverb, ReverbSettings};
///
/// let mut plate = Reverb::default();
/// plate.set(&ReverbSettings { character: Character::Plate, decay_s: 1.6, ..Default::default() });
/// plate.prepare(&Setup { rate_hz: 48_000, channels: Channels::Stereo, max_block_frames: 4_096 });
/// let (mut left, mut right) = (vec![0.0; 4_096], vec![0.0; 4_096]);
/// (left[0], right[0]) = (0.5, 0.5);
/// plate.process(&mut Block::stereo(&mut left, &mut right), &[], &Context { frame: 0, tempo_bpm: 120.0 });
/// assert!(left[2_000..].iter().any(|sample| sample.abs() > 1e-4));
/// ```
#[derive(Debug)]
pub struct Reverb {
    rate_hz: u32,
    settings: ReverbSettings,
    /// Settings on their way.
    now: Values,
    level: f64,
    sounding: bool,
    /// Whether anything is still on its way.
    moving: bool,
    fade: FadeState,
    /// Frames since the last reset.
    at: usize,
    gains: Glide<[f64; GAINS]>,
    cuts: [Glide<Section>; 2],
    filters: [Svf<2>; 2],
    /// The cell that the turns below belong to.
    turned: Option<i64>,
    turns: [Turns; 2],
    spreads: [[f32; 2]; 2],
    input: Rings,
    diffuser: Rings,
    network: Network,
    /// What goes into the network and what comes out, a stretch at a time: kept here so that it is neither cleared nor moved.
    rows: [Rows; 2],
    tail_frames: usize,
}

/// The settings that glide, in the order of [`values`].
type Values = [f64; 12];
/// Dry; late to the same and to the other side; early to the same and to the other side; modulation; diffusion.
const GAINS: usize = 7;

fn values(settings: &ReverbSettings) -> Values {
    [
        settings.decay_s,
        settings.low_decay_ratio,
        settings.high_decay_ratio,
        settings.low_crossover_hz,
        settings.high_crossover_hz,
        settings.low_cut_hz,
        settings.high_cut_hz,
        settings.diffusion_percent / 100.0,
        settings.early_percent / 100.0,
        settings.modulation_percent / 100.0,
        settings.width_percent / 100.0,
        settings.mix_percent / 100.0,
    ]
}

fn losses(values: &Values, rate_hz: u32) -> Losses {
    let [decay_s, low_ratio, high_ratio, low_crossover_hz, high_crossover_hz, ..] = *values;
    let times = Times {
        low_s: decay_s * low_ratio,
        mid_s: decay_s,
        high_s: decay_s * high_ratio,
        low_crossover_hz,
        high_crossover_hz,
    };
    Losses::new(&times, rate_hz)
}

/// What a shape is made from.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Key {
    character: Character,
    size_percent: f64,
    pre_delay_ms: f64,
}

impl Key {
    fn of(settings: &ReverbSettings) -> Self {
        let ReverbSettings { character, size_percent, pre_delay_ms, .. } = *settings;
        Self { character, size_percent, pre_delay_ms }
    }

    fn shape(&self, rate_hz: u32) -> Shape {
        Shape::new(self.character, self.size_percent, self.pre_delay_ms, rate_hz)
    }
}

/// Two shapes, and how many cells of the grid have passed on the way from one to the other.
#[derive(Clone, Debug)]
struct FadeState {
    keys: [Key; 2],
    shapes: [Shape; 2],
    cells: usize,
    done: usize,
}

impl FadeState {
    fn at_rest(key: Key, rate_hz: u32) -> Self {
        let shape = key.shape(rate_hz);
        let cells = libm::ceil(FADE_S * f64::from(rate_hz) / GRID_FRAMES as f64) as usize;
        Self { keys: [key; 2], shapes: [shape.clone(), shape], cells, done: cells }
    }

    /// Goes on by one cell, towards another shape if that is wanted and the last has been reached. Whether a fade began.
    fn advance(&mut self, wanted: Key, rate_hz: u32) -> bool {
        self.done = self.cells.min(self.done + 1);
        if self.done < self.cells || self.keys[1] == wanted {
            return false;
        }
        self.keys = [self.keys[1], wanted];
        self.shapes.swap(0, 1);
        self.shapes[1] = wanted.shape(rate_hz);
        self.done = 0;
        true
    }

    /// Whether it has arrived at what is wanted.
    fn rests_at(&self, wanted: Key) -> bool {
        self.done == self.cells && self.keys[1] == wanted
    }

    fn fade(&self, offset: usize) -> Fade<'_> {
        let share = |done: usize| done.min(self.cells) as f32 / self.cells.max(1) as f32;
        let [from, to] = if self.done < self.cells { [0, 1] } else { [1, 1] };
        let share = [share(self.done), share(self.done + 1)];
        Fade { from: &self.shapes[from], to: &self.shapes[to], share, offset }
    }
}

impl Reverb {
    fn at_rate(rate_hz: u32, settings: ReverbSettings) -> Self {
        let [lines, second, input] = Shape::longest(rate_hz);
        let mut reverb = Self {
            rate_hz,
            settings,
            now: values(&settings),
            level: 0.0,
            sounding: false,
            moving: false,
            fade: FadeState::at_rest(Key::of(&settings), rate_hz),
            at: 0,
            gains: Glide::new([0.0; GAINS]),
            cuts: [Glide::new(Section::IDENTITY); 2],
            filters: [Svf::default(); 2],
            turned: None,
            turns: [[[0.0; 2]; PAIRS]; 2],
            spreads: [[0.0; 2]; 2],
            input: Rings::new(2, input + GRID_FRAMES),
            diffuser: Rings::new(LINES, second + GRID_FRAMES),
            network: Network::new(lines),
            rows: [SILENT; 2],
            tail_frames: 0,
        };
        reverb.settle();
        reverb
    }

    /// Arrives at the settings at once.
    fn settle(&mut self) {
        (self.sounding, self.moving, self.turned) = (false, false, None);
        self.now = values(&self.settings);
        if self.fade.keys != [Key::of(&self.settings); 2] {
            self.fade = FadeState::at_rest(Key::of(&self.settings), self.rate_hz);
        }
        self.fade.done = self.fade.cells;
        self.tune();
        self.network.decay.settle();
        self.level = self.level_wanted();
        self.aim();
        self.gains.settle();
        self.cuts.iter_mut().for_each(Glide::settle);
        self.tail_frames = self.tail_wanted();
    }

    /// Sends the filters of the lines to the settings of now.
    fn tune(&mut self) {
        self.network.decay.aim(&losses(&self.now, self.rate_hz), &self.fade.shapes[1].lines);
    }

    /// The gain of the tail at which noise comes back as loud as it went in: one over the root of all the power that comes
    /// out for a power of 1, the first time round and, less by what a line loses, every time after.
    fn level_wanted(&self) -> f64 {
        let shape = &self.fade.shapes[1];
        let losses = losses(&self.now, self.rate_hz);
        let kept: f64 = shape.lines.iter().map(|frames| losses.mid_power_after(*frames as f64)).sum();
        let onset = f64::from(shape.onset);
        1.0 / (onset * onset + 1.0 / (1.0 - kept / LINES as f64)).sqrt()
    }

    fn tail_wanted(&self) -> usize {
        let longest_s = losses(&values(&self.settings), self.rate_hz).longest_s();
        let reach: usize = self.fade.shapes.iter().flat_map(Shape::reach).sum();
        libm::ceil(DECAYS_TO_SILENCE * longest_s * f64::from(self.rate_hz)) as usize + reach
    }

    /// Sends gains and cuts to the settings of now.
    fn aim(&mut self) {
        let [.., low_cut_hz, high_cut_hz, diffusion, early, modulation, width, mix] = self.now;
        let middle = (2.0 / (1.0 + width * width)).sqrt();
        let (same, other) = ((middle + width * middle) / 2.0, (middle - width * middle) / 2.0);
        let (late, early) = (mix * self.level * (1.0 - early).max(0.0).sqrt(), mix * early.max(0.0).sqrt());
        self.gains.aim([
            1.0 - mix,
            late * same,
            late * other,
            early * same,
            early * other,
            modulation,
            diffusion * std::f64::consts::FRAC_PI_4,
        ]);
        self.cuts[0].aim(Section::high_pass(tan_half(low_cut_hz, self.rate_hz), CUT_Q));
        self.cuts[1].aim(Section::low_pass(tan_half(high_cut_hz, self.rate_hz), CUT_Q));
    }

    /// One step of everything that moves, at a point of the control grid.
    fn advance(&mut self) {
        self.network.decay.settle();
        if !self.moving {
            return;
        }
        let (wanted, key) = (values(&self.settings), Key::of(&self.settings));
        let share = 1.0 - libm::exp(-(GRID_FRAMES as f64) / (GLIDE_S * f64::from(self.rate_hz)));
        let toward = |now: f64, wanted: f64| {
            let next = now + (wanted - now) * share;
            // The last thousandth is not heard.
            if (wanted - next).abs() <= 1e-3 * wanted.abs().max(1e-3) { wanted } else { next }
        };
        let began = self.fade.advance(key, self.rate_hz);
        let moves = self.now != wanted;
        self.now.iter_mut().zip(wanted).for_each(|(now, wanted)| *now = toward(*now, wanted));
        if moves || began {
            self.tune();
        }
        let level = self.level_wanted();
        self.level = toward(self.level, level);
        self.aim();
        self.moving = self.now != wanted || self.level != level || !self.fade.rests_at(key);
        if !self.moving {
            self.tail_frames = self.tail_wanted();
        }
    }

    /// How far the matrix and the diffusers are turned at both ends of a cell.
    fn turn(&mut self, cell: i64) {
        let ([from, to, _], _) = self.gains.parts();
        let at = |cell, gains: [f64; GAINS]| {
            let (sin, cos) = libm::sincos(gains[6]);
            (turns(cell, self.rate_hz, gains[5]), [cos as f32, sin as f32])
        };
        let before = match self.turned {
            // Where the last cell ended, this one begins.
            Some(last) if last.wrapping_add(1) == cell => (self.turns[1], self.spreads[1]),
            _ => at(cell, from),
        };
        let after = at(cell.wrapping_add(1), to);
        (self.turns, self.spreads) = ([before.0, after.0], [before.1, after.1]);
        self.turned = Some(cell);
    }

    /// Plays no more than a cell of the grid, within one cell.
    fn play(&mut self, io: &mut Block<'_>, frame: i64) {
        let frames = io.frames();
        let offset = frame.rem_euclid(GRID_FRAMES as i64) as usize;
        if offset == 0 && self.sounding {
            self.advance();
        }
        let mut gains = [[0.0_f32; GAINS]; 2];
        self.gains.walk(frame, frames, |_, motion| {
            let (from, to) = motion.ends();
            gains = [from, to].map(|gains| gains.map(|gain| gain as f32));
        });
        let cell = frame.div_euclid(GRID_FRAMES as i64);
        if self.turned != Some(cell) {
            self.turn(cell);
        }
        self.sounding = true;
        self.hear(&io.signal(), frame);
        let fade = self.fade.fade(offset);
        let early = reflect(&self.input, self.at, &fade, frames);
        let [rows, out] = &mut self.rows;
        diffuse((&self.input, &mut self.diffuser), self.at, &fade, &self.spreads, frames, rows);
        self.network.run((rows, out), frames, self.at, &fade, &self.turns);
        let [mut late, mut lines] = [[[0.0; GRID_FRAMES]; 2]; 2];
        collect(rows, frames, fade.onset(), &mut late);
        collect(out, frames, 1.0, &mut lines);
        for (late, lines) in late.as_flattened_mut().iter_mut().zip(lines.as_flattened()) {
            *late += lines;
        }
        self.at = self.at.wrapping_add(frames);
        for (side, channel) in io.each().enumerate() {
            add_up(channel, [&late[side], &late[1 - side], &early[side], &early[1 - side]], &gains, offset);
        }
    }

    /// Takes the cut sound into the past that echoes are made of. One channel is heard on both sides.
    fn hear(&mut self, signal: &Signal<'_>, frame: i64) {
        let mut frames = [[0.0_f64; 2]; GRID_FRAMES];
        let frames = &mut frames[..signal.frames()];
        for ((pair, left), right) in frames.iter_mut().zip(signal.left()).zip(signal.right_or_only()) {
            *pair = [f64::from(*left), f64::from(*right)];
        }
        for (cut, filter) in self.cuts.iter_mut().zip(&mut self.filters) {
            cut.walk(frame, frames.len(), |part, motion| filter.run_motion(motion, &mut frames[part]));
        }
        let mut row = [0.0_f32; GRID_FRAMES];
        for side in 0..2 {
            row.iter_mut().zip(frames.iter()).for_each(|(to, pair)| *to = pair[side] as f32);
            self.input.write(side, self.at, &row[..frames.len()]);
        }
    }
}

/// After how many decay times the last of it lies under −120 dBFS: two for the decibels, and a tenth each for the loudest
/// input there is and for the unevenness of noise.
const DECAYS_TO_SILENCE: f64 = 2.2;

/// A stretch of both sides.
type Pair = [[f32; GRID_FRAMES]; 2];

/// The early reflections of a stretch.
fn reflect(input: &Rings, at: usize, fade: &Fade<'_>, frames: usize) -> Pair {
    let of = |taps: &[[Tap; shape::EARLY]; 4]| {
        let mut out = [[0.0; GRID_FRAMES]; 2];
        for (way, taps) in taps.iter().enumerate() {
            for tap in taps {
                input.add(way / 2, at, tap.back, tap.gain, &mut out[way % 2][..frames]);
            }
        }
        out
    };
    let mut out = of(&fade.to.early);
    if fade.from.early != fade.to.early {
        let old = of(&fade.from.early);
        for (out, old) in out.iter_mut().zip(&old) {
            fade.blend(old, out);
        }
    }
    out
}

/// The sound spread in time, for every line.
fn diffuse(
    (input, diffuser): (&Rings, &mut Rings),
    at: usize,
    fade: &Fade<'_>,
    turns: &[[f32; 2]; 2],
    frames: usize,
    rows: &mut Rows,
) {
    for (line, row) in rows.iter_mut().enumerate() {
        let row = &mut row[..frames];
        fade.read(input, line % 2, at, [fade.from.first[line], fade.to.first[line]], row);
        // Eight lines share a side: the power of all is the side's.
        row.iter_mut().for_each(|sample| *sample *= network::SCALE);
    }
    spread(rows, frames, turns, fade.offset);
    for (line, row) in rows.iter_mut().enumerate() {
        let row = &mut row[..frames];
        diffuser.write(line, at, row);
        fade.read(diffuser, line, at, [fade.from.second[line], fade.to.second[line]], row);
    }
    spread(rows, frames, turns, fade.offset);
}

/// Whether a line is heard upside down; as many as not on either side, in no order. Ours.
const FLIPPED: [bool; LINES] =
    [false, true, true, true, false, false, true, false, true, true, false, true, false, false, true, false];

wide! {
    /// Adds every other line to every other side.
    fn collect(rows: &Rows, frames: usize, gain: f32, out: &mut Pair) {
        for (line, (row, flipped)) in rows.iter().zip(FLIPPED).enumerate() {
            let gain = if flipped { -gain } else { gain };
            out[line % 2][..frames].iter_mut().zip(row).for_each(|(out, sample)| *out += gain * sample);
        }
    }

    /// One side of what is heard: the sound itself, the tail of this side and of the other, the reflections of both, each
    /// times its gain between those at both ends of the cell.
    fn add_up(
        sound: &mut [f32],
        wet: [&[f32; GRID_FRAMES]; 4],
        gains: &[[f32; GAINS]; 2],
        offset: usize,
    ) {
        let [late, late_across, early, early_across] = wet;
        let wet = late.iter().zip(late_across).zip(early.iter().zip(early_across));
        for ((sample, along), ((late, late_across), (early, early_across))) in
            sound.iter_mut().zip(&RAMP[offset..]).zip(wet)
        {
            let gain = |index: usize| gains[0][index] + (gains[1][index] - gains[0][index]) * along;
            let late = gain(1) * late + gain(2) * late_across;
            let early = gain(3) * early + gain(4) * early_across;
            *sample = gain(0) * *sample + (late + early);
        }
    }
}
