//! A session played but for its sum: its strips measured, its stems printed ahead of their headroom. The mix is made of them once
//! its headroom is known, to the same bits as if everything was played again, and without playing it again.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use mixkeel_assist::ear::Heard;
use mixkeel_dsp::block::Channels;
use mixkeel_engine::{EngineError, NotFinite, Options, Player};
use mixkeel_io::read::Downmix;
use mixkeel_io::write::Spec;
use mixkeel_session::graph::Graph;
use mixkeel_session::resolve::{MediaFacts, resolve};
use mixkeel_session::session::{Clip, Session, Track};

use crate::ear::{heard_by, turned};
use crate::error::{Error, ErrorKind};
use crate::evidence::EvidenceTaps;
use crate::play::files::{FileTap, finish};
use crate::play::meters::MeterTap;
use crate::play::{Pick, Tap, engine_error, play};
use crate::project::session_file::faults_error;
use crate::render::sounding_stems;
use crate::song::media::Shelf;
use crate::watch::{Stage, Watch};

/// What is left of a session that was played.
pub struct Printed {
    /// Its stems.
    pub prints: Prints,
    /// What the strips measured. It has not heard the sum.
    pub gathering: EvidenceTaps,
    /// What inserts gave that were no numbers.
    pub not_finite: Vec<NotFinite>,
}

/// The stems of a session ahead of their headroom. The files are gone when this is.
pub struct Prints {
    /// Where they lie.
    shelf: Shelf,
    /// How long each of them is, and the mix.
    length_frames: u64,
    /// A track at unity for each.
    stems: Vec<Track>,
}

impl Drop for Prints {
    fn drop(&mut self) {
        // What could not be removed here goes with the draft that it lies in.
        let _ = fs::remove_dir_all(&self.shelf.folder);
    }
}

impl Printed {
    /// Whether a session can be finished from its stems. A chain of the owner's on the master may listen to strips.
    pub fn can_be(session: &Session) -> bool {
        session.master.inserts.is_empty()
    }

    /// Plays a session into a folder, which is made for it, and says what the sum of it measures.
    ///
    /// # Errors
    /// What cannot be read, no room for the prints, or a request to stop.
    pub fn of(
        session: &Session,
        (shelf, media): (&Shelf, &BTreeMap<String, MediaFacts>),
        folder: &Path,
        watch: &dyn Watch,
    ) -> Result<(Self, Heard), Error> {
        let graph =
            resolve(session, media).map_err(|faults| faults_error(Path::new("session.toml"), &faults))?;
        let graph = Graph { headroom: 1.0, ..graph };
        let options = Options { while_heard: true, taps: EvidenceTaps::NEEDS, ..Options::default() };
        let mut player = Player::new(&graph, shelf, &options).map_err(engine_error)?;
        fs::create_dir_all(folder).map_err(|error| {
            Error::new(ErrorKind::Unwritable, "can't write the stems").at(folder).because(error.to_string())
        })?;
        let mut sum = MeterTap::new(Pick::Dry, graph.rate_hz);
        let mut gathering = EvidenceTaps::new(Pick::Mix, &graph, session);
        let spec = Spec::float_wav(graph.rate_hz, Channels::Stereo);
        let mut prints = sounding_stems(&graph)
            .map(|(index, _)| FileTap::create(&folder.join(name(index)), &spec, Pick::Stem(index)))
            .collect::<Result<Vec<_>, _>>()?;
        let mut taps: Vec<Box<dyn Tap + '_>> = vec![Box::new(&mut sum)];
        taps.extend(gathering.taps_of_strips());
        taps.extend(prints.iter_mut().map(|print| Box::new(print) as Box<dyn Tap + '_>));
        play(&mut player, &mut taps, Stage::Listen, watch)?;
        drop(taps);
        finish(&mut prints)?;
        let stems = graph.stems.iter().enumerate().map(|(index, &node)| {
            let node = &graph.nodes[node];
            let print = Clip { file: name(index), right: None, at_s: 0.0 };
            // One that is silent has no print, but a place among the others.
            let clips = if node.silent { Vec::new() } else { vec![print] };
            Track { clips, mute: node.silent, ..Track::at_unity(&node.id, &node.id) }
        });
        let prints = Prints {
            shelf: Shelf { folder: folder.to_path_buf(), rate_hz: graph.rate_hz, downmix: Downmix::Refuse },
            length_frames: player.length_frames(),
            stems: stems.collect(),
        };
        let printed = Self { prints, gathering, not_finite: player.not_finite() };
        Ok((printed, turned(&heard_by(&mut sum), session.master.headroom_db)))
    }
}

impl Prints {
    /// The sum of the stems with this headroom.
    ///
    /// # Errors
    /// None that a session which could be printed has.
    pub fn graph(&self, headroom_db: f64) -> Result<Graph, Error> {
        let mut session = Session::at_unity("", self.shelf.rate_hz, self.stems.clone());
        session.master.headroom_db = headroom_db;
        let facts = MediaFacts { channels: Channels::Stereo, length_frames: self.length_frames };
        let media: BTreeMap<String, MediaFacts> =
            self.stems.iter().flat_map(|stem| &stem.clips).map(|clip| (clip.file.clone(), facts)).collect();
        resolve(&session, &media).map_err(|faults| faults_error(&self.shelf.folder, &faults))
    }

    /// Plays a sum of them.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn player<'g>(&self, graph: &'g Graph) -> Result<Player<'g>, EngineError> {
        Player::new(graph, &self.shelf, &Options { to: Some(self.length_frames), ..Options::default() })
    }
}

/// The print of a stem, by its place among all.
fn name(index: usize) -> String {
    format!("{index}.wav")
}
