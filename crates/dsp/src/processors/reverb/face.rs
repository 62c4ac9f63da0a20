//! The reverb as the catalogue knows it: settings in, curves out, blocks, the past noted and taken up.

use super::{Character, Key, Reverb, ReverbSettings, losses, presets, values};
use crate::GRID_FRAMES;
use crate::block::{Block, Signal};
use crate::curve::{Axis, Curve, frequencies_hz};
use crate::glide::Glide;
use crate::kernels::svf::{Section, Svf};
use crate::param::Preset;
use crate::processor::{Context, Processor, Setup, State, Tail};

impl Default for Reverb {
    fn default() -> Self {
        Self::at_rate(48_000, ReverbSettings::default())
    }
}

impl Processor for Reverb {
    type Settings = ReverbSettings;

    const PRESETS: &'static [Preset] = presets::PRESETS;

    fn curves(settings: &ReverbSettings, rate_hz: u32) -> Vec<Curve> {
        let losses = losses(&values(settings), rate_hz);
        let line = Key::of(settings).shape(rate_hz).lines[0];
        let points = frequencies_hz(rate_hz).map(|hz| (hz, losses.decay_s(line, hz))).collect();
        vec![Curve { of: "tail".to_owned(), axis: Axis::DecaySOverHz, points }]
    }

    fn prepare(&mut self, setup: &Setup) {
        *self = Self::at_rate(setup.rate_hz, self.settings);
    }

    fn set(&mut self, settings: &ReverbSettings) {
        if self.settings == *settings {
            return;
        }
        self.settings = *settings;
        if self.sounding {
            self.moving = true;
            self.tail_frames = self.tail_frames.max(self.tail_wanted());
        } else {
            self.settle();
        }
    }

    fn process(&mut self, io: &mut Block<'_>, _keys: &[Signal<'_>], at: &Context) {
        let frames = io.frames();
        let mut done = 0;
        while done < frames {
            let frame = at.frame.wrapping_add(done as i64);
            let left = GRID_FRAMES - frame.rem_euclid(GRID_FRAMES as i64) as usize;
            let end = frames.min(done + left);
            self.play(&mut io.part(done..end), frame);
            done = end;
        }
    }

    fn reset(&mut self) {
        self.at = 0;
        self.filters.iter_mut().for_each(Svf::reset);
        self.input.clear();
        self.diffuser.clear();
        self.network.clear();
        self.settle();
    }

    fn tail(&self) -> Tail {
        Tail::Fading(self.tail_frames)
    }

    fn snapshot(&self, to: &mut State) {
        self.now.iter().for_each(|value| to.put(*value));
        for key in self.fade.keys {
            [key.character.number(), key.size_percent, key.pre_delay_ms].into_iter().for_each(|v| to.put(v));
        }
        let counts = [self.fade.done, self.at, self.tail_frames, usize::from(self.sounding)];
        counts.into_iter().for_each(|count| to.put(count as f64));
        to.put(self.level);
        self.gains.snapshot(to);
        for cut in &self.cuts {
            let (sections, sounding) = cut.parts();
            to.put(f64::from(u8::from(sounding)));
            sections.iter().flat_map(Section::parts).for_each(|value| to.put(value));
        }
        self.filters.iter().for_each(|filter| filter.snapshot(to));
        self.input.snapshot(self.at, to);
        self.diffuser.snapshot(self.at, to);
        self.network.snapshot(self.at, to);
    }

    fn restore(&mut self, from: &mut State) {
        self.now.iter_mut().for_each(|value| *value = from.take());
        self.fade.keys = std::array::from_fn(|_| Key {
            character: Character::from_number(from.take()),
            size_percent: from.take(),
            pre_delay_ms: from.take(),
        });
        self.fade.shapes = self.fade.keys.map(|key| key.shape(self.rate_hz));
        let [done, at, tail_frames, sounding] = std::array::from_fn(|_| from.take() as usize);
        (self.fade.done, self.at, self.tail_frames) = (done, at, tail_frames);
        (self.sounding, self.moving, self.turned) = (sounding != 0, true, None);
        self.level = from.take();
        self.gains.restore(from);
        for cut in &mut self.cuts {
            let sounding = from.take() != 0.0;
            let sections = std::array::from_fn(|_| Section::from_parts(std::array::from_fn(|_| from.take())));
            *cut = Glide::from_parts(sections, sounding);
        }
        self.filters.iter_mut().for_each(|filter| filter.restore(from));
        self.input.restore(self.at, from);
        self.diffuser.restore(self.at, from);
        self.network.restore(self.at, from);
    }
}
