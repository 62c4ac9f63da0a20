//! The sound files of a version, while they are written: the mix, what it is without the owner's chain, its stems.

use std::fs;
use std::path::PathBuf;

use mixkeel_io::write::{Bits, Format, Spec};
use mixkeel_session::graph::Graph;

use super::MixOptions;
use crate::deliver::Figures;
use crate::error::Error;
use crate::play::files::{FileTap, finish};
use crate::play::{Pick, Tap};
use crate::project::folder::Draft;
use crate::render::sounding_stems;

/// The mix in floating point, while a version with shorter words is being made.
const PLAYED: &str = "played.wav";

/// What is being written.
pub(super) struct Files {
    /// The mix first.
    taps: Vec<FileTap>,
    played: Played,
}

/// The mix as it was played, not as it was rounded: what the listening copy is made from.
pub(super) struct Played {
    pub path: PathBuf,
    /// Whether it is there for the copy alone, and goes with this.
    is_for_the_copy: bool,
}

impl Drop for Played {
    fn drop(&mut self) {
        if self.is_for_the_copy {
            // What could not be removed is in nobody's way but the next version's.
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Files {
    /// Begins all files of a version in its draft; `spec` says what a file is like that bears a stem's name or none, and what it is.
    pub fn create(
        draft: &Draft,
        graph: &Graph,
        options: &MixOptions,
        spec: impl Fn(Option<&str>, Format, Bits, &str) -> Spec,
    ) -> Result<Self, Error> {
        let wav = |name: Option<&str>, what: &str| spec(name, Format::Wav, options.bits, what);
        let is_for_the_copy = options.bits != Bits::F32;
        let path = draft.file(if is_for_the_copy { PLAYED } else { "mix.wav" });
        let mix = wav(None, "mix, ready to be mastered from");
        let mut taps = vec![FileTap::create(&draft.file("mix.wav"), &mix, Pick::Mix)?];
        if is_for_the_copy {
            taps.push(FileTap::create(&path, &Spec { bits: Bits::F32, ..mix }, Pick::Mix)?);
        }
        if !graph.master_inserts.is_empty() {
            let dry = wav(None, "mix without the owner's chain on the master");
            taps.push(FileTap::create(&draft.file("mix-dry.wav"), &dry, Pick::Dry)?);
        }
        if options.stems {
            let folder = draft.subfolder("stems")?;
            for (index, node) in sounding_stems(graph) {
                let id = &graph.nodes[node].id;
                let stem = wav(Some(id), "stem; all stems sum to the mix");
                taps.push(FileTap::create(&folder.join(format!("{id}.wav")), &stem, Pick::Stem(index))?);
            }
        }
        Ok(Self { taps, played: Played { path, is_for_the_copy } })
    }

    /// Whoever hears what is played.
    pub fn taps(&mut self) -> impl Iterator<Item = Box<dyn Tap + '_>> {
        self.taps.iter_mut().map(|file| Box::new(file) as Box<dyn Tap + '_>)
    }

    /// Closes all files, of which the mix measures this, and says how many samples had to be cut.
    pub fn finish(mut self, mix: &Figures) -> Result<(Played, u64), Error> {
        if let Some(file) = self.taps.first_mut() {
            file.tell_loudness(mix.loudness());
        }
        Ok((self.played, finish(&mut self.taps)?))
    }
}
