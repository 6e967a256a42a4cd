"""Counts what a regulator counts: licences that can be read, keywords by source, samples drawn and passed."""

from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import pandas as pd

from playbook.data import sources
from playbook.data.law import VERDICTS, decide
from playbook.data.licences import licence_of
from playbook.data.planted import plant
from playbook.data.privacy import evaluate, find_names, find_pii, redact
from playbook.errors import PlaybookError
from playbook.inputs import ROOT

# A demonstration: the standard asks for ten thousand and more, over 17 risks (TC260-003).
DEMONSTRATION = ("casino", "gambling", "heroin", "weapon", "赌博", "枪支")
# The kinds whose form or checksum leaves little to chance: the gate of the chapter is on these.
WITH_FORM = ["EMAIL_ADDRESS", "CREDIT_CARD", "IBAN_CODE", "IP_ADDRESS", "US_SSN", "CN_RESIDENT_ID",
             "CN_MOBILE", "CN_USCC"]  # fmt: skip
_LARGEST = 20_000_000  # bytes


def keyword_list(file: str = "") -> list[str]:
    """Read a reader's own keywords, one a line; without a file, the six of the demonstration.

    Raises PlaybookError where the file cannot be read or holds none.

    >>> len(keyword_list())
    6
    """
    if not file:
        return list(DEMONSTRATION)
    path = Path(file)
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError("it is larger than 20 MB")
        found = [line.strip() for line in path.read_text("utf-8-sig").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise PlaybookError(
            f"The keywords in {file} cannot be read ({reason}): give a text in UTF-8."
        ) from None
    if not found:
        raise PlaybookError(f"The file {file} holds no keyword: write one a line.")
    return found


def sampling(
    frame: pd.DataFrame,
    text: str,
    by: str,
    keywords: Sequence[str],
    read: tuple[int, int] = (0, 0),
    seed: int = 0,
) -> pd.DataFrame:
    """Run `sources.sample_checks` on a corpus: keywords on a tenth drawn at random and on every source.

    `read` is how many texts of a random sample people have read, and how many of these passed; where nobody
    has, both checks on it fail, as they must.

    >>> frame = pd.DataFrame({"text": ["fine"] * 20, "package": "demo"})
    >>> sampling(frame, "text", "package", ["casino"])["passed"].tolist()
    [True, False, False, True, True]
    """
    tenth = frame.sample(max(-(-len(frame) // 10), 1), random_state=seed)
    hits = sources.keyword_shares(tenth.assign(whole="all"), text, "whole", keywords)["all"]
    passed = round(len(tenth) * (1 - hits))
    shares = sources.keyword_shares(frame, text, by, keywords)
    table = sources.sample_checks(read if read[0] else (1, 0), (len(tenth), passed), len(frame), shares)
    if not read[0]:
        table.loc[1, "found"] = 0
    return table


def register(frame: pd.DataFrame, text: str, licence: str) -> pd.DataFrame:
    """Make the register (`sources.register`) by the column `source`, with personal data looked for.

    Licences are redacted, since they are shown: people sign them with their addresses.
    """
    found = sources.register(frame, text, "source", licence, personal=lambda each: bool(find_pii(each)))
    return found.assign(written=found["written"].map(redact))


def share_read(register: pd.DataFrame) -> float:
    """Give the % of documents whose source has a licence that could be read.

    >>> share_read(pd.DataFrame({"documents": [1, 3], "spdx": ["MIT", None]}))
    25.0
    """
    read = register.loc[register["spdx"].notna(), "documents"].sum()
    return round(float(read / max(register["documents"].sum(), 1)) * 100, 1)


def readable_licences(lock: Path = ROOT / "requirements.lock") -> pd.DataFrame:
    """Read the licence of every distribution that the course installs: name, written, spdx (or None).

    Only those of the lock that are installed here count, so that a machine with more of them gives the same.

    >>> readable_licences().columns.tolist()
    ['name', 'written', 'spdx']
    """
    names = [line.split("==")[0] for line in lock.read_text("utf-8").splitlines() if line[:1].isalnum()]
    rows = []
    for name in sorted(set(names)):
        try:
            rows.append((name, *licence_of(metadata.distribution(name))))
        except metadata.PackageNotFoundError:
            continue
    return pd.DataFrame(rows, columns=["name", "written", "spdx"], dtype=object)


def law_table(register: pd.DataFrame, use: str) -> pd.DataFrame:
    """List the rules that apply to the sources of a register for one use, the strictest first.

    Index: rule; columns: law, article, in force, checked, verdict, sources (how many), cannot decide.

    >>> demo = pd.DataFrame([{"source": "demo", "spdx": "MIT", "personal_data": "no"}])
    >>> law_table(demo, "redistribute")["verdict"].tolist()
    ['duty']
    """
    found = [rule for row in register.to_dict("records") for rule in decide(row, use).rules]
    rows = {
        rule.id: (rule.law, rule.article, str(rule.in_force or ""), str(rule.checked), rule.verdict,
                  found.count(rule), rule.open["en"])
        for rule in sorted(found, key=lambda rule: (-VERDICTS.index(rule.verdict), rule.id))
    }  # fmt: skip
    names = ["law", "article", "in force", "checked", "verdict", "sources", "cannot decide"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("rule")


def pii_trial(texts: pd.Series, documents: int = 2000, seed: int = 0) -> pd.DataFrame:
    """Hold the recognisers against invented texts, and count by kind what they redact in `texts`.

    Columns: planted, precision, recall, f1, redacted (how many values; the values appear nowhere). PERSON is
    what `find_names` finds: without a language model nothing.

    >>> pii_trial(pd.Series(["write to zhang@example.com"]), 100).loc["EMAIL_ADDRESS", "redacted"]
    np.int64(1)
    """
    invented = plant(documents, seed=seed)
    found, names = evaluate(invented), evaluate(invented, find_names)
    found.loc["PERSON"] = names.loc["PERSON"]
    kinds = pd.Series([span.kind for text in texts for span in find_pii(text)], dtype=str)
    found = found[["planted", "precision", "recall", "f1"]].astype({"planted": int})
    counts = kinds.value_counts().reindex(found.index, fill_value=0)
    return found.assign(redacted=counts.astype(int))


def measured(value: float, gate: str, digits: int = 3) -> tuple[float | str, str | None]:
    """Give a figure with its gate; where there was nothing to measure (NaN) say so, and have no gate.

    >>> measured(0.98765, ">= 0.95"), measured(float("nan"), ">= 0.95")
    ((0.988, '>= 0.95'), ('not measured', None))
    """
    return (round(float(value), digits), gate) if value == value else ("not measured", None)
