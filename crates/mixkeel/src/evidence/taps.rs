//! The taps of a render through which evidence is gathered.

use mixkeel_analysis::faults::Stored;
use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_dsp::units::db_from_gain;
use mixkeel_engine::Taps;
use mixkeel_judge::evidence::{Gathered, Listener, SendLevel, SoundMeter, StripInfo, StripKind, StripMeter};
use mixkeel_session::graph::Graph;
use mixkeel_session::role::Role;
use mixkeel_session::session::{Section, Send, Session, StripSettings};

use crate::error::Error;
use crate::play::{Pick, Tap};

/// Everything that has to be heard of one render by a player that lets be heard what this [needs](Self::NEEDS).
pub struct EvidenceTaps {
    whole: Pick,
    sound: SoundMeter,
    mix: StripMeter,
    strips: Vec<(Pick, StripInfo, StripMeter)>,
    /// What buses are given that do not pass it on as it is.
    given: Vec<(Pick, String, StripMeter)>,
}

impl EvidenceTaps {
    /// What a player has to let be heard for this.
    pub const NEEDS: Taps = Taps { post_fader: true, post_inserts: false, sums: true };

    /// For a render of this graph, of which the whole is this sound: the mix, or the sum ahead of the owner's chain.
    pub fn new(whole: Pick, graph: &Graph, session: &Session) -> Self {
        let stored = Stored { bits: Some(32), float: true, lossy: false };
        let mut strips: Vec<_> = graph
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| !node.silent)
            .filter_map(|(index, node)| {
                let info = info(session, &node.id)?;
                Some((Pick::Strip(index), info, StripMeter::new(graph.rate_hz)))
            })
            .collect();
        strips.sort_by(|(_, one, _), (_, other, _)| one.id.cmp(&other.id));
        let given = session.buses.iter().filter(|bus| !passes_as_it_is(&bus.strip)).filter_map(|bus| {
            let node = graph.nodes.iter().position(|node| node.id == bus.id && !node.silent)?;
            Some((Pick::Sum(node), bus.id.clone(), StripMeter::new(graph.rate_hz)))
        });
        Self {
            whole,
            sound: SoundMeter::new(graph.rate_hz, Channels::Stereo, stored),
            mix: StripMeter::new(graph.rate_hz),
            given: given.collect(),
            strips,
        }
    }

    /// With these strips only, and the sum.
    #[must_use]
    pub fn of_strips(mut self, ids: &[String]) -> Self {
        self.strips.retain(|(_, info, _)| ids.contains(&info.id));
        self.given.retain(|(_, id, _)| ids.contains(id));
        self
    }

    /// The taps. They work side by side.
    pub fn taps(&mut self) -> Vec<Box<dyn Tap + '_>> {
        [
            of_whole(self.whole, self.sound.listeners(), &mut self.mix),
            of_each(&mut self.strips, &mut self.given),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The taps without the search for faults of a recording.
    pub fn taps_of_a_render(&mut self) -> Vec<Box<dyn Tap + '_>> {
        let listeners = self.sound.listeners_of_a_render();
        [of_whole(self.whole, listeners, &mut self.mix), of_each(&mut self.strips, &mut self.given)]
            .into_iter()
            .flatten()
            .collect()
    }

    /// The taps of the whole alone, for a render of stems of which the strips were heard before.
    pub fn taps_of_the_whole(&mut self) -> Vec<Box<dyn Tap + '_>> {
        of_whole(self.whole, self.sound.listeners(), &mut self.mix)
    }

    /// The taps of the strips alone, which no headroom changes.
    pub fn taps_of_strips(&mut self) -> Vec<Box<dyn Tap + '_>> {
        of_each(&mut self.strips, &mut self.given)
    }

    /// What was read, after everything was heard. Of parts of a song that were heard one after the other, `sections` say where
    /// they lie in what was heard.
    pub fn finish(self, graph: &Graph, sections: &[Section]) -> Gathered {
        Gathered {
            sound: self.sound.finish(),
            file: None,
            mix: self.mix.finish(),
            strips: self.strips.into_iter().map(|(_, info, meter)| (info, meter.finish())).collect(),
            given: self.given.into_iter().map(|(_, id, meter)| (id, meter.finish())).collect(),
            sections: sections.to_vec(),
            headroom_db: db_from_gain(graph.headroom),
        }
    }
}

/// Whether what a bus is given leaves it unchanged.
pub(crate) fn passes_as_it_is(bus: &StripSettings) -> bool {
    bus.inserts.iter().all(|insert| insert.bypass)
        && bus.lanes.is_empty()
        && (bus.fader_db, bus.pan, bus.width) == (0.0, 0.0, 1.0)
}

/// What the session says of a strip.
fn info(session: &Session, id: &str) -> Option<StripInfo> {
    // A send that is taken ahead of the fader is as loud as it is, however far down the fader stands.
    let sends = |sends: &[Send], fader_db: f64| -> Vec<SendLevel> {
        let returns = sends.iter().filter(|send| session.returns.iter().any(|one| one.id == send.to));
        let after = |send: &Send| if send.pre_fader { send.level_db - fader_db } else { send.level_db };
        returns
            .map(|send| SendLevel { to: send.to.clone(), level_db: after(send) })
            .filter(|send| send.level_db.is_finite())
            .collect()
    };
    let sum = |kind: StripKind, id: &str, to: &str, strip: &StripSettings| StripInfo {
        id: id.to_owned(),
        name: id.to_owned(),
        kind,
        role: Role::Unknown,
        in_focus: false,
        to: to.to_owned(),
        sends: sends(&strip.sends, strip.fader_db),
    };
    let track = session.tracks.iter().find(|track| track.id == id).map(|track| StripInfo {
        id: track.id.clone(),
        name: track.name.clone(),
        kind: StripKind::Track,
        role: track.role,
        in_focus: session.focus.contains(&track.id),
        to: track.bus.clone(),
        sends: sends(&track.sends, track.fader_db),
    });
    let bus = || {
        session.buses.iter().find(|bus| bus.id == id).map(|bus| sum(StripKind::Bus, id, &bus.to, &bus.strip))
    };
    let effect = || {
        session
            .returns
            .iter()
            .find(|one| one.id == id)
            .map(|one| sum(StripKind::Return, id, &one.to, &one.strip))
    };
    track.or_else(bus).or_else(effect)
}

fn of_whole<'t>(
    pick: Pick,
    listeners: Vec<&'t mut dyn Listener>,
    mix: &'t mut StripMeter,
) -> Vec<Box<dyn Tap + 't>> {
    let all = listeners.into_iter().chain([mix as &mut dyn Listener]);
    all.map(|listener| Box::new(ListenerTap { pick, listener }) as Box<dyn Tap + 't>).collect()
}

fn of_each<'t>(
    strips: &'t mut [(Pick, StripInfo, StripMeter)],
    given: &'t mut [(Pick, String, StripMeter)],
) -> Vec<Box<dyn Tap + 't>> {
    let strips = strips.iter_mut().map(|(pick, _, meter)| (*pick, meter));
    let all = strips.chain(given.iter_mut().map(|(pick, _, meter)| (*pick, meter)));
    all.map(|(pick, meter)| Box::new(ListenerTap { pick, listener: meter }) as Box<dyn Tap + 't>).collect()
}

struct ListenerTap<'a> {
    pick: Pick,
    listener: &'a mut dyn Listener,
}

impl Tap for ListenerTap<'_> {
    fn pick(&self) -> Pick {
        self.pick
    }

    fn take(&mut self, heard: Signal<'_>) -> Result<(), Error> {
        self.listener.hear(&heard);
        Ok(())
    }
}
