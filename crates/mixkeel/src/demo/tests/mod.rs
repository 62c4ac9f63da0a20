//! The song is what its truth says, to the bit.
