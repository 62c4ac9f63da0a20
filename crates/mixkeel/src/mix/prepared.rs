//! A session that is ready to be decided on: what stands in it already, by whom, and what is taken back first.

use std::collections::BTreeMap;

use mixkeel_assist::rounds::touches;
use mixkeel_assist::rule;
use mixkeel_session::address::Address;
use mixkeel_session::apply::apply;
use mixkeel_session::difference::Difference;
use mixkeel_session::document::Document;
use mixkeel_session::edit::Edit;
use mixkeel_session::fields::{FADER_DB, TRIM_DB};
use mixkeel_session::session::Session;

use super::hold::holds_levels;
use crate::project::folder::Folder;
use crate::project::session_file;

/// A session that is ready to be decided on, and how its text comes to be.
pub struct Prepared {
    pub session: Session,
    /// The text that a person may have written in; kept as it is but for what edits change.
    pub document: Option<Document>,
    /// Words beside values, for the person who reads the file.
    pub notes: BTreeMap<Address, String>,
    /// The session as it was decided, before it was heard.
    pub on_paper: Session,
    /// What a person changed since the last version: locked.
    pub by_hand: Vec<Difference>,
    /// The session of the last version as it was written.
    pub before: Option<Session>,
    /// The edits of the last version.
    pub earlier_edits: Vec<Edit>,
}

impl Prepared {
    /// The session of a mix that differs on purpose: written anew, and the first of its folder.
    pub fn vary(&mut self, session: &Session) {
        self.session = session.clone();
        self.document = None;
        self.before = None;
        self.by_hand.clear();
        self.earlier_edits.clear();
    }

    /// Every edit that made the session: of those of earlier versions what still stands, then what was decided now.
    pub fn edits(&self, decided: &[Edit]) -> Vec<Edit> {
        // What the loop has moved further stands all the same, as the reason for where it was before.
        let again = |now: &Edit, edit: &Edit| {
            now.address == edit.address && (now.by == edit.by || !is_correction(now))
        };
        let stands = |edit: &&Edit| {
            let stands =
                edit.stands_in(&self.session) || (!is_correction(edit) && edit.stands_in(&self.on_paper));
            stands && !decided.iter().any(|now| again(now, edit))
        };
        self.earlier_edits.iter().filter(stands).chain(decided).cloned().collect()
    }
}

fn is_correction(edit: &Edit) -> bool {
    edit.by.starts_with("loop/")
}

/// What the loop of the last version corrected is taken back first, because it is measured anew; and where everything is decided
/// in part, or was, what rules have decided as well, so that the way begins where it began.
pub fn take_back(prepared: &mut Prepared, keep: &[String], strength: f64) {
    let before = prepared.before.as_ref().and_then(|before| before.song.strength).unwrap_or(1.0);
    let all = strength < 1.0 || before < 1.0;
    let kept = |edit: &Edit| {
        let stage = edit.by.split('/').next().unwrap_or_default();
        keep.iter().any(|keep| keep == stage || *keep == edit.address.strip || touches(&edit.by, keep))
    };
    // A level that a goal or a note has set was set beside those that the loop had left.
    let holds_levels = holds_levels(&prepared.earlier_edits, &prepared.session);
    let is_level = |edit: &Edit| {
        let parameter = edit.address.parameter.as_deref();
        parameter == Some(FADER_DB.id) || parameter == Some(TRIM_DB.id)
    };
    let is_taken = |edit: &&Edit| {
        let stage = edit.by.split('/').next().unwrap_or_default();
        let is_taste = all && !matches!(stage, "repair" | "trim" | "bus" | "headroom");
        rule(&edit.by).is_some()
            && (stage == "loop" || is_taste)
            && !kept(edit)
            && !(holds_levels && is_level(edit))
    };
    for edit in prepared.earlier_edits.iter().rev().filter(is_taken) {
        if let Some(back) = edit.inverse().filter(|_| edit.stands_in(&prepared.session)) {
            // What its owner has locked since stays.
            let _ = apply(&mut prepared.session, &back);
        }
    }
}

/// What a person wants of the mix and when the work on it ends are no decisions: `--redo` leaves them. A session that
/// cannot be read has nothing to keep, since `--redo` is the way out of one.
pub fn keep_wishes(folder: &Folder, session: &mut Session) {
    if let Ok(stands) = session_file::open(&folder.session()) {
        session.goals = stands.session.goals;
        session.references = stands.session.references;
        session.finish = stands.session.finish;
    }
}
