"""Copies of the pitched parts and voices of a folder that `material.py` made, coloured as recordings are and soundfonts are not:
a bass by a bright pick or through an amplifier, a voice by a dull microphone, everything by a chain of somebody else's taste.

    python coloured.py OUT

Copies are called ROLE__SOURCE__cNUMBER.flac, so that they stay in the fold of their source. Seeds are fixed."""

import sys
import zlib
from pathlib import Path

import numpy as np
import soundfile

from effects import RATE_HZ, db, filtered, mono, stereo

# How many copies of each.
COPIES = {
    "bass": 3, "lead-vocal": 2, "backing-vocal": 2, "electric-guitar": 1, "acoustic-guitar": 1, "piano": 1, "keys": 1, "organ": 1,
    "pad": 1, "strings": 1, "brass": 1, "woodwind": 1, "lead-synth": 1, "pluck": 1, "choir": 1,
}


def leaned(x, rng, most_db):
    """A slope over the whole spectrum, in dB an octave, from 100 Hz up."""
    slope = rng.uniform(*most_db)
    spectrum = np.fft.rfft(x, axis=0)
    hz = np.fft.rfftfreq(len(x), 1 / RATE_HZ)
    gain = db(slope * np.log2(np.clip(hz, 100, 12_000) / 100))
    return np.fft.irfft(spectrum * (gain[:, None] if x.ndim == 2 else gain), len(x), axis=0)


def pushed(x, rng):
    """Overdriven a little, with what it adds up to where it was."""
    x = x / (np.abs(x).max() + 1e-9)
    return np.tanh(x * db(rng.uniform(3, 20)))


def coloured(role, x, rng):
    if role == "bass":
        if rng.random() < 0.6:
            x = filtered(x, "high", rng.uniform(30, 70), 1)
        if rng.random() < 0.6:
            x = pushed(x, rng)
        # The click of a pick or a nail, and new strings: a slope that soundfonts do not have.
        x = leaned(x, rng, (0, 6))
        if rng.random() < 0.4:
            x = filtered(x, "low", rng.uniform(2500, 6000), 2)
    elif role in ("lead-vocal", "backing-vocal", "choir"):
        if rng.random() < 0.6:
            x = filtered(x, "low", rng.uniform(2200, 6000), rng.integers(2, 5))
        x = leaned(x, rng, (-2.5, 2.0))
        if rng.random() < 0.4:
            x = filtered(x, "high", rng.uniform(120, 320), 2)
        if rng.random() < 0.2:
            x = pushed(x, rng)
    else:
        if rng.random() < 0.3:
            x = pushed(x, rng)
        x = leaned(x, rng, (-3, 3))
        if rng.random() < 0.4:
            x = filtered(x, "low", rng.uniform(2500, 8000), 2)
    if rng.random() < 0.3:
        x = stereo(mono(x)) if x.ndim == 2 else x
    peak = np.abs(x).max() + 1e-9
    return (x / peak * db(rng.uniform(-20, -0.5))).astype(np.float32)


def main():
    out = Path(sys.argv[1])
    for path in sorted(out.glob("*__*__*.flac")):
        role, source, number = path.stem.split("__")
        if number.startswith("c-"):
            continue
        rng = np.random.default_rng(zlib.crc32(path.stem.encode()))
        for copy in range(COPIES.get(role, 0)):
            sound, _ = soundfile.read(path, dtype="float64")
            soundfile.write(out / f"{role}__{source}__c-{number}-{copy}.flac", coloured(role, sound, rng), RATE_HZ, subtype="PCM_16")


if __name__ == "__main__":
    main()
