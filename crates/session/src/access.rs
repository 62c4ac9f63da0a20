//! Reading and setting any parameter of a session by its [`Address`].

use mixkeel_dsp::param::{ParamSpec, Value};

use crate::address::{Address, AddressError};
use crate::check::route_key;
use crate::fields;
use crate::goal::Goal;
use crate::role::Role;
use crate::session::{Insert, Session};
use crate::strip::{Strip, StripKind};
use crate::text::{metres, points, words};

/// What a goal may say.
const GOAL_KEYS: [&str; 9] = ["say", "that", "of", "than", "on", "in", "by", "at_least", "at_most"];

fn get_goal(goal: &Goal, key: &str) -> Option<Value> {
    let text = |text: &Option<String>| text.clone().map(Value::Word);
    match key {
        "say" => text(&goal.say),
        "that" => goal.that.map(|that| Value::Word(that.word().to_owned())),
        "of" => text(&goal.of),
        "than" => text(&goal.than),
        "on" => text(&goal.on),
        "in" => text(&goal.within),
        "by" => goal.by.map(Value::Number),
        "at_least" => goal.at_least.map(Value::Number),
        "at_most" => goal.at_most.map(Value::Number),
        _ => None,
    }
}

impl Session {
    /// The value at an address. Lists (`song/tempo`, a lane's `points`, an insert's `keys`) come as the text that
    /// stands in the file.
    pub fn get(&self, address: &Address) -> Option<Value> {
        let parameter = address.parameter.as_deref()?;
        match (address.strip.as_str(), address.part.as_deref()) {
            ("song", None) => self.get_song(parameter),
            ("song", Some(part)) => {
                if let Some(goal) = self.goals.iter().find(|goal| goal.id == part) {
                    return get_goal(goal, parameter);
                }
                if let Some(reference) = self.references.iter().find(|reference| reference.id == part) {
                    return (parameter == "file").then(|| Value::Word(reference.file.clone()));
                }
                let section = self.sections.iter().find(|section| section.id == part)?;
                match parameter {
                    "kind" => Some(Value::Word(section.kind.clone())),
                    "from_s" => Some(Value::Number(section.from_s)),
                    "to_s" => Some(Value::Number(section.to_s)),
                    _ => None,
                }
            }
            ("master", None) => {
                (parameter == fields::HEADROOM_DB.id).then_some(Value::Number(self.master.headroom_db))
            }
            ("master", Some(part)) => get_insert(&self.master.inserts, part, parameter),
            (id, None) => self.get_own(&self.strip(id)?, parameter),
            (id, Some(part)) => self.get_part(&self.strip(id)?, part, parameter),
        }
    }

    fn get_song(&self, parameter: &str) -> Option<Value> {
        match parameter {
            "title" => Some(Value::Word(self.title.clone())),
            "rate_hz" => Some(Value::Number(f64::from(self.rate_hz))),
            "focus" => Some(Value::Word(words(&self.focus))),
            "tempo" => Some(Value::Word(points(&self.song.tempo))),
            "metre" => Some(Value::Word(metres(&self.song.metre))),
            "style" => self.song.style.clone().map(Value::Word),
            "strength" => self.song.strength.map(Value::Number),
            "key" => self.song.key.clone().map(Value::Word),
            _ => None,
        }
    }

    fn get_own(&self, strip: &Strip<'_>, parameter: &str) -> Option<Value> {
        let own = match parameter {
            "fader_db" => Value::Number(strip.fader_db),
            "pan" => Value::Number(strip.pan),
            "width" => Value::Number(strip.width),
            "mute" => Value::Switch(strip.mute),
            "solo" => Value::Switch(strip.solo),
            _ if parameter == route_key(strip.kind) => Value::Word(strip.to.to_owned()),
            _ => {
                let track = self.tracks.iter().find(|track| track.id == strip.id)?;
                return match parameter {
                    "name" => Some(Value::Word(track.name.clone())),
                    "role" => Some(Value::Word(track.role.word().to_owned())),
                    "trim_db" => Some(Value::Number(track.trim_db)),
                    "shift_ms" => Some(Value::Number(track.shift_ms)),
                    "polarity" => Some(Value::Word(fields::POLARITY[usize::from(track.inverted)].to_owned())),
                    _ => None,
                };
            }
        };
        Some(own)
    }

    fn get_part(&self, strip: &Strip<'_>, part: &str, parameter: &str) -> Option<Value> {
        if let Some(n) = clip_number(part) {
            let track = self.tracks.iter().find(|track| track.id == strip.id)?;
            let clip = track.clips.get(n)?;
            return match parameter {
                "file" => Some(Value::Word(clip.file.clone())),
                "right" => clip.right.clone().map(Value::Word),
                "at_s" => Some(Value::Number(clip.at_s)),
                _ => None,
            };
        }
        if let Some(send) = strip.sends.iter().find(|send| send.id == part) {
            return match parameter {
                "to" => Some(Value::Word(send.to.clone())),
                "level_db" => Some(Value::Number(send.level_db)),
                "pre_fader" => Some(Value::Switch(send.pre_fader)),
                _ => None,
            };
        }
        if let Some(lane) = strip.lanes.iter().find(|lane| lane.id == part) {
            return match parameter {
                "of" => Some(Value::Word(lane.of.clone())),
                "points" => Some(Value::Word(points(&lane.points))),
                _ => None,
            };
        }
        get_insert(strip.inserts, part, parameter)
    }

    /// Sets the value at an address, if it is one that may be set (lists, kinds and files are changed in the file)
    /// and the value is allowed there.
    ///
    /// # Errors
    /// When the address leads nowhere, with the nearest one that does; or when the value cannot stand there, with the
    /// reason. Nothing is changed then.
    pub fn set(&mut self, address: &Address, value: Value) -> Result<(), AddressError> {
        if self.get(address).is_none() && !self.could_be_in_a_band(address) {
            return Err(self.unknown(address));
        }
        let parameter = address.parameter.as_deref().unwrap_or_default();
        match (address.strip.as_str(), address.part.as_deref()) {
            ("song", None) if parameter == "title" => set_word(&mut self.title, value),
            ("song", None) if parameter == "rate_hz" => {
                self.rate_hz = whole_rate(&checked(&fields::RATE_HZ, value)?)?;
                Ok(())
            }
            ("song", _) => Err(fixed(address)),
            ("master", None) => set_number(&mut self.master.headroom_db, &fields::HEADROOM_DB, value),
            ("master", Some(part)) => set_insert(&mut self.master.inserts, part, parameter, value, address),
            (id, None) => self.set_own(id, parameter, value, address),
            (id, Some(part)) => {
                let at_s = clip_number(part).filter(|_| parameter == fields::AT_S.id);
                let clips = self.tracks.iter_mut().find(|track| track.id == id).map(|track| &mut track.clips);
                if let (Some(n), Some(clips)) = (at_s, clips)
                    && let Some(clip) = clips.get_mut(n)
                {
                    return set_number(&mut clip.at_s, &fields::AT_S, value);
                }
                self.set_part(id, part, parameter, value, address)
            }
        }
    }

    /// Whether an address is a setting of a band that is not there yet: to set it is to make the band.
    fn could_be_in_a_band(&self, address: &Address) -> bool {
        let (Some(part), Some(parameter)) = (&address.part, &address.parameter) else { return false };
        let inserts = match address.strip.as_str() {
            "master" => Some(self.master.inserts.as_slice()),
            id => self.strip(id).map(|strip| strip.inserts),
        };
        let insert = inserts.into_iter().flatten().find(|insert| insert.id == *part);
        insert.is_some_and(|insert| parameter.contains('/') && insert.settings.spec(parameter).is_some())
    }

    fn set_own(
        &mut self,
        id: &str,
        parameter: &str,
        value: Value,
        address: &Address,
    ) -> Result<(), AddressError> {
        if let "bus" | "to" = parameter {
            return self.set_route(id, value);
        }
        if let Some(track) = self.tracks.iter_mut().find(|track| track.id == id) {
            match parameter {
                "name" => return set_word(&mut track.name, value),
                "trim_db" => return set_number(&mut track.trim_db, &fields::TRIM_DB, value),
                "shift_ms" => return set_number(&mut track.shift_ms, &fields::SHIFT_MS, value),
                "role" => {
                    let words = Role::ALL.map(Role::word);
                    track.role = one_of("role", &words, &value).map(|n| Role::ALL[n])?;
                    return Ok(());
                }
                "polarity" => {
                    track.inverted = one_of("polarity", &fields::POLARITY, &value)? == 1;
                    return Ok(());
                }
                _ => {}
            }
        }
        let strip = self.strip_mut(id).ok_or_else(|| fixed(address))?;
        match parameter {
            "fader_db" => set_number(strip.fader_db, &fields::FADER_DB, value),
            "pan" => set_number(strip.pan, &fields::PAN, value),
            "width" => set_number(strip.width, &fields::WIDTH, value),
            "mute" => set_switch(strip.mute, &fields::MUTE, value),
            "solo" => set_switch(strip.solo, &fields::SOLO, value),
            _ => Err(fixed(address)),
        }
    }

    fn set_route(&mut self, id: &str, value: Value) -> Result<(), AddressError> {
        let mut to = String::new();
        set_word(&mut to, value)?;
        if to != "master" && !self.buses.iter().any(|bus| bus.id == to) {
            let buses = self.buses.iter().map(|bus| bus.id.as_str()).chain(["master"]);
            return Err(AddressError::nearest(format!("there is no bus `{to}`"), &to, buses));
        }
        self.try_change(|session| {
            if let Some(strip) = session.strip_mut(id) {
                *strip.to = to;
            }
        })
    }

    fn set_part(
        &mut self,
        id: &str,
        part: &str,
        parameter: &str,
        value: Value,
        address: &Address,
    ) -> Result<(), AddressError> {
        let strip = self.strip_mut(id).ok_or_else(|| fixed(address))?;
        if let Some(send) = strip.sends.iter_mut().find(|send| send.id == part) {
            return match parameter {
                "level_db" => set_number(&mut send.level_db, &fields::LEVEL_DB, value),
                "pre_fader" => set_switch(&mut send.pre_fader, &fields::PRE_FADER, value),
                _ => Err(fixed(address)),
            };
        }
        set_insert(strip.inserts, part, parameter, value, address)
    }

    /// Makes a change unless sound would go round in a circle after it.
    pub(crate) fn try_change(&mut self, change: impl FnOnce(&mut Self)) -> Result<(), AddressError> {
        let mut changed = self.clone();
        change(&mut changed);
        if crate::order::order(&crate::check::hears(&changed)).circles.is_empty() {
            *self = changed;
            Ok(())
        } else {
            Err(AddressError::new("sound would go round in a circle"))
        }
    }

    /// Whether something stands at an address: a strip, a part or a parameter.
    pub fn has(&self, address: &Address) -> bool {
        if address.parameter.is_some() {
            return self.get(address).is_some();
        }
        let strip = address.strip.as_str();
        match &address.part {
            None => matches!(strip, "master" | "song") || self.strip(strip).is_some(),
            Some(_) => self.addresses_of(strip).iter().any(|known| known.part == address.part),
        }
    }

    /// The addresses of all parameters, in the order of the file: the song's, the master's, buses, returns, tracks.
    pub fn parameters(&self) -> Vec<Address> {
        let strips = self.strips().flat_map(|strip| addresses(&strip, self));
        self.addresses_of("song").into_iter().chain(self.addresses_of("master")).chain(strips).collect()
    }

    /// The addresses of all parameters of one strip.
    pub(crate) fn addresses_of(&self, strip: &str) -> Vec<Address> {
        match strip {
            "song" => {
                let own = ["title", "rate_hz", "focus", "tempo", "metre", "style", "strength", "key"]
                    .map(|key| Address::of("song", key));
                let sections = self.sections.iter().flat_map(|section| {
                    ["kind", "from_s", "to_s"].map(|key| Address::of_part("song", &section.id, key))
                });
                let goals = self.goals.iter().flat_map(|goal| {
                    let said = GOAL_KEYS.iter().filter(|key| get_goal(goal, key).is_some());
                    said.map(|key| Address::of_part("song", &goal.id, key))
                });
                let references =
                    self.references.iter().map(|reference| Address::of_part("song", &reference.id, "file"));
                let said = |address: &Address| self.get(address).is_some();
                own.into_iter().filter(said).chain(sections).chain(goals).chain(references).collect()
            }
            "master" => std::iter::once(Address::of("master", fields::HEADROOM_DB.id))
                .chain(insert_addresses("master", &self.master.inserts))
                .collect(),
            _ => self.strip(strip).map(|strip| addresses(&strip, self)).unwrap_or_default(),
        }
    }

    fn unknown(&self, address: &Address) -> AddressError {
        let id = &address.strip;
        let of_strip = self.addresses_of(id);
        if of_strip.is_empty() {
            let known = self.strips().map(|strip| strip.id).chain(["master", "song"]);
            return AddressError::nearest(format!("there is no strip `{id}`"), id, known);
        }
        let known: Vec<String> = of_strip.iter().map(Address::to_string).collect();
        let text = address.to_string();
        AddressError::nearest(
            format!("there is nothing at `{text}`"),
            &text,
            known.iter().map(String::as_str),
        )
    }
}

/// `clip.1` is the first.
fn clip_number(part: &str) -> Option<usize> {
    part.strip_prefix("clip.")?.parse::<usize>().ok()?.checked_sub(1)
}

fn addresses(strip: &Strip<'_>, session: &Session) -> Vec<Address> {
    let own = |key: &str| Address::of(strip.id, key);
    let part = |id: &str, keys: &[&str]| -> Vec<Address> {
        keys.iter().map(|key| Address::of_part(strip.id, id, key)).collect()
    };
    let mut all = Vec::new();
    if let Some(track) = session.tracks.iter().find(|track| track.id == strip.id) {
        all.extend(["name", "role", "bus", "trim_db", "polarity", "shift_ms"].map(own));
        for (n, clip) in track.clips.iter().enumerate() {
            let right = clip.right.as_ref().map(|_| "right");
            let keys: Vec<&str> = ["file"].into_iter().chain(right).chain(["at_s"]).collect();
            all.extend(part(&format!("clip.{}", n + 1), &keys));
        }
    }
    if strip.kind != StripKind::Track {
        all.push(own("to"));
    }
    all.extend(fields::SUM.map(|spec| own(spec.id)));
    all.extend(insert_addresses(strip.id, strip.inserts));
    all.extend(strip.sends.iter().flat_map(|send| part(&send.id, &["to", "level_db", "pre_fader"])));
    all.extend(strip.lanes.iter().flat_map(|lane| part(&lane.id, &["of", "points"])));
    all
}

fn insert_addresses<'a>(strip: &'a str, inserts: &'a [Insert]) -> impl Iterator<Item = Address> + 'a {
    inserts.iter().flat_map(move |insert| {
        let own = ["kind", "bypass", "keys"].into_iter();
        let assets = insert.assets.iter().map(|asset| asset.spec.id);
        let settings = insert.settings.paths().into_iter().map(|(path, _)| path);
        let keys = own.chain(assets).map(str::to_owned).chain(settings);
        keys.map(|key| Address::of_part(strip, &insert.id, &key))
    })
}

fn get_insert(inserts: &[Insert], part: &str, parameter: &str) -> Option<Value> {
    let insert = inserts.iter().find(|insert| insert.id == part)?;
    match parameter {
        "kind" => Some(Value::Word(insert.kind.id.to_owned())),
        "bypass" => Some(Value::Switch(insert.bypass)),
        "keys" => Some(Value::Word(words(&insert.keys))),
        _ => match insert.assets.iter().find(|asset| asset.spec.id == parameter) {
            Some(asset) => Some(Value::Word(asset.file.clone())),
            None => insert.settings.get(parameter),
        },
    }
}

fn set_insert(
    inserts: &mut [Insert],
    part: &str,
    parameter: &str,
    value: Value,
    address: &Address,
) -> Result<(), AddressError> {
    let insert = inserts.iter_mut().find(|insert| insert.id == part).ok_or_else(|| fixed(address))?;
    match parameter {
        "kind" | "keys" => Err(fixed(address)),
        _ if insert.kind.assets.iter().any(|spec| spec.id == parameter) => Err(fixed(address)),
        "bypass" => set_switch(&mut insert.bypass, &fields::BYPASS, value),
        _ => insert.settings.set(parameter, &value).map_err(|error| AddressError::new(error.to_string())),
    }
}

fn fixed(address: &Address) -> AddressError {
    AddressError {
        message: format!("`{address}` is not set by a single value"),
        suggestion: Some("change it in the session file".to_owned()),
    }
}

fn checked(spec: &ParamSpec, value: Value) -> Result<Value, AddressError> {
    fields::check(spec, &value).map_err(|error| AddressError::new(error.to_string()))?;
    Ok(value)
}

fn set_number(field: &mut f64, spec: &ParamSpec, value: Value) -> Result<(), AddressError> {
    if let Value::Number(number) = checked(spec, value)? {
        *field = number;
    }
    Ok(())
}

fn set_switch(field: &mut bool, spec: &ParamSpec, value: Value) -> Result<(), AddressError> {
    if let Value::Switch(on) = checked(spec, value)? {
        *field = on;
    }
    Ok(())
}

fn set_word(field: &mut String, value: Value) -> Result<(), AddressError> {
    match value {
        Value::Word(word) => {
            *field = word;
            Ok(())
        }
        _ => Err(AddressError::new("a word belongs here")),
    }
}

fn one_of(what: &str, words: &[&'static str], value: &Value) -> Result<usize, AddressError> {
    let word = value.to_string();
    words.iter().position(|known| **known == word).ok_or_else(|| {
        AddressError::nearest(format!("there is no {what} `{word}`"), &word, words.iter().copied())
    })
}

/// A rate as a whole number of frames a second.
pub(crate) fn whole_rate(value: &Value) -> Result<u32, AddressError> {
    match value {
        Value::Number(rate) if rate.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(rate) => {
            Ok(*rate as u32)
        }
        _ => Err(AddressError::new("`rate_hz` is a whole number of frames a second")),
    }
}
