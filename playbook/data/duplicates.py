"""Groups texts that are nearly the same, each group around one that is kept and that all of it resembles."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from playbook.data.grams import BITS, shingles, take
from playbook.data.minhash import meeting
from playbook.errors import PlaybookError

# A gram of more texts than this is boilerplate: of these only the first that are kept are compared.
CROWD = 32
# Texts, or pairs of texts, that are worked on at a time: at most 4,096, whose numbers fit beside a hash.
_PART, _BITS = 1024, np.uint64(BITS)
_OFTEN = 2**11 - 1


def near_duplicates(texts: Sequence[str], threshold: float = 0.7) -> list[int]:
    """Give each text the number of its cluster: texts of one number are near-duplicates of one kept text.

    Each text, in order, joins the most similar text kept so far whose similarity (`similarity`: Jaccard over
    word 5-grams, characters for Chinese) is at least the threshold; where there is none it is kept itself. So

    - a cluster's number is the position of its kept text, which is also its first member;
    - every member is at least `threshold` similar to that kept text: there are no chains;
    - identical texts always share a cluster, and the same input gives the same answer.

    MinHash-LSH (128 permutations; a pair at the threshold itself meets with probability .98, a more similar
    one more surely) finds the texts that have a near-duplicate. Of these, texts that share a rare gram are
    compared exactly, by 52-bit hashes of their grams; where many share it, only with the first that are kept,
    so that boilerplate leaves time linear in the number of texts.

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
    first: dict[str, int] = {}
    place = [first.setdefault(text, position) for position, text in enumerate(texts)]
    cluster = np.arange(len(texts))
    distinct = np.array(list(first.values()), dtype=np.int64)
    cluster[distinct] = distinct[_clusters(*shingles(list(first)), threshold)]
    return cluster[place].tolist()


def _clusters(grams: np.ndarray, starts: np.ndarray, threshold: float) -> np.ndarray:
    """Give each distinct text the position of the kept text that it joins, or its own."""
    rare = _rare_grams(grams, starts, meeting(grams, starts, threshold), threshold)
    text = np.repeat(np.array(list(rare), dtype=np.int64), [len(own) for own in rare.values()])
    gram = np.concatenate([np.zeros(0, dtype=np.uint64), *rare.values()])
    order = np.argsort(gram)
    text, gram = text[order], gram[order]
    place = np.append(0, (gram[1:] != gram[:-1]).cumsum())[: len(gram)]
    crowded = np.bincount(place, minlength=1)[place] > CROWD
    similar = _similar(grams, starts, text[~crowded], place[~crowded], threshold)
    common: dict[int, list[int]] = defaultdict(list)
    for i, one in zip(text[crowded].tolist(), place[crowded].tolist(), strict=True):
        common[i].append(one)
    index: dict[int, list[int]] = defaultdict(list)
    sets: dict[int, set[int]] = {}
    cluster = np.arange(len(starts) - 1)
    for i in sorted({*similar, *common}):
        scored = [(score, -j) for score, j in similar.get(i, []) if cluster[j] == j]
        if i in common:
            own = set(grams[starts[i] : starts[i + 1]].tolist())
            candidates = {j for one in common[i] for j in index[one][:CROWD]}
            scored += [(_jaccard(own, sets[j], threshold), -j) for j in candidates]
        score, j = max(scored, default=(0.0, 0))
        if score >= threshold:
            cluster[i] = -j
        elif i in common:
            sets[i] = own
            for one in common[i]:
                index[one].append(i)
    return cluster


def _similar(
    grams: np.ndarray, starts: np.ndarray, text: np.ndarray, place: np.ndarray, threshold: float
) -> dict[int, list[tuple[float, int]]]:
    """List for each text the earlier ones in its places that are similar enough: (similarity, position)."""
    found = [np.zeros(0, dtype=np.int64)]
    for apart in range(1, CROWD):
        same = place[apart:] == place[:-apart]
        if not same.any():
            break
        pair = text[apart:][same], text[:-apart][same]
        found.append(np.unique(np.maximum(*pair) * len(starts) + np.minimum(*pair)))
    later, earlier = np.divmod(np.unique(np.concatenate(found)), len(starts))
    scores = _similarities(grams, starts, later, earlier)
    similar: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for k in np.flatnonzero(scores >= threshold).tolist():
        similar[int(later[k])].append((float(scores[k]), int(earlier[k])))
    return similar


def _similarities(grams: np.ndarray, starts: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Compare texts pair by pair, exactly: Jaccard similarities as float (pairs,)."""
    scores = np.zeros(len(first))
    for low in range(0, len(first), _PART):
        a, b = (_numbered(grams, starts, texts[low : low + _PART]) for texts in (first, second))
        both = np.sort(np.concatenate([a, b]))
        shared = both[1:][both[1:] == both[:-1]]
        count = min(_PART, len(first) - low)
        both, shared = (np.bincount((keys >> _BITS).astype(int), minlength=count) for keys in (both, shared))
        scores[low : low + _PART] = shared / (both - shared)
    return scores


def _numbered(grams: np.ndarray, starts: np.ndarray, texts: np.ndarray) -> np.ndarray:
    """Take the different grams of texts, each with its text's number in front, in order."""
    part, ends = take(grams, starts, texts)
    number = np.repeat(np.arange(len(texts), dtype=np.uint64), np.diff(ends))
    keys = np.sort((number << _BITS) | part)
    return keys[np.append(True, keys[1:] != keys[:-1])]


def _jaccard(a: set[int], b: set[int], threshold: float) -> float:
    """Compare two sets exactly; 0 at once where their sizes alone rule the threshold out."""
    if min(len(a), len(b)) < threshold * max(len(a), len(b)) - 1e-9:
        return 0.0
    shared = len(a & b)
    return shared / (len(a) + len(b) - shared)


def _rare_grams(
    grams: np.ndarray, starts: np.ndarray, texts: np.ndarray, threshold: float
) -> dict[int, np.ndarray]:
    """Pick each text's rarest grams: two texts of the threshold's similarity share at least one of them.

    Those that no other text has are left out. How often a gram occurs is counted by its first bits.
    """
    part, ends = take(grams, starts, texts)
    shift = np.uint64(max(BITS + 1 - int(ends[-1]).bit_length(), 0))
    part >>= shift
    counts = np.bincount(part.view(np.int64), minlength=1)
    del part
    rare: dict[int, np.ndarray] = {}
    for low in range(0, len(texts), _PART):
        own = _numbered(grams, starts, texts[low : low + _PART])
        number, gram = (own >> _BITS).astype(np.int64), own & np.uint64(2**BITS - 1)
        often = np.minimum(counts[(gram >> shift).astype(np.int64)], _OFTEN)
        # A text's grams by how often they occur, and by their hashes where that is the same.
        order = np.sort(number << 51 | often << 40 | np.arange(len(own))) & (2**40 - 1)
        sizes = np.bincount(number)
        rank = np.arange(len(own)) - np.repeat(sizes.cumsum() - sizes, sizes)
        needed = sizes - np.ceil(threshold * sizes - 1e-9).astype(np.int64) + 1
        chosen = order[(rank < needed[number]) & (often[order] > 1)]
        counted = np.bincount(number[chosen], minlength=len(sizes)).cumsum()[:-1]
        rare.update(zip(texts[low : low + _PART].tolist(), np.split(gram[chosen], counted), strict=True))
    return rare
