//! `[finish]`: the limits that a person sets to the work on a song, so that it ends.

use std::fmt;

/// The person's limits. All of them may be left out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Finish {
    /// The last day of work.
    pub by: Option<Date>,
    /// Hours of work.
    pub hours: Option<f64>,
    /// Versions.
    pub versions: Option<u32>,
}

/// A day of the Gregorian calendar, from year 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// Seconds in a day of UTC, as clocks that count from 1970 have it.
const DAY_S: u64 = 86_400;

impl Date {
    /// A day that exists, or nothing.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let exists = (1..=9999).contains(&year)
            && (1..=12).contains(&month)
            && day >= 1
            && day <= days_in(year, month);
        exists.then_some(Self { year, month, day })
    }

    /// A day from `2026-12-24`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let digits = |part: &str, wanted: usize| {
            (part.len() == wanted && part.bytes().all(|byte| byte.is_ascii_digit()))
                .then(|| part.parse().ok())?
        };
        let narrow = |number: u16| u8::try_from(number).ok();
        if parts.next().is_some() {
            return None;
        }
        Self::new(digits(year, 4)?, narrow(digits(month, 2)?)?, narrow(digits(day, 2)?)?)
    }

    /// The day in UTC of a time in seconds since 1970; the last day of 9999 for whatever lies behind it.
    pub fn at_unix_s(seconds: u64) -> Self {
        let mut left = seconds / DAY_S;
        let (mut year, mut month) = (1970_u16, 1_u8);
        while year < 9999 && left >= year_days(year) {
            left -= year_days(year);
            year += 1;
        }
        while month < 12 && left >= u64::from(days_in(year, month)) {
            left -= u64::from(days_in(year, month));
            month += 1;
        }
        let day = u8::try_from(left + 1).unwrap_or(u8::MAX).min(days_in(year, month));
        Self { year, month, day }
    }

    /// Whole days from another day to this one; negative when this one is earlier.
    pub fn days_after(self, other: Self) -> i64 {
        self.number() - other.number()
    }

    /// Days since the first of January of year 1.
    fn number(self) -> i64 {
        let before = i64::from(self.year) - 1;
        let months: i64 = (1..self.month).map(|month| i64::from(days_in(self.year, month))).sum();
        before * 365 + before / 4 - before / 100 + before / 400 + months + i64::from(self.day) - 1
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

fn leaps(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn year_days(year: u16) -> u64 {
    if leaps(year) { 366 } else { 365 }
}

fn days_in(year: u16, month: u8) -> u8 {
    match month {
        2 if leaps(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_it_is_written_or_not_at_all() {
        for text in ["2026-11-29", "2024-02-29", "0001-01-01", "9999-12-31"] {
            assert_eq!(Date::parse(text).map(|day| day.to_string()).as_deref(), Some(text));
        }
        for text in
            ["2026-02-29", "1900-02-29", "2026-13-01", "2026-1-1", "26-01-01", "2026-01-00", "tomorrow", ""]
        {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_clock_that_counts_from_1970_names_the_day() {
        for (seconds, day) in [
            (0, "1970-01-01"),
            (86_399, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (1_795_910_400, "2026-11-29"),
        ] {
            assert_eq!(Date::at_unix_s(seconds).to_string(), day);
        }
        assert_eq!(Date::at_unix_s(u64::MAX).to_string(), "9999-12-31");
    }

    #[test]
    fn days_between_are_those_of_the_calendar() {
        let day = |text| Date::parse(text).unwrap();
        assert_eq!(day("2026-12-24").days_after(day("2026-11-29")), 25);
        assert_eq!(day("2024-03-01").days_after(day("2024-02-28")), 2);
        assert_eq!(day("1969-12-31").days_after(day("1970-01-01")), -1);
    }
}
