"""Releases to deploy: the same bytes each time, about half of which compress as source text does."""
import os
import random

SHAPES = {"S": (200, 2_000_000), "L": (3000, 60_000_000), "big": (1, 200_000_000)}
WORDS = [b"deploy", b"release", b"host", b"stage", b"wave", b"hook", b"current", b"rollback", b"journal"]


def _content(rng, size, text):
    if not text:
        return rng.randbytes(size)
    return b" ".join(rng.choices(WORDS, k=size // 4 + 1))[:size]


def write(shape, folder):
    """Fills a new folder with the files of a shape."""
    count, total = SHAPES[shape]
    rng = random.Random(shape)
    for number in range(count):
        part = os.path.join(folder, f"part{number % 20:02d}")
        os.makedirs(part, exist_ok=True)
        # Sizes differ by a factor of about six, as those of source trees do.
        size = total // count if count == 1 else max(1, int(total / count * rng.uniform(0.3, 1.7)))
        with open(os.path.join(part, f"{number}"), "wb") as file:
            file.write(_content(rng, size, count > 1 and number % 2 == 0))
    with open(os.path.join(folder, "REVISION"), "w") as file:
        file.write("1\n")


def change(folder, seed):
    """Rewrites one file in a hundred, at least one, at its size."""
    rng = random.Random(seed)
    files = sorted(os.path.join(at, name) for at, _, names in os.walk(folder) for name in names if name != "REVISION")
    for path in rng.sample(files, max(1, len(files) // 100)):
        size = os.path.getsize(path)
        with open(path, "wb") as file:
            file.write(rng.randbytes(size))
    with open(os.path.join(folder, "REVISION"), "w") as file:
        file.write(f"{seed}\n")
