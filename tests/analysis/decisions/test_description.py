"""Whether fitted races describe the answers they were fitted to; docs/comparison.md shows what this prints.

To see it: ``python -m pytest -m campaign tests/analysis/decisions/test_description.py -s``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.collection import Allowed, collect
from analysis.decisions import race_parameters
from analysis.decisions.race import simulate
from analysis.decisions.race_tables import EVERYBODY, fitted_races, predicted_quantiles
from experiment.observers.observer_file import read_observer
from experiment.scene import ChoiceCue
from tests.analysis.measures.simulated import ACTIONS

OBSERVERS = Path(__file__).parents[3] / "protocols" / "observers"
ONE_SCALE = (0.0, 1e-6)


def answers_of_observers(name: str, condition: str, people: int = 10, per_action: int = 18) -> pd.DataFrame:
    """What participants simulated by ``protocols/observers`` choose, and when."""
    rng, rows = np.random.default_rng(1), []
    group = read_observer(OBSERVERS / f"{name}.yaml", (condition,), ACTIONS)
    for person in range(people):
        observer = group.individual(rng)
        for place, action in enumerate(rng.permutation(np.repeat(ACTIONS, per_action)), start=1):
            cue = ChoiceCue(condition, "test", place, place, 1, str(action), 4.0, 0.0, 0)
            rows.append((f"P{person:03d}", str(action), *observer.choose(cue, ACTIONS, rng)))
    return trials_of(rows, condition)


def answers_of_races(people: pd.DataFrame, condition: str, actions: Sequence[str]) -> pd.DataFrame:
    """What the races fitted to ``people`` answer to as many trials of the same actions."""
    rng, rows = np.random.default_rng(2), []
    for race in fitted_races(people, condition, actions):
        if race.observer != EVERYBODY and race.fit is not None:
            shown = people.loc[people["observer"] == race.observer, "action"].map(actions.index).to_numpy()
            rates = np.tile(race.fit.level + race.fit.bias, (len(shown), 1))
            rates[np.arange(len(shown)), shown] += race.fit.advantage[shown]
            times, chosen = simulate(race.fit.race, rates, rng, shown)
            named = zip(shown, chosen, times, strict=True)
            rows += [(race.observer, actions[is_], actions[said], time) for is_, said, time in named]
    return trials_of(rows, condition)


def trials_of(rows: Sequence[tuple[object, ...]], condition: str) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["observer", "action", "response", "time_to_choose"])
    table["correct"] = (table["response"] == table["action"]).astype(int)
    return table.assign(condition=condition)


def described(people: pd.DataFrame, condition: str, actions: Sequence[str]) -> pd.Series:
    """Shares of right answers, seen and predicted (mean over actions, and how far off in one action), and
    predicted over observed times at each quantile (mean over actions by their number of answers)."""
    table = predicted_quantiles(people, fitted_races(people, condition, actions))
    shares = table[table["answer"] == "right"].drop_duplicates("action")
    off = shares["predicted_share"] - shares["share"]
    found = {"right": shares["share"].mean(), "predicted": shares["predicted_share"].mean()}
    found["off in one action"] = float(np.sqrt((off**2).mean()))
    timed = table[table["trials"] >= 5]
    for (answer, quantile), part in timed.groupby(["answer", "quantile"], sort=True):
        logs = np.log(part["predicted_s"] / part["time_s"])
        found[f"{answer} {quantile}"] = float(np.exp(np.average(logs, weights=part["trials"])))
    return pd.Series(found)


def with_one_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(race_parameters._KINDS, "ratio", ONE_SCALE)


def test_races_describe_the_answers_that_races_gave() -> None:
    """Shares by integration, from races fitted anew, beside those of simulated answers."""
    people = answers_of_observers("varied", "AFD5", people=4)
    found = described(answers_of_races(people, "AFD5", ACTIONS), "AFD5", ACTIONS)
    assert found["predicted"] == pytest.approx(found["right"], abs=0.025)
    assert found["right 0.5"] == pytest.approx(1, abs=0.06)


def test_wrong_answers_of_simulated_participants_are_not_as_late_as_one_scale_has_it(monkeypatch) -> None:
    """They take as long as right ones; two scales nearly reach that, one cannot."""
    people = answers_of_observers("published", "AFD5", people=6)
    two = described(people, "AFD5", ACTIONS)
    with_one_scale(monkeypatch)
    one = described(people, "AFD5", ACTIONS)
    assert two["wrong 0.5"] < one["wrong 0.5"] - 0.2
    assert abs(two["predicted"] - two["right"]) < abs(one["predicted"] - one["right"])


@pytest.mark.campaign
@pytest.mark.timeout(1200)
def test_how_races_describe_people_and_simulated_participants(monkeypatch, real_data) -> None:
    collection = collect([real_data / "model-vs-human" / "edge"], Allowed())
    things = collection.actions_in("0")
    varied, published = (answers_of_observers(name, "AFD5") for name in ("varied", "published"))
    sources = {
        "people, edges": (collection.table, "0", things),
        "races, edges": (answers_of_races(collection.table, "0", things), "0", things),
        "varied, AFD5": (varied, "AFD5", ACTIONS),
        "races, AFD5": (answers_of_races(varied, "AFD5", ACTIONS), "AFD5", ACTIONS),
        "published, AFD5": (published, "AFD5", ACTIONS),
        "published, UCF5": (answers_of_observers("published", "UCF5"), "UCF5", ACTIONS),
    }
    two = pd.DataFrame({name: described(*source) for name, source in sources.items()})
    with_one_scale(monkeypatch)
    one = pd.DataFrame({name: described(*source) for name, source in sources.items()})
    print(f"\ntwo scales\n{two.round(3).to_string()}\none scale\n{one.round(3).to_string()}")
    own = ["races, edges", "races, AFD5"]
    assert two.loc["predicted", own].to_numpy() == pytest.approx(two.loc["right", own].to_numpy(), abs=0.015)
    assert abs(two.loc["wrong 0.5", "people, edges"] - 1) < abs(one.loc["wrong 0.5", "people, edges"] - 1)
