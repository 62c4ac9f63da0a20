//! What the loop holds a render against: a measure, where it should lie, and the least step of it that anybody hears.

/// One measure of a mix and where it should lie.
#[derive(Clone, Debug, PartialEq)]
pub struct Aim {
    /// What is measured, in words that are the same in every round: `Lead Vox beside the mix`.
    pub what: String,
    /// What it measures.
    pub measured: f64,
    /// The least that it should be; minus infinity where nothing is too little.
    pub at_least: f64,
    /// The most that it should be; infinity where nothing is too much.
    pub at_most: f64,
    /// Of what unit.
    pub unit: &'static str,
    /// The least difference that is heard.
    pub just_heard: f64,
}

impl Aim {
    /// How far it lies outside, with its sign; 0 inside.
    pub fn off(&self) -> f64 {
        if self.measured < self.at_least {
            self.measured - self.at_least
        } else {
            (self.measured - self.at_most).max(0.0)
        }
    }

    /// The same in steps that are just heard, without sign.
    pub fn steps(&self) -> f64 {
        (self.off() / self.just_heard).abs()
    }

    /// Whether anybody hears that it is off.
    pub fn is_heard(&self) -> bool {
        self.steps() >= 1.0
    }
}

/// How far a mix is off in all: the sum of what is heard, in steps that are just heard. What nobody hears does not count, so
/// that no round is spent on it.
pub fn off(aims: &[Aim]) -> f64 {
    aims.iter().filter(|aim| aim.is_heard()).map(Aim::steps).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aim(measured: f64) -> Aim {
        let what = "reverb beside the mix".to_owned();
        Aim { what, measured, at_least: -19.0, at_most: -13.0, unit: "LU", just_heard: 2.0 }
    }

    #[test]
    fn only_what_is_heard_counts() {
        assert_eq!([-15.0, -12.0, -9.0, -23.0].map(|lu| aim(lu).off()), [0.0, 1.0, 4.0, -4.0]);
        assert_eq!(off(&[aim(-12.0), aim(-9.0), aim(-23.0)]), 4.0);
    }
}
