"""Delivers the cleaned corpus to the next chapter: the file, its register, and the papers that go with it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from playbook.data.cleaning import Cleaned, texts_of
from playbook.data.papers import attribution, croissant, training_summary
from playbook.data.privacy import redact
from playbook.inputs import atomic_write, datasheet, hand_on, sha256_file

_FIELDS = {
    "id": "name of the text in its source",
    "text": "the text, cleaned and redacted",
    "source": "its source",
    "split": "train, or test: held out, and nothing of it is in train",
}


def corpus_of(
    cleaned: Cleaned, text: str, group: pd.Series, test: pd.Series, leak: np.ndarray, name: str = ""
) -> pd.DataFrame:
    """Give what is handed on of a cleaned table, and no other column: id, text (redacted), source, split.

    `test` and `leak` are of `trials.split_leak`: the held-out texts are the split "test", those that repeat a
    piece of them are left out, and those that redaction makes equal; the others are "train". `id` is the
    column `name`, or the number of the row.

    >>> from playbook.data.cleaning import clean
    >>> table = clean(pd.DataFrame({"body": ["ask zhang@example.com", "no"], "phone": 13800138000}), "body")
    >>> test, leak = table.kept["body"].iloc[1:], np.array([False])
    >>> corpus_of(table, "body", pd.Series(["mail", "mail"]), test, leak).values.tolist()
    [['0', 'ask <EMAIL_ADDRESS>', 'mail', 'train'], ['1', 'no', 'mail', 'test']]
    """
    rest = cleaned.kept.index.difference(test.index, sort=False)
    kept = cleaned.kept.drop(index=rest[leak])
    split = np.where(kept.index.isin(test.index), "test", "train")
    ids = kept[name].map(str) if name else kept.index.map(str)
    texts = texts_of(kept, text).map(redact)
    corpus = pd.DataFrame({"id": ids, "text": texts, "source": group[kept.index], "split": split})
    return corpus[~texts.duplicated()]


def deliver(
    corpus: pd.DataFrame, register: pd.DataFrame, origin: str, parameters: Mapping[str, Any]
) -> pd.Series:
    """Hand on `corpus` (of `corpus_of`) as "corpus", with ATTRIBUTION, Croissant and training summary.

    `register` is that of `sources.register`; it and `parameters` stand in the datasheet. The papers lie
    beside the corpus. Gives for each file how it was checked (`mlcroissant` reads the metadata). Raises
    PlaybookError where the disk does not let it.
    """
    read = register["spdx"].astype(object).where(register["spdx"].notna(), "not decided")
    sheet = hand_on(
        "corpus",
        corpus[list(_FIELDS)],
        licence=" AND ".join(f"({each})" for each in sorted(set(read))),
        origin=origin,
        parameters=dict(parameters),
        register=register.astype(object).where(register.notna(), None).to_dict("records"),
    )
    packed = sheet.with_name(datasheet("corpus")["file"])
    described = croissant(register, "corpus", packed.name, sha256_file(packed), _FIELDS)
    papers = {
        "ATTRIBUTION.md": attribution(register),
        "croissant.json": _json(described),
        "training_summary.md": training_summary(register),
    }
    for name, text in papers.items():
        with atomic_write(sheet.with_name(name)) as temporary:
            temporary.write_text(text, "utf-8")
    checks = {packed.name: "SHA-256", sheet.name: "names that file", "croissant.json": _validated(described)}
    return pd.Series({name: checks.get(name, "") for name in (*checks, *papers)}, name="checked").sort_index()


def _json(value: Mapping[str, Any]) -> str:
    import json

    return json.dumps(value, indent=1, ensure_ascii=False, default=str)


def _validated(described: Mapping[str, Any]) -> str:
    import mlcroissant

    metadata = mlcroissant.Dataset(jsonld=dict(described)).metadata
    return "errors" if metadata.ctx.issues.errors else "valid Croissant"
