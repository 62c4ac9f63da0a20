//! The balance of somebody's rough mix, read back from its sound.
//!
//! A rough mix is the sum of its tracks at levels and places that somebody chose. Powers of unrelated tracks add up, so the
//! power of the mix in every cell and band is a sum of the tracks' powers there, each times the square of its gain. A
//! non-negative fit over thousands of cells and bands finds these gains, side by side for left and right. What effects
//! add is not explained by any track and counts less the further it lies off. Tracks that are too alike to be told apart
//! are told as one, at the levels between them at which they arrive.

mod moves;
mod solve;

use mixkeel_analysis::energy::{BANDS, EnergyMap, cell_from_seconds};
use mixkeel_analysis::profile::Profile;
use mixkeel_dsp::block::Channels;
use mixkeel_dsp::units::db_from_power;
use mixkeel_session::role::Role;
use mixkeel_session::session::{Id, Session};

use crate::song::{Known, Song};
use moves::{Motion, motions, stretches};
use solve::Sums;

pub use moves::Move;

/// How often equations are weighed anew by how well they are met. Ours; what the last round moves was not measured.
const ROUNDS: usize = 8;

/// From where on an equation counts less: when a cell differs from what the tracks explain by half of it. Ours: two
/// unrelated sounds of one level differ in one cell and band from the sum of their powers by about as much.
const HALF: f64 = 0.5;

/// What is this far under a band's loudest cell is taken for noise. Ours.
const FLOOR: f64 = 1e-6;

/// Two tracks whose powers run so alike in all cells and bands cannot be told apart in a sum. Ours: at 0.98 an error of a
/// tenth in the sum could be one of 3 dB in either.
const ALIKE: f64 = 0.98;

/// A track at less than this beside what it would be in the plain sum is not in the mix. Ours: 40 dB down nobody hears it.
const ABSENT_DB: f64 = -40.0;

/// How much better tracks have to explain a mix in time than half a song out of time, for it to be a mix of them. Ours:
/// sounds that have nothing to do with each other differ by a few hundredths.
pub const OVER_CHANCE: f64 = 0.1;

/// How much of a file its neighbours have to explain for it to be taken for their mix without being told. Ours: an author's
/// mix with all effects reads 0.88 and more on four of five shared songs; where it reads less, levels are not sure.
pub const MADE_OF: f64 = 0.8;

/// A rough mix, and what was read in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Rough {
    /// What its owner calls it.
    pub name: String,
    /// Which part of its energy the tracks explain, 0 to 1.
    pub explained: f64,
    /// Which part they explain of it half a song out of time: what any such tracks would.
    pub by_chance: f64,
    /// What it says of every track, in the order of ids.
    pub tracks: Vec<Found>,
}

/// A track in a rough mix.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Which.
    pub id: Id,
    /// The gain from the recording to the mix, of left and right together. `None` where it is not in it.
    pub gain_db: Option<f64>,
    /// Where its level moves in it, in order of time; the gain is that of the rest.
    pub moves: Vec<Move>,
    /// Where it stands between the sides: −1 to 1; of a stereo track how far the sides differ from its own.
    pub pan: f64,
    /// Tracks too alike to be told from it: the gain is that of all of them.
    pub alike: Vec<Id>,
}

impl Rough {
    /// Reads the levels of a song's tracks in a mix of them that begins with the song.
    pub fn read(name: &str, mix: &Profile, song: &Song, session: &Session) -> Self {
        let mut tracks = song.sounding(session);
        tracks.retain(|known| !matches!(known.role, Role::Mix | Role::Click | Role::Scratch));
        let columns = Columns::of(&tracks);
        let read = |late: usize| {
            let heard = [0, 1].map(|side| Heard::of(&mix.energy, side, late));
            let parts = [0, 1].map(|side| columns.fit(&heard[side]));
            (columns.explained(&mix.energy, [&parts[0], &parts[1]], late), parts, heard)
        };
        let (by_chance, ..) = read(mix.energy.cells() / 2);
        let (explained, [left, right], heard) = read(0);
        let parts = [&left, &right];
        // Where much is not explained, levels are hardly sure, and their moves are chance.
        let motions = if explained >= MADE_OF {
            motions(&columns, &heard, parts, &stretches(session, mix.energy.cells()))
        } else {
            vec![Motion::default(); columns.members.len()]
        };
        let tracks = columns.found(&tracks, parts, &motions);
        Self { name: name.to_owned(), explained, by_chance, tracks }
    }

    /// The rough mix among the tracks of a song, where one is called a mix and is made of the others.
    pub fn among(song: &Song, session: &Session) -> Option<Self> {
        let known = song.known(session);
        let mixes = known.iter().filter(|known| known.track.role == Role::Mix);
        let read = mixes.map(|known| Self::read(&known.track.name, &known.facts.profile, song, session));
        read.filter(|rough| rough.is_made_of_them() && rough.explained >= MADE_OF)
            .max_by(|one, other| one.explained.total_cmp(&other.explained))
    }

    /// Whether it is a mix of these tracks.
    pub fn is_made_of_them(&self) -> bool {
        let there = self.tracks.iter().filter(|found| found.gain_db.is_some()).count();
        there > 1 && self.explained >= self.by_chance + OVER_CHANCE
    }

    /// What its owner has to know where it is a mix of these tracks and of more, or where much was done to them: under
    /// [`MADE_OF`]. On the one shared song that reads so, what is read lies 7.6 LU from its author's faders, and on the others 1.
    pub fn doubt(&self) -> Option<String> {
        (self.explained < MADE_OF).then(|| {
            format!(
                "\"{}\": the tracks explain only {:.0} % of it. What is left is in files that are not here, or effects have \
                 made it; levels that are read from it may be off by several decibels. Give the files that are missing, or \
                 begin afresh: --start fresh",
                self.name,
                100.0 * self.explained
            )
        })
    }

    /// What it says of a track.
    pub fn found(&self, id: &str) -> Option<&Found> {
        self.tracks.iter().find(|found| found.id == id)
    }
}

/// Tracks, or several that are one, as columns of the fit: which, and their power by side, cell and band.
struct Columns {
    members: Vec<Vec<usize>>,
    cells: usize,
    /// For each side: rows of all columns, cell by cell and band by band.
    powers: [Vec<f32>; 2],
    /// For each track and side: all its power.
    energy: Vec<[f64; 2]>,
    mono: Vec<bool>,
}

impl Columns {
    fn of(tracks: &[Known]) -> Self {
        let cells = tracks.iter().map(|known| first_cell(known) + known.facts.profile.energy.cells()).max();
        let cells = cells.unwrap_or(0);
        let count = tracks.len();
        let mut powers = [vec![0.0_f32; cells * BANDS * count], vec![0.0_f32; cells * BANDS * count]];
        let mut energy = vec![[0.0; 2]; count];
        for (column, known) in tracks.iter().enumerate() {
            let map = &known.facts.profile.energy;
            let from = first_cell(known);
            for cell in 0..map.cells() {
                for band in 0..BANDS {
                    let power = map.power(cell, band);
                    let sides = match map.channels() {
                        Channels::Mono => [power.left; 2],
                        Channels::Stereo => [power.left, power.right],
                    };
                    for ((row, energy), power) in powers.iter_mut().zip(&mut energy[column]).zip(sides) {
                        if let Some(place) = row.get_mut(((from + cell) * BANDS + band) * count + column) {
                            *place = power as f32;
                        }
                        *energy += power;
                    }
                }
            }
        }
        let mono = tracks.iter().map(|known| known.facts.profile.channels == Channels::Mono).collect();
        let mut columns =
            Self { members: (0..count).map(|track| vec![track]).collect(), cells, powers, energy, mono };
        columns.join();
        columns
    }

    /// Makes one column of those that are too alike.
    fn join(&mut self) {
        loop {
            let count = self.members.len();
            let mut sums = Sums::new(count);
            for rows in &self.powers {
                for row in rows.chunks_exact(count.max(1)) {
                    let all: f64 = row.iter().map(|power| f64::from(*power)).sum();
                    if all > 0.0 {
                        sums.add(row, 0.0, 1.0 / (all * all));
                    }
                }
            }
            let pairs = (0..count).flat_map(|one| (0..one).map(move |other| (other, one)));
            let Some((keep, drop)) = pairs.into_iter().find(|&(a, b)| sums.likeness(a, b) > ALIKE) else {
                return;
            };
            for rows in &mut self.powers {
                let joined = rows.chunks_exact(count).flat_map(|row| {
                    row.iter().enumerate().filter(|(column, _)| *column != drop).map(|(column, power)| {
                        if column == keep { power + row.get(drop).copied().unwrap_or(0.0) } else { *power }
                    })
                });
                *rows = joined.collect();
            }
            let dropped = self.members.remove(drop);
            if let Some(kept) = self.members.get_mut(keep) {
                kept.extend(dropped);
                kept.sort_unstable();
            }
        }
    }

    /// The powers with which columns are in one side of a mix.
    fn fit(&self, heard: &Heard<'_>) -> Vec<f64> {
        let count = self.members.len();
        let rows = &self.powers[heard.side];
        let mut parts = vec![0.0; count];
        for round in 0..ROUNDS {
            let mut sums = Sums::new(count);
            for (place, row) in rows.chunks_exact(count.max(1)).enumerate() {
                let (cell, band) = (place / BANDS, place % BANDS);
                if cell >= heard.mix.cells() || row.iter().all(|power| *power == 0.0) {
                    continue;
                }
                let wanted = heard.power(cell, band);
                let told: f64 = row.iter().zip(&parts).map(|(power, part)| f64::from(*power) * part).sum();
                let level = if round == 0 { wanted } else { told } + heard.floors[band];
                let off = (wanted - told).abs() / level;
                let trust = if round > 0 && off > HALF { HALF / off } else { 1.0 };
                sums.add(row, wanted, trust / (level * level));
            }
            sums.solve(&mut parts);
        }
        parts
    }

    /// Which part of a mix's energy is met: in every cell and band the less of what is there and what the tracks explain.
    fn explained(&self, mix: &EnergyMap, parts: [&Vec<f64>; 2], late: usize) -> f64 {
        let (mut met, mut all) = (0.0, 0.0);
        for cell in 0..mix.cells() {
            for band in 0..BANDS {
                let power = mix.power((cell + late) % mix.cells(), band);
                let other = if mix.channels() == Channels::Mono { power.left } else { power.right };
                for ((rows, parts), wanted) in self.powers.iter().zip(parts).zip([power.left, other]) {
                    let first = (cell * BANDS + band) * self.members.len();
                    let row = rows.get(first..first + self.members.len()).unwrap_or_default();
                    let told: f64 = row.iter().zip(parts).map(|(power, part)| f64::from(*power) * part).sum();
                    let weight = mix.k_gain(band);
                    met += weight * told.min(wanted);
                    all += weight * wanted;
                }
            }
        }
        if all > 0.0 && self.cells > 0 { met / all } else { 0.0 }
    }

    fn found(&self, tracks: &[Known], parts: [&Vec<f64>; 2], motions: &[Motion]) -> Vec<Found> {
        let mut found = Vec::new();
        for ((column, members), motion) in self.members.iter().enumerate().zip(motions) {
            let [left, right] = parts.map(|parts| parts.get(column).copied().unwrap_or(0.0));
            for &member in members {
                let (Some(known), Some(&[own_left, own_right])) =
                    (tracks.get(member), self.energy.get(member))
                else {
                    continue;
                };
                // A mono track comes from both sides with its power shared between them; unmoved, 3 dB less on each.
                let mono = self.mono.get(member).copied().unwrap_or(false);
                let (gain, pan) = if mono {
                    let angle = libm::atan2(right.sqrt(), left.sqrt());
                    (left + right, angle / std::f64::consts::FRAC_PI_4 - 1.0)
                } else {
                    let all = (own_left + own_right).max(f64::MIN_POSITIVE);
                    ((left * own_left + right * own_right) / all, balance_of(left, right))
                };
                let others = members.iter().filter(|other| **other != member);
                let alike = others.filter_map(|other| Some(tracks.get(*other)?.track.id.clone())).collect();
                let gain_db = Some(db_from_power(gain) + motion.base_db).filter(|db| *db > ABSENT_DB);
                let moves = motion.moves.clone();
                found.push(Found { id: known.track.id.clone(), gain_db, moves, pan, alike });
            }
        }
        found.sort_by(|one, other| one.id.cmp(&other.id));
        found
    }
}

/// One side of a mix, turned round by so many cells.
struct Heard<'m> {
    mix: &'m EnergyMap,
    side: usize,
    late: usize,
    /// What is taken for noise in each band.
    floors: [f64; BANDS],
}

impl<'m> Heard<'m> {
    fn of(mix: &'m EnergyMap, side: usize, late: usize) -> Self {
        let mut heard = Self { mix, side, late, floors: [0.0; BANDS] };
        heard.floors = std::array::from_fn(|band| {
            FLOOR * (0..mix.cells()).map(|cell| heard.power(cell, band)).fold(1e-12, f64::max)
        });
        heard
    }

    fn power(&self, cell: usize, band: usize) -> f64 {
        let power = self.mix.power((cell + self.late) % self.mix.cells().max(1), band);
        if self.side == 0 || self.mix.channels() == Channels::Mono { power.left } else { power.right }
    }
}

/// The balance that leaves so much power of either side of a stereo track.
fn balance_of(left: f64, right: f64) -> f64 {
    // One side is whole, the other fades on a quarter sine.
    let away =
        |fainter: f64, whole: f64| 1.0 - libm::asin((fainter / whole).sqrt()) / std::f64::consts::FRAC_PI_2;
    match () {
        () if left > right => -away(right, left),
        () if right > left => away(left, right),
        () => 0.0,
    }
}

fn first_cell(known: &Known) -> usize {
    cell_from_seconds(known.facts.at_s)
}
