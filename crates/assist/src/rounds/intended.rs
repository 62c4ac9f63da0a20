//! What was intended when the decisions were made: the session as it went into the loop, and how loud every track was to be.

use mixkeel_dsp::units::{db_from_power, power_from_db};
use mixkeel_judge::evidence::Strip;
use mixkeel_session::session::{Id, Insert, Session};

use super::parts::{Part, STEP_S};
use crate::forecast::Forecast;
use crate::song::Song;

/// What was intended.
#[derive(Clone, Debug, PartialEq)]
pub struct Intended {
    /// The session as it was decided, before anything was heard of it.
    pub session: Session,
    /// How loud every track was to be in the parts that are listened to, in LUFS, in the order of ids.
    tracks: Vec<(Id, f64)>,
}

impl Intended {
    /// What a session means: faders and their lanes, on the recordings as they were measured. What equalisers and compressors
    /// make of a level is no intention; they are there for tone and movement.
    pub fn of(song: &Song, session: &Session, parts: &[Part]) -> Self {
        let mut bare = session.clone();
        // A strip is heard as it leaves its fader, whatever its bus makes of it.
        bare.buses.clear();
        bare.returns.clear();
        bare.master.inserts.clear();
        for track in &mut bare.tracks {
            track.inserts.retain(is_meant);
            track.bus = "master".to_owned();
            track.sends.clear();
            track.lanes.retain(|lane| !lane.of.contains('/'));
        }
        let tracks = match Forecast::of(song, &bare) {
            Err(_) => Vec::new(),
            Ok(forecast) => {
                let level = |(number, id): (usize, &str)| {
                    let sum = forecast.alone(number);
                    let cell = |seconds: f64| libm::round(seconds / STEP_S) as usize;
                    let powers = parts.iter().map(|part| {
                        let power = sum.lufs(cell(part.from_s)..cell(part.to_s)).map_or(0.0, power_from_db);
                        (power * part.length_s(), part.length_s())
                    });
                    mean_lufs(powers).map(|lufs| (id.to_owned(), lufs))
                };
                forecast.tracks().enumerate().filter_map(level).collect()
            }
        };
        Self { session: session.clone(), tracks }
    }

    /// How loud a track was to be. `None` where it was not to be heard.
    pub fn lufs(&self, track: &str) -> Option<f64> {
        self.tracks.iter().find(|(id, _)| id == track).map(|(_, lufs)| *lufs)
    }
}

/// Rules by which one track makes room for another.
const STEPS_BACK: [&str; 2] = ["eq/make-room", "dynamics/kick-and-bass"];

/// What is there by intention to change a level: repair, what steps back for another while that sounds, and what the owner has
/// put there. Were a step back taken for a fault, the loop would turn up again whoever made room.
fn is_meant(insert: &Insert) -> bool {
    let by_rule = |by: &str| by.starts_with("repair/") || STEPS_BACK.contains(&by);
    insert.by.as_deref().is_none_or(by_rule)
}

/// How loud a track was where it was heard, not gated, as [`Intended`] tells it. `None` for silence.
pub fn heard_lufs(strip: &Strip) -> Option<f64> {
    // Power of loudness: −0.691 LUFS is a mean square of 1 (BS.1770).
    let powers = strip.contour.powers.iter().map(|power| (f64::from(*power) * power_from_db(-0.691), 1.0));
    mean_lufs(powers)
}

/// The loudness of powers that last so long.
fn mean_lufs(powers: impl Iterator<Item = (f64, f64)>) -> Option<f64> {
    let (power, length) =
        powers.fold((0.0, 0.0), |(power, length), (more, long)| (power + more, length + long));
    (power > 0.0 && length > 0.0).then(|| db_from_power(power / length))
}
