//! What differs between two sounds once both are as loud: in words for musicians and numbers for engineers; and how a mix
//! stands beside records.

mod beside;
mod differences;
mod figures;
mod passages;

pub use beside::{Beside, Reference, beside};
pub use differences::{Difference, differences};
pub use figures::{Figure, figures};
pub use passages::{Passage, corresponding, heard};
