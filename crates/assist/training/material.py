"""Makes the tracks that the role classifier is trained on, from what Debian packages and from oscillators.

    python material.py OUT [fonts drums kits voices effects]

Files are called ROLE__SOURCE__NUMBER.flac. Everything is drawn from fixed seeds. Packages: README.md. Sounds from which songs
are made that the result is tested on (FluidR3, the samples of LMMS, GMRockKit) are not among them."""

import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np
import soundfile

import drums
import pitched
import voices
from effects import RATE_HZ, filtered, room

SOUNDFONTS = {
    "timgm": "/usr/share/sounds/sf2/TimGM6mb.sf2",
    "musescore": "/usr/share/sounds/sf3/MuseScore_General_Full.sf3",
    "csound": "/usr/share/sounds/sf2/sf_GMbank.sf2",
    "opl3": "/usr/share/sounds/sf2/OPL-3_FM_128M.sf2",
}
DRUM_FONTS = {
    "pearl": "/usr/share/sounds/sf2/Black_Pearl_4_LV2.sf2",
    "zeppelin": "/usr/share/sounds/sf2/Red_Zeppelin_4_LV2.sf2",
    "timgm": SOUNDFONTS["timgm"],
    "musescore": SOUNDFONTS["musescore"],
    "csound": SOUNDFONTS["csound"],
}
KITS = Path("/usr/share/hydrogen/data/drumkits")
NO_KITS = {"GMRockKit", "belofilms_GuitarStrums"}


def effects_and_noises(rng, count):
    """Risers, falls and impacts."""
    for index in range(count):
        frames = int(16 * RATE_HZ)
        out = np.zeros((frames, 2))
        for _ in range(rng.integers(1, 5)):
            length = int(rng.uniform(1, 6) * RATE_HZ)
            t = np.linspace(0, 1, length)
            up = t if rng.random() < 0.7 else 1 - t
            noise = rng.normal(size=(length, 2))
            steps = 24
            sweep = np.concatenate([filtered(part, "band", [300 + 5000 * m, 900 + 9000 * m], 1) for part, m in zip(np.array_split(noise, steps), np.linspace(up[0], up[-1], steps))])
            start = rng.integers(0, frames - length)
            if rng.random() < 0.35:
                tone = np.sin(2 * np.pi * np.cumsum(100 + 1500 * up**2) / RATE_HZ)
                sweep = sweep * 0.3 + tone[:, None]
            out[start : start + length] += sweep * (up**2)[:, None]
            if rng.random() < 0.5:
                boom = rng.normal(size=(RATE_HZ * 2, 2)) * np.exp(-np.arange(RATE_HZ * 2) / RATE_HZ / 0.5)[:, None]
                end = min(start + length + len(boom), frames)
                out[start + length : end] += 2 * filtered(boom, "low", 200)[: max(0, end - start - length)]
        yield "fx", f"fx-{index % 4}", (room(out, rng, -10) / (np.abs(out).max() + 1e-9) * 0.4).astype(np.float32)


def main():
    out = Path(sys.argv[1])
    wanted = sys.argv[2:] or ["fonts", "drums", "kits", "voices", "effects"]
    out.mkdir(parents=True, exist_ok=True)
    seeded = lambda name: np.random.default_rng(zlib.crc32(name.encode()))

    def keep(part, stream):
        for count, (role, source, sound) in enumerate(stream):
            if np.isfinite(sound).all() and np.abs(sound).max() > 1e-5:
                soundfile.write(out / f"{role}__{source}__{part}{count:04d}.flac", sound, RATE_HZ, subtype="PCM_16")
        print(part, flush=True)

    with tempfile.TemporaryDirectory() as work:
        if "fonts" in wanted:
            for name, path in SOUNDFONTS.items():
                keep(name, pitched.material(path, name, seeded(name), 1 if name == "opl3" else 2, work))
            keep("synth", pitched.synthesised(seeded("synth"), 90))
        if "drums" in wanted:
            for name, path in DRUM_FONTS.items():
                keep(name, drums.material(drums.soundfont(path, work, 0 if name in ("pearl", "zeppelin") else 9), f"kit-{name}", seeded("kit" + name), 7 if name in ("pearl", "zeppelin") else 4))
            keep("drumsynth", drums.synthesised(seeded("drumsynth"), 10))
            keep("click", drums.clicks(seeded("click"), 40))
        if "kits" in wanted:
            for folder in sorted(KITS.iterdir()):
                if folder.name not in NO_KITS:
                    keep(folder.name.replace(" ", "-"), drums.material(drums.hydrogen(folder), "kit-" + folder.name.replace("_", "-"), seeded(folder.name), 4))
        if "voices" in wanted:
            keep("voice", voices.material(seeded("voices"), 3, work))
        if "effects" in wanted:
            keep("fx", effects_and_noises(seeded("fx"), 50))


if __name__ == "__main__":
    main()
