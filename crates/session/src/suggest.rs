//! "Did you mean …?": the known word nearest to a misspelt one.

/// The nearest of the words, if it is near enough to be what was meant: at most one slip (a letter left out, added,
/// changed, or swapped with its neighbour) in three letters. Ours, chosen because it finds `fadr_db` and `led-vox` and
/// does not offer `bus` for `mix`.
pub fn nearest<'a>(wrong: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = wrong.to_lowercase();
    words
        .into_iter()
        .filter(|word| *word != wrong)
        .map(|word| (slips(&lower, word), word))
        .filter(|(slips, word)| slips * 3 <= word.chars().count().max(3))
        .min()
        .map(|(_, word)| word)
}

/// Letters that differ; none where only the unit was left out (`gain` for `gain_db`).
fn slips(wrong: &str, word: &str) -> usize {
    if !wrong.is_empty() && word.strip_prefix(wrong).is_some_and(|unit| unit.starts_with('_')) {
        return 0;
    }
    strsim::damerau_levenshtein(wrong, word)
}

/// The same as a sentence for a problem's help line.
pub(crate) fn did_you_mean<'a>(wrong: &str, words: impl IntoIterator<Item = &'a str>) -> Option<String> {
    // Text as long as a novel is no misspelling, and measuring its distance would take as long as reading one.
    (wrong.len() <= 200)
        .then(|| nearest(wrong, words))
        .flatten()
        .map(|word| format!("did you mean `{word}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_other_words_are_not() {
        let keys = ["fader_db", "pan", "width", "bus"];
        assert_eq!(nearest("fadr_db", keys), Some("fader_db"));
        assert_eq!(nearest("Pan", keys), Some("pan"));
        assert_eq!(nearest("widht", keys), Some("width"));
        assert_eq!(nearest("mix", keys), None);
        assert_eq!(nearest("fader", keys), Some("fader_db"));
        assert_eq!(did_you_mean(&"x".repeat(10_000), keys), None);
    }
}
