//! Mathematics without parameters: what processors, readers and writers of sound are built from.

pub mod convolver;
pub mod crossover;
pub mod detector;
pub mod dither;
pub mod fastmath;
pub mod fractional;
pub mod matched;
pub mod mend;
pub mod oversample;
pub mod placing;
pub mod real_fft;
pub mod resample;
pub mod ring;
pub mod spectral;
pub mod stft;
pub mod svf;
pub mod whole_delay;
pub mod windowed_sinc;
