//! The numbers, for who wants them all.

use mixkeel_judge::evidence::Evidence;

use super::{Part, name_of};
use crate::page::html::{clock, figure};
use crate::page::table::Table;

/// The part.
pub fn draw(evidence: &Evidence) -> Part {
    let sound = &evidence.sound;
    let loudness = &sound.loudness;
    let estimate =
        |estimate: &Option<mixkeel_analysis::space::Estimate>| estimate.as_ref().map(|one| one.value);
    let row = |name: &str, value: Option<f64>, decimals: usize, unit: &str, how: &str| {
        vec![name.to_owned(), figure(value, decimals), unit.to_owned(), how.to_owned()]
    };
    let rows = vec![
        row("integrated loudness", loudness.integrated_lufs, 1, "LUFS", "ITU-R BS.1770-5, gated"),
        row("loudness range", loudness.loudness_range_lu, 1, "LU", "EBU Tech 3342"),
        row("loudest 3 s", loudness.max_short_term_lufs, 1, "LUFS", "EBU Tech 3341, short-term"),
        row("loudest 0.4 s", loudness.max_momentary_lufs, 1, "LUFS", "EBU Tech 3341, momentary"),
        row("true peak", sound.true_peak_dbtp, 2, "dBTP", "BS.1770-5 Annex 2, refined"),
        row("sample peak", sound.levels.sample_peak_dbfs(), 2, "dBFS", "largest sample"),
        row("peak to loudness", sound.plr_db, 1, "dB", "true peak less integrated loudness"),
        row("least peak to short-term", sound.psr_min_db, 1, "dB", "of any 3 s"),
        row("crest", sound.crest_db(), 1, "dB", "sample peak over RMS"),
        row("correlation", sound.stereo.correlation, 2, "", "of left and right, whole song"),
        row("side over mid", sound.stereo.side_to_mid_db, 1, "dB", "energy"),
        row("lost in mono", sound.stereo.mono_loss_lu, 1, "LU", "K-weighted"),
        row("left over right", sound.stereo.left_minus_right_lu, 1, "LU", "K-weighted"),
        row("decay", estimate(&sound.space.decay_s), 2, "s", "estimated from free decays"),
        row(
            "direct to reverberant",
            estimate(&sound.space.direct_to_reverberant_db),
            1,
            "dB",
            "estimated from free decays",
        ),
    ];
    let mut part = Part::new("numbers", "The numbers").lead(&format!("{} long", clock(evidence.length_s())));
    part.table(Table::new("The whole mix", &["measure", "figure", "unit", "how"], rows));
    if !evidence.tracks.is_empty() {
        let whole = loudness.integrated_lufs;
        let rows: Vec<Vec<String>> = evidence
            .tracks
            .iter()
            .map(|track| {
                let beside = track.loudness.integrated_lufs.zip(whole).map(|(track, whole)| track - whole);
                vec![
                    name_of(track),
                    track.role.word().to_owned(),
                    track.to.clone(),
                    figure(track.loudness.integrated_lufs, 1),
                    figure(beside, 1),
                    figure(track.sample_peak_dbfs, 1),
                    format!("{:.0} %", track.loudness.active_fraction * 100.0),
                ]
            })
            .collect();
        let head = ["track", "role", "bus", "LUFS in the mix", "LU beside the mix", "peak dBFS", "plays"];
        part.table(Table::new("Every track as it stands in the mix", &head, rows));
    }
    part
}
