"""Tests a model the way an attacker would, and counts what the attacker gets."""

from playbook.security.membership import membership_inference, min_k, zlib_ratio
from playbook.security.prompts import attack, success_rates, suite

__all__ = ["attack", "membership_inference", "min_k", "success_rates", "suite", "zlib_ratio"]
