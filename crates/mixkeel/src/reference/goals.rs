//! The reference page of goals, made from the table of predicates and the forms of the grammar.

use std::fmt::Write;

use mixkeel_judge::goals::{Foreseen, foreseen};
use mixkeel_session::goal::{FORMS, ROWS, SYSTEMS};

/// Where the page stands, as a path from the root of the repository.
pub const PATH: &str = "docs/reference/goals.md";

/// What stands above the tables.
const HEAD: &str = "# Goals

What a mix should do, written in its session and checked like tests. From a sentence to a passing goal:

1. `mixkeel goals \"My Song-mix\" --add \"the vocal is clearly audible on laptop speakers\"` writes it into the session,
   measures it on the render, says how it was understood, and ends with exit code 4 if it fails.
2. The answer says by how much, and in which section it is worst.
3. `mixkeel goals \"My Song-mix\" --solve` turns as little as can be heard until it passes, on what is not locked, and writes
   that as the next version; `mixkeel revise \"My Song-mix\" --undo` takes it back. The [guide](../guides/goals.md) walks
   through it.

`--goal \"…\"` measures without writing. In a session:

```toml
[[goal]]
id = \"goal-1\"
say = \"the vocal is clearly audible on laptop speakers\"

[[goal]]
id = \"goal-2\"
that = \"wider\"
of = \"mix\"
in = \"chorus\"
than = \"verse\"
at_least = 2.0
```

`of` and `than` name a track, a bus, a role (`role:lead-vocal`), several with commas between, `focus`, `mix`, `rest`;
`than` also a section or `before`, the version before. What stands typed goes before the words of `say`.

`balanced` is beside the average of records, or beside records of yours: `mixkeel goals \"My Song-mix\" --reference record.flac
--add \"the mix is balanced like the reference\"` writes both into the session:

```toml
[[reference]]
id = \"record\"
file = \"../record.flac\"

[[goal]]
id = \"goal-3\"
that = \"balanced\"
of = \"mix\"
than = \"reference\"    # all of them, or one by its id
at_most = 2.0
```

## Said in English

";

/// What stands between the forms and the predicates.
const AMOUNTS: &str = "
Amounts: a number with its unit; *a touch* is 1, *a bit* 2, *much* or *a lot* 4 dB or LU; *twice* and *half*. Bounds:
*at least*, *at most*, *no louder than*.

## Predicates

| `that` | unit | passes at | noticed from | told by the forecast | measures |
|---|---|--:|--:|---|---|
";

/// The page.
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    for form in FORMS {
        let _ = writeln!(page, "- {form}");
    }
    page.push_str(AMOUNTS);
    for row in ROWS {
        let bound = if row.rising { "≥" } else { "≤" };
        let _ = writeln!(
            page,
            "| `{}` | {} | {bound} {} | {} | {} | {} |",
            row.word,
            row.unit,
            row.usual,
            row.noticeable,
            told(foreseen(row.that)),
            row.about
        );
    }
    page.push_str(
        "\nWhat each cannot see stands at the head of its file in `crates/judge/src/goals`.\n\n## Playback systems\n\n",
    );
    for (id, words) in SYSTEMS {
        let _ = writeln!(page, "- `{id}`: {}", words.join(", "));
    }
    page
}

/// How much of a predicate a forecast tells, in a word.
fn told(how: Foreseen) -> &'static str {
    match how {
        Foreseen::Forecast => "yes",
        Foreseen::Roughly => "roughly",
        Foreseen::Rendered => "no",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_every_predicate_and_every_form() {
        let page = page();
        assert!(ROWS.iter().all(|row| page.contains(&format!("| `{}` |", row.word))));
        assert!(FORMS.iter().all(|form| page.contains(form)));
    }
}
