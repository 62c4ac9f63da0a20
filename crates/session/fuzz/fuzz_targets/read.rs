//! Any text read as a session. The same body runs over mutated sessions in `tests/write.rs`.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../reads_back.rs"]
mod reads_back;

fuzz_target!(|text: &str| reads_back::reads_back(text));
