//! Of several takes of one part, plays one.
//!
//! **What it does.** Where names say `take`, `tk` or `comp` and are the same otherwise, and the takes sound at the same places,
//! mutes all but the comp; where there is none, all but the take with the highest number.
//!
//! **Why.** Takes of one part were recorded to choose from. All at once they are a crowd that nobody played.
//!
//! **Evidence.** The words of the names; the share of its sounding time in which each take sounds together with the one
//! that plays.
//!
//! **Example.** `Vox take 1`, `Vox take 2` and `Vox comp`: the comp plays, the takes are muted and listed.
//!
//! **Known problems.** Takes that were meant as doubles are muted too; a name with `dbl` is not taken for a take.
//!
//! **Options.** `lock = ["mute"]`; `mute = false` in the session.
//!
//! **Sureness.** Likely: the newest is not always the best.
//!
//! **References.** Ours; how workstations name what they record in a loop.

use mixkeel_dsp::param::Value;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::session::Session;

use crate::roles::split;
use crate::rule::{Proposal, Rule};
use crate::song::{Known, Song};

/// Words that make a name that of a take.
const TAKE: [&str; 6] = ["take", "takes", "tk", "tks", "comp", "comped"];

/// Two takes of one part sound together for this share of the shorter's time. Ours: breaths and entries differ.
const TOGETHER: f64 = 0.5;

/// See the head of this file.
#[derive(Debug)]
pub struct Takes;

impl Rule for Takes {
    fn id(&self) -> &'static str {
        "repair/takes"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        let tracks = song.sounding(session);
        let named: Vec<(&Known, Named)> =
            tracks.iter().map(|known| (known, Named::of(&known.track.name))).collect();
        let takes = named.iter().filter(|(_, name)| name.is_take);
        let edits = takes.filter_map(|(known, name)| {
            let others = named.iter().filter(|(other, its)| {
                other.track.id != known.track.id
                    && its.is_take
                    && its.part == name.part
                    && !its.part.is_empty()
            });
            let better =
                others.filter(|(_, its)| its.rank() > name.rank()).max_by_key(|(_, its)| its.rank())?;
            let share = together(known, better.0);
            if share < TOGETHER {
                return None;
            }
            let because = format!("another take of the same part plays: {}", better.0.track.name);
            Proposal::new(self.id(), Sureness::Likely, because)
                .measured("share of its time in which both sound", share, "")
                .set(session, &known.track.id, "mute", Value::Switch(true))
        });
        edits.collect()
    }
}

/// A name as that of a take.
struct Named {
    is_take: bool,
    comp: bool,
    number: u32,
    /// The words that name the part.
    part: Vec<String>,
}

impl Named {
    fn of(name: &str) -> Self {
        let words = split::words(name);
        let number = words.iter().rev().find_map(|word| word.parse().ok()).unwrap_or(0);
        let is_take = words.iter().any(|word| TAKE.contains(&word.as_str()));
        let comp = words.iter().any(|word| word.starts_with("comp"));
        let part =
            words.into_iter().filter(|word| word.parse::<u32>().is_err() && !TAKE.contains(&word.as_str()));
        Self { is_take, comp, number, part: part.collect() }
    }

    /// The comp before all, then the newest.
    fn rank(&self) -> (bool, u32) {
        (self.comp, self.number)
    }
}

/// The share of the shorter's sounding time in which both sound.
fn together(one: &Known, other: &Known) -> f64 {
    let sounding = |known: &Known| -> Vec<bool> {
        let before = libm::round(known.facts.at_s.max(0.0) * 10.0) as usize;
        let powers = &known.facts.profile.contour.powers;
        let top = powers.iter().copied().fold(0.0, f32::max);
        std::iter::repeat_n(false, before).chain(powers.iter().map(|power| *power > 1e-3 * top)).collect()
    };
    let (one, other) = (sounding(one), sounding(other));
    let count = |row: &[bool]| row.iter().filter(|sounds| **sounds).count();
    let both = one.iter().zip(&other).filter(|(a, b)| **a && **b).count();
    both as f64 / count(&one).min(count(&other)).max(1) as f64
}
