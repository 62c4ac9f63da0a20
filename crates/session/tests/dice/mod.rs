//! Sessions thrown by dice: always valid, always the same for the same seed.

use mixkeel_dsp::catalog::CATALOG;
use mixkeel_dsp::param::{Range, Value};
use mixkeel_session::finish::{Date, Finish};
use mixkeel_session::goal::{Goal, ROWS};
use mixkeel_session::role::Role;
use mixkeel_session::session::{
    Asset, Bus, Clip, Insert, Lane, Master, Metre, Reference, Return, Section, Send, Session, Song,
    StripSettings, Track,
};

/// A small generator of numbers (Marsaglia's xorshift64, 2003).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// From 0 to `sides` − 1.
    pub fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides.max(1)
    }

    pub fn coin(&mut self) -> bool {
        self.below(2) == 1
    }

    /// Between two numbers; every third time a round one.
    pub fn between(&mut self, min: f64, max: f64) -> f64 {
        let (min, max) = (min.max(-1e6), max.min(1e6));
        let number = min + (max - min) * (self.below(1 << 40) as f64 / (1_u64 << 40) as f64);
        if self.below(3) == 0 { number.round().clamp(min, max) } else { number }
    }

    fn text(&mut self) -> String {
        const LETTERS: [&str; 12] = ["a", "Z", " ", "\"", "\\", "ä", "鼓", "🥁", "\n", "\u{7f}", "#", "'"];
        (0..self.below(8)).map(|_| LETTERS[self.below(LETTERS.len())]).collect()
    }

    fn level(&mut self) -> f64 {
        if self.below(6) == 0 { f64::NEG_INFINITY } else { self.between(-60.0, 12.0) }
    }

    fn words(&mut self) -> Option<String> {
        self.coin().then(|| self.text())
    }
}

fn finish(dice: &mut Dice) -> Finish {
    Finish {
        by: dice
            .coin()
            .then(|| Date::new(2026, 1 + dice.below(12) as u8, 1 + dice.below(28) as u8))
            .flatten(),
        hours: dice.coin().then(|| dice.between(0.01, 2000.0)),
        versions: dice.coin().then(|| 1 + dice.below(1000) as u32),
    }
}

/// A session with buses in buses, sends before and behind the fader, keys, lanes and locks.
pub fn session(seed: u64) -> Session {
    let mut dice = Dice::new(seed);
    let mut session = Session {
        title: dice.text(),
        rate_hz: [8000, 44_100, 48_000, 384_000][dice.below(4)],
        focus: Vec::new(),
        song: Song::default(),
        sections: Vec::new(),
        goals: Vec::new(),
        references: Vec::new(),
        finish: finish(&mut dice),
        buses: Vec::new(),
        returns: Vec::new(),
        tracks: Vec::new(),
        master: Master { headroom_db: dice.between(-60.0, 0.0), ..Master::default() },
    };
    if dice.below(2) == 1 {
        session.song.style = Some(dice.text());
        session.song.strength = Some(dice.between(0.0, 1.0));
    }
    let mut time = dice.between(-1.0, 1.0);
    for n in 0..dice.below(4) {
        let next = time + dice.between(0.5, 40.0);
        let metre = Metre { beats: 1 + dice.below(12) as u8, unit: [1, 2, 4, 8, 16][dice.below(5)] };
        session.song.tempo.push((time, dice.between(10.0, 999.0)));
        session.song.metre.push((time, metre));
        session.sections.push(Section {
            id: format!("part-{n}"),
            kind: dice.text(),
            from_s: time,
            to_s: next,
        });
        time = next;
    }
    for n in 0..dice.below(3) {
        let amount = |dice: &mut Dice| dice.coin().then(|| dice.between(-1000.0, 1000.0));
        session.goals.push(Goal {
            id: format!("goal-{n}"),
            say: dice.words(),
            that: dice.coin().then(|| ROWS[dice.below(ROWS.len())].that),
            of: dice.words(),
            than: dice.words(),
            on: dice.words(),
            within: dice.words(),
            by: amount(&mut dice),
            at_least: amount(&mut dice),
            at_most: amount(&mut dice),
        });
    }
    for n in 0..dice.below(3) {
        session
            .references
            .push(Reference { id: format!("record-{n}"), file: format!("{}.flac", dice.text()) });
    }
    // A strip may feed only those made before it, so that nothing goes round in a circle.
    let mut sums = vec!["master".to_owned()];
    for n in 0..dice.below(4) {
        let id = format!("bus-{n}");
        let to = sums[dice.below(sums.len())].clone();
        let strip = strip(&mut dice, &sums, &[]);
        session.buses.push(Bus { id: id.clone(), to, strip });
        sums.push(id);
    }
    let buses = sums.clone();
    for n in 0..dice.below(3) {
        let id = format!("return-{n}");
        let to = buses[dice.below(buses.len())].clone();
        let strip = strip(&mut dice, &buses, &[]);
        session.returns.push(Return { id: id.clone(), to, strip });
        sums.push(id);
    }
    for n in 0..dice.below(6) {
        let keys: Vec<String> = session.tracks.iter().map(|track| track.id.clone()).collect();
        let strip = strip(&mut dice, &sums, &keys);
        let clips = (0..dice.below(3)).map(|_| Clip {
            file: format!("take {}.wav", dice.below(3)),
            right: dice.coin().then(|| "right \"side\".wav".to_owned()),
            at_s: dice.between(-2.0, 100.0),
        });
        session.tracks.push(Track {
            id: format!("track-{n}"),
            clips: clips.collect(),
            name: dice.text(),
            role: Role::ALL[dice.below(Role::ALL.len())],
            bus: buses[dice.below(buses.len())].clone(),
            trim_db: dice.between(-60.0, 60.0),
            inverted: dice.coin(),
            shift_ms: dice.between(-1000.0, 1000.0),
            inserts: strip.inserts,
            fader_db: strip.fader_db,
            pan: strip.pan,
            width: strip.width,
            mute: strip.mute,
            solo: strip.solo,
            sends: strip.sends,
            lanes: strip.lanes,
            lock: strip.lock,
        });
    }
    session.focus = session.tracks.iter().filter(|_| dice.coin()).map(|track| track.id.clone()).collect();
    session
}

fn strip(dice: &mut Dice, sums: &[String], keys: &[String]) -> StripSettings {
    let inserts: Vec<Insert> = (0..dice.below(3)).map(|n| insert(dice, n, keys)).collect();
    let targets: Vec<&String> = sums.iter().filter(|sum| *sum != "master").collect();
    let sends: Vec<Send> = (0..dice.below(3).min(targets.len()))
        .map(|n| Send {
            id: format!("send-{n}"),
            to: targets[dice.below(targets.len())].clone(),
            level_db: dice.level(),
            pre_fader: dice.coin(),
        })
        .collect();
    let mut movable = vec!["fader_db".to_owned(), "pan".to_owned(), "width".to_owned()];
    movable.extend(sends.iter().map(|send| format!("{}/level_db", send.id)));
    for insert in &inserts {
        let moving = insert.kind.specs.iter().filter(|spec| spec.automatable);
        movable.extend(moving.map(|spec| format!("{}/{}", insert.id, spec.id)));
    }
    let lanes = (0..dice.below(3)).map(|n| {
        let mut time = dice.between(-1.0, 5.0);
        let points = (0..dice.below(4)).map(|_| {
            time += dice.between(0.0, 9.0);
            (time, dice.between(-3.0, 3.0))
        });
        let points = points.collect();
        let of = movable[dice.below(movable.len())].clone();
        Lane { id: format!("lane-{n}"), of, by: dice.words(), because: dice.words(), points }
    });
    let lanes = lanes.collect();
    let mut lock: Vec<String> = movable.into_iter().filter(|_| dice.below(4) == 0).collect();
    lock.extend(inserts.iter().filter(|_| dice.coin()).map(|insert| insert.id.clone()));
    StripSettings {
        inserts,
        fader_db: dice.level(),
        pan: dice.between(-1.0, 1.0),
        width: dice.between(0.0, 2.0),
        mute: dice.below(4) == 0,
        solo: dice.below(8) == 0,
        sends,
        lanes,
        lock,
    }
}

fn insert(dice: &mut Dice, n: usize, keys: &[String]) -> Insert {
    let kind = &CATALOG[dice.below(CATALOG.len())];
    let mut settings = (kind.settings)();
    let mut any = |path: &str, range: Range| {
        let value = match range {
            Range::Number { min, max, .. } => Value::Number(dice.between(min, max)),
            Range::Switch { .. } => Value::Switch(dice.coin()),
            Range::Choice { words, .. } => Value::Word(words[dice.below(words.len())].to_owned()),
        };
        settings.set(path, &value).unwrap();
    };
    kind.specs.iter().for_each(|spec| any(spec.id, spec.range));
    if let Some(bands) = kind.bands {
        // Not all: the first, and the last there may be.
        for number in [1, bands.most] {
            bands.specs.iter().for_each(|spec| any(&bands.path(number, spec), spec.range));
        }
    }
    let assets = kind.assets.iter().take(dice.below(kind.assets.len() + 1));
    let assets = assets.map(|spec| Asset {
        spec,
        file: format!("../Halls/{}.wav", spec.id),
        sha256: dice.coin().then(|| "0123456789abcdef".repeat(4)),
    });
    let assets = assets.collect();
    Insert {
        id: format!("insert-{n}"),
        kind,
        settings,
        assets,
        keys: keys.iter().filter(|_| dice.below(4) == 0).cloned().collect(),
        bypass: dice.coin(),
        by: dice.words(),
        because: dice.words(),
    }
}
