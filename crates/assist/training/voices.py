"""Voices: synthesised speech whose pitch and time are bent into singing (WORLD vocoder), and speech as it is, as in rap."""

import subprocess
from pathlib import Path

import numpy as np
import pyworld
import soundfile
from scipy import signal

from effects import RATE_HZ, bright, db, filtered, mono, recorded, room, squeezed, stereo
from pitched import chords

TRACK_S = 16.0
FRAME_S = 0.005

TEXTS = [
    "Morning is breaking over the river and nobody knows where we will go",
    "I left the lights on in every window, come and find me before it snows",
    "Hold me now, hold me now, the summer is leaving without a sound",
]

VOICES = (
    [("festival-kal", "festival", "voice_kal_diphone"), ("festival-slt", "festival", "voice_cmu_us_slt_arctic_hts")]
    + [("festival-lp", "festival", "voice_lp_diphone"), ("festival-pc", "festival", "voice_pc_diphone")]
    + [(f"flite-{name}", "flite", name) for name in ("awb", "rms", "slt", "kal16")]
    + [(f"espeak-{name}", "espeak", name) for name in ("en-us", "en-us+f2", "en-gb+m3", "de+f5", "it+f3", "fr", "sv+m7", "en-us+Annie")]
)


def spoken(kind, name, text, work):
    out = Path(work) / "voice.wav"
    out.unlink(missing_ok=True)
    if kind == "flite":
        command = ["flite", "-voice", name, "-t", text, "-o", str(out)]
    elif kind == "espeak":
        command = ["espeak-ng", "-v", name, "-s", "140", "-w", str(out), text]
    else:
        script = f'({name}) (utt.save.wave (utt.synth (Utterance Text "{text}")) "{out}" \'riff)'
        command = ["festival", "-b", script]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
    if not out.exists():
        return None
    sound, rate = soundfile.read(out, dtype="float64")
    if len(sound) < rate:
        return None
    return signal.resample_poly(sound, RATE_HZ // 100, rate // 100) if rate != RATE_HZ else sound


def analysed(sound):
    f0, at = pyworld.dio(sound, RATE_HZ, frame_period=FRAME_S * 1000)
    f0 = pyworld.stonemask(sound, f0, at, RATE_HZ)
    return f0, pyworld.cheaptrick(sound, f0, at, RATE_HZ), pyworld.d4c(sound, f0, at, RATE_HZ)


def sung(voice, rng, centre, scale, slower, seconds, transpose=0):
    """A line of some seconds sung on the words of an utterance: each stretch of a few syllables gets a note, entered by a glide, with
    vibrato once it is held, and a little drift."""
    f0, envelope, noise = voice
    frames = min(int(len(f0) * slower), int(seconds / FRAME_S))
    first = int(rng.integers(0, 1 + max(0, len(f0) - int(frames / slower))))
    source = np.clip((first + np.arange(frames) / slower).astype(int), 0, len(f0) - 1)
    voiced = f0[source] > 0
    pitches, pitch = np.zeros(frames), centre
    at = 0
    while at < frames:
        length = int(rng.choice([0.2, 0.25, 0.35, 0.5, 0.8, 1.2]) / FRAME_S)
        pitch = np.clip(pitch + rng.choice([-4, -2, -2, 0, 2, 2, 3, 5]), centre - 7, centre + 8)
        near = [p for p in range(int(pitch) - 2, int(pitch) + 3) if p % 12 in {s % 12 for s in scale}]
        pitch = near[0] if near else int(pitch)
        pitches[at : at + length] = pitch + transpose
        t = np.arange(min(length, frames - at)) * FRAME_S
        depth = rng.uniform(0, 0.35) * np.clip((t - 0.25) / 0.2, 0, 1)
        pitches[at : at + length] += depth * np.sin(2 * np.pi * rng.uniform(4.8, 6.2) * t)
        at += length
    glide = np.hanning(int(rng.uniform(0.04, 0.14) / FRAME_S) | 1)
    pitches = np.convolve(np.pad(pitches, len(glide), "edge"), glide / glide.sum(), "same")[len(glide) : -len(glide)]
    drift = np.convolve(rng.normal(size=frames), np.hanning(61) / 8, "same") * rng.uniform(0.05, 0.25)
    hz = 440 * 2 ** ((pitches + drift - 69) / 12)
    return pyworld.synthesize(np.where(voiced, hz, 0.0), np.ascontiguousarray(envelope[source]), np.ascontiguousarray(noise[source]), RATE_HZ, FRAME_S * 1000)


def phrases(make, rng, rests):
    """Phrases with rests between, as long as a track."""
    out, at = np.zeros(int(TRACK_S * RATE_HZ)), int(rng.uniform(0, 2) * RATE_HZ)
    while at < len(out) - RATE_HZ:
        line = make()
        level = np.abs(line).max() + 1e-9
        line = line / level * db(rng.uniform(-7, 0))
        end = min(at + len(line), len(out))
        out[at:end] += line[: end - at]
        at = end + int(rng.uniform(*rests) * RATE_HZ)
    return out


def material(rng, rounds, work):
    for source, kind, name in VOICES:
        takes = []
        for text in TEXTS:
            sound = spoken(kind, name, text, work)
            if sound is not None:
                takes.append((sound, analysed(sound)))
        if not takes:
            continue
        known = [f for _, (f0, _, _) in takes for f in f0 if f > 0]
        natural = 69 + 12 * np.log2(np.median(known) / 440)
        cut = lambda line: line[: int(rng.uniform(1.5, 5.0) * RATE_HZ)]
        polished = lambda x: squeezed(bright(filtered(x, "high", 70, 2)), rng)
        for _ in range(rounds):
            _, scale = chords(rng)
            centre = natural + rng.uniform(0, 9)
            slower = rng.uniform(1.0, 2.2)
            pick = lambda: takes[rng.integers(0, len(takes))]
            lead = lambda: sung(pick()[1], rng, centre, scale, slower, rng.uniform(1.5, 5.0))
            yield "lead-vocal", source, recorded(polished(phrases(lead, rng, (0.3, 2.5))), rng, 0.25, 0.5)
            yield "lead-vocal", source, recorded(polished(phrases(lead, rng, (0.2, 1.2))), rng, 0.1, 0.2)
            if rng.random() < 0.6:
                rap = lambda: cut(pick()[0])
                yield "lead-vocal", source, recorded(polished(phrases(rap, rng, (0.1, 0.8))), rng, 0.2, 0.3)
            # Backing: several at once on harmonies, seldom, wet, often wide.
            layers = []
            state = rng.integers(1 << 30)
            for shift in rng.choice([-12, -5, -3, 3, 4, 7, 12], size=rng.integers(1, 4)):
                own = np.random.default_rng(state)
                held = slower * 1.4
                make = lambda own=own, shift=shift: sung(takes[own.integers(0, len(takes))][1], own, centre, scale, held, 2.5, shift)
                layers.append(filtered(phrases(make, own, (1.5, 5.0)), "high", rng.uniform(100, 250), 2))
            if len(layers) > 1 and rng.random() < 0.7:
                pans = np.linspace(0, 1, len(layers))
                whole = sum(l[:, None] * np.array([np.sqrt(1 - p), np.sqrt(p)]) for l, p in zip(layers, pans))
                whole = room(whole, rng, rng.uniform(-16, -5))
            else:
                whole = sum(layers)
            yield "backing-vocal", source, recorded(bright(whole) if whole.ndim == 1 else whole, rng, 0.7, 0.5)
