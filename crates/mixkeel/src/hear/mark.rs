//! Named places of a song, and what kind of section a name means.

use mixkeel_session::id::unique;

/// A named place, or a named span.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Where it begins, in seconds from session zero.
    pub from_s: f64,
    /// Where it ends; nothing where the next begins.
    pub to_s: Option<f64>,
    /// What it is called.
    pub label: String,
}

/// A section that somebody has named.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedSection {
    /// Where it begins, in seconds.
    pub from_s: f64,
    /// Where it ends, in seconds.
    pub to_s: f64,
    /// What it is called.
    pub label: String,
    /// What it is: `chorus`.
    pub kind: String,
}

/// Other words for what we call it.
const SAME: [(&str, &str); 14] = [
    ("refrain", "chorus"),
    ("hook", "chorus"),
    ("drop", "chorus"),
    ("strophe", "verse"),
    ("couplet", "verse"),
    ("introduction", "intro"),
    ("opening", "intro"),
    ("ending", "outro"),
    ("coda", "outro"),
    ("end", "outro"),
    ("middle-8", "bridge"),
    ("middle-eight", "bridge"),
    ("breakdown", "break"),
    ("interlude", "break"),
];

/// What kind of section a name means: `Chorus 2 (big)` is a `chorus`. A name nobody knows is a kind of its own, without its
/// number.
pub fn kind_of(label: &str) -> String {
    let word = unique(label, |_| false);
    for known in ["pre-chorus", "post-chorus", "intro", "verse", "chorus", "bridge", "break", "outro", "solo"]
    {
        if word == known
            || word
                .strip_prefix(known)
                .is_some_and(|rest| rest.starts_with('-') || rest.chars().all(|c| c.is_ascii_digit()))
        {
            return known.to_owned();
        }
    }
    for (other, ours) in SAME {
        if word == other
            || word
                .strip_prefix(other)
                .is_some_and(|rest| rest.starts_with('-') || rest.chars().all(|c| c.is_ascii_digit()))
        {
            return ours.to_owned();
        }
    }
    let bare = word.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('-');
    if bare.is_empty() { word } else { bare.to_owned() }
}

/// Marks as sections without gaps: from the beginning of the song to its end, in order. Marks without a name end a section
/// and begin none that has one; what is named nothing is `part`.
pub fn sections(marks: &[Mark], length_s: f64) -> Vec<NamedSection> {
    let mut marks: Vec<&Mark> =
        marks.iter().filter(|mark| mark.from_s.is_finite() && mark.from_s < length_s).collect();
    marks.sort_by(|a, b| a.from_s.total_cmp(&b.from_s));
    let mut sections: Vec<NamedSection> = Vec::new();
    let mut add = |from_s: f64, to_s: f64, label: &str| {
        // Shorter than anybody marks on purpose.
        if to_s - from_s < 0.05 {
            return;
        }
        let label = if label.is_empty() { "part" } else { label };
        sections.push(NamedSection { from_s, to_s, label: label.to_owned(), kind: kind_of(label) });
    };
    let mut at_s = 0.0;
    for (index, mark) in marks.iter().enumerate() {
        let from_s = mark.from_s.max(at_s);
        let next_s = marks.get(index + 1).map_or(length_s, |next| next.from_s.max(from_s));
        let to_s = mark.to_s.filter(|to_s| *to_s > from_s).map_or(next_s, |to_s| to_s.min(next_s));
        if from_s > at_s {
            add(at_s, from_s, if index == 0 { "intro" } else { "" });
        }
        add(from_s, to_s, &mark.label);
        at_s = to_s.max(at_s);
    }
    if !marks.is_empty() {
        add(at_s, length_s, "");
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mean_what_people_mean() {
        for (label, kind) in [
            ("Chorus 2", "chorus"),
            ("CHORUS", "chorus"),
            ("Verse1", "verse"),
            ("Refrain (big)", "chorus"),
            ("Pre-Chorus 1", "pre-chorus"),
            ("Middle 8", "bridge"),
            ("Gtr solo 2", "gtr-solo"),
            ("A 1", "a"),
            ("7", "7"),
        ] {
            assert_eq!(kind_of(label), kind, "{label}");
        }
    }

    #[test]
    fn marks_become_sections_without_gaps() {
        let mark =
            |from_s: f64, to_s: Option<f64>, label: &str| Mark { from_s, to_s, label: label.to_owned() };
        let found = sections(
            &[mark(20.0, None, "Chorus"), mark(8.0, Some(16.0), "Verse"), mark(99.0, None, "x")],
            40.0,
        );
        let told: Vec<(f64, f64, &str)> = found.iter().map(|s| (s.from_s, s.to_s, s.kind.as_str())).collect();
        assert_eq!(
            told,
            [(0.0, 8.0, "intro"), (8.0, 16.0, "verse"), (16.0, 20.0, "part"), (20.0, 40.0, "chorus")]
        );
        assert!(sections(&[], 10.0).is_empty());
    }
}
