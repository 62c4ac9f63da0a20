"""Trains the role classifier and writes it as the table that `sound/model.rs` reads.

    python train.py FEATURES.csv [--out ../src/roles/sound/weights.rs]

The classifier is one hidden layer over standardised features: small enough to be read by a program in microseconds, and
better than a forest of the same size on kits and soundfonts that it never heard. Left-out groups of sources tell how good it is:
every soundfont, kit and voice is predicted by a model that saw nothing of it."""

import argparse
import csv
from pathlib import Path

import numpy as np

ROLES = [
    "kick", "snare", "toms", "hihat", "overheads", "room", "cymbals", "percussion", "drums", "bass", "acoustic-guitar",
    "electric-guitar", "piano", "keys", "organ", "pad", "strings", "brass", "woodwind", "lead-synth", "pluck", "lead-vocal",
    "backing-vocal", "choir", "fx", "click",
]
HIDDEN = 40
# How much of the song a track plays, and the noise below it, are those of the material and not of the instrument.
LEFT_OUT = ["active", "floor"]
CLIP = 3.5


def loaded(path):
    names, rows, roles, sources = None, [], [], []
    for row in csv.reader(open(path)):
        if names is None:
            names = row[1:]
            continue
        role, source, _ = Path(row[0]).stem.split("__")
        rows.append([float(value) for value in row[1:]])
        roles.append(ROLES.index(role))
        sources.append(source)
    return names, np.array(rows), np.array(roles), np.array(sources)


def standardised(x, centre, scale):
    return np.clip((x - centre) / scale, -CLIP, CLIP)


def trained(x, y, rng, epochs=60):
    """Softmax over one hidden layer, by Adam, with noise on the features, dropout and softened labels. Every role weighs the
    same however many examples it has."""
    n, features = x.shape
    weight = (1 / np.bincount(y, minlength=len(ROLES)).clip(1))[y]
    weight *= n / weight.sum()
    target = np.full((n, len(ROLES)), 0.06 / len(ROLES))
    target[np.arange(n), y] += 0.94
    p = [rng.normal(0, 1 / np.sqrt(features), (features, HIDDEN)), np.zeros(HIDDEN), rng.normal(0, 0.1, (HIDDEN, len(ROLES))), np.zeros(len(ROLES))]
    m, v, step = [np.zeros_like(w) for w in p], [np.zeros_like(w) for w in p], 0
    for epoch in range(epochs):
        rate = 0.008 * 0.5 * (1 + np.cos(np.pi * epoch / epochs))
        for batch in np.array_split(rng.permutation(n), max(1, n // 128)):
            xb = x[batch] + rng.normal(0, 0.2, (len(batch), features))
            xb *= rng.random(xb.shape) > 0.1
            h = np.maximum(xb @ p[0] + p[1], 0)
            keep = (rng.random(h.shape) > 0.2) / 0.8
            hd = h * keep
            z = hd @ p[2] + p[3]
            q = np.exp(z - z.max(1, keepdims=True))
            q /= q.sum(1, keepdims=True)
            g = (q - target[batch]) * weight[batch, None] / len(batch)
            gh = (g @ p[2].T) * keep * (h > 0)
            grads = [xb.T @ gh, gh.sum(0), hd.T @ g, g.sum(0)]
            step += 1
            for k in range(4):
                grads[k] = grads[k] + (1e-4 * p[k] if k in (0, 2) else 0)
                m[k] = 0.9 * m[k] + 0.1 * grads[k]
                v[k] = 0.999 * v[k] + 0.001 * grads[k] ** 2
                p[k] -= rate * (m[k] / (1 - 0.9**step)) / (np.sqrt(v[k] / (1 - 0.999**step)) + 1e-8)
    return p


def predicted(p, x):
    z = np.maximum(x @ p[0] + p[1], 0) @ p[2] + p[3]
    q = np.exp(z - z.max(1, keepdims=True))
    return q / q.sum(1, keepdims=True)


def scaled(x):
    centre = np.median(x, 0)
    scale = np.maximum((np.percentile(x, 84, 0) - np.percentile(x, 16, 0)) / 2, x.std(0) / 2)
    return centre, np.maximum(scale, 1e-3)


def confusion(y, q, title):
    got = q.argmax(1)
    print(f"\n{title}: {np.mean(got == y):.3f} of {len(y)} right")
    top = q.max(1)
    for low, high in [(0, 0.4), (0.4, 0.6), (0.6, 0.75), (0.75, 0.9), (0.9, 1.01)]:
        inside = (top >= low) & (top < high)
        if inside.any():
            print(f"  said with {low:.2f} to {min(high, 1):.2f}: {inside.sum():5d}, right {np.mean(got[inside] == y[inside]):.3f}")
    for at, role in enumerate(ROLES):
        mine = got[y == at]
        if len(mine):
            counts = np.bincount(mine, minlength=len(ROLES))
            wrong = ", ".join(f"{ROLES[k]} {counts[k]}" for k in np.argsort(-counts) if counts[k] and k != at)
            print(f"  {role:16s} {counts[at]:4d} of {len(mine):4d}   {wrong}")


def written(path, names, centre, scale, p):
    whole = lambda values: ", ".join(str(int(round(v))) for v in values)
    table = lambda name, doc, rows, size: f"/// {doc}\npub(super) static {name}: {size} = [\n" + "".join(f"    [{whole(row)}],\n" for row in rows) + "];\n\n"
    text = "//! The classifier of `model.rs`, written by `training/train.py`: do not edit.\n\n#![cfg_attr(rustfmt, rustfmt_skip)]\n\n"
    text += "use super::features::COUNT;\nuse mixkeel_session::role::Role::{self, *};\n\n"
    text += f"/// Hidden units.\npub(super) const HIDDEN: usize = {HIDDEN};\n\n/// What is told apart.\npub(super) static ROLES: [Role; {len(ROLES)}] = [\n"
    text += "    " + ", ".join("".join(part.capitalize() for part in role.split("-")) for role in ROLES) + ",\n];\n\n"
    text += "/// The median of each feature, and the half of its spread, in thousandths.\npub(super) static SCALE: [[i32; 2]; COUNT] = [\n"
    text += "".join(f"    [{int(round(c * 1000))}, {max(1, int(round(s * 1000)))}], // {name}\n" for name, c, s in zip(names, centre, scale)) + "];\n\n"
    text += table("INTO", "Weights into the hidden units, in thousandths: a row for each feature.", p[0] * 1000, "[[i32; HIDDEN]; COUNT]")
    text += f"/// What each hidden unit begins with, in thousandths.\npub(super) static INTO_FROM: [i32; HIDDEN] = [\n    {whole(p[1] * 1000)},\n];\n\n"
    text += table("OUT", "Weights out of the hidden units, in thousandths: a row for each.", p[2] * 1000, f"[[i32; {len(ROLES)}]; HIDDEN]")
    text += f"/// What each role begins with, in thousandths.\npub(super) static OUT_FROM: [i32; {len(ROLES)}] = [\n    {whole(p[3] * 1000)},\n];\n"
    Path(path).write_text(text)
    print(f"\n{path}: {len(text)} bytes")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("features")
    arguments.add_argument("--out")
    arguments.add_argument("--without", default="", help="sources that begin so are left out of training")
    arguments.add_argument("--folds", type=int, default=5)
    options = arguments.parse_args()
    names, x, y, sources = loaded(options.features)
    if options.without:
        kept = np.array([not any(s.startswith(w) for w in options.without.split(",")) for s in sources])
        x, y, sources = x[kept], y[kept], sources[kept]
    x = np.round(x, 5)
    x[:, [names.index(name) for name in LEFT_OUT]] = 0
    rng = np.random.default_rng(7)
    groups = sorted(set(sources))
    order = {group: at for at, group in enumerate(rng.permutation(groups))}
    fold = np.array([order[s] % options.folds for s in sources]) if options.folds > 1 else None
    if fold is not None:
        q = np.zeros((len(y), len(ROLES)))
        for k in range(options.folds):
            inside = fold != k
            centre, scale = scaled(x[inside])
            p = trained(standardised(x[inside], centre, scale), y[inside], rng)
            q[~inside] = predicted(p, standardised(x[~inside], centre, scale))
        confusion(y, q, "sources never heard")
    centre, scale = scaled(x)
    p = trained(standardised(x, centre, scale), y, rng)
    p[0][[names.index(name) for name in LEFT_OUT]] = 0
    if options.out:
        written(options.out, names, centre, scale, p)


if __name__ == "__main__":
    main()
