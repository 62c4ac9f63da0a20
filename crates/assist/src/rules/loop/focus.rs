//! Brings what the song is about to the front where the render shows it covered, and the voice back where it stands too far
//! in front.
//!
//! **What it does.** Where the focus loses more than [`MOST_LOST_PHON`] of its loudness to the rest in every section, its fader
//! comes up; where in some sections only, a lane `loop` raises it there, by [`MOST_DB`] a round and in all. A lead vocal that
//! stands further than [`VOICE_WITHIN_LU`] from where engineers put it beside the mix moves to the edge of that; nothing raises
//! it past the upper edge. All rounds together take a focus no further from the level that was meant than people differ on its role
//! ([`most_in_all_db`]); what is covered even then is left for `buried-focus` to tell. Only where the balance is ours.
//!
//! **Why.** Nothing may overshadow the focus, and only the render knows what buses, reverbs and compressors left of it.
//!
//! **Evidence.** Partial loudness (ANSI S3.4-2007, Moore, Glasberg and Baer 1997) by section; gated loudness of the voice beside
//! that of the mix.
//!
//! **Example.** In chorus 1 the voice loses 13 phon to the guitars: +2.5 dB there.
//!
//! **Known problems.** A voice that is meant to sink into the band is lifted out of it.
//!
//! **Options.** `focus` in the session; `lock = ["fader_db", "loop"]`; `--rounds 0`; `--keep balance`.
//!
//! **Sureness.** Likely.
//!
//! **References.** De Man et al. 2014: lead vocal 2.7 LU under the mix, standard deviation 1.6; 10 phon are half as loud; a step
//! of 1 dB is just heard.

use mixkeel_judge::evidence::Strip;
use mixkeel_session::edit::{Edit, Sureness};
use mixkeel_session::fields;
use mixkeel_session::role::Role;
use mixkeel_session::session::{Section, Session};

use crate::rounds::aim::Aim;
use crate::rounds::intended::heard_lufs;
use crate::rounds::{Correction, Hearing};
use crate::rule::{Proposal, Rule};
use crate::rules::balance::table::{VOCAL_RE_MIX_LU, row_of};
use crate::rules::r#loop::levels::MOST_FADER_DB;
use crate::song::Song;
use crate::start::Start;

/// What the rest may take of the focus, in phon: half of its loudness. Ours: at a quarter it is part of the rest, which
/// `buried-focus` calls a fault.
pub const MOST_LOST_PHON: f64 = 10.0;

/// How far from the middle a lead vocal may stand, in LU: the standard deviation among engineers.
pub const VOICE_WITHIN_LU: f64 = 1.6;

/// The furthest that a round moves it, and that a lane lifts it over its fader, in dB. Ours.
pub const MOST_DB: f64 = 3.0;

/// How far all rounds together take a focus from the level that was meant, in dB: beyond what people show for its role it would be
/// another mix, and the fault is not its level. For a lead vocal two standard deviations, within which 19 of 20 engineers are, for
/// others the spread of the table of roles, and for what it does not know the middle of them.
pub fn most_in_all_db(role: Role) -> f64 {
    match role {
        Role::LeadVocal => 2.0 * VOICE_WITHIN_LU,
        role => row_of(role).map_or(UNKNOWN_SPREAD_LU, |row| row.spread_lu),
    }
}

/// The middle of the spreads in the table of roles, in LU.
const UNKNOWN_SPREAD_LU: f64 = 3.0;

/// What a dB of level brings in phon within a mix. Ours: alone it is about one (at 1 kHz a phon is a dB by definition), within
/// a mix it was taken a little lower; a round that overshoots is measured and not kept.
const PHON_A_DB: f64 = 0.9;

/// What is just heard: of loudness, in phon, and of the voice's level, in LU.
const JUST_HEARD: f64 = 1.0;

/// Frames of 100 ms in which it has to sound before a section is judged.
const LEAST_FRAMES: u64 = 8;

/// A lane moves over so many seconds on both sides of a section's border.
const GLIDE_S: f64 = 0.4;

/// See the head of this file.
#[derive(Debug)]
pub struct Focus;

impl Rule for Focus {
    fn id(&self) -> &'static str {
        "loop/focus"
    }

    fn file(&self) -> &'static str {
        file!()
    }

    fn line(&self) -> u32 {
        line!()
    }

    fn listens(&self) -> bool {
        true
    }

    fn propose(&self, song: &Song, session: &Session) -> Vec<Edit> {
        let Some(hearing) = Hearing::of(song, session) else { return Vec::new() };
        let Some((index, strip)) = lead(&hearing) else { return Vec::new() };
        let voice = voice_aim(&hearing);
        if let Some(aim) = voice.as_ref().filter(|aim| aim.is_heard()) {
            return self.all(&hearing, -aim.off(), &because_voice(aim), aim).into_iter().collect();
        }
        // How far it may come up before it stands too far in front.
        let room_db = voice.as_ref().map_or(MOST_DB, |aim| (aim.at_most - aim.measured).max(0.0));
        let room_db = room_db.min(may_move_db(&hearing).1);
        let short = lost_by_section(&hearing, index);
        let short_db: Vec<f64> =
            short.iter().map(|lost| ((lost - MOST_LOST_PHON) / PHON_A_DB).clamp(0.0, MOST_DB)).collect();
        let everywhere_db = short_db.iter().copied().fold(f64::INFINITY, f64::min);
        let most_lost = short.iter().copied().fold(0.0, f64::max);
        let aim = lost_aim(strip, "", most_lost);
        if !aim.is_heard() || room_db < 0.1 {
            return Vec::new();
        }
        let because = format!(
            "{} loses {most_lost:.0} phon to the rest where it is covered most, more than half of its loudness",
            strip.name
        );
        if everywhere_db.is_finite() && everywhere_db > 0.0 {
            return self.all(&hearing, everywhere_db.min(room_db), &because, &aim).into_iter().collect();
        }
        let sections = sections(&hearing, index);
        let lifts = sections.iter().zip(&short_db).map(|(section, db)| (*section, db.min(room_db)));
        self.in_sections(&hearing, strip, lifts, &because, &aim).into_iter().collect()
    }
}

impl Focus {
    /// Moves every track that the song is about, so that they stay together.
    fn all(&self, hearing: &Hearing, by_db: f64, because: &str, aim: &Aim) -> Vec<Edit> {
        let (down_db, up_db) = may_move_db(hearing);
        let by_db = by_db.clamp(-MOST_DB, MOST_DB).clamp(down_db, up_db);
        let tracks = hearing.session.tracks.iter().filter(|track| hearing.session.focus.contains(&track.id));
        let turn = |track: &mixkeel_session::session::Track| {
            let to = (track.fader_db + by_db).min(MOST_FADER_DB);
            self.proposal(because, aim).set_number(hearing.session, &track.id, fields::FADER_DB.id, to)
        };
        tracks.filter_map(turn).collect()
    }

    fn in_sections<'s>(
        &self,
        hearing: &Hearing,
        strip: &Strip,
        lifts: impl Iterator<Item = (&'s Section, f64)>,
        because: &str,
        aim: &Aim,
    ) -> Option<Edit> {
        let track = hearing.session.tracks.iter().find(|track| track.id == strip.id)?;
        let own = track.lanes.iter().find(|lane| lane.by.as_deref() == Some(self.id()));
        let stands = |at_s: f64| own.map_or(0.0, |lane| offset_at(&lane.points, at_s));
        let mut points: Vec<(f64, f64)> = Vec::new();
        for (section, more_db) in lifts {
            let middle_s = (section.from_s + section.to_s) / 2.0;
            let db = libm::round(10.0 * (stands(middle_s) + more_db).min(MOST_DB)) / 10.0;
            points.extend([(section.from_s, db), ((section.to_s - GLIDE_S).max(section.from_s), db)]);
        }
        points.iter().any(|(_, db)| *db > 0.0).then_some(())?;
        // Each move lies at the end of the section before, so that a section begins at its own level.
        self.proposal(because, aim).lane(hearing.session, &strip.id, "loop", fields::FADER_DB.id, &points)
    }

    fn proposal(&self, because: &str, aim: &Aim) -> Proposal {
        Proposal::new(self.id(), Sureness::Likely, because).measured(&aim.what, aim.measured, aim.unit)
    }
}

impl Correction for Focus {
    fn aims(&self, hearing: &Hearing) -> Vec<Aim> {
        let Some((index, strip)) = lead(hearing) else { return Vec::new() };
        let lost = lost_by_section(hearing, index);
        let mut aims: Vec<Aim> = voice_aim(hearing).into_iter().collect();
        let names: Vec<&str> = sections(hearing, index).iter().map(|section| section.id.as_str()).collect();
        if names.is_empty() {
            aims.extend(lost.iter().map(|lost| lost_aim(strip, "", *lost)));
        } else {
            aims.extend(names.iter().zip(&lost).map(|(name, lost)| lost_aim(strip, name, *lost)));
        }
        aims
    }
}

/// The track that the song is about, with its number: of several the one that is heard best.
fn lead<'h>(hearing: &'h Hearing) -> Option<(usize, &'h Strip)> {
    if hearing.song.start != Start::Fresh {
        return None;
    }
    let masking = hearing.evidence.masking.as_ref()?;
    let tracks = hearing.evidence.tracks.iter().enumerate().filter(|(_, strip)| strip.in_focus);
    let sounding = tracks.filter_map(|(index, strip)| Some((index, strip, masking.whole.tracks.get(index)?)));
    sounding
        .filter(|(_, _, track)| track.sounding_frames >= LEAST_FRAMES)
        .min_by(|a, b| a.2.lost_phon().total_cmp(&b.2.lost_phon()))
        .map(|(index, strip, _)| (index, strip))
}

/// How far the focus may still go down and up, in dB, all of it together: less than nothing neither way.
fn may_move_db(hearing: &Hearing) -> (f64, f64) {
    let focus = hearing.evidence.tracks.iter().filter(|strip| strip.in_focus);
    let room = focus.filter_map(|strip| {
        // As it was heard, so that what processors took from it may come back.
        let moved_db = heard_lufs(strip)? - hearing.intended.lufs(&strip.id)?;
        let most_db = most_in_all_db(strip.role);
        Some(((-most_db - moved_db).min(0.0), (most_db - moved_db).max(0.0)))
    });
    room.fold((-MOST_DB, MOST_DB), |all, one| (all.0.max(one.0), all.1.min(one.1)))
}

/// The sections in which it sounds.
fn sections<'h>(hearing: &'h Hearing, index: usize) -> Vec<&'h Section> {
    let sounds = |section: &&Section| lost_in(hearing, index, &section.id).is_some();
    hearing.session.sections.iter().filter(sounds).collect()
}

fn lost_in(hearing: &Hearing, index: usize, section: &str) -> Option<f64> {
    let masking = hearing.evidence.masking.as_ref()?;
    let place = hearing.evidence.sections.iter().position(|one| one.id == section)?;
    let span = hearing.evidence.sections.get(place)?.masking_span?;
    let track = masking.spans.get(span)?.tracks.get(index)?;
    // A breath ahead of a verse is nothing to be brought to the front.
    let is_there =
        track.sounding_frames >= LEAST_FRAMES && hearing.evidence.tracks.get(index)?.is_itself_in(place);
    is_there.then(|| track.lost_phon())
}

/// What it loses in each of those sections, or in all where there are none, in phon.
fn lost_by_section(hearing: &Hearing, index: usize) -> Vec<f64> {
    let lost: Vec<f64> =
        hearing.session.sections.iter().filter_map(|section| lost_in(hearing, index, &section.id)).collect();
    if !lost.is_empty() {
        return lost;
    }
    let whole = hearing.evidence.masking.as_ref().and_then(|masking| masking.whole.tracks.get(index));
    whole.map(|track| track.lost_phon()).into_iter().collect()
}

fn lost_aim(strip: &Strip, section: &str, lost: f64) -> Aim {
    let place = if section.is_empty() { String::new() } else { format!(" in {section}") };
    Aim {
        what: format!("{}, lost to the rest{place}", strip.name),
        measured: lost,
        at_least: f64::NEG_INFINITY,
        at_most: MOST_LOST_PHON,
        unit: "phon",
        just_heard: JUST_HEARD,
    }
}

/// The loudest lead vocal beside the mix.
fn voice_aim(hearing: &Hearing) -> Option<Aim> {
    if hearing.song.start != Start::Fresh {
        return None;
    }
    let mix = hearing.evidence.sound.loudness.integrated_lufs?;
    let voices =
        hearing.evidence.tracks.iter().filter(|strip| strip.in_focus && strip.role == Role::LeadVocal);
    let loudest = voices
        .filter_map(|strip| Some((strip, strip.loudness.integrated_lufs?)))
        .max_by(|a, b| a.1.total_cmp(&b.1))?;
    let wanted = VOCAL_RE_MIX_LU + hearing.song.style.voice_lu;
    Some(Aim {
        what: format!("{} beside the mix", loudest.0.name),
        measured: loudest.1 - mix,
        at_least: wanted - VOICE_WITHIN_LU,
        at_most: wanted + VOICE_WITHIN_LU,
        unit: "LU",
        just_heard: JUST_HEARD,
    })
}

fn because_voice(aim: &Aim) -> String {
    let (side, place) = if aim.off() > 0.0 { ("in front of", "over") } else { ("behind", "under") };
    format!(
        "the voice stands {:.1} LU beside the mix, {side} where engineers put it ({:.1} LU): it comes back to the edge {place} \
         which they seldom go",
        aim.measured,
        (aim.at_least + aim.at_most) / 2.0
    )
}

/// The offset of a lane at a time.
fn offset_at(points: &[(f64, f64)], at_s: f64) -> f64 {
    let after = points.iter().position(|(s, _)| *s > at_s).unwrap_or(points.len());
    let value = |index: usize| points.get(index).copied();
    match (after.checked_sub(1).and_then(value), value(after)) {
        (Some((from_s, from)), Some((to_s, to))) => {
            from + (to - from) * (at_s - from_s) / (to_s - from_s).max(1e-9)
        }
        (Some((_, only)), None) | (None, Some((_, only))) => only,
        (None, None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_is_read_between_its_points_and_held_outside() {
        let points = [(1.0, 0.0), (2.0, 2.0)];
        assert_eq!([0.0, 1.5, 3.0].map(|s| offset_at(&points, s)), [0.0, 1.0, 2.0]);
        assert_eq!(offset_at(&[], 1.0), 0.0);
    }
}
