//! Ctrl-C: the first asks the work to stop and clean up behind itself, the second does not wait.

use std::sync::atomic::{AtomicBool, Ordering};

use mixkeel::ErrorKind;

use crate::failure;

/// Set by the first Ctrl-C; read between blocks by whatever is working.
static ASKED: AtomicBool = AtomicBool::new(false);

/// Listens for Ctrl-C (and, where there are such things, for the signals that ask a program to end).
pub fn listen() {
    let heard = ctrlc::set_handler(|| {
        if ASKED.swap(true, Ordering::SeqCst) {
            std::process::exit(i32::from(ErrorKind::Interrupted.exit_code()));
        }
    });
    if let Err(error) = heard {
        failure::to_stderr(&format!("warning: Ctrl-C will not be able to clean up: {error}"));
    }
}

/// Whether the work should stop.
pub fn asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}
