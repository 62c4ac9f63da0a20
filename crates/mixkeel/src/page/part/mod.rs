//! The parts of the page below the verdict, one file each, in the order in which they stand.

pub mod covering;
pub mod edits;
pub mod loudness;
pub mod numbers;
pub mod owners;
pub mod playback;
pub mod references;
pub mod spectrum;
pub mod wave;
pub mod width;

use mixkeel_judge::evidence::{Evidence, Strip};

use super::chart::{Bars, Lines, Matrix, Zone};
use super::html::{escape, paragraph};
use super::table::Table;

/// A part of the page that is folded until asked for.
#[derive(Debug)]
pub struct Part {
    id: &'static str,
    title: &'static str,
    lead: String,
    html: String,
    tables: Vec<Table>,
}

impl Part {
    /// With nothing in it yet: its place on the page, and its head.
    pub fn new(id: &'static str, title: &'static str) -> Self {
        Self { id, title, lead: String::new(), html: String::new(), tables: Vec::new() }
    }

    /// With what is read beside the head while it is folded.
    pub fn lead(mut self, lead: &str) -> Self {
        lead.clone_into(&mut self.lead);
        self
    }

    /// A paragraph of text.
    pub fn text(&mut self, text: &str) {
        self.html.push_str(&paragraph(text));
    }

    /// What is HTML already, and holds no figure that is not in a table.
    pub fn html(&mut self, html: &str) {
        self.html.push_str(html);
    }

    /// A table.
    pub fn table(&mut self, table: Table) {
        self.html.push_str(&table.html());
        self.tables.push(table);
    }

    /// Curves, with their table.
    pub fn lines(&mut self, chart: &Lines) {
        self.html.push_str(&chart.draw());
        self.tables.push(chart.table());
    }

    /// Bars, with their table.
    pub fn bars(&mut self, chart: &Bars) {
        self.html.push_str(&chart.draw());
        self.tables.push(chart.table.clone());
    }

    /// A shaded table.
    pub fn matrix(&mut self, matrix: &Matrix) {
        self.html.push_str(&matrix.draw());
        self.tables.push(matrix.table());
    }

    /// As it stands on the page.
    pub fn draw(&self) -> String {
        format!(
            "<details class=\"part\" id=\"{}\"><summary><h2>{}</h2><span class=\"lead\">{}</span></summary>{}</details>\n",
            self.id,
            escape(self.title),
            escape(&self.lead),
            self.html
        )
    }

    /// Every table in it, for programs.
    pub fn facts(&self) -> impl Iterator<Item = super::table::Facts> + '_ {
        self.tables.iter().filter(|table| !table.rows.is_empty()).map(|table| table.facts(self.id))
    }
}

/// The sections as stretches behind a chart over time.
fn zones(evidence: &Evidence) -> Vec<Zone> {
    let zone = |section: &mixkeel_judge::evidence::SectionEvidence| Zone {
        name: section.id.replace('-', " "),
        from: section.from_s,
        to: section.to_s,
    };
    evidence.sections.iter().map(zone).collect()
}

/// What people call a track; its id where nobody calls it anything.
fn name_of(strip: &Strip) -> String {
    if strip.name.is_empty() { strip.id.clone() } else { strip.name.clone() }
}
