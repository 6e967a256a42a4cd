"""Tests a model the way an attacker would, and counts what the attacker gets."""

from typing import TYPE_CHECKING

from playbook.security.evasion import attacked
from playbook.security.extraction import exposure
from playbook.security.membership import lira, membership_inference, min_k, zlib_ratio
from playbook.security.poisoning import suspects
from playbook.security.prompts import attack, success_rates, suite
from playbook.security.stealing import steal

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "attack", "attacked", "exposure", "frames", "lira", "membership_inference", "min_k", "steal",
    "success_rates", "suite", "suspects", "zlib_ratio",
]  # fmt: skip


def frames() -> "pd.DataFrame":
    """Give what each attack on a model is called in the frames: a row an attack (data/model_attacks.yaml).

    >>> frames().loc["membership", ["owasp", "atlas"]].tolist()
    ['LLM02', 'AML.T0024.000']
    """
    import pandas as pd
    import yaml

    from playbook.inputs import ROOT

    listed = yaml.safe_load((ROOT / "data" / "model_attacks.yaml").read_text("utf-8"))["classes"]
    return pd.DataFrame(listed).T.drop(columns="zh")
