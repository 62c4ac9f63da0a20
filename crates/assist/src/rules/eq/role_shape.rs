//! Brings a track whose spectrum is far from what its role usually has a little nearer to it.
//!
//! **What it does.** Compares the octaves of a voice, a bass, a premixed kit or a chord instrument with those of its [`Shape`].
//! Only what lies outside the shape's tolerance counts, and half of that is made up for: one or two broad bells or shelves, at
//! most [`MOST_DB`]. Of anything but the focus nothing is cut where the whole mix has less than records do, and nothing raised
//! where it has more ([`norm`](super::norm)). Microphones on one source are treated alike.
//!
//! **Why.** A boomy microphone, a dull cable or a body that was recorded too close is heard in every mix of the track; within
//! the tolerance it is the instrument's own voice, and stays.
//!
//! **Evidence.** Energy by octave, of the track and of the mix as it stands.
//!
//! **Example.** A voice with 9 dB more at 250 Hz than usual, 6 of which are tolerated: −1.5 dB there.
//!
//! **Known problems.** An average is nobody's voice; that is why tolerances are wide and moves small.
//!
//! **Options.** `lock`, or `bypass` on the insert.
//!
//! **Sureness.** Likely.
//!
//! **References.** Means of the stems of MUSDB18 (octave power beside the stem's total); Ma, Reiss and Black 2013 and
//! Mockenhaupt et al. 2024 equalise to such means; Pestana and Reiss 2014 (cuts narrower than boosts; no universal contour).

use mixkeel_analysis::bands::{BANDS, CENTRES_HZ};
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;

use super::alike::together;
use super::norm::off_norm_by_octave_db;
use crate::forecast::Forecast;
use crate::rule::{Proposal, Rule};
use crate::song::{Known, Song};
use crate::start::Start;
use crate::things::{NewInsert, before};

/// What the octaves of a role usually hold.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Whom it is for.
    pub roles: &'static [Role],
    /// The octaves from 31 Hz to 16 kHz beside the whole, in dB.
    pub octave_db: [f64; BANDS],
    /// The first and the last octave that are compared: outside, it is a matter of the instrument.
    pub compared: (usize, usize),
    /// How far an octave may lie from it and be left alone, in dB.
    pub tolerance_db: f64,
}

/// Octaves: means over the stems of MUSDB18, as FxNorm-Automix publishes them. Tolerances are ours: of five to eight octaves one is
/// nearly always off by more than a standard deviation and a half, so they are two and more of what single tracks of a
/// role differ by, and a single chord instrument differs more from the mean of all than a voice does from that of voices.
pub static SHAPES: [Shape; 4] = [
    Shape {
        roles: &[Role::LeadVocal, Role::VocalDouble, Role::BackingVocal, Role::AdLib],
        octave_db: [-31.0, -25.0, -16.0, -8.0, -4.5, -6.0, -9.0, -13.0, -17.0, -26.0],
        compared: (3, 8),
        tolerance_db: 7.0,
    },
    Shape {
        roles: &[Role::Bass],
        octave_db: [-13.0, -6.0, -3.0, -8.5, -20.0, -26.0, -27.0, -33.0, -48.0, -52.0],
        compared: (1, 5),
        tolerance_db: 9.0,
    },
    Shape {
        roles: &[Role::Drums],
        octave_db: [-12.0, -6.0, -4.5, -8.0, -13.0, -16.5, -17.0, -14.5, -15.0, -21.0],
        compared: (1, 8),
        tolerance_db: 8.0,
    },
    Shape {
        roles: &[Role::AcousticGuitar, Role::ElectricGuitar, Role::Piano, Role::Keys, Role::Organ],
        octave_db: [-21.0, -17.0, -11.0, -6.0, -6.0, -8.0, -8.0, -12.0, -25.0, -34.0],
        compared: (2, 7),
        tolerance_db: 12.0,
    },
];

/// The most that is raised or lowered, in dB.
pub const MOST_DB: f64 = 3.0;

/// Less is not heard, in dB. Ours: a broad move of a decibel is the least that is.
pub const LEAST_DB: f64 = 1.0;

/// A track that lies further off than this anywhere is something else than its role says, or a sound that is meant so, in
/// dB. Ours.
pub const ELSE_DB: f64 = 20.0;

/// An octave that holds less than this has nothing to be raised but noise, in dB beside the whole.
const NOTHING_DB: f64 = -38.0;

/// See the head of this file.
#[derive(Debug)]
pub struct RoleShape;

impl Rule for RoleShape {
    fn id(&self) -> &'static str {
        "eq/role-shape"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        if song.start == Start::Tracks {
            return Vec::new();
        }
        let tracks = song.sounding(session);
        let mix = match Forecast::of(song, &before(self.id(), session)) {
            Ok(forecast) => {
                let sum = forecast.sum();
                off_norm_by_octave_db(&sum.spectrum(0..sum.cells()))
            }
            Err(_) => [None; BANDS],
        };
        let mut edits = Vec::new();
        for group in together(song, &tracks) {
            // The loudest speaks for all that hear the same sound: it is what is heard of it.
            let loudest = group.iter().max_by(|a, b| level(a).total_cmp(&level(b)));
            let Some((shape, mut moves)) = loudest.and_then(moves) else { continue };
            let in_focus = group.iter().any(|known| session.focus.contains(&known.track.id));
            moves.retain(|one| {
                let helps = |off_db: f64| if one.gain_db < 0.0 { off_db >= 0.0 } else { off_db <= 0.0 };
                in_focus || mix.get(one.octave).copied().flatten().is_none_or(helps)
            });
            edits.extend(group.iter().flat_map(|known| self.shape(known, shape, &moves, session)));
        }
        edits
    }
}

/// An octave, how far it lies off, and what is done about it.
#[derive(Clone, Copy, Debug)]
struct Move {
    octave: usize,
    off_db: f64,
    gain_db: f64,
}

impl RoleShape {
    fn shape(&self, known: &Known, shape: &Shape, moves: &[Move], session: &Session) -> Vec<Edit> {
        let Some(first) = moves.first() else { return Vec::new() };
        let mut eq = NewInsert::of("eq");
        for (one, n) in moves.iter().zip(1..) {
            let (form, q) = match one.octave {
                octave if octave == shape.compared.1 && octave >= 7 => ("high-shelf", 0.7),
                octave if octave == shape.compared.0 && octave <= 2 => ("low-shelf", 0.7),
                _ if one.gain_db > 0.0 => ("bell", 0.7),
                _ => ("bell", 1.0),
            };
            eq = eq
                .word(&format!("band.{n}/shape"), form)
                .about(&format!("band.{n}/freq_hz"), CENTRES_HZ[one.octave])
                .number(&format!("band.{n}/gain_db"), libm::round(10.0 * one.gain_db) / 10.0)
                .number(&format!("band.{n}/q"), q);
        }
        let because = format!(
            "{} Hz stands {:.0} dB {} than in the usual {}",
            CENTRES_HZ[first.octave],
            first.off_db.abs(),
            if first.off_db > 0.0 { "higher" } else { "lower" },
            known.role
        );
        Proposal::new(self.id(), Sureness::Likely, because)
            .measured("octave beside the usual shape", first.off_db, "dB")
            .measured("what is tolerated", shape.tolerance_db, "dB")
            .insert(session, &known.track.id, &eq)
    }
}

fn level(known: &Known) -> f64 {
    known.post_fader_lufs().unwrap_or(f64::NEG_INFINITY)
}

/// What is to be done to a track: at most two octaves that do not touch, the furthest off first.
fn moves(known: &Known) -> Option<(&'static Shape, Vec<Move>)> {
    let shape = SHAPES.iter().find(|shape| shape.roles.contains(&known.role))?;
    let octaves = known.facts.profile.bands.octave_db;
    let total = mixkeel_dsp::units::db_from_power(
        octaves.iter().flatten().map(|db| mixkeel_dsp::units::power_from_db(*db)).sum(),
    );
    let beside = |octave: usize| octaves[octave].map_or(-80.0, |db| db - total);
    let compared = shape.compared.0..=shape.compared.1;
    let count = compared.clone().count() as f64;
    let mean = compared.clone().map(|octave| beside(octave) - shape.octave_db[octave]).sum::<f64>() / count;
    let off = |octave: usize| beside(octave) - shape.octave_db[octave] - mean;
    if compared.clone().any(|octave| off(octave).abs() > ELSE_DB) {
        return None;
    }
    let mut wanted: Vec<Move> = compared
        .map(|octave| {
            let off_db = off(octave);
            let excess = (off_db.abs() - shape.tolerance_db).max(0.0);
            let gain_db = (0.5 * excess).min(MOST_DB);
            Move { octave, off_db, gain_db: if off_db > 0.0 { -gain_db } else { gain_db } }
        })
        .filter(|one| one.gain_db.abs() >= LEAST_DB)
        .filter(|one| one.gain_db < 0.0 || beside(one.octave) > NOTHING_DB)
        .collect();
    wanted.sort_by(|a, b| b.gain_db.abs().total_cmp(&a.gain_db.abs()).then(a.octave.cmp(&b.octave)));
    let first = *wanted.first()?;
    let second = wanted.into_iter().skip(1).find(|one| one.octave.abs_diff(first.octave) >= 2);
    Some((shape, std::iter::once(first).chain(second).collect()))
}
