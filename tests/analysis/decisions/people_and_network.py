"""People whose answers and times come from a race that a network's evidence drives, or does not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.decisions.network_evidence import evidence_of
from analysis.decisions.race import Race, simulate
from analysis.probabilities import PREFIX
from tests.analysis.measures.simulated import ACTIONS, CLIPS, frame

MENU = "|".join(ACTIONS)
RACE = Race(scale=0.5, shift_s=0.5, longest_s=25.0)


def network_answers(rng: np.random.Generator, name: str = "Net", condition: str = "AFD5") -> pd.DataFrame:
    """One run of a network on 90 clips: right in about .8 of them, unsure in many."""
    clips = frame(1, condition)
    logits = 1.2 * rng.standard_normal((CLIPS, 5))
    shown = clips["action"].map(ACTIONS.index).to_numpy()
    logits[np.arange(CLIPS), shown] += rng.uniform(0.5, 5, CLIPS)
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    response = np.array(ACTIONS, dtype=object)[shares.argmax(axis=1)]
    answers = clips.assign(observer=name, observer_kind="model", response=response)
    answers["correct"] = (answers["response"] == answers["action"]).astype(int)
    for place, action in enumerate(ACTIONS):
        answers[f"{PREFIX}{action}"] = shares[:, place]
    return _complete(answers)


def people_like(
    answers: pd.DataFrame, people: int, slope: float, advantage: object, rng: np.random.Generator
) -> pd.DataFrame:
    """Test trials of ``people`` at the clips of ``answers``.

    Rates are ``slope`` times the network's evidence, more by ``advantage`` (of all actions or of each) for
    the one that is shown, and differ between people by a standard deviation of .3.
    """
    evidence = evidence_of(answers[[f"{PREFIX}{action}" for action in ACTIONS]].to_numpy(dtype=float))
    trials = pd.concat([answers] * people, ignore_index=True)
    trials = trials[[name for name in trials.columns if not name.startswith(PREFIX)]]
    trials["observer"] = [f"P{number:04d}" for number in np.repeat(np.arange(people), len(answers))]
    shown = trials["action"].map(ACTIONS.index).to_numpy()
    rates = -2.0 + slope * np.tile(evidence, (people, 1))
    rates[np.arange(len(rates)), shown] += np.broadcast_to(np.asarray(advantage, dtype=float), 5)[shown]
    rates += np.repeat(0.3 * rng.standard_normal(people), len(answers))[:, None]
    times, chosen = simulate(RACE, rates, rng)
    response = np.array(ACTIONS, dtype=object)[chosen]
    trials = trials.assign(observer_kind="human", response=response, time_to_choose=times)
    return _complete(trials.assign(correct=(chosen == shown).astype(int)))


def _complete(trials: pd.DataFrame) -> pd.DataFrame:
    complete: pd.DataFrame = trials.assign(
        menu_order=MENU, split="test", attention_check=0, round=1, attempt=1, pilot=0, finished=1
    )
    return complete
