//! `doctor`: what works on this machine.

use std::path::Path;

use mixkeel_dsp::block::{Buffer, Channels};
use mixkeel_io::read::{Downmix, open};
use mixkeel_io::write::{Bits, Format, Spec, Tags, create};
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// What was looked at, and how it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DoctorReport {
    /// `mixkeel/doctor/1`.
    pub schema: String,
    /// The program.
    pub engine: String,
    /// Operating system and processor.
    pub machine: String,
    /// Threads that are used unless `--jobs` says otherwise.
    pub threads: usize,
    /// Every examination.
    pub checks: Vec<Check>,
}

/// One examination.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Check {
    /// What was looked at.
    pub what: String,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found, or what to do.
    pub found: String,
}

impl DoctorReport {
    /// The name of this JSON.
    pub const SCHEMA: &'static str = "mixkeel/doctor/1";

    /// Whether everything is as it should be.
    pub fn ok(&self) -> bool {
        self.checks.iter().all(|check| check.ok)
    }

    /// What to tell the user.
    pub fn lines(&self) -> Vec<String> {
        let mut lines =
            vec![format!("Mixkeel {} on {}, {} threads", self.engine, self.machine, self.threads)];
        lines.extend(self.checks.iter().map(|check| {
            format!("{} {}: {}", if check.ok { "ok  " } else { "FAIL" }, check.what, check.found)
        }));
        lines
    }
}

/// Frames of the test sound: a second at 48 kHz.
const FRAMES: usize = 48_000;

/// Looks at everything that a mix needs.
pub fn doctor() -> DoctorReport {
    let temporary = std::env::temp_dir();
    let checks = vec![
        arithmetic(),
        check("temporary folder", writes_into(&temporary), &temporary.display().to_string()),
        check(
            "current folder",
            writes_into(Path::new(".")),
            "can be written to; mixes go here unless -o says otherwise",
        ),
        check("WAV", round_trip(&temporary, Format::Wav, Bits::F32), "written and read back, bit for bit"),
        check("FLAC", round_trip(&temporary, Format::Flac, Bits::I24), "written and read back, bit for bit"),
    ];
    DoctorReport {
        schema: DoctorReport::SCHEMA.to_owned(),
        engine: crate::ENGINE_VERSION.to_owned(),
        machine: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        threads: rayon::current_num_threads(),
        checks,
    }
}

fn check(what: &str, result: Result<(), Error>, found: &str) -> Check {
    match result {
        Ok(()) => Check { what: what.to_owned(), ok: true, found: found.to_owned() },
        Err(error) => Check { what: what.to_owned(), ok: false, found: error.to_string().replace('\n', ";") },
    }
}

/// The test sound: a sine whose every sample has 24 bits, so that no format has to round it.
fn sound() -> Buffer {
    let mut buffer = Buffer::new(Channels::Mono, FRAMES);
    for (frame, sample) in buffer.block().left().iter_mut().enumerate() {
        let phase = std::f64::consts::TAU * 997.0 * frame as f64 / FRAMES as f64;
        *sample = (libm::round(libm::sin(phase) * 4_194_304.0) / 8_388_608.0) as f32;
    }
    buffer
}

/// The same arithmetic must give the same bits on every machine; this is what it gives.
fn arithmetic() -> Check {
    // FNV-1a, 64 bits (Fowler, Noll, Vo): a few lines, and collisions do not matter for one comparison.
    let fold = |hash: u64, sample: &f32| {
        sample
            .to_bits()
            .to_le_bytes()
            .iter()
            .fold(hash, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
    };
    let mut hash = sound().signal().left().iter().fold(0xcbf2_9ce4_8422_2325, fold);
    for db in -60..12 {
        hash = fold(hash, &(mixkeel_dsp::units::gain_from_db(f64::from(db) / 3.0) as f32));
    }
    let ok = hash == ARITHMETIC;
    let found = if ok {
        "gives the bits that every machine gives".to_owned()
    } else {
        format!("gives {hash:016x} where other machines give {ARITHMETIC:016x}; please report this machine")
    };
    Check { what: "arithmetic".to_owned(), ok, found }
}

/// What [`arithmetic`] gave on x86-64 when it was written.
const ARITHMETIC: u64 = 0xf81c_9b02_8866_2e64;

fn writes_into(folder: &Path) -> Result<(), Error> {
    let path = folder.join(format!(".mixkeel-doctor-{}", std::process::id()));
    mixkeel_io::write::write_atomically(&path, b"a test; may be deleted\n")?;
    // It was only a test: that it is gone already is no fault.
    let _ = std::fs::remove_file(&path);
    Ok(())
}

fn round_trip(folder: &Path, format: Format, bits: Bits) -> Result<(), Error> {
    let path = folder.join(format!(".mixkeel-doctor-{}.{}", std::process::id(), format.extension()));
    let result = round_trip_at(&path, format, bits);
    // As above.
    let _ = std::fs::remove_file(&path);
    result
}

fn round_trip_at(path: &Path, format: Format, bits: Bits) -> Result<(), Error> {
    let spec = Spec {
        format,
        bits,
        rate_hz: 48_000,
        channels: Channels::Mono,
        tags: Tags::default(),
        dither_seed: 0,
        source_bits: Some(24),
        length_frames: Some(FRAMES as u64),
    };
    let written = sound();
    let mut writer = create(path, &spec)?;
    writer.write(written.signal())?;
    writer.finish()?;
    let mut reader = open(path, Downmix::Refuse)?;
    let mut read = Buffer::new(Channels::Mono, FRAMES);
    let mut filled = 0;
    while filled < FRAMES {
        match reader.read(&mut read.block().part(filled..FRAMES))? {
            0 => break,
            frames => filled += frames,
        }
    }
    if read.signal().left() == written.signal().left() {
        Ok(())
    } else {
        Err(Error::new(crate::ErrorKind::Internal, "what was read back differs from what was written"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_healthy_machine_passes() {
        let report = doctor();
        assert!(report.ok(), "{:#?}", report.checks);
        assert_eq!(report.checks.len(), 5);
    }
}
