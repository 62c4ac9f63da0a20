"""Scores what `hearing_table` heard beside librosa and libsonare, which hear the same mixes in this run.

    cargo run --release -p mixkeel --example hearing_table -- OUT
    pip install librosa libsonare mir_eval soundfile
    python crates/mixkeel/examples/hearing_peers.py OUT

Measures are those of mir_eval and MIREX: tempo within 4 % (accuracy 1) and within 4 % of a half, third, double or treble too
(accuracy 2), F of beats within 70 ms without the first 5 s, the weighted score of keys, the part of the time in which root and
third of a chord are right, F of the borders of sections within 0.5 and 3 s. Our "tracks" column hears the tracks; what is to be
compared is our "mix" column.

librosa has no key finder, no chord finder and no border finder of one call. As is usual with it: the tuning is estimated, the
key is the best correlation of the mean of chroma_cqt with the profiles of Krumhansl and Kessler, chords are the best of 24
triads for the median chroma_cqt between the beats of its own beat tracker, borders come from agglomerative clustering of beat-synchronous
chroma and MFCC, given as many sections as there are (which helps it: nobody tells us). libsonare is asked with its
tuning set to be measured, and with its best of three ways for chords: as it comes, with its hidden Markov model, and with key
context.
"""

import json
import statistics
import sys
import warnings
from pathlib import Path

import librosa
import libsonare
import mir_eval
import numpy as np

warnings.filterwarnings("ignore")

RATE = 22_050
NAMES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
# Krumhansl and Kessler, "Tracing the dynamic changes in perceived tonal organization", Psychological Review 89, 1982.
MAJOR = [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88]
MINOR = [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17]


def pitch_class(name):
    return (NAMES[name[0]] + name.count("#") - name.count("b")) % 12


def root_and_third(label):
    """The root, 0 for C, and whether the third is minor; None for no chord."""
    if ":" not in label:
        return None
    name, quality = label.split(":", 1)
    return pitch_class(name), quality.startswith(("min", "dim"))


def of_ours(report):
    key = report["key"]
    return {
        "tempo_bpm": report["tempo_bpm"] or 0.0,
        "beats_s": report["beats_s"],
        "key": [pitch_class(key["tonic"]), key["mode"]] if key else None,
        "chords": [[[c["from_s"], c["to_s"], root_and_third(c["label"])] for c in report["chords"]]],
        "borders_s": [section["from_s"] for section in report["sections"][1:]],
    }


def of_librosa(wave, count):
    tempo, beats = librosa.beat.beat_track(y=wave, sr=RATE)
    tuning = librosa.estimate_tuning(y=wave, sr=RATE)
    chroma = librosa.feature.chroma_cqt(y=wave, sr=RATE, tuning=tuning)
    mean = chroma.mean(axis=1)
    fits = [
        (np.corrcoef(mean, np.roll(profile, tonic))[0, 1], tonic, mode)
        for mode, profile in (("major", MAJOR), ("minor", MINOR))
        for tonic in range(12)
    ]
    _, tonic, mode = max(fits)
    edges = np.concatenate([[0.0], librosa.frames_to_time(beats, sr=RATE), [len(wave) / RATE]])
    synced = librosa.util.sync(chroma, beats, aggregate=np.median)
    templates = np.array(
        [[1.0 if (n - root) % 12 in notes else 0.0 for n in range(12)] for notes in ((0, 4, 7), (0, 3, 7)) for root in range(12)]
    )
    chords = []
    for n, column in enumerate(synced.T[: len(edges) - 1]):
        best = int(np.argmax(templates @ column))
        chords.append([edges[n], edges[n + 1], [best % 12, best >= 12] if column.max() > 0 else None])
    borders = []
    if count > 1:
        mfcc = librosa.util.sync(librosa.feature.mfcc(y=wave, sr=RATE), beats)
        both = np.vstack([librosa.util.normalize(synced, axis=1), librosa.util.normalize(mfcc, axis=1)])
        found = librosa.segment.agglomerative(both, min(count, both.shape[1]))
        borders = [float(edges[n]) for n in found if n > 0]
    return {
        "tempo_bpm": float(np.atleast_1d(tempo)[0]),
        "beats_s": [float(at) for at in edges[1:-1]],
        "key": [tonic, mode],
        "chords": [chords],
        "borders_s": borders,
    }


def of_libsonare(wave):
    wave = np.ascontiguousarray(wave, dtype=np.float32)
    key = libsonare.detect_key(wave, RATE, tuning="auto")
    minor = lambda quality: str(quality).lower().split(".")[-1].startswith(("min", "dim", "halfdim", "half_dim"))
    unknown = lambda quality: "unknown" in str(quality).lower()
    ways = []
    for asked in ({}, {"use_hmm": True}, {"use_hmm": True, "use_key_context": True, "key_root": key.root, "key_mode": key.mode}):
        found = libsonare.detect_chords(wave, RATE, tuning="auto", **asked).chords
        ways.append([[c.start, c.end, None if unknown(c.quality) else [int(c.root) % 12, minor(c.quality)]] for c in found])
    sections = libsonare.analyze_sections(wave, RATE).sections
    return {
        "tempo_bpm": float(libsonare.detect_bpm(wave, RATE)),
        "beats_s": [float(at) for at in libsonare.detect_beats(wave, RATE)],
        "key": [int(key.root) % 12, "minor" if "MIN" in str(key.mode).upper() else "major"],
        "chords": ways,
        "borders_s": [float(section.start) for section in sections][1:],
    }


def key_score(truth, heard):
    """The weighted score of MIREX."""
    tonic, mode = pitch_class(truth[0]), truth[1]
    if heard is None:
        return 0.0
    above = (heard[0] - tonic) % 12
    if heard[1] == mode:
        return {0: 1.0, 5: 0.5, 7: 0.5}.get(above, 0.0)
    if above == (9 if mode == "major" else 3):
        return 0.3
    return 0.2 if above == 0 else 0.0


def overlap(heard, truth):
    """The part of the time in which root and third are right."""
    right = 0.0
    for at, to, label in truth:
        wanted = root_and_third(label)
        for since, until, chord in heard:
            if chord is not None and tuple(chord) == wanted:
                right += max(0.0, min(to, until) - max(at, since))
    return right / sum(to - at for at, to, _ in truth)


def borders_f(truth, heard, end_s, window):
    whole = lambda borders: np.array([[a, b] for a, b in zip([0.0] + borders, borders + [end_s]) if b > a])
    inner = [at for at in heard if 0.0 < at < end_s]
    return mir_eval.segment.detection(whole(truth), whole(inner), window=window, trim=True)[2]


def scores(truth, heard):
    near = lambda times: abs(heard["tempo_bpm"] / (truth["tempo_bpm"] * times) - 1) <= 0.04
    row = {
        "tempo, accuracy 1": float(near(1)),
        "tempo, accuracy 2": float(any(near(times) for times in (1, 1 / 2, 1 / 3, 2, 3))),
        "beats, F": mir_eval.beat.f_measure(
            mir_eval.beat.trim_beats(np.array(truth["beats_s"])), mir_eval.beat.trim_beats(np.array(sorted(heard["beats_s"])))
        ),
    }
    if truth["key"]:
        row["key"] = key_score(truth["key"], heard["key"])
    if truth["chords"]:
        row["chords"] = max(overlap(chords, truth["chords"]) for chords in heard["chords"])
    if truth["sections"]:
        borders, end_s = [section[0] for section in truth["sections"][1:]], truth["sections"][-1][1]
        row["borders, F at 0.5 s"] = borders_f(borders, heard["borders_s"], end_s, 0.5)
        row["borders, F at 3 s"] = borders_f(borders, heard["borders_s"], end_s, 3.0)
    return row


def of_peers(kept, mix, sections):
    """What the others hear in a mix, from what was kept of it or anew."""
    name = f"{mix} {Path(mix).stat().st_size} {sections} {librosa.__version__} {libsonare.version()}"
    if name not in kept:
        wave, _ = librosa.load(mix, sr=RATE, mono=True)
        kept[name] = [of_librosa(wave, sections), of_libsonare(wave)]
    return kept[name]


def plain(value):
    """Numbers of numpy as JSON has them."""
    return value.item()


def main():
    out = Path(sys.argv[1])
    whole = json.loads((out / "heard.json").read_text())
    peers = out / "peers.json"
    kept = json.loads(peers.read_text()) if peers.is_file() else {}
    who = ["mixkeel, tracks", "mixkeel, mix", "librosa", "libsonare"]
    groups = {}
    for item in whole["pieces"]:
        piece = item["piece"]
        others = of_peers(kept, piece["mix"], len(piece["truth"]["sections"]))
        peers.write_text(json.dumps(kept, default=plain))
        answers = [of_ours(item["tracks"]), of_ours(item["mix"]), *others]
        for group in (piece["group"], "everything"):
            for column, answer in enumerate(answers):
                for measure, score in scores(piece["truth"], answer).items():
                    groups.setdefault(group, {}).setdefault(measure, [[], [], [], []])[column].append(score)
        print(piece["name"], [round(sum(scores(piece["truth"], answer).values()), 2) for answer in answers], file=sys.stderr, flush=True)
    print(f"{whole['set']}, seed {whole['seed']}; librosa {librosa.__version__}, libsonare {libsonare.version()}\n")
    print("| group | measure | pieces | " + " | ".join(who) + " |\n|---|---|--:|" + "--:|" * len(who))
    for group, measures in groups.items():
        for measure, columns in measures.items():
            cells = " | ".join(f"{statistics.mean(column):.3f}" for column in columns)
            print(f"| {group} | {measure} | {len(columns[0])} | {cells} |")


main()
