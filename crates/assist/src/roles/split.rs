//! Cuts a name into plain lower-case words.

/// Cuts a name into words: at everything that is no letter or digit, between letters and digits, and where a capital
/// begins a new word (`LdVox` → `ld vox`, `BGVox` → `bg vox`). Letters lose their marks (`Flöte` → `flote`, `ß` → `ss`,
/// also where a file system stores letter and mark apart). The ending of an audio file is dropped.
pub fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = without_ending(name).chars().filter(|c| !is_mark(*c)).collect();
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for (at, &c) in letters.iter().enumerate() {
        if !c.is_alphanumeric() {
            // An apostrophe is inside a word.
            open = open && matches!(c, '\'' | '\u{2019}');
            continue;
        }
        let before = at.checked_sub(1).and_then(|before| letters.get(before)).copied().unwrap_or(' ');
        let after = letters.get(at + 1).copied().unwrap_or(' ');
        let begins = c.is_numeric() != before.is_numeric()
            || (c.is_uppercase() && before.is_lowercase())
            || (c.is_uppercase() && before.is_uppercase() && after.is_lowercase() && !plural(&letters, at));
        if !open || begins {
            words.push(String::new());
            open = true;
        }
        if let Some(word) = words.last_mut() {
            c.to_lowercase().for_each(|c| push_plain(word, c));
        }
    }
    words
}

/// `BVs`, `OHs`: a small s that ends a word of capitals makes a plural, not a new word.
fn plural(letters: &[char], at: usize) -> bool {
    letters.get(at + 1) == Some(&'s') && !letters.get(at + 2).is_some_and(|c| c.is_alphabetic())
}

fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

fn without_ending(name: &str) -> &str {
    const ENDINGS: [&str; 14] = [
        "wav", "wave", "aif", "aiff", "aifc", "flac", "mp3", "m4a", "mp4", "aac", "ogg", "opus", "caf", "w64",
    ];
    match name.rsplit_once('.') {
        Some((stem, ending)) if ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)) => stem,
        _ => name,
    }
}

fn push_plain(word: &mut String, c: char) {
    const MARKED: [(&str, &str); 19] = [
        ("àáâãåāăąä", "a"),
        ("æ", "ae"),
        ("çćĉċč", "c"),
        ("ďđð", "d"),
        ("èéêëēĕėęě", "e"),
        ("ĝğġģ", "g"),
        ("ìíîïĩīĭįı", "i"),
        ("ķ", "k"),
        ("ĺļľł", "l"),
        ("ñńņň", "n"),
        ("òóôõøōŏőö", "o"),
        ("œ", "oe"),
        ("ŕŗř", "r"),
        ("śŝşšș", "s"),
        ("ß", "ss"),
        ("ţťț", "t"),
        ("ùúûũūŭůűųü", "u"),
        ("ýÿ", "y"),
        ("źżž", "z"),
    ];
    match MARKED.iter().find(|(letters, _)| letters.contains(c)) {
        Some((_, plain)) => word.push_str(plain),
        None => word.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_as_people_read_them() {
        for (name, cut) in [
            ("LdVox_dbl.wav", "ld vox dbl"),
            ("01_Kick In (57)", "01 kick in 57"),
            ("BGVox2", "bg vox 2"),
            ("BVs", "bvs"),
            ("HiHat", "hi hat"),
            ("Flo\u{308}te.FLAC", "flote"),
            ("Grosse caisse", "grosse caisse"),
            ("E-Piano", "e piano"),
            ("Mix.v2", "mix v 2"),
        ] {
            assert_eq!(words(name).join(" "), cut, "{name}");
        }
        assert!(words("--- ").is_empty());
    }
}
