//! Every edit with its reason and what was measured before and after.

use std::fmt::Write;

use mixkeel_session::edit::{Edit, Sureness};

use crate::lines::counted;
use crate::page::html::{escape, part};
use crate::plan::change;

/// The part; nothing where nothing was decided.
pub fn draw(edits: &[Edit]) -> String {
    if edits.is_empty() {
        return String::new();
    }
    let mut strips: Vec<&str> = Vec::new();
    for edit in edits {
        if !strips.contains(&edit.address.strip.as_str()) {
            strips.push(&edit.address.strip);
        }
    }
    let mut body = String::new();
    for strip in strips {
        let _ = write!(body, "<h3>{}</h3>", escape(strip));
        for edit in edits.iter().filter(|edit| edit.address.strip == strip) {
            one(&mut body, edit);
        }
    }
    part("edits", "Every change and why", &counted(edits.len(), "change"), &body)
}

fn one(body: &mut String, edit: &Edit) {
    let sureness = match edit.sureness {
        Sureness::Certain => "certain",
        Sureness::Likely => "likely",
        Sureness::Guess => "a guess",
    };
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
