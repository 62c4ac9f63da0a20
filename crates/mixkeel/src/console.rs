//! `console.md`: the mix as one line a track, to dial in on any console or workstation.

use std::fmt::Write;

use mixkeel_dsp::param::Value;
use mixkeel_session::session::{Insert, Send, Session, StripSettings, Track};

/// Writes the page.
pub fn console(session: &Session) -> String {
    let mut page = format!("# {}\n\n", session.title);
    page.push_str(
        "Trim comes first, then polarity and shift, inserts, fader, pan; sends are after the fader unless marked `pre`.\n\n",
    );
    page.push_str(
        "| track | role | bus | trim dB | polarity | shift ms | inserts | fader dB | pan | sends |\n",
    );
    page.push_str("|---|---|---|--:|---|--:|---|--:|---|---|\n");
    for track in &session.tracks {
        track_line(&mut page, track);
    }
    strips(&mut page, "bus", session.buses.iter().map(|bus| (&bus.id, &bus.to, &bus.strip)));
    strips(&mut page, "return", session.returns.iter().map(|one| (&one.id, &one.to, &one.strip)));
    let _ = write!(
        page,
        "\nMaster fader: 0 dB, nothing on it. Turn every direct input of the master (buses, and tracks that go straight \
         there) by {} dB, after all processing.\n\n\
         Pan law: mono tracks −3 dB in the middle, sine/cosine. Where your console has 0 dB in the middle, take 3.0 dB \
         off every mono track in the middle, and correspondingly less towards the sides. Stereo tracks have a balance \
         control: 0 dB in the middle on every console.\n",
        number(session.master.headroom_db)
    );
    page
}

fn track_line(page: &mut String, track: &Track) {
    let muted = if track.mute { " (muted)" } else { "" };
    let _ = writeln!(
        page,
        "| {}{muted} | {} | {} | {} | {} | {} | {} | {} | {}{} | {} |",
        cell(&track.name),
        track.role,
        cell(&track.bus),
        number(track.trim_db),
        if track.inverted { "inverted" } else { "" },
        if track.shift_ms == 0.0 { String::new() } else { number(track.shift_ms) },
        inserts(&track.inserts),
        number(track.fader_db),
        place(track.pan),
        if track.width == 1.0 { String::new() } else { format!(", width {:.2}", track.width) },
        sends(&track.sends),
    );
}

fn strips<'a>(
    page: &mut String,
    kind: &str,
    strips: impl Iterator<Item = (&'a String, &'a String, &'a StripSettings)>,
) {
    let mut first = true;
    for (id, to, strip) in strips {
        if first {
            let _ = write!(
                page,
                "\n| {kind} | to | inserts | fader dB | balance | sends |\n|---|---|---|--:|---|---|\n"
            );
            first = false;
        }
        let _ = writeln!(
            page,
            "| {}{} | {} | {} | {} | {} | {} |",
            cell(id),
            if strip.mute { " (muted)" } else { "" },
            cell(to),
            inserts(&strip.inserts),
            number(strip.fader_db),
            place(strip.pan),
            sends(&strip.sends)
        );
    }
}

fn inserts(inserts: &[Insert]) -> String {
    let one = |insert: &Insert| {
        let settings: Vec<String> = insert
            .settings
            .paths()
            .into_iter()
            .filter_map(|(path, spec)| Some((insert.settings.get(&path)?, path, spec)))
            .filter(|(value, _, spec)| spec.range.default_value() != *value)
            .map(|(value, path, _)| match value {
                Value::Number(value) => format!("{path} {}", number(value)),
                other => format!("{path} {other}"),
            })
            .collect();
        let off = if insert.bypass { " (bypassed)" } else { "" };
        cell(&format!("{} {}{off}", insert.kind.id, settings.join(" ")).trim().replace("  ", " "))
    };
    inserts.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn sends(sends: &[Send]) -> String {
    let one = |send: &Send| {
        format!("{} {}{}", cell(&send.to), number(send.level_db), if send.pre_fader { " pre" } else { "" })
    };
    sends.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// A level to a tenth of a dB, with a real minus sign and a plus where it lifts.
pub fn number(value: f64) -> String {
    if value == f64::NEG_INFINITY {
        return "−∞".to_owned();
    }
    let text = format!("{:.1}", value.abs());
    match text.as_str() {
        "0.0" => text,
        _ if value < 0.0 => format!("−{text}"),
        _ => format!("+{text}"),
    }
}

/// A place as engineers say it: `C`, `L30`, `R100`.
pub fn place(pan: f64) -> String {
    let percent = (pan.abs() * 100.0).round();
    match percent as u32 {
        0 => "C".to_owned(),
        percent if pan < 0.0 => format!("L{percent}"),
        percent => format!("R{percent}"),
    }
}

/// A name that cannot break the table it stands in.
fn cell(name: &str) -> String {
    name.replace('|', "\\|").replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_levels_and_places_as_people_do() {
        assert_eq!(
            [number(-0.04), number(1.26), number(-3.0), number(f64::NEG_INFINITY)],
            ["0.0", "+1.3", "−3.0", "−∞"]
        );
        assert_eq!([place(0.0), place(-0.3), place(1.0), place(0.001)], ["C", "L30", "R100", "C"]);
        assert_eq!(cell("a|b\nc"), "a\\|b c");
    }
}
