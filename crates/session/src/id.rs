//! Ids: slugs of lower-case ASCII letters, digits and single hyphens, made once from a name and never changed.

/// The longest id, in bytes. Ours: a file of the stem named after it stays within the 255 bytes that file systems
/// allow, with room for a prefix and an ending.
pub const MAX_ID_BYTES: usize = 80;

/// Ids that strips may not have, because addresses use them for something else.
pub const RESERVED: [&str; 2] = ["master", "song"];

/// Whether a text may be an id: `lead-vox`, `guitar-2`.
pub fn is_valid(id: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !id.is_empty()
        && id.len() <= MAX_ID_BYTES
        && id.chars().all(allowed)
        && !id.starts_with('-')
        && !id.ends_with('-')
        && !id.contains("--")
}

/// A new id for a name, unlike all that are taken: `Lead Vox` → `lead-vox`, then `lead-vox-2`.
///
/// Letters with marks lose them (`é` → `e`, `ß` → `ss`); a name of which no letter or digit is left, such as one in
/// Chinese or of emoji alone, becomes `track-<n>`. The same name with the same ids taken always gives the same id.
pub fn unique(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let free = |id: &str| !taken(id) && !RESERVED.contains(&id);
    let slug = slug(name);
    if !slug.is_empty() && free(&slug) {
        return slug;
    }
    let (stem, first) = if slug.is_empty() { ("track", 1_u64) } else { (slug.as_str(), 2) };
    let mut n = first;
    loop {
        let tail = format!("-{n}");
        let kept = stem.get(..stem.len().min(MAX_ID_BYTES - tail.len())).unwrap_or(stem);
        let id = format!("{}{tail}", kept.trim_end_matches('-'));
        if free(&id) {
            return id;
        }
        n += 1;
    }
}

/// What is left of a name as a slug; may be empty.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        let start = slug.len();
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            // Some file systems split letters and marks; the umlaut is the one mark that is spelt out.
            '\u{308}' if slug.ends_with(['a', 'o', 'u']) => slug.push('e'),
            // An apostrophe joins (`don't` → `dont`), and so do all other marks.
            '\'' | '\u{2019}' | '\u{300}'..='\u{36f}' => {}
            _ => match ascii(c) {
                Some(letters) => slug.push_str(letters),
                None if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
                None => {}
            },
        }
        if slug.len() > MAX_ID_BYTES {
            slug.truncate(start);
            break;
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// The ASCII letters that stand for a lower-case Latin letter, as people write it where the key is missing.
fn ascii(c: char) -> Option<&'static str> {
    TABLE.iter().find(|(letters, _)| letters.contains(c)).map(|&(_, plain)| plain)
}

/// Latin-1 and Latin Extended-A (Unicode blocks 0080 to 017F), and the Romanian comma letters.
const TABLE: [(&str, &str); 27] = [
    ("àáâãåāăą", "a"),
    ("ä", "ae"),
    ("æ", "ae"),
    ("çćĉċč", "c"),
    ("ðďđ", "d"),
    ("èéêëēĕėęě", "e"),
    ("ĝğġģ", "g"),
    ("ĥħ", "h"),
    ("ìíîïĩīĭįı", "i"),
    ("ĳ", "ij"),
    ("ĵ", "j"),
    ("ķĸ", "k"),
    ("ĺļľŀł", "l"),
    ("ñńņňŉŋ", "n"),
    ("òóôõøōŏő", "o"),
    ("ö", "oe"),
    ("œ", "oe"),
    ("ŕŗř", "r"),
    ("śŝşšșſ", "s"),
    ("ß", "ss"),
    ("ţťŧț", "t"),
    ("þ", "th"),
    ("ùúûũūŭůűų", "u"),
    ("ü", "ue"),
    ("ŵ", "w"),
    ("ýÿŷ", "y"),
    ("źżž", "z"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn all_of(names: &[&str]) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        for name in names {
            let id = unique(name, |id| ids.iter().any(|taken| taken == id));
            ids.push(id);
        }
        ids
    }

    #[test]
    fn names_become_ids_that_people_recognise() {
        assert_eq!(
            all_of(&[
                "Lead Vox",
                "01_Kick In (57)",
                "Gitarre süß",
                "Gitarre su\u{308}ß",
                "Señor L’Été",
                "Don't",
                "  --Pad--  ",
                "Łódź"
            ]),
            [
                "lead-vox",
                "01-kick-in-57",
                "gitarre-suess",
                "gitarre-suess-2",
                "senor-lete",
                "dont",
                "pad",
                "lodz"
            ]
        );
    }

    #[test]
    fn no_two_strips_get_the_same_id_and_none_an_empty_or_reserved_one() {
        assert_eq!(
            all_of(&["Vox", "vox", "VOX!", "鼓", "🥁", "غناء", "Master", "song", "track 1"]),
            ["vox", "vox-2", "vox-3", "track-1", "track-2", "track-3", "master-2", "song-2", "track-1-2"]
        );
    }

    #[test]
    fn long_names_stay_valid_even_when_they_repeat() {
        let long = "very long name ".repeat(40);
        for id in all_of(&[&long, &long, &long]) {
            assert!(is_valid(&id), "{id}");
        }
        assert!(!is_valid("") && !is_valid("a--b") && !is_valid("-a") && !is_valid("Ä") && !is_valid("a_b"));
    }
}
