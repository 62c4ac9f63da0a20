//! How long the notes of a song last.

crate::choices! {
    /// The note of the song's tempo that lies between echoes.
    pub enum Note {
        /// No note: the time is set in milliseconds.
        None = "none",
        /// A half note.
        Half = "1/2",
        /// A dotted quarter: three eighths.
        DottedQuarter = "1/4 dotted",
        /// A quarter note: one beat.
        Quarter = "1/4",
        /// A quarter triplet: three to a half note.
        QuarterTriplet = "1/4 triplet",
        /// A dotted eighth: three sixteenths.
        DottedEighth = "1/8 dotted",
        /// An eighth note.
        Eighth = "1/8",
        /// An eighth triplet: three to a beat.
        EighthTriplet = "1/8 triplet",
        /// A dotted sixteenth.
        DottedSixteenth = "1/16 dotted",
        /// A sixteenth note.
        Sixteenth = "1/16",
        /// A sixteenth triplet: six to a beat.
        SixteenthTriplet = "1/16 triplet",
    }
}

impl Note {
    /// How many beats (quarter notes) it lasts; nothing for no note.
    pub fn beats(self) -> Option<f64> {
        Some(match self {
            Note::None => return None,
            Note::Half => 2.0,
            Note::DottedQuarter => 1.5,
            Note::Quarter => 1.0,
            Note::QuarterTriplet => 2.0 / 3.0,
            Note::DottedEighth => 0.75,
            Note::Eighth => 0.5,
            Note::EighthTriplet => 1.0 / 3.0,
            Note::DottedSixteenth => 0.375,
            Note::Sixteenth => 0.25,
            Note::SixteenthTriplet => 1.0 / 6.0,
        })
    }

    /// How long it lasts in milliseconds, halved until it is not longer than `longest_ms`, so that it stays in time.
    /// Tempos under 1 count as 1.
    pub fn time_ms(self, tempo_bpm: f64, longest_ms: f64) -> Option<f64> {
        let tempo_bpm = if tempo_bpm > 1.0 { tempo_bpm } else { 1.0 };
        let mut time_ms = 60_000.0 * self.beats()? / tempo_bpm;
        while time_ms > longest_ms.max(1.0) {
            time_ms *= 0.5;
        }
        Some(time_ms)
    }
}
