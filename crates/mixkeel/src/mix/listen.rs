//! How loud the copy to listen to is.

use crate::deliver::{Delivered, Target};
use crate::report::Listen;

/// What a listening copy aims at. DESIGN §5: −14 LUFS, also what most streaming services play at, so that the copy can be
/// compared with records there; a true peak of −1 dBTP at most (AES TD1008: lossy players overshoot by up to 1 dB).
pub const TARGET: Target = Target {
    integrated_lufs: Some(-14.0),
    ceiling_dbtp: -1.0,
    // Ours: as far as a look-ahead limiter goes unheard on most music. More would be mastering.
    most_limited_db: 3.0,
    // Ours: what is this quiet is silence with noise.
    most_gain_db: 40.0,
};

/// Nearer to the target than this it has been reached, as far as anybody hears.
const REACHED_LU: f64 = 0.5;

/// What was done to make the copy.
pub fn listen(delivered: &Delivered) -> Listen {
    let figures = &delivered.figures;
    let held_by = match (figures.integrated_lufs, TARGET.integrated_lufs) {
        (Some(lufs), Some(wanted)) if lufs < wanted - REACHED_LU => {
            Some(if delivered.gain_db >= TARGET.most_gain_db {
                "it is turned up as far as makes sense".to_owned()
            } else {
                let (ceiling, most) = (TARGET.ceiling_dbtp, TARGET.most_limited_db);
                format!(
                    "its peaks, at {ceiling:.0} dBTP and limited by {most:.0} dB; more would be mastering"
                )
            })
        }
        (None, _) => Some("the mix is silent".to_owned()),
        _ => None,
    };
    Listen {
        gain_db: delivered.gain_db,
        integrated_lufs: figures.integrated_lufs,
        true_peak_dbtp: figures.true_peak_dbtp,
        limited_db: delivered.limited_db,
        corrections: delivered.corrections,
        held_by,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliver::Figures;

    fn delivered(lufs: Option<f64>, gain_db: f64) -> Delivered {
        let figures = Figures { integrated_lufs: lufs, true_peak_dbtp: lufs.map(|_| -1.1) };
        Delivered { gain_db, limited_db: 3.0, figures, corrections: 0, clipped_samples: 0 }
    }

    #[test]
    fn it_says_why_it_is_not_louder() {
        assert_eq!(listen(&delivered(Some(-14.05), 6.0)).held_by, None);
        assert!(listen(&delivered(Some(-17.0), 6.0)).held_by.is_some_and(|why| why.contains("peaks")));
        assert!(listen(&delivered(Some(-30.0), 40.0)).held_by.is_some_and(|why| why.contains("turned up")));
        assert!(listen(&delivered(None, 0.0)).held_by.is_some_and(|why| why.contains("silent")));
    }
}
