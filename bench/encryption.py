"""Compares encrypting a file of 2 GB with a plain copy in the same chunks, and with age if installed."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playbook.inputs.files import atomic_write
from playbook.security.container import CHUNK_LOG2
from playbook.security.encryption import encrypt_file, new_key

GIGABYTES = 2
AT_LEAST, MEMORY_MB = 0.8, 50
ROUNDS = 3
MEMORY = """
import resource, sys
from playbook.security.encryption import encrypt_file, decrypt_file
source, sealed, again = sys.argv[1:]
encrypt_file(source, sealed, bytes(32)); decrypt_file(sealed, again, bytes(32))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def copy(source: Path, target: Path) -> None:
    """Copy in the same chunks, and as carefully: the target appears whole."""
    view = memoryview(bytearray(1 << CHUNK_LOG2))
    with source.open("rb") as read, atomic_write(target) as part, part.open("wb", buffering=0) as write:
        while length := read.readinto(view):
            write.write(view[:length])


def seconds(act: Callable[[], object], target: Path) -> float:
    """Time one run on a disk that has nothing left to write; the target is removed."""
    os.sync()
    start = time.perf_counter()
    act()
    took = time.perf_counter() - start
    target.unlink()
    return took


def contenders(folder: Path, source: Path, target: Path) -> dict[str, Callable[[], object]]:
    """Give what is compared: our file, the copy, and age with a key made for the occasion."""
    key = new_key()
    ways = {"copy": lambda: copy(source, target), "encrypt_file": lambda: encrypt_file(source, target, key)}
    if shutil.which("age"):
        identity = folder / "identity"
        made = subprocess.run(["age-keygen", "-o", identity], capture_output=True, text=True, check=True)
        recipient = made.stderr.split()[-1]
        command = ["age", "-r", recipient, "-o", str(target), str(source)]
        ways["age"] = lambda: subprocess.run(command, check=True)
    return ways


def main() -> int:
    """Print the best of the rounds, the ratios and the memory; 1 where one of them is not as wanted."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, target = folder / "plain", folder / "target"
        block = os.urandom(1 << 24)
        with source.open("wb") as file:
            for _ in range(GIGABYTES * 10**9 // len(block)):
                file.write(block)
        ways = contenders(folder, source, target)
        rounds = [{way: seconds(act, target) for way, act in ways.items()} for _ in range(ROUNDS)]
        best = {way: min(one[way] for one in rounds) for way in ways}
        size = source.stat().st_size
        print(*(f"{way}: {size / 1e9 / took:.2f} GB/s" for way, took in best.items()), sep="; ")
        ratio = best["copy"] / best["encrypt_file"]
        paths = [source, folder / "sealed", folder / "again"]
        child = subprocess.run(
            [sys.executable, "-c", MEMORY, *paths], capture_output=True, text=True, check=True
        )
        memory = int(child.stdout)
    print(f"{ratio:.2f} of a plain copy, wanted: {AT_LEAST} or more; {memory} MB, wanted: under {MEMORY_MB}")
    ahead = best["encrypt_file"] < best.get("age", float("inf"))
    print(
        "ahead of age" if "age" in best and ahead else "behind age" if "age" in best else "age: not installed"
    )
    return 0 if ratio >= AT_LEAST and memory < MEMORY_MB and ahead else 1


if __name__ == "__main__":
    sys.exit(main())
