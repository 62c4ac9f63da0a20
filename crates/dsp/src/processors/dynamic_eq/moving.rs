//! A band of a dynamic equaliser at work: it listens, decides at every point of the grid, and moves in between.

use super::band::{Computer, DynamicBand, Ear, Table};
use crate::GRID_FRAMES;
use crate::kernels::detector::{Ballistics, Mean, Timing, retained};
use crate::kernels::fastmath;
use crate::kernels::svf::{Section, Svf};
use crate::processor::State;
use crate::processors::eq::Channel;
use crate::processors::eq::part::{note, noted, put, take};

/// The shortest time over which a level is measured. Ours: two periods of 670 Hz.
const SHORTEST_WINDOW_S: f64 = 0.003;

/// What is in force between two points of the grid.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Hearing {
    ear: Section,
    /// What the mean of powers keeps from frame to frame.
    kept: f64,
    channel: Channel,
    from_key: bool,
    /// Whether there is a band at all.
    there: bool,
}

/// What the next point of the grid decides by.
#[derive(Clone, Debug)]
struct Plan {
    hearing: Hearing,
    table: Table,
    computer: Computer,
    timing: Timing,
    follow_frames: f64,
    window_frames: f64,
    sign: f64,
}

impl Plan {
    /// How far it wants to be moved, as a positive number, by what was heard.
    fn wanted_db(&self, heard: &Mean<2>) -> f64 {
        if !self.hearing.there {
            return 0.0;
        }
        // The peak of a sine has twice its mean square; of two channels the louder counts.
        let power = 2.0 * heard.power[0].max(heard.power[1]);
        self.computer.movement_db(fastmath::db_from_power(power as f32))
    }

    fn new(band: Option<&DynamicBand>, rate_hz: u32, mono: bool) -> Self {
        let nothing = DynamicBand { on: false, ..DynamicBand::default() };
        let mut band = *band.unwrap_or(&nothing);
        if mono {
            // The only channel is the left one of a pair whose right is silent.
            band.on &= !matches!(band.channel, Channel::Side | Channel::Right);
            band.channel = if band.channel == Channel::Mid { Channel::Both } else { band.channel };
        }
        let rate = f64::from(rate_hz);
        // Two periods of the band's frequency: the ripple of its own waves moves the reading by less than 0.2 dB.
        let window_frames = rate * f64::max(2.0 / band.freq_hz, SHORTEST_WINDOW_S);
        let cells = |ms: f64| ms / GRID_FRAMES as f64;
        Self {
            hearing: Hearing {
                ear: band.ear(rate_hz),
                kept: retained(window_frames),
                channel: band.channel,
                from_key: band.ear == Ear::Key,
                there: band.on,
            },
            table: Table::new(&band, rate_hz),
            computer: band.computer(),
            timing: Timing::new(cells(band.attack_ms), cells(band.release_ms), rate_hz),
            follow_frames: rate * (band.attack_ms + band.release_ms) / 1_000.0,
            window_frames,
            sign: band.sign(),
        }
    }
}

/// One band at work on two channels in `f64`; of a mono signal only the left counts.
#[derive(Clone, Debug)]
pub(super) struct MovingBand {
    plan: Plan,
    now: Hearing,
    from: Section,
    to: Section,
    moved_db: f64,
    sounding: bool,
    ear: Svf<2>,
    mean: Mean<2>,
    ballistics: Ballistics<1>,
    filter: Svf<2>,
}

impl Default for MovingBand {
    fn default() -> Self {
        Self::starting(Plan::new(None, 48_000, false))
    }
}

impl MovingBand {
    /// As after a long silence: where a band moves below its threshold, that is as far as it goes.
    fn starting(plan: Plan) -> Self {
        let mut ballistics = Ballistics::default();
        let moved_db = plan.wanted_db(&Mean::default());
        ballistics.recount(|_| moved_db);
        let at_rest = plan.table.at(moved_db);
        Self {
            now: plan.hearing,
            plan,
            from: at_rest,
            to: at_rest,
            moved_db,
            sounding: false,
            ear: Svf::default(),
            mean: Mean::default(),
            ballistics,
            filter: Svf::default(),
        }
    }

    pub(super) fn aim(&mut self, band: Option<&DynamicBand>, rate_hz: u32, mono: bool) {
        self.plan = Plan::new(band, rate_hz, mono);
        if !self.sounding {
            *self = Self::starting(self.plan.clone());
        }
    }

    /// Forgets the past.
    pub(super) fn reset(&mut self) {
        *self = Self::starting(self.plan.clone());
    }

    /// Works on frames within one cell of the grid that start `offset` frames into it, hearing `own` and `key`. Says
    /// whether it changed anything.
    pub(super) fn run(
        &mut self,
        offset: usize,
        frames: &mut [[f64; 2]],
        own: &[[f64; 2]],
        key: Option<&[[f64; 2]]>,
    ) -> bool {
        self.sounding = true;
        if offset == 0 {
            self.decide();
        }
        let heard = if self.now.from_key { key.unwrap_or(own) } else { own };
        if self.from.is_identity() && self.to.is_identity() {
            self.listen(heard);
            self.filter.reset();
            return false;
        }
        match self.now.channel {
            Channel::Both => {
                self.move_and_listen(offset, frames, heard, |frame| frame, |part, frame| *frame = part)
            }
            some => self.move_and_listen(
                offset,
                frames,
                heard,
                |frame| take(some, frame),
                |part, frame| put(some, part, frame),
            ),
        }
        true
    }

    /// Listens and moves, frame by frame at once: both wait for their last result most of the time, and side by side they wait
    /// together. To the last bit what they do one after the other.
    fn move_and_listen(
        &mut self,
        offset: usize,
        frames: &mut [[f64; 2]],
        heard: &[[f64; 2]],
        take: impl Fn([f64; 2]) -> [f64; 2],
        put: impl Fn([f64; 2], &mut [f64; 2]),
    ) {
        let (mut ear, mut mean, mut filter) = (self.ear, self.mean, self.filter);
        let (step, kept, there) = (self.now.ear.step(), self.now.kept, self.now.there);
        let (from, to) = (self.from.step(), self.to.step());
        let stands = self.from == self.to;
        for (index, (frame, heard)) in frames.iter_mut().zip(heard).enumerate() {
            if there {
                let band = ear.next(&step, take(*heard));
                mean.step(band.map(|x| x * x), kept);
            }
            let share = (offset + index) as f64 / GRID_FRAMES as f64;
            let moving = if stands { to } else { from.toward(&to, share) };
            put(filter.next(&moving, take(*frame)), frame);
        }
        if there {
            ear.settle();
        }
        filter.settle();
        (self.ear, self.mean, self.filter) = (ear, mean, filter);
    }

    fn listen(&mut self, heard: &[[f64; 2]]) {
        if !self.now.there {
            return;
        }
        let (mut ear, mut mean) = (self.ear, self.mean);
        let (step, kept, channel) = (self.now.ear.step(), self.now.kept, self.now.channel);
        let mut hear = |frame: [f64; 2]| {
            let band = ear.next(&step, frame);
            mean.step(band.map(|x| x * x), kept);
        };
        if channel == Channel::Both {
            heard.iter().for_each(|frame| hear(*frame));
        } else {
            heard.iter().for_each(|frame| hear(take(channel, *frame)));
        }
        ear.settle();
        (self.ear, self.mean) = (ear, mean);
    }

    /// A point of the grid: what was heard up to here decides where to be at the next one.
    fn decide(&mut self) {
        if self.now != self.plan.hearing {
            self.now = self.plan.hearing;
        }
        let wanted_db = self.plan.wanted_db(&self.mean);
        [self.moved_db] = self.ballistics.step([wanted_db], &self.plan.timing);
        self.from = self.to;
        self.to = self.plan.table.at(self.moved_db);
    }

    /// By how many dB it has turned its region down.
    pub(super) fn reduction_db(&self) -> f64 {
        if self.plan.sign < 0.0 { self.moved_db } else { 0.0 }
    }

    /// Frames after which it has rung out, and the highest gain as a factor.
    pub(super) fn ringing(&self) -> (f64, f64) {
        let (ringing, most) = self.plan.table.ringing();
        let of = |section: &Section| if section.is_identity() { 0.0 } else { section.time_constant_frames() };
        let slowest = ringing.max(of(&self.from)).max(of(&self.to));
        // 18 time constants are 156 dB: 120 and what it may raise.
        (18.0 * slowest, most)
    }

    /// Frames for which what it heard still moves it.
    pub(super) fn memory_frames(&self) -> f64 {
        if !self.now.there && self.from == self.to {
            return 0.0;
        }
        // 120 dB of a mean's decay are 28 windows, and ten times attack and release leave 0.001 dB of 24.
        28.0 * self.plan.window_frames + 10.0 * self.plan.follow_frames
    }

    pub(super) fn snapshot(&self, to: &mut State) {
        let flags = [self.sounding, self.now.from_key, self.now.there];
        flags.iter().for_each(|flag| to.put(f64::from(u8::from(*flag))));
        note(self.now.channel, to);
        [self.now.kept, self.moved_db].iter().for_each(|value| to.put(*value));
        let sections = [self.now.ear, self.from, self.to];
        sections.iter().flat_map(Section::parts).for_each(|part| to.put(part));
        self.ear.snapshot(to);
        self.filter.snapshot(to);
        self.mean.power.iter().for_each(|power| to.put(*power));
        self.ballistics.snapshot(to);
    }

    pub(super) fn restore(&mut self, from: &mut State) {
        let [sounding, from_key, there] = std::array::from_fn(|_| from.take() != 0.0);
        let channel = noted(from);
        let [kept, moved_db] = std::array::from_fn(|_| from.take());
        let mut section = || Section::from_parts(std::array::from_fn(|_| from.take()));
        let ear = section();
        (self.from, self.to) = (section(), section());
        self.now = Hearing { ear, kept, channel, from_key, there };
        (self.sounding, self.moved_db) = (sounding, moved_db);
        self.ear.restore(from);
        self.filter.restore(from);
        self.mean.power.iter_mut().for_each(|power| *power = from.take());
        self.ballistics.restore(from);
    }
}
