//! The sound of the reverb as a picture: how spaces decay at every pitch, and how soon a click in them becomes a wash.

use std::fmt::Write;

use mixkeel_dsp::processor::Processor;
use mixkeel_dsp::processors::reverb::{Reverb, ReverbSettings};

/// The spaces that are shown, from a small one to a large one.
const SHOWN: [&str; 4] = ["room", "plate", "hall", "big-hall"];

const RATE_HZ: u32 = 48_000;

/// Third octaves from 63 Hz to 12.5 kHz, as steps from 1 kHz (IEC 61260-1, base ten).
const THIRDS: std::ops::RangeInclusive<i32> = -12..=11;

/// What is shown of the decay, in cells of so many frames.
const CELLS: usize = 120;
const CELL_FRAMES: usize = 1_200;

/// Steps of level, and how many decibels each is.
const STEPS: usize = 10;
const STEP_DB: f64 = 6.0;

/// How much of the beginning is shown of the density of echoes.
const DENSITY_MS: f64 = 200.0;

// Pixels.
const CELL_WIDTH: usize = 3;
const BAND_HEIGHT: usize = 5;
const DECAY_LEFT: usize = 60;
const DENSITY_LEFT: usize = 480;
const DENSITY_WIDTH: usize = 200;
const HEIGHT: usize = 24 * BAND_HEIGHT;
const TOP: usize = 62;
const ROW: usize = HEIGHT + 44;

/// The picture of today's reverb, as SVG: the same text on every machine.
pub fn svg() -> String {
    let (width, height) = (DENSITY_LEFT + DENSITY_WIDTH + 20, TOP + ROW * SHOWN.len());
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"11\" fill=\"#222\">\n<title>The decay of four spaces in third octaves, and \
         how dense their echoes are</title>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n"
    );
    legend(&mut svg);
    for (row, id) in SHOWN.iter().enumerate() {
        let preset = Reverb::PRESETS.iter().find(|preset| preset.id == *id).unwrap();
        let settings: ReverbSettings = preset.settings().unwrap();
        let [left, _] = super::click_response::<Reverb>(&settings, RATE_HZ, CELLS * CELL_FRAMES);
        let top = TOP + row * ROW;
        decay(&mut svg, id, top, &left);
        density(&mut svg, top, &left);
    }
    svg.push_str("</svg>\n");
    svg
}

fn legend(svg: &mut String) {
    text(svg, DECAY_LEFT, 16, "start", "Decay: power per hertz in third octaves, against seconds");
    text(svg, DENSITY_LEFT, 16, "start", "Echo density, against milliseconds");
    text(svg, DENSITY_LEFT, 32, "start", "1 is as dense as noise");
    for step in 0..STEPS {
        let x = DECAY_LEFT + 24 * step;
        writeln!(svg, "<rect x=\"{x}\" y=\"24\" width=\"24\" height=\"8\" fill=\"{}\"/>", colour(step))
            .unwrap();
    }
    text(svg, DECAY_LEFT, 44, "start", "0 dB");
    text(svg, DECAY_LEFT + 24 * STEPS, 44, "end", &format!("\u{2212}{} dB", STEP_DB as usize * STEPS));
}

/// One path for each step of level, made of runs of cells.
fn decay(svg: &mut String, id: &str, top: usize, response: &[f32]) {
    let levels: Vec<Vec<f64>> = THIRDS.map(|third| levels_db(response, third)).collect();
    let most = levels.iter().flatten().fold(f64::NEG_INFINITY, |most, level| most.max(*level));
    let mut paths = vec![String::new(); STEPS];
    for (band, levels) in levels.iter().enumerate() {
        let y = top + HEIGHT - (band + 1) * BAND_HEIGHT;
        let steps: Vec<usize> = levels.iter().map(|level| ((most - level) / STEP_DB) as usize).collect();
        let mut x = DECAY_LEFT;
        for run in steps.chunk_by(|one, other| one == other) {
            let width = run.len() * CELL_WIDTH;
            if let Some(path) = paths.get_mut(run[0]) {
                write!(path, "M{x} {y}h{width}v{BAND_HEIGHT}h-{width}z").unwrap();
            }
            x += width;
        }
    }
    for (step, path) in paths.iter().enumerate() {
        writeln!(svg, "<path fill=\"{}\" d=\"{path}\"/>", colour(step)).unwrap();
    }
    frame(svg, DECAY_LEFT, top, CELLS * CELL_WIDTH);
    text(svg, DECAY_LEFT + CELLS * CELL_WIDTH - 6, top + 14, "end", id);
    for (third, label) in [(-10, "100 Hz"), (0, "1 kHz"), (10, "10 kHz")] {
        let band = (third - THIRDS.start()) as usize;
        text(svg, DECAY_LEFT - 4, top + HEIGHT - band * BAND_HEIGHT + 1, "end", label);
    }
    for half in 0..=6 {
        let x = DECAY_LEFT + half * RATE_HZ as usize / 2 * CELL_WIDTH / CELL_FRAMES;
        text(svg, x, top + HEIGHT + 14, "middle", &format!("{}", half as f64 / 2.0));
    }
}

/// The power per hertz in one third octave, cell by cell, in dB.
fn levels_db(response: &[f32], third: i32) -> Vec<f64> {
    let centre_hz = 1_000.0 * libm::exp10(0.1 * f64::from(third));
    let heard = super::band(response, centre_hz, 1.0 / 3.0, RATE_HZ);
    let power = |cell: &[f32]| cell.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>() / centre_hz;
    heard.chunks(CELL_FRAMES).map(|cell| 10.0 * libm::log10(power(cell).max(1e-30))).collect()
}

fn density(svg: &mut String, top: usize, response: &[f32]) {
    // 1.25 stands at the top.
    let y = |density: f64| (top + HEIGHT) as f64 - density.min(1.25) / 1.25 * HEIGHT as f64;
    let noise = y(1.0);
    let right = DENSITY_LEFT + DENSITY_WIDTH;
    writeln!(
        svg,
        "<path stroke=\"#999\" stroke-dasharray=\"3 3\" d=\"M{DENSITY_LEFT} {noise:.0}H{right}\"/>"
    )
    .unwrap();
    let points: Vec<String> = super::echo_density(response, RATE_HZ)
        .iter()
        .take_while(|(ms, _)| *ms <= DENSITY_MS)
        .map(|(ms, density)| {
            let x = DENSITY_LEFT as f64 + ms / DENSITY_MS * DENSITY_WIDTH as f64;
            format!("{x:.0},{:.1}", y(*density))
        })
        .collect();
    let line = points.join(" ");
    writeln!(svg, "<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"2\" points=\"{line}\"/>", colour(1))
        .unwrap();
    frame(svg, DENSITY_LEFT, top, DENSITY_WIDTH);
    for (density, label) in [(0.0, "0"), (0.5, "0.5"), (1.0, "1")] {
        text(svg, DENSITY_LEFT - 4, y(density) as usize + 4, "end", label);
    }
    for quarter in 0..=4 {
        let ms = format!("{}", 0.25 * f64::from(quarter) * DENSITY_MS);
        text(svg, DENSITY_LEFT + quarter as usize * DENSITY_WIDTH / 4, top + HEIGHT + 14, "middle", &ms);
    }
}

fn frame(svg: &mut String, x: usize, y: usize, width: usize) {
    writeln!(svg, "<path fill=\"none\" stroke=\"#666\" d=\"M{x} {y}h{width}v{HEIGHT}h-{width}z\"/>").unwrap();
}

fn text(svg: &mut String, x: usize, y: usize, anchor: &str, words: &str) {
    writeln!(svg, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{words}</text>").unwrap();
}

/// From a dark blue for what is loudest to nearly white.
fn colour(step: usize) -> String {
    let [red, green, blue] = [(12, 236), (44, 243), (92, 250)]
        .map(|(from, to): (usize, usize)| from + (to - from) * step / (STEPS - 1));
    format!("#{red:02x}{green:02x}{blue:02x}")
}
