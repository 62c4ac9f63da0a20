//! Mutes what is no part of the mix: click tracks, guides, a mix of the other files, copies, silent files.
//!
//! **What it does.** Sets `mute` on tracks whose role is `click` or `scratch`, on a `mix` that has [`FEWEST_PARTS`] others
//! beside it, on the second of two recordings that are the same take, and on tracks with nothing to hear.
//!
//! **Why.** A click in the mix is a fault that everybody hears; a rough mix among its own tracks doubles all of them; a
//! guide take fights the take that replaced it. A silent file does no harm, but it would take part in counts.
//!
//! **Evidence.** The role; the gated loudness of BS.1770 (nothing above −70 LUFS is silence); of copies, what one leaves
//! of the other, sample against sample. That a mix is the sum of the others is shown before (`premix.rs`), or it is
//! taken for a backing track.
//!
//! **Example.** `CLICK.wav` is muted because "it is a click track".
//!
//! **Known problems.** A song called "Click" whose only word is its name would lose a track if the name were not shared
//! by all files. A metronome that is meant as music must be given a role by hand.
//!
//! **Options.** `--role "CLICK.wav=percussion"`, or `lock = ["mute"]` in the session.
//!
//! **Sureness.** That of the role; certain for silence. A role that is only guessed mutes nothing.
//!
//! **References.** Ours; every delivery guide asks for it in other words.

use mixkeel_dsp::param::Value;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;

use crate::related::{Related, Relation};
use crate::roles::role_from_name;
use crate::rule::{Proposal, Rule};
use crate::song::{Known, Song};

/// A file called a mix is one only where there are at least this many others that it can be the sum of. Ours: beside
/// one voice it is the playback, and alone it is the song.
pub const FEWEST_PARTS: usize = 2;

/// See the head of this file.
#[derive(Debug)]
pub struct KeepOut;

impl Rule for KeepOut {
    fn id(&self) -> &'static str {
        "repair/keep-out"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        let tracks = song.known(session);
        let parts = tracks.iter().filter(|known| is_part(known)).count();
        let mut edits: Vec<Edit> =
            tracks.iter().filter_map(|known| self.keep_out(known, parts, session)).collect();
        for pair in &song.related {
            let Some(remainder_db) = copied(pair) else { continue };
            let find = |id: &str| tracks.iter().find(|known| known.track.id == id && !known.track.mute);
            let (Some(first), Some(second)) = (find(&pair.first), find(&pair.second)) else { continue };
            let out = |known: &Known| edits.iter().any(|edit| edit.address.strip == known.track.id);
            if out(first) || out(second) {
                continue;
            }
            // The one that says less goes, by its name before its sound: both sound alike.
            let named = |known: &Known| role_from_name(&known.track.name).role != Role::Unknown;
            let says = |known: &Known| (named(known), known.role != Role::Unknown);
            let keeps_first = says(first) >= says(second);
            let (kept, copy) = if keeps_first { (first, second) } else { (second, first) };
            let because = format!("it is the same take as {}, which plays", kept.track.name);
            let proposal = Proposal::new(self.id(), Sureness::Certain, because);
            let proposal = proposal.measured("what one leaves of the other", remainder_db, "dB");
            edits.extend(proposal.set(session, &copy.track.id, "mute", Value::Switch(true)));
        }
        edits
    }
}

/// What one of two copies leaves of the other, in dB; −144 for nothing, the least that 24 bits show. Nothing where they are no
/// copies.
fn copied(pair: &Related) -> Option<f64> {
    match pair.relation? {
        Relation::Identical => Some(-144.0),
        Relation::SameTake { .. } => Some(pair.pair.remainder_db.unwrap_or(-144.0)),
        _ => None,
    }
}

/// Whether a track can be one of those that a mix among the files is the sum of.
fn is_part(known: &Known) -> bool {
    !matches!(known.role, Role::Click | Role::Scratch | Role::Mix) && known.facts.loudness_lufs().is_some()
}

impl KeepOut {
    fn keep_out(&self, known: &Known, parts: usize, session: &Session) -> Option<Edit> {
        let by_role = match known.role {
            Role::Click => Some("it is a click track"),
            Role::Scratch => Some("it is a guide or an old take"),
            Role::Mix if parts >= FEWEST_PARTS => {
                Some("it is a mix of the other files, which would double them")
            }
            _ => None,
        };
        let (sureness, because) = match (by_role, known.facts.loudness_lufs()) {
            (Some(because), _) => (known.facts.sureness.max(Sureness::Likely), because),
            (None, None) => (Sureness::Certain, "there is nothing to hear in it"),
            (None, Some(_)) => return None,
        };
        let mut proposal = Proposal::new(self.id(), sureness, because);
        if let Some(lufs) = known.facts.loudness_lufs() {
            proposal = proposal.measured("gated loudness", lufs, "LUFS");
        }
        proposal.set(session, &known.track.id, "mute", Value::Switch(true))
    }
}
