"""What happens to a sound between the instrument and the file: level, tone, rooms, drive, noise. All of it drawn at random,
so that the classifier learns instruments and not soundfonts."""

import numpy as np
from scipy import signal

RATE_HZ = 44_100


def db(x):
    return 10.0 ** (x / 20.0)


def filtered(x, kind, hz, order=2):
    nyquist = RATE_HZ / 2
    hz = np.clip(np.asarray(hz, float), 15.0, 0.95 * nyquist)
    return signal.sosfilt(signal.butter(order, hz / nyquist, kind, output="sos"), x, axis=0)


def tilted(x, rng, most_db=5.0):
    """Low and high shelves of a few dB, as preamplifiers, microphones and places have."""
    low = filtered(x, "low", rng.uniform(120, 500), 1)
    high = filtered(x, "high", rng.uniform(1500, 6000), 1)
    return x + (db(rng.normal(0, most_db / 2)) - 1) * low + (db(rng.normal(0, most_db / 2)) - 1) * high


def room(x, rng, wet_db, seconds=None):
    """Exponentially decaying noise: a room or a plate."""
    seconds = seconds or rng.uniform(0.3, 2.2)
    frames = int(seconds * RATE_HZ)
    decay = 10 ** (-3 * np.arange(frames) / frames)[:, None]
    tail = rng.normal(size=(frames, 2)) * decay
    tail = filtered(tail, "low", rng.uniform(3000, 9000), 1)
    tail[: int(rng.uniform(0.002, 0.03) * RATE_HZ)] = 0
    tail /= np.sqrt((tail**2).sum(axis=0)) + 1e-12
    dry = stereo(x)
    wet = np.stack([signal.fftconvolve(dry[:, side], tail[:, side])[: len(dry)] for side in (0, 1)], 1)
    return dry + db(wet_db) * wet


def stereo(x):
    return x if x.ndim == 2 else np.stack([x, x], 1)


def mono(x):
    return x if x.ndim == 1 else x.mean(axis=1)


def squeezed(x, rng, ratio=None):
    """A compressor: level of 10 ms attack and 120 ms release over a threshold."""
    ratio = ratio or rng.uniform(1.5, 5)
    level = np.abs(mono(x))
    step = 64
    blocks = np.maximum.reduceat(level, np.arange(0, len(level), step))
    out, held = np.zeros_like(blocks), 0.0
    attack, release = np.exp(-step / (0.01 * RATE_HZ)), np.exp(-step / (0.12 * RATE_HZ))
    for at, value in enumerate(blocks):
        pole = attack if value > held else release
        held = pole * held + (1 - pole) * value
        out[at] = held
    threshold = np.percentile(out, 60) + 1e-6
    gain = np.maximum(out / threshold, 1.0) ** (1 / ratio - 1)
    gain = np.repeat(gain, step)[: len(level)]
    return x * (gain[:, None] if x.ndim == 2 else gain)


def driven(x, rng, drive_db):
    """An amplifier and its loudspeaker: a soft clipper between two filters."""
    x = mono(x)
    x = filtered(x, "high", rng.uniform(60, 250), 1)
    x = x / (np.abs(x).max() + 1e-9) * db(drive_db)
    x = np.tanh(x + rng.uniform(0, 0.2)) if rng.random() < 0.6 else np.clip(x, -1, 1)
    x = filtered(x, "band", [rng.uniform(60, 110), rng.uniform(3500, 6500)], 2)
    return x + 0.6 * filtered(x, "band", [1500, rng.uniform(2800, 3800)], 1)


def bright(x):
    """Gives speech of 16 kHz back the top octave that it never had: consonants are folded up."""
    top = filtered(np.abs(filtered(x, "high", 3500, 4)), "high", 7000, 4)
    return x + 1.2 * top


def recorded(x, rng, stereo_share=0.3, wet_share=0.4):
    """A track as it arrives in a folder."""
    x = tilted(x, rng)
    if rng.random() < 0.35:
        x = squeezed(x, rng)
    if rng.random() < wet_share:
        x = room(x, rng, rng.uniform(-26, -8))
    if rng.random() > stereo_share:
        x = mono(x)
    elif rng.random() < 0.3:
        x = stereo(mono(x))
    if rng.random() < 0.5:
        x = x + rng.normal(size=x.shape) * np.sqrt((x**2).mean()) * db(rng.uniform(-70, -38))
    peak = np.abs(x).max() + 1e-9
    return (x / peak * db(rng.uniform(-26, -0.3))).astype(np.float32)
