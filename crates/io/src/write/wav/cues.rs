//! Named places in a WAV file: the `cue ` chunk and the labels in an `adtl` list (Microsoft and IBM, "Multimedia Programming
//! Interface and Data Specifications 1.0", 1991).

/// The body of `cue `: a point a marker, numbered from 1.
pub(super) fn points(markers: &[(u32, String)]) -> Vec<u8> {
    let mut body = (markers.len() as u32).to_le_bytes().to_vec();
    for (number, (frame, _)) in (1_u32..).zip(markers) {
        body.extend_from_slice(&number.to_le_bytes());
        // Its place in the order of play, which is its frame where there is no playlist.
        body.extend_from_slice(&frame.to_le_bytes());
        body.extend_from_slice(b"data");
        // One data chunk in one piece: neither the chunk nor the block begins anywhere but at its start.
        body.extend_from_slice(&0_u32.to_le_bytes());
        body.extend_from_slice(&0_u32.to_le_bytes());
        body.extend_from_slice(&frame.to_le_bytes());
    }
    body
}

/// The body of the list that names them.
pub(super) fn labels(markers: &[(u32, String)]) -> Vec<u8> {
    let mut body = b"adtl".to_vec();
    for (number, (_, label)) in (1_u32..).zip(markers) {
        // A text ends with a zero, so none may stand in it.
        let text: Vec<u8> = label.bytes().filter(|byte| *byte != 0).chain([0]).collect();
        body.extend_from_slice(b"labl");
        body.extend_from_slice(&(4 + text.len() as u32).to_le_bytes());
        body.extend_from_slice(&number.to_le_bytes());
        body.extend_from_slice(&text);
        if text.len() % 2 == 1 {
            body.push(0);
        }
    }
    body
}
