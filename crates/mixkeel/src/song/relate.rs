//! Reads tracks side by side that may belong together: microphones on one source, a direct signal and its amplifier, copies.
//!
//! Costs little: only suspected pairs are read, and of those that are no copies only 20 s where both sound most.

use std::ops::Range;

use mixkeel_analysis::energy::{BANDS, CrossMeter, EnergyMap, EnergyMeter};
use mixkeel_analysis::meter::Meter as _;
use mixkeel_analysis::profile::Profile;
use mixkeel_analysis::relations::{PairMeter, PairReading, relation};
use mixkeel_assist::related::{Body, Related, Suspect, suspicions};
use mixkeel_dsp::block::{Buffer, Channels, Signal};
use mixkeel_io::read::{Downmix, ReadError};
use rayon::prelude::*;

use super::measure::Take;
use super::media::Pass;

/// How much of two tracks is read that are no copies. Ours: forty strokes at 120 beats a minute, many more than the thirty
/// blocks that a confidence of 0.3 needs.
const STRETCH_S: f64 = 20.0;

/// Where kicks, snares and basses have their body: bands of one ERB from 55 to 520 Hz.
const BODY: Range<usize> = 2..11;

/// A track to be read beside others.
pub struct Beside<'a> {
    /// The id in the session.
    pub id: &'a str,
    /// Its files.
    pub take: Take,
    /// Where its first frame lies, in seconds.
    pub at_s: f64,
    /// What is suspected of it.
    pub suspect: Suspect<'a>,
}

/// Every pair that was read, in the order of ids. What cannot be read is left out: measuring has told of it.
pub fn relate(tracks: &[Beside], downmix: Downmix) -> Vec<Related> {
    let suspects: Vec<Suspect> = tracks.iter().map(|track| track.suspect).collect();
    let mut related: Vec<Related> = suspicions(&suspects)
        .par_iter()
        .filter_map(|pair| {
            let (one, other) = (&tracks[pair.first], &tracks[pair.second]);
            let alike =
                one.suspect.profile.rate_hz == other.suspect.profile.rate_hz && one.at_s == other.at_s;
            if !alike {
                return None;
            }
            let rate_hz = one.suspect.profile.rate_hz;
            let part =
                if pair.whole { 0..u64::MAX } else { loudest(one.suspect.profile, other.suspect.profile) };
            let mut reading = read(one, other, part.clone(), downmix).ok()?;
            if !pair.whole {
                // A stretch can be the same in a loop; only a whole recording is a copy.
                (reading.identical, reading.gain_db, reading.remainder_db) = (false, None, None);
            }
            // A lag of frames is only worth a second look where blocks agree on it.
            let body =
                reading.delay.filter(|delay| delay.confidence >= 0.15 && !pair.whole).and_then(|delay| {
                    let shift = libm::round(delay.later_frames) as i64;
                    let [as_is, aligned] =
                        [0, shift].map(|shift| body(one, other, part.clone(), shift, downmix).ok());
                    Some(Body { as_is: as_is?, aligned: if delay.inverted { -aligned? } else { aligned? } })
                });
            let relation = relation(&reading, &pair.candidate, [None, None]);
            let made = |first: &Beside, second: &Beside, pair: PairReading, relation| Related {
                first: first.id.to_owned(),
                second: second.id.to_owned(),
                rate_hz,
                pair,
                relation,
                body,
            };
            Some(if one.id <= other.id {
                made(one, other, reading, relation)
            } else {
                let (pair, relation) = turned(reading, relation);
                made(other, one, pair, relation)
            })
        })
        .collect();
    related.sort_by(|a, b| (&a.first, &a.second).cmp(&(&b.first, &b.second)));
    related
}

/// A reading of the second against the first as one of the first against the second.
fn turned(
    mut pair: PairReading,
    relation: Option<mixkeel_assist::related::Relation>,
) -> (PairReading, Option<mixkeel_assist::related::Relation>) {
    use mixkeel_assist::related::Relation::{DirectAndAmplifier, SameSource, SameTake};
    if let Some(delay) = &mut pair.delay {
        delay.later_frames = -delay.later_frames;
    }
    pair.gain_db = pair.gain_db.map(|db| -db);
    let relation = relation.map(|relation| match relation {
        SameTake { gain_db } => SameTake { gain_db: -gain_db },
        DirectAndAmplifier { second_is_amplifier, later_frames, inverted } => DirectAndAmplifier {
            second_is_amplifier: !second_is_amplifier,
            later_frames: -later_frames,
            inverted,
        },
        SameSource { later_frames, inverted } => SameSource { later_frames: -later_frames, inverted },
        same => same,
    });
    (pair, relation)
}

/// The stretch, in frames, in which both sound most: the softer of both decides.
fn loudest(one: &Profile, other: &Profile) -> Range<u64> {
    let power = |map: &EnergyMap, cell: usize| -> f64 {
        (0..BANDS).map(|band| map.power(cell, band)).map(|power| power.left + power.right).sum()
    };
    let cells = one.energy.cells().min(other.energy.cells());
    let long = ((STRETCH_S * 10.0) as usize).min(cells);
    let tops =
        [&one.energy, &other.energy].map(|map| (0..cells).map(|cell| power(map, cell)).fold(1e-12, f64::max));
    let both: Vec<f64> = (0..cells)
        .map(|cell| (power(&one.energy, cell) / tops[0]).min(power(&other.energy, cell) / tops[1]).sqrt())
        .collect();
    let mut sum: f64 = both.iter().take(long).sum();
    let (mut best, mut from) = (sum, 0);
    for start in 1..=cells - long {
        sum += both[start + long - 1] - both[start - 1];
        if sum > best + 1e-9 {
            (best, from) = (sum, start);
        }
    }
    let frames = |cell: usize| (cell as u64) * u64::from(one.rate_hz) / 10;
    frames(from)..frames(from + long)
}

/// Reads a part of two tracks.
fn read(one: &Beside, other: &Beside, part: Range<u64>, downmix: Downmix) -> Result<PairReading, ReadError> {
    let mut meter = PairMeter::new(one.suspect.profile.rate_hz);
    side_by_side([one, other], [part.start, part.start], part.end - part.start, downmix, |a, b| {
        meter.push(a, b)
    })?;
    Ok(meter.finish())
}

/// How alike the bodies of two tracks are, with the second taken so many frames earlier.
fn body(
    one: &Beside,
    other: &Beside,
    part: Range<u64>,
    shift: i64,
    downmix: Downmix,
) -> Result<f64, ReadError> {
    let rate_hz = one.suspect.profile.rate_hz;
    let mono = [Channels::Mono, Channels::Mono];
    let mut cross = CrossMeter::new(rate_hz, mono);
    let mut energies = [EnergyMeter::new(), EnergyMeter::new()];
    energies.iter_mut().for_each(|meter| meter.prepare(rate_hz, Channels::Mono));
    let (ahead, behind) = (shift.max(0) as u64, (-shift).max(0) as u64);
    let from = [part.start + behind, part.start + ahead];
    side_by_side([one, other], from, part.end - part.start, downmix, |a, b| {
        cross.push(a, b);
        energies[0].push(a);
        energies[1].push(b);
    })?;
    let maps = energies.map(|mut meter| meter.finish());
    let cross = cross.finish();
    let (mut both, mut powers) = (0.0, [0.0; 2]);
    for cell in 0..cross.cells() {
        for band in BODY {
            let [a, b] = [&maps[0], &maps[1]].map(|map| map.power(cell, band).left);
            both += cross.cross(cell, band, [0, 0], [a, b]);
            powers[0] += a;
            powers[1] += b;
        }
    }
    let whole = (powers[0] * powers[1]).sqrt();
    Ok(if whole > 0.0 { (both / whole).clamp(-1.0, 1.0) } else { 0.0 })
}

/// Shows two tracks, as the mean of their sides, from two frames on.
fn side_by_side(
    tracks: [&Beside; 2],
    from: [u64; 2],
    frames: u64,
    downmix: Downmix,
    mut show: impl FnMut(&Signal, &Signal),
) -> Result<(), ReadError> {
    const CHUNK: usize = 16_384;
    let mut passes = Vec::with_capacity(2);
    for (track, from) in tracks.iter().zip(from) {
        let mut pass = Pass::open(&track.take.left, track.take.right.as_deref(), downmix)?;
        pass.skip_to(from)?;
        passes.push(pass);
    }
    let mut buffers: Vec<Buffer> = passes.iter().map(|pass| Buffer::new(pass.channels(), CHUNK)).collect();
    let mut mono = [vec![0.0_f32; CHUNK], vec![0.0_f32; CHUNK]];
    let mut left = frames;
    while left > 0 {
        let most = left.min(CHUNK as u64) as usize;
        let mut got = [0; 2];
        for (at, pass) in passes.iter_mut().enumerate() {
            got[at] = pass.read(&mut buffers[at].block().part(0..most))?;
            let signal = buffers[at].signal();
            let sides = signal.left().iter().zip(signal.right_or_only());
            mono[at].iter_mut().zip(sides).for_each(|(to, (l, r))| *to = 0.5 * (l + r));
            mono[at][got[at]..].fill(0.0);
        }
        let longer = got[0].max(got[1]);
        if longer == 0 {
            break;
        }
        show(&Signal::mono(&mono[0][..longer]), &Signal::mono(&mono[1][..longer]));
        left -= longer as u64;
    }
    Ok(())
}
