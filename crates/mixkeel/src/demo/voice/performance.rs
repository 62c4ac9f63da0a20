//! What a singer does, moment by moment: which sound, at which pitch, how loud, with how much breath.

use super::super::score::tempo::BEAT_S;
use super::phones::{Manner, Phone, phone};

/// A note to be sung, in seconds.
#[derive(Clone, Debug)]
pub(in crate::demo) struct Sung {
    pub from_s: f64,
    pub to_s: f64,
    pub midi: f64,
    pub phones: &'static str,
    /// How loud the phrase is, in dB.
    pub level_db: f64,
    /// Whether a breath comes before it.
    pub first: bool,
}

/// A moment in which one sound is aimed at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Aim {
    pub from_s: f64,
    pub formants_hz: [f64; 3],
    /// Loudness of the glottis, of breath through the tract, of noise at the lips (factors).
    pub voice: f64,
    pub breath: f64,
    pub noise: f64,
    pub noise_hz: f64,
    pub noise_q: f64,
    pub midi: f64,
    /// When the note began that this sound belongs to: vibrato waits for it.
    pub note_s: f64,
}

/// How long a breath is drawn, in seconds.
const BREATH_S: f64 = 0.24;

/// The sounds of a syllable: what comes before the vowel, the vowel, what comes after. Symbols that are no ARPAbet are
/// left out.
fn syllable(phones: &str) -> (Vec<Phone>, Option<Phone>, Vec<Phone>) {
    let (mut before, mut vowel, mut after) = (Vec::new(), None, Vec::new());
    for sound in phones.split(' ').filter_map(phone) {
        match (sound.manner, &vowel) {
            (Manner::Vowel { .. }, _) => vowel = Some(sound),
            (_, None) => before.push(sound),
            (_, Some(_)) => after.push(sound),
        }
    }
    (before, vowel, after)
}

/// The aims of a whole part, in time.
pub(super) fn perform(notes: &[Sung]) -> Vec<Aim> {
    let mut aims: Vec<Aim> = Vec::new();
    for (index, note) in notes.iter().enumerate() {
        let (before, vowel, after) = syllable(note.phones);
        let gain = mixkeel_dsp::units::gain_from_db(note.level_db);
        let rest = Aim {
            from_s: 0.0,
            formants_hz: vowel.map_or([500.0, 1500.0, 2500.0], |sound| sound.formants_hz),
            voice: 0.0,
            breath: 0.0,
            noise: 0.0,
            noise_hz: 4000.0,
            noise_q: 1.0,
            midi: note.midi,
            note_s: note.from_s,
        };
        let lead_s: f64 = before.iter().map(|sound| sound.length_s).sum();
        let mut at_s = note.from_s - lead_s;
        if note.first {
            let breath = Aim { formants_hz: [620.0, 1350.0, 2500.0], breath: 0.055, ..rest };
            aims.push(Aim { from_s: at_s - BREATH_S - 0.06, ..breath });
            aims.push(Aim { from_s: at_s - 0.06, ..rest });
        }
        for sound in &before {
            consonant(&mut aims, sound, at_s, gain, &rest, true);
            at_s += sound.length_s;
        }
        // The vowel makes room for its own last consonants and for the next syllable's first ones.
        let next_s = notes.get(index + 1).filter(|next| !next.first).map_or(f64::INFINITY, |next| {
            next.from_s - syllable(next.phones).0.iter().map(|sound| sound.length_s).sum::<f64>()
        });
        let tail_s: f64 = after.iter().map(|sound| sound.length_s * 0.9).sum();
        let end_s = note.to_s.min(next_s);
        let vowel_end_s = (end_s - tail_s).max(note.from_s + 0.08);
        if let Some(sound) = vowel {
            sing(&mut aims, &sound, note, vowel_end_s, gain, &rest);
        }
        at_s = vowel_end_s;
        for sound in &after {
            consonant(&mut aims, sound, at_s, gain, &rest, false);
            at_s += sound.length_s * 0.9;
        }
        if next_s > at_s + 0.02 {
            aims.push(Aim { from_s: at_s, ..rest });
        }
    }
    aims
}

/// The vowel: an attack, a swell on long notes, a decay at the end; diphthongs leave late, as singers do.
fn sing(aims: &mut Vec<Aim>, sound: &Phone, note: &Sung, end_s: f64, gain: f64, rest: &Aim) {
    let length_s = end_s - note.from_s;
    let open = Aim { formants_hz: sound.formants_hz, breath: 0.02 * gain + 0.004, ..*rest };
    aims.push(Aim { from_s: note.from_s, voice: 0.9 * gain, ..open });
    if length_s > 0.5 * BEAT_S {
        aims.push(Aim { from_s: note.from_s + 0.3 * length_s, voice: gain, ..open });
    }
    let mut last = open;
    if let Manner::Vowel { to: Some(formants_hz) } = sound.manner {
        last = Aim { formants_hz, ..open };
        aims.push(Aim { from_s: note.from_s + 0.6 * length_s, voice: 0.95 * gain, ..last });
    }
    aims.push(Aim { from_s: note.from_s + 0.85 * length_s, voice: 0.75 * gain, ..last });
}

fn consonant(aims: &mut Vec<Aim>, sound: &Phone, from_s: f64, gain: f64, rest: &Aim, before: bool) {
    // Consonants follow the loudness of a phrase only by half: soft words are still spoken.
    let speech = gain.sqrt();
    let base = Aim { from_s, formants_hz: sound.formants_hz, ..*rest };
    match sound.manner {
        Manner::Vowel { .. } => {}
        Manner::Sonorant => aims.push(Aim { voice: 0.5 * gain, ..base }),
        Manner::Breath => {
            let formants_hz = rest.formants_hz;
            aims.push(Aim { formants_hz, breath: 0.16 * speech, voice: 0.03 * gain, ..base });
        }
        Manner::Fricative { freq_hz, q, level, voiced } => aims.push(Aim {
            noise: level * speech,
            noise_hz: freq_hz,
            noise_q: q,
            voice: voiced * gain,
            ..base
        }),
        Manner::Stop { freq_hz, level, voiced } => {
            let closed = sound.length_s * 0.55;
            aims.push(Aim { voice: if voiced { 0.12 * gain } else { 0.0 }, ..base });
            // At the end of a word the burst is small.
            let size = if before { 1.0 } else { 0.45 };
            aims.push(Aim {
                from_s: from_s + closed,
                noise: level * speech * size,
                noise_hz: freq_hz,
                noise_q: 0.9,
                breath: if voiced { 0.0 } else { 0.06 * speech },
                ..base
            });
        }
    }
}
