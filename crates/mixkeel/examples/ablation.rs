//! Prints what every stage of the decisions is worth: the same songs with none, some and all of the rules.
//!
//! `cargo run --release -p mixkeel --example ablation` takes the demo song and the songs of `../shared/music` beside the
//! repository, each from a fresh balance. A stage has the rules of those before it. Loudness and peaks are measured on a
//! render of every stage; spectrum, places and what covers what are told by the forecast. `--paper` renders nothing.

mod songs;

use mixkeel::Silent;
use mixkeel::ear::Ear;
use mixkeel::song::facts::facts;
use mixkeel::song::media::Shelf;
use mixkeel_analysis::energy::{BANDS, Power, centre_hz};
use mixkeel_analysis::masking::SpanMasking;
use mixkeel_analysis::playback::REFERENCE;
use mixkeel_assist::RULES;
use mixkeel_assist::decide::decide_by;
use mixkeel_assist::forecast::Forecast;
use mixkeel_assist::rule::Rule;
use mixkeel_dsp::units::db_from_power;
use mixkeel_io::read::Downmix;
use mixkeel_session::session::Session;
use songs::{Deaf, Failure, Loaded, SONGS, load, music, shared};

/// Stages, and the rules that each adds, by the first part of their ids.
const STAGES: [(&str, &[&str]); 8] = [
    ("raw sum", &[]),
    ("levels only", &["repair", "trim", "balance", "headroom"]),
    ("+ pan", &["pan"]),
    ("+ EQ", &["eq"]),
    ("+ dynamics", &["dynamics"]),
    ("+ space", &["space"]),
    ("+ sections", &["sections"]),
    ("full", &["bus"]),
];

fn main() -> Result<(), Failure> {
    let on_paper = std::env::args().any(|argument| argument == "--paper");
    let folder = std::env::temp_dir().join("mixkeel-ablation-demo");
    mixkeel::demo_song::demo(Some(&folder), &Silent)?;
    report(&load("demo", &folder.join("tracks"), None)?, on_paper)?;
    let Some(music) = music() else { return Ok(()) };
    for name in SONGS {
        report(&shared(&music, name)?, on_paper)?;
    }
    Ok(())
}

fn report(loaded: &Loaded, on_paper: bool) -> Result<(), Failure> {
    println!("\n{}\n", loaded.name);
    println!(
        "| stage | LUFS | dBTP | peak to loudness | spectrum off the norm, dB | side to middle, dB | left over right, LU | \
         focus lost, phon | most lost, phon | mean lost, phon | audible |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    let mut heeded: Vec<&'static dyn Rule> = Vec::new();
    for (stage, adds) in STAGES {
        let of_stage = |rule: &&'static dyn Rule| {
            let first = rule.id().split('/').next().unwrap_or_default();
            adds.contains(&first) || heeded.iter().any(|heeded| heeded.id() == rule.id())
        };
        heeded = RULES.into_iter().filter(of_stage).collect();
        let mut session = loaded.session.clone();
        if on_paper {
            let Ok(decision) = decide_by(&heeded, &loaded.song, &session, &mut Deaf);
            session = decision.session;
            row(stage, loaded, &session, None)?;
        } else {
            let shelf =
                Shelf { folder: loaded.folder.clone(), rate_hz: session.rate_hz, downmix: Downmix::Refuse };
            let media = facts(&session, &shelf)?;
            let mut ear = Ear::new(&shelf, &media, &Silent);
            session = decide_by(&heeded, &loaded.song, &session, &mut ear)?.session;
            let heard = ear.heard_of(&session)?;
            row(stage, loaded, &session, heard.integrated_lufs.zip(heard.true_peak_dbtp))?;
        }
    }
    Ok(())
}

fn row(stage: &str, loaded: &Loaded, session: &Session, heard: Option<(f64, f64)>) -> Result<(), Failure> {
    let forecast = Forecast::of(&loaded.song, session).map_err(|faults| format!("{faults:?}"))?;
    let sum = forecast.sum();
    let spectrum = sum.spectrum(0..sum.cells());
    let total = |part: fn(&Power) -> f64| spectrum.iter().map(part).sum::<f64>().max(1e-12);
    let side = total(|power| power.left + power.right - 2.0 * power.cross);
    let mid = total(|power| power.left + power.right + 2.0 * power.cross);
    let masking = forecast.masking(&REFERENCE, &[]).whole;
    let tracks = forecast.tracks().len();
    let losses: Vec<f64> = sounding(&masking, tracks).map(|(_, lost)| lost).collect();
    let in_focus =
        |at: usize| forecast.tracks().nth(at).is_some_and(|id| session.focus.iter().any(|focus| focus == id));
    let focus: Vec<f64> =
        sounding(&masking, tracks).filter(|(at, _)| in_focus(*at)).map(|(_, lost)| lost).collect();
    let audible =
        masking.tracks.iter().take(tracks).filter(|track| track.sounding_frames > 0 && !track.is_masked());
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let (lufs, peak) = heard.map_or((sum.integrated_lufs(), None), |(lufs, peak)| (Some(lufs), Some(peak)));
    let text = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.1}"));
    println!(
        "| {stage} | {} | {} | {} | {:.1} | {:.1} | {:+.1} | {} | {:.1} | {:.1} | {} of {} |",
        text(lufs),
        text(peak),
        text(peak.zip(lufs).map(|(peak, lufs)| peak - lufs)),
        off_norm_db(&spectrum),
        db_from_power(side / mid),
        db_from_power(total(|power| power.left) / total(|power| power.right)),
        text((!focus.is_empty()).then(|| mean(&focus))),
        losses.iter().copied().fold(0.0, f64::max),
        mean(&losses),
        audible.count(),
        losses.len(),
    );
    Ok(())
}

/// Tracks that sound, and the loudness that each loses to the others.
fn sounding(masking: &SpanMasking, tracks: usize) -> impl Iterator<Item = (usize, f64)> {
    let all = masking.tracks.iter().take(tracks).enumerate();
    all.filter(|(_, track)| track.sounding_frames > 0).map(|(at, track)| (at, track.lost_phon()))
}

/// How far the spectrum lies from that of records: the mean over bands from 60 Hz to 12 kHz, after the mean is taken out.
/// The norm is P. D. Pestana et al. 2013 and A. Elowsson and A. Friberg 2017, as −(5·o + 0.65·o²) dB for o octaves over 800
/// Hz of power density; a band of the ear's is as wide as it is.
fn off_norm_db(spectrum: &[Power; BANDS]) -> f64 {
    let off: Vec<f64> = (2..36)
        .map(|band| {
            let freq_hz = centre_hz(band);
            let octaves = libm::log2(freq_hz / 800.0);
            let width_hz = 24.7 * (4.37 * freq_hz / 1_000.0 + 1.0);
            let norm_db = -(5.0 * octaves + 0.65 * octaves * octaves) + db_from_power(width_hz);
            db_from_power(spectrum[band].left + spectrum[band].right) - norm_db
        })
        .collect();
    let mean = off.iter().sum::<f64>() / off.len() as f64;
    off.iter().map(|off| (off - mean).abs()).sum::<f64>() / off.len() as f64
}
