//! A fault of ours never reaches the user as a trace: one line, and exit code 1.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use mixkeel::{Error, ErrorKind};

use crate::failure;

/// Several threads may fall over at once; one line is enough.
static TOLD: AtomicBool = AtomicBool::new(false);

/// Runs the program. If it falls over, says so in one line (`RUST_BACKTRACE=1` adds where), prints the document that
/// `--json` promised, and ends with 1.
pub fn run(json: bool, program: impl FnOnce() -> ExitCode) -> ExitCode {
    panic::set_hook(Box::new(|info| {
        if TOLD.swap(true, Ordering::Relaxed) {
            return;
        }
        failure::to_stderr(&line(info));
        let trace = Backtrace::capture();
        if trace.status() == BacktraceStatus::Captured {
            failure::to_stderr(&trace.to_string());
        }
    }));
    match panic::catch_unwind(AssertUnwindSafe(program)) {
        Ok(exit) => exit,
        Err(_) => {
            if json {
                let error = Error::new(ErrorKind::Internal, "internal fault").hint("please report it");
                failure::print_document(&error);
            }
            ExitCode::from(ErrorKind::Internal.exit_code())
        }
    }
}

fn line(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let said = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let said = said.unwrap_or("no reason given").lines().next().unwrap_or_default();
    let place =
        info.location().map(|place| format!(" ({}:{})", place.file(), place.line())).unwrap_or_default();
    format!("internal fault: {said}{place}; please report it with the command you ran and `mixkeel doctor`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_falls_over_ends_with_one() {
        let exit = run(false, || panic!("on purpose"));
        assert_eq!(format!("{exit:?}"), format!("{:?}", ExitCode::from(1)));
        assert!(TOLD.load(Ordering::Relaxed), "the line was not written");
        assert_eq!(format!("{:?}", run(false, || ExitCode::SUCCESS)), format!("{:?}", ExitCode::SUCCESS));
        let _ = panic::take_hook();
    }
}
