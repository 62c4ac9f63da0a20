//! What kind of music it is, as far as a mix depends on it: a small prior, inferred from tempo, instruments, density and how
//! far the recordings were pressed already, or said by the owner.
//!
//! A style moves the lead vocal by 2 LU at most and the reverberation by 3: less than engineers differ by on one song. Where
//! the signs do not agree there is no style, and nothing is moved.

use mixkeel_session::role::Role;
use mixkeel_session::session::Session;

use crate::rules::space::depth::beat_s;
use crate::song::{Known, Song};

/// A kind of music.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// The word for it.
    pub name: &'static str,
    /// By how much the lead vocal stands nearer than in the middle of all styles, in LU beside the mix.
    pub voice_lu: f64,
    /// By how much more reverberation there is, in LU.
    pub reverb_lu: f64,
}

/// No style in particular.
pub const PLAIN: Style = style("plain", 0.0, 0.0);

/// All of them. Voices: Gerdes and Siedenburg (hit records 1946 to 2020) have the voice about 1 dB over the accompaniment since
/// 1975, none in rock, 3.1 dB under it in metal, more in country and rap; +1 dB over the accompaniment is 2.5 under the mix, 0
/// is 3.0 and −3.1 is 4.8. Reverberation: ours, by what the styles are known for; nothing was measured.
pub static STYLES: [Style; 8] = [
    PLAIN,
    style("rock", -0.4, -1.0),
    style("metal", -2.0, -2.0),
    style("country", 0.6, 0.0),
    style("hip-hop", 0.6, -3.0),
    style("electronic", -0.4, 1.0),
    style("jazz", 0.0, 1.0),
    style("acoustic", 0.6, 1.0),
];

const fn style(name: &'static str, voice_lu: f64, reverb_lu: f64) -> Style {
    Style { name, voice_lu, reverb_lu }
}

impl Default for Style {
    fn default() -> Self {
        PLAIN
    }
}

/// The style of this name.
pub fn find(name: &str) -> Option<Style> {
    STYLES.into_iter().find(|style| style.name == name)
}

/// A style, and what speaks for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Inferred {
    /// Which.
    pub style: Style,
    /// Why, in words that go on the screen.
    pub because: String,
}

/// A style needs so many points, and so many more than any other. Ours: two signs that agree are chance, four are not.
const LEAST: f64 = 4.0;
/// See [`LEAST`].
const LEAD: f64 = 1.0;

/// Guitars whose peaks stand less than this over their loudness were distorted or limited, in dB. Ours: clean electric
/// guitars have 15 and more, through an amplifier turned up 8 to 12.
const PRESSED_DB: f64 = 13.0;

/// The style that the recordings speak for, or none in particular.
pub fn infer(song: &Song, session: &Session) -> Inferred {
    let tracks = song.sounding(session);
    let count = |roles: &[Role]| tracks.iter().filter(|known| roles.contains(&known.role)).count();
    let bpm = beat_s(session).map(|beat_s| 60.0 / beat_s);
    let fast = |from: f64, to: f64| bpm.is_some_and(|bpm| (from..to).contains(&bpm));
    let drums = count(&[Role::Kick, Role::Snare, Role::Drums]) > 0;
    let live = count(&[Role::Overheads, Role::Room, Role::Toms]) > 0;
    let electric = count(&[Role::ElectricGuitar]);
    let acoustic = count(&[Role::AcousticGuitar]);
    let winds = count(&[Role::Brass, Role::Woodwind]);
    let made = count(&[Role::LeadSynth, Role::Pad, Role::Pluck, Role::Loop, Role::Fx]);
    let voices = count(&[Role::LeadVocal]);
    let pressed = electric > 0 && pressed_db(&tracks).is_some_and(|db| db < PRESSED_DB);
    let loops = count(&[Role::Loop, Role::BackingTrack, Role::Drums]);
    let half_made = 2 * made >= tracks.len() && made > 1;
    let sign = |holds: bool, points: f64, says: &'static str| if holds { Some((points, says)) } else { None };
    let signs = |name: &str| -> Vec<(f64, &'static str)> {
        let all = match name {
            "rock" => vec![
                sign(electric > 0, 2.0, "electric guitars"),
                sign(drums, 1.0, "drums"),
                sign(live, 1.0, "a kit with its microphones"),
                sign(count(&[Role::Bass]) > 0, 0.5, "bass"),
                sign(fast(85.0, 180.0), 0.5, "the tempo"),
            ],
            "metal" => vec![
                sign(electric > 1 && pressed, 3.0, "several distorted guitars"),
                sign(drums && live, 1.0, "a kit with its microphones"),
                sign(fast(120.0, 260.0), 1.0, "a fast tempo"),
                sign(
                    acoustic + winds == 0 && count(&[Role::Piano, Role::Keys, Role::Organ]) == 0,
                    0.5,
                    "no keys",
                ),
            ],
            "hip-hop" => vec![
                sign(voices > 0 && electric + acoustic == 0, 1.5, "a voice without guitars"),
                sign(loops > 0 && !live, 1.5, "drums from loops"),
                sign(fast(60.0, 105.0), 1.0, "the tempo"),
                sign(count(&[Role::Bass, Role::Kick]) > 0, 0.5, "bass or kick"),
            ],
            "electronic" => vec![
                sign(half_made, 2.5, "mostly synthesisers and loops"),
                sign(fast(112.0, 152.0), 1.0, "a tempo to dance to"),
                sign(!live && electric + acoustic == 0, 1.0, "no kit and no guitars"),
            ],
            "jazz" => vec![
                sign(winds > 0, 2.0, "winds"),
                sign(count(&[Role::Piano]) > 0, 1.0, "piano"),
                sign(live && !pressed && electric < 2, 1.0, "a kit, and nothing distorted"),
                sign(made == 0, 0.5, "no synthesisers"),
            ],
            "acoustic" => vec![
                sign(acoustic > 0, 2.0, "acoustic guitars"),
                sign(!drums && electric == 0, 1.5, "neither drums nor electric guitars"),
                sign(tracks.len() <= 10, 1.0, "few tracks"),
                sign(made == 0, 0.5, "no synthesisers"),
            ],
            _ => Vec::new(),
        };
        all.into_iter().flatten().collect()
    };
    let mut found: Vec<(f64, Style, Vec<&str>)> = STYLES
        .into_iter()
        .map(|style| {
            let signs = signs(style.name);
            let points = signs.iter().map(|(points, _)| points).sum();
            (points, style, signs.into_iter().map(|(_, says)| says).collect())
        })
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.name.cmp(b.1.name)));
    match found.as_slice() {
        [(points, style, signs), (next, ..), ..] if *points >= LEAST && points - next >= LEAD => {
            Inferred { style: *style, because: signs.join(", ") }
        }
        _ => Inferred { style: PLAIN, because: "the signs of no style agree".to_owned() },
    }
}

/// How far peaks stand over loudness in the middle of all electric guitars.
fn pressed_db(tracks: &[Known]) -> Option<f64> {
    let over = |known: &Known| {
        let profile = &known.facts.profile;
        Some(profile.levels.sample_peak_dbfs()? - known.facts.loudness_lufs()?)
    };
    let mut over: Vec<f64> =
        tracks.iter().filter(|known| known.role == Role::ElectricGuitar).filter_map(over).collect();
    over.sort_by(f64::total_cmp);
    over.get(over.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_style_is_found_by_its_name_and_moves_little() {
        for style in STYLES {
            assert_eq!(find(style.name), Some(style));
            assert!(style.voice_lu.abs() <= 2.0 && style.reverb_lu.abs() <= 3.0, "{}", style.name);
        }
        assert_eq!(find("polka"), None);
    }
}
