"""Groups texts that are nearly the same, each group around one that is kept and that all of it resembles."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import ceil

import numpy as np

from playbook.data.minhash import buckets, shingles
from playbook.errors import PlaybookError

# A bucket with more texts than this is boilerplate: there only texts that share a rare gram are compared.
CROWD = 32


def near_duplicates(texts: Sequence[str], threshold: float = 0.7) -> list[int]:
    """Give each text the number of its cluster: texts of one number are near-duplicates of one kept text.

    Each text, in order, joins the most similar text kept so far whose similarity (`similarity`: Jaccard over
    word 5-grams, characters for Chinese) is at least the threshold; where there is none it is kept itself. So

    - a cluster's number is the position of its kept text, which is also its first member;
    - every member is at least `threshold` similar to that kept text: there are no chains;
    - identical texts always share a cluster, and the same input gives the same answer.

    Candidates come from MinHash-LSH (128 permutations; a pair at the threshold itself is proposed with
    probability .98, a more similar one more surely), and all are compared exactly, by 64-bit hashes of their
    grams. In buckets crowded by boilerplate only texts that also share a rare gram are compared, which keeps
    time linear in the number of texts.

    Source: Broder, "On the resemblance and containment of documents", 1997; rare grams: Chaudhuri et al.,
    "A primitive operator for similarity joins in data cleaning", 2006. Raises PlaybookError for a threshold
    outside (0, 1] and for a text that is not a string.

    >>> near_duplicates(["to be or not to be", "now is the hour", "To be, or not to be!", "now is"])
    [0, 1, 0, 3]
    """
    if not 0 < threshold <= 1:
        raise PlaybookError(f"threshold is {threshold}: choose a similarity above 0 and at most 1.")
    texts = list(texts)
    for position, text in enumerate(texts):
        if not isinstance(text, str):
            raise PlaybookError(
                f"text {position} is a {type(text).__name__}, not a string: fill or drop it first."
            )
    first = {text: position for position, text in reversed(list(enumerate(texts)))}
    distinct = sorted(first.values())
    kept = _clusters(*shingles([texts[i] for i in distinct]), threshold)
    cluster = dict(zip(distinct, (distinct[k] for k in kept), strict=True))
    return [cluster[first[text]] for text in texts]


def _clusters(grams: np.ndarray, starts: np.ndarray, threshold: float) -> list[int]:
    """Give each distinct text the position of the kept text that it joins, or its own."""
    index: dict[int, list[int]] = defaultdict(list)
    sets: dict[int, set[int]] = {}
    cluster = []
    for i, places in enumerate(_places(grams, starts, threshold)):
        own = set(grams[starts[i] : starts[i + 1]].tolist()) if places else set()
        candidates = {j for place in places for j in index[place][:CROWD]}
        scored = [(_jaccard(own, sets[j], threshold), -j) for j in candidates]
        score, j = max(scored, default=(0.0, 0))
        cluster.append(-j if score >= threshold else i)
        if cluster[i] == i and places:
            sets[i] = own
            for place in places:
                index[place].append(i)
    return cluster


def _jaccard(a: set[int], b: set[int], threshold: float) -> float:
    """Compare two sets exactly; 0 at once where their sizes alone rule the threshold out."""
    if min(len(a), len(b)) < threshold * max(len(a), len(b)) - 1e-9:
        return 0.0
    shared = len(a & b)
    return shared / (len(a) + len(b) - shared)


def _places(grams: np.ndarray, starts: np.ndarray, threshold: float) -> Iterable[list[int]]:
    """List where each text finds its candidates: its quiet buckets and, if one is crowded, its rare grams."""
    bucket = buckets(grams, starts, threshold)
    names, sizes = np.unique(bucket[bucket >= 0], return_counts=True)
    crowded = np.isin(bucket, names[sizes > CROWD])
    rare = _rare_grams(grams, starts, np.flatnonzero(crowded.any(axis=1)), threshold)
    bucket[crowded] = -1
    for i, row in enumerate(bucket.tolist()):
        # Grams as negative numbers cannot be taken for buckets.
        yield [place for place in row if place >= 0] + [-1 - gram for gram in rare.get(i, [])]


def _rare_grams(
    grams: np.ndarray, starts: np.ndarray, texts: np.ndarray, threshold: float
) -> dict[int, list[int]]:
    """Pick each text's rarest grams: two texts of the threshold's similarity share at least one of them."""
    own = {int(i): np.unique(grams[starts[i] : starts[i + 1]]) for i in texts}
    if not own:
        return {}
    _, place, count = np.unique(np.concatenate(list(own.values())), return_inverse=True, return_counts=True)
    frequencies = np.split(count[place], np.cumsum([len(g) for g in own.values()])[:-1])
    rare = {}
    for (i, gram), frequency in zip(own.items(), frequencies, strict=True):
        needed = len(gram) - ceil(threshold * len(gram) - 1e-9) + 1
        rare[i] = gram[np.lexsort((gram, frequency))[:needed]].tolist()
    return rare
