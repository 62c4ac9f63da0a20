//! Mono files that are the two sides of one stereo track, by their names.

use crate::roles::{Side, side_of, split};

/// Indices of left and right of every pair, in the order of the left ones. Names pair when they are the same but for the
/// word of the side (`OH L`, `OH R`; `Piano.left`, `Piano.right`; `Git_links`, `Git_rechts`; `OHL`, `OHR`) and for a
/// track number in front. Where several lefts and rights have the same name, they pair in order; where one is missing,
/// none does. Whether the two are of one length is for the caller to look at.
pub fn stereo_pairs(names: &[&str]) -> Vec<(usize, usize)> {
    let sided: Vec<Option<(Vec<String>, Side)>> =
        names.iter().map(|name| side_and_rest(name, names)).collect();
    let with = |rest: &[String], side: Side| -> Vec<usize> {
        let mut found: Vec<usize> = sided
            .iter()
            .enumerate()
            .filter(|(_, sided)| sided.as_ref().is_some_and(|(r, s)| r == rest && *s == side))
            .map(|(at, _)| at)
            .collect();
        found.sort_by_key(|&at| names.get(at).map(|name| (front_number(name), name.to_lowercase())));
        found
    };
    let mut pairs = Vec::new();
    for (at, sided) in sided.iter().enumerate() {
        let Some((rest, Side::Left)) = sided else { continue };
        let (lefts, rights) = (with(rest, Side::Left), with(rest, Side::Right));
        if lefts.len() == rights.len()
            && let Some(right) = lefts.iter().position(|&left| left == at).and_then(|place| rights.get(place))
        {
            pairs.push((at, *right));
        }
    }
    pairs
}

/// The side and what else the name says. The side is the last word that names one; or the last letter, where a name
/// with the other letter stands beside it.
fn side_and_rest(name: &str, names: &[&str]) -> Option<(Vec<String>, Side)> {
    let mut words = split::words(name);
    if words.len() > 1 && words.first().is_some_and(|word| word.parse::<u32>().is_ok()) {
        words.remove(0);
    }
    if let Some(at) = words.iter().rposition(|word| side_of(word).is_some()) {
        let side = side_of(&words.remove(at))?;
        return (!words.is_empty()).then_some((words, side));
    }
    let last = words.last_mut()?;
    let (side, other) = match last.chars().last()? {
        'l' => (Side::Left, 'r'),
        'r' => (Side::Right, 'l'),
        _ => return None,
    };
    last.pop();
    // `OHL` and `OHR`, but not `vocal` beside nothing, and no word of the trade that merely ends so.
    let stem = last.clone();
    crate::roles::table::meaning(&stem)?;
    let twin = format!("{stem}{other}");
    names.iter().any(|name| split::words(name).contains(&twin)).then_some((words, side))
}

fn front_number(name: &str) -> Option<u32> {
    split::words(name).first()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn left_and_right_find_each_other() {
        let names = [
            "OH L",
            "Kick",
            "OH R",
            "Piano.right",
            "Piano.left",
            "Git_links",
            "Git_rechts",
            "OHL",
            "OHR",
            "05 Room-L",
            "06 Room-R",
            "Vox L",
            "vocal",
            "Bass L",
        ];
        assert_eq!(stereo_pairs(&names), [(0, 2), (4, 3), (5, 6), (7, 8), (9, 10)]);
    }

    #[test]
    fn names_that_come_twice_pair_in_order_and_a_missing_side_pairs_nothing() {
        assert_eq!(stereo_pairs(&["01 Gtr L", "02 Gtr R", "03 Gtr L", "04 Gtr R"]), [(0, 1), (2, 3)]);
        assert!(stereo_pairs(&["Gtr L", "Gtr L", "Gtr R"]).is_empty());
        assert!(stereo_pairs(&["L", "R", "", "l r"]).is_empty());
    }
}
