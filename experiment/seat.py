"""Who a session is for, and where its random numbers come from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from experiment.records import SessionPlan


@dataclass(frozen=True)
class Seat:
    """Who the session is for: participant code, session number, place in the order of participants (from 1)
    and seed.
    """

    participant: str
    session: int
    order_number: int
    seed: int

    @classmethod
    def of(cls, plan: SessionPlan) -> Seat:
        """The seat a plan was made for."""
        return cls(plan.participant, plan.session, plan.order_number, plan.seed)

    def generator(self, *what: str) -> np.random.Generator:
        """A random generator for one purpose; the same seat and purpose give the same numbers."""
        key = hashlib.sha256("/".join((self.participant, str(self.session), *what)).encode()).digest()
        return np.random.default_rng(np.random.SeedSequence([self.seed, int.from_bytes(key[:16], "little")]))
