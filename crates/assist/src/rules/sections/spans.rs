//! Moves that hold for a section: there within the beat before it, gone within the beat after it.

use mixkeel_session::session::{Section, Session};

use crate::rules::space::depth::beat_s;

/// The sections of a kind, in order of time.
pub(super) fn of_kind<'s>(session: &'s Session, kind: &str) -> Vec<&'s Section> {
    session.sections.iter().filter(|section| section.kind == kind).collect()
}

/// A beat of the song, in which a move is made, in seconds: half a second where nobody knows the tempo, and one at most.
pub(super) fn move_s(session: &Session) -> f64 {
    beat_s(session).unwrap_or(0.5).min(1.0)
}

/// An offset that stands in some sections and nowhere else; in sections that touch it stays between them.
pub(super) fn held(sections: &[&Section], offset: f64, move_s: f64) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for section in sections {
        let from_s = (section.from_s - move_s).max(0.0);
        match points.last() {
            Some((last_s, _)) if *last_s >= from_s => {
                points.pop();
                points.pop();
            }
            _ => points.extend([(from_s, 0.0), (section.from_s.max(from_s), offset)]),
        }
        points.extend([(section.to_s, offset), (section.to_s + move_s, 0.0)]);
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_there_with_its_section_and_stays_between_two_that_touch() {
        let section = |from_s: f64, to_s: f64| Section {
            id: "chorus".to_owned(),
            kind: "chorus".to_owned(),
            from_s,
            to_s,
        };
        let (one, two, three) = (section(10.0, 20.0), section(20.0, 30.0), section(50.0, 60.0));
        assert_eq!(
            held(&[&one, &two, &three], 1.0, 0.5),
            [
                (9.5, 0.0),
                (10.0, 1.0),
                (30.0, 1.0),
                (30.5, 0.0),
                (49.5, 0.0),
                (50.0, 1.0),
                (60.0, 1.0),
                (60.5, 0.0)
            ]
        );
    }
}
