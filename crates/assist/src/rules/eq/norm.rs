//! The spectrum of records, as far as it is the same whatever the song: what a mix is held against before a tone is changed.

use mixkeel_analysis::bands::{BANDS as OCTAVES, CENTRES_HZ};
use mixkeel_analysis::energy::{BANDS, Power, centre_hz};
use mixkeel_analysis::spectrum::records::density_db;
use mixkeel_dsp::units::db_from_power;

/// The bands of the ear that are compared: 60 Hz to 12 kHz. What lies outside is mostly the sound of the files.
const COMPARED: std::ops::Range<usize> = 2..36;

/// How far a spectrum lies from the average of [`records`](mixkeel_analysis::spectrum::records) in each band compared, in dB,
/// after the mean is taken out: the centre of the band in Hz and the difference. A band of the ear's is as wide as it is
/// (24.7·(4.37·f/1000 + 1) Hz, Glasberg and Moore 1990).
pub fn off_norm_db(spectrum: &[Power; BANDS]) -> Vec<(f64, f64)> {
    let off = |band: usize| {
        let freq_hz = centre_hz(band);
        let width_hz = 24.7 * (4.37 * freq_hz / 1_000.0 + 1.0);
        let power = spectrum.get(band).map_or(0.0, |power| power.left + power.right);
        (freq_hz, db_from_power(power.max(1e-15)) - density_db(freq_hz) - db_from_power(width_hz))
    };
    let all: Vec<(f64, f64)> = COMPARED.map(off).collect();
    let mean = all.iter().map(|(_, off)| off).sum::<f64>() / all.len() as f64;
    all.into_iter().map(|(freq_hz, off)| (freq_hz, off - mean)).collect()
}

/// The same by octave, where an octave is compared.
pub fn off_norm_by_octave_db(spectrum: &[Power; BANDS]) -> [Option<f64>; OCTAVES] {
    let bands = off_norm_db(spectrum);
    std::array::from_fn(|octave| {
        let centre_hz = CENTRES_HZ[octave];
        let inside = bands.iter().filter(|(hz, _)| *hz >= centre_hz / 1.42 && *hz < centre_hz * 1.42);
        let (count, sum) = inside.fold((0.0, 0.0), |(count, sum), (_, off)| (count + 1.0, sum + off));
        (count > 0.0).then(|| sum / count)
    })
}
