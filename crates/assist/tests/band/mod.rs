//! A kick, keys and a hat made of noise, and a session that plays them as they are.

use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::profile::{Profile, ProfileMeter};
use mixkeel_assist::roles::role_from_name;
use mixkeel_assist::song::{Song, TrackFacts};
use mixkeel_assist::start::Start;
use mixkeel_dsp::block::Signal;
use mixkeel_session::session::{Clip, Session, Track};

/// Of everything.
pub const RATE: u32 = 44_100;
/// Length of everything.
pub const SECONDS: usize = 6;

/// Noise through one pole, beaten at its own pace, so that bands and cells differ.
fn noise(seed: u32, colour: f64, beat_s: f64) -> Vec<f32> {
    let (mut state, mut low) = (seed.wrapping_mul(2_654_435_761).wrapping_add(99), 0.0);
    (0..RATE as usize * SECONDS)
        .map(|n| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            low += colour * (f64::from(state >> 8) / 8_388_608.0 - 1.0 - low);
            let place = (n as f64 / f64::from(RATE) / beat_s).fract();
            (0.3 * low * libm::exp(-3.0 * place)) as f32
        })
        .collect()
}

fn profile(signal: &Signal) -> Profile {
    let mut meter = ProfileMeter::new(RATE, signal.channels());
    meter.push(signal);
    meter.finish()
}

/// A kick in mono, keys in stereo, a hat in mono.
pub fn band() -> [Vec<Vec<f32>>; 3] {
    [vec![noise(1, 0.02, 0.5)], vec![noise(2, 0.2, 1.7), noise(3, 0.2, 1.7)], vec![noise(4, 0.9, 0.25)]]
}

pub fn song(band: &[Vec<Vec<f32>>]) -> (Song, Session) {
    let (mut facts, mut tracks) = (Vec::new(), Vec::new());
    for (id, sides) in ["kick", "keys", "hihat"].iter().zip(band) {
        let signal = match sides.as_slice() {
            [left, right] => Signal::stereo(left, right),
            sides => Signal::mono(&sides[0]),
        };
        facts.push(TrackFacts::new(id, id, &role_from_name(id), 0.0, profile(&signal)));
        tracks.push(Track {
            clips: vec![Clip { file: format!("{id}.wav"), right: None, at_s: 0.0 }],
            ..Track::at_unity(*id, *id)
        });
    }
    let session = Session::at_unity("Noise", RATE, tracks);
    (Song::new(facts, Vec::new(), Start::Fresh), session)
}
