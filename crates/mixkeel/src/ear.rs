//! The ear: the engine renders, analysis measures, the assistant decides on what was heard.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mixkeel_assist::ear::Heard;
use mixkeel_assist::rounds::parts::Part;
use mixkeel_dsp::units::frame_from_seconds;
use mixkeel_engine::{Options, Player, Taps};
use mixkeel_judge::evidence::Gathered;
use mixkeel_session::resolve::{MediaFacts, resolve};
use mixkeel_session::session::{Section, Session};

use crate::error::Error;
use crate::evidence::{EvidenceTaps, Wanted};
use crate::play::meters::MeterTap;
use crate::play::{Pick, Tap, engine_error, play};
use crate::printed::Printed;
use crate::project::ledger::Measured;
use crate::project::session_file::faults_error;
use crate::song::media::Shelf;
use crate::watch::{Event, Stage, Watch};

/// Parts are played from so long before they begin, in seconds, for compressors to have their grip and rooms to be full. Ours: a
/// hall of 2 s then holds all but a thousandth of its sound.
const PREROLL_S: f64 = 1.0;

/// Plays sessions on one set of recordings and measures them. Remembers the last one.
pub struct Ear<'a> {
    shelf: &'a Shelf,
    media: &'a BTreeMap<String, MediaFacts>,
    watch: &'a dyn Watch,
    last: Option<(Session, Heard)>,
    with_evidence: bool,
    /// Where stems are printed, and what was printed of the last one.
    printing: Option<PathBuf>,
    printed: Option<Printed>,
}

impl<'a> Ear<'a> {
    /// An ear for these recordings, of which so much is known; `watch` is told how far it has come.
    pub fn new(shelf: &'a Shelf, media: &'a BTreeMap<String, MediaFacts>, watch: &'a dyn Watch) -> Self {
        Self { shelf, media, watch, last: None, with_evidence: false, printing: None, printed: None }
    }

    /// Gathers everything that can be measured: slower than levels alone, and never guessed from a render before it.
    #[must_use]
    pub fn with_evidence(mut self) -> Self {
        self.with_evidence = true;
        self
    }

    /// Prints the stems of what it plays into this folder, where they can be, so that a mix can be made of them.
    #[must_use]
    pub fn printing(mut self, folder: PathBuf) -> Self {
        self.printing = Some(folder);
        self
    }

    /// What was printed of the session heard last; its headroom may have changed since.
    pub fn into_printed(self) -> Option<Printed> {
        self.printed
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

    /// What parts of a session measure, heard one after the other as if they were all of it: the evidence and levels of the
    /// sum. A section in it is what was heard of that section. Not exactly what the same parts of a whole render measure: each
    /// begins a second early, not at the beginning of the song.
    ///
    /// # Errors
    /// What cannot be read, or a request to stop.
    pub fn heard_in_parts(&self, session: &Session, parts: &[Part]) -> Result<Heard, Error> {
        let of = (self.shelf, self.media);
        let wanted = Wanted::on(&[]);
        let evidence = wanted.evidence(gathered_of_parts(session, of, parts, wanted, self.watch)?);
        Ok(Heard {
            sample_peak_dbfs: evidence.sound.levels.sample_peak_dbfs(),
            true_peak_dbtp: evidence.sound.true_peak_dbtp,
            integrated_lufs: evidence.sound.loudness.integrated_lufs,
            evidence: Some(Arc::new(evidence)),
        })
    }

    fn play(&mut self, session: &Session) -> Result<Heard, Error> {
        // What was printed before makes room first.
        self.printed = None;
        if let Some(folder) = self.printing.as_deref().filter(|_| Printed::can_be(session)) {
            let (printed, heard) = Printed::of(session, (self.shelf, self.media), folder, self.watch)?;
            self.printed = Some(printed);
            self.last = Some((session.clone(), heard.clone()));
            return Ok(heard);
        }
        let graph = resolve(session, self.media)
            .map_err(|faults| faults_error(Path::new("session.toml"), &faults))?;
        let taps = if self.with_evidence { EvidenceTaps::NEEDS } else { Taps::default() };
        let options = Options { taps, ..Options::default() };
        let mut player = Player::new(&graph, self.shelf, &options).map_err(engine_error)?;
        let mut sum = MeterTap::new(Pick::Dry, graph.rate_hz);
        let mut gathering = self.with_evidence.then(|| EvidenceTaps::new(Pick::Dry, &graph, session));
        let mut taps: Vec<Box<dyn Tap + '_>> = vec![Box::new(&mut sum)];
        taps.extend(gathering.iter_mut().flat_map(EvidenceTaps::taps));
        play(&mut player, &mut taps, Stage::Listen, self.watch)?;
        drop(taps);
        let heard = Heard {
            evidence: gathering
                .map(|gathering| Arc::new(gathering.finish(&graph, &session.sections).evidence())),
            ..heard_by(&mut sum)
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

/// What is read of parts of a session, heard one after the other as if they were all of it. What the owner has put on the
/// master is not heard.
pub(crate) fn gathered_of_parts(
    session: &Session,
    (shelf, media): (&Shelf, &BTreeMap<String, MediaFacts>),
    parts: &[Part],
    wanted: Wanted<'_>,
    watch: &dyn Watch,
) -> Result<Gathered, Error> {
    let graph = resolve(session, media).map_err(|faults| faults_error(Path::new("session.toml"), &faults))?;
    let mut gathering = wanted.gathering(Pick::Dry, &graph, session);
    let frame = |seconds: f64| frame_from_seconds(seconds.max(0.0), graph.rate_hz).max(0) as u64;
    let all_s: f64 = parts.iter().map(Part::length_s).sum::<f64>().max(f64::MIN_POSITIVE);
    let options =
        Options { preroll: Some(frame(PREROLL_S)), taps: EvidenceTaps::NEEDS, ..Options::default() };
    let mut player = Player::new(&graph, shelf, &options).map_err(engine_error)?;
    let mut done_s = 0.0;
    for part in parts {
        let watch = Share { of: watch, from: done_s / all_s, to: (done_s + part.length_s()) / all_s };
        player.seek(frame(part.from_s), Some(frame(part.to_s)));
        play(&mut player, &mut wanted.taps(&mut gathering), Stage::Listen, &watch)?;
        done_s += part.length_s();
    }
    Ok(gathering.finish(&graph, &sections_of(&session.sections, parts)))
}

/// What a meter has measured.
pub(crate) fn heard_by(meter: &mut MeterTap) -> Heard {
    let Measured { integrated_lufs, sample_peak_dbfs, true_peak_dbtp } = meter.finish();
    Heard { sample_peak_dbfs, true_peak_dbtp, integrated_lufs, evidence: None }
}

/// The same sound at another level.
pub(crate) fn turned(heard: &Heard, by_db: f64) -> Heard {
    let turn = |db: Option<f64>| db.map(|db| db + by_db);
    Heard {
        sample_peak_dbfs: turn(heard.sample_peak_dbfs),
        true_peak_dbtp: turn(heard.true_peak_dbtp),
        integrated_lufs: turn(heard.integrated_lufs),
        evidence: if by_db == 0.0 { heard.evidence.clone() } else { None },
    }
}

/// Where the sections of a session lie when only these parts of it are heard, one after the other.
fn sections_of(sections: &[Section], parts: &[Part]) -> Vec<Section> {
    let heard_before = |at_s: f64| -> f64 {
        parts.iter().map(|part| (at_s - part.from_s).clamp(0.0, part.length_s())).sum()
    };
    let placed = sections.iter().map(|section| Section {
        from_s: heard_before(section.from_s),
        to_s: heard_before(section.to_s),
        ..section.clone()
    });
    placed.filter(|section| section.to_s - section.from_s > 1e-6).collect()
}

/// Somebody who watches a part of a stage.
struct Share<'a> {
    of: &'a dyn Watch,
    from: f64,
    to: f64,
}

impl Watch for Share<'_> {
    fn event(&self, event: Event) {
        self.of.event(match event {
            Event::Progress { stage, fraction } => {
                Event::Progress { stage, fraction: self.from + fraction * (self.to - self.from) }
            }
            other => other,
        });
    }

    fn stop(&self) -> bool {
        self.of.stop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_lie_where_their_parts_are_heard() {
        let section =
            |id: &str, from_s, to_s| Section { id: id.to_owned(), kind: id.to_owned(), from_s, to_s };
        let sections =
            [section("verse", 0.0, 10.0), section("break", 10.0, 12.0), section("chorus", 12.0, 20.0)];
        let parts = [Part { from_s: 4.0, to_s: 7.0 }, Part { from_s: 12.0, to_s: 14.0 }];
        let found = sections_of(&sections, &parts);
        assert_eq!(found, [section("verse", 0.0, 3.0), section("chorus", 3.0, 5.0)]);
    }
}
