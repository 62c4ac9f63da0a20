//! The processors, one a file; the file's name is the `kind` in a session.

pub mod align;
pub mod compressor;
pub mod convolution;
pub mod de_esser;
pub mod debleed;
pub mod declick;
pub mod dehum;
pub mod delay;
pub mod delay_line;
pub mod denoise;
pub mod dynamic_eq;
pub mod eq;
pub mod gain;
pub mod gate;
pub mod limiter;
pub mod multiband;
pub mod pan;
pub mod polarity;
pub mod resonance;
pub mod reverb;
pub mod saturation;
pub mod stereo;
pub mod transient;
pub mod width;
