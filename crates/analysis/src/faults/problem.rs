//! A fault as it is told: which, where, how sure, in words.

use serde::Serialize;

/// How sure a meter is that what it names is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sureness {
    /// There is an innocent explanation that is about as good.
    Guess,
    /// Innocent explanations exist and are rare.
    Likely,
    /// Follows from the samples alone.
    Certain,
}

/// Something wrong with a recording.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Problem {
    /// A stable name such as `clipping`.
    pub id: &'static str,
    /// One sentence for a person, with figures and times.
    pub message: String,
    /// Where, in seconds from the first frame; empty where it is everywhere.
    pub spans_s: Vec<[f64; 2]>,
    /// How sure.
    pub sureness: Sureness,
}

/// The most places kept for one fault. Ours: nobody visits more by hand; beyond it neighbours are joined.
const PLACES: usize = 64;

/// Places in a signal, joined where they are close, so that a fault in a thousand places stays a short list.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    places: Vec<[u64; 2]>,
    join_frames: u64,
}

impl Places {
    /// Places nearer than this become one.
    pub fn new(join_frames: u64) -> Self {
        Self { places: Vec::new(), join_frames: join_frames.max(1) }
    }

    /// A place from one frame to another. Places may come in any order.
    pub fn add(&mut self, from: u64, to: u64) {
        if let Some([last_from, last_to]) = self.places.last_mut()
            && from <= last_to.saturating_add(self.join_frames)
            && *last_from <= to.saturating_add(self.join_frames)
        {
            *last_from = from.min(*last_from);
            *last_to = to.max(*last_to);
            return;
        }
        self.places.push([from, to]);
        while self.places.len() > PLACES {
            self.join_frames = self.join_frames.saturating_mul(2);
            self.tidy();
        }
    }

    /// Takes in the places of another list.
    pub fn merge(&mut self, other: &Places) {
        self.join_frames = self.join_frames.max(other.join_frames);
        self.places.extend_from_slice(&other.places);
        self.tidy();
        while self.places.len() > PLACES {
            self.join_frames = self.join_frames.saturating_mul(2);
            self.tidy();
        }
    }

    fn tidy(&mut self) {
        let mut places = std::mem::take(&mut self.places);
        places.sort_unstable();
        for place in places {
            match self.places.last_mut() {
                Some(last) if place[0] <= last[1].saturating_add(self.join_frames) => {
                    last[1] = last[1].max(place[1]);
                }
                _ => self.places.push(place),
            }
        }
    }

    /// The places in seconds.
    pub fn seconds(&self, rate_hz: u32) -> Vec<[f64; 2]> {
        let seconds = |frame: u64| frame as f64 / f64::from(rate_hz.max(1));
        let mut tidy = self.clone();
        tidy.tidy();
        tidy.places.iter().map(|[from, to]| [seconds(*from), seconds(*to)]).collect()
    }
}

/// A time as people write it: `0:07.3`, `1:02:03.4`.
pub(crate) fn clock(seconds: f64) -> String {
    let tenths = (seconds * 10.0).round().max(0.0) as u64;
    let (hours, minutes, rest) = (tenths / 36_000, tenths / 600 % 60, tenths % 600);
    let (whole, tenth) = (rest / 10, rest % 10);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{whole:02}.{tenth}")
    } else {
        format!("{minutes}:{whole:02}.{tenth}")
    }
}

/// A number of things: `1 click`, `12 clicks`.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// Where, after a comma or a colon: `at 0:07.3`, `between 0:07.3 and 1:12.0`, or nothing.
pub(crate) fn when(spans_s: &[[f64; 2]]) -> String {
    match spans_s {
        [] => String::new(),
        [only] if only[1] - only[0] < 1.0 => format!("at {}", clock(only[0])),
        [first, .., last] => format!("between {} and {}", clock(first[0]), clock(last[1])),
        [only] => format!("between {} and {}", clock(only[0]), clock(only[1])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_in_ten_thousand_places_is_a_short_list_that_covers_them_all() {
        let mut places = Places::new(10);
        for n in 0..10_000_u64 {
            places.add(n * 1_000, n * 1_000 + 5);
        }
        let spans = places.seconds(1_000);
        assert!(spans.len() <= PLACES, "{}", spans.len());
        assert_eq!(spans.first().unwrap()[0], 0.0);
        assert_eq!(spans.last().unwrap()[1], 9_999.005);
        let mut both = Places::new(10);
        both.add(100, 200);
        let mut other = Places::new(10);
        other.add(50, 120);
        both.merge(&other);
        assert_eq!(both.seconds(1), [[50.0, 200.0]]);
    }

    #[test]
    fn times_read_as_on_a_counter() {
        assert_eq!(clock(7.26), "0:07.3");
        assert_eq!(clock(3_723.44), "1:02:03.4");
        assert_eq!(when(&[[1.0, 1.2]]), "at 0:01.0");
        assert_eq!(when(&[[1.0, 1.2], [61.0, 62.0]]), "between 0:01.0 and 1:02.0");
        assert_eq!(counted(1, "click", "clicks"), "1 click");
    }
}
