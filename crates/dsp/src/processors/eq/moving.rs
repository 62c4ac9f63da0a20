//! A band at work: its sections on their way along the grid, its memory, and what part of the signal it works on.

use super::band::{Channel, EqBand, MOST_SECTIONS, Sections};
use super::part::{note, noted, put, take};
use crate::GRID_FRAMES;
use crate::glide::{Glide, Motion};
use crate::kernels::svf::{Section, Step, Svf};
use crate::processor::State;
use crate::simd::cascade::run_all;

/// What a band does: a filter, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Filter {
    sections: Sections,
    channel: Channel,
}

impl Filter {
    fn at_rest(&self) -> Self {
        Self { sections: self.sections.map(|section| section.at_rest()), ..*self }
    }

    fn rests(&self) -> bool {
        self.sections.iter().all(Section::is_identity)
    }
}

/// One band at work on two channels in `f64`; of a mono signal only the left counts.
#[derive(Clone, Debug)]
pub(super) struct MovingBand {
    /// Where it goes; nothing is to rest where it is.
    wanted: Option<Filter>,
    glide: Glide<Filter>,
    memory: [Svf<2>; MOST_SECTIONS],
    /// Rests now and until it is set anew.
    idle: bool,
}

impl Default for MovingBand {
    fn default() -> Self {
        let nothing = Filter { sections: [Section::IDENTITY; MOST_SECTIONS], channel: Channel::Both };
        Self { wanted: None, glide: Glide::new(nothing), memory: Default::default(), idle: false }
    }
}

impl MovingBand {
    /// Goes to a band, or to doing nothing, from the next point of the grid on; at once if nothing is `sounding` yet.
    pub(super) fn aim(&mut self, band: Option<&EqBand>, rate_hz: u32, mono: bool, sounding: bool) {
        self.idle = false;
        // While idle it was not told of the sound.
        self.glide = Glide::from_parts(self.glide.parts().0, sounding);
        self.wanted = band.map(|band| {
            let channel = match band.channel {
                // The only channel is the left one of a pair whose right is silent.
                Channel::Mid if mono => Channel::Both,
                channel => channel,
            };
            let filter = Filter { sections: band.sections(rate_hz), channel };
            let heard = band.on && !(mono && matches!(channel, Channel::Side | Channel::Right));
            if heard { filter } else { filter.at_rest() }
        });
        self.steer();
    }

    /// On to another part of the signal by way of rest: the filter there is let go first.
    fn steer(&mut self) {
        let (all, sounding) = self.glide.parts();
        let next = all[2];
        let wanted = self.wanted.unwrap_or(next.at_rest());
        if next != wanted {
            let at_once = !sounding || next.channel == wanted.channel || all.iter().all(Filter::rests);
            self.glide.aim(if at_once { wanted } else { next.at_rest() });
        }
    }

    /// Steps through frames within one cell of the grid, the first of which is session frame `first`: the motion over
    /// them, or nothing where it rests.
    pub(super) fn advance(&mut self, first: i64, frames: usize) -> Option<Motion<Filter>> {
        if self.idle {
            return None;
        }
        let mut now = None;
        self.glide.walk(first, frames, |_, motion| now = Some(*motion));
        self.steer();
        let resting = now?.still().is_some_and(|filter| filter.rests());
        if resting {
            self.memory = Default::default();
            let ([from, to, next], _) = self.glide.parts();
            self.idle = from == to && to == next && self.wanted.is_none_or(|wanted| wanted == next);
        }
        now.filter(|_| !resting)
    }

    /// The filter at which it stands still on both channels alike, now and until it is set anew; nothing while it moves, is
    /// about to, or works on a part of the signal. Doing nothing is standing still.
    fn still(&self) -> Option<&Filter> {
        let ([from, to, next], _) = self.glide.parts_ref();
        let arrived = from == to && to == next && self.wanted.is_none_or(|wanted| wanted == *next);
        (self.idle || arrived && next.channel == Channel::Both).then_some(next)
    }

    /// Works on frames that [`advance`](Self::advance) has stepped through.
    pub(super) fn run(&mut self, motion: &Motion<Filter>, frames: &mut [[f64; 2]]) {
        let (from, to) = motion.ends();
        let mut part = [[0.0; 2]; GRID_FRAMES];
        let part = &mut part[..frames.len()];
        part.iter_mut().zip(&*frames).for_each(|(part, frame)| *part = take(to.channel, *frame));
        for ((from, to), memory) in from.sections.iter().zip(&to.sections).zip(&mut self.memory) {
            if from.is_identity() && to.is_identity() {
                continue;
            }
            if from == to {
                memory.run(&to.step(), part);
            } else {
                memory.run_between(&from.step(), &to.step(), |frame| motion.share(frame), part);
            }
        }
        part.iter().zip(frames).for_each(|(part, frame)| put(to.channel, *part, frame));
    }

    /// The slowest time constant of its sections, the sum of all, and by how many nepers they may raise a level.
    pub(super) fn ringing(&self) -> [f64; 3] {
        let mut ringing = [0.0_f64; 3];
        let (all, _) = self.glide.parts();
        for index in 0..MOST_SECTIONS {
            let mut longest = 0.0_f64;
            for filter in all.iter().chain(&self.wanted) {
                let section = filter.sections[index];
                if !section.is_identity() {
                    longest = longest.max(section.time_constant_frames());
                    let most =
                        section.high.abs().max(section.low.abs()).max((section.band / section.k).abs());
                    ringing[2] += libm::log(most.max(1.0)).max(0.0);
                }
            }
            ringing[0] = ringing[0].max(longest);
            ringing[1] += longest;
        }
        ringing
    }

    pub(super) fn reset(&mut self) {
        let nothing = Self::default();
        self.glide = self.wanted.map_or(nothing.glide, Glide::new);
        self.memory = nothing.memory;
        self.idle = false;
    }

    pub(super) fn snapshot(&self, to: &mut State) {
        let (all, sounding) = self.glide.parts();
        to.put(f64::from(u8::from(sounding)));
        for filter in &all {
            note(filter.channel, to);
            filter.sections.iter().flat_map(Section::parts).for_each(|part| to.put(part));
        }
        self.memory.iter().for_each(|memory| memory.snapshot(to));
    }

    pub(super) fn restore(&mut self, from: &mut State) {
        let sounding = from.take() != 0.0;
        let all = std::array::from_fn(|_| {
            let channel = noted(from);
            let sections = std::array::from_fn(|_| Section::from_parts(std::array::from_fn(|_| from.take())));
            Filter { sections, channel }
        });
        self.glide = Glide::from_parts(all, sounding);
        self.idle = false;
        self.memory.iter_mut().for_each(|memory| memory.restore(from));
    }
}

/// Sections that stand still on both channels, waiting to be run together: [`run_all`] is several times as fast as one by one.
#[derive(Debug)]
pub(super) struct Line {
    steps: [Step; MOST_IN_LINE],
    memory: [Svf<2>; MOST_IN_LINE],
    /// Band and section.
    owners: [(usize, usize); MOST_IN_LINE],
    count: usize,
}

/// Ours: as many as [`run_all`] sends through one loop.
const MOST_IN_LINE: usize = 8;

impl Default for Line {
    fn default() -> Self {
        let step = Section::IDENTITY.step();
        Self { steps: [step; MOST_IN_LINE], memory: Default::default(), owners: Default::default(), count: 0 }
    }
}

impl Line {
    /// Whether a band with this motion may wait: one that stands still and works on both channels alike.
    pub(in crate::processors) fn takes(motion: &Motion<Filter>) -> bool {
        motion.still().is_some_and(|filter| filter.channel == Channel::Both)
    }

    /// Puts the sections of a band that [`takes`](Self::takes) allows at the end.
    pub(super) fn push(
        &mut self,
        number: usize,
        motion: &Motion<Filter>,
        bands: &mut [MovingBand],
        frames: &mut [[f64; 2]],
    ) {
        for (index, section) in motion.ends().1.sections.iter().enumerate() {
            if section.is_identity() {
                continue;
            }
            if self.count == MOST_IN_LINE {
                self.run(bands, frames);
            }
            self.steps[self.count] = section.step();
            self.owners[self.count] = (number, index);
            self.count += 1;
        }
    }

    /// Takes up every section of bands that all stand still, for [`run_held`](Self::run_held). Says whether that could be
    /// done: not while one moves, nor where there are more sections than there is room for.
    pub(super) fn hold(&mut self, bands: &[MovingBand]) -> bool {
        self.count = 0;
        for (number, band) in bands.iter().enumerate() {
            let Some(filter) = band.still() else { return self.drop_held() };
            let working = filter.sections.iter().enumerate().filter(|(_, section)| !section.is_identity());
            for (index, section) in working {
                if self.count == MOST_IN_LINE {
                    return self.drop_held();
                }
                self.steps[self.count] = section.step();
                self.owners[self.count] = (number, index);
                self.count += 1;
            }
        }
        true
    }

    /// Forgets what was taken up by [`hold`](Self::hold); `false`.
    pub(super) fn drop_held(&mut self) -> bool {
        self.count = 0;
        false
    }

    /// Runs what is held, and goes on holding it. Says whether there was anything to run.
    pub(super) fn run_held(&mut self, bands: &mut [MovingBand], frames: &mut [[f64; 2]]) -> bool {
        let held = self.count;
        self.run(bands, frames);
        self.count = held;
        held > 0
    }

    /// Runs all that wait.
    pub(super) fn run(&mut self, bands: &mut [MovingBand], frames: &mut [[f64; 2]]) {
        let count = std::mem::take(&mut self.count);
        let (memory, owners) = (&mut self.memory[..count], &self.owners[..count]);
        for (memory, (band, section)) in memory.iter_mut().zip(owners) {
            *memory = bands[*band].memory[*section];
        }
        run_all(&self.steps[..count], memory, frames);
        for (memory, (band, section)) in memory.iter().zip(owners) {
            bands[*band].memory[*section] = *memory;
        }
    }
}
