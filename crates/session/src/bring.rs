//! Brings a person's text up to a session: what differs is changed, added or taken out; comments, order and spacing of
//! all the rest stay.

use std::collections::BTreeSet;

use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use crate::address::AddressError;
use crate::document::Document;
use crate::read::read;
use crate::session::Session;
use crate::write::write;

impl Document {
    /// Makes the text say what a session says, and nothing else. Keys that the session leaves at their default stay
    /// where the person has written them out.
    ///
    /// # Errors
    /// When the session cannot stand in a file at all.
    pub fn bring_to(&mut self, session: &Session) -> Result<(), AddressError> {
        let wanted: DocumentMut =
            write(session).parse().map_err(|_| AddressError::new("the session has no text"))?;
        for prune in [false, true] {
            let mut toml = self.toml().clone();
            bring_table(toml.as_table_mut(), wanted.as_table(), prune);
            if read(&toml.to_string()).session.as_ref() == Some(session) {
                self.replace(toml, session.clone());
                return Ok(());
            }
        }
        Err(AddressError::new("the text cannot be brought up to the session"))
    }
}

fn bring_table(old: &mut dyn TableLike, new: &dyn TableLike, prune: bool) {
    if prune {
        let surplus: Vec<String> =
            old.iter().map(|(key, _)| key.to_owned()).filter(|key| !new.contains_key(key)).collect();
        surplus.iter().for_each(|key| {
            old.remove(key);
        });
    }
    for (key, wanted) in new.iter() {
        match old.get_mut(key) {
            Some(stands) => bring_item(stands, wanted, prune),
            None => {
                old.insert(key, unplaced(wanted.clone()));
            }
        }
    }
    // A list that the session no longer has at all is gone; a key that it has at its default may stay.
    let emptied: Vec<String> = old
        .iter()
        .filter(|(key, item)| !new.contains_key(key) && has_ids(item))
        .map(|(key, _)| key.to_owned())
        .collect();
    emptied.iter().for_each(|key| {
        old.remove(key);
    });
}

fn bring_item(old: &mut Item, new: &Item, prune: bool) {
    if has_ids(old) && has_ids(new) {
        return bring_list(old, new, prune);
    }
    if let (Some(old), Some(new)) = (old.as_table_like_mut(), new.as_table_like()) {
        return bring_table(old, new, prune);
    }
    match (&mut *old, new) {
        (Item::Value(stands), Item::Value(wanted)) => {
            if !same(stands, wanted) {
                let decor = stands.decor().clone();
                *stands = wanted.clone();
                *stands.decor_mut() = decor;
            }
        }
        _ => *old = unplaced(new.clone()),
    }
}

/// Lists of tables are told apart by the ids in them. What is new stands behind whatever it stands behind in the session.
fn bring_list(old: &mut Item, new: &Item, prune: bool) {
    let wanted: Vec<&dyn TableLike> = tables(new);
    let ids: BTreeSet<&str> = wanted.iter().filter_map(|table| id(*table)).collect();
    match old {
        Item::ArrayOfTables(list) => {
            list.retain(|table| id(table).is_some_and(|id| ids.contains(id)));
            for (at, table) in wanted.into_iter().enumerate() {
                let place = list.iter().position(|stands| id(stands) == id(table));
                match place.and_then(|place| list.get_mut(place)) {
                    Some(stands) => bring_table(stands, table, prune),
                    None => insert_table(list, at, as_table(table)),
                }
            }
        }
        Item::Value(Value::Array(list)) => {
            list.retain(|value| {
                value.as_inline_table().and_then(|table| id(table)).is_some_and(|id| ids.contains(id))
            });
            for (at, table) in wanted.into_iter().enumerate() {
                let is_it =
                    |stands: &Value| stands.as_inline_table().is_some_and(|stands| id(stands) == id(table));
                let place = list.iter().position(is_it);
                match place.and_then(|place| list.get_mut(place)?.as_inline_table_mut()) {
                    Some(stands) => bring_table(stands, table, prune),
                    None => list.insert(at.min(list.len()), as_inline(table)),
                }
            }
        }
        _ => *old = unplaced(new.clone()),
    }
}

/// A list of tables only grows at its end; so what stands behind the new one is put behind it again.
fn insert_table(list: &mut ArrayOfTables, at: usize, table: Table) {
    let mut tables: Vec<Table> = list.iter().cloned().collect();
    tables.insert(at.min(tables.len()), table);
    list.clear();
    tables.into_iter().for_each(|table| list.push(table));
}

fn id(table: &dyn TableLike) -> Option<&str> {
    table.get("id").and_then(Item::as_str)
}

fn tables(list: &Item) -> Vec<&dyn TableLike> {
    match list {
        Item::ArrayOfTables(list) => list.iter().map(|table| table as &dyn TableLike).collect(),
        Item::Value(Value::Array(list)) => {
            list.iter().filter_map(Value::as_inline_table).map(|table| table as &dyn TableLike).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether an item is a list whose every entry has an id.
fn has_ids(item: &Item) -> bool {
    let listed = match item {
        Item::ArrayOfTables(list) => list.len(),
        Item::Value(Value::Array(list)) => list.len(),
        _ => 0,
    };
    let tables = tables(item);
    listed > 0 && tables.len() == listed && tables.iter().all(|table| id(*table).is_some())
}

fn as_table(table: &dyn TableLike) -> Table {
    let mut out = Table::new();
    for (key, item) in table.iter() {
        out.insert(key, unplaced(item.clone()));
    }
    out.decor_mut().set_prefix("\n");
    out
}

fn as_inline(table: &dyn TableLike) -> InlineTable {
    let mut out = InlineTable::new();
    for (key, item) in table.iter() {
        if let Ok(value) = item.clone().into_value() {
            out.insert(key, value);
        }
    }
    out
}

/// Tables remember where they stood in the text they come from; here they stand where they are put.
fn unplaced(mut item: Item) -> Item {
    match &mut item {
        Item::Table(table) => unplace(table),
        Item::ArrayOfTables(list) => unplace_all(list),
        _ => {}
    }
    item
}

fn unplace_all(list: &mut ArrayOfTables) {
    list.iter_mut().for_each(unplace);
}

fn unplace(table: &mut Table) {
    table.set_position(None);
    table.iter_mut().for_each(|(_, item)| match item {
        Item::Table(table) => unplace(table),
        Item::ArrayOfTables(list) => unplace_all(list),
        _ => {}
    });
}

/// Whether two values mean the same, however they are written.
fn same(a: &Value, b: &Value) -> bool {
    let number = |value: &Value| value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64));
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same(a, b))
        }
        (Value::InlineTable(a), Value::InlineTable(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (Value::String(a), Value::String(b)) => a.value() == b.value(),
        (Value::Boolean(a), Value::Boolean(b)) => a.value() == b.value(),
        _ => number(a).is_some() && number(a) == number(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Bus, StripSettings};

    #[test]
    fn a_new_insert_stands_where_the_session_has_it() {
        for inserts in [
            "insert = [{ id = \"a\", kind = \"gain\" }, { id = \"c\", kind = \"gain\" }] # mine\n",
            "[[track.insert]]\nid = \"a\"\nkind = \"gain\"\n# mine\n[[track.insert]]\nid = \"c\"\nkind = \"gain\"\n",
        ] {
            let mut document = Document::open(&format!("{TEXT}{inserts}")).unwrap();
            let mut session = document.session().clone();
            for (at, id) in [(1, "b"), (0, "first"), (4, "last")] {
                let mut new = session.tracks[1].inserts[0].clone();
                new.id = id.to_owned();
                session.tracks[1].inserts.insert(at, new);
            }
            document.bring_to(&session).unwrap();
            let text = document.to_string();
            assert_eq!(read(&text).session.as_ref(), Some(&session), "{text}");
            assert!(text.contains("# mine"), "{text}");
        }
    }

    const TEXT: &str = r#"# the one for the record
mixkeel = 1
title = "Harbour"
rate_hz = 48000

# voices
[[track]]
id = "lead"
name = "Lead"
clip = [{ file = "a.wav", at_s = 0 }]   # comped
role = "lead-vocal"   # it is
bus = "master"
trim_db = 6.40
fader_db = 0
pan = 0.0
width = 1.0 # left as it was

[[track]]
id = "gone"
name = "Gone"
clip = [{ file = "b.wav", at_s = 0.0 }]
bus = "master"
"#;

    #[test]
    fn changes_what_differs_and_leaves_the_rest_of_the_page_alone() {
        let mut document = Document::open(TEXT).unwrap();
        let mut session = document.session().clone();
        session.tracks.remove(1);
        session.tracks[0].fader_db = -1.5;
        session.tracks[0].bus = "vocals".to_owned();
        session.tracks[0].lock = vec!["fader_db".to_owned()];
        session.buses.push(Bus {
            id: "vocals".to_owned(),
            to: "master".to_owned(),
            strip: StripSettings::default(),
        });
        let mut late = session.tracks[0].clone();
        late.id = "late".to_owned();
        session.tracks.push(late);
        document.bring_to(&session).unwrap();
        let text = document.to_string();
        assert_eq!(read(&text).session.as_ref(), Some(&session), "{text}");
        for kept in [
            "# the one for the record",
            "# voices",
            "# comped",
            "# it is",
            "trim_db = 6.40",
            "# left as it was",
        ] {
            assert!(text.contains(kept), "{kept} is gone from\n{text}");
        }
        assert!(!text.contains("gone") && text.contains("fader_db = -1.5"), "{text}");
        let once_more = text.clone();
        document.bring_to(&session).unwrap();
        assert_eq!(document.to_string(), once_more);
    }
}
