"""Prints the levels that libsonare's mixing assistant suggests, for the table of `against_people`.

    pip install libsonare soundfile numpy
    python libsonare_levels.py ../../../../shared/music > levels.tsv
    cargo run --release -p mixkeel --example against_people -- --libsonare levels.tsv

One line a track: song, name of the file without its ending, and the gain in dB (input trim and fader; what its inserts add
is not counted). The assistant gets the names of the files as hints, as we do.
"""

import json
import pathlib
import sys

import libsonare
import soundfile


def levels(folder):
    tracks, rate_hz = [], 44_100
    for path in sorted((folder / "tracks").glob("*.flac")):
        sound, rate_hz = soundfile.read(path, always_2d=True, dtype="float32")
        right = sound[:, 1].copy() if sound.shape[1] > 1 else None
        tracks.append(
            libsonare.MixTrackInput(
                track_id=path.stem, name=path.stem, left=sound[:, 0].copy(), right=right, sample_rate=rate_hz
            )
        )
    scene = libsonare.suggest_mix_scene(tracks, sample_rate=rate_hz)["scene"]
    scene = json.loads(scene) if isinstance(scene, str) else scene
    for strip in scene["strips"]:
        yield strip["id"], strip["inputTrimDb"] + strip["faderDb"]


for song in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    if (song / "tracks").is_dir():
        for name, gain_db in levels(song):
            print(song.name, name, f"{gain_db:.2f}", sep="\t", flush=True)
