//! `report.html`: the verdict, the sound and the evidence in one file that needs no network. It opens on what is worth
//! doing; everything else is folded until asked for.

mod chart;
mod html;
mod loops;
pub mod make;
mod part;
mod table;

use std::fmt::Write;

use mixkeel_judge::evidence::Evidence;
use mixkeel_judge::finding::Finding;
use mixkeel_judge::verdict::{Judgement, Verdict};
use mixkeel_session::edit::Edit;

pub(crate) use html::escape;
pub(crate) use loops::lufs;
pub use loops::{Embed, Heard, Loop, Source, as_sent, loops};

use crate::ENGINE_VERSION;
use chart::Pin;
use html::{clock, figure, hertz};
pub use table::{Fact, Facts};

/// Findings that stand unfolded under the verdict (DESIGN §6 has as many at the end of `mix`).
const FIRST_FINDINGS: usize = 3;

/// What a page is made of.
#[derive(Debug)]
pub struct Page<'a> {
    /// The song or the file.
    pub title: &'a str,
    /// Which version of a mix it is about.
    pub version: Option<u32>,
    /// The verdict with its findings.
    pub judgement: &'a Judgement,
    /// What was measured.
    pub evidence: &'a Evidence,
    /// Finished records to stand beside.
    pub records: &'a [Evidence],
    /// What was decided; nothing for a file.
    pub edits: &'a [Edit],
    /// The sound.
    pub loops: &'a [Loop],
}

impl Page<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let findings = &self.judgement.findings;
        let mut body = self.head();
        body.push_str(&self.verdict());
        body.push_str(&self.players());
        body.push_str(&rest(findings));
        self.parts().iter().for_each(|part| body.push_str(&part.draw()));
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';style-src 'unsafe-inline';script-src 'unsafe-inline';img-src data:\">\n\
             <meta name=\"generator\" content=\"Mixkeel {ENGINE_VERSION}\">\n<link rel=\"icon\" href=\"data:,\">\n\
             <title>{} – mix report</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n{body}</main>\n{}<script>\n{}</script>\n</body>\n</html>\n",
            escape(self.title),
            include_str!("page.css"),
            self.store(),
            include_str!("page.js"),
        )
    }

    /// Every table of the page, those under the charts too, for programs.
    pub fn facts(&self) -> Vec<Facts> {
        self.parts().iter().flat_map(part::Part::facts).collect()
    }

    /// What stands below the verdict, in order.
    fn parts(&self) -> Vec<part::Part> {
        let evidence = self.evidence;
        let parts = [
            Some(part::wave::draw(evidence, &pins(&self.judgement.findings))),
            Some(part::loudness::draw(evidence)),
            Some(part::spectrum::draw(evidence, self.records)),
            part::covering::draw(evidence),
            part::owners::draw(evidence),
            Some(part::width::draw(evidence)),
            part::playback::draw(evidence),
            part::edits::draw(self.edits),
            Some(part::numbers::draw(evidence)),
        ];
        parts.into_iter().flatten().collect()
    }

    fn head(&self) -> String {
        let sound = &self.evidence.sound;
        let version = self.version.map(|version| format!("version {version}, ")).unwrap_or_default();
        format!(
            "<header><h1>{}</h1><p class=\"meta\">{version}{} long, {} Hz, {} LUFS, true peak {} dBTP</p></header>\n",
            escape(self.title),
            clock(self.evidence.length_s()),
            sound.rate_hz,
            figure(sound.loudness.integrated_lufs, 1),
            figure(sound.true_peak_dbtp, 1),
        )
    }

    fn verdict(&self) -> String {
        let judgement = self.judgement;
        let word = match judgement.verdict {
            Verdict::Ready => "Ready",
            Verdict::ReadyWithNotes => "Ready, with notes",
            Verdict::ReEvaluate => "Re-evaluate",
        };
        let mut html = format!(
            "<section class=\"verdict {}\" aria-labelledby=\"verdict\"><p class=\"word\" id=\"verdict\">{word}</p><p>{}</p>",
            judgement.verdict.word(),
            escape(&judgement.sentence)
        );
        let first = judgement.findings.iter().take(FIRST_FINDINGS);
        let items: Vec<String> = first.map(item).collect();
        if !items.is_empty() {
            let _ = write!(html, "<ol class=\"findings\">{}</ol>", items.concat());
        }
        html.push_str("</section>\n");
        html
    }

    fn players(&self) -> String {
        let Some(first) = self.loops.first() else { return String::new() };
        let mut html = String::from(
            "<section class=\"player\" id=\"player\" aria-label=\"Listen\"><h2>Listen</h2>\
             <fieldset><legend>Source</legend>",
        );
        for (n, source) in first.sources.iter().enumerate() {
            let checked = if n == 0 { " checked" } else { "" };
            let _ = write!(
                html,
                "<label><input type=\"radio\" name=\"source\" value=\"{n}\"{checked}> {}</label>",
                escape(&source.name)
            );
        }
        html.push_str("</fieldset><fieldset><legend>Part</legend>");
        for (n, one) in self.loops.iter().enumerate() {
            let checked = if n == 0 { " checked" } else { "" };
            let _ = write!(
                html,
                "<label><input type=\"radio\" name=\"loop\" value=\"{n}\"{checked}> {} ({})</label>",
                escape(&one.name),
                clock(one.from_s)
            );
        }
        html.push_str(
            "</fieldset><p><button id=\"play\" type=\"button\" aria-pressed=\"false\">Play</button> <span id=\"now\"></span></p>\
             <label>Place<input id=\"place\" type=\"range\" min=\"0\" max=\"1\" step=\"0.1\" value=\"0\"></label>\
             <p id=\"player-status\" role=\"status\" class=\"meta\">All sources are as loud as each other. Sound is compressed for this \
             page (Opus); the files beside it are not.</p></section>\n",
        );
        html
    }

    /// The sound, as data that the script reads.
    fn store(&self) -> String {
        if self.loops.is_empty() {
            return String::new();
        }
        // Nothing in a name may end the element that holds it.
        let json = serde_json::to_string(self.loops).unwrap_or_default().replace('<', "\\u003c");
        format!("<script type=\"application/json\" id=\"loops\">{json}</script>\n")
    }
}

/// A pin for every finding that is somewhere.
fn pins(findings: &[Finding]) -> Vec<Pin> {
    findings
        .iter()
        .enumerate()
        .filter_map(|(n, finding)| {
            let at = finding.spans.first()?[0];
            Some(Pin { mark: (n + 1).to_string(), at, text: finding.because.clone() })
        })
        .collect()
}

/// What was found beyond the first three.
fn rest(findings: &[Finding]) -> String {
    let rest: Vec<String> = findings.iter().skip(FIRST_FINDINGS).map(item).collect();
    if rest.is_empty() {
        return String::new();
    }
    let lead = crate::lines::counted(rest.len(), "finding");
    let body = format!("<ol class=\"findings\" start=\"{}\">{}</ol>", FIRST_FINDINGS + 1, rest.concat());
    let mut part = part::Part::new("findings", "What else was found").lead(&lead);
    part.html(&body);
    part.draw()
}

/// With a capital at its beginning.
fn sentence_case(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

fn item(finding: &Finding) -> String {
    let mut html = format!(
        "<li><p class=\"what\"><span class=\"badge {0}\">{0}</span>{1}</p><p>{2}.</p>",
        escape(finding.severity.word()),
        escape(&sentence_case(&finding.id.replace('-', " "))),
        escape(&sentence_case(&finding.because))
    );
    if !finding.todo.is_empty() {
        let _ = write!(html, "<p><strong>Do:</strong> {}.</p>", escape(&finding.todo));
    }
    let mut where_it_is: Vec<String> = Vec::new();
    if !finding.tracks.is_empty() {
        let who =
            finding.tracks.iter().take(4).map(|cause| format!("{} {:.0} %", cause.name, cause.share * 100.0));
        where_it_is.push(format!("caused by {}", who.collect::<Vec<_>>().join(", ")));
    }
    where_it_is
        .extend(finding.bands.iter().take(3).map(|band| format!("{} to {}", hertz(band[0]), hertz(band[1]))));
    if let (Some(measured), Some(wanted)) = (finding.measured, finding.wanted) {
        let unit = &finding.unit;
        where_it_is.push(format!(
            "measured {} {unit}, wanted at {} {}",
            figure(Some(measured), 1),
            if measured < wanted { "least" } else { "most" },
            figure(Some(wanted), 1)
        ));
    }
    if !where_it_is.is_empty() {
        let _ = write!(html, "<p class=\"meta detail\">{}</p>", escape(&where_it_is.join(" · ")));
    }
    for span in finding.spans.iter().take(3) {
        let _ = write!(
            html,
            " <button class=\"here\" type=\"button\" data-seek=\"{:.3}\">Play at {}</button>",
            span[0],
            clock(span[0])
        );
    }
    html.push_str("</li>");
    html
}
