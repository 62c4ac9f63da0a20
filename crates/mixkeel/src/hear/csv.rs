//! Tables of text: what was heard, one line a thing, and the tables in which people and workstations name places of a song.

use super::mark::Mark;
use super::report::SongReport;

/// What a table says about a song.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// From second, beats a minute.
    pub tempo: Vec<(f64, f64)>,
    /// Named places.
    pub marks: Vec<Mark>,
}

/// Words by which columns are known, whatever their case.
const FROM: [&str; 9] = ["from_s", "from", "start", "time", "position", "begin", "in", "at", "timestamp"];
const TO: [&str; 4] = ["to_s", "to", "end", "out"];
const LABEL: [&str; 7] = ["label", "name", "section", "marker", "text", "title", "description"];
const BPM: [&str; 2] = ["bpm", "tempo"];

/// The columns of a table.
#[derive(Clone, Copy, Debug, Default)]
struct Columns {
    from: Option<usize>,
    to: Option<usize>,
    label: Option<usize>,
    bpm: Option<usize>,
    what: Option<usize>,
}

/// Reads a table: with a heading that names its columns (ours, Reaper's), or without one as `time, label` or
/// `from, to, label` (Audacity's). Cells are divided by commas, semicolons or tabs; times are seconds or minutes:seconds.
/// Nothing where it is no such table.
///
/// # Errors
/// In words, with the number of the line that cannot be understood.
pub fn read(text: &str) -> Result<Option<Said>, String> {
    let text = text.trim_start_matches('\u{feff}');
    let lines: Vec<(usize, &str)> = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#') || line.starts_with("#,"))
        .collect();
    let Some(&(_, first)) = lines.first() else { return Ok(None) };
    let divider = ['\t', ';', ','].into_iter().find(|divider| first.contains(*divider)).unwrap_or(',');
    let heading: Vec<String> = cells(first, divider).iter().map(|cell| cell.to_lowercase()).collect();
    let named = |words: &[&str]| words.iter().find_map(|word| heading.iter().position(|cell| cell == word));
    let mut columns = Columns {
        from: named(&FROM),
        to: named(&TO),
        label: named(&LABEL),
        bpm: named(&BPM),
        what: named(&["what"]),
    };
    let headed = columns.from.is_some() && (columns.label.is_some() || columns.bpm.is_some());
    if !headed {
        if seconds(&heading.first().cloned().unwrap_or_default()).is_none() {
            return Ok(None);
        }
        let spans = heading.get(1).is_some_and(|cell| seconds(cell).is_some()) && heading.len() > 2;
        columns = if spans {
            Columns { from: Some(0), to: Some(1), label: Some(2), ..Columns::default() }
        } else {
            Columns { from: Some(0), label: Some(1), ..Columns::default() }
        };
    }
    let mut said = Said::default();
    for (number, line) in lines.into_iter().skip(usize::from(headed)) {
        let row = cells(line, divider);
        let cell =
            |column: Option<usize>| column.and_then(|at| row.get(at)).map(String::as_str).unwrap_or("");
        let what = if columns.what.is_some() { cell(columns.what) } else { "section" };
        if !["section", "tempo"].contains(&what) {
            continue;
        }
        let wrong = |which: &str| {
            format!("line {}: \"{which}\" is no time; write seconds or minutes:seconds", number + 1)
        };
        let from_s = seconds(cell(columns.from)).ok_or_else(|| wrong(cell(columns.from)))?;
        if what == "tempo" {
            let bpm = cell(columns.label).parse().ok().filter(|bpm: &f64| (10.0..=999.0).contains(bpm));
            said.tempo.push((
                from_s,
                bpm.ok_or_else(|| format!("line {}: \"{}\" is no tempo", number + 1, cell(columns.label)))?,
            ));
            continue;
        }
        if let Some(bpm) = cell(columns.bpm).parse().ok().filter(|bpm: &f64| (10.0..=999.0).contains(bpm)) {
            said.tempo.push((from_s, bpm));
        }
        if columns.label.is_some() {
            let to = cell(columns.to);
            let to_s = if to.is_empty() { None } else { Some(seconds(to).ok_or_else(|| wrong(to))?) };
            said.marks.push(Mark {
                from_s,
                to_s: to_s.filter(|to_s| *to_s > from_s),
                label: cell(columns.label).to_owned(),
            });
        }
    }
    Ok((!said.marks.is_empty() || !said.tempo.is_empty()).then_some(said))
}

/// The cells of a line; one in quotation marks may hold the divider, and a doubled mark stands for one.
fn cells(line: &str, divider: char) -> Vec<String> {
    let mut cells = Vec::new();
    let (mut cell, mut quoted) = (String::new(), false);
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                cell.push('"');
                letters.next();
            }
            '"' => quoted = !quoted,
            letter if letter == divider && !quoted => cells.push(std::mem::take(&mut cell)),
            letter => cell.push(letter),
        }
    }
    cells.push(cell);
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// Seconds from `95.5`, `1:35.5` or `0:01:35.5`.
pub fn seconds(text: &str) -> Option<f64> {
    let parts: Vec<&str> = text.trim().split(':').collect();
    if parts.len() > 3 {
        return None;
    }
    let mut total_s = 0.0;
    for (place, part) in parts.iter().enumerate() {
        let value: f64 = part.parse().ok().filter(|value: &f64| value.is_finite() && *value >= 0.0)?;
        if place > 0 && value >= 60.0 {
            return None;
        }
        total_s = total_s * 60.0 + value;
    }
    Some(total_s)
}

/// Everything that was heard, one line a thing, in order of time.
pub fn written(report: &SongReport) -> String {
    let mut rows: Vec<(f64, u8, String)> = Vec::new();
    let bar_of = |at_s: f64| report.downbeats_s.iter().filter(|bar| **bar <= at_s + 0.01).count();
    let mut add = |order: u8, from_s: f64, to_s: Option<f64>, what: &str, label: &str, sure: Option<f64>| {
        let to = to_s.map_or(String::new(), |to_s| format!("{to_s:.3}"));
        let sure = sure.map_or(String::new(), |sure| format!("{sure:.2}"));
        let bar = bar_of(from_s).to_string();
        rows.push((from_s, order, format!("{from_s:.3},{to},{bar},{what},{},{sure}\n", quoted(label))));
    };
    for tempo in &report.tempo {
        add(0, tempo.from_s, None, "tempo", &format!("{:.3}", tempo.bpm), Some(report.tempo_confidence));
    }
    for metre in &report.metres {
        add(1, metre.from_s, None, "metre", &metre.metre, Some(report.metre_confidence));
    }
    for section in &report.sections {
        add(3, section.from_s, Some(section.to_s), "section", &section.label, Some(section.confidence));
    }
    for key in &report.keys {
        add(2, key.from_s, None, "key", &format!("{} {}", key.tonic, key.mode), Some(key.confidence));
    }
    for chord in &report.chords {
        add(5, chord.from_s, Some(chord.to_s), "chord", &chord.label, Some(chord.confidence));
    }
    for (index, at_s) in report.downbeats_s.iter().enumerate() {
        add(4, *at_s, report.downbeats_s.get(index + 1).copied(), "bar", &(index + 1).to_string(), None);
    }
    rows.sort_by(|a, b| (a.0, a.1).partial_cmp(&(b.0, b.1)).unwrap_or(std::cmp::Ordering::Equal));
    std::iter::once("from_s,to_s,bar,what,label,confidence\n".to_owned())
        .chain(rows.into_iter().map(|(_, _, row)| row))
        .collect()
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\"").replace(['\r', '\n'], " "))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(text: &str) -> Vec<(f64, Option<f64>, String)> {
        let said = read(text).unwrap().unwrap_or_default();
        said.marks.into_iter().map(|mark| (mark.from_s, mark.to_s, mark.label)).collect()
    }

    #[test]
    fn tables_are_read_as_people_and_workstations_write_them() {
        let two = vec![(0.0, None, "Intro".to_owned()), (75.5, None, "Verse, first".to_owned())];
        assert_eq!(marks("0,Intro\n1:15.5,\"Verse, first\"\n"), two);
        assert_eq!(marks("time;label\n0;Intro\n75.5;Verse, first\n"), two);
        let spans = vec![(0.0, Some(4.0), "Intro".to_owned())];
        assert_eq!(marks("0.000000\t4.000000\tIntro\n"), spans);
        assert_eq!(marks("#,Name,Start,End,Length\nR1,Intro,0:00.000,0:04.000,0:04.000\n"), spans);
        assert_eq!(marks("\u{feff}Start,End,Name\r\n0,4,Intro\r\n"), spans);
    }

    #[test]
    fn what_is_no_such_table_says_nothing_and_a_wrong_line_is_named() {
        for text in ["", "shopping\nmilk, 2\n", "name,price\nbread,3\n"] {
            assert_eq!(read(text), Ok(None), "{text}");
        }
        assert!(read("time,label\n1:75,Intro\n").is_err_and(|why| why.contains("line 2")));
        assert!(read("0,Intro\nsoon,Verse\n").is_err_and(|why| why.contains("line 2")));
    }

    #[test]
    fn a_tempo_can_stand_in_a_table() {
        let said =
            read("from_s,to_s,bar,what,label,confidence\n0.000,,1,tempo,92.5,1\n0,,1,metre,4/4,\n").unwrap();
        assert_eq!(said.unwrap().tempo, [(0.0, 92.5)]);
    }
}
