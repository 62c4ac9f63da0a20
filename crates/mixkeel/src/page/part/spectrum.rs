//! The spectrum beside the average of records, whole and by section.

use mixkeel_analysis::spectrum::records::tolerance_db;
use mixkeel_analysis::spectrum::third_octave::{BANDS, NOMINAL_HZ};
use mixkeel_judge::evidence::Evidence;

use super::Part;
use crate::page::chart::{Axis, Kind, Line, Lines};
use crate::page::html::figure;

/// More curves than this cannot be told apart.
const MOST_SECTIONS: usize = 4;

/// The part.
pub fn draw(evidence: &Evidence, records: &[Evidence]) -> Part {
    let spectrum = &evidence.sound.spectrum;
    let Some(whole) = spectrum.whole().departure() else {
        let mut part = Part::new("spectrum", "Spectrum").lead("silence");
        part.text("There is no sound to look at.");
        return part;
    };
    let mut chart = Lines::new(
        "Spectrum beside the average of records",
        Axis::new("frequency", Kind::Frequency, 20.0, 20_000.0),
        Axis::new("dB over records", Kind::Plain, -15.0, 15.0),
    );
    chart.summary = format!(
        "Third octaves beside the average of records: {} dB away on the whole",
        figure(Some(whole.distance_db), 1)
    );
    let line = |name: &str, difference_db: &[Option<f64>; BANDS]| Line {
        name: name.to_owned(),
        points: (0..BANDS).map(|band| (NOMINAL_HZ[band], difference_db[band])).collect(),
    };
    chart.lines.push(line("the whole mix", &whole.difference_db));
    // Of sections that are the same music again the loudest speaks for all.
    let mut kinds: Vec<&str> = Vec::new();
    for section in &evidence.sections {
        if !kinds.contains(&section.kind.as_str()) {
            kinds.push(&section.kind);
        }
    }
    for kind in kinds.into_iter().take(MOST_SECTIONS) {
        let of_kind = evidence.sections.iter().filter(|section| section.kind == kind);
        let loudest = of_kind.max_by(|a, b| {
            let lufs = |lufs: Option<f64>| lufs.unwrap_or(f64::NEG_INFINITY);
            lufs(a.integrated_lufs).total_cmp(&lufs(b.integrated_lufs))
        });
        let Some(section) = loudest else { continue };
        if let Some(departure) = spectrum.contour.between(section.from_s..section.to_s).departure() {
            chart.lines.push(line(&section.id.replace('-', " "), &departure.difference_db));
        }
    }
    chart.between =
        (0..BANDS).map(|band| (NOMINAL_HZ[band], -tolerance_db(band), tolerance_db(band))).collect();
    chart.between_name = "where most records lie".to_owned();
    let lead = format!("{} dB from records", figure(Some(whole.distance_db), 1));
    let mut part = Part::new("spectrum", "Spectrum").lead(&lead);
    part.lines(&chart);
    part.text(
        "Zero is the average spectrum of 12,345 records (Elowsson and Friberg, AES 142, 2017), at the level at which \
         both are equally strong on the whole. Leaving the shaded area is not a fault; it is a question worth asking.",
    );
    super::references::draw(&mut part, evidence, records);
    part
}
