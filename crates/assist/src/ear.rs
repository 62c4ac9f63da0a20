//! How the assistant hears: a trait, so that it need not know who renders and who measures.

use std::sync::Arc;

use mixkeel_judge::evidence::Evidence;
use mixkeel_session::session::Session;

/// Renders a session and measures what came out.
pub trait Ear {
    /// Why it could not.
    type Error;

    /// Plays the whole session as it stands.
    ///
    /// # Errors
    /// When sound cannot be read or rendered.
    fn listen(&mut self, session: &Session) -> Result<Heard, Self::Error>;
}

/// What one render measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    /// The highest sample of the sum in dBFS, with the session's headroom applied. `None` for silence.
    pub sample_peak_dbfs: Option<f64>,
    /// The true peak of the sum in dBTP. `None` for silence.
    pub true_peak_dbtp: Option<f64>,
    /// The gated loudness of the sum in LUFS. `None` for silence.
    pub integrated_lufs: Option<f64>,
    /// Everything that was measured, where the ear was asked to gather it.
    pub evidence: Option<Arc<Evidence>>,
}
