//! In which order strips play, so that each comes after all it hears; and which go round in circles.

use std::collections::{BTreeMap, BTreeSet};

/// Who hears whom: for each strip the strips that it hears.
pub(crate) type Hears<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// Strips in layers, or the circles that make layers impossible.
#[derive(Debug, Default)]
pub(crate) struct Order<'a> {
    /// How many strips the longest way to each leads through. Strips in circles, and after them, have none.
    pub depth: BTreeMap<&'a str, usize>,
    /// Circles, each from strip to strip in the direction of the sound; none has a strip in common with another.
    pub circles: Vec<Vec<&'a str>>,
}

/// Works out the order. Never recurses, so that no session is too deep.
pub(crate) fn order<'a>(hears: &Hears<'a>) -> Order<'a> {
    let mut order = Order { depth: layers(hears, &BTreeSet::new()), circles: Vec::new() };
    let mut known: BTreeSet<&str> = order.depth.keys().copied().collect();
    while let Some(&start) = hears.keys().find(|id| !known.contains(*id)) {
        let circle = circle_before(start, hears, &known);
        known.extend(&circle);
        order.circles.push(circle);
        known.extend(layers(hears, &known).into_keys());
    }
    order
}

/// Strips whose sources all have a depth, layer by layer; those in `done` count as heard already.
fn layers<'a>(hears: &Hears<'a>, done: &BTreeSet<&'a str>) -> BTreeMap<&'a str, usize> {
    let mut waits_for: BTreeMap<&str, usize> = BTreeMap::new();
    let mut feeds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (&id, sources) in hears.iter().filter(|(id, _)| !done.contains(*id)) {
        let open = sources.iter().filter(|source| hears.contains_key(*source) && !done.contains(*source));
        waits_for.insert(id, open.clone().count());
        open.for_each(|&source| feeds.entry(source).or_default().push(id));
    }
    let mut depth = BTreeMap::new();
    let mut layer: Vec<&str> =
        waits_for.iter().filter(|&(_, &waits)| waits == 0).map(|(&id, _)| id).collect();
    for level in 0.. {
        if layer.is_empty() {
            break;
        }
        let mut next = Vec::new();
        for id in std::mem::take(&mut layer) {
            depth.insert(id, level);
            for &fed in feeds.get(id).into_iter().flatten() {
                if let Some(waits) = waits_for.get_mut(fed) {
                    *waits -= 1;
                    if *waits == 0 {
                        next.push(fed);
                    }
                }
            }
        }
        layer = next;
    }
    depth
}

/// Against the sound from `start` until a strip comes by again: a circle at or before it.
fn circle_before<'a>(start: &'a str, hears: &Hears<'a>, known: &BTreeSet<&'a str>) -> Vec<&'a str> {
    let mut path = vec![start];
    let mut seen = BTreeSet::from([start]);
    let mut here = start;
    loop {
        let mut sources = hears.get(here).into_iter().flatten();
        let Some(&source) = sources.find(|source| hears.contains_key(*source) && !known.contains(*source))
        else {
            return path;
        };
        if !seen.insert(source) {
            let from = path.iter().position(|&id| id == source).unwrap_or(0);
            let mut circle = path.split_off(from);
            circle.reverse();
            return circle;
        }
        path.push(source);
        here = source;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hears<'a>(pairs: &[(&'a str, &[&'a str])]) -> Hears<'a> {
        pairs.iter().map(|&(id, sources)| (id, sources.iter().copied().collect())).collect()
    }

    #[test]
    fn each_strip_lies_deeper_than_all_it_hears() {
        let order = order(&hears(&[
            ("kick", &[]),
            ("bass", &["kick"]),
            ("drums", &["kick"]),
            ("all", &["drums", "bass", "nobody"]),
        ]));
        assert_eq!(order.circles, Vec::<Vec<&str>>::new());
        assert_eq!(order.depth, BTreeMap::from([("kick", 0), ("bass", 1), ("drums", 1), ("all", 2)]));
    }

    #[test]
    fn every_circle_is_named_once_and_what_hangs_on_it_is_not_blamed() {
        let order = order(&hears(&[
            ("a", &["b"]),
            ("b", &["c"]),
            ("c", &["a", "free"]),
            ("after", &["a"]),
            ("free", &[]),
            ("self", &["self"]),
        ]));
        assert_eq!(order.circles, [vec!["c", "b", "a"], vec!["self"]]);
        assert_eq!(order.depth, BTreeMap::from([("free", 0)]));
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_buses_is_only_long() {
        let ids: Vec<String> = (0..100_000).map(|n| format!("b{n:06}")).collect();
        let hears: Hears = ids
            .iter()
            .enumerate()
            .map(|(n, id)| (id.as_str(), ids.get(n + 1).into_iter().map(String::as_str).collect()))
            .collect();
        assert_eq!(order(&hears).depth.get("b000000"), Some(&99_999));
    }
}
