//! The chunks that say what a WAV file is: `bext` (EBU Tech 3285 version 2) and `LIST/INFO`.

use crate::write::spec::{Bits, Spec, Tags};
use mixkeel_dsp::block::Channels;

/// Loudness that is not known (EBU Tech 3285 v2, §2.4).
const UNKNOWN: i16 = 0x7FFF;

/// The largest loudness the chunk can hold, in its units (EBU Tech 3285 v2, §2.4: −99.99 to 99.99).
const LARGEST: f64 = 99.99;

/// The body of the `bext` chunk. Dates are left empty (all zeros): the same sound has the same bytes on any day.
pub(super) fn bext(spec: &Spec, dithered: bool) -> Vec<u8> {
    let tags = &spec.tags;
    let mut body = Vec::with_capacity(1024);
    text(&mut body, 256, &description(tags));
    text(&mut body, 32, "Mixkeel");
    text(&mut body, 32, tags.session_hash.as_deref().unwrap_or_default());
    body.extend_from_slice(&[0; 10 + 8]); // OriginationDate, OriginationTime
    body.extend_from_slice(&tags.time_reference_frames.to_le_bytes());
    body.extend_from_slice(&2_u16.to_le_bytes()); // Version
    body.extend_from_slice(&[0; 64]); // UMID
    let loudness = tags.loudness;
    let fields = [
        loudness.map(|known| known.integrated_lufs),
        loudness.and_then(|known| known.loudness_range_lu),
        loudness.map(|known| known.true_peak_dbtp),
        loudness.and_then(|known| known.max_momentary_lufs),
        loudness.and_then(|known| known.max_short_term_lufs),
    ];
    fields.into_iter().for_each(|field| body.extend_from_slice(&hundredths(field).to_le_bytes()));
    body.extend_from_slice(&[0; 180]); // Reserved
    body.extend_from_slice(coding_history(spec, dithered).as_bytes());
    body
}

/// The body of the `LIST` chunk of the form `INFO` (Multimedia Programming Interface and Data Specifications 1.0, 1991).
pub(super) fn info(tags: &Tags) -> Vec<u8> {
    let mut body = b"INFO".to_vec();
    let mut entry = |id: &[u8; 4], value: &str| {
        // NUL ends the text, so none may stand in it.
        let value: Vec<u8> = value.bytes().filter(|&byte| byte != 0).chain([0]).collect();
        body.extend_from_slice(id);
        body.extend_from_slice(&(value.len() as u32).to_le_bytes());
        body.extend_from_slice(&value);
        if value.len() % 2 == 1 {
            body.push(0);
        }
    };
    if let Some(title) = &tags.title {
        entry(b"INAM", title);
    }
    entry(b"ISFT", &software(tags));
    if let Some(comment) = comment(tags) {
        entry(b"ICMT", &comment);
    }
    body
}

/// "Mixkeel 0.1.0".
pub(crate) fn software(tags: &Tags) -> String {
    format!("Mixkeel {}", tags.engine_version).trim_end().to_owned()
}

fn description(tags: &Tags) -> String {
    let parts = [tags.title.as_deref(), tags.comment.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" / ")
}

/// The comment and the session hash in one line, as `ICMT` has it.
fn comment(tags: &Tags) -> Option<String> {
    let session = tags.session_hash.as_ref().map(|hash| format!("session {hash}"));
    let parts: Vec<_> = tags.comment.iter().chain(&session).map(String::as_str).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// One line as EBU R 98 has it: coding, rate, word length, mode, and a text without commas.
fn coding_history(spec: &Spec, dithered: bool) -> String {
    let mode = match spec.channels {
        Channels::Mono => "mono",
        Channels::Stereo => "stereo",
    };
    let note = match (spec.bits, dithered) {
        (Bits::F32, _) => "; float",
        (_, true) => "; TPDF dither",
        (_, false) => "",
    };
    let text = software(&spec.tags).replace([',', '\r', '\n'], " ");
    format!("A=PCM,F={},W={},M={mode},T={text}{note}\r\n", spec.rate_hz, spec.bits.count())
}

/// Text in a field of a fixed size, cut between characters, filled with zeros.
fn text(body: &mut Vec<u8>, size: usize, text: &str) {
    let mut kept = text.len().min(size);
    while !text.is_char_boundary(kept) {
        kept -= 1;
    }
    body.extend(text.bytes().take(kept));
    body.resize(body.len() + size - kept, 0);
}

fn hundredths(value: Option<f64>) -> i16 {
    match value {
        Some(value) if value.abs() <= LARGEST => (value * 100.0).round() as i16,
        _ => UNKNOWN,
    }
}
