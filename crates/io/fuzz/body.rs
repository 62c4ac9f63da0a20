//! What is tried with every file, sound or broken: the fuzzer and the tests of damage run the same.

use std::path::Path;

use mixkeel_dsp::block::Buffer;
use mixkeel_io::read::{Downmix, open};

/// Frames read of one file at most: a header may promise days of silence.
const MOST_FRAMES: u64 = 1 << 20;

/// Reads a file through, goes back and forth in it, and checks what every reader promises. Gives the frames read, or the error.
pub fn try_file(path: &Path) -> Result<u64, String> {
    let mut reader = open(path, Downmix::Fold).map_err(|error| error.to_string())?;
    let mut buffer = Buffer::new(reader.info().channels, 777);
    let mut frames = 0;
    while frames < MOST_FRAMES {
        assert_eq!(reader.position_frames(), frames);
        let got = reader.read(&mut buffer.block()).map_err(|error| error.to_string())?;
        for plane in buffer.signal().part(0..got).each() {
            assert!(plane.iter().all(|sample| sample.is_finite()));
        }
        frames += got as u64;
        if got == 0 {
            break;
        }
    }
    for place in [frames / 2, 0, u64::MAX] {
        reader.seek(place).map_err(|error| error.to_string())?;
        assert!(reader.position_frames() <= place);
        reader.read(&mut buffer.block()).map_err(|error| error.to_string())?;
    }
    assert!(
        reader
            .problems()
            .iter()
            .all(|problem| !problem.message.is_empty() && !problem.message.contains('\n'))
    );
    Ok(frames)
}
