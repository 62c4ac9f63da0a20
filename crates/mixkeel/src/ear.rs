//! The ear: the engine renders, analysis measures, the assistant decides on what was heard.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use mixkeel_assist::ear::Heard;
use mixkeel_engine::{Options, Player, Taps};
use mixkeel_session::resolve::{MediaFacts, resolve};
use mixkeel_session::session::Session;

use crate::error::Error;
use crate::evidence::EvidenceTaps;
use crate::play::meters::MeterTap;
use crate::play::{Pick, Tap, engine_error, play};
use crate::project::session_file::faults_error;
use crate::song::media::Shelf;
use crate::watch::{Stage, Watch};

/// Plays sessions on one set of recordings and measures them. Remembers the last one.
pub struct Ear<'a> {
    shelf: &'a Shelf,
    media: &'a BTreeMap<String, MediaFacts>,
    watch: &'a dyn Watch,
    last: Option<(Session, Heard)>,
    with_evidence: bool,
}

impl<'a> Ear<'a> {
    /// An ear for these recordings, of which so much is known; `watch` is told how far it has come.
    pub fn new(shelf: &'a Shelf, media: &'a BTreeMap<String, MediaFacts>, watch: &'a dyn Watch) -> Self {
        Self { shelf, media, watch, last: None, with_evidence: false }
    }

    /// Gathers everything that can be measured: slower than levels alone, and never guessed from a render before it.
    #[must_use]
    pub fn with_evidence(mut self) -> Self {
        self.with_evidence = true;
        self
    }

    /// What a session measures. Where it differs from the one heard last in headroom alone, nothing is played: the sum
    /// is linear in headroom.
    pub fn heard_of(&mut self, session: &Session) -> Result<Heard, Error> {
        if let Some((last, heard)) = &self.last {
            let moved_db = session.master.headroom_db - last.master.headroom_db;
            let mut moved = last.clone();
            moved.master.headroom_db = session.master.headroom_db;
            let known = moved_db == 0.0 || !self.with_evidence;
            if known && moved == *session {
                return Ok(turned(heard, moved_db));
            }
        }
        self.play(session)
    }

    fn play(&mut self, session: &Session) -> Result<Heard, Error> {
        let graph = resolve(session, self.media)
            .map_err(|faults| faults_error(Path::new("session.toml"), &faults))?;
        let taps = Taps { post_fader: self.with_evidence, post_inserts: false };
        let options = Options { taps, ..Options::default() };
        let mut player = Player::new(&graph, self.shelf, &options).map_err(engine_error)?;
        let mut sum = MeterTap::new(Pick::Dry, graph.rate_hz, true);
        let mut stems: Vec<MeterTap> = (0..graph.stems.len())
            .map(|index| MeterTap::new(Pick::Stem(index), graph.rate_hz, false))
            .collect();
        let mut gathering = self.with_evidence.then(|| EvidenceTaps::new(Pick::Dry, &graph, session));
        let mut taps: Vec<Box<dyn Tap + '_>> = vec![Box::new(&mut sum)];
        taps.extend(stems.iter_mut().map(|stem| Box::new(stem) as Box<dyn Tap + '_>));
        taps.extend(gathering.iter_mut().flat_map(EvidenceTaps::taps));
        play(&mut player, &mut taps, Stage::Listen, self.watch)?;
        drop(taps);
        let measured = sum.finish();
        let heard = Heard {
            sample_peak_dbfs: measured.sample_peak_dbfs,
            true_peak_dbtp: measured.true_peak_dbtp,
            integrated_lufs: measured.integrated_lufs,
            stems_lufs: graph
                .stems
                .iter()
                .zip(&mut stems)
                .map(|(&node, stem)| (graph.nodes[node].id.clone(), stem.finish().integrated_lufs))
                .collect(),
            evidence: gathering.map(|gathering| Arc::new(gathering.finish(&graph, session))),
        };
        self.last = Some((session.clone(), heard.clone()));
        Ok(heard)
    }
}

impl mixkeel_assist::ear::Ear for Ear<'_> {
    type Error = Error;

    fn listen(&mut self, session: &Session) -> Result<Heard, Error> {
        self.heard_of(session)
    }
}

/// The same sound at another level.
fn turned(heard: &Heard, by_db: f64) -> Heard {
    let turn = |db: Option<f64>| db.map(|db| db + by_db);
    Heard {
        sample_peak_dbfs: turn(heard.sample_peak_dbfs),
        true_peak_dbtp: turn(heard.true_peak_dbtp),
        integrated_lufs: turn(heard.integrated_lufs),
        stems_lufs: heard.stems_lufs.iter().map(|(id, db)| (id.clone(), turn(*db))).collect(),
        evidence: if by_db == 0.0 { heard.evidence.clone() } else { None },
    }
}
