//! Takes down what builds up: where several tracks together stand over what records have, though each by itself does not.
//!
//! **What it does.** Where a region of the render that engineers have a word for (boom, mud, box, nose, harshness, sibilance)
//! stands more than [`MOST_OVER_DB`] and a step that is just heard above both records and what lies beside it, the tracks that
//! hold most of it get a broad cut there, of what it is over and at most [`MOST_DB`] in all. The focus, kick and bass, and what
//! nobody knows are left alone; the low regions of kick and bass with them. Only where the balance is ours.
//!
//! **Why.** Each track may have the shape of its role, and the sum may still be mud.
//!
//! **Evidence.** Third octaves of the sum beside those of records; whose energy it is.
//!
//! **Example.** 100 to 300 Hz stands 3.4 dB over; two guitars and a piano hold 70 % of it: −2 dB each at 170 Hz.
//!
//! **Known problems.** A song may be meant so; the norm is wide, and nothing is cut for a colour that is less than 3 dB.
//!
//! **Options.** `lock`, or `bypass` on the insert; `--rounds 0`; `--keep eq`.
//!
//! **Sureness.** Likely.
//!
//! **References.** Pestana et al. 2013 and Elowsson and Friberg 2017 on spectra of records; Pestana and Reiss 2014: cuts of a few
//! dB; the limits are those of the checks `muddy`, `harsh` and their kin, ours.

use mixkeel_analysis::spectrum::regions::Region;
use mixkeel_dsp::param::Value;
use mixkeel_judge::causes::by_energy;
use mixkeel_judge::tonal::stands_out_db;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::role::Role;
use mixkeel_session::session::{Session, Track};

use crate::rounds::aim::Aim;
use crate::rounds::{Correction, Hearing};
use crate::rule::{Proposal, Rule};
use crate::song::Song;
use crate::start::Start;
use crate::things::NewInsert;

/// So far a region may stand out, in dB: where the checks begin to speak of it.
pub const MOST_OVER_DB: f64 = 2.0;

/// The deepest cut on one track in one region, all rounds together, in dB.
pub const MOST_DB: f64 = 3.0;

/// What is just heard of a region that broad, in dB.
const JUST_HEARD_DB: f64 = 1.0;

/// So many tracks are cut.
const TRACKS: usize = 3;

/// The regions, each with its word; its place in the list is the number of its band.
const REGIONS: [(Region, &str); 6] = [
    (Region::Boom, "boom"),
    (Region::Mud, "mud"),
    (Region::Box, "box"),
    (Region::Nose, "nose"),
    (Region::Harsh, "harshness"),
    (Region::Sibilant, "sibilance"),
];

/// A cut on one track.
struct Cut {
    /// The number of its band.
    band: usize,
    /// How deep it is, as a gain.
    cut_db: f64,
    /// How far the region stood out.
    over_db: f64,
}

/// See the head of this file.
#[derive(Debug)]
pub struct Tone;

impl Rule for Tone {
    fn id(&self) -> &'static str {
        "loop/tone"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn listens(&self) -> bool {
        true
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        let Some(hearing) = Hearing::of(song, session) else { return Vec::new() };
        let heard: Vec<(usize, Region, Aim)> = aims(&hearing).filter(|(_, _, aim)| aim.is_heard()).collect();
        let mut cuts: Vec<(&Track, Vec<Cut>)> = Vec::new();
        for (band, region, aim) in &heard {
            let causes = by_energy(hearing.evidence, region.edges_hz(), &[]);
            let tracks = causes.iter().filter_map(|cause| {
                let track = session.tracks.iter().find(|track| track.id == cause.id)?;
                (!session.focus.contains(&track.id) && may_be_cut(track.role)).then_some(track)
            });
            for track in tracks.take(TRACKS) {
                let cut_db = (stands_db(self.id(), track, band + 1) - aim.off()).max(-MOST_DB);
                let cut = Cut { band: band + 1, cut_db, over_db: aim.measured };
                match cuts.iter_mut().find(|(one, _)| one.id == track.id) {
                    Some((_, list)) => list.push(cut),
                    None => cuts.push((track, vec![cut])),
                }
            }
        }
        cuts.iter().flat_map(|(track, cuts)| self.cut(session, track, cuts)).collect()
    }
}

impl Tone {
    /// One equaliser with all cuts, those of earlier rounds included.
    fn cut(&self, session: &Session, track: &Track, cuts: &[Cut]) -> Vec<Edit> {
        let own = track.inserts.iter().find(|insert| insert.by.as_deref() == Some(self.id()));
        let mut wanted = NewInsert::of("eq");
        for (band, (region, _)) in (1..).zip(REGIONS) {
            let now = cuts.iter().find(|cut| cut.band == band).map(|cut| cut.cut_db);
            let stood = own.and_then(|_| Some(stands_db(self.id(), track, band)).filter(|db| *db != 0.0));
            let Some(cut_db) = now.or(stood) else { continue };
            let (from_hz, to_hz) = region.edges_hz();
            let middle_hz = libm::sqrt(from_hz * to_hz);
            // A bell as broad as its region.
            let q = libm::round(10.0 * (middle_hz / (to_hz - from_hz)).clamp(0.5, 2.0)) / 10.0;
            wanted = wanted
                .about(&format!("band.{band}/freq_hz"), middle_hz)
                .number(&format!("band.{band}/gain_db"), libm::round(10.0 * cut_db) / 10.0)
                .number(&format!("band.{band}/q"), q);
        }
        let words: Vec<&str> =
            cuts.iter().filter_map(|cut| REGIONS.get(cut.band - 1).map(|(_, word)| *word)).collect();
        let most = cuts.iter().map(|cut| cut.over_db).fold(0.0, f64::max);
        let because = format!(
            "the mix has {most:.1} dB more {} than records and than what lies beside it, and much of it comes from here",
            words.join(" and ")
        );
        let mut proposal = Proposal::new(self.id(), Sureness::Likely, because);
        for cut in cuts {
            let word = REGIONS.get(cut.band - 1).map_or("", |(_, word)| *word);
            proposal = proposal.measured(&format!("{word} over records"), cut.over_db, "dB");
        }
        proposal.insert(session, &track.id, &wanted)
    }
}

impl Correction for Tone {
    fn aims(&self, hearing: &Hearing) -> Vec<Aim> {
        aims(hearing).map(|(_, _, aim)| aim).collect()
    }
}

fn aims(hearing: &Hearing) -> impl Iterator<Item = (usize, Region, Aim)> {
    let fresh = hearing.song.start == Start::Fresh;
    let whole = hearing.evidence.sound.spectrum.whole();
    REGIONS.into_iter().enumerate().filter(move |_| fresh).filter_map(move |(band, (region, word))| {
        let aim = Aim {
            what: format!("{word} over records"),
            measured: stands_out_db(&whole, region)?,
            at_least: f64::NEG_INFINITY,
            at_most: MOST_OVER_DB,
            unit: "dB",
            just_heard: JUST_HEARD_DB,
        };
        Some((band, region, aim))
    })
}

/// What this rule cuts there already.
fn stands_db(rule: &str, track: &Track, band: usize) -> f64 {
    let own = track.inserts.iter().find(|insert| insert.by.as_deref() == Some(rule));
    match own.and_then(|insert| insert.settings.get(&format!("band.{band}/gain_db"))) {
        Some(Value::Number(db)) => db,
        _ => 0.0,
    }
}

/// Lows belong to kick and bass, and what nobody knows is left alone.
fn may_be_cut(role: Role) -> bool {
    !matches!(
        role,
        Role::Unknown | Role::Kick | Role::Bass | Role::LeadVocal | Role::Mix | Role::BackingTrack
    )
}
