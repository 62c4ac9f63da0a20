//! Echoes in time with the song, or at any time.

mod duck;
mod note;
mod place;
mod presets;
mod sway;

use crate::GRID_FRAMES;
use crate::block::{Block, Channels, Signal};
use crate::curve::{Axis, Curve};
use crate::glide::Glide;
use crate::kernels::ring::Rings;
use crate::kernels::svf::{Section, Svf, tan_half};
use crate::param::Preset;
use crate::processor::{Context, Processor, Setup, State, Tail};
use crate::units::{db_from_gain, frames_from_ms};
use duck::Duck;
pub use note::Note;
use place::Place;
use sway::Sway;

crate::params! {
    /// What a delay can be set to.
    pub struct DelaySettings {
        /// The note of the song's tempo that lies between echoes; with none, it is the time that counts. A note over 3 s is
        /// halved until it is shorter.
        note: Note;
        /// The time between echoes where no note is set.
        time_ms: f64 = 350.0 [5.0..=3000.0, "ms"] automatable;
        /// How much of every echo is heard again.
        feedback_percent: f64 = 35.0 [0.0..=95.0, "%"] automatable;
        /// Echoes of both sides together go from side to side, beginning on the left. Nothing on one channel.
        ping_pong: bool = false;
        /// Every echo loses what lies under this frequency, 12 dB an octave.
        low_cut_hz: f64 = 150.0 [20.0..=2000.0, "Hz"] automatable;
        /// Every echo loses what lies over this frequency, 12 dB an octave.
        high_cut_hz: f64 = 6000.0 [500.0..=20000.0, "Hz"] automatable;
        /// How far the time sways around its middle, as on a worn tape; never under the time that is set.
        sway_ms: f64 = 0.0 [0.0..=5.0, "ms"] automatable;
        /// How often it sways to and fro in a second.
        sway_hz: f64 = 0.6 [0.05..=8.0, "Hz"] automatable;
        /// How far echoes step back while the sound itself plays: all of it over −22 dBFS, none of it under −46.
        duck_db: f64 = 0.0 [0.0..=24.0, "dB"] automatable;
        /// How wide echoes are: 0 is mono, 100 as they come.
        width_percent: f64 = 100.0 [0.0..=100.0, "%"] automatable;
        /// How much of the result is echoes: 100 on a return, less where it stands as an insert.
        mix_percent: f64 = 100.0 [0.0..=100.0, "%"] automatable;
    }
}

/// The longest time, as the parameter's range has it.
const MAX_TIME_MS: f64 = 3_000.0;

/// The tempo for which echoes are drawn: that of a session which names none.
const DRAWN_TEMPO_BPM: f64 = 120.0;

/// The farthest that time sways, as the parameter's range has it.
const MAX_SWAY_MS: f64 = 5.0;

/// The shortest time: a cell of the control grid is read before it is written. It is under the parameter's range at every
/// rate from 13 kHz up.
const MIN_TIME_FRAMES: f64 = (GRID_FRAMES + 1) as f64;

/// The quality of both cuts: Butterworth, which lets no frequency grow.
const CUT_Q: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// Time constants until a filter has fallen by 120 dB: ln(10⁶).
const NEPERS_TO_SILENCE: f64 = 13.82;

/// The tempo that the length of a note is reckoned with before any has been heard, for the tail alone. Ours: few songs
/// are slower, and a song that is loses what is softer than −60 dB of its last echoes.
const UNHEARD_TEMPO_BPM: f64 = 60.0;

/// Dry sound, echoes to their own side and to the other, feedback, ping-pong.
const GAINS: usize = 5;

/// Echoes that come back filtered, on both sides or from side to side.
///
/// A change of time or tempo fades from the old echoes to the new in 30 ms: no click, and no pitch that bends. A ducked
/// delay steps back while its own input plays. It adds no latency.
///
/// ```
/// use mixkeel_dsp::block::Block;
/// use mixkeel_dsp::processor::{Context, Processor};
/// use mixkeel_dsp::processors::delay::{Delay, DelaySettings, Note};
///
/// let mut echo = Delay::default();
/// echo.set(&DelaySettings { note: Note::SixteenthTriplet, ..Default::default() });
/// let mut sound = vec![0.0; 8_000];
/// sound[0] = 1.0;
/// echo.process(&mut Block::mono(&mut sound), &[], &Context { frame: 0, tempo_bpm: 120.0 });
/// // A sixth of a beat: 4 000 frames at 48 kHz.
/// assert!(sound[..4_000].iter().all(|sample| *sample == 0.0));
/// assert!(sound[4_000..4_010].iter().any(|sample| sample.abs() > 0.1));
/// ```
#[derive(Debug)]
pub struct Delay {
    rate_hz: u32,
    channels: Channels,
    settings: DelaySettings,
    /// Frames heard, which is where in the past the next one goes.
    at: usize,
    past: Rings,
    place: Place,
    sway: Sway,
    /// Nothing before the first frame.
    tempo_bpm: Option<f64>,
    gains: Glide<[f64; GAINS]>,
    cuts: [Glide<Section>; 2],
    filters: [Svf<2>; 2],
    duck: Duck,
    /// The longest that it may ring, by all that has been set since it was last silent: a shorter time now does not make
    /// what is already in the past any softer.
    rings: usize,
}

impl Delay {
    fn at_rate(rate_hz: u32, channels: Channels, settings: DelaySettings) -> Self {
        let longest = libm::ceil(frames_from_ms(MAX_TIME_MS + 2.0 * MAX_SWAY_MS, rate_hz)) as usize;
        let mut delay = Self {
            rate_hz,
            channels,
            settings,
            at: 0,
            past: Rings::new(2, longest + 2 * GRID_FRAMES),
            place: Place::new(rate_hz),
            sway: Sway::default(),
            tempo_bpm: None,
            gains: Glide::new([0.0; GAINS]),
            cuts: [Glide::new(Section::IDENTITY); 2],
            filters: Default::default(),
            duck: Duck::new(rate_hz),
            rings: 0,
        };
        delay.aim();
        delay
    }

    fn aim(&mut self) {
        let DelaySettings { feedback_percent, ping_pong, width_percent, mix_percent, .. } = self.settings;
        let (mix, width) = (mix_percent / 100.0, width_percent / 100.0);
        let (same, other) = (mix * (1.0 + width) / 2.0, mix * (1.0 - width) / 2.0);
        let across = if ping_pong && self.channels == Channels::Stereo { 1.0 } else { 0.0 };
        self.gains.aim([1.0 - mix, same, other, feedback_percent / 100.0, across]);
        self.cuts[0].aim(Section::high_pass(tan_half(self.settings.low_cut_hz, self.rate_hz), CUT_Q));
        self.cuts[1].aim(Section::low_pass(tan_half(self.settings.high_cut_hz, self.rate_hz), CUT_Q));
    }

    /// The time between echoes that is asked for, in whole frames.
    fn wanted_frames(&self, tempo_bpm: f64) -> usize {
        let of_note = self.settings.note.time_ms(tempo_bpm, MAX_TIME_MS);
        let frames = frames_from_ms(of_note.unwrap_or(self.settings.time_ms), self.rate_hz);
        libm::round(frames).max(MIN_TIME_FRAMES) as usize
    }

    /// A point of the grid, or the first frame: what moves takes its next step.
    fn step(&mut self, frame: i64, offset: usize, tempo_bpm: f64) {
        let wanted = self.wanted_frames(tempo_bpm);
        let turns_a_frame = self.settings.sway_hz / f64::from(self.rate_hz);
        let depth = frames_from_ms(self.settings.sway_ms, self.rate_hz);
        if self.tempo_bpm.is_none() {
            self.place.jump(wanted);
            self.sway.start(frame.wrapping_sub(offset as i64), turns_a_frame, depth);
        } else {
            self.place.step(wanted);
            self.sway.step(turns_a_frame, depth);
        }
        if offset == 0 {
            self.duck.step(self.settings.duck_db);
        }
        self.tempo_bpm = Some(tempo_bpm);
        self.rings = self.rings.max(self.rings_for());
    }

    /// How long it rings by what it is set to now.
    fn rings_for(&self) -> usize {
        let wanted = self.wanted_frames(self.tempo_bpm.unwrap_or(UNHEARD_TEMPO_BPM)).max(self.place.now());
        let sway = (2.0 * frames_from_ms(self.settings.sway_ms, self.rate_hz)).max(self.sway.most());
        let [low_cut, high_cut] = [0, 1].map(|cut| {
            let (sections, _) = self.cuts[cut].parts();
            sections.iter().map(Section::time_constant_frames).fold(0.0, f64::max)
        });
        // What a pass through the cuts takes where it costs so little that it lasts: the high cut its group delay at 0 Hz,
        // which is its time constant; the low cut, over the frequencies and for 95 % of feedback, a fifth of its own.
        let pass = wanted as f64 + sway + high_cut + 0.2 * low_cut;
        let feedback = self.settings.feedback_percent / 100.0;
        // A steady sound in time with the echoes adds up to 1/(1 − feedback); 6 dB for what the cuts may overshoot.
        let to_fall_db = 126.0 - db_from_gain(1.0 - feedback);
        let passes = libm::ceil(-to_fall_db / db_from_gain(feedback));
        let ringing = 2.0 * NEPERS_TO_SILENCE * low_cut.max(high_cut);
        libm::ceil((1.0 + passes) * pass + ringing) as usize
    }

    /// A stretch within one cell of the control grid.
    fn play(&mut self, io: &mut Block<'_>, at: &Context) {
        let frames = io.frames();
        let offset = at.frame.rem_euclid(GRID_FRAMES as i64) as usize;
        if offset == 0 || self.tempo_bpm.is_none() {
            self.step(at.frame, offset, at.tempo_bpm);
        }
        let mut gains = [[0.0; GAINS]; GRID_FRAMES];
        self.gains.walk(at.frame, frames, |part, motion| {
            gains[part].iter_mut().enumerate().for_each(|(index, gains)| *gains = motion.at(index));
        });
        let mut ducks = [0.0; GRID_FRAMES];
        self.duck.walk(at.frame, frames, |part, motion| {
            ducks[part].iter_mut().enumerate().for_each(|(index, duck)| *duck = motion.at(index)[0]);
        });
        let mut echoes = [[0.0; 2]; GRID_FRAMES];
        let echoes = &mut echoes[..frames];
        self.recall(offset, echoes);
        for (cut, filter) in self.cuts.iter_mut().zip(&mut self.filters) {
            cut.walk(at.frame, frames, |part, motion| filter.run_motion(motion, &mut echoes[part]));
        }
        self.keep(&io.signal(), echoes, &gains);
        let mut both = [[0.0; 2]; GRID_FRAMES];
        for (((both, echo), gains), duck) in both.iter_mut().zip(echoes.iter()).zip(&gains).zip(&ducks) {
            let [_, same, other, ..] = gains.map(|gain| gain * duck);
            *both = [same * echo[0] + other * echo[1], same * echo[1] + other * echo[0]];
        }
        let mono = self.channels == Channels::Mono;
        for (side, channel) in io.each().enumerate() {
            for ((sample, both), gains) in channel.iter_mut().zip(&both).zip(&gains) {
                let echo = if mono { 0.5 * (both[0] + both[1]) } else { both[side] };
                *sample = *sample * gains[0] as f32 + echo as f32;
            }
        }
        self.at = self.at.wrapping_add(frames);
    }

    /// What stood in the past one echo ago.
    fn recall(&self, offset: usize, echoes: &mut [[f64; 2]]) {
        self.read(self.place.now(), offset, echoes);
        if let Some(before) = self.place.before() {
            let mut old = [[0.0; 2]; GRID_FRAMES];
            let old = &mut old[..echoes.len()];
            self.read(before, offset, old);
            for (index, (echo, old)) in echoes.iter_mut().zip(old.iter()).enumerate() {
                let share = self.place.share(offset + index);
                *echo = std::array::from_fn(|side| old[side] + (echo[side] - old[side]) * share);
            }
        }
    }

    /// Both sides so many frames ago, and as many more as they sway.
    fn read(&self, back: usize, offset: usize, echoes: &mut [[f64; 2]]) {
        if self.sway.rests() {
            let mut row = [0.0; GRID_FRAMES];
            for side in 0..2 {
                let row = &mut row[..echoes.len()];
                self.past.read(side, self.at, back, row);
                echoes.iter_mut().zip(row).for_each(|(echo, sample)| echo[side] = f64::from(*sample));
            }
            return;
        }
        for (index, echo) in echoes.iter_mut().enumerate() {
            let sway = self.sway.back(offset + index);
            let whole = libm::floor(sway);
            let here = self.at.wrapping_add(index);
            *echo = std::array::from_fn(|side| self.between(side, here, back + whole as usize, sway - whole));
        }
    }

    /// One side at `back + after` frames before frame `at`, by a cubic through four of them (Catmull and Rom's, whose gain is
    /// over 1 at no frequency, so that it never feeds an echo).
    fn between(&self, side: usize, at: usize, back: usize, after: f64) -> f64 {
        let mut near = [0.0; 4];
        // The moment lies between the second and the third, the oldest first.
        self.past.read(side, at, back + 2, &mut near);
        let [a, b, c, d] = near.map(f64::from);
        let t = 1.0 - after;
        let slope = 0.5 * (c - a);
        let bend = a - 2.5 * b + 2.0 * c - 0.5 * d;
        let twist = 0.5 * (d - a) + 1.5 * (b - c);
        b + t * (slope + t * (bend + t * twist))
    }

    /// Writes sound and echoes into the past.
    fn keep(&mut self, signal: &Signal<'_>, echoes: &[[f64; 2]], gains: &[[f64; GAINS]]) {
        let mut rows = [[0.0; GRID_FRAMES]; 2];
        let sides = signal.left().iter().zip(signal.right_or_only());
        for (index, ((left, right), (echo, gains))) in sides.zip(echoes.iter().zip(gains)).enumerate() {
            let [left, right] = [f64::from(*left), f64::from(*right)];
            self.duck.hear([left, right]);
            let [.., feedback, across] = *gains;
            let sound = [left + across * 0.5 * (right - left), right - across * right];
            let crossed = across * (echo[1] - echo[0]);
            let again = [echo[0] + crossed, echo[1] - crossed];
            for side in 0..2 {
                rows[side][index] = (sound[side] + feedback * again[side]) as f32;
            }
        }
        for (side, row) in rows.iter().enumerate() {
            self.past.write(side, self.at, &row[..echoes.len()]);
        }
    }
}

impl Default for Delay {
    fn default() -> Self {
        Self::at_rate(48_000, Channels::Stereo, DelaySettings::default())
    }
}

impl Processor for Delay {
    type Settings = DelaySettings;

    const PRESETS: &'static [Preset] = presets::PRESETS;

    fn curves(settings: &DelaySettings, _rate_hz: u32) -> Vec<Curve> {
        let time_ms = settings.note.time_ms(DRAWN_TEMPO_BPM, MAX_TIME_MS).unwrap_or(settings.time_ms);
        let feedback_db = db_from_gain((settings.feedback_percent / 100.0).max(1e-6));
        let echo = |n: u32| (time_ms * f64::from(n + 1), feedback_db * f64::from(n));
        let mut points: Vec<(f64, f64)> = (0..64).map(echo).take_while(|(_, db)| *db > -60.0).collect();
        // Of one echo alone, a line that falls to nothing within a frame.
        points.truncate(64);
        if let [(at_ms, _)] = points[..] {
            points.push((at_ms + 0.02, -60.0));
        }
        vec![Curve { of: "echoes at 120 bpm".to_owned(), axis: Axis::GainDbOverMs, points }]
    }

    fn prepare(&mut self, setup: &Setup) {
        *self = Self::at_rate(setup.rate_hz, setup.channels, self.settings);
    }

    fn set(&mut self, settings: &DelaySettings) {
        if self.settings != *settings {
            self.settings = *settings;
            self.aim();
        }
    }

    fn process(&mut self, io: &mut Block<'_>, _keys: &[Signal<'_>], at: &Context) {
        let frames = io.frames();
        let mut done = 0;
        while done < frames {
            let frame = at.frame.wrapping_add(done as i64);
            let left = GRID_FRAMES - frame.rem_euclid(GRID_FRAMES as i64) as usize;
            let end = frames.min(done + left);
            self.play(&mut io.part(done..end), &Context { frame, ..*at });
            done = end;
        }
    }

    fn reset(&mut self) {
        (self.at, self.tempo_bpm, self.rings) = (0, None, 0);
        self.place.jump(0);
        self.sway = Sway::default();
        self.past.clear();
        self.gains.settle();
        self.cuts.iter_mut().for_each(Glide::settle);
        self.filters.iter_mut().for_each(Svf::reset);
        self.duck.reset();
    }

    fn tail(&self) -> Tail {
        Tail::Fading(self.rings.max(self.rings_for()))
    }

    fn snapshot(&self, to: &mut State) {
        to.put(self.at as f64);
        to.put(self.tempo_bpm.unwrap_or(f64::NAN));
        to.put(self.rings as f64);
        self.place.snapshot(to);
        self.sway.snapshot(to);
        self.gains.snapshot(to);
        self.duck.snapshot(to);
        for cut in &self.cuts {
            let (sections, sounding) = cut.parts();
            to.put(f64::from(u8::from(sounding)));
            sections.iter().flat_map(Section::parts).for_each(|value| to.put(value));
        }
        self.filters.iter().for_each(|filter| filter.snapshot(to));
        self.past.snapshot(self.at, to);
    }

    fn restore(&mut self, from: &mut State) {
        self.at = from.take() as usize;
        self.tempo_bpm = Some(from.take()).filter(|tempo_bpm| !tempo_bpm.is_nan());
        self.rings = from.take() as usize;
        self.place.restore(from);
        self.sway.restore(from);
        self.gains.restore(from);
        self.duck.restore(from);
        for cut in &mut self.cuts {
            let sounding = from.take() != 0.0;
            let sections = std::array::from_fn(|_| Section::from_parts(std::array::from_fn(|_| from.take())));
            *cut = Glide::from_parts(sections, sounding);
        }
        self.filters.iter_mut().for_each(|filter| filter.restore(from));
        self.past.restore(self.at, from);
    }
}
