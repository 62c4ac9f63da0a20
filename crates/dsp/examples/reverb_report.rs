//! Prints what the reverb's spaces measure like, and draws them where a file is named:
//! `cargo run --release -p mixkeel-dsp --example reverb_report -- docs/reference/img/reverb.svg`.

use std::error::Error;

use mixkeel_dsp::processor::Processor;
use mixkeel_dsp::processors::reverb::{Reverb, ReverbSettings};

#[path = "../tests/spaces/mod.rs"]
mod spaces;

fn main() -> Result<(), Box<dyn Error>> {
    if let Some(path) = std::env::args_os().nth(1) {
        std::fs::write(path, spaces::picture::svg())?;
    }
    let rate_hz = 48_000;
    for preset in Reverb::PRESETS {
        let settings: ReverbSettings = preset.settings()?;
        let frames = (2.0 * settings.decay_s * f64::from(rate_hz)) as usize;
        let [left, right] = spaces::click_response::<Reverb>(&settings, rate_hz, frames);
        let t30 = |hz: f64| spaces::t30_s(&spaces::octave(&left, hz, rate_hz), rate_hz);
        print!("{:<10} T30", preset.id);
        for (hz, ratio) in
            [(125.0, settings.low_decay_ratio), (1_000.0, 1.0), (8_000.0, settings.high_decay_ratio)]
        {
            print!("  {hz} Hz {:.3} s of {:.3}", t30(hz), settings.decay_s * ratio);
        }
        println!();
        print!("           echo density");
        for (ms, density) in spaces::echo_density(&left, rate_hz).iter().take(16) {
            print!(" {ms:.0}:{density:.2}");
        }
        println!();
        println!("           correlation {:.3}", spaces::correlation(&left, &right));
    }
    Ok(())
}
