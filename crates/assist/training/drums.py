"""Drum kits, playing, and the microphones around them: each with its own drum and the bleed of the others."""

import re
import xml.etree.ElementTree as Tree
from pathlib import Path

import numpy as np
import soundfile
from scipy import signal

from effects import RATE_HZ, db, filtered, mono, recorded, room, squeezed, stereo
from pitched import rendered

TRACK_S = 16.0

# What the instruments of a kit are called, and what they are.
NAMES = [
    ("kick", r"kick|bass ?drum|^bd"),
    ("percussion", r"clap|conga|bongo|cowbell|clave|maraca|shaker|tamb|agogo|wood|cajon|snap|djembe|sangban|dununba|kenkeni|waterglass"),
    ("snare", r"snare|rim|stick"),
    ("hihat", r"hat|\bhh\b|hi-hat|ohh"),
    ("toms", r"tom"),
    ("ride", r"ride|cup|bell"),
    ("crash", r"crash|splash|china|cymbal"),
]

# General MIDI drum keys by instrument.
KEYS = {
    "kick": [35, 36], "snare": [38, 40, 37], "hihat": [42, 44, 46], "toms": [41, 45, 48, 50], "crash": [49, 57, 55, 52],
    "ride": [51, 53, 59], "percussion": [39, 54, 56, 62, 63, 64, 60, 61, 69, 70, 75],
}


def read(path):
    sound, rate = soundfile.read(path, dtype="float64")
    if rate != RATE_HZ:
        sound = signal.resample_poly(sound, RATE_HZ, rate)
    return sound[: 4 * RATE_HZ]


def hydrogen(folder):
    """The samples of a kit of Hydrogen: for each instrument a list of hits from soft to loud."""
    kit = {}
    for element in (root := Tree.parse(folder / "drumkit.xml").getroot()).iter():
        element.tag = element.tag.split("}")[-1]
    for instrument in root.iter("instrument"):
        name = (instrument.findtext("name") or "").lower()
        kind = next((kind for kind, words in NAMES if re.search(words, name)), None)
        files = [e.text for e in instrument.iter("filename") if e.text]
        hits = [read(folder / f) for f in files if (folder / f).exists()]
        if kind and hits:
            kit.setdefault(kind, []).append(hits)
    return kit


def soundfont(path, work, channel=9):
    """The same from a soundfont: its drum channel, or the only one that it has."""
    kit, notes = {}, []
    keys = [(kind, key) for kind, all_keys in KEYS.items() for key in all_keys]
    for _, key in keys:
        for velocity in (60, 95, 124):
            notes.append((0, [(0.0, 2.4, key, velocity)], 0))
    hits = [np.asarray(hit, float) for hit in rendered(path, notes, work, 2.5, 0.5, channel)]
    for at, (kind, _) in enumerate(keys):
        three = [hit for hit in hits[3 * at : 3 * at + 3] if np.abs(hit).max() > 1e-3]
        if three:
            kit.setdefault(kind, []).append(three)
    return kit


def groove(rng):
    """Strokes of each part of a kit: (second, how hard 0 to 1, which of its instruments)."""
    beat = 60.0 / rng.uniform(72, 160)
    grid = beat / 4
    strokes = {kind: [] for kind in KEYS}
    bars = int(TRACK_S / (4 * beat)) + 1
    kick = [0, 8] if rng.random() < 0.3 else [0] + list(np.flatnonzero(rng.random(16) < 0.18))
    snare = [4, 12] if rng.random() < 0.8 else [8]
    four = rng.random() < 0.2
    step = int(rng.choice([1, 2, 2, 2, 4]))
    lead = "ride" if rng.random() < 0.3 else "hihat"
    hand = np.flatnonzero(rng.random(16) < rng.uniform(0.2, 0.9))
    loose = rng.uniform(0, 0.008)
    even = rng.random() < 0.3
    hit = lambda kind, at, hard, which: strokes[kind].append((max(0, at + rng.normal(0, loose)), 0.9 if even else np.clip(hard + rng.normal(0, 0.1), 0.15, 1), which))
    alone = rng.choice(5)
    for bar in range(bars):
        at = bar * 4 * beat
        fill = bar % 4 == 3 and rng.random() < 0.7
        for n in [0, 4, 8, 12] if four else kick:
            hit("kick", at + n * grid, 0.9, 0)
        for n in snare:
            if not (fill and n >= 8):
                hit("snare", at + n * grid, 0.85, 0)
        if rng.random() < 0.3:
            hit("snare", at + rng.integers(0, 16) * grid, 0.25, 0)
        for n in range(0, 12 if fill else 16, step):
            opened = rng.random() < 0.08
            hit(lead, at + n * grid, 0.7 if n % 4 == 0 else 0.45, 2 if opened else 0)
        if fill:
            for n in range(8, 16):
                hit("toms", at + n * grid, 0.8, (n - 8) // 2)
        if bar % 4 == 0:
            hit("crash", at, 0.8, bar // 4)
        for n in hand:
            hit("percussion", at + n * grid, 0.6 if n % 4 else 0.85, alone if rng.random() < 0.7 else alone + 1)
    return strokes


def placed(kit, kind, strokes, rng):
    """One instrument of the kit as a line of its own."""
    out = np.zeros((int((TRACK_S + 3) * RATE_HZ), 2))
    instruments = kit.get(kind, [])
    if not instruments:
        return out[: int(TRACK_S * RATE_HZ)]
    first = rng.integers(0, len(instruments))
    for at, hard, which in strokes[kind]:
        hits = instruments[(first + which) % len(instruments)]
        sound = stereo(hits[min(int(hard * len(hits)), len(hits) - 1)])
        start = int(at * RATE_HZ)
        end = min(start + len(sound), len(out))
        if end > start:
            out[start:end] += sound[: end - start] * db(18 * (hard - 1))
    return out[: int(TRACK_S * RATE_HZ)]


def late(x, metres):
    frames = int(metres / 343 * RATE_HZ)
    return np.concatenate([np.zeros((frames, 2)), x[: len(x) - frames]])


def material(kit, source, rng, songs):
    """Microphones of several songs on one kit: (role, source, sound)."""
    for _ in range(songs):
        strokes = groove(rng)
        lines = {kind: placed(kit, kind, strokes, rng) for kind in KEYS}
        peak = {kind: np.abs(line).max() + 1e-9 for kind, line in lines.items()}
        lines = {kind: line / peak[kind] for kind, line in lines.items()}
        has = lambda kind: kind in kit
        live = rng.random() < 0.6 and has("crash") and has("hihat")

        def close(kind, bleed_db, dull_hz=None):
            line = mono(lines[kind]).copy()
            if live:
                for other, level in bleed_db.items():
                    if other != kind:
                        heard = late(lines[other], rng.uniform(0.2, 1.2)).mean(axis=1)
                        heard = filtered(heard, "low", rng.uniform(2500, 14000), 1)
                        line += db(level + rng.normal(0, 5)) * heard
            return line

        usual = {"kick": -30, "snare": -28, "hihat": -32, "toms": -30, "crash": -32, "ride": -36}
        if has("kick"):
            line = close("kick", usual)
            if rng.random() < 0.4:  # the microphone outside
                line = filtered(line, "low", rng.uniform(1500, 6000), 1)
            yield "kick", source, recorded(line, rng, 0.2, 0.1)
        if has("snare"):
            line = close("snare", usual | {"hihat": -24})
            if rng.random() < 0.3:  # the microphone below
                line = filtered(line, "high", rng.uniform(200, 600), 1)
            yield "snare", source, recorded(line, rng, 0.3, 0.2)
        if has("hihat"):
            yield "hihat", source, recorded(close("hihat", usual | {"snare": -12, "kick": -26, "ride": -22, "crash": -20}), rng, 0.3, 0.1)
        if has("toms"):
            for _ in range(2):
                line = close("toms", usual | {"snare": -22, "kick": -24})
                yield "toms", source, recorded(line, rng, 0.5, 0.15)
        if has("crash") or has("ride"):
            which = [kind for kind in ("crash", "ride") if has(kind)]
            for _ in range(2):
                share = rng.uniform(0, 1, 2) if len(which) == 2 else [1, 1]
                yield "cymbals", source, recorded(sum(s * lines[k] for s, k in zip(share, which)), rng, 0.6, 0.15)
        if has("percussion"):
            for _ in range(2):
                yield "percussion", source, recorded(placed(kit, "percussion", groove(rng), rng), rng, 0.3, 0.3)
        if has("kick") and has("snare") and has("hihat"):
            sides = lambda pan: np.array([np.cos((pan + 1) * np.pi / 4), np.sin((pan + 1) * np.pi / 4)])
            air = {"kick": -10, "snare": -4, "hihat": -9, "toms": -3, "crash": -1, "ride": -6}
            over = sum(db(level + rng.normal(0, 3)) * late(mono(lines[k])[:, None] * sides(rng.uniform(-0.7, 0.7)), rng.uniform(0.6, 1.4)) for k, level in air.items())
            if live:
                over = filtered(over, "high", rng.uniform(60, 350), 1)
                over = room(over, rng, rng.uniform(-18, -8), rng.uniform(0.25, 0.8))
                yield "overheads", source, recorded(over, rng, 0.8, 0.0)
                yield "overheads", source, recorded(over, rng, 0.2, 0.0)
                far = room(over + 0.7 * lines["kick"] + 0.4 * lines["snare"], rng, rng.uniform(-2, 8), rng.uniform(0.5, 1.6))
                yield "room", source, recorded(squeezed(far, rng, rng.uniform(1, 8)) if rng.random() < 0.6 else far, rng, 0.6, 0.0)
                yield "room", source, recorded(far, rng, 0.3, 0.0)
            loud = {"kick": 0, "snare": -2, "hihat": -14, "toms": -4, "crash": -12, "ride": -16}
            for _ in range(2):
                parts = [k for k in loud if rng.random() < 0.85]
                whole = sum((db(loud[k] + rng.normal(0, 3)) * lines[k] for k in parts), np.zeros_like(lines["kick"]))
                yield "drums", source, recorded(squeezed(whole, rng) if rng.random() < 0.5 else whole, rng, 0.9, 0.2)


def synthesised(rng, count):
    """Electronic drums of oscillators and noise, one kit each."""
    for index in range(count):
        t = np.arange(RATE_HZ) / RATE_HZ
        noise = lambda: rng.normal(size=len(t))
        sweep = lambda hi, lo, fall: np.sin(2 * np.pi * np.cumsum(lo + (hi - lo) * np.exp(-t / fall)) / RATE_HZ)
        fade = lambda seconds: np.exp(-t / seconds)
        low = rng.uniform(40, 62)
        kick = sweep(rng.uniform(120, 500), low, rng.uniform(0.01, 0.06)) * fade(rng.uniform(0.07, 0.4))
        kick += rng.uniform(0, 0.3) * noise() * fade(0.004)
        snare = 0.6 * sweep(rng.uniform(250, 400), rng.uniform(150, 220), 0.02) * fade(rng.uniform(0.04, 0.15))
        snare += filtered(noise(), "high", rng.uniform(800, 2500)) * fade(rng.uniform(0.05, 0.2)) * 0.5
        hat = lambda seconds: filtered(noise(), "high", rng.uniform(5500, 9000), 3) * fade(seconds)
        tom = lambda hz: sweep(hz * rng.uniform(1.2, 2), hz, 0.05) * fade(rng.uniform(0.1, 0.4)) + 0.02 * noise() * fade(0.02)
        clap = filtered(noise(), "band", [900, 3500]) * sum(np.roll(fade(0.008), int(d * RATE_HZ)) * (t >= d) for d in (0, 0.011, 0.022)) + filtered(noise(), "band", [1000, 3000]) * fade(0.08) * 0.5
        metal = lambda seconds: filtered(sum(np.sign(np.sin(2 * np.pi * f * t)) for f in rng.uniform(300, 9000, 9)) + 2 * noise(), "high", 3500, 3) * fade(seconds)
        kit = {
            "kick": [[kick]], "snare": [[snare]], "hihat": [[hat(0.04)], [hat(0.03)], [hat(0.25)]],
            "toms": [[tom(hz)] for hz in (rng.uniform(180, 240), 150, 110, 80)], "crash": [[metal(0.5)]], "ride": [[metal(0.35)]],
            "percussion": [[clap], [filtered(noise(), "band", [3000, 9000]) * fade(0.05)], [sweep(820, 800, 0.01) * fade(0.06)]],
        }
        yield from material(kit, f"drumsynth-{index % 4}", rng, 1)


def clicks(rng, count):
    """Metronomes: the same short tone or noise on every beat, the first of a bar different."""
    for index in range(count):
        beat = 60.0 / rng.uniform(60, 180) / rng.choice([1, 1, 2])
        t = np.arange(int(0.05 * RATE_HZ)) / RATE_HZ
        hz = rng.uniform(600, 3000)
        shape = rng.choice(["tone", "noise", "square"])
        one = lambda hz: {"tone": np.sin(2 * np.pi * hz * t), "square": np.sign(np.sin(2 * np.pi * hz * t)), "noise": rng.normal(size=len(t))}[shape] * np.exp(-t / rng.uniform(0.004, 0.02))
        strong, weak = one(hz * rng.choice([1, 1.26, 1.5, 2])), one(hz) * db(-rng.uniform(0, 8))
        out = np.zeros(int(TRACK_S * RATE_HZ))
        for n in range(int((TRACK_S - 0.1) / beat)):
            start = int(n * beat * RATE_HZ)
            sound = strong if n % 4 == 0 else weak
            out[start : start + len(sound)] += sound
        yield "click", f"click-{index % 4}", (out / np.abs(out).max() * db(rng.uniform(-20, -1))).astype(np.float32)
