//! A desk tells what turning changes: whatever was turned before, and as if the recording had come so.

#![expect(clippy::expect_used, reason = "what is missing fails the test")]

mod band;

use band::{band, song};
use mixkeel_assist::desk::{Desk, Treatment};
use mixkeel_assist::forecast::Forecast;
use mixkeel_assist::solve::knobs::What;
use mixkeel_assist::solve::search::{Amounts, passes, price, search};
use mixkeel_assist::solve::{Problem, Wanted};
use mixkeel_dsp::units::gain_from_db;
use mixkeel_judge::goals::{Heard, Others, value_of};
use mixkeel_session::goal::{Goal, Meaning, Who};
use mixkeel_session::session::Session;

fn only(id: &str) -> Who {
    Who::Tracks(vec![id.to_owned()])
}

fn meaning(say: &str, session: &Session) -> Meaning {
    let goal = Goal { say: Some(say.to_owned()), ..Goal::default() };
    goal.meaning(session).expect("words that are understood")
}

fn wanted(say: &str, session: &Session, desk: &Desk) -> Wanted {
    let meaning = meaning(say, session);
    let rendered = value_of(&meaning, desk, Others::default(), None).ok();
    Wanted { name: say.to_owned(), is_note: false, is_kept: false, meaning, rendered }
}

fn louder_db(db: f64) -> Treatment {
    Treatment { gain: gain_from_db(db), ..Treatment::default() }
}

fn brighter() -> Treatment {
    let mut treatment = Treatment::default();
    treatment.bands.iter_mut().skip(25).for_each(|band| *band = 1.5);
    treatment
}

#[test]
fn a_desk_is_the_same_whatever_was_turned_before() {
    let (song, session) = song(&band());
    let forecast = Forecast::of(&song, &session).expect("a session that plays");
    let desk = Desk::of(&forecast, &session, None);
    let (kick, keys) = (desk.number("kick").expect("a kick"), desk.number("keys").expect("keys"));
    let both = [(kick, louder_db(3.7)), (keys, brighter())];
    let at_once = desk.turned(&both, &[]);
    let other = desk.turned(&[(kick, louder_db(-5.0)), (keys, brighter())], &[]);
    let after_others = other.turned(&both[1..], &[]).turned(&both, &[]);
    for who in [only("kick"), only("keys"), only("hihat")] {
        for on in ["reference", "phone"] {
            assert_eq!(at_once.audibility(&who, None, on), after_others.audibility(&who, None, on));
        }
        assert_eq!(at_once.bands(&who, None), after_others.bands(&who, None));
        assert_eq!(at_once.taken(&who, &only("keys"), None), after_others.taken(&who, &only("keys"), None));
    }
    assert_ne!(at_once.lufs(&only("kick"), None), desk.lufs(&only("kick"), None));
    assert_ne!(
        at_once.audibility(&only("hihat"), None, "reference"),
        desk.audibility(&only("hihat"), None, "reference")
    );
}

#[test]
fn a_fader_on_the_desk_is_told_as_a_fader_of_the_session() {
    let (song, mut session) = song(&band());
    let forecast = Forecast::of(&song, &session).expect("a session that plays");
    let desk = Desk::of(&forecast, &session, None);
    for db in [-7.3, 2.0, 4.1] {
        let turned = desk.turned(&[(1, louder_db(db))], &[]);
        session.tracks[1].fader_db = db;
        let forecast = Forecast::of(&song, &session).expect("a session that plays");
        let played = Desk::of(&forecast, &session, None);
        for who in [only("kick"), only("keys"), only("hihat")] {
            for on in ["reference", "laptop"] {
                let heard = |desk: &Desk| desk.audibility(&who, None, on).expect("something sounds");
                let (told, is) = (heard(&turned), heard(&played));
                assert!((told.alone_phon - is.alone_phon).abs() < 0.05, "{who} on {on}: {told:?} {is:?}");
                assert!((told.within_phon - is.within_phon).abs() < 0.1, "{who} on {on}: {told:?} {is:?}");
            }
        }
    }
}

#[test]
fn a_width_on_the_desk_is_told_as_a_width_of_the_session_and_a_tone_on_all_bands_as_a_level() {
    let (song, mut session) = song(&band());
    let forecast = Forecast::of(&song, &session).expect("a session that plays");
    let desk = Desk::of(&forecast, &session, None);
    let keys = desk.number("keys").expect("keys");
    let wide = Treatment { side: 0.4, ..louder_db(2.0) };
    let turned = desk.turned(&[(keys, wide)], &[]);
    let track = session.tracks.iter_mut().find(|track| track.id == "keys").expect("keys");
    (track.width, track.fader_db) = (0.4, 2.0);
    let forecast = Forecast::of(&song, &session).expect("a session that plays");
    let played = Desk::of(&forecast, &session, None);
    let lufs = |desk: &Desk| desk.lufs(&only("keys"), None).expect("keys sound");
    assert!((lufs(&turned) - lufs(&played)).abs() < 0.01, "{} {}", lufs(&turned), lufs(&played));
    let mut all_bands = Treatment::default();
    all_bands.bands = all_bands.bands.map(|_| gain_from_db(3.5));
    let (tone, level) = (desk.turned(&[(keys, all_bands)], &[]), desk.turned(&[(keys, louder_db(3.5))], &[]));
    assert!((lufs(&tone) - lufs(&level)).abs() < 1e-6, "{} {}", lufs(&tone), lufs(&level));
    let within =
        |desk: &Desk| desk.audibility(&only("keys"), None, "reference").expect("keys sound").within_phon;
    assert!((within(&tone) - within(&level)).abs() < 0.05, "{} {}", within(&tone), within(&level));
}

#[test]
fn any_number_of_threads_finds_the_same() {
    let (song, session) = song(&band());
    let forecast = Forecast::of(&song, &session).expect("a session that plays");
    let desk = Desk::of(&forecast, &session, None);
    let says =
        ["the keys are at least 3 dB louder than the kick", "the kick is audible at most 2 phon on phone"];
    let wanted = says.map(|say| wanted(say, &session, &desk));
    let problem = Problem::new(&desk, &session, &wanted, &[]);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| search(&problem, &[0, 1], &problem.untouched(), &|| false))
    };
    let alone = on(1);
    assert!(alone.iter().any(|amount| *amount != 0.0));
    for threads in [2, 7] {
        assert_eq!(on(threads), alone, "{threads} threads");
    }
}

#[test]
fn whoever_is_out_of_time_is_told_what_was_found() {
    let (song, session) = song(&band());
    let forecast = Forecast::of(&song, &session).expect("a session that plays");
    let desk = Desk::of(&forecast, &session, None);
    let wanted = [wanted("the keys are at least 3 dB louder than the kick", &session, &desk)];
    let problem = Problem::new(&desk, &session, &wanted, &[]);
    assert_eq!(search(&problem, &[0], &problem.untouched(), &|| true), problem.untouched());
}

#[test]
fn a_solution_costs_no_more_than_any_one_fader_that_does_it() {
    let (song, session) = song(&band());
    let forecast = Forecast::of(&song, &session).expect("a session that plays");
    let desk = Desk::of(&forecast, &session, None);
    for say in
        ["the keys are at least 3 dB louder than the kick", "the hihat is brighter than the keys by 6 dB"]
    {
        let wanted = [wanted(say, &session, &desk)];
        let problem = Problem::new(&desk, &session, &wanted, &[]);
        let found = search(&problem, &[0], &problem.untouched(), &|| false);
        assert!(passes(&problem, &[0], &found), "{say}: {found:?}");
        for knob in 0..problem.knobs.len() {
            for tenth in -100..=100 {
                let mut alone: Amounts = problem.untouched();
                alone[knob] = f64::from(tenth) / 10.0;
                let (low, high) = problem.knobs[knob].range;
                if alone[knob] >= low && alone[knob] <= high && passes(&problem, &[0], &alone) {
                    let (ours, other) = (price(&problem, &found), price(&problem, &alone));
                    assert!(ours <= other + 0.15, "{say}: {ours:.2} for {found:?}, {other:.2} for {alone:?}");
                }
            }
        }
    }
}

#[test]
fn nobody_is_silenced_to_be_heard_better() {
    let (song, session) = song(&band());
    let forecast = Forecast::of(&song, &session).expect("a session that plays");
    let desk = Desk::of(&forecast, &session, None);
    let wanted = [wanted("the kick is audible at most 0.1 phon on phone", &session, &desk)];
    let problem = Problem::new(&desk, &session, &wanted, &[]);
    let found = search(&problem, &[0], &problem.untouched(), &|| false);
    assert!(problem.foretold(&found)[0].is_some(), "{found:?}");
}

#[test]
fn what_gains_little_for_its_price_is_met_all_the_same() {
    let (song, session) = song(&band());
    let forecast = Forecast::of(&song, &session).expect("a session that plays");
    let desk = Desk::of(&forecast, &session, None);
    for (one, other) in [("keys", "kick"), ("hihat", "kick"), ("kick", "hihat")] {
        let cover = format!("the {one} is not covered by the {other}");
        let now = wanted(&cover, &session, &desk).rendered.expect("both sound");
        for part in [0.5, 0.7, 0.9] {
            let say = format!("{cover} at most {:.2} percent", part * now);
            let wanted = [wanted(&say, &session, &desk)];
            let problem = Problem::new(&desk, &session, &wanted, &[]);
            let found = search(&problem, &[0], &problem.untouched(), &|| false);
            assert!(passes(&problem, &[0], &found), "{say} of {now:.2}: {found:?}");
        }
    }
}

#[test]
fn headroom_is_settled_in_tenths_by_what_a_render_had_too_little_or_to_spare() {
    let (song, session) = song(&band());
    let forecast = Forecast::of(&song, &session).expect("a session that plays");
    let desk = Desk::of(&forecast, &session, None);
    // A desk knows no peaks; a render had 6 dB.
    let wanted = [Wanted { rendered: Some(6.0), ..wanted("the mix has 9 dB of headroom", &session, &desk) }];
    let problem = Problem::new(&desk, &session, &wanted, &[]);
    let at =
        problem.knobs.iter().position(|knob| knob.what == What::Headroom).expect("it is turned for this");
    let mut amounts = problem.untouched();
    amounts[at] = -3.0;
    let settled = |spare_db: f64| {
        problem.with_headroom_settled(&amounts, spare_db).map(|(settled, by_db)| {
            let others = settled.iter().enumerate().filter(|(knob, _)| *knob != at);
            assert!(others.into_iter().all(|(_, amount)| *amount == 0.0), "nothing else is turned");
            assert!((settled[at] - amounts[at] - by_db).abs() < 1e-9);
            (10.0 * settled[at]).round() / 10.0
        })
    };
    // Given back as far as all of it is there; made up so that none is missing.
    assert_eq!(settled(0.57), Some(-2.5));
    assert_eq!(settled(-0.12), Some(-3.2));
    assert_eq!(settled(0.04), None);
    assert_eq!(settled(9.0), Some(0.0), "nothing comes up over where it stood");
}
