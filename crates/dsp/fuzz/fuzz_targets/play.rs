//! Any bytes as a processor, its settings and what it hears. The same body runs over random bytes in `tests/any_input.rs`.
#![no_main]

#[path = "../any_play.rs"]
mod any_play;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| any_play::play(bytes));
