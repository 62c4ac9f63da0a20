//! Standard MIDI files: the tempo map, metre and markers of a song, written for workstations and read from a folder.

use midly::num::{u15, u24, u28};
use midly::{Format, Header, MetaMessage, Smf, Timing, TrackEvent, TrackEventKind};

use super::mark::Mark;
use super::report::SongReport;

/// Ticks of a quarter in files that are written. Ours: what most workstations count by, so that nothing is rounded on import.
const TICKS: u16 = 960;

/// The longest that a quarter can be: 24 bits of microseconds.
const LONGEST_US: f64 = 16_777_215.0;

/// What a MIDI file says about a song.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// From second, quarters a minute; empty where the file names no tempo.
    pub tempo: Vec<(f64, f64)>,
    /// From second, the number over and under the line.
    pub metre: Vec<(f64, (u8, u8))>,
    /// The key: sharps, or flats as minus, and whether it is minor.
    pub key: Option<(i8, bool)>,
    /// Named places.
    pub marks: Vec<Mark>,
}

/// Reads a file; nothing where it is none.
pub fn read(bytes: &[u8]) -> Option<Said> {
    let smf = Smf::parse(bytes).ok()?;
    // Every event of all tracks on one line of ticks. The patterns of format 2 follow each other and are no song.
    if smf.header.format == Format::Sequential {
        return None;
    }
    let mut events: Vec<(u64, MetaMessage)> = Vec::new();
    for track in &smf.tracks {
        let mut tick = 0_u64;
        for event in track {
            tick += u64::from(event.delta.as_int());
            if let TrackEventKind::Meta(message) = event.kind {
                events.push((tick, message));
            }
        }
    }
    events.sort_by_key(|(tick, _)| *tick);
    let mut clock = Clock::new(smf.header.timing);
    let mut said = Said::default();
    for (tick, message) in events {
        let at_s = clock.seconds(tick);
        match message {
            MetaMessage::Tempo(us) if us.as_int() > 0 => {
                clock.turn(tick, f64::from(us.as_int()));
                put(&mut said.tempo, at_s, 60e6 / f64::from(us.as_int()));
            }
            MetaMessage::TimeSignature(over, under, _, _) if over > 0 && under <= 4 => {
                put(&mut said.metre, at_s, (over, 1 << under));
            }
            MetaMessage::KeySignature(sharps, minor) => said.key = said.key.or(Some((sharps, minor))),
            MetaMessage::Marker(text) | MetaMessage::CuePoint(text) => {
                let label = String::from_utf8_lossy(text).trim().to_owned();
                said.marks.push(Mark { from_s: at_s, to_s: None, label });
            }
            _ => {}
        }
    }
    Some(said)
}

/// The later of two that stand at one place counts.
fn put<T>(list: &mut Vec<(f64, T)>, at_s: f64, value: T) {
    if list.last().is_some_and(|(last_s, _)| (at_s - last_s).abs() < 1e-9) {
        list.pop();
    }
    list.push((at_s, value));
}

/// Ticks as seconds.
struct Clock {
    ticks: f64,
    /// Where the length of a quarter changed last: tick, second, and how long it is since then, in microseconds.
    from: (u64, f64, f64),
    /// Whether ticks are parts of a second rather than of a quarter.
    fixed: bool,
}

impl Clock {
    fn new(timing: Timing) -> Self {
        match timing {
            Timing::Metrical(ticks) => {
                Self { ticks: f64::from(ticks.as_int().max(1)), from: (0, 0.0, 500_000.0), fixed: false }
            }
            Timing::Timecode(fps, parts) => {
                let ticks = f64::from(fps.as_f32()) * f64::from(parts.max(1));
                Self { ticks, from: (0, 0.0, 1e6), fixed: true }
            }
        }
    }

    fn seconds(&self, tick: u64) -> f64 {
        let (from, at_s, us) = self.from;
        at_s + tick.saturating_sub(from) as f64 / self.ticks * us / 1e6
    }

    fn turn(&mut self, tick: u64, us: f64) {
        if !self.fixed {
            self.from = (tick, self.seconds(tick), us);
        }
    }
}

/// The song as a file with one track: tempo, metre, key and a marker for every section.
pub fn written(report: &SongReport) -> Vec<u8> {
    let bars = bars(report);
    let mut events: Vec<(u32, MetaMessage)> = vec![(0, MetaMessage::TrackName(report.title.as_bytes()))];
    let mut last: (u32, (u8, u8)) = (0, (0, 0));
    for bar in &bars {
        let us = (bar.length_s * 1e6 / bar.quarters).round().clamp(1.0, LONGEST_US) as u32;
        if us != last.0 {
            events.push((bar.tick, MetaMessage::Tempo(u24::new(us))));
        }
        if bar.metre != last.1 {
            let under = bar.metre.1.max(1).ilog2() as u8;
            events.push((bar.tick, MetaMessage::TimeSignature(bar.metre.0, under, 24, 8)));
        }
        last = (us, bar.metre);
    }
    for (index, key) in report.keys.iter().enumerate() {
        let at_s = if index == 0 { 0.0 } else { key.from_s };
        if let Some(sharps) = sharps(&key.tonic, key.mode == "minor") {
            events.push((tick_of(&bars, at_s), MetaMessage::KeySignature(sharps, key.mode == "minor")));
        }
    }
    for section in &report.sections {
        events.push((tick_of(&bars, section.from_s), MetaMessage::Marker(section.label.as_bytes())));
    }
    events.sort_by_key(|(tick, _)| *tick);
    let end = tick_of(&bars, report.length_s).max(events.last().map_or(0, |(tick, _)| *tick));
    events.push((end, MetaMessage::EndOfTrack));
    let mut at = 0;
    let track: Vec<TrackEvent> = events
        .into_iter()
        .map(|(tick, message)| {
            let delta = u28::new(tick - at);
            at = tick;
            TrackEvent { delta, kind: TrackEventKind::Meta(message) }
        })
        .collect();
    let smf = Smf {
        header: Header::new(Format::SingleTrack, Timing::Metrical(u15::new(TICKS))),
        tracks: vec![track],
    };
    let mut bytes = Vec::new();
    // A vector takes every byte.
    let _ = smf.write_std(&mut bytes);
    bytes
}

/// How many sharps a key has, flats as minus; nothing for one that cannot be written with seven.
fn sharps(tonic: &str, minor: bool) -> Option<i8> {
    let (note, sign) = tonic.split_at_checked(1)?;
    let place = ["F", "C", "G", "D", "A", "E", "B"].iter().position(|one| *one == note)? as i8 - 1;
    let sign = match sign {
        "" => 0,
        "#" => 7,
        "b" => -7,
        _ => return None,
    };
    let sharps = place + sign - if minor { 3 } else { 0 };
    (-7..=7).contains(&sharps).then_some(sharps)
}

/// A bar on the line of ticks.
#[derive(Debug)]
struct Bar {
    tick: u32,
    from_s: f64,
    length_s: f64,
    quarters: f64,
    metre: (u8, u8),
}

/// Every bar of a song. What lies before the first that was heard becomes a bar or two of its own, so that bar lines of the file
/// lie where those of the song do.
fn bars(report: &SongReport) -> Vec<Bar> {
    let metre_at = |at_s: f64| {
        let word =
            report.metres.iter().rev().find(|metre| metre.from_s <= at_s + 0.01).or(report.metres.first());
        word.and_then(|metre| parsed(&metre.metre)).unwrap_or((4, 4))
    };
    let mut bars: Vec<Bar> = Vec::new();
    let mut lines: Vec<f64> = report.downbeats_s.clone();
    let usual_s = report.tempo_bpm.filter(|bpm| *bpm > 0.0).map_or(2.0, |bpm| {
        let (over, under) = metre_at(0.0);
        60.0 / bpm * f64::from(over) * 4.0 / f64::from(under.max(1))
    });
    if lines.is_empty() {
        lines = (0..).map(|n| f64::from(n) * usual_s).take_while(|at_s| *at_s < report.length_s).collect();
    }
    let steady = report.tempo.len() == 1;
    let first_s = lines.first().copied().unwrap_or(0.0);
    let mut tick = 0;
    // A song that begins with its first bar, to what is heard as one moment.
    if first_s > 0.02 {
        let metre = metre_at(0.0);
        let quarters = f64::from(metre.0) * 4.0 / f64::from(metre.1.max(1));
        let count = (first_s / usual_s).round().max(1.0);
        for n in 0..count as u32 {
            let length_s = first_s / count;
            bars.push(Bar { tick, from_s: f64::from(n) * length_s, length_s, quarters, metre });
            tick += (quarters * f64::from(TICKS)) as u32;
        }
    }
    let whole_s = lines.last().map_or(0.0, |last| last - first_s);
    for (index, &from_s) in lines.iter().enumerate() {
        let metre = metre_at(from_s);
        let quarters = f64::from(metre.0) * 4.0 / f64::from(metre.1.max(1));
        let next_s = lines.get(index + 1).copied();
        let before_s = bars.last().filter(|_| index > 0).map_or(usual_s, |bar| bar.length_s);
        // One tempo for the whole of a steady song: no rounding adds up.
        let length_s = if steady && lines.len() > 1 && report.metres.len() < 2 {
            whole_s / (lines.len() - 1) as f64
        } else {
            next_s.map_or(before_s, |next_s| next_s - from_s)
        };
        bars.push(Bar { tick, from_s, length_s: length_s.max(1e-3), quarters, metre });
        tick += (quarters * f64::from(TICKS)) as u32;
    }
    bars
}

/// The tick of a time.
fn tick_of(bars: &[Bar], at_s: f64) -> u32 {
    let Some(bar) = bars.iter().rev().find(|bar| bar.from_s <= at_s + 1e-3).or(bars.first()) else {
        return 0;
    };
    let quarters = (at_s - bar.from_s).max(0.0) / bar.length_s * bar.quarters;
    // Far beyond any song, and within what a file can say.
    bar.tick.saturating_add((quarters * f64::from(TICKS)).round().clamp(0.0, 1e8) as u32)
}

/// `4/4`.
fn parsed(metre: &str) -> Option<(u8, u8)> {
    let (over, under) = metre.split_once('/')?;
    Some((over.parse().ok()?, under.parse().ok()?))
}
