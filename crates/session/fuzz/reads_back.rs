//! What holds for every text whatever: reading it does not panic, problems lie inside it, and what is read without an
//! error is written and read back as the same session and the same text.

use mixkeel_session::document::Document;
use mixkeel_session::problem::render_problems;
use mixkeel_session::read::read;
use mixkeel_session::write::write;

pub fn reads_back(text: &str) {
    let reading = read(text);
    for problem in &reading.problems {
        assert!(text.get(problem.span.clone()).is_some() && problem.line > 0 && problem.column > 0);
    }
    assert_eq!(
        render_problems("session.toml", text, &reading.problems).is_empty(),
        reading.problems.is_empty()
    );
    let Some(session) = reading.session else {
        assert!(Document::open(text).is_err());
        return;
    };
    let written = write(&session);
    let again = read(&written).session;
    assert_eq!(again.as_ref(), Some(&session));
    assert_eq!(again.map(|session| write(&session)), Some(written));
}
