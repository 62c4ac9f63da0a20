//! What a return does to sound, heard from a click: how much of it comes back in every band, and over how long.

use mixkeel_analysis::energy::{BANDS, CELLS_PER_S, EnergyMap, EnergyMeter, Power};
use mixkeel_analysis::meter::Meter;
use mixkeel_dsp::MAX_BLOCK_FRAMES;
use mixkeel_dsp::block::{Buffer, Channels};
use mixkeel_dsp::processor::{AnyProcessor, Context, Setup};
use mixkeel_session::graph::{Graph, Insert};

use super::cells::each_cell;

/// The longest ring that is listened to, in cells: 8 s. Ours: what a hall of 8 s still has left then lies 60 dB down.
const MOST_CELLS: usize = 80;

/// A ring ends when less than this part of its energy is still to come (−40 dB, a hundredth of a decibel of the whole).
const REST: f64 = 1e-4;

/// Kinds that keep sound and give it back later.
const RINGING: [&str; 3] = ["reverb", "delay", "convolution"];

/// Kinds that change sound alike at every level, so that one click tells all.
const LINEAR: [&str; 12] = [
    "reverb",
    "delay",
    "convolution",
    "eq",
    "gain",
    "pan",
    "width",
    "stereo",
    "polarity",
    "delay-line",
    "align",
    "dehum",
];

/// Whether an insert makes what it hears ring.
pub(super) fn rings(insert: &Insert) -> bool {
    !insert.bypass && RINGING.contains(&insert.kind.id)
}

/// Whether an insert is heard in the click of a return.
pub(super) fn is_linear(insert: &Insert) -> bool {
    LINEAR.contains(&insert.kind.id)
}

/// What comes back of a sound of one cell, cell by cell and band by band, per power of what both channels have in common
/// and of what they have not.
#[derive(Clone, Debug)]
pub(super) struct Ring {
    mid: Vec<[Power; BANDS]>,
    side: Vec<[Power; BANDS]>,
}

impl Ring {
    /// Of these inserts, one after the other. What works by level is not in it.
    pub fn of(inserts: &[Insert], graph: &Graph) -> Self {
        let (mid, side) = rayon::join(|| ring(inserts, graph, 1.0), || ring(inserts, graph, -1.0));
        Self { mid, side }
    }

    /// What rings of a sound, given by cell and band.
    pub fn play(&self, cells: usize, sound: impl Fn(usize, usize) -> Power + Sync) -> Vec<Power> {
        let heard = each_cell(cells, |cell| {
            let (mut mid, mut side) = ([0.0; BANDS], [0.0; BANDS]);
            for band in 0..BANDS {
                let Power { left, right, cross } = sound(cell, band);
                mid[band] = ((left + right) / 2.0 + cross).max(0.0);
                side[band] = ((left + right) / 2.0 - cross).max(0.0);
            }
            [mid, side]
        });
        let mut rung = vec![Power::default(); cells * BANDS];
        for (cell, [mid, side]) in heard.into_iter().enumerate() {
            for (ring, powers) in [(&self.mid, mid), (&self.side, side)] {
                if powers.iter().all(|power| *power == 0.0) {
                    continue;
                }
                let later = rung[cell * BANDS..].chunks_exact_mut(BANDS);
                for (places, rings) in later.zip(ring) {
                    for ((place, ring), power) in places.iter_mut().zip(rings).zip(&powers) {
                        place.left += power * ring.left;
                        place.right += power * ring.right;
                        place.cross += power * ring.cross;
                    }
                }
            }
        }
        rung
    }

    /// How much of a steady sound comes back in each band, as a factor of power: of the middle, and of the sides.
    pub fn steady(&self) -> [(f64, f64); BANDS] {
        std::array::from_fn(|band| {
            let sum =
                |ring: &[[Power; BANDS]]| ring.iter().map(|bands| bands[band].left + bands[band].right).sum();
            (sum(&self.mid), sum(&self.side))
        })
    }
}

/// The answer to a click in the middle of the first cell, on both channels or on one against the other.
fn ring(inserts: &[Insert], graph: &Graph, right: f32) -> Vec<[Power; BANDS]> {
    let setup =
        Setup { rate_hz: graph.rate_hz, channels: Channels::Stereo, max_block_frames: MAX_BLOCK_FRAMES };
    let mut chain: Vec<Box<dyn AnyProcessor>> = inserts
        .iter()
        .filter(|insert| !insert.bypass && is_linear(insert))
        .map(|insert| {
            let mut processor = (insert.kind.build)();
            processor.prepare(&setup);
            processor.set(&*insert.settings);
            processor
        })
        .collect();
    let latency: usize = chain.iter().map(|processor| processor.latency_frames()).sum();
    let tail: usize = chain.iter().map(|processor| processor.tail().frames()).sum();
    let cell_frames = graph.rate_hz.div_ceil(CELLS_PER_S) as usize;
    let length = cell_frames + tail.min(MOST_CELLS * cell_frames);
    let mut told = EnergyMeter::new();
    told.prepare(graph.rate_hz, Channels::Stereo);
    let mut click = EnergyMeter::new();
    click.prepare(graph.rate_hz, Channels::Stereo);
    let tempo_bpm = graph.tempo.at(0);
    let (mut played, mut late) = (0, latency);
    while played < length + latency {
        let frames = MAX_BLOCK_FRAMES.min(length + latency - played);
        let mut sound = Buffer::new(Channels::Stereo, frames);
        let mut block = sound.block();
        if let Some(at) = (cell_frames / 2).checked_sub(played).filter(|at| *at < frames)
            && let Some((left, other)) = block.pair()
        {
            (left[at], other[at]) = (1.0, right);
        }
        if played < 2 * cell_frames {
            click.push(&block.signal());
        }
        for processor in &mut chain {
            processor.process(&mut block, &[], &Context { frame: played as i64, tempo_bpm });
        }
        let skip = late.min(frames);
        late -= skip;
        told.push(&block.signal().part(skip..frames));
        played += frames;
    }
    shares(&told.finish(), &click.finish())
}

/// What came back in every cell over what went in, ended where next to nothing is still to come.
fn shares(told: &EnergyMap, click: &EnergyMap) -> Vec<[Power; BANDS]> {
    // Middle and sides carry (left + right)/2 ± left·right: of a click on both, twice the power of one side.
    let went_in: [f64; BANDS] = std::array::from_fn(|band| 2.0 * click.power(0, band).left);
    let cells = (0..told.cells()).map(|cell| {
        std::array::from_fn(|band| {
            let over = if went_in[band] > 0.0 { 1.0 / went_in[band] } else { 0.0 };
            let Power { left, right, cross } = told.power(cell, band);
            Power { left: over * left, right: over * right, cross: over * cross }
        })
    });
    let mut cells: Vec<[Power; BANDS]> = cells.collect();
    let of = |bands: &[Power; BANDS]| bands.iter().map(|power| power.left + power.right).sum::<f64>();
    let whole: f64 = cells.iter().map(of).sum();
    let mut rest = whole;
    let end = cells.iter().position(|bands| {
        rest -= of(bands);
        rest <= REST * whole
    });
    cells.truncate(end.map_or(0, |end| end + 1));
    cells
}
