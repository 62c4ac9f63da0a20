//! Values as people type them: times, rates, roles.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use mixkeel::mix::Start;

/// The rates that are read and written, in Hz (DESIGN: any rate from 8 to 384 kHz).
const RATES_HZ: std::ops::RangeInclusive<f64> = 8_000.0..=384_000.0;

/// The most threads that can be asked for. Ours: no machine of today has more, and a slip of the finger ends here.
const MOST_JOBS: usize = 1024;

/// Seconds from `95`, `1:23.5` or `1:02:03`.
///
/// # Errors
/// In words, for anything else.
pub fn seconds(text: &str) -> Result<f64, String> {
    let wrong = || format!("`{text}` is no time; write seconds (95.5) or minutes:seconds (1:35.5)");
    let parts: Vec<&str> = text.split(':').collect();
    if parts.len() > 3 {
        return Err(wrong());
    }
    let mut total_s = 0.0;
    for (place, part) in parts.iter().enumerate() {
        let last = place + 1 == parts.len();
        let plain = part.chars().all(|c| c.is_ascii_digit() || (last && c == '.'));
        let value: f64 = part.parse().ok().filter(|_| plain).ok_or_else(wrong)?;
        if place > 0 && value >= 60.0 {
            return Err(wrong());
        }
        total_s = total_s * 60.0 + value;
    }
    Ok(total_s)
}

/// A length of time from `90s`, `15m`, `1h`, or as [`seconds`] reads it.
///
/// # Errors
/// In words, for anything else.
pub fn time_limit(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no length of time; write 90s, 15m or 1h");
    let units = [("h", 3600.0), ("m", 60.0), ("s", 1.0)];
    let unit = units.iter().find_map(|(word, unit_s)| Some((text.strip_suffix(word)?, *unit_s)));
    let limit_s = match unit {
        Some((number, unit_s)) if !number.contains(':') => seconds(number).map_err(|_| wrong())? * unit_s,
        _ => seconds(text).map_err(|_| wrong())?,
    };
    Duration::try_from_secs_f64(limit_s).map_err(|_| wrong())
}

/// A part of everything from `0.6` or `60%`.
///
/// # Errors
/// In words, for anything else.
pub fn strength(text: &str) -> Result<f64, String> {
    let (number, whole) = text.strip_suffix('%').map_or((text, 1.0), |number| (number.trim_end(), 100.0));
    let plain = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == '.');
    let part = number.parse::<f64>().ok().filter(|_| plain).map(|value| value / whole);
    part.filter(|part| (0.0..=1.0).contains(part))
        .ok_or_else(|| format!("`{text}` is no strength; write 0 to 1, or 0% to 100%"))
}

/// How many variations.
///
/// # Errors
/// In words, for anything that is not a number of them.
pub fn variations(text: &str) -> Result<usize, String> {
    let most = mixkeel::mix::MOST_VARIATIONS;
    text.parse()
        .ok()
        .filter(|wanted| *wanted <= most)
        .ok_or_else(|| format!("`{text}` is no number of variations; there are {most}"))
}

/// How many rounds of correction.
///
/// # Errors
/// In words, for anything that is not a number from 0 to 20.
pub fn rounds(text: &str) -> Result<usize, String> {
    let most = 20;
    text.parse()
        .ok()
        .filter(|rounds| *rounds <= most)
        .ok_or_else(|| format!("`{text}` is no number of rounds; write 0 to {most}"))
}

/// Hertz from `48000`, `48k` or `44.1k`.
///
/// # Errors
/// In words, for anything else and for rates that are neither read nor written.
pub fn rate_hz(text: &str) -> Result<u32, String> {
    let lower = text.to_ascii_lowercase();
    let (digits, unit_hz) = match lower.strip_suffix("khz").or_else(|| lower.strip_suffix('k')) {
        Some(digits) => (digits, 1000.0),
        None => (lower.strip_suffix("hz").unwrap_or(&lower), 1.0),
    };
    let plain = digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    let rate_hz: Option<f64> =
        digits.parse().ok().filter(|_| plain).map(|value: f64| (value * unit_hz).round());
    match rate_hz {
        // In range, so it fits a u32 exactly.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number up to 384,000"
        )]
        Some(rate_hz) if RATES_HZ.contains(&rate_hz) => Ok(rate_hz as u32),
        Some(_) => Err(format!("`{text}` is outside 8 kHz to 384 kHz")),
        None => Err(format!("`{text}` is no rate; write 48000 or 48k")),
    }
}

/// Where a balance starts, from `auto`, `fresh`, `tracks`, `rough` or `rough=FILE`.
///
/// # Errors
/// In words, for anything else.
pub fn start(text: &str) -> Result<(Start, Option<PathBuf>), String> {
    match text.split_once('=') {
        Some(("rough", "")) => Err("`rough=` wants the file of a rough mix: rough=FILE".to_owned()),
        Some(("rough", file)) => Ok((Start::Rough, Some(PathBuf::from(file)))),
        _ => text
            .parse()
            .map(|start| (start, None))
            .map_err(|_| format!("`{text}` is not one of auto, fresh, tracks, rough, rough=FILE")),
    }
}

/// Beats a minute, from `92` or `92.5`.
///
/// # Errors
/// In words, for anything that is no tempo.
pub fn tempo_bpm(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(bpm) if (10.0..=999.0).contains(&bpm) => Ok(bpm),
        _ => Err(format!("`{text}` is no tempo from 10 to 999 beats a minute")),
    }
}

/// A file and what it is, from `file=role`. A file's name may hold `=`, a role's may not.
///
/// # Errors
/// In words, when either side is missing.
pub fn role(text: &str) -> Result<(String, String), String> {
    match text.rsplit_once('=') {
        Some((file, role)) if !file.trim().is_empty() && !role.trim().is_empty() => {
            Ok((file.trim().to_owned(), role.trim().to_owned()))
        }
        _ => Err(format!("`{text}` is not FILE=ROLE; write \"Audio 07.wav=lead-vocal\"")),
    }
}

/// How many threads.
///
/// # Errors
/// In words, for anything that is not a count of threads.
pub fn jobs(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(jobs) if (1..=MOST_JOBS).contains(&jobs) => Ok(jobs),
        _ => Err(format!("`{text}` is not a number from 1 to {MOST_JOBS}")),
    }
}

/// One of these words, which help and completions then show, as the library's own type.
pub fn one_of<T>(words: &'static [&'static str]) -> impl TypedValueParser<Value = T>
where
    T: std::str::FromStr + Clone + Send + Sync + 'static,
    T::Err: std::fmt::Display,
{
    PossibleValuesParser::new(words).try_map(|word| word.parse::<T>().map_err(|error| error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        assert_eq!(seconds("95"), Ok(95.0));
        assert_eq!(seconds("0"), Ok(0.0));
        assert_eq!(seconds("1:23.5"), Ok(83.5));
        assert_eq!(seconds("1:02:03"), Ok(3723.0));
        for wrong in ["", ":", "1:", "1:60", "1:2:3:4", "-3", "1e3", "nan", "inf", "1.5:30", "1:2x", "+1"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn limits_are_read_as_people_write_them() {
        let read = |text: &str| time_limit(text).map(|limit| limit.as_secs_f64());
        assert_eq!(
            ["90s", "15m", "1h", "1.5m", "2:30", "45"].map(read),
            [90.0, 900.0, 3600.0, 90.0, 150.0, 45.0].map(Ok)
        );
        assert!(["", "m", "-5s", "1:30m", "soon"].iter().all(|text| time_limit(text).is_err()));
        assert_eq!(["60%", "0.6", "0", "100 %", "1"].map(strength), [0.6, 0.6, 0.0, 1.0, 1.0].map(Ok));
        assert!(["", "60", "-1", "1.5", "%"].iter().all(|text| strength(text).is_err()));
        assert!(variations("3") == Ok(3) && variations("99").is_err());
        assert_eq!((rounds("0"), rounds("3")), (Ok(0), Ok(3)));
        assert!(["-1", "21", "few"].iter().all(|text| rounds(text).is_err()));
    }

    #[test]
    fn rates_are_read_as_people_write_them() {
        assert_eq!(rate_hz("48000"), Ok(48_000));
        assert_eq!(rate_hz("44.1k"), Ok(44_100));
        assert_eq!(rate_hz("96 kHz".replace(' ', "").as_str()), Ok(96_000));
        assert_eq!(rate_hz("384000"), Ok(384_000));
        for wrong in ["", "k", "48", "-48000", "1e5", "nan", "400k", "7999", "forty"] {
            assert!(rate_hz(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_role_belongs_to_a_file_whose_name_may_hold_anything() {
        assert_eq!(role("a=b.wav=bass"), Ok(("a=b.wav".to_owned(), "bass".to_owned())));
        for wrong in ["", "bass", "=bass", "a.wav=", " = "] {
            assert!(role(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn threads_are_counted_from_one() {
        assert_eq!(jobs("2"), Ok(2));
        assert!(
            jobs("0").is_err() && jobs("-1").is_err() && jobs("1000000").is_err() && jobs("two").is_err()
        );
    }
}
