//! Reading one TOML table: each key is asked for by name, each answer is checked on the spot, and what nobody asked for
//! is reported at the end. This is how every noun of a session file is read.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use mixkeel_dsp::param::{ParamSpec, Value};
use toml_edit::{Item, TableLike, Value as Toml};

use crate::fields;
use crate::finish::Date;
use crate::problem::{Problem, Severity};
use crate::suggest::did_you_mean;

/// What comes to light while a file is read.
#[derive(Debug)]
pub(crate) struct Log<'t> {
    text: &'t str,
    /// Keys may be missing because their lines could not be read at all.
    pub lines_lost: bool,
    problems: RefCell<Vec<Problem>>,
    spans: RefCell<BTreeMap<String, Range<usize>>>,
    asked: RefCell<BTreeMap<&'static str, BTreeSet<String>>>,
}

impl<'t> Log<'t> {
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            lines_lost: false,
            problems: RefCell::default(),
            spans: RefCell::default(),
            asked: RefCell::default(),
        }
    }

    /// What is being read.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// Notes an error.
    pub fn error(&self, span: Range<usize>, message: impl Into<String>, help: Option<String>) {
        self.problem(span, Severity::Error, message, help);
    }

    pub fn problem(
        &self,
        span: Range<usize>,
        severity: Severity,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        self.problems.borrow_mut().push(Problem::at(self.text, span, severity, message, help));
    }

    /// Where the thing at a place stands, or the nearest thing around it that has a line of its own.
    pub fn span(&self, place: &str) -> Range<usize> {
        let spans = self.spans.borrow();
        let mut place = place;
        loop {
            if let Some(span) = spans.get(place) {
                return span.clone();
            }
            match place.rfind(['.', '[']) {
                Some(end) => place = &place[..end],
                None => return 0..0,
            }
        }
    }

    /// All problems, in the order of the text.
    pub fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
        problems
    }

    /// The keys that were asked for, by the noun of their table.
    #[cfg(test)]
    pub fn asked(&self) -> BTreeMap<&'static str, BTreeSet<String>> {
        self.asked.borrow().clone()
    }
}

/// One table while it is read.
pub(crate) struct Cursor<'a> {
    pub log: &'a Log<'a>,
    /// `track`.
    noun: &'static str,
    /// `track[3].`, or nothing at the top.
    prefix: String,
    span: Range<usize>,
    table: &'a dyn TableLike,
    asked: RefCell<BTreeSet<String>>,
}

impl<'a> Cursor<'a> {
    /// The top of a file.
    pub fn top(log: &'a Log<'a>, table: &'a dyn TableLike) -> Self {
        Self { log, noun: "session", prefix: String::new(), span: 0..0, table, asked: RefCell::default() }
    }

    fn inside(
        &self,
        noun: &'static str,
        place: String,
        span: Range<usize>,
        table: &'a dyn TableLike,
    ) -> Self {
        self.log.spans.borrow_mut().insert(place.clone(), span.clone());
        let prefix = format!("{place}.");
        Self { log: self.log, noun, prefix, span, table, asked: RefCell::default() }
    }

    /// Where the table begins in the text.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The place of one of its keys: `track[3].bus`.
    pub fn place(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    fn item(&self, key: &str) -> Option<(&'a Item, Range<usize>)> {
        self.asked.borrow_mut().insert(key.to_owned());
        let (key_in_file, item) = self.table.get_key_value(key)?;
        let span = item.span().or_else(|| key_in_file.span()).unwrap_or_else(|| self.span());
        self.log.spans.borrow_mut().insert(format!("{}{key}", self.prefix), span.clone());
        Some((item, span))
    }

    fn wrong(&self, key: &str, span: Range<usize>, wanted: &str, item: &Item) {
        let message = format!("`{key}` must be {wanted}, not {}", kind_of(item));
        self.log.error(span, message, None);
    }

    /// Reports a key that must be there and is not.
    pub fn missing(&self, key: &str, help: Option<String>) {
        if !self.log.lines_lost {
            self.log.error(self.span(), format!("this {} has no `{key}`", self.noun), help);
        }
    }

    /// Whether a key is there.
    pub fn has(&self, key: &str) -> bool {
        self.asked.borrow_mut().insert(key.to_owned());
        self.table.contains_key(key)
    }

    /// A text, if it is there.
    pub fn text(&self, key: &str) -> Option<String> {
        let (item, span) = self.item(key)?;
        if item.as_str().is_none() {
            self.wrong(key, span, "a text in quotes", item);
        }
        item.as_str().map(str::to_owned)
    }

    /// A text that must be there and not empty; empty where it is not.
    pub fn needed(&self, key: &str) -> String {
        if !self.has(key) {
            self.missing(key, None);
        }
        let text = self.text(key);
        if text.as_deref() == Some("") {
            let span = self.log.span(&format!("{}{key}", self.prefix));
            self.log.error(span, format!("`{key}` is empty"), None);
        }
        text.unwrap_or_default()
    }

    /// A day, `2026-12-24`, bare or in quotes; nothing when it is not said or none.
    pub fn date(&self, key: &str) -> Option<Date> {
        let (item, span) = self.item(key)?;
        let text = match item.as_value() {
            Some(Toml::Datetime(day)) => Some(day.value().to_string()),
            _ => item.as_str().map(str::to_owned),
        };
        let date = text.as_deref().and_then(Date::parse);
        if date.is_none() {
            let help = Some("write it as year-month-day: 2026-12-24".to_owned());
            self.log.error(span, format!("`{key}` must be a day"), help);
        }
        date
    }

    /// One of some words, by its place among them; nothing when it is not said or none of them.
    pub fn word(&self, key: &str, words: &[&str]) -> Option<usize> {
        let word = self.text(key)?;
        let found = words.iter().position(|known| *known == word);
        if found.is_none() {
            let help = did_you_mean(&word, words.iter().copied())
                .or_else(|| Some(format!("it is one of: {}", words.join(", "))));
            let span = self.log.span(&format!("{}{key}", self.prefix));
            self.log.error(span, format!("there is no {key} `{word}`"), help);
        }
        found
    }

    /// A number in its range; the default where it is not said or wrong.
    pub fn number(&self, spec: &ParamSpec) -> f64 {
        let default = match spec.range {
            mixkeel_dsp::param::Range::Number { default, .. } => default,
            _ => 0.0,
        };
        match self.checked(spec) {
            Some(Value::Number(number)) => number,
            _ => default,
        }
    }

    /// A number that must be there.
    pub fn needed_number(&self, spec: &ParamSpec) -> f64 {
        if !self.has(spec.id) {
            self.missing(spec.id, None);
        }
        self.number(spec)
    }

    /// A switch; off where it is not said or wrong.
    pub fn switch(&self, spec: &ParamSpec) -> bool {
        matches!(self.checked(spec), Some(Value::Switch(true)))
    }

    fn checked(&self, spec: &ParamSpec) -> Option<Value> {
        let (item, span) = self.item(spec.id)?;
        let value = item.as_value().and_then(value_of);
        match value.as_ref().map(|value| fields::check(spec, value)) {
            Some(Ok(())) => return value,
            Some(Err(error)) => self.log.error(span, error.to_string(), None),
            None => self.wrong(spec.id, span, "a single value", item),
        }
        None
    }

    /// A single value of any kind, and where it stands; nothing when the key is not there.
    pub fn single(&self, key: &str) -> Option<(Option<Value>, Range<usize>)> {
        self.item(key).map(|(item, span)| (item.as_value().and_then(value_of), span))
    }

    /// A list of texts.
    pub fn texts(&self, key: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for (value, span) in self.list(key, "a list of texts") {
            match value.as_str() {
                Some("") => self.log.error(span, format!("`{key}` has an empty entry"), None),
                Some(text) => {
                    let place = format!("{}{key}[{}]", self.prefix, texts.len());
                    self.log.spans.borrow_mut().insert(place, span);
                    texts.push(text.to_owned());
                }
                None => self.log.error(span, format!("`{key}` must be a list of texts in quotes"), None),
            }
        }
        texts
    }

    /// A list of pairs, each of a time in seconds and something to be read by `second`, which says what it wanted.
    pub fn pairs<T>(&self, key: &str, second: impl Fn(&Toml) -> Result<T, String>) -> Vec<(f64, T)> {
        let mut pairs = Vec::new();
        for (value, span) in self.list(key, "a list of pairs, [[0.0, …]]") {
            let pair = value.as_array().filter(|pair| pair.len() == 2);
            let Some((time, other)) = pair.and_then(|pair| pair.get(0).zip(pair.get(1))) else {
                self.log.error(span, format!("`{key}` is a list of pairs: second, value"), None);
                continue;
            };
            let time_span = time.span().unwrap_or_else(|| span.clone());
            let seconds = value_of(time).filter(|time| fields::check(&fields::AT_S, time).is_ok());
            if seconds.is_none() {
                let (min, max) = fields::bounds(&fields::AT_S);
                let message = format!("the first of a pair is a time in seconds between {min} and {max}");
                self.log.error(time_span, message, None);
            }
            let other_span = other.span().unwrap_or_else(|| span.clone());
            let other = second(other).map_err(|message| self.log.error(other_span, message, None));
            if let (Some(Value::Number(seconds)), Ok(other)) = (seconds, other) {
                let place = format!("{}{key}[{}]", self.prefix, pairs.len());
                self.log.spans.borrow_mut().insert(place, span);
                pairs.push((seconds, other));
            }
        }
        pairs
    }

    fn list(&self, key: &str, wanted: &str) -> Vec<(&'a Toml, Range<usize>)> {
        let Some((item, span)) = self.item(key) else { return Vec::new() };
        let Some(array) = item.as_array() else {
            self.wrong(key, span, wanted, item);
            return Vec::new();
        };
        array.iter().map(|value| (value, value.span().unwrap_or_else(|| span.clone()))).collect()
    }

    /// A table, if it is there.
    pub fn table(&self, key: &'static str) -> Option<Cursor<'a>> {
        let (item, span) = self.item(key)?;
        let table = item.as_table_like();
        if table.is_none() {
            self.wrong(key, span.clone(), "a table", item);
        }
        table.map(|table| self.inside(key, format!("{}{key}", self.prefix), span, table))
    }

    /// A list of tables, `[[track]]` or `clip = [{ … }]`.
    pub fn tables(&self, key: &'static str) -> Vec<Cursor<'a>> {
        let Some((item, span)) = self.item(key) else { return Vec::new() };
        let place = |n: usize| format!("{}{key}[{n}]", self.prefix);
        let mut tables: Vec<Cursor<'a>> = Vec::new();
        match item {
            Item::ArrayOfTables(list) => {
                for table in list {
                    let span = table.span().unwrap_or_else(|| span.clone());
                    tables.push(self.inside(key, place(tables.len()), span, table));
                }
            }
            Item::Value(Toml::Array(list)) => {
                for value in list {
                    let span = value.span().unwrap_or_else(|| span.clone());
                    match value.as_inline_table() {
                        Some(table) => tables.push(self.inside(key, place(tables.len()), span, table)),
                        None => self.log.error(span, format!("`{key}` is a list of tables, [{{ … }}]"), None),
                    }
                }
            }
            _ => {
                let help = format!("write [[{}{key}]]", path_of(&self.prefix));
                self.log.error(span, format!("`{key}` is a list of tables"), Some(help));
            }
        }
        tables
    }

    /// All values that nobody has asked for, tables within taken apart: `band.2/gain_db`. They count as asked for.
    pub fn rest(&self) -> Vec<(String, Range<usize>, Option<Value>)> {
        let mut rest = Vec::new();
        for (key, item) in self.table.iter() {
            if !self.asked.borrow().contains(key) {
                let span = self.table.key(key).and_then(toml_edit::Key::span);
                leaves(key, item, span.unwrap_or_else(|| self.span()), &mut rest);
            }
        }
        self.asked.borrow_mut().extend(self.table.iter().map(|(key, _)| key.to_owned()));
        rest
    }

    /// Reports every key that nobody has asked for.
    pub fn finish(self) {
        let asked = self.asked.into_inner();
        for (key, item) in self.table.iter().filter(|(key, _)| !asked.contains(*key)) {
            let span = self.table.key(key).and_then(toml_edit::Key::span).or_else(|| item.span());
            let known = asked.iter().map(String::as_str);
            let all =
                || Some(format!("a {} has: {}", self.noun, known.clone().collect::<Vec<_>>().join(", ")));
            let help = did_you_mean(key, known.clone()).or_else(all);
            let message = format!("a {} has no key `{key}`", self.noun);
            self.log.error(span.unwrap_or_else(|| self.span.clone()), message, help);
        }
        self.log.asked.borrow_mut().entry(self.noun).or_default().extend(asked);
    }
}

/// A single value; nothing for lists, tables and dates.
pub(crate) fn value_of(value: &Toml) -> Option<Value> {
    match value {
        Toml::Boolean(on) => Some(Value::Switch(*on.value())),
        Toml::Integer(number) => Some(Value::Number(*number.value() as f64)),
        Toml::Float(number) => Some(Value::Number(*number.value())),
        Toml::String(word) => Some(Value::Word(word.value().clone())),
        Toml::Datetime(_) | Toml::Array(_) | Toml::InlineTable(_) => None,
    }
}

fn leaves(path: &str, item: &Item, key: Range<usize>, out: &mut Vec<(String, Range<usize>, Option<Value>)>) {
    let Some(table) = item.as_table_like() else {
        let span = item.span().unwrap_or(key);
        out.push((path.to_owned(), span, item.as_value().and_then(value_of)));
        return;
    };
    for (name, inner) in table.iter() {
        let joint = if inner.is_table_like() { '.' } else { '/' };
        let span = table.key(name).and_then(toml_edit::Key::span).unwrap_or_else(|| key.clone());
        leaves(&format!("{path}{joint}{name}"), inner, span, out);
    }
}

fn kind_of(item: &Item) -> &'static str {
    match item.type_name() {
        "string" => "a text",
        "integer" | "float" => "a number",
        "boolean" => "true or false",
        "datetime" => "a date",
        "array" | "array of tables" => "a list",
        _ => "a table",
    }
}

/// `track[3].` → `track.`
fn path_of(prefix: &str) -> String {
    let mut inside = false;
    let outside = |c: &char| {
        inside = (inside || *c == '[') && *c != ']';
        !inside && *c != ']'
    };
    prefix.chars().filter(outside).collect()
}
