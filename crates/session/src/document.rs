//! A person's session file with a tool's hand in it: values change, comments, order and spacing stay.

use std::fmt;

use mixkeel_dsp::param::Value;
use toml_edit::{DocumentMut, InlineTable, Item, TableLike, Value as Toml};

use crate::address::{Address, AddressError};
use crate::problem::Problem;
use crate::read::read;
use crate::session::Session;
use crate::text;

/// The text of a session together with the session.
#[derive(Clone, Debug)]
pub struct Document {
    toml: DocumentMut,
    session: Session,
    /// Every line ends as on Windows. The parser forgets it, so it is put back at the end.
    windows_lines: bool,
}

impl Document {
    /// Opens a text that is a session.
    ///
    /// # Errors
    /// The problems of the text, when there is an error among them.
    pub fn open(text: &str) -> Result<Self, Vec<Problem>> {
        let reading = read(text);
        let windows_lines = text.contains('\n') && text.matches('\n').count() == text.matches("\r\n").count();
        match (reading.session, text.parse()) {
            (Some(session), Ok(toml)) => Ok(Self { toml, session, windows_lines }),
            _ => Err(reading.problems),
        }
    }

    /// The session as it stands now.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Sets a parameter, in the session and in the text. Everything else in the text stays as it is; a parameter that
    /// was not written out gets a line of its own.
    ///
    /// # Errors
    /// As [`Session::set`]; nothing is changed then.
    pub fn set(&mut self, address: &Address, value: Value) -> Result<(), AddressError> {
        let mut session = self.session.clone();
        session.set(address, value)?;
        let value = session.get(address).ok_or_else(|| AddressError::new("nothing stands there"))?;
        self.put(address, &value).ok_or_else(|| AddressError::new(format!("`{address}` has no line")))?;
        self.session = session;
        Ok(())
    }

    pub(crate) fn toml(&self) -> &DocumentMut {
        &self.toml
    }

    pub(crate) fn replace(&mut self, toml: DocumentMut, session: Session) {
        (self.toml, self.session) = (toml, session);
    }

    fn put(&mut self, address: &Address, value: &Value) -> Option<()> {
        let parameter = address.parameter.as_deref()?;
        let whole = parameter == "rate_hz";
        let text = match value {
            Value::Number(number) if whole && number.fract() == 0.0 => number.to_string(),
            value => text::value(value),
        };
        let strip = self.session.strip(&address.strip).map(|strip| strip.kind.word());
        let top: &mut dyn TableLike = self.toml.as_table_mut();
        let strip = match (address.strip.as_str(), strip) {
            ("song", _) => top,
            ("master", _) => top.entry("master").or_insert_with(toml_edit::table).as_table_like_mut()?,
            (id, Some(list)) => entry(top.get_mut(list)?, |_, table| has_id(table, id))?,
            _ => return None,
        };
        let table = match address.part.as_deref() {
            None => strip,
            Some(part) => match part.strip_prefix("clip.").and_then(|n| n.parse::<usize>().ok()) {
                Some(n) => entry(strip.get_mut("clip")?, |at, _| at + 1 == n)?,
                None => part_of(strip, part)?,
            },
        };
        put(table, parameter, text.parse().ok()?)
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.toml.to_string();
        f.write_str(&if self.windows_lines { text.replace("\r\n", "\n").replace('\n', "\r\n") } else { text })
    }
}

fn has_id(table: &dyn TableLike, id: &str) -> bool {
    table.get("id").and_then(Item::as_str) == Some(id)
}

/// The insert, send or lane of this id.
fn part_of<'a>(strip: &'a mut dyn TableLike, id: &str) -> Option<&'a mut dyn TableLike> {
    let holds = |list: &&str| {
        let mut tables = tables(strip.get(list));
        tables.any(|table| has_id(table, id))
    };
    let list = ["insert", "send", "lane"].into_iter().find(holds)?;
    entry(strip.get_mut(list)?, |_, table| has_id(table, id))
}

/// The tables of a list, however it is written.
fn tables<'a>(list: Option<&'a Item>) -> Box<dyn Iterator<Item = &'a dyn TableLike> + 'a> {
    match list {
        Some(Item::ArrayOfTables(list)) => Box::new(list.iter().map(|table| table as &dyn TableLike)),
        Some(Item::Value(Toml::Array(list))) => {
            Box::new(list.iter().filter_map(Toml::as_inline_table).map(|table| table as &dyn TableLike))
        }
        _ => Box::new(std::iter::empty()),
    }
}

/// The first table of a list that is the one, however the list is written.
fn entry(list: &mut Item, is_it: impl Fn(usize, &dyn TableLike) -> bool) -> Option<&mut dyn TableLike> {
    match list {
        Item::ArrayOfTables(list) => {
            let found = list.iter_mut().enumerate().find(|(n, table)| is_it(*n, &**table));
            found.map(|(_, table)| table as &mut dyn TableLike)
        }
        Item::Value(Toml::Array(list)) => {
            let tables = list.iter_mut().filter_map(Toml::as_inline_table_mut).enumerate();
            let found = tables.into_iter().find(|(n, table)| is_it(*n, &**table));
            found.map(|(_, table)| table as &mut dyn TableLike)
        }
        _ => None,
    }
}

/// Puts a value at a key, or at the end of a path of tables (`band.2/gain_db`), where the old one stood.
fn put(table: &mut dyn TableLike, path: &str, value: Toml) -> Option<()> {
    if let Some((first, rest)) = path.split_once(['.', '/']) {
        let empty = || Item::Value(Toml::InlineTable(InlineTable::new()));
        return put(table.entry(first).or_insert_with(empty).as_table_like_mut()?, rest, value);
    }
    match table.get_mut(path) {
        Some(Item::Value(old)) => {
            let decor = old.decor().clone();
            *old = value;
            *old.decor_mut() = decor;
        }
        _ => {
            table.insert(path, Item::Value(value));
        }
    }
    Some(())
}
