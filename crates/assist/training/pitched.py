"""Instruments of soundfonts, playing what such instruments play. One MIDI file holds many parts one after another, so that
a soundfont is loaded once."""

import struct
import subprocess
from pathlib import Path

import numpy as np
import soundfile

from effects import RATE_HZ, driven, filtered, mono, recorded, room

PART_S = 15.0
GAP_S = 3.0

# General MIDI programs by role, and the styles in which they are played.
PARTS = [
    ("bass", [32, 33, 33, 34, 34, 35, 36, 37, 38, 39], ["bass"], 26, 48),
    ("acoustic-guitar", [24, 24, 25, 25, 25, 105], ["strum", "strum", "picked", "picked", "melody"], 43, 67),
    ("electric-guitar", [26, 27, 27, 28, 29, 29, 30, 30], ["strum", "riff", "picked", "power", "melody"], 40, 64),
    ("piano", [0, 0, 1, 1, 2, 3, 4, 4, 5, 5], ["chords", "broken", "both", "comp", "melody"], 45, 76),
    ("keys", [6, 7, 8, 9, 11, 11, 12, 13, 14, 21], ["broken", "melody", "comp", "chords"], 55, 84),
    ("organ", [16, 16, 17, 18, 19, 20], ["held", "comp", "melody", "held"], 45, 76),
    ("pad", [50, 51, 88, 89, 90, 91, 92, 93, 94, 95], ["held"], 48, 76),
    ("strings", [40, 41, 42, 44, 45, 48, 48, 49, 49], ["held", "melody", "stabs", "held"], 43, 80),
    ("brass", [56, 57, 57, 58, 59, 60, 61, 61, 62], ["melody", "stabs", "held"], 46, 74),
    ("woodwind", [64, 65, 65, 66, 66, 67, 68, 69, 70, 71, 71, 72, 73, 73, 75, 22], ["melody"], 55, 84),
    ("choir", [52, 52, 53, 54], ["held", "melody"], 50, 76),
    ("lead-synth", [80, 81, 81, 82, 84, 86, 87], ["melody", "riff", "melody"], 55, 84),
]

MAJOR, MINOR = [0, 2, 4, 5, 7, 9, 11], [0, 2, 3, 5, 7, 8, 10]


def chords(rng):
    """Four chords of a key, each three notes of its scale."""
    scale = MAJOR if rng.random() < 0.6 else MINOR
    key = int(rng.integers(0, 12))
    degrees = rng.choice([0, 3, 4, 5, 1, 2], size=4)
    note = lambda step: key + scale[step % 7] + 12 * (step // 7)
    return [[note(d), note(d + 2), note(d + 4)] for d in degrees], [key + s for s in scale]


def near(pitch, low, high):
    while pitch < low:
        pitch += 12
    while pitch > high:
        pitch -= 12
    return pitch


def part(rng, style, low, high):
    """Notes of a part: (start, length, pitch, velocity), in seconds from its own beginning."""
    four, scale = chords(rng)
    beat = 60.0 / rng.uniform(70, 150)
    notes = []
    rest = rng.random() < 0.5
    swing = rng.uniform(0, 0.012)
    loud = int(rng.integers(60, 105))
    eighths = rng.random(16) < rng.uniform(0.35, 0.9)
    eighths[0] = True
    centre = rng.integers(low + 4, max(high - 7, low + 5))
    line = centre
    bar, at = 0, 0.0

    def add(start, length, pitch, louder=0):
        start += rng.normal(0, swing)
        if 0 <= start < PART_S - 0.3:
            velocity = int(np.clip(loud + louder + rng.normal(0, 8), 20, 127))
            notes.append((start, max(0.05, min(length, PART_S - start)), int(near(pitch, low - 12, high + 12)), velocity))

    while at < PART_S:
        chord = four[bar % 4]
        silent = rest and (bar // 2) % 4 == 3
        tones = sorted(near(p, centre - 6, centre + 7) for p in chord)
        if silent:
            pass
        elif style == "bass":
            root = near(chord[0], low, low + 11)
            step = rng.choice([0.5, 0.5, 1.0, 2.0]) if bar % 4 == 0 else step
            for n in range(int(4 / step)):
                if step >= 1 or eighths[n % 16]:
                    move = rng.choice([0, 0, 0, 0, 7, 12, 5, -2]) if n else 0
                    add(at + n * step * beat, step * beat * rng.uniform(0.5, 1.0), root + move)
        elif style == "held":
            for p in tones + ([tones[0] - 12] if rng.random() < 0.4 else []):
                add(at, 4 * beat * rng.uniform(0.9, 1.02), p)
        elif style in ("chords", "both", "comp", "stabs"):
            for n in range(8):
                on = eighths[n] if style in ("comp", "stabs") else n % (2 if style == "both" else 4) == 0
                if on:
                    length = {"comp": 0.3, "stabs": 0.35, "chords": 1.9, "both": 0.95}[style]
                    for p in tones:
                        add(at + n * beat / 2, length * beat, p)
            if style == "both":
                for n in range(2):
                    add(at + 2 * n * beat, 2 * beat, tones[0] - 12 - (0 if n else 12), 5)
        elif style in ("broken", "picked"):
            order = rng.permutation([0, 1, 2, 1, 2, 0, 2, 1]) if bar % 4 == 0 else order
            for n in range(8):
                add(at + n * beat / 2, beat * rng.uniform(0.5, 1.5), tones[order[n]] + (12 if n % 4 == 2 else 0))
        elif style == "strum":
            six = sorted({near(p, 40 + 12 * k, 51 + 12 * k) for k in range(2) for p in chord} | {tones[-1]})
            for n in range(8):
                if eighths[n] or n == 0:
                    down = n % 2 == 0
                    spread = rng.uniform(0.008, 0.03)
                    for k, p in enumerate(six if down else six[::-1][:4]):
                        add(at + n * beat / 2 + k * spread / 3, beat * rng.uniform(0.4, 1.4), p, 6 if n % 4 == 0 else -4)
        elif style == "power":
            root = near(chord[0], 40, 51)
            for n in range(8):
                if eighths[n]:
                    for p in (root, root + 7, root + 12):
                        add(at + n * beat / 2, beat * rng.choice([0.2, 0.45, 0.5, 1.5]), p)
        elif style == "riff":
            for n in range(8):
                if eighths[n]:
                    add(at + n * beat / 2, beat * 0.45, tones[0] + int(rng.choice([0, 0, 3, 5, 7, 12])))
        else:  # a melody
            n = 0.0
            while n < 4:
                length = rng.choice([0.5, 0.5, 1.0, 1.0, 2.0, 3.0])
                if rng.random() < 0.85:
                    line = np.clip(line + rng.choice([-4, -2, -1, 1, 2, 4]), low, high)
                    steps = [p for p in range(int(line) - 2, int(line) + 3) if p % 12 in {s % 12 for s in scale}]
                    add(at + n * beat, length * beat * rng.uniform(0.7, 1.0), steps[0] if steps else int(line))
                n += length
        at += 4 * beat
        bar += 1
    return notes


def midi(parts, seconds, channel):
    """A MIDI file of parts (program, notes, vibrato), each so many seconds after the one before, a tick a millisecond."""
    events = []
    for index, (program, notes, wheel) in enumerate(parts):
        start = int(index * seconds * 1000)
        events.append((start, 0, bytes([0xC0 | channel, program])))
        events.append((start, 0, bytes([0xB0 | channel, 1, wheel])))
        for at, length, pitch, velocity in notes:
            events.append((start + int(at * 1000), 2, bytes([0x90 | channel, pitch, velocity])))
            events.append((start + int((at + length) * 1000), 1, bytes([0x80 | channel, pitch, 0])))
    events.append((int(len(parts) * seconds * 1000), 3, b"\xff\x2f\x00"))
    events.sort(key=lambda e: (e[0], e[1]))
    track, before = b"\x00\xff\x51\x03" + struct.pack(">I", 1_000_000)[1:], 0
    for at, _, data in events:
        delta, length = at - before, b""
        while True:
            length = bytes([(delta & 0x7F) | (0x80 if length else 0)]) + length
            delta >>= 7
            if not delta:
                break
        track += length + data
        before = at
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, 1000) + b"MTrk" + struct.pack(">I", len(track)) + track


def rendered(soundfont, parts, work, part_s=PART_S + 1.0, gap_s=GAP_S - 1.0, channel=0):
    """The sound of each part."""
    path = Path(work) / "parts.mid"
    path.write_bytes(midi(parts, part_s + gap_s, channel))
    out = Path(work) / "parts.wav"
    subprocess.run(
        ["fluidsynth", "-niq", "-R", "0", "-C", "0", "-g", "0.4", "-r", str(RATE_HZ), "-O", "float", "-T", "wav",
         "-F", str(out), str(soundfont), str(path)],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    sound, _ = soundfile.read(out, dtype="float32")
    for index in range(len(parts)):
        start = int(index * (part_s + gap_s) * RATE_HZ)
        yield sound[start : start + int(part_s * RATE_HZ)]


def material(soundfont, source, rng, rounds, work):
    """Tracks of one soundfont: (role, source, sound)."""
    parts, labels = [], []
    for role, programs, styles, low, high in PARTS:
        for _ in range(rounds * (2 if role in ("bass", "electric-guitar", "acoustic-guitar", "piano") else 1) * 3):
            program = int(rng.choice(programs))
            style = str(rng.choice(styles))
            if program in (29, 30) and rng.random() < 0.5:
                style = "power"
            shift = int(rng.integers(-3, 4))
            if role == "strings" and program in (42, 43):
                shift -= 12
            parts.append((program, part(rng, style, low + shift, high + shift), int(rng.choice([0, 0, 30, 80]))))
            labels.append((role, program))
    for (role, program), sound in zip(labels, rendered(soundfont, parts, work)):
        if np.abs(sound).max() < 1e-4:
            continue
        if role == "electric-guitar" and rng.random() < (0.5 if program in (26, 27, 28) else 0.25):
            sound = driven(sound, rng, rng.uniform(0, 30))
        if role == "bass" and rng.random() < 0.3:
            sound = driven(sound, rng, rng.uniform(-6, 14)) if rng.random() < 0.5 else filtered(mono(sound), "low", rng.uniform(600, 4000))
        wide = {"piano": 0.6, "pad": 0.8, "strings": 0.7, "organ": 0.6, "keys": 0.6, "choir": 0.7, "bass": 0.15}.get(role, 0.3)
        yield role, source, recorded(sound, rng, wide)


def synthesised(rng, count):
    """Basses, leads, plucks and pads of oscillators and filters, as in electronic music."""
    for index in range(count):
        role = ["bass", "lead-synth", "pluck", "pad", "pluck", "lead-synth"][index % 6]
        low, high = {"bass": (24, 45), "lead-synth": (55, 84), "pluck": (52, 84), "pad": (46, 74)}[role]
        style = {"bass": "bass", "lead-synth": "melody", "pluck": str(rng.choice(["broken", "riff", "comp"])), "pad": "held"}[role]
        sound = np.zeros(int((PART_S + 1) * RATE_HZ))
        attack = {"pad": rng.uniform(0.15, 0.9), "lead-synth": rng.uniform(0.003, 0.06)}.get(role, 0.003)
        voices = int(rng.integers(1, 4)) + (2 if role == "pad" else 0)
        shape = rng.choice(["saw", "square", "sine", "triangle"], p=[0.5, 0.25, 0.15, 0.1])
        cut = rng.uniform(2, 12) if role != "pad" else rng.uniform(2, 6)
        fall = {"pluck": rng.uniform(0.06, 0.35), "bass": rng.uniform(0.15, 2.0)}.get(role, 9.0)
        vibrato = rng.uniform(0, 0.006) if role == "lead-synth" else 0.0
        for at, length, pitch, velocity in part(rng, style, low, high):
            hz = 440 * 2 ** ((pitch - 69) / 12)
            frames = int((length + 0.1) * RATE_HZ)
            t = np.arange(frames) / RATE_HZ
            wave = np.zeros(frames)
            for _ in range(voices):
                bend = hz * (1 + rng.normal(0, 0.003) * (voices > 1)) * (1 + vibrato * np.sin(2 * np.pi * 5.5 * t))
                phase = np.cumsum(bend) / RATE_HZ + rng.random()
                x = 2 * (phase % 1) - 1
                wave += {"saw": x, "square": np.sign(x) * 0.7, "sine": np.sin(2 * np.pi * phase), "triangle": 2 * np.abs(x) - 1}[shape]
            top = max(min(hz * cut, 12_000), 200)
            wave = filtered(wave, "low", top, 2)
            envelope = np.minimum(1, t / attack) * np.exp(-t / fall) * np.clip((length + 0.1 - t) / 0.1, 0, 1)
            start = int(at * RATE_HZ)
            part_of = wave * envelope * velocity / 127
            end = min(len(sound), start + frames)
            sound[start:end] += part_of[: end - start]
        if role == "pluck" and rng.random() < 0.5:
            sound = room(sound, rng, -14)
        yield role, f"synth-{index % 4}", recorded(sound, rng, {"pad": 0.8, "bass": 0.1}.get(role, 0.4))
