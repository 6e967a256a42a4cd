"""Tests a model the way an attacker would, and counts what the attacker gets."""

from playbook.security.membership import membership_inference, min_k, zlib_ratio

__all__ = ["membership_inference", "min_k", "zlib_ratio"]
