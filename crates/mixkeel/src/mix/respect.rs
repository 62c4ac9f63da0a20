//! What is decided again may work against a goal that the version before met: a voice that a goal turned down is covered more,
//! and room is made for it. Goals are what a person asked for, so such decisions are left out.

use mixkeel_assist::decide::Decision;
use mixkeel_assist::desk::Desk;
use mixkeel_assist::forecast::Forecast;
use mixkeel_assist::solve::short;
use mixkeel_assist::song::Song;
use mixkeel_judge::goals::{Others, value_of};
use mixkeel_session::apply::apply;
use mixkeel_session::edit::Edit;
use mixkeel_session::goal::{Beside, Meaning};
use mixkeel_session::session::Session;

/// A goal that comes out worse by less, in steps that are just heard, is as good as before. Ours: a tenth of what anybody
/// hears, and more than forecasts of one session differ by.
const WORSE: f64 = 0.1;

/// Takes back, rule by rule, what makes a goal fail that fared better in the session `before`; the dearest first. What was taken
/// back stays as a proposal that says so.
pub(super) fn respect(song: &Song, before: &Session, decision: &mut Decision) {
    let goals: Vec<(String, Meaning)> = before
        .goals
        .iter()
        .filter_map(|goal| {
            let meaning = goal.meaning(before).ok()?;
            let compares_versions = meaning.than == Some(Beside::Before);
            (!compares_versions).then(|| (goal.say.clone().unwrap_or_else(|| goal.id.clone()), meaning))
        })
        .collect();
    if goals.is_empty() {
        return;
    }
    let Some(stood) = shorts(song, before, &goals) else { return };
    // So far each goal falls short of what it was, or of passing.
    let harm = |session: &Session| -> Vec<f64> {
        let now = shorts(song, session, &goals).unwrap_or_else(|| stood.clone());
        now.iter().zip(&stood).map(|(now, stood)| (now - stood.max(0.0) - WORSE).max(0.0)).collect()
    };
    let mut kept = decision.edits.clone();
    let mut harmed = harm(&decision.session);
    while harmed.iter().any(|harm| *harm > 0.0) {
        let sum = |harm: &[f64]| harm.iter().sum::<f64>();
        let mut rules: Vec<String> = kept.iter().map(|edit| edit.by.clone()).collect();
        rules.sort();
        rules.dedup();
        let without = |rule: &String| {
            let others: Vec<Edit> = kept.iter().filter(|edit| edit.by != *rule).cloned().collect();
            let session = made_of(before, &others);
            let harm = harm(&session);
            (harm, others, session, rule.clone())
        };
        let best = rules
            .iter()
            .filter(|rule| !rule.starts_with("repair/"))
            .map(without)
            .min_by(|a, b| sum(&a.0).total_cmp(&sum(&b.0)).then_with(|| a.3.cmp(&b.3)));
        let Some((harm, others, session, rule)) = best.filter(|best| sum(&best.0) < sum(&harmed)) else {
            break;
        };
        let served = harmed.iter().zip(&goals).find(|(harm, _)| **harm > 0.0);
        let goal = served.map(|(_, (name, _))| name.clone()).unwrap_or_default();
        let left_out = kept.iter().filter(|edit| edit.by == rule).map(|edit| Edit {
            because: format!("{}; left out, because \"{goal}\" would no longer pass", edit.because),
            ..edit.clone()
        });
        decision.proposed.extend(left_out);
        (kept, harmed, decision.session) = (others, harm, session);
    }
    decision.edits = kept;
}

/// A session with edits made to it, one after the other.
fn made_of(before: &Session, edits: &[Edit]) -> Session {
    let mut session = before.clone();
    for edit in edits {
        // What cannot be done without what was left out is left out too.
        apply(&mut session, edit).ok();
    }
    session
}

/// How far each goal falls short, as foretold; what cannot be foretold never does.
fn shorts(song: &Song, session: &Session, goals: &[(String, Meaning)]) -> Option<Vec<f64>> {
    let forecast = Forecast::of(song, session).ok()?;
    let desk = Desk::of(&forecast, session, None);
    let of = |(_, meaning): &(String, Meaning)| {
        let value = value_of(meaning, &desk, Others::default(), meaning.within.as_deref());
        value.map_or(f64::NEG_INFINITY, |value| short(meaning, value))
    };
    Some(goals.iter().map(of).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a test that cannot set up its song has failed
mod tests {
    use mixkeel_assist::start::Start;
    use mixkeel_dsp::block::{Buffer, Channels};
    use mixkeel_dsp::param::Value;
    use mixkeel_io::read::Downmix;
    use mixkeel_io::write::{Spec, create};
    use mixkeel_session::address::Address;
    use mixkeel_session::edit::{Content, Sureness};
    use mixkeel_session::read::read;

    use super::*;
    use crate::song::cache::Cache;
    use crate::song::media::Shelf;
    use crate::watch::Silent;

    const SESSION: &str = r#"mixkeel = 1
rate_hz = 48000

[[goal]]
id = "goal-1"
say = "the voice is at least 4 dB quieter than the keys"

[[track]]
id = "voice"
role = "lead-vocal"
fader_db = -6.0
clip = [{ file = "voice.wav" }]

[[track]]
id = "keys"
role = "keys"
clip = [{ file = "keys.wav" }]
"#;

    fn edit(by: &str, strip: &str, parameter: &str, from: f64, to: f64) -> Edit {
        let number = |value: f64| Some(Content::Value(Value::Number(value)));
        Edit {
            id: format!("{by}:{strip}/{parameter}"),
            address: Address::of(strip, parameter),
            from: number(from),
            to: number(to),
            by: by.to_owned(),
            because: "because".to_owned(),
            evidence: Vec::new(),
            sureness: Sureness::Certain,
            strength: 1.0,
        }
    }

    #[test]
    fn a_voice_that_a_goal_turned_down_is_not_lifted_again_and_everything_else_is_done() {
        let folder = tempfile::tempdir().unwrap();
        for (name, hz) in [("voice.wav", 700.0), ("keys.wav", 500.0)] {
            let mut sound = Buffer::new(Channels::Mono, 2 * 48_000);
            for channel in sound.block().each() {
                for (frame, sample) in channel.iter_mut().enumerate() {
                    *sample = 0.1 * libm::sin(std::f64::consts::TAU * hz * frame as f64 / 48_000.0) as f32;
                }
            }
            let spec = Spec::float_wav(48_000, Channels::Mono);
            let mut writer = create(&folder.path().join(name), &spec).unwrap();
            writer.write(sound.signal()).unwrap();
            writer.finish().unwrap();
        }
        let before = read(SESSION).session.unwrap();
        let shelf = Shelf { folder: folder.path().to_path_buf(), rate_hz: 48_000, downmix: Downmix::Fold };
        let song = crate::solve::song_of(&before, &shelf, &Cache::off(), &Silent).unwrap();
        let edits = vec![
            edit("balance/audible", "voice", "fader_db", -6.0, -1.0),
            edit("pan/by-role-and-band", "keys", "pan", 0.0, 0.2),
        ];
        let mut decision = Decision {
            session: made_of(&before, &edits),
            edits,
            proposed: Vec::new(),
            start: Start::Tracks,
            start_because: String::new(),
        };
        respect(&song, &before, &mut decision);
        let [voice, keys] = decision.session.tracks.as_slice() else { panic!("two tracks") };
        assert_eq!((voice.fader_db, keys.pan), (-6.0, 0.2));
        assert!(decision.edits.iter().all(|edit| edit.by == "pan/by-role-and-band"));
        let [left_out] = decision.proposed.as_slice() else { panic!("{:?}", decision.proposed) };
        let goal = "\"the voice is at least 4 dB quieter than the keys\" would no longer pass";
        assert!(left_out.because.contains(goal), "{}", left_out.because);
    }
}
