//! What a change costs, in just-noticeable differences: what is heard of it, and that somebody has to keep it in mind.

/// One dB of level is one step: about what listeners tell apart in music (B. C. J. Moore, "An Introduction to the Psychology of
/// Hearing", 6th edition, chapter 4).
pub const LEVEL_A_DB: f64 = 1.0;

/// A level in one section costs this much of a level in all of the song, and the rest by the section's share of it. Ours: a
/// section that comes forward is heard where it begins, however short it is.
pub const SECTION_LEAST: f64 = 0.4;

/// One dB of a band of an equaliser: bells two octaves wide are noticed from about 1.5 to 2 dB on music. Ours, from S. E. Olive
/// and others' thresholds for broad resonances (AES 1988: 1 to 2 dB at low Q).
pub const BAND_A_DB: f64 = 0.7;

/// One dB of a stereo track's sides. Ours: less than of its level, since the middle stays.
pub const WIDTH_A_DB: f64 = 0.6;

/// One dB of a send: reverb is noticed from about 2 dB on (ours; listeners' steps in reverb level lie between 1.5 and 3 dB).
pub const SEND_A_DB: f64 = 0.5;

/// One dB that a ride moves a track by, on average.
pub const RIDE_A_DB: f64 = 0.8;

/// One dB of attack of a transient processor. Ours: attacks are a small part of the time.
pub const ATTACK_A_DB: f64 = 0.4;

/// One dB of headroom: everything together, which mastering takes back. It only breaks ties.
pub const HEADROOM_A_DB: f64 = 0.02;

/// One more thing turned, however little. Ours: a change that is one move is better than the same in five.
pub const ONE_MORE: f64 = 0.3;
