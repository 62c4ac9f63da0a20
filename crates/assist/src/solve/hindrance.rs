//! Why nothing can be turned for a goal: in words that say what is there, and what is not.

use mixkeel_session::address::Address;
use mixkeel_session::goal::{Meaning, That, Who};
use mixkeel_session::session::Id;

use super::Problem;
use super::edits::called;
use super::knobs::What;

impl Problem<'_> {
    /// What stands in the way of a goal for which there is nothing to turn. `None` where there is something.
    pub fn hindrance(&self, goal: usize) -> Option<String> {
        let meaning = &self.wanted.get(goal)?.meaning;
        let own = match &meaning.of {
            Who::Tracks(ids) => ids.clone(),
            _ => return None,
        };
        let name = called(self, &own);
        let has = |is: fn(&What) -> bool| {
            self.knobs.iter().any(|knob| is(&knob.what) && knob.strips.iter().any(|id| own.contains(id)))
        };
        match meaning.that {
            That::Drier if !has(|what| matches!(what, What::Send(_))) => {
                Some(self.no_send(meaning, &own, &name))
            }
            That::Wider if !has(|what| matches!(what, What::Width | What::WidthIn(_))) => {
                let stereo = own.iter().filter_map(|id| self.desk.number(id)).any(|n| self.desk.is_stereo(n));
                Some(if stereo {
                    format!("the width of {name} is locked")
                } else {
                    format!("{name} is mono: it has no sides to be turned")
                })
            }
            That::Louder if !has(|what| matches!(what, What::Fader | What::Section(_))) => {
                Some(format!("the level of {name} is locked"))
            }
            _ => None,
        }
    }

    /// Why no send can be turned.
    fn no_send(&self, meaning: &Meaning, own: &[Id], name: &str) -> String {
        let wants_more = meaning.at_most.is_some();
        let strips = || own.iter().filter_map(|id| self.session.strip(id));
        let to_returns = |strip: mixkeel_session::strip::Strip<'_>| {
            let is_return = |to: &str| self.session.returns.iter().any(|one| one.id == to);
            let sent = strip.sends.iter().filter(|send| is_return(&send.to) && send.level_db.is_finite());
            sent.map(|send| Address::of_part(strip.id, &send.id, "level_db")).collect::<Vec<_>>()
        };
        let sends: Vec<Address> = strips().flat_map(to_returns).collect();
        if !sends.is_empty() && sends.iter().all(|send| self.session.is_locked(send)) {
            return format!("what {name} sends to returns is locked");
        }
        let feeds = |id: &str| {
            let buses = self.session.buses.iter().filter(|bus| strips().any(|strip| strip.to == bus.id));
            buses.filter(|bus| !bus.strip.sends.is_empty()).map(|bus| bus.id.clone()).find(|bus| bus != id)
        };
        if let Some(bus) = feeds("master") {
            return format!(
                "nothing is sent from {name} itself; its reverb comes from the bus {bus}, with all that plays there"
            );
        }
        if wants_more {
            return format!(
                "nothing is sent from {name} to a reverb that could be turned up; write a send into the session first"
            );
        }
        format!(
            "nothing is sent from {name} to a reverb: the room that is heard was recorded with it, and no send turns that down"
        )
    }
}
