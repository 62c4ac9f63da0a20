//! Faults of a recording as evidence: what the fault meters say, in a form that can be kept and read again.

use mixkeel_analysis::faults::{self, FaultsReading};
use serde::{Deserialize, Serialize};

/// How sure a meter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sureness {
    /// There is an innocent explanation that is about as good.
    Guess,
    /// Innocent explanations exist and are rare.
    Likely,
    /// Follows from the samples alone.
    Certain,
}

/// Flat tops.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Clipping {
    /// Flat tops at a level that the signal cannot pass.
    pub runs: u64,
    /// That level in dBFS. `None` where nothing is cut.
    pub level_dbfs: Option<f64>,
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// A stable name such as `clicks`.
    pub id: String,
    /// One sentence with figures and times.
    pub message: String,
    /// Where, in seconds; empty where it is everywhere.
    pub spans_s: Vec<[f64; 2]>,
    /// How sure.
    pub sureness: Sureness,
}

/// What the fault meters read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Faults {
    /// Flat tops.
    pub clipping: Clipping,
    /// RMS of the stretches in which nobody plays, in dBFS. `None` when it is never quiet.
    pub noise_floor_dbfs: Option<f64>,
    /// The shortest word that holds the samples. `None` where that cannot be said.
    pub effective_bits: Option<u32>,
    /// How high the sound reaches in hertz. `None` for silence.
    pub bandwidth_hz: Option<f64>,
    /// The mean of each channel as a part of full scale.
    pub dc: Vec<f64>,
    /// Everything worth telling, gravest kind first.
    pub problems: Vec<Fault>,
}

impl Faults {
    /// The fault of this name, if it was found.
    pub fn find(&self, id: &str) -> Option<&Fault> {
        self.problems.iter().find(|fault| fault.id == id)
    }
}

impl From<FaultsReading> for Faults {
    fn from(reading: FaultsReading) -> Self {
        let fault = |problem: faults::Problem| Fault {
            id: problem.id.to_owned(),
            message: problem.message,
            spans_s: problem.spans_s,
            sureness: match problem.sureness {
                faults::Sureness::Guess => Sureness::Guess,
                faults::Sureness::Likely => Sureness::Likely,
                faults::Sureness::Certain => Sureness::Certain,
            },
        };
        Self {
            clipping: Clipping { runs: reading.clipping.runs, level_dbfs: reading.clipping.level_dbfs },
            noise_floor_dbfs: reading.noise_floor_dbfs,
            effective_bits: reading.effective_bits,
            bandwidth_hz: reading.bandwidth_hz,
            dc: reading.dc,
            problems: reading.problems.into_iter().map(fault).collect(),
        }
    }
}
