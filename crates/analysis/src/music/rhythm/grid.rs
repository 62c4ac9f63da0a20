//! Places between pulses: a time for every part of every beat, however the tempo moves.

/// Times of evenly counted places, in steps.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    times: Vec<f64>,
}

impl Grid {
    pub fn new(times: Vec<f64>) -> Self {
        Self { times }
    }

    /// How many whole places there are.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// The time of a place that may lie between two; `None` beyond the ends.
    pub fn at(&self, place: f64) -> Option<f64> {
        if place < 0.0 {
            return None;
        }
        let part = place - libm::floor(place);
        let here = *self.times.get(place as usize)?;
        if part < 1e-9 {
            return Some(here);
        }
        Some(here + part * (self.times.get(place as usize + 1)? - here))
    }

    /// Every `apart` places from `first` on.
    pub fn every(&self, first: f64, apart: f64) -> Self {
        let count = ((self.times.len() as f64 - first) / apart).max(0.0) as usize + 1;
        Self { times: (0..count).map_while(|n| self.at(first + n as f64 * apart)).collect() }
    }

    /// Every `apart` places through `first`, over all of a song of so many steps: from before the first place to after the last.
    pub fn throughout(&self, first: f64, apart: f64, steps: f64) -> Self {
        let times = &self.times;
        let ([one, two, ..], [.., before, last]) = (times.as_slice(), times.as_slice()) else {
            return self.every(first, apart);
        };
        let longer: Vec<f64> =
            [2.0 * one - two].iter().chain(times).chain(&[2.0 * last - before]).copied().collect();
        let from = first + 1.0 - apart * libm::floor((first + 1.0) / apart + 1e-9);
        let mut all = Self { times: longer }.every(from.max(0.0), apart);
        all.times.retain(|step| (-1.0..steps).contains(step));
        all
    }

    /// The times.
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// The median time between neighbours.
    pub fn median_gap(&self) -> Option<f64> {
        let mut gaps: Vec<f64> = self.times.windows(2).map(|two| two[1] - two[0]).collect();
        gaps.sort_by(f64::total_cmp);
        gaps.get(gaps.len() / 2).copied()
    }
}
