//! Where the balance starts: from the owner's rough mix, from the levels at which the tracks arrive, or from none.

use mixkeel_dsp::units::{db_from_power, power_from_db};
use mixkeel_session::session::Session;

use mixkeel_dsp::block::Channels;

use crate::rough::{MADE_OF, Rough};
use crate::rules::balance::table::row_of;
use crate::song::{Known, Song};

/// Where the balance starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// The levels at which tracks arrive mean nothing: raw recordings, normalised files.
    Fresh,
    /// They are the owner's balance: a workstation's export. It is kept.
    Tracks,
    /// The owner has made a rough mix of them, whose balance is read back and kept.
    Rough,
    /// Let the evidence say which.
    #[default]
    Auto,
}

impl std::str::FromStr for Start {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "fresh" => Ok(Start::Fresh),
            "tracks" => Ok(Start::Tracks),
            "rough" => Ok(Start::Rough),
            "auto" => Ok(Start::Auto),
            _ => Err(format!("\"{word}\" is not one of auto, fresh, tracks, rough")),
        }
    }
}

/// A start and the reason for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// [`Start::Fresh`], [`Start::Tracks`] or [`Start::Rough`].
    pub start: Start,
    /// Why, in a sentence that goes on the screen.
    pub because: String,
    /// How far the levels at which tracks arrive count all the same where the balance starts fresh, 0 to 1: not at all where
    /// that was asked for.
    pub levels_count: f64,
}

/// How far levels that look like a balance count beside what roles say. Ours: two guesses that know nothing of each other are
/// nearer in their middle than either alone; a little more for the one that its owner may have made.
pub const LEVELS_COUNT_AT_MOST: f64 = 0.6;

/// How far levels lie from what roles say, as a standard deviation in LU: where they are somebody's balance, and where they are
/// chance. Ours, from figures: engineers lie 3 to 6 LU apart within a role, and so do they from a table of roles; levels
/// that were turned by up to 12 dB either way lie 6.9 dB more apart, which makes 8.5 of 5 and 6.9.
const FROM_ROLES_LU: (f64, f64) = (5.0, 8.5);

/// Fewer tracks than this say nothing about each other's levels. Ours.
const FEWEST_LEVELS: usize = 4;

/// Files of an export end together to within this many seconds. Ours: two frames of video, more than any workstation
/// is out by and less than any two takes differ by.
const SAME_LENGTH_S: f64 = 0.08;

/// A peak this near to another's says that one target was set for both. Ours.
const SAME_PEAK_DB: f64 = 0.3;

/// Loudness that a balance may span, loudest to quietest. Ours: less than 3 LU between the quietest and loudest of
/// several tracks is a staging level, more than 40 LU is somebody's noise floor.
const BALANCE_SPAN_LU: (f64, f64) = (3.0, 40.0);

/// Loudness that the plain sum of an export may have. Ours: −8 LUFS is as hot as masters go, −36 is a very quiet mix.
const SUM_LUFS: (f64, f64) = (-36.0, -8.0);

/// The start for a song: what was asked for, or what the evidence says.
///
/// Tracks count as an export when all of this holds: at least three of them sound; all start and end together; at least
/// half are stereo (raw recordings of one microphone each are mono); their peaks were not normalised; their loudness
/// spans a range as a balance does; and their plain sum is as loud as a mix can be. Anything else is fresh: a balance
/// by role is better than one by accident.
pub fn choose(song: &Song, session: &Session) -> Choice {
    match song.start {
        Start::Fresh => Choice::of(Start::Fresh, "a fresh balance was asked for"),
        Start::Tracks => Choice::of(Start::Tracks, "the tracks' own balance was asked for"),
        Start::Rough => match &song.rough {
            Some(rough) => Choice {
                start: Start::Rough,
                levels_count: 0.0,
                because: format!(
                    "the balance of the rough mix \"{}\" was asked for; {}",
                    rough.name,
                    heard(rough)
                ),
            },
            None => Choice::of(
                Start::Fresh,
                "a rough mix was asked for, but none is there that is made of these tracks",
            ),
        },
        Start::Auto => match song.rough.as_ref().filter(|rough| rough.explained >= MADE_OF) {
            Some(rough) => Choice {
                start: Start::Rough,
                levels_count: 0.0,
                because: format!(
                    "\"{}\" is a mix of the other files: its balance is kept; {}",
                    rough.name,
                    heard(rough)
                ),
            },
            None => weigh(&song.sounding(session)),
        },
    }
}

/// How well a rough mix is told by its tracks.
fn heard(rough: &Rough) -> String {
    let there = rough.tracks.iter().filter(|found| found.gain_db.is_some()).count();
    format!(
        "{there} of {} tracks are heard in it, and they explain {:.0} % of it",
        rough.tracks.len(),
        100.0 * rough.explained
    )
}

impl Choice {
    fn of(start: Start, because: &str) -> Self {
        Self { start, because: because.to_owned(), levels_count: 0.0 }
    }
}

/// How far the levels at which tracks arrive look like a balance: the odds that they were meant, against that they are chance,
/// told from how far they lie from what roles say.
fn levels_count(tracks: &[Known]) -> f64 {
    if normalised(tracks) {
        return 0.0;
    }
    let off = |known: &Known| Some(known.facts.loudness_lufs()? - row_of(known.role)?.target_lu);
    let mut off: Vec<f64> = tracks.iter().filter_map(off).collect();
    if off.len() < FEWEST_LEVELS {
        return 0.0;
    }
    off.sort_by(f64::total_cmp);
    let middle = 0.5 * (off[off.len() / 2] + off[(off.len() - 1) / 2]);
    let (meant, chance) = FROM_ROLES_LU;
    let odds: f64 = off
        .iter()
        .map(|off| {
            // One track that is far off is no more than one.
            let off = (off - middle).clamp(-3.0 * meant, 3.0 * meant);
            libm::log(chance / meant) - 0.5 * off * off * (1.0 / (meant * meant) - 1.0 / (chance * chance))
        })
        .sum();
    LEVELS_COUNT_AT_MOST / (1.0 + libm::exp(-odds))
}

fn weigh(tracks: &[Known]) -> Choice {
    let counts = levels_count(tracks);
    let fresh = |because: &str| {
        let percent = libm::round(100.0 * counts);
        let because = if percent < 5.0 {
            because.to_owned()
        } else {
            format!(
                "{because}; their levels are near enough to what their roles say to count for {percent:.0} % all the \
                 same (not with --start fresh)"
            )
        };
        Choice { start: Start::Fresh, because, levels_count: if percent < 5.0 { 0.0 } else { counts } }
    };
    if tracks.len() < 3 {
        return fresh("fewer than three tracks sound, too few to be somebody's balance");
    }
    let ends = |known: &Known| known.facts.at_s + known.facts.profile.length_s();
    if span(tracks.iter().map(|known| known.facts.at_s)) > SAME_LENGTH_S
        || span(tracks.iter().map(ends)) > SAME_LENGTH_S
    {
        return fresh("the files do not start and end together, as an export would");
    }
    let stereo = tracks.iter().filter(|known| known.facts.profile.channels == Channels::Stereo).count();
    if 2 * stereo < tracks.len() {
        return fresh("most files are mono, as recordings are and exports seldom");
    }
    if normalised(tracks) {
        return fresh(
            "most files peak at the same level, so they were normalised and their levels mean nothing",
        );
    }
    let loudness: Vec<f64> = tracks.iter().filter_map(|known| known.facts.loudness_lufs()).collect();
    let spread = span(loudness.iter().copied());
    if spread < BALANCE_SPAN_LU.0 || spread > BALANCE_SPAN_LU.1 {
        return fresh("the levels at which the files arrive are no balance");
    }
    let sum = db_from_power(loudness.iter().map(|lufs| power_from_db(*lufs)).sum());
    if sum < SUM_LUFS.0 || sum > SUM_LUFS.1 {
        return fresh("the plain sum of the files is not as loud as a mix would be");
    }
    Choice {
        start: Start::Tracks,
        levels_count: 0.0,
        because: format!(
            "the files start and end together, most are stereo, none of their levels were normalised and they span \
             {spread:.0} LU: an export, whose balance is kept"
        ),
    }
}

/// Whether more than half of the peaks lie together.
fn normalised(tracks: &[Known]) -> bool {
    let mut peaks: Vec<f64> =
        tracks.iter().filter_map(|known| known.facts.profile.levels.sample_peak_dbfs()).collect();
    peaks.sort_by(f64::total_cmp);
    let together = peaks.len() / 2 + 1;
    peaks.windows(together).any(|some| span(some.iter().copied()) < SAME_PEAK_DB)
}

fn span(values: impl Iterator<Item = f64>) -> f64 {
    let (low, high) =
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    (high - low).max(0.0)
}
