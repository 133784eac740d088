"""Rules of exclusion: data in a YAML file, applied in their order, with an account of what each removed.

rules       what a rule is, and what it takes to be good YAML
trials      rules that judge single trials
people      rules that judge participants
applying    rules x trial table -> what is left, and the flow
"""

from __future__ import annotations

from analysis.exclusions.applying import Excluded, apply_exclusions
from analysis.exclusions.rules import BUILT_IN, RuleSet, built_in_rules, read_rules

__all__ = ["BUILT_IN", "Excluded", "RuleSet", "apply_exclusions", "built_in_rules", "read_rules"]
