//! How loud the copy to listen to is.

use mixkeel_assist::ear::Heard;

use crate::report::Listen;

/// The loudness a listening copy aims at. DESIGN §5; also what most streaming services play at, so that the copy can be
/// compared with records there.
const TARGET_LUFS: f64 = -14.0;
/// The true peak a listening copy may have. DESIGN §5, AES TD1008: lossy players overshoot by up to 1 dB.
const CEILING_DBTP: f64 = -1.0;
/// No copy is turned up by more: what is this quiet is silence with noise. Ours.
const MOST_GAIN_DB: f64 = 40.0;

/// The gain from the mix to the copy. Until there is a limiter, peaks decide where they are higher than the target
/// allows; nothing is clipped or squeezed.
pub fn listen(heard: &Heard) -> Listen {
    let (Some(lufs), Some(true_peak)) = (heard.integrated_lufs, heard.true_peak_dbtp) else {
        return Listen { gain_db: 0.0, integrated_lufs: None, held_by: Some("the mix is silent".to_owned()) };
    };
    let wanted = TARGET_LUFS - lufs;
    let allowed = CEILING_DBTP - true_peak;
    let gain_db = wanted.min(allowed).min(MOST_GAIN_DB);
    let held_by = if wanted <= gain_db {
        None
    } else if allowed <= gain_db {
        Some(format!("its peaks, at {CEILING_DBTP:.0} dBTP; there is no limiter on a listening copy"))
    } else {
        Some("it is turned up as far as makes sense".to_owned())
    };
    Listen { gain_db, integrated_lufs: Some(lufs + gain_db), held_by }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(lufs: f64, true_peak: f64) -> Heard {
        Heard { integrated_lufs: Some(lufs), true_peak_dbtp: Some(true_peak), ..Heard::default() }
    }

    #[test]
    fn reaches_its_target_unless_peaks_are_in_the_way() {
        let free = listen(&heard(-20.0, -8.0));
        assert_eq!((free.gain_db, free.integrated_lufs, free.held_by), (6.0, Some(-14.0), None));
        let held = listen(&heard(-24.0, -6.0));
        assert_eq!((held.gain_db, held.integrated_lufs), (5.0, Some(-19.0)));
        assert!(held.held_by.is_some_and(|why| why.contains("peaks")));
        assert_eq!(listen(&Heard::default()).gain_db, 0.0);
    }
}
