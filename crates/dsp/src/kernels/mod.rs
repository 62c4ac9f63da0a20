//! Mathematics without parameters: what processors, readers and writers of sound are built from.

pub mod dither;
pub mod fractional;
pub mod oversample;
pub mod placing;
pub mod resample;
pub mod windowed_sinc;
