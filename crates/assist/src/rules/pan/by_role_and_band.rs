//! Gives mono tracks a place by what they are and where their energy lies.
//!
//! **What it does.** Sets `pan` of mono tracks. Lead vocal, kick, snare and bass stay in the middle, and so do premixed
//! and unknown tracks. Names that say left or right are believed. Pairs and more of one role are spread evenly and
//! symmetrically inside their width; single tracks, the loudest first, go to the side on which less plays in their own part of
//! the spectrum, so that a guitar and a piano stand apart. The kit is seen from the audience: hi-hat on the right, floor tom on the left. Stereo tracks, joined pairs too, keep balance 0 and width
//! 1. Changes nothing when the tracks' own balance or that of a rough mix is kept, because either has its own places.
//!
//! **Why.** What shares a band is heard apart when it stands apart; lows stand in the middle, where two loudspeakers
//! carry them and mono loses nothing. The pan law keeps power, so a mono sum moves no track by more than 3 dB.
//!
//! **Evidence.** The strongest octave of each track, its role, and its level after the fader.
//!
//! **Example.** Two electric guitars stand at −0.8 and +0.8; a shaker goes to the other side than the hi-hat.
//!
//! **Known problems.** A melody that changes octave is placed by the one that has most energy.
//!
//! **Options.** `lock = ["pan"]`; L or R in the name; `--role`.
//!
//! **Sureness.** Certain where the name says it, likely where the role does, else a guess.
//!
//! **References.** Perez Gonzalez and Reiss 2007 and 2010 (spread inside a width by band; no worse than a professional in
//! their test); De Man on 600 mixes (the widths); Pestana and Reiss 2014 (wide places are a third of all; sides balance).

use mixkeel_analysis::bands::{BANDS, CENTRES_HZ};
use mixkeel_dsp::block::Channels;
use mixkeel_dsp::units::power_from_db;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::fields;
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;

use crate::roles::Side;
use crate::rule::{Proposal, Rule};
use crate::song::{Known, Song};
use crate::start::Start;

/// The widest place for an octave of [`CENTRES_HZ`]: the middle of the ranges that De Man's mixes show: nothing below
/// 200 Hz, 0.1 to 0.3 at 250 to 500 Hz, 0.3 to 0.6 at 0.5 to 2 kHz, 0.6 to 0.9 at 2 to 4 kHz, flat above.
pub const WIDTH: [f64; 10] = [0.0, 0.0, 0.0, 0.2, 0.3, 0.45, 0.6, 0.75, 0.75, 0.75];

/// The place of two performances of one part. Ours: wide placements are a third of all that engineers choose (Pestana
/// and Reiss 2014); 0.8 leaves each guitar 16 dB down on the other side, which headphones thank for.
pub const PAIR_WIDTH: f64 = 0.8;

/// The hi-hat from the audience, of a right-handed drummer. Ours: about where it stands between overheads.
pub const HIHAT_PAN: f64 = 0.3;

/// The outermost tom. Ours: wider than the hi-hat, narrower than the overheads.
pub const TOMS_WIDTH: f64 = 0.5;

/// See the head of this file.
#[derive(Debug)]
pub struct ByRoleAndBand;

impl Rule for ByRoleAndBand {
    fn id(&self) -> &'static str {
        "pan/by-role-and-band"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        if matches!(song.start, Start::Tracks | Start::Rough) {
            return Vec::new();
        }
        let mut tracks = song.sounding(session);
        tracks.retain(|known| known.facts.profile.channels == Channels::Mono);
        let mut sides = Sides::default();
        let mut edits = Vec::new();
        // What a role or a name places comes first; single tracks then fill the lighter side.
        for role in Role::ALL {
            let of_role: Vec<&Known> = tracks.iter().filter(|known| known.role == role).collect();
            for (known, place) in of_role.iter().zip(places(role, &of_role)) {
                if let Some(place) = place {
                    sides.add(place.pan, known);
                    edits.extend(self.edit(known, place, session));
                }
            }
        }
        let mut single: Vec<&Known> = tracks
            .iter()
            .filter(|known| known.facts.side.is_none() && fills_a_side(known, &tracks))
            .collect();
        // The loudest has the choice; the others stand around it.
        single.sort_by(|a, b| level(b).total_cmp(&level(a)).then(a.track.id.cmp(&b.track.id)));
        for known in single {
            let width = width_of(known);
            let pan = if sides.is_left_free(known) { -width } else { width };
            sides.add(pan, known);
            let because =
                "it stands on the side where less plays in its own octaves, as wide as its band allows";
            let place = Place { pan, sureness: Sureness::Likely, because: because.to_owned() };
            edits.extend(self.edit(known, place, session));
        }
        edits
    }
}

impl ByRoleAndBand {
    fn edit(&self, known: &Known, place: Place, session: &Session) -> Option<Edit> {
        let mut proposal = Proposal::new(self.id(), place.sureness, place.because);
        if let Some(freq_hz) = known.facts.profile.bands.dominant_hz() {
            proposal = proposal.measured("strongest octave", freq_hz, "Hz");
        }
        proposal.set_number(session, &known.track.id, fields::PAN.id, place.pan)
    }
}

/// A place and its reason.
struct Place {
    pan: f64,
    sureness: Sureness,
    because: String,
}

/// Power on either side so far, by octave.
#[derive(Default)]
struct Sides {
    left: [f64; BANDS],
    right: [f64; BANDS],
}

impl Sides {
    fn add(&mut self, pan: f64, known: &Known) {
        let (left, right) = mixkeel_dsp::kernels::placing::mono_pan(pan);
        for (octave, power) in octaves(known).into_iter().enumerate() {
            self.left[octave] += power * left * left;
            self.right[octave] += power * right * right;
        }
    }

    /// Whether less stands on the left, octave by octave, each as far as the track has part in it.
    fn is_left_free(&self, known: &Known) -> bool {
        let own = octaves(known);
        let weighed =
            |side: &[f64; BANDS]| -> f64 { own.iter().zip(side).map(|(own, there)| own * there).sum() };
        weighed(&self.left) <= weighed(&self.right)
    }
}

/// How loud it leaves its fader, times how much of the song it plays, shared out over its octaves.
fn octaves(known: &Known) -> [f64; BANDS] {
    let powers = known.facts.profile.bands.octave_db.map(|db| db.map_or(0.0, power_from_db));
    let all: f64 = powers.iter().sum();
    let power = power_from_db(level(known)) * known.activity();
    powers.map(|one| if all > 0.0 { power * one / all } else { 0.0 })
}

fn level(known: &Known) -> f64 {
    known.post_fader_lufs().unwrap_or(-100.0)
}

/// Places for the tracks of one role, in the order of ids; none where the role leaves it to the sides.
fn places(role: Role, tracks: &[&Known]) -> Vec<Option<Place>> {
    match role {
        Role::Unknown | Role::Drums | Role::Loop | Role::BackingTrack => {
            tracks.iter().map(|_| None).collect()
        }
        Role::LeadVocal | Role::Kick | Role::Snare | Role::Bass => {
            let because = format!("the {role} stands in the middle");
            tracks
                .iter()
                .map(|_| Some(Place { pan: 0.0, sureness: Sureness::Likely, because: because.clone() }))
                .collect()
        }
        Role::Hihat if tracks.iter().all(|known| known.facts.side.is_none()) => {
            let because = "the hi-hat stands on the right, seen from the audience".to_owned();
            tracks
                .iter()
                .map(|_| Some(Place { pan: HIHAT_PAN, sureness: Sureness::Likely, because: because.clone() }))
                .collect()
        }
        Role::Toms => toms(tracks),
        _ => spread(role, tracks),
    }
}

/// Highest tom right, floor tom left, the others between: by "floor" in the name, then by number, then by id.
fn toms(tracks: &[&Known]) -> Vec<Option<Place>> {
    let depth = |known: &Known| {
        let name = known.facts.name.to_lowercase();
        let floor = ["floor", "stand", "low", "ft"].iter().any(|word| name.contains(word));
        (floor, known.facts.number.unwrap_or(0), known.track.id.clone())
    };
    let mut order: Vec<usize> = (0..tracks.len()).collect();
    order.sort_by_key(|&at| tracks.get(at).map(|known| depth(known)));
    let last = tracks.len().saturating_sub(1);
    (0..tracks.len())
        .map(|at| {
            let from_right = order.iter().position(|&other| other == at)?;
            let share = if last == 0 { 0.5 } else { from_right as f64 / last as f64 };
            let because = "toms run from right to left as they fall, seen from the audience".to_owned();
            Some(Place { pan: TOMS_WIDTH * (1.0 - 2.0 * share), sureness: Sureness::Likely, because })
        })
        .collect()
}

/// Two or more of a role stand evenly and symmetrically; a name that says left or right is believed.
fn spread(role: Role, tracks: &[&Known]) -> Vec<Option<Place>> {
    let free: Vec<&&Known> = tracks.iter().filter(|known| known.facts.side.is_none()).collect();
    let width = match role {
        Role::Overheads | Role::Room | Role::AcousticGuitar | Role::ElectricGuitar => PAIR_WIDTH,
        Role::VocalDouble | Role::BackingVocal | Role::Choir | Role::AdLib => 0.7,
        _ => free.iter().map(|known| width_of(known)).fold(f64::INFINITY, f64::min),
    };
    let mut next = 0_usize;
    tracks
        .iter()
        .map(|known| match known.facts.side {
            Some(side) => Some(Place {
                pan: if side == Side::Left { -PAIR_WIDTH } else { PAIR_WIDTH },
                sureness: Sureness::Certain,
                because: format!("its name says {}", if side == Side::Left { "left" } else { "right" }),
            }),
            None if free.len() > 1 => {
                let share = next as f64 / (free.len() - 1) as f64;
                next += 1;
                let because = format!("{} {role} tracks stand evenly from left to right", free.len());
                Some(Place { pan: width * (2.0 * share - 1.0), sureness: Sureness::Likely, because })
            }
            None => None,
        })
        .collect()
}

/// Whether a track goes where there is room: alone in its role, and of a role that need not stand in the middle. One
/// overhead, one room microphone and one double stay in the middle, over what they belong to.
fn fills_a_side(known: &Known, tracks: &[Known]) -> bool {
    let placed = matches!(
        known.role,
        Role::Unknown
            | Role::Drums
            | Role::Loop
            | Role::BackingTrack
            | Role::LeadVocal
            | Role::Kick
            | Role::Snare
            | Role::Bass
            | Role::Hihat
            | Role::Toms
            | Role::Overheads
            | Role::Room
            | Role::VocalDouble
            | Role::Choir
    );
    let alone =
        tracks.iter().filter(|other| other.role == known.role && other.facts.side.is_none()).count() == 1;
    !placed && alone
}

fn width_of(known: &Known) -> f64 {
    let dominant = known.facts.profile.bands.dominant_hz();
    let band = CENTRES_HZ.iter().position(|centre| Some(*centre) == dominant);
    band.and_then(|band| WIDTH.get(band)).copied().unwrap_or(0.0)
}
