//! Reads sound from disk in blocks: what the bytes say, not what the name says.
