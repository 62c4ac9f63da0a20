//! Routes tracks to a bus for every family of instruments.
//!
//! **What it does.** Adds the buses of [`FAMILIES`] that have at least one sounding track, and routes those tracks to
//! them. Tracks that the owner routed already, unknown tracks and premixed backing tracks stay where they are.
//!
//! **Why.** A family is heard, lowered and delivered as one: buses are what becomes stems.
//!
//! **Evidence.** The role. Listeners' preference over 72 mixes goes with the number of subgroups that engineers made.
//!
//! **Example.** `Kick In`, `OH L` and `Tamb` go to `drums`.
//!
//! **Known problems.** A shaker that belongs with the guitars goes with the drums.
//!
//! **Options.** `bus = "…"` on a track, `lock = ["bus"]`.
//!
//! **Sureness.** That of the role.
//!
//! **References.** Ronan et al. on subgrouping (72 mixes, ten engineers); the families are ours.

use mixkeel_dsp::param::Value;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::id;
use mixkeel_session::role::Role;
use mixkeel_session::session::Session;

use crate::rule::{Proposal, Rule};
use crate::song::Song;

/// Buses and who belongs to them, in console order.
pub const FAMILIES: [(&str, &[Role]); 8] = [
    ("drums", &Role::DRUMS),
    ("loops", &[Role::Loop]),
    ("bass", &[Role::Bass]),
    ("guitars", &[Role::AcousticGuitar, Role::ElectricGuitar]),
    ("keys", &[Role::Piano, Role::Keys, Role::Organ, Role::Pad, Role::LeadSynth, Role::Pluck]),
    ("orchestra", &[Role::Strings, Role::Brass, Role::Woodwind]),
    ("vocals", &[Role::LeadVocal, Role::VocalDouble, Role::BackingVocal, Role::Choir, Role::AdLib]),
    ("fx", &[Role::Fx]),
];

/// See the head of this file.
#[derive(Debug)]
pub struct ByRole;

impl Rule for ByRole {
    fn id(&self) -> &'static str {
        "bus/by-role"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        let sounding = song.sounding(session);
        let mut edits = Vec::new();
        for (family, roles) in FAMILIES {
            let is_bus = |id: &str| session.buses.iter().any(|bus| bus.id == id);
            // A track may bear the name of its family; then the bus says what it is.
            let taken = |id: &str| !is_bus(id) && session.strip(id).is_some();
            let bus =
                if taken(family) { id::unique(&format!("{family}-bus"), taken) } else { family.to_owned() };
            let members: Vec<Edit> = sounding
                .iter()
                .filter(|known| roles.contains(&known.role) && known.track.bus == "master")
                .filter_map(|known| {
                    let because = format!("{} is one of the {family}", known.role);
                    let sureness = known.facts.sureness.max(Sureness::Likely);
                    let to = Value::Word(bus.clone());
                    Proposal::new(self.id(), sureness, because).set(session, &known.track.id, "bus", to)
                })
                .collect();
            if members.is_empty() {
                continue;
            }
            if !is_bus(&bus) {
                let because =
                    format!("{} of the tracks are {family}, and they are heard as one", members.len());
                edits.push(Proposal::new(self.id(), Sureness::Likely, because).add_bus(&bus));
            }
            edits.extend(members);
        }
        edits
    }
}
