"""Holds `near_duplicates` to its bounds: speed beside datasketch at no worse F1, growth of time, and memory.

Both tools get the same docstrings, synthetic documents and planted copies, and the same word 5-grams. The
bound is on datasketch as its documentation uses it, a gram at a time; its bulk interface, which is several
times as fast, is printed beside it. Rates are of processor time and are compared within a run only.
`python bench/near_duplicates.py 0.1` takes a tenth of the sizes.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import psutil

from playbook.data.duplicates import near_duplicates
from playbook.data.minhash import SHINGLE, words
from playbook.data.planting import SHORTEST, plant
from playbook.inputs import docstrings

if TYPE_CHECKING:
    from datasketch import MinHash

AT_LEAST_FASTER, AT_MOST_GROWTH, AT_MOST_BYTES = 20.0, 1.1, 2048
THRESHOLD, WORDS, ROUNDS = 0.7, 80, 3


def synthetic(n: int, seed: int = 0) -> list[str]:
    """Make documents of 80 words, as unevenly frequent as a language's; one in ten is an edited copy."""
    rng = np.random.default_rng(seed)
    vocabulary = [f"w{k:x}" for k in rng.permutation(50_000)]
    frequency = 1 / (np.arange(50_000) + 2.7)
    cumulated = np.cumsum(frequency / frequency.sum())
    texts: list[str] = []
    for i in range(n):
        drawn = np.searchsorted(cumulated, rng.random(WORDS)).tolist()
        text = " ".join([vocabulary[min(k, 49_999)] for k in drawn])
        if i % 10 == 9:
            old = texts[int(rng.integers(i))]
            text = f"{old.rsplit(' ', 6)[0]} {' '.join(text.split()[:6])}"
        texts.append(text)
    return texts


def with_datasketch(texts: list[str], bulk: bool = False) -> list[int]:
    """Give clusters as datasketch is used for this: each text joins a kept one, or is kept and indexed."""
    from datasketch import MinHash, MinHashLSH

    index, clusters = MinHashLSH(threshold=THRESHOLD, num_perm=128), []
    found = map(words, texts)
    grams = (
        {" ".join(w[k : k + SHINGLE]).encode() for k in range(max(len(w) - SHINGLE + 1, 1))} for w in found
    )
    sketches = MinHash.generator(grams, num_perm=128) if bulk else map(_sketch, grams)
    for i, sketch in enumerate(sketches):
        candidates = index.query(sketch)
        clusters.append(min(candidates, default=i))
        if not candidates:
            index.insert(i, sketch)
    return clusters


def _sketch(grams: set[bytes]) -> "MinHash":
    """Make a signature a gram at a time."""
    from datasketch import MinHash

    sketch = MinHash(num_perm=128)
    for gram in grams:
        sketch.update(gram)
    return sketch


def seconds(find: Callable[[list[str]], list[int]], texts: list[str]) -> float:
    """Give the processor time of one call."""
    start = time.process_time()
    find(texts)
    return time.process_time() - start


def speed(size: float) -> bool:
    """Compare rates and F1 on planted copies."""
    real = [text for text in docstrings()["text"] if len(words(text)) >= SHORTEST]
    n = int(1500 * size)
    chosen = np.random.default_rng(0).permutation(len(real))[:n]
    originals = [real[k] for k in chosen] + synthetic(n)
    planted = plant(originals, n // 3, seed=1)
    texts = [*originals, *planted["text"]]
    near, source = planted["similarity"] >= THRESHOLD, planted["source"].to_numpy()
    tools = {
        "near_duplicates": near_duplicates,
        "datasketch": with_datasketch,
        "datasketch, in bulk": partial(with_datasketch, bulk=True),
    }
    scores, taken = {}, {}
    for name, find in tools.items():
        clusters = np.array(find(texts))
        same = clusters[len(originals) :] == clusters[source]
        scores[name] = 2 * (same & near).sum() / (same.sum() + near.sum())
        taken[name] = [seconds(find, texts) for _ in range(ROUNDS)]
        rate = len(texts) / np.median(taken[name])
        print(f"{name:20}{rate:10,.0f} documents/s   F1 on {len(planted)} copies {scores[name]:.4f}")
    ratios = {name: np.median(times) / np.median(taken["near_duplicates"]) for name, times in taken.items()}
    print(f"{ratios['datasketch']:.1f} times as fast, wanted: {AT_LEAST_FASTER:.0f} or more", end="; ")
    print(f"{ratios['datasketch, in bulk']:.1f} times as fast as in bulk")
    return ratios["datasketch"] >= AT_LEAST_FASTER and scores["near_duplicates"] >= scores["datasketch"]


def growth(size: float) -> bool:
    """Fit the exponent of time over the number of documents, from 10,000 to 200,000."""
    sizes = (np.geomspace(10_000, 200_000, 4) * size).astype(int)
    texts = synthetic(sizes[-1])
    times = [min(seconds(near_duplicates, texts[:n]) for _ in range(3)) for n in sizes]
    for n, taken in zip(sizes, times, strict=True):
        print(f"{n:10,} documents {taken:8.2f} s")
    slope = np.polyfit(np.log(sizes), np.log(times), 1)[0]
    print(f"time grows as n^{slope:.3f}, wanted: n^{AT_MOST_GROWTH} or less")
    return bool(slope <= AT_MOST_GROWTH)


def memory(size: float) -> bool:
    """Watch the memory of a process of its own while it compares texts that it already holds."""
    n = int(100_000 * size)
    command = [sys.executable, __file__, "child", str(n)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin and child.stdout
        child.stdout.readline()
        process = psutil.Process(child.pid)
        before = peak = process.memory_info().rss
        child.stdin.write(b"go\n")
        child.stdin.flush()
        while child.poll() is None:
            try:
                peak = max(peak, process.memory_info().rss)
            except psutil.NoSuchProcess:
                break
            time.sleep(0.002)
    used = (peak - before) / n
    print(f"memory {used:,.0f} bytes a document of {WORDS} words, wanted: under {AT_MOST_BYTES:,}")
    return child.returncode == 0 and used < AT_MOST_BYTES


def wait_and_compare(n: int) -> None:
    """Be the process that is watched."""
    texts = synthetic(n)
    near_duplicates(texts[:100])
    print("ready", flush=True)
    sys.stdin.readline()
    near_duplicates(texts)


def main(size: float = 1.0) -> int:
    """Print all figures; 1 where a bound is missed."""
    passed = [bound(size) for bound in (speed, growth, memory)]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        wait_and_compare(int(sys.argv[2]))
    else:
        sys.exit(main(*map(float, sys.argv[1:2])))
