//! Who owns which band: how the energy of each octave is shared among the tracks.

use mixkeel_judge::evidence::Evidence;

use super::{Part, name_of};
use crate::page::chart::{Bar, Bars, Segment};
use crate::page::html::hertz;
use crate::page::table::Table;

/// The octaves that records fill, by their middles.
const OCTAVES_HZ: [f64; 9] = [63.0, 125.0, 250.0, 500.0, 1e3, 2e3, 4e3, 8e3, 16e3];

/// Owners that are named in a bar; the rest is one part.
const NAMED: usize = 4;

/// Tracks that have a colour of their own; all others share one.
const COLOURED: usize = 5;

/// The part; nothing for a file.
pub fn draw(evidence: &Evidence) -> Option<Part> {
    if evidence.tracks.is_empty() {
        return None;
    }
    let length_s = evidence.length_s();
    let coloured = coloured(evidence, length_s);
    let mut bars = Vec::new();
    let mut rows = Vec::new();
    let mut lead = String::new();
    for middle in OCTAVES_HZ {
        let edges = (middle / std::f64::consts::SQRT_2, middle * std::f64::consts::SQRT_2);
        let mut shares: Vec<(String, f64)> = evidence
            .tracks
            .iter()
            .map(|track| (name_of(track), track.energy_between(edges, 0.0, length_s)))
            .collect();
        let total: f64 = shares.iter().map(|(_, energy)| energy).sum();
        if total <= 0.0 {
            continue;
        }
        shares.iter_mut().for_each(|(_, energy)| *energy *= 100.0 / total);
        shares.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let rest: f64 = shares.iter().skip(NAMED).map(|(_, share)| share).sum();
        let mut segments: Vec<Segment> = shares
            .iter()
            .take(NAMED)
            .map(|(name, share)| {
                let colour = coloured.iter().position(|own| own == name).unwrap_or(COLOURED);
                Segment { name: name.clone(), value: *share, colour }
            })
            .collect();
        if rest > 0.0 {
            segments.push(Segment { name: "others".to_owned(), value: rest, colour: 5 });
        }
        if middle == 250.0
            && let Some((name, share)) = shares.first()
        {
            lead = format!("at 250 Hz: {name}, {share:.0} %");
        }
        bars.push(Bar { name: hertz(middle), segments, text: String::new() });
        let named = shares.iter().take(NAMED).map(|(name, share)| format!("{name} {share:.0} %"));
        let mut row = vec![hertz(middle)];
        row.extend(named);
        row.resize(NAMED + 1, String::new());
        row.push(format!("{rest:.0} %"));
        rows.push(row);
    }
    let title = "Share of the energy in each octave, percent";
    let chart = Bars {
        title: title.to_owned(),
        summary: "For each octave, the four tracks that hold most of its energy".to_owned(),
        bars,
        full: 100.0,
        table: Table::new(title, &["octave", "first", "second", "third", "fourth", "all others"], rows),
    };
    let mut part = Part::new("owners", "Who owns which band").lead(&lead);
    part.bars(&chart);
    Some(part)
}

/// The tracks that own most, over all octaves: a colour means one track in every row.
fn coloured(evidence: &Evidence, length_s: f64) -> Vec<String> {
    let mut owned = vec![0.0; evidence.tracks.len()];
    for middle in OCTAVES_HZ {
        let edges = (middle / std::f64::consts::SQRT_2, middle * std::f64::consts::SQRT_2);
        let energies: Vec<f64> =
            evidence.tracks.iter().map(|track| track.energy_between(edges, 0.0, length_s)).collect();
        let total: f64 = energies.iter().sum();
        if total > 0.0 {
            owned.iter_mut().zip(energies).for_each(|(owned, energy)| *owned += energy / total);
        }
    }
    let mut order: Vec<usize> = (0..owned.len()).collect();
    let of = |index: usize| owned.get(index).copied().unwrap_or(0.0);
    order.sort_by(|&a, &b| of(b).total_cmp(&of(a)).then(a.cmp(&b)));
    order.iter().take(COLOURED).filter_map(|&index| evidence.tracks.get(index).map(name_of)).collect()
}
