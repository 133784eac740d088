"""Simulated participants: they see the scenes a display shows and answer through the same ports as a person.

``protocols/observers/*.yaml`` describes them, ``docs/observers.md`` explains the fields. The default answers
as the ten people of the published study did.
"""

from __future__ import annotations

from experiment.observers.answering import Observer
from experiment.observers.display import ObservedDisplay
from experiment.observers.habits import Habits, LogNormal
from experiment.observers.observer_file import read_observer

__all__ = ["Habits", "LogNormal", "ObservedDisplay", "Observer", "read_observer"]
