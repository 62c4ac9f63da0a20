//! Every edit with its reason and what was measured before and after.

use std::fmt::Write;

use mixkeel_session::edit::Edit;

use super::Part;
use crate::lines::counted;
use crate::page::html::escape;
use crate::plan::{by_strip, change, sureness};

/// The part; nothing where nothing was decided.
pub fn draw(edits: &[Edit]) -> Option<Part> {
    if edits.is_empty() {
        return None;
    }
    let mut body = String::new();
    for (strip, edits) in by_strip(edits) {
        let _ = write!(body, "<h3>{}</h3>", escape(strip));
        edits.into_iter().for_each(|edit| one(&mut body, edit));
    }
    let mut part = Part::new("edits", "Every change and why").lead(&counted(edits.len(), "change"));
    part.html(&body);
    Some(part)
}

fn one(body: &mut String, edit: &Edit) {
    let sureness = sureness(edit);
    let _ = write!(
        body,
        "<div class=\"edit\"><p><strong>{}</strong></p><p>{} <span class=\"meta\">({}, {sureness})</span></p>",
        escape(&change(edit)),
        escape(&edit.because),
        escape(&edit.by)
    );
    if !edit.evidence.is_empty() {
        let measured: Vec<String> = edit
            .evidence
            .iter()
            .map(|evidence| {
                let value = (evidence.value * 100.0).round() / 100.0;
                format!("{}: {value} {}", evidence.what, evidence.unit).trim_end().to_owned()
            })
            .collect();
        let _ = write!(body, "<p class=\"meta\">{}</p>", escape(&measured.join("; ")));
    }
    body.push_str("</div>");
}
