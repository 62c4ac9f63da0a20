//! Writes sound to disk: WAV and FLAC, dithered when the word gets shorter, atomically.
