//! The words by which people call their tracks, and what each says.

use mixkeel_session::role::Role;

/// What a word says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It is this.
    Is(Role),
    /// It is this if nothing else is said.
    Perhaps(Role),
    /// It says more about what another word names.
    Says(Hint),
    /// A word of the trade that says nothing about the role: a microphone, a place, a take.
    Nothing,
}

/// What a word adds to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // each variant is the word itself
pub enum Hint {
    Lead,
    Backing,
    Double,
    Guide,
    /// A guide or, with a percussion instrument, a sound.
    Scratch,
    Acoustic,
    Electric,
    Synth,
    Mix,
    Fx,
}

use Hint::{Acoustic, Backing, Double, Electric, Fx, Guide, Lead, Mix, Scratch, Synth};
use Meaning::{Is, Nothing, Perhaps, Says};

/// Words and phrases, without marks, in lower case, separated by spaces. English first, then German, French, Spanish,
/// Italian, Portuguese, Dutch, Swedish, Polish, and habits of workstations. The longest phrase wins.
pub static WORDS: &[(Meaning, &str)] = &[
    // Drums.
    (
        Is(Role::Kick),
        "kick, kicks, kik, kck, kd, bd, bass drum, bassdrum, sub kick, kick sub, subkick, grosse caisse, gc, \
        cassa, gran cassa, grancassa, bombo, bumbo, stopa, basstrommel, grosse trommel, bastrumma, baskagge, grote trom, \
        kickdrum, kick drum",
    ),
    (
        Is(Role::Snare),
        "snare, snares, snr, sn, sd, snaredrum, snare drum, rim, rims, rimshot, side stick, sidestick, \
        cross stick, crossstick, caisse claire, cc, rullante, redoblante, tarola, caixa, kleine trommel, werbel, virvel, \
        virveltrumma, kleine trom",
    ),
    (
        Is(Role::Toms),
        "tom, toms, tomtom, rack, floor, ft, rt, floortom, racktom, standtom, hangetom, tom tom, tt, timbalo",
    ),
    (
        Is(Role::Hihat),
        "hihat, hihats, hh, hat, hats, hi hat, hi hats, high hat, highhat, charley, charleston, \
        charlie, contratempo, chimbal, hhc, hho",
    ),
    (Is(Role::Overheads), "oh, ohs, overhead, overheads, over head, over heads, ovh, ovhd, ovhds, ovhs"),
    (Is(Role::Room), "room, rooms, rm, amb, ambs, ambience, ambient mic, ambi, raum, sala, salle"),
    (
        Is(Role::Cymbals),
        "cymbal, cymbals, cym, cyms, cymb, crash, crashes, ride, rides, china, splash, becken, cymbale, \
        cymbales, platillo, platillos, plato, platos, prato, pratos, piatto, piatti, bekken, bekkens, talerze, cymbaler",
    ),
    (
        Is(Role::Percussion),
        "perc, percs, percussion, percusion, percussao, percussioni, perkussion, schlagwerk, shaker, shakers, shk, \
        tamb, tambo, tambourine, tamburin, tambourin, pandereta, conga, congas, bongo, bongos, clap, claps, handclap, \
        handclaps, palmas, klatschen, snap, snaps, fingersnap, cowbell, cow bell, kuhglocke, cencerro, triangle, triangel, guiro, cabasa, \
        maraca, maracas, woodblock, wood block, timbale, timbales, timpani, timp, djembe, cajon, tabla, tablas, agogo, clave, claves, \
        surdo, pandeiro, castanets, vibraslap, windchimes, wind chimes, bodhran, darbuka, doumbek, stomp, stomps, bell tree",
    ),
    (
        Is(Role::Drums),
        "drums, drum, drumkit, drm, drms, dr, drs, drum kit, kit, kits, schlagzeug, batterie, bateria, batteria, \
        perkusja, trummor, trommels, drumstel, slagverk, break, breaks, breakbeat, breakbeats, tambores, tamburi",
    ),
    (Perhaps(Role::Percussion), "fill, fills"),
    (Perhaps(Role::BackingTrack), "beat"),
    (Perhaps(Role::Loop), "loop, loops"),
    // Bass.
    (
        Is(Role::Bass),
        "bass, bs, sub, subbass, basse, bajo, basso, baixo, bas, e bass, ebass, kontrabass, contrabass, contrabajo, \
        contrebasse, contrabbasso, upright, reese, bassline, elbas, basgitara, basgitarr, basgitaar",
    ),
    // Strings that are plucked.
    (
        Is(Role::ElectricGuitar),
        "egtr, eg, elgtr, egit, egitarre, e gitarre, strat, stratocaster, tele, telecaster, les paul, lespaul, \
        pedal steel, lap steel, elgitarr, powerchords",
    ),
    (
        Is(Role::AcousticGuitar),
        "agtr, a gtr, a guitar, ag, acgtr, acgt, agit, akgit, akustikgitarre, nylon, ukulele, uke, mandolin, mandoline, \
        banjo, dobro, violao, westerngitarre, konzertgitarre, bouzouki, 12 string",
    ),
    (
        Perhaps(Role::ElectricGuitar),
        "gtr, gtrs, gt, gtar, guit, guits, guitar, guitars, git, gits, gitarre, gitarren, guitarra, guitarras, chitarra, \
        chitarre, guitare, guitares, gitaar, gitaren, gitarr, gitarrer, gitara, gitary",
    ),
    (Perhaps(Role::AcousticGuitar), "acoustic, akustik, acustica, acoustique"),
    // Keys.
    (
        Is(Role::Piano),
        "piano, pianos, pno, pian, klavier, flugel, grand, upright piano, pianoforte, fortepian, rhodes, wurli, wurly, wurlitzer, \
        ep, e piano, epiano, el piano, electric piano, fender rhodes",
    ),
    (
        Is(Role::Organ),
        "organ, organs, org, orgel, orgue, organo, orgao, organy, b 3, hammond, leslie, farfisa, vox continental",
    ),
    (
        Is(Role::Keys),
        "keys, key, keyboard, keyboards, keyb, kbd, keybs, tasten, clavier, claviers, teclado, teclados, tastiera, tastiere, toetsen, \
        clav, clavinet, clavi, harpsichord, cembalo, celesta, celeste, mellotron, accordion, akkordeon, vibraphone, vibes, marimba, xylophone, \
        glockenspiel, glock, kalimba, tubular bells, dx 7, juno, prophet",
    ),
    (Is(Role::Pad), "pad, pads, atmo pad, synthpad, synpad, nappe, nappes, flachen, flache, tappeto"),
    (Is(Role::Pluck), "pluck, plucks, plk, arp, arps, arpeggio, arpeggiator"),
    (Is(Role::LeadSynth), "leadsynth, synthlead"),
    // Orchestra.
    (
        Is(Role::Strings),
        "strings, string, strgs, strs, vln, vlns, vn, violin, violins, vla, vlas, viola, violas, vc, vcl, vlc, cello, cellos, celli, \
        violoncello, streicher, geige, geigen, cordes, violon, violons, cuerdas, cordas, archi, strijkers, strakar, smyczki, \
        skrzypce, fiddle, harp, harfe, quartet, violino, violini",
    ),
    (
        Is(Role::Brass),
        "brass, horn, horns, hrn, french horn, tpt, trp, trpt, trumpet, trumpets, tbn, trb, trombone, trombones, tuba, flugelhorn, \
        trompete, trompeten, posaune, posaunen, blaser, blech, cuivres, trompette, trompeta, trompetas, metales, tromba, trombe, ottoni, metais, koper, \
        trabka, blas, bass trombone, cornet",
    ),
    (
        Is(Role::Woodwind),
        "sax, saxes, saxo, saxophone, saxophon, saksofon, flute, flutes, flt, flote, floete, querflote, flauta, flauto, fluit, flet, clarinet, \
        clar, klarinette, clarinette, clarinete, clarinetto, oboe, hautbois, bassoon, fagott, fagot, piccolo, recorder, blockflote, whistle, harmonica, \
        mundharmonika, woodwind, woodwinds, winds, bass clarinet, bass flute, bagpipe, bagpipes",
    ),
    // Voices.
    (
        Is(Role::LeadVocal),
        "vox, vocal, vocals, voc, vocs, vx, vcl lead, voice, voices, lv, lvox, leadvox, ldv, ldvx, ldvox, stimme, stimmen, gesang, leadgesang, \
        voix, chant, voz, voces, vozes, voce, voci, cantante, sang, zang, stem zang, wokal, wokale, spiew, sangstimme, sologesang, acapella, acappella, \
        a cappella, singer, rap, vo",
    ),
    (
        Is(Role::BackingVocal),
        "bgv, bgvs, bgvox, bgvoc, bv, bvs, bvox, b vox, b voc, b vocals, bvoc, bvx, bgvx, backings, backing vox, bkv, bkvox, bkgv, bkgvox, hgv, chore, choeurs, coros, \
        coristas, backingvocal, backingvocals, hintergrundgesang, zweitstimme, chorstimme, chorki, koor, bass vocal, bass vox, oohs, ooh, aahs, aah, ooos",
    ),
    (Is(Role::VocalDouble), "voxdbl, vdbl, vocdbl"),
    (Is(Role::Choir), "choir, choirs, chor, coro, choeur, kor, chorus vox, gospel choir, chorale"),
    (Is(Role::AdLib), "adlib, adlibs, ad lib, ad libs, ad libitum, adlibitum"),
    // What is not played.
    (
        Is(Role::Fx),
        "fx, sfx, efx, riser, risers, rise, sweep, sweeps, impact, impacts, downlifter, uplifter, downer, whoosh, swoosh, noise, white noise, \
        effect, effects, effekt, effekte, effet, effets, efecto, efectos, effetti, effetto, efeito, efeitos, transition, swell, swells, build, buildup, \
        build up, glitch, foley, sub drop, subdrop, reverse cymbal, rev cymbal, rev cym, explosion, siren, atmos, atmosphere, soundscape, vinyl noise",
    ),
    (Says(Fx), "verb, reverb, rvb, hall verb, delay, dly, plate"),
    (
        Is(Role::Click),
        "click, clicks, clk, klick, clic, clicktrack, metronome, metronom, metronomo, metro, count, count in, countin, count off, cue, cues, \
        cuenta, einzahler, smpte, ltc, timecode",
    ),
    (
        Is(Role::BackingTrack),
        "playback, playbacks, backing track, backingtrack, instrumental, instr, karaoke, minus one, minusone, halbplayback, pista, tv track, beat track, \
        2 track beat, backtrack",
    ),
    (
        Is(Role::Mix),
        "master, mastered, mastering, premaster, rough, roughmix, rough mix, bounce, bounces, mixdown, 2 mix, two mix, 2 trk, 2 track, two track, 2 bus, \
        stereo mix, full mix, fullmix, stereo out, main out, mix bus, mixbus, stereo master, reference mix, ref mix, print mix, mix print, final mix",
    ),
    (Says(Mix), "mix, mixed, mezcla, mixage, abmischung"),
    // What only says more.
    (Says(Lead), "lead, ld, ldd, main, solo, principal, haupt, principale, led"),
    (
        Says(Backing),
        "bg, bgd, backing, back, background, bk, bkg, bck, harm, harms, harmony, harmonies, harmonie, harmonia, armonia, gang, crowd, group, stack, stacks, \
        hintergrund, high harm, low harm, thirds, zweite, second, unison",
    ),
    (
        Says(Double),
        "dbl, dbls, dub, dubs, dubl, double, doubles, doubled, doubler, dopp, doppel, dopplung, doublure, doble, doppia, dobra, dt, doubletrack",
    ),
    (Says(Guide), "guide, guides, pilot, pilotspur, temoin, guia, guida, demo, leitspur"),
    (Says(Scratch), "scratch"),
    (Says(Acoustic), "ac, aco, acou, acous, akust, acust, steelstring, steel string, classical, western"),
    (
        Says(Electric),
        "e, el, elec, elect, electric, elektrisch, elektro, electrica, elettrica, electrique, eletrica, dist, distorted, crunch, overdrive",
    ),
    (
        Says(Synth),
        "synth, syn, synths, syns, synthesizer, synthesiser, synthe, sint, sintetizador, sintetizzatore, synt",
    ),
    (
        Nothing,
        "in, out, inside, outside, top, btm, bot, bottom, up, under, di, amp, cab, mic, mics, l, r, left, right, mono, stereo, st, hi, high, mid, low, close, \
        far, wet, dry, comp, eq, take, tk, verse, chorus, bridge, intro, outro, alt, echo, rhythm, rhy, rtm, clean, clap mic, di box, track, trk, audio, part, \
        edit, final, new, old, bus, grp, tape, closed, open, pedal, hand, slap, finger, pick, picked, strum, strummed",
    ),
];

/// The meaning of a phrase.
pub fn meaning(phrase: &str) -> Option<Meaning> {
    WORDS
        .iter()
        .find(|(_, phrases)| phrases.split(',').any(|known| known.trim() == phrase))
        .map(|(meaning, _)| *meaning)
}

/// The most words in one phrase.
pub const LONGEST_PHRASE: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_has_two_meanings_and_all_are_written_as_names_are_cut() {
        let mut seen: Vec<(&str, Meaning)> = Vec::new();
        for (meaning, phrases) in WORDS {
            for phrase in phrases.split(',').map(str::trim) {
                assert_eq!(super::super::split::words(phrase).join(" "), phrase);
                assert!(phrase.split(' ').count() <= LONGEST_PHRASE, "{phrase}");
                let earlier = seen.iter().find(|(known, _)| *known == phrase);
                assert_eq!(earlier, None, "{phrase} stands twice");
                seen.push((phrase, *meaning));
            }
        }
        assert!(seen.len() > 500);
    }
}
