"""Releases to deploy: the same bytes each time, about half of which compress as source text does."""
import os
import random

SHAPES = {"S": (200, 2_000_000), "L": (3000, 60_000_000), "big": (1, 200_000_000), "tiny": (1, 1_000)}
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
    _revision(folder, 1)


def _files(folder):
    return sorted(os.path.join(at, name) for at, _, names in os.walk(folder) for name in names if name != "REVISION")


def change_byte(folder, seed):
    """Changes one byte in the middle of each file."""
    for path in _files(folder):
        with open(path, "r+b") as file:
            file.seek(os.path.getsize(path) // 2)
            byte = file.read(1)[0]
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte ^ 255]))
    _revision(folder, seed)


def _revision(folder, text):
    with open(os.path.join(folder, "REVISION"), "w") as file:
        file.write(f"{text}\n")


def change(folder, seed):
    """Rewrites one file in a hundred, at least one, at its size."""
    rng = random.Random(seed)
    files = _files(folder)
    for path in rng.sample(files, max(1, len(files) // 100)):
        size = os.path.getsize(path)
        with open(path, "wb") as file:
            file.write(rng.randbytes(size))
    _revision(folder, seed)
