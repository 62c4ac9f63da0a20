//! The folder as the band sends it: names, formats, levels, who plays what, and what is wrong with it.

use super::faults::{AMPLIFIER_LATE_S, LATE_S, late};
use super::instruments::{bass, click, guitar, pad, piano, riser, tambourine};
use super::kit::Source;
use super::microphones::{self as mics, Microphone};
use super::voice::singers::{self, Singer};

/// What a player hands over.
pub(super) enum Take {
    Mono(Vec<f64>),
    Stereo(Vec<f64>, Vec<f64>),
}

/// One file of the folder.
pub(super) struct Track {
    pub file_name: &'static str,
    /// What it is, in the words of a session.
    pub role: &'static str,
    pub rate_hz: u32,
    pub bits: u8,
    /// The highest sample in dBFS: people's folders are at mixed levels.
    pub peak_dbfs: f64,
    /// The hiss of its preamplifier in dB RMS before the level is set, where it had one.
    pub hiss_db: Option<f64>,
    pub play: fn(u32) -> Take,
    /// −1 where it is the other way round than the rest of its group.
    pub polarity: i8,
    /// How late it is against the reference of its group, nature and recorder together, in seconds.
    pub delay_s: fn() -> f64,
    /// The part of that which is a fault of the recording, in seconds.
    pub late_s: f64,
    /// The file whose clock it is measured against.
    pub reference: Option<&'static str>,
    /// Ids of what is wrong with it.
    pub faults: &'static [&'static str],
    pub note: &'static str,
}

/// The rate of the song.
pub(super) const RATE_HZ: u32 = 48_000;
/// The rate of the one file from elsewhere.
pub(super) const OTHER_RATE_HZ: u32 = 44_100;

const PLAIN: Track = Track {
    file_name: "",
    role: "unknown",
    rate_hz: RATE_HZ,
    bits: 24,
    peak_dbfs: -9.0,
    hiss_db: None,
    play: |rate_hz| Take::Mono(click::play(rate_hz)),
    polarity: 1,
    delay_s: || 0.0,
    late_s: 0.0,
    reference: None,
    faults: &[],
    note: "",
};

const SNARE_TOP: &str = "SN top.wav";

/// How much later a microphone hears the snare than the one over it.
fn after_snare_top_s(microphone: &Microphone) -> f64 {
    microphone.travel_s(Source::SnareHead) - mics::SNARE_TOP.travel_s(Source::SnareHead) + microphone.late_s
}

fn toms(rate_hz: u32) -> Take {
    let [high, middle, floor] = &mics::TOMS;
    let lines = mics::record([&high.0, &middle.0, &floor.0], rate_hz);
    let frames = super::score::tempo::song_frames(rate_hz);
    let (mut left, mut right) = (vec![0.0; frames], vec![0.0; frames]);
    for (line, (_, pan)) in lines.iter().zip(&mics::TOMS) {
        let angle = (pan + 1.0) * std::f64::consts::FRAC_PI_4;
        let (to_left, to_right) = (libm::cos(angle), libm::sin(angle));
        for ((left, right), value) in left.iter_mut().zip(&mut right).zip(line) {
            *left += to_left * value;
            *right += to_right * value;
        }
    }
    Take::Stereo(left, right)
}

fn amplifier(rate_hz: u32) -> Take {
    let mut line = bass::amplifier(rate_hz);
    late(&mut line, AMPLIFIER_LATE_S, rate_hz);
    Take::Mono(line)
}

/// The double, exported only as far as it sings.
fn double(rate_hz: u32) -> Take {
    let singer = &singers::DOUBLE;
    let mut line = singer.sing(rate_hz);
    line.truncate(super::score::tempo::frame(singer.end_s(), rate_hz));
    Take::Mono(line)
}

fn sung(singer: &Singer, rate_hz: u32) -> Take {
    Take::Mono(singer.sing(rate_hz))
}

fn stereo((left, right): (Vec<f64>, Vec<f64>)) -> Take {
    Take::Stereo(left, right)
}

/// Every file, in the order in which the band numbers them.
pub(super) const TRACKS: [Track; 22] = [
    Track {
        file_name: "Kick In 57.wav",
        role: "kick",
        peak_dbfs: -0.8,
        hiss_db: Some(-72.0),
        play: |rate_hz| Take::Mono(mics::KICK_IN.record(rate_hz)),
        faults: &["hot"],
        note: "inside the kick; bleed of the snare",
        ..PLAIN
    },
    Track {
        file_name: "kick OUT_47.wav",
        role: "kick",
        peak_dbfs: -12.0,
        hiss_db: Some(-70.0),
        play: |rate_hz| Take::Mono(mics::KICK_OUT.record(rate_hz)),
        polarity: -1,
        delay_s: || mics::KICK_OUT.travel_s(Source::KickHead) - mics::KICK_IN.travel_s(Source::KickHead),
        reference: Some("Kick In 57.wav"),
        faults: &["polarity"],
        note: "outside the kick; its cable is crossed",
        ..PLAIN
    },
    Track {
        file_name: SNARE_TOP,
        role: "snare",
        peak_dbfs: -4.0,
        hiss_db: Some(-70.0),
        play: |rate_hz| Take::Mono(mics::SNARE_TOP.record(rate_hz)),
        note: "bleed of hat and kick",
        ..PLAIN
    },
    Track {
        file_name: "SN_btm.wav",
        role: "snare",
        peak_dbfs: -15.0,
        hiss_db: Some(-68.0),
        play: |rate_hz| Take::Mono(mics::SNARE_BOTTOM.record(rate_hz)),
        polarity: -1,
        delay_s: || after_snare_top_s(&mics::SNARE_BOTTOM),
        reference: Some(SNARE_TOP),
        faults: &["polarity"],
        note: "under the snare: the other way round by nature",
        ..PLAIN
    },
    Track {
        file_name: "HH.wav",
        role: "hihat",
        peak_dbfs: -14.0,
        hiss_db: Some(-66.0),
        play: |rate_hz| Take::Mono(mics::HAT.record(rate_hz)),
        faults: &["bleed"],
        note: "the snare is nearly as loud as the hat",
        ..PLAIN
    },
    Track {
        file_name: "Toms.wav",
        role: "toms",
        peak_dbfs: -7.0,
        hiss_db: Some(-68.0),
        play: toms,
        faults: &["bleed"],
        note: "three microphones bounced to stereo, open through the whole song",
        ..PLAIN
    },
    Track {
        file_name: "OH L.wav",
        role: "overheads",
        peak_dbfs: -10.0,
        hiss_db: Some(-78.0),
        play: |rate_hz| Take::Mono(mics::OVERHEAD_LEFT.record(rate_hz)),
        delay_s: || after_snare_top_s(&mics::OVERHEAD_LEFT),
        reference: Some(SNARE_TOP),
        note: "about a metre above the snare: its delay is natural",
        ..PLAIN
    },
    Track {
        file_name: "OH R.wav",
        role: "overheads",
        peak_dbfs: -10.0,
        hiss_db: Some(-78.0),
        play: |rate_hz| Take::Mono(mics::OVERHEAD_RIGHT.record(rate_hz)),
        delay_s: || after_snare_top_s(&mics::OVERHEAD_RIGHT),
        reference: Some(SNARE_TOP),
        note: "as far from the snare as the left one: its delay is natural",
        ..PLAIN
    },
    Track {
        file_name: "Room mono late.wav",
        role: "room",
        peak_dbfs: -18.0,
        hiss_db: Some(-78.0),
        play: |rate_hz| Take::Mono(mics::ROOM.record(rate_hz)),
        delay_s: || after_snare_top_s(&mics::ROOM),
        late_s: LATE_S,
        reference: Some(SNARE_TOP),
        faults: &["late"],
        note: "25 ms of its delay come from the recorder, the rest is its distance",
        ..PLAIN
    },
    Track {
        file_name: "Bass DI.wav",
        role: "bass",
        peak_dbfs: -8.0,
        play: |rate_hz| Take::Mono(bass::direct(rate_hz)),
        ..PLAIN
    },
    Track {
        file_name: "bass_amp.wav",
        role: "bass",
        peak_dbfs: -13.0,
        hiss_db: Some(-58.0),
        play: amplifier,
        delay_s: || AMPLIFIER_LATE_S,
        late_s: AMPLIFIER_LATE_S,
        reference: Some("Bass DI.wav"),
        faults: &["late"],
        note: "nothing above 4 kHz, mildly driven, 4.2 ms after the direct signal",
        ..PLAIN
    },
    Track {
        file_name: "EGtr 1.wav",
        role: "electric-guitar",
        peak_dbfs: -6.0,
        hiss_db: Some(-56.0),
        play: |rate_hz| Take::Mono(guitar::FIRST.play(rate_hz)),
        faults: &["covers-voice"],
        note: "loudest around 2.3 kHz",
        ..PLAIN
    },
    Track {
        file_name: "Git 2 rhythm.wav",
        role: "electric-guitar",
        peak_dbfs: -16.0,
        hiss_db: Some(-60.0),
        play: |rate_hz| Take::Mono(guitar::SECOND.play(rate_hz)),
        faults: &["covers-voice"],
        note: "loudest around 1.7 kHz",
        ..PLAIN
    },
    Track {
        file_name: "PAD warm.wav",
        role: "pad",
        peak_dbfs: -26.0,
        play: |rate_hz| stereo(pad::play(rate_hz)),
        faults: &["covers-voice", "quiet"],
        note: "fills 1 to 4 kHz under the voice",
        ..PLAIN
    },
    Track {
        file_name: "Pno.wav",
        role: "piano",
        peak_dbfs: -5.0,
        hiss_db: Some(-74.0),
        play: |rate_hz| stereo(piano::play(rate_hz)),
        faults: &["low-mid"],
        note: "too much between 250 and 400 Hz",
        ..PLAIN
    },
    Track {
        file_name: "LdVox.wav",
        role: "lead-vocal",
        peak_dbfs: -7.0,
        hiss_db: Some(-70.0),
        play: |rate_hz| sung(&singers::LEAD, rate_hz),
        faults: &["uneven-level"],
        note: "phrases up to 11 dB apart",
        ..PLAIN
    },
    Track {
        file_name: "LdVox_dbl.wav",
        role: "vocal-double",
        peak_dbfs: -11.0,
        hiss_db: Some(-70.0),
        play: double,
        faults: &["short"],
        note: "choruses only; the file ends with its last word",
        ..PLAIN
    },
    Track {
        file_name: "BGV 1.wav",
        role: "backing-vocal",
        peak_dbfs: -13.0,
        hiss_db: Some(-68.0),
        play: |rate_hz| sung(&singers::LOW_HARMONY, rate_hz),
        note: "below the tune",
        ..PLAIN
    },
    Track {
        file_name: "BGV 2 hi.wav",
        role: "backing-vocal",
        rate_hz: OTHER_RATE_HZ,
        peak_dbfs: -17.0,
        hiss_db: Some(-66.0),
        play: |rate_hz| sung(&singers::HIGH_HARMONY, rate_hz),
        faults: &["other-rate"],
        note: "above the tune; recorded at home at 44.1 kHz",
        ..PLAIN
    },
    Track {
        file_name: "Tamb.wav",
        role: "percussion",
        bits: 16,
        peak_dbfs: -3.0,
        hiss_db: Some(-72.0),
        play: |rate_hz| Take::Mono(tambourine::play(rate_hz)),
        faults: &["hot", "low-bits"],
        note: "16 bits",
        ..PLAIN
    },
    Track {
        file_name: "Riser FX.wav",
        role: "fx",
        peak_dbfs: -9.0,
        play: |rate_hz| stereo(riser::play(rate_hz)),
        note: "climbs into each chorus",
        ..PLAIN
    },
    Track {
        file_name: "CLICK.wav",
        role: "click",
        peak_dbfs: -3.0,
        play: |rate_hz| Take::Mono(click::play(rate_hz)),
        faults: &["not-music"],
        note: "must not reach the mix",
        ..PLAIN
    },
];
