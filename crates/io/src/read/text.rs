//! Short texts in headers: broadcast notes, INFO lists, cue points, the few fields of iXML that place a file in time.

use super::info::Marker;

/// The longest text kept, in bytes. Ours: a page of notes.
const TEXT_BYTES: usize = 4096;

/// The most tags and markers kept of each kind. Ours: far above any recording, far below what hurts.
const KEPT: usize = 10_000;

/// Tags and markers on their way to [`Info`](super::info::Info).
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub tags: Vec<(String, String)>,
    pub time_reference: Option<u64>,
    ixml_time: Option<(u64, f64)>,
    cues: Vec<(u32, u64)>,
    labels: Vec<(u32, String)>,
}

impl Notes {
    pub fn tag(&mut self, name: &str, text: String) {
        if !text.is_empty()
            && self.tags.len() < KEPT
            && !self.tags.iter().any(|(n, t)| n == name && *t == text)
        {
            self.tags.push((name.to_owned(), text));
        }
    }

    /// `bext` (EBU Tech 3285 v2, clause 2.3): description, originator, and 64 bits of time reference at byte 338.
    pub fn bext(&mut self, body: &[u8], big_endian: bool) {
        for (name, span) in [("description", 0..256), ("originator", 256..288), ("date", 320..330)] {
            if let Some(bytes) = body.get(span) {
                self.tag(name, text(bytes));
            }
        }
        if let Some(bytes) = body.get(338..346).and_then(|b| <[u8; 8]>::try_from(b).ok()) {
            // Two 32-bit words, the low one first, each in the byte order of the file.
            let [a, b, c, d, e, f, g, h] = bytes;
            let word = |w: [u8; 4]| if big_endian { u32::from_be_bytes(w) } else { u32::from_le_bytes(w) };
            self.time_reference = Some(u64::from(word([a, b, c, d])) | u64::from(word([e, f, g, h])) << 32);
        }
    }

    /// iXML (Gallery UK, iXML 3.01): the time stamp is split into two 32-bit numbers, at its own rate.
    pub fn ixml(&mut self, body: &[u8]) {
        let body = String::from_utf8_lossy(body);
        let number = |name: &str| element(&body, name).and_then(|t| t.parse::<u64>().ok());
        if let Some(low) = number("TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO") {
            let high = number("TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI").unwrap_or(0).min(u64::from(u32::MAX));
            let rate = element(&body, "TIMESTAMP_SAMPLE_RATE").and_then(|t| t.parse().ok()).unwrap_or(0.0);
            self.ixml_time = Some((low & u64::from(u32::MAX) | high << 32, rate));
        }
        for (name, tag) in [("PROJECT", "project"), ("SCENE", "scene"), ("TAKE", "take"), ("NOTE", "note")] {
            if let Some(found) = element(&body, name) {
                self.tag(tag, found.to_owned());
            }
        }
    }

    /// `LIST` of type `INFO` or `adtl` (RIFF, "Multimedia Programming Interface", chapter 2 and 3).
    pub fn list(&mut self, body: &[u8], big_endian: bool) {
        let kind = body.get(..4).unwrap_or_default();
        let mut rest = body.get(4..).unwrap_or_default();
        while let Some((head, after)) = rest.split_first_chunk::<8>() {
            let [i0, i1, i2, i3, s0, s1, s2, s3] = *head;
            let size = [s0, s1, s2, s3];
            let size = if big_endian { u32::from_be_bytes(size) } else { u32::from_le_bytes(size) } as usize;
            let item = after.get(..size).unwrap_or(after);
            let id = [i0, i1, i2, i3];
            match (kind, &id) {
                (b"INFO", _) => self.tag(&info_name(id), text(item)),
                (b"adtl", b"labl" | b"note" | b"ltxt") => {
                    let skip = if &id == b"ltxt" { 20 } else { 4 };
                    if let (Some(number), Some(words)) = (long(item, 0, big_endian), item.get(skip..)) {
                        let words = text(words);
                        if self.labels.len() < KEPT && !words.is_empty() {
                            self.labels.push((number, words));
                        }
                    }
                }
                _ => {}
            }
            rest = after.get(size + (size & 1)..).unwrap_or_default();
        }
    }

    /// `cue ` (same source, chapter 3): 24 bytes a point, its number first, its frame last.
    pub fn cue(&mut self, body: &[u8], big_endian: bool) {
        for point in body.get(4..).unwrap_or_default().chunks_exact(24).take(KEPT) {
            if let (Some(number), Some(frame)) = (long(point, 0, big_endian), long(point, 20, big_endian)) {
                self.cues.push((number, u64::from(frame)));
            }
        }
    }

    /// One marker whose text is already known.
    pub fn marker(&mut self, number: u32, frame: u64, label: String) {
        if self.cues.len() < KEPT {
            self.cues.push((number, frame));
            self.labels.push((number, label));
        }
    }

    /// Frames since midnight: what `bext` says, else iXML at the file's own rate.
    pub fn time_reference_frames(&self, rate_hz: u32) -> Option<u64> {
        self.time_reference.or_else(|| {
            let (frames, rate) = self.ixml_time?;
            let rate = if rate >= 1.0 { rate } else { f64::from(rate_hz) };
            Some(libm::round(frames as f64 * f64::from(rate_hz) / rate) as u64)
        })
    }

    /// The markers in order of time.
    pub fn markers(&self, rate_hz: u32) -> Vec<Marker> {
        let labels: std::collections::BTreeMap<u32, &String> =
            self.labels.iter().rev().map(|(number, label)| (*number, label)).collect();
        let mut cues = self.cues.clone();
        cues.sort_by_key(|&(number, frame)| (frame, number));
        cues.iter()
            .map(|(number, frame)| Marker {
                at_s: *frame as f64 / f64::from(rate_hz),
                label: labels.get(number).map(|label| (*label).clone()).unwrap_or_default(),
            })
            .collect()
    }
}

/// A 32-bit number inside a chunk.
pub(crate) fn long(bytes: &[u8], at: usize, big_endian: bool) -> Option<u32> {
    let bytes: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    Some(if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
}

/// A text field: ends at its first zero; UTF-8 if it is valid as such, else Latin-1, the two that writers use.
pub(crate) fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|&b| b == 0).unwrap_or(bytes.len()).min(TEXT_BYTES);
    let bytes = bytes.get(..end).unwrap_or_default();
    let words = match std::str::from_utf8(bytes) {
        Ok(words) => words.to_owned(),
        Err(_) => bytes.iter().map(|&b| char::from(b)).collect(),
    };
    words.trim().to_owned()
}

/// The text of the first element of this name; iXML has no attributes and no two elements of one name that we ask for.
fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let from = xml.find(&format!("<{name}>"))? + name.len() + 2;
    let rest = xml.get(from..)?;
    Some(rest.get(..rest.find('<')?)?.trim())
}

/// The common word for an INFO item, or the item's own four letters.
fn info_name(id: [u8; 4]) -> String {
    match &id {
        b"INAM" => "title".into(),
        b"IART" => "artist".into(),
        b"IPRD" => "album".into(),
        b"ICMT" => "comment".into(),
        b"ICRD" => "date".into(),
        b"IGNR" => "genre".into(),
        b"ISFT" => "software".into(),
        b"ITRK" => "track".into(),
        b"ICOP" => "copyright".into(),
        _ => text(&id),
    }
}
