"""A delay between the engine and all hosts, on any kernel that has tun: `python3 delay.py MILLISECONDS`, in the network of the engine.

The engine's address moves from the bridge to an interface `near`. This program takes each frame of `near` and gives it to `far`, a port of
the bridge, after half of the milliseconds, and the other way round. So it delays connecting as well as data. It says when it is ready.
"""
import collections
import fcntl
import os
import select
import struct
import subprocess
import sys
import time

TUNSETIFF, TUNSETOFFLOAD = 0x400454CA, 0x400454D0
TAP, NO_INFO, HEADER = 0x0002, 0x1000, 0x4000
# The kernel hands over checksums and segments as they are, so a frame may have 64 KB.
OFFLOADS = 0x01 | 0x02 | 0x04


def tap(name):
    """A new interface that ends with this program, as a file."""
    file = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(file, TUNSETIFF, struct.pack("16sH22x", name.encode(), TAP | NO_INFO | HEADER))
    fcntl.ioctl(file, TUNSETOFFLOAD, OFFLOADS)
    return file


def ip(words):
    subprocess.run(["ip", *words.split()], check=True)


def take(source, target, waiting, half):
    """Takes all frames that a file has now, and notes when each is due, and where."""
    try:
        while True:
            waiting.append((time.monotonic() + half, target, os.read(source, 70000)))
    except BlockingIOError:
        pass


def main():
    half, parent = int(sys.argv[1]) / 2000, os.getppid()
    near, far = tap("near"), tap("far")
    for words in ["addr del 10.77.0.1/16 dev br0", "addr add 10.77.0.1/16 dev near", "link set near up", "link set far master br0",
                  "link set far up"]:
        ip(words)
    print("ready", flush=True)
    other, waiting = {near: far, far: near}, collections.deque()
    while os.getppid() == parent:
        pause = max(0, waiting[0][0] - time.monotonic()) if waiting else 1
        for source in select.select([near, far], [], [], pause)[0]:
            take(source, other[source], waiting, half)
        while waiting and waiting[0][0] <= time.monotonic():
            _, target, frame = waiting.popleft()
            try:
                os.write(target, frame)
            except BlockingIOError:
                # A queue that is full loses a frame, as those of networks do.
                pass


if __name__ == "__main__":
    main()
