//! What the music asks: each question is asked where there is cause, and not where there is none.

use mixkeel_analysis::energy::Part as Placed;
use mixkeel_analysis::masking::in_song;
use mixkeel_analysis::meter::Meter;
use mixkeel_analysis::music::form::{BarContour, Form, Likeness};
use mixkeel_analysis::music::rhythm::{Metre, Onset, Rhythm};
use mixkeel_analysis::playback::REFERENCE;
use mixkeel_analysis::profile::{Profile, ProfileMeter};
use mixkeel_dsp::block::{Channels, Signal};
use mixkeel_judge::song::{Heard, Part, Question, Span, questions};

/// A bar of two seconds: its loudness, which tracks play in it, how dense it is, and what music it is.
#[derive(Clone)]
struct Bar {
    lufs: f64,
    plays: [f64; 2],
    onsets_per_s: f64,
    music: char,
}

const PLAIN: Bar = Bar { lufs: -14.0, plays: [1.0, 1.0], onsets_per_s: 4.0, music: 'a' };

fn form(bars: &[Bar]) -> Form {
    let table = |alike: &dyn Fn(&Bar, &Bar) -> f64| -> Vec<Vec<f64>> {
        bars.iter().map(|one| bars.iter().map(|other| alike(one, other)).collect()).collect()
    };
    let in_sound =
        table(&|one, other| if one.plays == other.plays && one.lufs == other.lufs { 1.0 } else { 0.4 });
    let in_notes = table(&|one, other| if one.music == other.music { 1.0 } else { 0.2 });
    let contour = |bar: &Bar| BarContour {
        power: libm::exp10((bar.lufs + 0.691) / 10.0),
        mid_power: 1.0,
        side_power: 0.1,
        plays: bar.plays.to_vec(),
        voices: bar.plays.iter().sum(),
        onsets_per_s: bar.onsets_per_s,
        lead: None,
    };
    Form {
        bars_s: (0..=bars.len()).map(|n| n as f64 * 2.0).collect(),
        on_bars: true,
        sections: Vec::new(),
        bars: bars.iter().map(contour).collect(),
        likeness: Likeness::from_tables(&in_sound, &in_notes),
    }
}

fn asked(bars: &[Bar], sections: &[Span], tracks: &[Part]) -> Vec<Question> {
    let rhythm = Rhythm { metre: vec![(0.0, Metre { count: 4, unit: 4 })], ..Rhythm::default() };
    let form = form(bars);
    questions(&Heard { rhythm: &rhythm, form: &form, sections, tracks, masking: None })
}

fn ids(asked: &[Question]) -> Vec<&str> {
    asked.iter().map(|question| question.id.as_str()).collect()
}

fn span(kind: &str, from_bar: usize, to_bar: usize) -> Span {
    Span { label: kind.to_owned(), kind: kind.to_owned(), from_bar, to_bar }
}

/// A song as people write them: verses and choruses that differ, and a bar before each border that leads over.
fn lively() -> (Vec<Bar>, Vec<Span>) {
    let mut bars = Vec::new();
    let mut sections = Vec::new();
    let letters: Vec<char> = ('a'..='z').collect();
    for (n, kind) in ["verse", "chorus", "verse", "chorus", "bridge", "chorus"].iter().enumerate() {
        sections.push(span(kind, n * 8, n * 8 + 8));
        for bar in 0..8 {
            let full = *kind == "chorus";
            bars.push(Bar {
                lufs: if full { -11.0 } else { -15.0 },
                plays: [1.0, if full { 1.0 } else { 0.3 }],
                onsets_per_s: match bar {
                    7 => 6.0,
                    _ if full => 5.0,
                    _ => 3.0,
                },
                music: letters[(n % 2) * 8 + bar],
            });
        }
    }
    (bars, sections)
}

#[test]
fn a_song_in_which_nothing_is_wrong_is_asked_nothing() {
    let (bars, sections) = lively();
    assert_eq!(ids(&asked(&bars, &sections, &[])), Vec::<&str>::new());
    assert!(asked(&[], &[], &[]).is_empty());
}

#[test]
fn a_loop_that_never_changes_is_asked_about_with_its_bars() {
    let found = asked(&vec![PLAIN; 40], &[span("part-a", 0, 40)], &[]);
    assert_eq!(ids(&found), ["song/unchanged-loop"]);
    assert_eq!(found[0].bars, [[1, 40]]);
    assert!(found[0].ask.contains("40 times") && found[0].ask.contains('?'), "{}", found[0].ask);
    // The same music with a track that comes and goes is alive, and so is less of it.
    let mut moving = vec![PLAIN; 40];
    (0..40).filter(|bar| bar % 7 > 3).for_each(|bar| moving[bar].plays = [1.0, 0.0]);
    assert!(ids(&asked(&moving, &[], &[])).is_empty());
    assert!(ids(&asked(&vec![PLAIN; 12], &[], &[])).is_empty());
    // Silence that goes on is no loop.
    assert!(ids(&asked(&vec![Bar { lufs: -90.0, ..PLAIN }; 40], &[], &[])).is_empty());
}

#[test]
fn a_contour_without_a_summit_is_asked_about() {
    let (mut bars, sections) = lively();
    for (n, bar) in bars.iter_mut().enumerate() {
        bar.lufs = -14.0 - 0.1 * (n % 3) as f64;
        bar.plays = [1.0, 1.0];
        bar.onsets_per_s = 4.0 + (n % 8) as f64;
    }
    let found = asked(&bars, &sections, &[]);
    let flat = found.iter().find(|one| one.id == "song/flat-contour").expect("it is asked");
    assert_eq!(flat.bars, [[1, 48]]);
    assert!(flat.evidence.iter().any(|one| one.unit == "LU" && one.value < 1.5), "{flat:?}");
}

#[test]
fn a_border_that_nothing_marks_is_asked_about_and_a_fill_answers() {
    let bar = |n: usize| Bar { music: if n < 8 { 'a' } else { 'b' }, ..PLAIN };
    let mut bars: Vec<Bar> = (0..15).map(bar).collect();
    let sections = [span("verse", 0, 8), span("chorus", 8, 15)];
    let found = asked(&bars, &sections, &[]);
    assert_eq!(ids(&found), ["song/unmarked-transition"]);
    assert!(found[0].ask.contains("bar 9") && found[0].bars == [[7, 10]], "{found:?}");
    bars[7].plays = [1.0, 0.2];
    assert!(ids(&asked(&bars, &sections, &[])).is_empty(), "a track that drops out marks it");
}

#[test]
fn a_machine_that_plays_every_stroke_alike_is_asked_about_and_a_drummer_is_not() {
    let hats = |spread: f64| Part {
        name: "Hats".to_owned(),
        onsets: (0..96)
            .map(|n| Onset { at_s: f64::from(n) * 0.25, strength: 1.0 + spread * f64::from(n % 5 - 2) })
            .collect(),
    };
    let voice = Part { name: "Voice".to_owned(), onsets: Vec::new() };
    let (bars, sections) = lively();
    let found = asked(&bars, &sections, &[hats(0.0), voice.clone()]);
    assert_eq!(ids(&found), ["song/even-accents"]);
    assert_eq!(
        (found[0].tracks.as_slice(), found[0].bars.as_slice()),
        (&["Hats".to_owned()][..], &[[1, 12]][..])
    );
    assert!(ids(&asked(&bars, &sections, &[hats(0.1), voice])).is_empty());
}

#[test]
fn one_density_from_end_to_end_is_asked_about() {
    let letters: Vec<char> = ('a'..='z').collect();
    let bars: Vec<Bar> =
        (0..60).map(|n| Bar { music: letters[n % 26], lufs: -14.0 - (n / 8 % 4) as f64, ..PLAIN }).collect();
    assert_eq!(ids(&asked(&bars, &[], &[])), ["song/one-density"]);
    let breathing: Vec<Bar> = bars
        .iter()
        .enumerate()
        .map(|(n, bar)| Bar { onsets_per_s: if n % 16 > 11 { 1.0 } else { 4.0 }, ..bar.clone() })
        .collect();
    assert!(ids(&asked(&breathing, &[], &[])).is_empty());
}

/// Twelve seconds of noise.
fn noise(gain: f32, mut seed: u32) -> Profile {
    let wave: Vec<f32> = (0..12 * 16_000)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            gain * ((seed >> 8) as f32 / (1_u32 << 23) as f32 - 1.0)
        })
        .collect();
    let mut meter = ProfileMeter::new(16_000, Channels::Mono);
    meter.push(&Signal::mono(&wave));
    meter.finish()
}

#[test]
fn a_track_that_nobody_can_hear_is_asked_about_and_one_that_is_heard_is_not() {
    let part = |name: &str| Part { name: name.to_owned(), onsets: Vec::new() };
    let tracks = [part("Wall"), part("Shaker")];
    let (bars, sections) = lively();
    let form = form(&bars);
    let rhythm = Rhythm { metre: vec![(0.0, Metre { count: 4, unit: 4 })], ..Rhythm::default() };
    let asked = |gain: f32| {
        let profiles = [noise(0.3, 1), noise(gain, 2)];
        let parts = profiles.each_ref().map(|profile| Placed {
            map: &profile.energy,
            left_gain: 1.0,
            right_gain: 1.0,
            from_cell: 0,
        });
        let masking = in_song(&parts, &[], &REFERENCE);
        let heard = Heard {
            rhythm: &rhythm,
            form: &form,
            sections: &sections,
            tracks: &tracks,
            masking: Some(&masking),
        };
        questions(&heard)
    };
    let covered = asked(0.003);
    assert_eq!(ids(&covered), ["song/covered-track"]);
    assert_eq!(covered[0].tracks, ["Shaker"]);
    assert!(ids(&asked(0.3)).is_empty());
}
