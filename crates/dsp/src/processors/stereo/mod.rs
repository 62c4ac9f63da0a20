//! Shapes a stereo image: width by band, bass in the middle, balance, rotation, and a guard against copies a little late.

mod haas;
mod image;

use crate::GRID_FRAMES;
use crate::block::{Block, Signal};
use crate::curve::Curve;
use crate::glide::{Glide, Motion};
use crate::kernels::svf::{Section, Svf, tan_half};
use crate::param::{Preset, PresetValue};
use crate::processor::{Context, Processor, Setup, State, Tail};
use crate::units::db_from_power;
use haas::Haas;
use image::Image;

crate::choices! {
    /// How steeply the sides leave the bass.
    pub enum MonoSlope {
        /// 24 dB an octave.
        Db24 = "24-db",
        /// 48 dB an octave.
        Db48 = "48-db",
    }
}

crate::params! {
    /// What a stereo image can be set to.
    pub struct StereoSettings {
        /// The width below the low crossover: 0 is mono, 1 as it is, 2 twice as wide.
        low_width: f64 = 1.0 [0.0..=2.0, ""] automatable;
        /// The width between the crossovers.
        mid_width: f64 = 1.0 [0.0..=2.0, ""] automatable;
        /// The width above the high crossover.
        high_width: f64 = 1.0 [0.0..=2.0, ""] automatable;
        /// Where low and middle meet.
        low_crossover_hz: f64 = 250.0 [40.0..=1000.0, "Hz"] automatable;
        /// Where middle and high meet.
        high_crossover_hz: f64 = 4000.0 [1000.0..=16_000.0, "Hz"] automatable;
        /// How much louder what both channels have in common becomes.
        mid_db: f64 = 0.0 [-24.0..=24.0, "dB"] automatable;
        /// How much louder what they differ in becomes.
        side_db: f64 = 0.0 [-24.0..=24.0, "dB"] automatable;
        /// Whether the bass stands in the middle.
        mono_bass: bool = false;
        /// Below which frequency it does.
        mono_below_hz: f64 = 120.0 [20.0..=500.0, "Hz"] automatable;
        /// How steeply the sides leave it.
        mono_slope: MonoSlope;
        /// Where the middle of the image goes, −45 (all of it on the left) to 45 (on the right): everything turns
        /// with it, so that what was hard right comes round towards the back of the image with its phase turned over.
        rotation_degrees: f64 = 0.0 [-45.0..=45.0, ""] automatable;
        /// −1 leaves only the left channel, 1 only the right. Nothing crosses over.
        balance: f64 = 0.0 [-1.0..=1.0, ""] automatable;
        /// How much of the Haas guard is heard: where one channel repeats the other 1 to 40 ms later, it is turned down,
        /// at 100 % so far that the mono sum has a comb of no more than `comb_db`.
        haas_guard_percent: f64 = 0.0 [0.0..=100.0, "%"] automatable;
        /// How far the peaks of that comb may stand over its dips.
        comb_db: f64 = 6.0 [1.0..=24.0, "dB"];
    }
}

/// Works on the middle, (l + r)/2, and the sides, (l − r)/2, of a stereo signal. The middle is only ever made louder or
/// softer; all filters are on the sides:
///
/// - Width by band is one second-order filter made of first-order crossovers, low + middle + high = 1 exactly, so that
///   equal widths are no filter at all and no band is out of phase with another or with the middle.
/// - Bass in the middle is a Butterworth high pass of the sides. Above its corner it turns their phase forward, by a
///   quarter turn per 12 dB of slope at the corner and less and less above it; levels of left and right alone stay within
///   what that phase makes of them, and the mono sum does not change at all.
///
/// Then the image is turned and balanced. A mono signal passes as it is.
///
/// The Haas guard comes first. It correlates the channels up to 40 ms either way, some 6000 times a second, and turns the
/// later channel down where they are alike with a delay and clearly less so without. A steady tone is as alike a period
/// later as in time, so it is left alone, and so is what is in time or unrelated, to the bit.
///
/// ```
/// use mixkeel_dsp::block::{Block, Channels};
/// use mixkeel_dsp::processor::{Context, Processor, Setup};
/// use mixkeel_dsp::processors::stereo::{Stereo, StereoSettings};
/// let mut stereo = Stereo::default();
/// stereo.prepare(&Setup { rate_hz: 48_000, channels: Channels::Stereo, max_block_frames: 64 });
/// stereo.set(&StereoSettings { rotation_degrees: 45.0, ..StereoSettings::default() });
/// let (mut left, mut right) = ([0.5_f32; 64], [0.5_f32; 64]);
/// stereo.process(&mut Block::stereo(&mut left, &mut right), &[], &Context { frame: 0, tempo_bpm: 120.0 });
/// assert!(left[9].abs() < 1e-7 && right[9] > 0.7);
/// ```
#[derive(Debug)]
pub struct Stereo {
    rate_hz: u32,
    settings: StereoSettings,
    image: Glide<Image>,
    guard: Glide<[f64; 1]>,
    haas: Haas,
    memory: [Svf<1>; image::SECTIONS],
}

impl Default for Stereo {
    fn default() -> Self {
        let settings = StereoSettings::default();
        Self {
            rate_hz: 48_000,
            settings,
            image: Glide::new(Image::new(&settings, 48_000)),
            guard: Glide::new([0.0]),
            haas: Haas::new(48_000),
            memory: Default::default(),
        }
    }
}

impl Processor for Stereo {
    type Settings = StereoSettings;

    const PRESETS: &'static [Preset] = PRESETS;

    fn curves(settings: &StereoSettings, rate_hz: u32) -> Vec<Curve> {
        let image = Image::new(settings, rate_hz);
        let [left_mid, left_side, right_mid, right_side] = image.spread;
        let level_db = |gain: f64| db_from_power(gain * gain);
        let of_mid = level_db((left_mid + right_mid) / 2.0);
        let of_side = (left_side - right_side) / 2.0;
        let side = |hz| {
            let at = tan_half(hz, rate_hz);
            let power: f64 = image.sections.iter().map(|section| section.power(at)).product();
            level_db(of_side * power.sqrt())
        };
        vec![Curve::response("mid", rate_hz, |_| of_mid), Curve::response("side", rate_hz, side)]
    }

    fn prepare(&mut self, setup: &Setup) {
        let settings = self.settings;
        *self = Self::default();
        self.rate_hz = setup.rate_hz;
        self.haas = Haas::new(setup.rate_hz);
        self.set(&settings);
    }

    fn set(&mut self, settings: &StereoSettings) {
        self.settings = *settings;
        self.image.aim(Image::new(settings, self.rate_hz));
        self.guard.aim([settings.haas_guard_percent / 100.0]);
    }

    fn process(&mut self, io: &mut Block<'_>, _keys: &[Signal<'_>], at: &Context) {
        let frames = io.frames();
        let Some((left, right)) = io.pair() else { return };
        let (haas, comb_db) = (&mut self.haas, self.settings.comb_db);
        self.guard.walk(at.frame, frames, |stretch, motion| {
            if motion.still() == Some([0.0]) && haas.rests() {
                haas.forget();
            } else {
                let offset = at.frame.wrapping_add(stretch.start as i64).rem_euclid(GRID_FRAMES as i64);
                haas.cell(offset as usize, motion, comb_db, &mut left[stretch.clone()], &mut right[stretch]);
            }
        });
        let memory = &mut self.memory;
        self.image.walk(at.frame, frames, |stretch, motion| {
            if motion.still().is_some_and(|image| image.is_as_it_was()) {
                *memory = Default::default();
            } else {
                spread(motion, memory, &mut left[stretch.clone()], &mut right[stretch]);
            }
        });
    }

    fn reset(&mut self) {
        self.image.settle();
        self.guard.settle();
        self.haas.reset();
        self.memory = Default::default();
    }

    fn tail(&self) -> Tail {
        let (images, _) = self.image.parts();
        let constants = images.iter().map(|image| {
            let ringing = image.sections.iter().filter(|section| !section.is_identity());
            ringing.fold((0.0, 0.0), |(slowest, sum), section| {
                let frames = section.time_constant_frames();
                (f64::max(slowest, frames), sum + frames)
            })
        });
        let frames = constants.map(|(slowest, sum)| 18.0 * slowest + 4.0 * sum).fold(0.0, f64::max);
        // 120 dB and what widths and gains may raise are 18 time constants; sections in a row add four of each.
        if frames == 0.0 { Tail::Exact(0) } else { Tail::Fading(libm::ceil(frames) as usize) }
    }

    fn memory_frames(&self) -> usize {
        let guard = if self.guard.parts().0 == [[0.0]; 3] && self.haas.rests() {
            0
        } else {
            Haas::memory_frames(self.rate_hz)
        };
        self.tail().frames().max(guard)
    }

    fn snapshot(&self, to: &mut State) {
        let (images, sounding) = self.image.parts();
        to.put(f64::from(u8::from(sounding)));
        for image in &images {
            image.sections.iter().flat_map(Section::parts).chain(image.spread).for_each(|part| to.put(part));
        }
        self.memory.iter().for_each(|memory| memory.snapshot(to));
        self.guard.snapshot(to);
        self.haas.snapshot(to);
    }

    fn restore(&mut self, from: &mut State) {
        let sounding = from.take() != 0.0;
        let images = std::array::from_fn(|_| {
            let sections = std::array::from_fn(|_| Section::from_parts(std::array::from_fn(|_| from.take())));
            Image { sections, spread: std::array::from_fn(|_| from.take()) }
        });
        self.image = Glide::from_parts(images, sounding);
        self.memory.iter_mut().for_each(|memory| memory.restore(from));
        self.guard.restore(from);
        self.haas.restore(from);
    }
}

/// Plays frames within one cell of the grid.
fn spread(
    motion: &Motion<Image>,
    memory: &mut [Svf<1>; image::SECTIONS],
    left: &mut [f32],
    right: &mut [f32],
) {
    let (from, to) = motion.ends();
    let mut sides = [[0.0; 1]; GRID_FRAMES];
    let sides = &mut sides[..left.len()];
    for (side, (left, right)) in sides.iter_mut().zip(left.iter().zip(&*right)) {
        *side = [(f64::from(*left) - f64::from(*right)) / 2.0];
    }
    for ((from, to), memory) in from.sections.iter().zip(&to.sections).zip(memory) {
        if from.is_identity() && to.is_identity() {
            memory.reset();
        } else if from == to {
            memory.run(&to.step(), sides);
        } else {
            memory.run_between(&from.step(), &to.step(), |frame| motion.share(frame), sides);
        }
    }
    for (frame, ([side], (left, right))) in sides.iter().zip(left.iter_mut().zip(right)).enumerate() {
        let mid = (f64::from(*left) + f64::from(*right)) / 2.0;
        let share = motion.share(frame);
        let between = |part: usize| from.spread[part] + (to.spread[part] - from.spread[part]) * share;
        *left = (between(0) * mid + between(1) * side) as f32 + 0.0;
        *right = (between(2) * mid + between(3) * side) as f32 + 0.0;
    }
}

const PRESETS: &[Preset] = &[
    Preset {
        id: "mono-bass",
        about: "The bass below 120 Hz in the middle, everything else where it was.",
        values: &[("mono_bass", PresetValue::Switch(true))],
    },
    Preset {
        id: "wide-top",
        about: "Wider above 4 kHz, narrower below 250 Hz: room without a hollow middle.",
        values: &[("low_width", PresetValue::Number(0.6)), ("high_width", PresetValue::Number(1.4))],
    },
    Preset {
        id: "mono",
        about: "Both channels alike: what a single loudspeaker plays.",
        values: &[
            ("low_width", PresetValue::Number(0.0)),
            ("mid_width", PresetValue::Number(0.0)),
            ("high_width", PresetValue::Number(0.0)),
        ],
    },
];
